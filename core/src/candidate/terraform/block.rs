use serde_json::Value;

use super::plan::{Plan, Resource};
use super::references::{Reference, Scope};
use super::symbols::{AttributeOf, symbol};
use crate::document::{Expression, Node, NodeKind};

/// A block of a resource: what is known of it, what is not, and what that is made from.
#[derive(Clone)]
pub(super) struct Block<'b> {
    plan: &'b Plan,
    after: &'b Value,
    unknown: &'b Value,
    expressions: Option<(&'b Value, &'b Scope<'b>)>,
    /// The resource's address, and the way from there, such as `aws_x.y.origin[0]`.
    path: String,
}

impl<'b> Block<'b> {
    /// All of a resource.
    pub(super) fn of(
        plan: &'b Plan,
        resource: &'b Resource,
        expressions: Option<(&'b Value, &'b Scope<'b>)>,
    ) -> Self {
        Self {
            plan,
            after: &resource.after,
            unknown: &resource.unknown,
            expressions,
            path: resource.address.clone(),
        }
    }

    /// What is there now, of which all is known.
    pub(super) fn before(plan: &'b Plan, resource: &'b Resource) -> Self {
        Self {
            plan,
            after: &resource.before,
            unknown: &Value::Null,
            expressions: None,
            path: resource.address.clone(),
        }
    }

    /// The plan that it is in.
    pub(super) fn plan(&self) -> &'b Plan {
        self.plan
    }

    /// A value that stands here.
    pub(super) fn node(&self, kind: NodeKind) -> Node {
        Node {
            kind,
            position: None,
            pointer: Some(self.path.as_str().into()),
        }
    }

    fn is_unknown(&self, name: &str) -> bool {
        // Terraform writes `true` in `after_unknown` for what is not known, and leaves it out of
        // `after`
        // (https://developer.hashicorp.com/terraform/internals/json-format#change-representation).
        self.unknown.get(name) == Some(&Value::Bool(true))
    }

    /// Whether the resource's type has a block or an attribute of this name.
    pub(super) fn has(&self, name: &str) -> bool {
        self.after.get(name).is_some() || self.unknown.get(name).is_some()
    }

    /// The expression for a block of which the plan does not say what it becomes.
    pub(super) fn open(&self, name: &str) -> Node {
        Node {
            kind: NodeKind::Symbolic(Expression::open(format!("${{{}.{name}}}", self.path))),
            position: None,
            pointer: Some(format!("{}.{name}", self.path).into()),
        }
    }

    /// What an attribute refers to.
    pub(super) fn reference(&self, name: &str) -> Option<Reference<'b>> {
        let (expressions, scope) = self.expressions?;
        scope.resolve(expressions.get(name)?)
    }

    /// An attribute; `None` where there is none.
    pub(super) fn attribute(&self, name: &str) -> Option<Node> {
        let kind = if self.is_unknown(name) {
            let path = self.path.as_str();
            let reference = self.reference(name);
            let own = AttributeOf { path, name };
            NodeKind::Symbolic(symbol(self.plan, own, reference.as_ref()))
        } else {
            match self.after.get(name)? {
                // The provider's schema has every attribute in `after`; null is "not set".
                Value::Null => return None,
                Value::String(text) => match of_plan(text).into_text() {
                    Ok(text) => NodeKind::Text(text),
                    Err(expression) => NodeKind::Symbolic(expression),
                },
                value => self.items(name, Node::from_value(value, str::to_owned).kind),
            }
        };
        Some(Node {
            kind,
            position: None,
            pointer: Some(format!("{}.{name}", self.path).into()),
        })
    }

    /// A value whose items, where it is a list, stand at places of their own.
    fn items(&self, name: &str, mut kind: NodeKind) -> NodeKind {
        if let NodeKind::List(items) = &mut kind {
            for (at, item) in items.iter_mut().enumerate() {
                item.pointer = Some(format!("{}.{name}[{at}]", self.path).into());
            }
        }
        kind
    }

    /// The blocks of a name; the expression that makes all of them, where that is not known.
    pub(super) fn blocks(&self, name: &str) -> Result<Vec<Block<'b>>, Node> {
        if self.is_unknown(name) {
            // `dynamic` blocks over a value that is not known: how many there will be is open.
            return Err(self.open(name));
        }
        let items = self.after.get(name).and_then(Value::as_array);
        let items = items.map_or(&[][..], Vec::as_slice);
        let unknown = self.unknown.get(name);
        let blocks = items.iter().enumerate().map(|(at, after)| Block {
            plan: self.plan,
            after,
            unknown: unknown.and_then(|it| it.get(at)).unwrap_or(&Value::Null),
            expressions: self.expressions_of(name, after, items.len()),
            path: format!("{}.{name}[{at}]", self.path),
        });
        Ok(blocks.collect())
    }

    /// The first block of a name.
    pub(super) fn block(&self, name: &str) -> Result<Option<Block<'b>>, Node> {
        Ok(self.blocks(name)?.into_iter().next())
    }

    /// Which block of the configuration makes one of the plan's: sets have no order, so it is the
    /// only one, or the one with the same constant; none once comparing took too long, as if the
    /// configuration did not say.
    fn expressions_of(
        &self,
        name: &str,
        after: &Value,
        count: usize,
    ) -> Option<(&'b Value, &'b Scope<'b>)> {
        const NAMES: [&str; 3] = ["origin_id", "path_pattern", "name"];
        let (expressions, scope) = self.expressions?;
        let all = expressions.get(name)?.as_array()?;
        if let ([only], 1) = (all.as_slice(), count) {
            return Some((only, scope));
        }
        // A plan of thousands of origins against as many blocks would be millions of comparisons.
        self.plan.comparisons.spend(all.len()).ok()?;
        let same = |expression: &&Value| {
            NAMES.iter().any(|key| {
                let constant = expression.get(key).and_then(|it| it.get("constant_value"));
                constant.is_some() && constant == after.get(key)
            })
        };
        all.iter().find(same).map(|found| (found, scope))
    }
}

/// A text as Terraform sends it: all that is filled in before is, and only a tenant's parameters still
/// stand in double braces.
fn of_plan(text: &str) -> Expression {
    let mut whole = Expression::default();
    let mut rest = text;
    while let Some((before, from)) = rest.split_once("{{")
        && let Some((name, after)) = from.split_once("}}")
    {
        whole.push_str(before);
        whole.push(&Expression::open(format!("{{{{{name}}}}}")));
        rest = after;
    }
    whole.push_str(rest);
    whole
}
