//! A distribution to modify, and the facts about it, for the rules' own tests.
//!
//! What a rule says is held whole, in the case itself: after a change of words run the tests with
//! `UPDATE_EXPECT=1` and review what it writes.

use std::fmt::Write as _;

use expect_test::Expect;

use crate::candidate::{ReadOptions, Source, read_documents};
use std::collections::HashMap;

use crate::contract::Contract;
use crate::distribution::{
    AccountId, At, Behavior, BucketName, CustomHeader, CustomOriginConfig, Distribution, EdgeEvent,
    EdgeFunction, ErrorPage, HeaderValue, Members, Methods, Origin, OriginGroup, PathPattern,
    Place, Region, S3Endpoint, S3OriginConfig,
};
use crate::edge::{Answered, Ask, EdgeFailure, EdgeResult, Entrance, Nonce, Seen, questions};
use crate::facts::{
    Acls, Bucket, BucketAccess, Certificate, Connection, Encryption, Fact, Facts, Handshake, Host,
    Identity, ORIGIN_HOST, OriginAccessControl, OriginHost, Owner, ProbeFailure, PublicAccessBlock,
    Resolution, Trust, Unknown, Vantage, VpcOrigin, Website,
};
use crate::finding::{Finding, Findings};
use crate::policy::Policy;
use crate::rules::{Case, Check, Limits, Rule};
use crate::trace::EdgeAnswer;

/// A candidate with its facts. It starts healthy: one origin `main`, which the default behavior targets.
#[derive(Debug, Clone)]
pub(crate) struct Scene {
    pub candidate: Distribution,
    pub baseline: Option<Distribution>,
    pub contract: Option<Contract>,
    pub facts: Facts,
    pub limits: Limits,
    /// What the edge answers to each path, by what the path begins with; the first that fits.
    pub answers: Vec<(String, Result<EdgeAnswer, EdgeFailure>)>,
}

/// A bucket that belongs to this account and is in this region.
pub(crate) fn ours(region: &str) -> Bucket {
    Bucket::Exists {
        region: Region::parse(region),
        owner: Fact::Known(Owner::Ours),
    }
}

/// A bucket that exists in this region and belongs to another account.
pub(crate) fn foreign(region: &str) -> Bucket {
    Bucket::Exists {
        region: Region::parse(region),
        owner: Fact::Known(Owner::Foreign),
    }
}

/// Why the owner of a bucket of another account is not known.
pub(crate) fn closed(bucket: &str) -> Unknown {
    let why = ProbeFailure::Closed {
        on: "it is another account's".to_owned(),
        needs: "a grant".to_owned(),
    };
    Unknown::probe_failed("bucket owner", bucket, why)
}

/// A site of the bucket `site`, whose policy lets its distribution do these actions on what is below.
pub(crate) fn granted(statements: &[(&str, &str)]) -> Scene {
    let source = "arn:aws:cloudfront::111122223333:distribution/E1";
    let statements = statements.iter().map(|(action, below)| {
        serde_json::json!({"Sid": "Read", "Effect": "Allow",
            "Principal": {"Service": "cloudfront.amazonaws.com"},
            "Action": action, "Resource": format!("arn:aws:s3:::site{below}"),
            "Condition": {"StringEquals": {"AWS:SourceArn": source}}})
    });
    let policy = serde_json::json!({"Statement": statements.collect::<Vec<_>>()});
    let mut scene = Scene::s3("site")
        .origin_access_control("EOAC", "s3", "always")
        .bucket("site", ours("us-east-1"))
        .bucket_policy("site", Some(&policy));
    scene.candidate.id = Some("E1".into());
    scene.facts.account = AccountId::parse("111122223333");
    scene
}

/// A text at a place named after it.
pub(crate) fn text(value: &str) -> At<String> {
    At::text(value, Place::at(format!("/{value}")))
}

/// A number at a place named after it.
pub(crate) fn number(value: i64) -> At<i64> {
    At::known_at(value, Place::at(format!("/{value}")))
}

