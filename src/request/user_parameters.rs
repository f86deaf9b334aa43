use serde_json::{Map, Value};

use crate::candidate::{Format, ResourceName, StackName};
use crate::change::rollout;
use crate::document::Node;
use crate::nearest::nearest;
use crate::verdict::OnUnknown;

/// The longest UserParameters that CodePipeline takes
/// (<https://docs.aws.amazon.com/codepipeline/latest/APIReference/API_ActionConfiguration.html>).
pub(super) const MAX_LENGTH: usize = 1000;

/// What a pipeline's owner asks of the guard.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct UserParameters {
    /// What is asked of the guard.
    pub mode: JobMode,
    /// Distribution ID, or an alias of it.
    pub distribution: Option<String>,
    /// Path or glob in the input artifact; `Name::path` picks one of several artifacts.
    pub candidate: Option<String>,
    /// The form of the candidate; without it, that is seen from the document.
    pub format: Option<Format>,
    /// The stack that a template or change set is for.
    pub stack: Option<StackName>,
    /// The change set to judge in the place of a file: its ARN, or its name beside `stack`.
    pub change_set: Option<String>,
    /// The logical ID or address of the one distribution that is meant.
    pub resource: Option<ResourceName>,
    /// Files of the artifact with values for the template's parameters.
    pub parameters: Vec<String>,
    /// The step of the way from live to the candidate whose config is judged in its place.
    pub step: Option<&'static str>,
    /// The contract file: a path in the artifact, or `s3://bucket/key`.
    pub contract: Option<String>,
    /// What the candidate is compared with.
    pub baseline: Option<BaselineChoice>,
    /// What a fact that could not be checked does.
    pub unknown: Option<OnUnknown>,
}

/// What an action asks of the guard.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum JobMode {
    /// May the candidate be deployed?
    #[default]
    Gate,
    /// Is the candidate deployed, and does it reach its origins?
    Verify,
}

/// What a candidate is compared with.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum BaselineChoice {
    /// The config stored after the last pass.
    LastGood,
    /// What CloudFront runs now.
    Live,
    /// A file of the artifact.
    Path(String),
}

/// Why UserParameters are refused.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("UserParameters: {0}")]
pub struct UserParametersError(pub String);

const KEYS: [&str; 12] = [
    "mode",
    "distribution",
    "candidate",
    "format",
    "stack",
    "changeSet",
    "resource",
    "parameters",
    "contract",
    "step",
    "baseline",
    "unknown",
];
/// `auto`, and the names of the formats.
const FORMATS: [&str; 4] = [
    "auto",
    "distribution-config",
    "cloudformation",
    "terraform-plan",
];

impl UserParameters {
    /// Reads a JSON object, or a bare distribution ID or alias.
    ///
    /// # Errors
    /// What is wrong, and the nearest good key or value.
    pub fn parse(text: Option<&str>) -> Result<Self, UserParametersError> {
        let text = text.unwrap_or_default().trim();
        if text.is_empty() {
            return refuse(
                "empty; give a distribution ID, or JSON such as \
                 {\"distribution\": \"E2EXAMPLE1GUARD\", \"candidate\": \"distribution.json\"}",
            );
        }
        let length = text.chars().count();
        if length > MAX_LENGTH {
            return refuse(format!(
                "{length} characters, and CodePipeline takes {MAX_LENGTH}"
            ));
        }
        // Neither an ID nor an alias begins with one of these, so what does is meant as JSON.
        if !text.starts_with(['{', '[', '"']) {
            return bare(text);
        }
        // Of a key that stands twice, serde_json would take the last one.
        match Node::from_json(text.as_bytes()).map(|node| node.to_value()) {
            Ok(Value::Object(map)) => object(&map),
            Ok(Value::String(id)) => bare(&id),
            Ok(_) => refuse("a list; give a JSON object or a distribution ID"),
            Err(error) => refuse(error.to_string()),
        }
    }
}

