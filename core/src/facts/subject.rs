use std::borrow::{Borrow, Cow};
use std::collections::BTreeMap;
use std::fmt::Debug;
use std::future::Future;
use std::hash::Hash;
use std::ops::Deref;

use foldhash::HashMap;
use futures_util::stream::{StreamExt as _, iter};

use super::{Fact, Probes, Unknown};
use crate::distribution::is_open;

/// Something that can be asked about: it knows the name of its fact, the answer, the permission that
/// the question takes, and how it is asked.
pub trait Subject: Clone + Debug + Eq + Hash + Ord {
    /// What AWS or the network says about it.
    type Answer: Clone + Debug + PartialEq;
    /// What must be known besides the subject to ask, and how the needs of two origins become one.
    type Need: Need;
    /// The fact in reports, such as `VPC origin`.
    const FACT: &'static str;
    /// What the probe calls: an IAM action, or what else is asked.
    const ASKS: &'static str;

    /// As reports show it.
    fn name(&self) -> &str;

    /// Asks.
    fn ask<P: Probes>(
        &self,
        probes: &P,
        need: &Self::Need,
    ) -> impl Future<Output = Fact<Self::Answer>> + Send;
}

/// What must be known about a subject, as one origin needs it.
pub trait Need: Clone + Debug + Default + PartialEq + Eq {
    /// Also what another origin needs of it.
    fn add(&mut self, other: Self);
}

/// Nothing but the subject.
impl Need for () {
    fn add(&mut self, (): Self) {}
}

/// How many subjects of one kind are asked about at the same time: more than the 100 origins that a
/// distribution has by default
/// (<https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/cloudfront-limits.html>), whose
/// questions go out in one wave, and enough to keep the 256 requests of a session in flight at two for each
/// bucket. A question takes memory as soon as it is made, whether or not it was
/// sent.
pub(super) const AT_ONCE: usize = 192;

/// What was answered about subjects of one kind.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Answers<S: Subject>(HashMap<S, Fact<S::Answer>>);

/// Subjects of one kind that are to be asked about, each once however often it is named.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Wanted<S: Subject>(BTreeMap<S, S::Need>);

impl<S: Subject> Default for Answers<S> {
    fn default() -> Self {
        Self(HashMap::default())
    }
}

impl<S: Subject> Deref for Answers<S> {
    type Target = HashMap<S, Fact<S::Answer>>;

    fn deref(&self) -> &Self::Target {
        &self.0
    }
}

impl<S: Subject> Answers<S> {
    /// Makes an answer known, in the place of an earlier one.
    pub fn insert(&mut self, subject: impl Into<S>, fact: Fact<S::Answer>) {
        self.0.insert(subject.into(), fact);
    }

    /// The answer about a subject, to be changed.
    pub fn get_mut<Q>(&mut self, subject: &Q) -> Option<&mut Fact<S::Answer>>
    where
        S: Borrow<Q>,
        Q: Eq + Hash + ?Sized,
    {
        self.0.get_mut(subject)
    }

    /// The answers, to be changed.
    pub fn iter_mut(&mut self) -> impl Iterator<Item = (&S, &mut Fact<S::Answer>)> {
        self.0.iter_mut()
    }

    /// Puts what a source makes itself in the place of what was asked about.
    pub(super) fn put(&mut self, planned: &Self) {
        let planned = planned.iter();
        self.0
            .extend(planned.map(|(subject, fact)| (subject.clone(), fact.clone())));
    }

    /// The fact; of what was not asked about, or could not be, it is unknown. An expression is nothing
    /// to ask about.
    pub(super) fn fact<Q>(&self, subject: &Q, name: &str) -> Cow<'_, Fact<S::Answer>>
    where
        S: Borrow<Q>,
        Q: Eq + Hash + ?Sized,
    {
        self.0.get(subject).map_or_else(
            || {
                // Offline and by a missing need nothing was asked, which another run can change; an
                // expression stays open until the deployment, whatever is asked.
                Cow::Owned(if is_open(name) {
                    Fact::Unknown(Unknown::not_decided(S::FACT, name))
                } else {
                    Fact::not_asked(S::FACT, name)
                })
            },
            Cow::Borrowed,
        )
    }
}

impl<S: Subject> Extend<(S, Fact<S::Answer>)> for Answers<S> {
    fn extend<I: IntoIterator<Item = (S, Fact<S::Answer>)>>(&mut self, answers: I) {
        self.0.extend(answers);
    }
}

impl<S: Subject> FromIterator<(S, Fact<S::Answer>)> for Answers<S> {
    fn from_iter<I: IntoIterator<Item = (S, Fact<S::Answer>)>>(answers: I) -> Self {
        Self(answers.into_iter().collect())
    }
}

impl<S: Subject> Default for Wanted<S> {
    fn default() -> Self {
        Self(BTreeMap::new())
    }
}

impl<S: Subject> Deref for Wanted<S> {
    type Target = BTreeMap<S, S::Need>;

    fn deref(&self) -> &Self::Target {
        &self.0
    }
}

impl<'w, S: Subject> IntoIterator for &'w Wanted<S> {
    type Item = (&'w S, &'w S::Need);
    type IntoIter = std::collections::btree_map::Iter<'w, S, S::Need>;

    fn into_iter(self) -> Self::IntoIter {
        self.0.iter()
    }
}

impl<S: Subject> Wanted<S> {
    /// Is to be asked about, also for this.
    pub fn add(&mut self, subject: impl Into<S>, need: S::Need) {
        self.0.entry(subject.into()).or_default().add(need);
    }

    /// Everything that another distribution wants too, but what its source makes itself.
    pub(super) fn add_all(&mut self, others: Self, planned: &Answers<S>) {
        for (subject, need) in others.0 {
            // What is made by the same source is not asked about: AWS would say that it does not
            // exist yet.
            if !planned.contains_key(&subject) {
                self.add(subject, need);
            }
        }
    }

    /// What was not asked before, with all that is wanted of it.
    pub(super) fn beyond(&self, asked: &Self) -> Self {
        let beyond = self.0.iter().filter_map(|(subject, need)| {
            let mut all = asked.0.get(subject).cloned().unwrap_or_default();
            all.add(need.clone());
            let is_known = asked.0.get(subject) == Some(&all);
            (!is_known).then(|| (subject.clone(), all))
        });
        Self(beyond.collect())
    }

    /// Changes what is wanted of each.
    pub(super) fn each_mut(&mut self, change: impl FnMut(&mut S::Need)) {
        self.0.values_mut().for_each(change);
    }

    /// What is wanted of a subject, to be changed; `None` where it is not wanted.
    pub(super) fn get_mut(&mut self, subject: &S) -> Option<&mut S::Need> {
        self.0.get_mut(subject)
    }

    /// Asks about all, [`AT_ONCE`] at the same time.
    pub(super) async fn ask<P: Probes>(&self, probes: &P) -> Answers<S> {
        let asking = iter(self)
            .map(async |(subject, need)| (subject.clone(), subject.ask(probes, need).await));
        asking.buffer_unordered(AT_ONCE).collect().await
    }
}
