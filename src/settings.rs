//! The environment, read once. Each variable stands in `template.yaml` with the same words.

use std::ffi::OsString;
use std::net::SocketAddr;
use std::time::Duration;

use crate::candidate::{ArtifactLimits, Bounds};
use crate::distribution::{AccountId, Region};
use crate::error::GuardError;
use crate::plain::is_plain_url;
use crate::rules::{Limits, Quota};
use crate::verdict::OnUnknown;

/// The settings of one guard.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Settings {
    /// `AWS_REGION`, which Lambda sets: where the function is, and the bucket of its reports.
    pub region: Option<Region>,
    /// `AWS_LAMBDA_FUNCTION_NAME`, which Lambda sets: what a sweep invokes to continue.
    pub function: Option<String>,
    /// `ORIGIN_GUARD_REPORT_BUCKET`: where reports, last known good configs and markers are stored.
    pub report_bucket: Option<String>,
    /// `ORIGIN_GUARD_TOPIC_ARN`: the SNS topic for notifications.
    pub topic_arn: Option<String>,
    /// `ORIGIN_GUARD_EVENT_BUS`: name or ARN of the bus that gets reports as events.
    pub event_bus: Option<String>,
    /// `ORIGIN_GUARD_NOTIFY_PASS`: whether a pass is posted too.
    pub notify_pass: bool,
    /// `ORIGIN_GUARD_UNKNOWN`: `block` or `warn`.
    pub on_unknown: OnUnknown,
    /// `ORIGIN_GUARD_BUCKET_OWNERS`: accounts beside this one that may own origin buckets.
    pub bucket_owners: Vec<AccountId>,
    /// `ORIGIN_GUARD_CONTRACT`: the contract file, as `s3://bucket/key`.
    pub contract: Option<String>,
    /// `ORIGIN_GUARD_RULES_URL`: where the rules' pages are, as `origin-guard rules --site` writes them.
    pub rules_url: Option<RulesUrl>,
    /// `ORIGIN_GUARD_NETWORK`: whether DNS and the hosts of custom origins are asked; where it is
    /// unset, the command line does and the function does not.
    pub network: Option<NetworkUse>,
    /// `ORIGIN_GUARD_JOB_DETAILS`: whether `codepipeline:GetJobDetails`, whose answer also holds
    /// the job's credentials, is called for the pipeline's name; `off` where it is unset.
    pub job_details: bool,
    /// `ORIGIN_GUARD_EDGE`: whether a verification asks CloudFront's edge; where it is unset, the
    /// command line does and the function does not.
    pub edge: Option<bool>,
    /// `ORIGIN_GUARD_EDGE_ENDPOINT`: what stands in the place of the edge, for tests.
    pub edge_endpoint: Option<LoopbackEndpoint>,
    /// `ORIGIN_GUARD_VERIFY_MINUTES`: how long a verification waits for CloudFront to deploy.
    pub verify: Duration,
    /// `ORIGIN_GUARD_MAX_ORIGINS`, `…_ORIGIN_GROUPS`, `…_BEHAVIORS`, `…_ORIGIN_HEADERS`: this account's quotas.
    pub limits: Limits,
    /// `ORIGIN_GUARD_MAX_ARTIFACT_MB`, `…_CANDIDATE_MB`: bounds on what is read.
    pub artifact: ArtifactLimits,
    /// `ORIGIN_GUARD_MAX_DISTRIBUTIONS`, `…_PARTS`, `…_SUBJECTS`: bounds on what one job holds.
    pub bounds: Bounds,
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            region: None,
            function: None,
            report_bucket: None,
            topic_arn: None,
            event_bus: None,
            notify_pass: false,
            on_unknown: OnUnknown::default(),
            bucket_owners: Vec::new(),
            contract: None,
            rules_url: None,
            network: None,
            job_details: false,
            edge: None,
            edge_endpoint: None,
            verify: Duration::from_hours(1),
            limits: Limits::default(),
            artifact: ArtifactLimits {
                artifact_bytes: 100 * MB,
                file_bytes: 10 * MB,
                entries: 250_000,
            },
            bounds: Bounds::default(),
        }
    }
}

