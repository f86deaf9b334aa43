use std::borrow::Cow;

use super::Change;
use crate::distribution::{Distribution, Part};

/// What a comparison has found so far.
#[derive(Debug)]
pub(super) struct Found {
    pub changes: Vec<Change>,
    pub open: Vec<Open>,
    /// Whether equal expressions of both sides are equal values.
    pub has_exact_expressions: bool,
    /// Whether both sides are multi-tenant distributions, in which a tenant's parameters stay as they are
    /// written.
    has_tenants: bool,
}

/// What could not be compared.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Open {
    /// Of which part of the config.
    pub subject: Part,
    /// Which field of it; `None` is the whole.
    pub field: Option<Cow<'static, str>>,
    /// Why.
    pub reason: Reason,
}

/// Why something could not be compared.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Reason {
    /// One side leaves it to the deployment.
    NotDecidedYet,
    /// One side hides it: the value of a custom header.
    Hidden,
    /// One side leaves it out whatever it is, as a list of distributions does.
    Omitted,
}

impl Open {
    /// What could not be compared: "origin `assets`: custom header `X-Key`".
    #[must_use]
    pub fn what(&self) -> String {
        what(&self.subject, self.field.as_deref())
    }
}

/// A part, or a field of it, for reports.
pub(super) fn what(subject: &Part, field: Option<&str>) -> String {
    match field {
        Some(field) => format!("{subject}: {field}"),
        None => subject.to_string(),
    }
}

impl Found {
    pub(super) fn new(baseline: &Distribution, candidate: &Distribution) -> Self {
        Self {
            changes: Vec::new(),
            open: Vec::new(),
            has_exact_expressions: baseline.exact_expressions && candidate.exact_expressions,
            has_tenants: baseline.multi_tenant && candidate.multi_tenant,
        }
    }

    /// Whether values that are spelt alike are the same, although they hold expressions.
    pub(super) fn is_exact(&self, values: &[String]) -> bool {
        let is_of_tenants = || values.iter().all(|value| !value.contains("${"));
        self.has_exact_expressions || self.has_tenants && is_of_tenants()
    }

    pub(super) fn leave_open(
        &mut self,
        part: &Part,
        field: Option<Cow<'static, str>>,
        reason: Reason,
    ) {
        self.open.push(Open {
            subject: part.clone(),
            field,
            reason,
        });
    }
}