fn refuse<T>(problem: impl Into<String>) -> Result<T, UserParametersError> {
    Err(UserParametersError(problem.into()))
}

fn bare(id: &str) -> Result<UserParameters, UserParametersError> {
    Ok(UserParameters {
        distribution: Some(distribution(id)?),
        ..UserParameters::default()
    })
}

fn object(map: &Map<String, Value>) -> Result<UserParameters, UserParametersError> {
    // A misspelt key that is ignored would be a gate that checks less than its owner believes.
    for key in map.keys() {
        known_key(key)?;
    }
    let text = |key: &str| text_of(map, key);
    let mode = text("mode")?
        .map(|value| one_of("mode", &value, &["gate", "verify"]))
        .transpose()?;
    let mode = match mode {
        Some("verify") => JobMode::Verify,
        _ => JobMode::Gate,
    };
    let format = text("format")?
        .map(|value| one_of("format", &value, &FORMATS))
        .transpose()?
        .and_then(Format::of_name);
    let unknown = text("unknown")?
        .map(|value| one_of("unknown", &value, &["block", "warn"]))
        .transpose()?
        .map(|value| {
            if value == "warn" {
                OnUnknown::Warn
            } else {
                OnUnknown::Block
            }
        });
    let parameters = UserParameters {
        mode,
        distribution: text("distribution")?
            .map(|id| distribution(&id))
            .transpose()?,
        candidate: text("candidate")?,
        format,
        stack: text("stack")?.map(StackName::from),
        change_set: text("changeSet")?,
        resource: text("resource")?.map(ResourceName::from),
        parameters: texts_of(map, "parameters")?,
        step: text("step")?
            .map(|value| one_of("step", &value, &rollout::NAMES))
            .transpose()?,
        contract: text("contract")?,
        baseline: text("baseline")?.map(|value| match value.as_str() {
            "last-good" => BaselineChoice::LastGood,
            "live" => BaselineChoice::Live,
            _ => BaselineChoice::Path(value),
        }),
        unknown,
    };
    fit_together(&parameters)?;
    Ok(parameters)
}

/// Nothing that is asked for is left out in silence.
fn fit_together(parameters: &UserParameters) -> Result<(), UserParametersError> {
    let (is_file, is_set) = (
        parameters.candidate.is_some(),
        parameters.change_set.is_some(),
    );
    if parameters.distribution.is_none() && !is_file && !is_set {
        return refuse("neither `distribution` nor `candidate`; name at least one of them");
    }
    // Two sources of candidates: which one the verdict is about would not be clear.
    if is_set && is_file {
        return refuse("both `candidate` and `changeSet`; name one of them");
    }
    if parameters.step.is_some() && !is_file {
        return refuse("`step` without a `candidate`; name the config to end with");
    }
    for (key, is_given) in [
        ("format", parameters.format.is_some()),
        ("parameters", !parameters.parameters.is_empty()),
    ] {
        if is_given && !is_file {
            return refuse(format!(
                "`{key}` without a `candidate`; a change set and the live config need none"
            ));
        }
    }
    for (key, is_given) in [
        ("stack", parameters.stack.is_some()),
        ("resource", parameters.resource.is_some()),
    ] {
        if is_given && !is_file && !is_set {
            return refuse(format!(
                "`{key}` without a `candidate` or `changeSet`; the live config needs none"
            ));
        }
    }
    if parameters.mode == JobMode::Verify {
        fit_verify(parameters)?;
    }
    let is_arn = |name: &String| name.starts_with("arn:");
    if parameters.stack.is_none() && parameters.change_set.as_ref().is_some_and(|it| !is_arn(it)) {
        return refuse("`changeSet` is a name without its `stack`; name that too, or give an ARN");
    }
    Ok(())
}

