use std::collections::BTreeSet;

use aws_sdk_s3::Client;
use futures_util::future::{join, join_all, join4};
use serde_json::json;
use tokio::sync::OnceCell;

use super::bucket_access::{self, Found, PolicyAnswer};
use super::bucket_call::Asked;
use super::head_bucket::{Head, head};
use super::limits::Limits;
use super::own_buckets;
use crate::distribution::{AccountId, BucketName, Region};
use crate::facts::{
    Bucket, BucketAccess, BucketNeed, Fact, Owner, ProbeFailure, Requirement, Unknown,
    UnknownCause, Website,
};
use crate::policy::Policy;
use crate::ports::{Asking, OwnBuckets};

/// Asks S3 about origin buckets.
///
/// One call says most: with the expected owner, a bucket policy (or that there is none) proves
/// existence, region and ownership at once, and so does the 200 of `HeadBucket` where no policy is
/// needed. A 403 does not say whether the bucket is another account's or only closed to
/// the guard; a listing of the account's own buckets, made once if at all, settles that
/// (<https://docs.aws.amazon.com/AmazonS3/latest/API/API_HeadBucket.html>).
#[derive(Debug)]
pub(super) struct OriginBuckets<'a> {
    client: &'a Client,
    account: Option<AccountId>,
    owners: &'a [AccountId],
    limits: Limits<'a>,
    own: OnceCell<Result<OwnBuckets, ProbeFailure>>,
}

impl<'a> OriginBuckets<'a> {
    /// For the account of a session.
    pub(super) fn new(client: &'a Client, asking: &Asking<'a>) -> Self {
        Self {
            client,
            account: asking.account,
            owners: asking.owners,
            limits: Limits::of(asking),
            own: OnceCell::new(),
        }
    }