/// What may be asked beside AWS.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum NetworkUse {
    /// Nothing.
    Off,
    /// DNS and the hosts of custom origins. What DNS servers inside a network say is no proof.
    On,
    /// The same, and the DNS servers say what public DNS says: a server inside a network may pass on
    /// the questions, as that of a function outside a VPC does.
    PublicDns,
}

/// The address of the rules' pages.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RulesUrl(String);

impl RulesUrl {
    /// An `https` address without query or fragment, whose characters need no escaping in HTML or
    /// Markdown.
    fn parse(url: &str) -> Option<Self> {
        let url = url.trim_end_matches('/');
        is_plain_url(url).then(|| Self(url.to_owned()))
    }

    /// The page of a rule.
    #[must_use]
    pub fn page(&self, rule: &str) -> String {
        format!("{}/{rule}.html", self.0)
    }
}

/// A port of this machine that answers in the place of CloudFront's edge, over plain HTTP. No other
/// address can be one: what is verified there would not be the distribution.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct LoopbackEndpoint(SocketAddr);

impl LoopbackEndpoint {
    /// Reads `http://127.0.0.1:PORT`, or another loopback address in digits.
    #[must_use]
    pub fn parse(url: &str) -> Option<Self> {
        let address = url.strip_prefix("http://")?;
        let address: SocketAddr = address.strip_suffix('/').unwrap_or(address).parse().ok()?;
        // Not a name, not even `localhost`: DNS could lead it anywhere.
        address.ip().is_loopback().then_some(Self(address))
    }

    /// Its address.
    #[must_use]
    pub fn address(self) -> SocketAddr {
        self.0
    }
}

const MB: u64 = 1024 * 1024;

/// Parts that each megabyte of a function's memory holds with all that is made of them: 2,048 in the
/// smallest function, of 128 MB (tests/it/memory.rs).
const PARTS_OF_MEGABYTE: usize = 16;

/// Subjects whose answers each megabyte holds: a bucket's policy has up to 20 KB, and more once it is read.
const SUBJECTS_OF_MEGABYTE: usize = 4;

/// Values of a plan that each megabyte holds, at about 400 bytes.
const VALUES_OF_MEGABYTE: usize = 800;

/// What a function takes before it has read anything, and for judging, in megabytes.
const OWN_MEMORY: u64 = 64;

/// `ORIGIN_GUARD_LOG`: how much the guard itself logs, `info` where it is unset or no level.
///
/// It never reaches the SDK's own logs, which hold access keys below `info`.
#[must_use]
pub fn log_level() -> tracing::Level {
    environment("ORIGIN_GUARD_LOG")
        .and_then(|level| level.parse().ok())
        .unwrap_or(tracing::Level::INFO)
}

/// `AWS_CA_BUNDLE`: trust these certificates (PEM) in place of the built-in roots.
#[must_use]
pub fn ca_bundle() -> Option<String> {
    environment("AWS_CA_BUNDLE")
}

/// Whether the terminal wants no colors: `NO_COLOR` (<https://no-color.org>) or a dumb one.
#[must_use]
pub fn no_color() -> bool {
    environment("NO_COLOR").is_some() || environment("TERM").as_deref() == Some("dumb")
}

/// Whether colors are wanted where there is no terminal either: `FORCE_COLOR` (<https://force-color.org>).
#[must_use]
pub fn force_color() -> bool {
    environment("FORCE_COLOR").is_some_and(|value| value != "0")
}

/// Whether any `AWS_ENDPOINT_URL…` sends calls elsewhere than to AWS.
#[must_use]
#[expect(
    clippy::disallowed_methods,
    reason = "this is where the environment is read"
)]
pub fn has_own_endpoints() -> bool {
    is_own_endpoint(std::env::vars_os())
}

/// An empty variable is as good as none, here as for the SDK.
fn is_own_endpoint(mut variables: impl Iterator<Item = (OsString, OsString)>) -> bool {
    variables.any(|(name, value)| {
        let name = name.to_string_lossy();
        name.starts_with("AWS_ENDPOINT_URL") && !value.is_empty()
    })
}

