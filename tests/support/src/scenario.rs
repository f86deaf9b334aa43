//! A world written down in JSON, for the process and for the command line.

use std::time::Duration;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use serde_json::{Map, Value};

use crate::bucket::Object;
use crate::fault::{Fault, FaultKind};
use crate::world::World;
use crate::zip::zip;

/// The scenario cannot be read; says where and why.
#[derive(Debug)]
pub struct ScenarioError(String);

impl std::fmt::Display for ScenarioError {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.write_str(&self.0)
    }
}

impl std::error::Error for ScenarioError {}

type Step<T = ()> = Result<T, ScenarioError>;

fn wrong<T>(message: impl Into<String>) -> Step<T> {
    Err(ScenarioError(message.into()))
}

fn object<'a>(value: &'a Value, at: &str) -> Step<&'a Map<String, Value>> {
    value
        .as_object()
        .ok_or_else(|| ScenarioError(format!("{at} must be an object")))
}

fn text(value: &Value, at: &str) -> Step<String> {
    value
        .as_str()
        .map(str::to_owned)
        .ok_or_else(|| ScenarioError(format!("{at} must be a string")))
}

fn texts(value: &Value, at: &str) -> Step<Vec<String>> {
    let list = value
        .as_array()
        .ok_or_else(|| ScenarioError(format!("{at} must be a list")))?;
    list.iter().map(|item| text(item, at)).collect()
}

fn number(value: &Value, at: &str) -> Step<u64> {
    value
        .as_u64()
        .ok_or_else(|| ScenarioError(format!("{at} must be a whole number")))
}

fn code(value: &Value, at: &str) -> Step<u16> {
    let number = number(value, at)?;
    u16::try_from(number)
        .ok()
        .filter(|code| (200..600).contains(code))
        .ok_or_else(|| ScenarioError(format!("{at} must be an HTTP status")))
}

impl World {
    /// Merges a scenario into the world. Keys: `account`, `buckets`, `distributions`, `originAccessControls`,
    /// `originAccessIdentities`, `keys` (policies by ARN), `vpcOrigins`, `topics`, `buses`, `continuesAfterSeconds`, `latencyMs`, `faults`, `denied`, `jobs`
    /// (a list of `CodePipeline.job` events).
    ///
    /// # Errors
    /// When a key is unknown or a value is not what it should be; what came before it was merged.
    pub fn merge(&mut self, scenario: &Value) -> Step {
        let scenario = object(scenario, "the scenario")?;
        if let Some(account) = scenario.get("account") {
            self.account = text(account, "account")?;
        }
        scenario
            .iter()
            .filter(|(key, _)| *key != "jobs")
            .try_for_each(|(key, value)| self.merge_part(key, value))?;
        let jobs = scenario
            .get("jobs")
            .and_then(Value::as_array)
            .into_iter()
            .flatten();
        for event in jobs {
            self.adopt_job(event)
                .ok_or_else(|| ScenarioError("jobs must be CodePipeline.job events".to_owned()))?;
        }
        Ok(())
    }

    fn merge_part(&mut self, key: &str, value: &Value) -> Step {
        match key {
            "account" => {}
            "buckets" => object(value, key)?
                .iter()
                .try_for_each(|(name, value)| self.merge_bucket(name, value))?,
            "distributions" => object(value, key)?
                .iter()
                .try_for_each(|(id, value)| self.merge_distribution(id, value))?,
            "originAccessControls" => object(value, key)?
                .iter()
                .try_for_each(|(id, value)| self.merge_control(id, value))?,
            "originAccessIdentities" => object(value, key)?
                .iter()
                .try_for_each(|(id, value)| self.merge_identity(id, value))?,
            "keys" => self.key_policies.extend(
                object(value, key)?
                    .iter()
                    .map(|(arn, policy)| (arn.clone(), policy.clone())),
            ),
            "vpcOrigins" => self.vpc_origins.extend(object(value, key)?.clone()),
            "topics" => self.topics.extend(texts(value, key)?),
            "buses" => self.buses.extend(texts(value, key)?),
            "denied" => self.denied.extend(texts(value, key)?),
            "continuesAfterSeconds" => {
                self.continues_after = Duration::from_secs(number(value, key)?);
            }
            "latencyMs" => self.latency = Duration::from_millis(number(value, key)?),
            "faults" => {
                let faults = value
                    .as_array()
                    .ok_or_else(|| ScenarioError("faults must be a list".to_owned()))?;
                for value in faults {
                    self.faults.push(fault(value)?);
                }
            }
            _ => return wrong(format!("the scenario has the unknown key {key}")),
        }
        Ok(())
    }

