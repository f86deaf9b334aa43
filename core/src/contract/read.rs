//! Reading a contract file, with the place of whatever is wrong in it.

mod paths;

use super::{AccessMode, Contract, OriginTerms, Waiver};
use crate::distribution::{AccountId, BucketName, Position, Region};
use crate::document::{Node, NodeKind, parse};
use crate::error::GuardError;
use crate::nearest::nearest;

/// What is wrong, and where.
struct Wrong {
    problem: String,
    position: Option<Position>,
}

type Read<T> = Result<T, Wrong>;

const CONTRACT: [&str; 7] = [
    "$schema",
    "accounts",
    "origins",
    "behaviors",
    "waivers",
    "verify",
    "skip",
];
const ORIGIN: [&str; 6] = [
    "bucket",
    "region",
    "account",
    "domain",
    "access",
    "lowestTls",
];
const WAIVER: [&str; 5] = ["rule", "origin", "path", "reason", "until"];
/// `OriginSslProtocols`, the lowest first.
pub const PROTOCOLS: [&str; 4] = ["SSLv3", "TLSv1", "TLSv1.1", "TLSv1.2"];

impl Contract {
    /// Reads a contract in JSON or YAML; a waiver may be of one of these `rules`.
    ///
    /// # Errors
    /// [`GuardError::Configuration`]: what is wrong, and at which line.
    pub fn read(document: &str, content: &[u8], rules: &[&str]) -> Result<Self, GuardError> {
        let wrong = |Wrong { problem, position }: Wrong| {
            let place = position.map_or_else(String::new, |position| {
                format!(" (line {}, column {})", position.line, position.column)
            });
            GuardError::configuration(
                format!("the contract `{document}`{place} cannot be used: {problem}"),
                "Correct the contract file; `origin-guard contract schema` says what it may hold",
            )
        };
        let node = parse(document, content).map_err(|error| {
            wrong(Wrong {
                problem: error.problem,
                position: error.position,
            })
        })?;
        contract(&node, rules).map_err(wrong)
    }
}

fn contract(node: &Node, rules: &[&str]) -> Read<Contract> {
    let mut contract = Contract::default();
    for (key, value) in entries(node, "a contract", &CONTRACT)? {
        match key.as_str() {
            "accounts" => {
                for item in items(value, "accounts")? {
                    contract.accounts.push(account(item)?);
                }
            }
            "origins" => {
                for (id, terms) in object(value, "origins")? {
                    contract.origins.insert(id.clone(), origin(terms)?);
                }
            }
            "behaviors" => {
                for (pattern, target) in object(value, "behaviors")? {
                    let target = text(target, pattern)?;
                    contract.behaviors.insert(pattern.clone(), target);
                }
            }
            "waivers" => {
                for item in items(value, "waivers")? {
                    contract.waivers.push(waiver(item, rules)?);
                }
            }
            "verify" => contract.verify = paths::verify(value)?,
            "skip" => contract.skip = paths::skip(value)?,
            _ => {}
        }
    }
    Ok(contract)
}

fn origin(node: &Node) -> Read<OriginTerms> {
    let mut terms = OriginTerms::default();
    for (key, value) in entries(node, "an origin", &ORIGIN)? {
        if key == "account" {
            terms.account = Some(account(value)?);
            continue;
        }
        let given = text(value, key)?;
        match key.as_str() {
            "bucket" => {
                // A name that no bucket can have would make every config a mismatch.
                if let Err(error) = BucketName::new(given.as_str()).validate() {
                    return wrong(value, format!("`{given}` is no bucket's name: {error}"));
                }
                terms.bucket = Some(given);
            }
            "region" => {
                if Region::parse(&given).is_none() {
                    return wrong(value, format!("invalid region `{given}`"));
                }
                terms.region = Some(given);
            }
            "domain" => terms.domain = Some(given),
            "access" => {
                let modes = [AccessMode::Oac, AccessMode::Oai, AccessMode::None];
                let mode = modes.into_iter().find(|mode| mode.name() == given);
                let Some(mode) = mode else {
                    return wrong(
                        value,
                        format!("`access` is `{given}`; it takes oac, oai or none"),
                    );
                };
                terms.access = Some(mode);
            }
            _ => {
                if !PROTOCOLS.contains(&given.as_str()) {
                    let all = PROTOCOLS.join(", ");
                    return wrong(value, format!("`lowestTls` is `{given}`; it takes {all}"));
                }
                terms.lowest_tls = Some(given);
            }
        }
    }
    Ok(terms)
}

fn waiver(node: &Node, rules: &[&str]) -> Read<Waiver> {
    entries(node, "a waiver", &WAIVER)?;
    let optional = |key: &str| node.get(key).map(|value| text(value, key)).transpose();
    let needed = |key: &str| match optional(key)? {
        Some(given) if !given.trim().is_empty() => Ok(given),
        _ => wrong(node, format!("a waiver needs a `{key}`")),
    };
    let rule = needed("rule")?;
    if !rules.contains(&rule.as_str()) {
        let near = nearest(&rule, rules.iter().copied())
            .map_or_else(String::new, |near| format!("; did you mean `{near}`?"));
        return wrong(node, format!("there is no rule `{rule}`{near}"));
    }
    let until = needed("until")?;
    let Ok(until) = until.parse() else {
        return wrong(
            node,
            format!("`until` is `{until}`, not a day such as 2027-03-31"),
        );
    };
    Ok(Waiver {
        rule,
        origin: optional("origin")?,
        path: optional("path")?,
        reason: needed("reason")?,
        until,
    })
}

fn wrong<T>(node: &Node, problem: impl Into<String>) -> Read<T> {
    Err(Wrong {
        problem: problem.into(),
        position: node.position,
    })
}

fn object<'n>(node: &'n Node, what: &str) -> Read<&'n [(String, Node)]> {
    match &node.kind {
        NodeKind::Map(entries) => Ok(entries),
        NodeKind::Null => Ok(&[]),
        _ => wrong(
            node,
            format!("{what} is {}, not an object", node.kind_name()),
        ),
    }
}

fn items<'n>(node: &'n Node, what: &str) -> Read<&'n [Node]> {
    match &node.kind {
        NodeKind::List(items) => Ok(items),
        NodeKind::Null => Ok(&[]),
        _ => wrong(node, format!("{what} is {}, not a list", node.kind_name())),
    }
}

/// The entries of an object that has these keys only.
fn entries<'n>(node: &'n Node, what: &str, known: &[&str]) -> Read<&'n [(String, Node)]> {
    let entries = object(node, what)?;
    for (key, value) in entries {
        // A misspelt key that is ignored would be a term that nothing checks.
        if !known.contains(&key.as_str()) {
            let near = nearest(key, known.iter().copied()).map_or_else(
                || format!("; it has {}", known.join(", ")),
                |near| format!("; did you mean `{near}`?"),
            );
            return wrong(value, format!("{what} has no `{key}`{near}"));
        }
    }
    Ok(entries)
}

fn text(node: &Node, key: &str) -> Read<String> {
    match node.text() {
        Some(text) => Ok(text.to_owned()),
        None => wrong(node, format!("`{key}` is {}, not a text", node.kind_name())),
    }
}

/// YAML reads an account's ID as a number.
fn account(node: &Node) -> Read<AccountId> {
    let given = match &node.kind {
        // YAML reads twelve digits without quotes as a number.
        NodeKind::Text(text) | NodeKind::Number(text) => text.as_str(),
        _ => "",
    };
    match AccountId::parse(given) {
        Some(id) => Ok(id),
        None => wrong(node, "an account is the text of its 12 digits"),
    }
}
