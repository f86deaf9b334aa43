//! Which origins, groups and behaviors an unknown leaves in doubt. An unknown itself names a bucket,
//! an ID, a host or an expression.

use std::collections::{HashMap, HashSet};

use crate::distribution::{Distribution, Origin, OriginAccessIdentity};
use crate::facts::{
    Encryption, Fact, Facts, ORIGIN_CERTIFICATE, ORIGIN_DOMAIN, ORIGIN_HOST, ORIGIN_PORT,
    TARGET_ORIGIN, Unknown,
};
use crate::finding::{NeededBy, NeededUnknown};
use crate::rules::{OriginMap, Resolution};

/// Every unknown that stood in the way of something.
#[derive(Debug)]
pub struct Doubts<'a> {
    pub all: Vec<Doubt<'a>>,
    /// What is not known to be well.
    places: HashSet<&'a str>,
}

/// An unknown, and what it leaves in doubt.
#[derive(Debug)]
pub struct Doubt<'a> {
    pub needed: &'a NeededUnknown,
    /// JSON pointers.
    pub pointers: Vec<&'a str>,
}

impl<'a> Doubts<'a> {
    pub fn of(model: &'a Distribution, facts: &Facts, unknowns: &'a [NeededUnknown]) -> Self {
        let named = named(model, facts);
        let about = |needed: &NeededUnknown| match needed.needed_by {
            NeededBy::Candidate => around(model, &needed.unknown),
            NeededBy::Rule(_) | NeededBy::Disabled => {
                let unknown = &needed.unknown;
                let name = (Kind::of(unknown.fact), subject(unknown).to_owned());
                named.get(&name).cloned().unwrap_or_default()
            }
            NeededBy::Freshness | NeededBy::Baseline => Vec::new(),
        };
        let doubts = unknowns.iter().map(|needed| Doubt {
            pointers: about(needed),
            needed,
        });
        let all: Vec<Doubt<'_>> = doubts.collect();
        let weighing = all.iter().filter(|doubt| {
            // A host that was not asked for is no doubt about the origin.
            let unknown = &doubt.needed.unknown;
            unknown.fact != ORIGIN_HOST || unknown.blocks()
        });
        let places = weighing.flat_map(|doubt| doubt.pointers.iter().copied());
        Self {
            places: places.collect(),
            all,
        }
    }

    /// Whether the origin, group or behavior at this pointer is not known to be well.
    pub fn is_about(&self, pointer: &str) -> bool {
        self.places.contains(pointer)
    }
}

impl Doubt<'_> {
    /// The rules that could not decide; none where any may be that looks there, since the candidate
    /// itself leaves it open.
    pub fn rules(&self) -> Vec<&'static str> {
        let NeededBy::Rule(rule) = self.needed.needed_by else {
            return Vec::new();
        };
        match self.needed.unknown.fact {
            ORIGIN_DOMAIN | TARGET_ORIGIN => Vec::new(),
            // Where no certificate was seen, one rule says so for all.
            ORIGIN_PORT | ORIGIN_CERTIFICATE => vec![
                rule.name,
                "untrusted-origin-certificate",
                "expiring-origin-certificate",
            ],
            _ => vec![rule.name],
        }
    }
}

/// What the subject of an unknown names: one text may be a bucket's and a host's name.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
enum Kind {
    Resource,
    Host,
    Domain,
    Target,
}

impl Kind {
    fn of(fact: &str) -> Self {
        match fact {
            ORIGIN_HOST | ORIGIN_PORT | ORIGIN_CERTIFICATE => Self::Host,
            ORIGIN_DOMAIN => Self::Domain,
            TARGET_ORIGIN => Self::Target,
            _ => Self::Resource,
        }
    }
}

/// The subject as origins name it: of a port, its host.
fn subject(unknown: &Unknown) -> &str {
    match unknown.subject.rsplit_once(':') {
        Some((host, _)) if unknown.fact == ORIGIN_PORT => host,
        _ => &unknown.subject,
    }
}

