//! Bounds on the bodies of answers: what a service says is kept in memory whole.

use aws_smithy_runtime_api::box_error::BoxError;
use aws_smithy_runtime_api::client::interceptors::Intercept;
use aws_smithy_runtime_api::client::interceptors::context::BeforeDeserializationInterceptorContextMut;
use aws_smithy_runtime_api::client::orchestrator::Metadata;
use aws_smithy_runtime_api::client::runtime_components::RuntimeComponents;
use aws_smithy_types::body::SdkBody;
use aws_smithy_types::config_bag::ConfigBag;
use http_body_util::Limited;

/// Refuses an answer that is too large, before any of it is read where it says so itself, and else
/// where its bound is passed.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Bodies;

/// Of a page of `ListDistributions`: 100 distributions with all of their origins and cache behaviors.
const LARGEST: usize = 32 << 20;
/// Of an answer that lists much, or that holds a config. One page of `ListBuckets` has 10,000 buckets; a
/// template, and so what CloudFormation says of one, has 1 MB
/// (<https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/cloudformation-limits.html>).
const LARGE: usize = 8 << 20;
/// Of any other answer: a policy has 32 KB at most
/// (<https://docs.aws.amazon.com/kms/latest/developerguide/resource-limits.html>), and many answers of
/// probes are read at the same time.
const SMALL: usize = 256 << 10;

/// An answer that is larger than any.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("the answer has more than {0} bytes, which no answer of this call has")]
pub(super) struct TooLarge(pub usize);

/// The bound of an operation's answers.
fn bound(operation: &str) -> usize {
    match operation {
        "ListDistributions" => LARGEST,
        "DescribeChangeSet" | "DescribeStacks" | "GetDistribution" | "ListBuckets"
        | "ListStackResources" => LARGE,
        _ => SMALL,
    }
}

#[aws_smithy_runtime_api::client::interceptors::dyn_dispatch_hint]
impl Intercept for Bodies {
    fn name(&self) -> &'static str {
        "OriginGuardBodies"
    }

    fn modify_before_deserialization(
        &self,
        context: &mut BeforeDeserializationInterceptorContextMut<'_>,
        _components: &RuntimeComponents,
        config: &mut ConfigBag,
    ) -> Result<(), BoxError> {
        let operation = config.load::<Metadata>().map_or("", Metadata::name);
        let response = context.response_mut();
        // An object is a stream, which its reader bounds (`objects::whole`); its errors are not.
        if operation == "GetObject" && response.status().is_success() {
            return Ok(());
        }
        let most = bound(operation);
        let length = response.headers().get("content-length");
        let length = length.and_then(|length| length.parse::<u64>().ok());
        if length.is_some_and(|length| length > most as u64) {
            *response.body_mut() = SdkBody::empty();
            return Err(TooLarge(most).into());
        }
        let body = std::mem::replace(response.body_mut(), SdkBody::taken());
        *response.body_mut() = SdkBody::from_body_1_x(Limited::new(body, most));
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_listing_may_be_larger_than_a_policy() {
        assert_eq!(bound("ListDistributions"), LARGEST);
        assert_eq!(bound("GetBucketPolicy"), SMALL);
        let policy = 32 * 1024;
        assert!(bound("GetKeyPolicy") > 2 * policy);
    }
}
