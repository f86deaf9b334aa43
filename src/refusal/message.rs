//! What CloudFront's message says beyond its code. Each text was seen in the field.

use crate::distribution::{Distribution, Origin};

/// A message that is known.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Known {
    /// The rules that foresee it, the likeliest first; none where no rule does.
    pub rules: &'static [&'static str],
    /// What it means.
    pub text: String,
    /// What to do next.
    pub next_step: String,
}

/// A part of a message in small letters, the rules, what it means, and what to do next.
type Row = (
    &'static str,
    &'static [&'static str],
    &'static str,
    &'static str,
);

/// Seen in, row by row: aws-cdk#11504; sst#5136; terraform-provider-aws#33214;
/// terraform-aws-cloudfront#71; aws-cli#6275; aws-cdk#32535.
const ROWS: [Row; 6] = [
    (
        "originid is too big",
        &["oversized-origin-id"],
        "The Id of an origin or origin group has more than 128 characters",
        "Give each origin and origin group an Id of at most 128 characters, and use it in the \
         TargetOriginId of the behaviors",
    ),
    (
        "globpattern",
        &["malformed-path-pattern"],
        "A PathPattern has a character that CloudFront does not take",
        "Write the path patterns with the characters that the message lists",
    ),
    (
        "does not refer to a valid s3 bucket",
        &[
            "website-endpoint-as-s3-origin",
            "non-s3-domain-as-s3-origin",
            "unsupported-s3-endpoint",
            "malformed-origin-domain",
            "invalid-bucket-name",
        ],
        "The DomainName of an origin with S3OriginConfig is not an S3 bucket's; the form is what \
         CloudFront checks, not whether the bucket exists",
        "Set DomainName to `BUCKET.s3.REGION.amazonaws.com`, or replace S3OriginConfig by \
         CustomOriginConfig",
    ),
    (
        "forwardedvalues cannot be used",
        &["mixed-cache-settings"],
        "A behavior has ForwardedValues beside CachePolicyId, and CloudFront takes one of the two",
        "Remove ForwardedValues, MinTTL, DefaultTTL and MaxTTL from the behaviors with a \
         CachePolicyId",
    ),
    (
        "enum value set",
        &["unknown-enum-value"],
        "A value is none of those that CloudFront knows for its field; capitals count",
        "Replace the value that the message quotes by one of those that it lists",
    ),
    (
        "grpc",
        &["unsupported-grpc"],
        "A behavior with gRPC does not have what gRPC needs: POST among its AllowedMethods, HTTP/2 and \
         an HTTPS origin",
        "Give the behavior all seven AllowedMethods, or switch its GrpcConfig off",
    ),
];

/// Reads a message; `None` where it is none of those that are known.
pub(super) fn read(message: &str, sent: Option<&Distribution>) -> Option<Known> {
    let lower = message.to_ascii_lowercase();
    if let Some((before, _)) = lower.split_once(" is required for updates") {
        // From the original, in its spelling: lower case of ASCII keeps every byte's place.
        let field = message.get(..before.len())?;
        let field = field.rsplit(' ').next()?.trim_matches(['"', '`', '\'']);
        return Some(required(field, sent));
    }
    let (_, rules, text, next_step) = ROWS.iter().find(|row| lower.contains(row.0))?;
    Some(Known {
        rules,
        text: (*text).to_owned(),
        next_step: (*next_step).to_owned(),
    })
}

/// UpdateDistribution demands more members than CreateDistribution
/// (<https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/distribution-overview-required-fields.html>).
fn required(field: &str, sent: Option<&Distribution>) -> Known {
    let origins = sent.map_or(&[][..], |sent| sent.origins.as_slice());
    let names: Vec<String> = origins
        .iter()
        .filter(|origin| lacks(origin, field))
        .map(Origin::name)
        .collect();
    let whose = match names.as_slice() {
        [] => String::new(),
        [one] => format!(": origin {one} lacks it"),
        several => format!(": origins {} lack it", several.join(", ")),
    };
    Known {
        rules: &["missing-update-member"],
        text: format!(
            "An update must state {field}, which a create may leave out{whose}; an update replaces the \
             whole config"
        ),
        next_step: format!(
            "Read the live config, change it, and send all of it, with {field} as it is there"
        ),
    }
}

/// Whether an origin lacks a member, of those that are read.
fn lacks(origin: &Origin, field: &str) -> bool {
    let custom = origin.custom.as_ref();
    let vpc = origin.vpc.as_ref();
    match field {
        "OriginReadTimeout" => {
            custom.is_some_and(|it| it.origin_read_timeout.is_none())
                || vpc.is_some_and(|it| it.origin_read_timeout.is_none())
        }
        "OriginKeepaliveTimeout" => {
            custom.is_some_and(|it| it.origin_keepalive_timeout.is_none())
                || vpc.is_some_and(|it| it.origin_keepalive_timeout.is_none())
        }
        "OriginSslProtocols" => custom.is_some_and(|it| it.origin_ssl_protocols.is_empty()),
        "OriginPath" => origin.origin_path.is_none(),
        "ConnectionAttempts" => origin.connection_attempts.is_none(),
        "ConnectionTimeout" => origin.connection_timeout.is_none(),
        // A member that the model does not read: whether an origin lacks it is not known, so none
        // is named.
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::candidate::{Source, read_document};

    #[test]
    fn names_the_origins_that_lack_what_an_update_needs() {
        let config = br#"{"Origins": {"Items": [
            {"Id": "web", "DomainName": "web.example.com", "CustomOriginConfig": {}},
            {"Id": "api", "DomainName": "api.example.com",
             "CustomOriginConfig": {"OriginReadTimeout": 30}}]}}"#;
        let sent = read_document(Source::File, "c.json", config).unwrap();
        let known = read(
            "OriginReadTimeout is required for updates.",
            Some(&sent.distribution),
        );
        let text = known.unwrap().text;
        assert!(text.contains("OriginReadTimeout"), "{text}");
        assert!(text.contains("origin `web` lacks it"), "{text}");
        assert!(!text.contains("`api`"), "{text}");
        let both = read(
            "OriginKeepaliveTimeout is required for updates.",
            Some(&sent.distribution),
        );
        assert!(both.unwrap().text.contains("origins `web`, `api` lack it"));
    }

    #[test]
    fn every_rule_behind_a_message_exists() {
        for (part, names, ..) in ROWS {
            for name in names {
                assert!(crate::rules::find(name).is_some(), "{part}: {name}");
            }
        }
        assert!(crate::rules::find("missing-update-member").is_some());
    }

    #[test]
    fn knows_the_messages_that_were_seen_and_no_others() {
        for message in [
            "The parameter originId is too big.",
            "The parameter globPattern can only contain these characters: a-z",
            "The parameter Origin DomainName does not refer to a valid S3 bucket.",
            "The parameter ForwardedValues cannot be used when a cache policy is associated to the \
             cache behavior.",
            "Value 'HTTPS-ONLY' failed to satisfy constraint: Member must satisfy enum value set: [x]",
            "gRPC requires the POST method.",
        ] {
            assert!(read(message, None).is_some(), "{message}");
        }
        assert_eq!(read("The parameter Comment is too big.", None), None);
    }
}
