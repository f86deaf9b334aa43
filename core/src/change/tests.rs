use super::*;
use crate::rules::testing::{Scene, custom_origin, text};

fn site() -> Scene {
    Scene::s3("assets")
        .origin("api")
        .origin("standby")
        .group("both", &["api", "standby"])
        .behavior("/api/*", "both")
        .behavior("/img/*", "main")
}

fn reported(before: &Scene, after: &Scene) -> Vec<String> {
    let changes = difference(&before.candidate, &after.candidate);
    let text = |text: Option<String>| text.unwrap_or_else(|| "-".to_owned());
    changes
        .changes
        .into_iter()
        .map(|change| {
            let (kind, what) = (change.kind.name(), change.what());
            format!(
                "{kind} {what}: {} > {}",
                text(change.before),
                text(change.after)
            )
        })
        .collect()
}

#[test]
fn nothing_changes_where_only_an_order_that_means_nothing_does() {
    let mut other = site();
    other.candidate.origins.reverse();
    other.candidate.origin_groups[0].status_codes.reverse();
    assert_eq!(reported(&site(), &other), Vec::<String>::new());
}

#[test]
fn an_origin_comes_and_another_goes() {
    let before = Scene::s3("assets").origin("old");
    let after = Scene::s3("assets").origin("new");
    assert_eq!(
        reported(&before, &after),
        [
            "added origin `new`: - > new.example.com",
            "removed origin `old`: old.example.com > -"
        ]
    );
}

#[test]
fn a_new_id_of_the_same_domain_is_a_rename_which_targets_and_groups_follow() {
    let mut after = site();
    after.candidate.origins[1] = custom_origin("api-v2", "API.example.com");
    after.candidate.origin_groups[0].members[0] = text("api-v2");
    assert_eq!(
        reported(&site(), &after),
        ["renamed origin `api-v2`: api > api-v2"]
    );
}

#[test]
fn an_id_with_a_comma_is_renamed_as_one() {
    let group = |id: &str, domain: &str| {
        let scene = Scene::s3("assets").origin("standby");
        let scene = scene.add(custom_origin(id, domain));
        scene.group("both", &[id, "standby"]).behavior("/api/*", id)
    };
    let before = group("api, v1", "api.example.com");
    let after = group("api, v2", "api.example.com");
    assert_eq!(
        reported(&before, &after),
        ["renamed origin `api, v2`: api, v1 > api, v2"]
    );
}

#[test]
fn a_comma_in_an_id_is_not_a_separator_between_two_ids() {
    let members = |ids: &[&str]| {
        let scene = Scene::s3("assets").origin("a").origin("b").origin("a, b");
        scene.group("both", ids).behavior("/*", "both")
    };
    let changes = reported(&members(&["a", "b"]), &members(&["a, b"]));
    assert_eq!(
        changes,
        ["changed origin group `both`: members: a, b > a, b"]
    );
}

#[test]
fn two_origins_of_one_domain_are_not_guessed_to_be_a_rename() {
    use ChangeKind::{Added, Removed};

    let before = Scene::s3("assets").origin("old");
    let after = Scene::s3("assets")
        .add(custom_origin("one", "old.example.com"))
        .add(custom_origin("two", "old.example.com"));
    let kinds: Vec<_> = difference(&before.candidate, &after.candidate)
        .changes
        .into_iter()
        .map(|change| change.kind)
        .collect();
    assert_eq!(kinds, [Added, Added, Removed]);
}

#[test]
fn domain_access_and_members_are_reported_with_both_values() {
    let after = site()
        .with(|origin| {
            origin.domain_name = text("images.s3.us-east-1.amazonaws.com");
            origin.origin_access_control_id = None;
        })
        .with_group(|group| group.members.reverse());
    assert_eq!(
        reported(&site(), &after),
        [
            "changed origin `main`: domain: assets.s3.us-east-1.amazonaws.com > images.s3.us-east-1.amazonaws.com",
            "changed origin `main`: access: origin access control EOAC > unsigned",
            "changed origin group `both`: members: api, standby > standby, api"
        ]
    );
}

#[test]
fn behaviors_are_followed_by_pattern_and_by_precedence() {
    let after = Scene::s3("assets")
        .origin("api")
        .origin("standby")
        .group("both", &["api", "standby"])
        .behavior("img/*", "api")
        .behavior("/api/*", "both")
        .behavior("/new", "main");
    assert_eq!(
        reported(&site(), &after),
        [
            "changed cache behavior `img/*`: target: main > api",
            "added cache behavior `/new`: - > main",
            "changed the precedence of the cache behaviors: api/*, img/* > img/*, api/*"
        ]
    );
    let gone = Scene::s3("assets").behavior("/a", "main");
    assert_eq!(
        reported(&gone, &Scene::s3("assets")),
        ["removed cache behavior `/a`: main > -"]
    );
}

#[test]
fn what_the_deployment_decides_is_no_change() {
    let after = site().with(|origin| origin.domain_name = text("${Bucket.DomainName}"));
    assert_eq!(reported(&site(), &after), Vec::<String>::new());
    let after = Scene::s3("assets").origin("${Api}");
    assert_eq!(
        reported(&Scene::s3("assets").origin("api"), &after),
        Vec::<String>::new()
    );
}

#[test]
fn what_a_source_leaves_out_is_the_default_of_cloudfront() {
    let after = site().with(|origin| {
        origin.connection_attempts = Some(crate::rules::testing::number(3));
        origin.origin_path = Some(text(""));
    });
    assert_eq!(reported(&site(), &after), Vec::<String>::new());
}
