//! How what is not known before the plan is applied is spelt.

use super::names::{bucket_of, name_of};
use super::natures;
use super::plan::Plan;
use super::references::Reference;
use crate::distribution::{Partition, Region};
use crate::document::{Expression, Referent, Symbol};

/// An attribute of a block: the way to the block, and its name there.
#[derive(Clone, Copy)]
pub(super) struct AttributeOf<'a> {
    pub path: &'a str,
    pub name: &'a str,
}

/// The expression for an attribute that refers to this.
///
/// Two places with the same references need not have the same value, so each has an expression of
/// its own, but for what can only stand there as it is.
pub(super) fn symbol(
    plan: &Plan,
    AttributeOf { path, name }: AttributeOf<'_>,
    reference: Option<&Reference<'_>>,
) -> Expression {
    if let Some(derived) = reference.and_then(|reference| derived(plan, name, reference)) {
        return derived;
    }
    match reference {
        Some(Reference { text, .. }) if !text.is_empty() => {
            let symbol = Symbol {
                referent: Referent::MadeFrom(text.clone()),
                nature: natures::of_reference(text),
            };
            Expression::of(format!("${{{text} → {path}.{name}}}"), symbol)
        }
        _ => Expression::open(format!("${{{path}.{name}}}")),
    }
}

/// What an attribute is that refers to one which fits there alone: a whole domain as a domain, an ID
/// as that ID.
fn derived(plan: &Plan, name: &str, reference: &Reference<'_>) -> Option<Expression> {
    let known = |text: &str| Expression::known(text);
    let (resource, attribute) = reference.resource.as_ref()?;
    let bucket = || name_of(resource, "bucket");
    let region = || match &resource.region {
        Some(region) => known(region),
        None => Expression::open(format!("${{{}.region}}", resource.address)),
    };
    let parsed = resource.region.as_deref().and_then(Region::parse);
    let suffix = parsed.map_or(Partition::Aws.suffix(), |region| region.suffix());
    let end = || known(&format!(".{suffix}"));
    let parts = match (name, resource.kind.as_str(), attribute.as_deref()?) {
        // The provider builds these attributes from name and region as S3 documents its endpoints,
        // so they are known before the bucket is made.
        ("domain_name", "aws_s3_bucket", "bucket_domain_name") => {
            vec![bucket(), known(".s3"), end()]
        }
        ("domain_name", "aws_s3_bucket", "bucket_regional_domain_name") => {
            vec![bucket(), known(".s3."), region(), end()]
        }
        ("domain_name", "aws_s3_bucket", "website_endpoint") => {
            vec![bucket(), known(".s3-website-"), region(), end()]
        }
        ("domain_name", "aws_s3_bucket_website_configuration", "website_endpoint") => {
            let bucket = bucket_of(plan, resource).unwrap_or_else(bucket);
            vec![bucket, known(".s3-website-"), region(), end()]
        }
        (
            "origin_access_identity",
            "aws_cloudfront_origin_access_identity",
            "cloudfront_access_identity_path",
        ) => vec![
            known("origin-access-identity/cloudfront/"),
            name_of(resource, "id"),
        ],
        ("origin_access_control_id", "aws_cloudfront_origin_access_control", "id")
        | ("vpc_origin_id", "aws_cloudfront_vpc_origin", "id") => vec![name_of(resource, "id")],
        _ => return None,
    };
    Some(Expression::concat(&parts))
}
