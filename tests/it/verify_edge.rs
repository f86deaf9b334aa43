//! A verification asks the edge: every answer that was seen of CloudFront, and what goes wrong on the way.

use std::time::{Duration, Instant};

use aws_double::{EdgeAnswer, Fault, FaultKind, World};
use origin_guard::guard::Guard;
use origin_guard::settings::Settings;
use serde_json::{Value, json};

use crate::stage::{Answer, DISTRIBUTION, Stage, invocation, readable, site};

/// A stage whose settings let the edge be asked: the double's.
async fn asking() -> Stage {
    let mut stage = Stage::new().await;
    stage.settings.edge = Some(true);
    stage
        .double
        .world()
        .object("example-assets", "index.html", "<html>the site</html>");
    stage
}

fn job(stage: &Stage, parameters: &Value, files: &[(&str, &Value)]) -> Value {
    let mut all = json!({"mode": "verify", "distribution": DISTRIBUTION});
    for (key, value) in parameters.as_object().into_iter().flatten() {
        all[key] = value.clone();
    }
    let texts: Vec<(&str, String)> = files
        .iter()
        .map(|(name, file)| (*name, file.to_string()))
        .collect();
    let files: Vec<(&str, &[u8])> = texts
        .iter()
        .map(|(name, text)| (*name, text.as_bytes()))
        .collect();
    stage.job_with(&all.to_string(), &files)
}

async fn verify(stage: &Stage) -> Answer {
    let job = job(
        stage,
        &json!({"candidate": "distribution.json"}),
        &[("distribution.json", &site())],
    );
    stage.run(job).await
}

/// What the edge came to for a path pattern.
#[track_caller]
fn outcome(stage: &Stage, pattern: &str) -> String {
    let report = stage.report();
    let edge = report["edge"].as_array().unwrap();
    let found = edge.iter().find(|it| it["pathPattern"] == pattern);
    let found = found.unwrap_or_else(|| panic!("{pattern}: {edge:#?}"));
    found["outcome"].as_str().unwrap().to_owned()
}

fn edge_requests(world: &World) -> Vec<String> {
    let asked = world.requests.iter().filter(|it| it.service == "edge");
    asked
        .map(|it| format!("{} {}", it.method, it.path))
        .collect()
}

#[tokio::test]
async fn a_healthy_site_is_reached_with_a_request_for_each_behavior() {
    let stage = asking().await;
    let answer = verify(&stage).await;
    assert!(answer.succeeded(), "{}", answer.message());
    for pattern in ["/api/*", "/media/*", "*"] {
        assert_eq!(outcome(&stage, pattern), "reached", "{pattern}");
    }
    let report = stage.report();
    let phases: Vec<&Value> = report["phases"]
        .as_array()
        .unwrap()
        .iter()
        .map(|it| &it["name"])
        .collect();
    assert_eq!(phases, ["origin-map", "behaviors", "edge"]);
    let world = stage.double.world();
    let asked = edge_requests(&world);
    assert!((3..=4).contains(&asked.len()), "{asked:?}");
    assert!(asked.iter().all(|it| it.starts_with("GET /")), "{asked:?}");
    let hosts = world.requests.iter().filter(|it| it.service == "edge");
    let own = &world.distributions[DISTRIBUTION].domain_name;
    assert!(hosts.clone().all(|it| it.subject.as_ref() == Some(own)));
    assert_eq!(report["cost"]["awsCalls"]["edge:request"], asked.len());
}

#[tokio::test]
async fn where_a_setting_switches_it_off_the_edge_is_listed_as_not_asked() {
    let mut stage = asking().await;
    for edge in [None, Some(false)] {
        stage.settings.edge = edge;
        let answer = verify(&stage).await;
        assert!(answer.succeeded(), "{}", answer.message());
        assert_eq!(edge_requests(&stage.double.world()), Vec::<String>::new());
        assert_eq!(outcome(&stage, "*"), "not-asked");
        let text = stage.report()["unknowns"].to_string();
        assert!(text.contains("ORIGIN_GUARD_EDGE"), "{text}");
        stage
            .double
            .world()
            .buckets
            .get_mut("origin-guard-reports")
            .unwrap()
            .objects
            .clear();
    }
}

