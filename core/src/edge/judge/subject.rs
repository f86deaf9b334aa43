//! An answer beside its question and its trace.

use super::Answered;
use crate::distribution::{At, Serving};
use crate::edge::question::Question;
use crate::rules::Case;
use crate::trace::{Destination, EdgeAnswer, OriginRequest, Trace, s3_error_code, trace};

/// An answer, and what decides about it.
pub(super) struct Subject<'j, 'a> {
    case: &'j Case<'a>,
    pub question: &'j Question,
    pub answer: &'j EdgeAnswer,
    pub object_etag: Option<&'j str>,
    pub trace: Trace,
}

/// Managed response headers policies, which leave `server` as it is
/// (<https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/using-managed-response-headers-policies.html>).
const MANAGED: [&str; 5] = [
    "60669652-455b-4ae9-85a4-c4c02393f86c",
    "67f7725c-6f97-4210-82d7-5512b31e9d03",
    "5cc3b908-e619-4b99-88e5-2cf7f45965bd",
    "e61eb60c-9c35-4d20-a928-2b84e02af89c",
    "eaab4381-ed33-4a86-88ca-d9558dc6cd63",
];

impl<'j, 'a> Subject<'j, 'a> {
    pub(super) fn of(case: &'j Case<'a>, answered: &'j Answered, answer: &'j EdgeAnswer) -> Self {
        let question = &answered.question;
        Self {
            case,
            question,
            answer,
            object_etag: answered.object_etag.as_deref(),
            trace: trace(case, &question.request()),
        }
    }

    pub(super) fn serving(&self) -> &'a Serving {
        &self.case.candidate.serving
    }

    /// The origins that may have answered.
    pub(super) fn members(&self) -> &[OriginRequest] {
        match &self.trace.target {
            Destination::Origin { request } => std::slice::from_ref(&**request),
            Destination::OriginGroup { members, .. } => members,
            Destination::Missing { .. } | Destination::Undecided { .. } | Destination::Nowhere => {
                &[]
            }
        }
    }

    /// The key that the first of them is asked for.
    pub(super) fn key(&self) -> &str {
        let object = self.members().first().and_then(|it| it.object.as_ref());
        object.map_or("", |object| object.key.as_str())
    }

    /// How long a cache had the answer, in seconds.
    pub(super) fn age(&self) -> Option<&str> {
        self.answer.header("age").filter(|age| *age != "0")
    }

    /// The behavior that another reading of the path would reach.
    pub(super) fn otherwise(&self) -> Option<&str> {
        let other = self.trace.otherwise.first()?;
        Some(other.behavior.as_str())
    }

    /// Whether S3 says AccessDenied; an answer to HEAD has no body that says it.
    pub(super) fn is_denial(&self) -> bool {
        let members = self.members();
        let are_buckets = !members.is_empty() && members.iter().all(|it| it.object.is_some());
        let code = s3_error_code(self.answer);
        let is_silent = code.is_none() && self.answer.status == 403 && self.answer.body.is_empty();
        let says = code.as_deref() == Some("AccessDenied");
        are_buckets && self.answer.is_from("AmazonS3") && (says || is_silent)
    }

    /// The policy by which the answer may be the staging distribution's.
    pub(super) fn continuous_deployment(&self) -> Option<&'a At<String>> {
        let policy = self.serving().continuous_deployment.as_ref();
        policy.filter(|_| self.question.staging.is_none())
    }

    /// The behavior's response headers policy, where it is the account's own.
    pub(super) fn response_headers_policy(&self) -> Option<&'a str> {
        let mut behaviors = self.case.candidate.all_behaviors();
        let own = behaviors.find(|it| it.place == self.question.place)?;
        let policy = own.other_members.get("ResponseHeadersPolicyId")?;
        let id = policy.values.first()?.as_str();
        (!id.is_empty() && !MANAGED.contains(&id)).then_some(id)
    }
}
