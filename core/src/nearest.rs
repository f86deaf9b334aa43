//! Which of several names was meant by a misspelt one.

/// The candidate that comes nearest to a text, if one is near enough to be meant.
pub fn nearest<'a>(text: &str, candidates: impl Iterator<Item = &'a str>) -> Option<&'a str> {
    nearest_few(text, candidates, 1).first().copied()
}

/// The candidates that are near enough to be meant, the nearest first.
pub fn nearest_few<'a>(
    text: &str,
    candidates: impl Iterator<Item = &'a str>,
    most: usize,
) -> Vec<&'a str> {
    Nearest::default().few(text, candidates, most)
}

/// Finds the nearest of many misspelt names, as long as that takes no more than a moment in all.
pub struct Nearest {
    left: usize,
}

impl Default for Nearest {
    fn default() -> Self {
        /// A hundred names of seventy characters, held against a hundred such names.
        const MOST_WORK_IN_ALL: usize = 50_000_000;
        Self {
            left: MOST_WORK_IN_ALL,
        }
    }
}

impl Nearest {
    /// The candidates that are near enough to be meant, the nearest first.
    pub fn few<'a>(
        &mut self,
        text: &str,
        candidates: impl Iterator<Item = &'a str>,
        most: usize,
    ) -> Vec<&'a str> {
        /// Below this, two names share too little to be a slip of the pen.
        const ALIKE: f64 = 0.6;
        /// Comparing takes the product of both lengths; a hundred names of seventy characters are
        /// within.
        const MOST_WORK: usize = 500_000;
        /// What comparing takes beside, in the same measure.
        const EACH: usize = 100;
        let mut left = self.left.min(MOST_WORK);
        let before = left;
        let lower = text.to_lowercase();
        let mut scored: Vec<(f64, &str)> = Vec::new();
        for candidate in candidates {
            // Names of very different lengths cannot be alike.
            let (short, long) = (
                text.len().min(candidate.len()),
                text.len().max(candidate.len()),
            );
            if 2 * short < long {
                continue;
            }
            let Some(less) = left.checked_sub(short * long + EACH) else {
                break;
            };
            left = less;
            let likeness =
                strsim::normalized_damerau_levenshtein(&lower, &candidate.to_lowercase());
            if likeness >= ALIKE {
                scored.push((likeness, candidate));
            }
        }
        self.left -= before - left;
        scored.sort_by(|a, b| b.0.total_cmp(&a.0).then_with(|| a.1.cmp(b.1)));
        let names = scored.into_iter().map(|(_, candidate)| candidate);
        names.take(most).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn long_names_and_many_are_not_compared() {
        let long = "a".repeat(1_000);
        assert_eq!(nearest(&long, [long.as_str()].into_iter()), None);
        assert_eq!(
            nearest("api", [long.as_str(), "apo"].into_iter()),
            Some("apo")
        );
        let many = std::iter::repeat_n("media", 100_000).chain(["apo"]);
        assert_eq!(nearest("api", many), None);
        let mut nearest = Nearest { left: 300 };
        let mut found = |text| nearest.few(text, ["apo"].into_iter(), 1).len();
        assert_eq!((found("api"), found("app")), (1, 1));
        assert_eq!(found("api"), 0);
    }

    #[test]
    fn finds_what_was_meant_and_nothing_far_off() {
        let ids = ["assets-v1", "api", "media"];
        assert_eq!(nearest("assets-v2", ids.into_iter()), Some("assets-v1"));
        assert_eq!(nearest("API", ids.into_iter()), Some("api"));
        assert_eq!(nearest("checkout", ids.into_iter()), None);
    }
}
