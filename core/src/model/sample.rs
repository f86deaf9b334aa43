//! A sound config that has every member of the model, and where each of them stands: what tests modify.

use serde_json::{Map, Value, json};

use super::meant::root;
use super::{Form, Kind, Member, Shape};

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

/// A member of an object that is at a pointer.
pub(crate) struct Occurrence {
    pub(crate) pointer: String,
    pub(crate) shape: &'static Shape,
    pub(crate) member: &'static Member,
}

/// Every member of a value of this kind, which stands at `pointer`.
pub(crate) fn occurrences(value: &Value, kind: &Kind, pointer: &str, found: &mut Vec<Occurrence>) {
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

/// The config.
pub(crate) fn base(form: Form) -> Value {
    object(root(form), "")
}

/// Every member of such a config.
pub(crate) fn members_of(config: &Value, form: Form) -> Vec<Occurrence> {
    let mut all = Vec::new();
    occurrences(config, &Kind::Object(root(form)), "", &mut all);
    all
}