/// An origin that is declared as nothing.
pub(crate) fn bare_origin(id: &str, domain: &str) -> Origin {
    let domain_name = text(domain);
    Origin {
        place: Place::at(format!("/origins/{id}")),
        id: text(id),
        s3_endpoint: S3Endpoint::of(&domain_name),
        domain_name,
        origin_path: None,
        s3: None,
        custom: None,
        vpc: None,
        origin_access_control_id: None,
        connection_attempts: None,
        connection_timeout: None,
        response_completion_timeout: None,
        custom_headers: Vec::new(),
        origin_shield: None,
        undecided: false,
        other_members: Members::default(),
    }
}

/// A custom origin over HTTPS.
pub(crate) fn custom_origin(id: &str, domain: &str) -> Origin {
    Origin {
        custom: Some(CustomOriginConfig {
            place: Place::at(format!("/origins/{id}/custom")),
            http_port: Some(number(80)),
            https_port: Some(number(443)),
            origin_protocol_policy: Some(text("https-only")),
            ip_address_type: None,
            origin_ssl_protocols: vec![text("TLSv1.2")],
            origin_read_timeout: None,
            origin_keepalive_timeout: None,
        }),
        ..bare_origin(id, domain)
    }
}

/// An S3 origin with an empty origin access identity and no origin access control.
pub(crate) fn s3_origin(id: &str, domain: &str) -> Origin {
    Origin {
        s3: Some(S3OriginConfig {
            place: Place::at(format!("/origins/{id}/s3")),
            origin_access_identity: Some(text("")),
            origin_read_timeout: None,
        }),
        ..bare_origin(id, domain)
    }
}

fn behavior(precedence: Option<usize>, pattern: Option<&str>, target: &str) -> Behavior {
    let name = pattern.unwrap_or("default");
    Behavior {
        place: Place::at(format!("/behaviors/{name}")),
        precedence,
        path_pattern: pattern.map(|pattern| {
            At::known_at(
                PathPattern::new(pattern),
                Place::at(format!("/behaviors/{name}/pattern")),
            )
        }),
        target_origin_id: text(target),
        methods: Methods::default(),
        cache_policy_id: Some(text("658327ea-f89d-4fab-a63d-7e88639e58f6")),
        origin_request_policy_id: None,
        forwarded_values: None,
        forwarded_headers: Vec::new(),
        edge_events: Vec::new(),
        grpc: None,
        serving: Box::default(),
        other_members: Members::default(),
    }
}

fn read_policy(policy: Option<&serde_json::Value>) -> Option<Policy> {
    policy.map(|policy| Policy::parse(&policy.to_string()).unwrap())
}

impl Scene {
    /// With this origin, whatever it is, under its own ID.
    pub(crate) fn of(origin: Origin) -> Self {
        let target = origin.id.to_string();
        Self {
            candidate: Distribution {
                origins: vec![origin],
                default_behavior: Some(behavior(None, None, &target)),
                ..Distribution::default()
            },
            baseline: None,
            contract: None,
            facts: Facts::default(),
            limits: Limits::default(),
            answers: Vec::new(),
        }
    }

    /// Read from CloudFront's JSON.
    #[track_caller]
    pub(crate) fn of_json(text: &str) -> Self {
        Self::read("config.json", text)
    }

    /// Read from a template whose distribution has this config, in YAML.
    #[track_caller]
    pub(crate) fn of_template(config: &str) -> Self {
        let config = config.replace('\n', "\n        ");
        // With a macro, so that an example may refer to what it leaves out.
        let head = "Transform: AWS::Serverless-2016-10-31\nResources:\n  Site:\n    Type: AWS::CloudFront::Distribution\n    Properties:\n";
        Self::read(
            "template.yaml",
            &format!("{head}      DistributionConfig:\n        {config}\n"),
        )
    }

