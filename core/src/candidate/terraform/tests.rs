use serde_json::{Value, json};

use super::*;
use crate::candidate::{Candidate, Format, ReadOptions, Source, read_document, read_documents};
use crate::change::{Difference, difference};
use crate::distribution::{BucketName, Expression, OriginKind, Place, S3EndpointKind};
use crate::error::GuardError;
use crate::facts::{Acls, Bucket, BucketAccess, Fact, Facts, Owner, Website};
use crate::finding::{NeededBy, NeededUnknown};
use crate::policy::Policy;
use crate::rule::Severity;
use crate::rules::{Case, Limits, judge};

fn candidates(plan: &Value) -> Vec<Candidate> {
    read_bytes(plan.to_string().as_bytes()).unwrap()
}

fn read_bytes(plan: &[u8]) -> Result<Vec<Candidate>, GuardError> {
    read_documents(Source::File, "plan.json", plan, &ReadOptions::default())
}

/// The rules by which a candidate is blocked, and the facts that were not decided.
fn judged(candidate: &Candidate) -> (Vec<&'static str>, Vec<&'static str>) {
    judged_beside(candidate, &Facts::default())
}

/// The same, with what AWS says before the plan is applied.
fn judged_beside(candidate: &Candidate, facts: &Facts) -> (Vec<&'static str>, Vec<&'static str>) {
    let limits = Limits::default();
    let facts = facts.with_planned(&candidate.planned);
    let all = judge(&Case::new(&candidate.distribution, &facts, &limits));
    let blocking = all
        .findings
        .iter()
        .filter(|it| it.severity == Severity::Error);
    let unknown = all.unknowns.iter().map(|it| it.unknown.fact);
    (blocking.map(|it| it.rule.name).collect(), unknown.collect())
}

#[expect(clippy::needless_pass_by_value, reason = "tables are read more easily")]
/// A plan with these changes, and these resources and calls of the root module.
fn plan(changes: Value, resources: Value, calls: Value) -> Value {
    json!({
        "format_version": "1.2", "terraform_version": "1.9.0", "planned_values": {},
        "resource_changes": changes,
        "configuration": {
            "provider_config": {"aws": {"name": "aws", "expressions": {"region": {"constant_value": "eu-west-1"}}}},
            "root_module": {"resources": resources, "module_calls": calls},
        },
    })
}

#[expect(clippy::needless_pass_by_value, reason = "tables are read more easily")]
fn change(address: &str, after: Value, unknown: Value) -> Value {
    let mut steps = address.split('.');
    let kind = steps.find(|step| step.starts_with("aws_")).unwrap();
    json!({"address": address, "mode": "managed", "type": kind,
        "change": {"actions": ["create"], "before": null, "after": after, "after_unknown": unknown}})
}

/// What was there before, and is now deleted, or made anew where it says what it becomes.
#[expect(clippy::needless_pass_by_value, reason = "tables are read more easily")]
fn deletion(address: &str, before: Value, after: Value) -> Value {
    let mut change = change(address, after.clone(), json!({}));
    let actions = if after.is_null() {
        json!(["delete"])
    } else {
        json!(["delete", "create"])
    };
    change["change"]["actions"] = actions;
    change["change"]["before"] = before;
    change
}

fn kept(address: &str, is: Value) -> Value {
    let mut change = change(address, is.clone(), json!({}));
    change["change"]["actions"] = json!(["no-op"]);
    change["change"]["before"] = is;
    change
}

/// A distribution with one origin at this domain.
fn distribution(address: &str, domain: &str) -> Value {
    let is_website = domain.contains("s3-website");
    let custom = json!([{"http_port": 80, "https_port": 443, "origin_protocol_policy": "http-only", "origin_ssl_protocols": ["TLSv1.2"]}]);
    let origin = json!({"origin_id": "a", "domain_name": domain, "origin_access_control_id": if is_website { "" } else { "EOAC" },
        "custom_origin_config": if is_website { custom } else { json!([]) }});
    change(
        address,
        json!({"enabled": true, "origin": [origin], "default_cache_behavior": [{"target_origin_id": "a", "cache_policy_id": "p"}]}),
        json!({"id": true}),
    )
}

/// The site of a team: a bucket, its control, and an API.
fn site() -> Value {
    let origin = json!([
        {"origin_id": "assets", "origin_path": "", "s3_origin_config": [], "custom_origin_config": [], "vpc_origin_config": [],
         "custom_header": [{"name": "X-A", "value": "b"}], "origin_shield": []},
        {"origin_id": "api", "domain_name": "api.example.com", "s3_origin_config": [],
         "custom_origin_config": [{"http_port": 80, "https_port": 443, "origin_protocol_policy": "https-only", "origin_ssl_protocols": ["TLSv1.2"]}]},
    ]);
    let after = json!({
        "enabled": true, "aliases": ["www.example.com"], "origin": origin,
        "origin_group": [{"origin_id": "both", "failover_criteria": [{"status_codes": [500]}], "member": [{"origin_id": "assets"}, {"origin_id": "api"}]}],
        "default_cache_behavior": [{"target_origin_id": "both", "allowed_methods": ["GET", "HEAD"], "cache_policy_id": "p", "origin_request_policy_id": "",
            "forwarded_values": [], "function_association": [{"event_type": "viewer-request"}]}],
        "ordered_cache_behavior": [{"path_pattern": "/api/*", "target_origin_id": "api"}],
    });
    let unknown = json!({"id": true, "arn": true, "origin": [{"domain_name": true, "origin_access_control_id": true}, {}],
        "default_cache_behavior": [{"function_association": [{"function_arn": true}]}]});
    plan(
        json!([
            change("aws_s3_bucket.assets", json!({"bucket": null}), json!({"id": true, "bucket": true})),
            change("aws_s3_bucket_policy.assets", json!({}), json!({"bucket": true, "policy": true})),
            change("aws_s3_bucket_ownership_controls.assets", json!({"rule": [{"object_ownership": "BucketOwnerEnforced"}]}), json!({"bucket": true})),
            change("aws_s3_bucket_website_configuration.assets", json!({"routing_rule": []}), json!({"bucket": true})),
            change("aws_cloudfront_origin_access_control.assets",
                json!({"name": "a", "origin_access_control_origin_type": "s3", "signing_behavior": "always"}), json!({"id": true})),
            change("aws_cloudfront_distribution.cdn", after, unknown),
            {"address": "data.aws_caller_identity.me", "mode": "data", "type": "aws_caller_identity", "change": {}},
        ]),
        json!([
            {"address": "aws_s3_bucket_policy.assets", "expressions": {"bucket": {"references": ["aws_s3_bucket.assets.id", "aws_s3_bucket.assets"]}}},
            {"address": "aws_s3_bucket_ownership_controls.assets", "expressions": {"bucket": {"references": ["aws_s3_bucket.assets.id", "aws_s3_bucket.assets"]}}},
            {"address": "aws_s3_bucket_website_configuration.assets", "expressions": {"bucket": {"references": ["aws_s3_bucket.assets.id", "aws_s3_bucket.assets"]}}},
            {"address": "aws_cloudfront_distribution.cdn", "expressions": {"origin": [
                {"origin_id": {"constant_value": "api"}, "domain_name": {"constant_value": "api.example.com"}},
                {"origin_id": {"constant_value": "assets"},
                 "domain_name": {"references": ["aws_s3_bucket.assets.bucket_regional_domain_name", "aws_s3_bucket.assets"]},
                 "origin_access_control_id": {"references": ["aws_cloudfront_origin_access_control.assets.id", "aws_cloudfront_origin_access_control.assets"]}},
            ]}},
        ]),
        json!({}),
    )
}

