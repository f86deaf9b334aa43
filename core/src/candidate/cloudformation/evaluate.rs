use std::cell::{Cell, RefCell};
use std::collections::BTreeSet;

use foldhash::{HashMap, HashMapExt};

use super::conditions::State;
use super::for_each;
use super::functions::as_written;
use super::template::{Resource, Section, Template};
use super::{Deployment, TemplateError};
use crate::distribution::{LiteralVariable, Place};
use crate::document::{
    Budget, Expression, ExpressionPart, MOST_VALUES, Nature, Node, NodeKind, Pointer, Referent,
    Symbol, UsedUp, weight_of,
};

/// Resolves the values of a template.
pub(super) struct Evaluator<'t> {
    pub template: &'t Template<'t>,
    pub deployment: &'t Deployment,
    pub conditions: RefCell<HashMap<String, State>>,
    /// What `Ref` gives of resources, as far as that was asked for.
    pub references: RefCell<HashMap<String, Reference>>,
    /// The parameters whose defaults were taken.
    pub defaults: RefCell<BTreeSet<String>>,
    /// Variables in plain texts, which stay as they are.
    pub variables: RefCell<Vec<LiteralVariable>>,
    /// Physical IDs of what is deployed already, by logical ID.
    pub physical_ids: HashMap<&'t str, &'t str>,
    /// What expressions stand for, as outputs of the deployed stack show it.
    known: HashMap<Expression, String>,
    /// How many values led to the one that is being resolved.
    depth: Cell<usize>,
    /// How many decisions that are open stand around it.
    perhaps: Cell<usize>,
    /// What may still be made: functions can repeat a value many times.
    budget: Budget,
}

/// What `Ref` gives of a resource.
#[derive(Debug, Clone)]
pub(super) enum Reference {
    /// It is being resolved.
    Entered,
    /// The name, or an expression.
    Known(NodeKind),
}

/// Deeper than any template is nested, or leads from one name to the next, and far from the end of
/// the stack.
const DEEPEST: usize = 150;

/// A template is gone through once for each of its distributions, and for the resources beside them.
const MOST_RESOLVED: usize = 2 * MOST_VALUES;

impl<'t> Evaluator<'t> {
    pub(super) fn new(template: &'t Template<'t>, deployment: &'t Deployment) -> Self {
        let mut physical_ids = HashMap::new();
        for (logical, physical) in &deployment.physical_ids {
            let id = physical_ids.entry(logical.as_str());
            id.or_insert(physical.as_str());
        }
        Self {
            template,
            deployment,
            conditions: RefCell::default(),
            references: RefCell::default(),
            defaults: RefCell::default(),
            variables: RefCell::default(),
            physical_ids,
            known: HashMap::new(),
            depth: Cell::default(),
            perhaps: Cell::default(),
            budget: Budget::of(MOST_RESOLVED),
        }
    }

    /// An output whose value is one open expression says what that stands for. Outputs are resolved
    /// apart: the defaults that they take are not those that a distribution is judged with.
    pub(super) fn take_outputs(&mut self) {
        let apart = Self::new(self.template, self.deployment);
        let mut known = HashMap::new();
        for (name, value) in &self.deployment.outputs {
            let output = self.template.entry(Section::Outputs, name);
            let Some(node) = output.and_then(|output| output.get("Value")) else {
                continue;
            };
            let pointer = Pointer::default()
                .member("Outputs")
                .member(name)
                .member("Value");
            if let Ok(Some(Node {
                kind: NodeKind::Symbolic(expression),
                ..
            })) = apart.value(node, &pointer)
            {
                known.insert(expression, value.clone());
            }
        }
        self.known = known;
    }

    /// What an expression stands for, where an output of the deployed stack shows it.
    pub(super) fn known(&self, expression: Expression) -> NodeKind {
        match self.known.get(&expression) {
            Some(value) => NodeKind::Text(value.clone()),
            None => NodeKind::Symbolic(expression),
        }
    }

    /// Whether a resource's condition is known not to hold.
    pub(super) fn is_left_out(&self, resource: &Resource<'_>) -> Result<bool, TemplateError> {
        match resource.condition() {
            Some(name) => {
                let pointer = resource.place().member("Condition");
                self.must_have_condition(name, resource.node, &pointer)?;
                Ok(self.condition(name)? == Some(false))
            }
            None => Ok(false),
        }
    }

    /// Resolves what is there only if a decision that is still open goes one way.
    pub(super) fn perhaps<T>(&self, resolve: impl FnOnce() -> T) -> T {
        self.perhaps.set(self.perhaps.get() + 1);
        let result = resolve();
        self.perhaps.set(self.perhaps.get() - 1);
        result
    }

