//! A path that a behavior gets, made from its pattern.

use super::matching::{Asked, matched};
use super::path::Reading;
use crate::distribution::{Behavior, Distribution, PathPattern};

/// A path that this behavior gets and none before it; `None` where none was found. `*` stands for `name`, which
/// should be no name of a file, so that no cache has the path.
#[must_use]
pub fn sample_path(distribution: &Distribution, behavior: &Behavior, name: &str) -> Option<String> {
    let pattern = match &behavior.path_pattern {
        Some(pattern) => pattern.known()?.clone(),
        None => PathPattern::new("*"),
    };
    let slashed = format!("{name}/{name}");
    let stars = [name, "", &slashed];
    // An earlier behavior may match the first path that fits the pattern, so several are tried.
    let mut paths = stars.iter().flat_map(|star| {
        let marks = ["1", "a", "-"];
        marks.map(|mark| filled(&pattern, star, mark))
    });
    paths.find(|path| {
        let found = matched(distribution, Reading::Normalized, Asked::path(path)).behavior;
        // Other characters would have to be encoded, and how CloudFront matches encoded ones is not
        // documented.
        found.is_some_and(|it| it.place == behavior.place) && path.is_ascii()
    })
}

fn filled(pattern: &PathPattern, star: &str, mark: &str) -> String {
    let path = pattern.normalized().replace('*', star);
    format!("/{}", path.replace('?', mark))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::rules::testing::Scene;
    use proptest::prelude::*;

    fn samples(patterns: &[&str]) -> Vec<Option<String>> {
        let mut scene = Scene::s3("site");
        for pattern in patterns {
            scene = scene.behavior(pattern, "main");
        }
        let candidate = &scene.candidate;
        let all = candidate.all_behaviors();
        all.map(|behavior| sample_path(candidate, behavior, "x-y"))
            .collect()
    }

    #[test]
    fn each_behavior_gets_a_path_of_its_own() {
        let found = samples(&["/api/*", "*.jpg", "/v?/*", "/", "/a/*/b", "index.html"]);
        let expected = [
            "/api/x-y",
            "/x-y.jpg",
            "/v1/x-y",
            "/",
            "/a/x-y/b",
            "/index.html",
            "/x-y",
        ];
        assert_eq!(found, expected.map(|path| Some(path.to_owned())));
    }

    #[test]
    fn a_path_that_an_earlier_pattern_takes_is_none() {
        assert_eq!(samples(&["/a/*", "/a/b/*"])[1], None);
        assert_eq!(samples(&["*"]), [Some("/x-y".to_owned()), None]);
        assert_eq!(samples(&["/x-y", "/?*"])[1].as_deref(), Some("/1x-y"));
    }

    proptest! {
        #[test]
        fn a_path_reaches_the_behavior_it_is_made_for(
            patterns in proptest::collection::vec("/?[ab*?/.]{1,6}", 0..5)
        ) {
            let mut scene = Scene::s3("site");
            for pattern in &patterns {
                scene = scene.behavior(pattern, "main");
            }
            let candidate = &scene.candidate;
            for behavior in candidate.all_behaviors() {
                if let Some(path) = sample_path(candidate, behavior, "n") {
                    let found = matched(candidate, Reading::Normalized, Asked::path(&path)).behavior;
                    prop_assert_eq!(found.map(|it| &it.place), Some(&behavior.place));
                }
            }
        }
    }
}
