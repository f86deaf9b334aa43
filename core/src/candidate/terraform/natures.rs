//! What the values of attributes of the provider's resources have in common
//! (<https://registry.terraform.io/providers/hashicorp/aws/latest/docs>).
//!
//! A plan says what an expression refers to, and not what it does with that: of `split("/",
//! aws_lambda_function_url.api.function_url)[2]` it lists the URL alone. So that one refers to a URL
//! proves only that the value is no bucket's domain.

use super::address::{Address, split_reference};
use crate::document::Nature;

const NATURES: [(&str, &str, Nature); 38] = [
    ("aws_alb", "arn", Nature::Arn),
    ("aws_alb", "dns_name", Nature::Host),
    ("aws_amplify_app", "default_domain", Nature::Host),
    ("aws_api_gateway_deployment", "invoke_url", Nature::OfUrl),
    (
        "aws_api_gateway_domain_name",
        "cloudfront_domain_name",
        Nature::Host,
    ),
    (
        "aws_api_gateway_domain_name",
        "regional_domain_name",
        Nature::Host,
    ),
    ("aws_api_gateway_stage", "invoke_url", Nature::OfUrl),
    ("aws_apigatewayv2_api", "api_endpoint", Nature::OfUrl),
    ("aws_apigatewayv2_stage", "invoke_url", Nature::OfUrl),
    ("aws_apprunner_service", "service_url", Nature::Host),
    ("aws_cloudfront_distribution", "arn", Nature::Arn),
    ("aws_cloudfront_distribution", "domain_name", Nature::Host),
    ("aws_eip", "public_dns", Nature::Host),
    ("aws_eip", "public_ip", Nature::OfIp),
    ("aws_eks_cluster", "endpoint", Nature::OfUrl),
    ("aws_elastic_beanstalk_environment", "cname", Nature::Host),
    (
        "aws_elastic_beanstalk_environment",
        "endpoint_url",
        Nature::Host,
    ),
    ("aws_elasticsearch_domain", "endpoint", Nature::Host),
    ("aws_elb", "arn", Nature::Arn),
    ("aws_elb", "dns_name", Nature::Host),
    (
        "aws_globalaccelerator_accelerator",
        "dns_name",
        Nature::Host,
    ),
    ("aws_instance", "private_dns", Nature::Host),
    ("aws_instance", "private_ip", Nature::OfIp),
    ("aws_instance", "public_dns", Nature::Host),
    ("aws_instance", "public_ip", Nature::OfIp),
    ("aws_lambda_function", "arn", Nature::Arn),
    ("aws_lambda_function", "invoke_arn", Nature::Arn),
    ("aws_lambda_function_url", "function_arn", Nature::Arn),
    ("aws_lambda_function_url", "function_url", Nature::OfUrl),
    ("aws_lb", "arn", Nature::Arn),
    ("aws_lb", "dns_name", Nature::Host),
    ("aws_lb", "id", Nature::Arn),
    ("aws_lightsail_container_service", "url", Nature::OfUrl),
    ("aws_lightsail_distribution", "domain_name", Nature::Host),
    ("aws_opensearch_domain", "endpoint", Nature::Host),
    ("aws_s3_bucket", "arn", Nature::Arn),
    ("aws_sqs_queue", "arn", Nature::Arn),
    ("aws_sqs_queue", "url", Nature::OfUrl),
];

/// Of a value that refers to this and to nothing else.
pub(super) fn of_reference(reference: &str) -> Nature {
    let declared = Address::parse(reference).declared;
    // A data source is read as the resource of the same name.
    let declared = declared.strip_prefix("data.").unwrap_or(declared);
    let (resource, attribute) = split_reference(declared);
    let kind = resource.split('.').next().unwrap_or_default();
    let own = NATURES
        .iter()
        .find(|(of, name, _)| *of == kind && Some(*name) == attribute);
    own.map_or(Nature::Any, |(_, _, nature)| *nature)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_reference_leads_to_what_its_attribute_is() {
        for (reference, nature) in [
            ("aws_lb.web.dns_name", Nature::Host),
            ("module.a[\"x.y\"].aws_lb.web[0].dns_name", Nature::Host),
            ("data.aws_lb.web.dns_name", Nature::Host),
            ("aws_lambda_function_url.api.function_url", Nature::OfUrl),
            ("aws_s3_bucket.site.arn", Nature::Arn),
            ("aws_s3_bucket.site.id", Nature::Any),
            ("aws_lb.web", Nature::Any),
            ("var.domain", Nature::Any),
            ("local.hosts", Nature::Any),
            ("", Nature::Any),
        ] {
            assert_eq!(of_reference(reference), nature, "{reference}");
        }
    }
}
