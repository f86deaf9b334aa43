use expect_test::{Expect, expect};
use proptest::prelude::*;
use serde_json::{Value, json};

use super::{Destination, EdgeAnswer, Request, Trace, classify, trace};
use crate::distribution::{
    AccountId, At, BucketName, EdgeEvent, EdgeFunction, ErrorPage, Methods, Place,
};
use crate::facts::Bucket;
use crate::rules::Case;
use crate::rules::testing::{Scene, bare_origin, custom_origin, number, ours, text};

fn traced(scene: &Scene, request: &Request) -> Trace {
    let case = Case::new(&scene.candidate, &scene.facts, &scene.limits);
    trace(&case, request)
}

pub(super) fn get(scene: &Scene, path: &str) -> Trace {
    traced(scene, &Request::new(path))
}

#[expect(clippy::needless_pass_by_value, reason = "tables are read more easily")]
fn shows(scene: &Scene, path: &str, expected: Expect) {
    expected.assert_eq(&get(scene, path).text());
}

/// A row of `paths.tsv`, and the lines that stand over it.
#[derive(Debug, Clone, Default)]
struct Row {
    line: usize,
    behaviors: Vec<String>,
    root: Option<String>,
    prefix: Option<String>,
    path: String,
    pattern: String,
    key: Option<String>,
}

fn rows() -> Vec<Row> {
    let mut above = Row::default();
    let mut rows = Vec::new();
    for (at, line) in include_str!("paths.tsv").lines().enumerate() {
        if line.is_empty() || line.starts_with("# ") {
            continue;
        }
        if let Some(patterns) = line.strip_prefix("behaviors ") {
            above = Row {
                behaviors: patterns.split(' ').map(str::to_owned).collect(),
                ..Row::default()
            };
        } else if let Some(root) = line.strip_prefix("root ") {
            above.root = Some(root.to_owned());
        } else if let Some(prefix) = line.strip_prefix("prefix ") {
            above.prefix = Some(prefix.to_owned());
        } else {
            let mut cells = line.split('\t').map(str::to_owned);
            rows.push(Row {
                line: at + 1,
                path: cells.next().unwrap(),
                pattern: cells.next().unwrap_or_else(|| panic!("line {}", at + 1)),
                key: cells.next(),
                ..above.clone()
            });
        }
    }
    rows
}

