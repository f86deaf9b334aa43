//! What reports say about their parts, and what the forms for machines make of it.

use std::sync::Arc;

use roxmltree::Node;
use serde_json::{Value, json};
use time::macros::utc_datetime;

use super::render::junit::junit;
use super::render::sarif::sarif;
use super::{build, html, v1};
use crate::candidate::{Source, read_document};
use crate::cost::Cost;
use crate::distribution::BucketName;
use crate::facts::{
    Bucket, BucketAccess, Connection, Door, Encryption, Fact, Facts, Handshake, Host,
    OriginAccessControl, Owner, ProbeFailure, Resolution, TlsOffer, Unknown, Vantage,
};
use crate::finding::Waived;
use crate::judged::{Judged, Mode};
use crate::policy::Policy;
use crate::rules::{Case, Judgement, Limits, judge};
use crate::timestamp::Timestamp;
use crate::verdict::{OnUnknown, decide};

fn list(items: &[Value]) -> Value {
    json!({"Quantity": items.len(), "Items": items})
}

fn s3_origin(id: &str, bucket: &str) -> Value {
    json!({"Id": id, "DomainName": format!("{bucket}.s3.eu-west-1.amazonaws.com"),
        "S3OriginConfig": {"OriginAccessIdentity": ""}, "OriginAccessControlId": "EOAC"})
}

fn custom_origin(id: &str, domain: &str) -> Value {
    json!({"Id": id, "DomainName": domain, "CustomOriginConfig": {"HTTPPort": 80, "HTTPSPort": 443,
        "OriginProtocolPolicy": "https-only", "OriginSslProtocols": list(&["TLSv1.2".into()])}})
}

/// Origins, the first of which is the default behavior's, and behaviors by pattern and target.
fn config(origins: &[Value], behaviors: &[(&str, &str)]) -> Value {
    let behaviors: Vec<Value> = behaviors
        .iter()
        .map(|(pattern, target)| {
            json!({"PathPattern": pattern, "TargetOriginId": target,
                "ViewerProtocolPolicy": "https-only", "CachePolicyId": "658327ea-f89d-4fab-a63d-7e88639e58f6"})
        })
        .collect();
    json!({"CallerReference": "x", "Comment": "", "Enabled": true, "Origins": list(origins),
        "DefaultCacheBehavior": {"TargetOriginId": origins[0]["Id"],
            "ViewerProtocolPolicy": "https-only", "CachePolicyId": "658327ea-f89d-4fab-a63d-7e88639e58f6"},
        "CacheBehaviors": list(&behaviors)})
}

fn report(config: &Value, facts: &Facts) -> v1::Report {
    modified(config, facts, |_| {})
}

/// A report on what the rules say and something makes of it.
fn modified(config: &Value, facts: &Facts, modify: impl FnOnce(&mut Judgement)) -> v1::Report {
    let candidate = read_document(Source::File, "a.json", config.to_string().as_bytes()).unwrap();
    let limits = Limits::default();
    let mut judgement = judge(&Case::new(&candidate.distribution, facts, &limits));
    modify(&mut judgement);
    let decision = decide(judgement, OnUnknown::Block);
    build(&Judged {
        mode: Mode::Check,
        judged_at: Timestamp::of(utc_datetime!(2026-11-23 9:00)),
        candidate,
        baseline: None,
        facts: Arc::new(facts.clone()),
        decision,
        trigger: None,
        explanation: None,
        cost: Cost::default(),
        rules_url: None,
    })
}

