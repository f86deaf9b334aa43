//! What an attribute that is not known yet is made from, as the plan's `configuration` says.

use serde_json::Value;

use super::plan::Plan;

/// Longer chains of modules than anybody builds.
const MAX_DEPTH: usize = 20;

/// What an expression refers to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Reference<'p> {
    /// One attribute of one resource of the plan.
    Attribute {
        /// The resource's address.
        address: &'p str,
        /// Such as `bucket_regional_domain_name`.
        attribute: String,
    },
    /// Something else, in one spelling.
    Other(String),
}

/// A module of the configuration, and the way to it.
#[derive(Clone, Copy)]
pub struct Scope<'p> {
    plan: &'p Plan,
    module: &'p Value,
    parent: Option<&'p Scope<'p>>,
    call: Option<&'p Value>,
    name: &'p str,
}

impl Plan {
    /// The expressions of a resource's block in the configuration, and then what `read` makes of
    /// them; a resource that is not there has none.
    pub fn with_expressions<T>(
        &self,
        address: &str,
        read: impl FnOnce(Option<(&Value, &Scope<'_>)>) -> T,
    ) -> T {
        let root = Scope {
            plan: self,
            module: &self.root,
            parent: None,
            call: None,
            name: "",
        };
        let (modules, local) = split_address(address);
        root.descend(&modules, &local, read)
    }
}

impl Scope<'_> {
    fn descend<T>(
        &self,
        modules: &[String],
        local: &str,
        read: impl FnOnce(Option<(&Value, &Scope<'_>)>) -> T,
    ) -> T {
        let Some((name, rest)) = modules.split_first() else {
            let found = self
                .module
                .get("resources")
                .and_then(Value::as_array)
                .into_iter()
                .flatten()
                .find(|it| it.get("address").and_then(Value::as_str) == Some(local))
                .and_then(|it| it.get("expressions"));
            return read(found.map(|expressions| (expressions, self)));
        };
        let call = self
            .module
            .get("module_calls")
            .and_then(|calls| calls.get(name));
        match call.and_then(|call| Some((call, call.get("module")?))) {
            Some((call, module)) => Scope {
                plan: self.plan,
                module,
                parent: Some(self),
                call: Some(call),
                name,
            }
            .descend(rest, local, read),
            None => read(None),
        }
    }

    /// What an expression such as `{"references": […]}` refers to.
    pub fn resolve(&self, expression: &Value) -> Option<Reference<'_>> {
        self.resolve_within(expression, MAX_DEPTH)
    }

    fn resolve_within(&self, expression: &Value, depth: usize) -> Option<Reference<'_>> {
        let references: Vec<&str> = expression
            .get("references")?
            .as_array()?
            .iter()
            .filter_map(Value::as_str)
            .collect();
        // Each is listed with its beginnings: `a.b.id` and then `a.b`.
        let is_whole = |one: &&str| {
            let goes_on = |other: &&str| {
                other
                    .strip_prefix(*one)
                    .is_some_and(|rest| rest.starts_with(['.', '[']))
            };
            !references.iter().any(goes_on)
        };
        let whole: Vec<&str> = references.iter().copied().filter(is_whole).collect();
        let prefix = self.path();
        let other = || {
            let names: Vec<String> = whole.iter().map(|name| format!("{prefix}{name}")).collect();
            Some(Reference::Other(names.join(" ")))
        };
        let ([only], Some(depth)) = (whole.as_slice(), depth.checked_sub(1)) else {
            return other();
        };
        if let Some(variable) = only.strip_prefix("var.")
            && let (Some(parent), Some(call)) = (self.parent, self.call)
            && let Some(given) = call.get("expressions").and_then(|it| it.get(variable))
        {
            return parent.resolve_within(given, depth).or_else(other);
        }
        if let Some(output) = only.strip_prefix("module.") {
            return self.output(output, depth).or_else(other);
        }
        let Some((local, attribute)) = split_reference(only) else {
            return other();
        };
        let address = format!("{prefix}{local}");
        match self.instance(&address) {
            Some(address) => Some(Reference::Attribute {
                address,
                attribute: attribute.to_owned(),
            }),
            None => other(),
        }
    }

    /// `name.output`, or `name[0].output`, of a module that this one calls.
    fn output(&self, reference: &str, depth: usize) -> Option<Reference<'_>> {
        let (module, output) = reference.split_once('.')?;
        let name = module.split('[').next()?;
        let output = output.split(['.', '[']).next()?;
        let call = self.module.get("module_calls")?.get(name)?;
        let inner = call.get("module")?;
        let expression = inner.get("outputs")?.get(output)?.get("expression")?;
        let scope = Scope {
            plan: self.plan,
            module: inner,
            parent: Some(self),
            call: Some(call),
            name,
        };
        // What it refers to is named by its own path, which outlives the scope.
        Some(match scope.resolve_within(expression, depth)? {
            Reference::Attribute { address, attribute } => Reference::Attribute {
                address: self
                    .plan
                    .resources
                    .iter()
                    .map(|it| it.address.as_str())
                    .find(|it| *it == address)?,
                attribute,
            },
            Reference::Other(text) => Reference::Other(text),
        })
    }

    /// The one resource of the plan that an address means; without its index where there is one only.
    fn instance(&self, address: &str) -> Option<&str> {
        let all = || self.plan.resources.iter().map(|it| it.address.as_str());
        if let Some(found) = all().find(|it| *it == address) {
            return Some(found);
        }
        let mut fitting = all().filter(|it| without_indices(it) == without_indices(address));
        let first = fitting.next()?;
        fitting.next().is_none().then_some(first)
    }

    /// `module.a.module.b.`, empty for the root.
    fn path(&self) -> String {
        match self.parent {
            Some(parent) => format!("{}module.{}.", parent.path(), self.name),
            None => String::new(),
        }
    }
}

/// The names of the modules in an address, and the rest without its index.
fn split_address(address: &str) -> (Vec<String>, String) {
    let plain = without_indices(address);
    let mut modules = Vec::new();
    let mut rest = plain.as_str();
    while let Some(after) = rest.strip_prefix("module.") {
        let Some((name, after)) = after.split_once('.') else {
            break;
        };
        modules.push(name.to_owned());
        rest = after;
    }
    (modules, rest.to_owned())
}

/// `aws_s3_bucket.site[0].arn` → the resource and the attribute.
fn split_reference(reference: &str) -> Option<(&str, &str)> {
    let (kind, rest) = reference.split_once('.')?;
    let in_brackets = |at: usize| {
        let before = &rest[..at];
        before.matches('[').count() > before.matches(']').count()
    };
    let (at, _) = rest.match_indices('.').find(|(at, _)| !in_brackets(*at))?;
    let local = &reference[..kind.len() + 1 + at];
    Some((local, &rest[at + 1..]))
}

/// An address without `[0]` and `["key"]`.
fn without_indices(address: &str) -> String {
    let mut plain = String::with_capacity(address.len());
    let mut depth = 0_usize;
    let mut quoted = false;
    for c in address.chars() {
        match c {
            '"' if depth > 0 => quoted = !quoted,
            '[' if !quoted => depth += 1,
            ']' if !quoted => depth = depth.saturating_sub(1),
            _ if depth == 0 => plain.push(c),
            _ => {}
        }
    }
    plain
}
