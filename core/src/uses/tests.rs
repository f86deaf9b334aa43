use expect_test::{Expect, expect};
use serde_json::{Value, json};

use super::*;
use crate::candidate::read_summary;
use crate::distribution::{BucketName, KeyId};
use crate::document::Node;

fn s3(id: &str, domain: &str) -> Value {
    json!({"Id": id, "DomainName": domain, "OriginPath": "", "CustomHeaders": {"Quantity": 0},
        "S3OriginConfig": {"OriginAccessIdentity": ""}, "OriginAccessControlId": "EASSETSOAC1"})
}

fn custom(id: &str, domain: &str) -> Value {
    json!({"Id": id, "DomainName": domain, "OriginPath": "", "CustomHeaders": {"Quantity": 0},
        "CustomOriginConfig": {"HTTPPort": 80, "HTTPSPort": 443, "OriginProtocolPolicy": "https-only",
            "OriginSslProtocols": {"Quantity": 1, "Items": ["TLSv1.2"]}}})
}

fn list(items: &[Value]) -> Value {
    json!({"Quantity": items.len(), "Items": items})
}

fn behavior(pattern: Option<&str>, target: &str) -> Value {
    let mut behavior = json!({"TargetOriginId": target, "ViewerProtocolPolicy": "allow-all"});
    if let Some(pattern) = pattern {
        behavior["PathPattern"] = pattern.into();
    }
    behavior
}

fn distribution(id: &str, alias: &str, origins: &[Value], default: &str) -> Value {
    json!({"Id": id, "ARN": format!("arn:aws:cloudfront::111122223333:distribution/{id}"),
        "Status": "Deployed", "LastModifiedTime": "2026-11-23T10:00:00Z",
        "DomainName": format!("d{}.cloudfront.net", id.to_lowercase()),
        "Aliases": list(&[alias.into()]), "Origins": list(origins), "Enabled": true,
        "DefaultCacheBehavior": behavior(None, default), "Comment": ""})
}

/// The default behavior goes to a group of two buckets, `/media/*` to one of another region, `/api/*` to a
/// host.
fn site() -> Value {
    let origins = [
        s3("assets", "example-assets.s3.eu-west-1.amazonaws.com"),
        s3("standby", "example-standby.s3.eu-central-1.amazonaws.com"),
        s3("media", "example-media.s3.us-east-1.amazonaws.com"),
        custom("api", "API.origin.example.com"),
    ];
    let mut site = distribution("E1SITE", "www.example.com", &origins, "both");
    site["OriginGroups"] = list(&[json!({"Id": "both",
        "FailoverCriteria": {"StatusCodes": list(&[500.into(), 503.into()])},
        "Members": list(&[json!({"OriginId": "assets"}), json!({"OriginId": "standby"})])})]);
    site["CacheBehaviors"] = list(&[
        behavior(Some("/api/*"), "api"),
        behavior(Some("/media/*"), "media"),
        behavior(Some("/video/*"), "media"),
    ]);
    site
}

fn index(distributions: &[Value]) -> Index {
    let mut index = Index::default();
    for value in distributions {
        let node = Node::from_value(value, str::to_owned);
        index.add(&read_summary(&node).unwrap().distribution);
    }
    index
}

fn ask(index: &Index, asked: &str) -> Answer {
    answer(&Question::parse(asked).unwrap(), index)
}

fn says(index: &Index, asked: &str, expected: &Expect) {
    expected.assert_eq(&text(&ask(index, asked), asked, "live"));
}

