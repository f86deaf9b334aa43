//! More inputs of each kind of report in `field.rs`, none of which anyone published.

use serde_json::{Value, json};

use crate::audit::Event;
use crate::command_line::with_account;
use crate::field::{Judged, offline, offline_text, online};
use crate::stage::{Stage, site};
use crate::whole::whole;

/// A config with these origins, of which the first is the default behavior's target.
fn config(origins: &Value) -> Value {
    let first = &origins[0]["Id"];
    whole(json!({"Origins": {"Items": origins}, "DefaultCacheBehavior": {"TargetOriginId": first}}))
}

fn custom(domain: &str, policy: &str) -> Value {
    json!({"Id": "a", "DomainName": domain, "CustomOriginConfig":
        {"HTTPPort": 80, "HTTPSPort": 443, "OriginProtocolPolicy": policy}})
}

fn check(config: &Value) -> Judged {
    offline_text(&config.to_string(), &[])
}

/// A template with these resources, and a distribution with this origin and behavior.
fn template(resources: &str, origin: &str, behavior: &str) -> Judged {
    offline_text(&template_text(resources, origin, behavior), &[])
}

fn template_text(resources: &str, origin: &str, behavior: &str) -> String {
    format!(
        "Resources:\n{resources}  Cdn:\n    Type: AWS::CloudFront::Distribution\n    Properties:\n      DistributionConfig:\n        \
             Enabled: true\n        Origins: [{{Id: a, {origin}}}]\n        DefaultCacheBehavior: {{TargetOriginId: a, \
             ViewerProtocolPolicy: https-only, CachePolicyId: 4135ea2d-6df8-44a3-9df3-4b5a84be39ad{behavior}}}\n"
    )
}

#[test]
fn an_access_control_on_a_service_that_no_rule_knows_is_not_known() {
    for domain in [
        "shop.q1w2e3.kiosk.eu-north-1.on.aws",
        "q1w2e3r4.catalog.eu-central-1.amazonaws.com",
    ] {
        let mut origin = custom(domain, "https-only");
        origin["OriginAccessControlId"] = "E3ORCHARDOAC".into();
        let judged = check(&config(&json!([origin])));
        assert_eq!(
            (judged.errors(), judged.code),
            (Vec::new(), Some(0)),
            "{domain}"
        );
        assert!(
            judged.unknown().contains(&"origin access control"),
            "{domain}"
        );
        assert!(
            !judged.whole().contains("clear OriginAccessControlId"),
            "{domain}"
        );
    }
}

const CUSTOM: &str = "CustomOriginConfig: {OriginProtocolPolicy: https-only}";
const S3: &str = "S3OriginConfig: {OriginAccessIdentity: ''}";

#[test]
fn what_an_expression_cannot_be_is_an_error_and_what_it_can_be_is_not() {
    let resources = "  Queue: {Type: 'AWS::SQS::Queue'}\n  Graph: {Type: 'AWS::AppSync::GraphQLApi'}\n  \
                     Balancer: {Type: 'AWS::ElasticLoadBalancing::LoadBalancer'}\n";
    for (domain, config, errors) in [
        (
            "!GetAtt Queue.Arn",
            CUSTOM,
            &["error malformed-origin-domain"][..],
        ),
        (
            "!GetAtt Graph.GraphQLUrl",
            CUSTOM,
            &["error malformed-origin-domain"],
        ),
        (
            "!GetAtt Balancer.DNSName",
            S3,
            &["error non-s3-domain-as-s3-origin"],
        ),
        (
            "!Sub 'orchard_files.s3.${AWS::Region}.${AWS::URLSuffix}'",
            S3,
            &["error invalid-bucket-name"],
        ),
        ("!GetAtt Graph.GraphQLDns", CUSTOM, &[]),
        ("!GetAtt Balancer.DNSName", CUSTOM, &[]),
        (
            "!Sub 'orchard-files.s3.${AWS::Region}.${AWS::URLSuffix}'",
            S3,
            &[],
        ),
    ] {
        let judged = template(resources, &format!("DomainName: {domain}, {config}"), "");
        assert_eq!(judged.errors(), errors, "{domain}");
    }
}

