use std::cell::LazyCell;
use std::collections::hash_map::Entry;

use foldhash::{HashMap, HashMapExt};

use super::field::{self, Field};
use super::found::{Found, Reason};
use super::members;
use super::renames::{Renames, address};
use super::{Change, ChangeKind, Sides};
use crate::distribution::{Behavior, Distribution, Origin, OriginMap, Part, Place, Resolution};
use crate::model::Form;

/// A path whose requests go to another origin than in the baseline.
#[derive(Debug)]
pub struct Retarget<'a> {
    /// The behavior of the baseline.
    pub before: &'a Behavior,
    /// The origin that it reached first.
    pub was: &'a Origin,
    /// The behavior of the candidate.
    pub after: &'a Behavior,
    /// The origin that it reaches first.
    pub is: &'a Origin,
}

/// Notes the difference of the behaviors: by path pattern, and by the order in which they are tried.
pub(super) fn compare(found: &mut Found, sides: &Sides<'_>, renames: &Renames<'_>) {
    let (baseline, candidate) = (sides.baseline, sides.candidate);
    compare_default(found, sides, renames);
    let [old, new] = sides.patterns();
    for (pattern, after) in &new.in_order {
        match old.by_pattern.get(key(pattern)) {
            Some(before) => compare_one(found, sides, renames, before, after),
            // A pattern that the baseline leaves open may be this one.
            None if old.symbolic => {}
            None => found.changes.push(whole(ChangeKind::Added, after)),
        }
    }
    let removed = sides.removed_behaviors();
    found
        .changes
        .extend(removed.into_iter().map(|it| whole(ChangeKind::Removed, it)));
    compare_repeated(found, old, new);
    found.changes.extend(precedence(old, new));
    for behavior in baseline.behaviors.iter().chain(&candidate.behaviors) {
        let pattern = behavior.path_pattern.as_ref();
        if pattern.is_none_or(|pattern| pattern.known().is_none()) {
            found.leave_open(&Part::from(behavior), None, Reason::NotDecidedYet);
        }
    }
}

fn compare_default(found: &mut Found, sides: &Sides<'_>, renames: &Renames<'_>) {
    let before = sides.baseline.default_behavior.as_ref();
    let after = sides.candidate.default_behavior.as_ref();
    match (before, after) {
        (Some(before), Some(after)) => compare_one(found, sides, renames, before, after),
        (Some(before), None) => found.changes.push(whole(ChangeKind::Removed, before)),
        (None, Some(after)) => found.changes.push(whole(ChangeKind::Added, after)),
        (None, None) => {}
    }
}

fn compare_one(
    found: &mut Found,
    sides: &Sides<'_>,
    renames: &Renames<'_>,
    before: &Behavior,
    after: &Behavior,
) {
    let ignores = ignores_forwarded_values(sides.baseline, before)
        || ignores_forwarded_values(sides.candidate, after);
    let part = &Part::from(after);
    let mut old = fields(before, renames);
    let mut new = fields(after, &Renames::default());
    if !ignores {
        old.push(forwarded_headers(before));
        new.push(forwarded_headers(after));
    }
    field::compare(found, part, &old, &new);
    let (old, new) = (&before.other_members, &after.other_members);
    members::compare(found, (part, &after.place), old, new, |path| {
        !(ignores && BEFORE_POLICIES.iter().any(|it| path.starts_with(it)))
    });
}

/// What a cache policy has replaced.
const BEFORE_POLICIES: [&str; 4] = ["ForwardedValues", "MinTTL", "DefaultTTL", "MaxTTL"];

/// CloudFormation leaves these settings out where there is a cache policy; the API refuses both.
fn ignores_forwarded_values(distribution: &Distribution, behavior: &Behavior) -> bool {
    let has_policy = behavior
        .cache_policy_id
        .as_ref()
        .is_some_and(|id| !id.is_empty());
    distribution.form == Some(Form::Template) && has_policy
}

/// Of a pattern that stands several times, CloudFront would take none: each is seen by itself.
fn compare_repeated(found: &mut Found, old: &Patterns<'_>, new: &Patterns<'_>) {
    let is_in = |behavior: &Behavior, side: &Patterns<'_>| {
        let mut others = side.repeated.iter();
        others.any(|other| other.pattern_text() == behavior.pattern_text())
    };
    for (kind, own, other) in [
        (ChangeKind::Added, new, old),
        (ChangeKind::Removed, old, new),
    ] {
        let only_here = own.repeated.iter().filter(|it| !is_in(it, other));
        found.changes.extend(only_here.map(|it| whole(kind, it)));
    }
}

fn whole(kind: ChangeKind, behavior: &Behavior) -> Change {
    let target = Some(behavior.target_origin_id.to_string());
    let (before, after) = match kind {
        ChangeKind::Removed => (target, None),
        _ => (None, target),
    };
    Change {
        kind,
        subject: Part::from(behavior),
        field: None,
        place: behavior.place.clone(),
        before,
        after,
    }
}