/// A setting of the AWS SDKs.
#[must_use]
pub fn sdk(name: &str) -> Option<String> {
    environment(name)
}

/// `AWS_PROFILE`: the profile of a workstation that is used unless another is named.
#[must_use]
pub fn profile() -> Option<String> {
    environment("AWS_PROFILE")
}

/// `AWS_REGION`, which Lambda sets.
#[must_use]
pub fn region() -> Option<String> {
    environment("AWS_REGION")
}

#[expect(
    clippy::disallowed_methods,
    reason = "this is where the environment is read"
)]
fn environment(name: &str) -> Option<String> {
    std::env::var(name).ok().filter(|value| !value.is_empty())
}

impl Settings {
    /// Reads the environment.
    ///
    /// # Errors
    /// [`GuardError::Configuration`] naming the variable, its value, and what it takes.
    pub fn from_environment() -> Result<Self, GuardError> {
        Self::read(environment)
    }

    /// Reads settings from a source of variables.
    ///
    /// # Errors
    /// As [`Settings::from_environment`].
    pub fn read(variable: impl Fn(&str) -> Option<String>) -> Result<Self, GuardError> {
        let mut default = Self::default();
        let variable = |name: &'static str| Variable {
            name,
            value: variable(name)
                .map(|value| value.trim().to_owned())
                // Templates set a variable to an empty text where its parameter is not given.
                .filter(|value| !value.is_empty()),
        };
        let memory = variable("AWS_LAMBDA_FUNCTION_MEMORY_SIZE").value;
        let memory = memory.and_then(|megabytes| megabytes.parse::<u64>().ok());
        if let Some(megabytes) = memory {
            let parts = usize::try_from(megabytes).unwrap_or(usize::MAX);
            default.bounds.parts = parts.saturating_mul(PARTS_OF_MEGABYTE);
            let values = parts.saturating_mul(VALUES_OF_MEGABYTE);
            default.bounds.values = values.min(default.bounds.values);
            let subjects = parts.saturating_mul(SUBJECTS_OF_MEGABYTE);
            default.bounds.subjects = subjects.min(default.bounds.subjects);
        }
        Ok(Self {
            region: variable("AWS_REGION")
                .value
                .as_deref()
                .and_then(Region::parse),
            function: variable("AWS_LAMBDA_FUNCTION_NAME").value,
            report_bucket: variable("ORIGIN_GUARD_REPORT_BUCKET").value,
            topic_arn: variable("ORIGIN_GUARD_TOPIC_ARN").value,
            event_bus: variable("ORIGIN_GUARD_EVENT_BUS").value,
            notify_pass: variable("ORIGIN_GUARD_NOTIFY_PASS").flag()?,
            on_unknown: variable("ORIGIN_GUARD_UNKNOWN").on_unknown()?,
            bucket_owners: variable("ORIGIN_GUARD_BUCKET_OWNERS").accounts()?,
            contract: variable("ORIGIN_GUARD_CONTRACT").url()?,
            rules_url: variable("ORIGIN_GUARD_RULES_URL").rules_url()?,
            network: variable("ORIGIN_GUARD_NETWORK").network()?,
            job_details: variable("ORIGIN_GUARD_JOB_DETAILS")
                .switch()?
                .unwrap_or(false),
            edge: variable("ORIGIN_GUARD_EDGE").switch()?,
            edge_endpoint: variable("ORIGIN_GUARD_EDGE_ENDPOINT").loopback()?,
            verify: variable("ORIGIN_GUARD_VERIFY_MINUTES").minutes(default.verify)?,
            limits: Limits {
                origins: variable("ORIGIN_GUARD_MAX_ORIGINS").quota(default.limits.origins)?,
                origin_groups: variable("ORIGIN_GUARD_MAX_ORIGIN_GROUPS")
                    .quota(default.limits.origin_groups)?,
                behaviors: variable("ORIGIN_GUARD_MAX_BEHAVIORS")
                    .quota(default.limits.behaviors)?,
                origin_headers: variable("ORIGIN_GUARD_MAX_ORIGIN_HEADERS")
                    .quota(default.limits.origin_headers)?,
            },
            artifact: ArtifactLimits {
                artifact_bytes: variable("ORIGIN_GUARD_MAX_ARTIFACT_MB")
                    .megabytes(default.artifact.artifact_bytes)?
                    .min(memory.map_or(u64::MAX, most_of_artifact)),
                file_bytes: variable("ORIGIN_GUARD_MAX_CANDIDATE_MB")
                    .megabytes(default.artifact.file_bytes)?,
                entries: default.artifact.entries,
            },
            bounds: Bounds {
                distributions: variable("ORIGIN_GUARD_MAX_DISTRIBUTIONS")
                    .number(default.bounds.distributions)?,
                parts: variable("ORIGIN_GUARD_MAX_PARTS").number(default.bounds.parts)?,
                subjects: variable("ORIGIN_GUARD_MAX_SUBJECTS").number(default.bounds.subjects)?,
                values: default.bounds.values,
            },
        })
    }
}

