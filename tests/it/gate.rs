//! A pipeline asks.

use aws_double::{Fault, FaultKind};
use serde_json::{Value, json};

use origin_guard::distribution::AccountId;
use origin_guard::verdict::OnUnknown;

use crate::stage::{ACCOUNT, DISTRIBUTION, REPORTS, Stage, site};

fn rename_bucket(config: &mut Value) {
    config["Origins"]["Items"][0]["DomainName"] =
        "example-assets-v2.s3.eu-west-1.amazonaws.com".into();
}

#[tokio::test]
async fn a_healthy_candidate_passes_with_output_variables() {
    let stage = Stage::new().await;
    let answer = stage.run(stage.job(&site())).await;
    assert!(answer.succeeded(), "{}", answer.message());
    let outputs = &answer.0["outputVariables"];
    assert_eq!(outputs["verdict"], "pass");
    assert_eq!(outputs["distribution"], DISTRIBUTION);
    assert_eq!(
        outputs["report"],
        answer.0["executionDetails"]["externalExecutionId"]
    );
    assert!(
        outputs["summary"]
            .as_str()
            .unwrap()
            .contains("4 origins and 3 behaviors hold")
    );
    assert!(outputs["findings"].is_string());
}

#[tokio::test]
async fn a_renamed_bucket_and_a_stale_target_are_both_named_with_their_remedies() {
    let stage = Stage::new().await;
    let mut candidate = site();
    rename_bucket(&mut candidate);
    candidate["CacheBehaviors"]["Items"][0]["TargetOriginId"] = "api-v2".into();
    let answer = stage.run(stage.job(&candidate)).await;
    answer.fails_with(
        "JobFailed",
        &[
            "origin `assets` points at bucket `example-assets-v2`, which does not exist",
            "anyone could create it",
            "cache behavior 0 `/api/*` targets origin `api-v2`, which the candidate does not define",
            "help: ",
            "distribution.json:",
            "provisional",
        ][..5],
    );
    assert!(
        answer
            .message()
            .starts_with(&format!("{DISTRIBUTION} is blocked: origin `assets`"))
    );
    let report = stage.report();
    assert_eq!(
        report["phases"][1],
        json!({"name": "behaviors", "status": "blocked", "provisional": true})
    );
    assert_eq!(report["findings"][0]["pathPatterns"], json!(["*"]));
    let location = &report["findings"][0]["location"];
    assert_eq!(location["pointer"], "/Origins/Items/0/DomainName");
    assert!(location["line"].as_u64().unwrap() > 1);
}

#[tokio::test]
async fn the_report_is_stored_in_three_forms_by_distribution_and_time_and_the_job_leads_to_it() {
    let stage = Stage::new().await;
    let answer = stage.run(stage.job(&site())).await;
    let stored = stage.stored("reports/");
    let keys: Vec<String> = stored.into_iter().map(|(key, _)| key).collect();
    assert_eq!(keys.len(), 3, "{keys:?}");
    assert!(
        keys[1].starts_with(&format!("reports/{DISTRIBUTION}/20")) && keys[1].ends_with(".json")
    );
    assert!(keys[0].ends_with(".html") && keys[2].ends_with(".md"));
    let address = format!("s3://{REPORTS}/{}", keys[1]);
    assert_eq!(
        answer.0["executionDetails"]["externalExecutionId"],
        address.as_str()
    );
    let variables = &answer.0["outputVariables"];
    assert_eq!(variables["report"], address.as_str());
    let page = format!(
        "https://us-east-1.console.aws.amazon.com/s3/object/{REPORTS}?region=us-east-1&prefix={}",
        keys[0]
    );
    assert_eq!(variables["page"], page.as_str());
    let report = stage.report();
    assert_eq!(report["mode"], "gate");
    assert_eq!(
        report["trigger"]["pipeline"]["name"]
            .as_str()
            .map(str::is_empty),
        Some(false)
    );
    assert_eq!(report["origins"][0]["region"], "eu-west-1");
    assert_eq!(report["origins"][0]["account"], "own");
    assert_eq!(report["origins"][0]["access"], "oac EASSETSOAC1");
}

