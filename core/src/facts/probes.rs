use std::collections::BTreeSet;
use std::future::{Future, Ready, ready};
use std::sync::{Mutex, MutexGuard, PoisonError};

use futures_util::future::join;
use futures_util::stream::{StreamExt as _, iter};

use super::subject::AT_ONCE;
use super::{
    Bucket, BucketAccess, BucketNeed, Encryption, Fact, Facts, Host, HostNeed, Identity, Needs,
    ORIGIN_HOST, OriginAccessControl, Owner, Subject as _, VpcOrigin, Website,
};
use crate::distribution::{AccountId, BucketName, Region};
use crate::policy::Policy;

/// The calls that find facts. A probe never fails: what it could not find out is unknown, and what
/// a guard has no probe for is not asked for.
pub trait Probes: Sync {
    /// The account that is asked, where that is known.
    fn account(&self) -> Option<AccountId> {
        None
    }

    /// Asks S3 about a bucket: whether it is there, where and whose, and who may read its objects.
    fn bucket(
        &self,
        name: &BucketName,
        _need: &BucketNeed,
    ) -> impl Future<Output = (Fact<Bucket>, BucketAccess)> + Send {
        let bucket = Fact::not_asked("bucket", name.as_str());
        ready((bucket, BucketAccess::not_asked(name.as_str())))
    }

    /// Asks S3 whether a bucket is there, where and whose, and nothing more: of an account's own
    /// buckets its listing says that, and each other one takes a question.
    fn existence(
        &self,
        name: &BucketName,
        _need: &BucketNeed,
    ) -> impl Future<Output = Fact<Bucket>> + Send {
        not_asked("bucket", name.as_str())
    }

    /// Asks S3 how a bucket's website hosting is set up.
    fn website(
        &self,
        name: &BucketName,
        _need: &BucketNeed,
    ) -> impl Future<Output = Fact<Website>> + Send {
        not_asked("website hosting", name.as_str())
    }

    /// Asks KMS for the policy of a key, which is in the region that its ARN or else `hint` names.
    fn key_policy(
        &self,
        key: &str,
        _hint: Option<&Region>,
    ) -> impl Future<Output = Fact<Option<Policy>>> + Send {
        not_asked("key policy", key)
    }

    /// Asks CloudFront about an origin access control.
    fn origin_access_control(
        &self,
        id: &str,
    ) -> impl Future<Output = Fact<Option<OriginAccessControl>>> + Send {
        not_asked("origin access control", id)
    }

    /// Asks CloudFront about an origin access identity.
    fn origin_access_identity(
        &self,
        id: &str,
    ) -> impl Future<Output = Fact<Option<Identity>>> + Send {
        not_asked("origin access identity", id)
    }

    /// Asks CloudFront about a VPC origin.
    fn vpc_origin(&self, id: &str) -> impl Future<Output = Fact<Option<VpcOrigin>>> + Send {
        not_asked("VPC origin", id)
    }

    /// Asks DNS and TLS about a custom origin's host.
    fn host(&self, need: &HostNeed) -> impl Future<Output = Fact<Host>> + Send {
        not_asked(ORIGIN_HOST, &need.name)
    }
}

fn not_asked<T: Send>(fact: &'static str, subject: &str) -> Ready<Fact<T>> {
    ready(Fact::not_asked(fact, subject))
}

/// Sends the probes, of each kind a bounded number at the same time, and waits for all of them.
pub async fn gather(probes: &impl Probes, needs: &Needs) -> Facts {
    gather_beside(probes, needs, &Facts::default()).await
}

/// The same beside what is known already: of a bucket that names a key whose policy is known, that is
/// not asked for again.
pub async fn gather_beside(probes: &impl Probes, needs: &Needs, known: &Facts) -> Facts {
    let independent = needs.ask_independent(probes);
    let (mut facts, (buckets, key_policies)) =
        join(independent, gather_buckets(probes, needs, known)).await;
    facts.account = probes.account();
    for (key, policy) in key_policies {
        facts.key_policies.insert(key, policy);
    }
    for (name, bucket, access) in buckets {
        facts.bucket_access.insert(name.clone(), access);
        facts.buckets.insert(name, bucket);
    }
    ask_of_public_access(probes, needs, &mut facts).await;
    facts
}

/// Asks who else may read the buckets whose origin access control turned out to sign nothing: a second
/// wave that hardly any distribution needs.
async fn ask_of_public_access(probes: &impl Probes, needs: &Needs, facts: &mut Facts) {
    let unsigned = needs
        .buckets
        .iter()
        .filter(|(_, need)| !need.public_access && need.is_read_unsigned(facts));
    let answers = iter(unsigned).map(async |(name, need)| {
        let need = BucketNeed {
            public_access: true,
            ..need.clone()
        };
        let (_, access) = Box::pin(probes.bucket(name, &need)).await;
        (name, access)
    });
    let answers: Vec<_> = answers.buffer_unordered(AT_ONCE).collect().await;
    for (name, access) in answers {
        if let Some(known) = facts.bucket_access.get_mut(name) {
            known.public_access_block = access.public_access_block;
            known.acls = access.acls;
        }
    }
}

