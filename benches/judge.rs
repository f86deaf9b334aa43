//! How long judging takes, with facts given: `cargo bench --bench judge`.
//!
//! The budget is 100 µs for 100 origins and 75 behaviors. The other sizes show how it grows: judging
//! is linear in origins × behaviors at most where the elements per second don't fall.

use std::hint::black_box;
use std::net::IpAddr;
use std::sync::Arc;
use std::time::Duration;

use criterion::{BenchmarkId, Criterion, Throughput};
use origin_guard::candidate::{Candidate, Source, read_document};
use origin_guard::cost::Cost;
use origin_guard::distribution::AccountId;
use origin_guard::facts::{
    Bucket, BucketAccess, Certificate, Connection, Encryption, Fact, Facts, Handshake, Host, Needs,
    OriginAccessControl, Owner, Resolution, Trust, Vantage,
};
use origin_guard::judged::{Judged, Mode};
use origin_guard::policy::Policy;
use origin_guard::report;
use origin_guard::rules::{self, Case, Limits, Quota};
use origin_guard::timestamp::Timestamp;
use origin_guard::verdict::OnUnknown;
use origin_guard::verdict::{self, Decision, Verdict};
use serde_json::{Value, json};
use time::macros::utc_datetime;

/// Origins and behaviors: CloudFront's quotas, and up to ten times that.
const SIZES: [(usize, usize); 4] = [(100, 75), (200, 150), (400, 300), (1000, 750)];

fn main() {
    let mut criterion = Criterion::default()
        .warm_up_time(Duration::from_secs(1))
        .measurement_time(Duration::from_secs(3))
        .configure_from_args();
    judging(&mut criterion);
    reading(&mut criterion);
    reporting(&mut criterion);
    criterion.final_summary();
}

fn judging(criterion: &mut Criterion) {
    let mut group = criterion.benchmark_group("judge");
    for (origins, behaviors) in SIZES {
        let bench = Bench::new(origins, behaviors);
        group.throughput(Throughput::Elements((origins * behaviors) as u64));
        group.bench_with_input(bench.id(), &bench, |bencher, bench| {
            bencher.iter(|| black_box(bench).decide());
        });
    }
    group.finish();
}

fn reading(criterion: &mut Criterion) {
    let mut group = criterion.benchmark_group("read");
    for (origins, behaviors) in SIZES {
        let bench = Bench::new(origins, behaviors);
        group.throughput(Throughput::Bytes(bench.document.len() as u64));
        group.bench_with_input(bench.id(), &bench.document, |bencher, document| {
            bencher.iter(|| read(black_box(document)));
        });
    }
    group.finish();
}

/// The report as it is stored: built, as JSON, and as Markdown.
fn reporting(criterion: &mut Criterion) {
    let mut group = criterion.benchmark_group("report");
    let (origins, behaviors) = SIZES[0];
    let bench = Bench::new(origins, behaviors);
    let judged = bench.judged();
    let report = report::build(&judged);
    let id = BenchmarkId::new("html", format!("{origins} origins, {behaviors} behaviors"));
    group.bench_with_input(id, &report, |bencher, report| {
        bencher.iter(|| report::html(std::slice::from_ref(black_box(report))));
    });
    // Nothing folds and each behavior has a finding: the most that there is to draw. 5 ms at most.
    let broken = bench.broken();
    let drawn = report::build(&broken.judged());
    let id = format!("{origins} origins, {behaviors} behaviors, each broken");
    group.bench_with_input(BenchmarkId::new("html", id), &drawn, |bencher, report| {
        bencher.iter(|| report::html(std::slice::from_ref(black_box(report))));
    });
    group.bench_with_input(bench.id(), &judged, |bencher, judged| {
        bencher.iter(|| {
            let report = report::build(black_box(judged));
            (
                serde_json::to_vec_pretty(&report),
                report::markdown(&report),
            )
        });
    });
    group.finish();
}

/// A healthy config, the live one beside it, and everything that AWS would say about it.
struct Bench {
    origins: usize,
    behaviors: usize,
    document: Vec<u8>,
    candidate: Candidate,
    baseline: Candidate,
    facts: Facts,
    limits: Limits,
}

impl Bench {
    fn new(origins: usize, behaviors: usize) -> Self {
        let document = format!("{:#}", config(origins, behaviors)).into_bytes();
        let candidate = read(&document);
        let bench = Self {
            origins,
            behaviors,
            baseline: candidate.clone(),
            facts: facts(&Needs::of(&candidate.distribution)),
            candidate,
            document,
            limits: Limits {
                origins: Quota::OfAccount(origins),
                origin_groups: Quota::OfAccount(origins),
                behaviors: Quota::OfAccount(behaviors),
                ..Limits::default()
            },
        };
        let decision = bench.decide();
        let healthy = decision.verdict == Verdict::Pass && decision.findings.is_empty();
        assert!(healthy, "not healthy: {:#?}", decision.findings);
        bench
    }