/// A bucket of ours with a policy that lets CloudFront in, and a control that signs.
fn known(bucket: &str) -> Facts {
    let name = BucketName::new(bucket);
    let policy = json!({"Version": "2012-10-17", "Statement": {"Effect": "Allow",
        "Principal": {"Service": "cloudfront.amazonaws.com"}, "Action": "s3:GetObject",
        "Resource": format!("arn:aws:s3:::{bucket}/*")}});
    let mut facts = Facts::default();
    facts.buckets.insert(
        name.clone(),
        Fact::Known(Bucket::Exists {
            region: crate::distribution::Region::parse("eu-west-1"),
            owner: Fact::Known(Owner::Ours),
        }),
    );
    facts.bucket_access.insert(
        name,
        BucketAccess {
            policy: Fact::Known(Some(Policy::parse(&policy.to_string()).unwrap())),
            encryption: Fact::Known(Encryption::S3Managed),
            ..BucketAccess::not_asked(bucket)
        },
    );
    facts.origin_access_controls.insert(
        "EOAC".to_owned(),
        Fact::Known(Some(OriginAccessControl {
            name: "control".to_owned(),
            origin_type: "s3".to_owned(),
            signing_behavior: "always".to_owned(),
            signing_protocol: Some("sigv4".to_owned()),
        })),
    );
    facts
}

fn denied<T>(fact: &'static str, subject: &str) -> Fact<T> {
    let why = ProbeFailure::Denied {
        permission: "a:Permission",
    };
    Fact::Unknown(Unknown::probe_failed(fact, subject, why))
}

fn unknown<'a>(report: &'a v1::Report, fact: &str) -> &'a v1::Unknown {
    let mut unknowns = report.unknowns.iter();
    let found = unknowns.find(|unknown| unknown.fact == fact);
    found.unwrap_or_else(|| panic!("{:#?}", report.unknowns))
}

mod statuses {
    use super::*;

    #[test]
    fn all_is_well_where_all_is_known() {
        let report = report(&config(&[s3_origin("a", "assets")], &[]), &known("assets"));
        assert_eq!(report.verdict.name(), "pass", "{}", report.summary);
        assert_eq!(report.unknowns, []);
        assert_eq!(report.origins[0].status.name(), "ok");
        assert_eq!(
            report.origins[0].pointer.as_deref(),
            Some("/Origins/Items/0")
        );
    }

    #[test]
    fn an_origin_is_not_ok_whose_vpc_origin_could_not_be_checked() {
        let vpc = json!({"Id": "vpc", "DomainName": "lb.internal", "VpcOriginConfig": {"VpcOriginId": "vo_1"}});
        let mut facts = known("assets");
        let config = config(&[s3_origin("a", "assets"), vpc], &[("/v/*", "vpc")]);
        for fact in [
            denied("VPC origin", "vo_1"),
            Fact::not_asked("VPC origin", "vo_1"),
        ] {
            facts.vpc_origins.insert("vo_1".to_owned(), fact);
            let report = report(&config, &facts);
            assert_eq!(
                report.origins[1].status.name(),
                "unknown",
                "{:#?}",
                report.unknowns
            );
            assert_eq!(report.origins[0].status.name(), "ok");
            let unknown = unknown(&report, "VPC origin");
            assert_eq!(unknown.rules, ["unknown-vpc-origin"]);
            assert_eq!(unknown.pointers, ["/Origins/Items/1"]);
        }
    }

    #[test]
    fn an_origin_is_not_ok_whose_key_policy_could_not_be_checked() {
        let config = config(&[s3_origin("a", "assets")], &[]);
        let mut facts = known("assets");
        if let Some(access) = facts.bucket_access.get_mut(&BucketName::new("assets")) {
            access.encryption = Fact::Known(Encryption::CustomerKey("k-1".to_owned()));
        }
        facts
            .key_policies
            .insert("k-1".to_owned(), denied("key policy", "k-1"));
        let report = report(&config, &facts);
        assert_eq!(report.verdict.name(), "inconclusive");
        assert_eq!(report.origins[0].status.name(), "unknown");
        assert_eq!(
            unknown(&report, "key policy").rules,
            ["ungranted-kms-access"]
        );
    }

