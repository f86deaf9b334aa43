//! What the design promises whatever happens.

use std::future::Future;
use std::time::{Duration, Instant};

use origin_guard::aws::Aws;
use origin_guard::candidate::{ChangeSet, Live, Stack, StackName};
use origin_guard::delivery::{EventDetail, JobAnswer, Notification};
use origin_guard::distribution::{BucketName, DistributionId};
use origin_guard::edge::Question;
use origin_guard::error::GuardError;
use origin_guard::facts::{Bucket, BucketAccess, BucketNeed, Fact, Probes};
use origin_guard::guard::{Failure, Guard};
use origin_guard::judged::Pipeline;
use origin_guard::ports::{
    Account, Answered, Asking, Channels, DeliveryError, DistributionPage, Edge, EdgeSeen, Itself,
    Memory, Object, ObjectKey, ObjectVersion, OwnBuckets, Pipelines, Services,
};
use origin_guard::request::{ArtifactCredentials, ArtifactLocation, Request, TriggerId, parse};
use origin_guard::timestamp::Timestamp;
use serde_json::json;

use crate::audit::Event;
use crate::stage::{DISTRIBUTION, Stage, invocation, site};

/// The AWS of a stage, with an internal error.
struct Faulty(Aws, Where);

#[derive(Clone, Copy, PartialEq)]
enum Where {
    Probing,
    /// And in the answer.
    Answering,
    Storing,
}

struct FaultyProbes(Where);

impl Probes for FaultyProbes {
    async fn bucket(&self, name: &BucketName, _: &BucketNeed) -> (Fact<Bucket>, BucketAccess) {
        assert!(self.0 == Where::Storing, "an internal error");
        let bucket = Fact::not_asked("bucket", name.as_str());
        (bucket, BucketAccess::not_asked(name.as_str()))
    }
}

impl Itself for Faulty {
    async fn invoke(&self, function: &str, event: &serde_json::Value) -> Result<(), DeliveryError> {
        self.0.invoke(function, event).await
    }
}

impl Services for Faulty {
    type Account = Self;
    fn account(&self) -> &Self {
        self
    }
}

impl Account for Faulty {
    type Probes<'a> = FaultyProbes;
    fn probes<'a>(&'a self, _asking: Asking<'a>) -> FaultyProbes {
        FaultyProbes(self.1)
    }
    fn live(&self, id: &DistributionId) -> impl Future<Output = Result<Live, GuardError>> + Send {
        self.0.live(id)
    }
    fn distributions(
        &self,
        marker: Option<&str>,
    ) -> impl Future<Output = Result<DistributionPage, GuardError>> + Send {
        self.0.distributions(marker)
    }
    fn own_buckets(&self) -> impl Future<Output = Result<OwnBuckets, GuardError>> + Send {
        self.0.own_buckets()
    }
    fn find_by_domain(
        &self,
        domain: &str,
    ) -> impl Future<Output = Result<Option<DistributionId>, GuardError>> + Send {
        self.0.find_by_domain(domain)
    }
    fn find_by_change(
        &self,
        time: Timestamp,
    ) -> impl Future<Output = Result<Option<DistributionId>, GuardError>> + Send {
        self.0.find_by_change(time)
    }
    fn stack(
        &self,
        name: &StackName,
    ) -> impl Future<Output = Result<Option<Stack>, GuardError>> + Send {
        self.0.stack(name)
    }
    fn change_set(
        &self,
        name: &str,
        stack: Option<&StackName>,
    ) -> impl Future<Output = Result<ChangeSet, GuardError>> + Send {
        self.0.change_set(name, stack)
    }
}

impl Edge for Faulty {
    fn is_asked(&self) -> bool {
        self.0.is_asked()
    }
    fn ask(
        &self,
        questions: &[&Question],
        until: Option<Instant>,
    ) -> impl Future<Output = Vec<EdgeSeen>> + Send {
        self.0.ask(questions, until)
    }
}

