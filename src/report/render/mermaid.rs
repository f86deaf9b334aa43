//! The origin map as a Mermaid flowchart, which GitHub, GitLab and many wikis draw.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use super::alike::plural;
use super::edge;
use super::map_excerpt::MapExcerpt;
use crate::report::v1::{Report, ResolvesTo};

/// The flowchart in a fence of Markdown.
pub(super) fn mermaid(report: &Report) -> String {
    let drawn = MapExcerpt::of(report);
    let mut chart = Chart {
        text: "```mermaid\nflowchart LR\n".to_owned(),
        ids: BTreeMap::new(),
    };
    for (at, origin) in drawn.origins.iter().enumerate() {
        let id = format!("o{at}");
        let status = origin.status.name();
        chart.node(&id, &origin.id, origin.kind.name(), status);
        let host = origin.bucket.as_ref().unwrap_or(&origin.domain_name);
        let place = origin.region.as_deref().unwrap_or_default();
        chart.node(&format!("h{at}"), host, place, status);
        chart.link(&id, &format!("h{at}"), status);
        // Of two origins with one ID both are drawn, and links lead to the first, as the rules
        // count it.
        chart.ids.entry(origin.id.clone()).or_insert(id);
    }
    for (at, group) in drawn.groups.iter().enumerate() {
        let id = format!("g{at}");
        chart.node(&id, &group.id, "origin group", group.status.name());
        for member in &group.members {
            let (to, status) = chart.target(member, "ok");
            chart.link(&id, &to, status);
        }
        chart.ids.entry(group.id.clone()).or_insert(id);
    }
    for (at, behavior) in drawn.behaviors.iter().enumerate() {
        let name = behavior
            .precedence
            .map_or_else(|| "default".to_owned(), |n| format!("behavior {n}"));
        let name = match edge::of_behavior(report, behavior.pointer.as_deref()) {
            Some(edge) => format!("{name}, {edge}"),
            None => name,
        };
        let id = format!("b{at}");
        chart.node(&id, &behavior.path_pattern, &name, behavior.status.name());
        let found = if behavior.resolves_to == ResolvesTo::Undecided {
            "unknown"
        } else {
            "ok"
        };
        let (to, status) = chart.target(&behavior.target, found);
        chart.link(&id, &to, status);
    }
    for (what, all, shown) in [
        ("behavior", report.behaviors.len(), drawn.behaviors.len()),
        (
            "origin group",
            report.origin_groups.len(),
            drawn.groups.len(),
        ),
        ("origin", report.origins.len(), drawn.origins.len()),
    ] {
        if all > shown {
            let id = format!("more_{}", what.replace(' ', "_"));
            let label = plural(all - shown, what);
            chart.node(&id, &label, "not broken, not drawn", "fold");
        }
    }
    chart.text.push_str(
        "classDef broken fill:#ffebe9,stroke:#c3132b,stroke-width:2px,color:#1b1f24\n\
         classDef unknown fill:#f0edff,stroke:#5b4bb5,stroke-dasharray:5 4,color:#1b1f24\n\
         classDef fold stroke-dasharray:2 4\n```\n",
    );
    chart.text
}

struct Chart {
    text: String,
    /// Mermaid's names of origins and groups, by ID: theirs are letters and digits only.
    ids: BTreeMap<String, String>,
}

impl Chart {
    fn node(&mut self, id: &str, label: &str, sub: &str, status: &str) {
        let class = match status {
            "broken" | "unknown" | "fold" => format!(":::{status}"),
            _ => String::new(),
        };
        let sub = match sub {
            "" => String::new(),
            _ => format!("<br/>{}", plain(sub)),
        };
        let _ = writeln!(self.text, "{id}[\"{}{sub}\"]{class}", plain(label));
    }

    /// What an ID is called in the chart, and how the link to it is: what is not there gets a node.
    fn target(&mut self, id: &str, found: &'static str) -> (String, &'static str) {
        if let Some(known) = self.ids.get(id) {
            return (known.clone(), found);
        }
        let (status, sub) = match found {
            "unknown" => ("unknown", "decided by the deployment"),
            _ => ("broken", "not defined"),
        };
        let name = format!("x{}", self.ids.len());
        self.node(&name, id, sub, status);
        self.ids.insert(id.to_owned(), name.clone());
        (name, status)
    }

    fn link(&mut self, from: &str, to: &str, status: &str) {
        let arrow = match status {
            "broken" => "--x|broken|",
            "unknown" => "-.->",
            _ => "-->",
        };
        let _ = writeln!(self.text, "{from} {arrow} {to}");
    }
}

/// Letters, digits and what is harmless stay; all else is Mermaid's entity code.
fn plain(text: &str) -> String {
    let mut label = String::with_capacity(text.len());
    for c in text.chars().take(60) {
        if c.is_alphanumeric() || " ./_*-".contains(c) {
            label.push(c);
        } else {
            let _ = write!(label, "#{};", u32::from(c));
        }
    }
    label
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_breaks_out_of_a_label() {
        assert_eq!(plain("a\"]\n```<b>"), "a#34;#93;#10;#96;#96;#96;#60;b#62;");
        assert_eq!(plain("/api/*"), "/api/*");
    }
}
