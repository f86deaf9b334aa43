use super::Requirement;

/// The fact of what the edge answers.
pub const EDGE_ANSWER: &str = "edge answer";

/// Something about an origin: known, or unknown for a stated cause.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Fact<T> {
    /// AWS or the network said so.
    Known(T),
    /// It could not be found out.
    Unknown(Unknown),
}

/// A fact that is not known, and why.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Unknown {
    /// What would be known, such as `bucket` or `bucket owner`.
    pub fact: &'static str,
    /// About which bucket, ID or value.
    pub subject: String,
    /// Why it is not.
    pub cause: UnknownCause,
}

/// The kinds of not knowing; only the first blocks a gate.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum UnknownCause {
    /// The guard tried and could not check it.
    ProbeFailed(ProbeFailure),
    /// The candidate leaves the value to the deployment: the whole sentence that says so.
    NotDecidedYet(String),
    /// What AWS said depends on something that no call reports, at least none that is allowed here.
    Undecidable {
        /// On what.
        on: String,
        /// What would decide it.
        needs: Requirement,
    },
    /// A setting switched the probe off, or a rule asked beyond what was gathered.
    NotAskedFor,
    /// A sweep asks for it at depth `full` only.
    BeyondDepth,
}

/// Why a probe failed.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum ProbeFailure {
    /// Refused: the IAM action that is missing.
    Denied {
        /// Such as `s3:ListAllMyBuckets`.
        permission: &'static str,
    },
    /// AWS asked to slow down, to the end of the retries.
    Throttled,
    /// No answer in time.
    TimedOut,
    /// No connection, or a broken one.
    Unreachable(String),
    /// An answer that says nothing about the subject: a server error, or one we don't know.
    Failed(String),
    /// Another account has the subject, and does not show what is asked.
    Closed {
        /// What it does not show.
        on: String,
        /// What would show it, or be accepted in its place.
        needs: String,
    },
    /// The candidate replaces a distribution and does not say which: what hangs on that, as a clause.
    Unidentified(String),
    /// A part of the candidate's document that the guard does not read.
    NotRead {
        /// Why, as a clause.
        why: String,
        /// A document in which it can be read.
        needs: String,
    },
}

impl<T> Fact<T> {
    /// A fact that AWS was not asked about.
    #[must_use]
    pub fn not_asked(fact: &'static str, subject: &str) -> Self {
        Self::Unknown(Unknown {
            fact,
            subject: subject.to_owned(),
            cause: UnknownCause::NotAskedFor,
        })
    }

    /// The value, if it is known.
    pub fn known(&self) -> Option<&T> {
        match self {
            Self::Known(value) => Some(value),
            Self::Unknown(_) => None,
        }
    }

    /// Whether it could not be found out, and may be at another time.
    #[must_use]
    pub fn is_retried(&self) -> bool {
        matches!(self, Self::Unknown(unknown) if unknown.blocks())
    }
}

impl ProbeFailure {
    fn each_text(&mut self, change: &dyn Fn(&mut String)) {
        match self {
            Self::Unreachable(text) | Self::Failed(text) | Self::Unidentified(text) => change(text),
            Self::Closed { on: text, needs } | Self::NotRead { why: text, needs } => {
                change(text);
                change(needs);
            }
            Self::Denied { .. } | Self::Throttled | Self::TimedOut => {}
        }
    }
}

impl Unknown {
    /// A fact that the guard tried to find and could not.
    #[must_use]
    pub fn probe_failed(fact: &'static str, subject: &str, why: ProbeFailure) -> Self {
        Self {
            fact,
            subject: subject.to_owned(),
            cause: UnknownCause::ProbeFailed(why),
        }
    }

    /// A fact about a value that only the deployment decides.
    #[must_use]
    pub fn not_decided(fact: &'static str, expression: &str) -> Self {
        Self::known_later(fact, expression, &format!("{fact} `{expression}`"), "")
    }

    /// A fact that only the deployment decides: `what` is known then, and `why` it is not before, each a
    /// part of one sentence.
    #[must_use]
    pub fn known_later(fact: &'static str, subject: &str, what: &str, why: &str) -> Self {
        let sentence = match why {
            "" => format!("{what} is known only after the deployment"),
            why => format!("{what} is known only after the deployment: {why}"),
        };
        Self {
            fact,
            subject: subject.to_owned(),
            cause: UnknownCause::NotDecidedYet(sentence),
        }
    }

    /// A fact that is known and decides nothing, since it depends on what no call reports.
    #[must_use]
    pub fn undecidable(fact: &'static str, subject: &str, on: impl Into<String>) -> Self {
        Self {
            fact,
            subject: subject.to_owned(),
            cause: UnknownCause::Undecidable {
                on: on.into(),
                needs: Requirement::ManualReview,
            },
        }
    }