#[test]
fn website_endpoints_are_judged_by_what_their_region_has() {
    for (domain, errors) in [
        // Regions that had the dash first have both forms.
        ("orchard.s3-website.us-east-1.amazonaws.com", &[][..]),
        ("orchard.s3-website-us-east-1.amazonaws.com", &[]),
        ("orchard.s3-website.eu-central-1.amazonaws.com", &[]),
        (
            "orchard.s3-website-eu-central-1.amazonaws.com",
            &["error unsupported-s3-endpoint"],
        ),
        (
            "s3-website-ap-southeast-2.amazonaws.com",
            &["error unsupported-s3-endpoint"],
        ),
        // With the bucket in OriginPath it serves.
        ("s3.eu-west-1.amazonaws.com", &[]),
    ] {
        let judged = check(&config(&json!([custom(domain, "http-only")])));
        assert_eq!(judged.errors(), errors, "{domain}: {:?}", judged.findings());
    }
}

#[test]
fn the_viewers_host_is_refused_by_what_knows_only_its_own() {
    for domain in [
        "q1w2e3r4t5.execute-api.us-west-2.amazonaws.com",
        "orchardkiosk.lambda-web.us-west-2.on.aws",
    ] {
        let mut forwarding = config(&json!([custom(domain, "https-only")]));
        let behavior = forwarding["DefaultCacheBehavior"].as_object_mut().unwrap();
        behavior.remove("CachePolicyId");
        behavior.insert(
            "ForwardedValues".to_owned(),
            json!({"QueryString": true, "Cookies": {"Forward": "none"}, "Headers": {"Quantity": 1, "Items": ["Host"]}}),
        );
        behavior.insert("MinTTL".to_owned(), 0.into());
        let judged = check(&forwarding);
        let found = judged.findings();
        assert!(
            found
                .iter()
                .any(|it| it.ends_with(" viewer-host-to-aws-service")),
            "{domain}: {found:?}"
        );
    }
    // The API's own domain is another host.
    let mut own = config(&json!([custom("api.orchard.example", "https-only")]));
    own["DefaultCacheBehavior"]["OriginRequestPolicyId"] =
        "216adef6-5c7f-47e4-b989-5492eafa07d3".into();
    assert_eq!(check(&own).findings(), Vec::<String>::new());
}

#[test]
fn an_update_is_judged_by_what_updates_need() {
    for member in ["OriginKeepaliveTimeout", "OriginSslProtocols"] {
        let mut config = config(&json!([custom("www.orchard.example", "https-only")]));
        let origin = &mut config["Origins"]["Items"][0]["CustomOriginConfig"];
        origin.as_object_mut().unwrap().remove(member);
        let create = json!({"DistributionConfig": config});
        assert_eq!(check(&create).findings(), Vec::<String>::new(), "{member}");
        let update = json!({"Id": "E9ORCHARD", "IfMatch": "E1", "DistributionConfig": config});
        let judged = check(&update);
        assert_eq!(judged.errors(), ["error missing-update-member"], "{member}");
        assert!(judged.first().0.contains(member), "{:?}", judged.first());
    }
}

#[tokio::test]
async fn a_refusal_is_explained_by_what_it_says() {
    let mut lacking = site();
    let origins = lacking["Origins"]["Items"].as_array_mut().unwrap();
    let api = origins.iter_mut().find(|it| it["Id"] == "api").unwrap();
    api["CustomOriginConfig"]
        .as_object_mut()
        .unwrap()
        .remove("OriginKeepaliveTimeout");
    for (config, code, message, said) in [
        (
            lacking,
            "IllegalUpdate",
            "OriginKeepaliveTimeout is required for updates.",
            "origin `api`",
        ),
        (
            site(),
            "InvalidArgument",
            "The parameter Origin DomainName does not refer to a valid S3 bucket.",
            "does not refer to a valid S3 bucket",
        ),
    ] {
        let stage = Stage::new().await;
        stage
            .invoke(Event::refused(&config, code, message).0)
            .await
            .unwrap();
        let posted = stage.double.world().published[0].message.clone();
        assert!(posted.contains(said), "{posted}");
        assert!(
            !posted.lines().next().unwrap().contains(" passes"),
            "{posted}"
        );
    }
}

