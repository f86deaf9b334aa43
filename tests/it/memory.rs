//! The built function in the memory of the smallest one: whatever is allowed is answered within it, and
//! what is over a bound in one clear error.

use std::fmt::Write as _;
use std::time::Duration;

use aws_double::Double;
use aws_double::runtime_api::{Function, Outcome};
use serde_json::{Value, json};

use crate::audit::Event;
use crate::stage::{ARTIFACTS, REPORTS, TOPIC, furnish, readable, site};

/// What `template.yaml` lets a function have at least, in megabytes.
const MEMORY: u64 = 128;
/// What a function may take of it at most, in megabytes. The binary that tests are run with, which is not
/// optimized, has more pages of code: a config of 2,500 origins takes 39 MB of it, and 15 MB of the one that
/// is deployed.
const MOST: u64 = if cfg!(debug_assertions) { 115 } else { 100 };
/// The address space of a process has more than its memory: its code, its stacks, and what the
/// allocator reserves.
const RESERVED: u64 = 384;

/// An input at the bounds of one way in, or far over them.
struct Worst {
    name: &'static str,
    event: Value,
    /// What its answer, or what the function returns, says.
    says: &'static str,
}

fn artifact(double: &Double, parameters: &Value, files: &[(&str, &[u8])]) -> Value {
    let mut world = double.world();
    let key = format!("run/{}.zip", world.jobs.len());
    world.object(ARTIFACTS, &key, aws_double::zip(files.iter().copied()));
    let parameters = parameters.to_string();
    world.job(Some(&parameters), Some((ARTIFACTS, &key)))
}

fn file(double: &Double, name: &str, text: &str) -> Value {
    artifact(
        double,
        &json!({"candidate": name}),
        &[(name, text.as_bytes())],
    )
}

/// A template whose loop makes so many distributions.
fn looped(count: usize) -> String {
    let mut values = String::new();
    for at in 0..count {
        let _ = write!(values, "{}\"v{at}\"", if at == 0 { "" } else { "," });
    }
    let origin = r#"{"Id": "o", "DomainName": "o.example.com", "CustomOriginConfig": {"OriginProtocolPolicy": "https-only"}}"#;
    format!(
        r#"{{"Transform": "AWS::LanguageExtensions", "Resources": {{"Fn::ForEach::L": ["X", [{values}],
        {{"D${{X}}": {{"Type": "AWS::CloudFront::Distribution", "Properties": {{"DistributionConfig": {{"Enabled": true,
        "Origins": [{origin}], "DefaultCacheBehavior": {{"TargetOriginId": "o",
        "ViewerProtocolPolicy": "https-only"}}}}}}}}}}]}}}}"#
    )
}

/// A template that writes its distributions out.
fn template(first: usize, count: usize) -> String {
    let distribution = json!({"Type": "AWS::CloudFront::Distribution", "Properties": {"DistributionConfig": {
        "Enabled": true,
        "Origins": [{"Id": "o", "DomainName": "o.example.com",
            "CustomOriginConfig": {"OriginProtocolPolicy": "https-only"}}],
        "DefaultCacheBehavior": {"TargetOriginId": "o", "ViewerProtocolPolicy": "https-only"}}}});
    let resources = (first..first + count).map(|at| (format!("D{at}"), distribution.clone()));
    json!({"Resources": resources.collect::<serde_json::Map<_, _>>()}).to_string()
}

/// A plan of so many distributions with so many origins each, each with a bucket of its own.
fn plan(distributions: usize, origins: usize) -> String {
    let changes = (0..distributions).map(|at| {
        let origins = (0..origins).map(|n| {
            json!({"origin_id": format!("o{n}"), "origin_access_control_id": "EASSETSOAC1",
                "domain_name": format!("bucket-{at}-{n}.s3.eu-west-1.amazonaws.com")})
        });
        let origins: Vec<Value> = origins.collect();
        json!({"address": format!("aws_cloudfront_distribution.d{at}"), "mode": "managed",
            "type": "aws_cloudfront_distribution", "change": {"actions": ["create"], "before": null,
            "after_unknown": {}, "after": {"enabled": true, "origin": origins,
            "default_cache_behavior": [{"target_origin_id": "o0", "viewer_protocol_policy": "https-only"}]}}})
    });
    json!({"format_version": "1.2", "resource_changes": changes.collect::<Vec<_>>()}).to_string()
}

