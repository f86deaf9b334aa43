//! What the values of references and attributes have in common, as CloudFormation documents them.
//!
//! Of what is not in here nothing is known: an attribute may be newer than this table.

use super::attributes::Attribute;
use crate::document::Nature;

/// The attributes of a resource type whose values are of one nature. Sources: "Return values" on the
/// page of each type, <https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/>.
const ATTRIBUTES: [(&str, &str, Nature); 35] = [
    ("AWS::Amplify::App", "DefaultDomain", Nature::Host),
    (
        "AWS::ApiGateway::DomainName",
        "DistributionDomainName",
        Nature::Host,
    ),
    (
        "AWS::ApiGateway::DomainName",
        "RegionalDomainName",
        Nature::Host,
    ),
    ("AWS::ApiGateway::RestApi", "RestApiId", Nature::Word),
    ("AWS::ApiGateway::RestApi", "RootResourceId", Nature::Word),
    ("AWS::ApiGatewayV2::Api", "ApiEndpoint", Nature::Url),
    ("AWS::ApiGatewayV2::Api", "ApiId", Nature::Word),
    (
        "AWS::ApiGatewayV2::DomainName",
        "RegionalDomainName",
        Nature::Host,
    ),
    ("AWS::AppRunner::Service", "ServiceUrl", Nature::Host),
    ("AWS::AppSync::GraphQLApi", "GraphQLDns", Nature::Host),
    ("AWS::AppSync::GraphQLApi", "GraphQLUrl", Nature::Url),
    ("AWS::AppSync::GraphQLApi", "RealtimeDns", Nature::Host),
    ("AWS::AppSync::GraphQLApi", "RealtimeUrl", Nature::Url),
    ("AWS::CloudFront::Distribution", "DomainName", Nature::Host),
    ("AWS::CloudFront::Distribution", "Id", Nature::Word),
    ("AWS::CloudFront::OriginAccessControl", "Id", Nature::Word),
    ("AWS::CloudFront::VpcOrigin", "Id", Nature::Word),
    ("AWS::EC2::EIP", "PublicIp", Nature::IpAddress),
    ("AWS::EC2::Instance", "PrivateDnsName", Nature::Host),
    ("AWS::EC2::Instance", "PrivateIp", Nature::IpAddress),
    ("AWS::EC2::Instance", "PublicDnsName", Nature::Host),
    ("AWS::EC2::Instance", "PublicIp", Nature::IpAddress),
    ("AWS::EKS::Cluster", "Endpoint", Nature::Url),
    (
        "AWS::ElasticLoadBalancing::LoadBalancer",
        "CanonicalHostedZoneName",
        Nature::Host,
    ),
    (
        "AWS::ElasticLoadBalancing::LoadBalancer",
        "DNSName",
        Nature::Host,
    ),
    (
        "AWS::ElasticLoadBalancingV2::LoadBalancer",
        "DNSName",
        Nature::Host,
    ),
    ("AWS::Elasticsearch::Domain", "DomainEndpoint", Nature::Host),
    (
        "AWS::GlobalAccelerator::Accelerator",
        "DnsName",
        Nature::Host,
    ),
    ("AWS::Lambda::Url", "FunctionUrl", Nature::Url),
    ("AWS::Lightsail::Container", "Url", Nature::Url),
    ("AWS::MediaPackage::OriginEndpoint", "Url", Nature::Url),
    (
        "AWS::OpenSearchService::Domain",
        "DomainEndpoint",
        Nature::Host,
    ),
    ("AWS::S3::Bucket", "WebsiteURL", Nature::Url),
    ("AWS::SQS::Queue", "QueueUrl", Nature::Url),
    ("AWS::Serverless::HttpApi", "ApiEndpoint", Nature::Url),
];

/// What `Ref` gives of resource types, on the same pages.
const REFERENCES: [(&str, Nature); 23] = [
    ("AWS::ApiGateway::Deployment", Nature::Word),
    ("AWS::ApiGateway::RestApi", Nature::Word),
    ("AWS::ApiGateway::Stage", Nature::Word),
    ("AWS::ApiGatewayV2::Api", Nature::Word),
    ("AWS::ApiGatewayV2::Stage", Nature::Word),
    ("AWS::CertificateManager::Certificate", Nature::Arn),
    (
        "AWS::CloudFront::CloudFrontOriginAccessIdentity",
        Nature::Word,
    ),
    ("AWS::CloudFront::Distribution", Nature::Word),
    ("AWS::CloudFront::OriginAccessControl", Nature::Word),
    ("AWS::CloudFront::VpcOrigin", Nature::Word),
    ("AWS::EC2::EIP", Nature::IpAddress),
    ("AWS::EC2::Instance", Nature::Word),
    ("AWS::ECS::Service", Nature::Arn),
    ("AWS::ElasticLoadBalancing::LoadBalancer", Nature::Word),
    ("AWS::ElasticLoadBalancingV2::LoadBalancer", Nature::Arn),
    ("AWS::ElasticLoadBalancingV2::TargetGroup", Nature::Arn),
    ("AWS::KMS::Key", Nature::Word),
    ("AWS::Lambda::Function", Nature::Word),
    ("AWS::Lambda::Url", Nature::Arn),
    ("AWS::SQS::Queue", Nature::Url),
    ("AWS::Serverless::Api", Nature::Word),
    ("AWS::Serverless::Function", Nature::Word),
    ("AWS::Serverless::HttpApi", Nature::Word),
];

/// The resources that SAM makes of APIs that are declared as events of functions only
/// (<https://docs.aws.amazon.com/serverless-application-model/latest/developerguide/sam-specification-generated-resources.html>).
const IMPLICIT: [(&str, &str); 2] = [
    ("ServerlessHttpApi", "AWS::ApiGatewayV2::Api"),
    ("ServerlessRestApi", "AWS::ApiGateway::RestApi"),
];

/// Of an attribute of a resource of this type.
pub(super) fn of_attribute(attribute: Attribute<'_>) -> Nature {
    let Attribute { of: kind, name } = attribute;
    let own = ATTRIBUTES
        .iter()
        .find(|(of, attribute, _)| *of == kind && *attribute == name);
    match own {
        Some((_, _, nature)) => *nature,
        // AWS names nothing so that is none.
        None if name == "Arn" && kind.starts_with("AWS::") => Nature::Arn,
        None => Nature::Any,
    }
}

/// Of what `Ref` gives of a resource of this type.
pub(super) fn of_reference(kind: &str) -> Nature {
    let own = REFERENCES.iter().find(|(of, _)| *of == kind);
    own.map_or(Nature::Any, |(_, nature)| *nature)
}

/// Of a pseudo parameter
/// (<https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/pseudo-parameter-reference.html>).
pub(super) fn of_pseudo(name: &str) -> Nature {
    match name {
        "AWS::AccountId" | "AWS::Partition" | "AWS::Region" | "AWS::StackName" => Nature::Word,
        "AWS::StackId" => Nature::Arn,
        _ => Nature::Any,
    }
}

/// The type of a resource that only a macro of AWS makes, by its name.
pub(super) fn implicit(id: &str) -> Option<&'static str> {
    let own = IMPLICIT.iter().find(|(name, _)| *name == id);
    own.map(|(_, kind)| *kind)
}
