use super::{Case, OriginMap};
use crate::finding::Findings;
use crate::outcome::EdgeResult;
use crate::rule::RuleInfo;

/// One thing that can be wrong, and the function that finds it.
#[derive(Debug)]
pub struct Rule {
    /// Its name, phase, severity and page.
    pub info: RuleInfo,
    /// The function that finds it.
    pub check: Check,
}

/// A rule's function; one of phase 2 cannot be called without the map that phase 1 built.
#[derive(Debug, Clone, Copy)]
pub enum Check {
    /// Phase 1.
    OriginMap(fn(&Case<'_>, &mut Findings)),
    /// Phase 2.
    Behaviors(for<'a> fn(&Case<'a>, &OriginMap<'a>, &mut Findings)),
    /// After a deployment.
    Edge(fn(&Case<'_>, &[EdgeResult], &mut Findings)),
}

/// Defines a rule: its doc comment, which is the user's page, then name, phase, severity, function.
macro_rules! rule {
    ($(#[doc = $doc:expr])+ $name:literal, $phase:ident, $severity:ident, $check:path $(,)?) => {
        $(#[doc = $doc])+
        pub(crate) static RULE: $crate::rules::Rule = $crate::rules::Rule {
            info: $crate::rule::RuleInfo {
                name: $name,
                phase: $crate::rule::Phase::$phase,
                severity: $crate::rule::Severity::$severity,
                // The function prints no page, and all of them are a hundred kilobytes.
                doc: if cfg!(any(feature = "cli", test)) { concat!($($doc, "\n"),+) } else { "" },
            },
            check: $crate::rules::Check::$phase($check),
        };
    };
}