#[test]
fn the_providers_spelling_is_read_as_the_apis() {
    let all = candidates(&site());
    let [candidate] = all.as_slice() else {
        panic!()
    };
    assert_eq!(candidate.provenance.format, Format::TerraformPlan);
    assert_eq!(
        candidate.provenance.resource,
        Some("aws_cloudfront_distribution.cdn".into())
    );
    let cdn = &candidate.distribution;
    assert_eq!(cdn.enabled, Some(true));
    assert!(cdn.aliases[0].is("www.example.com"));
    // An origin without a config of its own is an S3 origin.
    assert_eq!(cdn.origins[0].kind(), OriginKind::S3);
    assert_eq!(cdn.origins[0].custom_headers[0].value_length, Some(1));
    let custom = cdn.origins[1].custom.as_ref().unwrap();
    assert_eq!(custom.https_port.as_ref().unwrap().known(), Some(&443));
    assert!(custom.origin_ssl_protocols[0].is("TLSv1.2"));
    assert!(cdn.origin_groups[0].members[1].is("api"));
    assert_eq!(cdn.origin_groups[0].status_codes[0].known(), Some(&500));
    let default = cdn.default_behavior.as_ref().unwrap();
    assert_eq!(default.methods.allowed, ["GET", "HEAD"]);
    assert!(default.origin_request_policy_id.is_none());
    assert!(default.runs_code_on_requests());
    assert!(cdn.behaviors[0].target_origin_id.is("api"));
    let place = &cdn.behaviors[0].target_origin_id.place.pointer;
    assert_eq!(
        place,
        "aws_cloudfront_distribution.cdn.ordered_cache_behavior[0].target_origin_id"
    );
}

#[test]
fn what_a_trace_needs_is_read_and_what_is_empty_is_none() {
    let address = "aws_cloudfront_distribution.site";
    let mut change = distribution(address, "a.s3.us-east-1.amazonaws.com");
    let after = &mut change["change"]["after"];
    let given = json!({
        "default_root_object": "index.html", "web_acl_id": "",
        "continuous_deployment_policy_id": "",
        "custom_error_response": [
            {"error_code": 403, "response_code": 200, "response_page_path": "/index.html"},
            {"error_code": 404, "response_code": 0, "response_page_path": ""},
        ],
        "restrictions": [{"geo_restriction": [{"restriction_type": "none", "locations": []}]}],
    });
    let default = json!({
        "viewer_protocol_policy": "https-only", "trusted_key_groups": ["key-group"], "trusted_signers": [],
        "forwarded_values": [{"query_string": true, "headers": ["Origin"],
            "cookies": [{"forward": "whitelist", "whitelisted_names": ["session"]}]}],
        "function_association": [{"event_type": "viewer-request", "function_arn": "arn:f"}],
        "lambda_function_association": [{"event_type": "origin-response", "lambda_arn": "arn:l"}],
    });
    let put = |to: &mut Value, from: &Value| {
        for (name, value) in from.as_object().unwrap() {
            to[name] = value.clone();
        }
    };
    put(after, &given);
    put(&mut after["default_cache_behavior"][0], &default);
    let all = candidates(&plan(json!([change]), json!([]), json!({})));
    let distribution = &all[0].distribution;
    let serving = &distribution.serving;
    assert!(
        serving
            .default_root_object
            .as_ref()
            .unwrap()
            .is("index.html")
    );
    assert_eq!((&serving.web_acl, &serving.geo_restriction), (&None, &None));
    let pages = &serving.error_pages;
    assert!(pages[0].page_path.as_ref().unwrap().is("/index.html"));
    assert_eq!(
        (&pages[1].page_path, &pages[1].response_code),
        (&None, &None)
    );
    let behavior = &distribution.default_behavior.as_ref().unwrap().serving;
    assert!(behavior.is_signed && behavior.forwards_query);
    assert!(behavior.cookie_names[0].is("session"));
    let functions = behavior
        .functions
        .iter()
        .map(|it| (it.is_lambda, it.event.spelling()));
    let expected = [(true, "origin-response"), (false, "viewer-request")];
    assert_eq!(functions.collect::<Vec<_>>(), expected);
    assert_eq!(distribution.deviations, []);
}

#[test]
fn a_completion_timeout_of_zero_is_none() {
    for (seconds, expected) in [(0, None), (60, Some(60))] {
        let mut plan = site();
        plan["resource_changes"][5]["change"]["after"]["origin"][0]["response_completion_timeout"] =
            json!(seconds);
        let all = candidates(&plan);
        let origin = &all[0].distribution.origins[0];
        let known = origin.response_completion_timeout.as_ref();
        assert_eq!(known.and_then(|it| it.known().copied()), expected);
    }
}

#[test]
fn what_is_known_after_apply_is_named_after_what_it_refers_to() {
    let all = candidates(&site());
    let Candidate {
        distribution,
        planned,
        ..
    } = &all[0];
    let origin = &distribution.origins[0];
    let bucket = BucketName::new(Expression::open("${aws_s3_bucket.assets}"));
    let endpoint = origin.s3_endpoint.as_ref().unwrap();
    assert_eq!(endpoint.kind, S3EndpointKind::Regional(bucket.clone()));
    assert_eq!(
        endpoint
            .region
            .as_ref()
            .map(crate::distribution::Region::as_str),
        Some("eu-west-1")
    );
    let control = origin.origin_access_control().unwrap().spelling();
    assert_eq!(control, "${aws_cloudfront_origin_access_control.assets}");
    assert!(
        planned.origin_access_controls[control]
            .known()
            .unwrap()
            .is_some()
    );
    assert!(matches!(
        planned.buckets[&bucket].known(),
        Some(Bucket::Exists {
            owner: Fact::Known(Owner::Ours),
            ..
        })
    ));
    assert_eq!(planned.websites[&bucket], Fact::Known(Website::On));
    assert_eq!(planned.bucket_access[&bucket].acls, Fact::Known(Acls::Off));
    let Fact::Unknown(policy) = &planned.bucket_policies[&bucket] else {
        panic!()
    };
    assert_eq!(policy.subject, "${aws_s3_bucket_policy.assets.policy}");
}

#[test]
fn modules_are_followed_in_and_out() {
    let bucket = json!({"references": ["module.assets.domain", "module.assets"]});
    let plan = plan(
        json!([
            change(
                "module.assets.aws_s3_bucket.this[0]",
                json!({"bucket": "team-assets"}),
                json!({"id": true})
            ),
            change(
                "module.cdn[\"a.b\"].aws_cloudfront_distribution.this",
                json!({"origin": [{"origin_id": "one"}]}),
                json!({"origin": [{"domain_name": true}]})
            ),
        ]),
        json!([]),
        json!({
            "assets": {"module": {
                "outputs": {"domain": {"expression": {"references": ["aws_s3_bucket.this[0].bucket_domain_name", "aws_s3_bucket.this[0]", "aws_s3_bucket.this"]}}},
                "resources": [{"address": "aws_s3_bucket.this", "expressions": {}}]}},
            "cdn": {"expressions": {"domain": bucket}, "module": {"resources": [
                {"address": "aws_cloudfront_distribution.this", "expressions": {"origin": [{"domain_name": {"references": ["var.domain"]}}]}}]}},
        }),
    );
    let all = candidates(&plan);
    let origin = &all[0].distribution.origins[0];
    assert_eq!(
        origin.domain_name.spelling(),
        "team-assets.s3.amazonaws.com"
    );
    assert!(origin.s3_endpoint.is_some());
}

#[test]
fn what_cannot_be_followed_is_an_expression_of_its_own() {
    for (expression, expected) in [
        (
            json!({"references": ["local.domain"]}),
            "${local.domain → aws_cloudfront_distribution.cdn.origin[0].domain_name}",
        ),
        (
            json!({"references": ["aws_s3_bucket.a.id", "aws_s3_bucket.a", "var.x"]}),
            "${aws_s3_bucket.a.id var.x → aws_cloudfront_distribution.cdn.origin[0].domain_name}",
        ),
        (
            json!({"references": ["aws_lb.web.dns_name", "aws_lb.web"]}),
            "${aws_lb.web.dns_name → aws_cloudfront_distribution.cdn.origin[0].domain_name}",
        ),
        (
            json!({}),
            "${aws_cloudfront_distribution.cdn.origin[0].domain_name}",
        ),
    ] {
        let plan = plan(
            json!([change(
                "aws_cloudfront_distribution.cdn",
                json!({"origin": [{"origin_id": "one"}]}),
                json!({"origin": [{"domain_name": true}]})
            )]),
            json!([{"address": "aws_cloudfront_distribution.cdn", "expressions": {"origin": [{"domain_name": expression}]}}]),
            json!({}),
        );
        let all = candidates(&plan);
        assert_eq!(
            all[0].distribution.origins[0].domain_name.spelling(),
            expected
        );
    }
}

