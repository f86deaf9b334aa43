use super::changed::Changed;
use super::node::{LABEL, Node, short};
use crate::report::render::findings_by_place::FindingsByPlace;
use crate::report::v1::{
    Behavior, Finding, Origin, OriginGroup, OriginType, PhaseName, Report, ResolvesTo, Severity,
    Status, SubjectKind,
};

pub(super) fn behavior_box(
    about: &FindingsByPlace<'_>,
    behavior: &Behavior,
    changed: &Changed<'_>,
    answer: Option<String>,
) -> Node {
    let name = behavior.precedence.map_or_else(
        || "default cache behavior".to_owned(),
        |precedence| format!("cache behavior {precedence}"),
    );
    let found = about.at(behavior.pointer.as_deref(), |finding| {
        finding.path_patterns == [behavior.path_pattern.clone()]
    });
    let is_shown = |phase| matches!(phase, PhaseName::Behaviors | PhaseName::Edge);
    let (note, finding) = rules(found.filter(|(_, finding)| is_shown(finding.phase)));
    Node {
        status: status(behavior.status),
        note,
        finding: number(finding),
        tip: vec![
            behavior.path_pattern.clone(),
            name.clone(),
            format!("targets {}", behavior.target),
        ],
        ..Node::new(&behavior.path_pattern, &name)
    }
    .answered(answer)
    .changed(&match behavior.precedence {
        Some(_) => changed.mark(SubjectKind::CacheBehavior, Some(&behavior.path_pattern)),
        None => changed.mark(SubjectKind::DefaultCacheBehavior, None),
    })
}

pub(super) fn group_box(
    about: &FindingsByPlace<'_>,
    group: &OriginGroup,
    changed: &Changed<'_>,
) -> Node {
    let found = about.at(group.pointer.as_deref(), |finding| {
        finding.origin.as_deref() == Some(&group.id)
    });
    let (note, finding) = rules(found);
    Node {
        status: status(group.status),
        note,
        finding: number(finding),
        tip: vec![
            format!("origin group {}", group.id),
            group.members.join(", then "),
        ],
        ..Node::new(&group.id, "fails over between members")
    }
    .changed(&changed.mark(SubjectKind::OriginGroup, Some(&group.id)))
}

pub(super) fn origin_box(
    about: &FindingsByPlace<'_>,
    origin: &Origin,
    changed: &Changed<'_>,
) -> Node {
    let found = about.at(origin.pointer.as_deref(), |finding| {
        finding.origin.as_deref() == Some(&origin.id)
    });
    let (note, finding) = rules(found.filter(|(_, finding)| finding.phase == PhaseName::OriginMap));
    let sub = match origin.access.as_str() {
        // Only of an S3 origin "none" says something: others need no access control.
        "none" if origin.kind != OriginType::S3 => origin.kind.to_string(),
        access => format!("{}, {access}", origin.kind),
    };
    let mut tip = vec![
        format!("origin {}", origin.id),
        format!("{}, access {}", origin.kind, origin.access),
    ];
    if let Some((_, found)) = finding {
        tip.extend(
            found
                .evidence
                .iter()
                .map(|(name, value)| format!("{name}: {value}")),
        );
    }
    Node {
        status: status(origin.status),
        note,
        finding: number(finding),
        tip,
        ..Node::new(&origin.id, &sub)
    }
    .changed(&changed.mark(SubjectKind::Origin, Some(&origin.id)))
}

pub(super) fn host_box(origin: &Origin) -> Node {
    let label = origin.bucket.as_ref().unwrap_or(&origin.domain_name);
    let place: Vec<&str> = [origin.region.as_deref(), origin.account.as_deref()]
        .into_iter()
        .flatten()
        .collect();
    let what = if origin.bucket.is_some() {
        "bucket"
    } else {
        "host"
    };
    let sub = match place.as_slice() {
        [] => what.to_owned(),
        _ => format!("{what}, {}", place.join(", ")),
    };
    Node {
        status: status(origin.status),
        tip: vec![origin.domain_name.clone(), sub.clone()],
        ..Node::new(label, &sub)
    }
}

/// What is named and not there.
pub(super) fn ghost(report: &Report, id: &str) -> Node {
    let undecided = report
        .behaviors
        .iter()
        .any(|behavior| behavior.target == id && behavior.resolves_to == ResolvesTo::Undecided);
    let (status, sub) = if undecided {
        ("unknown", "decided by the deployment")
    } else {
        ("broken", "not defined")
    };
    Node {
        status,
        ..Node::new(id, sub)
    }
}

/// What only the baseline has.
pub(super) fn removed_box(name: &str) -> Node {
    let node = Node {
        status: "removed",
        ..Node::new(name, "only in the baseline")
    };
    node.changed("− removed")
}

/// The rules of the errors and warnings among findings, and the first one with its number from 0.
fn rules<'a>(
    found: impl Iterator<Item = (usize, &'a Finding)>,
) -> (String, Option<(usize, &'a Finding)>) {
    let mut names: Vec<&str> = Vec::new();
    let mut first = None;
    for (at, finding) in found {
        // A box has room for one line, which what may break something needs.
        if finding.severity == Severity::Info {
            continue;
        }
        first = first.or(Some((at, finding)));
        if !names.contains(&finding.rule.as_str()) {
            names.push(&finding.rule);
        }
    }
    (short(&names.join(", "), LABEL + 6), first)
}

/// As the page counts: from 1.
fn number(finding: Option<(usize, &Finding)>) -> Option<usize> {
    finding.map(|(at, _)| at + 1)
}

/// The class of a box.
pub(super) fn status(status: Status) -> &'static str {
    match status {
        Status::Broken => "broken",
        Status::Unknown => "unknown",
        Status::Ok | Status::Other => "ok",
    }
}
