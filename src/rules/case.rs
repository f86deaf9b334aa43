use crate::distribution::{At, BucketName, Distribution, Origin, VpcOriginConfig};
use crate::facts::{
    Bucket, Door, Fact, Facts, Host, HostNeed, OriginAccessControl, Unknown, VpcOrigin,
};
use crate::finding::Findings;

/// Everything that a verdict depends on.
#[derive(Debug, Clone, Copy)]
pub struct Case<'a> {
    /// The config to judge.
    pub candidate: &'a Distribution,
    /// What it is compared with.
    pub baseline: Option<&'a Distribution>,
    /// What AWS says.
    pub facts: &'a Facts,
    /// The account's quotas.
    pub limits: &'a Limits,
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
                findings.need(&Fact::<Bucket>::not_asked("bucket", bucket.as_str()));
                None
            }
        }
    }

    /// What DNS and TLS say about a custom origin's host, and how CloudFront connects to it; where
    /// that is unknown, `None` and a note. An origin about whose host nobody asks is passed over.
    pub fn host_of(
        &self,
        origin: &Origin,
        findings: &mut Findings,
    ) -> Option<(&'a Host, Option<Door>)> {
        let (name, door) = HostNeed::of(self.candidate, origin)?;
        if let Some(fact) = self.facts.hosts.get(&name) {
            return Some((findings.need(fact)?, door));
        }
        findings.need(&self.facts.host(&name));
        None
    }

    /// The field that names an origin's access control, and the control itself, `None` where the
    /// account has none of this ID; where that is unknown, `None` and a note.
    pub fn origin_access_control_of(
        &self,
        origin: &'a Origin,
        findings: &mut Findings,
    ) -> Option<(&'a At<String>, Option<&'a OriginAccessControl>)> {
        let field = origin.origin_access_control()?;
        if let Some(expression) = field.symbolic() {
            findings.undecided(Unknown::not_decided("origin access control", &expression.0));
        }
        let id = field.known()?;
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
        const FACT: &str = "VPC origin";
        let field = config.id()?;
        if let Some(expression) = field.symbolic() {
            findings.undecided(Unknown::not_decided(FACT, &expression.0));
        }
        let id = field.known()?;
        if let Some(fact) = self.facts.vpc_origins.get(id) {
            return Some((field, findings.need(fact)?.as_ref()));
        }
        findings.need(&Fact::<()>::not_asked(FACT, id));
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