/// The largest artifact beside which a function of so many megabytes has room for what is in it: its
/// bytes are held while the files are read.
fn most_of_artifact(megabytes: u64) -> u64 {
    megabytes.saturating_sub(OWN_MEMORY).saturating_mul(MB) / 2
}

struct Variable {
    name: &'static str,
    value: Option<String>,
}

impl Variable {
    fn refuse(&self, takes: &str) -> GuardError {
        let value = self.value.as_deref().unwrap_or_default();
        GuardError::configuration(
            format!("the setting {}={value} is not {takes}", self.name),
            format!("Set {} to {takes}", self.name),
        )
    }

    fn url(&self) -> Result<Option<String>, GuardError> {
        match &self.value {
            Some(url) if !url.starts_with("s3://") => {
                Err(self.refuse("a URL such as s3://bucket/key"))
            }
            url => Ok(url.clone()),
        }
    }

    fn rules_url(&self) -> Result<Option<RulesUrl>, GuardError> {
        match &self.value {
            None => Ok(None),
            Some(url) => match RulesUrl::parse(url) {
                Some(url) => Ok(Some(url)),
                None => Err(self.refuse("a URL such as https://docs.example.com/origin-guard")),
            },
        }
    }

    fn loopback(&self) -> Result<Option<LoopbackEndpoint>, GuardError> {
        match self.value.as_deref() {
            None => Ok(None),
            Some(url) => LoopbackEndpoint::parse(url)
                .map(Some)
                .ok_or_else(|| self.refuse("a loopback address such as http://127.0.0.1:5200")),
        }
    }

    fn quota(&self, default: Quota) -> Result<Quota, GuardError> {
        match self.value {
            Some(_) => Ok(Quota::OfAccount(self.number(default.most())?)),
            None => Ok(default),
        }
    }

    fn flag(&self) -> Result<bool, GuardError> {
        match self.value.as_deref() {
            // Nothing but these words: a typing error that silently meant "no" would stay
            // unnoticed.
            None | Some("false") => Ok(false),
            Some("true") => Ok(true),
            Some(_) => Err(self.refuse("`true` or `false`")),
        }
    }

    fn switch(&self) -> Result<Option<bool>, GuardError> {
        match self.value.as_deref() {
            None => Ok(None),
            Some("on") => Ok(Some(true)),
            Some("off") => Ok(Some(false)),
            Some(_) => Err(self.refuse("`on` or `off`")),
        }
    }

    fn network(&self) -> Result<Option<NetworkUse>, GuardError> {
        match self.value.as_deref() {
            None => Ok(None),
            Some("on") => Ok(Some(NetworkUse::On)),
            Some("public-dns") => Ok(Some(NetworkUse::PublicDns)),
            Some("off") => Ok(Some(NetworkUse::Off)),
            Some(_) => Err(self.refuse("`on`, `public-dns` or `off`")),
        }
    }