/// Two instances of a module, or of resources with `for_each`, each with a bucket and its website.
#[test]
fn each_instance_refers_to_what_is_in_it() {
    let bucket = |references: Value| json!([{"address": "aws_s3_bucket_website_configuration.w", "expressions": {"bucket": {"references": references}}}]);
    let modules = |address: &str, key: &str| format!("module.s[\"{key}\"].{address}");
    let resources = |address: &str, key: &str| format!("{address}[\"{key}\"]");
    let all = |address: &dyn Fn(&str, &str) -> String| {
        let of_key = |key: &str| {
            [
                change(
                    &address("aws_s3_bucket.b", key),
                    json!({"bucket": key}),
                    json!({"id": true}),
                ),
                change(
                    &address("aws_s3_bucket_website_configuration.w", key),
                    json!({}),
                    json!({"bucket": true}),
                ),
                distribution(
                    &address("aws_cloudfront_distribution.cdn", key),
                    &format!("{key}.s3-website-eu-west-1.amazonaws.com"),
                ),
            ]
        };
        Value::Array([of_key("site-a"), of_key("site-b")].concat())
    };
    let of_modules = plan(
        all(&modules),
        json!([]),
        json!({"s": {"module": {"resources": bucket(json!(["aws_s3_bucket.b.id", "aws_s3_bucket.b"]))}}}),
    );
    let of_resources = plan(
        all(&resources),
        bucket(json!(["aws_s3_bucket.b", "each.key"])),
        json!({}),
    );
    for plan in [of_modules, of_resources] {
        let candidates = candidates(&plan);
        assert_eq!(candidates.len(), 2);
        for candidate in &candidates {
            let websites = &candidate.planned.websites;
            assert_eq!(
                websites[&BucketName::new("site-a")],
                Fact::Known(Website::On)
            );
            assert_eq!(
                websites[&BucketName::new("site-b")],
                Fact::Known(Website::On)
            );
            assert_eq!(judged(candidate).0, [""; 0]);
        }
    }
}

/// A module gets its bucket from a variable, and what calls it names the instance by its own key.
#[test]
fn a_key_is_followed_through_a_variable() {
    let module = |key: &str, address: &str| format!("module.w[\"{key}\"].{address}");
    let changes = json!([
        change(
            "aws_s3_bucket.b[\"site-a\"]",
            json!({"bucket": "site-a"}),
            json!({})
        ),
        change(
            "aws_s3_bucket.b[\"site-b\"]",
            json!({"bucket": "site-b"}),
            json!({})
        ),
        change(
            &module("site-b", "aws_s3_bucket_website_configuration.w"),
            json!({}),
            json!({"bucket": true})
        ),
        distribution(
            "aws_cloudfront_distribution.cdn",
            "site-a.s3-website-eu-west-1.amazonaws.com"
        ),
    ]);
    let declared = json!([{"address": "aws_s3_bucket_website_configuration.w", "expressions": {"bucket": {"references": ["var.bucket"]}}}]);
    let call = json!({"w": {"expressions": {"bucket": {"references": ["aws_s3_bucket.b", "each.key"]}}, "module": {"resources": declared}}});
    let all = candidates(&plan(changes, json!([]), call));
    let websites = &all[0].planned.websites;
    assert_eq!(
        websites[&BucketName::new("site-a")],
        Fact::Known(Website::Off)
    );
    assert_eq!(
        websites[&BucketName::new("site-b")],
        Fact::Known(Website::On)
    );
    assert_eq!(judged(&all[0]).0, ["website-hosting-disabled"]);
}

#[test]
fn while_it_is_open_of_which_bucket_a_website_is_none_is_without_one() {
    for references in [
        json!(["local.bucket"]),
        json!(["aws_s3_bucket.b", "each.value"]),
    ] {
        let plan = plan(
            json!([
                change("aws_s3_bucket.b", json!({"bucket": "site"}), json!({})),
                change(
                    "aws_s3_bucket_website_configuration.w",
                    json!({}),
                    json!({"bucket": true})
                ),
                distribution(
                    "aws_cloudfront_distribution.cdn",
                    "site.s3-website-eu-west-1.amazonaws.com"
                ),
            ]),
            json!([{"address": "aws_s3_bucket_website_configuration.w", "expressions": {"bucket": {"references": references}}}]),
            json!({}),
        );
        let (blocking, unknown) = judged(&candidates(&plan)[0]);
        assert_eq!(blocking, [""; 0]);
        assert!(unknown.contains(&"website hosting"), "{unknown:?}");
    }
}

#[test]
fn a_domain_ends_as_those_of_its_partition_do() {
    for (region, attribute, expected) in [
        ("eusc-de-east-1", "bucket_domain_name", "b.s3.amazonaws.eu"),
        (
            "cn-north-1",
            "bucket_regional_domain_name",
            "b.s3.cn-north-1.amazonaws.com.cn",
        ),
        (
            "us-gov-west-1",
            "website_endpoint",
            "b.s3-website-us-gov-west-1.amazonaws.com",
        ),
    ] {
        let plan = plan(
            json!([
                change(
                    "aws_s3_bucket.b",
                    json!({"bucket": "b", "region": region}),
                    json!({})
                ),
                change(
                    "aws_cloudfront_distribution.cdn",
                    json!({"origin": [{"origin_id": "a"}]}),
                    json!({"origin": [{"domain_name": true}]}),
                ),
            ]),
            json!([{"address": "aws_cloudfront_distribution.cdn", "expressions": {"origin": [
                {"domain_name": {"references": [format!("aws_s3_bucket.b.{attribute}"), "aws_s3_bucket.b"]}}]}}]),
            json!({}),
        );
        let all = candidates(&plan);
        let domain = &all[0].distribution.origins[0].domain_name;
        assert_eq!(domain.spelling(), expected);
    }
}

#[test]
fn a_bucket_is_in_the_region_of_its_own_provider() {
    let region =
        |name: &str| json!({"name": "aws", "expressions": {"region": {"constant_value": name}}});
    for (key, expected) in [
        ("aws", Some("eu-west-1")),
        ("aws.use1", Some("us-east-1")),
        ("module.a:aws", Some("ap-south-1")),
        ("module.a.module.b:aws", Some("eu-west-1")),
        ("aws.open", None),
        ("aws.gone", None),
    ] {
        let mut plan = plan(
            json!([
                change(
                    "aws_s3_bucket.b",
                    json!({"bucket": "team-assets"}),
                    json!({"id": true})
                ),
                distribution(
                    "aws_cloudfront_distribution.cdn",
                    "team-assets.s3.us-east-1.amazonaws.com"
                ),
                change(
                    "aws_cloudfront_distribution.open",
                    json!({"origin": [{"origin_id": "a"}]}),
                    json!({"origin": [{"domain_name": true}]})
                ),
            ]),
            json!([
                {"address": "aws_s3_bucket.b", "provider_config_key": key},
                {"address": "aws_cloudfront_distribution.open", "expressions": {"origin": [
                    {"domain_name": {"references": ["aws_s3_bucket.b.bucket_regional_domain_name", "aws_s3_bucket.b"]}}]}},
            ]),
            json!({}),
        );
        plan["configuration"]["provider_config"] = json!({
            "aws": region("eu-west-1"), "aws.use1": region("us-east-1"), "module.a:aws": region("ap-south-1"),
            "module.a.module.b:aws": {"name": "aws", "module_address": "module.a.module.b"},
            "aws.open": {"name": "aws", "expressions": {"region": {"references": ["var.region"]}}},
        });
        let all = candidates(&plan);
        let Some(Bucket::Exists { region, .. }) =
            all[0].planned.buckets[&BucketName::new("team-assets")].known()
        else {
            panic!("{key}")
        };
        assert_eq!(
            region.as_ref().map(crate::distribution::Region::as_str),
            expected,
            "{key}"
        );
        let is_wrong = expected.is_some_and(|region| region != "us-east-1");
        let blocking = judged(&all[0]).0;
        assert_eq!(
            blocking.contains(&"wrong-bucket-region"),
            is_wrong,
            "{key}: {blocking:?}"
        );
        let domain = &all[1].distribution.origins[0].domain_name;
        let region = expected.unwrap_or("${aws_s3_bucket.b.region}");
        assert_eq!(
            domain.spelling(),
            format!("team-assets.s3.{region}.amazonaws.com")
        );
    }
}