    /// A question about one bucket of the guarded account.
    pub(super) fn asked<'b>(&'b self, name: &'b BucketName, hint: Option<&'b Region>) -> Asked<'b> {
        Asked {
            client: self.client,
            name,
            hint,
            owner: self.account,
            limits: self.limits,
        }
    }

    /// The bucket itself.
    async fn ask(&self, asked: Asked<'_>) -> Fact<Bucket> {
        let name = asked.name;
        let (status, region) = match head(asked).await {
            Head::Answer { status, region } => (status, region),
            Head::None(failure) => {
                let why = failure.probe_failed("s3:ListBucket");
                return Fact::Unknown(Unknown::probe_failed("bucket", name.as_str(), why));
            }
        };
        match status {
            // With the expected owner in the request, S3 answers 200 for this account's buckets
            // only.
            200 if self.account.is_some() => exists(region, Fact::Known(Owner::Ours)),
            // HeadBucket answers 404 for a name that no account has, also without any permission on
            // it. That is widely relied upon, though not written in S3's documentation
            // (docs/limits.md).
            404 => Fact::Known(Bucket::Missing),
            // 403 has three causes that look the same: another account's bucket, a policy or SCP
            // that denies, and the expected owner that differs.
            200 | 403 => self.settle(name, region).await,
            _ => {
                let why = ProbeFailure::Failed(format!("S3 answered {status}"));
                Fact::Unknown(Unknown::probe_failed("bucket", name.as_str(), why))
            }
        }
    }

    /// The facts about one bucket. Its policy is asked for anyway, and mostly says as much of the
    /// bucket as `HeadBucket` would.
    pub(super) async fn probe(
        &self,
        name: &BucketName,
        need: &BucketNeed,
    ) -> (Fact<Bucket>, BucketAccess) {
        if let Some(unknown) = self.out_of_reach("bucket", name, need) {
            let access = BucketAccess::unknown(name.as_str(), &unknown.cause);
            return (Fact::Unknown(unknown), access);
        }
        let asked = self.asked(name, need.region.as_ref());
        let encryption = bucket_access::encryption(asked);
        let policy = bucket_access::policy(asked);
        let bucket = async {
            // One request less for each bucket: GetBucketPolicy in the right region with an
            // expected owner says all that HeadBucket would.
            if asked.hint.is_some() && asked.owner.is_some() {
                return self.by_policy(asked, policy).await;
            }
            // The policy's answer would not say where the bucket is, or not whose.
            let (bucket, answer) = join(self.ask(asked), policy).await;
            (bucket, answer.policy)
        };
        let public = async {
            if !need.public_access {
                return None;
            }
            // Only an origin without signing needs these two: with OAC the policy alone decides.
            let block = bucket_access::public_access_block(asked);
            Some(join(block, bucket_access::acls(asked)).await)
        };
        let contents = async {
            if need.contents {
                // Rarely asked for, and large: it would make every probe larger.
                Box::pin(bucket_access::contents(asked)).await
            } else {
                Fact::not_asked("bucket contents", name.as_str())
            }
        };
        let ((bucket, policy), encryption, public, contents) =
            // One wave: whether the bucket exists is not waited for, since nearly all do.
            join4(bucket, encryption, public, contents).await;
        // Whatever these calls answered for another account's bucket says nothing: S3 refuses its
        // settings to every caller outside, so naming a permission would mislead.
        if let Some(access) = closed(name, &bucket) {
            return (bucket, access);
        }
        let mut access = BucketAccess {
            policy,
            encryption,
            contents,
            ..BucketAccess::not_asked(name.as_str())
        };
        if let Some((block, acls)) = public {
            access.public_access_block = block;
            access.acls = acls;
        }
        (bucket, access)
    }

    /// Whether a bucket is there, where and whose: the listing says that of the account's own, and each
    /// other one takes a call.
    pub(super) async fn existence(&self, name: &BucketName, need: &BucketNeed) -> Fact<Bucket> {
        if let Some(unknown) = self.out_of_reach("bucket", name, need) {
            return Fact::Unknown(unknown);
        }
        if let Ok(own) = self.own().await
            && let Some(region) = own.get(name)
        {
            return exists(region.clone(), Fact::Known(Owner::Ours));
        }
        self.ask(self.asked(name, need.region.as_ref())).await
    }

    /// The account's own buckets, listed once.
    async fn own(&self) -> Result<&OwnBuckets, ProbeFailure> {
        let listing = self
            .own
            .get_or_try_init(async || match self.list_own().await {
                // The same call may have an answer later.
                Err(ProbeFailure::Throttled) => Err(ProbeFailure::Throttled),
                listing => Ok(listing),
            });
        listing.await?.as_ref().map_err(Clone::clone)
    }

    /// How website hosting of a bucket is set up.
    pub(super) async fn website(&self, name: &BucketName, need: &BucketNeed) -> Fact<Website> {
        if let Some(unknown) = self.out_of_reach("website hosting", name, need) {
            return Fact::Unknown(unknown);
        }
        bucket_access::website(self.asked(name, need.region.as_ref())).await
    }

    /// A bucket of another partition: to S3 here its name is another bucket's, or none's.
    fn out_of_reach(
        &self,
        fact: &'static str,
        name: &BucketName,
        need: &BucketNeed,
    ) -> Option<Unknown> {
        let here = self.partition()?;
        // The same name can be two buckets in two partitions; a domain under `amazonaws.com.cn` is
        // never S3's here.
        let there = need.partitions.iter().find(|it| **it != here)?;
        Some(Unknown::without(
            fact,
            name.as_str(),
            format!(
                "its domain is in partition {there}, where credentials of partition {here} are not \
                 valid"
            ),
            Requirement::Credentials(there),
        ))
    }

    /// The one in which the guard's credentials are valid.
    fn partition(&self) -> Option<&'static str> {
        let home = Region::parse(self.client.config().region()?.as_ref())?;
        Some(home.partition())
    }

    async fn by_policy(
        &self,
        asked: Asked<'_>,
        policy: impl Future<Output = PolicyAnswer>,
    ) -> (Fact<Bucket>, Fact<Option<Policy>>) {
        let PolicyAnswer { policy, bucket } = policy.await;
        let bucket = match bucket {
            Some(Found::Here(region)) => exists(region, Fact::Known(Owner::Ours)),
            Some(Found::Nowhere) => Fact::Known(Bucket::Missing),
            Some(Found::Nothing(why)) => {
                Fact::Unknown(Unknown::probe_failed("bucket", asked.name.as_str(), why))
            }
            // The policy was refused: HeadBucket has its own permission and its own answer.
            None => self.ask(asked).await,
        };
        (bucket, policy)
    }

    /// There is a bucket that the guard may not read: which account owns it?
    async fn settle(&self, name: &BucketName, region: Option<Region>) -> Fact<Bucket> {
        // A name in the account-regional namespace ends with `-ACCOUNT-REGION-an`, and only that
        // account can create it: the owner is in the name, and no call is needed.
        if let (Some(parts), Some(account)) = (name.account_regional(), self.account) {
            let owner = if parts.account == account {
                Owner::Ours
            } else if self.owners.contains(&parts.account) {
                Owner::Allowed(parts.account)
            } else {
                Owner::Foreign
            };
            return exists(region, Fact::Known(owner));
        }
        // Made once for the session and only when a 403 was seen: a team that owns all its buckets
        // never pays for the listing, and never needs s3:ListAllMyBuckets.
        match self.own().await {
            Ok(own) => {
                if let Some(listed) = own.get(name) {
                    // Ours, and closed by a policy or an SCP. The header's region comes first: it
                    // is the bucket's own answer.
                    let region = region.or_else(|| listed.clone());
                    return exists(region, Fact::Known(Owner::Ours));
                }
                let owner = self.other_owner(name, region.as_ref()).await;
                exists(region, owner)
            }
            Err(why) => exists(
                region,
                Fact::Unknown(Unknown::probe_failed("bucket owner", name.as_str(), why)),
            ),
        }
    }

    /// Not ours: does one of the accounts own it that may own buckets here, or another?
    async fn other_owner(&self, name: &BucketName, region: Option<&Region>) -> Fact<Owner> {
        // A contract names the owner of each bucket: the same ones again, and this account too.
        let others = self.owners.iter().copied();
        let others: BTreeSet<AccountId> = others.filter(|it| Some(*it) != self.account).collect();
        // It exists, and is not in the complete listing of the account's own: so it is another
        // account's.
        if others.is_empty() {
            return Fact::Known(Owner::Foreign);
        }
        let asked = others.iter().map(async |owner| {
            let asked = Asked {
                // A policy that lets the guard in answers 200 only under its real owner's ID.
                owner: Some(*owner),
                ..self.asked(name, region)
            };
            (*owner, head(asked).await)
        });
        let mut failed = None;
        for (owner, head) in join_all(asked).await {
            match head {
                Head::Answer { status: 200, .. } => {
                    return Fact::Known(Owner::Allowed(owner));
                }
                // Also when it is theirs, and its policy does not let the guard look.
                Head::Answer { status: 403, .. } => {}
                Head::Answer { status, .. } => {
                    failed = Some(ProbeFailure::Failed(format!("S3 answered {status}")));
                }
                Head::None(failure) => failed = Some(failure.probe_failed("s3:ListBucket")),
            }
        }
        match failed {
            Some(why) => Fact::Unknown(Unknown::probe_failed("bucket owner", name.as_str(), why)),
            None => Fact::Known(Owner::NotOurs(self.not_reported(name, &others))),
        }
    }

    /// The bucket does not show which account owns it, an allowed one or another. Only its owner
    /// can change that, so it says what would prove it, or be believed in its place.
    fn not_reported(&self, name: &BucketName, others: &BTreeSet<AccountId>) -> Unknown {
        let partition = self.partition().unwrap_or("aws");
        let account = self.account.as_ref();
        let account = account.map_or("YOUR-ACCOUNT-ID", AccountId::as_str);
        // The whole account: its own policies say who in it may use the grant, and a function does
        // not know the name of its role.
        let statement = json!({
            "Sid": "LetOriginGuardSeeWhoseThisIs", "Effect": "Allow",
            "Principal": {"AWS": format!("arn:{partition}:iam::{account}:root")},
            "Action": "s3:ListBucket", "Resource": format!("arn:{partition}:s3:::{name}"),
        });
        let others: Vec<&str> = others.iter().map(AccountId::as_str).collect();
        let why = ProbeFailure::Closed {
            on: format!(
                "another account has it, and S3 does not say whether that is {}",
                others.join(" or ")
            ),
            needs: format!(
                "`bucket` and `account` of the origin in the contract, or this statement in the bucket's \
                 policy: {statement}"
            ),
        };
        Unknown::probe_failed("bucket owner", name.as_str(), why)
    }

    async fn list_own(&self) -> Result<OwnBuckets, ProbeFailure> {
        let listing = own_buckets::list(self.client, self.limits).await;
        listing.map_err(|failure| failure.probe_failed("s3:ListAllMyBuckets"))
    }
}

/// The facts of a bucket that another account owns: no permission of the guard lets it read them.
fn closed(name: &BucketName, bucket: &Fact<Bucket>) -> Option<BucketAccess> {
    let Fact::Known(Bucket::Exists { owner, .. }) = bucket else {
        return None;
    };
    let is_ours = *owner.known()? == Owner::Ours;
    let cause = UnknownCause::Undecidable {
        on: "only its owner's account may ask".to_owned(),
        needs: Requirement::OwnerReview,
    };
    (!is_ours).then(|| BucketAccess::unknown(name.as_str(), &cause))
}

fn exists(region: Option<Region>, owner: Fact<Owner>) -> Fact<Bucket> {
    Fact::Known(Bucket::Exists { region, owner })
}
