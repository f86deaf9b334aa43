//! Values that parameters do not allow: CloudFormation refuses the deployment
//! (<https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/parameters-section-structure.html>).

use super::template::{Section, Template};
use super::{Parameters, TemplateError};
use crate::document::{Node, NodeKind, Pointer};

/// Refuses a value that is given, or a default, outside of its parameter's `AllowedValues`.
pub(super) fn check(template: &Template<'_>, given: &Parameters) -> Result<(), TemplateError> {
    for name in template.names_of(Section::Parameters) {
        let Some(parameter) = template.entry(Section::Parameters, name) else {
            continue;
        };
        let default = parameter.get("Default").and_then(scalar);
        let Some(value) = given.get(name).map(str::to_owned).or(default) else {
            continue;
        };
        let problem = problem(parameter, &value);
        if let Some(problem) = problem.map(|it| format!("the parameter `{name}` has {it}")) {
            let pointer = Pointer::default()
                .member("Parameters")
                .member(name)
                .member("AllowedValues");
            return Err(TemplateError::at(parameter, &pointer, problem));
        }
    }
    Ok(())
}

/// What is wrong with a value, after "the parameter has".
fn problem(parameter: &Node, value: &str) -> Option<String> {
    let Some(NodeKind::List(allowed)) = parameter.get("AllowedValues").map(|node| &node.kind)
    else {
        return None;
    };
    let allowed: Vec<String> = allowed.iter().filter_map(scalar).collect();
    let is_allowed = |value: &str| allowed.iter().any(|other| same(other, value));
    let kind = parameter
        .get("Type")
        .and_then(Node::text)
        .unwrap_or_default();
    let is_list = kind == "CommaDelimitedList" || kind.starts_with("List<");
    let mut items = if is_list {
        value.split(',').map(str::trim).collect()
    } else {
        vec![value]
    };
    // CloudFormation checks each item of a list parameter by itself.
    items.retain(|item| !is_allowed(item));
    let refused = items.first()?;
    // A `NoEcho` value must not get into a report, not even as the wrong one.
    if is_secret(parameter) {
        return Some("a value that is not among its AllowedValues".to_owned());
    }
    let shown: Vec<String> = allowed
        .iter()
        .take(10)
        .map(|it| format!("`{it}`"))
        .collect();
    let more = if allowed.len() > shown.len() {
        ", …"
    } else {
        ""
    };
    Some(format!(
        "the value `{refused}`, which is not among its AllowedValues: {}{more}",
        shown.join(", ")
    ))
}

/// The values that a parameter takes; none where it may take others, or where they are shown nowhere.
pub(super) fn values(parameter: &Node) -> Option<Vec<String>> {
    // Numbers have several spellings, lists several items, and of other types it is not the value that is
    // allowed but the name of what has it.
    let is_text = parameter.get("Type").and_then(Node::text) == Some("String");
    let NodeKind::List(allowed) = &parameter.get("AllowedValues")?.kind else {
        return None;
    };
    let values: Option<Vec<String>> = allowed.iter().map(scalar).collect();
    values.filter(|values| is_text && !values.is_empty() && !is_secret(parameter))
}

/// Whether a parameter's value is shown nowhere (`NoEcho`).
pub(super) fn is_secret(parameter: &Node) -> bool {
    let flag = parameter.get("NoEcho").and_then(scalar);
    flag.is_some_and(|flag| flag.eq_ignore_ascii_case("true"))
}

/// Numbers are the same however they are spelt.
fn same(one: &str, other: &str) -> bool {
    let number = |text: &str| text.parse::<f64>().ok().filter(|number| number.is_finite());
    one == other
        || match (number(one), number(other)) {
            (Some(one), Some(other)) => one.total_cmp(&other).is_eq(),
            _ => false,
        }
}

fn scalar(node: &Node) -> Option<String> {
    match &node.kind {
        NodeKind::Text(text) | NodeKind::Number(text) => Some(text.clone()),
        NodeKind::Bool(flag) => Some(flag.to_string()),
        _ => None,
    }
}
