//! Every way to break the typed contract, made from the model itself: each member of a sound config
//! that has all members is misspelt, left out, of another type, in another case, in another format's
//! spelling and at the wrong level.

use std::collections::BTreeSet;

use serde_json::{Map, Value, json};

use super::meant::root;
use super::*;
use crate::candidate::{ReadOptions, Source, read_documents};
use crate::facts::Facts;
use crate::rules::{Case, Limits, judge};

/// How many of the generated violations must be reported, in percent.
const LEAST_REPORTED: usize = 99;

/// What the two config forms of before `Origins` would be beside it.
const LEGACY: [&str; 3] = ["S3Origin", "CustomOrigin", "CNAMEs"];
const KINDS_OF_ORIGIN: [&str; 3] = ["CustomOriginConfig", "S3OriginConfig", "VpcOriginConfig"];
const DEPRECATED: [&str; 4] = ["ForwardedValues", "MinTTL", "DefaultTTL", "MaxTTL"];
const METHODS: [&str; 7] = ["GET", "HEAD", "OPTIONS", "PUT", "POST", "PATCH", "DELETE"];

fn text(member: &str) -> &'static str {
    match member {
        "DomainName" => "www.example.com",
        "Id" | "TargetOriginId" | "OriginId" => "custom",
        "PathPattern" => "/api/*",
        "OriginPath" => "/site",
        "HeaderName" => "X-Origin-Verify",
        "OriginShieldRegion" => "us-east-1",
        "VpcOriginId" => "vo_ABCDEFGHIJKLMNOPQRSTUV",
        "OwnerAccountId" => "111122223333",
        "OriginAccessIdentity" | "OriginAccessControlId" | "WebACLId" => "",
        _ => "x",
    }
}

fn number(member: &str) -> u32 {
    match member {
        "HTTPPort" => 80,
        "HTTPSPort" => 443,
        "ConnectionAttempts" => 3,
        "ConnectionTimeout" | "OriginKeepaliveTimeout" => 5,
        "OriginReadTimeout" => 30,
        "ResponseCompletionTimeout" => 60,
        _ => 404,
    }
}

/// A value of a kind with all members.
fn instance(kind: &Kind, member: &str) -> Value {
    match kind {
        Kind::Flag => json!(member != "Staging"),
        Kind::Integer | Kind::Number => json!(number(member)),
        Kind::Text(..) => json!(text(member)),
        Kind::Choice(_) if member == "OriginProtocolPolicy" => json!("https-only"),
        Kind::Choice(_) if member == "OriginSslProtocols" || member == "OriginSSLProtocols" => {
            json!("TLSv1.2")
        }
        Kind::Choice(_) if member == "HttpVersion" => json!("http2"),
        Kind::Choice(values) => json!(values[0]),
        Kind::Object(shape) => object(shape, member),
        Kind::List(_, _, items) => items_of(items, member).into(),
    }
}

fn items_of(kind: &Kind, member: &str) -> Vec<Value> {
    let one = || instance(kind, member);
    let with = |changes: Value| {
        let mut item = one();
        let own = item.as_object_mut().unwrap();
        own.extend(changes.as_object().unwrap().clone());
        item
    };
    match member {
        "AllowedMethods" => METHODS.map(Value::from).to_vec(),
        "CachedMethods" => METHODS[..2].iter().copied().map(Value::from).collect(),
        "Origins" => origins(&one()),
        "OriginGroups" => vec![with(json!({"Id": "group"}))],
        "Members" => vec![one(), with(json!({"OriginId": "s3"}))],
        "CacheBehaviors" => behaviors(&one()),
        _ => vec![one()],
    }
}