#[test]
fn each_path_gets_its_behavior_and_key() {
    let rows = rows();
    assert!(rows.len() >= 200, "{}", rows.len());
    let mut wrong = Vec::new();
    for row in &rows {
        let mut scene = Scene::s3("site");
        for pattern in &row.behaviors {
            scene = scene.behavior(pattern, "main");
        }
        scene.candidate.serving.default_root_object = row.root.as_deref().map(text);
        scene.candidate.origins[0].origin_path = row.prefix.as_deref().map(text);
        let found = get(&scene, &row.path);
        let matched = found.behavior.unwrap().path_pattern;
        let open = if found.otherwise.is_empty() { "" } else { "!" };
        let Destination::Origin { request } = found.target else {
            panic!("line {}", row.line);
        };
        let key = request.object.unwrap().key;
        let is_key = row.key.as_ref().is_none_or(|expected| *expected == key);
        if row.pattern != format!("{open}{matched}") || !is_key {
            wrong.push(format!(
                "line {}: {} → {open}{matched}\t{key}",
                row.line, row.path
            ));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

/// A site of a bucket with this statement in its policy, read through an origin access control.
pub(super) fn site(actions: &[&str]) -> Scene {
    let statements: Vec<Value> = actions
        .iter()
        .map(|action| {
            let objects = if *action == "s3:GetObject" { "/*" } else { "" };
            json!({"Sid": "Read", "Effect": "Allow", "Principal": {"Service": "cloudfront.amazonaws.com"},
                "Action": action, "Resource": format!("arn:aws:s3:::site{objects}"),
                "Condition": {"StringEquals": {"AWS:SourceArn":
                    "arn:aws:cloudfront::111122223333:distribution/E1"}}})
        })
        .collect();
    let mut scene = Scene::s3("site")
        .origin_access_control("EOAC", "s3", "always")
        .bucket("site", ours("us-east-1"))
        .bucket_policy("site", Some(&json!({"Statement": statements})));
    scene.candidate.id = Some("E1".into());
    scene.facts.account = AccountId::parse("111122223333");
    scene
}

fn error_page(code: i64, path: &str, response: i64) -> ErrorPage {
    ErrorPage {
        error_code: number(code),
        page_path: Some(text(path)),
        response_code: Some(number(response)),
    }
}

fn answers(scene: &Scene, path: &str) -> Vec<String> {
    let Destination::Origin { request } = get(scene, path).target else {
        panic!("{path}");
    };
    let answers = request.answers.iter().map(|answer| {
        let status = answer.status.map_or(0, |status| status);
        format!("{status} {}", answer.code.unwrap_or_default())
    });
    answers.collect()
}

#[test]
fn without_facts_each_answer_says_what_it_depends_on() {
    let scene = Scene::s3("site")
        .behavior("/api/*", "main")
        .behavior("*.css", "main");
    shows(
        &scene,
        "docs/",
        expect![[r#"
            GET /docs/
              behavior  default `*`: no other path pattern matches
                        not 0 `/api/*`: the path does not begin with `/api/`
                        not 1 `*.css`: the path does not end with `.css`
              origin    `main`
                asks    https://site.s3.us-east-1.amazonaws.com/docs/
                object  key `docs/` of bucket `site`
                Host    site.s3.us-east-1.amazonaws.com
                access  signed, origin access control `EOAC`
                sends   headers: none; query strings: none; cookies: none (cache policy CachingOptimized)
                note    S3's REST endpoint has no index document below the root: `docs/index.html` is not served for `docs/`, unless a function rewrites the path
                answers 200: the key `docs/` is there and s3:GetObject is granted
                answers 403 AccessDenied: s3:GetObject is not granted, which is not known (origin access control: not asked for)
                answers 404 NoSuchKey: the key `docs/` is missing, and s3:ListBucket is granted
                answers 403 AccessDenied: the key `docs/` is missing, and s3:ListBucket is not granted: S3 answers 403 instead of 404
        "#]],
    );
}

#[test]
fn a_missing_key_is_distinguished_from_a_denial() {
    let both = site(&["s3:GetObject", "s3:ListBucket"]);
    assert_eq!(answers(&both, "/a.js"), ["200 ", "404 NoSuchKey"]);
    let objects = site(&["s3:GetObject"]);
    assert_eq!(answers(&objects, "/a.js"), ["200 ", "403 AccessDenied"]);
    let none = site(&["s3:ListBucket"]);
    assert_eq!(answers(&none, "/a.js"), ["403 AccessDenied"]);
    let gone = Scene::s3("site").bucket("site", Bucket::Missing);
    assert_eq!(answers(&gone, "/a.js"), ["404 NoSuchBucket"]);
    shows(
        &objects,
        "/docs/",
        expect![[r#"
            GET /docs/
              behavior  default `*`: there is no other cache behavior
              origin    `main`
                asks    https://site.s3.us-east-1.amazonaws.com/docs/
                object  key `docs/` of bucket `site`
                Host    site.s3.us-east-1.amazonaws.com
                access  signed, origin access control `EOAC`
                sends   headers: none; query strings: none; cookies: none (cache policy CachingOptimized)
                note    S3's REST endpoint has no index document below the root: `docs/index.html` is not served for `docs/`, unless a function rewrites the path
                answers 200: the key `docs/` is there
                answers 403 AccessDenied: the key `docs/` is missing; s3:ListBucket is not granted, so S3 answers 403 instead of 404
        "#]],
    );
    shows(
        &none,
        "/docs/a.html",
        expect![[r#"
        GET /docs/a.html
          behavior  default `*`: there is no other cache behavior
          origin    `main`
            asks    https://site.s3.us-east-1.amazonaws.com/docs/a.html
            object  key `docs/a.html` of bucket `site`
            Host    site.s3.us-east-1.amazonaws.com
            access  signed, origin access control `EOAC`
            sends   headers: none; query strings: none; cookies: none (cache policy CachingOptimized)
            answers 403 AccessDenied: s3:GetObject is not granted, whether the key is there or not: the bucket policy does not allow s3:GetObject: the closest is statement `Read`: Resource
    "#]],
    );
}

#[test]
fn the_root_without_a_default_root_object_asks_the_bucket() {
    assert_eq!(answers(&site(&["s3:GetObject"]), "/"), ["403 AccessDenied"]);
    assert_eq!(answers(&site(&["s3:ListBucket"]), "/"), ["200 "]);
    assert_eq!(
        answers(&Scene::s3("site"), "/"),
        ["403 AccessDenied", "200 "]
    );
    let mut rooted = site(&["s3:GetObject"]);
    rooted.candidate.serving.default_root_object = Some(text("index.html"));
    shows(
        &rooted,
        "/",
        expect![[r#"
        GET /
          read as   /index.html
          behavior  default `*`: there is no other cache behavior
          origin    `main`
            asks    https://site.s3.us-east-1.amazonaws.com/index.html
            object  key `index.html` of bucket `site`
            Host    site.s3.us-east-1.amazonaws.com
            access  signed, origin access control `EOAC`
            sends   headers: none; query strings: none; cookies: none (cache policy CachingOptimized)
            answers 200: the key `index.html` is there
            answers 403 AccessDenied: the key `index.html` is missing; s3:ListBucket is not granted, so S3 answers 403 instead of 404
    "#]],
    );
}

#[test]
fn a_custom_error_page_is_served_by_the_behavior_of_its_own_path() {
    let mut scene = site(&["s3:GetObject"])
        .origin("pages")
        .behavior("/errors/*", "pages");
    scene.candidate.serving.error_pages = vec![
        error_page(403, "/errors/403.html", 200),
        error_page(404, "/index.html", 404),
    ];
    shows(
        &scene,
        "/app/users",
        expect![[r#"
            GET /app/users
              behavior  default `*`: no other path pattern matches
                        not 0 `/errors/*`: the path does not begin with `/errors/`
              origin    `main`
                asks    https://site.s3.us-east-1.amazonaws.com/app/users
                object  key `app/users` of bucket `site`
                Host    site.s3.us-east-1.amazonaws.com
                access  signed, origin access control `EOAC`
                sends   headers: none; query strings: none; cookies: none (cache policy CachingOptimized)
                note    S3's REST endpoint serves neither `app/users.html` nor `app/users/index.html` for `app/users`, unless a function rewrites the path
                answers 200: the key `app/users` is there
                answers 403 AccessDenied: the key `app/users` is missing; s3:ListBucket is not granted, so S3 answers 403 instead of 404
                        → viewers get the custom error page `/errors/403.html`
              page      403 → `/errors/403.html` with status 200, which cache behavior 0 `/errors/*` serves from `pages`
              page      404 → `/index.html` with status 404, which the default cache behavior serves from `main`, key `index.html`
        "#]],
    );
}

#[test]
fn a_group_fails_over_by_its_codes_and_methods() {
    let scene = site(&["s3:GetObject"])
        .origin("backup")
        .group("both", &["main", "backup"])
        .with_group(|group| group.status_codes = vec![number(403), number(500)])
        .default_target("both");
    shows(
        &scene,
        "/a.js",
        expect![[r#"
        GET /a.js
          behavior  default `*`: there is no other cache behavior
          group     `both`
                    the second member is asked after 403, 500, or if the primary cannot be reached in time
          primary   `main`
            asks    https://site.s3.us-east-1.amazonaws.com/a.js
            object  key `a.js` of bucket `site`
            Host    site.s3.us-east-1.amazonaws.com
            access  signed, origin access control `EOAC`
            sends   headers: none; query strings: none; cookies: none (cache policy CachingOptimized)
            answers 200: the key `a.js` is there
            answers 403 AccessDenied: the key `a.js` is missing; s3:ListBucket is not granted, so S3 answers 403 instead of 404
                    → the second member is asked
          second    `backup`
            asks    https://backup.example.com/a.js
            Host    backup.example.com
            access  not signed
            sends   headers: none; query strings: none; cookies: none (cache policy CachingOptimized)
            answers …: what `backup.example.com` answers
            answers 502: CloudFront cannot connect, or TLS or the answer is not valid
            answers 504: no answer in time
    "#]],
    );
    let post = Request {
        method: "POST".to_owned(),
        ..Request::new("/a.js")
    };
    let scene = scene.with_behavior(|behavior| {
        behavior.methods = Methods {
            place: Some(Place::default()),
            allowed: vec!["GET".to_owned(), "POST".to_owned()],
            ..Methods::default()
        };
    });
    let Destination::OriginGroup {
        method_fails_over,
        members,
        ..
    } = traced(&scene, &post).target
    else {
        panic!();
    };
    assert!(!method_fails_over);
    assert!(!members[0].answers.iter().any(|answer| answer.fails_over));
}

#[test]
fn what_the_edge_may_do_is_listed_and_not_guessed() {
    let mut api = custom_origin("api", "api.example.com");
    let custom = api.custom.as_mut().unwrap();
    custom.origin_protocol_policy = Some(text("http-only"));
    custom.http_port = Some(number(8080));
    let mut scene = Scene::of(api).header("X-Key", 8).with_behavior(|behavior| {
        behavior.origin_request_policy_id = Some(text("216adef6-5c7f-47e4-b989-5492eafa07d3"));
        behavior.edge_events = vec![EdgeEvent::ViewerRequest];
        behavior.serving.is_signed = true;
        behavior.serving.functions = vec![EdgeFunction {
            is_lambda: false,
            event: text("viewer-request"),
            arn: Some(text("arn:aws:cloudfront::111122223333:function/rewrite")),
        }];
    });
    let candidate = &mut scene.candidate;
    candidate.enabled = Some(false);
    candidate.staging = true;
    candidate.aliases = vec![text("www.example.com")];
    candidate.serving.web_acl = Some(text("acl"));
    candidate.serving.geo_restriction = Some(text("whitelist"));
    candidate.serving.viewer_mtls = Some(text("required"));
    candidate.serving.continuous_deployment = Some(text("policy"));
    shows(
        &scene,
        "https://other.example.com/a?b=1",
        expect![[r#"
        GET other.example.com/a?b=1
          behavior  default `*`: there is no other cache behavior
          edge      the distribution is disabled: CloudFront serves no request
          edge      a staging distribution: requests reach it by the header or weight of its continuous deployment policy
          edge      continuous deployment policy `policy` sends some requests to the staging distribution
          edge      `other.example.com` is not an alternate domain name of the distribution: CloudFront answers 403, or another distribution serves it
          edge      viewer mTLS (`required`): a viewer without a trusted certificate may be refused in the TLS handshake
          edge      web ACL `acl` may answer 403, or what its rules say: not known
          edge      geographic restriction (`whitelist`): CloudFront answers 403 in some countries
          edge      a signed URL or signed cookies are required: without them CloudFront answers 403 (MissingKey)
          edge      viewer-request CloudFront function `arn:aws:cloudfront::111122223333:function/rewrite` may rewrite the path (the behavior stays), change headers, or answer itself: not known
          origin    `api`
            asks    http://api.example.com:8080/a?b=1
            Host    other.example.com, unless a function at the edge changes it
            access  not signed
            sends   headers: all; query strings: all; cookies: all (cache policy CachingOptimized, origin request policy AllViewer)
            adds    X-Key
            answers …: what `api.example.com` answers
            answers 502: CloudFront cannot connect, or TLS or the answer is not valid
            answers 504: no answer in time
    "#]],
    );
}

#[test]
fn cloudfront_answers_what_it_does_not_forward() {
    let refused = |policy: &str, method: &str, url: &str| {
        let scene = Scene::s3("site").with_behavior(|behavior| {
            behavior.serving.viewer_protocol_policy = Some(text(policy));
        });
        let request = Request {
            method: method.to_owned(),
            ..Request::new(url)
        };
        traced(&scene, &request).refused.unwrap_or_default()
    };
    assert_eq!(refused("https-only", "GET", "/a"), "");
    assert!(refused("https-only", "GET", "http://a.example.com/").contains("403"));
    assert!(refused("redirect-to-https", "GET", "http://a.example.com/").contains("301"));
    assert_eq!(refused("allow-all", "HEAD", "http://a.example.com/"), "");
    assert!(refused("allow-all", "POST", "/a").contains("allows GET, HEAD, and not POST"));
    assert!(refused("allow-all", "GET", &"a".repeat(9_000)).contains("414"));
}

#[test]
fn another_reading_of_the_root_is_shown_where_it_matters() {
    let mut scene = Scene::s3("site")
        .behavior("/index.html", "main")
        .behavior("/", "main");
    scene.candidate.serving.default_root_object = Some(text("index.html"));
    let otherwise = get(&scene, "/").otherwise;
    assert_eq!(otherwise.len(), 1);
    assert_eq!(otherwise[0].behavior, "cache behavior 1 `/`");
}

#[test]
fn a_trace_is_json_with_the_keys_that_are_documented() {
    let trace = get(&site(&["s3:GetObject"]).behavior("/api/*", "main"), "/a?b");
    let json = serde_json::to_value(&trace).unwrap();
    assert_eq!(json["behavior"]["pathPattern"], "*");
    assert_eq!(json["passed"][0]["precedence"], 0);
    assert_eq!(json["target"]["kind"], "origin");
    assert_eq!(json["target"]["request"]["object"]["key"], "a");
    assert_eq!(
        json["target"]["request"]["forwarded"]["cookies"]["passes"],
        "nothing"
    );
    assert_eq!(
        json["target"]["request"]["answers"][1]["code"],
        "AccessDenied"
    );
}

#[test]
fn a_website_endpoint_has_index_documents() {
    let mut website = custom_origin("site", "site.s3-website-us-east-1.amazonaws.com");
    website.custom.as_mut().unwrap().origin_protocol_policy = Some(text("http-only"));
    let scene = Scene::of(website);
    assert_eq!(
        answers(&scene, "/docs/"),
        ["200 ", "404 NoSuchKey", "403 AccessDenied"]
    );
    shows(
        &scene,
        "/docs",
        expect![[r#"
        GET /docs
          behavior  default `*`: there is no other cache behavior
          origin    `site`
            asks    http://site.s3-website-us-east-1.amazonaws.com/docs
            object  key `docs` of bucket `site` (website endpoint)
            Host    site.s3-website-us-east-1.amazonaws.com
            access  not signed
            sends   headers: none; query strings: none; cookies: none (cache policy CachingOptimized)
            answers 200: the key `docs` is there, and is public
            answers 302: the key `docs` is missing and `docs/` has an index document: a redirect to `/docs/`, with the origin path in it
            answers 404 NoSuchKey: it is missing and everybody may list the bucket; the body is the website's error document
            answers 403 AccessDenied: it is not public, or it is missing and the bucket may not be listed
    "#]],
    );
}

#[test]
fn what_the_deployment_decides_is_not_guessed() {
    let scene = Scene::s3("site")
        .behavior("/x", "main")
        .with_behavior(|behavior| {
            behavior.path_pattern = Some(At {
                value: crate::distribution::Value::Symbolic(
                    crate::distribution::Expression::of_placeholders("${Pattern}"),
                ),
                place: Place::default(),
            });
        });
    shows(
        &scene,
        "/a.html",
        expect![[r#"
            GET /a.html
              behavior  default `*`: no other path pattern matches
                        not certain: cache behaviors or patterns are known only after the deployment
                        not 0 `${Pattern}`: may match: its path pattern is known only after the deployment
              origin    `main`
                asks    https://site.s3.us-east-1.amazonaws.com/a.html
                object  key `a.html` of bucket `site`
                Host    site.s3.us-east-1.amazonaws.com
                access  signed, origin access control `EOAC`
                sends   headers: none; query strings: none; cookies: none (cache policy CachingOptimized)
                answers 200: the key `a.html` is there and s3:GetObject is granted
                answers 403 AccessDenied: s3:GetObject is not granted, which is not known (origin access control: not asked for)
                answers 404 NoSuchKey: the key `a.html` is missing, and s3:ListBucket is granted
                answers 403 AccessDenied: the key `a.html` is missing, and s3:ListBucket is not granted: S3 answers 403 instead of 404
        "#]],
    );
    let nowhere = Scene::s3("site").default_target("gone");
    assert_eq!(
        get(&nowhere, "/").target,
        Destination::Missing {
            id: "gone".to_owned()
        }
    );
    let open = Scene::of(bare_origin("main", "a.example.com")).default_target("${Origin}");
    assert_eq!(
        get(&open, "/").target,
        Destination::Undecided {
            id: "${Origin}".to_owned()
        }
    );
}

#[test]
fn the_viewers_host_does_not_reach_a_bucket_unharmed() {
    let scene = site(&["s3:GetObject"]).with_behavior(|behavior| {
        behavior.origin_request_policy_id = Some(text("216adef6-5c7f-47e4-b989-5492eafa07d3"));
    });
    assert_eq!(answers(&scene, "/a.js")[0], "403 SignatureDoesNotMatch");
}

const CONFIG: &str = r#"{"Enabled": true, "DefaultRootObject": "index.html", "WebACLId": "acl",
    "CustomErrorResponses": {"Quantity": 1, "Items": [
        {"ErrorCode": 403, "ResponsePagePath": "/index.html", "ResponseCode": "200"}]},
    "Restrictions": {"GeoRestriction": {"RestrictionType": "none", "Quantity": 0}},
    "Origins": {"Quantity": 1, "Items": [{"Id": "main", "DomainName": "site.s3.us-east-1.amazonaws.com",
        "S3OriginConfig": {"OriginAccessIdentity": ""}}]},
    "DefaultCacheBehavior": {"TargetOriginId": "main", "ViewerProtocolPolicy": "redirect-to-https",
        "TrustedKeyGroups": {"Enabled": true, "Quantity": 1, "Items": ["key-group"]},
        "FunctionAssociations": {"Quantity": 1, "Items": [{"EventType": "viewer-request",
            "FunctionARN": "arn:aws:cloudfront::111122223333:function/f"}]},
        "ForwardedValues": {"QueryString": true, "Cookies": {"Forward": "whitelist",
            "WhitelistedNames": {"Quantity": 1, "Items": ["session"]}}}}}"#;

const TEMPLATE: &str = r#"Enabled: true
DefaultRootObject: index.html
WebACLId: acl
CustomErrorResponses:
  - {ErrorCode: 403, ResponsePagePath: /index.html, ResponseCode: 200}
Restrictions: {GeoRestriction: {RestrictionType: none}}
Origins:
  - {Id: main, DomainName: site.s3.us-east-1.amazonaws.com, S3OriginConfig: {OriginAccessIdentity: ""}}
DefaultCacheBehavior:
  TargetOriginId: main
  ViewerProtocolPolicy: redirect-to-https
  TrustedKeyGroups: [key-group]
  FunctionAssociations:
    - {EventType: viewer-request, FunctionARN: "arn:aws:cloudfront::111122223333:function/f"}
  ForwardedValues:
    QueryString: true
    Cookies: {Forward: whitelist, WhitelistedNames: [session]}"#;

#[test]
fn a_config_and_a_template_that_say_the_same_trace_the_same() {
    let config = get(&Scene::of_json(CONFIG), "/?a=b").text();
    let template = get(&Scene::of_template(TEMPLATE), "/?a=b").text();
    assert_eq!(config, template);
    expect![[r#"
        GET /?a=b
          read as   /index.html
          behavior  default `*`: there is no other cache behavior
          edge      web ACL `acl` may answer 403, or what its rules say: not known
          edge      a signed URL or signed cookies are required: without them CloudFront answers 403 (MissingKey)
          edge      viewer-request CloudFront function `arn:aws:cloudfront::111122223333:function/f` may rewrite the path (the behavior stays), change headers, or answer itself: not known
          origin    `main`
            asks    https://site.s3.us-east-1.amazonaws.com/index.html?a=b
            object  key `index.html` of bucket `site`
            Host    site.s3.us-east-1.amazonaws.com, unless a function at the edge changes it
            access  not signed
            sends   headers: none; query strings: all; cookies: session (ForwardedValues)
            answers 200: the key `index.html` is there and s3:GetObject is granted
            answers 403 AccessDenied: s3:GetObject is not granted, which is not known (bucket access: not asked for)
                    → viewers get the custom error page `/index.html`
            answers 404 NoSuchKey: the key `index.html` is missing, and s3:ListBucket is granted
            answers 403 AccessDenied: the key `index.html` is missing, and s3:ListBucket is not granted: S3 answers 403 instead of 404
                    → viewers get the custom error page `/index.html`
          page      403 → `/index.html` with status 200, which the default cache behavior serves from `main`, key `index.html`
    "#]].assert_eq(&config);
}

#[test]
fn what_a_template_grants_itself_will_not_be_another_policy() {
    let template = "Enabled: true\nOrigins:\n  - {Id: main, DomainName: site.s3.us-east-1.amazonaws.com, \
                    OriginAccessControlId: EOAC, S3OriginConfig: {OriginAccessIdentity: \"\"}}\n\
                    DefaultCacheBehavior: {TargetOriginId: main, CachePolicyId: p}";
    let of_account = |mut scene: Scene| {
        let known = site(&["s3:GetObject"]);
        scene.facts = known.facts;
        scene.candidate.arn =
            Some("arn:aws:cloudfront::111122223333:distribution/${Site}".to_owned());
        scene
    };
    let mut scene = of_account(Scene::of_template(template));
    let bucket = BucketName::new("site");
    let denied = "403 AccessDenied";
    let open = ["200 ", denied, "404 NoSuchKey", denied];
    assert_eq!(answers(&scene, "/a.js"), open);
    let policy = scene.facts.bucket_access[&bucket].policy.clone();
    scene.facts.put_bucket_policy(bucket, policy);
    assert_eq!(answers(&scene, "/a.js"), ["200 ", denied, denied]);
}

proptest! {
    #[test]
    fn nothing_panics(path in "\\PC{0,60}", pattern in "\\PC{0,20}", key in "[/a.%*?#]{0,30}", answer in "\\PC{0,80}") {
        let scene = site(&["s3:GetObject"]).behavior(&pattern, "main").behavior("/a*", "main");
        for path in [&path, &key] {
            let trace = get(&scene, path);
            let _ = trace.text();
            for text in [&answer, &format!("HTTP/2 403\n\n<Error>{answer}"), &format!("HTTP/2 404\n{answer}\n\n")] {
                if let Ok(answer) = EdgeAnswer::parse(text.as_bytes()) {
                    let _ = classify(&trace, &answer).text();
                }
            }
        }
    }
}
