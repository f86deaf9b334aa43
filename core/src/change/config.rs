use std::collections::BTreeSet;

use super::field::{self, Field};
use super::found::{Found, Reason};
use super::members;
use crate::distribution::{Distribution, Members, Part};
use crate::model::{Form, Judgement, api, judged};

/// Notes the members of the config itself that differ, and gives the paths of those that have no part
/// in the origin contract.
pub(super) fn compare(
    found: &mut Found,
    baseline: &Distribution,
    candidate: &Distribution,
) -> Vec<String> {
    let part = Part::Distribution;
    let (before, after) = (fields(baseline), fields(candidate));
    field::compare(found, &part, &before, &after);
    let place = &candidate.place;
    let compare =
        |found: &mut Found, before: &Members, after: &Members, counts: &dyn Fn(&str) -> bool| {
            members::compare(found, (&part, place), before, after, |path| {
                counts(path) && is_stated(candidate, path)
            });
        };
    let (before, after) = (&baseline.other_members, &candidate.other_members);
    let omitted: BTreeSet<&'static str> = [baseline, candidate]
        .into_iter()
        .flat_map(|side| side.omitted.iter().copied())
        .collect();
    let is_shown = |path: &str| !omitted.contains(first_of(path));
    compare(found, before, after, &|path| {
        is_shown(path) && !is_outside(path)
    });
    let mut outside = Found::new(baseline, candidate);
    // What has no part in the origin contract is counted and named, and not shown with its values.
    compare(&mut outside, before, after, &|path| {
        is_shown(path) && is_outside(path)
    });
    found.open.append(&mut outside.open);
    for member in omitted {
        found.leave_open(&part, Some(member.into()), Reason::Omitted);
    }
    for side in [baseline, candidate] {
        for undecided in &side.undecided {
            let field = Some(undecided.key.clone().into());
            found.leave_open(&part, field, Reason::NotDecidedYet);
        }
    }
    let outside = outside.changes.into_iter();
    outside
        .filter_map(|change| Some(change.field?.into_owned()))
        .collect()
}

/// Whether what deploys a config can change a member.
fn is_stated(candidate: &Distribution, path: &str) -> bool {
    let stated = candidate.stated;
    stated.is_none_or(|stated| stated.contains(&first_of(path)))
}

/// What a source leaves out differs between the two: the API reference has `http2`, the resource
/// type's schema `http1.1`.
fn fields(config: &Distribution) -> Vec<Field> {
    let default = match config.form {
        // CloudFormation's default, where the API's is `http2`.
        Some(Form::Template) => "http1.1",
        _ => "http2",
    };
    let version = config.http_version.as_ref();
    vec![Field::optional(
        "HttpVersion",
        version,
        default,
        &config.place,
    )]
}

/// Whether the model's table has a member of the config out of scope. One that the table lacks may
/// have a part in the contract.
fn is_outside(path: &str) -> bool {
    let config = &api::DISTRIBUTION_CONFIG;
    let member = config.member(first_of(path));
    let judged = member.and_then(|member| judged(config, member));
    matches!(judged, Some(Judgement::OutOfScope(_)))
}

/// The member of the config at the beginning of a path.
fn first_of(path: &str) -> &str {
    path.split_once('.').map_or(path, |(member, _)| member)
}
