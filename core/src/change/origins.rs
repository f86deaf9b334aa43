use foldhash::{HashMap, HashMapExt, HashSet};

use super::field::{Field, changed};
use super::renames::Renames;
use super::{Change, ChangeKind};
use crate::distribution::{At, Distribution, Origin, OriginGroup, OriginKind, Part};

/// The difference of the origins.
pub(super) fn compare(
    baseline: &Distribution,
    candidate: &Distribution,
    renames: &Renames<'_>,
) -> Vec<Change> {
    let old: Vec<_> = baseline.origins.iter().map(|it| (&it.id, it)).collect();
    let new: Vec<_> = candidate.origins.iter().map(|it| (&it.id, it)).collect();
    let shown = |origin: &Origin| origin.domain_name.to_string();
    let parts = Parts {
        part: Part::Origin,
        shown: &shown,
        place: &|origin: &Origin| origin.place.clone(),
        before: &fields,
        after: &fields,
    };
    by_id(&old, &new, renames, &parts)
}

/// The difference of the origin groups: the order of members counts, that of groups does not.
pub(super) fn compare_groups(
    baseline: &Distribution,
    candidate: &Distribution,
    renames: &Renames<'_>,
) -> Vec<Change> {
    let old = &baseline.origin_groups;
    let new = &candidate.origin_groups;
    let old: Vec<_> = old.iter().map(|it| (&it.id, it)).collect();
    let new: Vec<_> = new.iter().map(|it| (&it.id, it)).collect();
    let shown = |group: &OriginGroup| {
        let members: Vec<String> = group.members.iter().map(ToString::to_string).collect();
        members.join(", ")
    };
    let with_new_ids = |group: &OriginGroup| {
        let mut fields = group_fields(group);
        let members = fields.remove(0);
        fields.insert(0, members.map(|id| renames.now(id).to_owned()));
        fields
    };
    let parts = Parts {
        part: Part::OriginGroup,
        shown: &shown,
        place: &|group: &OriginGroup| group.place.clone(),
        before: &with_new_ids,
        after: &group_fields,
    };
    by_id(&old, &new, renames, &parts)
}

/// How a thing with an ID is compared and shown.
struct Parts<'f, T> {
    part: fn(String) -> Part,
    shown: &'f dyn Fn(&T) -> String,
    place: &'f dyn Fn(&T) -> crate::distribution::Place,
    before: &'f dyn Fn(&T) -> Vec<Field>,
    after: &'f dyn Fn(&T) -> Vec<Field>,
}

fn by_id<T>(
    old: &[(&At<String>, &T)],
    new: &[(&At<String>, &T)],
    renames: &Renames<'_>,
    parts: &Parts<'_, T>,
) -> Vec<Change> {
    let all_known = |side: &[(&At<String>, &T)]| side.iter().all(|(id, _)| id.known().is_some());
    let (old_known, new_known) = (all_known(old), all_known(new));
    let mut known = HashMap::with_capacity(old.len());
    for (id, item) in old {
        if let Some(id) = id.known() {
            known.entry(id.as_str()).or_insert(*item);
        }
    }
    let mut changes = Vec::new();
    let mut met: HashSet<&str> = HashSet::default();
    for (id, item) in new {
        let Some(id) = id.known().map(String::as_str) else {
            continue;
        };
        let before = renames.before(id);
        if !met.insert(before) {
            continue;
        }
        let part = (parts.part)(id.to_owned());
        let change = |kind, before, after| Change {
            kind,
            subject: part.clone(),
            field: None,
            place: (parts.place)(item),
            before,
            after,
        };
        match known.get(before) {
            Some(was) => {
                if before != id {
                    changes.push(change(
                        ChangeKind::Renamed,
                        Some(before.to_owned()),
                        Some(id.to_owned()),
                    ));
                }
                changes.extend(changed(&part, &(parts.before)(was), &(parts.after)(item)));
            }
            // It may be what a symbolic ID of the baseline stands for.
            None if !old_known => {}
            None => changes.push(change(ChangeKind::Added, None, Some((parts.shown)(item)))),
        }
    }
    if !new_known {
        return changes;
    }
    for (id, item) in old {
        let Some(id) = id.known().map(String::as_str) else {
            continue;
        };
        if met.insert(id) {
            changes.push(Change {
                kind: ChangeKind::Removed,
                subject: (parts.part)(id.to_owned()),
                field: None,
                place: (parts.place)(item),
                before: Some((parts.shown)(item)),
                after: None,
            });
        }
    }
    changes
}

/// What an origin is compared by. What a source leaves out is CloudFront's default
/// (<https://docs.aws.amazon.com/cloudfront/latest/APIReference/API_Origin.html>).
fn fields(origin: &Origin) -> Vec<Field> {
    let place = &origin.place;
    let s3 = origin.s3.as_ref();
    let custom = origin.custom.as_ref();
    let vpc = origin.vpc.as_ref();
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
    let (text, known, place) = match (control, identity) {
        (Some(id), _) => (
            format!("origin access control {id}"),
            id.known().is_some(),
            &id.place,
        ),
        (None, Some(id)) => (id.to_string(), id.known().is_some(), &id.place),
        (None, None) => ("unsigned".to_owned(), true, &origin.place),
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
