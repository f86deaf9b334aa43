use serde::{Deserialize, Serialize};

use super::Subject;
use crate::distribution::{At, Behavior, Distribution, Origin, OriginAccessIdentity, OriginGroup};

/// A distribution, and those of its origins that use a subject.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Usage {
    /// Which distribution.
    pub distribution: About,
    /// Its origins that use the subject, in the order of its config.
    pub origins: Vec<OriginUse>,
}

/// Which distribution it is, and who reaches it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct About {
    /// Its ID.
    pub id: String,
    /// Its own domain, such as `d111111abcdef8.cloudfront.net`.
    pub domain_name: Option<String>,
    /// Its alternate domain names.
    pub aliases: Vec<String>,
    /// Whether it serves viewers.
    pub enabled: bool,
    /// Whether it is the staging distribution of a continuous deployment.
    pub staging: bool,
    /// Whether tenants share it: their domains are not in its config.
    pub multi_tenant: bool,
}

/// An origin, what it uses, and what it serves.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct OriginUse {
    /// Its ID.
    pub id: String,
    /// Its domain.
    pub domain_name: String,
    /// All that it uses.
    pub subjects: Vec<Subject>,
    /// The cache behaviors that send requests to it; none where it is not used itself.
    pub serves: Vec<Serves>,
}

/// A cache behavior that sends requests to an origin.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Serves {
    /// Its path pattern; `*` is the default cache behavior's.
    pub path_pattern: String,
    /// The origin group that it targets, where it does not target the origin itself.
    pub group: Option<InGroup>,
}

/// How an origin is part of an origin group.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct InGroup {
    /// The group's ID.
    pub id: String,
    /// Whether requests go to this origin first.
    pub is_primary: bool,
    /// The other members, by their IDs.
    pub others: Vec<String>,
    /// The HTTP statuses of the primary member on which the other one is asked.
    pub status_codes: Vec<i64>,
}

impl Usage {
    /// A distribution with all of its origins; `None` for one without an ID.
    #[must_use]
    pub fn of(distribution: &Distribution) -> Option<Self> {
        let about = About {
            id: distribution.id.as_ref()?.to_string(),
            domain_name: distribution.domain_name.clone(),
            aliases: distribution.aliases.iter().map(spelling).collect(),
            enabled: distribution.enabled != Some(false),
            staging: distribution.staging,
            multi_tenant: distribution.multi_tenant,
        };
        let origins = distribution.origins.iter();
        let origins = origins.map(|origin| OriginUse {
            id: spelling(&origin.id),
            domain_name: spelling(&origin.domain_name),
            subjects: subjects(origin),
            serves: serves(distribution, origin),
        });
        Some(Self {
            distribution: about,
            origins: origins.collect(),
        })
    }

    /// With those of its origins that use a subject; `None` where none does.
    #[must_use]
    pub fn with(&self, subject: &Subject) -> Option<Self> {
        let uses = |origin: &&OriginUse| origin.subjects.iter().any(|it| it.is(subject));
        let origins: Vec<OriginUse> = self.origins.iter().filter(uses).cloned().collect();
        (!origins.is_empty()).then(|| Self {
            distribution: self.distribution.clone(),
            origins,
        })
    }

    /// Whether one of these origins has this ID.
    #[must_use]
    pub fn has_origin(&self, id: &str) -> bool {
        self.origins.iter().any(|origin| origin.id == id)
    }
}

impl About {
    /// The domains that viewers use, those that people chose first.
    pub fn domains(&self) -> impl Iterator<Item = &str> {
        let own = self.domain_name.as_deref();
        self.aliases.iter().map(String::as_str).chain(own)
    }

    /// The ID, and the domain that people know it by.
    #[must_use]
    pub fn name(&self) -> String {
        match self.domains().next() {
            Some(domain) => format!("{} ({domain})", self.id),
            None => self.id.clone(),
        }
    }
}

fn spelling(text: &At<String>) -> String {
    text.spelling().to_owned()
}

/// What an origin names. A domain that tenants fill in is no name; [`super::Gaps`] has it.
fn subjects(origin: &Origin) -> Vec<Subject> {
    let mut subjects = Vec::new();
    if let Some(domain) = origin
        .domain_name
        .known()
        .filter(|domain| !domain.is_empty())
    {
        let endpoint = origin.s3_endpoint.as_ref();
        subjects.push(match endpoint.and_then(|endpoint| endpoint.bucket()) {
            Some(bucket) => Subject::Bucket(bucket.clone()),
            None => Subject::Host(host(domain).into()),
        });
    }
    if let Some(id) = origin.origin_access_control().and_then(At::known) {
        subjects.push(Subject::OriginAccessControl(id.as_str().into()));
    }
    if let Some(OriginAccessIdentity::Id(id)) = origin.origin_access_identity() {
        subjects.push(Subject::OriginAccessIdentity(id.into()));
    }
    let vpc = origin.vpc.as_ref().and_then(|vpc| vpc.id()?.known());
    subjects.extend(vpc.map(|id| Subject::VpcOrigin(id.as_str().into())));
    subjects
}

/// A host in the form in which it is compared.
pub(super) fn host(domain: &str) -> String {
    let domain = domain.strip_suffix('.').unwrap_or(domain);
    domain.to_ascii_lowercase()
}

fn serves(distribution: &Distribution, origin: &Origin) -> Vec<Serves> {
    let id = origin.id.spelling();
    let groups: Vec<&OriginGroup> = distribution
        .origin_groups
        .iter()
        .filter(|group| group.members.iter().any(|member| member.spelling() == id))
        .collect();
    let served = |behavior: &Behavior| {
        let target = behavior.target_origin_id.spelling();
        // An ID that an origin and a group share means the origin, as in `OriginMap`.
        let group = groups
            .iter()
            .find(|group| group.id.spelling() == target)
            .filter(|_| target != id && distribution.origin(target).is_none());
        (target == id || group.is_some()).then(|| Serves {
            path_pattern: behavior.pattern_text(),
            group: group.map(|group| in_group(group, id)),
        })
    };
    distribution.all_behaviors().filter_map(served).collect()
}

fn in_group(group: &OriginGroup, id: &str) -> InGroup {
    let members = || group.members.iter().map(At::spelling);
    let codes = group.status_codes.iter();
    InGroup {
        id: spelling(&group.id),
        is_primary: members().next() == Some(id),
        others: members()
            .filter(|member| *member != id)
            .map(str::to_owned)
            .collect(),
        status_codes: codes.filter_map(|code| code.known().copied()).collect(),
    }
}