    #[test]
    fn a_fact_that_hangs_on_an_expression_is_about_the_origin_too() {
        let mut facts = known("assets");
        if let Some(access) = facts.bucket_access.get_mut(&BucketName::new("assets")) {
            access.policy = Fact::Unknown(Unknown::not_decided("policy", "${Policy}"));
        }
        let report = report(&config(&[s3_origin("a", "assets")], &[]), &facts);
        assert_eq!(report.origins[0].status.name(), "unknown");
        assert_eq!(unknown(&report, "policy").pointers, ["/Origins/Items/0"]);
    }

    #[test]
    fn a_bucket_that_could_not_be_checked_is_in_the_way_of_every_rule_that_reads_it() {
        let mut facts = known("assets");
        facts
            .buckets
            .insert(BucketName::new("assets"), denied("bucket", "assets"));
        facts.bucket_access.clear();
        let report = report(&config(&[s3_origin("a", "assets")], &[]), &facts);
        let unknown = unknown(&report, "bucket");
        for rule in [
            "missing-bucket",
            "foreign-bucket",
            "wrong-bucket-region",
            "ungranted-bucket-access",
            "ungranted-kms-access",
        ] {
            assert!(
                unknown.rules.iter().any(|it| it == rule),
                "{rule}: {unknown:?}"
            );
        }
    }

    #[test]
    fn a_host_that_was_not_requested_leaves_nothing_undecided_and_a_silent_one_does() {
        let config = config(&[custom_origin("api", "API.example.com")], &[]);
        let mut facts = Facts::default();
        let unasked = report(&config, &facts);
        assert_eq!(unasked.origins[0].status.name(), "ok");
        assert_eq!(
            unknown(&unasked, crate::facts::ORIGIN_HOST).pointers,
            ["/Origins/Items/0"]
        );
        facts.hosts.insert(
            "api.example.com".to_owned(),
            denied(crate::facts::ORIGIN_HOST, "api.example.com"),
        );
        assert_eq!(report(&config, &facts).origins[0].status.name(), "unknown");
    }

    #[test]
    fn what_the_deployment_decides_leaves_its_behavior_and_group_undecided() {
        let mut config = config(
            &[
                s3_origin("a", "assets"),
                custom_origin("${Open}", "b.example.com"),
            ],
            &[("/x", "${Target}"), ("/y", "a")],
        );
        config["OriginGroups"] = list(&[json!({"Id": "g",
            "FailoverCriteria": {"StatusCodes": list(&[500.into()])},
            "Members": list(&[json!({"OriginId": "a"}), json!({"OriginId": "later"})])})]);
        let report = report(&config, &known("assets"));
        let statuses: Vec<&str> = report.behaviors.iter().map(|it| it.status.name()).collect();
        assert_eq!(statuses, ["unknown", "ok", "ok"], "{:#?}", report.unknowns);
        assert_eq!(report.origin_groups[0].status.name(), "unknown");
    }

    #[test]
    fn an_error_that_is_waived_leaves_nothing_broken() {
        let mut config = config(&[s3_origin("a", "assets")], &[("/x", "gone")]);
        config["OriginGroups"] = list(&[json!({"Id": "g",
            "FailoverCriteria": {"StatusCodes": list(&[500.into()])},
            "Members": list(&[json!({"OriginId": "a"}), json!({"OriginId": "gone"})])})]);
        let broken = report(&config, &known("assets"));
        assert_eq!(broken.behaviors[0].status.name(), "broken");
        assert_eq!(broken.origin_groups[0].status.name(), "broken");
        let waived = modified(&config, &known("assets"), |judgement| {
            for finding in &mut judgement.findings {
                finding.waived = Some(Waived {
                    reason: "known".to_owned(),
                    until: "2027-01-01".parse().unwrap(),
                });
            }
        });
        assert_eq!(waived.verdict.name(), "pass");
        assert_eq!(waived.behaviors[0].status.name(), "ok");
        assert_eq!(waived.origin_groups[0].status.name(), "ok");
    }
}

mod attribution {
    use super::*;

