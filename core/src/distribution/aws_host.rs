use super::region::SUFFIXES;
use super::{At, Expression, ExpressionPart, Value};
use crate::document::{Nature, Referent};

/// A service of AWS whose hosts CloudFront takes as custom origins, read off the name that AWS gave
/// the host. S3's own hosts are [`super::S3Endpoint`].
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum AwsHost {
    /// `api-id.execute-api.region.suffix`
    ApiGateway,
    /// `d-id.execute-api.region.suffix`, which a custom domain name of API Gateway points at.
    ApiGatewayDomain,
    /// `url-id.lambda-url.region.on.aws`
    LambdaFunctionUrl,
    /// `id.lambda-web.region.on.aws`
    /// (<https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/private-content-restricting-access-to-lambda-web.html>).
    LambdaWebFunction,
    /// `id.lambda-web.global.on.aws`, which routes to several Regions.
    GlobalLambdaWebFunction,
    /// `container.data.mediastore.region.suffix`
    MediaStore,
    /// `id.mediapackagev2.region.suffix`
    MediaPackageV2,
    /// `name.region.elb.suffix`
    LoadBalancer,
    /// `internal-name.region.elb.suffix`: such a name never has an address on the internet.
    InternalLoadBalancer,
    /// `ec2-address.region.compute.suffix`: in its own VPC, the name has the private address.
    Instance,
    /// Any other host below a domain of AWS: a service that no rule knows.
    Other,
}

/// The ends of hosts that AWS gives, beside those of its partitions.
const ENDS: [&str; 8] = [
    ".on.aws",
    ".api.aws",
    ".awsapprunner.com",
    ".awsglobalaccelerator.com",
    ".amplifyapp.com",
    ".elasticbeanstalk.com",
    ".cloudfront.net",
    ".amazoncognito.com",
];

impl AwsHost {
    /// Reads an origin's domain, also one of which a template leaves parts open: what shows the
    /// service is known then. `None` where it is not known to be a host of AWS.
    #[must_use]
    pub fn of(domain: &At<String>) -> Option<Self> {
        match &domain.value {
            Value::Known(host) => Self::parse(host),
            Value::Symbolic(expression) if is_of_function_url(expression) => {
                Some(Self::LambdaFunctionUrl)
            }
            Value::Symbolic(expression) => {
                let part = |part| match part {
                    ExpressionPart::Known(text) => text,
                    ExpressionPart::Open(symbol) if symbol.spelling == "${AWS::URLSuffix}" => {
                        "amazonaws.com"
                    }
                    // No host has it, so it is no part of what shows the service.
                    ExpressionPart::Open(_) => "\u{1}",
                };
                Self::parse(&expression.parts().map(part).collect::<String>())
            }
        }
    }

    /// Takes a host apart; `None` for hosts of others. Case and one trailing dot don't matter.
    #[must_use]
    pub fn parse(host: &str) -> Option<Self> {
        let host = host.strip_suffix('.').unwrap_or(host).to_ascii_lowercase();
        let partition = SUFFIXES.iter().map(|(suffix, _)| suffix);
        let end = partition.chain(&ENDS).find(|end| host.ends_with(**end))?;
        let labels: Vec<&str> = host.strip_suffix(end)?.split('.').collect();
        Some(match (*end, labels.as_slice()) {
            (".on.aws", [.., "lambda-url", _]) => Self::LambdaFunctionUrl,
            // Before the regional form, which would take `global` for a region.
            (".on.aws", [.., "lambda-web", "global"]) => Self::GlobalLambdaWebFunction,
            (".on.aws", [.., "lambda-web", _]) => Self::LambdaWebFunction,
            (".on.aws", _) => Self::Other,
            // What a custom domain name of API Gateway points at, and no API's own host.
            (_, [id, "execute-api", ..]) if id.starts_with("d-") => Self::ApiGatewayDomain,
            (_, [_, "execute-api", ..]) => Self::ApiGateway,
            (_, [.., "data", "mediastore", _]) => Self::MediaStore,
            (_, [.., "mediapackagev2", _]) => Self::MediaPackageV2,
            // Application and Classic Load Balancers have the region before `elb`, Network Load
            // Balancers behind it.
            (_, [name, .., "elb"] | [name, .., "elb", _]) if name.starts_with("internal-") => {
                Self::InternalLoadBalancer
            }
            (_, [_, .., "elb"] | [_, .., "elb", _]) => Self::LoadBalancer,
            (_, [name, .., "compute" | "compute-1"]) if name.starts_with("ec2-") => Self::Instance,
            _ => Self::Other,
        })
    }