#[tokio::test]
async fn a_disabled_distribution_is_not_asked() {
    let stage = asking().await;
    let mut config = site();
    config["Enabled"] = false.into();
    stage
        .double
        .world()
        .distributions
        .get_mut(DISTRIBUTION)
        .unwrap()
        .config = config.clone();
    let job = job(
        &stage,
        &json!({"candidate": "d.json"}),
        &[("d.json", &config)],
    );
    let answer = stage.run(job).await;
    assert!(answer.succeeded(), "{}", answer.message());
    assert_eq!(edge_requests(&stage.double.world()), Vec::<String>::new());
    assert_eq!(outcome(&stage, "/api/*"), "not-asked");
}

/// Every row of answers that CloudFront was seen to give, for the media's bucket and the API.
#[tokio::test]
async fn each_answer_of_the_edge_is_told_apart() {
    let page = |status: u16, sentence: &str| EdgeAnswer::generated(status, sentence);
    let html = |status: u16, kind: &str, body: Vec<u8>| EdgeAnswer::new(status, kind, body);
    let utf16: Vec<u8> = "<html>Access Denied</html>"
        .encode_utf16()
        .flat_map(u16::to_le_bytes)
        .collect();
    for (beginning, said, pattern, expected) in [
        (
            "/media/",
            EdgeAnswer::object("x", "\"1\""),
            "/media/*",
            "reached",
        ),
        (
            "/media/",
            EdgeAnswer::no_such_key("public/x"),
            "/media/*",
            "reached",
        ),
        (
            "/media/",
            EdgeAnswer::access_denied(),
            "/media/*",
            "reached",
        ),
        (
            "/media/",
            EdgeAnswer::no_such_bucket("example-media"),
            "/media/*",
            "bucket-gone",
        ),
        (
            "/media/",
            EdgeAnswer::wrong_region("us-east-1", "eu-west-1"),
            "/media/*",
            "wrong-region",
        ),
        (
            "/media/",
            EdgeAnswer::signature_missing(),
            "/media/*",
            "not-decidable",
        ),
        (
            "/api/",
            page(502, "CloudFront wasn't able to connect to the origin."),
            "/api/*",
            "origin-unreachable",
        ),
        (
            "/api/",
            page(
                504,
                "We can't connect to the server for this app or website at this time.",
            ),
            "/api/*",
            "origin-unreachable",
        ),
        (
            "/api/",
            html(200, "text/html; charset=utf-16", utf16),
            "/api/*",
            "reached",
        ),
        (
            "/api/",
            html(
                404,
                "text/html; charset=latin1",
                b"<html>\xe9 introuvable</html>".to_vec(),
            ),
            "/api/*",
            "reached",
        ),
        (
            "/api/",
            html(200, "text/html", vec![0x1f, 0x8b, 8, 0, 0xff, 0xfe])
                .with("content-encoding", "gzip"),
            "/api/*",
            "reached",
        ),
        (
            "/api/",
            EdgeAnswer::redirect("http://169.254.169.254/latest/meta-data/"),
            "/api/*",
            "reached",
        ),
    ] {
        let stage = asking().await;
        let text = format!("{said:?}");
        stage
            .double
            .world()
            .edge_answers
            .insert(beginning.to_owned(), said);
        let answer = verify(&stage).await;
        assert_eq!(
            outcome(&stage, pattern),
            expected,
            "{text}: {}",
            stage.report()["edge"]
        );
        let fails = !matches!(expected, "reached" | "not-decidable");
        assert_eq!(!answer.succeeded(), fails, "{text}: {}", answer.message());
        if fails {
            answer.fails_with("JobFailed", &["edge-"]);
        }
        let hosts = stage
            .double
            .world()
            .requests
            .iter()
            .filter(|it| it.service == "edge")
            .count();
        assert!(hosts <= 4, "{text}: a redirect was followed");
    }
}

