use super::deviation::{Deviation, Form, Part, Problem};
use super::meant::{meant, root, same_word};
use super::update::REQUIRED_IN_UPDATE;
use super::{Kind, Shape};
use crate::distribution::{Place, is_open};
use crate::document::{Node, NodeKind};

/// Many more than a person reads: a document can have as many as values.
const MOST: usize = 5_000;

/// Every place where a config is not as CloudFront's model says, in the order of the document.
/// `pointer` is where the config stands in it. What only the deployment decides is passed over.
#[must_use]
pub fn deviations(config: &Node, pointer: &str, form: Form) -> Vec<Deviation> {
    let mut walk = Walk {
        form,
        pointer,
        way: Vec::new(),
        shapes: Vec::new(),
        part: PartNode::Config,
        part_begins: 0,
        found: Vec::new(),
    };
    if matches!(config.kind, NodeKind::Map(_)) {
        walk.object(config, root(form));
    }
    walk.found
}

struct Walk<'n> {
    form: Form,
    pointer: &'n str,
    way: Vec<Step<'n>>,
    /// The structures around the value, and its own.
    shapes: Vec<&'static Shape>,
    part: PartNode<'n>,
    /// How many steps lead to the part.
    part_begins: usize,
    found: Vec<Deviation>,
}

#[derive(Clone, Copy)]
enum Step<'n> {
    Key(&'n str),
    Item(usize),
}

