//! Every member of CloudFront's model is compared, and what CloudFront fills in is no difference.

use serde_json::{Value, json};

use super::*;
use crate::candidate::{ReadOptions, Source, read_documents};
use crate::model::sample::{base, members_of};
use crate::model::{Form, Kind};

#[track_caller]
fn read_text(text: &str) -> Distribution {
    let name = if text.starts_with('{') {
        "site.json"
    } else {
        "site.yaml"
    };
    let read = read_documents(Source::File, name, text.as_bytes(), &ReadOptions::default());
    let mut read = read.unwrap_or_else(|error| panic!("{error}\n{text}"));
    read.remove(0).distribution
}

#[track_caller]
fn read(config: &Value, form: Form) -> Distribution {
    let document = match form {
        Form::Template => {
            json!({"Resources": {"Site": {"Type": "AWS::CloudFront::Distribution", "Properties": {"DistributionConfig": config}}}})
        }
        _ => config.clone(),
    };
    read_text(&document.to_string())
}

fn reported(difference: Difference) -> Vec<String> {
    let text = |text: Option<String>| text.unwrap_or_else(|| "-".to_owned());
    let changes = difference.changes.into_iter().map(|change| {
        let what = change.what();
        format!("{what}: {} > {}", text(change.before), text(change.after))
    });
    let outside = difference
        .outside
        .into_iter()
        .map(|it| format!("outside: {it}"));
    let open = difference
        .open
        .iter()
        .map(|it| format!("open: {}", it.what()));
    changes.chain(outside).chain(open).collect()
}

/// A config with an origin of each kind, a group and a behavior.
fn site() -> Value {
    json!({
        "CallerReference": "1",
        "Comment": "",
        "Enabled": true,
        "HttpVersion": "http2",
        "Origins": {"Quantity": 2, "Items": [
            {
                "Id": "api",
                "DomainName": "api.example.com",
                "CustomHeaders": {"Quantity": 1, "Items": [{"HeaderName": "X-Key", "HeaderValue": "s3cr3t-one"}]},
                "CustomOriginConfig": {
                    "HTTPPort": 80, "HTTPSPort": 443, "OriginProtocolPolicy": "https-only",
                    "OriginSslProtocols": {"Quantity": 1, "Items": ["TLSv1.2"]}
                }
            },
            {"Id": "vpc", "DomainName": "in.example.com", "VpcOriginConfig": {"VpcOriginId": "vo_1"}}
        ]},
        "OriginGroups": {"Quantity": 1, "Items": [{
            "Id": "both",
            "FailoverCriteria": {"StatusCodes": {"Quantity": 1, "Items": [503]}},
            "Members": {"Quantity": 2, "Items": [{"OriginId": "api"}, {"OriginId": "vpc"}]}
        }]},
        "DefaultCacheBehavior": {
            "TargetOriginId": "both",
            "ViewerProtocolPolicy": "https-only",
            "CachePolicyId": "658327ea-f89d-4fab-a63d-7e88639e58f6"
        }
    })
}

fn with(pointer: &str, value: Value) -> Value {
    let mut config = site();
    let (parent, key) = pointer.rsplit_once('/').unwrap();
    config.pointer_mut(parent).unwrap()[key] = value;
    config
}

#[track_caller]
fn changes_to(pointer: &str, value: Value) -> Vec<String> {
    let (before, after) = (
        read(&site(), Form::Api),
        read(&with(pointer, value), Form::Api),
    );
    assert_eq!(sameness(&before, &after), Sameness::Different);
    reported(difference(&before, &after))
}

#[test]
fn a_secret_header_is_compared_and_not_printed() {
    let value = "/Origins/Items/0/CustomHeaders/Items/0/HeaderValue";
    let (before, after) = (
        read(&site(), Form::Api),
        read(&with(value, json!("s3cr3t-two")), Form::Api),
    );
    let difference = difference(&before, &after);
    assert!(!format!("{difference:?} {before:?} {after:?}").contains("s3cr3t"));
    assert_eq!(
        reported(difference),
        ["origin `api`: custom header `X-Key`: (secret) > (another secret)"]
    );
    let none = json!({"Quantity": 0});
    assert_eq!(
        changes_to("/Origins/Items/0/CustomHeaders", none),
        ["origin `api`: custom header `X-Key`: (secret) > "]
    );
}

