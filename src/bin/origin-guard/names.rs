//! What a word on the command line means: a file, or a distribution; and what to say where it is the other.

use std::path::Path;

use crate::problem::Problem;

/// Whether a word means a distribution: it is no file, and has the form of an ID, an ARN or a domain.
pub(crate) fn is_distribution(word: &str) -> bool {
    word != "-" && (is_id(word) || is_arn(word) || is_domain(word)) && !Path::new(word).exists()
}

/// IDs are of capital letters and digits; one that is typed in small letters is known by its digits,
/// since `example` may be a file.
fn is_id(word: &str) -> bool {
    let fits = |word: &str| {
        word.bytes()
            .all(|b| b.is_ascii_uppercase() || b.is_ascii_digit())
    };
    let upper = word.to_ascii_uppercase();
    upper.starts_with('E')
        && fits(&upper)
        && (fits(word) || word.len() >= 12 && word.bytes().any(|b| b.is_ascii_digit()))
}

fn is_arn(word: &str) -> bool {
    let word = word.to_ascii_lowercase();
    word.starts_with("arn:") && word.contains(":distribution/")
}

fn is_domain(word: &str) -> bool {
    word.contains('.') && !word.contains(['/', '\\', '*']) && !has_file_extension(word)
}

fn has_file_extension(word: &str) -> bool {
    const EXTENSIONS: [&str; 9] = [
        "json", "yaml", "yml", "template", "tf", "tfplan", "plan", "out", "txt",
    ];
    let extension = Path::new(word).extension().and_then(|it| it.to_str());
    extension.is_some_and(|it| EXTENSIONS.contains(&it.to_ascii_lowercase().as_str()))
}

/// What to say of a word that names a distribution where a file is meant.
pub(crate) fn refuse_distribution(word: &str) -> Option<Problem> {
    is_distribution(word).then(|| {
        Problem::new(format!(
            "{word}: there is no such file; it is the name of a distribution"
        ))
        .help(format!("origin-guard check --distribution {word}"))
    })
}

/// What to say of a word that names a file where a distribution is meant.
pub(crate) fn refuse_file(word: &str) -> Result<(), Problem> {
    if has_file_extension(word) || word.contains(['/', '\\']) && !is_arn(word) {
        return Err(
            Problem::new(format!("{word} is a file, not a distribution"))
                .help(format!("origin-guard check {word}")),
        );
    }
    Ok(())
}

/// What a file is that is not read here, with the command that makes of it what is.
pub(crate) fn not_a_file(name: &str, content: &[u8]) -> Option<Problem> {
    /// How a ZIP begins, which a plan of Terraform is.
    const ZIP: &[u8] = b"PK\x03\x04";
    const SHOW: &str = "terraform plan -out plan.out && terraform show -json plan.out > plan.json";
    let end = |end: &str| name.to_ascii_lowercase().ends_with(end);
    if end(".tf") || end(".tf.json") || end(".tofu") {
        let problem = format!("{name} is Terraform's source, which a plan is made of");
        return Some(Problem::new(problem).help(SHOW));
    }
    if content.starts_with(ZIP) {
        let problem = format!("{name} is a binary plan or another ZIP");
        let show = format!("terraform show -json {name} > plan.json");
        return Some(Problem::new(problem).help(show));
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_of_distributions_are_known_in_any_case() {
        for word in [
            "E2EXAMPLE1GUARD",
            "e2example1guard",
            "arn:aws:cloudfront::111122223333:distribution/E2EXAMPLE1GUARD",
            "www.example.com",
            "D111111ABCDEF8.cloudfront.net",
        ] {
            assert!(is_distribution(word), "{word}");
            assert!(refuse_distribution(word).is_some(), "{word}");
            assert_eq!(refuse_file(word), Ok(()), "{word}");
        }
        for word in [
            "-",
            "example",
            "distribution.json",
            "cdn/site.yaml",
            "cdn/*.json",
            "plan.out",
        ] {
            assert!(!is_distribution(word), "{word}");
        }
        for word in ["distribution.json", "cdn/site", "plan.out"] {
            let help = format!("origin-guard check {word}");
            assert!(refuse_file(word).unwrap_err().to_string().contains(&help));
        }
    }

    #[test]
    fn sources_and_binary_plans_of_terraform_name_the_command() {
        for (name, content) in [
            ("main.tf", &b"resource"[..]),
            ("plan.out", b"PK\x03\x04rest"),
        ] {
            let problem = not_a_file(name, content).unwrap().to_string();
            assert!(problem.contains("terraform show -json"), "{problem}");
        }
        assert_eq!(not_a_file("plan.json", b"{}"), None);
    }
}
