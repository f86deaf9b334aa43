use std::collections::BTreeMap;

use foldhash::{HashMap, HashMapExt};
use serde::Deserialize;
use serde::de::DeserializeOwned;
use serde_json::Value;
use serde_json::value::RawValue;

use super::PlanError;
use super::address::{Address, without_index};
use super::module::Module;
use super::provider;
use crate::distribution::Hidden;
use crate::document::{Budget, UsedUp, values_of};

/// A plan, as far as it is needed
/// (<https://developer.hashicorp.com/terraform/internals/json-format#plan-representation>).
pub(super) struct Plan {
    /// What changes, or stays as it is, of the types that matter here, in the order of the plan.
    pub resources: Vec<Resource>,
    /// What is there now, and is deleted: also in the place of what is made anew.
    pub deleted: Vec<Resource>,
    /// The addresses of distributions of a type that is not read.
    pub unread: Vec<String>,
    /// Whether it ended with an error, and therefore is incomplete.
    pub is_errored: bool,
    /// Whether the provider sends `S3OriginConfig` for an origin of a multi-tenant distribution without
    /// any config; `None` where that depends on its version.
    pub sends_s3_config: Option<bool>,
    /// What the plan marks as sensitive.
    pub hidden: Hidden,
    /// `configuration.root_module`
    pub root: Module,
    /// How many blocks of the configuration may still be held against those of resources.
    pub comparisons: Budget,
    by_address: HashMap<String, usize>,
    /// The resources of an address without its index.
    instances: HashMap<String, Instances>,
}

enum Instances {
    One(usize),
    Several,
}

/// A resource: as it is after the plan is applied, or as it was.
#[derive(Debug, Clone)]
pub(super) struct Resource {
    /// Such as `module.site["a"].aws_s3_bucket.this[0]`.
    pub address: String,
    /// Such as `aws_s3_bucket`.
    pub kind: String,
    /// What is there now.
    pub before: Value,
    /// What will be there, without what is not known.
    pub after: Value,
    /// `true` in the place of what is not known.
    pub unknown: Value,
    /// Its region, where the plan says that: its own, or its provider's.
    pub region: Option<String>,
}

#[derive(Deserialize)]
struct Document<'a> {
    #[serde(borrow)]
    resource_changes: Option<Vec<ResourceChange<'a>>>,
    errored: Option<bool>,
    #[serde(borrow)]
    configuration: Option<Configuration<'a>>,
    variables: Option<BTreeMap<String, Variable>>,
}

#[derive(Deserialize)]
struct ResourceChange<'a> {
    address: String,
    mode: Option<String>,
    #[serde(rename = "type")]
    kind: String,
    #[serde(borrow)]
    change: &'a RawValue,
}

#[derive(Deserialize)]
struct Actions {
    #[serde(default)]
    actions: Vec<String>,
}

#[derive(Deserialize)]
struct ChangeRepresentation {
    #[serde(default)]
    before: Value,
    #[serde(default)]
    after: Value,
    #[serde(default)]
    after_unknown: Value,
    #[serde(default)]
    before_sensitive: Value,
    #[serde(default)]
    after_sensitive: Value,
}

/// A variable's value, and whether its declaration marks it.
#[derive(Deserialize)]
struct Variable {
    #[serde(default)]
    value: Value,
}

#[derive(Deserialize)]
struct Configuration<'a> {
    #[serde(borrow)]
    provider_config: Option<&'a RawValue>,
    #[serde(borrow)]
    root_module: Option<&'a RawValue>,
}

const KINDS: [&str; 15] = [
    super::DISTRIBUTION,
    super::MULTI_TENANT,
    "aws_cloudfront_origin_access_control",
    "aws_cloudfront_origin_access_identity",
    "aws_cloudfront_vpc_origin",
    "aws_kms_key",
    "aws_lambda_function_url",
    "aws_lambda_permission",
    "aws_s3_access_point",
    "aws_s3_bucket",
    "aws_s3_bucket_ownership_controls",
    "aws_s3_bucket_policy",
    "aws_s3_bucket_public_access_block",
    "aws_s3_bucket_server_side_encryption_configuration",
    "aws_s3_bucket_website_configuration",
];

/// Distributions of another provider, whose attributes are those of CloudFormation
/// (<https://registry.terraform.io/providers/hashicorp/awscc/latest/docs/resources/cloudfront_distribution>).
const NOT_READ: &str = "awscc_cloudfront_distribution";

/// Longer than any name or address: each value of a resource keeps the way to it, which begins with
/// its address.
const LONGEST_NAME: usize = 4_096;