#[test]
fn a_hidden_header_value_is_left_open() {
    let value = "/Origins/Items/0/CustomHeaders/Items/0/HeaderValue";
    let hidden = read(&with(value, json!(crate::distribution::HIDDEN)), Form::Api);
    let known = read(&site(), Form::Api);
    assert_eq!(sameness(&hidden, &known), Sameness::Undecided);
    assert_eq!(
        reported(difference(&hidden, &known)),
        ["open: origin `api`: custom header `X-Key`"]
    );
    assert_eq!(difference(&hidden, &known).open[0].reason, Reason::Hidden);
}

#[test]
fn members_of_origins_are_compared() {
    let custom = "/Origins/Items/0/CustomOriginConfig";
    let arn = "arn:aws:acm:us-east-1:111122223333:certificate/1";
    for (pointer, value, expected) in [
        (
            format!("{custom}/OriginMtlsConfig"),
            json!({"ClientCertificateArn": arn}),
            format!(
                "origin `api`: CustomOriginConfig.OriginMtlsConfig.ClientCertificateArn:  > {arn}"
            ),
        ),
        (
            format!("{custom}/OriginHttpVersion"),
            json!("http2"),
            "origin `api`: CustomOriginConfig.OriginHttpVersion: http1.1 > http2".to_owned(),
        ),
        (
            format!("{custom}/IpAddressType"),
            json!("dualstack"),
            "origin `api`: CustomOriginConfig.IpAddressType: ipv4 > dualstack".to_owned(),
        ),
        (
            format!("{custom}/OriginKeepaliveTimeout"),
            json!(60),
            "origin `api`: CustomOriginConfig.OriginKeepaliveTimeout: 5 > 60".to_owned(),
        ),
        (
            "/Origins/Items/1/VpcOriginConfig/OwnerAccountId".to_owned(),
            json!("111122223333"),
            "origin `vpc`: VpcOriginConfig.OwnerAccountId:  > 111122223333".to_owned(),
        ),
    ] {
        assert_eq!(changes_to(&pointer, value), [expected]);
    }
    assert_eq!(
        changes_to(
            "/Origins/Items/0/OriginShield",
            json!({"Enabled": true, "OriginShieldRegion": "us-east-1"})
        ),
        [
            "origin `api`: OriginShield.Enabled: false > true",
            "origin `api`: OriginShield.OriginShieldRegion:  > us-east-1"
        ]
    );
}

#[test]
fn members_of_groups_and_behaviors_are_compared() {
    for (pointer, value, expected) in [
        (
            "/OriginGroups/Items/0/SelectionCriteria",
            json!("media-quality-based"),
            "origin group `both`: SelectionCriteria: default > media-quality-based",
        ),
        (
            "/DefaultCacheBehavior/GrpcConfig",
            json!({"Enabled": true}),
            "the default cache behavior: GrpcConfig.Enabled: false > true",
        ),
        (
            "/DefaultCacheBehavior/LambdaFunctionAssociations",
            json!({"Quantity": 1, "Items": [{
                "EventType": "origin-request",
                "LambdaFunctionARN": "arn:aws:lambda:us-east-1:111122223333:function:a:1"
            }]}),
            "the default cache behavior: LambdaFunctionAssociations:  > EventType origin-request LambdaFunctionARN arn:aws:lambda:us-east-1:111122223333:function:a:1",
        ),
        (
            "/HttpVersion",
            json!("http2and3"),
            "the distribution: HttpVersion: http2 > http2and3",
        ),
    ] {
        assert_eq!(changes_to(pointer, value), [expected]);
    }
}

#[test]
fn members_outside_the_contract_are_counted() {
    let mut config = with("/Comment", json!("new"));
    config["PriceClass"] = json!("PriceClass_100");
    config["Logging"] =
        json!({"Enabled": true, "IncludeCookies": false, "Bucket": "logs", "Prefix": ""});
    let difference = difference(&read(&site(), Form::Api), &read(&config, Form::Api));
    assert_eq!(
        difference.outside,
        ["Comment", "Logging.Bucket", "PriceClass"]
    );
    assert_eq!(difference.changes, []);
    assert_eq!(difference.sameness(), Sameness::Different);
}

#[test]
fn what_cloudtrail_adds_to_an_origin_is_no_difference() {
    let event = with("/Origins/Items/0/OacSigningBehavior", json!("always"));
    let (event, live) = (read(&event, Form::Api), read(&site(), Form::Api));
    assert_eq!(sameness(&event, &live), Sameness::Same);
}

