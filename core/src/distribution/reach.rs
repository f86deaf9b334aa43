use std::cell::Cell;

use foldhash::{HashMap, HashMapExt};

use super::{Behavior, Distribution, Origin};

/// Path patterns that are told of all IDs together: many times what CloudFront takes, and little
/// memory. Every origin of one group, and of one ID, has all patterns of it.
const MOST_PATTERNS: usize = 50_000;

/// Which behaviors reach which IDs, directly or through groups, put together once for all IDs.
#[derive(Debug)]
pub struct Reach<'d> {
    /// In the order in which CloudFront lists them: the default one last.
    behaviors: Vec<&'d Behavior>,
    /// By target, in that order.
    by_target: HashMap<&'d str, Vec<usize>>,
    /// The IDs of the groups that have a member.
    groups: HashMap<&'d str, Vec<&'d str>>,
    patterns_left: Cell<usize>,
}

impl<'d> Reach<'d> {
    /// Reads it off a distribution.
    #[must_use]
    pub fn of(distribution: &'d Distribution) -> Self {
        let mut reach = Self {
            behaviors: distribution.all_behaviors().collect(),
            by_target: HashMap::new(),
            groups: HashMap::new(),
            patterns_left: Cell::new(MOST_PATTERNS),
        };
        for (at, behavior) in reach.behaviors.iter().enumerate() {
            if let Some(target) = behavior.target_origin_id.known() {
                reach.by_target.entry(target).or_default().push(at);
            }
        }
        for group in &distribution.origin_groups {
            let Some(id) = group.id.known() else { continue };
            for member in group.members.iter().filter_map(|member| member.known()) {
                reach.groups.entry(member).or_default().push(id);
            }
        }
        reach
    }

    /// The behaviors that reach an origin or origin group.
    pub fn behaviors_to(&self, id: &str) -> impl Iterator<Item = &'d Behavior> {
        let targeting = |id: &str| self.by_target.get(id).into_iter().flatten().copied();
        let mut places: Vec<usize> = targeting(id).collect();
        let groups = self.groups.get(id).map_or(&[][..], Vec::as_slice);
        places.extend(groups.iter().flat_map(|group| targeting(group)));
        if !groups.is_empty() {
            places.sort_unstable();
            places.dedup();
        }
        places.into_iter().map(|at| self.behaviors[at])
    }

    /// The path patterns that reach an origin or origin group, and how many more there is no room for.
    #[must_use]
    pub fn path_patterns_to(&self, id: &str) -> (Vec<String>, usize) {
        let left = self.patterns_left.get();
        let mut behaviors = self.behaviors_to(id);
        let told: Vec<String> = behaviors
            .by_ref()
            .take(left)
            .map(Behavior::pattern_text)
            .collect();
        self.patterns_left.set(left - told.len());
        (told, behaviors.count())
    }

    /// Whether code at the edge, not the behaviors alone, decides if an origin is used: each
    /// behavior that reaches it runs such code, or none reaches it at all.
    #[must_use]
    pub fn edge_decides(&self, origin: &Origin) -> bool {
        self.behaviors_to(origin.id.spelling())
            .all(Behavior::runs_code_on_requests)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::rules::testing::Scene;

    #[test]
    fn behaviors_reach_origins_directly_and_through_groups() {
        let scene = Scene::s3("assets")
            .origin("b")
            .group("both", &["main", "b", "b"])
            .behavior("/a", "both")
            .behavior("/b", "b")
            .behavior("/c", "main");
        let reach = Reach::of(&scene.candidate);
        for (id, patterns) in [
            ("main", &["/a", "/c", "*"][..]),
            ("b", &["/a", "/b"]),
            ("both", &["/a"]),
            ("gone", &[]),
        ] {
            let (told, left_out) = reach.path_patterns_to(id);
            assert_eq!(
                (told, left_out),
                (patterns.iter().map(ToString::to_string).collect(), 0)
            );
        }
    }

    #[test]
    fn the_patterns_of_all_have_an_end() {
        let scene = (0..500).fold(Scene::s3("assets"), |scene, _| scene.behavior("/a", "main"));
        let reach = Reach::of(&scene.candidate);
        let told: usize = (0..500)
            .map(|_| reach.path_patterns_to("main").0.len())
            .sum();
        assert_eq!(told, MOST_PATTERNS);
        assert_eq!(reach.path_patterns_to("main").1, 501);
    }
}
