use aws_sdk_cloudformation::types::{self, ChangeAction, ChangeSetStatus};
use aws_sdk_cloudformation::{Client, config};
use aws_types::SdkConfig;
use aws_types::region::Region;

use super::bodies::Bodies;
use super::calls::Calls;
use super::failure::Failure;
use crate::candidate::{ChangeSet, ResourceChange, Stack, StackName};
use crate::distribution::{self, AccountId};
use crate::error::GuardError;

const ROLE: &str = "the guard's role";

/// A template makes 500 resources at most
/// (<https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/cloudformation-limits.html>), and what
/// replaces as many are as many again.
const MOST_CHANGES: usize = 1_000;

/// Megabytes of the properties of a change set, over all of its pages: twice what the largest template,
/// of 1 MB, says of its resources before and after.
const MOST_MEGABYTES: usize = 4;

/// A client for the region that a stack's or change set's ARN names, else the guard's own.
fn client(sdk: &SdkConfig, name: &str) -> Result<Client, GuardError> {
    let mut builder = config::Builder::from(sdk)
        .interceptor(Calls)
        .interceptor(Bodies);
    if name.starts_with("arn:") {
        let region = region_of(name).ok_or_else(|| {
            GuardError::configuration(
                format!("`{name}` is not the ARN of a stack or change set"),
                "Give its name, or its ARN as CloudFormation shows it: \
                 arn:aws:cloudformation:REGION:ACCOUNT:stack/NAME/ID",
            )
        })?;
        builder = builder.region(region);
    }
    Ok(Client::from_conf(builder.build()))
}

/// The region of a well-formed ARN
/// (<https://docs.aws.amazon.com/service-authorization/latest/reference/list_awscloudformation.html>).
fn region_of(arn: &str) -> Option<Region> {
    let parts: Vec<&str> = arn.splitn(6, ':').collect();
    let [_, partition, "cloudformation", region, account, resource] = parts[..] else {
        return None;
    };
    let is_named = ["stack/", "changeSet/"].iter().any(|kind| {
        let name = resource.strip_prefix(kind);
        name.is_some_and(|name| {
            !name.is_empty() && name.bytes().all(|byte| byte.is_ascii_graphic())
        })
    });
    let region = distribution::Region::parse(region)?;
    let fits = partition.starts_with("aws") && AccountId::parse(account).is_some() && is_named;
    fits.then(|| Region::new(region.to_string()))
}

/// Reads what is deployed of a stack; `None` if there is no such stack.
pub(super) async fn stack(sdk: &SdkConfig, name: &StackName) -> Result<Option<Stack>, GuardError> {
    let name = name.as_str();
    let client = client(sdk, name)?;
    let described = async {
        let answer = client.describe_stacks().stack_name(name).send().await;
        answer.map_err(|error| failure(&Failure::of(&error), "cloudformation:DescribeStacks", name))
    };
    let listed = async {
        let mut ids = Vec::new();
        let mut pages = client
            .list_stack_resources()
            .stack_name(name)
            .into_paginator()
            .items()
            .send();
        while let Some(item) = pages.next().await {
            let item = item.map_err(|error| {
                failure(
                    &Failure::of(&error),
                    "cloudformation:ListStackResources",
                    name,
                )
            })?;
            if let (Some(logical), Some(physical)) =
                (item.logical_resource_id, item.physical_resource_id)
            {
                ids.push((logical, physical));
            }
            if ids.len() > MOST_CHANGES {
                return Err(Some(GuardError::configuration(
                    format!(
                        "the stack `{name}` has more than {MOST_CHANGES} resources, and no more is read"
                    ),
                    "Leave `stack` out: the template is judged by itself then",
                )));
            }
        }
        Ok(ids)
    };
    // Side by side: both are needed, and neither needs the other's answer.
    let (described, listed) = futures_util::future::join(described, listed).await;
    let (described, physical_ids) = match (described, listed) {
        (Err(Some(error)), _) | (_, Err(Some(error))) => return Err(error),
        // "Does not exist" comes as a validation error of either call. A stack that is still to be
        // made is no failure: its template is judged by itself.
        (Err(None), _) | (_, Err(None)) => return Ok(None),
        (Ok(described), Ok(listed)) => (described, listed),
    };
    let Some(stack) = described.stacks.unwrap_or_default().into_iter().next() else {
        return Ok(None);
    };
    // A stack that a first change set has made has no resource yet.
    let parameters = stack.parameters.unwrap_or_default().into_iter();
    let parameters = parameters.filter_map(|it| {
        // For parameters of an SSM type, `ParameterValue` is the name of the SSM parameter, and
        // only `ResolvedValue` is what the template sees.
        let value = it.resolved_value.or(it.parameter_value)?;
        // CloudFormation masks `NoEcho` values with asterisks. Such a parameter stays open instead
        // of becoming the literal text, which would turn into a wrong bucket or domain name.
        (value != "****").then_some((it.parameter_key?, value))
    });
    let outputs = stack.outputs.unwrap_or_default().into_iter();
    Ok(Some(Stack {
        arn: stack.stack_id.unwrap_or_default(),
        parameters: parameters.collect(),
        outputs: outputs
            .filter_map(|it| Some((it.output_key?, it.output_value?)))
            .collect(),
        physical_ids,
    }))
}

