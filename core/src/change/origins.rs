use foldhash::{HashMap, HashMapExt, HashSet};

use super::custom_headers;
use super::field::{self, Field};
use super::found::{Found, Reason};
use super::members;
use super::renames::Renames;
use super::{Change, ChangeKind};
use crate::distribution::{At, Distribution, Origin, OriginGroup, OriginKind, Part, Place};

/// Notes the difference of the origins.
pub(super) fn compare(
    found: &mut Found,
    baseline: &Distribution,
    candidate: &Distribution,
    renames: &Renames<'_>,
) {
    let old: Vec<_> = baseline.origins.iter().map(|it| (&it.id, it)).collect();
    let new: Vec<_> = candidate.origins.iter().map(|it| (&it.id, it)).collect();
    let parts = Parts {
        part: Part::Origin,
        shown: &|origin: &Origin| origin.domain_name.to_string(),
        place: &|origin: &Origin| &origin.place,
        compare: &compare_origins,
    };
    by_id(found, &old, &new, renames, &parts);
}

/// Notes the difference of the origin groups: the order of members counts, that of groups does not.
pub(super) fn compare_groups(
    found: &mut Found,
    baseline: &Distribution,
    candidate: &Distribution,
    renames: &Renames<'_>,
) {
    let old = &baseline.origin_groups;
    let new = &candidate.origin_groups;
    let old: Vec<_> = old.iter().map(|it| (&it.id, it)).collect();
    let new: Vec<_> = new.iter().map(|it| (&it.id, it)).collect();
    let parts = Parts {
        part: Part::OriginGroup,
        shown: &|group: &OriginGroup| {
            let members: Vec<String> = group.members.iter().map(ToString::to_string).collect();
            members.join(", ")
        },
        place: &|group: &OriginGroup| &group.place,
        compare: &|found, part, before, after| {
            let mut old = group_fields(before);
            let ids = old.remove(0);
            old.insert(0, ids.map(|id| renames.now(id).to_owned()));
            field::compare(found, part, &old, &group_fields(after));
            let (before, others) = (&before.other_members, &after.other_members);
            members::compare(found, (part, &after.place), before, others, |_| true);
        },
    };
    by_id(found, &old, &new, renames, &parts);
}

fn compare_origins(found: &mut Found, part: &Part, before: &Origin, after: &Origin) {
    field::compare(found, part, &fields(before), &fields(after));
    custom_headers::compare(found, part, before, after);
    // Of another kind of origin, the kind is the difference.
    let is_same_kind = before.kind() == after.kind();
    let (old, new) = (&before.other_members, &after.other_members);
    members::compare(found, (part, &after.place), old, new, |path| {
        is_same_kind || !KINDS.iter().any(|kind| path.starts_with(kind))
    });
}

const KINDS: [&str; 3] = ["S3OriginConfig.", "CustomOriginConfig.", "VpcOriginConfig."];

/// How a thing with an ID is compared and shown.
struct Parts<'f, T> {
    part: fn(String) -> Part,
    shown: &'f dyn Fn(&T) -> String,
    place: &'f dyn Fn(&T) -> &Place,
    compare: &'f dyn Fn(&mut Found, &Part, &T, &T),
}

/// An ID, and how many of it stand before: CloudFront refuses a second one, and a comparison sees it.
type Key<'i> = (&'i str, usize);

fn by_id<T>(
    found: &mut Found,
    old: &[(&At<String>, &T)],
    new: &[(&At<String>, &T)],
    renames: &Renames<'_>,
    parts: &Parts<'_, T>,
) {
    let (old, old_known) = keyed(found, old, parts.part);
    let (new, new_known) = keyed(found, new, parts.part);
    let by_key: HashMap<Key<'_>, &T> = old.iter().copied().collect();
    let mut met: HashSet<Key<'_>> = HashSet::default();
    for ((id, number), item) in &new {
        let before = renames.before(id);
        met.insert((before, *number));
        let part = (parts.part)((*id).to_owned());
        let change = |kind, before, after| Change {
            kind,
            subject: part.clone(),
            field: None,
            place: (parts.place)(item).clone(),
            before,
            after,
        };
        match by_key.get(&(before, *number)) {
            Some(was) => {
                if before != *id {
                    let (before, now) = (Some(before.to_owned()), Some((*id).to_owned()));
                    found.changes.push(change(ChangeKind::Renamed, before, now));
                }
                (parts.compare)(found, &part, was, item);
            }
            // It may be what a symbolic ID of the baseline stands for.
            None if !old_known => {}
            None => {
                let shown = Some((parts.shown)(item));
                found.changes.push(change(ChangeKind::Added, None, shown));
            }
        }
    }
    // A symbolic ID of the candidate may be the one that seems removed.
    if !new_known {
        return;
    }
    for ((id, number), item) in &old {
        if !met.contains(&(*id, *number)) {
            found.changes.push(Change {
                kind: ChangeKind::Removed,
                subject: (parts.part)((*id).to_owned()),
                field: None,
                place: (parts.place)(item).clone(),
                before: Some((parts.shown)(item)),
                after: None,
            });
        }
    }
}

