use serde::Serialize;

use super::Subject;
use super::usage::{InGroup, OriginUse, Usage};
use crate::distribution::BucketName;

/// One step of a removal, each to be finished before the next.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Step {
    /// The distribution that it changes, by its ID.
    pub distribution: Option<String>,
    /// What to do, as a sentence without a full stop.
    pub action: String,
}

impl Step {
    fn of(usage: &Usage, action: String) -> Self {
        Self {
            distribution: Some(usage.distribution.id.clone()),
            action,
        }
    }

    fn last(action: impl Into<String>) -> Self {
        Self {
            distribution: None,
            action: action.into(),
        }
    }
}

/// Edges run the old config until then
/// (<https://docs.aws.amazon.com/cloudfront/latest/APIReference/API_Distribution.html>).
const WAIT: &str =
    "and wait until its status is Deployed: until then edges still use the old config";

/// In which order a subject can be removed that these distributions use.
pub(super) fn of_subject(subject: &Subject, uses: &[Usage]) -> Vec<Step> {
    match subject {
        Subject::Bucket(bucket) => of_origin(uses, &[delete_bucket(bucket, uses)]),
        Subject::Host(host) => of_origin(
            uses,
            &[format!("take down `{host}`, and its DNS record first")],
        ),
        Subject::VpcOrigin(id) => of_origin(
            uses,
            &[
                format!(
                    "delete VPC origin `{id}`, which CloudFront refuses while a distribution uses it"
                ),
                "take down what is behind it".to_owned(),
            ],
        ),
        Subject::OriginAccessControl(id) => of_control(id.as_str(), uses),
        Subject::OriginAccessIdentity(id) => of_identity(id.as_str(), uses),
        Subject::Key(key) => of_key(key.as_str(), uses),
    }
}

/// In which order a distribution can be removed, one of whose domains these use as an origin.
pub(super) fn of_distribution(own: &Usage, uses: &[Usage]) -> Vec<Step> {
    let about = &own.distribution;
    let mut steps = of_origin(uses, &[]);
    if about.staging {
        steps.push(Step::of(
            own,
            format!(
                "disable the continuous deployment policy that sends viewers to staging distribution {}",
                about.id
            ),
        ));
    }
    if !about.aliases.is_empty() {
        steps.push(Step::last(format!(
            "point the DNS records of {} elsewhere, and wait until their time to live has passed",
            listed(about.aliases.iter().map(String::as_str))
        )));
    }
    if about.enabled {
        steps.push(Step::of(own, format!("disable {}, {WAIT}", about.id)));
    }
    steps.push(Step::of(own, format!("delete {}", about.id)));
    steps.push(Step::last(
        "ask `origin-guard uses` about each of its origins: what no other distribution uses can follow",
    ));
    steps
}

/// Of what origins are: requests are sent elsewhere, then the origins go, then what they were.
fn of_origin(uses: &[Usage], last: &[String]) -> Vec<Step> {
    let mut steps = Vec::new();
    for usage in uses {
        steps.extend(retarget(usage));
        steps.push(remove_origins(usage));
    }
    steps.extend(last.iter().cloned().map(Step::last));
    steps
}

/// Sends the requests elsewhere that reach the origins of a distribution.
fn retarget(usage: &Usage) -> Vec<Step> {
    let about = &usage.distribution;
    let mut steps: Vec<Step> = Vec::new();
    let mut direct: Vec<&str> = Vec::new();
    let mut groups: Vec<(&InGroup, &str)> = Vec::new();
    for origin in &usage.origins {
        for serves in &origin.serves {
            match &serves.group {
                None => direct.push(&serves.path_pattern),
                Some(group) if groups.iter().any(|(it, _)| it.id == group.id) => {}
                Some(group) => groups.push((group, &origin.id)),
            }
        }
    }
    if !direct.is_empty() {
        direct.dedup();
        steps.push(Step::of(
            usage,
            format!(
                "in {}, point {} {} at an origin that serves the same paths, {WAIT}",
                about.name(),
                if direct.len() == 1 {
                    "cache behavior"
                } else {
                    "cache behaviors"
                },
                patterns(&direct),
            ),
        ));
    }
    for (group, origin) in groups {
        steps.push(Step::of(usage, leave_group(usage, group, origin)));
    }
    steps
}

/// A group has exactly two members
/// (<https://docs.aws.amazon.com/cloudfront/latest/APIReference/API_OriginGroupMembers.html>).
fn leave_group(usage: &Usage, group: &InGroup, origin: &str) -> String {
    let about = usage.distribution.name();
    let of_group = |it: &&OriginUse| {
        let mut serves = it.serves.iter();
        serves.any(|serves| serves.group.as_ref().is_some_and(|it| it.id == group.id))
    };
    let serves = usage.origins.iter().find(of_group);
    let behaviors: Vec<&str> = serves
        .into_iter()
        .flat_map(|origin| &origin.serves)
        .filter(|serves| serves.group.as_ref().is_some_and(|it| it.id == group.id))
        .map(|serves| serves.path_pattern.as_str())
        .collect();
    let behaviors = patterns(&behaviors);
    let other = group.others.iter().find(|other| !usage.has_origin(other));
    match other {
        Some(other) => format!(
            "in {about}, put another origin into origin group `{}` in the place of `{origin}`, or point {behaviors} at \
             `{other}` and remove the group, which needs two members; {WAIT}",
            group.id
        ),
        None => format!(
            "in {about}, point {behaviors} at an origin that serves the same paths: each member of origin group `{}` \
             goes away; {WAIT}",
            group.id
        ),
    }
}