/// The site with so many more origins, each wrong in several ways and reached by a behavior of its own.
fn wide(parts: usize) -> Value {
    let mut config = site();
    let behavior = config["CacheBehaviors"]["Items"][0].clone();
    let origins = config["Origins"]["Items"].as_array_mut().unwrap();
    let mut behaviors = Vec::new();
    for at in 0..parts / 2 {
        origins.push(json!({"Id": format!("wide {at}"), "DomainName": format!("Bucket_{at}.s3.eu-west-1.amazonaws.com"),
            "OriginPath": "assets/", "CustomHeaders": {"Quantity": 1, "Items": [{"HeaderName": "Host", "HeaderValue": "x"}]},
            "S3OriginConfig": {"OriginAccessIdentity": ""}, "OriginAccessControlId": ""}));
        let mut own = behavior.clone();
        own["PathPattern"] = format!("/wide-{at}/*").into();
        own["TargetOriginId"] = format!("wide {}", at + 1).into();
        behaviors.push(own);
    }
    let count = origins.len();
    config["Origins"]["Quantity"] = count.into();
    config["CacheBehaviors"]["Quantity"] = behaviors.len().into();
    config["CacheBehaviors"]["Items"] = behaviors.into();
    config
}

/// A distribution of so many buckets, each of which answers with the largest policy that S3 takes.
fn of_buckets(double: &Double, count: usize) -> Value {
    let mut config = site();
    let mut origins = Vec::new();
    let mut world = double.world();
    let mut policy = readable("example-assets");
    let statement = policy["Statement"][0].clone();
    while policy.to_string().len() < 20_000 {
        policy["Statement"]
            .as_array_mut()
            .unwrap()
            .push(statement.clone());
    }
    for at in 0..count {
        let name = format!("worst-bucket-{at}");
        world.bucket(&name, "eu-west-1").policy(policy.clone());
        origins.push(json!({"Id": name, "DomainName": format!("{name}.s3.eu-west-1.amazonaws.com"), "OriginPath": "",
            "S3OriginConfig": {"OriginAccessIdentity": ""}, "OriginAccessControlId": "EASSETSOAC1"}));
    }
    config["DefaultCacheBehavior"]["TargetOriginId"] = "worst-bucket-0".into();
    config["CacheBehaviors"] = json!({"Quantity": 0});
    config["OriginGroups"] = json!({"Quantity": 0});
    config["Origins"] = json!({"Quantity": count, "Items": origins});
    config
}

/// Every way in at its bounds, and over them.
fn table(double: &Double) -> Vec<Worst> {
    let mut table = of_several(double);
    table.extend(of_one(double));
    table
}

fn worst(name: &'static str, event: Value, says: &'static str) -> Worst {
    Worst { name, event, says }
}

/// Sources of several distributions.
fn of_several(double: &Double) -> Vec<Worst> {
    let many = |folders: usize, each: usize| {
        let files: Vec<(String, String)> = (0..folders)
            .map(|at| (format!("t/{at}.json"), template(at * each, each)))
            .collect();
        let files: Vec<(&str, &[u8])> = files
            .iter()
            .map(|(name, text)| (name.as_str(), text.as_bytes()))
            .collect();
        artifact(double, &json!({"candidate": "t/*.json"}), &files)
    };
    let distributions = "ORIGIN_GUARD_MAX_DISTRIBUTIONS";
    let parts = "ORIGIN_GUARD_MAX_PARTS";
    vec![
        worst(
            "template, loop of 500 distributions",
            file(double, "t.json", &looped(500)),
            "500 distributions",
        ),
        worst(
            "template, loop of 8,000",
            file(double, "t.json", &looped(8_000)),
            "its loops make more than 100000 values",
        ),
        worst(
            "template, loop of 12,000",
            file(double, "t.json", &looped(12_000)),
            "its loops make more than 100000 values",
        ),
        worst(
            "250 templates of 2 distributions",
            many(250, 2),
            "500 distributions",
        ),
        worst("400 templates of 30", many(400, 30), distributions),
        worst(
            "plan, 100 distributions of 5 buckets",
            file(double, "p.json", &plan(100, 5)),
            "100 distributions",
        ),
        worst(
            "plan, 24,000 bare distributions",
            file(double, "p.json", &plan(24_000, 0)),
            "800 for each megabyte of its MemorySize",
        ),
        worst(
            "plan, 100 distributions of 50 buckets",
            file(double, "p.json", &plan(100, 50)),
            parts,
        ),
        worst(
            "plan, 2 distributions of 600 buckets",
            file(double, "p.json", &plan(2, 600)),
            "ORIGIN_GUARD_MAX_SUBJECTS",
        ),
    ]
}

