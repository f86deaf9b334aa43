//! Which origins, groups and behaviors an unknown leaves undecided: those at the places it carries.

use std::collections::HashSet;

use crate::distribution::{Distribution, Parts};
use crate::facts::{
    EDGE_ANSWER, ORIGIN_CERTIFICATE, ORIGIN_DOMAIN, ORIGIN_HOST, ORIGIN_PORT, TARGET_ORIGIN,
};
use crate::finding::{NeededBy, NeededUnknown};

/// Every unknown that stood in the way of something.
#[derive(Debug)]
pub(super) struct PlacedUnknowns<'a> {
    pub all: Vec<PlacedUnknown<'a>>,
    /// What is not known to be well.
    places: HashSet<&'a str>,
}

/// An unknown, and what it leaves undecided.
#[derive(Debug)]
pub(super) struct PlacedUnknown<'a> {
    pub needed: &'a NeededUnknown,
    /// JSON pointers.
    pub pointers: Vec<&'a str>,
}

impl<'a> PlacedUnknowns<'a> {
    pub(super) fn of(model: &'a Distribution, unknowns: &'a [NeededUnknown]) -> Self {
        let parts = Parts::of(model);
        let with_pointers = unknowns.iter().map(|needed| PlacedUnknown {
            pointers: pointers(&parts, needed),
            needed,
        });
        let all: Vec<PlacedUnknown<'_>> = with_pointers.collect();
        let weighing = all.iter().filter(|at_place| {
            // A host that was not asked for says nothing against the origin, nor does an answer of the edge
            // in which the site's own config hides the origin.
            let unknown = &at_place.needed.unknown;
            !matches!(unknown.fact, ORIGIN_HOST | EDGE_ANSWER) || unknown.blocks()
        });
        let places = weighing.flat_map(|at_place| at_place.pointers.iter().copied());
        Self {
            places: places.collect(),
            all,
        }
    }

    /// Whether the origin, group or behavior at this pointer is not known to be well.
    pub(super) fn is_about(&self, pointer: &str) -> bool {
        self.places.contains(pointer)
    }
}

/// Where the origins, groups and behaviors are that an unknown is about, each once.
fn pointers<'a>(parts: &Parts<'a>, needed: &NeededUnknown) -> Vec<&'a str> {
    let mut pointers: Vec<&str> = Vec::with_capacity(needed.places.len());
    let mut seen = HashSet::new();
    for place in &needed.places {
        let around = parts.around(place).map(|place| place.pointer.as_str());
        pointers.extend(around.filter(|pointer| seen.insert(*pointer)));
    }
    pointers
}

impl PlacedUnknown<'_> {
    /// The rules that could not decide; none where any may be that looks there, since the candidate
    /// itself leaves it open.
    pub(super) fn rules(&self) -> Vec<&'static str> {
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

/// Whether a JSON pointer leads to a place or below it.
pub(super) fn is_in(pointer: &str, place: &str) -> bool {
    pointer
        .strip_prefix(place)
        .is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
}