    fn merge_bucket(&mut self, name: &str, value: &Value) -> Step {
        let settings = object(value, name)?;
        let region = settings
            .get("region")
            .map_or(Ok("us-east-1".to_owned()), |region| text(region, "region"))?;
        let owner = settings
            .get("owner")
            .map_or(Ok(self.account.clone()), |owner| text(owner, "owner"))?;
        let bucket = self.bucket(name, &region);
        bucket.owner = owner;
        let optional = |value: &Value| (!value.is_null()).then(|| value.clone());
        for (key, value) in settings {
            match key.as_str() {
                "region" | "owner" => {}
                "policy" => bucket.policy = optional(value),
                "website" if *value == Value::Bool(true) => drop(bucket.website()),
                "website" => bucket.website = optional(value),
                "publicAccessBlock" => bucket.public_access_block = optional(value),
                "encryption" => bucket.encryption = optional(value),
                "ownership" => bucket.ownership = value.as_str().map(str::to_owned),
                "sharedWith" => bucket.shared_with.extend(texts(value, key)?),
                "objects" => {
                    for (key, value) in object(value, key)? {
                        bucket
                            .objects
                            .insert(key.clone(), Object::new(content(value)?));
                    }
                }
                _ => return wrong(format!("bucket {name} has the unknown key {key}")),
            }
        }
        Ok(())
    }

    /// `{"config": {…}, "domainName": …, "etag": …, "status": …, "owner": …}`, or the config itself.
    fn merge_distribution(&mut self, id: &str, value: &Value) -> Step {
        let Some(config) = value.get("config") else {
            self.distribution(id, value.clone());
            return Ok(());
        };
        let distribution = self.distribution(id, config.clone());
        for (key, value) in object(value, id)? {
            let member = match key.as_str() {
                "config" => continue,
                "domainName" => &mut distribution.domain_name,
                "etag" => &mut distribution.etag,
                "status" => &mut distribution.status,
                "owner" => &mut distribution.owner,
                _ => return wrong(format!("distribution {id} has the unknown key {key}")),
            };
            *member = text(value, key)?;
        }
        Ok(())
    }

    fn merge_control(&mut self, id: &str, value: &Value) -> Step {
        let member = |name: &str, default: &str| {
            value
                .get(name)
                .map_or(Ok(default.to_owned()), |value| text(value, name))
        };
        let (kind, behavior, protocol) = (
            member("type", "s3")?,
            member("signingBehavior", "always")?,
            member("signingProtocol", "sigv4")?,
        );
        self.origin_access_control(id, &kind, &behavior, &protocol);
        Ok(())
    }

    fn merge_identity(&mut self, id: &str, value: &Value) -> Step {
        let identity = self.origin_access_identity(id);
        if let Some(user) = value.get("s3CanonicalUserId") {
            identity.s3_canonical_user_id = text(user, "s3CanonicalUserId")?;
        }
        Ok(())
    }
}

/// Text, or `{"base64": …}`, `{"json": …}`, `{"zip": {name: content}}`.
fn content(value: &Value) -> Step<Vec<u8>> {
    if let Some(text) = value.as_str() {
        return Ok(text.as_bytes().to_vec());
    }
    if let Some(encoded) = value.get("base64").and_then(Value::as_str) {
        return STANDARD
            .decode(encoded)
            .map_err(|error| ScenarioError(format!("base64: {error}")));
    }
    if let Some(json) = value.get("json") {
        return Ok(json.to_string().into_bytes());
    }
    let Some(files) = value.get("zip") else {
        return wrong("an object is text, base64, json or zip");
    };
    let files = object(files, "zip")?
        .iter()
        .map(|(name, value)| Ok((name.as_str(), content(value)?)));
    let files = files.collect::<Step<Vec<_>>>()?;
    Ok(zip(files
        .iter()
        .map(|(name, content)| (*name, content.as_slice()))))
}

/// `{"operation": …, "subject": …, "region": …, "spared": …, "times": …, "kind": …}` with the kind `"throttle"`, `"deny"`, `"hang"`, `"reset"`, `"lost"`, `"cut"`, `"stall"`, `"garbage"`,
/// `{"status": 503, "code": …}` or `{"delayMs": 100}`.
fn fault(value: &Value) -> Step<Fault> {
    let kind = value.get("kind").unwrap_or(&Value::Null);
    let kind = match kind.as_str() {
        Some("throttle") => FaultKind::Throttle,
        Some("deny") => FaultKind::Deny,
        Some("hang") => FaultKind::Hang,
        Some("reset") => FaultKind::Reset,
        Some("garbage") => FaultKind::Garbage,
        Some("lost") => FaultKind::Lost,
        Some("cut") => FaultKind::Cut,
        Some("stall") => FaultKind::Stall,
        Some(other) => return wrong(format!("unknown kind of fault {other}")),
        None => match (kind.get("status"), kind.get("delayMs")) {
            (Some(status), _) => FaultKind::Status(
                code(status, "status")?,
                kind["code"].as_str().unwrap_or("InternalError").to_owned(),
            ),
            (_, Some(delay)) => FaultKind::Delay(Duration::from_millis(number(delay, "delayMs")?)),
            _ => return wrong("a fault has no kind"),
        },
    };
    let words = |key| value.get(key).map(|given| text(given, key)).transpose();
    let count = |key| {
        let given = value.get(key).map(|given| number(given, key)).transpose()?;
        Ok(given.map(|number| usize::try_from(number).unwrap_or(usize::MAX)))
    };
    Ok(Fault {
        operation: text(value.get("operation").unwrap_or(&Value::Null), "operation")?,
        subject: words("subject")?,
        key_end: None,
        region: words("region")?,
        spared: count("spared")?.unwrap_or_default(),
        times: count("times")?,
        kind,
    })
}