fn remove_origins(usage: &Usage) -> Step {
    let about = &usage.distribution;
    let origins: Vec<&str> = usage
        .origins
        .iter()
        .map(|origin| origin.id.as_str())
        .collect();
    let origins = match origins.as_slice() {
        [only] => format!("origin `{only}`"),
        several => format!("origins {}", patterns(several)),
    };
    let action = if about.enabled {
        format!("in {}, remove {origins}, {WAIT}", about.name())
    } else {
        format!(
            "in {}, which is disabled, remove {origins}, so that enabling it sends no request there",
            about.name()
        )
    };
    Step::of(usage, action)
}

fn delete_bucket(bucket: &BucketName, uses: &[Usage]) -> String {
    let last = if uses.is_empty() { "" } else { " last" };
    match bucket.account_regional() {
        Some(name) => format!(
            "delete bucket `{bucket}`{last}; only account {} can create it again",
            name.account
        ),
        None => {
            format!("delete bucket `{bucket}`{last}: from then on its name is free for any account")
        }
    }
}

fn of_control(id: &str, uses: &[Usage]) -> Vec<Step> {
    let mut steps: Vec<Step> = uses
        .iter()
        .map(|usage| {
            Step::of(
                usage,
                format!(
                    "in {}, give {} another origin access control; the policies there name the distribution and not the \
                     control, and stay as they are; {WAIT}",
                    usage.distribution.name(),
                    origins_of(usage)
                ),
            )
        })
        .collect();
    steps.push(Step::last(format!(
        "delete origin access control `{id}`, which CloudFront refuses while an origin names it"
    )));
    steps
}

fn of_identity(id: &str, uses: &[Usage]) -> Vec<Step> {
    let mut steps = Vec::new();
    for usage in uses {
        let about = &usage.distribution;
        steps.push(Step::last(format!(
            "let {} read {} by the bucket's policy: Principal `cloudfront.amazonaws.com`, with `AWS:SourceArn` of the \
             distribution, beside the statement for the identity",
            about.id,
            origins_of(usage)
        )));
        steps.push(Step::of(
            usage,
            format!(
                "in {}, give {} an origin access control and an empty OriginAccessIdentity, {WAIT}",
                about.name(),
                origins_of(usage)
            ),
        ));
    }
    if !uses.is_empty() {
        steps.push(Step::last(
            "remove the statements for the identity from the policies of these buckets",
        ));
    }
    steps.push(Step::last(format!(
        "delete origin access identity `{id}`, which CloudFront refuses while an origin names it"
    )));
    steps
}

fn of_key(key: &str, uses: &[Usage]) -> Vec<Step> {
    let mut steps = Vec::new();
    if !uses.is_empty() {
        let ids = uses.iter().map(|usage| usage.distribution.id.as_str());
        steps.push(Step::last(format!(
            "let {} decrypt with another key, by that key's policy",
            listed(ids)
        )));
        let mut buckets: Vec<&str> = uses.iter().flat_map(buckets).collect();
        buckets.sort_unstable();
        buckets.dedup();
        let buckets = patterns(&buckets);
        steps.push(Step::last(format!(
            "make that key the default encryption of {buckets}"
        )));
        steps.push(Step::last(format!(
            "encrypt the objects in {buckets} anew: those that are there stay encrypted with the key that they were \
             written with"
        )));
    }
    steps.push(Step::last(format!(
        "disable key `{key}`, which can be undone, and watch for requests that fail"
    )));
    steps.push(Step::last(format!("schedule the deletion of key `{key}`")));
    steps
}

fn buckets(usage: &Usage) -> impl Iterator<Item = &str> {
    let subjects = usage.origins.iter().flat_map(|origin| &origin.subjects);
    subjects.filter_map(|subject| match subject {
        Subject::Bucket(bucket) => Some(bucket.as_str()),
        _ => None,
    })
}

fn origins_of(usage: &Usage) -> String {
    let ids: Vec<&str> = usage
        .origins
        .iter()
        .map(|origin| origin.id.as_str())
        .collect();
    match ids.as_slice() {
        [only] => format!("origin `{only}`"),
        several => format!("origins {}", patterns(several)),
    }
}

/// Names in backquotes, as a list of a sentence.
pub(super) fn patterns(names: &[&str]) -> String {
    let quoted: Vec<String> = names.iter().map(|name| format!("`{name}`")).collect();
    listed(quoted.iter().map(String::as_str))
}

/// Five names, and how many more there are.
fn listed<'n>(names: impl Iterator<Item = &'n str>) -> String {
    const SHOWN: usize = 5;
    let names: Vec<&str> = names.collect();
    let (shown, more) = names.split_at(names.len().min(SHOWN));
    match (shown, more.len()) {
        (all, 0) => match all {
            [start @ .., one, last] => {
                let mut text: String = start.iter().flat_map(|name| [*name, ", "]).collect();
                text.extend([*one, " and ", *last]);
                text
            }
            all => all.concat(),
        },
        (shown, more) => format!("{} and {more} more", shown.join(", ")),
    }
}
