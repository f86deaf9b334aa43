use super::bucket_call::{Asked, Next, ask, in_region, region_of};
use super::failure::Failure;
use crate::distribution::Region;

/// What `HeadBucket` answered; the SDK makes an error without a code of most of it.
pub(super) enum Head {
    /// A status that says something about the bucket, and where it is.
    Answer { status: u16, region: Option<Region> },
    /// Nothing about the bucket.
    None(Failure),
}

/// Asks whether there is a bucket
/// (<https://docs.aws.amazon.com/AmazonS3/latest/API/API_HeadBucket.html>).
pub(super) async fn head(asked: Asked<'_>) -> Head {
    let (answer, _) = ask!(asked.client.head_bucket(), asked);
    // A 200 needs no header: where one is missing, the region that was asked is known to the
    // caller.
    let error = match answer {
        Ok(answer) => {
            return Head::Answer {
                status: 200,
                region: answer.bucket_region().and_then(Region::parse),
            };
        }
        Err(error) => error,
    };
    let answer = error.raw_response();
    match answer.map(|answer| (answer.status().as_u16(), region_of(answer))) {
        // An answer to HEAD has no body, so the SDK finds no error code in it and calls most of
        // these unhandled. The statuses are those of the API page.
        Some((status @ (301 | 307 | 400 | 403 | 404), region)) => Head::Answer { status, region },
        _ => Head::None(match Failure::of(&error) {
            // It asks to slow down, in words that an answer to a HEAD does not carry.
            Failure::Service { status: 503, .. } => Failure::Throttled,
            failure => failure,
        }),
    }
}