fn allowing() -> String {
    json!({"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Principal": {"Service": "cloudfront.amazonaws.com"},
        "Action": "s3:GetObject", "Resource": "arn:aws:s3:::team-assets/*"}]})
    .to_string()
}

/// The distribution and its access control, which are there, beside what changes around them.
fn beside(changes: &[Value]) -> Value {
    let control = json!({"id": "EOAC", "name": "o", "origin_access_control_origin_type": "s3", "signing_behavior": "always"});
    let address = "aws_cloudfront_distribution.cdn";
    let cdn = distribution(address, "team-assets.s3.eu-west-1.amazonaws.com");
    let mut cdn = cdn["change"]["after"].clone();
    cdn["id"] = "E1".into();
    cdn["arn"] = "arn:aws:cloudfront::111122223333:distribution/E1".into();
    let mut all = changes.to_vec();
    all.push(kept("aws_cloudfront_origin_access_control.o", control));
    all.push(kept(address, cdn));
    plan(Value::Array(all), json!([]), json!({}))
}

/// The bucket `team-assets`, whose policy lets the distribution read.
fn granting() -> Facts {
    let name = BucketName::new("team-assets");
    let mut facts = Facts::default();
    let ours = Bucket::Exists {
        region: None,
        owner: Fact::Known(Owner::Ours),
    };
    facts.buckets.insert(name.clone(), Fact::Known(ours));
    let access = BucketAccess {
        policy: Fact::Known(Policy::parse(&allowing()).ok()),
        ..BucketAccess::not_asked("team-assets")
    };
    facts.bucket_access.insert(name, access);
    facts
}

#[test]
fn what_the_plan_deletes_is_gone() {
    let bucket = json!({"bucket": "team-assets", "id": "team-assets", "region": "eu-west-1", "policy": allowing()});
    let policy = json!({"bucket": "team-assets", "policy": allowing()});
    let renamed = json!({"bucket": "team-assets-2", "region": "eu-west-1"});
    let none = Value::Null;
    for (changes, expected) in [
        (vec![kept("aws_s3_bucket.b", bucket.clone())], vec![]),
        (
            vec![deletion("aws_s3_bucket.b", bucket.clone(), none.clone())],
            vec!["missing-bucket"],
        ),
        (
            vec![deletion("aws_s3_bucket.b", bucket.clone(), renamed)],
            vec!["missing-bucket"],
        ),
        // It is at another address now.
        (
            vec![
                deletion("aws_s3_bucket.b", bucket.clone(), none.clone()),
                change("aws_s3_bucket.c", bucket.clone(), json!({})),
            ],
            vec![],
        ),
        (
            vec![
                kept("aws_s3_bucket.b", bucket.clone()),
                deletion("aws_s3_bucket_policy.b", policy.clone(), none.clone()),
            ],
            vec!["ungranted-bucket-access"],
        ),
        (
            vec![
                kept("aws_s3_bucket.b", bucket.clone()),
                deletion("aws_s3_bucket_policy.b", policy.clone(), none.clone()),
                change("aws_s3_bucket_policy.c", policy.clone(), json!({})),
            ],
            vec![],
        ),
        (
            vec![
                kept("aws_s3_bucket.b", bucket.clone()),
                deletion("aws_s3_bucket_policy.b", policy.clone(), none.clone()),
                change(
                    "aws_s3_bucket_policy.c",
                    json!({}),
                    json!({"bucket": true, "policy": true}),
                ),
            ],
            vec![],
        ),
        // The bucket is of another plan.
        (vec![], vec![]),
        (
            vec![deletion(
                "aws_s3_bucket_policy.b",
                policy.clone(),
                none.clone(),
            )],
            vec!["ungranted-bucket-access"],
        ),
        (
            vec![deletion(
                "aws_s3_bucket_policy.b",
                policy.clone(),
                policy.clone(),
            )],
            vec![],
        ),
        (
            vec![
                deletion("aws_s3_bucket_policy.b", policy.clone(), none.clone()),
                change(
                    "aws_s3_bucket_policy.c",
                    json!({}),
                    json!({"bucket": true, "policy": true}),
                ),
            ],
            vec![],
        ),
    ] {
        let all = candidates(&beside(&changes));
        let (blocking, unknown) = judged_beside(&all[0], &granting());
        assert_eq!(blocking, expected, "{unknown:?} {changes:#?}");
    }
}

#[test]
fn a_bucket_that_is_no_longer_managed_is_not_gone() {
    let bucket = json!({"bucket": "team-assets", "id": "team-assets"});
    let mut forgotten = deletion("aws_s3_bucket.b", bucket, Value::Null);
    forgotten["change"]["actions"] = json!(["forget"]);
    let all = candidates(&beside(&[forgotten]));
    assert!(all[0].planned.buckets.is_empty());
}

#[test]
fn a_website_that_the_plan_deletes_is_off() {
    let bucket = json!({"bucket": "site", "region": "eu-west-1", "website": [{"index_document": "index.html"}]});
    let plan = plan(
        json!([
            kept("aws_s3_bucket.b", bucket),
            deletion(
                "aws_s3_bucket_website_configuration.b",
                json!({"bucket": "site"}),
                Value::Null
            ),
            distribution(
                "aws_cloudfront_distribution.cdn",
                "site.s3-website-eu-west-1.amazonaws.com"
            ),
        ]),
        json!([]),
        json!({}),
    );
    assert_eq!(
        judged(&candidates(&plan)[0]).0,
        ["website-hosting-disabled"]
    );
}

/// `"S3-${b.id}"` and `"s3-${b.id}"` have the same references, so an orphan target may be none.
#[test]
fn what_may_be_a_template_is_equal_to_nothing_else() {
    let id = json!({"references": ["aws_s3_bucket.b.id", "aws_s3_bucket.b"]});
    let plan = plan(
        json!([
            change(
                "aws_s3_bucket.b",
                json!({"bucket": "team-assets"}),
                json!({"id": true})
            ),
            change(
                "aws_cloudfront_distribution.cdn",
                json!({"enabled": true, "origin": [{}], "default_cache_behavior": [{"cache_policy_id": "p"}],
                    "origin_group": [{"origin_id": "both", "failover_criteria": [{"status_codes": [500]}], "member": [{}, {}]}]}),
                json!({"origin": [{"origin_id": true, "domain_name": true, "origin_access_control_id": true}],
                    "default_cache_behavior": [{"target_origin_id": true}], "origin_group": [{"member": [{"origin_id": true}, {"origin_id": true}]}]}),
            ),
        ]),
        json!([{"address": "aws_cloudfront_distribution.cdn", "expressions": {
            "origin": [{"origin_id": id, "domain_name": id, "origin_access_control_id": id}],
            "default_cache_behavior": [{"target_origin_id": id}],
            "origin_group": [{"member": [{"origin_id": id}, {"origin_id": id}]}]}}]),
        json!({}),
    );
    let all = candidates(&plan);
    let distribution = &all[0].distribution;
    let (origin, group) = (&distribution.origins[0], &distribution.origin_groups[0]);
    let default = distribution.default_behavior.as_ref().unwrap();
    let control = origin.origin_access_control().unwrap();
    let mut spelt = vec![
        &origin.id,
        &origin.domain_name,
        control,
        &default.target_origin_id,
    ];
    spelt.extend(&group.members);
    let spelt: std::collections::BTreeSet<&str> = spelt.iter().map(|it| it.spelling()).collect();
    assert_eq!(spelt.len(), 6, "{spelt:#?}");
    assert!(origin.s3_endpoint.is_none());
    let (blocking, unknown) = judged(&all[0]);
    assert_eq!(blocking, [""; 0]);
    for fact in ["target origin", "origin domain"] {
        assert!(unknown.contains(&fact), "{fact}: {unknown:?}");
    }
}

