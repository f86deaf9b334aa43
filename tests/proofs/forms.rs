//! One config in the three forms that teams keep it in, CloudFront's own, a template and a plan, gives
//! the same findings.

use std::path::Path;

use crate::offline::checked;
use origin_guard::candidate::{Candidate, ReadOptions, Source, config_of, read_documents};
use origin_guard::document::Node;
use serde_json::{Map, Value, json};

use super::corpus;

/// A list with or without `Quantity` as a plain one.
fn items(value: &Value) -> Vec<Value> {
    let list = value.get("Items").unwrap_or(value);
    list.as_array().cloned().unwrap_or_default()
}

fn renamed(map: &Map<String, Value>, names: &[(&str, &str)]) -> Map<String, Value> {
    let name = |key: &String| {
        let other = names.iter().find(|(api, _)| api == key);
        other.map_or_else(|| key.clone(), |(_, other)| (*other).to_owned())
    };
    map.iter()
        .map(|(key, value)| (name(key), value.clone()))
        .collect()
}

/// What both CloudFormation and the API keep as `Quantity` and `Items`.
const KEPT: [&str; 3] = ["OriginGroups", "Members", "StatusCodes"];

/// The config in CloudFormation's spelling.
fn of_template(value: &Value, key: &str) -> Value {
    const NAMES: [(&str, &str); 2] = [
        ("CustomHeaders", "OriginCustomHeaders"),
        ("OriginSslProtocols", "OriginSSLProtocols"),
    ];
    match value {
        Value::Object(map) if map.contains_key("Quantity") && !KEPT.contains(&key) => items(value)
            .iter()
            .map(|item| of_template(item, ""))
            .collect(),
        Value::Object(map) => {
            let map: Map<String, Value> = map
                .iter()
                .filter(|(_, value)| !value.is_null())
                .map(|(key, value)| (key.clone(), of_template(value, key)))
                .collect();
            Value::Object(renamed(&map, &NAMES))
        }
        Value::Array(list) => list.iter().map(|item| of_template(item, "")).collect(),
        other => other.clone(),
    }
}

fn template(config: &Value) -> Value {
    json!({"Resources": {"Cdn": {"Type": "AWS::CloudFront::Distribution",
        "Properties": {"DistributionConfig": of_template(config, "")}}}})
}

/// Some keys of an object under the provider's names, those that are there.
fn picked(value: &Value, names: &[(&str, &str)]) -> Map<String, Value> {
    let found = names.iter().filter_map(|(api, name)| {
        let value = value.get(api).filter(|value| !value.is_null())?;
        Some(((*name).to_owned(), value.clone()))
    });
    found.collect()
}

fn block(value: Option<&Value>, read: impl Fn(&Value) -> Value) -> Value {
    value
        .filter(|value| !value.is_null())
        .map_or_else(|| json!([]), |value| json!([read(value)]))
}

/// The config in the spelling of Terraform's provider.
#[expect(clippy::too_many_lines, reason = "a table of names in two spellings")]
fn plan(config: &Value) -> Value {
    let origin = |origin: &Value| {
        let mut map = picked(
            origin,
            &[
                ("Id", "origin_id"),
                ("DomainName", "domain_name"),
                ("OriginPath", "origin_path"),
                ("OriginAccessControlId", "origin_access_control_id"),
                ("ConnectionAttempts", "connection_attempts"),
                ("ConnectionTimeout", "connection_timeout"),
                ("ResponseCompletionTimeout", "response_completion_timeout"),
            ],
        );
        let s3 = |it: &Value| {
            Value::Object(picked(
                it,
                &[
                    ("OriginAccessIdentity", "origin_access_identity"),
                    ("OriginReadTimeout", "origin_read_timeout"),
                ],
            ))
        };
        let custom = |it: &Value| {
            let mut map = picked(
                it,
                &[
                    ("HTTPPort", "http_port"),
                    ("HTTPSPort", "https_port"),
                    ("OriginProtocolPolicy", "origin_protocol_policy"),
                    ("OriginReadTimeout", "origin_read_timeout"),
                    ("OriginKeepaliveTimeout", "origin_keepalive_timeout"),
                ],
            );
            map.insert(
                "origin_ssl_protocols".into(),
                items(&it["OriginSslProtocols"]).into(),
            );
            Value::Object(map)
        };
        let vpc = |it: &Value| {
            Value::Object(picked(
                it,
                &[
                    ("VpcOriginId", "vpc_origin_id"),
                    ("OwnerAccountId", "owner_account_id"),
                    ("OriginReadTimeout", "origin_read_timeout"),
                    ("OriginKeepaliveTimeout", "origin_keepalive_timeout"),
                ],
            ))
        };
        let shield = |it: &Value| {
            Value::Object(picked(
                it,
                &[
                    ("Enabled", "enabled"),
                    ("OriginShieldRegion", "origin_shield_region"),
                ],
            ))
        };
        let header = |it: &Value| {
            Value::Object(picked(
                it,
                &[("HeaderName", "name"), ("HeaderValue", "value")],
            ))
        };
        map.insert(
            "s3_origin_config".into(),
            block(origin.get("S3OriginConfig"), s3),
        );
        map.insert(
            "custom_origin_config".into(),
            block(origin.get("CustomOriginConfig"), custom),
        );
        map.insert(
            "vpc_origin_config".into(),
            block(origin.get("VpcOriginConfig"), vpc),
        );
        map.insert(
            "origin_shield".into(),
            block(origin.get("OriginShield"), shield),
        );
        map.insert(
            "custom_header".into(),
            items(&origin["CustomHeaders"]).iter().map(header).collect(),
        );
        Value::Object(map)
    };
    let group = |group: &Value| {
        let members: Vec<Value> = items(&group["Members"])
            .iter()
            .map(|it| json!({"origin_id": it["OriginId"]}))
            .collect();
        json!({"origin_id": group["Id"], "member": members,
            "failover_criteria": [{"status_codes": items(&group["FailoverCriteria"]["StatusCodes"])}]})
    };
    let behavior = |behavior: &Value| {
        let mut map = picked(
            behavior,
            &[
                ("PathPattern", "path_pattern"),
                ("TargetOriginId", "target_origin_id"),
                ("CachePolicyId", "cache_policy_id"),
                ("OriginRequestPolicyId", "origin_request_policy_id"),
            ],
        );
        map.insert(
            "allowed_methods".into(),
            items(&behavior["AllowedMethods"]).into(),
        );
        let values = |it: &Value| json!({"headers": items(&it["Headers"])});
        map.insert(
            "forwarded_values".into(),
            block(behavior.get("ForwardedValues"), values),
        );
        for (api, name) in [
            ("LambdaFunctionAssociations", "lambda_function_association"),
            ("FunctionAssociations", "function_association"),
        ] {
            let event = |it: &Value| json!({"event_type": it["EventType"]});
            map.insert(
                name.into(),
                items(&behavior[api]).iter().map(event).collect(),
            );
        }
        Value::Object(map)
    };
    let list = |name: &str, read: &dyn Fn(&Value) -> Value| -> Value {
        items(&config[name]).iter().map(read).collect()
    };
    let after = json!({
        "enabled": config["Enabled"], "staging": config["Staging"], "aliases": items(&config["Aliases"]),
        "origin": list("Origins", &origin), "origin_group": list("OriginGroups", &group),
        "default_cache_behavior": block(config.get("DefaultCacheBehavior"), behavior),
        "ordered_cache_behavior": list("CacheBehaviors", &behavior),
    });
    json!({"format_version": "1.2", "planned_values": {}, "configuration": {},
        "resource_changes": [{"address": "aws_cloudfront_distribution.cdn", "mode": "managed", "type": "aws_cloudfront_distribution",
            "change": {"actions": ["create"], "before": null, "after": after, "after_unknown": {}}}]})
}

