//! How what is not known before the plan is applied is spelt.

use super::plan::Plan;
use super::references::Reference;

/// The name of what a resource becomes: its own where the plan has it, else `${address}`.
pub fn name_of(plan: &Plan, address: &str, attribute: &str) -> String {
    let resource = plan.resources.iter().find(|it| it.address == address);
    let known = resource.and_then(|it| it.text(attribute));
    known.map_or_else(|| format!("${{{address}}}"), str::to_owned)
}

/// The expression for an attribute that refers to this; `own` is the way to the attribute.
pub fn symbol(plan: &Plan, reference: Option<&Reference<'_>>, own: &str) -> String {
    match reference {
        Some(Reference::Attribute { address, attribute }) => of_attribute(plan, address, attribute),
        Some(Reference::Other(text)) if !text.is_empty() => format!("${{{text} → {own}}}"),
        _ => format!("${{{own}}}"),
    }
}

fn of_attribute(plan: &Plan, address: &str, attribute: &str) -> String {
    let kind = plan
        .resources
        .iter()
        .find(|it| it.address == address)
        .map_or("", |it| it.kind.as_str());
    let region = || {
        plan.region
            .clone()
            .unwrap_or_else(|| "${region}".to_owned())
    };
    let bucket = || name_of(plan, address, "bucket");
    match (kind, attribute) {
        ("aws_s3_bucket", "id" | "bucket") => bucket(),
        ("aws_s3_bucket", "arn") => format!("arn:aws:s3:::{}", bucket()),
        ("aws_s3_bucket", "bucket_domain_name") => format!("{}.s3.amazonaws.com", bucket()),
        ("aws_s3_bucket", "bucket_regional_domain_name") => {
            format!("{}.s3.{}.amazonaws.com", bucket(), region())
        }
        ("aws_s3_bucket", "website_endpoint") => {
            format!("{}.s3-website-{}.amazonaws.com", bucket(), region())
        }
        ("aws_s3_bucket_website_configuration", "website_endpoint") => {
            let bucket = super::planned::bucket_of(plan, address);
            format!("{bucket}.s3-website-{}.amazonaws.com", region())
        }
        ("aws_cloudfront_origin_access_identity", "cloudfront_access_identity_path") => {
            format!(
                "origin-access-identity/cloudfront/{}",
                name_of(plan, address, "id")
            )
        }
        (
            "aws_cloudfront_origin_access_identity"
            | "aws_cloudfront_origin_access_control"
            | "aws_cloudfront_vpc_origin",
            "id",
        ) => name_of(plan, address, "id"),
        ("aws_kms_key", "id" | "key_id" | "arn") => name_of(plan, address, "arn"),
        _ => format!("${{{address}.{attribute}}}"),
    }
}
