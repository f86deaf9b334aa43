//! Every way to break the typed contract, made from the model itself: each member of a sound config
//! that has all members is misspelt, left out, of another type, in another case, in another format's
//! spelling and at the wrong level.

use std::collections::BTreeSet;

use serde_json::{Map, Value, json};

use super::meant::root;
use super::sample::{Occurrence, base, occurrences};
use super::*;
use crate::candidate::{ReadOptions, Source, read_documents};
use crate::facts::Facts;
use crate::rules::{Case, Limits, judge};

/// How many of the generated violations must be reported, in percent.
const LEAST_REPORTED: usize = 99;

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
            let judged = judged(shape, member);
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
