//! Between the API form in JSON (`aws cloudfront get-distribution-config`) and the XML of the wire.
//!
//! The names of list members, numbers and booleans are those of the CloudFront model 2020-05-31.

use roxmltree::Node;
use serde_json::{Map, Value};

use crate::xml::tag;

/// List member names by the element that holds `Items`, or by the list itself.
const MEMBERS: [(&str, &str); 28] = [
    ("ActiveTrustedKeyGroups", "KeyGroup"),
    ("ActiveTrustedSigners", "Signer"),
    ("AliasICPRecordals", "AliasICPRecordal"),
    ("Aliases", "CNAME"),
    ("AllowedMethods", "Method"),
    ("CacheBehaviors", "CacheBehavior"),
    ("CachedMethods", "Method"),
    ("CustomErrorResponses", "CustomErrorResponse"),
    ("CustomHeaders", "OriginCustomHeader"),
    ("DistributionList", "DistributionSummary"),
    ("FunctionAssociations", "FunctionAssociation"),
    ("GeoRestriction", "Location"),
    ("Headers", "Name"),
    ("KeyPairIds", "KeyPairId"),
    ("LambdaFunctionAssociations", "LambdaFunctionAssociation"),
    ("Locations", "Location"),
    ("Members", "OriginGroupMember"),
    ("OriginAccessControlList", "OriginAccessControlSummary"),
    ("OriginGroups", "OriginGroup"),
    ("OriginSslProtocols", "SslProtocol"),
    ("Origins", "Origin"),
    ("ParameterDefinitions", "member"),
    ("QueryStringCacheKeys", "Name"),
    ("RoutingRules", "RoutingRule"),
    ("StatusCodes", "StatusCode"),
    ("TrustedKeyGroups", "KeyGroup"),
    ("TrustedSigners", "AwsAccountNumber"),
    ("WhitelistedNames", "Name"),
];

/// Lists that stand without `Items`.
const BARE_LISTS: [&str; 3] = ["ParameterDefinitions", "Locations", "RoutingRules"];

const NUMBERS: [&str; 16] = [
    "ConnectionAttempts",
    "ConnectionTimeout",
    "DefaultTTL",
    "ErrorCachingMinTTL",
    "ErrorCode",
    "HTTPPort",
    "HTTPSPort",
    "InProgressInvalidationBatches",
    "MaxItems",
    "MaxTTL",
    "MinTTL",
    "OriginKeepaliveTimeout",
    "OriginReadTimeout",
    "Quantity",
    "ResponseCompletionTimeout",
    "StatusCode",
];

const BOOLEANS: [&str; 14] = [
    "AdvertiseTrustStoreCaNames",
    "CloudFrontDefaultCertificate",
    "Compress",
    "Enabled",
    "IgnoreCertificateExpiry",
    "IncludeBody",
    "IncludeCookies",
    "IsIPV6Enabled",
    "IsTruncated",
    "QueryString",
    "Required",
    "SmoothStreaming",
    "Staging",
    "UseClientCertificateOCSPEndpoint",
];

/// Elements that are structures even when they are empty.
const STRUCTURES: [&str; 9] = [
    "CustomOriginConfig",
    "Definition",
    "GeoRestriction",
    "Logging",
    "OriginShield",
    "Restrictions",
    "StringSchema",
    "TenantConfig",
    "ViewerCertificate",
];

/// Writes a value in API form as an XML element. Nulls and empty lists are left out, as CloudFront does.
#[must_use]
pub fn to_xml(name: &str, value: &Value) -> String {
    let mut out = String::new();
    write(&mut out, name, "", value);
    out
}

/// The element with CloudFront's namespace.
pub(crate) fn to_document(name: &str, value: &Value) -> String {
    let start = format!("<{name}>");
    let namespaced = format!("<{name} xmlns=\"http://cloudfront.amazonaws.com/doc/2020-05-31/\">");
    to_xml(name, value).replacen(&start, &namespaced, 1)
}

fn write(out: &mut String, name: &str, parent: &str, value: &Value) {
    match value {
        Value::Null => {}
        Value::String(text) => *out += &tag(name, text),
        Value::Bool(_) | Value::Number(_) => *out += &tag(name, &value.to_string()),
        Value::Array(items) if items.is_empty() => {}
        Value::Array(items) => {
            let member = member_of(if name == "Items" { parent } else { name });
            open(out, name);
            for item in items {
                write(out, member, name, item);
            }
            close(out, name);
        }
        Value::Object(members) => {
            open(out, name);
            for (member, value) in members {
                write(out, member, name, value);
            }
            close(out, name);
        }
    }
}

fn open(out: &mut String, name: &str) {
    out.extend(["<", name, ">"]);
}

fn close(out: &mut String, name: &str) {
    out.extend(["</", name, ">"]);
}

fn member_of(list: &str) -> &'static str {
    MEMBERS
        .iter()
        .find(|(name, _)| *name == list)
        .map_or("member", |(_, member)| member)
}

