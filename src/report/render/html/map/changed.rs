//! What changed against the baseline, by the boxes that it is about.

use std::collections::BTreeMap;

use crate::report::v1::{Change, Report};

/// The marks of a report's boxes.
pub struct Changed<'a> {
    /// By what a change says it is about, such as "origin `assets`".
    by_subject: BTreeMap<&'a str, Vec<(&'a Change, Option<&'a str>)>>,
}

/// What is not in the candidate any more.
#[derive(Default)]
pub struct Removed<'a> {
    pub behaviors: Vec<&'a str>,
    pub groups: Vec<&'a str>,
    pub origins: Vec<&'a str>,
}

impl<'a> Changed<'a> {
    pub fn of(report: &'a Report) -> Self {
        let mut by_subject: BTreeMap<&str, Vec<_>> = BTreeMap::new();
        for change in &report.changes {
            let (subject, field) = parts(&change.what);
            by_subject.entry(subject).or_default().push((change, field));
        }
        Self { by_subject }
    }

    pub fn origin(&self, id: &str) -> String {
        self.mark(&format!("origin `{id}`"))
    }

    pub fn group(&self, id: &str) -> String {
        self.mark(&format!("origin group `{id}`"))
    }

    pub fn behavior(&self, pattern: &str, is_default: bool) -> String {
        if is_default {
            return self.mark("the default cache behavior");
        }
        self.mark(&format!("cache behavior `{pattern}`"))
    }

    /// Empty where nothing changed.
    fn mark(&self, subject: &str) -> String {
        let Some(changes) = self.by_subject.get(subject) else {
            return String::new();
        };
        let whole = changes.iter().find(|(_, field)| field.is_none());
        let fields: Vec<&str> = changes.iter().filter_map(|(_, field)| *field).collect();
        let mark = match whole {
            Some((change, _)) if change.kind == "added" => return "+ new".to_owned(),
            Some((change, _)) if change.kind == "removed" => return "− removed".to_owned(),
            Some((change, _)) if change.kind == "renamed" => {
                let before = change.before.as_deref().unwrap_or_default();
                format!("~ was {before}")
            }
            _ => "~".to_owned(),
        };
        match (fields.as_slice(), mark.as_str()) {
            ([], "~") => "~ changed".to_owned(),
            ([], _) => mark,
            (fields, "~") => format!("~ {}", fields.join(", ")),
            (fields, _) => format!("{mark}; {}", fields.join(", ")),
        }
    }
}

impl<'a> Removed<'a> {
    pub fn of(report: &'a Report) -> Self {
        let mut removed = Self::default();
        let gone = report.changes.iter().filter(|change| {
            let is_whole = parts(&change.what).1.is_none();
            change.kind == "removed" && is_whole
        });
        for change in gone {
            let named = |kind: &str| {
                let rest = change.what.strip_prefix(kind)?.strip_prefix(" `")?;
                rest.strip_suffix('`')
            };
            if let Some(id) = named("origin") {
                removed.origins.push(id);
            } else if let Some(id) = named("origin group") {
                removed.groups.push(id);
            } else if let Some(pattern) = named("cache behavior") {
                removed.behaviors.push(pattern);
            }
        }
        removed
    }

    pub fn count(&self) -> usize {
        self.behaviors.len() + self.groups.len() + self.origins.len()
    }
}

/// What a change is about, and which part of it: "origin `assets`: domain".
fn parts(what: &str) -> (&str, Option<&str>) {
    // An ID may hold a colon; a field never holds a backtick.
    match what.rsplit_once("`: ") {
        Some((subject, field)) => (&what[..=subject.len()], Some(field)),
        None if what.ends_with('`') => (what, None),
        None => match what.split_once(": ") {
            Some((subject, field)) => (subject, Some(field)),
            None => (what, None),
        },
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn parts_are_told_apart_whatever_the_id() {
        assert_eq!(parts("origin `a`: domain"), ("origin `a`", Some("domain")));
        assert_eq!(
            parts("origin `a`: b`: domain"),
            ("origin `a`: b`", Some("domain"))
        );
        assert_eq!(parts("origin `a: b`"), ("origin `a: b`", None));
        assert_eq!(
            parts("the default cache behavior: target"),
            ("the default cache behavior", Some("target"))
        );
    }
}
