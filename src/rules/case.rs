use std::borrow::Cow;
use std::cell::OnceCell;

use crate::contract::Contract;
use crate::distribution::{At, BucketName, Distribution, Origin, VpcOriginConfig};
use crate::facts::{Bucket, Door, Fact, Facts, Host, OriginAccessControl, OriginHost, VpcOrigin};
use crate::finding::Findings;

/// Everything that a verdict depends on.
#[derive(Debug, Clone)]
pub struct Case<'a> {
    /// The config to judge.
    pub candidate: &'a Distribution,
    /// What it is compared with.
    pub baseline: Option<&'a Distribution>,
    /// What AWS says.
    pub facts: &'a Facts,
    /// The account's quotas.
    pub limits: &'a Limits,
    /// What the team declares.
    pub contract: Option<&'a Contract>,
    hosts: OnceCell<Vec<KnownHost<'a>>>,
}

/// A custom origin, how CloudFront connects to it, and what DNS and TLS say about its host.
#[derive(Debug, Clone)]
pub struct KnownHost<'a> {
    /// The origin.
    pub origin: &'a Origin,
    /// How CloudFront connects; `None` where the origin leaves that open.
    pub door: Option<Door>,
    /// What DNS and TLS say.
    pub fact: Cow<'a, Fact<Host>>,
}

/// Quotas of CloudFront, which AWS raises on request
/// (<https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/cloudfront-limits.html>).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Limits {
    /// Origins of a distribution.
    pub origins: usize,
    /// Origin groups of a distribution.
    pub origin_groups: usize,
    /// Cache behaviors of a distribution, the default one not counted.
    pub behaviors: usize,
    /// Custom headers of an origin.
    pub origin_headers: usize,
}

impl<'a> Case<'a> {
    /// A candidate on its own.
    #[must_use]
    pub fn new(candidate: &'a Distribution, facts: &'a Facts, limits: &'a Limits) -> Self {
        Self {
            candidate,
            baseline: None,
            facts,
            limits,
            contract: None,
            hosts: OnceCell::new(),
        }
    }

    /// Compares the candidate with another config.
    #[must_use]
    pub fn with_baseline(self, baseline: Option<&'a Distribution>) -> Self {
        Self { baseline, ..self }
    }

    /// Holds the candidate to what the team declares.
    #[must_use]
    pub fn with_contract(self, contract: Option<&'a Contract>) -> Self {
        Self { contract, ..self }
    }

    /// The hosts of custom origins, put together once for all rules. An origin about whose host
    /// nobody asks is left out.
    pub fn hosts(&self) -> &[KnownHost<'a>] {
        self.hosts.get_or_init(|| {
            let known = |host: OriginHost<'a>| KnownHost {
                fact: self.facts.host(&host.name),
                origin: host.origin,
                door: host.door,
            };
            let hosts = OriginHost::all(self.candidate);
            hosts.into_iter().map(known).collect()
        })
    }

    /// An origin's bucket and what S3 says about it; where that is unknown, `None` and a note that
    /// the rule could not decide. A name that no bucket can have is passed over: nobody asked.
    pub fn bucket_of(
        &self,
        origin: &'a Origin,
        findings: &mut Findings,
    ) -> Option<(&'a BucketName, &'a Bucket)> {
        let bucket = origin.s3_endpoint.as_ref()?.bucket()?;
        match self.facts.buckets.get(bucket) {
            Some(fact) => Some((bucket, findings.need(fact)?)),
            None if bucket.validate().is_err() => None,
            None => {
                findings.need(self.facts.bucket(bucket).as_ref());
                None
            }
        }
    }

    /// Whether an origin certainly has an access control: an expression may still be empty, unless it
    /// names one that the source makes itself.
    #[must_use]
    pub fn has_origin_access_control(&self, origin: &Origin) -> bool {
        origin.origin_access_control().is_some_and(|field| {
            let controls = &self.facts.origin_access_controls;
            field.known().is_some() || controls.contains_key(field.spelling())
        })
    }

    /// The field that names an origin's access control, and the control itself, `None` where the
    /// account has none of this ID; where that is unknown, `None` and a note.
    pub fn origin_access_control_of(
        &self,
        origin: &'a Origin,
        findings: &mut Findings,
    ) -> Option<(&'a At<String>, Option<&'a OriginAccessControl>)> {
        let field = origin.origin_access_control()?;
        let id = field.spelling();
        if let Some(fact) = self.facts.origin_access_controls.get(id) {
            return Some((field, findings.need(fact)?.as_ref()));
        }
        findings.need(&self.facts.origin_access_control(id));
        None
    }

    /// The field that names a VPC origin, and the VPC origin itself, `None` where CloudFront shows
    /// none of this ID; where that is unknown, `None` and a note.
    pub fn vpc_origin_of(
        &self,
        config: &'a VpcOriginConfig,
        findings: &mut Findings,
    ) -> Option<(&'a At<String>, Option<&'a VpcOrigin>)> {
        let field = config.id()?;
        let id = field.spelling();
        if let Some(fact) = self.facts.vpc_origins.get(id) {
            return Some((field, findings.need(fact)?.as_ref()));
        }
        findings.need(self.facts.vpc_origin(id).as_ref());
        None
    }
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            origins: 100,
            origin_groups: 10,
            behaviors: 75,
            origin_headers: 30,
        }
    }
}
