use std::fmt;

use super::meant::Meant;
use crate::distribution::Place;

/// In what a config was written, and so what of the model it is held against.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Form {
    /// CloudFront's own JSON in a file, which the API's clients check as strictly.
    Api,
    /// The properties of a CloudFormation resource; CloudFormation makes each value the type that
    /// the property has.
    Template,
    /// What another tool checks before CloudFront, such as a plan: only its values count.
    Values,
    /// What CloudTrail recorded of a call, in a spelling of its own: its values, and what an update
    /// lacks.
    Event,
}

/// A place where a document is not as CloudFront's model says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Deviation {
    /// Where: the value, or the object that lacks it.
    pub place: Place,
    /// Which part of the config.
    pub part: Part,
    /// The way from that part to the object, such as `CustomOriginConfig`; empty at the part itself.
    pub within: String,
    /// The member, as the document spells it.
    pub member: String,
    /// In what the config was written.
    pub form: Form,
    /// What is wrong with it.
    pub problem: Problem,
}

/// What is wrong with a member.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Problem {
    /// The model has no member of this name there.
    Unknown(Meant),
    /// It is required.
    Missing,
    /// UpdateDistribution requires it, and CreateDistribution does not.
    MissingInUpdate {
        /// Whether a refusal without it was seen, and not only is documented.
        seen: bool,
    },
    /// It is of another type.
    WrongType {
        /// What it is, such as "a list".
        found: &'static str,
        /// What the model has there.
        expected: &'static str,
    },
    /// It is none of the values that the model lists.
    UnknownValue {
        /// The value.
        value: String,
        /// What the model lists.
        known: &'static [&'static str],
        /// The one that differs in spelling only.
        meant: Option<&'static str>,
    },
    /// It has too few or too many characters.
    Length {
        /// How many it has.
        characters: usize,
        /// The fewest.
        least: u16,
        /// The most.
        most: u16,
    },
}

/// A part of a config that a person knows by name.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Part {
    /// What belongs to none of the others.
    Config,
    /// The origin of this ID, empty where it has none.
    Origin(String),
    /// The origin group of this ID, empty where it has none.
    OriginGroup(String),
    /// A cache behavior.
    Behavior {
        /// Its place in the order of precedence, from 0; `None` for the default one.
        precedence: Option<usize>,
        /// Its path pattern, `*` for the default one.
        path_pattern: String,
    },
}

impl Form {
    /// Whether names, types and required members are held against the model too.
    #[must_use]
    pub fn is_checked_whole(self) -> bool {
        matches!(self, Self::Api | Self::Template)
    }

    /// Who refuses what deviates, for messages.
    #[must_use]
    pub fn refuser(self) -> &'static str {
        match self {
            Self::Template => "CloudFormation",
            Self::Api | Self::Values | Self::Event => "CloudFront's API",
        }
    }

    /// The release that the model is from.
    #[must_use]
    pub fn source(self) -> &'static str {
        match self {
            Self::Template => super::cloudformation::SOURCE,
            Self::Api | Self::Values | Self::Event => super::api::SOURCE,
        }
    }
}

impl Deviation {
    /// The object that has or lacks the member, such as "CustomOriginConfig of origin `web`".
    #[must_use]
    pub fn owner(&self) -> String {
        if self.within.is_empty() {
            self.part.to_string()
        } else {
            format!("{} of {}", self.within, self.part)
        }
    }
}

impl fmt::Display for Part {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Config => f.write_str("the config"),
            Self::Origin(id) if id.is_empty() => f.write_str("an origin without an Id"),
            Self::Origin(id) => write!(f, "origin `{id}`"),
            Self::OriginGroup(id) if id.is_empty() => f.write_str("an origin group without an Id"),
            Self::OriginGroup(id) => write!(f, "origin group `{id}`"),
            Self::Behavior {
                precedence: Some(precedence),
                path_pattern,
            } => write!(f, "cache behavior {precedence} `{path_pattern}`"),
            Self::Behavior { .. } => f.write_str("the default cache behavior"),
        }
    }
}
