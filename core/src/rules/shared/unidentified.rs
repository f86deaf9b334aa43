//! Policies that are for one distribution each, where it is not known which one the candidate is: of
//! many, each would say the same.

use std::collections::BTreeSet;

use super::access::Access;
use crate::distribution::{Place, is_open};
use crate::facts::{ProbeFailure, Requirement, Unknown};
use crate::finding::Findings;
use crate::policy::{Element, Reason};
use crate::rules::Case;

/// Such policies, by the distribution that they are for.
pub(in crate::rules) struct Unidentified<'a> {
    /// What kind of policy, such as `bucket policy`, and many of it.
    kind: [&'static str; 2],
    by_distribution: Vec<ForOne<'a>>,
}

struct ForOne<'a> {
    distributions: String,
    places: Vec<Place>,
    policies: BTreeSet<&'a str>,
}

impl<'a> Unidentified<'a> {
    pub(crate) fn new(kind: [&'static str; 2]) -> Self {
        Self {
            kind,
            by_distribution: Vec::new(),
        }
    }

    /// Notes that a policy decides nothing for this reason; gives whether it is one of these.
    pub(crate) fn takes(
        &mut self,
        access: &Access<'_, '_>,
        reason: &Reason<'_>,
        policy: &'a str,
    ) -> bool {
        let Some(distributions) = named_by(access, reason) else {
            return false;
        };
        let place = access.origin.place.clone();
        let mut known = self.by_distribution.iter_mut();
        if let Some(known) = known.find(|it| it.distributions == distributions) {
            known.places.push(place);
            known.policies.insert(policy);
        } else {
            self.by_distribution.push(ForOne {
                distributions,
                places: vec![place],
                policies: BTreeSet::from([policy]),
            });
        }
        true
    }

    /// One unknown for each distribution. It blocks where the candidate is a version of a distribution,
    /// and so is not a new one.
    pub(crate) fn report(self, case: &Case<'_>, findings: &mut Findings) {
        let [one, many] = self.kind;
        for ForOne {
            distributions,
            places,
            policies,
        } in self.by_distribution
        {
            let on = match policies.len() {
                1 => {
                    let policy = policies.first().copied().unwrap_or_default();
                    format!("the {one} of `{policy}` allows only distribution {distributions}")
                }
                count => format!("{count} {many} allow only distribution {distributions}"),
            };
            let unknown = if case.candidate.etag.is_some() {
                Unknown::probe_failed(one, &distributions, ProbeFailure::Unidentified(on))
            } else {
                Unknown::without(one, &distributions, on, Requirement::Identity)
            };
            findings.undecided_at(places, unknown);
        }
    }
}

/// The distributions that a statement is for, where it is not known which distribution asks.
fn named_by(access: &Access<'_, '_>, reason: &Reason<'_>) -> Option<String> {
    let Element::Condition { key, expected, .. } = reason.element else {
        return None;
    };
    let arns = expected.to_string();
    let is_one = key.eq_ignore_ascii_case("aws:SourceArn") && !is_open(&arns);
    if !is_one || !access.is_unidentified() {
        return None;
    }
    let ids = arns.split(", ").map(|arn| {
        let id = arn.rsplit_once(":distribution/");
        id.map_or(arn, |(_, id)| id)
    });
    Some(ids.collect::<Vec<_>>().join(", "))
}