#[test]
fn an_output_that_goes_on_is_not_its_one_reference() {
    let domain = |output: &str| json!({"references": [output, "module.assets"]});
    for (output, expected) in [
        ("module.assets.all", "team-assets.s3.amazonaws.com"),
        (
            "module.assets.all.name",
            "${module.assets.all.name → aws_cloudfront_distribution.cdn.origin[0].domain_name}",
        ),
    ] {
        let plan = plan(
            json!([
                change(
                    "module.assets.aws_s3_bucket.b",
                    json!({"bucket": "team-assets"}),
                    json!({})
                ),
                change(
                    "aws_cloudfront_distribution.cdn",
                    json!({"origin": [{"origin_id": "a"}]}),
                    json!({"origin": [{"domain_name": true}]})
                ),
            ]),
            json!([{"address": "aws_cloudfront_distribution.cdn", "expressions": {"origin": [{"domain_name": domain(output)}]}}]),
            json!({"assets": {"module": {"outputs": {"all": {"expression": {"references": ["aws_s3_bucket.b.bucket_domain_name", "aws_s3_bucket.b"]}}}}}}),
        );
        let all = candidates(&plan);
        assert_eq!(
            all[0].distribution.origins[0].domain_name.spelling(),
            expected
        );
    }
}

#[test]
fn origins_that_are_made_later_are_undecided() {
    let plan = plan(
        json!([change(
            "aws_cloudfront_distribution.cdn",
            json!({"default_cache_behavior": [{"target_origin_id": "x", "cache_policy_id": "p"}]}),
            json!({"origin": true})
        )]),
        json!([]),
        json!({}),
    );
    let all = candidates(&plan);
    assert_eq!(all[0].distribution.undecided[0].key, "Origins");
}

#[test]
fn what_is_there_now_is_the_baseline_and_what_goes_is_not_judged() {
    let mut update = site();
    let before = json!({"id": "E2EXAMPLE1GUARD", "arn": "arn:aws:cloudfront::111122223333:distribution/E2EXAMPLE1GUARD", "domain_name": "d1.cloudfront.net",
        "origin": [{"origin_id": "old", "domain_name": "old.example.com", "custom_origin_config": [{"origin_protocol_policy": "https-only"}]}]});
    update["resource_changes"][5]["change"]["before"] = before;
    let all = candidates(&update);
    assert_eq!(all[0].distribution.id, Some("E2EXAMPLE1GUARD".into()));
    let before = all[0].before.as_ref().unwrap();
    assert!(before.origins[0].id.is("old"));
    update["resource_changes"][5]["change"]["actions"] = json!(["delete"]);
    assert!(candidates(&update).is_empty());
}

#[test]
fn a_plan_that_does_not_say_what_a_distribution_becomes_is_refused() {
    for is_cut in [false, true] {
        let mut plan = site();
        let change = &mut plan["resource_changes"][5]["change"];
        if is_cut {
            *change = json!({"actions": ["update"], "before": {}});
        } else {
            change["after"] = Value::Null;
        }
        let error = read(plan.to_string().as_bytes(), &Bounds::default())
            .unwrap_err()
            .to_string();
        assert!(
            error.contains("what aws_cloudfront_distribution.cdn becomes"),
            "{error}"
        );
    }
}

#[test]
fn a_plan_may_begin_with_a_mark_of_its_encoding() {
    let marked = [b"\xef\xbb\xbf", site().to_string().as_bytes()].concat();
    assert_eq!(read_bytes(&marked).unwrap().len(), 1);
}

/// A multi-tenant distribution as the provider plans it, with this origin.
#[expect(clippy::needless_pass_by_value, reason = "tables are read more easily")]
fn tenants(origin: Value, parameter: &str) -> Value {
    let mut whole = json!({"id": "content", "origin_path": "", "custom_origin_config": [], "vpc_origin_config": [],
        "custom_header": [], "origin_shield": [], "connection_attempts": 3, "connection_timeout": 10,
        "response_completion_timeout": null});
    whole
        .as_object_mut()
        .unwrap()
        .extend(origin.as_object().unwrap().clone());
    let after = json!({"comment": "", "enabled": true, "http_version": "http2", "origin": [whole], "origin_group": [],
        "tenant_config": [{"parameter_definition": [{"name": parameter,
            "definition": [{"string_schema": [{"required": true, "comment": null, "default_value": null}]}]}]}],
        "default_cache_behavior": [{"target_origin_id": "content", "viewer_protocol_policy": "redirect-to-https",
            "cache_policy_id": "4135ea2d-6df8-44a3-9df3-4b5a84be39ad", "origin_request_policy_id": "",
            "allowed_methods": [{"items": ["GET", "HEAD"], "cached_methods": ["GET", "HEAD"]}]}],
        "cache_behavior": [], "restrictions": [{"geo_restriction": [{"restriction_type": "none", "items": []}]}],
        "viewer_certificate": [{"cloudfront_default_certificate": true}]});
    change(
        "aws_cloudfront_multitenant_distribution.shops",
        after,
        json!({"id": true, "arn": true}),
    )
}

fn https() -> Value {
    json!([{"http_port": 80, "https_port": 443, "origin_protocol_policy": "https-only",
        "origin_ssl_protocols": ["TLSv1.2"], "origin_read_timeout": 30, "origin_keepalive_timeout": 5}])
}

/// What is said of the first candidate: rule, severity and message.
fn said(plan: &Value) -> Vec<(&'static str, Severity, String)> {
    let candidate = &candidates(plan)[0];
    let (facts, limits) = (Facts::default(), Limits::default());
    let facts = facts.with_planned(&candidate.planned);
    let all = judge(&Case::new(&candidate.distribution, &facts, &limits));
    let findings = all.findings.into_iter();
    findings
        .map(|it| (it.rule.name, it.severity, it.message))
        .collect()
}

#[test]
fn a_multi_tenant_distribution_is_read_in_its_own_spelling() {
    let origin = json!({"domain_name": "{{shop}}.shops.example.com", "custom_origin_config": https(),
        "origin_shield": [{"enabled": true, "origin_shield_region": "eu-west-1"}],
        "custom_header": [{"header_name": "X-Shop", "header_value": "{{shop}}"}]});
    let sound = plan(json!([tenants(origin, "shop")]), json!([]), json!({}));
    let all = candidates(&sound);
    let [only] = all.as_slice() else {
        panic!("{all:#?}")
    };
    let distribution = &only.distribution;
    assert!(distribution.multi_tenant);
    assert_eq!(
        distribution.tenant_parameters,
        Some(vec!["shop".to_owned()])
    );
    let origin = &distribution.origins[0];
    assert_eq!(origin.kind(), OriginKind::Custom);
    assert_eq!(origin.custom_headers.len(), 1);
    assert!(origin.origin_shield.is_some());
    let target = &distribution
        .default_behavior
        .as_ref()
        .unwrap()
        .target_origin_id;
    assert_eq!(target.to_string(), "content");
    assert_eq!(said(&sound), []);
}

/// The provider's first version with the resource sends no S3OriginConfig, and CloudFront answers
/// `InvalidOrigin`; later ones send it, and a plan does not say which version applies it.
#[test]
fn a_bucket_of_a_multi_tenant_distribution_depends_on_the_providers_version() {
    for (constraint, errors, unread) in [
        (Some("6.28.0"), &["ambiguous-origin-type"][..], 0),
        (Some(">= 6.29.0"), &[], 0),
        (Some("~> 6.0"), &[], 1),
        (None, &[], 1),
    ] {
        let origin = json!({"domain_name": "shops.s3.eu-west-1.amazonaws.com", "origin_access_control_id": "E1SHOPS"});
        let mut shops = plan(json!([tenants(origin, "shop")]), json!([]), json!({}));
        if let Some(constraint) = constraint {
            shops["configuration"]["provider_config"]["aws"]["version_constraint"] =
                constraint.into();
        }
        assert_eq!(judged(&candidates(&shops)[0]).0, errors, "{constraint:?}");
        let unknowns = document_unknowns(&shops);
        assert_eq!(unknowns.len(), unread, "{constraint:?}: {unknowns:#?}");
        for unknown in unknowns {
            assert!(unknown.blocks());
            let text = unknown.unknown.cause_and_need();
            assert!(
                text.ends_with("needs a plan that requires hashicorp/aws `>= 6.29.0`"),
                "{text}"
            );
        }
    }
}

