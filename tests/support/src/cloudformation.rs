//! `CloudFormation`, of the awsQuery protocol: stacks as they are, and change sets.

use std::fmt::Write as _;

use crate::action::Action;
use crate::http::{Outcome, Refusal};
use crate::query::{member, respond};
use crate::xml::{escape, tag};

const NAMESPACE: &str = "http://cloudformation.amazonaws.com/doc/2010-05-15/";

/// A stack.
#[derive(Debug, Clone, Default)]
pub struct Stack {
    /// Its ARN.
    pub arn: String,
    /// Parameters by name; one of `NoEcho` has the value `****`.
    pub parameters: Vec<(String, String)>,
    /// Outputs by name.
    pub outputs: Vec<(String, String)>,
    /// Logical ID, physical ID and type of each resource.
    pub resources: Vec<(String, String, String)>,
}

/// A change set.
#[derive(Debug, Clone, Default)]
pub struct ChangeSet {
    /// Its ARN.
    pub arn: String,
    /// The name of its stack.
    pub stack: String,
    /// Such as `CREATE_COMPLETE`.
    pub status: String,
    /// Its changes.
    pub changes: Vec<ResourceChange>,
}

/// One change: what `ResourceChange` holds.
#[derive(Debug, Clone, Default)]
pub struct ResourceChange {
    /// `Add`, `Modify` or `Remove`.
    pub action: String,
    /// Its logical ID.
    pub logical_id: String,
    /// Its physical ID; empty while there is none.
    pub physical_id: String,
    /// Its type.
    pub kind: String,
    /// `BeforeContext`; empty where there is none.
    pub before: String,
    /// `AfterContext`; empty where there is none.
    pub after: String,
}

pub(crate) fn run(action: &mut Action<'_>) -> Outcome {
    match action.route.operation.as_str() {
        "DescribeStacks" => describe(action),
        "ListStackResources" => list(action),
        "DescribeChangeSet" => change_set(action),
        _ => Err(action.unknown()),
    }
}

/// <https://docs.aws.amazon.com/AWSCloudFormation/latest/APIReference/API_DescribeStacks.html>: of a
/// stack that is not there, a validation error.
fn find<'w>(action: &'w Action<'_>) -> Result<&'w Stack, Refusal> {
    let name = member(action, "StackName").unwrap_or_default();
    let stacks = &action.world.stacks;
    let found = stacks.get(name);
    found
        .or_else(|| stacks.values().find(|stack| stack.arn == name))
        .ok_or_else(|| {
            let message = format!("Stack with id {name} does not exist");
            Refusal::new(400, "ValidationError", message)
        })
}

fn entries(list: &str, key: &str, value: &str, all: &[(String, String)]) -> String {
    let mut text = String::new();
    for (name, given) in all {
        let _ = write!(
            text,
            "<member>{}{}</member>",
            tag(key, name),
            tag(value, given)
        );
    }
    format!("<{list}>{text}</{list}>")
}

fn describe(action: &Action<'_>) -> Outcome {
    let stack = find(action)?;
    let name = stack.arn.split('/').nth(1).unwrap_or_default();
    let body = format!(
        "<Stacks><member>{}{}<CreationTime>2026-01-01T00:00:00Z</CreationTime><StackStatus>UPDATE_COMPLETE</StackStatus>{}{}</member></Stacks>",
        tag("StackId", &stack.arn),
        tag("StackName", name),
        entries(
            "Parameters",
            "ParameterKey",
            "ParameterValue",
            &stack.parameters
        ),
        entries("Outputs", "OutputKey", "OutputValue", &stack.outputs),
    );
    Ok(respond("DescribeStacks", NAMESPACE, &body))
}

/// <https://docs.aws.amazon.com/AWSCloudFormation/latest/APIReference/API_ListStackResources.html>
fn list(action: &Action<'_>) -> Outcome {
    let stack = find(action)?;
    let (page, next) = page(action, &stack.resources);
    let mut text = String::new();
    for (logical, physical, kind) in page {
        let _ = write!(
            text,
            "<member>{}{}{}<LastUpdatedTimestamp>2026-01-01T00:00:00Z</LastUpdatedTimestamp><ResourceStatus>CREATE_COMPLETE</ResourceStatus></member>",
            tag("LogicalResourceId", logical),
            tag("PhysicalResourceId", physical),
            tag("ResourceType", kind)
        );
    }
    let body = format!("<StackResourceSummaries>{text}</StackResourceSummaries>{next}");
    Ok(respond("ListStackResources", NAMESPACE, &body))
}

/// <https://docs.aws.amazon.com/AWSCloudFormation/latest/APIReference/API_DescribeChangeSet.html>
fn change_set(action: &mut Action<'_>) -> Outcome {
    let name = member(action, "ChangeSetName").unwrap_or_default();
    let stack = member(action, "StackName").unwrap_or_default();
    if !name.starts_with("arn:") && stack.is_empty() {
        let message = "StackName must be specified if ChangeSetName is not specified as an ARN.";
        return Err(action.broken(400, "ValidationError", message));
    }
    let sets = action.world.change_sets.values();
    let found = sets
        .filter(|set| set.arn == name || set.stack == stack)
        .find(|set| set.arn == name || set.arn.split('/').nth(1) == Some(name));
    let Some(set) = found else {
        let message = format!("ChangeSet [{name}] does not exist");
        return Err(Refusal::new(404, "ChangeSetNotFound", message));
    };
    let with_values = member(action, "IncludePropertyValues") == Some("true");
    let (page, next) = page(action, &set.changes);
    let mut text = String::new();
    for change in page {
        let optional = |name: &str, value: &str| {
            if value.is_empty() {
                String::new()
            } else {
                tag(name, value)
            }
        };
        let contexts = if with_values {
            optional("BeforeContext", &change.before) + &optional("AfterContext", &change.after)
        } else {
            String::new()
        };
        let _ = write!(
            text,
            "<member><Type>Resource</Type><ResourceChange>{}{}{}{}{contexts}</ResourceChange></member>",
            tag("Action", &change.action),
            tag("LogicalResourceId", &change.logical_id),
            optional("PhysicalResourceId", &change.physical_id),
            tag("ResourceType", &change.kind)
        );
    }
    let stack = action
        .world
        .stacks
        .get(&set.stack)
        .map(|stack| stack.arn.as_str());
    let body = format!(
        "{}{}{}<Changes>{text}</Changes>{next}",
        tag("ChangeSetId", &set.arn),
        tag("StackId", stack.unwrap_or(&set.stack)),
        tag("Status", &set.status),
    );
    Ok(respond("DescribeChangeSet", NAMESPACE, &body))
}

/// One page, and the token for the next.
fn page<'t, T>(action: &Action<'_>, all: &'t [T]) -> (&'t [T], String) {
    let from = member(action, "NextToken").and_then(|token| token.parse().ok());
    let from: usize = from.unwrap_or(0).min(all.len());
    let to = (from + action.world.page_size).min(all.len());
    let next = if to < all.len() {
        format!("<NextToken>{}</NextToken>", escape(&to.to_string()))
    } else {
        String::new()
    };
    (&all[from..to], next)
}