    /// A fact that AWS does not report without something that the guard does not have.
    #[must_use]
    pub fn without(
        fact: &'static str,
        subject: &str,
        on: impl Into<String>,
        needs: Requirement,
    ) -> Self {
        Self {
            fact,
            subject: subject.to_owned(),
            cause: UnknownCause::Undecidable {
                on: on.into(),
                needs,
            },
        }
    }

    /// The same where the contract declares what it would show: that it is not shown blocks nothing.
    #[must_use]
    pub fn as_declared(&self) -> Self {
        match &self.cause {
            UnknownCause::ProbeFailed(ProbeFailure::Closed { on, needs }) => Self::without(
                self.fact,
                &self.subject,
                on,
                Requirement::Grant(needs.clone()),
            ),
            _ => self.clone(),
        }
    }

    /// Whether the guard tried and failed.
    #[must_use]
    pub fn blocks(&self) -> bool {
        // Only what was tried and failed: what the deployment decides cannot be known by any retry,
        // and what was not asked for was a choice.
        matches!(self.cause, UnknownCause::ProbeFailed(_))
    }

    /// Changes every text in it that may come from a config.
    pub(crate) fn each_text(&mut self, change: &dyn Fn(&mut String)) {
        change(&mut self.subject);
        match &mut self.cause {
            UnknownCause::ProbeFailed(failure) => failure.each_text(change),
            UnknownCause::NotDecidedYet(text) => change(text),
            UnknownCause::Undecidable { on, needs } => {
                change(on);
                needs.each_text(change);
            }
            UnknownCause::NotAskedFor | UnknownCause::BeyondDepth => {}
        }
    }

    /// The cause in words.
    #[must_use]
    pub fn cause_text(&self) -> String {
        match &self.cause {
            UnknownCause::ProbeFailed(ProbeFailure::Denied { permission }) => {
                format!("denied: the guard has no {permission} for it")
            }
            UnknownCause::ProbeFailed(ProbeFailure::Throttled) => {
                "throttled: AWS asked to slow down".to_owned()
            }
            UnknownCause::ProbeFailed(ProbeFailure::TimedOut) => {
                "timed out: no answer in time".to_owned()
            }
            UnknownCause::ProbeFailed(ProbeFailure::Unreachable(detail)) => {
                format!("unreachable: {detail}")
            }
            UnknownCause::ProbeFailed(ProbeFailure::Failed(detail)) => format!("failed: {detail}"),
            UnknownCause::ProbeFailed(ProbeFailure::Closed { on, .. }) => format!("closed: {on}"),
            UnknownCause::ProbeFailed(ProbeFailure::NotRead { why, .. }) => {
                format!("not judged: {why}")
            }
            UnknownCause::ProbeFailed(ProbeFailure::Unidentified(on)) => {
                format!("the candidate does not say which distribution it is: {on}")
            }
            UnknownCause::NotDecidedYet(sentence) => sentence.clone(),
            UnknownCause::Undecidable { on, .. } => format!("not decidable: {on}"),
            UnknownCause::NotAskedFor => "not asked for".to_owned(),
            UnknownCause::BeyondDepth => "not asked for at depth `existence`".to_owned(),
        }
    }

    /// The cause in words, then what the fact needs.
    #[must_use]
    pub fn cause_and_need(&self) -> String {
        let cause = self.cause_text();
        match self.needs() {
            Some(needs) => format!("{cause}; needs {needs}"),
            None => cause,
        }
    }

    /// What would make it known; nothing for what the deployment decides, of which the cause is a whole
    /// sentence.
    #[must_use]
    pub fn needs(&self) -> Option<Requirement> {
        Some(match &self.cause {
            UnknownCause::ProbeFailed(ProbeFailure::Denied { permission }) => {
                Requirement::Permission(permission)
            }
            UnknownCause::ProbeFailed(ProbeFailure::Closed { needs, .. }) => {
                Requirement::Grant(needs.clone())
            }
            UnknownCause::ProbeFailed(ProbeFailure::NotRead { needs, .. }) => {
                Requirement::Document(needs.clone())
            }
            UnknownCause::ProbeFailed(ProbeFailure::Unidentified(_)) => Requirement::Identity,
            UnknownCause::Undecidable { needs, .. } => needs.clone(),
            // Throttled, timed out, unreachable: the same call may succeed at another time.
            UnknownCause::ProbeFailed(_) => Requirement::Retry,
            UnknownCause::NotDecidedYet(_) => return None,
            // Hosts and the edge are what settings switch off; all others lack an account.
            UnknownCause::NotAskedFor if self.fact == super::ORIGIN_HOST => {
                Requirement::Setting("ORIGIN_GUARD_NETWORK=on")
            }
            UnknownCause::NotAskedFor if self.fact == EDGE_ANSWER => {
                Requirement::Setting("ORIGIN_GUARD_EDGE=on")
            }
            UnknownCause::NotAskedFor => Requirement::Account,
            UnknownCause::BeyondDepth => Requirement::FullSweep,
        })
    }
}
