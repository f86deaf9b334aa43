use super::deviation::Form;
use super::{Kind, Shape, api, cloudformation};
use crate::document::Node;
use crate::nearest::nearest;

/// What was probably meant by a member that the model does not have.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Meant {
    /// This member, whose name differs in upper and lower case only.
    Case(&'static str),
    /// This member, in the spelling of another format.
    Spelling(&'static str),
    /// This member, with a slip: certainly, if it is but one letter and the member is missing.
    Near {
        /// Its name.
        name: &'static str,
        /// Whether it cannot be another member.
        certain: bool,
    },
    /// The member of this name in another structure.
    Elsewhere {
        /// The structure that has it.
        structure: &'static str,
        /// Whether that structure is around this one or within it.
        certain: bool,
    },
    /// CloudFront's API has it there, CloudFormation's schema does not.
    OnlyInApi,
    /// Perhaps it is newer than the model.
    Nothing,
}

/// What CloudFormation calls otherwise, beside the API's name.
const OTHER_NAMES: [(&str, &str); 5] = [
    ("CNAMEs", "Aliases"),
    ("CustomOrigin", "Origins"),
    ("IPV6Enabled", "IsIPV6Enabled"),
    ("OriginCustomHeaders", "CustomHeaders"),
    ("Locations", "Items"),
];

/// Names of members that many structures have: one more may get them any day.
const COMMON: [&str; 10] = [
    "Arn", "Bucket", "Comment", "Enabled", "Id", "Items", "Mode", "Name", "Prefix", "Quantity",
];

/// What was meant by `name` in an object of the last of these structures, of which each holds the next.
pub(super) fn meant(name: &str, object: &Node, way: &[&'static Shape], form: Form) -> Meant {
    let Some(shape) = way.last() else {
        return Meant::Nothing;
    };
    if let Some(spelling) = spelling(name, shape, form) {
        return if spelling.eq_ignore_ascii_case(name) {
            Meant::Case(spelling)
        } else {
            Meant::Spelling(spelling)
        };
    }
    // CloudFormation's schema may follow the API later, so this is no misspelling.
    if form == Form::Template && api_has(shape, name) {
        return Meant::OnlyInApi;
    }
    if let Some(found) = elsewhere(name, way) {
        return found;
    }
    let names = || shape.members.iter().map(|member| member.name);
    let Some(near) = nearest(name, names()) else {
        return Meant::Nothing;
    };
    Meant::Near {
        name: near,
        // A short name is one letter away from many others, and a member that is there already is
        // not meant twice.
        certain: name.len() > 5
            && strsim::osa_distance(name, near) == 1
            && object.get(near).is_none(),
    }
}

/// Without what spellings differ in: case, `_` and `-`.
fn plain(name: &str) -> impl Iterator<Item = char> {
    let letters = name.chars().filter(|c| !matches!(c, '_' | '-'));
    letters.map(|c| c.to_ascii_lowercase())
}

/// Whether two words differ in case, `_` and `-` only.
pub(super) fn same_word(one: &str, other: &str) -> bool {
    plain(one).eq(plain(other))
}

fn spelling(name: &str, shape: &'static Shape, form: Form) -> Option<&'static str> {
    let other = OTHER_NAMES.iter().find_map(|(own, api)| {
        let (from, to) = match form {
            Form::Template => (api, own),
            Form::Api | Form::Values | Form::Event => (own, api),
        };
        same_word(name, from).then_some(*to)
    });
    let has = |name: &&'static str| shape.member(name).is_some();
    let mut names = shape.members.iter().map(|member| member.name);
    names
        .find(|known| same_word(name, known))
        .or(other.filter(has))
}

fn api_has(shape: &Shape, name: &str) -> bool {
    let mut found = false;
    each_within(&api::DISTRIBUTION_CONFIG, &mut |of_api| {
        found |= of_api.name == shape.name && of_api.member(name).is_some();
    });
    found
}

/// A structure around this one, or within it; else any other of the config.
fn elsewhere(name: &str, way: &[&'static Shape]) -> Option<Meant> {
    let (shape, around) = way.split_last()?;
    let has = |shape: &&&'static Shape| shape.member(name).is_some();
    let mut related = around.iter().rev().find(has).map(|shape| shape.name);
    let first_within = |root: &'static Shape, found: &mut Option<&'static str>| {
        each_within(root, &mut |inner| {
            if found.is_none() && inner.member(name).is_some() {
                *found = Some(inner.name);
            }
        });
    };
    // Around before within: a structure that holds this one is the nearer guess.
    if related.is_none() {
        first_within(shape, &mut related);
    }
    if let Some(structure) = related {
        let certain = !COMMON.contains(&name);
        return Some(Meant::Elsewhere { structure, certain });
    }
    let mut other = None;
    first_within(around.first()?, &mut other);
    other
        .filter(|_| !COMMON.contains(&name))
        .map(|structure| Meant::Elsewhere {
            structure,
            certain: false,
        })
}

/// Every structure below this one, itself first.
pub(super) fn each_within(shape: &'static Shape, visit: &mut dyn FnMut(&'static Shape)) {
    visit(shape);
    for member in shape.members {
        if let Some(inner) = object_of(&member.kind) {
            each_within(inner, visit);
        }
    }
}

/// The structure that a member or its items are.
pub(super) fn object_of(kind: &Kind) -> Option<&'static Shape> {
    match kind {
        Kind::Object(shape) => Some(shape),
        Kind::List(_, _, items) => object_of(items),
        _ => None,
    }
}

/// The config's own structure in a form.
pub(super) fn root(form: Form) -> &'static Shape {
    match form {
        Form::Template => &cloudformation::DISTRIBUTION_CONFIG,
        Form::Api | Form::Values | Form::Event => &api::DISTRIBUTION_CONFIG,
    }
}