    /// Two origins of one ID and two behaviors of one pattern, the second ones broken.
    fn twins() -> v1::Report {
        let config = config(
            &[s3_origin("a", "assets"), s3_origin("a", "Bad_Name")],
            &[("/x", "a"), ("/x", "gone")],
        );
        report(&config, &known("assets"))
    }

    #[test]
    fn junit_fails_the_case_of_the_part_where_the_finding_is() {
        let xml = junit(&[twins()]).unwrap();
        let document = roxmltree::Document::parse(&xml).unwrap();
        let failed = |class: &str| {
            let cases = cases(&document, class).filter(|case| child(*case, "failure").is_some());
            cases
                .filter_map(|case| case.attribute("name"))
                .collect::<Vec<_>>()
        };
        let [bucket] = failed("invalid-bucket-name")[..] else {
            panic!("one case");
        };
        assert!(bucket.starts_with("origin a at a.json:1:"), "{bucket}");
        let [target] = failed("unknown-target-origin")[..] else {
            panic!("one case");
        };
        assert!(target.starts_with("behavior /x at a.json:1:"), "{target}");
    }

    #[test]
    fn the_map_marks_the_part_where_the_finding_is() {
        let page = html(&[twins()]);
        // The box has room for the beginning of the second rule's name.
        for rule in ["invalid-bu", "unknown-target-origin"] {
            let marked = page
                .split("<text class=\"note\"")
                .skip(1)
                .filter_map(|rest| rest.split_once("</text>"))
                .filter(|(note, _)| note.contains(rule));
            assert_eq!(marked.count(), 1, "{rule}");
        }
    }

    #[test]
    fn a_report_of_before_there_were_pointers_goes_by_names() {
        let mut report = twins();
        for origin in &mut report.origins {
            origin.pointer = None;
        }
        for behavior in &mut report.behaviors {
            behavior.pointer = None;
        }
        let xml = junit(&[report]).unwrap();
        let document = roxmltree::Document::parse(&xml).unwrap();
        let failed = cases(&document, "unknown-target-origin");
        let failed = failed.filter(|case| child(*case, "failure").is_some());
        assert_eq!(failed.count(), 1);
    }
}

fn cases<'a>(
    document: &'a roxmltree::Document<'a>,
    class: &str,
) -> impl Iterator<Item = Node<'a, 'a>> {
    let class = class.to_owned();
    document
        .descendants()
        .filter(|node| node.has_tag_name("testcase"))
        .filter(move |node| node.attribute("classname") == Some(class.as_str()))
}

fn child<'a>(node: Node<'a, 'a>, name: &str) -> Option<Node<'a, 'a>> {
    node.children().find(|child| child.has_tag_name(name))
}

mod passes {
    use super::*;

    /// Whether the case of a rule is green.
    fn is_green(report: &v1::Report, rule: &str) -> bool {
        let xml = junit(std::slice::from_ref(report)).unwrap();
        let document = roxmltree::Document::parse(&xml).unwrap();
        let mut cases = cases(&document, rule);
        let case = cases.next().unwrap();
        assert!(cases.next().is_none(), "{rule} has one case");
        !case.children().any(|child| child.is_element())
    }

    #[test]
    fn junit_passes_only_what_was_looked_at() {
        let config = config(
            &[
                s3_origin("a", "assets"),
                s3_origin("b", "unseen"),
                custom_origin("api", "api.example.com"),
            ],
            &[],
        );
        let report = report(&config, &known("assets"));
        for rule in [
            "missing-bucket",
            "foreign-bucket",
            "ungranted-bucket-access",
            "ungranted-kms-access",
            "unresolvable-origin-domain",
            "untrusted-origin-certificate",
        ] {
            assert!(!is_green(&report, rule), "{rule}");
        }
        assert!(is_green(&report, "malformed-origin-path"));
    }