#[tokio::test]
async fn job_details_are_not_read_unless_the_setting_allows_it() {
    let mut stage = Stage::new().await;
    stage.settings.job_details = false;
    assert!(stage.run(stage.job(&site())).await.succeeded());
    let calls = stage.double.world().calls();
    assert_eq!(calls.get("codepipeline:GetJobDetails"), None);
    assert_eq!(stage.report()["trigger"].get("pipeline"), None);
}

#[tokio::test]
async fn without_a_report_bucket_the_guard_works_and_says_so() {
    let mut stage = Stage::new().await;
    stage.settings.report_bucket = None;
    let answer = stage.run(stage.job(&site())).await;
    assert!(answer.succeeded());
    assert!(
        answer.0["outputVariables"]["report"]
            .as_str()
            .unwrap()
            .contains("not stored")
    );
    assert_eq!(stage.stored(""), []);
}

#[tokio::test]
async fn a_report_that_cannot_be_stored_does_not_change_the_verdict() {
    let stage = Stage::new().await;
    stage.double.world().deny("s3:PutObject");
    let answer = stage.run(stage.job(&site())).await;
    assert!(answer.succeeded());
    let report = answer.0["outputVariables"]["report"].as_str().unwrap();
    assert!(
        report.contains("not stored") && report.contains("s3:PutObject"),
        "{report}"
    );
}

/// The JSON is the report; the others are made from it.
#[tokio::test]
async fn a_report_is_stored_where_its_json_is() {
    for (end, is_stored) in [(".json", false), (".html", true), (".md", true)] {
        let stage = Stage::impatient().await;
        let fault = Fault::new("s3:PutObject", FaultKind::Deny).on_keys_ending(end);
        stage.double.world().fault(fault);
        let answer = stage.run(stage.job(&site())).await;
        let variables = &answer.0["outputVariables"];
        let [report, page] = ["report", "page"].map(|name| variables[name].as_str().unwrap());
        let id = &answer.0["executionDetails"]["externalExecutionId"];
        if is_stored {
            assert!(report.ends_with(".json") && id == report, "{end}: {report}");
        } else {
            assert!(
                report.starts_with("not stored: ") && id.is_null(),
                "{end}: {report}"
            );
        }
        // No link leads to a page that is not there.
        assert_eq!(page.starts_with("https://"), end == ".md", "{end}: {page}");
    }
}

#[tokio::test]
async fn every_form_that_people_have_is_a_candidate() {
    let stage = Stage::new().await;
    let etag = stage.double.world().distributions[DISTRIBUTION]
        .etag
        .clone();
    let mut without_quantity = site();
    for list in ["Origins", "OriginGroups", "CacheBehaviors", "Aliases"] {
        without_quantity[list]
            .as_object_mut()
            .unwrap()
            .remove("Quantity");
    }
    for candidate in [
        site(),
        without_quantity,
        json!({"ETag": etag, "DistributionConfig": site()}),
        json!({"ETag": etag, "Distribution": {"Id": DISTRIBUTION, "DistributionConfig": site()}}),
        json!({"Id": DISTRIBUTION, "IfMatch": etag, "DistributionConfig": site()}),
        json!({"DistributionConfig": site()}),
        json!({"DistributionConfigWithTags": {"DistributionConfig": site(), "Tags": {"Items": []}}}),
    ] {
        let answer = stage.run(stage.job(&candidate)).await;
        assert!(answer.succeeded(), "{}", answer.message());
    }
}

