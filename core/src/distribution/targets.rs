use foldhash::{HashMap, HashMapExt};

use super::{At, Distribution, Expression, Origin, OriginGroup, Value};

/// What a `TargetOriginId` can name: origins and origin groups by ID. Built by phase 1; phase 2
/// cannot run without it.
#[derive(Debug)]
pub struct OriginMap<'a> {
    targets: HashMap<&'a str, Target<'a>>,
    symbolic: HashMap<&'a Expression, Target<'a>>,
    /// What decides whether there are other origins or groups.
    open: Option<&'a str>,
}

/// What an ID names.
#[derive(Debug, Clone, Copy)]
pub enum Target<'a> {
    /// An origin.
    Origin(&'a Origin),
    /// An origin group.
    Group(&'a OriginGroup),
}

/// What the deployment still decides about a reference.
#[derive(Debug, Clone, Copy)]
pub enum OpenTarget<'a> {
    /// The reference itself.
    Reference(&'a Expression),
    /// An ID that may be the one that is named.
    Id(&'a Expression),
    /// Which origins or groups there are.
    List(&'a str),
}

/// What a reference comes to.
#[derive(Debug, Clone, Copy)]
pub enum Resolution<'a> {
    /// It names this.
    Found(Target<'a>),
    /// Nothing has this ID.
    Missing,
    /// The deployment decides: the reference is symbolic, some ID may be what it says, or an origin
    /// may come.
    Undecided,
}

impl<'a> OriginMap<'a> {
    /// How many symbolic IDs a text is held against: twice the quota of origins. More are only a mistake,
    /// and would take minutes.
    pub const MOST_COMPARED: usize = 200;

    /// Reads the map off a distribution. Of several with one ID, the first counts; an ID that an
    /// origin and a group share means the origin.
    #[must_use]
    pub fn of(distribution: &'a Distribution) -> Self {
        let mut map = Self {
            targets: HashMap::with_capacity(distribution.origins.len()),
            symbolic: HashMap::new(),
            open: distribution
                .leaves_open(&["Origins", "OriginGroups"])
                .map(Expression::spelling),
        };
        for origin in &distribution.origins {
            map.insert(&origin.id, Target::Origin(origin));
        }
        for group in &distribution.origin_groups {
            map.insert(&group.id, Target::Group(group));
        }
        map
    }

    fn insert(&mut self, id: &'a At<String>, target: Target<'a>) {
        match &id.value {
            // A missing ID is reported by `unnamed-origin`; it must not be found by a behavior
            // whose target is missing as well.
            Value::Known(id) if id.is_empty() => {}
            Value::Known(id) => {
                self.targets.entry(id).or_insert(target);
            }
            Value::Symbolic(expression) => {
                self.symbolic.entry(expression).or_insert(target);
            }
        }
    }

    /// What a reference comes to.
    #[must_use]
    pub fn resolve(&self, reference: &At<String>) -> Resolution<'a> {
        let found = match &reference.value {
            Value::Known(id) => self.targets.get(id.as_str()),
            Value::Symbolic(expression) => self.symbolic.get(expression),
        };
        match found {
            Some(target) => Resolution::Found(*target),
            // A list that the deployment may extend can hold any ID.
            None if self.open.is_some() => Resolution::Undecided,
            None if self.is_possible(&reference.value) => Resolution::Undecided,
            None => Resolution::Missing,
        }
    }

    /// Whether the deployment may make a reference and an ID the same text.
    fn is_possible(&self, reference: &Value<String>) -> bool {
        let expression = match reference {
            Value::Known(id) => return self.possible(id).next().is_some(),
            Value::Symbolic(expression) => expression,
        };
        let is_one = |id: &&str| expression.may_be(id);
        let may_be_one = |id: &&Expression| expression.may_equal(id);
        // Beyond the bound the answer is "possible", never "missing": an error needs proof.
        self.targets.len() + self.symbolic.len() > Self::MOST_COMPARED
            || self.targets.keys().any(is_one)
            || self.symbolic.keys().any(may_be_one)
    }

    /// The symbolic IDs that this may be the text of.
    fn possible<'m>(&'m self, id: &'m str) -> impl Iterator<Item = &'a Expression> + 'm {
        let all = self.symbolic.len() > Self::MOST_COMPARED;
        let ids = self.symbolic.keys().copied();
        ids.filter(move |expression| all || expression.may_be(id))
    }

    /// What keeps a reference undecided: its own expression, or the first of the IDs'.
    #[must_use]
    pub fn undecided<'m>(&'m self, reference: &'m At<String>) -> OpenTarget<'m> {
        match &reference.value {
            Value::Symbolic(own) => OpenTarget::Reference(own),
            Value::Known(id) => match self.possible(id).min() {
                Some(id) => OpenTarget::Id(id),
                None => OpenTarget::List(self.open.unwrap_or_default()),
            },
        }
    }

    /// The IDs, those that are symbolic too, in no order.
    pub fn ids(&self) -> impl Iterator<Item = &'a str> {
        let symbolic = self.symbolic.keys().map(|expression| expression.spelling());
        self.targets.keys().copied().chain(symbolic)
    }
}

impl<'a> Target<'a> {
    /// The origins that requests can reach: itself, or the members of the group.
    pub fn origins(self, map: &OriginMap<'a>) -> impl Iterator<Item = &'a Origin> {
        let (origin, members) = match self {
            Self::Origin(origin) => (Some(origin), [].as_slice()),
            Self::Group(group) => (None, group.members.as_slice()),
        };
        let members = members
            .iter()
            .filter_map(|member| match map.resolve(member) {
                Resolution::Found(Target::Origin(origin)) => Some(origin),
                _ => None,
            });
        origin.into_iter().chain(members)
    }
}
