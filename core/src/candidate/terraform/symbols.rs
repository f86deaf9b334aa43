//! How what is not known before the plan is applied is spelt.

use super::plan::{Plan, Resource};
use super::planned::bucket_of;
use super::references::Reference;
use crate::distribution::{Partition, Region};

/// The name of what a resource becomes: its own where the plan has it, else `${address}`.
pub fn name_of(resource: &Resource, attribute: &str) -> String {
    let known = resource.name(attribute);
    known.map_or_else(|| format!("${{{}}}", resource.address), str::to_owned)
}

/// The expression for an attribute `name` that refers to this; `own` is the way to the attribute.
///
/// Two places with the same references need not have the same value, so each has an expression of
/// its own, but for what can only stand there as it is.
pub fn symbol(plan: &Plan, name: &str, reference: Option<&Reference<'_>>, own: &str) -> String {
    let derived = reference.and_then(|reference| derived(plan, name, reference));
    derived.unwrap_or_else(|| match reference {
        Some(Reference { text, .. }) if !text.is_empty() => format!("${{{text} → {own}}}"),
        _ => format!("${{{own}}}"),
    })
}

/// What an attribute is that refers to one which fits there alone: a whole domain as a domain, an ID
/// as that ID.
fn derived(plan: &Plan, name: &str, reference: &Reference<'_>) -> Option<String> {
    let (resource, attribute) = reference.resource.as_ref()?;
    let bucket = || name_of(resource, "bucket");
    let region = || match &resource.region {
        Some(region) => region.clone(),
        None => format!("${{{}.region}}", resource.address),
    };
    let parsed = resource.region.as_deref().and_then(Region::parse);
    let suffix = parsed.map_or(Partition::Aws.suffix(), |region| region.suffix());
    Some(
        match (name, resource.kind.as_str(), attribute.as_deref()?) {
            ("domain_name", "aws_s3_bucket", "bucket_domain_name") => {
                format!("{}.s3.{suffix}", bucket())
            }
            ("domain_name", "aws_s3_bucket", "bucket_regional_domain_name") => {
                format!("{}.s3.{}.{suffix}", bucket(), region())
            }
            ("domain_name", "aws_s3_bucket", "website_endpoint") => {
                format!("{}.s3-website-{}.{suffix}", bucket(), region())
            }
            ("domain_name", "aws_s3_bucket_website_configuration", "website_endpoint") => {
                let bucket =
                    bucket_of(plan, resource).unwrap_or_else(|| name_of(resource, "bucket"));
                format!("{bucket}.s3-website-{}.{suffix}", region())
            }
            (
                "origin_access_identity",
                "aws_cloudfront_origin_access_identity",
                "cloudfront_access_identity_path",
            ) => format!(
                "origin-access-identity/cloudfront/{}",
                name_of(resource, "id")
            ),
            ("origin_access_control_id", "aws_cloudfront_origin_access_control", "id")
            | ("vpc_origin_id", "aws_cloudfront_vpc_origin", "id") => name_of(resource, "id"),
            _ => return None,
        },
    )
}
