//! Who uses a bucket, an access control, a key, a VPC origin or a host.

use futures_util::future::FutureExt as _;
use time::OffsetDateTime;

use super::session::Session;
use crate::distribution::{AccountId, BucketName, KeyId};
use crate::error::GuardError;
use crate::facts::{Bucket, BucketNeed, Encryption, Fact, Facts, Needs};
use crate::memory::index::{self, NoIndex, Stored};
use crate::ports::{Account, Memory, listed};
use crate::timestamp::Timestamp;
use crate::uses::{Answer, Index, Question, Subject, answer};

/// An answer, and what it is from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Used {
    /// Who uses it.
    pub answer: Answer,
    /// When the configs were live that it is from; absent where they were read just now.
    pub taken_at: Option<Timestamp>,
    /// How many distributions were read.
    pub distributions: usize,
}

/// Who uses what is asked about, by the pages of the account's list of distributions: a call for each 100 of
/// them. Only a question about a key asks the buckets too.
///
/// # Errors
/// If a page cannot be read: a part of the list proves nothing.
pub async fn uses_live<A: Account>(
    session: &Session<'_, A>,
    question: &Question,
) -> Result<Used, GuardError> {
    let work = live(session, question).boxed_local();
    session.count(work).await
}

async fn live<A: Account>(
    session: &Session<'_, A>,
    question: &Question,
) -> Result<Used, GuardError> {
    let mut index = live_index(session.account()).await?;
    if let Question::Subject(Subject::Key(_)) = question {
        let keys = keys(session, &index).await;
        index.add_keys(keys);
    }
    Ok(Used {
        answer: answer(question, &index),
        taken_at: None,
        distributions: index.len(),
    })
}

/// The index of what is live now, without the keys of buckets.
///
/// # Errors
/// If a page of the list cannot be read.
pub(super) async fn live_index(account: &impl Account) -> Result<Index, GuardError> {
    let mut index = Index::default();
    listed(account, |item| match item {
        Ok(listed) => index.add(&listed.distribution),
        // Its ID stands in the message: what cannot be read has no model to take it from.
        Err(error) => index.add_unread("of the list", error.to_string()),
    })
    .await?;
    Ok(index)
}

/// The key of each bucket.
async fn keys<A: Account>(
    session: &Session<'_, A>,
    index: &Index,
) -> Vec<(BucketName, Result<Option<KeyId>, String>)> {
    let mut needs = Needs::default();
    for bucket in index.buckets() {
        needs.buckets.add(bucket.clone(), BucketNeed::default());
    }
    let facts = session.ask(&needs, &[]).await;
    keys_of(index, &facts)
}

/// The key of each bucket, by what S3 has said of it.
pub(super) fn keys_of(
    index: &Index,
    facts: &Facts,
) -> Vec<(BucketName, Result<Option<KeyId>, String>)> {
    let keys = index.buckets().map(|bucket| {
        let access = facts.bucket_access.get(bucket);
        let key = match (&*facts.bucket(bucket), access.map(|it| &it.encryption)) {
            (Fact::Known(Bucket::Missing | Bucket::Deleted), _)
            | (_, Some(Fact::Known(Encryption::S3Managed | Encryption::AwsManagedKey))) => Ok(None),
            (_, Some(Fact::Known(Encryption::CustomerKey(key)))) => Ok(Some(key.as_str().into())),
            (_, Some(Fact::Unknown(unknown))) => Err(unknown.cause_text()),
            (_, None) => Err("it was not asked".to_owned()),
        };
        (bucket.clone(), key)
    });
    keys.collect()
}

/// Who uses what is asked about, by the index that a sweep has written.
///
/// # Errors
/// Why there is no index that answers: none of these means that nothing uses it.
pub async fn uses_stored(
    memory: &impl Memory,
    question: &Question,
    account: Option<AccountId>,
) -> Result<Used, NoIndex> {
    let Stored {
        index,
        taken_at,
        distributions,
    } = index::read(memory, question, account, OffsetDateTime::now_utc()).await?;
    Ok(Used {
        answer: answer(question, &index),
        taken_at: Some(taken_at),
        distributions,
    })
}
