//! CloudFront: <https://docs.aws.amazon.com/cloudfront/latest/APIReference/Welcome.html>

pub(crate) mod convert;
mod list;
mod origin;
mod validate;

use serde_json::{Value, json};
use time::OffsetDateTime;

use self::convert::{config_from_xml, to_document};
use crate::action::Action;
use crate::http::{Outcome, Refusal, Reply, iso_date};
use crate::world::{Distribution, new_etag};

pub(crate) fn run(action: &mut Action<'_>) -> Outcome {
    match action.route.operation.as_str() {
        "GetDistribution" => get_distribution(action),
        "ListDistributions" => list::distributions(action),
        "UpdateDistribution" => update(action),
        "CreateDistribution" => create(action),
        "GetOriginAccessControl" => origin_access_control(action),
        "GetCloudFrontOriginAccessIdentity" => origin_access_identity(action),
        "GetVpcOrigin" => vpc_origin(action),
        _ => Err(action.unknown()),
    }
}

fn document(name: &str, value: &Value) -> Reply {
    Reply::xml(200, &to_document(name, value))
}

/// A distribution of another account does not exist for the caller.
fn find<'a>(action: &'a Action<'_>) -> Result<&'a Distribution, Refusal> {
    let account = action.account();
    let found = action
        .world
        .distributions
        .get(action.subject())
        .filter(|distribution| distribution.owner == account);
    found.ok_or_else(|| {
        Refusal::new(
            404,
            "NoSuchDistribution",
            "The specified distribution does not exist.",
        )
    })
}

fn get_distribution(action: &Action<'_>) -> Outcome {
    let distribution = find(action)?;
    Ok(
        document("Distribution", &whole(action.subject(), distribution))
            .with("etag", &distribution.etag),
    )
}

fn arn(id: &str, distribution: &Distribution) -> String {
    format!(
        "arn:aws:cloudfront::{}:distribution/{id}",
        distribution.owner
    )
}

fn whole(id: &str, distribution: &Distribution) -> Value {
    let none = json!({"Enabled": false, "Quantity": 0});
    json!({
        "Id": id, "ARN": arn(id, distribution), "Status": distribution.status,
        "LastModifiedTime": iso_date(distribution.last_modified), "InProgressInvalidationBatches": 0,
        "DomainName": distribution.domain_name, "ActiveTrustedSigners": none, "ActiveTrustedKeyGroups": none,
        "DistributionConfig": distribution.config,
    })
}

/// The config in the body of a write.
fn read_config(action: &mut Action<'_>) -> Result<Value, Refusal> {
    if action.call.body.is_empty() {
        let message = "This operation requires a body. Ensure that the body is present and the Content-Type header is set.";
        return Err(action.broken(400, "MissingBody", message));
    }
    let text = String::from_utf8_lossy(&action.call.body).into_owned();
    config_from_xml(&text).map_err(|error| action.broken(400, "MalformedXML", error))
}

/// <https://docs.aws.amazon.com/cloudfront/latest/APIReference/API_UpdateDistribution.html>
fn update(action: &mut Action<'_>) -> Outcome {
    find(action)?;
    let config = read_config(action)?;
    let found = find(action)?;
    match action.call.header("if-match") {
        None | Some("") => {
            let message = "The If-Match version is missing or not valid for the resource.";
            return Err(Refusal::new(400, "InvalidIfMatchVersion", message));
        }
        Some(version) if version != found.etag => {
            let message = "The request failed because it didn't meet the preconditions in one or more request-header fields.";
            return Err(Refusal::new(412, "PreconditionFailed", message));
        }
        Some(_) => {}
    }
    if config.get("CallerReference") != found.config.get("CallerReference") {
        return Err(Refusal::new(
            400,
            "IllegalUpdate",
            "The caller reference of a distribution cannot be changed.",
        ));
    }
    validate::check(&config, action.world)?;
    let id = action.subject().to_owned();
    let distribution = action
        .world
        .distributions
        .get_mut(&id)
        .expect("it was found above");
    distribution.config = config;
    distribution.etag = new_etag();
    distribution.last_modified = OffsetDateTime::now_utc();
    Ok(document("Distribution", &whole(&id, distribution)).with("etag", &distribution.etag))
}

/// <https://docs.aws.amazon.com/cloudfront/latest/APIReference/API_CreateDistribution.html>
fn create(action: &mut Action<'_>) -> Outcome {
    let config = read_config(action)?;
    validate::check(&config, action.world)?;
    let reference = config.get("CallerReference").cloned();
    if action
        .world
        .distributions
        .values()
        .any(|distribution| distribution.config.get("CallerReference") == reference.as_ref())
    {
        let message = "The caller reference that you are using to create a distribution is associated with another distribution.";
        return Err(Refusal::new(409, "DistributionAlreadyExists", message));
    }
    let (id, account) = (new_etag(), action.account());
    let distribution = action.world.distribution(&id, config);
    distribution.owner = account;
    "InProgress".clone_into(&mut distribution.status);
    let mut reply =
        document("Distribution", &whole(&id, distribution)).with("etag", &distribution.etag);
    reply.status = 201;
    Ok(reply.with(
        "location",
        format!("https://cloudfront.amazonaws.com/2020-05-31/distribution/{id}"),
    ))
}

/// <https://docs.aws.amazon.com/cloudfront/latest/APIReference/API_GetOriginAccessControl.html>
fn origin_access_control(action: &Action<'_>) -> Outcome {
    let Some(config) = action.world.origin_access_controls.get(action.subject()) else {
        return Err(Refusal::new(
            404,
            "NoSuchOriginAccessControl",
            "The origin access control does not exist.",
        ));
    };
    let body = json!({"Id": action.subject(), "OriginAccessControlConfig": config});
    Ok(document("OriginAccessControl", &body).with("etag", "E2QWRUHEXAMPLE"))
}

/// <https://docs.aws.amazon.com/cloudfront/latest/APIReference/API_GetCloudFrontOriginAccessIdentity.html>
fn origin_access_identity(action: &Action<'_>) -> Outcome {
    let Some(identity) = action.world.origin_access_identities.get(action.subject()) else {
        let message = "The specified origin access identity does not exist.";
        return Err(Refusal::new(
            404,
            "NoSuchCloudFrontOriginAccessIdentity",
            message,
        ));
    };
    let config = json!({"CallerReference": identity.caller_reference, "Comment": identity.comment});
    let body = json!({
        "Id": action.subject(), "S3CanonicalUserId": identity.s3_canonical_user_id, "CloudFrontOriginAccessIdentityConfig": config,
    });
    Ok(document("CloudFrontOriginAccessIdentity", &body).with("etag", "E2QWRUHEXAMPLE"))
}

/// <https://docs.aws.amazon.com/cloudfront/latest/APIReference/API_GetVpcOrigin.html>
fn vpc_origin(action: &Action<'_>) -> Outcome {
    let Some(origin) = action.world.vpc_origins.get(action.subject()) else {
        return Err(Refusal::new(
            404,
            "EntityNotFound",
            "The entity was not found.",
        ));
    };
    Ok(document("VpcOrigin", origin).with("etag", "E2QWRUHEXAMPLE"))
}