    #[test]
    fn nothing_passes_that_hangs_on_a_port_or_a_certificate_that_was_not_seen() {
        let names = vec!["api.example.com".to_owned()];
        let offer = TlsOffer::Modern;
        let door = Door::Https {
            port: 443,
            offer,
            names,
        };
        let host = |connection| Host {
            resolution: Resolution::Addresses {
                public: vec!["203.0.113.7".parse().unwrap()],
                private: Vec::new(),
                aliases: Vec::new(),
            },
            vantage: Vantage::Internet,
            connections: [(door.clone(), connection)].into(),
        };
        let certificate = [
            "untrusted-origin-certificate",
            "expiring-origin-certificate",
        ];
        let all = ["unreachable-origin-port", certificate[0], certificate[1]];
        for (connection, fact, doubtful) in [
            (
                Connection::Failed("no route".to_owned()),
                "origin port `API.example.com:443`",
                &all[..],
            ),
            (
                Connection::Tls(Handshake::NotJudged),
                "origin certificate `API.example.com`",
                &certificate[..],
            ),
        ] {
            let mut facts = Facts::default();
            let host = Fact::Known(host(connection));
            facts.hosts.insert("api.example.com".to_owned(), host);
            let report = report(
                &config(&[custom_origin("api", "API.example.com")], &[]),
                &facts,
            );
            assert_eq!(report.origins[0].status.name(), "unknown", "{fact}");
            for rule in all {
                let passed = is_green(&report, rule);
                assert_eq!(passed, !doubtful.contains(&rule), "{fact}: {rule}");
            }
            assert!(is_green(&report, "unresolvable-origin-domain"));
            let log = sarif(std::slice::from_ref(&report));
            let notes = &log["runs"][0]["invocations"][0]["toolExecutionNotifications"];
            let text = notes[0]["message"]["text"].as_str().unwrap();
            let start = format!("a.json: {fact} is not known: ");
            assert!(text.starts_with(&start), "{text}");
        }
    }

    #[test]
    fn junit_passes_nothing_of_what_the_deployment_decides() {
        let config = config(
            &[
                s3_origin("a", "assets"),
                custom_origin("later", "${Domain}"),
            ],
            &[("/x", "a"), ("/y", "${Target}")],
        );
        let report = report(&config, &known("assets"));
        for rule in [
            "malformed-origin-domain",
            "self-referencing-origin",
            "unknown-target-origin",
            "viewer-host-to-s3",
        ] {
            assert!(!is_green(&report, rule), "{rule}");
        }
    }

    #[test]
    fn what_only_behaviors_leave_open_keeps_no_origin_rule_from_passing() {
        let config = config(&[s3_origin("a", "assets")], &[("/y", "${Target}")]);
        let report = report(&config, &known("assets"));
        assert!(is_green(&report, "malformed-origin-domain"));
        assert!(!is_green(&report, "unknown-target-origin"));
    }

    #[test]
    fn junit_has_no_more_cases_than_codebuild_takes_and_every_failure_that_fits() {
        let behaviors: Vec<String> = (0..60).map(|at| format!("/{at}")).collect();
        let behaviors = behaviors.iter().map(|path| (path.as_str(), "gone"));
        let behaviors: Vec<(&str, &str)> = behaviors.collect();
        let config = config(&[s3_origin("a", "assets")], &behaviors);
        let broken = report(&config, &known("assets"));
        for (reports, failures) in [(1, 60), (8, 480), (20, 500)] {
            let xml = junit(&vec![broken.clone(); reports]).unwrap();
            let document = roxmltree::Document::parse(&xml).unwrap();
            let count = |name| {
                let nodes = document.descendants();
                nodes.filter(|node| node.has_tag_name(name)).count()
            };
            assert!(count("testcase") <= 500, "{}", count("testcase"));
            // The last one of those that do not fit says how many more there are.
            assert_eq!(count("failure"), failures);
        }
    }

