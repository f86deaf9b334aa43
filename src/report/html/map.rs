//! The origin map as a picture: where every box and link is.

use std::collections::BTreeMap;

use crate::report::drawn::Drawn;
use crate::report::v1::{Behavior, Origin, OriginGroup, Report};

const WIDTH: usize = 212;
const GAP: usize = 58;
const ROW: usize = 14;
/// Room for the columns' headings.
const TOP: usize = 34;
/// Room for a link that passes a column.
const LANE: usize = 16;
/// Characters of 12 px that a box holds.
const LABEL: usize = 26;

/// The picture of one report.
pub struct Map {
    pub width: usize,
    pub height: usize,
    pub headings: Vec<(usize, &'static str)>,
    pub boxes: Vec<Node>,
    pub links: Vec<Link>,
}

/// A box.
pub struct Node {
    pub x: usize,
    pub y: usize,
    pub height: usize,
    /// `ok`, `broken`, `unknown` or `fold`
    pub status: &'static str,
    pub label: String,
    pub sub: String,
    /// The rules that are broken here.
    pub note: String,
    /// What hovering and focus show.
    pub tip: Vec<String>,
    /// The first finding about it, counted from 1.
    pub finding: Option<usize>,
}

/// A line between two boxes.
pub struct Link {
    pub path: String,
    /// `ok`, `broken`, `affected` or `unknown`
    pub status: &'static str,
    /// Where a broken one is crossed out.
    pub middle: (usize, usize),
}

/// A column that boxes are stacked in.
struct Column {
    x: usize,
    bottom: usize,
}

impl Column {
    /// A level way through the column, below what it holds so far.
    fn lane(&mut self) -> (usize, usize) {
        self.bottom += LANE;
        (self.x, self.bottom - LANE / 2)
    }

    fn add(&mut self, map: &mut Map, node: Node) -> usize {
        let height = 36 + if node.note.is_empty() { 0 } else { ROW };
        map.boxes.push(Node {
            x: self.x,
            y: self.bottom,
            height,
            ..node
        });
        self.bottom += height + 12;
        map.height = map.height.max(self.bottom + 4);
        map.boxes.len() - 1
    }
}

impl Column {
    /// One box for all that are not drawn.
    fn add_fold(&mut self, map: &mut Map, hidden: usize, what: &str) {
        if hidden > 0 {
            let node = Node {
                status: "fold",
                ..Node::new(&format!("{hidden} {what}"), "not broken, not drawn")
            };
            self.add(map, node);
        }
    }
}

impl Map {
    pub fn of(report: &Report) -> Self {
        let drawn = Drawn::of(report);
        let mut names = vec!["Path patterns → behaviors"];
        let has_groups = !report.origin_groups.is_empty();
        if has_groups {
            names.push("Origin groups");
        }
        names.extend(["Origins", "Buckets and hosts"]);
        let x = |column: usize| 4 + column * (WIDTH + GAP);
        let last = names.len() - 1;
        let mut map = Self {
            width: x(last) + WIDTH + 4,
            height: 120,
            headings: names
                .iter()
                .enumerate()
                .map(|(at, name)| (x(at), *name))
                .collect(),
            boxes: Vec::new(),
            links: Vec::new(),
        };
        let column = |at: usize| Column {
            x: x(at),
            bottom: TOP,
        };
        let (mut behaviors, mut groups) = (column(0), column(1));
        let (mut origins, mut hosts) = (column(last - 1), column(last));

        let mut targets: BTreeMap<String, usize> = BTreeMap::new();
        for origin in &drawn.origins {
            let at = origins.add(&mut map, origin_box(report, origin));
            targets.entry(origin.id.clone()).or_insert(at);
            let host = hosts.add(&mut map, host_box(origin));
            // Keep the two in line: an origin's box may be higher than its host's.
            let bottom = origins.bottom.max(hosts.bottom);
            (origins.bottom, hosts.bottom) = (bottom, bottom);
            let status = status(&origin.status);
            map.link(at, host, status);
        }
        for group in &drawn.groups {
            for member in &group.members {
                if !targets.contains_key(member) {
                    let at = origins.add(&mut map, ghost(report, member));
                    targets.insert(member.clone(), at);
                }
            }
            let node = group_box(report, group);
            let at = groups.add(&mut map, node);
            for member in &group.members {
                let to = targets[member];
                let status = map.status_of_link(report, to, member);
                map.link(at, to, status);
            }
            targets.entry(group.id.clone()).or_insert(at);
        }
        for behavior in &drawn.behaviors {
            if !targets.contains_key(&behavior.target) {
                let at = origins.add(&mut map, ghost(report, &behavior.target));
                targets.insert(behavior.target.clone(), at);
            }
            let at = behaviors.add(&mut map, behavior_box(report, behavior));
            let to = targets[&behavior.target];
            let status = match behavior.resolves_to.as_str() {
                "missing" => "broken",
                "undecided" => "unknown",
                _ => map.status_of_link(report, to, &behavior.target),
            };
            // Past the groups, where the column has any.
            let lane = (has_groups && map.boxes[to].x > groups.x).then(|| groups.lane());
            map.link_over(at, to, status, lane);
        }
        let left = [
            report.behaviors.len() - drawn.behaviors.len(),
            report.origin_groups.len() - drawn.groups.len(),
            report.origins.len() - drawn.origins.len(),
        ];
        behaviors.add_fold(&mut map, left[0], "behaviors");
        groups.add_fold(&mut map, left[1], "origin groups");
        origins.add_fold(&mut map, left[2], "origins");
        map.height = map.height.max(groups.bottom);
        map.height = map
            .boxes
            .iter()
            .map(Node::tip_bottom)
            .fold(map.height, usize::max);
        map
    }

