//! A question about a bucket, asked where the bucket is.

use std::error::Error;

use aws_sdk_s3::Client;
use aws_sdk_s3::config::{Builder, Region as SdkRegion};
use aws_smithy_runtime_api::client::orchestrator::HttpResponse;
use aws_smithy_runtime_api::client::result::SdkError;
use aws_smithy_types::error::metadata::ProvideErrorMetadata;

use super::failure::Failure;
use super::limits::Limits;
use crate::distribution::{BucketName, Region};

/// A bucket to ask about.
#[derive(Debug, Clone, Copy)]
pub(super) struct Asked<'a> {
    pub client: &'a Client,
    pub name: &'a BucketName,
    /// The region that its domain names: where to ask first.
    pub hint: Option<&'a Region>,
    /// Who must own it.
    pub owner: Option<&'a str>,
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
        let asked: Asked<'_> = $asked;
        let ask = async |region: Option<&Region>| {
            let answer = $call
                .bucket(asked.name.as_str())
                .set_expected_bucket_owner(asked.owner.map(str::to_owned))
                .customize()
                .config_override(in_region(region))
                .send();
            asked.limits.bound(answer).await
        };
        let first = ask(asked.hint).await;
        match asked.next(asked.hint, first.as_ref().err()) {
            Next::Done => (first, asked.hint.cloned()),
            Next::In(region) => (ask(Some(&region)).await, Some(region)),
            Next::Home => {
                let home = ask(None).await;
                match asked.next(None, home.as_ref().err()) {
                    // It is in a region without an answer.
                    Next::In(region) if asked.hint == Some(&region) => (first, Some(region)),
                    Next::In(region) => (ask(Some(&region)).await, Some(region)),
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
        let moved = matches!(response.status().as_u16(), 301 | 307 | 400 | 403);
        match region_of(response) {
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