    /// The same with behaviors that target what is not there.
    fn broken(&self) -> Self {
        let document = String::from_utf8_lossy(&self.document);
        let document = document
            .replace("\"TargetOriginId\": \"", "\"TargetOriginId\": \"gone-")
            .into_bytes();
        let broken = Self {
            candidate: read(&document),
            baseline: self.baseline.clone(),
            facts: self.facts.clone(),
            document,
            ..*self
        };
        let findings = broken.decide().findings;
        assert!(findings.len() > self.behaviors, "{}", findings.len());
        broken
    }

    fn id(&self) -> BenchmarkId {
        BenchmarkId::from_parameter(format!(
            "{} origins, {} behaviors",
            self.origins, self.behaviors
        ))
    }

    fn judged(&self) -> Judged {
        Judged {
            mode: Mode::Gate,
            judged_at: Timestamp::of(utc_datetime!(2026-11-23 9:00)),
            candidate: self.candidate.clone(),
            baseline: None,
            facts: Arc::new(self.facts.clone()),
            decision: self.decide(),
            trigger: None,
            explanation: None,
            cost: Cost::default(),
            rules_url: None,
        }
    }

    fn decide(&self) -> Decision {
        let case = Case::new(&self.candidate.distribution, &self.facts, &self.limits)
            .with_baseline(Some(&self.baseline.distribution));
        let judgement = rules::judge(&case);
        verdict::decide(judgement, OnUnknown::Block)
    }
}

fn read(document: &[u8]) -> Candidate {
    match read_document(Source::Artifact, "distribution.json", document) {
        Ok(candidate) => candidate,
        Err(error) => panic!("{error}"),
    }
}

/// Every bucket is ours and where its domain says, every access control signs.
fn facts(needs: &Needs) -> Facts {
    let mut facts = Facts {
        account: AccountId::parse("111122223333"),
        ..Facts::default()
    };
    for (name, need) in &needs.buckets {
        let bucket = Bucket::Exists {
            region: need.region.clone(),
            owner: Fact::Known(Owner::Ours),
        };
        facts.buckets.insert(name.clone(), Fact::Known(bucket));
        let policy = readable(name.as_str());
        let access = BucketAccess {
            policy: Fact::Known(Policy::parse(&policy).ok()),
            encryption: Fact::Known(Encryption::S3Managed),
            ..BucketAccess::not_asked(name.as_str())
        };
        facts.bucket_access.insert(name.clone(), access);
    }
    for (name, need) in &needs.hosts {
        let certificate = Certificate {
            trust: Trust::Trusted,
            days_left: Some(200),
        };
        let tls = Connection::Tls(Handshake::Certificate(certificate));
        let host = Host {
            resolution: Resolution::Addresses {
                public: vec![IpAddr::from([192, 0, 2, 1])],
                private: Vec::new(),
                aliases: Vec::new(),
            },
            vantage: Vantage::Internet,
            connections: need
                .doors
                .iter()
                .map(|door| (door.clone(), tls.clone()))
                .collect(),
        };
        facts.hosts.insert(name.clone(), Fact::Known(host));
    }
    for (id, ()) in &needs.origin_access_controls {
        let control = OriginAccessControl {
            name: format!("oac-{id}"),
            origin_type: "s3".to_owned(),
            signing_behavior: "always".to_owned(),
            signing_protocol: Some("sigv4".to_owned()),
        };
        let known = Fact::Known(Some(control));
        facts.origin_access_controls.insert(id.clone(), known);
    }
    facts
}

fn readable(bucket: &str) -> String {
    json!({"Version": "2012-10-17", "Statement": {"Effect": "Allow",
        "Principal": {"Service": "cloudfront.amazonaws.com"}, "Action": "s3:GetObject",
        "Resource": format!("arn:aws:s3:::{bucket}/*"),
        "Condition": {"StringEquals": {"AWS:SourceAccount": "111122223333"}}}})
    .to_string()
}

/// What `get-distribution-config` prints. A behavior for each origin; the origins beyond that stand
/// by in origin groups, so that each of them is used.
fn config(origins: usize, behaviors: usize) -> Value {
    let groups = origins - behaviors - 1;
    let target = |n: usize| match n {
        n if n < groups => format!("group-{n}"),
        n => id(n),
    };
    let items: Vec<Value> = (0..behaviors).map(|n| behavior(n, &target(n))).collect();
    let mut default = behavior(0, &target(behaviors));
    if let Some(default) = default.as_object_mut() {
        default.remove("PathPattern");
    }
    json!({
        "ETag": "E2QWRUHEXAMPLE",
        "DistributionConfig": {
            "CallerReference": "bench",
            "Aliases": {"Quantity": 2, "Items": ["www.example.com", "example.com"]},
            "DefaultRootObject": "index.html",
            "Origins": list((0..origins).map(|n| origin(n, groups, behaviors)).collect()),
            "OriginGroups": list((0..groups).map(|n| group(n, &id(behaviors + 1 + n))).collect()),
            "DefaultCacheBehavior": default,
            "CacheBehaviors": list(items),
            "CustomErrorResponses": {"Quantity": 0},
            "Comment": "www.example.com",
            "Logging": {"Enabled": false, "IncludeCookies": false, "Bucket": "", "Prefix": ""},
            "PriceClass": "PriceClass_100",
            "Enabled": true,
            "ViewerCertificate": {
                "CloudFrontDefaultCertificate": false,
                "ACMCertificateArn": "arn:aws:acm:us-east-1:111122223333:certificate/example",
                "SSLSupportMethod": "sni-only",
                "MinimumProtocolVersion": "TLSv1.2_2021"
            },
            "Restrictions": {"GeoRestriction": {"RestrictionType": "none", "Quantity": 0}},
            "WebACLId": "",
            "HttpVersion": "http2and3",
            "IsIPV6Enabled": true,
            "Staging": false
        }
    })
}

