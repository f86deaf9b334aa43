use std::cell::Cell;

use foldhash::{HashMap, HashMapExt};

use super::{Behavior, Distribution, Origin, OriginGroup};

/// Path patterns that are listed for all IDs together: many times what CloudFront takes, and little
/// memory. Every origin of one group, and of one ID, has all patterns of it.
const MOST_PATTERNS: usize = 50_000;

/// Which behaviors reach which IDs, directly or through groups, put together once for all IDs: what
/// is asked of each origin must not grow with how often its ID stands in groups, or groups have one.
#[derive(Debug)]
pub struct Reach<'d> {
    /// In the order in which CloudFront lists them: the default one last.
    behaviors: Vec<&'d Behavior>,
    by_target: HashMap<&'d str, Targeting>,
    /// By member.
    through: HashMap<&'d str, Through<'d>>,
    patterns_left: Cell<usize>,
}

/// The behaviors that name a target.
#[derive(Debug)]
struct Targeting {
    /// In the order of all behaviors.
    places: Vec<usize>,
    all_run_code: bool,
}

/// The groups by which behaviors reach a member.
#[derive(Debug)]
struct Through<'d> {
    /// Those that a behavior targets, each once.
    groups: Vec<&'d str>,
    behaviors: usize,
    all_run_code: bool,
}

impl<'d> Reach<'d> {
    /// Reads it off a distribution.
    #[must_use]
    pub fn of(distribution: &'d Distribution) -> Self {
        let mut reach = Self {
            behaviors: distribution.all_behaviors().collect(),
            by_target: HashMap::new(),
            through: HashMap::new(),
            patterns_left: Cell::new(MOST_PATTERNS),
        };
        for (at, behavior) in reach.behaviors.iter().enumerate() {
            if let Some(target) = behavior.target_origin_id.known() {
                let targeting = reach.by_target.entry(target).or_insert(Targeting {
                    places: Vec::new(),
                    all_run_code: true,
                });
                targeting.places.push(at);
                targeting.all_run_code &= behavior.runs_code_on_requests();
            }
        }
        for group in &distribution.origin_groups {
            reach.take_group(group);
        }
        for through in reach.through.values_mut() {
            through.groups.sort_unstable();
            through.groups.dedup();
            for targeting in through
                .groups
                .iter()
                .filter_map(|id| reach.by_target.get(id))
            {
                through.behaviors += targeting.places.len();
                through.all_run_code &= targeting.all_run_code;
            }
        }
        reach
    }

    fn take_group(&mut self, group: &'d OriginGroup) {
        let id = group.id.known().map(String::as_str);
        let Some(id) = id.filter(|id| self.by_target.contains_key(id)) else {
            return;
        };
        for member in group.members.iter().filter_map(|member| member.known()) {
            // What targets the group targets a member of the same ID anyway.
            if member != id {
                let through = self.through.entry(member).or_insert(Through {
                    groups: Vec::new(),
                    behaviors: 0,
                    all_run_code: true,
                });
                through.groups.push(id);
            }
        }
    }