#[test]
fn an_id_of_an_origin_group_is_as_long_as_an_origins() {
    for (length, errors) in [(128, &[][..]), (129, &["error oversized-origin-id"])] {
        let id = "g".repeat(length);
        let mut grouped = site();
        let group = &mut grouped["OriginGroups"]["Items"][0];
        let old = group["Id"].clone();
        group["Id"] = id.as_str().into();
        let text = grouped.to_string().replace(
            &format!("\"TargetOriginId\":{old}"),
            &format!("\"TargetOriginId\":\"{id}\""),
        );
        assert_eq!(offline_text(&text, &[]).errors(), errors, "{length}");
    }
}

#[test]
fn values_of_conditions_on_request_headers_stay_in_the_template() {
    for key in ["aws:UserAgent", "aws:Referer"] {
        let policy = format!(
            "  Files: {{Type: 'AWS::S3::Bucket', Properties: {{BucketName: orchard-files, WebsiteConfiguration: {{IndexDocument: i.html}}}}}}\n  \
             Policy: {{Type: 'AWS::S3::BucketPolicy', Properties: {{Bucket: !Ref Files, PolicyDocument: {{Statement: [{{Effect: Allow, Principal: '*', \
             Action: 's3:GetObject', Resource: 'arn:aws:s3:::orchard-files/*', Condition: {{StringLike: {{'{key}': orchard-gate-phrase}}}}}}]}}}}}}\n"
        );
        let origin = "DomainName: orchard-files.s3-website-us-east-1.amazonaws.com, CustomOriginConfig: {OriginProtocolPolicy: http-only}";
        let judged = template(&policy, origin, "");
        assert_eq!(judged.errors(), Vec::<String>::new(), "{key}");
        assert!(
            judged.unknown().contains(&"bucket access"),
            "{key}: {:?}",
            judged.unknown()
        );
        assert!(!judged.whole().contains("orchard-gate-phrase"), "{key}");
    }
}

#[test]
fn what_is_not_read_lets_no_check_pass() {
    let module = "  Edge: {Type: 'Orchard::Edge::Site::MODULE', Properties: {Domain: www.orchard.example}}\n";
    let judged = template(
        module,
        &format!("DomainName: www.orchard.example, {CUSTOM}"),
        "",
    );
    assert_eq!((judged.errors(), judged.code), (Vec::new(), Some(3)));
    for (key, value) in [
        ("errored", json!(true)),
        (
            "resource_changes",
            json!([{"address": "awscc_cloudfront_distribution.other", "mode": "managed",
            "type": "awscc_cloudfront_distribution",
            "change": {"actions": ["create"], "before": null, "after": {}, "after_unknown": {"id": true}}}]),
        ),
    ] {
        let text = std::fs::read_to_string(crate::field::fixture("first-apply/plan.json")).unwrap();
        let mut plan: Value = serde_json::from_str(&text).unwrap();
        match plan[key].as_array_mut() {
            Some(changes) => changes.extend(value.as_array().unwrap().clone()),
            None => plan[key] = value,
        }
        let text = plan.to_string();
        assert_eq!(offline_text(&text, &[]).code, Some(3), "{key}");
        assert_eq!(
            offline_text(&text, &["--unknown", "warn"]).code,
            Some(0),
            "{key}"
        );
        let strict = ["--unknown", "warn", "--fail-on", "unknown"];
        assert_ne!(offline_text(&text, &strict).code, Some(0), "{key}");
    }
}