#[tokio::test]
async fn a_denial_names_the_missing_statement() {
    let stage = asking().await;
    let mut policy = readable("example-media");
    policy["Statement"].as_array_mut().unwrap().truncate(1);
    stage
        .double
        .world()
        .buckets
        .get_mut("example-media")
        .unwrap()
        .policy(policy);
    let answer = verify(&stage).await;
    answer.fails_with("JobFailed", &["example-media", "s3:GetObject"]);
    assert_eq!(outcome(&stage, "/media/*"), "denied-by-origin");
}

#[tokio::test]
async fn what_the_contract_declares_decides() {
    let contract = json!({"verify": [{"path": "/api/health", "status": [200, 401]}, {"path": "/media/logo.png", "status": 200}],
        "skip": ["/nothing/*"]});
    let parameters = json!({"candidate": "d.json", "contract": "c.json"});
    let files =
        [("d.json", &site()), ("c.json", &contract)].map(|(name, file)| (name, file.clone()));
    let files: Vec<(&str, &Value)> = files.iter().map(|(name, file)| (*name, file)).collect();
    let stage = asking().await;
    let event = job(&stage, &parameters, &files);
    let answer = stage.run(event).await;
    answer.fails_with("JobFailed", &["/media/logo.png"]);
    let asked = edge_requests(&stage.double.world());
    assert!(asked.contains(&"GET /api/health".to_owned()), "{asked:?}");
    assert_eq!(outcome(&stage, "/media/*"), "not-as-declared");
    let stage = asking().await;
    stage
        .double
        .world()
        .object("example-media", "public/media/logo.png", "a logo");
    let event = job(&stage, &parameters, &files);
    let answer = stage.run(event).await;
    assert!(answer.succeeded(), "{}", answer.message());
}

#[tokio::test]
async fn an_edge_that_stalls_or_cuts_could_not_be_checked_and_the_job_is_answered() {
    for kind in [
        FaultKind::Hang,
        FaultKind::Reset,
        FaultKind::Lost,
        FaultKind::Cut,
    ] {
        let text = format!("{kind:?}");
        let mut stage = asking().await;
        stage.deadline = Duration::from_secs(12);
        let fault = Fault::new("edge:GET", kind);
        stage.double.world().fault(fault.clone());
        let began = Instant::now();
        let answer = verify(&stage).await;
        assert!(
            began.elapsed() < stage.deadline,
            "{text}: {:?}",
            began.elapsed()
        );
        answer.fails_with("SystemUnavailable", &["edge answer"]);
        assert_eq!(outcome(&stage, "/api/*"), "could-not-be-checked", "{text}");
    }
    let mut stage = asking().await;
    stage.deadline = Duration::from_secs(12);
    stage
        .double
        .world()
        .fault(Fault::new("edge:GET", FaultKind::Reset));
    let parameters = json!({"candidate": "d.json", "unknown": "warn"});
    let event = job(&stage, &parameters, &[("d.json", &site())]);
    let answer = stage.run(event).await;
    assert!(answer.succeeded(), "{}", answer.message());
}

#[tokio::test]
async fn a_body_that_stalls_or_is_huge_is_read_within_bounds() {
    for kind in [
        FaultKind::Stall,
        FaultKind::Huge {
            bytes: 100 << 20,
            announced: true,
        },
        FaultKind::Huge {
            bytes: 100 << 20,
            announced: false,
        },
    ] {
        let text = format!("{kind:?}");
        let mut stage = asking().await;
        stage.deadline = Duration::from_secs(12);
        stage.double.world().fault(Fault::new("edge:GET", kind));
        let began = Instant::now();
        let answer = verify(&stage).await;
        assert!(
            began.elapsed() < stage.deadline,
            "{text}: {:?}",
            began.elapsed()
        );
        // The code of a 403 stands in its body: without it, a denial could not be told from a missing key.
        let is_whole = !text.starts_with("Stall");
        assert_eq!(answer.succeeded(), is_whole, "{text}: {}", answer.message());
        if !is_whole {
            assert!(answer.message().contains("could not be checked (timed out"));
        }
    }
}

