use aws_sdk_cloudfront::Client;
use aws_sdk_cloudfront::operation::get_distribution::GetDistributionOutput;
use aws_smithy_runtime_api::client::interceptors::context::Output;

use super::cloudfront_xml;
use super::failure::Failure;
use super::limits::Limits;
use super::raw_body::RawBody;
use crate::candidate::{Live, read_node};
use crate::distribution::{AccountId, DistributionId, ETag};
use crate::document::Node;
use crate::error::GuardError;
use crate::facts::{Fact, Identity, OriginAccessControl, ProbeFailure, Unknown, VpcOrigin};
use crate::timestamp::Timestamp;

pub(super) const GUARD: &str = "the guard's role";

/// Reads what CloudFront runs now, with its ARN and domain.
pub(super) async fn live(client: &Client, id: &DistributionId) -> Result<Live, GuardError> {
    // The SDK insists on an output of the operation's type; the ETag is all that is read from it.
    let body = RawBody::instead_of(|headers| {
        let etag = headers.get("etag").map(str::to_owned);
        Output::erase(GetDistributionOutput::builder().set_e_tag(etag).build())
    });
    let answer = client
        .get_distribution()
        .id(id.as_str())
        .customize()
        .interceptor(body.clone())
        .send()
        .await
        .map_err(|error| match Failure::of(&error) {
            Failure::NotFound(_) => GuardError::configuration(
                format!("this account has no distribution {id}"),
                "Check the ID, and that the distribution is in the account whose credentials are used",
            ),
            failure => failure.into_error("cloudfront:GetDistribution", id.as_str(), GUARD),
        })?;
    let unreadable = |problem: &str| GuardError::Unavailable {
        subject: format!("cloudfront:GetDistribution on {id}"),
        problem: format!("the answer cannot be read: {problem}"),
    };
    let node = cloudfront_xml::read(&body.take()).map_err(|error| unreadable(&error))?;
    let config = node
        .get("DistributionConfig")
        .cloned()
        .ok_or_else(|| unreadable("it has no DistributionConfig"))?;
    // The ETag is only in the header, and without it neither staleness nor drift could be checked,
    // so an answer that lacks it counts as unreadable.
    let etag = answer
        .e_tag()
        .ok_or_else(|| unreadable("it has no ETag"))
        .map(ETag::from)?;
    let mut distribution = read_node(id.as_str(), &config)?;
    distribution.id = Some(id.clone());
    distribution.etag = Some(etag.clone());
    let text = |name| node.get(name).and_then(Node::text).map(str::to_owned);
    distribution.arn = text("ARN");
    distribution.domain_name = text("DomainName");
    Ok(Live {
        config,
        distribution,
        etag,
        is_deployed: text("Status").as_deref() == Some("Deployed"),
        modified_at: text("LastModifiedTime")
            .as_deref()
            .and_then(Timestamp::parse),
    })
}

/// The fact about an origin access control.
pub(super) async fn origin_access_control(
    client: &Client,
    id: &str,
    limits: Limits<'_>,
) -> Fact<Option<OriginAccessControl>> {
    let call = client.get_origin_access_control().id(id).send();
    let answer = limits.bound(call).await;
    let unknown = |why| Fact::Unknown(Unknown::probe_failed("origin access control", id, why));
    match answer {
        Ok(answer) => match answer
            .origin_access_control()
            .and_then(|control| control.origin_access_control_config())
        {
            Some(config) => Fact::Known(Some(OriginAccessControl {
                name: config.name().to_owned(),
                origin_type: config
                    .origin_access_control_origin_type()
                    .as_str()
                    .to_owned(),
                signing_behavior: config.signing_behavior().as_str().to_owned(),
                signing_protocol: Some(config.signing_protocol().as_str().to_owned()),
            })),
            None => unknown(ProbeFailure::Failed("the answer is empty".to_owned())),
        },
        Err(error) => match Failure::of(&error) {
            // `NoSuchOriginAccessControl` is an answer: CloudFront refuses a config that names it
            // (`InvalidOriginAccessControl`), so it may become an error.
            Failure::NotFound(_) => Fact::Known(None),
            failure => unknown(failure.probe_failed("cloudfront:GetOriginAccessControl")),
        },
    }
}

/// The fact about an origin access identity.
pub(super) async fn origin_access_identity(
    client: &Client,
    id: &str,
    limits: Limits<'_>,
) -> Fact<Option<Identity>> {
    let call = client.get_cloud_front_origin_access_identity().id(id);
    match limits.bound(call.send()).await {
        Ok(answer) => Fact::Known(Some(Identity {
            // Bucket policies may name the identity by this ID instead of its ARN; both have to
            // match.
            canonical_user: answer
                .cloud_front_origin_access_identity()
                .map(|identity| identity.s3_canonical_user_id().to_owned())
                .unwrap_or_default(),
        })),
        Err(error) => match Failure::of(&error) {
            // `NoSuchCloudFrontOriginAccessIdentity`: CloudFront refuses a config that names it
            // (`InvalidOriginAccessIdentity`).
            Failure::NotFound(_) => Fact::Known(None),
            failure => Fact::Unknown(Unknown::probe_failed(
                "origin access identity",
                id,
                failure.probe_failed("cloudfront:GetCloudFrontOriginAccessIdentity"),
            )),
        },
    }
}

/// The fact about a VPC origin, this account's or one that is shared with it.
pub(super) async fn vpc_origin(
    client: &Client,
    id: &str,
    limits: Limits<'_>,
) -> Fact<Option<VpcOrigin>> {
    let unknown = |why| Fact::Unknown(Unknown::probe_failed("VPC origin", id, why));
    match limits.bound(client.get_vpc_origin().id(id).send()).await {
        Ok(answer) => match answer.vpc_origin() {
            Some(origin) => Fact::Known(Some(VpcOrigin {
                account: origin.account_id().and_then(AccountId::parse),
                status: origin.status().to_owned(),
            })),
            None => unknown(ProbeFailure::Failed("the answer is empty".to_owned())),
        },
        Err(error) => match Failure::of(&error) {
            Failure::NotFound(_) => Fact::Known(None),
            failure => unknown(failure.probe_failed("cloudfront:GetVpcOrigin")),
        },
    }
}
