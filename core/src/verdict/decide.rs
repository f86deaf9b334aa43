use crate::distribution::Hidden;
use crate::finding::{Finding, NeededBy, NeededUnknown};
use crate::outcome::EdgeResult;
use crate::rule::{Phase, Severity};
use crate::rules::Judgement;

/// What an unknown fact does that could not be checked.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum OnUnknown {
    /// The verdict is inconclusive, which fails a gate.
    #[default]
    Block,
    /// It is listed, nothing more.
    Warn,
}

/// Whether the candidate may go on.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Verdict {
    /// The origin contract holds.
    Pass,
    /// Something that blocks could not be checked.
    Inconclusive,
    /// A finding blocks.
    Block,
}

/// How a phase ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct PhaseOutcome {
    /// Which phase.
    pub phase: Phase,
    /// Its own verdict.
    pub verdict: Verdict,
    /// Phase 2, while phase 1 blocks: what it says may change once the map is fixed.
    pub provisional: bool,
}

/// The verdict, and what led to it.
#[derive(Debug, Clone)]
pub struct Decision {
    /// The verdict.
    pub verdict: Verdict,
    /// The phases in their order: two, and the edge's where that was to be asked.
    pub phases: Vec<PhaseOutcome>,
    /// Every finding: what blocks first, then by phase, rule and document; what is waived last.
    pub findings: Vec<Finding>,
    /// Every unknown, those that block first.
    pub unknowns: Vec<NeededUnknown>,
    /// What asking the edge came to, where it was to be asked.
    pub edge: Option<Vec<EdgeResult>>,
    /// Whether those unknowns that block do.
    pub on_unknown: OnUnknown,
    /// What a reader must know before all that, in sentences.
    pub notes: Vec<String>,
}

impl Verdict {
    /// The name in reports.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Pass => "pass",
            Self::Inconclusive => "inconclusive",
            Self::Block => "block",
        }
    }
}

impl Decision {
    /// Hides in every text what no reader may see.
    pub fn hide(&mut self, hidden: &Hidden) {
        for finding in &mut self.findings {
            finding.hide(hidden);
        }
        for needed in &mut self.unknowns {
            needed.hide(hidden);
        }
    }
}

/// Decides.
#[must_use]
pub fn decide(judgement: Judgement, on_unknown: OnUnknown) -> Decision {
    let Judgement {
        mut findings,
        mut unknowns,
        edge,
    } = judgement;
    // Stable: within these, rules and document keep their order, so that the report is the same
    // every time.
    findings.sort_by_key(|finding| (finding.waived.is_some(), finding.severity, finding.phase));
    unknowns.sort_by_key(|needed| !needed.blocks());
    let mut phases = vec![Phase::OriginMap, Phase::Behaviors];
    phases.extend(edge.is_some().then_some(Phase::Edge));
    let mut is_map_broken = false;
    let phases = phases.into_iter().map(|phase| {
        let verdict = phase_verdict(phase, &findings, &unknowns, on_unknown);
        is_map_broken |= phase == Phase::OriginMap && verdict == Verdict::Block;
        PhaseOutcome {
            phase,
            verdict,
            // An unknown in phase 1 does not make phase 2 provisional: the map itself stands. What the
            // edge answered is seen, and stays so.
            provisional: phase == Phase::Behaviors && is_map_broken,
        }
    });
    let phases: Vec<PhaseOutcome> = phases.collect();
    // Block is worse than inconclusive: an error is proven, whatever else is not known.
    let worst = phases.iter().map(|it| it.verdict).max();
    let fresh = freshness(&unknowns, on_unknown);
    Decision {
        verdict: worst.map_or(fresh, |worst| worst.max(fresh)),
        phases,
        edge,
        findings,
        unknowns,
        on_unknown,
        notes: Vec::new(),
    }
}

fn phase_verdict(
    phase: Phase,
    findings: &[Finding],
    unknowns: &[NeededUnknown],
    on_unknown: OnUnknown,
) -> Verdict {
    let blocked = findings
        .iter()
        .any(|finding| finding.phase == phase && finding.blocks());
    if blocked {
        return Verdict::Block;
    }
    let unsure = unknowns.iter().any(|needed| {
        matches!(needed.needed_by, NeededBy::Rule(rule) if rule.phase == phase) && needed.blocks()
    });
    // A warning that could not be checked is listed and blocks nothing: `blocks` asks for the
    // rule's severity.
    if unsure && on_unknown == OnUnknown::Block {
        Verdict::Inconclusive
    } else {
        Verdict::Pass
    }
}

