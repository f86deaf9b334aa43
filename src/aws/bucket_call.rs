//! A question about a bucket, asked where the bucket is.

use std::error::Error;

use aws_sdk_s3::Client;
use aws_sdk_s3::config::{Builder, Region as SdkRegion};
use aws_smithy_runtime_api::client::orchestrator::HttpResponse;
use aws_smithy_runtime_api::client::result::SdkError;
use aws_smithy_types::error::metadata::ProvideErrorMetadata;

use super::failure::Failure;
use super::limits::Limits;
use crate::distribution::{AccountId, BucketName, Region};

/// A bucket to ask about.
#[derive(Debug, Clone, Copy)]
pub(super) struct Asked<'a> {
    pub client: &'a Client,
    pub name: &'a BucketName,
    /// The region that its domain names: where to ask first.
    pub hint: Option<&'a Region>,
    /// Who must own it.
    pub owner: Option<AccountId>,
    pub limits: Limits<'a>,
}

/// Where to ask next.
pub(super) enum Next {
    /// Nowhere: this is the answer.
    Done,
    /// In the guard's own region, where S3 knows of every bucket.
    Home,
    /// Where S3 says that the bucket is.
    In(Region),
}

/// Asks about a bucket where it is, and gives the answer and where it came from, if that is known.
/// A macro, since the SDK's calls have no type in common.
macro_rules! ask {
    ($call:expr, $asked:expr) => {{
        // Bound to a type here, so that a wrong argument is reported at the caller and not inside
        // the macro.
        let asked: Asked<'_> = $asked;
        let ask = async |region: Option<&Region>| {
            let answer = $call
                .bucket(asked.name.as_str())
                // S3 answers 403 when another account owns the bucket
                // (https://docs.aws.amazon.com/AmazonS3/latest/userguide/bucket-owner-condition.html).
                // Without it a policy that another account has opened to this one would pass as the
                // team's own.
                .set_expected_bucket_owner(asked.owner.map(String::from))
                .customize()
                .config_override(in_region(region))
                .send();
            asked.limits.bound(answer).await
        };
        // The domain's region comes first, since it is right in almost every config: one request,
        // and the answer comes from where the bucket is.
        let first = ask(asked.hint).await;
        match asked.next(asked.hint, first.as_ref().err()) {
            Next::Done => (first, asked.hint.cloned()),
            Next::In(region) => (ask(Some(&region)).await, Some(region)),
            // A misspelt region (`eu-wset-1`) has no endpoint in DNS. That looks like an outage but
            // is a mistake in the domain, and the home region can say where the bucket really is.
            Next::Home => {
                let home = ask(None).await;
                match asked.next(None, home.as_ref().err()) {
                    // It is in a region without an answer.
                    Next::In(region) if asked.hint == Some(&region) => (first, Some(region)),
                    Next::In(region) => (ask(Some(&region)).await, Some(region)),
                    // No third request: `Home` cannot come of an answer from home, and whatever
                    // home says is the answer.
                    Next::Home | Next::Done => (home, asked.home()),
                }
            }
        }
    }};
}

pub(super) use ask;

impl Asked<'_> {
    /// Where to ask next after what came from `region`, from home where that is none. The SDK follows
    /// no redirect; and a region that is misspelt has no endpoint, which is no outage.
    pub(super) fn next<E>(
        &self,
        region: Option<&Region>,
        error: Option<&SdkError<E, HttpResponse>>,
    ) -> Next
    where
        E: ProvideErrorMetadata + Error + 'static,
    {
        let Some(error) = error else {
            return Next::Done;
        };
        let home = self.home();
        let asked = region.or(home.as_ref());
        let Some(response) = error.raw_response() else {
            let is_silent = matches!(Failure::of(error), Failure::Unreachable(_));
            return if is_silent && asked != home.as_ref() {
                Next::Home
            } else {
                Next::Done
            };
        };
        // 301 is the documented answer of HeadBucket for another region; 307 comes while the DNS of
        // a new bucket is not everywhere; regions launched since March 2019 answer 400 elsewhere; a
        // 403 carries the header too. The header counts, since the 301 has no Location.
        let moved = matches!(response.status().as_u16(), 301 | 307 | 400 | 403);
        match region_of(response) {
            // A region that was asked already is never asked again: no answer can make this loop.
            Some(actual) if moved && asked != Some(&actual) => Next::In(actual),
            _ => Next::Done,
        }
    }

    /// The guard's own region.
    pub(super) fn home(&self) -> Option<Region> {
        Region::parse(self.client.config().region()?.as_ref())
    }
}

/// Where S3 says that the bucket is, whatever else it says.
pub(super) fn region_of(response: &HttpResponse) -> Option<Region> {
    let region = response.headers().get("x-amz-bucket-region")?;
    // An unknown spelling becomes no region rather than a host name built from a header.
    Region::parse(region)
}

/// The client's own region where none is given.
pub(super) fn in_region(region: Option<&Region>) -> Builder {
    let builder = Builder::new();
    match region {
        Some(region) => builder.region(SdkRegion::new(region.to_string())),
        None => builder,
    }
}
