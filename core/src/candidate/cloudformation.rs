//! CloudFormation, SAM and CDK templates: each distribution as it will be deployed, and what the
//! template itself makes and so is known to be there.
//!
//! Follows <https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-cloudfront-distribution.html>
//! and <https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/intrinsic-function-reference.html>.
//! What can be known is computed, and what cannot stays an expression.

mod access_points;
mod allowed;
mod attributes;
mod conditions;
mod evaluate;
mod for_each;
mod function_urls;
mod functions;
mod natures;
mod nested;
mod parameters;
mod planned;
mod spelling;
mod template;
mod undefined;
mod variables;

use std::collections::BTreeSet;

use crate::candidate::stack::{Stack, place_of};
use crate::distribution::{AccountId, DistributionId, LiteralVariable, Place, Unread};
use crate::document::{Node, NodeKind, Pointer};
use crate::facts::Facts;
use crate::model::{self, Deviation, Form};
use evaluate::Evaluator;
pub use parameters::{ParameterError, Parameters};
use template::Template;

/// What is known about a deployment beside the template.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Deployment {
    /// The account that it goes to.
    pub account: Option<AccountId>,
    /// The region of the stack.
    pub region: Option<String>,
    /// Values of the template's parameters.
    pub parameters: Parameters,
    /// Physical IDs of what is deployed already, by logical ID.
    pub physical_ids: Vec<(String, String)>,
    /// Values of the parameters of the stack as it is deployed, for those that have no other.
    pub previous: Parameters,
    /// Outputs of the stack as it is deployed, by name.
    pub outputs: Vec<(String, String)>,
}

impl Deployment {
    /// Takes over what is known of the deployed stack.
    pub fn take_stack(&mut self, stack: Stack) {
        let (region, account) = place_of(&stack.arn);
        // The stack's own ARN is the better source: the pipeline may run in another region than the
        // stack.
        self.region = region.or(self.region.take());
        self.account = account.or(self.account.take());
        for (name, value) in stack.parameters {
            self.previous.set(name, value);
        }
        self.physical_ids.extend(stack.physical_ids);
        self.outputs.extend(stack.outputs);
    }
}

impl Deployment {
    /// Keeps of the deployed stack only what the template refers to: the values of its own parameters
    /// that are no secrets, and its own outputs. The stack may be another one's.
    pub(super) fn narrow_to(&mut self, template: &Node) {
        let section = |name: &str| template.get(name);
        let parameters = section("Parameters");
        self.previous.retain(|name| {
            let parameter = parameters.and_then(|all| all.get(name));
            parameter.is_some_and(|parameter| !allowed::is_secret(parameter))
        });
        let outputs = section("Outputs");
        let is_looped =
            outputs.is_some_and(|all| all.keys().any(|key| key.starts_with(for_each::PREFIX)));
        if !is_looped {
            self.outputs
                .retain(|(name, _)| outputs.is_some_and(|all| all.get(name).is_some()));
        }
    }
}

/// Why a template cannot be read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct TemplateError {
    /// What is wrong.
    pub problem: String,
    /// Where.
    pub place: Place,
}

impl TemplateError {
    fn at(node: &Node, pointer: &Pointer, problem: impl Into<String>) -> Self {
        Self {
            problem: problem.into(),
            place: Place {
                pointer: pointer.into(),
                position: node.position,
            },
        }
    }
}

/// A distribution of a template.
#[derive(Debug, Clone)]
pub(super) struct Found {
    /// Its logical ID.
    pub logical_id: String,
    /// Its ID, where it is deployed already and that is known.
    pub id: Option<DistributionId>,
    /// Its ARN as far as it is known.
    pub arn: String,
    /// Its config in the spelling of CloudFront's API.
    pub config: Node,
    /// Where it is not as CloudFormation's schema says.
    pub deviations: Vec<Deviation>,
    /// Variables in plain texts of it, and of what it refers to.
    pub variables: Vec<LiteralVariable>,
}

/// What a template has.
#[derive(Debug, Clone, Default)]
pub(super) struct Read {
    /// Its distributions, in its order.
    pub found: Vec<Found>,
    /// What it makes.
    pub planned: Facts,
    /// The parameters whose defaults were taken for that.
    pub defaults: BTreeSet<String>,
    /// What is in other documents.
    pub unread: Vec<Unread>,
}

/// The type of the resources that are judged.
const DISTRIBUTION: &str = "AWS::CloudFront::Distribution";

/// Whether a document is a template.
#[must_use]
pub(super) fn is_template(document: &Node) -> bool {
    let has_resources = document
        .get("Resources")
        .is_some_and(|node| matches!(node.kind, NodeKind::Map(_)));
    has_resources || document.get("AWSTemplateFormatVersion").is_some()
}

/// Reads a template's distributions, in its order and no more than one beyond `most`, and what it
/// makes.
///
/// # Errors
/// What is wrong, and where.
pub(super) fn read(
    document: &Node,
    deployment: &Deployment,
    most: usize,
) -> Result<Read, TemplateError> {
    let template = Template::new(document)?;
    allowed::check(&template, &deployment.parameters)?;
    let written = Evaluator::new(&template, deployment);
    let document = for_each::unroll(document, &written)?;
    let template = Template::new(&document)?;
    let mut evaluator = Evaluator::new(&template, deployment);
    evaluator.defaults = written.defaults;
    evaluator.take_outputs();
    let mut found = Vec::new();
    for resource in template.resources() {
        if resource.kind != DISTRIBUTION || evaluator.is_left_out(&resource)? {
            continue;
        }
        if found.len() > most {
            break;
        }
        let Some(config) = evaluator.property(&resource, "DistributionConfig")? else {
            return Err(TemplateError::at(
                resource.node,
                &resource.place(),
                format!("`{}` has no DistributionConfig", resource.id),
            ));
        };
        found.push(Found {
            logical_id: resource.id.to_owned(),
            id: evaluator.physical_id(resource.id).map(DistributionId::from),
            arn: evaluator.distribution_arn(resource.id),
            deviations: model::deviations(&config, "", Form::Template),
            config: spelling::of_api(config),
            variables: Vec::new(),
        });
    }
    // What beside the distributions stays out of it.
    let defaults = evaluator.defaults.take();
    let mut variables = evaluator.variables.take();
    let planned = planned::of(&evaluator)?;
    let in_policies =
        |literal: &LiteralVariable| literal.place.pointer.contains("/PolicyDocument/");
    variables.extend(evaluator.variables.take().into_iter().filter(in_policies));
    for found in &mut found {
        found.variables = variables::of(&found.logical_id, &variables);
    }
    Ok(Read {
        found,
        planned,
        defaults,
        unread: nested::of(&evaluator)?,
    })
}

/// The logical IDs of a template's distributions, made under whatever condition.
#[must_use]
pub(super) fn logical_ids(document: &Node) -> Vec<String> {
    let Some(NodeKind::Map(entries)) = document.get("Resources").map(|node| &node.kind) else {
        return Vec::new();
    };
    let is_distribution = |node: &Node| node.get("Type").and_then(Node::text) == Some(DISTRIBUTION);
    let ids = entries.iter().filter(|(_, node)| is_distribution(node));
    ids.map(|(id, _)| id.clone()).collect()
}

#[cfg(test)]
mod tests;
