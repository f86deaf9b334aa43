//! References to what is not there: CloudFormation refuses the template.
//!
//! Nothing is said where a macro may still make it, or where a decision that is open may leave the
//! reference out too.

use std::fmt;

use super::TemplateError;
use super::evaluate::Evaluator;
use super::template::{Resource, Section};
use crate::document::{Node, Pointer};
use crate::nearest::nearest;

/// A function that names what is made elsewhere in a template.
#[derive(Clone, Copy)]
pub(super) enum Naming {
    Ref,
    GetAtt,
}

impl fmt::Display for Naming {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Ref => "Ref",
            Self::GetAtt => "Fn::GetAtt",
        })
    }
}

impl Evaluator<'_> {
    /// Refuses a reference to a resource that is left out, since its condition does not hold.
    pub(super) fn must_be_made(
        &self,
        resource: &Resource<'_>,
        function: Naming,
        node: &Node,
        pointer: &Pointer,
    ) -> Result<(), TemplateError> {
        // An error here ends the reading of the template, so nothing less than certain may cause
        // it.
        if !self.is_certain() || self.template.has_macros() {
            return Ok(());
        }
        match resource.condition() {
            Some(condition) if self.condition(condition)? == Some(false) => {
                let problem = format!(
                    "{function} names the resource `{}`, which is not made: its condition `{condition}` \
                     does not hold",
                    resource.id
                );
                Err(TemplateError::at(node, pointer, problem))
            }
            _ => Ok(()),
        }
    }

    /// Refuses a reference to a name that the template does not define.
    pub(super) fn must_be_made_elsewhere(
        &self,
        name: &str,
        function: Naming,
        node: &Node,
        pointer: &Pointer,
    ) -> Result<(), TemplateError> {
        if self.template.may_add(name) {
            return Ok(());
        }
        if self.template.entry(Section::Parameters, name).is_some() {
            let problem =
                format!("{function} names `{name}`, which is a parameter and has no attributes");
            return Err(TemplateError::at(node, pointer, problem));
        }
        let near = nearest(name, self.template.names())
            .map_or_else(String::new, |near| format!("; did you mean `{near}`?"));
        let problem =
            format!("{function} names `{name}`, which the template does not define{near}");
        Err(TemplateError::at(node, pointer, problem))
    }

    /// Refuses a condition that the template does not define.
    pub(super) fn must_have_condition(
        &self,
        name: &str,
        node: &Node,
        pointer: &Pointer,
    ) -> Result<(), TemplateError> {
        if self.template.has_macros() || self.template.entry(Section::Conditions, name).is_some() {
            return Ok(());
        }
        let near = nearest(name, self.template.names_of(Section::Conditions))
            .map_or_else(String::new, |near| format!("; did you mean `{near}`?"));
        let problem = format!("there is no condition `{name}` in the template{near}");
        Err(TemplateError::at(node, pointer, problem))
    }
}
