use super::{Account, Asking, DistributionPage, OwnBuckets};
use crate::candidate::{ChangeSet, Live, Stack, StackName};
use crate::distribution::DistributionId;
use crate::error::GuardError;
use crate::facts::Probes;
use crate::ports::{DeliveryError, Memory, Object, ObjectKey, ObjectVersion};
use crate::timestamp::Timestamp;

/// No account: nothing can be read, and every fact is listed as not asked for.
#[derive(Debug, Clone, Copy, Default)]
pub struct Offline;

/// Probes that ask nothing.
impl Probes for Offline {}

impl Account for Offline {
    type Probes<'a> = Self;

    fn probes<'a>(&'a self, _: Asking<'a>) -> Self {
        Self
    }

    async fn live(&self, id: &DistributionId) -> Result<Live, GuardError> {
        Err(unreadable(&format!("the live config of {id}")))
    }

    async fn distributions(&self, _: Option<&str>) -> Result<DistributionPage, GuardError> {
        Err(unreadable("the list of distributions"))
    }

    async fn own_buckets(&self) -> Result<OwnBuckets, GuardError> {
        Err(unreadable("the list of buckets"))
    }

    async fn find_by_domain(&self, domain: &str) -> Result<Option<DistributionId>, GuardError> {
        Err(unreadable(&format!("the live config of {domain}")))
    }

    async fn find_by_change(&self, time: Timestamp) -> Result<Option<DistributionId>, GuardError> {
        Err(unreadable(&format!("what was changed at {time}")))
    }

    async fn stack(&self, name: &StackName) -> Result<Option<Stack>, GuardError> {
        Err(unreadable(&format!("the stack {name}")))
    }

    async fn change_set(&self, name: &str, _: Option<&StackName>) -> Result<ChangeSet, GuardError> {
        Err(unreadable(&format!("the change set {name}")))
    }
}

/// What the guard keeps is in an account too.
impl Memory for Offline {
    fn bucket(&self) -> Option<&str> {
        None
    }

    async fn get(&self, key: &ObjectKey) -> Result<Option<Object>, GuardError> {
        Err(unreadable(&format!("the last known good config ({key})")))
    }

    async fn put(&self, key: &ObjectKey, _: &'static str, _: Vec<u8>) -> Result<(), DeliveryError> {
        Err(unwritable(key))
    }

    async fn replace(
        &self,
        key: &ObjectKey,
        _: Vec<u8>,
        _: Option<&ObjectVersion>,
    ) -> Result<bool, DeliveryError> {
        Err(unwritable(key))
    }

    async fn file(&self, url: &str, _: u64) -> Result<Vec<u8>, GuardError> {
        Err(unreadable(url))
    }
}

fn unreadable(what: &str) -> GuardError {
    GuardError::configuration(
        format!("{what} cannot be read offline"),
        "Leave out --offline, or give a file",
    )
}

fn unwritable(key: &ObjectKey) -> DeliveryError {
    DeliveryError {
        what: key.to_string(),
        why: "nothing is stored offline".to_owned(),
    }
}
