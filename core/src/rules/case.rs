use std::borrow::Cow;
use std::cell::OnceCell;

use super::{Limits, OriginMap};
use crate::change::Sides;
use crate::contract::Contract;
use crate::distribution::{
    At, BucketName, Distribution, Origin, Reach, S3Endpoint, VpcOriginConfig,
};
use crate::facts::{
    Bucket, BucketAccess, Door, Fact, Facts, Host, OriginAccessControl, OriginHost, Unknown,
    VpcOrigin,
};
use crate::finding::Findings;

/// Everything that a verdict depends on.
#[derive(Debug)]
pub struct Case<'a> {
    /// The config to judge.
    pub candidate: &'a Distribution,
    /// It beside what it is compared with.
    pub sides: Option<Sides<'a>>,
    /// What AWS says.
    pub facts: &'a Facts,
    /// The account's quotas.
    pub limits: &'a Limits,
    /// What the team declares.
    pub contract: Option<&'a Contract>,
    map: OnceCell<OriginMap<'a>>,
    reach: OnceCell<Reach<'a>>,
    origins: OnceCell<Vec<KnownOrigin<'a>>>,
    hosts: OnceCell<Vec<KnownHost<'a>>>,
}

/// An origin, and what AWS says about the bucket and the access control that it names.
#[derive(Debug, Clone)]
pub struct KnownOrigin<'a> {
    /// The origin.
    pub origin: &'a Origin,
    /// Its bucket, unless no bucket can have that name.
    pub bucket: Option<&'a BucketName>,
    /// Whether there is such a bucket; `None` where it was not asked.
    pub bucket_fact: Option<&'a Fact<Bucket>>,
    /// Who may read the bucket; `None` where it was not asked.
    pub access: Option<&'a BucketAccess>,
    control: Option<(&'a At<String>, Option<ControlFact<'a>>)>,
}

type ControlFact<'a> = &'a Fact<Option<OriginAccessControl>>;

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

impl<'a> Case<'a> {
    /// A candidate on its own.
    #[must_use]
    pub fn new(candidate: &'a Distribution, facts: &'a Facts, limits: &'a Limits) -> Self {
        Self {
            candidate,
            sides: None,
            facts,
            limits,
            contract: None,
            map: OnceCell::new(),
            reach: OnceCell::new(),
            origins: OnceCell::new(),
            hosts: OnceCell::new(),
        }
    }

    /// Compares the candidate with another config.
    #[must_use]
    pub fn with_baseline(self, baseline: Option<&'a Distribution>) -> Self {
        Self {
            sides: baseline.map(|baseline| Sides::new(baseline, self.candidate)),
            ..self
        }
    }

    /// Holds the candidate to what the team declares.
    #[must_use]
    pub fn with_contract(self, contract: Option<&'a Contract>) -> Self {
        Self { contract, ..self }
    }

    /// What the candidate's IDs name.
    pub fn map(&self) -> &OriginMap<'a> {
        self.map.get_or_init(|| OriginMap::of(self.candidate))
    }

    /// Which of the candidate's behaviors reach which of its IDs.
    pub fn reach(&self) -> &Reach<'a> {
        self.reach.get_or_init(|| Reach::of(self.candidate))
    }

    /// What the candidate is compared with.
    #[must_use]
    pub fn baseline(&self) -> Option<&'a Distribution> {
        Some(self.sides.as_ref()?.baseline)
    }

    /// The origins with what AWS says about them, found once for all rules.
    pub fn origins(&self) -> &[KnownOrigin<'a>] {
        self.origins.get_or_init(|| {
            let origins = self.candidate.origins.iter();
            origins.map(|origin| self.known(origin)).collect()
        })
    }

    /// An origin with what AWS says about it.
    #[must_use]
    pub fn known(&self, origin: &'a Origin) -> KnownOrigin<'a> {
        let facts = self.facts;
        let bucket = origin.s3_endpoint.as_ref().and_then(S3Endpoint::bucket);
        let bucket_fact = bucket.and_then(|bucket| facts.buckets.get(bucket));
        // A name that no bucket can have is not probed.
        let bucket = bucket.filter(|bucket| bucket_fact.is_some() || bucket.validate().is_ok());
        KnownOrigin {
            origin,
            bucket,
            bucket_fact,
            access: bucket.and_then(|bucket| facts.bucket_access.get(bucket)),
            control: origin
                .origin_access_control()
                .map(|field| (field, facts.origin_access_controls.get(field.spelling()))),
        }
    }

    /// The hosts of custom origins, put together once for all rules. An origin about whose host
    /// is not probed is left out.
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
    /// the rule could not decide. A name that no bucket can have is passed over: it was not probed.
    pub fn bucket_of(
        &self,
        known: &KnownOrigin<'a>,
        findings: &mut Findings,
    ) -> Option<(&'a BucketName, &'a Bucket)> {
        let (bucket, place) = (known.bucket?, &known.origin.place);
        // Borrowed where it is there: `Facts::bucket` makes an owned unknown for what was never
        // asked.
        if let Some(fact) = known.bucket_fact {
            return Some((bucket, findings.need(place, fact)?));
        }
        findings.need(place, self.facts.bucket(bucket).as_ref());
        None
    }

    /// Why it is not known whose a bucket is. It blocks nothing where the contract says whose.
    #[must_use]
    pub fn undecided_owner(&self, origin: &Origin, bucket: &BucketName, why: &Unknown) -> Unknown {
        let own = self.facts.account;
        let terms = self
            .contract
            .and_then(|contract| contract.origins.get(origin.id.known()?));
        match terms {
            // The contract declares the bucket and another account: the team has decided what S3
            // does not show, so it must not block the gate.
            Some(terms) if terms.leaves_to_another(bucket, own) => why.as_declared(),
            _ => why.clone(),
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
        known: &KnownOrigin<'a>,
        findings: &mut Findings,
    ) -> Option<(&'a At<String>, Option<&'a OriginAccessControl>)> {
        let (field, fact) = known.control?;
        let place = &known.origin.place;
        if let Some(fact) = fact {
            return Some((field, findings.need(place, fact)?.as_ref()));
        }
        findings.need(place, &self.facts.origin_access_control(field.spelling()));
        None
    }

    /// The field that names a VPC origin, and the VPC origin itself, `None` where CloudFront shows
    /// none of this ID; where that is unknown, `None` and a note.
    pub fn vpc_origin_of(
        &self,
        origin: &Origin,
        config: &'a VpcOriginConfig,
        findings: &mut Findings,
    ) -> Option<(&'a At<String>, Option<&'a VpcOrigin>)> {
        let field = config.id()?;
        let id = field.spelling();
        if let Some(fact) = self.facts.vpc_origins.get(id) {
            return Some((field, findings.need(&origin.place, fact)?.as_ref()));
        }
        findings.need(&origin.place, self.facts.vpc_origin(id).as_ref());
        None
    }
}