/// Reads a change set with the values of its properties.
pub(super) async fn change_set(
    sdk: &SdkConfig,
    name: &str,
    stack: Option<&StackName>,
) -> Result<ChangeSet, GuardError> {
    const CALL: &str = "cloudformation:DescribeChangeSet";
    let client = client(
        sdk,
        // A change set's name is unique within its stack only. Its ARN names the region; a bare
        // name takes that of the stack's ARN.
        if name.starts_with("arn:") {
            name
        } else {
            stack.map_or("", StackName::as_str)
        },
    )?;
    let mut set = ChangeSet::default();
    let mut next = None;
    loop {
        let answer = client
            .describe_change_set()
            .change_set_name(name)
            .set_stack_name(stack.map(ToString::to_string))
            // Without it there is no `AfterContext`, and so no config to judge.
            .include_property_values(true)
            .set_next_token(next)
            .send()
            .await;
        let page = answer.map_err(|error| {
            failure(&Failure::of(&error), CALL, name).unwrap_or_else(|| {
                GuardError::missing(
                    format!("there is no change set `{name}`"),
                    "Give its ARN, or its name and the `stack`",
                )
            })
        })?;
        // This state passes by itself, so the job may be retried; nothing is wrong with the
        // candidate.
        if let Some(status @ (ChangeSetStatus::CreatePending | ChangeSetStatus::CreateInProgress)) =
            &page.status
        {
            return Err(GuardError::Unavailable {
                subject: format!("the change set `{name}`"),
                problem: format!("it is {status}, and not ready yet"),
            });
        }
        if page.status == Some(ChangeSetStatus::Failed) {
            let why = page.status_reason.unwrap_or_default();
            return Err(GuardError::configuration(
                format!("the change set `{name}` failed: {why}"),
                "Correct what CloudFormation says, and make another one",
            ));
        }
        set.arn = page.change_set_id.unwrap_or_default();
        set.stack = page.stack_id.unwrap_or_default();
        let changes = page.changes.unwrap_or_default().into_iter();
        set.changes
            .extend(changes.filter_map(|it| change(it.resource_change?)));
        within_bounds(&set, name)?;
        next = page.next_token;
        if next.is_none() {
            return Ok(set);
        }
    }
}

/// A change of a resource; what has no ID or no type is no resource of the template.
fn change(change: types::ResourceChange) -> Option<ResourceChange> {
    Some(ResourceChange {
        logical_id: change.logical_resource_id?,
        physical_id: change.physical_resource_id,
        kind: change.resource_type?,
        is_removed: change.action == Some(ChangeAction::Remove),
        before: change.before_context,
        after: change.after_context,
    })
}

/// Each page has a bound of its own, and their number has none.
fn within_bounds(set: &ChangeSet, name: &str) -> Result<(), GuardError> {
    let contexts = set.changes.iter().flat_map(|it| [&it.before, &it.after]);
    let bytes: usize = contexts.flatten().map(String::len).sum();
    let over = if set.changes.len() > MOST_CHANGES {
        format!("{MOST_CHANGES} changes")
    } else if bytes > MOST_MEGABYTES << 20 {
        format!("{MOST_MEGABYTES} MB of properties")
    } else {
        return Ok(());
    };
    Err(GuardError::configuration(
        format!("the change set `{name}` has more than {over}, and no more is read"),
        "Give the template as `candidate`, or change the stack in several change sets",
    ))
}

/// What a refused call means; `None` if there is no such stack or change set, which
/// CloudFormation says in a validation error
/// (<https://docs.aws.amazon.com/AWSCloudFormation/latest/APIReference/API_DescribeStacks.html>).
fn failure(failure: &Failure, call: &'static str, name: &str) -> Option<GuardError> {
    match failure {
        Failure::NotFound(_) => None,
        // The code is `ValidationError` for every wrong argument, so only the message distinguishes
        // a missing stack.
        Failure::Service { message, .. } if message.contains("does not exist") => None,
        Failure::Service { code, message, .. } if code == "ValidationError" => {
            Some(GuardError::configuration(
                format!("CloudFormation does not take `{name}`: {message}"),
                "Correct `stack` or `changeSet` in UserParameters",
            ))
        }
        other => Some(other.clone().into_error(call, name, ROLE)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_arn_that_names_no_stack_is_recognized() {
        let stack = "arn:aws:cloudformation:eu-west-1:111122223333:stack/site/0a1b";
        assert_eq!(region_of(stack), Some(Region::new("eu-west-1")));
        let set = stack.replace("stack/", "changeSet/");
        assert!(region_of(&set).is_some());
        for (part, other) in [
            ("eu-west-1", ""),
            ("eu-west-1", "eu west 1"),
            ("cloudformation", "s3"),
            ("111122223333", "1111"),
            (":stack/site/0a1b", ""),
            ("stack/site/0a1b", "stack/"),
            ("stack/site", "stack/si te"),
        ] {
            assert_eq!(
                region_of(&stack.replace(part, other)),
                None,
                "{part} {other}"
            );
        }
    }
}
