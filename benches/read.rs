//! Reading what teams keep their configs in: a template of CloudFormation's largest size, and a plan
//! ten times as large. `make bench` runs it.

#![allow(clippy::print_stdout, reason = "what was read is a part of the result")]

use std::hint::black_box;
use std::path::Path;

use criterion::{Criterion, Throughput, criterion_group, criterion_main};
use origin_guard::candidate::{ReadOptions, Source, read_documents};
use serde_json::{Value, json};

const DISTRIBUTIONS: usize = 20;
const TEMPLATE: usize = 1_000_000;
const PLAN: usize = 10_000_000;

fn origin(n: usize) -> Value {
    json!({"Id": format!("origin-{n}"), "DomainName": {"Fn::GetAtt": ["Assets", "RegionalDomainName"]},
        "S3OriginConfig": {"OriginAccessIdentity": ""}})
}

/// A template of this size: distributions, their bucket, and functions in between.
fn template(bytes: usize) -> Value {
    let mut resources = serde_json::Map::new();
    resources.insert("Assets".into(), json!({"Type": "AWS::S3::Bucket"}));
    for n in 0..DISTRIBUTIONS {
        let origins: Vec<Value> = (0..25).map(origin).collect();
        let config = json!({"Enabled": true, "Origins": origins,
            "DefaultCacheBehavior": {"TargetOriginId": {"Fn::Sub": "origin-${N}"}, "ViewerProtocolPolicy": "https-only"}});
        let resource = json!({"Type": "AWS::CloudFront::Distribution", "Properties": {"DistributionConfig": config}});
        resources.insert(format!("Cdn{n}"), resource);
    }
    let filler = json!({"Type": "AWS::Lambda::Function", "Properties": {"Handler": "index.handler", "MemorySize": 128,
        "Environment": {"Variables": {"STAGE": {"Ref": "N"}, "URL": {"Fn::Sub": "https://${Cdn0.DomainName}/"}}}}});
    let each = filler.to_string().len() + 20;
    let now = Value::Object(resources.clone()).to_string().len();
    for n in 0..bytes.saturating_sub(now) / each {
        resources.insert(format!("Function{n}"), filler.clone());
    }
    json!({"Parameters": {"N": {"Type": "String", "Default": "3"}}, "Resources": resources})
}

/// A syntax.
type Write = fn(&Value) -> String;

/// A template that has this size once it is written.
fn template_of(bytes: usize, write: Write) -> String {
    let length = write(&template(bytes)).len();
    write(&template(bytes * bytes / length))
}

/// Keeps a document for `benches/peer/reading.py`, which times whole processes on it.
fn keep(name: &str, text: &str) {
    let path = Path::new(env!("CARGO_TARGET_TMPDIR")).join(name);
    if let Err(error) = std::fs::write(&path, text) {
        panic!("{}: {error}", path.display());
    }
}

/// A plan of this size: one distribution among resources of other types.
fn plan(bytes: usize) -> String {
    let change = |address: &str, kind: &str, after: &Value| {
        json!({"address": address, "mode": "managed", "type": kind,
            "change": {"actions": ["create"], "before": null, "after": after, "after_unknown": {"id": true, "arn": true}}})
    };
    let origins: Vec<Value> = (0..25)
        .map(|n| json!({"origin_id": format!("origin-{n}"), "domain_name": format!("b-{n}.s3.eu-west-1.amazonaws.com")}))
        .collect();
    let cdn = json!({"enabled": true, "origin": origins, "default_cache_behavior": [{"target_origin_id": "origin-1"}]});
    let mut changes = vec![change(
        "aws_cloudfront_distribution.cdn",
        "aws_cloudfront_distribution",
        &cdn,
    )];
    let rule = json!({"description": "a rule of a security group", "from_port": 443, "to_port": 443, "protocol": "tcp",
        "cidr_blocks": ["10.0.0.0/8", "172.16.0.0/12"], "tags": {"team": "platform", "stage": "prod"}});
    let each = change(
        "aws_security_group_rule.r00000",
        "aws_security_group_rule",
        &rule,
    )
    .to_string()
    .len()
        + 1;
    for n in 0..bytes / each {
        let address = format!("aws_security_group_rule.r{n:05}");
        changes.push(change(&address, "aws_security_group_rule", &rule));
    }
    json!({"format_version": "1.2", "terraform_version": "1.9.0", "planned_values": {}, "resource_changes": changes,
        "configuration": {"root_module": {}}})
    .to_string()
}

fn read(name: &str, text: &str) -> usize {
    let options = ReadOptions::default();
    match read_documents(Source::File, name, text.as_bytes(), &options) {
        Ok(candidates) => candidates.len(),
        Err(error) => panic!("{error}"),
    }
}

/// The most memory that this process has had, in kilobytes
/// (<https://man7.org/linux/man-pages/man5/proc_pid_status.5.html>).
fn peak() -> u64 {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:"));
    let number = line.and_then(|line| line.split_whitespace().next());
    number
        .and_then(|number| number.parse().ok())
        .unwrap_or_default()
}

fn reading(criterion: &mut Criterion) {
    // First, while the peak is still this document's own.
    let text = plan(PLAN);
    keep("plan.json", &text);
    let before = peak();
    assert_eq!(read("plan.json", &text), 1);
    let more = peak().saturating_sub(before) * 1_000;
    println!(
        "memory to read a plan of {} bytes: {more} bytes beside it, {} % of its size",
        text.len(),
        more * 100 / text.len() as u64
    );
    let mut group = criterion.benchmark_group("read");
    group
        .sample_size(20)
        .throughput(Throughput::Bytes(text.len() as u64));
    group.bench_function("a plan of 10 MB", |bench| {
        bench.iter(|| read("plan.json", black_box(&text)));
    });
    // JSON is YAML too; in block style it is what people write.
    let forms: [(&str, Write); 3] = [
        ("template.json", Value::to_string),
        ("pretty.json", |document| format!("{document:#}")),
        ("template.yaml", |document| yaml(document, 0)),
    ];
    for (name, write) in forms {
        let text = &template_of(TEMPLATE, write);
        assert_eq!(read(name, text), DISTRIBUTIONS);
        keep(name, text);
        group.throughput(Throughput::Bytes(text.len() as u64));
        let id = format!("{name}, 20 distributions, {} KB", text.len() / 1_000);
        group.bench_function(id, |bench| bench.iter(|| read(name, black_box(text))));
    }
    group.finish();
}

/// A document in YAML's block style.
fn yaml(value: &Value, depth: usize) -> String {
    let pad = "  ".repeat(depth);
    match value {
        Value::Object(map) if !map.is_empty() => {
            let lines = map.iter().map(|(key, value)| match value {
                Value::Object(map) if !map.is_empty() => {
                    format!("{pad}{key}:\n{}", yaml(value, depth + 1))
                }
                Value::Array(list) if !list.is_empty() => {
                    format!("{pad}{key}:\n{}", yaml(value, depth + 1))
                }
                scalar => format!("{pad}{key}: {scalar}\n"),
            });
            lines.collect::<Vec<_>>().concat()
        }
        Value::Array(list) => {
            let lines = list.iter().map(|item| match item {
                Value::Object(map) if !map.is_empty() => {
                    format!("{pad}-\n{}", yaml(item, depth + 1))
                }
                scalar => format!("{pad}- {scalar}\n"),
            });
            lines.collect::<Vec<_>>().concat()
        }
        scalar => format!("{pad}{scalar}\n"),
    }
}

criterion_group!(benches, reading);
criterion_main!(benches);