#[test]
fn a_parameter_of_tenants_that_nothing_defines_is_a_warning() {
    let shops = |parameter: &str| {
        let origin =
            json!({"domain_name": "{{ shop }}.shops.example.com", "custom_origin_config": https()});
        plan(json!([tenants(origin, parameter)]), json!([]), json!({}))
    };
    let all = said(&shops("store"));
    let [(rule, severity, message)] = all.as_slice() else {
        panic!("{all:#?}")
    };
    assert_eq!(
        (*rule, *severity),
        ("malformed-origin-domain", Severity::Warning)
    );
    assert!(
        message.contains("the tenant parameter `{{shop}}`, which TenantConfig does not define"),
        "{message}"
    );
    assert_eq!(said(&shops("shop")), []);
    // What the plan leaves open may define it.
    let mut open = shops("store");
    open["resource_changes"][0]["change"]["after"]["tenant_config"] = Value::Null;
    open["resource_changes"][0]["change"]["after_unknown"]["tenant_config"] = true.into();
    assert_eq!(said(&open), []);
}

/// What CloudFront runs of the distribution that `tenants` plans.
fn live_tenants() -> Value {
    json!({"CallerReference": "terraform-1", "ConnectionMode": "tenant-only", "Comment": "", "Enabled": true,
        "HttpVersion": "http2", "DefaultRootObject": "", "WebACLId": "", "Staging": false,
        "Aliases": {"Quantity": 0}, "CacheBehaviors": {"Quantity": 0}, "OriginGroups": {"Quantity": 0},
        "CustomErrorResponses": {"Quantity": 0},
        "Logging": {"Enabled": true, "IncludeCookies": false, "Bucket": "logs.s3.amazonaws.com", "Prefix": "cdn/"},
        "Origins": {"Quantity": 1, "Items": [{"Id": "content", "DomainName": "{{shop}}.shops.example.com",
            "OriginPath": "", "CustomHeaders": {"Quantity": 0}, "ConnectionAttempts": 3, "ConnectionTimeout": 10,
            "OriginShield": {"Enabled": false}, "OriginAccessControlId": "",
            "CustomOriginConfig": {"HTTPPort": 80, "HTTPSPort": 443, "OriginProtocolPolicy": "https-only",
                "OriginSslProtocols": {"Quantity": 1, "Items": ["TLSv1.2"]}, "OriginReadTimeout": 30,
                "OriginKeepaliveTimeout": 5}}]},
        "DefaultCacheBehavior": {"TargetOriginId": "content", "ViewerProtocolPolicy": "redirect-to-https",
            "CachePolicyId": "4135ea2d-6df8-44a3-9df3-4b5a84be39ad", "Compress": true, "SmoothStreaming": false,
            "TrustedSigners": {"Enabled": false, "Quantity": 0},
            "TrustedKeyGroups": {"Enabled": true, "Quantity": 1, "Items": ["K1"]},
            "ResponseHeadersPolicyId": "r1", "FieldLevelEncryptionId": "",
            "LambdaFunctionAssociations": {"Quantity": 1, "Items": [{"EventType": "origin-request", "IncludeBody": true,
                "LambdaFunctionARN": "arn:aws:lambda:us-east-1:111122223333:function:edge:1"}]},
            "FunctionAssociations": {"Quantity": 0},
            "AllowedMethods": {"Quantity": 2, "Items": ["HEAD", "GET"],
                "CachedMethods": {"Quantity": 2, "Items": ["HEAD", "GET"]}}},
        "Restrictions": {"GeoRestriction": {"RestrictionType": "whitelist", "Quantity": 1, "Items": ["CH"]}},
        "TenantConfig": {"ParameterDefinitions": [{"Name": "shop",
            "Definition": {"StringSchema": {"Required": true}}}]},
        "ViewerCertificate": {"CloudFrontDefaultCertificate": true, "MinimumProtocolVersion": "TLSv1",
            "CertificateSource": "cloudfront"}})
}

#[test]
fn a_multi_tenant_distribution_is_compared_in_every_member_that_its_resource_has() {
    let origin =
        json!({"domain_name": "{{shop}}.shops.example.com", "custom_origin_config": https()});
    let mut planned = tenants(origin, "shop");
    let after = &mut planned["change"]["after"];
    after["restrictions"][0]["geo_restriction"][0] =
        json!({"restriction_type": "whitelist", "items": ["CH"]});
    let behavior = &mut after["default_cache_behavior"][0];
    behavior["compress"] = true.into();
    behavior["response_headers_policy_id"] = "r1".into();
    behavior["trusted_key_groups"] = json!([{"enabled": true, "items": ["K1"]}]);
    behavior["lambda_function_association"] = json!([{"event_type": "origin-request", "include_body": true,
        "lambda_function_arn": "arn:aws:lambda:us-east-1:111122223333:function:edge:1"}]);
    let sound = plan(json!([planned]), json!([]), json!({}));
    let live = read_document(Source::Live, "live", live_tenants().to_string().as_bytes());
    let live = live.unwrap().distribution;
    let against_live = |plan: &Value| difference(&live, &candidates(plan)[0].distribution);
    assert_eq!(against_live(&sound), Difference::default());
    for (pointer, value, member) in [
        ("/comment", json!("shops"), "Comment"),
        ("/web_acl_id", json!("arn:acl"), "WebACLId"),
        (
            "/default_root_object",
            json!("index.html"),
            "DefaultRootObject",
        ),
        ("/enabled", json!(false), "Enabled"),
        (
            "/custom_error_response",
            json!([{"error_code": 404, "error_caching_min_ttl": 0}]),
            "CustomErrorResponses",
        ),
        (
            "/restrictions/0/geo_restriction/0/items",
            json!(["DE"]),
            "Restrictions",
        ),
        (
            "/tenant_config/0/parameter_definition/0/definition/0/string_schema/0/required",
            json!(false),
            "TenantConfig",
        ),
        (
            "/default_cache_behavior/0/compress",
            json!(false),
            "Compress",
        ),
        (
            "/default_cache_behavior/0/trusted_key_groups/0/items",
            json!(["K2"]),
            "TrustedKeyGroups",
        ),
        (
            "/default_cache_behavior/0/viewer_protocol_policy",
            json!("https-only"),
            "ViewerProtocolPolicy",
        ),
        (
            "/default_cache_behavior/0/lambda_function_association/0/include_body",
            json!(false),
            "LambdaFunctionAssociations",
        ),
        (
            "/default_cache_behavior/0/allowed_methods/0/cached_methods",
            json!(["GET", "HEAD", "OPTIONS"]),
            "CachedMethods",
        ),
    ] {
        let mut other = sound.clone();
        let after = &mut other["resource_changes"][0]["change"]["after"];
        match after.pointer_mut(pointer) {
            Some(place) => *place = value,
            None => after[&pointer[1..]] = value,
        }
        let difference = against_live(&other);
        let fields = difference
            .changes
            .iter()
            .filter_map(|it| it.field.as_deref());
        let all: Vec<&str> = fields
            .chain(difference.outside.iter().map(String::as_str))
            .collect();
        assert!(
            all.iter().any(|it| it.contains(member)),
            "{pointer}: {difference:#?}"
        );
        assert_eq!(all.len(), 1, "{pointer}: {difference:#?}");
    }
}

#[test]
fn a_multi_tenant_distribution_that_goes_is_not_judged() {
    let gone = deletion(
        "aws_cloudfront_multitenant_distribution.saas",
        json!({}),
        Value::Null,
    );
    assert!(candidates(&plan(json!([gone]), json!([]), json!({}))).is_empty());
}