#[tokio::test]
async fn a_candidate_names_its_own_distribution() {
    let stage = Stage::new().await;
    let candidate = json!({"Id": DISTRIBUTION, "DistributionConfig": site()}).to_string();
    let job = stage.job_with(
        r#"{"candidate": "*.json"}"#,
        &[("c.json", candidate.as_bytes())],
    );
    assert!(stage.run(job).await.succeeded());
    assert_eq!(stage.report()["baseline"]["source"], "live");
}

#[tokio::test]
async fn a_candidate_for_another_distribution_is_refused() {
    let stage = Stage::new().await;
    let answer = stage
        .run(stage.job(&json!({"Id": "EANOTHER1", "DistributionConfig": site()})))
        .await;
    answer.fails_with("ConfigurationError", &["EANOTHER1", DISTRIBUTION]);
}

#[tokio::test]
async fn a_stale_etag_is_out_of_sync_naming_both() {
    let stage = Stage::new().await;
    let etag = stage.double.world().distributions[DISTRIBUTION]
        .etag
        .clone();
    let answer = stage
        .run(stage.job(&json!({"ETag": "EOLDVERSION", "DistributionConfig": site()})))
        .await;
    answer.fails_with("RevisionOutOfSync", &["EOLDVERSION", &etag]);
}

/// What `get-distribution-config` prints has an `ETag` and no `Id`.
#[tokio::test]
async fn an_etag_of_nobody_knows_which_distribution_is_refused() {
    let stage = Stage::new().await;
    let candidate = json!({"ETag": "EOLDVERSION", "DistributionConfig": site()}).to_string();
    let job = stage.job_with(
        r#"{"candidate": "c.json"}"#,
        &[("c.json", candidate.as_bytes())],
    );
    stage.run(job).await.fails_with(
        "ConfigurationError",
        &["`c.json`", "EOLDVERSION", "`distribution`"],
    );
}

#[tokio::test]
async fn without_a_candidate_the_live_config_is_judged() {
    let stage = Stage::new().await;
    stage.double.world().buckets.remove("example-media");
    let job = stage.double.world().job(Some(DISTRIBUTION), None);
    let answer = stage.run(job).await;
    answer.fails_with(
        "JobFailed",
        &["`example-media`, which does not exist", "/media/*"],
    );
    assert_eq!(stage.report()["candidate"]["source"], "live");
}

#[tokio::test]
async fn a_distribution_can_be_named_by_its_alias() {
    let stage = Stage::new().await;
    let job = stage.double.world().job(Some("www.example.com"), None);
    assert!(stage.run(job).await.succeeded());
    let job = stage.double.world().job(Some("other.example.com"), None);
    stage.run(job).await.fails_with(
        "ConfigurationError",
        &["no distribution", "other.example.com"],
    );
}

#[tokio::test]
async fn a_new_distribution_needs_no_baseline() {
    let stage = Stage::new().await;
    let candidate = site().to_string();
    let job = stage.job_with(
        r#"{"candidate": "new.json"}"#,
        &[("new.json", candidate.as_bytes())],
    );
    assert!(stage.run(job).await.succeeded());
    assert_eq!(stage.report()["baseline"], Value::Null);
    assert_eq!(
        stage
            .double
            .world()
            .calls()
            .get("cloudfront:GetDistribution"),
        None
    );
}

#[tokio::test]
async fn the_last_known_good_config_is_the_baseline_where_one_is_stored() {
    let stage = Stage::new().await;
    let mut good = site();
    good["Origins"]["Items"][3]["Id"] = "api-v1".into();
    let document = json!({"schemaVersion": "1", "id": DISTRIBUTION, "etag": "EGOOD",
        "takenAt": "2026-11-01T00:00:00Z", "DistributionConfig": good});
    let key = format!("last-good/{DISTRIBUTION}.json");
    stage
        .double
        .world()
        .object(REPORTS, &key, document.to_string());
    let mut candidate = site();
    candidate["CacheBehaviors"]["Items"][0]["TargetOriginId"] = "api-v1".into();
    let answer = stage.run(stage.job(&candidate)).await;
    answer.fails_with(
        "JobFailed",
        &[
            "this change removes it (it was `api.origin.example.com`)",
            "point it at `api`",
        ],
    );
    assert_eq!(
        stage.report()["baseline"],
        json!({"source": "last-good", "etag": "EGOOD", "takenAt": "2026-11-01T00:00:00Z"})
    );
}