/// A hundred distributions with a hundred origins each, all written out, take a million.
const MOST_COMPARISONS: usize = 2_000_000;

impl Plan {
    /// Reads `terraform show -json` of a plan; of other types nothing is kept, and of what is, at most
    /// so many values.
    pub(super) fn read(content: &[u8], most_values: usize) -> Result<Self, PlanError> {
        let document: Document<'_> =
            serde_json::from_slice(content).map_err(|error| PlanError(without_values(&error)))?;
        let budget = Budget::of(most_values);
        let mut plan = Self {
            resources: Vec::new(),
            deleted: Vec::new(),
            unread: Vec::new(),
            is_errored: document.errored == Some(true),
            sends_s3_config: None,
            root: Module::default(),
            hidden: Hidden::default(),
            comparisons: Budget::of(MOST_COMPARISONS),
            by_address: HashMap::new(),
            instances: HashMap::new(),
        };
        for change in document.resource_changes.unwrap_or_default() {
            plan.add(change, &budget)?;
        }
        let part = |part: Option<&RawValue>| match part {
            Some(part) => parse(part, &budget, 1).map_err(PlanError),
            None => Ok(Value::Null),
        };
        let configuration = document.configuration.as_ref();
        let providers = part(configuration.and_then(|it| it.provider_config))?;
        plan.sends_s3_config = provider::sends_s3_config(&providers);
        let root = part(configuration.and_then(|it| it.root_module))?;
        for (name, variable) in document.variables.unwrap_or_default() {
            let is_marked = || {
                root.get("variables")?
                    .get(&name)?
                    .get("sensitive")?
                    .as_bool()
            };
            let marks = is_marked().unwrap_or_default().into();
            hide(
                &mut plan.hidden,
                &format!("var.{name}"),
                &variable.value,
                &marks,
            );
        }
        plan.root = Module::of(root);
        plan.place(&providers);
        Ok(plan)
    }

    /// Keeps a change of a type that matters.
    fn add(&mut self, change: ResourceChange<'_>, budget: &Budget) -> Result<(), PlanError> {
        let is_managed = change.mode.as_deref().is_none_or(|mode| mode == "managed");
        let is_read = KINDS.contains(&change.kind.as_str());
        if !is_managed || !is_read && change.kind != NOT_READ {
            return Ok(());
        }
        let address = change.address;
        if address.len() > LONGEST_NAME {
            let begin: String = address.chars().take(80).collect();
            return Err(PlanError(format!(
                "the address `{begin}…` has more than {LONGEST_NAME} bytes"
            )));
        }
        let wrong = |problem: String| PlanError(format!("{address}: {problem}"));
        let Actions { actions } = serde_json::from_str(change.change.get())
            .map_err(|error| wrong(without_values(&error)))?;
        // `forget` leaves the resource there and takes it out of the state: it is no longer this
        // plan's to judge.
        let is_gone = actions == ["delete"] || actions == ["forget"];
        if !is_read {
            self.unread.extend((!is_gone).then_some(address));
            return Ok(());
        }
        let ChangeRepresentation {
            before,
            after,
            after_unknown,
            before_sensitive,
            after_sensitive,
        } = parse(change.change, budget, 1 + address.len() / 256).map_err(wrong)?;
        hide(&mut self.hidden, &address, &before, &before_sensitive);
        hide(&mut self.hidden, &address, &after, &after_sensitive);
        let resource = Resource {
            address,
            kind: change.kind,
            before,
            after,
            unknown: after_unknown,
            region: None,
        };
        let deletes = actions.iter().any(|action| action == "delete");
        if is_gone {
            self.deleted.extend(deletes.then_some(resource));
            return Ok(());
        }
        // A plan that was cut to hide secrets would otherwise read as one without origins.
        if super::READ.contains(&resource.kind.as_str()) && !resource.after.is_object() {
            return Err(PlanError(format!(
                "it does not say what {} becomes: its `after` is missing, as in a plan that was cut or redacted",
                resource.address
            )));
        }
        // A replacement has both actions, in either order.
        if deletes {
            self.deleted.push(resource.clone());
        }
        self.resources.push(resource);
        Ok(())
    }

    /// Finds out where each resource is, and how it is found.
    fn place(&mut self, providers: &Value) {
        for (at, resource) in self.resources.iter_mut().enumerate() {
            let declared = self.root.declared(&Address::parse(&resource.address));
            let provider = declared.and_then(|it| it.provider.as_deref());
            let region = resource.text("region");
            // From version 6 on, each resource of the provider can have a `region` of its own.
            let region = region.or_else(|| region_of(providers, provider));
            resource.region = region.map(str::to_owned);
            let address = resource.address.as_str();
            self.by_address.entry(address.to_owned()).or_insert(at);
            self.instances
                .entry(without_index(address).0.to_owned())
                .and_modify(|it| *it = Instances::Several)
                .or_insert(Instances::One(at));
        }
    }

