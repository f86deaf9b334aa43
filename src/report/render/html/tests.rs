use base64::Engine as _;
use sha2::{Digest as _, Sha256};
use time::macros::utc_datetime;

use std::sync::Arc;

use super::*;
use crate::candidate::{Source, read_document};
use crate::cost::Cost;
use crate::facts::Facts;
use crate::judged::{Judged, Mode};
use crate::report::v1::ChangeKind::{Added, Changed, Removed};
use crate::report::v1::SubjectKind::{CacheBehavior, Origin};
use crate::report::{build, v1};
use crate::rules::{Case, Limits, judge};
use crate::timestamp::Timestamp;
use crate::verdict::OnUnknown;
use crate::verdict::decide;

/// The report on a config whose behavior `n` targets what `target` says.
fn report(
    origins: usize,
    behaviors: usize,
    target: impl Fn(usize) -> String,
    id: impl Fn(usize) -> String,
) -> v1::Report {
    let list = |items: Vec<serde_json::Value>| serde_json::json!({"Quantity": items.len(), "Items": items});
    let config = serde_json::json!({
        "CallerReference": "x", "Comment": "<script>alert(0)</script>", "Enabled": true,
        "Origins": list((0..origins).map(|n| serde_json::json!({"Id": id(n),
            "DomainName": format!("bucket-{n}.s3.eu-west-1.amazonaws.com"),
            "S3OriginConfig": {"OriginAccessIdentity": ""}, "OriginAccessControlId": "EOAC"})).collect()),
        "DefaultCacheBehavior": {"TargetOriginId": id(0), "ViewerProtocolPolicy": "https-only",
            "CachePolicyId": "658327ea-f89d-4fab-a63d-7e88639e58f6"},
        "CacheBehaviors": list((0..behaviors).map(|n| serde_json::json!({
            "PathPattern": format!("/path-{n}/*"), "TargetOriginId": target(n),
            "ViewerProtocolPolicy": "https-only",
            "CachePolicyId": "658327ea-f89d-4fab-a63d-7e88639e58f6"})).collect()),
    });
    let candidate = read_document(Source::File, "a.json", config.to_string().as_bytes()).unwrap();
    let facts = Facts::default();
    let limits = Limits::default();
    let decision = decide(
        judge(&Case::new(&candidate.distribution, &facts, &limits)),
        OnUnknown::Block,
    );
    build(&Judged {
        mode: Mode::Check,
        judged_at: Timestamp::of(utc_datetime!(2026-11-23 9:00)),
        candidate,
        baseline: None,
        facts: Arc::new(facts),
        decision,
        trigger: None,
        explanation: None,
        cost: Cost::default(),
        rules_url: None,
    })
}

fn named(n: usize) -> String {
    format!("origin-{n}")
}

#[test]
fn the_policy_allows_this_style_and_nothing_else() {
    let page = html(&[report(1, 0, named, named)]);
    let style = page
        .split("<style>")
        .nth(1)
        .and_then(|rest| rest.split("</style>").next())
        .unwrap();
    let digest = base64::engine::general_purpose::STANDARD.encode(Sha256::digest(style));
    assert_eq!(STYLE, format!("sha256-{digest}"), "set STYLE to this");
    let policy = format!(
        "default-src 'none'; style-src 'sha256-{digest}'; base-uri 'none'; form-action 'none'"
    );
    assert!(page.contains(&format!("content=\"{policy}\"")), "{page}");
    let tags: Vec<&str> = page
        .split('<')
        .filter_map(|rest| rest.split_once('>'))
        .map(|(tag, _)| tag)
        .collect();
    assert!(tags.len() > 50, "{}", tags.len());
    for tag in tags {
        for forbidden in [
            "script", "img", "link", "iframe", "object", "embed", "form", "base",
        ] {
            let name = tag.split(|c: char| !c.is_ascii_alphanumeric()).next();
            assert_ne!(name, Some(forbidden), "{tag}");
        }
        for forbidden in [" style=", " src=", " srcset=", " href=\"http", "url("] {
            assert!(!tag.contains(forbidden), "{forbidden}: {tag}");
        }
        let mut attributes = tag.split_ascii_whitespace().skip(1);
        assert!(!attributes.any(|it| it.starts_with("on")), "{tag}");
    }
    let style = style.to_ascii_lowercase();
    assert!(
        !style.contains("url(") && !style.contains("@import"),
        "{style}"
    );
}

#[test]
fn nothing_of_a_candidate_becomes_markup() {
    let hostile = "\"><script>alert(1)</script><img src=x onerror=alert(2)>'&`<b>`</title></style>";
    let page = html(&[report(
        2,
        1,
        |_| format!("gone {hostile}"),
        |n| format!("{hostile}{n}"),
    )]);
    for forbidden in ["<script", "<img", "<b>", "\"><script", "onerror=alert(2)>"] {
        let found = page
            .match_indices(forbidden)
            .map(|(at, _)| &page[at.saturating_sub(60)..(at + 40).min(page.len())]);
        let found: Vec<&str> = found
            .filter(|text| text.contains("alert") || text.contains("<b>"))
            .collect();
        assert!(found.is_empty(), "{forbidden}: {found:#?}");
    }
    assert!(
        page.contains("&#60;script&#62;alert(1)"),
        "it is shown as text"
    );
    let document = roxmltree::Document::parse_with_options(
        page[page.find("<svg").unwrap()..]
            .split_inclusive("</svg>")
            .next()
            .unwrap(),
        roxmltree::ParsingOptions::default(),
    )
    .unwrap();
    assert!(
        document
            .descendants()
            .all(|node| !["script", "img", "b"].contains(&node.tag_name().name()))
    );
}