/// An origin of each kind.
fn origins(whole: &Value) -> Vec<Value> {
    let of_kind = |id: &str, kind: &str, domain: &str| {
        let mut origin = whole.clone();
        let own = origin.as_object_mut().unwrap();
        own.retain(|name, _| name == kind || !KINDS_OF_ORIGIN.contains(&name.as_str()));
        own.insert("Id".to_owned(), json!(id));
        own.insert("DomainName".to_owned(), json!(domain));
        if kind == "S3OriginConfig" {
            own.insert("OriginAccessControlId".to_owned(), json!("E1EXAMPLE"));
        }
        origin
    };
    vec![
        of_kind("custom", "CustomOriginConfig", "www.example.com"),
        of_kind(
            "s3",
            "S3OriginConfig",
            "example-assets.s3.us-east-1.amazonaws.com",
        ),
        of_kind("vpc", "VpcOriginConfig", "internal.example.com"),
    ]
}

/// A behavior with a cache policy for each target, the group's without writes; and one with the
/// deprecated settings.
fn behaviors(whole: &Value) -> Vec<Value> {
    let to = |target: &str, leave_out: &[&str]| {
        let mut behavior = whole.clone();
        let own = behavior.as_object_mut().unwrap();
        own.retain(|name, _| !leave_out.contains(&name.as_str()));
        own.insert("TargetOriginId".to_owned(), json!(target));
        own.insert("PathPattern".to_owned(), json!(format!("/{target}/*")));
        behavior
    };
    let to_group = [
        &DEPRECATED[..],
        &["AllowedMethods", "CachedMethods", "GrpcConfig"],
    ]
    .concat();
    vec![
        to("custom", &["CachePolicyId"]),
        to("group", &to_group),
        to("s3", &DEPRECATED),
        to("vpc", &DEPRECATED),
    ]
}

fn object(shape: &'static Shape, member: &str) -> Value {
    let mut own = Map::new();
    for each in shape.members {
        if LEGACY.contains(&each.name)
            || shape.name == "DistributionConfig" && each.name == "ConnectionMode"
        {
            continue;
        }
        // The items of a counted list are named by the list.
        let name = if each.name == "Items" {
            member
        } else {
            each.name
        };
        own.insert(each.name.to_owned(), instance(&each.kind, name));
    }
    if let Some(items) = own.get("Items").and_then(Value::as_array) {
        let quantity = items.len();
        own.insert("Quantity".to_owned(), json!(quantity));
    }
    if shape.name == "DefaultCacheBehavior" {
        own.retain(|name, _| !DEPRECATED.contains(&name.as_str()));
    }
    own.into()
}

/// What the guard says of a config, or why it cannot be read.
fn said(config: &Value, form: Form) -> BTreeSet<String> {
    let document = match form {
        Form::Template => {
            json!({"Resources": {"Site": {"Type": "AWS::CloudFront::Distribution", "Properties": {"DistributionConfig": config}}}})
        }
        _ => config.clone(),
    };
    let content = document.to_string().into_bytes();
    let read = read_documents(Source::File, "site.json", &content, &ReadOptions::default());
    let candidates = match read {
        Ok(candidates) => candidates,
        Err(error) => return BTreeSet::from([error.to_string()]),
    };
    let (facts, limits) = (Facts::default(), Limits::default());
    let judgement = judge(&Case::new(&candidates[0].distribution, &facts, &limits));
    let findings = judgement.findings.iter();
    findings
        .map(|it| format!("{} {:?}: {}", it.rule.name, it.severity, it.message))
        .collect()
}

/// A member of an object that is at a pointer.
struct Occurrence {
    pointer: String,
    shape: &'static Shape,
    member: &'static Member,
}

fn occurrences(value: &Value, kind: &Kind, pointer: &str, found: &mut Vec<Occurrence>) {
    match (value, kind) {
        (Value::Object(own), Kind::Object(shape)) => {
            for (name, value) in own {
                let member = shape.member(name).unwrap();
                found.push(Occurrence {
                    pointer: pointer.to_owned(),
                    shape,
                    member,
                });
                occurrences(value, &member.kind, &format!("{pointer}/{name}"), found);
            }
        }
        (Value::Array(items), Kind::List(_, _, kind)) => {
            for (at, item) in items.iter().enumerate() {
                occurrences(item, kind, &format!("{pointer}/{at}"), found);
            }
        }
        _ => {}
    }
}