    /// A link to what is broken further on is affected, not broken itself.
    fn status_of_link(&self, report: &Report, to: usize, id: &str) -> &'static str {
        let is_defined = report.origins.iter().any(|origin| origin.id == id)
            || report.origin_groups.iter().any(|group| group.id == id);
        let leads = report.origin_groups.iter().any(|group| {
            group.id == id
                && group.members.iter().any(|member| {
                    !report
                        .origins
                        .iter()
                        .any(|origin| origin.id == *member && origin.status != "broken")
                })
        });
        match (self.boxes[to].status, is_defined) {
            ("ok" | "broken", true) if leads => "affected",
            ("broken", true) => "affected",
            (status, _) => status,
        }
    }

    fn link(&mut self, from: usize, to: usize, status: &'static str) {
        self.link_over(from, to, status, None);
    }

    /// A link that passes a column keeps to a lane of its own there, so that it seems to touch none
    /// of the column's boxes.
    fn link_over(
        &mut self,
        from: usize,
        to: usize,
        status: &'static str,
        lane: Option<(usize, usize)>,
    ) {
        let (Some(from), Some(to)) = (self.boxes.get(from), self.boxes.get(to)) else {
            return;
        };
        let (x1, y1) = (from.x + WIDTH, from.y + from.height / 2);
        let (x2, y2) = (to.x, to.y + to.height / 2);
        let curve = |x1: usize, x2: usize, y1: usize, y2: usize| {
            let bend = x1.midpoint(x2);
            format!("C{bend} {y1} {bend} {y2} {x2} {y2}")
        };
        let (path, middle) = match lane {
            None => (curve(x1, x2, y1, y2), (x1.midpoint(x2), y1.midpoint(y2))),
            Some((x, y)) => {
                let (before, after) = (curve(x1, x, y1, y), curve(x + WIDTH, x2, y, y2));
                (format!("{before}H{}{after}", x + WIDTH), (x + WIDTH / 2, y))
            }
        };
        self.links.push(Link {
            path: format!("M{x1} {y1}{path}"),
            status,
            middle,
        });
    }
}

impl Node {
    fn new(label: &str, sub: &str) -> Self {
        Self {
            x: 0,
            y: 0,
            height: 0,
            status: "ok",
            label: short(label, LABEL),
            sub: short(sub, LABEL + 6),
            note: String::new(),
            tip: vec![label.to_owned(), sub.to_owned()],
            finding: None,
        }
    }
}

