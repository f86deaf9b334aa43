//! `origin-guard uses`: from the list of distributions, and from the index. What could not be read is exit
//! code 3 and never "unused".

use std::process::Output;

use aws_double::{Double, Fault, FaultKind};
use serde_json::{Value, json};
use time::OffsetDateTime;
use time::format_description::well_known::Rfc3339;

use crate::command_line::{account, err, origin_guard, out, with_account};
use crate::stage::{ACCOUNT, DISTRIBUTION, REPORTS, furnish, site};

const LIST: &str = "cloudfront:ListDistributions";
const KEY: &str = "arn:aws:kms:us-east-1:111122223333:key/1234abcd-12ab-34cd-56ef-1234567890ab";

/// An account in which two distributions use the same bucket, one a page.
async fn stage() -> Double {
    let double = Double::start().await;
    furnish(&double);
    {
        let mut world = double.world();
        world.page_size = 1;
        let mut other = site();
        other["Aliases"] = json!({"Quantity": 0});
        world.distribution("E3EXAMPLE3GUARD", other);
    }
    double
}

fn uses(double: &Double, arguments: &[&str]) -> Output {
    with_account(double, &[&["uses"], arguments].concat(), "")
}

/// From the index in the report bucket.
fn stored(double: &Double, arguments: &[&str]) -> Output {
    let mut environment = account(double);
    environment.push(("ORIGIN_GUARD_REPORT_BUCKET".to_owned(), REPORTS.to_owned()));
    let environment: Vec<(&str, &str)> = environment
        .iter()
        .map(|(name, value)| (name.as_str(), value.as_str()))
        .collect();
    origin_guard(&[&["uses"], arguments].concat(), &environment, "")
}

fn parsed(output: &Output) -> Value {
    serde_json::from_slice(&output.stdout).unwrap()
}

#[tokio::test]
async fn live_it_takes_a_call_for_each_page() {
    let double = stage().await;
    let output = uses(&double, &["--live", "s3://example-media"]);
    assert_eq!(output.status.code(), Some(0), "{}", err(&output));
    let text = out(&output);
    for words in [
        "bucket `example-media` is used by 2 distributions (2 distributions, live)",
        "E2EXAMPLE1GUARD: www.example.com",
        "`/media/*`: no other origin serves these requests",
        "delete bucket `example-media` last",
    ] {
        assert!(text.contains(words), "{words}: {text}");
    }
    let mut calls = double.world().calls();
    calls.remove("sts:GetCallerIdentity");
    assert_eq!(
        calls.into_iter().collect::<Vec<_>>(),
        [(LIST.to_owned(), 2)]
    );
}

#[tokio::test]
async fn its_json_has_the_documented_members_and_the_exit_code_is_asked_for() {
    let double = stage().await;
    let live = ["--live", "--output", "json", "--exit-code"];
    let used = uses(&double, &[&live[..], &["s3://example-media"]].concat());
    assert_eq!(used.status.code(), Some(1), "{}", err(&used));
    let document = parsed(&used);
    let page = include_str!("../../docs/command-line.md");
    for member in document.as_object().unwrap().keys() {
        assert!(page.contains(&format!("| `{member}` |")), "{member}");
    }
    assert_eq!(document["status"], "used");
    assert_eq!(document["complete"], true);
    assert_eq!(
        document["source"],
        json!({"kind": "live", "takenAt": null, "distributions": 2})
    );
    assert_eq!(
        document["subject"],
        json!({"kind": "bucket", "name": "example-media"})
    );
    let origin = &document["uses"][0]["origins"][0];
    assert_eq!(document["uses"][0]["distribution"]["id"], DISTRIBUTION);
    assert_eq!(
        origin["serves"],
        json!([{"pathPattern": "/media/*", "group": null}])
    );
    let unused = uses(&double, &[&live[..], &["s3://example-nobody"]].concat());
    assert_eq!(unused.status.code(), Some(0), "{}", err(&unused));
    assert_eq!(parsed(&unused)["status"], "unused");
}

#[tokio::test]
async fn a_list_that_fails_is_inconclusive_and_never_unused() {
    for kind in [
        FaultKind::Status(403, "AccessDenied".to_owned()),
        FaultKind::Garbage,
        FaultKind::Cut,
        FaultKind::Throttle,
    ] {
        let double = stage().await;
        // The first page is read.
        double
            .world()
            .fault(Fault::new(LIST, kind.clone()).after(1));
        let output = uses(
            &double,
            &["--live", "--output", "json", "s3://example-nobody"],
        );
        assert_eq!(output.status.code(), Some(3), "{kind:?}: {}", err(&output));
        let document = parsed(&output);
        assert_eq!(
            (&document["status"], &document["complete"]),
            (&"unknown".into(), &false.into())
        );
        assert!(
            document["open"][0].as_str().unwrap().contains(LIST),
            "{document}"
        );
        assert!(
            err(&output).contains("nothing is known"),
            "{}",
            err(&output)
        );
    }
    let double = stage().await;
    double.world().deny(LIST);
    let output = uses(&double, &["--live", "s3://example-media"]);
    assert_eq!(
        (output.status.code(), out(&output)),
        (Some(3), String::new())
    );
}

