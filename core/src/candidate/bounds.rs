use super::Candidate;
use crate::distribution::Distribution;
use crate::error::GuardError;

/// What one job may hold. Each of its inputs has bounds of its own, and these bound their product:
/// what is judged together is in memory together, and asked about with one account's request rate.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Bounds {
    /// Distributions.
    pub distributions: usize,
    /// Origins, origin groups and cache behaviors of all of them, and of what they are compared with.
    pub parts: usize,
    /// Buckets, access controls, keys and hosts that are asked about.
    pub subjects: usize,
    /// Values of a plan, of the resources that matter.
    pub values: usize,
}

impl Default for Bounds {
    /// A template makes 500 resources at most
    /// (<https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/cloudformation-limits.html>), and
    /// an account has 500 distributions
    /// (<https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/cloudfront-limits.html>).
    /// Parts are what a workstation holds; a function holds less by its memory.
    fn default() -> Self {
        Self {
            distributions: 500,
            parts: 50_000,
            subjects: 1_000,
            values: 250_000,
        }
    }
}

impl Bounds {
    /// Holds how many subjects are to be asked about against the bound.
    ///
    /// # Errors
    /// [`GuardError::Configuration`] naming the number and the setting.
    pub fn ask(&self, subjects: usize) -> Result<(), GuardError> {
        if subjects <= self.subjects {
            return Ok(());
        }
        Err(over(
            &format!("{subjects} buckets, access controls, keys and hosts are to be asked about"),
            Bound {
                most: self.subjects,
                setting: "ORIGIN_GUARD_MAX_SUBJECTS",
            },
        ))
    }
}

/// Counts what a job holds against its bounds.
#[derive(Debug, Clone)]
pub struct Tally {
    bounds: Bounds,
    distributions: usize,
    parts: usize,
}

impl Tally {
    /// Begins to count.
    #[must_use]
    pub fn of(bounds: Bounds) -> Self {
        Self {
            bounds,
            distributions: 0,
            parts: 0,
        }
    }

    /// Counts a candidate, and what its document says that is there now.
    ///
    /// # Errors
    /// [`GuardError::Configuration`] naming the bound that is passed and its setting.
    pub fn add(&mut self, candidate: &Candidate) -> Result<(), GuardError> {
        self.distributions += 1;
        if self.distributions > self.bounds.distributions {
            return Err(over(
                &format!("there are {} or more distributions", self.distributions),
                Bound {
                    most: self.bounds.distributions,
                    setting: "ORIGIN_GUARD_MAX_DISTRIBUTIONS",
                },
            ));
        }
        self.add_parts(&candidate.distribution)?;
        match &candidate.before {
            Some(before) => self.add_parts(before),
            None => Ok(()),
        }
    }

    /// Counts a config that a candidate is compared with.
    ///
    /// # Errors
    /// As [`Tally::add`].
    pub fn add_parts(&mut self, config: &Distribution) -> Result<(), GuardError> {
        self.parts += config.origins.len() + config.origin_groups.len() + config.behaviors.len();
        if self.parts <= self.bounds.parts {
            return Ok(());
        }
        Err(over(
            &format!(
                "there are {} or more origins, origin groups and cache behaviors",
                self.parts
            ),
            Bound {
                most: self.bounds.parts,
                setting: "ORIGIN_GUARD_MAX_PARTS",
            },
        ))
    }
}

/// A bound that was passed, and the setting that raises it.
struct Bound {
    most: usize,
    setting: &'static str,
}

fn over(problem: &str, Bound { most, setting }: Bound) -> GuardError {
    GuardError::configuration(
        format!("{problem}, and {most} at most are judged together"),
        format!(
            "Judge fewer distributions in each action, or raise {setting} and the function's memory"
        ),
    )
}

#[cfg(test)]
mod tests {
    use std::fmt::Write as _;

    use super::*;
    use crate::candidate::{ReadOptions, Source, read_documents};

    fn read(text: &str, bounds: Bounds) -> Result<usize, String> {
        let options = ReadOptions {
            bounds,
            ..ReadOptions::default()
        };
        let read = read_documents(Source::Artifact, "x.json", text.as_bytes(), &options);
        read.map(|all| all.len()).map_err(|error| error.to_string())
    }

    fn plan(distributions: usize) -> String {
        let mut changes = String::new();
        for at in 0..distributions {
            let comma = if at == 0 { "" } else { "," };
            let _ = write!(
                changes,
                r#"{comma}{{"address":"aws_cloudfront_distribution.d{at}","type":"aws_cloudfront_distribution",
                "change":{{"actions":["create"],"before":null,"after_unknown":{{}},"after":{{"enabled":true,
                "origin":[{{"origin_id":"o","domain_name":"o.example.com"}}],
                "default_cache_behavior":[{{"target_origin_id":"o"}}]}}}}}}"#
            );
        }
        format!(r#"{{"format_version":"1.2","resource_changes":[{changes}]}}"#)
    }

    #[test]
    fn more_distributions_than_the_bound_are_refused_with_the_number_and_the_setting() {
        let bounds = Bounds {
            distributions: 3,
            ..Bounds::default()
        };
        assert_eq!(read(&plan(3), bounds), Ok(3));
        for many in [4, 400] {
            let error = read(&plan(many), bounds).unwrap_err();
            for part in [
                "4 or more distributions",
                "3 at most",
                "ORIGIN_GUARD_MAX_DISTRIBUTIONS",
            ] {
                assert!(error.contains(part), "{error}");
            }
        }
    }

    #[test]
    fn a_loop_of_a_template_makes_no_more_than_the_bound() {
        let values: Vec<String> = (0..900).map(|at| format!("\"v{at}\"")).collect();
        let template = format!(
            r#"{{"Transform": "AWS::LanguageExtensions", "Resources": {{"Fn::ForEach::L": ["X", [{}],
            {{"D${{X}}": {{"Type": "AWS::CloudFront::Distribution", "Properties": {{"DistributionConfig": {{
            "Enabled": true, "Origins": [], "DefaultCacheBehavior": {{}}}}}}}}}}]}}}}"#,
            values.join(",")
        );
        let error = read(&template, Bounds::default()).unwrap_err();
        assert!(error.contains("501 or more distributions"), "{error}");
    }

    #[test]
    fn parts_are_counted_over_all_distributions() {
        let bounds = Bounds {
            parts: 5,
            ..Bounds::default()
        };
        assert_eq!(read(&plan(5), bounds), Ok(5));
        let error = read(&plan(6), bounds).unwrap_err();
        assert!(error.contains("6 or more origins"), "{error}");
        assert!(error.contains("ORIGIN_GUARD_MAX_PARTS"), "{error}");
    }

    #[test]
    fn more_subjects_than_the_bound_are_not_asked_about() {
        let bounds = Bounds::default();
        assert_eq!(bounds.ask(bounds.subjects), Ok(()));
        let error = bounds.ask(1_001).unwrap_err().to_string();
        assert!(error.contains("1001 buckets"), "{error}");
        assert!(error.contains("ORIGIN_GUARD_MAX_SUBJECTS"), "{error}");
    }
}