/// What is deployed is compared with the candidate, whole.
fn fit_verify(parameters: &UserParameters) -> Result<(), UserParametersError> {
    for (key, is_given, instead) in [
        (
            "changeSet",
            parameters.change_set.is_some(),
            "CloudFormation deletes a change set once it is executed; name its template as `candidate`, and the `stack`",
        ),
        (
            "step",
            parameters.step.is_some(),
            "name the config of the step as `candidate`, as `origin-guard plan` writes it",
        ),
        (
            "baseline",
            parameters.baseline.is_some(),
            "the `candidate` is what is compared",
        ),
    ] {
        if is_given {
            return refuse(format!("`{key}` with `mode` `verify`; {instead}"));
        }
    }
    Ok(())
}

fn known_key(key: &str) -> Result<(), UserParametersError> {
    if KEYS.contains(&key) {
        return Ok(());
    }
    match nearest(key, KEYS.into_iter()) {
        Some(near) => refuse(format!("unknown key `{key}`; did you mean `{near}`?")),
        None => refuse(format!(
            "unknown key `{key}`; known are {}",
            KEYS.join(", ")
        )),
    }
}

fn text_of(map: &Map<String, Value>, key: &str) -> Result<Option<String>, UserParametersError> {
    match map.get(key) {
        // Templates that fill in an optional value often write null for "not given".
        None | Some(Value::Null) => Ok(None),
        // A variable of the pipeline that resolved to nothing shows so; ignoring it would judge
        // something else.
        Some(Value::String(text)) if text.trim().is_empty() => refuse(format!("`{key}` is empty")),
        Some(Value::String(text)) => Ok(Some(text.trim().to_owned())),
        Some(other) => refuse(format!("`{key}` is {}, not a string", kind(other))),
    }
}

/// One text, or a list of texts.
fn texts_of(map: &Map<String, Value>, key: &str) -> Result<Vec<String>, UserParametersError> {
    match map.get(key) {
        Some(Value::Array(items)) => items
            .iter()
            .map(|item| match item.as_str().map(str::trim) {
                Some(text) if !text.is_empty() => Ok(text.to_owned()),
                _ => refuse(format!("`{key}` must be a path or a list of paths")),
            })
            .collect(),
        _ => Ok(text_of(map, key)?.into_iter().collect()),
    }
}

fn kind(value: &Value) -> &'static str {
    match value {
        Value::Bool(_) => "a boolean",
        Value::Number(_) => "a number",
        Value::Array(_) => "a list",
        Value::Object(_) => "an object",
        Value::Null | Value::String(_) => "a string",
    }
}

fn one_of<'a>(key: &str, value: &str, good: &[&'a str]) -> Result<&'a str, UserParametersError> {
    if let Some(found) = good.iter().find(|each| **each == value) {
        return Ok(found);
    }
    let all = good.join("`, `");
    match nearest(value, good.iter().copied()) {
        Some(near) => refuse(format!("`{key}` is `{value}`; did you mean `{near}`?")),
        None => refuse(format!("`{key}` is `{value}`; good are `{all}`")),
    }
}