#[tokio::test]
async fn a_key_takes_a_question_to_each_bucket() {
    let double = stage().await;
    {
        let mut world = double.world();
        let media = world.buckets.get_mut("example-media").unwrap();
        media.kms_key(KEY);
    }
    let output = uses(&double, &["--live", KEY]);
    assert_eq!(
        output.status.code(),
        Some(0),
        "{}{}",
        out(&output),
        err(&output)
    );
    assert!(
        out(&output).contains("is used by 2 distributions"),
        "{}",
        out(&output)
    );
    assert!(out(&output).contains("default encryption of `example-media`"));
    double.world().deny("s3:GetEncryptionConfiguration");
    let output = uses(&double, &["--live", KEY]);
    assert_eq!(output.status.code(), Some(3), "{}", out(&output));
    assert!(
        out(&output).contains("it is not known whether"),
        "{}",
        out(&output)
    );
    assert!(out(&output).contains("the key of bucket `example-media` is not known"));
}

#[tokio::test]
async fn what_names_nothing_is_a_mistake_in_usage() {
    let double = stage().await;
    let output = uses(&double, &["--live", "example-media"]);
    assert_eq!(output.status.code(), Some(2));
    assert!(
        err(&output).contains("give s3://example-media"),
        "{}",
        err(&output)
    );
    // Before an account is asked.
    assert!(double.world().requests.is_empty());
}

/// One part of an index, as format 1 has it.
fn part(taken_at: OffsetDateTime) -> Value {
    json!({
        "schemaVersion": "1", "takenAt": taken_at.format(&Rfc3339).unwrap(), "account": ACCOUNT,
        "distributions": 7, "configs": [], "names": {},
        "subjects": [{"subject": {"kind": "bucket", "name": "example-media"}, "uses": [{
            "distribution": {"id": "E1", "domainName": "d1.cloudfront.net", "aliases": ["www.example.com"],
                "enabled": true, "staging": false, "multiTenant": false},
            "origins": [{"id": "media", "domainName": "example-media.s3.us-east-1.amazonaws.com",
                "subjects": [{"kind": "bucket", "name": "example-media"}],
                "serves": [{"pathPattern": "/media/*", "group": null}]}]}]}],
        "gaps": {"unread": [], "openOrigins": [], "codeAtEdge": [], "uncheckedKeys": null},
    })
}

/// Puts the same body into each part.
fn put(double: &Double, body: &str) {
    let mut world = double.world();
    for shard in 0..64 {
        let key = format!("index/v1/{shard:02}.json");
        world.object(REPORTS, &key, body.to_owned());
    }
    world.forget_requests();
}

#[tokio::test]
async fn the_index_answers_in_one_read() {
    let double = stage().await;
    let now = OffsetDateTime::now_utc();
    put(&double, &part(now - time::Duration::hours(47)).to_string());
    let output = stored(&double, &["s3://example-media"]);
    assert_eq!(output.status.code(), Some(0), "{}", err(&output));
    let text = out(&output);
    assert!(
        text.contains("is used by 1 distribution (7 distributions, as of 20"),
        "{text}"
    );
    let mut calls = double.world().calls();
    calls.remove("sts:GetCallerIdentity");
    assert_eq!(
        calls.into_iter().collect::<Vec<_>>(),
        [("s3:GetObject".to_owned(), 1)]
    );
    let unused = stored(&double, &["s3://example-nobody"]);
    assert_eq!(unused.status.code(), Some(0), "{}", err(&unused));
    assert!(out(&unused).contains("no distribution uses bucket `example-nobody`"));
}

#[tokio::test]
async fn an_index_that_is_old_foreign_damaged_or_gone_is_inconclusive() {
    let now = OffsetDateTime::now_utc();
    let mut foreign = part(now);
    foreign["schemaVersion"] = "2".into();
    let mut other = part(now);
    other["account"] = "444455556666".into();
    let damaged = part(now).to_string();
    for (body, words) in [
        (
            Some(part(now - time::Duration::days(7)).to_string()),
            "more than two days ago",
        ),
        (Some(foreign.to_string()), "has the format 2"),
        (Some(other.to_string()), "is of account 444455556666"),
        (
            Some(damaged[..damaged.len() / 2].to_owned()),
            "cannot be read",
        ),
        (None, "there is no index in s3://origin-guard-reports"),
    ] {
        let double = stage().await;
        if let Some(body) = &body {
            put(&double, body);
        }
        for asked in ["s3://example-media", "s3://example-nobody"] {
            let output = stored(&double, &["--output", "json", asked]);
            assert_eq!(output.status.code(), Some(3), "{words}: {}", out(&output));
            assert_eq!(parsed(&output)["status"], "unknown");
            assert!(err(&output).contains(words), "{words}: {}", err(&output));
            assert!(err(&output).contains("`--live`"), "{}", err(&output));
        }
    }
    let double = stage().await;
    put(&double, &part(now).to_string());
    double.world().deny("s3:GetObject");
    let output = stored(&double, &["s3://example-media"]);
    assert_eq!(output.status.code(), Some(3), "{}", err(&output));
    // Nothing says where an index could be.
    let output = uses(&double, &["s3://example-media"]);
    assert_eq!(output.status.code(), Some(3), "{}", err(&output));
    assert!(err(&output).contains("ORIGIN_GUARD_REPORT_BUCKET"));
}
