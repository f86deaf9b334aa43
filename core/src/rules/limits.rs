use crate::rule::Severity;

/// Quotas of CloudFront, which AWS raises on request
/// (<https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/cloudfront-limits.html>).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Limits {
    /// Origins of a distribution.
    pub origins: Quota,
    /// Origin groups of a distribution.
    pub origin_groups: Quota,
    /// Cache behaviors of a distribution, the default one not counted.
    pub behaviors: Quota,
    /// Custom headers of an origin.
    pub origin_headers: Quota,
}

/// One quota, and how well it is known.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Quota {
    /// What AWS gives every account; this one may have had it raised.
    Default(usize),
    /// What was set as this account's own.
    OfAccount(usize),
}

impl Quota {
    /// The most that it allows.
    #[must_use]
    pub fn most(self) -> usize {
        match self {
            Self::Default(most) | Self::OfAccount(most) => most,
        }
    }

    /// How much it weighs that there are so many; `None` where the quota allows them, or the
    /// baseline has as many already: that CloudFront took them proves that the quota was raised.
    #[must_use]
    pub fn exceeded(self, count: usize, in_baseline: Option<usize>) -> Option<Severity> {
        // CloudFront runs as many already, so the quota must be higher than the setting.
        if count <= self.most() || in_baseline.is_some_and(|before| count <= before) {
            return None;
        }
        Some(match self {
            // Quotas are adjustable (Service Quotas): over the default is no proof that this
            // account is refused.
            Self::Default(_) => Severity::Warning,
            // Stated by the user as the account's own, so CloudFront will refuse what exceeds it.
            Self::OfAccount(_) => Severity::Error,
        })
    }

    /// What it is called in messages, with its number.
    #[must_use]
    pub fn text(self) -> String {
        match self {
            Self::Default(most) => format!("the default quota is {most}"),
            Self::OfAccount(most) => format!("the account's quota is {most}"),
        }
    }
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            // The default quotas:
            // https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/cloudfront-limits.html
            origins: Quota::Default(100),
            origin_groups: Quota::Default(10),
            behaviors: Quota::Default(75),
            origin_headers: Quota::Default(30),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_default_quota_may_have_been_raised_and_the_accounts_own_settles_it() {
        assert_eq!(Quota::Default(10).exceeded(10, None), None);
        assert_eq!(
            Quota::Default(10).exceeded(11, None),
            Some(Severity::Warning)
        );
        assert_eq!(
            Quota::OfAccount(10).exceeded(11, None),
            Some(Severity::Error)
        );
        assert_eq!(Quota::OfAccount(20).exceeded(11, None), None);
    }

    #[test]
    fn what_the_baseline_has_already_is_allowed() {
        for quota in [Quota::Default(10), Quota::OfAccount(10)] {
            assert_eq!(quota.exceeded(12, Some(12)), None);
            assert_eq!(quota.exceeded(12, Some(13)), None);
            assert!(quota.exceeded(12, Some(11)).is_some());
        }
    }
}
