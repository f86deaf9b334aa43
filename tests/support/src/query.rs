//! The services of the awsQuery protocol: SNS and STS.

use uuid::Uuid;

use crate::action::Action;
use crate::http::{Outcome, Refusal, Reply};
use crate::record::Published;
use crate::xml::tag;

const MAX_MESSAGE: usize = 262_144;
const MAX_SUBJECT: usize = 99;

pub(crate) fn member<'a>(action: &'a Action<'_>, name: &str) -> Option<&'a str> {
    action
        .route
        .params
        .iter()
        .find(|(key, _)| key == name)
        .map(|(_, value)| value.as_str())
}

pub(crate) fn respond(operation: &str, namespace: &str, result: &str) -> Reply {
    let metadata = format!(
        "<ResponseMetadata>{}</ResponseMetadata>",
        tag("RequestId", &Uuid::new_v4().to_string())
    );
    let body = format!("<{operation}Result>{result}</{operation}Result>{metadata}");
    Reply::xml(
        200,
        &format!("<{operation}Response xmlns=\"{namespace}\">{body}</{operation}Response>"),
    )
}

/// <https://docs.aws.amazon.com/sns/latest/api/API_Publish.html>
pub(crate) fn sns(action: &mut Action<'_>) -> Outcome {
    if action.route.operation != "Publish" {
        return Err(action.unknown());
    }
    let topic = topic(action)?;
    let subject = member(action, "Subject").map(str::to_owned);
    if subject
        .as_deref()
        .is_some_and(|subject| !valid_subject(subject))
    {
        return Err(action.broken(400, "InvalidParameter", "Invalid parameter: Subject"));
    }
    let message = member(action, "Message").unwrap_or_default().to_owned();
    if message.is_empty() {
        return Err(action.broken(400, "InvalidParameter", "Invalid parameter: Empty message"));
    }
    let attributes = attributes(action);
    let size = message.len()
        + attributes
            .iter()
            .map(|(name, value)| name.len() + value.len())
            .sum::<usize>();
    if size > MAX_MESSAGE {
        return Err(action.broken(
            400,
            "InvalidParameter",
            "Invalid parameter: Message too long",
        ));
    }
    if !action.world.topics.contains(&topic) {
        return Err(Refusal::new(404, "NotFound", "Topic does not exist"));
    }
    let message_id = Uuid::new_v4().to_string();
    let result = tag("MessageId", &message_id);
    action.world.published.push(Published {
        topic,
        subject,
        message,
        attributes,
        message_id,
    });
    Ok(respond(
        "Publish",
        "http://sns.amazonaws.com/doc/2010-03-31/",
        &result,
    ))
}

/// The ARN of a topic, in the region of the signature.
fn topic(action: &mut Action<'_>) -> Result<String, Refusal> {
    let topic = action.subject().to_owned();
    let parts: Vec<&str> = topic.split(':').collect();
    let region = action
        .call
        .signature
        .as_ref()
        .map(|signature| signature.region.clone());
    let well_formed = matches!(parts.as_slice(), ["arn", partition, "sns", place, account, name]
        if partition.starts_with("aws") && region.is_none_or(|region| region == *place) && account.len() == 12 && !name.is_empty());
    if well_formed {
        Ok(topic)
    } else {
        Err(action.broken(400, "InvalidParameter", "Invalid parameter: TopicArn"))
    }
}

/// Less than 100 characters, no line breaks or control characters, begins with a letter, number or punctuation mark.
fn valid_subject(subject: &str) -> bool {
    let length = subject.chars().count();
    let start = subject.chars().next().is_some_and(|first| {
        first.is_alphanumeric() || !(first.is_whitespace() || first.is_control())
    });
    (1..=MAX_SUBJECT).contains(&length) && start && !subject.chars().any(char::is_control)
}

fn attributes(action: &Action<'_>) -> Vec<(String, String)> {
    let entry = |index: usize, rest: &str| {
        member(action, &format!("MessageAttributes.entry.{index}.{rest}")).map(str::to_owned)
    };
    (1..)
        .map_while(|index| {
            Some((
                entry(index, "Name")?,
                entry(index, "Value.StringValue").unwrap_or_default(),
            ))
        })
        .collect()
}

/// <https://docs.aws.amazon.com/STS/latest/APIReference/API_GetCallerIdentity.html>
pub(crate) fn sts(action: &mut Action<'_>) -> Outcome {
    if action.route.operation != "GetCallerIdentity" {
        return Err(action.unknown());
    }
    let account = action.account();
    let arn = format!("arn:aws:sts::{account}:assumed-role/origin-guard/origin-guard");
    let result =
        tag("Arn", &arn) + &tag("UserId", "AROAEXAMPLE:origin-guard") + &tag("Account", &account);
    Ok(respond(
        "GetCallerIdentity",
        "https://sts.amazonaws.com/doc/2011-06-15/",
        &result,
    ))
}