    /// The resource of an address.
    pub(super) fn resource(&self, address: &str) -> Option<&Resource> {
        self.resources.get(*self.by_address.get(address)?)
    }

    /// The resource that an address means: without its index where there is one only.
    pub(super) fn instance(&self, address: &str) -> Option<&Resource> {
        let only = || match self.instances.get(address) {
            Some(Instances::One(at)) => self.resources.get(*at),
            _ => None,
        };
        self.resource(address).or_else(only)
    }

    /// The resources of a type.
    pub(super) fn of_kind<'p>(&'p self, kind: &'p str) -> impl Iterator<Item = &'p Resource> {
        self.resources.iter().filter(move |it| it.kind == kind)
    }
}

/// Hides the texts and numbers of a value at a place where its mirror of marks has `true`, for it or for
/// all that is in it
/// (<https://developer.hashicorp.com/terraform/internals/json-format#change-representation>).
fn hide(hidden: &mut Hidden, place: &str, value: &Value, marks: &Value) {
    match (marks, value) {
        (Value::Bool(true), _) => {
            hidden.add_place(place.to_owned());
            hide_all(hidden, value);
        }
        (Value::Array(marks), Value::Array(items)) => {
            for (at, (item, marks)) in items.iter().zip(marks).enumerate() {
                hide(hidden, &format!("{place}[{at}]"), item, marks);
            }
        }
        (Value::Object(marks), _) => {
            for (name, marks) in marks {
                let field = value.get(name).unwrap_or(&Value::Null);
                hide(hidden, &format!("{place}.{name}"), field, marks);
            }
        }
        _ => {}
    }
}

fn hide_all(hidden: &mut Hidden, value: &Value) {
    match value {
        Value::String(text) => hidden.add(text),
        Value::Number(number) => hidden.add_whole(&number.to_string()),
        Value::Array(items) => items.iter().for_each(|item| hide_all(hidden, item)),
        Value::Object(fields) => fields.values().for_each(|field| hide_all(hidden, field)),
        Value::Bool(_) | Value::Null => {}
    }
}

/// Why a text is not what it should be: an error about data quotes a value, which may be sensitive.
fn without_values(error: &serde_json::Error) -> String {
    if !error.is_data() {
        return error.to_string();
    }
    format!(
        "the value at line {}, column {} is not what a plan has there",
        error.line(),
        error.column()
    )
}

/// A part that is read; most of a large plan is not. What each of its values weighs is more
/// than one where the way to it is long, which each keeps.
fn parse<T: DeserializeOwned>(
    part: &RawValue,
    budget: &Budget,
    weight: usize,
) -> Result<T, String> {
    budget
        .spend(values_of(part.get().as_bytes()) * weight)
        .map_err(|UsedUp| {
            "what matters of it has more values than the function's memory holds, 800 for each megabyte of its \
             MemorySize".to_owned()
        })?;
    serde_json::from_str(part.get()).map_err(|error| without_values(&error))
}

/// The region that a provider's configuration writes out; of a resource without one, that of the only
/// provider there is.
fn region_of<'v>(providers: &'v Value, key: Option<&str>) -> Option<&'v str> {
    let mut configured = providers.as_object()?.values();
    let provider = match (key, configured.next(), configured.next()) {
        (Some(key), _, _) => {
            let own = providers.get(key)?;
            match key.rsplit_once(':') {
                // `module.a:aws` without a block of its own is the root's `aws`.
                Some((_, name)) if own.get("expressions").is_none() => providers.get(name)?,
                _ => own,
            }
        }
        // Only one provider configuration: it is the one, even where the resource's own is not
        // recorded.
        (None, Some(only), None) => only,
        _ => return None,
    };
    provider
        .pointer("/expressions/region/constant_value")?
        .as_str()
}

impl Resource {
    /// A text that will be there, where it is known.
    pub(super) fn text(&self, name: &str) -> Option<&str> {
        self.after.get(name)?.as_str()
    }

    /// A name, ID or ARN that will be there, where it is known. It is repeated wherever something
    /// refers to it, so one that is longer than any is none.
    pub(super) fn name(&self, attribute: &str) -> Option<&str> {
        let text = self.text(attribute)?;
        (text.len() <= LONGEST_NAME).then_some(text)
    }

    /// Whether the plan makes it.
    pub(super) fn is_new(&self) -> bool {
        self.before.is_null()
    }
}