type BucketFacts = (BucketName, Fact<Bucket>, BucketAccess);
type KeyPolicy = (String, Fact<Option<Policy>>);

/// The buckets, and behind them the policies of their keys: the one thing that waits for another.
async fn gather_buckets(
    probes: &impl Probes,
    needs: &Needs,
    known: &Facts,
) -> (Vec<BucketFacts>, Vec<KeyPolicy>) {
    // What the source names needs no bucket's answer.
    let named = needs.key_policies.keys().chain(known.key_policies.keys());
    let named: BTreeSet<String> = named.map(ToString::to_string).collect();
    let asked = Mutex::new(named);
    let keys = iter(needs.key_policies.iter()).map(async |(key, hint)| {
        let policy = key.ask(probes, hint).await;
        (key.to_string(), policy)
    });
    let keys = keys.buffer_unordered(AT_ONCE).collect::<Vec<_>>();
    let buckets = iter(needs.buckets.iter()).map(async |(name, need)| {
        let (bucket, mut access) = probes.bucket(name, need).await;
        let key = key_of(&bucket, &mut access, need, probes.account());
        let mut policy = None;
        if let Some((key, region)) = key {
            // By the first bucket that names it, not by the last that answers: that one may hang.
            let is_new = lock(&asked).insert(key.clone());
            if is_new {
                // Rarely asked for, and large: it would make every probe larger.
                let answer = Box::pin(probes.key_policy(&key, region.as_ref())).await;
                policy = Some((key, answer));
            }
        }
        ((name.clone(), bucket, access), policy)
    });
    let buckets = buckets.buffer_unordered(AT_ONCE).collect::<Vec<_>>();
    let (mut policies, buckets) = join(keys, buckets).await;
    let (buckets, more): (Vec<_>, Vec<_>) = buckets.into_iter().unzip();
    policies.extend(more.into_iter().flatten());
    (buckets, policies)
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

/// The key of a bucket of ours, and where to ask for it; of another's bucket no rule wants it. A key
/// that the bucket names by its ID is named by its ARN from here on: it is in the bucket's region,
/// whatever the origin's domain says, and a multi-Region key has the same ID in each of its regions.
fn key_of(
    bucket: &Fact<Bucket>,
    access: &mut BucketAccess,
    need: &BucketNeed,
    account: Option<AccountId>,
) -> Option<(String, Option<Region>)> {
    let (
        Fact::Known(Bucket::Exists {
            region,
            owner: Fact::Known(Owner::Ours),
        }),
        Fact::Known(Encryption::CustomerKey(key)),
    ) = (bucket, &mut access.encryption)
    else {
        return None;
    };
    let region = region.as_ref().or(need.region.as_ref());
    // An ARN and an alias have one of these.
    let is_id = !key.contains([':', '/']);
    if let (true, Some(region), Some(account)) = (is_id, region, account) {
        let partition = region.partition();
        *key = format!("arn:{partition}:kms:{region}:{account}:key/{key}");
    }
    Some((key.clone(), region.cloned()))
}

#[cfg(test)]
mod tests {
    use std::future::Future;

    use futures_util::FutureExt as _;

    use super::*;
    use crate::facts::{Acls, PublicAccessBlock};
    use crate::rules::testing::{Scene, ours};

    /// An account whose one control has this signing behavior; it counts what is asked of buckets.
    struct Account(&'static str, Mutex<Vec<bool>>);

    impl Probes for Account {
        fn bucket(
            &self,
            name: &BucketName,
            need: &BucketNeed,
        ) -> impl Future<Output = (Fact<Bucket>, BucketAccess)> + Send {
            self.1.lock().unwrap().push(need.public_access);
            let mut access = BucketAccess::not_asked(name.as_str());
            if need.public_access {
                access.public_access_block = Fact::Known(PublicAccessBlock::default());
                access.acls = Fact::Known(Acls::Off);
            }
            ready((Fact::Known(ours("us-east-1")), access))
        }

        fn origin_access_control(
            &self,
            _: &str,
        ) -> impl Future<Output = Fact<Option<OriginAccessControl>>> + Send {
            ready(Fact::Known(Some(OriginAccessControl {
                name: "assets".to_owned(),
                origin_type: "s3".to_owned(),
                signing_behavior: self.0.to_owned(),
                signing_protocol: None,
            })))
        }
    }

    #[test]
    fn who_else_may_read_a_bucket_is_asked_once_its_control_turns_out_to_sign_nothing() {
        let distribution = &Scene::s3("assets").candidate;
        for (behavior, asked) in [("always", vec![false]), ("never", vec![false, true])] {
            let account = Account(behavior, Mutex::default());
            let needs = Needs::of(distribution);
            let facts = gather(&account, &needs).now_or_never().unwrap();
            let acls = &facts.bucket_access[&BucketName::new("assets")].acls;
            assert_eq!(acls.known().is_some(), asked.len() == 2);
            assert_eq!(account.1.into_inner().unwrap(), asked);
        }
    }
}
