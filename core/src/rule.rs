//! What a rule is called, when it runs and how much it weighs: the ground that findings, the contract
//! and the rules themselves share.

/// A rule by its name: one thing that can be wrong.
#[derive(Debug)]
pub struct RuleInfo {
    /// Kebab case; says the bad state and never changes.
    pub name: &'static str,
    /// Which phase it belongs to.
    pub phase: Phase,
    /// How much its findings weigh, unless one says otherwise.
    pub severity: Severity,
    /// The page: the doc comment of the rule, in Markdown; empty without the feature `cli`.
    pub doc: &'static str,
}

/// The phases: two of a config, and one of what is deployed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Phase {
    /// The origins and origin groups.
    OriginMap,
    /// The behaviors, against the map.
    Behaviors,
    /// What the edge answers after a deployment.
    Edge,
}

/// How much a finding weighs.
#[derive(
    Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, serde::Serialize, serde::Deserialize,
)]
#[serde(rename_all = "lowercase")]
pub enum Severity {
    /// Blocks: CloudFront refuses the config, or viewers get errors or another account's content.
    Error,
    /// Works now and is known to break, or is not what its author meant.
    Warning,
    /// Worth knowing.
    Info,
}

impl Severity {
    /// The name in reports.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Error => "error",
            Self::Warning => "warning",
            Self::Info => "info",
        }
    }
}

/// A rule's page, taken apart.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Page<'a> {
    /// Headings and their texts, in order.
    text: &'a str,
}

impl PartialEq for RuleInfo {
    fn eq(&self, other: &Self) -> bool {
        self.name == other.name
    }
}

impl Eq for RuleInfo {}

impl Phase {
    /// The name in reports.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::OriginMap => "origin-map",
            Self::Behaviors => "behaviors",
            Self::Edge => "edge",
        }
    }
}

impl RuleInfo {
    /// The page that explains the rule.
    #[must_use]
    pub fn page(&self) -> Page<'static> {
        Page { text: self.doc }
    }

    /// The first sentence of the page.
    #[must_use]
    pub fn summary(&self) -> String {
        let text = self.page().section("What it does").unwrap_or_default();
        let sentence = text.split_once(".\n").map_or(text, |(first, _)| first);
        sentence
            .split_once(". ")
            .map_or(sentence, |(first, _)| first)
            .split_whitespace()
            .collect::<Vec<_>>()
            .join(" ")
            .trim_end_matches('.')
            .to_owned()
    }
}

impl<'a> Page<'a> {
    /// The headings every page has.
    pub const HEADINGS: [&'static str; 5] = [
        "What it does",
        "Why is this bad?",
        "Example",
        "How to fix",
        "References",
    ];

    /// The text below a heading.
    #[must_use]
    pub fn section(&self, heading: &str) -> Option<&'a str> {
        self.text
            .split("## ")
            .find_map(|section| section.strip_prefix(heading)?.strip_prefix('\n'))
            .map(str::trim)
    }

    /// The whole page, in Markdown, without the indentation of a doc comment.
    #[must_use]
    pub fn markdown(&self) -> String {
        let lines = self.text.lines();
        lines
            .map(|line| line.strip_prefix(' ').unwrap_or(line).trim_end())
            .collect::<Vec<_>>()
            .join("\n")
            .trim()
            .to_owned()
    }
}