    /// Whether what is being resolved is there for certain.
    pub(super) fn is_certain(&self) -> bool {
        self.perhaps.get() == 0
    }

    /// A property of a resource, as far as it can be resolved; one that an include may bring is open.
    pub(super) fn property(
        &self,
        resource: &Resource<'_>,
        name: &str,
    ) -> Result<Option<Node>, TemplateError> {
        if let Some(node) = resource.property(name) {
            return self.value(node, &resource.pointer(name));
        }
        let whole = resource.place();
        let properties = resource.node.get("Properties");
        let properties = properties.map(|node| (node, whole.member("Properties")));
        for (node, pointer) in properties.into_iter().chain([(resource.node, whole)]) {
            if node.keys().any(|key| inserted(key).is_some()) {
                return self.value(node, &pointer);
            }
        }
        Ok(None)
    }

    /// A value with its functions resolved, as far as can be; `None` is `AWS::NoValue`.
    pub(super) fn value(
        &self,
        node: &Node,
        pointer: &Pointer,
    ) -> Result<Option<Node>, TemplateError> {
        self.spend(weight(&node.kind), node, pointer)?;
        self.deeper(node, pointer, || self.resolved(node, pointer))
    }

    /// One step further from where it began.
    pub(super) fn deeper<T>(
        &self,
        node: &Node,
        pointer: &Pointer,
        step: impl FnOnce() -> Result<T, TemplateError>,
    ) -> Result<T, TemplateError> {
        let depth = self.depth.get();
        // Depth is bounded and not only size: each level is a call on the stack, and a stack that
        // overflows ends the process without an answer to the job.
        if depth == DEEPEST {
            let problem =
                format!("values are nested, or refer to others, more than {DEEPEST} deep");
            return Err(TemplateError::at(node, pointer, problem));
        }
        // The way is there as long as the step takes, and what is made keeps it.
        self.spend(weight_of(pointer.as_str().len()) - 1, node, pointer)?;
        self.depth.set(depth + 1);
        let result = step();
        self.depth.set(depth);
        result
    }

    fn resolved(&self, node: &Node, pointer: &Pointer) -> Result<Option<Node>, TemplateError> {
        let kind = match &node.kind {
            NodeKind::Map(entries) => match entries.as_slice() {
                // A map with one key that is a function's name is a call; with more keys it is an
                // object.
                [(name, arguments)] if is_function(name) => {
                    return self.call(name, arguments, node, pointer);
                }
                _ => match node.keys().find_map(inserted) {
                    Some(function) => as_written(function, node),
                    None => self.object(entries, pointer)?,
                },
            },
            NodeKind::List(items) => {
                let mut list = Vec::with_capacity(items.len());
                for (at, item) in items.iter().enumerate() {
                    // `AWS::NoValue` in a list removes the item, as CloudFormation does.
                    list.extend(self.value(item, &pointer.item(at))?);
                }
                NodeKind::List(list)
            }
            NodeKind::Text(text) => {
                self.note_variables(text, node, pointer);
                kind_of(self.literal(text))
            }
            other => other.clone(),
        };
        Ok(Some(place(kind, node, pointer)))
    }

    /// A text as it stands in the template. `${Name}` outside `Fn::Sub` is literal where it names
    /// something of the template; any other placeholder is another tool's, which fills it in before.
    pub(super) fn literal(&self, text: &str) -> Expression {
        let mut whole = Expression::default();
        for part in Expression::of_placeholders(text).parts() {
            match part {
                ExpressionPart::Open(open)
                    if self.is_variable(open.spelling)
                        || open.spelling.starts_with("{{resolve:")
                        || open.spelling.starts_with("{{") && !open.spelling.ends_with("}}") =>
                {
                    whole.push_str(open.spelling);
                }
                _ => whole.push_part(part),
            }
        }
        looked_up(&whole)
    }

    fn note_variables(&self, text: &str, node: &Node, pointer: &Pointer) {
        let text = Expression::of_placeholders(text);
        let variables = text
            .symbols()
            .map(|open| open.spelling)
            .filter(|spelling| self.is_variable(spelling))
            .map(|variable| LiteralVariable {
                place: Place {
                    pointer: node
                        .pointer
                        .as_deref()
                        .unwrap_or(pointer.as_str())
                        .to_owned(),
                    position: node.position,
                },
                variable: variable.to_owned(),
            });
        self.variables.borrow_mut().extend(variables);
    }

    /// Whether `${Name}` in a plain text means something of the template, and no macro can put its value
    /// there.
    fn is_variable(&self, placeholder: &str) -> bool {
        let name = placeholder.strip_prefix("${");
        let Some(name) = name.and_then(|rest| rest.strip_suffix('}')) else {
            return false;
        };
        !self.template.has_custom_macros() && self.template.defines(name)
    }

