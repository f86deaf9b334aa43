//! CloudFront's own JSON: what the API, the AWS CLI and CloudTrail show of a config.

use std::sync::Arc;

use super::cursor::{Cursor, Notes, Problem};
use super::members::other_members;
use super::serving;
use super::summary::{self, is_summary};
use crate::distribution::{
    At, Behavior, CustomHeader, CustomOriginConfig, Distribution, DistributionId, ETag, EdgeEvent,
    HeaderValue, Hidden, Methods, Origin, OriginGroup, OriginShield, PathPattern, S3Endpoint,
    S3OriginConfig, VpcOriginConfig,
};
use crate::document::{Node, NodeKind};
use crate::model::{self, Deviation, Form, api};

/// The forms in which people keep a config.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Envelope {
    /// A bare `DistributionConfig`.
    Config,
    /// `get-distribution-config`: `ETag` and `DistributionConfig`.
    GetDistributionConfig,
    /// `get-distribution`: `ETag` and `Distribution`.
    GetDistribution,
    /// The input of `update-distribution --cli-input-json`: `Id`, `IfMatch`, `DistributionConfig`.
    UpdateInput,
    /// The input of `create-distribution --cli-input-json`.
    CreateInput,
    /// The input of `create-distribution-with-tags --cli-input-json`.
    CreateWithTagsInput,
}

/// Why a document is no config.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum NotAConfig {
    /// It is something else: what it looks like.
    Other(String),
    /// It is one, with values of the wrong kind.
    Malformed(Vec<Problem>),
}

impl Envelope {
    /// Which form a document has.
    #[must_use]
    pub fn of(document: &Node) -> Option<Self> {
        let has = |key: &str| document.get(key).is_some();
        if document
            .get("Distribution")
            // Before the others: `get-distribution` has an `ETag` beside `Distribution`, and so has
            // no `DistributionConfig` of its own at the top.
            .is_some_and(|it| it.get("DistributionConfig").is_some())
        {
            Some(Self::GetDistribution)
        } else if has("DistributionConfigWithTags") {
            Some(Self::CreateWithTagsInput)
        } else if has("DistributionConfig") {
            Some(if has("ETag") {
                Self::GetDistributionConfig
            // Without an `ETag` it is an input and no answer: `IfMatch` is the version that it was
            // made from.
            } else if has("Id") || has("IfMatch") {
                Self::UpdateInput
            } else {
                Self::CreateInput
            })
        } else if has("Origins") || has("DefaultCacheBehavior") {
            Some(Self::Config)
        } else {
            None
        }
    }

    fn config_path(self) -> &'static [&'static str] {
        match self {
            Self::Config => &[],
            Self::GetDistribution => &["Distribution", "DistributionConfig"],
            Self::CreateWithTagsInput => &["DistributionConfigWithTags", "DistributionConfig"],
            Self::GetDistributionConfig | Self::UpdateInput | Self::CreateInput => {
                &["DistributionConfig"]
            }
        }
    }
}

/// The config within whichever envelope it comes in.
#[must_use]
pub fn config_of(document: &Node) -> &Node {
    let path = Envelope::of(document).map_or(&[][..], Envelope::config_path);
    path.iter()
        .fold(document, |node, step| node.get(step).unwrap_or(node))
}

/// Reads a config out of whichever envelope it comes in.
///
/// # Errors
/// If the document is something else, or holds values of kinds that CloudFront does not take.
pub(super) fn read(document: &Node) -> Result<Distribution, NotAConfig> {
    let envelope = Envelope::of(document).ok_or_else(|| NotAConfig::Other(looks_like(document)))?;
    let notes = Notes::default();
    let mut cursor = Cursor::new(document, "", &notes);
    for step in envelope.config_path() {
        cursor = cursor
            .object(step)
            .ok_or_else(|| NotAConfig::Malformed(notes.problems.take()))?;
    }
    let mut distribution = config(&cursor);
    identity(document, envelope, &mut distribution);
    if is_summary(document) {
        summary::omit(&mut distribution);
    }
    finish(distribution, &notes)
}