    #[test]
    fn junit_lists_every_unknown_as_an_error_where_it_blocks_and_as_skipped_else() {
        let mut facts = known("assets");
        facts
            .buckets
            .insert(BucketName::new("unseen"), denied("bucket", "unseen"));
        let config = config(
            &[
                s3_origin("a", "unseen"),
                custom_origin("api", "api.example.com"),
            ],
            &[],
        );
        let report = report(&config, &facts);
        let xml = junit(std::slice::from_ref(&report)).unwrap();
        let document = roxmltree::Document::parse(&xml).unwrap();
        let listed: Vec<(&str, &str, &str)> = cases(&document, "unknown")
            .map(|case| {
                let status = case.children().find(Node::is_element).unwrap();
                (
                    case.attribute("name").unwrap(),
                    status.tag_name().name(),
                    status.attribute("message").unwrap(),
                )
            })
            .collect();
        assert_eq!(
            listed,
            [
                (
                    "bucket unseen",
                    "error",
                    "bucket `unseen` is not known: denied: the guard has no a:Permission for it; needs a:Permission"
                ),
                (
                    "origin host api.example.com",
                    "skipped",
                    "origin host `api.example.com` is not known: not asked for; needs a run with ORIGIN_GUARD_NETWORK=on"
                ),
            ],
        );
        let suites = document
            .descendants()
            .filter(|node| node.has_tag_name("testsuite"));
        let skipped: usize = suites
            .filter_map(|suite| suite.attribute("disabled").or(suite.attribute("skipped")))
            .filter_map(|count| count.parse::<usize>().ok())
            .sum();
        assert!(skipped > 5, "{skipped}");
    }
}

mod code_scanning {
    use super::*;

    fn of(document: &str, resource: &str, name: &str) -> v1::Report {
        let mut report = report(
            &config(&[s3_origin("a", "Bad_Name")], &[]),
            &Facts::default(),
        );
        document.clone_into(&mut report.candidate.document);
        report.candidate.resource = Some(resource.to_owned());
        name.clone_into(&mut report.distribution.name);
        report
    }

    fn categories(log: &Value) -> Vec<&str> {
        let runs = log["runs"].as_array().unwrap().iter();
        runs.map(|run| run["automationDetails"]["id"].as_str().unwrap())
            .collect()
    }

    #[test]
    fn distributions_of_one_name_have_categories_of_their_own() {
        let reports = [
            of("A.template.json", "Site", "Site"),
            of("B.template.json", "Site", "Site"),
            of("B.template.json", "Site2", "www.example.com"),
            of("B.template.json", "Site", "Site"),
        ];
        assert_eq!(
            categories(&sarif(&reports)),
            [
                "origin-guard/Site/A.template.json/",
                "origin-guard/Site/B.template.json/",
                "origin-guard/www.example.com/B.template.json/Site2/",
                "origin-guard/Site/B.template.json/2/",
            ]
        );
    }

    #[test]
    fn an_audit_s_category_is_not_of_its_event() {
        let mut report = of("UpdateDistribution 1111-2222", "", "E1");
        report.mode = v1::Mode::Audit;
        report.candidate.resource = None;
        assert_eq!(categories(&sarif(&[report])), ["origin-guard/E1/"]);
    }

    #[test]
    fn more_distributions_than_a_file_may_have_runs_are_one_run() {
        let many = |count: usize| -> Vec<v1::Report> {
            (0..count)
                .map(|n| of("a.json", &format!("R{n}"), &format!("R{n}")))
                .collect()
        };
        let log = sarif(&many(20));
        assert_eq!(log["runs"].as_array().unwrap().len(), 20);
        let reports = many(21);
        let log = sarif(&reports);
        assert_eq!(categories(&log), ["origin-guard/"]);
        let results = log["runs"][0]["results"].as_array().unwrap();
        let findings: usize = reports.iter().map(|report| report.findings.len()).sum();
        assert_eq!(results.len(), findings);
        assert_eq!(results[findings - 1]["properties"]["distribution"], "R20");
    }