fn renamed(object: &mut Map<String, Value>, from: &str, to: &str) {
    let value = object.remove(from).unwrap();
    object.insert(to.to_owned(), value);
}

/// Terraform's spelling of a name.
fn snake_case(name: &str) -> String {
    let mut snake = String::new();
    for c in name.chars() {
        if c.is_ascii_uppercase() && snake.ends_with(|last: char| last.is_ascii_lowercase()) {
            snake.push('_');
        }
        snake.push(c.to_ascii_lowercase());
    }
    snake
}

fn other_case(text: &str) -> String {
    let swap = |c: char| {
        if c.is_ascii_lowercase() {
            c.to_ascii_uppercase()
        } else {
            c.to_ascii_lowercase()
        }
    };
    text.chars().map(swap).collect()
}

/// A value of the kind in the form of the other format.
fn other_form(value: &Value, form: Form) -> Option<Value> {
    match (form, value) {
        (Form::Template, Value::Array(items)) => {
            Some(json!({"Quantity": items.len(), "Items": items}))
        }
        (Form::Api, Value::Object(own)) => own.get("Quantity").and(own.get("Items")).cloned(),
        _ => None,
    }
}

fn wrong_type(value: &Value) -> Value {
    match value {
        Value::Object(_) | Value::Array(_) => json!("text"),
        _ => json!({"key": "value"}),
    }
}

/// The breaks of one member, each with its kind; none where a break makes no difference.
fn broken(base: &Value, at: &Occurrence, form: Form) -> Vec<(&'static str, Value)> {
    let name = at.member.name;
    let own = |config: &mut Value, change: &dyn Fn(&mut Map<String, Value>)| {
        change(
            config
                .pointer_mut(&at.pointer)
                .unwrap()
                .as_object_mut()
                .unwrap(),
        );
    };
    let value = base.pointer(&format!("{}/{name}", at.pointer)).unwrap();
    let mut broken = Vec::new();
    let mut add = |kind: &'static str, change: &dyn Fn(&mut Map<String, Value>)| {
        let mut config = base.clone();
        own(&mut config, change);
        broken.push((kind, config));
    };
    add("unknown", &|it| {
        renamed(it, name, &format!("Unheard{name}"));
    });
    // Configs in the API's form may leave the counting to the guard.
    if at.member.required && !(form == Form::Api && name == "Quantity") {
        add("missing", &|it| drop(it.remove(name)));
    }
    add("wrong type", &|it| {
        drop(it.insert(name.to_owned(), wrong_type(value)));
    });
    add("other case", &|it| renamed(it, name, &other_case(name)));
    if let (Kind::Choice(_), Some(text)) = (&at.member.kind, value.as_str())
        && other_case(text) != text
    {
        let other = other_case(text);
        add("other case", &|it| {
            drop(it.insert(name.to_owned(), json!(other)));
        });
    }
    if let Some(other) = other_form(value, form) {
        add("other format", &|it| {
            drop(it.insert(name.to_owned(), other.clone()));
        });
    }
    add("other format", &|it| renamed(it, name, &snake_case(name)));
    // Into the object that holds this one, if that is no list.
    if let Some((outer, _)) = at.pointer.rsplit_once('/')
        && base
            .pointer(outer)
            .is_some_and(|it| it.is_object() && it.get(name).is_none())
    {
        let mut config = base.clone();
        own(&mut config, &|it| drop(it.remove(name)));
        let outer = config.pointer_mut(outer).unwrap().as_object_mut().unwrap();
        outer.insert(name.to_owned(), value.clone());
        broken.push(("wrong level", config));
    }
    broken
}

fn base(form: Form) -> Value {
    object(root(form), "")
}

#[test]
fn a_sound_config_with_all_members_has_no_finding() {
    for form in [Form::Api, Form::Template] {
        let said = said(&base(form), form);
        assert!(said.is_empty(), "{form:?}: {said:#?}");
    }
}