    /// Takes what is about to be made out of the budget.
    pub(super) fn spend(
        &self,
        weight: usize,
        node: &Node,
        pointer: &Pointer,
    ) -> Result<(), TemplateError> {
        self.budget.spend(weight).map_err(|UsedUp| {
            let problem = format!("resolving it makes more than {MOST_RESOLVED} values");
            TemplateError::at(node, pointer, problem)
        })
    }

    fn object(
        &self,
        entries: &[(String, Node)],
        pointer: &Pointer,
    ) -> Result<NodeKind, TemplateError> {
        let mut object = Vec::with_capacity(entries.len());
        for (key, value) in entries {
            // And in an object, the property.
            if let Some(value) = self.value(value, &pointer.member(key))? {
                object.push((key.clone(), value));
            }
        }
        Ok(NodeKind::Map(object))
    }

    /// A value as a text, an expression where it is not known; `None` where it is neither.
    pub(super) fn text(
        &self,
        node: &Node,
        pointer: &Pointer,
    ) -> Result<Option<Expression>, TemplateError> {
        Ok(self.value(node, pointer)?.as_ref().and_then(spelling))
    }
}

/// What a scalar weighs, or a list or map without what is in it.
pub(super) fn weight(kind: &NodeKind) -> usize {
    match kind {
        NodeKind::Text(text) | NodeKind::Number(text) => weight_of(text.len()),
        NodeKind::Symbolic(expression) => weight_of(expression.spelling().len()),
        _ => 1,
    }
}

/// A value that stands where a node of the template does.
pub(super) fn place(kind: NodeKind, node: &Node, pointer: &Pointer) -> Node {
    Node {
        kind,
        position: node.position,
        pointer: Some(pointer.as_str().into()),
    }
}

/// A scalar, or the expression in its place.
pub(super) fn spelling(node: &Node) -> Option<Expression> {
    match &node.kind {
        NodeKind::Text(text) | NodeKind::Number(text) => Some(Expression::known(text)),
        NodeKind::Symbolic(expression) => Some(expression.clone()),
        NodeKind::Bool(flag) => Some(Expression::known(flag.to_string())),
        _ => None,
    }
}

/// A text, or the expression in its place.
pub(super) fn kind_of(expression: Expression) -> NodeKind {
    match expression.into_text() {
        Ok(text) => NodeKind::Text(text),
        Err(expression) => NodeKind::Symbolic(expression),
    }
}

/// A text whose `{{resolve:…}}` are symbols, what is in one too: CloudFormation looks them up
/// (<https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/dynamic-references.html>). In other
/// double braces stand placeholders of another tool, or the parameters of a tenant.
pub(super) fn looked_up(text: &Expression) -> Expression {
    if !text.spelling().contains("{{") {
        return text.clone();
    }
    let mut whole = Expression::default();
    let mut reference: Option<String> = None;
    for part in text.parts() {
        match (part, &mut reference) {
            (ExpressionPart::Open(open), Some(reference)) => reference.push_str(open.spelling),
            (ExpressionPart::Open(_), None) => whole.push_part(part),
            (ExpressionPart::Known(text), _) => look_up(text, &mut reference, &mut whole),
        }
    }
    // One that does not end is none.
    match reference {
        Some(_) => text.clone(),
        None => whole,
    }
}

/// Goes on with a known part, within a reference or outside.
fn look_up(text: &str, reference: &mut Option<String>, whole: &mut Expression) {
    let mut rest = text;
    loop {
        let mark = if reference.is_some() { "}}" } else { "{{" };
        let Some((before, after)) = rest.split_once(mark) else {
            match reference {
                Some(reference) => reference.push_str(rest),
                None => whole.push_str(rest),
            }
            return;
        };
        rest = after;
        if let Some(reference) = reference.take() {
            whole.push(&double_braces(&(reference + before)));
        } else {
            whole.push_str(before);
            *reference = Some(String::new());
        }
    }
}

fn double_braces(within: &str) -> Expression {
    if !within.starts_with("resolve:") {
        return Expression::open(format!("{{{{{within}}}}}"));
    }
    let symbol = Symbol {
        referent: Referent::Call(within.to_owned()),
        nature: Nature::Any,
    };
    Expression::of(format!("${{{within}}}"), symbol)
}

/// The function that puts other keys, which only the deployment knows, in the place of this one: of
/// an object that has it, no key is missing.
fn inserted(key: &str) -> Option<&'static str> {
    if key == "Fn::Transform" {
        Some("Fn::Transform")
    } else {
        key.starts_with(for_each::PREFIX).then_some("Fn::ForEach")
    }
}

fn is_function(name: &str) -> bool {
    name == "Ref" || name.starts_with("Fn::") && !name.starts_with(for_each::PREFIX)
}