    #[test]
    fn a_run_whose_probe_failed_was_no_success_and_says_why() {
        let mut facts = known("assets");
        let config = config(&[s3_origin("a", "assets")], &[]);
        let invocation =
            |facts: &Facts| sarif(&[report(&config, facts)])["runs"][0]["invocations"][0].clone();
        assert_eq!(invocation(&facts)["executionSuccessful"], true);
        facts
            .buckets
            .insert(BucketName::new("assets"), denied("bucket", "assets"));
        let blocked = invocation(&facts);
        assert_eq!(blocked["executionSuccessful"], false);
        let note = &blocked["toolExecutionNotifications"][0];
        assert_eq!(note["level"], "error");
        assert_eq!(
            note["message"]["text"],
            "a.json: bucket `assets` is not known: denied: the guard has no a:Permission for it; needs a:Permission"
        );
    }
}

mod markdown {
    use super::super::render::markdown::markdown_of_all;
    use super::*;

    #[test]
    fn several_reports_fit_one_comment_and_each_is_there() {
        let origins: Vec<Value> = (0..90)
            .map(|at| s3_origin(&format!("origin-{at}"), &format!("Bad_Name_{at}")))
            .collect();
        let large = report(&config(&origins, &[]), &known("assets"));
        let small = report(&config(&[s3_origin("a", "assets")], &[]), &known("assets"));
        for count in [1, 3, 60] {
            let mut reports = vec![large.clone(); count];
            reports.push(small.clone());
            let text = markdown_of_all(&reports);
            assert!(text.len() <= 65_536, "{count}: {}", text.len());
            assert_eq!(text.matches("is blocked").count(), count, "{count}");
            assert!(text.contains("passes"), "{count}");
        }
    }

    #[test]
    fn many_findings_of_one_rule_are_a_group_in_every_form_for_people() {
        let origins: Vec<Value> = (0..7)
            .map(|at| s3_origin(&format!("o{at}"), "assets"))
            .collect();
        let report = report(&config(&origins, &[]), &known("assets"));
        let count = |rule: &str| report.findings.iter().filter(|it| it.rule == rule).count();
        assert_eq!(count("unused-origin"), 6);
        let text = super::super::text(&report);
        assert!(
            text.contains("info[unused-origin]: 6 origins\n  --> a.json:1:"),
            "{text}"
        );
        let markdown = markdown_of_all(std::slice::from_ref(&report));
        assert!(
            markdown.contains("### info: unused-origin: 6 origins"),
            "{markdown}"
        );
        let page = html(std::slice::from_ref(&report));
        let group = "<details class=\"group\"><summary>unused-origin: 6 origins</summary>";
        assert!(page.contains(group));
        assert!(page.contains("6 notes"));
    }

    #[test]
    fn facts_of_one_cause_are_one_line_in_every_form_for_people() {
        let origins: Vec<Value> = (0..15)
            .map(|at| s3_origin(&format!("o{at}"), &format!("bucket-{at}")))
            .collect();
        let report = report(&config(&origins, &[]), &Facts::default());
        let buckets = report.unknowns.iter().filter(|it| it.fact == "bucket");
        assert_eq!(buckets.count(), 15);
        let text = super::super::text(&report);
        assert_eq!(text.matches("\n  bucket `").count(), 1, "{text}");
        let line = "`bucket-11`, 3 more: not asked for; needs ";
        assert!(text.contains(line), "{text}");
        let markdown = markdown_of_all(std::slice::from_ref(&report));
        assert_eq!(markdown.matches("\n| bucket | `").count(), 1, "{markdown}");
        assert!(markdown.contains("`bucket-11`, 3 more | "), "{markdown}");
        // The page has room for all of them.
        let page = html(std::slice::from_ref(&report));
        assert_eq!(page.matches("<td>bucket</td>").count(), 1);
        assert!(page.contains("<code>bucket-13</code>, <code>bucket-14</code></td>"));
    }
}
