use std::fmt;

use serde_json::{Map, Value};

use super::condition::{Condition, Operator};
use super::pattern::Pattern;
use super::principal::{Principal, Principals};
use super::{Patterns, Policy, Statement};

/// Why a text is no resource policy.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum PolicyError {
    /// Not JSON.
    #[error("it is not JSON: {0}")]
    Json(String),
    /// Not of a policy's form: what is wrong, and where.
    #[error("{0}")]
    Form(String),
}

fn wrong<T>(text: impl Into<String>) -> Result<T, PolicyError> {
    Err(PolicyError::Form(text.into()))
}

pub(super) fn policy(json: &str) -> Result<Policy, PolicyError> {
    let document: Value =
        serde_json::from_str(json).map_err(|error| PolicyError::Json(error.to_string()))?;
    // Policies of the version of 2008 have no variables, and that is what a missing one means.
    let variables = document.get("Version").and_then(Value::as_str) == Some("2012-10-17");
    self::document(&document, variables)
}

pub(super) fn document(document: &Value, variables: bool) -> Result<Policy, PolicyError> {
    let Value::Object(document) = document else {
        return wrong("a policy must be an object");
    };
    let statements = match document.get("Statement") {
        Some(Value::Array(list)) => list.iter().collect(),
        // IAM's grammar lets a single statement stand without its list.
        Some(one @ Value::Object(_)) => vec![one],
        _ => return wrong("Statement must be a list"),
    };
    let statements = statements
        .into_iter()
        .enumerate()
        .map(|(at, value)| statement(at + 1, value, variables));
    Ok(Policy {
        statements: statements.collect::<Result<_, _>>()?,
    })
}

fn statement(number: usize, value: &Value, variables: bool) -> Result<Statement, PolicyError> {
    let Value::Object(fields) = value else {
        return wrong(format!("statement {number} must be an object"));
    };
    let name = match fields.get("Sid").and_then(Value::as_str) {
        Some(sid) if !sid.is_empty() => sid.to_owned(),
        _ => number.to_string(),
    };
    let allows = match fields.get("Effect").and_then(Value::as_str) {
        Some("Allow") => true,
        Some("Deny") => false,
        _ => return wrong(format!("Effect of statement {name} must be Allow or Deny")),
    };
    let actions = patterns(fields, &name, ["Action", "NotAction"], |text| {
        // Names of actions are not case-sensitive and take no variables; resources are, and do.
        Pattern::new(text, true, false)
    })?;
    let resources = patterns(fields, &name, ["Resource", "NotResource"], |text| {
        Pattern::new(text, false, variables)
    })?;
    Ok(Statement {
        allows,
        principals: principals(fields, &name)?,
        actions,
        resources,
        conditions: conditions(fields, &name, variables)?,
        name,
    })
}

fn patterns(
    fields: &Map<String, Value>,
    statement: &str,
    names: [&'static str; 2],
    pattern: impl Fn(&str) -> Pattern,
) -> Result<Patterns, PolicyError> {
    let [element, negation] = names;
    let (element, value) = match (fields.get(element), fields.get(negation)) {
        (Some(value), None) => (element, value),
        (None, Some(value)) => (negation, value),
        _ => {
            return wrong(format!(
                "statement {statement} must have either {element} or {negation}"
            ));
        }
    };
    let texts = texts(value, format_args!("{element} of statement {statement}"))?;
    Ok(Patterns {
        element,
        negated: element == negation,
        any_of: texts.iter().map(|text| pattern(text)).collect(),
    })
}

fn principals(fields: &Map<String, Value>, statement: &str) -> Result<Principals, PolicyError> {
    let (negated, element, value) = match (fields.get("Principal"), fields.get("NotPrincipal")) {
        (Some(value), None) => (false, "Principal", value),
        (None, Some(value)) => (true, "NotPrincipal", value),
        _ => {
            return wrong(format!(
                "statement {statement} must have either Principal or NotPrincipal"
            ));
        }
    };
    let list = match value {
        // Any other bare text is refused by IAM.
        Value::String(text) if text == "*" => vec![Principal::Everyone],
        Value::Object(kinds) => {
            let mut list = Vec::new();
            for (kind, value) in kinds {
                let texts = texts(value, format_args!("{element} of statement {statement}"))?;
                list.extend(texts.into_iter().map(Principal::of_kind(kind)));
            }
            list
        }
        _ => {
            return wrong(format!(
                "{element} of statement {statement} must be \"*\" or an object"
            ));
        }
    };
    Ok(Principals { negated, list })
}

fn conditions(
    fields: &Map<String, Value>,
    statement: &str,
    variables: bool,
) -> Result<Vec<Condition>, PolicyError> {
    let operators = match fields.get("Condition") {
        None => return Ok(Vec::new()),
        Some(Value::Object(operators)) => operators,
        Some(_) => {
            return wrong(format!(
                "Condition of statement {statement} must be an object"
            ));
        }
    };
    let mut conditions = Vec::new();
    for (operator, keys) in operators {
        let Value::Object(keys) = keys else {
            return wrong(format!(
                "{operator} of statement {statement} must be an object"
            ));
        };
        for (key, value) in keys {
            let values = texts(value, format_args!("{key} of statement {statement}"))?;
            let operator = Operator::parse(operator);
            conditions.push(Condition::new(operator, key, values, variables));
        }
    }
    Ok(conditions)
}

/// One text or a list, of what an error calls by this name; numbers and booleans are texts too.
fn texts(value: &Value, name: fmt::Arguments<'_>) -> Result<Vec<String>, PolicyError> {
    let text = |value: &Value| match value {
        Value::String(text) => Ok(text.clone()),
        Value::Bool(value) => Ok(value.to_string()),
        Value::Number(value) => Ok(value.to_string()),
        _ => wrong(format!("{name} must be a text or a list of texts")),
    };
    match value {
        Value::Array(list) => list.iter().map(text).collect(),
        one => Ok(vec![text(one)?]),
    }
}