#[test]
fn a_broken_link_is_red_named_and_leads_to_its_finding() {
    let page = html(&[report(
        2,
        2,
        |n| if n == 0 { "gone".to_owned() } else { named(1) },
        named,
    )]);
    assert!(page.contains("<path class=\"broken\""), "{page}");
    assert!(page.contains("unknown-target-origin</text>"), "{page}");
    assert!(page.contains("<a href=\"#finding-0-1\"") && page.contains("id=\"finding-0-1\""));
    assert!(page.contains("not defined"));
}

#[test]
fn twenty_five_origins_take_less_than_100_kb() {
    let page = html(&[report(25, 24, |_| "gone".to_owned(), named)]);
    assert!(page.len() < 100_000, "{}", page.len());
}

#[test]
fn healthy_parts_of_a_large_map_fold() {
    let broken = 17;
    let target = |n| {
        if n == broken {
            "gone".to_owned()
        } else {
            named(n + 1)
        }
    };
    let page = html(&[report(100, 75, target, named)]);
    assert!(
        page.contains("75 behaviors</text>") && page.contains("100 origins</text>"),
        "{page}"
    );
    assert_eq!(page.matches("<path class=\"broken\"").count(), 1);
    assert_eq!(
        page.matches("<rect class=\"box\"").count(),
        4,
        "one behavior, what it names, two folds"
    );
}

fn change(
    change: v1::ChangeKind,
    kind: v1::SubjectKind,
    id: &str,
    field: Option<&str>,
) -> v1::Change {
    v1::Change {
        kind: change,
        what: String::new(),
        subject: Some(v1::Subject {
            kind,
            id: Some(id.to_owned()),
        }),
        field: field.map(str::to_owned),
        path: String::new(),
        before: None,
        after: None,
    }
}

#[test]
fn what_changed_is_marked_on_the_map_with_a_legend() {
    let mut report = report(3, 2, named, named);
    let plain = html(std::slice::from_ref(&report));
    assert!(!plain.contains("class=\"change\""), "nothing changed");
    report.changes = vec![
        change(Added, Origin, "origin-0", None),
        change(Changed, Origin, "origin-1", Some("domain")),
        change(Changed, Origin, "origin-1", Some("access")),
        change(Removed, Origin, "old", None),
        change(Removed, CacheBehavior, "/old/*", None),
        change(Changed, CacheBehavior, "/path-1/*", Some("target")),
    ];
    let page = html(&[report]);
    let marks: Vec<&str> = page
        .split("<text class=\"change\"")
        .skip(1)
        .filter_map(|rest| rest.split_once('>')?.1.split('<').next())
        .collect();
    assert_eq!(
        marks,
        [
            "+ new",
            "~ domain, access",
            "~ target",
            "− removed",
            "− removed"
        ]
    );
    assert!(page.contains(">old</text>") && page.contains(">/old/*</text>"));
    assert!(page.contains("what changed against the baseline"));
    assert!(page.contains("against the baseline: ~ domain, access</title>"));
}

#[test]
fn few_changes_of_a_large_map_are_drawn_and_many_fold() {
    let mut report = report(100, 75, |n| named(n + 1), named);
    for origin in &mut report.origins {
        origin.status = v1::Status::Ok;
    }
    for behavior in &mut report.behaviors {
        behavior.status = v1::Status::Ok;
    }
    report.changes = vec![change(Changed, Origin, "origin-9", Some("domain"))];
    let boxes = |report: &v1::Report| {
        let page = html(std::slice::from_ref(report));
        page.matches("<rect class=\"box\"").count()
    };
    assert_eq!(
        boxes(&report),
        5,
        "the behavior, its origin, the host, two folds"
    );
    let removed = (0..40).map(|n| change(Removed, Origin, &format!("old-{n}"), None));
    report.changes.extend(removed);
    assert_eq!(boxes(&report), 2, "two folds");
}

#[test]
fn several_reports_are_one_page_whose_anchors_differ() {
    let one = report(1, 1, |_| "gone".to_owned(), named);
    let page = html(&[one.clone(), one]);
    for anchor in ["id=\"finding-0-1\"", "id=\"finding-1-1\""] {
        assert_eq!(page.matches(anchor).count(), 1, "{anchor}");
    }
}

#[test]
fn markdown_fits_a_comment_and_says_what_was_left_out() {
    let report = report(100, 75, |n| format!("gone-{n}-{}", "x".repeat(600)), named);
    let text = crate::report::markdown(&report);
    assert!(text.len() <= 65_536, "{}", text.len());
    let errors = text.matches("### error: unknown-target-origin").count();
    assert!(errors > 10, "{errors}");
    // One line for each finding of a rule of which there are many, and one heading for each other.
    let in_lists = text.lines().filter(|line| line.starts_with("- `a.json"));
    let alone = text
        .lines()
        .filter(|line| line.starts_with("### ") && !line.ends_with(" findings"));
    let shown = in_lists.count() + alone.count();
    let left = format!("{} more findings", report.findings.len() - shown);
    assert!(text.contains(&left), "{left}");
}

#[test]
fn markdown_draws_the_map() {
    let text = crate::report::markdown(&report(
        2,
        2,
        |n| if n == 0 { "gone".to_owned() } else { named(1) },
        named,
    ));
    assert!(text.contains("```mermaid\nflowchart LR\n"), "{text}");
    assert!(
        text.contains("b0 --x|broken| x2\n")
            && text.contains("x2[\"gone<br/>not defined\"]:::broken"),
        "{text}"
    );
}