/// A retry would find the same: the document must be another.
#[tokio::test]
async fn a_gate_fails_on_an_errored_plan_with_a_configuration_error() {
    let text = std::fs::read_to_string(crate::field::fixture("first-apply/plan.json")).unwrap();
    let mut plan: Value = serde_json::from_str(&text).unwrap();
    plan["errored"] = true.into();
    let text = plan.to_string();
    for (unknown, is_let_pass) in [("block", false), ("warn", true)] {
        let stage = Stage::new().await;
        let parameters = json!({"candidate": "plan.json", "unknown": unknown});
        let job = stage.job_with(&parameters.to_string(), &[("plan.json", text.as_bytes())]);
        let answer = stage.run(job).await;
        assert_eq!(answer.succeeded(), is_let_pass, "{}", answer.message());
        if !is_let_pass {
            answer.fails_with("ConfigurationError", &["a plan without errors"]);
        }
    }
}

#[test]
fn grpc_is_judged_by_its_origin_and_its_methods() {
    let seven = ", AllowedMethods: [GET, HEAD, OPTIONS, PUT, POST, PATCH, DELETE]";
    let grpc = ", GrpcConfig: {Enabled: true}";
    let custom = format!("DomainName: grpc.orchard.example, {CUSTOM}");
    let odd = template(
        "",
        &custom,
        &format!("{grpc}, AllowedMethods: [GET, HEAD, OPTIONS]"),
    );
    assert_eq!(odd.errors(), ["error unsupported-grpc"]);
    let sound = template("", &custom, &format!("{grpc}{seven}"));
    assert_eq!(sound.findings(), Vec::<String>::new());
    let off = template("", &custom, ", GrpcConfig: {Enabled: false}");
    assert_eq!(off.findings(), Vec::<String>::new());
}

/// What is proposed can be written where it is proposed.
#[test]
fn a_remedy_is_in_the_spelling_of_the_document() {
    let url = template(
        "  Url: {Type: 'AWS::Lambda::Url'}\n",
        &format!("DomainName: !GetAtt Url.FunctionUrl, {CUSTOM}"),
        "",
    );
    assert!(
        url.first()
            .1
            .contains("`!Select [2, !Split ['/', !GetAtt Url.FunctionUrl]]`"),
        "{:?}",
        url.first()
    );
    let queue = template(
        "  Queue: {Type: 'AWS::SQS::Queue'}\n",
        &format!("DomainName: !Ref Queue, {CUSTOM}"),
        "",
    );
    assert!(
        queue.first().1.contains("!Ref Queue"),
        "{:?}",
        queue.first()
    );
    let arn = check(&config(&json!([custom(
        "arn:aws:s3:::orchard-files",
        "https-only"
    )])));
    assert_eq!(
        arn.first().1,
        "set DomainName to `orchard-files.s3.REGION.amazonaws.com`, with the bucket's Region"
    );
}

#[test]
fn a_pass_says_what_it_leaves_open() {
    let judged = offline("first-apply/plan.json", &[]);
    let step = judged.reports[0]["nextStep"].as_str().unwrap();
    assert_eq!(
        step,
        "Deploy it: all that is known passes, which leaves 2 facts known only after the deployment"
    );
}

#[tokio::test]
async fn a_vpc_origin_that_is_not_deployed_yet_or_of_no_account_is_found() {
    let world = "shared-vpc-origin/missing.world.json";
    let judged = online(world, "shared-vpc-origin/without-owner.json", &[]).await;
    assert!(
        judged.first().1.contains("OwnerAccountId"),
        "{:?}",
        judged.first()
    );
}

/// A control of this type and protocol, named `Oac`.
fn control(kind: &str, behavior: &str, protocol: &str) -> String {
    format!(
        "  Oac: {{Type: 'AWS::CloudFront::OriginAccessControl', Properties: {{OriginAccessControlConfig: {{Name: orchard, \
         OriginAccessControlOriginType: {kind}, SigningBehavior: {behavior}, SigningProtocol: {protocol}}}}}}}\n"
    )
}

const CONTROLLED: &str = "OriginAccessControlId: !GetAtt Oac.Id";

/// A permission of the function `Kiosk` for the distribution.
fn permission(name: &str, action: &str) -> String {
    format!(
        "  {name}: {{Type: 'AWS::Lambda::Permission', Properties: {{Action: '{action}', FunctionName: !Ref Kiosk, \
         Principal: cloudfront.amazonaws.com, SourceArn: !Sub 'arn:aws:cloudfront::${{AWS::AccountId}}:distribution/${{Cdn}}'}}}}\n"
    )
}

