//! What CloudFront requires of a config beside that which a test is about.

use serde_json::{Map, Value, json};

fn add(own: &mut Map<String, Value>, members: Value) {
    if let Value::Object(members) = members {
        for (name, value) in members {
            own.entry(name).or_insert(value);
        }
    }
}

fn objects<'v>(config: &'v mut Value, list: &str) -> Vec<&'v mut Map<String, Value>> {
    let items = config.pointer_mut(&format!("/{list}/Items"));
    let items = items.and_then(Value::as_array_mut).into_iter().flatten();
    items.filter_map(Value::as_object_mut).collect()
}

/// The config with all that creating and updating a distribution requires.
pub(crate) fn whole(mut config: Value) -> Value {
    let none = || json!({"Quantity": 0});
    if let Some(own) = config.as_object_mut() {
        add(
            own,
            json!({"CallerReference": "one", "Comment": "", "Enabled": true, "Aliases": none(),
                "DefaultRootObject": "", "CacheBehaviors": none(), "CustomErrorResponses": none(), "Logging": {},
                "PriceClass": "PriceClass_100", "ViewerCertificate": {"CloudFrontDefaultCertificate": true},
                "Restrictions": {"GeoRestriction": {"RestrictionType": "none", "Quantity": 0}}, "WebACLId": "",
                "HttpVersion": "http2"}),
        );
    }
    for origin in objects(&mut config, "Origins") {
        add(origin, json!({"CustomHeaders": none()}));
        if let Some(s3) = origin.get_mut("S3OriginConfig") {
            add(
                s3.as_object_mut().unwrap(),
                json!({"OriginAccessIdentity": ""}),
            );
        }
        if let Some(custom) = origin.get_mut("CustomOriginConfig") {
            add(
                custom.as_object_mut().unwrap(),
                json!({"OriginSslProtocols": {"Quantity": 1, "Items": ["TLSv1.2"]}, "OriginReadTimeout": 30,
                    "OriginKeepaliveTimeout": 5}),
            );
        }
    }
    for behavior in objects(&mut config, "CacheBehaviors") {
        behavior_with_all(behavior);
    }
    if let Some(behavior) = config["DefaultCacheBehavior"].as_object_mut() {
        behavior_with_all(behavior);
    }
    config
}

fn behavior_with_all(behavior: &mut Map<String, Value>) {
    let methods = json!({"Quantity": 2, "Items": ["GET", "HEAD"]});
    add(
        behavior,
        json!({"ViewerProtocolPolicy": "https-only", "AllowedMethods": methods, "SmoothStreaming": false,
            "Compress": true, "LambdaFunctionAssociations": {"Quantity": 0}, "FieldLevelEncryptionId": ""}),
    );
    if !behavior.contains_key("ForwardedValues") {
        let policy = "658327ea-f89d-4fab-a63d-7e88639e58f6";
        add(behavior, json!({"CachePolicyId": policy}));
    }
}