fn awscc(address: &str) -> Value {
    json!({"address": address, "mode": "managed", "type": "awscc_cloudfront_distribution",
        "change": {"actions": ["create"], "before": null, "after": {"distribution_config": {}}, "after_unknown": {"id": true}}})
}

#[test]
fn a_distribution_that_is_not_read_is_in_the_way_of_a_pass() {
    let only = plan(
        json!([awscc("awscc_cloudfront_distribution.other")]),
        json!([]),
        json!({}),
    );
    let error = read_bytes(only.to_string().as_bytes())
        .unwrap_err()
        .to_string();
    assert!(
        error.contains("`awscc_cloudfront_distribution.other`"),
        "{error}"
    );
    let mut both = site();
    let changes = both["resource_changes"].as_array_mut().unwrap();
    changes.push(awscc("awscc_cloudfront_distribution.other"));
    let unknowns = document_unknowns(&both);
    let [unread] = unknowns.as_slice() else {
        panic!("{unknowns:#?}")
    };
    assert_eq!(
        unread.unknown.subject,
        "awscc_cloudfront_distribution.other"
    );
    assert!(unread.blocks());
    assert_eq!(document_unknowns(&site()), []);
}

#[test]
fn a_plan_that_ended_with_an_error_is_not_complete() {
    for (errored, is_said) in [
        (json!(true), true),
        (json!(false), false),
        (Value::Null, false),
    ] {
        let mut errors = site();
        errors["errored"] = errored;
        let unknowns = document_unknowns(&errors);
        assert_eq!(unknowns.len(), usize::from(is_said), "{unknowns:#?}");
        for unknown in unknowns {
            assert_eq!(unknown.unknown.subject, "plan.json");
            assert!(unknown.blocks());
            let text = unknown.unknown.cause_and_need();
            assert_eq!(
                text,
                "not judged: Terraform ended with an error while it made this plan, which therefore is incomplete; needs a plan without errors"
            );
        }
    }
}

/// What is said of the plan as a whole.
fn document_unknowns(plan: &Value) -> Vec<NeededUnknown> {
    let candidate = &candidates(plan)[0];
    let (facts, limits) = (Facts::default(), Limits::default());
    let all = judge(&Case::new(&candidate.distribution, &facts, &limits)).unknowns;
    all.into_iter()
        .filter(|it| it.needed_by == NeededBy::Document)
        .collect()
}

/// A distribution whose origin `a` has a domain that is known after apply and made from these.
fn made_from(references: &[&str], custom: &Value) -> Value {
    let mut own = distribution("aws_cloudfront_distribution.cdn", "");
    let origin = &mut own["change"]["after"]["origin"][0];
    origin.as_object_mut().unwrap().remove("domain_name");
    origin["custom_origin_config"] = custom.clone();
    origin["origin_access_control_id"] = "".into();
    own["change"]["after_unknown"] = json!({"id": true, "origin": [{"domain_name": true}]});
    let declared = json!([{"address": "aws_cloudfront_distribution.cdn", "mode": "managed",
        "type": "aws_cloudfront_distribution", "name": "cdn", "provider_config_key": "aws",
        "expressions": {"origin": [{"origin_id": {"constant_value": "a"}, "domain_name": {"references": references}}]}}]);
    plan(json!([own]), declared, json!({}))
}

#[test]
fn an_attribute_that_can_be_no_bucket_is_no_s3_origin() {
    let s3 = json!([]);
    for attribute in ["dns_name", "id"] {
        let whole = format!("aws_lb.web.{attribute}");
        let all = candidates(&made_from(&[&whole, "aws_lb.web"], &s3));
        let rule = if attribute == "id" {
            "malformed-origin-domain"
        } else {
            "non-s3-domain-as-s3-origin"
        };
        assert_eq!(judged(&all[0]).0, [rule], "{whole}");
    }
    // A URL is none either, with or without its host taken out.
    let url = [
        "aws_lambda_function_url.api.function_url",
        "aws_lambda_function_url.api",
    ];
    assert_eq!(
        judged(&candidates(&made_from(&url, &s3))[0]).0,
        ["non-s3-domain-as-s3-origin"]
    );
    // Of several references, the plan does not say which is the host.
    let either = ["aws_lb.web.dns_name", "aws_lb.web", "var.use_bucket"];
    assert_eq!(judged(&candidates(&made_from(&either, &s3))[0]).0, [""; 0]);
    for other in [["aws_lb.web"], ["var.domain"], ["local.domain"]] {
        assert_eq!(judged(&candidates(&made_from(&other, &s3))[0]).0, [""; 0]);
    }
}

#[test]
fn a_reference_that_can_never_be_a_host_is_an_error() {
    for (attribute, resource) in [
        ("aws_s3_bucket.site.arn", "aws_s3_bucket.site"),
        (
            "aws_lambda_function.api.invoke_arn",
            "aws_lambda_function.api",
        ),
        ("module.web[0].aws_lb.this.arn", "module.web[0].aws_lb.this"),
    ] {
        for custom in [json!([]), https()] {
            let all = candidates(&made_from(&[attribute, resource], &custom));
            assert_eq!(
                judged(&all[0]).0,
                ["malformed-origin-domain"],
                "{attribute}"
            );
        }
    }
}

/// A plan lists what an expression refers to, and not what it does with that.
#[test]
fn a_url_may_have_its_host_taken_out_and_so_is_a_warning() {
    for attribute in [
        "aws_apigatewayv2_api.api.api_endpoint",
        "aws_api_gateway_stage.live.invoke_url",
        "aws_lambda_function_url.api.function_url",
        "aws_lightsail_container_service.web.url",
    ] {
        let (resource, _) = attribute.rsplit_once('.').unwrap();
        let all = said(&made_from(&[attribute, resource], &https()));
        let [(rule, severity, message)] = all.as_slice() else {
            panic!("{attribute}: {all:#?}")
        };
        assert_eq!(
            (*rule, *severity),
            ("malformed-origin-domain", Severity::Warning)
        );
        assert!(
            message.contains("made from") && message.contains("a URL"),
            "{message}"
        );
    }
    assert_eq!(
        said(&made_from(&["aws_lb.web.dns_name", "aws_lb.web"], &https())),
        []
    );
}