    #[track_caller]
    fn read(name: &str, text: &str) -> Self {
        let options = ReadOptions::default();
        let read = read_documents(Source::File, name, text.as_bytes(), &options);
        let candidate = read
            .unwrap_or_else(|error| panic!("{error}\n{text}"))
            .remove(0);
        let mut scene = Self::custom("main.example.com");
        scene.candidate = candidate.distribution;
        scene
    }

    /// The one distribution of a template or plan, with what that makes itself.
    #[track_caller]
    pub(crate) fn of_source(text: &str) -> Self {
        let options = ReadOptions::default();
        let read = read_documents(Source::File, "source", text.as_bytes(), &options);
        let candidate = read
            .unwrap_or_else(|error| panic!("{error}\n{text}"))
            .remove(0);
        let mut scene = Self::custom("main.example.com");
        scene.facts = candidate.planned.as_ref().clone();
        scene.candidate = candidate.distribution;
        scene
    }

    /// With an S3 origin `main` of this bucket in us-east-1, signed by the OAC `EOAC`.
    pub(crate) fn s3(bucket: &str) -> Self {
        let mut origin = s3_origin("main", &format!("{bucket}.s3.us-east-1.amazonaws.com"));
        origin.origin_access_control_id = Some(text("EOAC"));
        Self::of(origin)
    }

    /// With a custom origin `main`.
    pub(crate) fn custom(domain: &str) -> Self {
        Self::of(custom_origin("main", domain))
    }

    /// Modifies the first origin.
    pub(crate) fn with(mut self, modify: impl FnOnce(&mut Origin)) -> Self {
        modify(&mut self.candidate.origins[0]);
        self
    }

    /// Gives the first origin a custom header with a value of so many characters.
    pub(crate) fn header(self, name: &str, value_length: usize) -> Self {
        self.with(|origin| {
            origin.custom_headers.push(CustomHeader {
                place: Place::at(format!("/headers/{name}")),
                name: text(name),
                value_length: Some(value_length),
                value: HeaderValue::Hidden,
            });
        })
    }

    /// Adds a custom origin `ID` at `ID.example.com`.
    pub(crate) fn origin(self, id: &str) -> Self {
        self.add(custom_origin(id, &format!("{id}.example.com")))
    }

    /// Adds an origin.
    pub(crate) fn add(mut self, origin: Origin) -> Self {
        self.candidate.origins.push(origin);
        self
    }

    /// Adds a group that fails over on 500 and 503.
    pub(crate) fn group(mut self, id: &str, members: &[&str]) -> Self {
        self.candidate.origin_groups.push(OriginGroup {
            place: Place::at(format!("/groups/{id}")),
            id: text(id),
            members: members.iter().map(|member| text(member)).collect(),
            status_codes: vec![number(500), number(503)],
            other_members: Members::default(),
        });
        self
    }

    /// Modifies the last group.
    pub(crate) fn with_group(mut self, modify: impl FnOnce(&mut OriginGroup)) -> Self {
        modify(self.candidate.origin_groups.last_mut().unwrap());
        self
    }

    /// Adds a behavior behind the others.
    pub(crate) fn behavior(mut self, pattern: &str, target: &str) -> Self {
        let precedence = self.candidate.behaviors.len();
        self.candidate
            .behaviors
            .push(behavior(Some(precedence), Some(pattern), target));
        self
    }

    /// Retargets the default behavior.
    pub(crate) fn default_target(mut self, target: &str) -> Self {
        self.candidate.default_behavior = Some(behavior(None, None, target));
        self
    }

    /// Modifies the last behavior, or the default one if there is no other.
    pub(crate) fn with_behavior(mut self, modify: impl FnOnce(&mut Behavior)) -> Self {
        let last = self.candidate.behaviors.last_mut();
        modify(last.or(self.candidate.default_behavior.as_mut()).unwrap());
        self
    }

    /// Sets what it is compared with.
    pub(crate) fn baseline(mut self, baseline: Distribution) -> Self {
        self.baseline = Some(baseline);
        self
    }