#[test]
fn a_bucket_that_nothing_else_serves_is_removed_last() {
    says(
        &index(&[site()]),
        "s3://example-media",
        &expect![[r#"
        bucket `example-media` is used by 1 distribution (live)

        E1SITE: www.example.com, de1site.cloudfront.net
          origin `media` (example-media.s3.us-east-1.amazonaws.com)
            `/media/*` and `/video/*`: no other origin serves these requests

        not covered: logs that are delivered to it, and whatever uses it beside CloudFront

        to remove it without an outage:
          1. in E1SITE (www.example.com), point cache behaviors `/media/*` and `/video/*` at an origin that serves the same paths, and wait until its status is Deployed: until then edges still use the old config
          2. in E1SITE (www.example.com), remove origin `media`, and wait until its status is Deployed: until then edges still use the old config
          3. delete bucket `example-media` last: from then on its name is free for any account
    "#]],
    );
}

#[test]
fn a_member_of_a_group_leaves_it_first() {
    says(
        &index(&[site()]),
        "s3://example-assets",
        &expect![[r#"
        bucket `example-assets` is used by 1 distribution (live)

        E1SITE: www.example.com, de1site.cloudfront.net
          origin `assets` (example-assets.s3.eu-west-1.amazonaws.com)
            `*`: through origin group `both`; `standby` serves GET, HEAD and OPTIONS where this one answers 500, 503 or nothing

        origin group `both` of E1SITE does not fail over on 404, which S3 answers once the bucket is deleted
        not covered: logs that are delivered to it, and whatever uses it beside CloudFront

        to remove it without an outage:
          1. in E1SITE (www.example.com), put another origin into origin group `both` in the place of `assets`, or point `*` at `standby` and remove the group, which needs two members; and wait until its status is Deployed: until then edges still use the old config
          2. in E1SITE (www.example.com), remove origin `assets`, and wait until its status is Deployed: until then edges still use the old config
          3. delete bucket `example-assets` last: from then on its name is free for any account
    "#]],
    );
    let standby = ask(&index(&[site()]), "s3://example-standby");
    let group = standby.uses[0].origins[0].serves[0].group.as_ref().unwrap();
    assert_eq!(
        (group.is_primary, group.others.as_slice()),
        (false, &["assets".to_owned()][..])
    );
}

#[test]
fn a_group_of_one_bucket_alone_serves_nothing_without_it() {
    let mut twice = site();
    twice["Origins"]["Items"][1] = s3("standby", "example-assets.s3.eu-west-1.amazonaws.com");
    let answer = ask(&index(&[twice]), "s3://example-assets");
    let text = text(&answer, "s3://example-assets", "live");
    assert!(text.contains("whose members all use it"), "{text}");
    assert!(
        text.contains("each member of origin group `both`"),
        "{text}"
    );
}

#[test]
fn what_nothing_uses_is_unused() {
    let answer = ask(&index(&[site()]), "s3://example-nobody");
    assert_eq!(answer.status, Status::Unused);
    assert!(answer.is_complete());
    says(
        &index(&[site()]),
        "s3://example-nobody",
        &expect![[r#"
        no distribution uses bucket `example-nobody` (live)

        not covered: logs that are delivered to it, and whatever uses it beside CloudFront

        to remove it without an outage:
          1. delete bucket `example-nobody`: from then on its name is free for any account
    "#]],
    );
}

#[test]
fn controls_and_identities_are_found_by_their_ids() {
    let mut identity = site();
    identity["Origins"]["Items"][2]["S3OriginConfig"]["OriginAccessIdentity"] =
        "origin-access-identity/cloudfront/EMEDIAOAI1".into();
    let index = index(&[identity]);
    for (asked, origins) in [
        ("EASSETSOAC1", 3),
        ("easSETSoac1", 3),
        ("EMEDIAOAI1", 1),
        (
            "arn:aws:iam::cloudfront:user/CloudFront Origin Access Identity EMEDIAOAI1",
            1,
        ),
    ] {
        let answer = ask(&index, asked);
        assert_eq!(answer.status, Status::Used, "{asked}");
        assert_eq!(answer.uses[0].origins.len(), origins, "{asked}");
    }
    says(
        &index,
        "EMEDIAOAI1",
        &expect![[r#"
        origin access identity `EMEDIAOAI1` is used by 1 distribution (live)

        E1SITE: www.example.com, de1site.cloudfront.net
          origin `media` (example-media.s3.us-east-1.amazonaws.com)
            `/media/*` and `/video/*`: no other origin serves these requests

        to remove it without an outage:
          1. let E1SITE read origin `media` by the bucket's policy: Principal `cloudfront.amazonaws.com`, with `AWS:SourceArn` of the distribution, beside the statement for the identity
          2. in E1SITE (www.example.com), give origin `media` an origin access control and an empty OriginAccessIdentity, and wait until its status is Deployed: until then edges still use the old config
          3. remove the statements for the identity from the policies of these buckets
          4. delete origin access identity `EMEDIAOAI1`, which CloudFront refuses while an origin names it
    "#]],
    );
    says(
        &index,
        "EASSETSOAC1",
        &expect![[r#"
        origin access control `EASSETSOAC1` is used by 1 distribution (live)

        E1SITE: www.example.com, de1site.cloudfront.net
          origin `assets` (example-assets.s3.eu-west-1.amazonaws.com)
            `*`: through origin group `both`, whose members all use it
          origin `standby` (example-standby.s3.eu-central-1.amazonaws.com)
            `*`: through origin group `both`, whose members all use it
          origin `media` (example-media.s3.us-east-1.amazonaws.com)
            `/media/*` and `/video/*`: no other origin serves these requests

        to remove it without an outage:
          1. in E1SITE (www.example.com), give origins `assets`, `standby` and `media` another origin access control; the policies there name the distribution and not the control, and stay as they are; and wait until its status is Deployed: until then edges still use the old config
          2. delete origin access control `EASSETSOAC1`, which CloudFront refuses while an origin names it
    "#]],
    );
    let nobody = ask(&index, "ENOBODY12345");
    assert_eq!((nobody.status, nobody.subject), (Status::Unused, None));
    assert!(nobody.notes[0].contains("no distribution has the ID `ENOBODY12345`"));
}

#[test]
fn a_host_is_found_in_any_case_and_a_vpc_origin_by_its_id() {
    let mut vpc = custom("vpc", "internal.example.com");
    vpc.as_object_mut().unwrap().remove("CustomOriginConfig");
    vpc["VpcOriginConfig"] = json!({"VpcOriginId": "vo_abc"});
    let inside = distribution("E2INSIDE", "in.example.com", &[vpc], "vpc");
    let index = index(&[site(), inside]);
    assert_eq!(
        ask(&index, "https://api.ORIGIN.example.com/v1").uses.len(),
        1
    );
    assert_eq!(ask(&index, "vo_abc").uses[0].distribution.id, "E2INSIDE");
    says(
        &index,
        "api.origin.example.com",
        &expect![[r#"
        host `api.origin.example.com` is used by 1 distribution (live)

        E1SITE: www.example.com, de1site.cloudfront.net
          origin `api` (API.origin.example.com)
            `/api/*`: no other origin serves these requests

        to remove it without an outage:
          1. in E1SITE (www.example.com), point cache behavior `/api/*` at an origin that serves the same paths, and wait until its status is Deployed: until then edges still use the old config
          2. in E1SITE (www.example.com), remove origin `api`, and wait until its status is Deployed: until then edges still use the old config
          3. take down `api.origin.example.com`, and its DNS record first
    "#]],
    );
}

#[test]
fn a_distribution_is_found_by_its_names_with_all_that_it_uses() {
    let mut wild = site();
    wild["Id"] = "E3WILD".into();
    wild["Aliases"] = list(&["*.shop.example.com".into()]);
    // Its origin is the other distribution.
    wild["Origins"]["Items"][3] = custom("api", "www.example.com");
    let index = index(&[site(), wild]);
    for asked in [
        "arn:aws:cloudfront::111122223333:distribution/E1SITE",
        "WWW.example.com",
        "de1site.cloudfront.net",
    ] {
        let answer = ask(&index, asked);
        let own = answer.distribution.unwrap();
        assert_eq!(
            (own.distribution.id.as_str(), own.origins.len()),
            ("E1SITE", 4),
            "{asked}"
        );
    }
    let answer = ask(&index, "a.shop.example.com");
    assert_eq!(answer.distribution.unwrap().distribution.id, "E3WILD");
    assert!(
        answer
            .notes
            .iter()
            .any(|note| note.contains("`*.shop.example.com`"))
    );
    says(
        &index,
        "www.example.com",
        &expect![[r#"
            `www.example.com` is distribution E1SITE, and an origin of 1 distribution (live)

            E1SITE (www.example.com) uses:
              origin `assets` (example-assets.s3.eu-west-1.amazonaws.com)
                `*`: through origin group `both`; `standby` serves GET, HEAD and OPTIONS where this one answers 500, 503 or nothing
              origin `standby` (example-standby.s3.eu-central-1.amazonaws.com)
                `*`: through origin group `both`, after `assets`
              origin `media` (example-media.s3.us-east-1.amazonaws.com)
                `/media/*` and `/video/*`
              origin `api` (API.origin.example.com)
                `/api/*`

            E3WILD: *.shop.example.com, de1site.cloudfront.net
              origin `api` (www.example.com)
                `/api/*`: no other origin serves these requests

            to remove it without an outage:
              1. in E3WILD (*.shop.example.com), point cache behavior `/api/*` at an origin that serves the same paths, and wait until its status is Deployed: until then edges still use the old config
              2. in E3WILD (*.shop.example.com), remove origin `api`, and wait until its status is Deployed: until then edges still use the old config
              3. point the DNS records of www.example.com elsewhere, and wait until their time to live has passed
              4. disable E1SITE, and wait until its status is Deployed: until then edges still use the old config
              5. delete E1SITE
              6. ask `origin-guard uses` about each of its origins: what no other distribution uses can follow
        "#]],
    );
}

#[test]
fn what_could_not_be_read_is_never_unused() {
    let mut index = index(&[site()]);
    index.add_unread("E9", "it has no form");
    let answer = ask(&index, "s3://example-nobody");
    assert_eq!(answer.status, Status::Unknown);
    assert!(!answer.is_complete() && answer.removal.is_empty());
    let answer = ask(&index, "s3://example-media");
    assert_eq!(answer.status, Status::Used);
    assert!(!answer.is_complete());
    assert_eq!(ask(&index, "E7OTHER123").status, Status::Unknown);
}

#[test]
fn what_tenants_fill_in_may_be_any_that_fits() {
    let mut tenants = distribution(
        "E4TENANTS",
        "t.example.com",
        &[s3("store", "{{store}}-files.s3.eu-west-1.amazonaws.com")],
        "store",
    );
    tenants["ConnectionMode"] = "tenant-only".into();
    let index = index(&[tenants]);
    assert_eq!(ask(&index, "s3://shop-files").status, Status::Unknown);
    assert_eq!(ask(&index, "s3://shop-pictures").status, Status::Unused);
    assert_eq!(ask(&index, "api.example.com").status, Status::Unused);
}

#[test]
fn a_key_is_used_by_those_who_use_its_buckets() {
    const KEY: &str = "arn:aws:kms:eu-west-1:111122223333:key/1234abcd-12ab-34cd-56ef-1234567890ab";
    let mut index = index(&[site()]);
    // No bucket was asked.
    assert_eq!(ask(&index, KEY).status, Status::Unknown);
    let bucket = |name: &str| BucketName::new(name);
    let key = || Ok(Some(KeyId::from(KEY)));
    index.add_keys([
        (bucket("example-assets"), key()),
        (bucket("example-standby"), Ok(None)),
        (bucket("example-media"), key()),
    ]);
    let answer = ask(&index, KEY);
    assert_eq!((answer.status, answer.is_complete()), (Status::Used, true));
    assert_eq!(answer.uses.len(), 1);
    assert_eq!(answer.uses[0].origins.len(), 2);
    says(
        &index,
        KEY,
        &expect![[r#"
            key `arn:aws:kms:eu-west-1:111122223333:key/1234abcd-12ab-34cd-56ef-1234567890ab` is used by 1 distribution (live)

            E1SITE: www.example.com, de1site.cloudfront.net
              origin `assets` (example-assets.s3.eu-west-1.amazonaws.com)
                `*`: through origin group `both`; `standby` serves GET, HEAD and OPTIONS where this one answers 500, 503 or nothing
              origin `media` (example-media.s3.us-east-1.amazonaws.com)
                `/media/*` and `/video/*`: no other origin serves these requests

            not covered: objects that are encrypted with it in buckets whose default is another key

            to remove it without an outage:
              1. let E1SITE decrypt with another key, by that key's policy
              2. make that key the default encryption of `example-assets` and `example-media`
              3. encrypt the objects in `example-assets` and `example-media` anew: those that are there stay encrypted with the key that they were written with
              4. disable key `arn:aws:kms:eu-west-1:111122223333:key/1234abcd-12ab-34cd-56ef-1234567890ab`, which can be undone, and watch for requests that fail
              5. schedule the deletion of key `arn:aws:kms:eu-west-1:111122223333:key/1234abcd-12ab-34cd-56ef-1234567890ab`
        "#]],
    );
    let other = KEY.replace("1234abcd", "9999abcd");
    assert_eq!(ask(&index, &other).status, Status::Unused);
    index.add_keys([
        (bucket("example-other"), Err("denied".to_owned())),
        (bucket("example-alias"), Ok(Some("alias/site".into()))),
    ]);
    let answer = ask(&index, &other);
    assert_eq!((answer.status, answer.open.len()), (Status::Unknown, 2));
}

#[test]
fn a_disabled_distribution_and_code_at_the_edge_are_named() {
    let mut disabled = site();
    disabled["Enabled"] = false.into();
    disabled["DefaultCacheBehavior"]["LambdaFunctionAssociations"] = list(&[json!({
        "LambdaFunctionARN": "arn:aws:lambda:us-east-1:111122223333:function:route:1",
        "EventType": "origin-request"})]);
    let index = index(&[disabled]);
    let answer = ask(&index, "s3://example-media");
    assert!(
        answer
            .removal
            .iter()
            .any(|step| step.action.contains("which is disabled"))
    );
    assert!(
        answer
            .notes
            .iter()
            .any(|note| note.contains("code at the edge of E1SITE"))
    );
}

#[test]
fn no_text_of_a_config_breaks_a_line() {
    let mut hostile = site();
    hostile["Origins"]["Items"][2]["Id"] = "me\ndia\u{1b}[31m".into();
    hostile["CacheBehaviors"]["Items"][1]["TargetOriginId"] = "me\ndia\u{1b}[31m".into();
    let answer = ask(&index(&[hostile]), "s3://example-media");
    let text = text(&answer, "s3://example-media", "live");
    assert!(
        !text.contains('\u{1b}') && text.contains("me dia"),
        "{text}"
    );
}

#[test]
fn what_no_longer_works_is_said_in_one_clause() {
    let answer = ask(&index(&[site()]), "s3://example-media");
    assert_eq!(
        in_short(&answer.uses[0]),
        "`/media/*` and `/video/*` of www.example.com"
    );
}

#[test]
fn an_index_is_the_same_in_one_piece_and_in_parts() {
    let whole = index(&[site()]);
    let mut joined = Index::default();
    for part in whole.clone().into_shards() {
        joined.join(part);
    }
    assert_eq!(joined, whole);
}
