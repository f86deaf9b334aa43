use serde_json::{Map, Value};

use super::RequestError;
use crate::nearest::nearest;
use crate::sweep::{Depth, RunId};

/// The key by which the event is recognized.
pub(super) const KEY: &str = "sweep";

const KEYS: [&str; 4] = ["depth", "notify", "run", "step"];

/// What a sweep is asked for: by a schedule, by hand, or by its own invocation before.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct SweepRequest {
    /// How much is asked.
    pub depth: Depth,
    /// Whether the digest is posted where nothing is new and nothing is gone; without it, the setting
    /// decides.
    pub notify: Option<Notify>,
    /// The sweep that this invocation continues.
    pub continues: Option<Continued>,
}

/// When a digest is posted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Notify {
    /// Where something is new or gone.
    Changes,
    /// Always.
    Always,
}

/// A sweep that has begun.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Continued {
    /// Which.
    pub run: RunId,
    /// How many invocations it has had.
    pub step: u32,
}

/// Reads `{"sweep": {}}`.
pub(super) fn parse(event: &Value) -> Result<SweepRequest, RequestError> {
    let map = match event.get(KEY) {
        Some(Value::Object(map)) => map,
        Some(_) => return refuse("`sweep` is not an object; give {\"sweep\": {}}"),
        None => return Ok(SweepRequest::default()),
    };
    for key in map.keys() {
        if !KEYS.contains(&key.as_str()) {
            return refuse(match nearest(key, KEYS.into_iter()) {
                Some(near) => format!("unknown key `{key}`; did you mean `{near}`?"),
                None => format!("unknown key `{key}`; it takes {}", KEYS.join(", ")),
            });
        }
    }
    let depth = one_of(map, "depth", &Depth::NAMES)?.and_then(Depth::parse);
    let notify = one_of(map, "notify", &["changes", "always"])?;
    Ok(SweepRequest {
        depth: depth.unwrap_or_default(),
        notify: notify.map(|word| match word {
            "always" => Notify::Always,
            _ => Notify::Changes,
        }),
        continues: continued(map)?,
    })
}

fn continued(map: &Map<String, Value>) -> Result<Option<Continued>, RequestError> {
    match (map.get("run"), map.get("step")) {
        (None, None) => Ok(None),
        (Some(Value::String(run)), Some(step)) => {
            let step = step.as_u64().and_then(|step| u32::try_from(step).ok());
            match step.filter(|step| *step > 0) {
                Some(step) => Ok(Some(Continued {
                    run: RunId::from(run.as_str()),
                    step,
                })),
                None => refuse("`step` is not a whole number above 0"),
            }
        }
        _ => refuse("`run` and `step` go together; a sweep sets both when it invokes itself"),
    }
}

fn one_of<'v>(
    map: &Map<String, Value>,
    key: &str,
    values: &[&'v str],
) -> Result<Option<&'v str>, RequestError> {
    let Some(value) = map.get(key) else {
        return Ok(None);
    };
    let text = value.as_str().unwrap_or_default();
    if let Some(known) = values.iter().find(|known| **known == text) {
        return Ok(Some(known));
    }
    refuse(match nearest(text, values.iter().copied()) {
        Some(near) => format!("`{key}` is {value}; did you mean `{near}`?"),
        None => format!("`{key}` is {value}; it takes {}", values.join(" or ")),
    })
}

fn refuse<T>(problem: impl Into<String>) -> Result<T, RequestError> {
    Err(RequestError::Sweep(problem.into()))
}

impl SweepRequest {
    /// The event by which an invocation continues the sweep.
    #[must_use]
    pub fn event(&self) -> Value {
        let mut sweep = Map::new();
        sweep.insert("depth".to_owned(), self.depth.name().into());
        if let Some(notify) = self.notify {
            let word = match notify {
                Notify::Changes => "changes",
                Notify::Always => "always",
            };
            sweep.insert("notify".to_owned(), word.into());
        }
        if let Some(continued) = &self.continues {
            sweep.insert("run".to_owned(), continued.run.as_str().into());
            sweep.insert("step".to_owned(), continued.step.into());
        }
        let mut event = Map::new();
        event.insert(KEY.to_owned(), sweep.into());
        event.into()
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn reads_what_a_schedule_and_a_person_send() {
        for (event, depth, notify) in [
            (json!({"sweep": {}}), Depth::Existence, None),
            (
                json!({"sweep": {"depth": "existence"}}),
                Depth::Existence,
                None,
            ),
            (
                json!({"sweep": {"depth": "full", "notify": "always"}}),
                Depth::Full,
                Some(Notify::Always),
            ),
        ] {
            let request = parse(&event).unwrap();
            assert_eq!((request.depth, request.notify), (depth, notify), "{event}");
            assert_eq!(request.continues, None);
        }
    }

    #[test]
    fn reads_back_what_it_sends_itself() {
        let request = SweepRequest {
            depth: Depth::Full,
            notify: Some(Notify::Always),
            continues: Some(Continued {
                run: RunId::from("r-1"),
                step: 3,
            }),
        };
        assert_eq!(parse(&request.event()).unwrap(), request);
    }

    #[test]
    fn what_is_wrong_is_reported_with_the_nearest_key_or_value() {
        for (sweep, words) in [
            (json!("full"), "`sweep` is not an object"),
            (
                json!({"deptt": "full"}),
                "unknown key `deptt`; did you mean `depth`?",
            ),
            (json!({"x": 1}), "it takes depth, notify, run, step"),
            (
                json!({"depth": "ful"}),
                "`depth` is \"ful\"; did you mean `full`?",
            ),
            (
                json!({"depth": 7}),
                "`depth` is 7; it takes existence or full",
            ),
            (json!({"notify": "never"}), "`notify` is \"never\""),
            (json!({"run": "r"}), "`run` and `step` go together"),
            (
                json!({"run": "r", "step": 0}),
                "`step` is not a whole number",
            ),
        ] {
            let error = parse(&json!({"sweep": sweep})).unwrap_err().to_string();
            assert!(error.contains(words), "{error}");
        }
    }
}