    fn on_unknown(&self) -> Result<OnUnknown, GuardError> {
        match self.value.as_deref() {
            None | Some("block") => Ok(OnUnknown::Block),
            Some("warn") => Ok(OnUnknown::Warn),
            Some(_) => Err(self.refuse("`block` or `warn`")),
        }
    }

    fn accounts(&self) -> Result<Vec<AccountId>, GuardError> {
        let accounts = self.value.as_deref().unwrap_or_default().split(',');
        accounts
            .map(str::trim)
            .filter(|account| !account.is_empty())
            .map(|account| {
                AccountId::parse(account)
                    .ok_or_else(|| self.refuse("a comma-separated list of 12-digit account IDs"))
            })
            .collect()
    }

    fn number(&self, default: usize) -> Result<usize, GuardError> {
        match &self.value {
            None => Ok(default),
            Some(text) => match text.parse() {
                Ok(number) if number > 0 => Ok(number),
                _ => Err(self.refuse("a whole number above 0")),
            },
        }
    }

    /// A pipeline's action may last a day in all
    /// (<https://docs.aws.amazon.com/codepipeline/latest/userguide/limits.html>).
    fn minutes(&self, default: Duration) -> Result<Duration, GuardError> {
        const DAY: u64 = 24 * 60;
        match &self.value {
            None => Ok(default),
            Some(text) => match text.parse() {
                Ok(minutes @ 1..=DAY) => Ok(Duration::from_mins(minutes)),
                _ => Err(self.refuse("a whole number of minutes from 1 to 1440")),
            },
        }
    }