/// Reads the `DistributionConfig` element that a client sends.
///
/// # Errors
/// When the text is not XML, its root is another element, or a number or boolean is none.
pub fn config_from_xml(text: &str) -> Result<Value, String> {
    let document = roxmltree::Document::parse(text).map_err(|error| error.to_string())?;
    let root = document.root_element();
    match root.tag_name().name() {
        "DistributionConfig" => read(root),
        other => Err(format!(
            "the root element is {other}, not DistributionConfig"
        )),
    }
}

fn read(node: Node<'_, '_>) -> Result<Value, String> {
    let name = node.tag_name().name();
    let children = || node.children().filter(Node::is_element);
    if name == "Items" || BARE_LISTS.contains(&name) {
        return children()
            .map(read)
            .collect::<Result<_, _>>()
            .map(Value::Array);
    }
    if children().next().is_some() || STRUCTURES.contains(&name) {
        let members =
            children().map(|child| Ok((child.tag_name().name().to_owned(), read(child)?)));
        return members
            .collect::<Result<Map<_, _>, String>>()
            .map(Value::Object);
    }
    scalar(name, node.text().unwrap_or_default())
}

fn scalar(name: &str, text: &str) -> Result<Value, String> {
    if NUMBERS.contains(&name) {
        return text
            .parse::<i64>()
            .map(Value::from)
            .map_err(|_| format!("{name} is not a number: {text}"));
    }
    if BOOLEANS.contains(&name) {
        return text
            .parse::<bool>()
            .map(Value::from)
            .map_err(|_| format!("{name} is not a boolean: {text}"));
    }
    Ok(Value::from(text))
}

#[cfg(test)]
mod tests {
    use super::{config_from_xml, to_document};
    use serde_json::json;

    #[test]
    fn a_config_survives_the_wire() {
        let config = json!({
            "CallerReference": "r", "Aliases": {"Quantity": 1, "Items": ["www.example.com"]}, "DefaultRootObject": "",
            "Origins": {"Quantity": 2, "Items": [
                {"Id": "a & <b>", "DomainName": "b.s3.eu-west-1.amazonaws.com", "OriginPath": "", "CustomHeaders": {"Quantity": 0},
                 "S3OriginConfig": {"OriginAccessIdentity": ""}, "ConnectionAttempts": 3, "OriginShield": {"Enabled": false}},
                {"Id": "c", "DomainName": "example.com", "CustomHeaders": {"Quantity": 1, "Items": [{"HeaderName": "x", "HeaderValue": "1"}]},
                 "CustomOriginConfig": {"HTTPPort": 80, "HTTPSPort": 443, "OriginProtocolPolicy": "https-only",
                    "OriginSslProtocols": {"Quantity": 1, "Items": ["TLSv1.2"]}}}]},
            "OriginGroups": {"Quantity": 1, "Items": [{"Id": "g", "FailoverCriteria": {"StatusCodes": {"Quantity": 2, "Items": [500, 502]}},
                "Members": {"Quantity": 2, "Items": [{"OriginId": "a"}, {"OriginId": "c"}]}}]},
            "DefaultCacheBehavior": {"TargetOriginId": "g", "TrustedSigners": {"Enabled": true, "Quantity": 1, "Items": ["self"]},
                "TrustedKeyGroups": {"Enabled": true, "Quantity": 1, "Items": ["k"]}, "ViewerProtocolPolicy": "allow-all",
                "AllowedMethods": {"Quantity": 2, "Items": ["HEAD", "GET"], "CachedMethods": {"Quantity": 2, "Items": ["HEAD", "GET"]}},
                "LambdaFunctionAssociations": {"Quantity": 1, "Items": [{"LambdaFunctionARN": "arn", "EventType": "viewer-request", "IncludeBody": false}]},
                "ForwardedValues": {"QueryString": true, "Cookies": {"Forward": "whitelist", "WhitelistedNames": {"Quantity": 1, "Items": ["c"]}},
                    "Headers": {"Quantity": 1, "Items": ["Host"]}, "QueryStringCacheKeys": {"Quantity": 1, "Items": ["q"]}}, "MinTTL": 0},
            "CacheBehaviors": {"Quantity": 0},
            "CustomErrorResponses": {"Quantity": 1, "Items": [{"ErrorCode": 404, "ResponsePagePath": "/404", "ResponseCode": "200", "ErrorCachingMinTTL": 10}]},
            "Comment": "", "Enabled": true, "Restrictions": {"GeoRestriction": {"RestrictionType": "whitelist", "Quantity": 1, "Items": ["DE"]}},
            "TenantConfig": {"ParameterDefinitions": [{"Name": "p", "Definition": {"StringSchema": {"Required": true}}}]}, "Staging": false,
        });
        let xml = to_document("DistributionConfig", &config);
        assert_eq!(config_from_xml(&xml).expect("own XML"), config);
        assert!(
            xml.contains("<Members><Quantity>2</Quantity><Items><OriginGroupMember><OriginId>"),
            "{xml}"
        );
    }
}
