use std::fmt;

/// What would make an unknown fact known: the one place in which that is put into words.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Requirement {
    /// An IAM action for the guard, such as `s3:ListAllMyBuckets`.
    Permission(&'static str),
    /// What the owner of the subject adds to a policy, or you to the contract.
    Grant(String),
    /// A document in the place of the one that was given.
    Document(String),
    /// The same call at another time.
    Retry,
    /// A setting of the guard, such as `ORIGIN_GUARD_NETWORK=on`.
    Setting(&'static str),
    /// An AWS account to ask.
    Account,
    /// A sweep that asks for more.
    FullSweep,
    /// Credentials that are valid in another partition, by its name in ARNs.
    Credentials(&'static str),
    /// DNS servers on the internet.
    OutsideNetwork,
    /// Which distribution the candidate is for.
    Identity,
    /// No call decides it.
    ManualReview,
    /// No call reads it: what must be so.
    ReviewOf(String),
    /// Only the account that owns the subject can ask.
    OwnerReview,
}

impl Requirement {
    /// What to do, in a sentence without a full stop.
    #[must_use]
    pub fn next_step(&self) -> String {
        match self {
            Self::Permission(action) => format!("Grant {action} to the guard, then run it again"),
            Self::Grant(what) => format!("Add {what}; then run the guard again"),
            Self::Document(what) => format!("Give {what}; then run the guard again"),
            Self::Retry => "Run the guard again".to_owned(),
            Self::Identity => format!("Pass {self}; then run the guard again"),
            _ => format!("It needs {self}; run the guard again"),
        }
    }
}

impl Requirement {
    /// Changes every text in it that may come from a config.
    pub(super) fn each_text(&mut self, change: &dyn Fn(&mut String)) {
        match self {
            Self::Grant(text) | Self::Document(text) | Self::ReviewOf(text) => change(text),
            Self::Permission(_)
            | Self::Retry
            | Self::Setting(_)
            | Self::Account
            | Self::FullSweep
            | Self::Credentials(_)
            | Self::OutsideNetwork
            | Self::Identity
            | Self::ManualReview
            | Self::OwnerReview => {}
        }
    }
}

impl fmt::Display for Requirement {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Permission(action) => f.write_str(action),
            Self::Grant(what) | Self::Document(what) => f.write_str(what),
            Self::Retry => f.write_str("a retry"),
            Self::Setting(setting) => write!(f, "a run with {setting}"),
            Self::Account => f.write_str("a run with an AWS account"),
            Self::FullSweep => f.write_str("a sweep of depth `full`"),
            Self::Credentials(partition) => {
                write!(f, "a run with credentials of partition {partition}")
            }
            Self::OutsideNetwork => f.write_str("a run outside that network"),
            Self::Identity => {
                f.write_str("`--distribution` (`distribution` in UserParameters), which names it")
            }
            Self::ReviewOf(what) => write!(f, "a manual review: {what}"),
            Self::ManualReview => f.write_str("manual review"),
            Self::OwnerReview => f.write_str("a check by its owner"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_next_step_says_what_to_do_about_each() {
        let grant =
            Requirement::Grant("this statement: {\"Action\": \"s3:ListBucket\"}".to_owned());
        for (requirement, step) in [
            (
                Requirement::Permission("s3:ListAllMyBuckets"),
                "Grant s3:ListAllMyBuckets to the guard, then run it again",
            ),
            (
                grant,
                "Add this statement: {\"Action\": \"s3:ListBucket\"}; then run the guard again",
            ),
            (Requirement::Retry, "Run the guard again"),
            (
                Requirement::Identity,
                "Pass `--distribution` (`distribution` in UserParameters), which names it; then run the guard again",
            ),
            (
                Requirement::ManualReview,
                "It needs manual review; run the guard again",
            ),
        ] {
            assert_eq!(requirement.next_step(), step);
        }
    }
}