    fn megabytes(&self, default: u64) -> Result<u64, GuardError> {
        let default = usize::try_from(default / MB).unwrap_or(usize::MAX);
        let number = self.number(default)? as u64;
        number
            .checked_mul(MB)
            .ok_or_else(|| self.refuse("a size in megabytes"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(name: &str, value: &str) -> Result<Settings, GuardError> {
        Settings::read(|asked| (asked == name).then(|| value.to_owned()))
    }

    #[test]
    fn an_empty_environment_gives_the_defaults() {
        assert_eq!(Settings::read(|_| None), Ok(Settings::default()));
        assert_eq!(
            Settings::read(|_| Some(" ".to_owned())),
            Ok(Settings::default())
        );
    }

    #[test]
    fn an_empty_endpoint_sends_calls_to_aws() {
        let is_own =
            |name: &str, value: &str| is_own_endpoint([(name.into(), value.into())].into_iter());
        assert!(is_own("AWS_ENDPOINT_URL", "http://localhost:4566"));
        assert!(is_own("AWS_ENDPOINT_URL_S3", "http://localhost:4566"));
        assert!(!is_own("AWS_ENDPOINT_URL_S3", ""));
        assert!(!is_own("AWS_REGION", "us-east-1"));
    }

    #[test]
    fn takes_what_is_documented() {
        assert!(
            read("ORIGIN_GUARD_NOTIFY_PASS", "true")
                .unwrap()
                .notify_pass
        );
        assert_eq!(
            read("ORIGIN_GUARD_UNKNOWN", "warn").unwrap().on_unknown,
            OnUnknown::Warn
        );
        assert_eq!(
            read("ORIGIN_GUARD_BUCKET_OWNERS", "111122223333, 444455556666")
                .unwrap()
                .bucket_owners,
            ["111122223333", "444455556666"].map(|it| AccountId::parse(it).unwrap())
        );
        for (value, network) in [
            ("on", NetworkUse::On),
            ("public-dns", NetworkUse::PublicDns),
            ("off", NetworkUse::Off),
        ] {
            let read = read("ORIGIN_GUARD_NETWORK", value).unwrap().network;
            assert_eq!(read, Some(network));
        }
        assert!(read("ORIGIN_GUARD_JOB_DETAILS", "on").unwrap().job_details);
        let url = read("ORIGIN_GUARD_RULES_URL", "https://docs.example.com/rules/");
        assert_eq!(
            url.unwrap().rules_url.unwrap().page("a"),
            "https://docs.example.com/rules/a.html"
        );
        assert_eq!(read("ORIGIN_GUARD_EDGE", "on").unwrap().edge, Some(true));
        for url in [
            "http://127.0.0.1:5200",
            "http://127.9.9.9:1/",
            "http://[::1]:80",
        ] {
            let endpoint = read("ORIGIN_GUARD_EDGE_ENDPOINT", url)
                .unwrap()
                .edge_endpoint;
            assert!(
                endpoint.is_some_and(|it| it.address().ip().is_loopback()),
                "{url}"
            );
        }
        let verify = read("ORIGIN_GUARD_VERIFY_MINUTES", "90").unwrap().verify;
        assert_eq!(verify, Duration::from_mins(90));
        assert_eq!(
            read("ORIGIN_GUARD_MAX_ORIGINS", "250")
                .unwrap()
                .limits
                .origins,
            Quota::OfAccount(250)
        );
        assert_eq!(
            read("ORIGIN_GUARD_MAX_ARTIFACT_MB", "2")
                .unwrap()
                .artifact
                .artifact_bytes,
            2 << 20
        );
    }

    #[test]
    fn a_small_function_holds_less_by_default() {
        let of_memory =
            |megabytes: &str| read("AWS_LAMBDA_FUNCTION_MEMORY_SIZE", megabytes).unwrap();
        let small = of_memory("128");
        assert_eq!(small.bounds.parts, 2_048);
        assert_eq!(small.bounds.subjects, 512);
        assert_eq!(small.artifact.artifact_bytes, 32 << 20);
        let large = of_memory("512");
        assert_eq!(large.bounds.parts, 8_192);
        assert_eq!(large.artifact, Settings::default().artifact);
        assert_eq!(of_memory("0").artifact.artifact_bytes, 0);
        assert_eq!(of_memory("?"), Settings::default());
    }

    #[test]
    fn refuses_the_rest_naming_variable_and_value() {
        for (name, value) in [
            ("ORIGIN_GUARD_NOTIFY_PASS", "yes"),
            ("ORIGIN_GUARD_UNKNOWN", "ignore"),
            ("ORIGIN_GUARD_BUCKET_OWNERS", "1111"),
            ("ORIGIN_GUARD_NETWORK", "true"),
            ("ORIGIN_GUARD_JOB_DETAILS", "yes"),
            ("ORIGIN_GUARD_CONTRACT", "contract.json"),
            ("ORIGIN_GUARD_RULES_URL", "http://docs.example.com"),
            ("ORIGIN_GUARD_RULES_URL", "https://docs.example.com/a)b"),
            ("ORIGIN_GUARD_RULES_URL", "https://"),
            ("ORIGIN_GUARD_MAX_ORIGINS", "0"),
            ("ORIGIN_GUARD_EDGE", "yes"),
            ("ORIGIN_GUARD_EDGE_ENDPOINT", "http://169.254.169.254:80"),
            ("ORIGIN_GUARD_EDGE_ENDPOINT", "http://10.0.0.1:80"),
            ("ORIGIN_GUARD_EDGE_ENDPOINT", "http://localhost:80"),
            ("ORIGIN_GUARD_EDGE_ENDPOINT", "http://127.0.0.1"),
            ("ORIGIN_GUARD_EDGE_ENDPOINT", "https://127.0.0.1:443"),
            ("ORIGIN_GUARD_EDGE_ENDPOINT", "http://user@127.0.0.1:80"),
            ("ORIGIN_GUARD_EDGE_ENDPOINT", "http://127.0.0.1:80/path"),
            ("ORIGIN_GUARD_EDGE_ENDPOINT", "http://[::ffff:10.0.0.1]:80"),
            ("ORIGIN_GUARD_VERIFY_MINUTES", "0"),
            ("ORIGIN_GUARD_VERIFY_MINUTES", "1441"),
            ("ORIGIN_GUARD_MAX_PARTS", "0"),
            ("ORIGIN_GUARD_MAX_SUBJECTS", "many"),
            ("ORIGIN_GUARD_MAX_ARTIFACT_MB", "99999999999999999"),
        ] {
            let error = read(name, value).unwrap_err().to_string();
            assert!(error.contains(name) && error.contains(value), "{error}");
        }
    }
}
