use serde::Serialize;

use super::index::wildcard;
use super::removal::{self, Step};
use super::{Index, Question, Subject, Usage};
use crate::distribution::{At, Place, S3Endpoint};
use crate::document::Expression;

/// Who uses what was asked about.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Answer {
    /// What was asked about, where it is one of those that distributions use.
    pub subject: Option<Subject>,
    /// The distribution that was asked about, with all that it uses.
    pub distribution: Option<Usage>,
    /// Whether anything uses it.
    pub status: Status,
    /// The distributions that use it, in the order of their IDs.
    pub uses: Vec<Usage>,
    /// Why there may be more that uses it; empty where that is known. Only then is it
    /// [`Status::Unused`].
    pub open: Vec<String>,
    /// What configs do not show, so that no answer holds it.
    pub notes: Vec<String>,
    /// In which order it can be removed without an outage.
    pub removal: Vec<Step>,
}

/// Whether anything uses it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Status {
    /// At least one distribution does.
    Used,
    /// No distribution of the account does.
    Unused,
    /// None that could be read does.
    Unknown,
}

impl Status {
    /// The name in JSON.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Used => "used",
            Self::Unused => "unused",
            Self::Unknown => "unknown",
        }
    }
}

impl Answer {
    /// Whether all that uses it is known.
    #[must_use]
    pub fn is_complete(&self) -> bool {
        self.open.is_empty()
    }
}

/// Who uses what is asked about.
#[must_use]
pub fn answer(question: &Question, index: &Index) -> Answer {
    match question {
        Question::Subject(subject) => of_subject(subject, index),
        Question::Distribution(id) => of_distribution(id, index),
        Question::Id(id) => of_id(id, index),
        Question::Domain(domain) => of_domain(domain, index),
    }
}

fn of_subject(subject: &Subject, index: &Index) -> Answer {
    let uses = index.users(subject);
    let open = open(subject, index);
    let removal = if open.is_empty() || !uses.is_empty() {
        removal::of_subject(subject, &uses)
    } else {
        Vec::new()
    };
    let mut notes = notes(subject, index);
    if let Subject::Bucket(_) = subject {
        notes.splice(0..0, without_failover(&uses));
    }
    Answer {
        subject: Some(subject.clone()),
        distribution: None,
        status: status(&uses, &open),
        uses,
        open,
        notes,
        removal,
    }
}

/// Origin groups that do not help once the bucket is deleted: S3 answers 404 then, `NoSuchBucket`
/// (<https://docs.aws.amazon.com/AmazonS3/latest/API/ErrorResponses.html>).
fn without_failover(uses: &[Usage]) -> Vec<String> {
    const GONE: i64 = 404;
    let mut notes = Vec::new();
    for usage in uses {
        let serves = usage.origins.iter().flat_map(|origin| &origin.serves);
        let groups = serves.filter_map(|serves| serves.group.as_ref());
        for group in groups.filter(|it| it.is_primary && !it.status_codes.contains(&GONE)) {
            let note = format!(
                "origin group `{}` of {} does not fail over on 404, which S3 answers once the bucket is deleted",
                group.id, usage.distribution.id
            );
            if !notes.contains(&note) {
                notes.push(note);
            }
        }
    }
    notes
}

fn status(uses: &[Usage], open: &[String]) -> Status {
    match (uses, open) {
        ([], []) => Status::Unused,
        ([], _) => Status::Unknown,
        _ => Status::Used,
    }
}

/// Distributions, access controls and access identities have IDs of one form.
fn of_id(id: &str, index: &Index) -> Answer {
    if index.distributions.contains_key(id) {
        return of_distribution(id, index);
    }
    let control = Subject::OriginAccessControl(id.into());
    let identity = Subject::OriginAccessIdentity(id.into());
    if index.subjects.contains_key(&identity) {
        return of_subject(&identity, index);
    }
    let mut answer = of_subject(&control, index);
    if answer.uses.is_empty() {
        // Which of the three it is, or was, shows nowhere.
        answer.subject = None;
        answer.removal.clear();
        answer.notes.insert(
            0,
            format!(
                "no distribution has the ID `{id}`, and no origin names it as an access control or an access \
                 identity"
            ),
        );
    }
    answer
}

fn of_distribution(id: &str, index: &Index) -> Answer {
    let Some(own) = index.distributions.get(id) else {
        let why = index.gaps.unread.iter().find(|it| it.distribution == id);
        return Answer {
            subject: None,
            distribution: None,
            status: Status::Unknown,
            uses: Vec::new(),
            open: vec![match why {
                Some(unread) => format!("distribution {id} could not be read: {}", unread.why),
                None => format!("no distribution of this account has the ID {id}"),
            }],
            notes: Vec::new(),
            removal: Vec::new(),
        };
    };
    // Another distribution may have one of its domains as an origin.
    let mut uses = Vec::new();
    let mut open = Vec::new();
    for domain in own.distribution.domains() {
        let host = Subject::Host(super::usage::host(domain).into());
        uses.extend(index.users(&host));
        if open.is_empty() {
            open = self::open(&host, index);
        }
    }
    Answer {
        subject: None,
        removal: removal::of_distribution(own, &uses),
        distribution: Some(own.clone()),
        status: status(&uses, &open),
        uses,
        open,
        notes: Vec::new(),
    }
}