    /// Sets what the team declares.
    pub(crate) fn contract(mut self, contract: Contract) -> Self {
        self.contract = Some(contract);
        self
    }

    /// Makes a bucket known.
    pub(crate) fn bucket(mut self, name: &str, bucket: Bucket) -> Self {
        self.facts
            .buckets
            .insert(BucketName::new(name), Fact::Known(bucket));
        self
    }

    /// Makes a bucket unknown, for want of a permission.
    pub(crate) fn bucket_denied(mut self, name: &str) -> Self {
        let denied = ProbeFailure::Denied {
            permission: "s3:ListBucket",
        };
        let unknown = Unknown::probe_failed("bucket", name, denied);
        self.facts
            .buckets
            .insert(BucketName::new(name), Fact::Unknown(unknown));
        self
    }

    /// Makes an origin access control known.
    pub(crate) fn origin_access_control(
        mut self,
        id: &str,
        origin_type: &str,
        signing_behavior: &str,
    ) -> Self {
        let control = OriginAccessControl {
            name: format!("{id}-name"),
            origin_type: origin_type.to_owned(),
            signing_behavior: signing_behavior.to_owned(),
            signing_protocol: Some("sigv4".to_owned()),
        };
        self.facts
            .origin_access_controls
            .insert(id.to_owned(), Fact::Known(Some(control)));
        self
    }

    /// Sets the signing protocol of an origin access control that is known.
    pub(crate) fn signing_protocol(mut self, id: &str, protocol: Option<&str>) -> Self {
        let control = self.facts.origin_access_controls.get_mut(id);
        if let Some(Fact::Known(Some(control))) = control {
            control.signing_protocol = protocol.map(str::to_owned);
        }
        self
    }

    /// Makes it known that the account has no origin access control of this ID.
    pub(crate) fn no_origin_access_control(mut self, id: &str) -> Self {
        let controls = &mut self.facts.origin_access_controls;
        controls.insert(id.to_owned(), Fact::Known(None));
        self
    }

    /// Gives the first origin this text as its `OriginAccessIdentity`, and no access control.
    pub(crate) fn identity(self, text: &str) -> Self {
        self.with(|origin| {
            origin.origin_access_control_id = None;
            origin.s3.as_mut().unwrap().origin_access_identity = Some(super::testing::text(text));
        })
    }

    /// Makes it known whether the account has an origin access identity.
    pub(crate) fn origin_access_identity(mut self, id: &str, exists: bool) -> Self {
        let identities = &mut self.facts.origin_access_identities;
        let identity = exists.then(|| Identity {
            canonical_user: format!("canonical-{id}"),
        });
        identities.insert(id.to_owned(), Fact::Known(identity));
        self
    }

    /// Gives a bucket a policy or none, and SSE-S3.
    pub(crate) fn bucket_policy(mut self, name: &str, policy: Option<&serde_json::Value>) -> Self {
        let access = BucketAccess {
            policy: Fact::Known(read_policy(policy)),
            encryption: Fact::Known(Encryption::S3Managed),
            public_access_block: Fact::Known(PublicAccessBlock::default()),
            acls: Fact::Known(Acls::On),
            contents: Fact::not_asked("bucket contents", ""),
        };
        let buckets = &mut self.facts.bucket_access;
        buckets.insert(BucketName::new(name), access);
        self
    }

    /// Sets the encryption of a bucket that has a policy or none.
    pub(crate) fn encryption(mut self, name: &str, encryption: Encryption) -> Self {
        let bucket = self.facts.bucket_access.get_mut(&BucketName::new(name));
        bucket.unwrap().encryption = Fact::Known(encryption);
        self
    }

    /// Sets what the bucket blocks of public access, and whether ACLs count.
    pub(crate) fn public_access(
        mut self,
        name: &str,
        block: PublicAccessBlock,
        acls: Acls,
    ) -> Self {
        let bucket = self.facts.bucket_access.get_mut(&BucketName::new(name));
        let access = bucket.unwrap();
        access.public_access_block = Fact::Known(block);
        access.acls = Fact::Known(acls);
        self
    }