#[expect(clippy::needless_pass_by_value, reason = "lists are handed over")]
fn list(items: Vec<Value>) -> Value {
    json!({"Quantity": items.len(), "Items": items})
}

fn id(n: usize) -> String {
    if is_custom(n) {
        format!("service-{n}")
    } else {
        format!("assets-{n}")
    }
}

/// One in five.
fn is_custom(n: usize) -> bool {
    n % 5 == 4
}

/// Origins in groups are S3 origins: they take no writes.
fn origin(n: usize, groups: usize, behaviors: usize) -> Value {
    let mut origin = json!({
        "Id": id(n),
        "OriginPath": if n.is_multiple_of(7) { "/public" } else { "" },
        "CustomHeaders": {"Quantity": 0},
        "ConnectionAttempts": 3,
        "ConnectionTimeout": 10,
        "OriginShield": {"Enabled": false},
        "OriginAccessControlId": ""
    });
    let in_group = n < groups || n > behaviors;
    if is_custom(n) && !in_group {
        origin["DomainName"] = match n % 3 {
            0 => format!("api-{n}.origin.example.com"),
            1 => format!("shop-{n}.origin.example.org"),
            _ => format!("a{n}bcdef123.execute-api.us-east-1.amazonaws.com"),
        }
        .into();
        origin["CustomOriginConfig"] = json!({
            "HTTPPort": 80,
            "HTTPSPort": 443,
            "OriginProtocolPolicy": "https-only",
            "OriginSslProtocols": {"Quantity": 1, "Items": ["TLSv1.2"]},
            "OriginReadTimeout": 30,
            "OriginKeepaliveTimeout": 5
        });
    } else {
        let region = ["us-east-1", "eu-west-1", "ap-southeast-2", "eu-central-1"][n % 4];
        origin["DomainName"] = format!("example-assets-{n}.s3.{region}.amazonaws.com").into();
        origin["S3OriginConfig"] = json!({"OriginAccessIdentity": ""});
        origin["OriginAccessControlId"] = format!("E{:013}", n % 3).into();
    }
    origin
}

fn group(n: usize, standby: &str) -> Value {
    json!({
        "Id": format!("group-{n}"),
        "FailoverCriteria": {"StatusCodes": {"Quantity": 4, "Items": [500, 502, 503, 504]}},
        "Members": {"Quantity": 2, "Items": [{"OriginId": id(n)}, {"OriginId": standby}]},
        "SelectionCriteria": "default"
    })
}

/// Paths of many shapes, none of which takes requests away from a later one.
fn behavior(n: usize, target: &str) -> Value {
    let path = match n % 8 {
        0 => format!("/app-{n}/*"),
        1 => format!("/assets/{n}/*.css"),
        2 => format!("*.v{n}.js"),
        3 => format!("/legal/page-{n}.html"),
        4 => format!("/img/{n}/??/thumb-*.webp"),
        5 => format!("docs-{n}/*"),
        6 => format!("/media/*/variant-{n}/*"),
        _ => format!("/feeds/{n}"),
    };
    let methods = if target.starts_with("service") {
        json!({
            "Quantity": 7,
            "Items": ["HEAD", "DELETE", "POST", "GET", "OPTIONS", "PUT", "PATCH"],
            "CachedMethods": {"Quantity": 2, "Items": ["HEAD", "GET"]}
        })
    } else {
        json!({
            "Quantity": 2,
            "Items": ["HEAD", "GET"],
            "CachedMethods": {"Quantity": 2, "Items": ["HEAD", "GET"]}
        })
    };
    json!({
        "PathPattern": path,
        "TargetOriginId": target,
        "TrustedSigners": {"Enabled": false, "Quantity": 0},
        "TrustedKeyGroups": {"Enabled": false, "Quantity": 0},
        "ViewerProtocolPolicy": "redirect-to-https",
        "AllowedMethods": methods,
        "SmoothStreaming": false,
        "Compress": true,
        "LambdaFunctionAssociations": {"Quantity": 0},
        "FunctionAssociations": {"Quantity": 0},
        "FieldLevelEncryptionId": "",
        "CachePolicyId": "658327ea-f89d-4fab-a63d-7e88639e58f6"
    })
}
