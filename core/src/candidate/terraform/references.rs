//! What an attribute that is not known yet is made from, as the plan's `configuration` says.

use serde_json::Value;

use super::address::{Address, split_output, split_reference};
use super::module::{Call, Module};
use super::plan::{Plan, Resource};

/// Longer chains of modules than anybody builds.
const MAX_DEPTH: usize = 20;

/// Longer lists of references than anybody reads, in bytes.
const LONGEST: usize = 500;

/// What an expression refers to. The plan lists that and nothing else of the expression: `b.id` and
/// `"s3-${b.id}"` have the same references.
#[derive(Debug, Clone)]
pub(super) struct Reference<'p> {
    /// In one spelling; empty where there is nothing to say.
    pub text: String,
    /// The one resource, and the attribute, where the plan says that.
    pub resource: Option<(&'p Resource, Option<String>)>,
}

/// Where a resource's expressions stand: in which instance of which modules, and in which instance
/// of the resource.
#[derive(Clone)]
pub(super) struct Scope<'p> {
    plan: &'p Plan,
    frames: Vec<Frame<'p>>,
    index: Option<String>,
}

/// An instance of a module.
#[derive(Clone)]
struct Frame<'p> {
    module: &'p Module,
    /// How it was called; the root was not.
    call: Option<&'p Call>,
    index: Option<String>,
    /// What the addresses in it begin with.
    prefix: String,
}

impl<'p> Scope<'p> {
    /// The expressions of a resource, and where they stand; a resource that the configuration does
    /// not declare has none.
    pub(super) fn of(plan: &'p Plan, address: &str) -> Option<(&'p Value, Self)> {
        let address = Address::parse(address);
        let mut frames = vec![Frame {
            module: &plan.root,
            call: None,
            index: None,
            prefix: String::new(),
        }];
        for step in &address.modules {
            let call = frames.last()?.module.call(step.name)?;
            frames.push(Frame {
                module: &call.module,
                call: Some(call),
                index: step.index.map(str::to_owned),
                prefix: step.prefix.to_owned(),
            });
        }
        let declared = frames.last()?.module.resource(address.declared)?;
        let scope = Self {
            plan,
            frames,
            index: address.index.map(str::to_owned),
        };
        Some((&declared.expressions, scope))
    }

    /// What an expression such as `{"references": […]}` refers to.
    pub(super) fn resolve(&self, expression: &Value) -> Option<Reference<'p>> {
        self.resolve_within(expression, MAX_DEPTH)
    }

    fn resolve_within(&self, expression: &Value, depth: usize) -> Option<Reference<'p>> {
        let whole = whole(expression.get("references")?.as_array()?);
        let frame = self.frames.last()?;
        let other = || Reference {
            text: spelt(&frame.prefix, &whole),
            resource: None,
        };
        let followed = match (whole.as_slice(), depth.checked_sub(1)) {
            // Exactly one reference: with two, the value is made of both, and the plan does not say
            // how.
            ([only], Some(depth)) => {
                if let Some(variable) = only.strip_prefix("var.") {
                    self.given(variable, depth)
                } else if let Some(output) = only.strip_prefix("module.") {
                    self.output(output, depth)
                } else {
                    self.named(only)
                }
            }
            ([of, key @ ("each.key" | "count.index")], _) => self.alike(of, key),
            _ => None,
        };
        Some(followed.unwrap_or_else(other))
    }

    /// What was given as a variable, where the module was called.
    fn given(&self, variable: &str, depth: usize) -> Option<Reference<'p>> {
        let (frame, parents) = self.frames.split_last()?;
        let expression = frame.call?.given.get(variable)?;
        let caller = Self {
            plan: self.plan,
            // A variable is evaluated where the module is called, so its references are names of
            // the caller.
            frames: parents.to_vec(),
            index: frame.index.clone(),
        };
        caller.resolve_within(expression, depth)
    }

    /// `name.output`, or `name[0].output`, of a module that this one calls.
    fn output(&self, reference: &str, depth: usize) -> Option<Reference<'p>> {
        let (name, index, output) = split_output(reference)?;
        let frame = self.frames.last()?;
        let call = frame.module.call(name)?;
        let mut called = self.clone();
        called.frames.push(Frame {
            module: &call.module,
            call: Some(call),
            index: index.map(str::to_owned),
            prefix: format!(
                "{}module.{name}{}.",
                frame.prefix,
                index.unwrap_or_default()
            ),
        });
        called.resolve_within(call.module.output(output)?, depth)
    }

    /// A resource of this very instance of the module.
    fn named(&self, reference: &str) -> Option<Reference<'p>> {
        let (resource, attribute) = split_reference(reference);
        let prefix = &self.frames.last()?.prefix;
        // Within the same instance of the module: `module.site["a"]` and `module.site["b"]` declare
        // the same names.
        let resource = self.plan.instance(&format!("{prefix}{resource}"))?;
        Some(Reference {
            text: spelt(prefix, &[reference]),
            resource: Some((resource, attribute.map(str::to_owned))),
        })
    }

    /// `of[each.key]`, of which the plan lists `of` and `each.key`: the instance with this one's key.
    /// Of the attribute that follows it says nothing.
    fn alike(&self, of: &str, key: &str) -> Option<Reference<'p>> {
        if split_reference(of).1.is_some() {
            return None;
        }
        let index = self.index.as_deref()?;
        let prefix = &self.frames.last()?.prefix;
        Some(Reference {
            text: spelt(prefix, &[of, key]),
            resource: Some((self.plan.resource(&format!("{prefix}{of}{index}"))?, None)),
        })
    }
}

/// The references that are no beginning of another one: each is listed with those, `a.b.id` and then
/// `a.b`.
///
/// None of a longer list than can be spelt: it is gone through for each value that refers to it.
fn whole(references: &[Value]) -> Vec<&str> {
    if references.len() > LONGEST {
        return Vec::new();
    }
    let all: Vec<&str> = references.iter().filter_map(Value::as_str).collect();
    let mut sorted = all.clone();
    sorted.sort_unstable();
    let goes_on = |one: &str| {
        ['.', '['].iter().any(|mark| {
            let longer = format!("{one}{mark}");
            let at = sorted.partition_point(|it| *it < longer.as_str());
            sorted.get(at).is_some_and(|it| it.starts_with(&longer))
        })
    };
    all.into_iter().filter(|one| !goes_on(one)).collect()
}

fn spelt(prefix: &str, references: &[&str]) -> String {
    let length: usize = references
        .iter()
        .map(|it| prefix.len() + it.len() + 1)
        .sum();
    if length > LONGEST {
        return String::new();
    }
    let names: Vec<String> = references
        .iter()
        .map(|it| format!("{prefix}{it}"))
        .collect();
    names.join(" ")
}