    /// The behaviors that reach an origin or origin group.
    pub fn behaviors_to(&self, id: &str) -> impl Iterator<Item = &'d Behavior> {
        let groups = self.through.get(id).map_or(&[][..], |it| &it.groups);
        let targeted = std::iter::once(&id).chain(groups);
        let targeting = targeted.filter_map(|id| self.by_target.get(id));
        let mut places: Vec<usize> = targeting.flat_map(|it| &it.places).copied().collect();
        // Behaviors of one target are in order already.
        if !groups.is_empty() {
            places.sort_unstable();
        }
        let behaviors = places.into_iter();
        behaviors.filter_map(|at| self.behaviors.get(at).copied())
    }

    /// The first behavior that targets one of these IDs itself.
    pub fn first_to<'i>(&self, ids: impl Iterator<Item = &'i String>) -> Option<&'d Behavior> {
        let targeting = ids.filter_map(|id| self.by_target.get(id.as_str()));
        let first = targeting.filter_map(|it| it.places.first()).min()?;
        self.behaviors.get(*first).copied()
    }

    /// The path patterns that reach an origin or origin group, and how many more there is no room for.
    #[must_use]
    pub fn path_patterns_to(&self, id: &str) -> (Vec<String>, usize) {
        let own = self.by_target.get(id).map_or(0, |it| it.places.len());
        let all = own + self.through.get(id).map_or(0, |it| it.behaviors);
        // The count of what was left out is kept, so that a report never reads as if it had all of
        // them.
        let reported = all.min(self.patterns_left.get());
        self.patterns_left.set(self.patterns_left.get() - reported);
        let patterns = match reported {
            0 => Vec::new(),
            reported => {
                let behaviors = self.behaviors_to(id).take(reported);
                behaviors.map(Behavior::pattern_text).collect()
            }
        };
        (patterns, all - reported)
    }

    /// Whether code at the edge, not the behaviors alone, decides if an origin is used: each
    /// behavior that reaches it runs such code, or none reaches it at all.
    #[must_use]
    pub fn edge_decides(&self, origin: &Origin) -> bool {
        let id = origin.id.spelling();
        self.by_target.get(id).is_none_or(|it| it.all_run_code)
            && self.through.get(id).is_none_or(|it| it.all_run_code)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::distribution::EdgeEvent;
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
            let (reported, left_out) = reach.path_patterns_to(id);
            assert_eq!(
                (reported, left_out),
                (patterns.iter().map(ToString::to_string).collect(), 0)
            );
        }
    }

    #[test]
    fn code_at_the_edge_decides_if_each_way_runs_it() {
        let runs = |scene: Scene| {
            scene.with_behavior(|it| it.edge_events = vec![EdgeEvent::OriginRequest])
        };
        let scene = Scene::s3("assets").default_target("gone");
        let direct = runs(scene.clone().behavior("/a", "main"));
        let group = direct.clone().group("both", &["main"]);
        let decides =
            |scene: &Scene| Reach::of(&scene.candidate).edge_decides(&scene.candidate.origins[0]);
        assert!(decides(&scene));
        assert!(!decides(&scene.behavior("/a", "main")));
        assert!(decides(&direct));
        assert!(!decides(&direct.behavior("/b", "main")));
        assert!(decides(&runs(group.clone().behavior("/b", "both"))));
        assert!(!decides(&group.behavior("/b", "both")));
    }

    #[test]
    fn groups_of_one_id_and_members_that_stand_twice_count_once() {
        let members = ["main"; 100];
        let scene = (0..100).fold(Scene::s3("assets"), |scene, _| {
            scene.group("both", &members)
        });
        let scene = scene.group("main", &members).group("unused", &members);
        let scene = scene.behavior("/a", "both").behavior("/b", "both");
        let reach = Reach::of(&scene.candidate);
        let ids = ["gone", "main", "both"].map(str::to_owned);
        let pattern = |ids: &[String]| Some(reach.first_to(ids.iter())?.pattern_text());
        assert_eq!(pattern(&ids).as_deref(), Some("/a"));
        assert_eq!(pattern(&ids[..2]).as_deref(), Some("*"));
        assert_eq!(pattern(&ids[..1]), None);
        assert_eq!(reach.through["main"].groups, ["both"]);
        let patterns = ["/a", "/b", "*"].map(str::to_owned).to_vec();
        assert_eq!(reach.path_patterns_to("main"), (patterns, 0));
        reach.patterns_left.set(2);
        assert_eq!(reach.path_patterns_to("main").1, 1);
        assert_eq!(reach.path_patterns_to("main"), (vec![], 3));
    }

    #[test]
    fn the_patterns_of_all_have_an_end() {
        let scene = (0..500).fold(Scene::s3("assets"), |scene, _| scene.behavior("/a", "main"));
        let reach = Reach::of(&scene.candidate);
        let reported: usize = (0..500)
            .map(|_| reach.path_patterns_to("main").0.len())
            .sum();
        assert_eq!(reported, MOST_PATTERNS);
        assert_eq!(reach.path_patterns_to("main").1, 501);
    }
}
