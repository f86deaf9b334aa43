//! Which distribution CloudFront signs for, as policies name it.

use std::borrow::Cow;
use std::cell::OnceCell;

use crate::distribution::is_open;
use crate::policy::{Asker, Text};
use crate::rules::Case;

/// The partitions that have CloudFront, or are served by it.
pub(in crate::rules) const PARTITIONS: [&str; 4] = ["aws", "aws-us-gov", "aws-cn", "aws-eusc"];

/// Which distribution asks, spelt once for each partition.
pub(in crate::rules) struct Sources<'c, 'a> {
    pub case: &'c Case<'a>,
    by_partition: [(&'static str, OnceCell<Source>); 4],
}

/// Which distribution asks.
pub(in crate::rules) struct Source {
    id: SourceId,
    partition: &'static str,
    account: Option<String>,
}

enum SourceId {
    /// The one of this ARN.
    Arn(String),
    /// One that is not created, by the ARN that a template spells for it.
    New(String),
    /// One of this account whose ID is not known: what the ARNs there begin with.
    Account(String),
    Unknown,
}

impl<'c, 'a> Sources<'c, 'a> {
    pub(crate) fn new(case: &'c Case<'a>) -> Self {
        let each = |partition| (partition, OnceCell::new());
        Self {
            case,
            by_partition: PARTITIONS.map(each),
        }
    }

    pub(crate) fn of(&self, partition: &'static str) -> &Source {
        // Made for each partition once: a distribution may read hundreds of buckets.
        let known = self.by_partition.iter().find(|(it, _)| *it == partition);
        let (_, source) = known.unwrap_or(&self.by_partition[0]);
        source.get_or_init(|| Source::of(self.case, partition))
    }
}

impl Source {
    fn of(case: &Case<'_>, bucket_partition: &'static str) -> Self {
        // GovCloud has no CloudFront of its own.
        let partition = match bucket_partition {
            "aws-us-gov" => "aws",
            other => other,
        };
        let candidate = case.candidate;
        let id = match (&candidate.arn, &candidate.id, &case.facts.account) {
            // A distribution of a stack that is still to be made: the policy of the same template
            // has the same expression.
            (Some(arn), _, _) if is_open(arn) => SourceId::New(arn.clone()),
            (Some(arn), _, _) => SourceId::Arn(arn.clone()),
            (None, Some(id), Some(account)) => SourceId::Arn(format!(
                "arn:{partition}:cloudfront::{account}:distribution/{id}"
            )),
            // Before the creation no ID is known, but every distribution of the account has this
            // prefix: a policy for all of them is proven to let it in.
            (None, None, Some(account)) => SourceId::Account(format!(
                "arn:{partition}:cloudfront::{account}:distribution/"
            )),
            _ => SourceId::Unknown,
        };
        let account = match &id {
            SourceId::Arn(arn) | SourceId::New(arn) | SourceId::Account(arn) => account_of(arn),
            SourceId::Unknown => None,
        };
        Self {
            account: account.map(str::to_owned),
            partition,
            id,
        }
    }

    /// CloudFront's service principal, on behalf of it.
    pub(crate) fn asker(&self) -> Asker<'_> {
        let source_arn = match &self.id {
            SourceId::Arn(arn) | SourceId::New(arn) => Some(Text::Is(arn)),
            SourceId::Account(prefix) => Some(Text::Below(prefix)),
            SourceId::Unknown => None,
        };
        Asker::CloudFront {
            source_arn,
            source_account: self.account(),
        }
    }

    fn account(&self) -> Option<&str> {
        self.account.as_deref()
    }

    /// Whether the distribution is still to be created: what lets it in may come with it.
    pub(crate) fn is_to_be_created(&self) -> bool {
        !matches!(self.id, SourceId::Arn(_))
    }

    /// Its name in messages.
    pub(crate) fn in_words(&self) -> String {
        match (&self.id, self.account()) {
            (SourceId::Arn(arn), _) => format!("this distribution, `{arn}`,"),
            (SourceId::New(_) | SourceId::Account(_), Some(account)) if !is_open(account) => {
                format!("a new distribution of account {account}")
            }
            _ => "this distribution".to_owned(),
        }
    }

    /// The ARN to write into a policy, of this distribution only: with a placeholder for what is not
    /// known. The expression for a distribution that the document makes is of use in that document
    /// alone.
    pub(crate) fn arn(&self, in_document: bool) -> Cow<'_, str> {
        match &self.id {
            SourceId::Arn(arn) => arn.into(),
            SourceId::New(arn) if in_document => arn.into(),
            _ => {
                let account = self.account().filter(|account| !is_open(account));
                let account = account.unwrap_or("ACCOUNT_ID");
                let partition = self.partition;
                format!("arn:{partition}:cloudfront::{account}:distribution/DISTRIBUTION_ID").into()
            }
        }
    }
}

/// What the placeholders of a policy's text stand for; nothing where it has none.
pub(in crate::rules) fn placeholders(text: &str) -> &'static str {
    match (
        text.contains("ACCOUNT_ID"),
        text.contains("DISTRIBUTION_ID"),
    ) {
        (true, _) => {
            ", with the distribution's account and, once it is created, its ID in the places of \
             ACCOUNT_ID and DISTRIBUTION_ID"
        }
        (false, true) => {
            ", with the distribution's ID, once it is created, in the place of DISTRIBUTION_ID"
        }
        (false, false) => "",
    }
}

/// The account in a distribution's ARN; where a template leaves that open, it has colons itself.
fn account_of(arn: &str) -> Option<&str> {
    let (_, rest) = arn.split_once(":cloudfront::")?;
    let (account, _) = rest.split_once(":distribution/")?;
    Some(account)
}
