//! A distribution by the name that a person gives it: its ID, its ARN, an alias, or its own domain.

use futures_util::stream::{self, StreamExt as _};

use crate::candidate::{Candidate, Live, Source};
use crate::distribution::DistributionId;
use crate::error::GuardError;
use crate::ports::{Account, listed};

/// Live configs that are read at the same time: few, so that CloudFront does not throttle an account
/// with many distributions.
const READ_AT_ONCE: usize = 4;

/// A name of a distribution, in the spelling of AWS.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum DistributionName {
    /// Its ID, such as `E2EXAMPLE1GUARD`.
    Id(DistributionId),
    /// A domain that viewers use: an alias, or its own, such as `d111111abcdef8.cloudfront.net`.
    Domain(String),
}

impl DistributionName {
    /// Reads an ID, an ARN, an alias or a `d….cloudfront.net`, in any case.
    #[must_use]
    pub(crate) fn parse(name: &str) -> Self {
        let name = name.trim();
        if let Some(id) = id_of_arn(name) {
            Self::Id(id.to_ascii_uppercase().into())
        } else if name.contains('.') {
            // An ID has no dot and a domain always has one, so that an ID costs no call.
            Self::Domain(name.to_ascii_lowercase())
        } else {
            Self::Id(name.to_ascii_uppercase().into())
        }
    }
}

/// What follows `distribution/` in `arn:aws:cloudfront::111122223333:distribution/E2EXAMPLE1GUARD`.
fn id_of_arn(name: &str) -> Option<&str> {
    let is_arn = name
        .get(..4)
        .is_some_and(|start| start.eq_ignore_ascii_case("arn:"));
    name.rsplit_once('/').map(|(_, id)| id).filter(|_| is_arn)
}

/// The ID of a distribution, by any of its names.
///
/// # Errors
/// If no distribution of the account has the domain, or the account cannot be asked.
pub async fn distribution_id(
    account: &impl Account,
    name: &str,
) -> Result<DistributionId, GuardError> {
    let domain = match DistributionName::parse(name) {
        DistributionName::Id(id) => return Ok(id),
        DistributionName::Domain(domain) => domain,
    };
    account.find_by_domain(&domain).await?.ok_or_else(|| {
        GuardError::configuration(
            format!("no distribution of this account has the alias or domain name `{domain}`"),
            "Check its spelling and the account, or name the distribution by its ID",
        )
    })
}

/// Reads what CloudFront runs now, by a distribution's ID, ARN, alias or domain.
///
/// # Errors
/// If it cannot be read.
pub async fn live(account: &impl Account, name: &str) -> Result<Live, GuardError> {
    let id = distribution_id(account, name).await?;
    account.live(&id).await
}

/// What CloudFront runs now, as a candidate.
pub(super) async fn live_candidate(
    account: &impl Account,
    name: &str,
) -> Result<Candidate, GuardError> {
    // By the ID that was found, and not by the name: reports and policies know the ID only.
    let id = distribution_id(account, name).await?;
    candidate_of(account, &id).await
}

async fn candidate_of(
    account: &impl Account,
    id: &DistributionId,
) -> Result<Candidate, GuardError> {
    let live = account.live(id).await?.distribution;
    Ok(Candidate::of_config(live, Source::Live, id.as_str()))
}

/// How much of a live config is needed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Whole {
    /// What a rule judges.
    Judged,
    /// Every member: it is compared with another config.
    Compared,
}

/// What CloudFront runs now of every distribution of the account, in the order in which it lists
/// them; one that cannot be read is an error among the others.
///
/// The list shows all that rules judge, but for the parameters of tenants; only where more is needed is a
/// distribution read by itself.
///
/// # Errors
/// If the distributions cannot be listed.
pub async fn all_live(
    account: &impl Account,
    whole: Whole,
) -> Result<Vec<Result<Candidate, GuardError>>, GuardError> {
    let mut all = Vec::new();
    listed(account, |item| all.push(item)).await?;
    let reading = stream::iter(all).map(|item| async move {
        let distribution = item?.distribution;
        match &distribution.id {
            Some(id) if whole == Whole::Compared || distribution.multi_tenant => {
                candidate_of(account, id).await
            }
            id => {
                let document = id.as_ref().map(ToString::to_string).unwrap_or_default();
                Ok(Candidate::of_config(distribution, Source::Live, document))
            }
        }
    });
    // `buffered` keeps the order in which CloudFront lists them, whichever answer comes first.
    Ok(reading.buffered(READ_AT_ONCE).collect().await)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_name_is_read_in_any_case() {
        let id = DistributionName::Id("E2EXAMPLE1GUARD".into());
        for name in [
            "E2EXAMPLE1GUARD",
            "e2example1guard",
            " E2EXAMPLE1GUARD ",
            "arn:aws:cloudfront::111122223333:distribution/E2EXAMPLE1GUARD",
            "ARN:AWS-CN:CLOUDFRONT::111122223333:DISTRIBUTION/e2example1guard",
        ] {
            assert_eq!(DistributionName::parse(name), id, "{name}");
        }
        for (name, domain) in [
            ("WWW.Example.com", "www.example.com"),
            (
                "D111111ABCDEF8.CloudFront.net",
                "d111111abcdef8.cloudfront.net",
            ),
        ] {
            let expected = DistributionName::Domain(domain.to_owned());
            assert_eq!(DistributionName::parse(name), expected);
        }
    }
}
