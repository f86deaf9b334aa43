use super::TemplateError;
use super::evaluate::{Evaluator, spelling};
use super::template::Section;
use crate::document::{Node, NodeKind, Pointer};

/// What is known of a condition.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum State {
    /// It is being evaluated.
    Entered,
    /// Its value; `None` is for the deployment to decide.
    Known(Option<bool>),
}

impl Evaluator<'_> {
    /// A condition's value; `None` is for the deployment to decide.
    pub(super) fn condition(&self, name: &str) -> Result<Option<bool>, TemplateError> {
        let state = self.conditions.borrow().get(name).copied();
        let Some(node) = self.template.entry(Section::Conditions, name) else {
            return Ok(None);
        };
        let pointer = Pointer::default().member("Conditions").member(name);
        match state {
            Some(State::Known(value)) => return Ok(value),
            // CloudFormation refuses circular conditions; without this, evaluating one would never
            // end.
            Some(State::Entered) => {
                return Err(TemplateError::at(
                    node,
                    &pointer,
                    format!("the condition `{name}` depends on itself"),
                ));
            }
            None => {}
        }
        let mut conditions = self.conditions.borrow_mut();
        conditions.insert(name.to_owned(), State::Entered);
        drop(conditions);
        let value = self.holds(node, &pointer);
        let mut conditions = self.conditions.borrow_mut();
        match &value {
            Ok(value) => conditions.insert(name.to_owned(), State::Known(*value)),
            // Not kept as entered: a later read would report a circle that is not there.
            Err(_) => conditions.remove(name),
        };
        value
    }

    fn holds(&self, node: &Node, pointer: &Pointer) -> Result<Option<bool>, TemplateError> {
        self.deeper(node, pointer, || self.decide(node, pointer))
    }

    fn decide(&self, node: &Node, pointer: &Pointer) -> Result<Option<bool>, TemplateError> {
        let NodeKind::Map(entries) = &node.kind else {
            return Ok(match &node.kind {
                NodeKind::Bool(flag) => Some(*flag),
                _ => None,
            });
        };
        let [(function, arguments)] = entries.as_slice() else {
            return Err(TemplateError::at(
                node,
                pointer,
                "a condition is one function, such as Fn::Equals",
            ));
        };
        let below = pointer.member(function);
        let list = || match &arguments.kind {
            NodeKind::List(items) => Ok(items.as_slice()),
            _ => Err(TemplateError::at(
                arguments,
                &below,
                format!("{function} takes a list"),
            )),
        };
        let each = |items: &[Node]| -> Result<Vec<Option<bool>>, TemplateError> {
            let values = items.iter().enumerate();
            values
                .map(|(at, item)| self.holds(item, &below.item(at)))
                .collect()
        };
        match function.as_str() {
            "Condition" => match arguments.text() {
                Some(name) => {
                    self.must_have_condition(name, arguments, &below)?;
                    self.condition(name)
                }
                None => Ok(None),
            },
            "Fn::Not" => Ok(each(list()?)?
                .first()
                .copied()
                .flatten()
                .map(|value| !value)),
            // Every operand is evaluated, also after one that decides, so that a mistake in any is
            // reported.
            "Fn::And" => {
                let values = each(list()?)?;
                Ok(decided(&values, false))
            }
            "Fn::Or" => {
                let values = each(list()?)?;
                Ok(decided(&values, true))
            }
            "Fn::Equals" => {
                let [one, other] = list()? else {
                    return Err(TemplateError::at(
                        arguments,
                        &below,
                        "Fn::Equals takes two values",
                    ));
                };
                let one = self.value(one, &below.item(0))?;
                let other = self.value(other, &below.item(1))?;
                Ok(equal(one.as_ref(), other.as_ref()))
            }
            _ => Ok(None),
        }
    }
}

/// One of `deciding` decides; else all must be known.
fn decided(values: &[Option<bool>], deciding: bool) -> Option<bool> {
    if values.contains(&Some(deciding)) {
        return Some(deciding);
    }
    let all_known = values.iter().all(Option::is_some);
    all_known.then_some(!deciding)
}

fn equal(one: Option<&Node>, other: Option<&Node>) -> Option<bool> {
    let (one, other) = (spelling(one?)?, spelling(other?)?);
    // Unequal is decided as soon as the known parts differ, whatever the rest becomes.
    let is_decided = one.is_known() && other.is_known() || !one.may_equal(&other);
    (one == other || is_decided).then(|| one == other)
}
