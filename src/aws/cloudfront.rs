use std::sync::{Arc, Mutex, PoisonError};

use aws_sdk_cloudfront::Client;
use aws_sdk_cloudfront::operation::get_distribution::GetDistributionOutput;
use aws_sdk_cloudfront::types::{Aliases, DistributionSummary};
use aws_smithy_runtime_api::box_error::BoxError;
use aws_smithy_runtime_api::client::interceptors::Intercept;
use aws_smithy_runtime_api::client::interceptors::context::{
    BeforeDeserializationInterceptorContextRef, Output, OutputOrError,
};
use aws_smithy_runtime_api::client::orchestrator::HttpResponse;
use aws_smithy_runtime_api::client::runtime_components::RuntimeComponents;
use aws_smithy_runtime_api::client::ser_de::{DeserializeResponse, SharedResponseDeserializer};
use aws_smithy_types::DateTime;
use aws_smithy_types::config_bag::ConfigBag;
use aws_smithy_types::date_time::Format as DateTimeFormat;

use super::cloudfront_xml;
use super::failure::Failure;
use super::limits::Limits;
use crate::candidate::{Live, read_node};
use crate::document::Node;
use crate::error::GuardError;
use crate::facts::{Fact, Identity, OriginAccessControl, ProbeFailure, Unknown, VpcOrigin};

const GUARD: &str = "the guard's role";

/// Reads what CloudFront runs now, with its ARN and domain.
///
/// The answer's body is not read by the SDK: its types have no serialization, and drop fields that
/// are newer than they are.
pub(super) async fn live(client: &Client, id: &str) -> Result<Live, GuardError> {
    let body = Body::default();
    let answer = client
        .get_distribution()
        .id(id)
        .customize()
        .interceptor(body.clone())
        .send()
        .await
        .map_err(|error| match Failure::of(&error) {
            Failure::NotFound(_) => GuardError::configuration(
                format!("this account has no distribution {id}"),
                "Check the ID, and that the distribution is in the account whose credentials are used",
            ),
            failure => failure.into_error("cloudfront:GetDistribution", id, GUARD),
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
        .ok_or_else(|| unreadable("it has no ETag"))?
        .to_owned();
    let mut distribution = read_node(id, &config)?;
    distribution.id = Some(id.to_owned());
    distribution.etag = Some(etag.clone());
    let text = |name| node.get(name).and_then(Node::text).map(str::to_owned);
    distribution.arn = text("ARN");
    distribution.domain_name = text("DomainName");
    Ok(Live {
        config,
        distribution,
        etag,
    })
}

/// The ID of every distribution.
pub(super) async fn distributions(client: &Client) -> Result<Vec<String>, GuardError> {
    find(client, "*", |_| true).await
}

/// The ID of the distribution that has a domain, as an alias or as its own.
pub(super) async fn find_by_domain(
    client: &Client,
    domain: &str,
) -> Result<Option<String>, GuardError> {
    let found = find(client, domain, |summary| has_domain(summary, domain)).await?;
    Ok(found.into_iter().next())
}

/// The ID of the one distribution that was last modified at a time.
pub(super) async fn find_by_change(
    client: &Client,
    time: &str,
) -> Result<Option<String>, GuardError> {
    /// Between a call's time and the time that CloudFront notes for the change.
    const APART: f64 = 5.0;
    // An event without a usable time leads to no distribution rather than to a guess.
    let Ok(time) = DateTime::from_str(time, DateTimeFormat::DateTime) else {
        return Ok(None);
    };
    let near = |summary: &DistributionSummary| {
        // CloudTrail's eventTime has whole seconds, and LastModifiedTime is noted by CloudFront
        // itself, so the two are never equal.
        (summary.last_modified_time().as_secs_f64() - time.as_secs_f64()).abs() <= APART
    };
    let mut found = find(client, "*", near).await?;
    // Two distributions changed within these seconds cannot be distinguished, and the wrong one
    // must not be judged.
    Ok(if found.len() == 1 { found.pop() } else { None })
}

/// The IDs of the distributions that fit, page by page.
async fn find(
    client: &Client,
    subject: &str,
    fits: impl Fn(&DistributionSummary) -> bool,
) -> Result<Vec<String>, GuardError> {
    let mut found = Vec::new();
    let mut marker: Option<String> = None;
    loop {
        let page = client
            .list_distributions()
            // 100 is both the default and the most that CloudFront returns a page.
            .max_items(100)
            .set_marker(marker)
            .send()
            .await
            .map_err(|error| {
                Failure::of(&error).into_error("cloudfront:ListDistributions", subject, GUARD)
            })?;
        let Some(list) = page.distribution_list() else {
            return Ok(found);
        };
        let fitting = list.items().iter().filter(|summary| fits(summary));
        found.extend(fitting.map(|summary| summary.id().to_owned()));
        marker = match (list.is_truncated(), list.next_marker()) {
            // Both are checked: an emulator, or an answer with `IsTruncated` but no marker, would
            // otherwise begin again at the first page without end.
            (true, Some(next)) => Some(next.to_owned()),
            _ => return Ok(found),
        };
    }
}

fn has_domain(summary: &DistributionSummary, domain: &str) -> bool {
    let aliases = summary.aliases();
    let mut aliases = aliases.into_iter().flat_map(Aliases::items);
    // DNS names, and DNS ignores case.
    summary.domain_name().eq_ignore_ascii_case(domain)
        || aliases.any(|own| own.eq_ignore_ascii_case(domain))
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
                account: origin.account_id().map(str::to_owned),
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

/// Takes the body of a good answer in the place of the SDK's deserializer; refusals are left to that.
#[derive(Debug, Clone, Default)]
struct Body(Arc<Mutex<Vec<u8>>>);

impl Body {
    fn take(&self) -> Vec<u8> {
        std::mem::take(&mut *self.0.lock().unwrap_or_else(PoisonError::into_inner))
    }
}

#[aws_smithy_runtime_api::client::interceptors::dyn_dispatch_hint]
impl Intercept for Body {
    fn name(&self) -> &'static str {
        "OriginGuardBody"
    }

    fn read_after_transmit(
        &self,
        context: &BeforeDeserializationInterceptorContextRef<'_>,
        _components: &RuntimeComponents,
        config: &mut ConfigBag,
    ) -> Result<(), BoxError> {
        // Only a good answer has a body to keep; a refusal needs the SDK's own parser, which knows
        // its code.
        if context.response().status().is_success() {
            let instead = SharedResponseDeserializer::new(self.clone());
            config.interceptor_state().store_put(instead);
        }
        Ok(())
    }
}

impl DeserializeResponse for Body {
    fn deserialize_nonstreaming_with_config(
        &self,
        response: &HttpResponse,
        _config: &ConfigBag,
    ) -> OutputOrError {
        // GetDistribution is not a streaming operation, so the SDK has read the whole body by now.
        let bytes = response.body().bytes().unwrap_or_default();
        *self.0.lock().unwrap_or_else(PoisonError::into_inner) = bytes.to_vec();
        let etag = response.headers().get("etag").map(str::to_owned);
        // The SDK insists on an output of the operation's type; the ETag is all that is read from
        // it.
        let output = GetDistributionOutput::builder().set_e_tag(etag).build();
        Ok(Output::erase(output))
    }
}