    /// Makes a key's policy known, or that there is no such key.
    pub(crate) fn key_policy(mut self, key: &str, policy: Option<&serde_json::Value>) -> Self {
        let policy = Fact::Known(read_policy(policy));
        self.facts.key_policies.insert(key.to_owned(), policy);
        self
    }

    /// Makes a bucket's website hosting known.
    pub(crate) fn website(mut self, name: &str, website: Website) -> Self {
        self.facts
            .websites
            .insert(BucketName::new(name), Fact::Known(website));
        self
    }

    /// Makes a VPC origin known, or that there is none of this ID.
    pub(crate) fn vpc_origin(mut self, id: &str, found: Option<VpcOrigin>) -> Self {
        let origins = &mut self.facts.vpc_origins;
        origins.insert(id.to_owned(), Fact::Known(found));
        self
    }

    fn host(mut self, resolution: Resolution, connection: Option<Connection>) -> Self {
        let (name, door) = self.host_need();
        let host = Host {
            resolution,
            vantage: Vantage::Internet,
            connections: door.zip(connection).into_iter().collect(),
        };
        self.facts.hosts.insert(name, Fact::Known(host));
        self
    }

    fn host_need(&self) -> (String, Option<crate::facts::Door>) {
        let host = OriginHost::all(&self.candidate).remove(0);
        (host.name, host.door)
    }

    /// Makes known what DNS says about the first origin's host, to which no connection was tried.
    pub(crate) fn resolves_to(self, resolution: Resolution) -> Self {
        self.host(resolution, None)
    }

    /// Makes known that DNS servers inside a network said what is known about the hosts.
    pub(crate) fn seen_from_inside(mut self) -> Self {
        for (_, fact) in self.facts.hosts.iter_mut() {
            if let Fact::Known(host) = fact {
                host.vantage = Vantage::Inside;
            }
        }
        self
    }

    /// Makes known what came of connecting to the first origin; modify it before.
    pub(crate) fn connection(self, connection: Connection) -> Self {
        let resolution = Resolution::Addresses {
            public: vec!["52.95.110.1".parse().unwrap()],
            private: Vec::new(),
            aliases: Vec::new(),
        };
        self.host(resolution, Some(connection))
    }

    /// Makes known that the first origin shows a certificate with so many days left.
    pub(crate) fn certificate(self, trust: Trust, days_left: i64) -> Self {
        self.connection(Connection::Tls(Handshake::Certificate(Certificate {
            trust,
            days_left: Some(days_left),
        })))
    }

    /// Makes known that all is well with the first origin's host.
    pub(crate) fn reachable(self) -> Self {
        self.certificate(Trust::Trusted, 90)
    }

    /// Makes the first origin's host unknown, for this cause.
    pub(crate) fn host_unknown(mut self, why: ProbeFailure) -> Self {
        let (name, _) = self.host_need();
        let unknown = Unknown::probe_failed(ORIGIN_HOST, &name, why);
        self.facts.hosts.insert(name, Fact::Unknown(unknown));
        self
    }

    /// What the team declares, in YAML.
    #[track_caller]
    pub(crate) fn declares(self, text: &str) -> Self {
        let contract = Contract::read("contract.yaml", text.as_bytes(), &super::names());
        self.contract(contract.unwrap_or_else(|error| panic!("{error}")))
    }

    /// Adds a custom error page.
    pub(crate) fn error_page(mut self, code: i64, path: &str, response: i64) -> Self {
        self.candidate.serving.error_pages.push(ErrorPage {
            error_code: number(code),
            page_path: Some(text(path)),
            response_code: Some(number(response)),
        });
        self
    }