/// Where a document that [`read`] takes is not as CloudFront's model says. An item of a list of distributions
/// is what CloudFront itself says.
#[must_use]
pub(super) fn deviations(document: &Node) -> Vec<Deviation> {
    // `list-distributions` leaves out members that an update requires, and what CloudFront reports
    // is no request that it could refuse.
    if is_summary(document) {
        return Vec::new();
    }
    let envelope = Envelope::of(document).unwrap_or(Envelope::Config);
    let path = envelope.config_path().iter();
    let pointer: String = path.flat_map(|step| ["/", step]).collect();
    model::deviations(config_of(document), &pointer, Form::Api)
}

/// Reads the config of a template or a plan, whatever keys it has: its texts are resolved, and what is
/// open in it is marked.
///
/// # Errors
/// As [`read`].
pub(super) fn read_config(config: &Node) -> Result<Distribution, NotAConfig> {
    let notes = Notes {
        // A `{{` or `${` that is left in a resolved text is a text, and no placeholder that a later
        // step fills in.
        is_resolved: true,
        ..Notes::default()
    };
    let root = Cursor::new(config, "", &notes);
    root.note_undecided("DistributionConfig");
    finish(self::config(&root), &notes)
}

fn finish(mut distribution: Distribution, notes: &Notes) -> Result<Distribution, NotAConfig> {
    distribution.quantities = notes.quantities.take();
    distribution.undecided = notes.undecided.take();
    distribution.hidden = Arc::new(pasted_secrets(&distribution.origins));
    let problems = notes.problems.take();
    if problems.is_empty() {
        Ok(distribution)
    } else {
        Err(NotAConfig::Malformed(problems))
    }
}

/// What a URL that is pasted as a domain or path carries: a signature or token behind `?`, a password in
/// front of `@`. Neither can be a part of them, and reports are read by many.
fn pasted_secrets(origins: &[Origin]) -> Hidden {
    let mut hidden = Hidden::default();
    for origin in origins {
        let path = origin.origin_path.as_ref();
        for text in [Some(&origin.domain_name), path].into_iter().flatten() {
            let text = text.spelling();
            if let Some((_, query)) = text.split_once('?') {
                hidden.add_whole(query);
            }
            if let Some((before, _)) = text.split_once('@') {
                hidden.add_whole(before.rsplit('/').next().unwrap_or(before));
            }
        }
    }
    hidden
}

/// ID, ARN, domain and version, which stand around the config.
fn identity(document: &Node, envelope: Envelope, distribution: &mut Distribution) {
    let around = match envelope {
        Envelope::GetDistribution => document.get("Distribution").unwrap_or(document),
        _ => document,
    };
    let text = |node: &Node, key: &str| node.get(key)?.text().map(str::to_owned);
    distribution.id = text(around, "Id").map(DistributionId::from);
    distribution.arn = text(around, "ARN");
    distribution.domain_name = text(around, "DomainName");
    // Both say which version the config was made from, so a stale one is found in either form.
    distribution.etag = text(document, "ETag")
        .or_else(|| text(document, "IfMatch"))
        .map(ETag::from);
}

fn config(config: &Cursor<'_>) -> Distribution {
    let behaviors = config.items("CacheBehaviors");
    Distribution {
        place: config.place(),
        aliases: texts(&config.items("Aliases")),
        enabled: config.flag("Enabled"),
        http_version: config.text("HttpVersion"),
        staging: config.flag("Staging").unwrap_or_default(),
        multi_tenant: config
            .text("ConnectionMode")
            .is_some_and(|mode| mode.is("tenant-only")),
        tenant_parameters: tenant_parameters(config),
        origins: config.items("Origins").iter().map(origin).collect(),
        origin_groups: config.items("OriginGroups").iter().map(group).collect(),
        default_behavior: config
            .object("DefaultCacheBehavior")
            .map(|default| behavior(&default, None)),
        behaviors: behaviors
            .iter()
            .enumerate()
            .map(|(at, each)| behavior(each, Some(at)))
            .collect(),
        serving: Box::new(serving::of_config(config)),
        other_members: other_members(config, &api::DISTRIBUTION_CONFIG),
        ..Distribution::default()
    }
}