#[test]
fn a_function_url_needs_both_grants_in_a_template_of_sam_too() {
    let function = "  Kiosk: {Type: 'AWS::Lambda::Function'}\n  KioskUrl: {Type: 'AWS::Lambda::Url', \
                    Properties: {AuthType: AWS_IAM, TargetFunctionArn: !Ref Kiosk}}\n";
    let sam = "  Kiosk: {Type: 'AWS::Serverless::Function', Properties: {FunctionUrlConfig: {AuthType: AWS_IAM}}}\n";
    let url = permission("Url", "lambda:InvokeFunctionUrl");
    let invoke = permission("Invoke", "lambda:InvokeFunction");
    let transform = "Transform: AWS::Serverless-2016-10-31\n";
    for (function, permissions, found) in [
        (function, format!("{url}{invoke}"), 0),
        (function, invoke.clone(), 1),
        (sam, format!("{url}{invoke}"), 0),
        (sam, url, 1),
    ] {
        let resources = [
            function,
            &permissions,
            &control("lambda", "always", "sigv4"),
        ]
        .concat();
        let origin = format!(
            "DomainName: !Select [2, !Split ['/', !GetAtt KioskUrl.FunctionUrl]], {CONTROLLED}, {CUSTOM}"
        );
        let text = transform.to_owned() + &template_text(&resources, &origin, "");
        let judged = offline_text(&text, &[]);
        let expected = vec!["warning ungranted-function-access".to_owned(); found];
        assert_eq!(
            (judged.findings(), judged.code),
            (expected, Some(0)),
            "{resources}"
        );
    }
}

const KIOSK: &str = "arn:aws:cloudfront::111122223333:distribution/E9ORCHARDKIOSK";

/// One resource that a plan makes.
fn planned(address: &str, after: &Value, unknown: &Value) -> Value {
    json!({"address": address, "mode": "managed", "type": address.split('.').next(),
        "change": {"actions": ["create"], "before": null, "after": after, "after_unknown": unknown}})
}

/// A plan of a distribution whose origin has this domain and control.
fn plan_of(origin: &Value, control: &Value, mut resources: Vec<Value>) -> Judged {
    let mut origin = origin.clone();
    origin["origin_id"] = "a".into();
    origin["origin_access_control_id"] = "E3ORCHARDOAC".into();
    let mut known = control.clone();
    known["id"] = "E3ORCHARDOAC".into();
    resources.push(planned(
        "aws_cloudfront_origin_access_control.o",
        &known,
        &json!({}),
    ));
    resources.push(planned(
        "aws_cloudfront_distribution.d",
        &json!({"id": "E9ORCHARDKIOSK", "arn": KIOSK, "enabled": true, "origin": [origin], "default_cache_behavior": [{"target_origin_id": "a",
            "viewer_protocol_policy": "https-only", "allowed_methods": ["GET", "HEAD"],
            "cached_methods": ["GET", "HEAD"], "cache_policy_id": "4135ea2d-6df8-44a3-9df3-4b5a84be39ad"}]}),
        &json!({}),
    ));
    let plan = json!({"format_version": "1.2", "resource_changes": resources, "configuration": {}});
    offline_text(&plan.to_string(), &[])
}