    /// Runs a Lambda@Edge function for the last behavior, or the default one if there is no other.
    pub(crate) fn runs_at_edge(self, event: &str) -> Self {
        self.with_behavior(|behavior| {
            behavior.edge_events.push(match event {
                "viewer-request" => EdgeEvent::ViewerRequest,
                "origin-request" => EdgeEvent::OriginRequest,
                _ => EdgeEvent::Response,
            });
            behavior.serving.functions.push(EdgeFunction {
                is_lambda: true,
                event: text(event),
                arn: None,
            });
        })
    }

    /// What the edge answers, as `curl -i` prints it, to paths that begin so.
    pub(crate) fn answers(self, path: &str, printed: &str) -> Self {
        let answer = EdgeAnswer::parse(printed.as_bytes()).unwrap();
        self.answered(path, Ok(answer))
    }

    /// What comes of asking the edge for paths that begin so.
    pub(crate) fn answered(mut self, path: &str, answer: Result<EdgeAnswer, EdgeFailure>) -> Self {
        self.answers.push((path.to_owned(), answer));
        self
    }

    /// What is asked of the edge, through `d1.cloudfront.net`, with the nonce `n0123456`.
    pub(crate) fn questions(&self) -> Vec<Ask> {
        let live = Distribution {
            domain_name: Some("d1.cloudfront.net".to_owned()),
            ..self.candidate.clone()
        };
        let nonce = Nonce::new("n0123456").unwrap();
        questions(&live, self.contract.as_ref(), &Entrance::of(&live), &nonce)
    }

    /// What asking the edge came to.
    #[track_caller]
    pub(crate) fn seen(&self) -> Vec<Seen> {
        let seen = self.questions().into_iter().map(|ask| match ask {
            Ask::Not(not_asked) => Seen::NotAsked(not_asked),
            Ask::Question(question) => {
                let mut answers = self.answers.iter();
                let found = answers.find(|(path, _)| question.path.starts_with(path));
                let (_, answer) = found.unwrap_or_else(|| panic!("no answer: {}", question.path));
                Seen::Answered(Box::new(Answered {
                    question: *question,
                    answer: answer.clone(),
                    object_etag: None,
                }))
            }
        });
        seen.collect()
    }

    fn case(&self) -> Case<'_> {
        Case::new(&self.candidate, &self.facts, &self.limits)
            .with_baseline(self.baseline.as_ref())
            .with_contract(self.contract.as_ref())
    }

    /// What the answers of the edge prove.
    #[track_caller]
    pub(crate) fn results(&self) -> Vec<EdgeResult> {
        crate::edge::judge(&self.case(), &self.seen())
    }

    fn run(&self, rule: &'static Rule) -> Findings {
        let case = self.case();
        let mut findings = Findings::new(&rule.info);
        match rule.check {
            Check::OriginMap(check) => check(&case, &mut findings),
            Check::Behaviors(check) => {
                check(&case, case.map(), &mut findings);
            }
            Check::Edge(check) => check(&case, &self.results(), &mut findings),
        }
        findings.end_rule();
        tells_apart(&findings.findings);
        findings
    }

    /// What the rule finds.
    pub(crate) fn findings(&self, rule: &'static Rule) -> Vec<Finding> {
        self.run(rule).findings
    }

    /// The one finding of the rule, for what [`Scene::fails`] does not print, such as evidence.
    #[track_caller]
    pub(crate) fn one_finding(&self, rule: &'static Rule) -> Finding {
        let mut findings = self.findings(rule);
        assert_eq!(findings.len(), 1, "{findings:#?}");
        findings.remove(0)
    }

    /// The rule finds exactly this, and lacks these facts.
    #[track_caller]
    pub(crate) fn fails(&self, rule: &'static Rule, expected: Expect) {
        all_fail(rule, [self.clone()], expected);
    }

    /// The rule finds nothing, and needs no fact that is unknown.
    #[track_caller]
    pub(crate) fn passes(&self, rule: &'static Rule) {
        let said = self.run(rule);
        assert!(
            said.findings.is_empty() && said.unknowns.is_empty(),
            "{}",
            printed(&said)
        );
    }

    /// The rule finds nothing, but needs facts that are unknown: exactly these.
    #[track_caller]
    pub(crate) fn passes_with_unknowns(&self, rule: &'static Rule, expected: Expect) {
        all_pass_with_unknowns(rule, [self.clone()], expected);
    }
}