impl Pipelines for Faulty {
    fn artifact(
        &self,
        location: &ArtifactLocation,
        credentials: &ArtifactCredentials,
        limit: u64,
    ) -> impl Future<Output = Result<Vec<u8>, GuardError>> + Send {
        self.0.artifact(location, credentials, limit)
    }
    fn pipeline(&self, job: &TriggerId) -> impl Future<Output = Option<Pipeline>> + Send {
        self.0.pipeline(job)
    }
    async fn answer(&self, job: &TriggerId, answer: &JobAnswer) -> Result<Answered, DeliveryError> {
        assert!(self.1 != Where::Answering, "an internal error");
        self.0.answer(job, answer).await
    }
}

impl Memory for Faulty {
    fn bucket(&self) -> Option<&str> {
        self.0.bucket()
    }
    fn get(
        &self,
        key: &ObjectKey,
    ) -> impl Future<Output = Result<Option<Object>, GuardError>> + Send {
        self.0.get(key)
    }
    fn put(
        &self,
        key: &ObjectKey,
        content_type: &'static str,
        body: Vec<u8>,
    ) -> impl Future<Output = Result<(), DeliveryError>> + Send {
        let faulty = self.1 == Where::Storing && content_type.starts_with("text/html");
        assert!(!faulty, "an internal error");
        self.0.put(key, content_type, body)
    }
    fn replace(
        &self,
        key: &ObjectKey,
        body: Vec<u8>,
        version: Option<&ObjectVersion>,
    ) -> impl Future<Output = Result<bool, DeliveryError>> + Send {
        self.0.replace(key, body, version)
    }
    fn file(
        &self,
        url: &str,
        limit: u64,
    ) -> impl Future<Output = Result<Vec<u8>, GuardError>> + Send {
        self.0.file(url, limit)
    }
}

impl Channels for Faulty {
    fn publish(
        &self,
        topic: &str,
        message: &Notification,
    ) -> impl Future<Output = Result<(), DeliveryError>> + Send {
        self.0.publish(topic, message)
    }
    fn put_event(
        &self,
        bus: &str,
        detail: &EventDetail,
    ) -> impl Future<Output = Result<(), DeliveryError>> + Send {
        self.0.put_event(bus, detail)
    }
}

#[tokio::test]
async fn a_job_is_answered_even_after_an_internal_error() {
    let stage = Stage::new().await;
    let guard = Guard::new(
        Faulty(stage.aws(), Where::Probing),
        Ok(stage.settings.clone()),
    );
    let job = stage.double.world().job(Some(DISTRIBUTION), None);
    let id = job["CodePipeline.job"]["id"].as_str().unwrap().to_owned();
    let invocation = invocation("r", Duration::from_secs(30));
    guard.handle(job, &invocation).await.unwrap();
    stage
        .answer(&id)
        .fails_with("SystemUnavailable", &["an internal error in Origin Guard"]);
}

/// The report only says more.
#[tokio::test]
async fn an_internal_error_in_storing_changes_no_verdict() {
    let stage = Stage::new().await;
    let guard = Guard::new(
        Faulty(stage.aws(), Where::Storing),
        Ok(stage.settings.clone()),
    );
    let job = stage.double.world().job(Some(DISTRIBUTION), None);
    let id = job["CodePipeline.job"]["id"].as_str().unwrap().to_owned();
    let invocation = invocation("r", Duration::from_secs(30));
    guard.handle(job, &invocation).await.unwrap();
    let answer = stage.answer(&id);
    assert!(answer.succeeded(), "{}", answer.message());
    let report = &answer.0["outputVariables"]["report"];
    assert_eq!(report, "not stored: an internal error in Origin Guard");
}

/// Lambda tries a failed invocation again.
#[tokio::test]
async fn an_internal_error_in_the_answer_fails_the_invocation() {
    let stage = Stage::new().await;
    let guard = Guard::new(
        Faulty(stage.aws(), Where::Answering),
        Ok(stage.settings.clone()),
    );
    let unreadable = json!({"CodePipeline.job": {"id": "j1", "data": 5}});
    let job = stage.double.world().job(Some(DISTRIBUTION), None);
    for job in [job, unreadable] {
        let invocation = invocation("r", Duration::from_secs(30));
        let error = guard.handle(job, &invocation).await.unwrap_err();
        assert!(matches!(error, Failure::Delivery(_)), "{error}");
        assert!(
            error
                .to_string()
                .contains("an internal error in Origin Guard"),
            "{error}"
        );
    }
}