    /// What it is called in messages.
    #[must_use]
    pub fn text(self) -> &'static str {
        match self {
            Self::ApiGateway | Self::ApiGatewayDomain => "API Gateway",
            Self::LambdaFunctionUrl => "a Lambda function URL",
            Self::LambdaWebFunction => "a Lambda Web Function",
            Self::GlobalLambdaWebFunction => "a Lambda Web Function's global endpoint",
            Self::MediaStore => "MediaStore",
            Self::MediaPackageV2 => "MediaPackage",
            Self::LoadBalancer | Self::InternalLoadBalancer => "a load balancer",
            Self::Instance => "an EC2 instance",
            Self::Other => "an AWS service",
        }
    }
}

/// Whether an expression is the host of the function URL that a template makes.
fn is_of_function_url(expression: &Expression) -> bool {
    fn is_piece(referent: &Referent) -> bool {
        match referent {
            Referent::PieceOf(whole) => is_piece(whole),
            Referent::Attribute { attribute, .. } => attribute == "FunctionUrl",
            _ => false,
        }
    }
    let only = expression.only_symbol();
    only.is_some_and(|open| {
        open.nature() == Nature::Host && open.symbol.is_some_and(|it| is_piece(&it.referent))
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::distribution::Place;

    #[test]
    fn reads_the_service_off_the_host() {
        use AwsHost as H;
        for (host, service) in [
            ("a1b2.execute-api.eu-west-1.amazonaws.com", H::ApiGateway),
            (
                "A1B2.Execute-API.cn-north-1.amazonaws.com.cn.",
                H::ApiGateway,
            ),
            ("a1b2.execute-api.eu-west-1.api.aws", H::ApiGateway),
            (
                "d-abc.execute-api.eu-west-1.amazonaws.com",
                H::ApiGatewayDomain,
            ),
            ("abc.lambda-url.eu-west-1.on.aws", H::LambdaFunctionUrl),
            ("a1.x9y.lambda-web.us-east-1.on.aws", H::LambdaWebFunction),
            ("k1.lambda-web.global.on.aws", H::GlobalLambdaWebFunction),
            ("c.data.mediastore.eu-west-1.amazonaws.com", H::MediaStore),
            (
                "c.egress.a1.mediapackagev2.eu-west-1.amazonaws.com",
                H::MediaPackageV2,
            ),
            ("web-1.eu-west-1.elb.amazonaws.com", H::LoadBalancer),
            ("web-1.elb.eu-west-1.amazonaws.com", H::LoadBalancer),
            (
                "internal-web-1.eu-west-1.elb.amazonaws.com",
                H::InternalLoadBalancer,
            ),
            ("ec2-203-0-113-25.compute-1.amazonaws.com", H::Instance),
            (
                "ec2-203-0-113-25.eu-west-1.compute.amazonaws.com",
                H::Instance,
            ),
            ("x.new-service.eu-west-1.on.aws", H::Other),
            ("x.eu-west-1.awsapprunner.com", H::Other),
            ("x.appsync-api.eu-west-1.amazonaws.com", H::Other),
        ] {
            assert_eq!(H::parse(host), Some(service), "{host}");
        }
    }

    #[test]
    fn leaves_other_hosts_alone() {
        for host in [
            "api.example.com",
            "a.execute-api.example.com",
            "x.lambda-url.eu-west-1.on.aws.example.com",
            "on.aws",
            "",
            ".",
        ] {
            assert_eq!(AwsHost::parse(host), None, "{host}");
        }
    }

    #[test]
    fn reads_what_a_template_leaves_open() {
        let of = |text: &str| AwsHost::of(&At::text(text, Place::default()));
        for (text, service) in [
            (
                "${Api}.execute-api.${AWS::Region}.${AWS::URLSuffix}",
                Some(AwsHost::ApiGateway),
            ),
            (
                "${Url}.lambda-url.eu-west-1.on.aws",
                Some(AwsHost::LambdaFunctionUrl),
            ),
            ("${Host}", None),
            ("${Api}.execute-api.${Rest}", None),
        ] {
            assert_eq!(of(text), service, "{text}");
        }
    }
}
