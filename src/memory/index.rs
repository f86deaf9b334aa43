//! The index of who uses what: written by each sweep, cut into parts so that a question reads one of them.

use std::collections::{BTreeMap, BTreeSet};

use futures_util::stream::{StreamExt as _, iter};
use serde::{Deserialize, Serialize};
use time::{Duration, OffsetDateTime};

use super::keys;
use crate::distribution::AccountId;
use crate::error::GuardError;
use crate::ports::{DeliveryError, Memory};
use crate::timestamp::Timestamp;
use crate::uses::{Gaps, Index, Question, Subject, Usage};

/// Of the format. What has another is not read: its members may mean something else.
const VERSION: &str = "1";

/// How old an index may be. Sweeps are daily, and one may fail; what was changed since is not in it.
const OLDEST: Duration = Duration::days(2);

/// Parts that are written at the same time.
const AT_ONCE: usize = 16;

/// What was read of an index.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Stored {
    /// The parts that the question takes.
    pub index: Index,
    /// When the sweep that wrote it listed the distributions.
    pub taken_at: Timestamp,
    /// How many distributions the whole index has.
    pub distributions: usize,
}

/// When the distributions were listed, and in which account.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Taken {
    pub at: Timestamp,
    /// Where known.
    pub account: Option<AccountId>,
}