#[tokio::test]
async fn an_endpoint_that_is_not_of_this_machine_is_the_answer_to_each_job() {
    for url in [
        "http://169.254.169.254:80",
        "https://d111111abcdef8.cloudfront.net",
        "http://localhost:80",
    ] {
        let stage = asking().await;
        let settings =
            Settings::read(|name| (name == "ORIGIN_GUARD_EDGE_ENDPOINT").then(|| url.to_owned()));
        let guard = Guard::new(stage.aws(), settings);
        for event in [stage.job(&site()), job(&stage, &json!({}), &[])] {
            let id = event["CodePipeline.job"]["id"].as_str().unwrap().to_owned();
            guard
                .handle(event, &invocation("request-1", stage.deadline))
                .await
                .unwrap();
            stage
                .answer(&id)
                .fails_with("ConfigurationError", &["ORIGIN_GUARD_EDGE_ENDPOINT", url]);
        }
        assert_eq!(edge_requests(&stage.double.world()), Vec::<String>::new());
    }
}

/// Twenty-five behaviors with a bucket each.
fn wide(stage: &Stage) -> Value {
    const BEHAVIORS: usize = 25;
    let mut config = site();
    let own = |n: usize| format!("wide-{n}");
    let origins: Vec<Value> = (0..BEHAVIORS)
        .map(|n| {
            let mut world = stage.double.world();
            world.bucket(&own(n), "us-east-1").policy(readable(&own(n)));
            json!({"Id": own(n), "DomainName": format!("{}.s3.us-east-1.amazonaws.com", own(n)), "OriginPath": "",
                "CustomHeaders": {"Quantity": 0}, "S3OriginConfig": {"OriginAccessIdentity": ""},
                "OriginAccessControlId": "EASSETSOAC1"})
        })
        .collect();
    let behaviors: Vec<Value> = (1..BEHAVIORS)
        .map(|n| {
            let mut behavior = config["CacheBehaviors"]["Items"][1].clone();
            behavior["PathPattern"] = format!("/{}/*", own(n)).into();
            behavior["TargetOriginId"] = own(n).into();
            behavior
        })
        .collect();
    config["OriginGroups"] = json!({"Quantity": 0});
    config["Origins"] = json!({"Quantity": origins.len(), "Items": origins});
    config["CacheBehaviors"] = json!({"Quantity": behaviors.len(), "Items": behaviors});
    config["DefaultCacheBehavior"]["TargetOriginId"] = "wide-0".into();
    config["DefaultRootObject"] = "".into();
    stage
        .double
        .world()
        .distributions
        .get_mut(DISTRIBUTION)
        .unwrap()
        .config = config.clone();
    config
}

#[tokio::test]
async fn a_verification_of_25_behaviors_takes_four_waves() {
    let stage = asking().await;
    let candidate = wide(&stage);
    let event = job(
        &stage,
        &json!({"candidate": "d.json"}),
        &[("d.json", &candidate)],
    );
    // Artifact, live, last known good, pipeline's name, and the turn; probes and the edge side by side, with the
    // end of the turn; the report in three forms; the answer.
    let hold = [5, 25 + 25 + 1 + 25 + 1, 3, 1];
    stage.double.world().hold = hold.to_vec();
    let answer = stage.run(event).await;
    assert!(answer.succeeded(), "{}", answer.message());
    let world = stage.double.world();
    let waves: Vec<usize> = (0..world.waves())
        .map(|wave| {
            world
                .requests
                .iter()
                .filter(|it| it.wave == Some(wave))
                .count()
        })
        .collect();
    assert_eq!(waves, hold, "{:?}", world.calls());
    assert_eq!(edge_requests(&world).len(), 25);
}

#[tokio::test]
async fn a_deployment_under_way_takes_three_waves_and_asks_nothing_of_the_edge() {
    let stage = asking().await;
    "InProgress".clone_into(
        &mut stage
            .double
            .world()
            .distributions
            .get_mut(DISTRIBUTION)
            .unwrap()
            .status,
    );
    // Read; the token's record; the answer.
    let hold = [5, 1, 1];
    stage.double.world().hold = hold.to_vec();
    let answer = verify(&stage).await;
    assert!(answer.0["continuationToken"].is_string(), "{}", answer.0);
    let world = stage.double.world();
    assert_eq!(world.waves(), hold.len(), "{:?}", world.calls());
    assert_eq!(edge_requests(&world), Vec::<String>::new());
}
