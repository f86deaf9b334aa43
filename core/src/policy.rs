//! Resource policies of buckets and KMS keys: whether one lets CloudFront in.
//!
//! Follows the evaluation of a single resource policy
//! (<https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_evaluation-logic.html>): CloudFront's
//! service principal and origin access identities have no identity policies, so nothing else
//! grants. What a request's context does not determine is never guessed: the answer then is
//! [`Grant::Undecided`] with the element that stands in the way.

mod condition;
mod expected;
mod parse;
mod pattern;
mod principal;

use std::fmt;

use condition::Condition;
use pattern::{Pattern, Truth};
use principal::Principals;

use crate::distribution::is_open;

pub use expected::Expected;
pub use parse::PolicyError;

/// A bucket policy or a key policy, compiled.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Policy {
    statements: Vec<Statement>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
struct Statement {
    name: String,
    allows: bool,
    principals: Principals,
    actions: Patterns,
    resources: Patterns,
    conditions: Vec<Condition>,
}

/// `Action` or `Resource`, or what is in their place with `Not`.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Patterns {
    element: &'static str,
    negated: bool,
    any_of: Vec<Pattern>,
}

/// May this principal do this?
#[derive(Debug, Clone, Copy)]
pub struct Question<'a> {
    /// Who asks.
    pub asker: Asker<'a>,
    /// Such as `s3:GetObject`.
    pub action: &'a str,
    /// The ARN of one resource, or of all below a prefix.
    pub resource: Text<'a>,
    /// The account that owns the resource, where that is known.
    pub resource_account: Option<&'a str>,
    /// Through what.
    pub via: Via<'a>,
}

/// Through what a resource is asked.
#[derive(Debug, Clone, Copy)]
pub enum Via<'a> {
    /// Nothing between.
    Directly,
    /// An access point of S3.
    AccessPoint {
        /// Its ARN.
        arn: &'a str,
        /// The account that owns it.
        account: Option<&'a str>,
    },
    /// A function URL with this `AuthType`.
    FunctionUrl(&'a str),
}

/// Who asks.
#[derive(Debug, Clone, Copy)]
pub enum Asker<'a> {
    /// CloudFront's service principal, over TLS, on behalf of a distribution.
    CloudFront {
        /// The distribution's ARN; all below a prefix while the distribution is not created.
        source_arn: Option<Text<'a>>,
        /// The distribution's account.
        source_account: Option<&'a str>,
    },
    /// An origin access identity.
    Identity {
        /// Its ID.
        id: &'a str,
        /// The canonical user that stands for it, where that is known.
        canonical_user: Option<&'a str>,
    },
    /// An anonymous principal: the request is not signed.
    Anonymous {
        /// Whether it comes over TLS.
        tls: bool,
    },
}

/// A text, or every longer text that begins with it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Text<'a> {
    /// This one.
    Is(&'a str),
    /// Every text that begins with this one and goes on.
    Below(&'a str),
}

/// What a policy says to a question.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Grant<'p> {
    /// Yes, to all that was asked for.
    Granted,
    /// No statement allows it: the one that comes nearest, and the last element that it fails by.
    NotGranted {
        /// None in a policy that allows nothing.
        nearest: Option<Reason<'p>>,
    },
    /// A statement denies it: its element that does so.
    Denied(Reason<'p>),
    /// It depends on what the question does not determine.
    Undecided(Reason<'p>),
}

/// An element of a statement.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Reason<'p> {
    /// The statement's `Sid`, or its number in the policy from 1.
    pub statement: &'p str,
    /// The element.
    pub element: Element<'p>,
}

/// What part of a statement.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Element<'p> {
    /// `Principal`, `NotPrincipal`, `Action`, `NotAction`, `Resource` or `NotResource`.
    Field(&'static str),
    /// A key of a condition.
    Condition {
        /// Such as `StringEquals`.
        operator: &'p str,
        /// Such as `AWS:SourceArn`, as it is written.
        key: &'p str,
        /// What it is compared with.
        expected: &'p Expected,
    },
}

impl Text<'_> {
    /// Whether it has a part that only a deployment resolves.
    fn is_open(self) -> bool {
        let (Self::Is(text) | Self::Below(text)) = self;
        is_open(text)
    }
}

impl Asker<'_> {
    /// The name of CloudFront's service principal.
    pub const CLOUDFRONT: &'static str = "cloudfront.amazonaws.com";
}

/// One statement's answer.
struct Reading<'p> {
    truth: Truth,
    /// How far it is from fitting: whom it is for weighs most, a condition least.
    misses: usize,
    /// The last element that does not fit, or else the first one that is not decided.
    reason: Option<Element<'p>>,
    /// It fits only some of the resources that were asked for.
    partial: bool,
}

impl Policy {
    /// Reads a policy document.
    ///
    /// # Errors
    /// If it is not JSON, or not a resource policy.
    pub fn parse(json: &str) -> Result<Self, PolicyError> {
        parse::policy(json)
    }

    /// Reads a policy that a template holds: what it leaves to the deployment is `${…}`, which
    /// matches where the question has the same expression, and else decides nothing.
    ///
    /// # Errors
    /// As [`Policy::parse`].
    pub fn of_template(document: &serde_json::Value) -> Result<Self, PolicyError> {
        parse::document(document, true)
    }

