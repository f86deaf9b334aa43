//! Reading `verify` and `skip`.

use super::{Node, NodeKind, Read, entries, items, object, text, wrong};
use crate::contract::{PathTerms, ReadMethod, Statuses};
use crate::distribution::PathPattern;

const PATH: [&str; 4] = ["path", "method", "status", "header"];

/// Longest path that CloudFront takes, in bytes
/// (<https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/cloudfront-limits.html>).
const MAX_URL: usize = 8_192;

/// Most paths, and most patterns to skip. Each path is asked after every deployment, and a contract may lie
/// in the artifact, where the candidate's author writes it.
const MOST: usize = 200;

/// The paths of `verify`.
pub(super) fn verify(node: &Node) -> Read<Vec<PathTerms>> {
    let mut all: Vec<PathTerms> = Vec::new();
    for item in few(node, "verify")? {
        let terms = path_terms(item)?;
        // Two answers to one question could not both be kept.
        let is_same = |it: &PathTerms| it.path == terms.path && it.method == terms.method;
        if all.iter().any(is_same) {
            let (method, path) = (terms.method, &terms.path);
            return wrong(item, format!("`verify` has {method} `{path}` twice"));
        }
        all.push(terms);
    }
    Ok(all)
}

/// The path patterns of `skip`.
pub(super) fn skip(node: &Node) -> Read<Vec<String>> {
    let mut all = Vec::new();
    for item in few(node, "skip")? {
        let pattern = text(item, "skip")?;
        if let Err(error) = PathPattern::new(pattern.as_str()).validate() {
            return wrong(
                item,
                format!("`{pattern}` in `skip` is no path pattern: {error}"),
            );
        }
        all.push(pattern);
    }
    Ok(all)
}

fn few<'n>(node: &'n Node, name: &str) -> Read<&'n [Node]> {
    let items = items(node, name)?;
    if items.len() > MOST {
        let count = items.len();
        return wrong(
            node,
            format!("`{name}` has {count} items, and {MOST} are taken; leave some out"),
        );
    }
    Ok(items)
}

fn path_terms(node: &Node) -> Read<PathTerms> {
    let mut terms = PathTerms::default();
    for (key, value) in entries(node, "a path of `verify`", &PATH)? {
        match key.as_str() {
            "path" => terms.path = path(value)?,
            "method" => terms.method = method(value)?,
            "status" => terms.status = Some(statuses(value)?),
            _ => {
                for (name, content) in object(value, "header")? {
                    header(&mut terms, name, content)?;
                }
            }
        }
    }
    if terms.path.is_empty() {
        return wrong(node, "a path of `verify` needs a `path`");
    }
    Ok(terms)
}

fn path(node: &Node) -> Read<String> {
    let path = text(node, "path")?;
    // `//host` begins the address of another host wherever it is taken for a URL.
    if !path.starts_with('/') || path.starts_with("//") {
        return wrong(
            node,
            format!("`path` is `{path}`; it begins with one `/`, and names no host"),
        );
    }
    let takes = |byte: u8| byte.is_ascii_graphic() && !b"\"#<>\\^`{|}".contains(&byte);
    if let Some(other) = path.chars().find(|c| !u8::try_from(*c).is_ok_and(takes)) {
        return wrong(
            node,
            format!("`path` is `{path}`: {other:?} must be percent-encoded"),
        );
    }
    if path.len() > MAX_URL {
        return wrong(
            node,
            format!(
                "`path` has {} bytes, and CloudFront takes {MAX_URL} at most",
                path.len()
            ),
        );
    }
    Ok(path)
}

fn method(node: &Node) -> Read<ReadMethod> {
    let method = text(node, "method")?;
    match method.as_str() {
        "GET" => Ok(ReadMethod::Get),
        "HEAD" => Ok(ReadMethod::Head),
        _ => wrong(
            node,
            format!("`method` is `{method}`; it takes GET or HEAD, which change nothing"),
        ),
    }
}

fn statuses(node: &Node) -> Read<Statuses> {
    let NodeKind::List(items) = &node.kind else {
        return Ok(Statuses::One(status(node)?));
    };
    if items.is_empty() {
        return wrong(node, "`status` is an empty list, which no answer has");
    }
    let all: Read<Vec<u16>> = items.iter().map(status).collect();
    Ok(Statuses::OneOf(all?))
}

fn status(node: &Node) -> Read<u16> {
    let given = match &node.kind {
        NodeKind::Text(text) | NodeKind::Number(text) => text.as_str(),
        _ => return wrong(node, format!("`status` is {}", node.kind_name())),
    };
    match given.parse() {
        Ok(status @ 100..=599) => Ok(status),
        _ => wrong(
            node,
            format!("`status` is `{given}`; it takes a status from 100 to 599, or a list of them"),
        ),
    }
}

fn header(terms: &mut PathTerms, name: &str, value: &Node) -> Read<()> {
    // RFC 9110, 5.6.2: the characters of a field name.
    let takes = |byte: u8| byte.is_ascii_alphanumeric() || b"!#$%&'*+-.^_`|~".contains(&byte);
    if name.is_empty() || !name.bytes().all(takes) {
        return wrong(value, format!("`{name}` is no name of a header"));
    }
    if terms
        .header
        .keys()
        .any(|own| own.eq_ignore_ascii_case(name))
    {
        return wrong(value, format!("`header` has `{name}` twice"));
    }
    let given = text(value, name)?;
    terms
        .header
        .insert(name.to_owned(), given.trim().to_owned());
    Ok(())
}