#[tokio::test]
async fn the_baseline_can_be_live_or_a_file() {
    let stage = Stage::new().await;
    let candidate = site().to_string();
    let files: &[(&str, &[u8])] = &[
        ("new.json", candidate.as_bytes()),
        ("old.json", candidate.as_bytes()),
    ];
    for (baseline, source) in [("live", "live"), ("old.json", "artifact")] {
        let parameters =
            json!({"distribution": DISTRIBUTION, "candidate": "new.json", "baseline": baseline});
        stage
            .double
            .world()
            .buckets
            .get_mut(REPORTS)
            .unwrap()
            .objects
            .clear();
        assert!(
            stage
                .run(stage.job_with(&parameters.to_string(), files))
                .await
                .succeeded()
        );
        assert_eq!(stage.report()["baseline"]["source"], source);
    }
}

#[tokio::test]
async fn a_foreign_bucket_blocks_unless_its_owner_may_own_buckets_here() {
    let mut stage = Stage::new().await;
    stage
        .double
        .world()
        .bucket("example-media", "us-east-1")
        .owned_by("444455556666");
    let job = stage.double.world().job(Some(DISTRIBUTION), None);
    stage
        .run(job)
        .await
        .fails_with("JobFailed", &["example-media", "another account"]);
    stage.settings.bucket_owners = vec![AccountId::parse("444455556666").unwrap()];
    stage
        .double
        .world()
        .bucket("example-media", "us-east-1")
        .owned_by("444455556666")
        .share_with(ACCOUNT);
    let job = stage.double.world().job(Some(DISTRIBUTION), None);
    let answer = stage.run(job).await;
    assert!(answer.succeeded(), "{}", answer.message());
}

#[tokio::test]
async fn a_bucket_that_is_ours_but_closed_to_the_guard_is_ours() {
    let mut stage = Stage::new().await;
    stage.settings.on_unknown = OnUnknown::Warn;
    for permission in ["s3:ListBucket", "s3:GetBucketPolicy"] {
        stage.double.world().deny(permission);
    }
    let job = stage.double.world().job(Some(DISTRIBUTION), None);
    assert!(stage.run(job).await.succeeded());
    let calls = stage.double.world().calls();
    assert_eq!(
        calls["s3:ListBuckets"], 1,
        "one listing settles all: {calls:?}"
    );
}

#[tokio::test]
async fn a_bucket_in_another_region_is_found_there_and_blocks() {
    let stage = Stage::new().await;
    let mut candidate = site();
    candidate["Origins"]["Items"][0]["DomainName"] =
        "example-assets.s3.us-east-1.amazonaws.com".into();
    let answer = stage.run(stage.job(&candidate)).await;
    answer.fails_with(
        "JobFailed",
        &[
            "us-east-1",
            "eu-west-1",
            "example-assets.s3.eu-west-1.amazonaws.com",
        ],
    );
}

#[tokio::test]
async fn access_controls_and_identities_are_looked_up_by_id() {
    let stage = Stage::new().await;
    {
        let mut world = stage.double.world();
        world.origin_access_controls.clear();
        world.origin_access_identities.clear();
    }
    let job = stage.double.world().job(Some(DISTRIBUTION), None);
    let answer = stage.run(job).await;
    answer.fails_with(
        "JobFailed",
        &[
            "unknown-origin-access-control",
            "unknown-origin-access-identity",
            "EMEDIAOAI1",
        ],
    );
}

