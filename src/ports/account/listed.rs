use std::collections::BTreeMap;

use super::Account;
use crate::candidate::Listed;
use crate::distribution::{BucketName, Region};
use crate::error::GuardError;

/// How many pages are read of one list: 100,000 distributions. A list that is longer has no end.
pub const MOST_PAGES: usize = 1_000;

/// Some of an account's distributions, 100 at most, in the order in which CloudFront lists them.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct DistributionPage {
    /// Each as the list shows it, or why it cannot be read.
    pub distributions: Vec<Result<Listed, GuardError>>,
    /// Where the next page begins; absent on the last one.
    pub next: Option<String>,
}

/// The buckets of an account and the Region of each, where S3 says that.
pub type OwnBuckets = BTreeMap<BucketName, Option<Region>>;

/// Gives every distribution of an account to `each`, page by page.
///
/// # Errors
/// If a page cannot be read: what was given by then is not the whole list.
pub async fn listed(
    account: &impl Account,
    mut each: impl FnMut(Result<Listed, GuardError>),
) -> Result<(), GuardError> {
    let mut marker = None;
    for _ in 0..MOST_PAGES {
        let page = account.distributions(marker.as_deref()).await?;
        page.distributions.into_iter().for_each(&mut each);
        match page.next {
            None => return Ok(()),
            next => marker = next,
        }
    }
    Err(GuardError::Unavailable {
        subject: "the list of distributions".to_owned(),
        problem: format!("it has more than {MOST_PAGES} pages"),
    })
}