#[test]
fn what_cloudtrail_adds_to_an_origin_is_no_finding() {
    let mut config = base(Form::Api);
    config["Origins"]["Items"][0]["OacSigningBehavior"] = "always".into();
    assert_eq!(said(&config, Form::Api), BTreeSet::new());
}

#[test]
fn nearly_every_violation_of_the_model_is_reported() {
    for form in [Form::Api, Form::Template] {
        let base = base(form);
        let sound = said(&base, form);
        let mut found = Vec::new();
        occurrences(&base, &Kind::Object(root(form)), "", &mut found);
        let (mut seen, mut all, mut missed) = (BTreeSet::new(), 0, Vec::new());
        for at in &found {
            if !seen.insert((at.shape.name, at.member.name)) {
                continue;
            }
            for (kind, config) in broken(&base, at, form) {
                all += 1;
                if said(&config, form).is_subset(&sound) {
                    missed.push(format!("{kind}: {}/{}", at.pointer, at.member.name));
                }
            }
        }
        assert!(
            all > 700,
            "{form:?}: {all} violations of {} members",
            seen.len()
        );
        let reported = 100 * (all - missed.len()) / all;
        assert!(
            reported >= LEAST_REPORTED,
            "{form:?}: {reported} % of {all}, missed {missed:#?}"
        );
    }
}

fn member(shape: &Shape, name: &str) -> &'static Member {
    shape
        .member(name)
        .unwrap_or_else(|| panic!("{}.{name}", shape.name))
}

#[test]
fn the_api_has_what_its_reference_says() {
    let origin = member(&api::CUSTOM_ORIGIN_CONFIG, "OriginProtocolPolicy");
    assert!(origin.required);
    assert!(matches!(origin.kind, Kind::Choice(values) if values.contains(&"https-only")));
    let version = member(&api::VPC_ORIGIN_CONFIG, "OriginHttpVersion");
    assert!(matches!(version.kind, Kind::Choice(values) if values == ["http1.1", "http2"]));
    let members = member(&api::ORIGIN_GROUP_MEMBERS, "Items");
    assert!(matches!(members.kind, Kind::List(2, 2, Kind::Object(_))));
}

#[test]
fn cloudformation_has_its_own_names_and_the_enums_of_the_api() {
    assert!(cloudformation::ORIGIN.member("CustomHeaders").is_none());
    member(&cloudformation::ORIGIN, "OriginCustomHeaders");
    let protocols = member(&cloudformation::CUSTOM_ORIGIN_CONFIG, "OriginSSLProtocols");
    assert!(
        matches!(protocols.kind, Kind::List(_, _, Kind::Choice(values)) if values.contains(&"TLSv1.2"))
    );
}

#[test]
fn every_member_of_the_model_is_judged_or_listed() {
    let structures = page::structures();
    for shape in &structures {
        for member in shape.members {
            let judged = judged(shape.name, member.name);
            assert!(
                judged.is_some(),
                "{}.{} is new: list it",
                shape.name,
                member.name
            );
            if let Some(Judgement::By(rules)) = judged {
                for rule in rules {
                    assert!(crate::rules::find(rule).is_some(), "there is no {rule}");
                }
            }
        }
    }
    for (names, members) in judged::JUDGED {
        for name in *names {
            let shape = structures.iter().find(|shape| shape.name == *name).unwrap();
            for (member, _) in *members {
                assert!(
                    shape.member(member).is_some(),
                    "{name} has no {member} any more"
                );
            }
        }
    }
}

#[test]
fn the_page_about_the_model_is_current() {
    #[expect(
        clippy::disallowed_methods,
        reason = "a switch of this test, no setting of the guard"
    )]
    let update = std::env::var_os("UPDATE_MODEL_PAGE").is_some();
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/../docs/cloudfront-model.md");
    if update {
        std::fs::write(path, page()).unwrap();
    }
    let written = std::fs::read_to_string(path).unwrap_or_default();
    assert!(written == page(), "run it with UPDATE_MODEL_PAGE=1");
}