fn of_domain(domain: &str, index: &Index) -> Answer {
    let host = Subject::Host(domain.into());
    let owners = index.owners(domain);
    // A domain is of one distribution at most; a wildcard beside it leaves the exact one first.
    let exact = index.names.get(domain).and_then(|owners| owners.first());
    let own = exact.map(String::as_str).or(owners.first().copied());
    let Some(own) = own.and_then(|id| index.distributions.get(id)) else {
        return of_subject(&host, index);
    };
    let answer = of_subject(&host, index);
    let mut notes = answer.notes;
    if exact.is_none() {
        let wildcard = wildcard(domain).unwrap_or_default();
        notes.push(format!(
            "viewers reach it by the alias `{wildcard}` of {}",
            own.distribution.id
        ));
    }
    Answer {
        removal: removal::of_distribution(own, &answer.uses),
        distribution: Some(own.clone()),
        notes,
        ..answer
    }
}

/// Why there may be more distributions that use it.
fn open(subject: &Subject, index: &Index) -> Vec<String> {
    let gaps = &index.gaps;
    let unread = gaps.unread.iter();
    let mut open: Vec<String> = unread
        .map(|it| {
            format!(
                "distribution {} could not be read: {}",
                it.distribution, it.why
            )
        })
        .collect();
    let may_name = |domain: &str| match subject {
        Subject::Bucket(bucket) => may_be_of_bucket(domain, bucket.as_str()),
        Subject::Host(name) => may_be(domain, name.as_str()),
        _ => false,
    };
    let origins = gaps.open_origins.iter();
    let origins = origins.filter(|it| may_name(&it.domain_name));
    open.extend(origins.map(|it| {
        format!(
            "origin `{}` of distribution {} is `{}`, which each tenant fills in",
            it.origin, it.distribution, it.domain_name
        )
    }));
    if let Subject::Key(_) = subject {
        match &gaps.unchecked_keys {
            None => {
                open.push(
                    "the buckets were not asked which key they are encrypted with".to_owned(),
                );
            }
            Some(unchecked) => {
                open.extend(unchecked.iter().map(|it| {
                    format!("the key of bucket `{}` is not known: {}", it.bucket, it.why)
                }));
            }
        }
    }
    open
}

fn may_be(domain: &str, text: &str) -> bool {
    Expression::of_placeholders(&domain.to_ascii_lowercase()).may_be(text)
}

/// Whether a domain with parameters may be an endpoint of a bucket.
fn may_be_of_bucket(domain: &str, bucket: &str) -> bool {
    let domain = At::text(domain.to_ascii_lowercase(), Place::default());
    match S3Endpoint::of(&domain) {
        Some(endpoint) => endpoint.bucket().is_some_and(|it| it.may_be(bucket)),
        // Where its end is open, it may be one of S3's.
        None => domain.spelling().ends_with('}'),
    }
}

/// What no config shows.
fn notes(subject: &Subject, index: &Index) -> Vec<String> {
    let mut notes = Vec::new();
    let named: &[&str] = match subject {
        Subject::Bucket(_) => {
            notes.push(
                "not covered: logs that are delivered to it, and whatever uses it beside CloudFront".to_owned(),
            );
            &["bucket"]
        }
        Subject::Key(_) => {
            notes.push(
                "not covered: objects that are encrypted with it in buckets whose default is another key".to_owned(),
            );
            &[]
        }
        Subject::Host(_) => &["host"],
        _ => &[],
    };
    let code = &index.gaps.code_at_edge;
    if let ([kind], [first, rest @ ..]) = (named, code.as_slice()) {
        let more = match rest.len() {
            0 => String::new(),
            more => format!(" and {more} more"),
        };
        notes.push(format!(
            "not covered: code at the edge of {first}{more}, which may send requests to a {kind} that no config \
             names"
        ));
    }
    notes
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_domain_with_parameters_may_be_a_bucket_only_where_its_known_parts_fit() {
        for (domain, may) in [
            ("{{store}}.s3.eu-west-1.amazonaws.com", true),
            ("example-{{store}}.s3.eu-west-1.amazonaws.com", true),
            ("other-{{store}}.s3.eu-west-1.amazonaws.com", false),
            ("{{store}}", true),
            ("example-assets.s3.{{region}}.amazonaws.com", true),
            ("{{store}}.example.com", false),
        ] {
            assert_eq!(may_be_of_bucket(domain, "example-assets"), may, "{domain}");
        }
    }
}