#[derive(Clone, Copy)]
enum PartNode<'n> {
    Config,
    Origin(&'n Node),
    OriginGroup(&'n Node),
    DefaultBehavior,
    Behavior(usize, &'n Node),
}

impl<'n> Walk<'n> {
    fn object(&mut self, node: &'n Node, shape: &'static Shape) {
        let (part, begins) = (self.part, self.part_begins);
        if let Some(own) = self.part_of(node, shape) {
            (self.part, self.part_begins) = (own, self.way.len());
        }
        self.shapes.push(shape);
        // Before the members: findings are in the order of the document, and what is missing stands
        // at the object.
        self.missing(node, shape);
        for (key, value) in node.entries() {
            if value.kind == NodeKind::Null || self.is_ignored(key, node) {
                continue;
            }
            self.way.push(Step::Key(key));
            match shape.member(key) {
                Some(member) => self.value(value, &member.kind),
                None => self.unknown(key, node, value),
            }
            self.way.pop();
        }
        self.shapes.pop();
        (self.part, self.part_begins) = (part, begins);
    }

    /// Whether the service passes over a member of this object: beside a cache policy, CloudFormation
    /// ignores `ForwardedValues`
    /// (<https://github.com/aws-cloudformation/cfn-lint/blob/main/docs/rules.md>, W3704).
    fn is_ignored(&self, key: &str, object: &Node) -> bool {
        let is_set =
            |policy: &Node| !matches!(policy.kind, NodeKind::Null) && policy.text() != Some("");
        // CloudTrail writes it into every origin of its events; no page documents it, and no call takes it.
        key == "OacSigningBehavior"
            || self.form == Form::Template
                && key == "ForwardedValues"
                && object.get("CachePolicyId").is_some_and(is_set)
    }

    /// The part that begins with an object of this structure.
    fn part_of(&self, node: &'n Node, shape: &Shape) -> Option<PartNode<'n>> {
        Some(match shape.name {
            "Origin" | "LegacyS3Origin" | "LegacyCustomOrigin" => PartNode::Origin(node),
            "OriginGroup" => PartNode::OriginGroup(node),
            "DefaultCacheBehavior" => PartNode::DefaultBehavior,
            "CacheBehavior" => match self.way.last() {
                Some(Step::Item(at)) => PartNode::Behavior(*at, node),
                _ => PartNode::DefaultBehavior,
            },
            _ => return None,
        })
    }

    fn missing(&mut self, node: &'n Node, shape: &'static Shape) {
        let form = self.form;
        let required = shape.members.iter().filter(|member| member.required);
        // A plan or an event is written by a tool that fills in what it must.
        let required = required.filter(|_| form.is_checked_whole());
        for member in required.filter(|member| !is_counted(member.name, form)) {
            if node.get(member.name).is_none() {
                self.add(node, member.name, || Problem::Missing);
            }
        }
        // Templates and plans are completed by the tool that makes the call.
        if !matches!(form, Form::Api | Form::Event) {
            return;
        }
        let in_update = REQUIRED_IN_UPDATE.iter();
        for required in in_update.filter(|required| required.structure == shape.name) {
            if node.get(required.member).is_none() {
                let seen = required.seen;
                self.add(node, required.member, || Problem::MissingInUpdate { seen });
            }
        }
    }

    fn unknown(&mut self, key: &'n str, object: &'n Node, value: &'n Node) {
        // Functions that stand in the place of a key.
        let is_function = self.form == Form::Template && key.starts_with("Fn::");
        if !self.form.is_checked_whole() || is_function || self.found.len() >= MOST {
            return;
        }
        let meant = meant(key, object, &self.shapes, self.form);
        self.add_at_own_key(value, key, Problem::Unknown(meant));
    }

    fn value(&mut self, node: &'n Node, kind: &'static Kind) {
        let is_undecided = match &node.kind {
            NodeKind::Symbolic(_) => true,
            NodeKind::Text(text) => is_open(text),
            _ => false,
        };
        // What the deployment fills in may be of any kind.
        if is_undecided {
            return;
        }
        match kind {
            Kind::Object(shape) => self.object_or_list(node, shape),
            Kind::List(_, _, items) => self.list(node, items),
            Kind::Flag | Kind::Integer | Kind::Number => self.scalar(node, kind),
            Kind::Text(least, most) => {
                if let Some(text) = self.text(node) {
                    self.length(node, text, *least, *most);
                }
            }
            Kind::Choice(known) => {
                if let Some(text) = self.text(node) {
                    self.choice(node, text, known);
                }
            }
        }
    }

    fn object_or_list(&mut self, node: &'n Node, shape: &'static Shape) {
        match &node.kind {
            NodeKind::Map(_) => self.object(node, shape),
            // CloudFormation's form of the API's counted lists.
            NodeKind::List(items) if shape.member("Quantity").is_some() => {
                self.wrong_type(node, "an object with Quantity and Items");
                if let Some(Kind::List(_, _, kind)) = shape.member("Items").map(|it| it.kind) {
                    self.items(items, kind);
                }
            }
            _ => self.wrong_type(node, "an object"),
        }
    }

    fn list(&mut self, node: &'n Node, kind: &'static Kind) {
        if let NodeKind::List(items) = &node.kind {
            return self.items(items, kind);
        }
        self.wrong_type(node, "a list");
        // The API's form of CloudFormation's plain lists.
        if let Some(NodeKind::List(items)) = node.get("Items").map(|it| &it.kind) {
            self.way.push(Step::Key("Items"));
            self.items(items, kind);
            self.way.pop();
        }
    }

    fn items(&mut self, items: &'n [Node], kind: &'static Kind) {
        for (at, item) in items.iter().enumerate() {
            if item.kind == NodeKind::Null {
                continue;
            }
            self.way.push(Step::Item(at));
            self.value(item, kind);
            self.way.pop();
        }
    }

    fn scalar(&mut self, node: &'n Node, kind: &Kind) {
        let (expected, fits): (_, fn(&str) -> bool) = match kind {
            Kind::Flag => ("true or false", is_flag),
            Kind::Integer => ("an integer", |text| text.parse::<i64>().is_ok()),
            _ => ("a number", |text| text.parse::<f64>().is_ok()),
        };
        let is_right = match &node.kind {
            NodeKind::Bool(_) => matches!(kind, Kind::Flag),
            NodeKind::Number(text) => !matches!(kind, Kind::Flag) && fits(text),
            // CloudFormation and change sets take "443" for 443; the API's JSON does not.
            NodeKind::Text(text) => self.form != Form::Api && fits(text),
            _ => false,
        };
        if !is_right {
            self.wrong_type(node, expected);
        }
    }

    /// The value as a text; CloudFormation makes one of numbers and flags.
    fn text(&mut self, node: &'n Node) -> Option<&'n str> {
        match &node.kind {
            NodeKind::Text(text) => return Some(text),
            NodeKind::Number(text) if self.form != Form::Api => return Some(text),
            NodeKind::Bool(_) if self.form != Form::Api => {}
            _ => self.wrong_type(node, "a string"),
        }
        None
    }

    fn length(&mut self, node: &'n Node, text: &str, least: u16, most: u16) {
        let characters = text.chars().count();
        let is_short = characters < least.into();
        let is_long = most != super::ANY && characters > most.into();
        // A tool writes an empty text where a value is not set.
        if is_long || is_short && (self.form.is_checked_whole() || characters > 0) {
            self.add_value(node, || Problem::Length {
                characters,
                least,
                most,
            });
        }
    }

    fn choice(&mut self, node: &'n Node, text: &str, known: &'static [&'static str]) {
        if known.contains(&text) || !self.form.is_checked_whole() && text.is_empty() {
            return;
        }
        self.add_value(node, || Problem::UnknownValue {
            value: text.to_owned(),
            known,
            meant: known.iter().copied().find(|known| same_word(known, text)),
        });
    }

    fn wrong_type(&mut self, node: &'n Node, expected: &'static str) {
        if self.form.is_checked_whole() {
            let found = node.kind_name();
            self.add_value(node, || Problem::WrongType { found, expected });
        }
    }

    /// Notes what is wrong with the value that the way leads to.
    fn add_value(&mut self, node: &'n Node, problem: impl FnOnce() -> Problem) {
        let key = self.way.iter().rev().find_map(|step| match step {
            Step::Key("Items") | Step::Item(_) => None,
            Step::Key(key) => Some(*key),
        });
        if self.found.len() < MOST {
            self.add_at_own_key(node, key.unwrap_or_default(), problem());
        }
    }

    fn add_at_own_key(&mut self, node: &'n Node, key: &str, problem: Problem) {
        let mut within = self.within();
        // The way ends with the member itself.
        within.pop();
        self.push(node, within.join("."), key, problem);
    }

    /// Notes what an object lacks.
    fn add(&mut self, object: &'n Node, member: &str, problem: impl FnOnce() -> Problem) {
        if self.found.len() < MOST {
            let within = self.within().join(".");
            self.push(object, within, member, problem());
        }
    }

    /// The keys from the part to here.
    fn within(&self) -> Vec<&'n str> {
        let steps = self.way.iter().skip(self.part_begins);
        let keys = steps.filter_map(|step| match step {
            Step::Key("Items") | Step::Item(_) => None,
            Step::Key(key) => Some(*key),
        });
        keys.collect()
    }

    fn push(&mut self, node: &Node, within: String, member: &str, problem: Problem) {
        self.found.push(Deviation {
            place: self.place(node),
            part: self.part.named(),
            within,
            member: member.to_owned(),
            form: self.form,
            problem,
        });
    }

    fn place(&self, node: &Node) -> Place {
        use std::fmt::Write as _;
        let pointer = node.pointer.as_deref().map_or_else(
            || {
                let mut pointer = self.pointer.to_owned();
                for step in &self.way {
                    let _ = match step {
                        Step::Key(key) => {
                            write!(pointer, "/{}", key.replace('~', "~0").replace('/', "~1"))
                        }
                        Step::Item(at) => write!(pointer, "/{at}"),
                    };
                }
                pointer
            },
            str::to_owned,
        );
        Place {
            pointer,
            position: node.position,
        }
    }
}

impl PartNode<'_> {
    fn named(self) -> Part {
        match self {
            Self::Config => Part::Config,
            Self::Origin(node) => Part::Origin(spelling(node, "Id")),
            Self::OriginGroup(node) => Part::OriginGroup(spelling(node, "Id")),
            Self::DefaultBehavior => Part::Behavior {
                precedence: None,
                path_pattern: "*".to_owned(),
            },
            Self::Behavior(precedence, node) => Part::Behavior {
                precedence: Some(precedence),
                path_pattern: spelling(node, "PathPattern"),
            },
        }
    }
}

fn spelling(node: &Node, key: &str) -> String {
    match node.get(key).map(|node| &node.kind) {
        Some(NodeKind::Text(text)) => text.clone(),
        Some(NodeKind::Symbolic(expression)) => expression.spelling().to_owned(),
        _ => String::new(),
    }
}

/// The reader counts lists in the API's JSON, and says where a `Quantity` is wrong.
fn is_counted(member: &str, form: Form) -> bool {
    form == Form::Api && matches!(member, "Quantity" | "Items")
}

/// What YAML and CloudFormation take as a flag.
fn is_flag(text: &str) -> bool {
    ["true", "false", "yes", "no", "on", "off"]
        .iter()
        .any(|flag| text.eq_ignore_ascii_case(flag))
}