/// What the template asks of a box's tip.
impl Node {
    /// Left of the box's left side where it would leave the picture.
    pub fn tip_x(&self, width: usize) -> usize {
        self.x.min(width.saturating_sub(self.tip_width() + 2))
    }

    pub fn tip_width(&self) -> usize {
        let longest = self.tip_lines().map(|line| line.chars().count()).max();
        // 11 px letters are 6.7 px wide.
        longest.unwrap_or_default() * 67 / 10 + 16
    }

    /// The picture is high enough for every tip.
    fn tip_bottom(&self) -> usize {
        match self.finding {
            Some(_) => self.y + self.height + self.tip.len() * 15 + 14,
            None => 0,
        }
    }

    pub fn tip_lines(&self) -> impl Iterator<Item = String> {
        self.tip.iter().map(|line| short(line, 90))
    }
}

fn behavior_box(report: &Report, behavior: &Behavior) -> Node {
    let name = behavior.precedence.map_or_else(
        || "default cache behavior".to_owned(),
        |precedence| format!("cache behavior {precedence}"),
    );
    let (note, finding) = rules(report, |finding| {
        finding.phase == "behaviors" && finding.path_patterns == [behavior.path_pattern.clone()]
    });
    Node {
        status: status(&behavior.status),
        note,
        finding,
        tip: vec![
            behavior.path_pattern.clone(),
            name.clone(),
            format!("targets {}", behavior.target),
        ],
        ..Node::new(&behavior.path_pattern, &name)
    }
}

fn group_box(report: &Report, group: &OriginGroup) -> Node {
    let (note, finding) = rules(report, |finding| {
        finding.origin.as_deref() == Some(&group.id)
    });
    Node {
        status: status(&group.status),
        note,
        finding,
        tip: vec![
            format!("origin group {}", group.id),
            group.members.join(", then "),
        ],
        ..Node::new(&group.id, "fails over between members")
    }
}

fn origin_box(report: &Report, origin: &Origin) -> Node {
    let (note, finding) = rules(report, |finding| {
        finding.phase == "origin-map" && finding.origin.as_deref() == Some(&origin.id)
    });
    let sub = match origin.access.as_str() {
        "none" if origin.kind != "s3" => origin.kind.clone(),
        access => format!("{}, {access}", origin.kind),
    };
    let mut tip = vec![
        format!("origin {}", origin.id),
        format!("{}, access {}", origin.kind, origin.access),
    ];
    if let Some(at) = finding {
        let found = &report.findings[at - 1];
        tip.extend(
            found
                .evidence
                .iter()
                .map(|(name, value)| format!("{name}: {value}")),
        );
    }
    Node {
        status: status(&origin.status),
        note,
        finding,
        tip,
        ..Node::new(&origin.id, &sub)
    }
}

fn host_box(origin: &Origin) -> Node {
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
        status: status(&origin.status),
        tip: vec![origin.domain_name.clone(), sub.clone()],
        ..Node::new(label, &sub)
    }
}

/// What is named and not there.
fn ghost(report: &Report, id: &str) -> Node {
    let undecided = report
        .behaviors
        .iter()
        .any(|behavior| behavior.target == id && behavior.resolves_to == "undecided");
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

/// The rules of the errors and warnings that are about something, and the first one's number.
fn rules(
    report: &Report,
    is_about: impl Fn(&crate::report::v1::Finding) -> bool,
) -> (String, Option<usize>) {
    let mut names: Vec<&str> = Vec::new();
    let mut first = None;
    for (at, finding) in report.findings.iter().enumerate() {
        if finding.severity == "info" || !is_about(finding) {
            continue;
        }
        first = first.or(Some(at + 1));
        if !names.contains(&finding.rule.as_str()) {
            names.push(&finding.rule);
        }
    }
    (short(&names.join(", "), LABEL + 6), first)
}

fn status(name: &str) -> &'static str {
    match name {
        "broken" => "broken",
        "unknown" => "unknown",
        _ => "ok",
    }
}

fn short(text: &str, most: usize) -> String {
    if text.chars().count() <= most {
        return text.to_owned();
    }
    text.chars().take(most - 1).chain(['…']).collect()
}