/// Where each subject is named.
fn named<'a>(model: &'a Distribution, facts: &Facts) -> HashMap<(Kind, String), Vec<&'a str>> {
    let mut named: HashMap<(Kind, String), Vec<&str>> = HashMap::new();
    let mut add = |kind, name, pointer| {
        let pointers = named.entry((kind, name)).or_default();
        if !pointers.contains(&pointer) {
            pointers.push(pointer);
        }
    };
    for origin in &model.origins {
        let pointer = origin.place.pointer.as_str();
        for name in resources(origin, facts) {
            add(Kind::Resource, name, pointer);
        }
        let domain = origin.domain_name.to_string();
        if origin.custom.is_some() {
            add(Kind::Host, domain.to_ascii_lowercase(), pointer);
            add(Kind::Host, domain.clone(), pointer);
        }
        add(Kind::Domain, domain, pointer);
    }
    let map = OriginMap::of(model);
    let undecided = |reference| match map.resolve(reference) {
        Resolution::Undecided => Some(map.undecided(reference).to_owned()),
        Resolution::Found(_) | Resolution::Missing => None,
    };
    for group in &model.origin_groups {
        for subject in group.members.iter().filter_map(undecided) {
            add(Kind::Target, subject, &group.place.pointer);
        }
    }
    for behavior in model.all_behaviors() {
        if let Some(subject) = undecided(&behavior.target_origin_id) {
            add(Kind::Target, subject, &behavior.place.pointer);
        }
    }
    named
}

/// What the unknowns about an origin's bucket, key, control, identity and VPC origin have as their
/// subject: these themselves, or the expression that a fact about them hangs on.
fn resources(origin: &Origin, facts: &Facts) -> Vec<String> {
    let mut names = vec![origin.domain_name.to_string()];
    let endpoint = origin.s3_endpoint.as_ref();
    if let Some(bucket) = endpoint.and_then(|endpoint| endpoint.bucket()) {
        names.push(bucket.to_string());
        names.extend(open(facts.websites.get(bucket)));
        if let Some(access) = facts.bucket_access.get(bucket) {
            names.extend(open(Some(&access.policy)));
            names.extend(open(Some(&access.encryption)));
            names.extend(open(Some(&access.public_access_block)));
            names.extend(open(Some(&access.acls)));
            names.extend(open(Some(&access.contents)));
            if let Fact::Known(Encryption::CustomerKey(key)) = &access.encryption {
                names.push(key.clone());
                names.extend(open(facts.key_policies.get(key)));
            }
        }
    }
    if let Some(control) = origin.origin_access_control() {
        let id = control.spelling();
        names.push(id.to_owned());
        names.extend(open(facts.origin_access_controls.get(id)));
    }
    if let Some(OriginAccessIdentity::Id(id)) = origin.origin_access_identity() {
        names.push(id.to_owned());
        names.extend(open(facts.origin_access_identities.get(id)));
    }
    if let Some(vpc) = origin.vpc.as_ref().and_then(|vpc| vpc.id()) {
        let id = vpc.spelling();
        names.push(id.to_owned());
        names.extend(open(facts.vpc_origins.get(id)));
    }
    names
}

/// The subject of a fact that is not known.
fn open<T>(fact: Option<&Fact<T>>) -> Option<String> {
    match fact? {
        Fact::Known(_) => None,
        Fact::Unknown(unknown) => Some(unknown.subject.clone()),
    }
}

/// The origins, groups and behaviors that have an open part of the candidate in them.
fn around<'a>(model: &'a Distribution, unknown: &Unknown) -> Vec<&'a str> {
    let origins = model.origins.iter().map(|origin| &origin.place);
    let groups = model.origin_groups.iter().map(|group| &group.place);
    let behaviors = model.all_behaviors().map(|behavior| &behavior.place);
    let open = model.undecided.iter();
    let open: Vec<&str> = open
        .filter(|open| open.expression.spelling() == unknown.subject)
        .map(|open| open.place.pointer.as_str())
        .collect();
    origins
        .chain(groups)
        .chain(behaviors)
        .map(|place| place.pointer.as_str())
        .filter(|pointer| open.iter().any(|open| is_in(open, pointer)))
        .collect()
}

/// Whether a JSON pointer leads to a place or below it.
pub fn is_in(pointer: &str, place: &str) -> bool {
    pointer
        .strip_prefix(place)
        .is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
}