#[tokio::test]
async fn a_second_delivery_of_an_answered_job_changes_nothing_and_is_no_error() {
    let stage = Stage::new().await;
    let job = stage.job(&site());
    assert!(stage.run(job.clone()).await.succeeded());
    let stored = stage.stored("");
    stage.double.world().buckets.remove("example-media");
    stage.invoke_as("request-2", job.clone()).await.unwrap();
    let id = job["CodePipeline.job"]["id"].as_str().unwrap();
    let result = stage.double.world().jobs[id].result.clone().unwrap();
    assert_eq!(result["outputVariables"]["verdict"], "pass");
    assert_eq!(stage.stored(""), stored, "the bucket is as it was");
}

/// Lambda tries again under the same request ID where an answer was lost.
#[tokio::test]
async fn a_job_that_is_judged_again_since_its_answer_was_lost_has_one_report() {
    let stage = Stage::new().await;
    let job = stage.job(&site());
    let id = job["CodePipeline.job"]["id"].as_str().unwrap();
    let marker = json!({"requestId": "request-1", "claimedAt": "2026-11-23T10:00:00Z"});
    let key = format!("events/{id}.json");
    stage
        .double
        .world()
        .object(REPORTS, &key, marker.to_string());
    stage
        .double
        .world()
        .deny("codepipeline:PutJobSuccessResult");
    stage.invoke(job.clone()).await.unwrap_err();
    stage.double.world().buckets.remove("example-media");
    let answer = stage.run(job.clone()).await;
    answer.fails_with("JobFailed", &["missing-bucket"]);
    let stored = stage.stored("reports/");
    let keys: Vec<&str> = stored.iter().map(|(key, _)| key.as_str()).collect();
    let first = format!("reports/{DISTRIBUTION}/2026-11-23T10-00-00Z-{}", &id[..8]);
    assert_eq!(
        keys,
        ["html", "json", "md"].map(|form| format!("{first}.{form}"))
    );
    assert_eq!(stage.report()["verdict"], "block");
    assert_eq!(
        answer.0["failureDetails"]["externalExecutionId"],
        format!("s3://{REPORTS}/{first}.json")
    );
}

/// The delivery that has claimed the job stores its report, and this one may answer first.
#[tokio::test]
async fn a_second_delivery_that_answers_first_names_the_report_of_the_first() {
    let stage = Stage::new().await;
    let job = stage.job(&site());
    let id = job["CodePipeline.job"]["id"].as_str().unwrap();
    let marker = json!({"requestId": "another", "claimedAt": "2026-11-23T10:00:00Z"});
    let key = format!("events/{id}.json");
    let marker = marker.to_string();
    stage.double.world().object(REPORTS, &key, marker);
    let answer = stage.run(job.clone()).await;
    let report = format!(
        "s3://{REPORTS}/reports/{DISTRIBUTION}/2026-11-23T10-00-00Z-{}.json",
        &id[..8]
    );
    let execution = &answer.0["executionDetails"]["externalExecutionId"];
    assert_eq!(execution, &json!(report));
    assert_eq!(stage.stored("reports/"), []);
}

#[tokio::test]
async fn one_of_several_artifacts_is_named_as_codepipeline_does() {
    let stage = Stage::new().await;
    let mut job = stage.job(&site());
    let artifacts = job["CodePipeline.job"]["data"]["inputArtifacts"]
        .as_array_mut()
        .unwrap();
    let mut other = artifacts[0].clone();
    other["name"] = "Other".into();
    other["location"]["s3Location"]["objectKey"] = "none.zip".into();
    let name = artifacts[0]["name"].as_str().unwrap().to_owned();
    artifacts.insert(0, other);
    let configuration =
        &mut job["CodePipeline.job"]["data"]["actionConfiguration"]["configuration"];
    configuration["UserParameters"] = json!({"candidate": format!("{name}::distribution.json")})
        .to_string()
        .into();
    assert!(stage.run(job.clone()).await.succeeded());
    let configuration =
        &mut job["CodePipeline.job"]["data"]["actionConfiguration"]["configuration"];
    configuration["UserParameters"] = json!({"candidate": "Nope::distribution.json"})
        .to_string()
        .into();
    let stage = Stage::new().await;
    let id = stage.double.world().adopt_job(&job).unwrap();
    stage.invoke(job).await.unwrap();
    stage
        .answer(&id)
        .fails_with("ConfigurationError", &["no input artifact `Nope`", &name]);
}