fn read(name: &str, document: &Value) -> Candidate {
    let text = document.to_string();
    let mut all = read_documents(Source::File, name, text.as_bytes(), &ReadOptions::default())
        .unwrap_or_else(|error| panic!("{name}: {error}"));
    assert_eq!(all.len(), 1, "{name}");
    let mut only = all.remove(0);
    // Whose it is stands around a config in two of the forms only.
    only.distribution.id = None;
    only.distribution.arn = None;
    only.distribution.domain_name = None;
    only
}

/// What the guard says of a candidate, less where it stands.
async fn findings(candidate: Candidate) -> Vec<(String, Option<String>, Vec<String>, String)> {
    let judged = checked(vec![candidate]).await;
    let all = judged[0].report.findings.iter();
    // A template and a plan have no Quantity, and origins without an ID are named by their place.
    let reported =
        all.filter(|it| it.rule != "inconsistent-quantity" && it.rule != "unnamed-origin");
    let reported = reported.filter(|it| !crate::OF_THE_FORM.contains(&it.rule.as_str()));
    // The forms that are made here leave them out.
    let reported = reported.filter(|it| !it.message.contains("CachedMethods"));
    let mut reported: Vec<_> = reported
        .map(|it| {
            let message = if it.message.contains(" at ") {
                String::new()
            } else {
                it.message.clone()
            };
            (
                it.rule.clone(),
                it.origin.clone(),
                it.path_patterns.clone(),
                message,
            )
        })
        .collect();
    reported.sort();
    reported
}

/// Own configs, healthy and bent, and those of the corpus where there is one.
fn configs() -> Vec<(String, Value)> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures/healthy");
    let mut files = corpus::files(&folder);
    if let Some(folder) = corpus::folder() {
        files.extend(corpus::configs(&folder).0);
    }
    let mut all = Vec::new();
    for (name, content) in files {
        let Ok(node) = Node::from_json(&content) else {
            continue;
        };
        let config = config_of(&node).to_value();
        if config.get("Origins").is_none() {
            continue;
        }
        let mut bent = config.clone();
        bent["DefaultCacheBehavior"]["TargetOriginId"] = "nowhere".into();
        if let Some(origin) = bent.pointer_mut("/Origins/Items/0") {
            origin["DomainName"] = "https://bent.example.com".into();
        }
        all.push((format!("{name}, bent"), bent));
        all.push((name, config));
    }
    all
}

#[tokio::test]
async fn a_config_in_three_forms_gives_the_same_findings() {
    let all = configs();
    let mut reported = 0;
    for (name, config) in &all {
        // The provider makes an S3 origin of one without a config, which no other form does.
        let is_whole = items(&config["Origins"]).iter().all(|origin| {
            ["S3OriginConfig", "CustomOriginConfig", "VpcOriginConfig"]
                .iter()
                .any(|key| origin.get(key).is_some_and(|it| !it.is_null()))
        });
        let own = findings(read("config.json", config)).await;
        assert_eq!(
            findings(read("template.json", &template(config))).await,
            own,
            "{name} as a template"
        );
        if is_whole {
            assert_eq!(
                findings(read("plan.json", &plan(config))).await,
                own,
                "{name} as a plan"
            );
        }
        reported += own.len();
    }
    println!(
        "{} configs in three forms, {reported} findings each",
        all.len()
    );
    assert!(all.len() >= 10 && reported >= all.len() / 2);
}