/// `None` where an expression may define more.
fn tenant_parameters(config: &Cursor<'_>) -> Option<Vec<String>> {
    if config.leaves_open(&["TenantConfig"]) {
        return None;
    }
    let Some(tenants) = config.object("TenantConfig") else {
        return Some(Vec::new());
    };
    if tenants.leaves_open(&["ParameterDefinitions"]) {
        return None;
    }
    let definitions = tenants.items("ParameterDefinitions");
    let names = definitions
        .iter()
        .map(|definition| definition.text("Name")?.known().cloned());
    names.collect()
}

fn origin(origin: &Cursor<'_>) -> Origin {
    let domain_name = origin.text_or_empty("DomainName");
    Origin {
        place: origin.place(),
        id: origin.text_or_empty("Id"),
        s3_endpoint: S3Endpoint::of(&domain_name),
        domain_name,
        origin_path: origin.text("OriginPath"),
        s3: origin.object("S3OriginConfig").map(|s3| S3OriginConfig {
            place: s3.place(),
            origin_access_identity: s3.text("OriginAccessIdentity"),
            origin_read_timeout: s3.integer("OriginReadTimeout"),
        }),
        custom: origin.object("CustomOriginConfig").as_ref().map(custom),
        vpc: origin.object("VpcOriginConfig").map(|vpc| VpcOriginConfig {
            place: vpc.place(),
            vpc_origin_id: vpc.text("VpcOriginId"),
            owner_account_id: vpc.text("OwnerAccountId"),
            origin_read_timeout: vpc.integer("OriginReadTimeout"),
            origin_keepalive_timeout: vpc.integer("OriginKeepaliveTimeout"),
        }),
        origin_access_control_id: origin.text("OriginAccessControlId"),
        connection_attempts: origin.integer("ConnectionAttempts"),
        connection_timeout: origin.integer("ConnectionTimeout"),
        response_completion_timeout: origin.integer("ResponseCompletionTimeout"),
        custom_headers: origin
            .items("CustomHeaders")
            .iter()
            .map(custom_header)
            .collect(),
        origin_shield: origin.object("OriginShield").map(|shield| OriginShield {
            place: shield.place(),
            enabled: shield.flag("Enabled"),
            region: shield.text("OriginShieldRegion"),
        }),
        undecided: origin.leaves_open(&["S3OriginConfig", "CustomOriginConfig", "VpcOriginConfig"]),
        other_members: other_members(origin, &api::ORIGIN),
    }
}

/// The value is a secret: it is counted here, and kept for comparisons only.
fn custom_header(header: &Cursor<'_>) -> CustomHeader {
    let value = header.text("HeaderValue");
    let value = value.as_ref();
    CustomHeader {
        place: header.place(),
        name: header.text_or_empty("HeaderName"),
        value_length: value.and_then(|value| value.known().map(|value| value.chars().count())),
        value: value.map_or_else(HeaderValue::default, |value| {
            HeaderValue::of(value.spelling(), value.known().is_some())
        }),
    }
}

fn custom(custom: &Cursor<'_>) -> CustomOriginConfig {
    CustomOriginConfig {
        place: custom.place(),
        http_port: custom.integer("HTTPPort"),
        https_port: custom.integer("HTTPSPort"),
        origin_protocol_policy: custom.text("OriginProtocolPolicy"),
        ip_address_type: custom.text("IpAddressType"),
        origin_ssl_protocols: texts(&custom.items("OriginSslProtocols")),
        origin_read_timeout: custom.integer("OriginReadTimeout"),
        origin_keepalive_timeout: custom.integer("OriginKeepaliveTimeout"),
    }
}

