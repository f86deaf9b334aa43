use std::fmt::Write as _;

use super::removal::patterns;
use super::usage::{OriginUse, Serves, Usage};
use super::{Answer, Status};
use crate::plain::{plain, without_query};

/// An answer for people. `source` is what it is from, such as "the live configs of 12 distributions".
#[must_use]
pub fn text(answer: &Answer, asked: &str, source: &str) -> String {
    let mut text = format!("{}\n", plain(&headline(answer, asked, source)));
    if let Some(own) = &answer.distribution {
        let name = own.distribution.name();
        paragraph(&mut text, &format!("{name} uses:"), own, &[]);
    }
    for usage in &answer.uses {
        paragraph(&mut text, &about(usage), usage, &usage.origins);
    }
    let listed = [("not known:", &answer.open), ("", &answer.notes)];
    for (title, lines) in listed {
        if !lines.is_empty() {
            text.push('\n');
        }
        if !lines.is_empty() && !title.is_empty() {
            line(&mut text, title);
        }
        let indent = if title.is_empty() { "" } else { "  " };
        for it in lines {
            line(&mut text, &format!("{indent}{it}"));
        }
    }
    if !answer.removal.is_empty() {
        text.push_str("\nto remove it without an outage:\n");
        for (at, step) in answer.removal.iter().enumerate() {
            line(&mut text, &format!("  {}. {}", at + 1, step.action));
        }
    }
    text
}

fn line(text: &mut String, line: &str) {
    let _ = writeln!(text, "{}", plain(line));
}

fn headline(answer: &Answer, asked: &str, source: &str) -> String {
    let what = match &answer.subject {
        Some(subject) if answer.distribution.is_none() => subject.to_string(),
        _ => format!("`{asked}`"),
    };
    let users = match answer.uses.len() {
        1 => "1 distribution".to_owned(),
        several => format!("{several} distributions"),
    };
    match (answer.status, &answer.distribution) {
        (Status::Used, None) => format!("{what} is used by {users} ({source})"),
        (Status::Used, Some(own)) => format!(
            "{what} is distribution {}, and an origin of {users} ({source})",
            own.distribution.id
        ),
        (Status::Unused, None) => format!("no distribution uses {what} ({source})"),
        (Status::Unused | Status::Unknown, Some(own)) => {
            format!("{what} is distribution {} ({source})", own.distribution.id)
        }
        (Status::Unknown, None) => {
            format!("it is not known whether a distribution uses {what} ({source})")
        }
    }
}

fn about(usage: &Usage) -> String {
    let about = &usage.distribution;
    let mut title = about.id.clone();
    for (is_so, word) in [
        (!about.enabled, "disabled"),
        (about.staging, "staging"),
        (about.multi_tenant, "of tenants"),
    ] {
        if is_so {
            let _ = write!(title, ", {word}");
        }
    }
    let domains: Vec<&str> = about.domains().collect();
    let domains = match domains.as_slice() {
        [] => String::new(),
        [one, two, three, _, ..] => format!("{one}, {two}, {three} and {} more", domains.len() - 3),
        few => few.join(", "),
    };
    format!("{title}: {domains}")
}

/// The origins of a distribution; `leaving` are those that would no longer serve.
fn paragraph(text: &mut String, title: &str, usage: &Usage, leaving: &[OriginUse]) {
    text.push('\n');
    line(text, title);
    for origin in &usage.origins {
        let domain = without_query(&origin.domain_name);
        line(text, &format!("  origin `{}` ({domain})", origin.id));
        if origin.serves.is_empty() {
            line(text, "    no cache behavior sends requests to it");
        }
        for served in served(origin, leaving) {
            line(text, &format!("    {served}"));
        }
    }
}

/// Path patterns that are served in the same way, and how.
fn served(origin: &OriginUse, leaving: &[OriginUse]) -> Vec<String> {
    let mut ways: Vec<(String, Vec<&str>)> = Vec::new();
    for serves in &origin.serves {
        let way = way(serves, leaving);
        match ways.iter_mut().find(|(it, _)| *it == way) {
            Some((_, patterns)) => patterns.push(&serves.path_pattern),
            None => ways.push((way, vec![&serves.path_pattern])),
        }
    }
    let ways = ways.into_iter();
    ways.map(|(way, names)| match way.as_str() {
        "" => patterns(&names),
        way => format!("{}: {way}", patterns(&names)),
    })
    .collect()
}

/// What serves beside it.
fn way(serves: &Serves, leaving: &[OriginUse]) -> String {
    let Some(group) = &serves.group else {
        return match leaving {
            [] => String::new(),
            _ => "no other origin serves these requests".to_owned(),
        };
    };
    let stays = |other: &&String| !leaving.iter().any(|origin| origin.id == **other);
    let others = group.others.iter().filter(stays);
    let others: Vec<&str> = others.map(String::as_str).collect();
    let codes: Vec<String> = group.status_codes.iter().map(ToString::to_string).collect();
    match (others.as_slice(), group.is_primary) {
        ([], _) => format!(
            "through origin group `{}`, whose members all use it",
            group.id
        ),
        (others, true) => format!(
            "through origin group `{}`; {} serves GET, HEAD and OPTIONS where this one answers {} or nothing",
            group.id,
            patterns(others),
            codes.join(", ")
        ),
        (others, false) => format!(
            "through origin group `{}`, after {}",
            group.id,
            patterns(others)
        ),
    }
}

/// What no longer works without a subject, in one clause for each distribution: "`/media/*` of
/// www.example.com".
#[must_use]
pub fn in_short(usage: &Usage) -> String {
    let serves = usage.origins.iter().flat_map(|origin| &origin.serves);
    let mut names: Vec<&str> = serves.map(|serves| serves.path_pattern.as_str()).collect();
    names.dedup();
    let about = &usage.distribution;
    let domain = about.domains().next().unwrap_or(&about.id);
    match names.as_slice() {
        [] => format!("no path of {domain}"),
        names => format!("{} of {domain}", patterns(names)),
    }
}
