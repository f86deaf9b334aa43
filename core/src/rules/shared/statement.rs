//! What to change in a policy, in its own words: never more than the one reader needs.

use std::borrow::Cow;

use serde_json::{Value, json};

use crate::policy::{Asker, Element, Grant, Policy, Question, Reason, Text};

use super::source::placeholders;

/// What is asked of a policy, and how the statement that allows it spells that.
pub(in crate::rules) struct Wanted<'w> {
    pub sid: &'static str,
    pub action: &'static str,
    pub resource: Text<'w>,
    /// The `Resource` of the statement.
    pub statement_resource: &'w str,
}

/// What has a policy.
pub(in crate::rules) struct Policied {
    /// The policy in messages, such as ``the policy of bucket `assets` ``.
    pub policy: String,
    /// Whether the candidate's own document has it, so that its expressions can stand in it.
    pub is_in_document: bool,
}

/// Whom a policy is to let in.
pub(in crate::rules) enum Reader<'r> {
    /// CloudFront, for the distribution of this ARN.
    Distribution(Cow<'r, str>),
    /// An origin access identity.
    Identity {
        id: &'r str,
        partition: &'static str,
    },
}

impl Reader<'_> {
    /// What to change in a policy: the exception from the statement that denies it, and the statement
    /// that allows it, each where it is needed; nothing where neither is.
    pub(crate) fn steps(
        &self,
        policy: Option<&Policy>,
        question: &Question<'_>,
        wanted: &Wanted<'_>,
        of: &Policied,
    ) -> String {
        let mut steps = Vec::new();
        if let Some(Grant::Denied(reason)) = policy.map(|policy| policy.grants(question)) {
            steps.push(self.exception(&reason, of));
        }
        let needs_grant = match policy.map(|policy| policy.allowance(question)) {
            Some(Grant::Granted) => false,
            None | Some(Grant::NotGranted { .. }) => true,
            Some(Grant::Undecided(_) | Grant::Denied(_)) => steps.is_empty(),
        };
        if needs_grant {
            let statement = self.statement(wanted);
            steps.push(format!("add to {}: {statement}", of.policy));
        }
        let steps = steps.join("; then ");
        let note = placeholders(&steps);
        steps + note
    }

    /// A statement that allows what is wanted to this reader alone.
    fn statement(&self, wanted: &Wanted<'_>) -> Value {
        let principal = match self {
            Self::Distribution(_) => json!({"Service": Asker::CLOUDFRONT}),
            Self::Identity { id, partition } => json!({"AWS": format!(
                "arn:{partition}:iam::cloudfront:user/CloudFront Origin Access Identity {id}"
            )}),
        };
        let mut statement = json!({
            "Sid": wanted.sid, "Effect": "Allow", "Principal": principal,
            "Action": wanted.action, "Resource": wanted.statement_resource,
        });
        if let (Self::Distribution(arn), Some(elements)) = (self, statement.as_object_mut()) {
            let condition = json!({"StringEquals": {"AWS:SourceArn": arn}});
            elements.insert("Condition".to_owned(), condition);
        }
        statement
    }

    /// How to except this reader alone from a statement that denies: conditions of one statement must
    /// all hold, so that one more on the distribution's ARN takes nothing from the others.
    fn exception(&self, reason: &Reason<'_>, of: &Policied) -> String {
        let statement = format!("statement `{}` of {}", reason.statement, of.policy);
        match (self, reason.element) {
            (Self::Distribution(arn), Element::Condition { operator, key, .. })
                if key.eq_ignore_ascii_case("aws:SourceArn")
                    && operator.to_ascii_lowercase().contains("not") =>
            {
                format!("add `{arn}` to {operator} {key} of {statement}")
            }
            (Self::Distribution(arn), _) => {
                let condition = json!({"StringNotEquals": {"AWS:SourceArn": arn}});
                format!("except this distribution: add {condition} to the Condition of {statement}")
            }
            (Self::Identity { id, .. }, _) => {
                format!("except the origin access identity `{id}` from {statement}")
            }
        }
    }
}
