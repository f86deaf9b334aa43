//! Changes that break nothing.

use origin_guard::facts::Website;
use serde_json::{Map, Value, json};

use super::groups::{members, retarget};
use crate::scene::Scene;
use crate::world::{ACCOUNT, arn, let_in};

/// Says whether it changed anything.
type Modify = fn(&mut Scene) -> bool;

pub(super) static CHANGES: &[(&str, Modify)] = &[
    ("origins in another order", |scene| {
        scene.list("Origins").reverse();
        scene.list("Origins").len() > 1
    }),
    ("origin groups in another order", |scene| {
        scene.list("OriginGroups").reverse();
        scene.list("OriginGroups").len() > 1
    }),
    ("aliases in another order", |scene| {
        scene.list("Aliases").reverse();
        scene.list("Aliases").len() > 1
    }),
    ("members in another order", |scene| {
        for at in 0..scene.healthy.origin_groups.len() {
            members(scene, at).reverse();
        }
        !scene.healthy.origin_groups.is_empty()
    }),
    (
        "behaviors that match nothing in common in another order",
        |scene| {
            // Patterns that begin differently, each with a literal, never meet.
            let firsts: Vec<String> = scene
                .healthy
                .behaviors
                .iter()
                .map(|it| {
                    it.pattern_text()
                        .trim_start_matches('/')
                        .chars()
                        .take(3)
                        .collect()
                })
                .collect();
            let apart = firsts
                .iter()
                .enumerate()
                .all(|(at, first)| !first.contains(['*', '?']) && !firsts[..at].contains(first));
            scene.list("CacheBehaviors").reverse();
            apart && firsts.len() > 1
        },
    ),
    ("keys in another order", |scene| {
        scene.document = reverse_keys(&scene.document);
        true
    }),
    ("an origin's ID changed wherever it stands", |scene| {
        let old = scene.id(0);
        let members = scene.members(&old);
        retarget(scene, &old, "another name/with: all sorts-of_characters.1");
        for place in members {
            *scene.config().pointer_mut(&place).unwrap() =
                "another name/with: all sorts-of_characters.1".into();
        }
        scene.origin(0)["Id"] = "another name/with: all sorts-of_characters.1".into();
        scene
            .healthy
            .origins
            .iter()
            .filter(|origin| origin.id.is(&old))
            .count()
            == 1
    }),
    ("a group's ID changed wherever it stands", |scene| {
        let Some(group) = scene.healthy.origin_groups.first() else {
            return false;
        };
        let old = group.id.to_string();
        retarget(scene, &old, "the-group");
        scene.group(0)["Id"] = "the-group".into();
        true
    }),
    ("another comment and price class", |scene| {
        scene.config()["Comment"] = "Ünïcode, \"quotes\" and <tags>".into();
        scene.config()["PriceClass"] = "PriceClass_All".into();
        true
    }),
    ("keys that are unknown", |scene| {
        scene.config()["Tags"] = json!({"Items": [{"Key": "team", "Value": "web"}]});
        scene.config()["AddedByAWSLater"] = json!([1, {"Quantity": 7}]);
        scene.origin(0)["AddedByAWSLater"] = json!({"Enabled": true});
        true
    }),
    ("no Quantity anywhere", |scene| {
        drop_keys(&mut scene.document, &["Quantity"]);
        true
    }),
    ("nothing where a list is empty", |scene| {
        let config = scene.config().as_object_mut().unwrap();
        let before = config.len();
        config.retain(|_, value| value.get("Quantity") != Some(&json!(0)));
        config.len() < before
    }),
    ("null where something is absent", |scene| {
        scene.config()["OriginGroups"] = Value::Null;
        scene.origin(0)["OriginShield"] = Value::Null;
        scene.healthy.origin_groups.is_empty()
    }),
    ("line breaks and indentation", |scene| {
        scene.write = |document| format!("\n\n{document:#}\n\t\n").replace('\n', "\r\n");
        true
    }),
    ("a byte order mark", |scene| {
        scene.write = |document| format!("\u{feff}{document}");
        true
    }),
    ("domains in capitals", |scene| {
        for origin in scene.list("Origins") {
            let domain = origin["DomainName"].as_str().unwrap().to_uppercase();
            origin["DomainName"] = domain.into();
        }
        true
    }),
    ("headers that carry secrets", |scene| {
        scene.origin(0)["CustomHeaders"] =
            json!({"Quantity": 1, "Items": [{"HeaderName": "X-Secret", "HeaderValue": "s3cret"}]});
        true
    }),
    ("status codes in another order", |scene| {
        for group in scene.list("OriginGroups") {
            if let Some(codes) = group["FailoverCriteria"]["StatusCodes"]["Items"].as_array_mut() {
                codes.reverse();
            }
        }
        !scene.healthy.origin_groups.is_empty()
    }),
    ("a behavior of its own for one file, in front", |scene| {
        let mut behavior = scene.behavior(0).clone();
        behavior["PathPattern"] = "/mutation-robots.txt".into();
        scene.list("CacheBehaviors").insert(0, behavior);
        scene.count("CacheBehaviors");
        true
    }),
    ("timeouts at the ends of their ranges", |scene| {
        for origin in scene.list("Origins") {
            origin["ConnectionAttempts"] = 1.into();
            origin["ConnectionTimeout"] = 10.into();
            origin
                .as_object_mut()
                .unwrap()
                .remove("ResponseCompletionTimeout");
            if origin["CustomOriginConfig"].is_object() {
                origin["CustomOriginConfig"]["OriginReadTimeout"] = 120.into();
                origin["CustomOriginConfig"]["OriginKeepaliveTimeout"] = 1.into();
            }
        }
        true
    }),
    (
        "bucket policies that deny plain HTTP and let others in",
        |scene| {
            let other = let_in(
                &format!("arn:aws:cloudfront::{ACCOUNT}:distribution/E9OTHEREXAMPLE"),
                "s3:GetObject",
            );
            for bucket in scene
                .world
                .buckets
                .values_mut()
                // A website endpoint speaks plain HTTP.
                .filter(|bucket| !bucket.policy.is_empty() && bucket.website == Website::Off)
            {
                bucket.policy.insert(0, other.clone());
                bucket.policy.push(
                    json!({"Effect": "Deny", "Principal": "*", "Action": "s3:*", "Resource": "*",
                "Condition": {"Bool": {"aws:SecureTransport": "false"}}}),
                );
                bucket.policy.push(json!({"Effect": "Deny", "Principal": "*", "Action": ["s3:PutObject", "s3:Delete*"], "Resource": "*"}));
            }
            true
        },
    ),
    ("bucket policies written in other ways", |scene| {
        let own = arn(&scene.healthy);
        for (name, bucket) in &mut scene.world.buckets {
            let Some(statement) = bucket
                .policy
                .iter_mut()
                .find(|it| it["Principal"]["Service"].is_string())
            else {
                continue;
            };
            *statement = json!({"Sid": "x", "Effect": "Allow", "Principal": {"Service": ["delivery.logs.amazonaws.com", "cloudfront.amazonaws.com"]},
                "Action": ["s3:ListBucket", "s3:Get*"], "Resource": [format!("arn:aws:s3:::{name}"), format!("arn:aws:s3:::{name}/*")],
                "Condition": {"ArnLike": {"aws:sourcearn": ["arn:aws:cloudfront::444455556666:distribution/*", own.clone()]}}});
        }
        true
    }),
    (
        "bucket policies that deny all but the own distributions",
        |scene| {
            let own = arn(&scene.healthy);
            for bucket in scene.world.buckets.values_mut() {
                let services = bucket
                    .policy
                    .iter()
                    .all(|it| it["Principal"]["Service"].is_string());
                if services && !bucket.policy.is_empty() {
                    bucket.policy.push(json!({"Effect": "Deny", "Principal": "*", "Action": "s3:GetObject", "Resource": "*",
                    "Condition": {"StringNotEquals": {"AWS:SourceArn": own}}}));
                }
            }
            true
        },
    ),
    ("what the account has beside", |scene| {
        scene.world.put_bucket("example-unrelated", "us-east-1");
        scene.world.put_control("EUNRELATED1", "s3");
        scene.world.put_host("unrelated.example.com");
        true
    }),
];

fn reverse_keys(value: &Value) -> Value {
    match value {
        Value::Object(map) => {
            let pairs = map
                .iter()
                .rev()
                .map(|(key, value)| (key.clone(), reverse_keys(value)));
            Value::Object(pairs.collect::<Map<_, _>>())
        }
        Value::Array(items) => items.iter().map(reverse_keys).collect(),
        other => other.clone(),
    }
}

fn drop_keys(value: &mut Value, keys: &[&str]) {
    match value {
        Value::Object(map) => {
            map.retain(|key, _| !keys.contains(&key.as_str()));
            map.values_mut().for_each(|value| drop_keys(value, keys));
        }
        Value::Array(items) => items.iter_mut().for_each(|item| drop_keys(item, keys)),
        _ => {}
    }
}