#[test]
fn a_plan_with_one_of_the_two_grants_is_found() {
    let url = planned(
        "aws_lambda_function_url.kiosk",
        &json!({"function_name": "kiosk", "authorization_type": "AWS_IAM", "url_id": "q1w2e3r4",
            "function_url": "https://q1w2e3r4.lambda-url.eu-west-1.on.aws/"}),
        &json!({}),
    );
    let grant = |name: &str, action: &str| {
        planned(
            &format!("aws_lambda_permission.{name}"),
            &json!({"action": action, "function_name": "kiosk", "principal": "cloudfront.amazonaws.com",
                "source_arn": KIOSK}),
            &json!({}),
        )
    };
    let origin = json!({"domain_name": "q1w2e3r4.lambda-url.eu-west-1.on.aws", "custom_origin_config": [
        {"http_port": 80, "https_port": 443, "origin_protocol_policy": "https-only", "origin_ssl_protocols": ["TLSv1.2"]}]});
    let control = json!({"name": "kiosk", "origin_access_control_origin_type": "lambda",
        "signing_behavior": "always", "signing_protocol": "sigv4"});
    let one = grant("url", "lambda:InvokeFunctionUrl");
    let both = vec![
        url.clone(),
        one.clone(),
        grant("invoke", "lambda:InvokeFunction"),
    ];
    let judged = plan_of(&origin, &control, vec![url, one]);
    assert_eq!(judged.findings(), ["warning ungranted-function-access"]);
    let judged = plan_of(&origin, &control, both);
    assert_eq!(judged.findings(), Vec::<String>::new());
}

#[test]
fn a_multi_region_access_point_answers_no_unsigned_request() {
    let point = "  Mrap: {Type: 'AWS::S3::MultiRegionAccessPoint', Properties: {Regions: [{Bucket: orchard-one}]}}\n";
    let origin = format!(
        "DomainName: !Sub '${{Mrap.Alias}}.accesspoint.s3-global.amazonaws.com', {CONTROLLED}, {S3}"
    );
    for (behavior, errors) in [
        ("always", &[][..]),
        ("never", &["error unsigned-access-point"]),
    ] {
        let resources = [point, &control("s3", behavior, "sigv4a")].concat();
        let judged = template(&resources, &origin, "");
        assert_eq!(judged.findings(), errors, "{behavior}");
    }
    // Its policy is for a role alone.
    let policy = "  Policy: {Type: 'AWS::S3::MultiRegionAccessPointPolicy', Properties: {MrapName: !Ref Mrap, Policy: \
                  {Statement: [{Effect: Allow, Principal: {AWS: 'arn:aws:iam::111122223333:role/orchard'}, \
                  Action: 's3:GetObject', Resource: '*'}]}}}\n";
    let resources = [point, policy, &control("s3", "always", "sigv4a")].concat();
    let judged = template(&resources, &origin, "");
    assert_eq!(judged.findings(), ["warning ungranted-access-point"]);
    let alone = json!({"Id": "a", "DomainName": "orchardq7.mrap.accesspoint.s3-global.amazonaws.com",
        "S3OriginConfig": {"OriginAccessIdentity": ""}});
    assert_eq!(
        check(&config(&json!([alone]))).errors(),
        ["error unsigned-access-point"]
    );
}

#[test]
fn an_access_point_of_a_template_is_judged_by_its_policy() {
    let bucket = "  Files: {Type: 'AWS::S3::Bucket'}\n";
    let statement = |principal: &str, resource: &str| {
        format!(
            "{{Statement: [{{Effect: Allow, Principal: {principal}, Action: 's3:GetObject', Resource: !Sub '{resource}'}}]}}"
        )
    };
    let (service, role) = (
        "{Service: cloudfront.amazonaws.com}",
        "{AWS: 'arn:aws:iam::111122223333:role/orchard'}",
    );
    let files = format!(
        "  FilesPolicy: {{Type: 'AWS::S3::BucketPolicy', Properties: {{Bucket: !Ref Files, PolicyDocument: {}}}}}\n",
        statement(service, "${Files.Arn}/*")
    );
    for (principal, found) in [(service, 0), (role, 1)] {
        let policy = statement(
            principal,
            "arn:aws:s3:${AWS::Region}:${AWS::AccountId}:accesspoint/orchard/object/*",
        );
        let point = format!(
            "  Point: {{Type: 'AWS::S3::AccessPoint', Properties: {{Name: orchard, Bucket: !Ref Files, Policy: {policy}}}}}\n"
        );
        let resources = [bucket, &files, &point, &control("s3", "always", "sigv4")].concat();
        let origin = format!(
            "DomainName: !Sub '${{Point.Alias}}.s3.${{AWS::Region}}.amazonaws.com', {CONTROLLED}, {S3}"
        );
        let judged = template(&resources, &origin, "");
        let expected = vec!["warning ungranted-access-point"; found];
        assert_eq!(
            (judged.findings(), judged.code),
            (expected.iter().map(ToString::to_string).collect(), Some(0)),
            "{principal}"
        );
    }
}