#[tokio::test]
async fn a_long_message_stops_on_a_whole_finding_and_says_how_many_more_there_are() {
    let stage = Stage::new().await;
    let mut candidate = site();
    let origin = candidate["Origins"]["Items"][0].clone();
    for n in 0..60 {
        let mut origin = origin.clone();
        origin["Id"] = format!("old-{n}").into();
        origin["DomainName"] = format!("example-old-{n}.s3.eu-west-1.amazonaws.com").into();
        candidate["Origins"]["Items"]
            .as_array_mut()
            .unwrap()
            .push(origin);
    }
    candidate["Origins"]["Quantity"] = 64.into();
    let answer = stage.run(stage.job(&candidate)).await;
    let message = answer.message();
    let length = message.chars().count();
    assert!(length <= 5000 && length > 4000, "{length}");
    let (findings, last) = message.rsplit_once('\n').unwrap();
    assert!(
        last.starts_with("and ") && last.contains(" more in s3://origin-guard-reports/reports/"),
        "{last}"
    );
    let shown = findings.matches("error[missing-bucket]").count();
    let report = stage.report();
    let all =
        report["findings"].as_array().unwrap().len() + report["unknowns"].as_array().unwrap().len();
    assert_eq!(
        last.split(' ').nth(1).unwrap().parse::<usize>().unwrap(),
        all - shown
    );
    assert!(
        findings.trim_end().ends_with("just to pass"),
        "the last finding is whole: {findings}"
    );
}

#[tokio::test]
async fn what_the_deployment_decides_is_listed_and_does_not_block() {
    let stage = Stage::new().await;
    let mut candidate = site();
    candidate["Origins"]["Items"][0]["DomainName"] =
        "${AssetsBucket}.s3.eu-west-1.amazonaws.com".into();
    candidate["CacheBehaviors"]["Items"][0]["TargetOriginId"] = "${ApiOrigin}".into();
    let answer = stage.run(stage.job(&candidate)).await;
    assert!(answer.succeeded(), "{}", answer.message());
    let report = stage.report();
    let listed: Vec<&str> = report["unknowns"]
        .as_array()
        .unwrap()
        .iter()
        .filter_map(|unknown| unknown["subject"].as_str())
        .collect();
    assert_eq!(
        listed,
        [
            "${AssetsBucket}",
            "${AssetsBucket}",
            // The function does not ask the network unless a setting says so.
            "api.origin.example.com",
            "${ApiOrigin}"
        ]
    );
    assert_eq!(report["origins"][0]["status"], "unknown");
    assert_eq!(report["unknowns"][0]["blocks"], false);
}

/// A tenant's parameters are known only per tenant: never malformed, and never said to be checked.
#[tokio::test]
async fn a_tenants_parameters_are_listed_as_not_decided() {
    let stage = Stage::new().await;
    let mut candidate = site();
    candidate["ConnectionMode"] = "tenant-only".into();
    candidate["Origins"]["Items"][3]["DomainName"] = "{{customer}}.origin.example.com".into();
    candidate["Origins"]["Items"][0]["OriginPath"] = "/{{customer}}".into();
    let answer = stage.run(stage.job(&candidate)).await;
    assert!(answer.succeeded(), "{}", answer.message());
    let report = stage.report();
    let unknowns = report["unknowns"].as_array().unwrap();
    let named = unknowns.iter().find(|unknown| {
        unknown["subject"]
            .as_str()
            .is_some_and(|text| text.contains("{{customer}}"))
    });
    assert!(named.is_some(), "{unknowns:#?}");
}