#[test]
fn what_cloudtrail_hides_is_left_open() {
    let hidden = with("/Comment", json!(crate::distribution::HIDDEN));
    let (event, live) = (
        read(&hidden, Form::Api),
        read(&with("/Comment", json!("x")), Form::Api),
    );
    assert_eq!(sameness(&event, &live), Sameness::Undecided);
    assert_eq!(difference(&event, &live).open[0].reason, Reason::Hidden);
}

/// What a member newer than the model holds may be anything.
#[test]
fn an_unknown_member_is_compared_and_not_printed() {
    assert_eq!(
        changes_to("/Origins/Items/0/OriginToken", json!("s3cr3t")),
        ["origin `api`: OriginToken:  > (not shown)"]
    );
}

#[test]
fn a_second_part_of_one_name_is_a_difference() {
    let mut config = site();
    let origins = config["Origins"]["Items"].as_array_mut().unwrap();
    origins.push(origins[0].clone());
    config["Origins"]["Quantity"] = json!(3);
    let (one, two) = (read(&site(), Form::Api), read(&config, Form::Api));
    assert_eq!(sameness(&one, &two), Sameness::Different);
    assert_eq!(sameness(&two, &one), Sameness::Different);
    assert_eq!(sameness(&two, &two), Sameness::Same);
}

#[test]
fn what_cloudfront_fills_in_is_no_difference() {
    let live = read_text(include_str!("whole_tests/live.json"));
    for (name, same) in [
        ("short", include_str!("whole_tests/short.json")),
        ("template", include_str!("whole_tests/template.yaml")),
        ("plan", include_str!("whole_tests/plan.json")),
    ] {
        let same = read_text(same);
        assert_eq!(reported(difference(&live, &same)), [""; 0], "{name}");
        assert_eq!(sameness(&same, &live), Sameness::Same, "{name}");
    }
}

#[test]
fn what_a_template_leaves_to_the_deployment_is_undecided() {
    let template = include_str!("whole_tests/template.yaml");
    let open = template.replace("IpAddressType: ipv4", "IpAddressType: !Ref AddressType");
    let open = format!("Parameters:\n  AddressType: {{Type: String}}\n{open}");
    let (open, decided) = (read_text(&open), read_text(template));
    assert_eq!(sameness(&decided, &open), Sameness::Undecided);
    // Equal expressions of two templates are equal values.
    assert_eq!(sameness(&open, &open), Sameness::Same);
}

/// Another value of the same kind.
fn another(value: &Value, kind: &Kind) -> Option<Value> {
    Some(match (kind, value) {
        (Kind::Flag, _) => json!(!value.as_bool().unwrap()),
        (Kind::Integer | Kind::Number, _) => json!(value.as_i64().unwrap() + 1),
        (Kind::Text(..), Value::String(text)) => json!(format!("{text}other")),
        (Kind::Choice(values), _) => {
            json!(values.iter().find(|other| *value != json!(other)).unwrap())
        }
        (Kind::List(_, _, kind), Value::Array(items)) if !matches!(kind, Kind::Object(_)) => {
            let mut items = items.clone();
            let last = items.pop().unwrap();
            if items.is_empty() {
                items.push(another(&last, kind).unwrap());
            }
            json!(items)
        }
        // Their own members are changed.
        _ => return None,
    })
}

#[test]
fn each_member_of_the_model_changed_alone_is_a_change() {
    for form in [Form::Api, Form::Template] {
        let mut base = base(form);
        // CloudFront's own certificate would leave nothing else to compare.
        base["ViewerCertificate"]["CloudFrontDefaultCertificate"] = json!(false);
        let own = read(&base, form);
        assert_eq!(reported(difference(&own, &own)), [""; 0], "{form:?}");
        let mut changed = 0;
        let all = members_of(&base, form);
        for at in all.iter().filter(|at| at.member.name != "Quantity") {
            let pointer = format!("{}/{}", at.pointer, at.member.name);
            let Some(value) = another(base.pointer(&pointer).unwrap(), &at.member.kind) else {
                continue;
            };
            let mut config = base.clone();
            *config.pointer_mut(&pointer).unwrap() = value;
            let other = read(&config, form);
            changed += 1;
            assert_eq!(
                sameness(&own, &other),
                Sameness::Different,
                "{form:?} {pointer}"
            );
            let in_part = [
                "/Origins",
                "/OriginGroups",
                "/DefaultCacheBehavior",
                "/CacheBehaviors",
            ];
            if in_part.iter().any(|part| pointer.starts_with(part)) {
                let difference = difference(&own, &other);
                assert!(!difference.changes.is_empty(), "{form:?} {pointer}");
            }
        }
        assert!(changed > 150, "{form:?}: {changed}");
    }
}
