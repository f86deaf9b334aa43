use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::TriggerId;
use crate::distribution::{DistributionId, ETag};
use crate::timestamp::Timestamp;

/// What a verification carries from one job of its action to the next, in CodePipeline's continuation
/// token: JSON of 1 to 2,048 characters
/// (<https://docs.aws.amazon.com/codepipeline/latest/APIReference/API_PutJobSuccessResult.html>).
///
/// A pipeline's owner sees it and could change it, so it decides nothing by itself: it is held against
/// the job's own parameters, and against the record of it in the report bucket.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Continuation {
    /// Of this form: 1.
    pub version: u32,
    /// The run that it continues: the ID of its first job. Not that of the pipeline's execution, which
    /// stays the same where a failed stage is retried.
    pub run: TriggerId,
    /// The execution of the pipeline, where that is known.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub execution: Option<String>,
    /// Which one of the run it is, from 1.
    pub turn: u32,
    /// When the run began.
    pub started_at: Timestamp,
    /// The distribution's ID.
    pub distribution: DistributionId,
    /// SHA-256 of the candidate's document, in hexadecimal, where one is named.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub candidate: Option<String>,
    /// The version that was live.
    pub etag: ETag,
    /// What is still to be seen.
    pub left: Left,
}

/// What a verification still has to see.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Left {
    /// That the candidate is live; then that it is deployed, and what the edge answers.
    Version,
    /// That it is deployed, and what the edge answers: the candidate was live already.
    Deployment,
}

/// Why a token continues nothing.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum NoContinuation {
    /// Not one of Origin Guard's.
    #[error("it is not one that Origin Guard has answered a job with")]
    Malformed,
    /// Of a later version.
    #[error("it is of version {0}, and this function reads version 1")]
    Later(u64),
}

/// CodePipeline's limit, in characters.
const LONGEST: usize = 2_048;

impl Continuation {
    /// The first of a run.
    #[must_use]
    pub fn begin(run: &TriggerId, started_at: Timestamp, distribution: &DistributionId) -> Self {
        Self {
            version: 1,
            run: run.clone(),
            execution: None,
            turn: 1,
            started_at,
            distribution: distribution.clone(),
            candidate: None,
            etag: ETag::from(""),
            left: Left::Version,
        }
    }

    /// Reads a token.
    ///
    /// # Errors
    /// If it is not one of these, or of a later version.
    pub fn parse(token: &str) -> Result<Self, NoContinuation> {
        if token.chars().count() > LONGEST {
            return Err(NoContinuation::Malformed);
        }
        let value: Value = serde_json::from_str(token).map_err(|_| NoContinuation::Malformed)?;
        // Before the members: those of a later version may be others.
        match value.get("version").and_then(Value::as_u64) {
            Some(1) => {}
            Some(later @ 2..) => return Err(NoContinuation::Later(later)),
            _ => return Err(NoContinuation::Malformed),
        }
        let token = Self::deserialize(value).map_err(|_| NoContinuation::Malformed)?;
        if token.turn == 0
            || token.run.as_str().is_empty()
            || token.distribution.as_str().is_empty()
        {
            return Err(NoContinuation::Malformed);
        }
        Ok(token)
    }

    /// The token, as it is given to CodePipeline.
    #[must_use]
    pub fn to_text(&self) -> String {
        // It has only texts and numbers, which no serializer refuses.
        serde_json::to_string(self).unwrap_or_default()
    }
}

#[cfg(test)]
mod tests {
    use time::macros::utc_datetime;

    use super::*;

    fn token() -> Continuation {
        Continuation {
            execution: Some("x".repeat(36)),
            candidate: Some("a".repeat(64)),
            etag: "E2QWRUHEXAMPLE".into(),
            left: Left::Deployment,
            ..Continuation::begin(
                &"j".repeat(36).into(),
                Timestamp::of(utc_datetime!(2026-11-28 10:00)),
                &"E2EXAMPLE1GUARD".into(),
            )
        }
    }

    #[test]
    fn a_token_is_read_as_it_was_written_and_fits() {
        let text = token().to_text();
        assert_eq!(Continuation::parse(&text), Ok(token()));
        assert!(text.len() < 512, "{}", text.len());
    }

    #[test]
    fn what_is_none_is_refused() {
        let with = |name: &str, value: Value| {
            let mut changed: Value = serde_json::from_str(&token().to_text()).unwrap();
            changed[name] = value;
            Continuation::parse(&changed.to_string())
        };
        for text in ["", "{}", "null", "[1]", "previous-job", "{\"version\":1}"] {
            assert_eq!(Continuation::parse(text), Err(NoContinuation::Malformed));
        }
        assert_eq!(with("version", 2.into()), Err(NoContinuation::Later(2)));
        for (name, value) in [
            ("version", 0.into()),
            ("turn", 0.into()),
            ("turn", (-1).into()),
            ("run", "".into()),
            ("left", "nothing".into()),
            ("more", 1.into()),
            ("etag", "x".repeat(2_048).into()),
        ] {
            assert_eq!(with(name, value), Err(NoContinuation::Malformed), "{name}");
        }
    }
}
