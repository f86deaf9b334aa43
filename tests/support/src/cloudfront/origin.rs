//! What CloudFront refuses in an origin:
//! <https://docs.aws.amazon.com/cloudfront/latest/APIReference/API_Origin.html>

use serde_json::Value;

use super::validate::{Check, invalid, refuse, required, text};
use crate::world::World;

pub(super) fn check(origin: &Value, world: &World) -> Check {
    required(origin, "Origin/", &["Id", "DomainName"])?;
    let kinds = ["S3OriginConfig", "CustomOriginConfig", "VpcOriginConfig"]
        .iter()
        .filter(|kind| origin.get(kind).is_some())
        .count();
    match kinds {
        0 => {
            return refuse(
                400,
                "InvalidOrigin",
                "The specified origin server does not exist or is not valid.",
            );
        }
        1 => {}
        _ => {
            return refuse(
                400,
                "InvalidOrigin",
                "You must specify either a CustomOrigin or an S3Origin. You cannot specify both.",
            );
        }
    }
    domain(origin)?;
    let path = text(origin, "/OriginPath");
    if !path.is_empty() && (!path.starts_with('/') || path.ends_with('/')) {
        return invalid(
            "The parameter Origin Path must begin with a slash and must not end with one.",
        );
    }
    ranges(origin)?;
    access(origin, world)
}

fn domain(origin: &Value) -> Check {
    let domain = text(origin, "/DomainName").to_ascii_lowercase();
    if domain.contains("{{") {
        return Ok(());
    }
    if domain.contains(':') {
        return invalid("The parameter origin name cannot contain a colon.");
    }
    if !domain.contains('.') || domain.contains('/') || domain.parse::<std::net::Ipv4Addr>().is_ok()
    {
        return invalid("The parameter origin name must be a domain name.");
    }
    let amazon = domain.contains(".amazonaws.");
    let website = domain.contains(".s3-website");
    let s3 = amazon
        && (domain.contains(".s3.") || domain.contains(".s3-") || domain.contains("s3-global"));
    if origin.get("S3OriginConfig").is_some() && (!s3 || website) {
        return invalid("The parameter Origin DomainName does not refer to a valid S3 bucket.");
    }
    Ok(())
}

fn ranges(origin: &Value) -> Check {
    const RANGES: [(&str, i64, i64, &str); 6] = [
        ("/ConnectionAttempts", 1, 3, "InvalidArgument"),
        ("/ConnectionTimeout", 1, 10, "InvalidArgument"),
        (
            "/CustomOriginConfig/OriginReadTimeout",
            1,
            120,
            "InvalidOriginReadTimeout",
        ),
        (
            "/S3OriginConfig/OriginReadTimeout",
            1,
            120,
            "InvalidOriginReadTimeout",
        ),
        (
            "/VpcOriginConfig/OriginReadTimeout",
            1,
            120,
            "InvalidOriginReadTimeout",
        ),
        (
            "/CustomOriginConfig/OriginKeepaliveTimeout",
            1,
            120,
            "InvalidOriginKeepaliveTimeout",
        ),
    ];
    for (pointer, least, most, code) in RANGES {
        let value = origin.pointer(pointer).and_then(Value::as_i64);
        if value.is_some_and(|value| !(least..=most).contains(&value)) {
            return refuse(
                400,
                code,
                format!("{pointer} must be between {least} and {most}"),
            );
        }
    }
    for pointer in [
        "/CustomOriginConfig/HTTPPort",
        "/CustomOriginConfig/HTTPSPort",
    ] {
        let port = origin.pointer(pointer).and_then(Value::as_i64);
        if port.is_some_and(|port| !matches!(port, 80 | 443 | 1024..=65535)) {
            return invalid(
                "The parameter Origin Port is not valid: 80, 443, and 1024 to 65535 are.",
            );
        }
    }
    Ok(())
}

fn access(origin: &Value, world: &World) -> Check {
    let identity = text(origin, "/S3OriginConfig/OriginAccessIdentity");
    let control = text(origin, "/OriginAccessControlId");
    if !identity.is_empty() && !control.is_empty() {
        let message =
            "Cannot use both Origin Access Control and Origin Access Identity on an origin";
        return refuse(400, "IllegalOriginAccessConfiguration", message);
    }
    if !identity.is_empty() {
        let known = identity
            .strip_prefix("origin-access-identity/cloudfront/")
            .is_some_and(|id| world.origin_access_identities.contains_key(id));
        if !known {
            let message = "The specified origin access identity does not exist or is not valid.";
            return refuse(400, "InvalidOriginAccessIdentity", message);
        }
    }
    match world.origin_access_controls.get(control) {
        None if control.is_empty() => Ok(()),
        None => refuse(
            400,
            "InvalidOriginAccessControl",
            "The origin access control is not valid.",
        ),
        Some(config) => {
            let s3_control = text(config, "/OriginAccessControlOriginType").starts_with("s3");
            if s3_control == origin.get("S3OriginConfig").is_some() {
                Ok(())
            } else {
                invalid("Illegal configuration: The origin type and OAC origin type differ.")
            }
        }
    }
}
