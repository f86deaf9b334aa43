//! What stops a command: what is wrong, then what to do about it, in the words of a terminal.

use std::fmt;

use origin_guard::error::GuardError;

/// Why a command ends with exit code 2.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Problem {
    problem: String,
    help: Vec<String>,
}

impl Problem {
    pub(crate) fn new(problem: impl Into<String>) -> Self {
        Self {
            problem: problem.into(),
            help: Vec::new(),
        }
    }

    /// What is wrong.
    pub(crate) fn what(&self) -> &str {
        &self.problem
    }

    /// Adds a line on what to do.
    #[must_use]
    pub(crate) fn help(mut self, help: impl Into<String>) -> Self {
        self.help.push(help.into());
        self
    }
}

impl fmt::Display for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "error: {}", self.problem)?;
        self.help
            .iter()
            .try_for_each(|help| write!(f, "\nhelp: {help}"))
    }
}

impl From<String> for Problem {
    fn from(problem: String) -> Self {
        Self::new(problem)
    }
}

impl From<GuardError> for Problem {
    fn from(error: GuardError) -> Self {
        match error {
            GuardError::Configuration { problem, remedy }
            | GuardError::Missing { problem, remedy }
            | GuardError::OutOfSync { problem, remedy }
            | GuardError::NotDeployed { problem, remedy } => {
                Self::new(problem).help(uncapitalized(&remedy))
            }
            // The function's role is not who asks here.
            GuardError::Permission {
                permission,
                subject,
                detail,
                ..
            } => {
                Self::new(format!("AWS refused {permission} on {subject}: {detail}")).help(format!(
                    "allow {permission} for the identity that `aws sts get-caller-identity` shows"
                ))
            }
            GuardError::Unavailable { subject, problem } => {
                Self::new(format!("{subject}: {problem}")).help("nothing was judged; run it again")
            }
            stale @ GuardError::Stale { .. } => Self::new(stale.to_string()),
        }
    }
}

/// A sentence after a colon; a name such as `ORIGIN_GUARD_LOG` stays as it is.
fn uncapitalized(sentence: &str) -> String {
    let mut letters = sentence.chars();
    match (letters.next(), letters.clone().next()) {
        (Some(first), Some(second)) if first.is_uppercase() && second.is_lowercase() => {
            first.to_lowercase().chain(letters).collect()
        }
        _ => sentence.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_problem_and_its_help_have_a_line_each() {
        let error = GuardError::configuration("`a` has 2 distributions", "Name one of them");
        assert_eq!(
            Problem::from(error).to_string(),
            "error: `a` has 2 distributions\nhelp: name one of them"
        );
    }

    #[test]
    fn who_is_refused_is_the_identity_that_is_signed_in() {
        let text = Problem::from(GuardError::Permission {
            permission: "cloudfront:GetDistribution",
            subject: "E1".to_owned(),
            principal: "the guard's role",
            detail: "not authorized".to_owned(),
        })
        .to_string();
        assert!(
            text.contains("help: allow cloudfront:GetDistribution"),
            "{text}"
        );
        assert!(!text.contains("role"), "{text}");
    }
}