fn group(group: &Cursor<'_>) -> OriginGroup {
    let members = group.items("Members");
    let codes = group
        .object("FailoverCriteria")
        .map(|criteria| criteria.items("StatusCodes"))
        .unwrap_or_default();
    OriginGroup {
        place: group.place(),
        id: group.text_or_empty("Id"),
        members: members
            .iter()
            .map(|member| member.text_or_empty("OriginId"))
            .collect(),
        status_codes: codes.iter().filter_map(Cursor::as_integer).collect(),
        other_members: other_members(group, &api::ORIGIN_GROUP),
    }
}

fn behavior(behavior: &Cursor<'_>, precedence: Option<usize>) -> Behavior {
    Behavior {
        place: behavior.place(),
        precedence,
        path_pattern: precedence
            // The default behavior matches `*` and cannot have another pattern
            // (https://docs.aws.amazon.com/cloudfront/latest/APIReference/API_DefaultCacheBehavior.html).
            .and_then(|_| behavior.text("PathPattern"))
            .map(pattern),
        target_origin_id: behavior.text_or_empty("TargetOriginId"),
        methods: methods(behavior),
        cache_policy_id: behavior.text("CachePolicyId"),
        origin_request_policy_id: behavior.text("OriginRequestPolicyId"),
        forwarded_values: behavior.get("ForwardedValues").map(|it| it.place()),
        forwarded_headers: behavior
            .object("ForwardedValues")
            .map(|forwarded| texts(&forwarded.items("Headers")))
            .unwrap_or_default(),
        edge_events: ["LambdaFunctionAssociations", "FunctionAssociations"]
            .iter()
            .flat_map(|kind| behavior.items(kind))
            .filter_map(|association| edge_event(&association))
            .collect(),
        grpc: behavior
            .object("GrpcConfig")
            .filter(|grpc| grpc.flag("Enabled") == Some(true))
            .map(|grpc| grpc.place()),
        serving: Box::new(serving::of_behavior(behavior)),
        other_members: other_members(
            behavior,
            if precedence.is_some() {
                &api::CACHE_BEHAVIOR
            } else {
                &api::DEFAULT_CACHE_BEHAVIOR
            },
        ),
    }
}

fn methods(behavior: &Cursor<'_>) -> Methods {
    let Some(list) = behavior.get("AllowedMethods") else {
        return Methods::default();
    };
    let allowed = texts(&behavior.items("AllowedMethods"));
    // The API has it within the allowed ones, CloudFormation beside them.
    let nested = list.get("CachedMethods").map(|cached| (&list, cached));
    let cached = nested.or_else(|| Some((behavior, behavior.get("CachedMethods")?)));
    let cached =
        cached.map(|(owner, cached)| (cached.place(), texts(&owner.items("CachedMethods"))));
    Methods {
        place: Some(list.place()),
        is_open: allowed.iter().any(|method| method.known().is_none())
            || behavior.leaves_open(&["AllowedMethods"]),
        allowed: known(&allowed),
        cached: cached
            // A list that is known in part only would read as a set that CloudFront refuses.
            .filter(|(_, methods)| methods.iter().all(|method| method.known().is_some()))
            .map(|(place, methods)| (place, known(&methods))),
    }
}

fn known(texts: &[At<String>]) -> Vec<String> {
    texts
        .iter()
        .filter_map(|text| text.known().cloned())
        .collect()
}

fn edge_event(association: &Cursor<'_>) -> Option<EdgeEvent> {
    let event = association.text("EventType")?;
    Some(match event.known()?.as_str() {
        "viewer-request" => EdgeEvent::ViewerRequest,
        "origin-request" => EdgeEvent::OriginRequest,
        // The responses, and events newer than this program: on the way back no code can choose an
        // origin.
        _ => EdgeEvent::Response,
    })
}

fn pattern(text: At<String>) -> At<PathPattern> {
    use crate::distribution::Value;
    At {
        value: match text.value {
            Value::Known(text) => Value::Known(PathPattern::new(text)),
            Value::Symbolic(expression) => Value::Symbolic(expression),
        },
        place: text.place,
    }
}

