//! How what is not known before the plan is applied is spelt.

use super::plan::{Plan, Resource};
use super::planned::bucket_of;
use super::references::Reference;

/// The name of what a resource becomes: its own where the plan has it, else `${address}`.
pub fn name_of(resource: &Resource, attribute: &str) -> String {
    let known = resource.text(attribute);
    known.map_or_else(|| format!("${{{}}}", resource.address), str::to_owned)
}

/// The expression for an attribute that refers to this; `own` is the way to the attribute.
pub fn symbol(plan: &Plan, reference: Option<&Reference<'_>>, own: &str) -> String {
    let derived = reference.and_then(|reference| derived(plan, reference));
    derived.unwrap_or_else(|| match reference {
        Some(Reference { text, .. }) if !text.is_empty() => format!("${{{text} → {own}}}"),
        _ => format!("${{{own}}}"),
    })
}

fn derived(plan: &Plan, reference: &Reference<'_>) -> Option<String> {
    let (resource, attribute) = reference.resource.as_ref()?;
    let region = || match &resource.region {
        Some(region) => region.clone(),
        None => format!("${{{}.region}}", resource.address),
    };
    let bucket = || name_of(resource, "bucket");
    Some(match (resource.kind.as_str(), attribute.as_deref()?) {
        ("aws_s3_bucket", "id" | "bucket") => bucket(),
        ("aws_s3_bucket", "bucket_domain_name") => format!("{}.s3.amazonaws.com", bucket()),
        ("aws_s3_bucket", "bucket_regional_domain_name") => {
            format!("{}.s3.{}.amazonaws.com", bucket(), region())
        }
        ("aws_s3_bucket", "website_endpoint") => {
            format!("{}.s3-website-{}.amazonaws.com", bucket(), region())
        }
        ("aws_s3_bucket_website_configuration", "website_endpoint") => {
            let bucket = bucket_of(plan, resource).unwrap_or_else(|| name_of(resource, "bucket"));
            format!("{bucket}.s3-website-{}.amazonaws.com", region())
        }
        ("aws_cloudfront_origin_access_identity", "cloudfront_access_identity_path") => {
            format!(
                "origin-access-identity/cloudfront/{}",
                name_of(resource, "id")
            )
        }
        (
            "aws_cloudfront_origin_access_identity"
            | "aws_cloudfront_origin_access_control"
            | "aws_cloudfront_vpc_origin",
            "id",
        ) => name_of(resource, "id"),
        _ => return None,
    })
}
