use std::collections::BTreeMap;

use aws_sdk_s3::Client;

use super::failure::Failure;
use super::limits::Limits;
use crate::distribution::{BucketName, Region};
use crate::ports::OwnBuckets;

/// S3's largest page
/// (<https://docs.aws.amazon.com/AmazonS3/latest/API/API_ListBuckets.html>).
const PAGE: i32 = 10_000;

/// Every bucket of the credentials' account, in a call for each 10,000.
///
/// Directory buckets are not in this listing; CloudFront does not take them as origins.
pub(super) async fn list(client: &Client, limits: Limits<'_>) -> Result<OwnBuckets, Failure> {
    let mut own = BTreeMap::new();
    let mut token: Option<String> = None;
    loop {
        let page = client
            .list_buckets()
            // Unpaged calls are refused for accounts with a raised quota, and say no Region.
            .max_buckets(PAGE)
            .set_continuation_token(token.clone());
        let page = limits.bound(page.send()).await;
        let page = page.map_err(|error| Failure::of(&error))?;
        own.extend(page.buckets().iter().filter_map(|bucket| {
            let name = BucketName::new(bucket.name()?);
            let region = bucket.bucket_region().and_then(Region::parse);
            Some((name, region))
        }));
        match page.continuation_token() {
            None => return Ok(own),
            // It would be read without end.
            Some(next) if token.as_deref() == Some(next) => {
                return Err(Failure::Service {
                    status: 200,
                    code: String::new(),
                    message: "a page of ListBuckets is named as its own next page".to_owned(),
                });
            }
            Some(next) => token = Some(next.to_owned()),
        }
    }
}