fn texts(items: &[Cursor<'_>]) -> Vec<At<String>> {
    items.iter().filter_map(Cursor::as_text).collect()
}

/// What a document that is no config looks like.
fn looks_like(document: &Node) -> String {
    let has = |key: &str| document.get(key).is_some();
    if !matches!(document.kind, NodeKind::Map(_)) {
        return format!("{}, where a config is an object", document.kind_name());
    }
    // Files that lie beside the right one in an artifact, so that the message can name the
    // confusion.
    let known = if has("Resources") || has("AWSTemplateFormatVersion") {
        "a CloudFormation template"
    } else if has("resource_changes") || has("planned_values") {
        "a part of a Terraform plan, without `format_version`"
    } else if has("lineage") || has("terraform_version") {
        "a Terraform state"
    } else if has("DistributionList") {
        "the output of list-distributions"
    } else if has("detail-type") || has("detail") {
        "an EventBridge event"
    } else if has("CodePipeline.job") {
        "a CodePipeline job event"
    } else if has("service") && has("provider") {
        "a service of the Serverless Framework (`serverless package` writes its template into .serverless)"
    } else if has("scripts") && has("name") {
        "a package.json"
    } else if has("status_code") && has("data") {
        "a recorded answer of an AWS client"
    } else {
        let keys: Vec<&str> = document.keys().take(5).collect();
        return if keys.is_empty() {
            "an empty object".to_owned()
        } else {
            format!("an object with the keys {}", keys.join(", "))
        };
    };
    known.to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read_text(text: &str) -> Result<Distribution, NotAConfig> {
        read(&Node::from_json(text.as_bytes()).unwrap())
    }

    const CONFIG: &str = r#"{"Origins": {"Quantity": 1, "Items": [{"Id": "a", "DomainName": "a.s3.eu-west-1.amazonaws.com", "S3OriginConfig": {"OriginAccessIdentity": ""}}]}, "DefaultCacheBehavior": {"TargetOriginId": "a"}}"#;

    #[test]
    fn what_is_far_too_large_is_no_config() {
        let long = format!(
            r#"{{"Origins": {{"Items": [{{"Id": "{}"}}]}}}}"#,
            "x".repeat(5_000)
        );
        let many = format!(
            r#"{{"Origins": {{"Items": [{}{{}}]}}}}"#,
            "{},".repeat(2_500)
        );
        for (text, problem) in [
            (long, "/Origins/Items/0/Id has 5000 bytes"),
            (many, "/Origins/Items has 2501 items"),
        ] {
            let Err(NotAConfig::Malformed(problems)) = read_text(&text) else {
                panic!("{text:.80}");
            };
            assert!(problems[0].text.starts_with(problem), "{problems:?}");
        }
    }

    #[test]
    fn takes_every_envelope() {
        for (text, pointer) in [
            (CONFIG.to_owned(), ""),
            (
                format!(r#"{{"ETag": "E1", "DistributionConfig": {CONFIG}}}"#),
                "/DistributionConfig",
            ),
            (
                format!(r#"{{"Id": "EX", "IfMatch": "E1", "DistributionConfig": {CONFIG}}}"#),
                "/DistributionConfig",
            ),
            (
                format!(r#"{{"DistributionConfig": {CONFIG}}}"#),
                "/DistributionConfig",
            ),
            (
                format!(
                    r#"{{"DistributionConfigWithTags": {{"DistributionConfig": {CONFIG}, "Tags": {{}}}}}}"#
                ),
                "/DistributionConfigWithTags/DistributionConfig",
            ),
            (
                format!(
                    r#"{{"ETag": "E1", "Distribution": {{"Id": "EX", "ARN": "arn", "DomainName": "d.cloudfront.net", "DistributionConfig": {CONFIG}}}}}"#
                ),
                "/Distribution/DistributionConfig",
            ),
        ] {
            let distribution = read_text(&text).unwrap();
            assert_eq!(distribution.place.pointer, pointer);
            assert_eq!(
                distribution.origins[0].place.pointer,
                format!("{pointer}/Origins/Items/0")
            );
            assert_eq!(distribution.etag.is_some(), text.contains("E1"));
            assert_eq!(distribution.id.is_some(), text.contains("EX"));
        }
    }

    #[test]
    fn takes_lists_with_and_without_quantity() {
        for text in [
            CONFIG.replace(r#""Quantity": 1, "#, ""),
            CONFIG
                .replace(r#"{"Quantity": 1, "Items": ["#, "[")
                .replacen("]}, \"Def", "], \"Def", 1),
        ] {
            let distribution = read_text(&text).unwrap();
            assert_eq!(distribution.origins.len(), 1, "{text}");
            assert_eq!(distribution.quantities, []);
        }
    }

    #[test]
    fn notes_a_quantity_that_disagrees() {
        let distribution = read_text(&CONFIG.replace(": 1,", ": 3,")).unwrap();
        let mismatch = &distribution.quantities[0];
        assert_eq!(
            (mismatch.list.as_str(), mismatch.stated, mismatch.items),
            ("Origins", 3, 1)
        );
    }

    #[test]
    fn names_the_kind_of_another_document() {
        for (text, what) in [
            (r#"{"Resources": {}}"#, "a CloudFormation template"),
            (r#"{"resource_changes": []}"#, "a part of a Terraform plan"),
            (r#"{"foo": 1, "bar": 2}"#, "the keys foo, bar"),
            ("[]", "a list"),
            ("{}", "an empty object"),
        ] {
            let Err(NotAConfig::Other(looks)) = read_text(text) else {
                panic!("{text}");
            };
            assert!(looks.contains(what), "{looks}");
        }
    }

    #[test]
    fn names_each_value_of_the_wrong_kind() {
        let text = CONFIG.replace(r#""a.s3.eu-west-1.amazonaws.com""#, "5");
        let Err(NotAConfig::Malformed(problems)) = read_text(&text) else {
            panic!();
        };
        assert_eq!(
            problems[0].text,
            "/Origins/Items/0/DomainName is a number, not a string"
        );
    }

    #[test]
    fn counts_a_header_value_and_keeps_none_of_it() {
        let text = CONFIG.replace(
            r#""S3OriginConfig""#,
            r#""CustomHeaders": {"Quantity": 1, "Items": [{"HeaderName": "X-Key", "HeaderValue": "s3cr3t"}]}, "S3OriginConfig""#,
        );
        let distribution = read_text(&text).unwrap();
        let header = &distribution.origins[0].custom_headers[0];
        assert!(header.name.is("X-Key"));
        assert_eq!(header.value_length, Some(6));
        assert!(!format!("{distribution:?}").contains("s3cr3t"));
    }

    #[test]
    fn the_bucket_of_a_tenant_is_not_decided() {
        let text = CONFIG.replace("a.s3.eu", "{{tenant}}.a.s3.eu");
        let distribution = read_text(&text).unwrap();
        let endpoint = distribution.origins[0].s3_endpoint.as_ref().unwrap();
        let bucket = endpoint.bucket().unwrap();
        assert_eq!(bucket.as_str(), "{{tenant}}.a");
        assert!(bucket.is_symbolic());
        let facts = crate::facts::Facts::default();
        let limits = crate::rules::Limits::default();
        let case = crate::rules::Case::new(&distribution, &facts, &limits);
        let unknowns = crate::rules::judge(&case).unknowns;
        let expected = "bucket `{{tenant}}.a` is known only after the deployment";
        let about = unknowns
            .iter()
            .find(|it| it.unknown.fact == "bucket")
            .unwrap();
        assert_eq!(about.unknown.cause_text(), expected);
    }

    #[test]
    fn takes_cloudtrails_spelling_of_flags() {
        let text = CONFIG.replacen('{', r#"{"Enabled": "False", "#, 1);
        assert_eq!(read_text(&text).unwrap().enabled, Some(false));
    }
}