/// The longer form of its host, of which the deployment decides account and Region, is S3's too.
#[test]
fn a_host_of_an_access_point_is_an_s3_host_whatever_is_open_in_it() {
    let origin = format!(
        "DomainName: !Sub 'orchard-${{AWS::AccountId}}.s3-accesspoint.${{AWS::Region}}.amazonaws.com', {CONTROLLED}, {S3}"
    );
    let judged = template(&control("s3", "always", "sigv4"), &origin, "");
    assert_eq!((judged.errors(), judged.code), (Vec::new(), Some(0)));
}

/// A plan says which distribution it updates, and a policy for another one blocks.
#[tokio::test]
async fn a_plan_that_updates_a_distribution_is_that_one() {
    for (policy_is_for, errors) in [
        ("E9ORCHARDKIOSK", &[][..]),
        ("E9OTHERDISTRIB", &["error ungranted-bucket-access"]),
    ] {
        let stage = Stage::new().await;
        let arn = |id: &str| format!("arn:aws:cloudfront::111122223333:distribution/{id}");
        stage.double.world().bucket("orchard-kiosk", "eu-west-1").policy(json!({"Statement": [{
            "Effect": "Allow", "Principal": {"Service": "cloudfront.amazonaws.com"}, "Action": "s3:GetObject",
            "Resource": "arn:aws:s3:::orchard-kiosk/*",
            "Condition": {"StringEquals": {"AWS:SourceArn": arn(policy_is_for)}}}]}));
        let after = json!({"id": "E9ORCHARDKIOSK", "arn": arn("E9ORCHARDKIOSK"), "enabled": true, "origin": [{
            "origin_id": "a", "domain_name": "orchard-kiosk.s3.eu-west-1.amazonaws.com",
            "origin_access_control_id": "EASSETSOAC1"}], "default_cache_behavior": [{"target_origin_id": "a",
            "viewer_protocol_policy": "https-only", "allowed_methods": ["GET", "HEAD"],
            "cached_methods": ["GET", "HEAD"], "cache_policy_id": "4135ea2d-6df8-44a3-9df3-4b5a84be39ad"}]});
        let plan = json!({"format_version": "1.2", "configuration": {}, "resource_changes": [{
            "address": "aws_cloudfront_distribution.d", "mode": "managed", "type": "aws_cloudfront_distribution",
            "change": {"actions": ["update"], "before": after, "after": after, "after_unknown": {}}}]});
        let judged = with_account(
            &stage.double,
            &["check", "-", "--output", "json"],
            &plan.to_string(),
        );
        let judged = crate::field::judged(&judged);
        assert_eq!(judged.errors(), errors, "{policy_is_for}");
        assert_eq!(judged.reports[0]["distribution"]["id"], "E9ORCHARDKIOSK");
    }
}

/// So does the input of an update, and UserParameters of a job.
#[tokio::test]
async fn a_job_says_which_distribution_a_config_without_an_id_is_for() {
    let mut config = site();
    config.as_object_mut().unwrap().remove("CallerReference");
    let stage = Stage::new().await;
    let answer = stage.run(stage.job(&config)).await;
    assert!(
        answer.message().is_empty()
            || !answer.message().contains("does not say which distribution")
    );
    assert_eq!(
        stage.report()["distribution"]["id"],
        crate::stage::DISTRIBUTION
    );
    let update = json!({"Id": crate::stage::DISTRIBUTION, "IfMatch": "E1STALE", "DistributionConfig": site()});
    let stage = Stage::new().await;
    let answer = stage.run(stage.job(&update)).await;
    assert!(!answer.succeeded());
    assert!(answer.message().contains("E1STALE"), "{}", answer.message());
}