/// Each stage searches for its secrets in what was logged, so it must really be kept.
#[tokio::test]
async fn what_the_guard_logs_is_kept() {
    let mark = crate::logs::mark();
    let stage = Stage::new().await;
    let job = stage.job(&site());
    let id = job["CodePipeline.job"]["id"].as_str().unwrap().to_owned();
    assert!(stage.run(job).await.succeeded());
    let log = crate::logs::since(mark);
    let line = log.lines().find(|line| line.contains(&id));
    assert!(line.unwrap().contains("job judged"), "{log}");
}

#[tokio::test]
async fn a_change_is_told_even_after_an_internal_error() {
    for (place, text) in [
        (Where::Probing, "an internal error in Origin Guard"),
        (Where::Storing, "E2EXAMPLE1GUARD passes"),
    ] {
        let is_judged = matches!(place, Where::Storing);
        let mut stage = Stage::new().await;
        stage.settings.notify_pass = true;
        let guard = Guard::new(Faulty(stage.aws(), place), Ok(stage.settings.clone()));
        let invocation = invocation("r", Duration::from_secs(30));
        let event = Event::update(&site(), "E2").0;
        let outcome = guard.handle(event, &invocation).await;
        assert_eq!(outcome.is_ok(), is_judged, "{outcome:?}");
        let world = stage.double.world();
        let message = &world.published[0].message;
        assert!(message.contains(text), "no {text:?} in: {message}");
    }
}

#[tokio::test]
async fn nothing_public_prints_a_credential() {
    let stage = Stage::new().await;
    let job = stage.job(&site());
    let credentials = job["CodePipeline.job"]["data"]["artifactCredentials"].clone();
    let Ok(Request::Gate(parsed)) = parse(job) else {
        panic!()
    };
    let live = stage.aws().live(&DISTRIBUTION.into()).await.unwrap();
    for printed in [
        format!("{parsed:?}"),
        format!("{live:?}"),
        format!("{:?}", stage.aws()),
    ] {
        for name in ["accessKeyId", "secretAccessKey", "sessionToken"] {
            assert!(
                !printed.contains(credentials[name].as_str().unwrap()),
                "{printed}"
            );
        }
        assert!(
            !printed.contains("header-value-that-is-secret"),
            "{printed}"
        );
        assert!(!printed.contains("guard-secret-key"), "{printed}");
    }
}

#[tokio::test]
async fn the_same_input_gives_the_same_report() {
    let stage = Stage::new().await;
    let mut candidate = site();
    candidate["Origins"]["Items"][0]["DomainName"] = "gone.s3.eu-west-1.amazonaws.com".into();
    candidate["CacheBehaviors"]["Items"][0]["TargetOriginId"] = "nope".into();
    let mut reports = Vec::new();
    for _ in 0..3 {
        stage
            .double
            .world()
            .buckets
            .get_mut("origin-guard-reports")
            .unwrap()
            .objects
            .clear();
        stage.run(stage.job(&candidate)).await;
        let mut report = stage.report();
        for changing in ["judgedAt", "cost", "trigger"] {
            report.as_object_mut().unwrap().remove(changing);
        }
        reports.push(report);
    }
    assert!(reports.windows(2).all(|pair| pair[0] == pair[1]));
}

/// It changes nothing in AWS but the job result, the notification and its own reports.
#[tokio::test]
async fn the_guard_only_writes_what_it_says() {
    let stage = Stage::new().await;
    stage.run(stage.job(&site())).await;
    let world = stage.double.world();
    for request in &world.requests {
        let writes = !matches!(request.method.as_str(), "GET" | "HEAD");
        let name = request.name();
        let own = match name.as_str() {
            "s3:PutObject" => request.subject.as_deref() == Some("origin-guard-reports"),
            "codepipeline:PutJobSuccessResult" | "codepipeline:GetJobDetails" => true,
            _ => !writes,
        };
        assert!(own, "{name} {}", request.path);
    }
}