#[test]
fn what_is_no_plan_is_none() {
    assert!(!is_plan(br#"{"format_version": "1.0", "values": {}}"#));
    assert!(!is_plan(br#"{"Origins": []}"#));
    assert!(is_plan(
        br#"{"format_version": "1.0", "resource_changes": []}"#
    ));
    for text in [
        "",
        "[]",
        r#"{"resource_changes": 5}"#,
        r#"{"resource_changes": [{"type": "aws_s3_bucket"}]}"#,
    ] {
        assert!(read(text.as_bytes(), &Bounds::default()).is_err(), "{text}");
    }
    let shapes = json!({"resource_changes": [{"address": "aws_cloudfront_distribution.x", "type": "aws_cloudfront_distribution",
        "change": {"actions": ["create"], "after": {"origin": [5, {"custom_origin_config": "x"}], "default_cache_behavior": 7}, "after_unknown": [1]}}]});
    assert_eq!(
        read(shapes.to_string().as_bytes(), &Bounds::default())
            .unwrap()
            .found
            .len(),
        1
    );
}

#[test]
fn a_policy_for_a_bucket_of_another_plan_is_known() {
    let statement = json!({"Effect": "Allow", "Principal": "*", "Action": "s3:GetObject", "Resource": "arn:aws:s3:::team-assets/*"});
    let policy = json!({"Version": "2012-10-17", "Statement": [statement]}).to_string();
    let put = |address| {
        let after = json!({"bucket": "team-assets", "policy": policy});
        change(address, after, json!({"id": true}))
    };
    let cdn = change(
        "aws_cloudfront_distribution.cdn",
        json!({"enabled": true}),
        json!({}),
    );
    let one = put("aws_s3_bucket_policy.one");
    let all = candidates(&plan(json!([one, cdn]), json!([]), json!({})));
    let bucket = BucketName::new("team-assets");
    assert!(all[0].planned.bucket_policies[&bucket].known().is_some());
    let two = put("aws_s3_bucket_policy.two");
    let all = candidates(&plan(json!([one, two, cdn]), json!([]), json!({})));
    assert!(all[0].planned.bucket_policies[&bucket].known().is_none());
}

/// Each value keeps the way to it, and what refers to a name repeats it.
#[test]
fn long_addresses_and_names_are_not_repeated_without_end() {
    let at = |key: &str, origins: usize| {
        let address = format!("aws_cloudfront_distribution.cdn[\"{key}\"]");
        let origins = json!({"origin": vec![json!({"origin_id": "a"}); origins]});
        let plan = plan(
            json!([change(&address, origins, json!({}))]),
            json!([]),
            json!({}),
        );
        read(plan.to_string().as_bytes(), &Bounds::default()).map_err(|error| error.to_string())
    };
    assert!(at(&"k".repeat(4_000), 100).is_ok());
    let error = at(&"k".repeat(4_000), 20_000).unwrap_err();
    assert!(
        error.contains("more values than the function's memory holds"),
        "{error:.200}"
    );
    let error = at(&"k".repeat(5_000), 1).unwrap_err();
    assert!(error.contains("more than 4096 bytes"), "{error:.200}");

    let long = json!({"bucket": "b".repeat(5_000)});
    let named = plan(
        json!([
            change("aws_s3_bucket.b", long, json!({})),
            change(
                "aws_cloudfront_distribution.cdn",
                json!({"origin": [{"origin_id": "a"}]}),
                json!({"origin": [{"domain_name": true}]}),
            ),
        ]),
        json!([{"address": "aws_cloudfront_distribution.cdn", "expressions": {"origin": [
            {"domain_name": {"references": ["aws_s3_bucket.b.bucket_domain_name", "aws_s3_bucket.b"]}}]}}]),
        json!({}),
    );
    let all = candidates(&named);
    let domain = &all[0].distribution.origins[0].domain_name;
    assert_eq!(domain.spelling(), "${aws_s3_bucket.b}.s3.amazonaws.com");
}

/// Each value that refers to a list goes through it, and each block finds its own.
#[test]
fn long_configurations_are_not_gone_through_without_end() {
    let domain = |origins: usize, references: usize| {
        let after: Vec<Value> = (0..origins)
            .map(|at| json!({"origin_id": format!("o{at}")}))
            .collect();
        let mut all = vec!["local.l.x"];
        all.resize(references, "local.l");
        let expressions: Vec<Value> = (0..origins)
            .map(|at| json!({"origin_id": {"constant_value": format!("o{at}")}, "domain_name": {"references": all}}))
            .collect();
        let plan = plan(
            json!([change(
                "aws_cloudfront_distribution.cdn",
                json!({"origin": after}),
                json!({"origin": vec![json!({"domain_name": true}); origins]}),
            )]),
            json!([{"address": "aws_cloudfront_distribution.cdn", "expressions": {"origin": expressions}}]),
            json!({}),
        );
        let all = candidates(&plan);
        let last = all[0].distribution.origins.last().unwrap();
        last.domain_name.spelling().to_owned()
    };
    let own = |at: usize| format!("aws_cloudfront_distribution.cdn.origin[{at}].domain_name");
    let referring = |at: usize| format!("${{local.l.x → {}}}", own(at));
    assert_eq!(domain(1, 500), referring(0));
    assert_eq!(domain(1, 501), format!("${{{}}}", own(0)));
    assert_eq!(domain(1_400, 2), referring(1_399));
    assert_eq!(domain(1_500, 2), format!("${{{}}}", own(1_499)));
}

#[test]
fn what_a_plan_marks_as_sensitive_is_judged_and_hidden() {
    let change = |after: Value, marks: Value| {
        json!({"address": "aws_cloudfront_distribution.a", "type": "aws_cloudfront_distribution",
            "change": {"actions": ["update"], "before": {"comment": "old comment"}, "after": after,
                "after_unknown": {}, "before_sensitive": {"comment": true}, "after_sensitive": marks}})
    };
    let after = json!({"enabled": true, "comment": "plain words", "origin": [
        {"origin_id": "assets", "domain_name": "hush-hush.s3.eu-west-1.amazonaws.com"}]});
    let marks = json!({"origin": [{"domain_name": true}]});
    let plan = json!({"format_version": "1.2", "resource_changes": [change(after, marks)],
        "variables": {"token": {"value": "open-sesame"}, "host": {"value": "host.example.com"}},
        "configuration": {"root_module": {"variables": {"token": {"sensitive": true}, "host": {}}}}});
    let read = read(plan.to_string().as_bytes(), &Bounds::default()).unwrap();
    for text in [
        "hush-hush",
        "hush-hush.s3.eu-west-1.amazonaws.com",
        "old comment",
        "open-sesame",
    ] {
        assert_eq!(read.hidden.hide(text), "(sensitive)");
    }
    for text in ["plain words", "assets", "host.example.com"] {
        assert_eq!(read.hidden.hide(text), text);
    }
    let config = read.found[0].config.to_value().to_string();
    assert!(
        config.contains("hush-hush.s3.eu-west-1.amazonaws.com"),
        "{config}"
    );
}

/// An error about what a plan has in the place of something else quotes no value.
#[test]
fn a_plan_that_cannot_be_read_is_not_quoted() {
    let change = |actions: Value| {
        json!({"address": "aws_cloudfront_distribution.a", "type": "aws_cloudfront_distribution",
            "change": {"actions": actions, "before": null, "after": {}}})
    };
    for plan in [
        json!({"format_version": "1.2", "resource_changes": "hush-hush"}),
        json!({"format_version": "1.2", "resource_changes": [], "errored": "hush-hush"}),
        json!({"format_version": "1.2", "resource_changes": [], "variables": {"token": "hush-hush"}}),
        json!({"format_version": "1.2", "resource_changes": [change(json!("hush-hush"))]}),
    ] {
        let error = read(plan.to_string().as_bytes(), &Bounds::default()).unwrap_err();
        assert!(!error.to_string().contains("hush"), "{error}");
        assert!(
            error.to_string().contains("is not what a plan has there"),
            "{error}"
        );
    }
    // Nor where a member is of the wrong kind.
    let after = json!({"enabled": true, "origin": [{"origin_id": ["hush-hush"], "domain_name": {"hush": 1}}]});
    let mut wrong = change(json!(["create"]));
    wrong["change"]["after"] = after;
    let wrong = json!({"format_version": "1.2", "resource_changes": [wrong]});
    let error = read_bytes(wrong.to_string().as_bytes()).unwrap_err();
    assert!(!error.to_string().contains("hush"), "{error}");
}

/// What is marked as a number or within something that is marked whole is hidden, and where it stands.
#[test]
fn numbers_and_whole_blocks_that_a_plan_marks_are_hidden() {
    let after = json!({"enabled": true, "origin": [{"origin_id": "api", "domain_name": "a.example.com",
        "custom_origin_config": [{"http_port": 8443, "https_port": 443}]}]});
    let change = json!({"address": "aws_cloudfront_distribution.a", "type": "aws_cloudfront_distribution",
        "change": {"actions": ["create"], "before": null, "after": after, "after_unknown": {},
            "after_sensitive": {"origin": [{"origin_id": true, "custom_origin_config": true}]}}});
    let plan = json!({"format_version": "1.2", "resource_changes": [change]});
    let hidden = read(plan.to_string().as_bytes(), &Bounds::default())
        .unwrap()
        .hidden;
    assert_eq!(hidden.hide("port 8443"), "port (sensitive)");
    assert_eq!(hidden.hide("`api` at 443"), "`(sensitive)` at 443");
    assert_eq!(
        hidden.hide_words("origin api at 443"),
        "origin (sensitive) at (sensitive)"
    );
    let origin = "aws_cloudfront_distribution.a.origin[0]";
    for (place, is_at) in [
        ("", true),
        (".origin_id", true),
        (".custom_origin_config[0].https_port", true),
        (".domain_name", false),
    ] {
        let place = Place::at(format!("{origin}{place}"));
        assert_eq!(hidden.is_at(&place), is_at, "{place}");
    }
}