/// Sources of one distribution or of none.
fn of_one(double: &Double) -> Vec<Worst> {
    let of_config = |config: &Value| file(double, "c.json", &config.to_string());
    vec![
        worst(
            "config, 2,000 parts with findings",
            of_config(&wide(2_000)),
            "more errors",
        ),
        worst(
            "config, 2,500 origins",
            of_config(&wide(5_000)),
            "more than 100000 values",
        ),
        worst(
            "config, 500 buckets with policies of 20 KB",
            of_config(&of_buckets(double, 500)),
            "www.example.com",
        ),
        worst(
            "config, a text of 10 MB",
            file(
                double,
                "c.json",
                &json!({"Comment": "x".repeat(10_400_000)}).to_string(),
            ),
            "c.json",
        ),
        worst(
            "config, 99,000 values",
            file(double, "c.json", &format!("[{}1]", "1,".repeat(99_000))),
            "looks like a list",
        ),
        worst(
            "config, 96,000 values in objects",
            file(
                double,
                "c.json",
                &format!("[{}1]", "{\"a\":1},".repeat(48_000)),
            ),
            "looks like a list",
        ),
        worst("artifact of 31 MB", padded(double, 31), "looks like a list"),
        worst(
            "artifact of 33 MB",
            padded(double, 33),
            "ORIGIN_GUARD_MAX_ARTIFACT_MB",
        ),
        worst(
            "event of 250 KB",
            Event::update(&wide(300), "E2").0,
            "is broken",
        ),
    ]
}

/// A small candidate in an artifact of so many megabytes.
fn padded(double: &Double, megabytes: usize) -> Value {
    let rest = vec![b'x'; megabytes << 20];
    let files: [(&str, &[u8]); 2] = [("c.json", b"[1, 2]"), ("rest", &rest)];
    artifact(double, &json!({"candidate": "c.json"}), &files)
}

#[tokio::test]
async fn the_worst_of_every_way_in_is_answered_in_the_smallest_function() {
    let double = Double::start().await;
    furnish(&double);
    let endpoint = double.endpoint();
    let memory = MEMORY.to_string();
    let environment = [
        ("AWS_ENDPOINT_URL", endpoint.as_str()),
        ("AWS_LAMBDA_FUNCTION_MEMORY_SIZE", &memory),
        ("ORIGIN_GUARD_REPORT_BUCKET", REPORTS),
        ("ORIGIN_GUARD_TOPIC_ARN", TOPIC),
    ];
    let path = env!("CARGO_BIN_EXE_bootstrap");
    let mut wrong = Vec::new();
    for worst in table(&double) {
        double.world().requests.clear();
        let space = (MEMORY + RESERVED) << 20;
        let started = Function::try_start_within(path, environment, Some(space)).await;
        let mut function = started.unwrap();
        let invocation = function.invoke(&worst.event, Duration::from_mins(2)).await;
        let peak = function.peak_rss_kb().unwrap_or_default() / 1024;
        let answer = answer(&double, &worst.event, &invocation.outcome);
        let calls = double.world().requests.len();
        eprintln!(
            "{:45} {peak:4} MB {calls:5} calls {:6} ms  {}",
            worst.name,
            invocation.duration.as_millis(),
            answer
                .chars()
                .take(100)
                .collect::<String>()
                .replace('\n', " ")
        );
        if !answer.contains(worst.says) || peak == 0 || peak >= MOST {
            let logs: String = function.logs().chars().take(2_000).collect();
            wrong.push(format!("{}: {peak} MB, {answer:?}\n{logs}", worst.name));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n\n"));
}

/// The job's one answer, or what the invocation of an event returned.
fn answer(double: &Double, event: &Value, outcome: &Outcome) -> String {
    let world = double.world();
    let job = event["CodePipeline.job"]["id"].as_str();
    let Some(job) = job else {
        return match (outcome, world.published.last()) {
            (Outcome::Response(_), Some(published)) => {
                published.subject.clone().unwrap_or_default()
            }
            other => format!("{other:?}"),
        };
    };
    let Some(result) = &world.jobs[job].result else {
        return format!("no answer: {outcome:?}");
    };
    let message = &result["failureDetails"]["message"];
    let summary = &result["executionDetails"]["summary"];
    message
        .as_str()
        .or(summary.as_str())
        .unwrap_or_default()
        .to_owned()
}