    /// Answers a question.
    #[must_use]
    pub fn grants(&self, question: &Question<'_>) -> Grant<'_> {
        match (self.denial(question), self.allowance(question)) {
            // An explicit deny outweighs every allow
            // (https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_evaluation-logic.html).
            (Some((Truth::Yes, reason)), _) => Grant::Denied(reason),
            // A grant with a denial that may hold is no proof of access.
            (Some((_, reason)), Grant::Granted) => Grant::Undecided(reason),
            // An open denial changes nothing where nothing allows.
            (_, allowance) => allowance,
        }
    }

    /// The first statement that denies it, or that may.
    fn denial(&self, question: &Question<'_>) -> Option<(Truth, Reason<'_>)> {
        let mut open = None;
        for statement in self.statements.iter().filter(|it| !it.allows) {
            let reading = statement.read(question);
            match reading.truth {
                Truth::Yes => return Some((Truth::Yes, statement.reason(statement.denying()))),
                // To close some folders is a purpose of its own, and leaves the others open.
                Truth::Maybe if reading.partial => {}
                Truth::Maybe => {
                    let reason = reading.reason.map(|element| statement.reason(element));
                    open = open.or(reason.map(|reason| (Truth::Maybe, reason)));
                }
                Truth::No => {}
            }
        }
        open
    }

    /// What the statements that allow say, as if none denied.
    pub(crate) fn allowance(&self, question: &Question<'_>) -> Grant<'_> {
        let mut open: Option<Reason<'_>> = None;
        let mut nearest: Option<(usize, Reason<'_>)> = None;
        for statement in self.statements.iter().filter(|it| it.allows) {
            let reading = statement.read(question);
            let reason = reading.reason.map(|element| statement.reason(element));
            match reading.truth {
                Truth::Yes => return Grant::Granted,
                Truth::Maybe => open = open.or(reason),
                Truth::No => {
                    // The statement that was probably meant for this reader is the one to correct in
                    // the message: the first of several that are as near.
                    let nearer = nearest.is_none_or(|(misses, _)| reading.misses < misses);
                    if let Some(reason) = reason.filter(|_| nearer) {
                        nearest = Some((reading.misses, reason));
                    }
                }
            }
        }
        match open {
            Some(reason) => Grant::Undecided(reason),
            None => Grant::NotGranted {
                nearest: nearest.map(|(_, reason)| reason),
            },
        }
    }
}

impl Statement {
    fn read<'p>(&'p self, question: &Question<'_>) -> Reading<'p> {
        let mut reading = Reading {
            truth: Truth::Yes,
            misses: 0,
            reason: None,
            partial: false,
        };
        // 8, 4, 2 and 1 as weights: a statement for the right principal with a wrong ARN is nearer
        // than one for another principal where all else fits.
        reading.take(
            self.principals.hold(question.asker),
            Element::Field(self.principals.element()),
            8,
        );
        reading.take(
            self.actions.hold(Text::Is(question.action)),
            Element::Field(self.actions.element),
            4,
        );
        let resources = self.resources.hold(question.resource);
        reading.partial = resources == Truth::Maybe && self.resources.are_a_part(question.resource);
        reading.take(resources, Element::Field(self.resources.element), 2);
        for condition in &self.conditions {
            reading.take(condition.holds(question), condition.element(), 1);
        }
        reading
    }

    fn reason<'p>(&'p self, element: Element<'p>) -> Reason<'p> {
        Reason {
            statement: &self.name,
            element,
        }
    }

    /// What a denial is about: the distributions that it excepts, else its last condition, or whom it
    /// names.
    fn denying(&self) -> Element<'_> {
        let excepting = self.conditions.iter().find(|it| it.excepts_sources());
        excepting.or(self.conditions.last()).map_or(
            Element::Field(self.principals.element()),
            Condition::element,
        )
    }
}

impl<'p> Reading<'p> {
    fn take(&mut self, truth: Truth, element: Element<'p>, weight: usize) {
        match truth {
            Truth::Yes => {}
            Truth::Maybe => {
                // Of open elements the first, of failing ones the last: a failing one decides,
                // whatever is open.
                self.reason.get_or_insert(element);
            }
            Truth::No => {
                self.misses += weight;
                self.reason = Some(element);
            }
        }
        self.truth = self.truth.and(truth);
    }
}

impl Patterns {
    fn hold(&self, text: Text<'_>) -> Truth {
        let any = Truth::any(self.any_of.iter().map(|pattern| pattern.matches(text)));
        if self.negated { any.not() } else { any }
    }

    /// Whether what may fit is certainly a part of all that was asked for. The rest of all but a part,
    /// and what an open pattern comes to, may be everything.
    fn are_a_part(&self, text: Text<'_>) -> bool {
        let mut open = self.any_of.iter();
        !self.negated
            && open.all(|pattern| pattern.matches(text) == pattern.matches_as_written(text))
    }
}

impl fmt::Display for Element<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Field(name) => f.write_str(name),
            Self::Condition {
                operator,
                key,
                expected,
            } => write!(f, "{operator} {key} {expected}"),
        }
    }
}

impl fmt::Display for Reason<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "statement `{}`: {}", self.statement, self.element)
    }
}

#[cfg(test)]
mod oracle;
#[cfg(test)]
mod tests;
