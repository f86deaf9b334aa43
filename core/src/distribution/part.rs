use std::fmt;

use foldhash::{HashMap, HashMapExt};

use super::{Behavior, Distribution, Origin, OriginGroup, Place};

/// A part of a config by what it is called, wherever its document puts it: what a finding is about,
/// and what a change changes.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Part {
    /// The whole.
    Distribution,
    /// An origin, by its ID.
    Origin(String),
    /// An origin group, by its ID.
    OriginGroup(String),
    /// A cache behavior, by its path pattern.
    Behavior(String),
    /// The default cache behavior.
    DefaultBehavior,
    /// The order in which cache behaviors are tried.
    Precedence,
}

/// The origins, groups and behaviors of a config by where they stand.
#[derive(Debug)]
pub struct Parts<'d> {
    by_pointer: HashMap<&'d str, Standing<'d>>,
}

/// What stands at a place.
#[derive(Debug, Clone, Copy)]
enum Standing<'d> {
    Origin(&'d Origin),
    OriginGroup(&'d OriginGroup),
    Behavior(&'d Behavior),
}

impl<'d> Parts<'d> {
    /// Reads them off a distribution.
    #[must_use]
    pub fn of(distribution: &'d Distribution) -> Self {
        let mut by_pointer = HashMap::new();
        for origin in &distribution.origins {
            by_pointer.insert(origin.place.pointer.as_str(), Standing::Origin(origin));
        }
        for group in &distribution.origin_groups {
            by_pointer.insert(&group.place.pointer, Standing::OriginGroup(group));
        }
        for behavior in distribution.all_behaviors() {
            by_pointer.insert(&behavior.place.pointer, Standing::Behavior(behavior));
        }
        Self { by_pointer }
    }

    /// What stands at a place or around it; the whole where that is no origin, group or behavior.
    #[must_use]
    pub fn at(&self, place: &Place) -> Part {
        match self.standing(place) {
            Some(Standing::Origin(origin)) => origin.into(),
            Some(Standing::OriginGroup(group)) => group.into(),
            Some(Standing::Behavior(behavior)) => behavior.into(),
            None => Part::Distribution,
        }
    }

    /// Where the origin, group or behavior stands that is at a place or around it.
    #[must_use]
    pub fn around(&self, place: &Place) -> Option<&'d Place> {
        Some(match self.standing(place)? {
            Standing::Origin(origin) => &origin.place,
            Standing::OriginGroup(group) => &group.place,
            Standing::Behavior(behavior) => &behavior.place,
        })
    }

    fn standing(&self, place: &Place) -> Option<Standing<'d>> {
        let mut pointer = place.pointer.as_str();
        loop {
            if let Some(standing) = self.by_pointer.get(pointer) {
                return Some(*standing);
            }
            (pointer, _) = pointer.rsplit_once('/')?;
        }
    }
}

impl Part {
    /// The kind, in kebab case: it never changes, since fingerprints are made from it.
    #[must_use]
    pub fn kind(&self) -> &'static str {
        match self {
            Self::Distribution => "distribution",
            Self::Origin(_) => "origin",
            Self::OriginGroup(_) => "origin-group",
            Self::Behavior(_) => "behavior",
            Self::DefaultBehavior => "default-behavior",
            Self::Precedence => "precedence",
        }
    }

    /// The ID or path pattern; empty where there is one of its kind only.
    #[must_use]
    pub fn name(&self) -> &str {
        match self {
            Self::Origin(name) | Self::OriginGroup(name) | Self::Behavior(name) => name,
            Self::Distribution | Self::DefaultBehavior | Self::Precedence => "",
        }
    }
}

impl From<&Origin> for Part {
    fn from(origin: &Origin) -> Self {
        Self::Origin(origin.id.spelling().to_owned())
    }
}

impl From<&OriginGroup> for Part {
    fn from(group: &OriginGroup) -> Self {
        Self::OriginGroup(group.id.spelling().to_owned())
    }
}

impl From<&Behavior> for Part {
    fn from(behavior: &Behavior) -> Self {
        match (&behavior.path_pattern, behavior.precedence) {
            (Some(pattern), _) => Self::Behavior(pattern.to_string()),
            (None, Some(_)) => Self::Behavior(String::new()),
            (None, None) => Self::DefaultBehavior,
        }
    }
}

impl fmt::Display for Part {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Distribution => f.write_str("the distribution"),
            Self::Origin(id) => write!(f, "origin `{id}`"),
            Self::OriginGroup(id) => write!(f, "origin group `{id}`"),
            Self::Behavior(pattern) => write!(f, "cache behavior `{pattern}`"),
            Self::DefaultBehavior => f.write_str("the default cache behavior"),
            Self::Precedence => f.write_str("the precedence of the cache behaviors"),
        }
    }
}
