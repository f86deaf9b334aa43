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
    /// Below this, two names share too little to be a slip of the pen.
    const ALIKE: f64 = 0.6;
    /// Comparing takes the product of both lengths; a hundred names of seventy characters are within.
    const MOST_WORK: usize = 500_000;
    let lower = text.to_lowercase();
    // Names of very different lengths cannot be alike.
    let of_like_length = |candidate: &&str| {
        let short = text.len().min(candidate.len());
        2 * short >= text.len().max(candidate.len())
    };
    let mut work = 0;
    let mut scored: Vec<(f64, &str)> = candidates
        .filter(of_like_length)
        .take_while(|candidate| {
            work += text.len() * candidate.len();
            work <= MOST_WORK
        })
        .map(|candidate| {
            let likeness =
                strsim::normalized_damerau_levenshtein(&lower, &candidate.to_lowercase());
            (likeness, candidate)
        })
        .filter(|(likeness, _)| *likeness >= ALIKE)
        .collect();
    scored.sort_by(|a, b| b.0.total_cmp(&a.0).then_with(|| a.1.cmp(b.1)));
    scored
        .into_iter()
        .take(most)
        .map(|(_, candidate)| candidate)
        .collect()
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
    }

    #[test]
    fn finds_what_was_meant_and_nothing_far_off() {
        let ids = ["assets-v1", "api", "media"];
        assert_eq!(nearest("assets-v2", ids.into_iter()), Some("assets-v1"));
        assert_eq!(nearest("API", ids.into_iter()), Some("api"));
        assert_eq!(nearest("checkout", ids.into_iter()), None);
    }
}