/// An ID such as `E2EXAMPLE1GUARD`, or a domain name that is an alias.
fn distribution(text: &str) -> Result<String, UserParametersError> {
    // CloudFront documents no form for IDs. Those in its examples begin with `E` and have 13 or 14
    // upper-case letters and digits; a shorter bound leaves room.
    let is_id = text.len() >= 8
        && text.starts_with('E')
        && text
            .bytes()
            .all(|b| b.is_ascii_uppercase() || b.is_ascii_digit());
    let is_alias = text.contains('.')
        && text
            .bytes()
            .all(|b| b.is_ascii_alphanumeric() || b".-_*".contains(&b));
    if is_id || is_alias {
        return Ok(text.to_owned());
    }
    refuse(format!(
        "`{text}` is neither a distribution ID such as `E2EXAMPLE1GUARD` nor an alias such as `www.example.com`"
    ))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn error(text: &str) -> String {
        UserParameters::parse(Some(text)).unwrap_err().to_string()
    }

    #[test]
    fn takes_a_bare_id_an_alias_and_json() {
        for text in [
            "E2EXAMPLE1GUARD",
            " www.example.com ",
            "\"E2EXAMPLE1GUARD\"",
        ] {
            assert!(
                UserParameters::parse(Some(text))
                    .unwrap()
                    .distribution
                    .is_some(),
                "{text}"
            );
        }
        let parameters = UserParameters::parse(Some(
            r#"{"mode": "gate", "distribution": "E2EXAMPLE1GUARD", "candidate": "a/*.json",
                "baseline": "live", "unknown": "warn", "format": "auto"}"#,
        ))
        .unwrap();
        assert_eq!(parameters.baseline, Some(BaselineChoice::Live));
        assert_eq!(parameters.unknown, Some(OnUnknown::Warn));
    }

    #[test]
    fn names_the_nearest_key_and_value() {
        assert!(error(r#"{"candidat": "x"}"#).contains("did you mean `candidate`?"));
        assert!(error(r#"{"candidate": "x", "unknown": "wran"}"#).contains("did you mean `warn`?"));
        assert!(
            error(r#"{"candidate": "x", "mode": "inspect"}"#).contains("good are `gate`, `verify`")
        );
        assert!(error(r#"{"zzz": "x"}"#).contains("known are mode"));
        let both = r#"{"candidate": "a", "changeSet": "arn:aws:x"}"#;
        assert!(error(both).contains("both `candidate` and `changeSet`"));
        assert!(error(r#"{"changeSet": "x"}"#).contains("without its `stack`"));
    }

    #[test]
    fn leaves_nothing_out_in_silence() {
        for text in [
            r#"{"changeSet": "arn:aws:x", "parameters": "prod.json"}"#,
            r#"{"distribution": "E2EXAMPLE1GUARD", "parameters": ["prod.json"]}"#,
            r#"{"changeSet": "arn:aws:x", "format": "cloudformation"}"#,
            r#"{"distribution": "E2EXAMPLE1GUARD", "format": "cloudformation"}"#,
            r#"{"distribution": "E2EXAMPLE1GUARD", "stack": "site"}"#,
            r#"{"distribution": "E2EXAMPLE1GUARD", "resource": "Cdn"}"#,
        ] {
            assert!(error(text).contains("without a `candidate`"), "{text}");
        }
        for (key, text) in [
            (
                "changeSet",
                r#"{"mode": "verify", "changeSet": "arn:aws:x"}"#,
            ),
            (
                "step",
                r#"{"mode": "verify", "candidate": "a.json", "step": "origins"}"#,
            ),
            (
                "baseline",
                r#"{"mode": "verify", "candidate": "a.json", "baseline": "live"}"#,
            ),
        ] {
            let text = error(text);
            assert!(
                text.contains(&format!("`{key}` with `mode` `verify`")),
                "{text}"
            );
        }
        let twice = error(r#"{"candidate": "x", "unknown": "block", "unknown": "warn"}"#);
        assert!(twice.contains("`unknown` stands twice"), "{twice}");
    }

    #[test]
    fn refuses_wrong_types_and_empty_ones() {
        assert!(error(r#"{"candidate": 5}"#).contains("`candidate` is a number"));
        assert!(error(r#"{"candidate": ""}"#).contains("`candidate` is empty"));
        assert!(error("{}").contains("neither `distribution` nor `candidate`"));
        assert!(error("[]").contains("a list"));
        assert!(error("{\"a\"").contains("not JSON"));
        assert!(error("not an id").contains("neither a distribution ID"));
        assert!(error(&"E".repeat(1001)).contains("1001 characters"));
        assert!(
            UserParameters::parse(None)
                .unwrap_err()
                .to_string()
                .contains("empty")
        );
    }
}