/// The order of the patterns that both sides have.
fn precedence(old: &Patterns<'_>, new: &Patterns<'_>) -> Option<Change> {
    let common = |own: &Patterns<'_>, other: &Patterns<'_>| -> Vec<String> {
        let patterns = own.in_order.iter().map(|(pattern, _)| key(pattern));
        patterns
            .filter(|pattern| other.by_pattern.contains_key(pattern))
            .map(str::to_owned)
            .collect()
    };
    let (before, after) = (common(old, new), common(new, old));
    // The first pattern that stands elsewhere is the place to name: all others may only have
    // shifted.
    let moved = before
        .iter()
        .zip(&after)
        .position(|(old, new)| old != new)?;
    let moved = after.get(moved)?;
    let (_, behavior) = new
        .in_order
        .iter()
        .find(|(pattern, _)| key(pattern) == moved)?;
    Some(Change {
        kind: ChangeKind::Changed,
        subject: Part::Precedence,
        field: None,
        place: behavior.place.clone(),
        before: Some(before.join(", ")),
        after: Some(after.join(", ")),
    })
}

impl<'a> Sides<'a> {
    /// The baseline's behaviors whose path pattern the candidate does not have; none while the
    /// deployment decides a pattern.
    #[must_use]
    pub fn removed_behaviors(&self) -> Vec<&'a Behavior> {
        let [old, new] = self.patterns();
        if new.symbolic {
            return Vec::new();
        }
        let old = old.in_order.iter();
        old.filter(|(pattern, _)| !new.by_pattern.contains_key(key(pattern)))
            .map(|(_, behavior)| *behavior)
            .collect()
    }

    /// The behaviors that both sides have and whose requests go to another origin, `map` being the
    /// candidate's: neither a new ID of the same origin nor one that is added for failover counts.
    #[must_use]
    pub fn retargeted_behaviors(&self, map: &OriginMap<'a>) -> Vec<Retarget<'a>> {
        let [old, new] = self.patterns();
        let renames = LazyCell::new(|| Renames::between(self.baseline, self.candidate));
        let default = self.baseline.default_behavior.as_ref();
        let pairs = new.in_order.iter();
        pairs
            .filter_map(|(pattern, after)| Some((*old.by_pattern.get(key(pattern))?, *after)))
            .chain(default.zip(self.candidate.default_behavior.as_ref()))
            .filter_map(|(before, after)| {
                // Through a group its primary: a failover member that is added moves no request.
                let was = first_origin(self.baseline_map(), before)?;
                let is = first_origin(map, after)?;
                let (was_id, is_id) = (was.id.known()?, is.id.known()?);
                let moved = was_id != is_id
                    // Another ID at the same address is no other origin.
                    && address(was)? != address(is)?
                    && renames.now(was_id) != is_id;
                moved.then_some(Retarget {
                    before,
                    was,
                    after,
                    is,
                })
            })
            .collect()
    }
}

/// The origin that a behavior's requests reach first, through a group its primary one.
pub(crate) fn first_origin<'a>(map: &OriginMap<'a>, behavior: &Behavior) -> Option<&'a Origin> {
    match map.resolve(&behavior.target_origin_id) {
        Resolution::Found(target) => target.origins(map).next(),
        Resolution::Missing | Resolution::Undecided => None,
    }
}

/// The behaviors by path pattern; of several with one pattern, the first counts.
#[derive(Debug)]
pub(super) struct Patterns<'a> {
    in_order: Vec<(&'a str, &'a Behavior)>,
    by_pattern: HashMap<&'a str, &'a Behavior>,
    /// Those whose pattern stands before them.
    repeated: Vec<&'a Behavior>,
    symbolic: bool,
}

impl<'a> Patterns<'a> {
    pub(super) fn of(distribution: &'a Distribution) -> Self {
        let mut patterns = Self {
            in_order: Vec::with_capacity(distribution.behaviors.len()),
            by_pattern: HashMap::with_capacity(distribution.behaviors.len()),
            repeated: Vec::new(),
            symbolic: false,
        };
        for behavior in &distribution.behaviors {
            let Some(at) = &behavior.path_pattern else {
                continue;
            };
            let Some(pattern) = at.known() else {
                patterns.symbolic = true;
                continue;
            };
            if let Entry::Vacant(entry) = patterns.by_pattern.entry(pattern.normalized()) {
                entry.insert(behavior);
                patterns.in_order.push((pattern.as_str(), behavior));
            } else {
                patterns.repeated.push(behavior);
            }
        }
        patterns
    }
}

/// `/a` and `a` are one pattern to CloudFront.
fn key(pattern: &str) -> &str {
    pattern.strip_prefix('/').unwrap_or(pattern)
}

fn fields(behavior: &Behavior, renames: &Renames<'_>) -> Vec<Field> {
    let place = &behavior.place;
    let target = Some(&behavior.target_origin_id);
    vec![
        Field::optional("target", target, "", place).map(|id| renames.now(id).to_owned()),
        methods(behavior),
        Field::optional("cache policy", behavior.cache_policy_id.as_ref(), "", place),
        Field::optional(
            "origin request policy",
            behavior.origin_request_policy_id.as_ref(),
            "",
            place,
        ),
    ]
}

fn forwarded_headers(behavior: &Behavior) -> Field {
    let headers = &behavior.forwarded_headers;
    Field::set("forwarded headers", headers, &behavior.place).lower_case()
}

fn methods(behavior: &Behavior) -> Field {
    const DEFAULT: &str = "GET, HEAD";
    let methods = &behavior.methods;
    let owner: &Place = methods.place.as_ref().unwrap_or(&behavior.place);
    if methods.place.is_none() {
        return Field::text("methods", DEFAULT, owner);
    }
    let mut allowed = methods.allowed.clone();
    allowed.sort_unstable();
    // Of a list that the deployment decides, no method is known.
    Field::text("methods", allowed.join(", "), owner).undecided_unless(!allowed.is_empty())
}