/// Why an index answers nothing. None of these is "unused".
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum NoIndex {
    /// There is no report bucket.
    #[error("ORIGIN_GUARD_REPORT_BUCKET is not set, so that there is no index")]
    NoBucket,
    /// It was never written.
    #[error("there is no index in {0}; a sweep writes it")]
    Missing(String),
    /// It is older than two days.
    #[error("the index is of {0}, more than two days ago")]
    Old(Timestamp),
    /// Another version of Origin Guard wrote it.
    #[error("{at} has the format {version}, and this version of Origin Guard reads {VERSION}")]
    Foreign {
        /// The object's URL.
        at: String,
        /// Its version.
        version: String,
    },
    /// It is of another account.
    #[error("{at} is of account {account}")]
    OtherAccount {
        /// The object's URL.
        at: String,
        /// Its account.
        account: AccountId,
    },
    /// It is damaged.
    #[error("{at} cannot be read: {why}")]
    Damaged {
        /// The object's URL.
        at: String,
        /// What is wrong.
        why: String,
    },
    /// It could not be read.
    #[error(transparent)]
    Unread(#[from] GuardError),
}

/// One part, as it is stored.
#[derive(Debug, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
struct Part {
    schema_version: String,
    taken_at: Timestamp,
    account: Option<AccountId>,
    /// Of the whole index.
    distributions: usize,
    subjects: Vec<Users>,
    configs: Vec<Usage>,
    names: BTreeMap<String, BTreeSet<String>>,
    gaps: Gaps,
}

#[derive(Debug, Serialize, Deserialize)]
struct Users {
    subject: Subject,
    uses: Vec<Usage>,
}

/// Only what says how the rest is to be read.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
struct Version {
    schema_version: String,
}

/// Reads what a question takes of the index, in the account that asks: one object, two for some domains,
/// and one more where a domain is a distribution's.
pub(crate) async fn read(
    memory: &impl Memory,
    question: &Question,
    account: Option<AccountId>,
    now: OffsetDateTime,
) -> Result<Stored, NoIndex> {
    let mut stored: Option<Stored> = None;
    let mut read = BTreeSet::new();
    let mut wanted = question.shards();
    while let Some(shard) = wanted.pop_first() {
        if !read.insert(shard) {
            continue;
        }
        let part = part(memory, shard, account, now).await?;
        match &mut stored {
            None => stored = Some(part),
            Some(stored) => {
                stored.index.join(part.index);
                // The older one says how much the answer is worth.
                stored.taken_at = part.taken_at.min(stored.taken_at);
            }
        }
        // The distribution that a domain belongs to is in a part of its own.
        if let (Question::Domain(domain), Some(stored)) = (question, &stored) {
            wanted.extend(stored.index.shards_of_owners(domain));
        }
    }
    stored.ok_or_else(|| NoIndex::Missing(memory.bucket().unwrap_or_default().to_owned()))
}

async fn part(
    memory: &impl Memory,
    shard: usize,
    account: Option<AccountId>,
    now: OffsetDateTime,
) -> Result<Stored, NoIndex> {
    let bucket = memory.bucket().ok_or(NoIndex::NoBucket)?;
    let key = keys::index(shard);
    let object = memory.get(&key).await?;
    let object = object.ok_or_else(|| NoIndex::Missing(format!("s3://{bucket}")))?;
    parse(&object.body, &format!("s3://{bucket}/{key}"), account, now)
}

fn parse(
    body: &[u8],
    at: &str,
    account: Option<AccountId>,
    now: OffsetDateTime,
) -> Result<Stored, NoIndex> {
    let damaged = |why: String| NoIndex::Damaged {
        at: at.to_owned(),
        why,
    };
    let version: Version =
        serde_json::from_slice(body).map_err(|error| damaged(error.to_string()))?;
    if version.schema_version != VERSION {
        return Err(NoIndex::Foreign {
            at: at.to_owned(),
            version: version.schema_version,
        });
    }
    let part: Part = serde_json::from_slice(body).map_err(|error| damaged(error.to_string()))?;
    if part.taken_at.age(now) > OLDEST {
        return Err(NoIndex::Old(part.taken_at));
    }
    if let (Some(own), Some(account)) = (part.account, account)
        && own != account
    {
        return Err(NoIndex::OtherAccount {
            at: at.to_owned(),
            account: own,
        });
    }
    let subjects = part.subjects.into_iter();
    let subjects = subjects.map(|Users { subject, uses }| (subject, uses));
    Ok(Stored {
        index: Index::of_parts(subjects.collect(), part.configs, part.names, part.gaps),
        taken_at: part.taken_at,
        distributions: part.distributions,
    })
}

/// Writes an index of all distributions of an account, over the one that was there. Empty parts are
/// written too: what is missing is never read as what nothing uses.
pub(crate) async fn write(
    memory: &impl Memory,
    index: Index,
    taken: Taken,
) -> Result<(), DeliveryError> {
    let distributions = index.len();
    let parts = index.into_shards().into_iter().enumerate();
    let writing = parts.map(|(shard, part)| {
        let body = document(part, distributions, taken);
        async move {
            let key = keys::index(shard);
            memory.put(&key, "application/json", body).await
        }
    });
    let written: Vec<_> = iter(writing).buffer_unordered(AT_ONCE).collect().await;
    written.into_iter().collect()
}

fn document(part: Index, distributions: usize, taken: Taken) -> Vec<u8> {
    let subjects = part.subjects().map(|(subject, uses)| Users {
        subject: subject.clone(),
        uses: uses.to_vec(),
    });
    let names = part.names();
    let part = Part {
        schema_version: VERSION.to_owned(),
        taken_at: taken.at,
        account: taken.account,
        distributions,
        subjects: subjects.collect(),
        configs: part.distributions().cloned().collect(),
        names: names
            .map(|(name, owners)| (name.to_owned(), owners.clone()))
            .collect(),
        gaps: part.gaps,
    };
    serde_json::to_vec(&part).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use std::sync::Mutex;

    use time::macros::{datetime, utc_datetime};

    use super::*;
    use crate::candidate::read_node;
    use crate::document::Node;
    use crate::ports::{Object, ObjectKey, ObjectVersion};
    use crate::uses::{Status, answer};

    fn taken() -> Taken {
        Taken {
            at: Timestamp::of(utc_datetime!(2026-11-23 10:00)),
            account: AccountId::parse("111122223333"),
        }
    }

    fn index() -> Index {
        let config = include_str!("../../tests/fixtures/site.json");
        let mut site = read_node("site", &Node::from_json(config.as_bytes()).unwrap()).unwrap();
        site.id = Some("E1".into());
        let mut index = Index::default();
        index.add(&site);
        index
    }

    fn stored() -> Vec<Vec<u8>> {
        let shards = index().into_shards().into_iter();
        shards.map(|part| document(part, 1, taken())).collect()
    }

    fn parse_now(body: &[u8], now: OffsetDateTime) -> Result<Stored, NoIndex> {
        parse(body, "s3://reports/index/v1/00.json", taken().account, now)
    }

    #[test]
    fn each_part_answers_its_questions_as_the_whole_does() {
        let now = datetime!(2026-11-25 09:59:59 UTC);
        let stored = stored();
        for text in [
            "s3://example-assets",
            "s3://example-nobody",
            "api.origin.example.com",
            "EASSETSOAC1",
            "origin-access-identity/cloudfront/EMEDIAOAI1",
        ] {
            let question = Question::parse(text).unwrap();
            let shards = question.shards();
            let mut read = Index::default();
            for shard in &shards {
                let part = parse_now(&stored[*shard], now).unwrap();
                assert_eq!((part.distributions, part.taken_at), (1, taken().at));
                read.join(part.index);
            }
            let whole = answer(&question, &index());
            assert_eq!(answer(&question, &read), whole, "{text}");
            let is_used = text != "s3://example-nobody";
            assert_eq!(whole.status == Status::Used, is_used, "{text}");
        }
    }

    /// A bucket.
    #[derive(Default)]
    struct Bucket(Mutex<BTreeMap<String, Vec<u8>>>);

    impl Memory for Bucket {
        fn bucket(&self) -> Option<&str> {
            Some("reports")
        }

        async fn get(&self, key: &ObjectKey) -> Result<Option<Object>, GuardError> {
            let body = self.0.lock().unwrap().get(key.as_str()).cloned();
            Ok(body.map(|body| Object {
                body,
                version: ObjectVersion::from(""),
            }))
        }

        async fn put(
            &self,
            key: &ObjectKey,
            _: &'static str,
            body: Vec<u8>,
        ) -> Result<(), DeliveryError> {
            self.0.lock().unwrap().insert(key.to_string(), body);
            Ok(())
        }

        async fn replace(
            &self,
            _: &ObjectKey,
            _: Vec<u8>,
            _: Option<&ObjectVersion>,
        ) -> Result<bool, DeliveryError> {
            unreachable!("it is written whole")
        }

        async fn file(&self, _: &str, _: u64) -> Result<Vec<u8>, GuardError> {
            unreachable!("it has no file")
        }
    }

    #[tokio::test]
    async fn all_parts_are_written_and_a_question_reads_those_that_it_takes() {
        let bucket = Bucket::default();
        write(&bucket, index(), taken()).await.unwrap();
        assert_eq!(bucket.0.lock().unwrap().len(), Index::SHARDS);
        let now = datetime!(2026-11-23 11:00 UTC);
        for text in [
            "www.example.com",
            "s3://example-media",
            "s3://example-nobody",
        ] {
            let question = Question::parse(text).unwrap();
            let stored = read(&bucket, &question, taken().account, now)
                .await
                .unwrap();
            assert_eq!(
                answer(&question, &stored.index),
                answer(&question, &index()),
                "{text}"
            );
        }
        let question = Question::parse("s3://example-nobody").unwrap();
        bucket.0.lock().unwrap().clear();
        let missing = read(&bucket, &question, taken().account, now).await;
        assert_eq!(missing, Err(NoIndex::Missing("s3://reports".to_owned())));
    }

    #[test]
    fn what_is_old_foreign_damaged_or_of_another_account_answers_nothing() {
        let now = datetime!(2026-11-23 11:00 UTC);
        let body = &stored()[0];
        assert!(parse_now(body, now).is_ok());
        let late = datetime!(2026-11-25 10:00:01 UTC);
        assert_eq!(parse_now(body, late), Err(NoIndex::Old(taken().at)));
        let text = String::from_utf8(body.clone()).unwrap();
        let foreign = text.replace(r#""schemaVersion":"1""#, r#""schemaVersion":"2""#);
        let foreign = parse_now(foreign.as_bytes(), now);
        assert!(
            matches!(foreign, Err(NoIndex::Foreign { .. })),
            "{foreign:?}"
        );
        for cut in [0, 1, text.len() / 2, text.len() - 1] {
            let damaged = parse_now(&text.as_bytes()[..cut], now);
            assert!(
                matches!(damaged, Err(NoIndex::Damaged { .. })),
                "{damaged:?}"
            );
        }
        let other = parse(body, "", AccountId::parse("444455556666"), now);
        assert!(
            matches!(other, Err(NoIndex::OtherAccount { .. })),
            "{other:?}"
        );
    }
}