fn freshness(unknowns: &[NeededUnknown], on_unknown: OnUnknown) -> Verdict {
    let unsure = unknowns.iter().any(|needed| {
        matches!(needed.needed_by, NeededBy::Freshness | NeededBy::Document) && needed.blocks()
    });
    if unsure && on_unknown == OnUnknown::Block {
        Verdict::Inconclusive
    } else {
        Verdict::Pass
    }
}

/// What a distribution that is disabled breaks is worth knowing, and no alarm: deleting one
/// begins with an update that disables it and may take its origins' settings away. Nor is what
/// could not be checked.
pub fn demote(judgement: &mut Judgement) {
    for finding in &mut judgement.findings {
        // Severities order from the worst: an error becomes a warning, and what weighs less stays.
        finding.severity = finding.severity.max(Severity::Warning);
    }
    for needed in &mut judgement.unknowns {
        // What else the document has may serve viewers.
        if needed.needed_by != NeededBy::Document {
            needed.needed_by = NeededBy::Disabled;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::distribution::Unread;
    use crate::edge::EdgeFailure;
    use crate::facts::EDGE_ANSWER;
    use crate::rules::testing::Scene;
    use crate::rules::{Case, judge};

    fn decide_scene(scene: &Scene, on_unknown: OnUnknown) -> Decision {
        let case = Case::new(&scene.candidate, &scene.facts, &scene.limits);
        decide(judge(&case), on_unknown)
    }

    fn healthy() -> Scene {
        Scene::custom("www.example.org")
    }

    #[test]
    fn passes_a_healthy_candidate() {
        let decision = decide_scene(&healthy(), OnUnknown::Block);
        assert_eq!(decision.verdict, Verdict::Pass, "{:#?}", decision.findings);
    }

    #[test]
    fn phase_two_is_provisional_while_phase_one_blocks() {
        let scene = healthy()
            .group("g", &["main", "ghost"])
            .behavior("/x", "nope");
        let decision = decide_scene(&scene, OnUnknown::Block);
        assert_eq!(decision.verdict, Verdict::Block);
        assert_eq!(decision.phases[0].verdict, Verdict::Block);
        assert!(decision.phases[1].provisional);
        assert!(
            decision
                .findings
                .iter()
                .any(|f| f.rule.phase == Phase::Behaviors)
        );
    }

    #[test]
    fn phase_two_stands_when_only_it_blocks() {
        let decision = decide_scene(&healthy().behavior("/x", "nope"), OnUnknown::Block);
        assert_eq!(decision.phases[0].verdict, Verdict::Pass);
        assert_eq!(
            (decision.phases[1].verdict, decision.phases[1].provisional),
            (Verdict::Block, false)
        );
    }

    #[test]
    fn what_could_not_be_looked_at_is_neither_pass_nor_block() {
        let scene = Scene::s3("assets")
            .origin_access_control("EOAC", "s3", "always")
            .bucket_denied("assets");
        assert_eq!(
            decide_scene(&scene, OnUnknown::Block).verdict,
            Verdict::Inconclusive
        );
        assert_eq!(decide_scene(&scene, OnUnknown::Warn).verdict, Verdict::Pass);
    }

    #[test]
    fn what_was_not_requested_does_not_block() {
        let decision = decide_scene(&Scene::s3("assets"), OnUnknown::Block);
        assert_eq!(decision.verdict, Verdict::Pass, "{:#?}", decision.findings);
        assert!(!decision.unknowns.is_empty());
    }

    #[test]
    fn a_demoted_judgement_does_not_block() {
        let scene = healthy().behavior("/x", "nope");
        let case = Case::new(&scene.candidate, &scene.facts, &scene.limits);
        let mut judgement = judge(&case);
        demote(&mut judgement);
        let decision = decide(judgement, OnUnknown::Block);
        assert_eq!(decision.verdict, Verdict::Pass);
        assert!(!decision.findings.is_empty());
    }

    #[test]
    fn a_demoted_judgement_lists_what_could_not_be_looked_at_and_does_not_block() {
        let scene = Scene::s3("assets")
            .origin_access_control("EOAC", "s3", "always")
            .bucket_denied("assets");
        let case = Case::new(&scene.candidate, &scene.facts, &scene.limits);
        let mut judgement = judge(&case);
        demote(&mut judgement);
        let decision = decide(judgement, OnUnknown::Block);
        assert_eq!(decision.verdict, Verdict::Pass);
        assert!(!decision.unknowns.is_empty());
        assert!(!decision.unknowns.iter().any(NeededUnknown::blocks));
    }

    fn with_unread(weighs: bool) -> Scene {
        let mut scene = healthy();
        scene.candidate.unread.push(Unread {
            subject: "awscc_cloudfront_distribution.other".to_owned(),
            why: "it is of another provider".to_owned(),
            needs: "its config".to_owned(),
            document: None,
            weighs,
        });
        scene
    }

    #[test]
    fn a_part_of_the_document_that_is_not_read_makes_no_pass() {
        let scene = with_unread(true);
        let decision = decide_scene(&scene, OnUnknown::Block);
        assert_eq!(decision.verdict, Verdict::Inconclusive);
        assert_eq!(decide_scene(&scene, OnUnknown::Warn).verdict, Verdict::Pass);
        // What has no sign of a distribution is listed.
        let decision = decide_scene(&with_unread(false), OnUnknown::Block);
        assert_eq!(decision.verdict, Verdict::Pass);
        assert!(
            decision
                .unknowns
                .iter()
                .any(|it| it.needed_by == NeededBy::Document)
        );
    }

    #[test]
    fn what_is_not_read_may_serve_viewers_though_what_is_read_is_disabled() {
        let scene = with_unread(true);
        let case = Case::new(&scene.candidate, &scene.facts, &scene.limits);
        let mut judgement = judge(&case);
        demote(&mut judgement);
        let decision = decide(judgement, OnUnknown::Block);
        assert_eq!(decision.verdict, Verdict::Inconclusive);
    }

    fn decide_edge(scene: &Scene, on_unknown: OnUnknown) -> Decision {
        let case = Case::new(&scene.candidate, &scene.facts, &scene.limits);
        let mut judgement = judge(&case);
        judgement.add_edge(&case, scene.results());
        decide(judgement, on_unknown)
    }

    const BAD_GATEWAY: &str =
        "HTTP/2 502\nserver: CloudFront\n\n<HTML>Generated by cloudfront</HTML>";

    #[test]
    fn what_the_edge_answered_is_a_phase_of_its_own_where_it_was_asked() {
        let never = decide_scene(&healthy(), OnUnknown::Block);
        assert_eq!((never.phases.len(), never.edge), (2, None));
        let decision = decide_edge(&healthy().answers("/", BAD_GATEWAY), OnUnknown::Block);
        assert_eq!(decision.verdict, Verdict::Block);
        let verdicts: Vec<_> = decision
            .phases
            .iter()
            .map(|it| (it.phase, it.verdict))
            .collect();
        assert_eq!(
            verdicts,
            [
                (Phase::OriginMap, Verdict::Pass),
                (Phase::Behaviors, Verdict::Pass),
                (Phase::Edge, Verdict::Block)
            ]
        );
        assert_eq!(decision.edge.map(|it| it.len()), Some(1));
    }

    #[test]
    fn what_the_edge_answered_is_seen_and_not_provisional() {
        let broken = healthy().group("g", &["main", "ghost"]);
        let decision = decide_edge(&broken.answers("/", BAD_GATEWAY), OnUnknown::Block);
        let provisional: Vec<_> = decision.phases.iter().map(|it| it.provisional).collect();
        assert_eq!(provisional, [false, true, false]);
    }

    #[test]
    fn an_edge_that_does_not_answer_blocks_as_any_unknown_does() {
        let silent = || healthy().answered("/", Err(EdgeFailure::TimedOut));
        assert_eq!(
            decide_edge(&silent(), OnUnknown::Block).verdict,
            Verdict::Inconclusive
        );
        assert_eq!(
            decide_edge(&silent(), OnUnknown::Warn).verdict,
            Verdict::Pass
        );
        let mut guarded = silent();
        guarded.answers.clear();
        guarded.candidate.serving.web_acl = Some(crate::rules::testing::text("acl"));
        let page = BAD_GATEWAY.replace("502", "403");
        let decision = decide_edge(&guarded.answers("/", &page), OnUnknown::Block);
        assert_eq!(decision.verdict, Verdict::Pass);
        let mut unknowns = decision.unknowns.iter();
        let listed = unknowns.find(|it| it.unknown.fact == EDGE_ANSWER);
        assert!(!listed.unwrap().blocks());
    }
}
