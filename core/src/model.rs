//! CloudFront's official models as data: the members of a distribution's config and of what it names,
//! which of them are required, their types, values and bounds, in CloudFront's API and in
//! CloudFormation. `make model` writes the data from pinned releases, `make model-news` lists what
//! newer ones have.

#[rustfmt::skip]
pub mod api;
#[rustfmt::skip]
pub mod cloudformation;
mod defaults;
mod deviation;
#[rustfmt::skip]
mod judged;
mod meant;
mod page;
#[cfg(test)]
pub(crate) mod sample;
mod update;
mod walk;

pub use defaults::default_of;
pub use deviation::{Deviation, Form, Part, Problem};
pub use judged::{Judgement, judged};
pub use meant::Meant;
pub use page::page;
pub use walk::deviations;

/// A structure of the API, or an object of a resource type.
#[derive(Debug)]
pub struct Shape {
    /// The name in the model, such as `CustomOriginConfig`.
    pub name: &'static str,
    /// What it may hold, in the model's order.
    pub members: &'static [Member],
}

/// A member of a structure.
#[derive(Debug)]
pub struct Member {
    /// The name, such as `HTTPPort`.
    pub name: &'static str,
    /// Whether the structure must have it.
    pub required: bool,
    /// What it may be.
    pub kind: Kind,
}

/// What a member may be.
#[derive(Debug, Clone, Copy)]
pub enum Kind {
    /// `true` or `false`
    Flag,
    /// A whole number.
    Integer,
    /// A number.
    Number,
    /// A text with at least and at most so many characters.
    Text(u16, u16),
    /// One of these texts.
    Choice(&'static [&'static str]),
    /// An object.
    Object(&'static Shape),
    /// A list with at least and at most so many items of a kind.
    List(u16, u16, &'static Kind),
}

/// The most characters or items where the model states no bound.
pub const ANY: u16 = u16::MAX;

impl Shape {
    /// The member of this name.
    #[must_use]
    pub fn member(&self, name: &str) -> Option<&'static Member> {
        self.members.iter().find(|member| member.name == name)
    }
}

const fn required(name: &'static str, kind: Kind) -> Member {
    Member {
        name,
        required: true,
        kind,
    }
}

const fn optional(name: &'static str, kind: Kind) -> Member {
    Member {
        name,
        required: false,
        kind,
    }
}

#[cfg(test)]
mod tests;