/// The rule finds something in each scene, and all of it together is this.
#[expect(
    clippy::needless_pass_by_value,
    reason = "cases write `expect![[…]]` in place"
)]
#[track_caller]
pub(crate) fn all_fail(
    rule: &'static Rule,
    scenes: impl IntoIterator<Item = Scene>,
    expected: Expect,
) {
    let texts = scenes.into_iter().map(|scene| {
        let said = scene.run(rule);
        let text = printed(&said);
        assert!(!said.findings.is_empty(), "no finding\n{text}");
        for finding in &said.findings {
            assert!(!finding.remediation.is_empty(), "no remedy\n{text}");
        }
        text
    });
    expected.assert_eq(&texts.collect::<Vec<_>>().join("\n"));
}

/// The rule finds nothing in any scene, but needs facts that are unknown in each: exactly these.
#[expect(
    clippy::needless_pass_by_value,
    reason = "cases write `expect![[…]]` in place"
)]
#[track_caller]
pub(crate) fn all_pass_with_unknowns(
    rule: &'static Rule,
    scenes: impl IntoIterator<Item = Scene>,
    expected: Expect,
) {
    let texts = scenes.into_iter().map(|scene| {
        let said = scene.run(rule);
        let text = printed(&said);
        assert!(said.findings.is_empty(), "{text}");
        assert!(!said.unknowns.is_empty(), "nothing is unknown: use passes");
        text
    });
    expected.assert_eq(&texts.collect::<Vec<_>>().join("\n"));
}

/// Severity, place, message, remedy, other places, origin and path patterns of each finding; then the
/// unknowns, and whether they block.
fn printed(said: &Findings) -> String {
    let mut text = String::new();
    for finding in &said.findings {
        let severity = finding.severity.name();
        let _ = writeln!(
            text,
            "{severity} at {}\n  {}\n  help: {}",
            pointer(&finding.place),
            finding.message,
            finding.remediation
        );
        for related in &finding.related {
            let _ = writeln!(text, "  see {}: {}", pointer(&related.place), related.note);
        }
        if let Some(origin) = &finding.origin {
            let _ = writeln!(text, "  origin: {origin}");
        }
        if !finding.path_patterns.is_empty() {
            let _ = writeln!(text, "  paths: `{}`", finding.path_patterns.join("`, `"));
        }
    }
    for needed in &said.unknowns {
        let unknown = &needed.unknown;
        let kind = if needed.blocks() {
            "blocking unknown"
        } else {
            "unknown"
        };
        let (fact, subject, cause) = (unknown.fact, &unknown.subject, unknown.cause_text());
        let _ = writeln!(text, "{kind}: {fact} `{subject}`, {cause}");
        if let Some(needs) = unknown.needs() {
            let _ = writeln!(text, "  needs: {needs}");
        }
    }
    text
}

fn pointer(place: &Place) -> &str {
    match place.pointer.as_ref() {
        "" => "the whole config",
        pointer => pointer,
    }
}

/// Rules about several things of one name, which only their order distinguishes.
const OF_ONE_NAME: [&str; 3] = [
    "duplicate-origin-header",
    "duplicate-path-pattern",
    "unnamed-origin",
];

/// A rule distinguishes its findings by subject and key, so that their place in the document need not.
#[track_caller]
fn tells_apart(findings: &[Finding]) {
    let reported = findings
        .iter()
        .filter(|finding| !OF_ONE_NAME.contains(&finding.rule.name));
    let mut seen = HashMap::new();
    for finding in reported {
        let identity = (&finding.subject, &finding.key);
        if let Some(other) = seen.insert(identity, finding) {
            panic!("{other:#?} and {finding:#?} have one subject and key");
        }
    }
}