/// One side by its IDs, and whether all of them are known; those that are not are left open.
fn keyed<'i, T>(
    found: &mut Found,
    side: &[(&'i At<String>, &'i T)],
    part: fn(String) -> Part,
) -> (Vec<(Key<'i>, &'i T)>, bool) {
    let mut count: HashMap<&str, usize> = HashMap::with_capacity(side.len());
    let mut all = Vec::with_capacity(side.len());
    for (id, item) in side {
        if let Some(id) = id.known() {
            let number = count.entry(id.as_str()).or_default();
            all.push(((id.as_str(), *number), *item));
            *number += 1;
        } else {
            let part = part(id.spelling().to_owned());
            found.leave_open(&part, None, Reason::NotDecidedYet);
        }
    }
    let all_known = all.len() == side.len();
    (all, all_known)
}

/// What an origin is compared by. What a source leaves out is CloudFront's default
/// (<https://docs.aws.amazon.com/cloudfront/latest/APIReference/API_Origin.html>).
fn fields(origin: &Origin) -> Vec<Field> {
    let place = &origin.place;
    let s3 = origin.s3.as_ref();
    let custom = origin.custom.as_ref();
    let vpc = origin.vpc.as_ref();
    // One field, whichever config has it: a change of the config is a change of the type.
    let read_timeout = s3
        .and_then(|config| config.origin_read_timeout.as_ref())
        .or_else(|| custom?.origin_read_timeout.as_ref())
        .or_else(|| vpc?.origin_read_timeout.as_ref());
    let mut fields = vec![
        Field::optional("domain", Some(&origin.domain_name), "", place).lower_case(),
        Field::optional("origin path", origin.origin_path.as_ref(), "", place).without_query(),
        Field::text("type", kind(origin), place),
        access(origin),
        Field::optional(
            "connection attempts",
            origin.connection_attempts.as_ref(),
            "3",
            place,
        ),
        Field::optional(
            "connection timeout",
            origin.connection_timeout.as_ref(),
            "10",
            place,
        ),
        Field::optional("read timeout", read_timeout, "30", place),
        Field::optional(
            "response completion timeout",
            origin.response_completion_timeout.as_ref(),
            "",
            place,
        ),
    ];
    if let Some(custom) = custom {
        let place = &custom.place;
        fields.extend([
            Field::optional(
                "protocol policy",
                custom.origin_protocol_policy.as_ref(),
                "",
                place,
            ),
            Field::optional("HTTP port", custom.http_port.as_ref(), "80", place),
            Field::optional("HTTPS port", custom.https_port.as_ref(), "443", place),
            Field::set("TLS versions", &custom.origin_ssl_protocols, place),
        ]);
    }
    if let Some(vpc) = vpc {
        let place = &vpc.place;
        fields.push(Field::optional("VPC origin", vpc.id(), "", place));
    }
    fields
}

fn kind(origin: &Origin) -> &'static str {
    match origin.kind() {
        OriginKind::S3 => "S3",
        OriginKind::Custom => "custom",
        OriginKind::Vpc => "VPC",
        OriginKind::Ambiguous => "ambiguous",
        OriginKind::Undecided => "undecided",
    }
}

/// How CloudFront proves who it is: one field, whichever of the two ways it takes.
fn access(origin: &Origin) -> Field {
    const NAME: &str = "access";
    let control = origin.origin_access_control();
    let identity = origin.origin_access_identity_field();
    let all = [control, identity].into_iter().flatten();
    let known = all.clone().all(|id| id.known().is_some());
    let place = all.clone().next().map_or(&origin.place, |id| &id.place);
    let text = match (control, identity) {
        (Some(control), None) => format!("origin access control {control}"),
        // CloudFront refuses both; a comparison sees both.
        (Some(control), Some(identity)) => format!("origin access control {control}, {identity}"),
        (None, Some(identity)) => identity.to_string(),
        (None, None) => "unsigned".to_owned(),
    };
    Field::text(NAME, text, place).undecided_unless(known)
}

fn group_fields(group: &OriginGroup) -> Vec<Field> {
    let mut codes: Vec<String> = group.status_codes.iter().map(ToString::to_string).collect();
    codes.sort_unstable();
    let known = group.status_codes.iter().all(|it| it.known().is_some());
    vec![
        Field::sequence("members", &group.members, &group.place),
        Field::text("status codes", codes.join(", "), &group.place).undecided_unless(known),
    ]
}
