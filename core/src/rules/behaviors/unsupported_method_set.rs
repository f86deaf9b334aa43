use crate::distribution::{Behavior, Place};
use crate::finding::Findings;
use crate::rules::{Case, OriginMap};

/// The methods of behaviors; a set of them is a number with the bits of their places here, since each
/// behavior has two and nearly all are right.
const METHODS: [&str; 7] = ["GET", "HEAD", "OPTIONS", "DELETE", "PATCH", "POST", "PUT"];
const READS: u8 = 0b11;
const READS_AND_OPTIONS: u8 = 0b111;
const ALL: u8 = 0b111_1111;

/// <https://docs.aws.amazon.com/cloudfront/latest/APIReference/API_AllowedMethods.html>
const ALLOWED: &[u8] = &[READS, READS_AND_OPTIONS, ALL];
/// <https://docs.aws.amazon.com/cloudfront/latest/APIReference/API_CachedMethods.html>
const CACHED: &[u8] = &[READS, READS_AND_OPTIONS];

rule! {
    /// ## What it does
    /// Behaviors whose `AllowedMethods` or `CachedMethods` are not one of the sets that CloudFront
    /// takes: GET and HEAD; GET, HEAD and OPTIONS; and for the allowed ones all seven.
    ///
    /// ## Why is this bad?
    /// CloudFront refuses the config with `InvalidArgument`: the methods can be chosen as one of these
    /// sets only, not one by one.
    ///
    /// ## Example
    /// ```json
    /// {"PathPattern": "/api/*", "TargetOriginId": "api",
    ///  "AllowedMethods": {"Quantity": 3, "Items": ["GET", "HEAD", "POST"]}}
    /// ```
    /// Use instead:
    /// ```json
    /// {"PathPattern": "/api/*", "TargetOriginId": "api",
    ///  "AllowedMethods": {"Quantity": 7, "Items": ["GET", "HEAD", "OPTIONS", "PUT", "POST", "PATCH", "DELETE"]}}
    /// ```
    /// In CloudFormation:
    /// ```yaml
    /// # bad
    /// CacheBehaviors:
    ///   - PathPattern: /api/*
    ///     TargetOriginId: api
    ///     ViewerProtocolPolicy: https-only
    ///     AllowedMethods: [GET, POST]
    /// # good
    /// CacheBehaviors:
    ///   - PathPattern: /api/*
    ///     TargetOriginId: api
    ///     ViewerProtocolPolicy: https-only
    ///     AllowedMethods: [GET, HEAD, OPTIONS, PUT, POST, PATCH, DELETE]
    /// ```
    /// In Terraform:
    /// ```hcl
    /// # bad
    /// ordered_cache_behavior {
    ///   path_pattern     = "/api/*"
    ///   target_origin_id = "api"
    ///   allowed_methods  = ["GET", "POST"]
    /// }
    /// # good
    /// ordered_cache_behavior {
    ///   path_pattern     = "/api/*"
    ///   target_origin_id = "api"
    ///   allowed_methods  = ["GET", "HEAD", "OPTIONS", "PUT", "POST", "PATCH", "DELETE"]
    /// }
    /// ```
    ///
    /// ## How to fix
    /// Choose the smallest set that has the methods that are needed. What must not reach the origin is
    /// refused there, by a WAF rule or by a function at the edge.
    ///
    /// ## References
    /// - [AllowedMethods](https://docs.aws.amazon.com/cloudfront/latest/APIReference/API_AllowedMethods.html)
    /// - [CachedMethods](https://docs.aws.amazon.com/cloudfront/latest/APIReference/API_CachedMethods.html)
    "unsupported-method-set", Behaviors, Error, check
}

fn check(case: &Case<'_>, _map: &OriginMap<'_>, findings: &mut Findings) {
    for behavior in case.candidate.all_behaviors() {
        let methods = &behavior.methods;
        if let Some(place) = &methods.place
            && !methods.is_open
        {
            judge(
                behavior,
                "AllowedMethods",
                (place, &methods.allowed),
                ALLOWED,
                findings,
            );
        }
        if let Some((place, cached)) = &methods.cached {
            judge(behavior, "CachedMethods", (place, cached), CACHED, findings);
        }
    }
}

fn judge(
    behavior: &Behavior,
    member: &str,
    (place, methods): (&Place, &[String]),
    sets: &[u8],
    findings: &mut Findings,
) {
    let own = bits(methods);
    if methods.is_empty() || own.is_some_and(|own| sets.contains(&own)) {
        return;
    }
    let fitting = own.and_then(|own| sets.iter().find(|set| own & *set == own));
    let remedy = match fitting {
        Some(set) => format!("set {member} to {}", names(*set).join(", ")),
        None => format!("set {member} to one of the sets that CloudFront takes"),
    };
    findings
        .add(
            place,
            format!(
                "{} has {member} {}, which CloudFront refuses: it takes {}",
                behavior.name(),
                methods.join(", "),
                listed(sets)
            ),
        )
        .behavior(behavior)
        .key(member)
        .remedy(remedy);
}

/// The set that a list of methods is, whatever their order; `None` with what is no method. How each of
/// them is spelt is another rule's.
fn bits(methods: &[String]) -> Option<u8> {
    methods.iter().try_fold(0, |bits, method| {
        let place_of = |is: fn(&str, &str) -> bool| METHODS.iter().position(|it| is(it, method));
        // Nearly all are spelt right, and equal texts are found sooner.
        let place =
            place_of(|it, own| it == own).or_else(|| place_of(str::eq_ignore_ascii_case))?;
        Some(bits | 1 << place)
    })
}

fn names(set: u8) -> Vec<&'static str> {
    let all = METHODS.iter().enumerate();
    let own = all.filter(|(place, _)| set >> place & 1 == 1);
    own.map(|(_, name)| *name).collect()
}

fn listed(sets: &[u8]) -> String {
    let sets = sets.iter().map(|set| match *set {
        ALL => "all seven".to_owned(),
        set => names(set).join("+"),
    });
    sets.collect::<Vec<_>>().join(" or ")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::rules::testing::Scene;

    fn scene(allowed: &[&str]) -> Scene {
        let scene = Scene::custom("www.example.com").behavior("/api/*", "main");
        scene.with_behavior(|behavior| {
            behavior.methods.place = Some(Place::at("/methods"));
            behavior.methods.allowed = allowed.iter().map(ToString::to_string).collect();
        })
    }

    fn cached(cached: &[&str]) -> Scene {
        scene(&METHODS).with_behavior(|behavior| {
            let cached = cached.iter().map(ToString::to_string).collect();
            behavior.methods.cached = Some((Place::at("/cached"), cached));
        })
    }

    #[test]
    fn fails_for_a_set_of_ones_own() {
        let finding = scene(&["GET", "POST"]).one_finding(&RULE);
        assert_eq!(
            finding.message,
            "cache behavior 0 `/api/*` has AllowedMethods GET, POST, which CloudFront refuses: it takes \
             GET+HEAD or GET+HEAD+OPTIONS or all seven"
        );
        assert!(
            finding
                .remediation
                .ends_with("GET, HEAD, OPTIONS, DELETE, PATCH, POST, PUT")
        );
    }

    #[test]
    fn fails_for_cached_writes() {
        let finding = cached(&METHODS).one_finding(&RULE);
        assert_eq!(finding.place.pointer, "/cached");
    }

    #[test]
    fn fails_for_get_alone() {
        let finding = scene(&["GET"]).one_finding(&RULE);
        assert_eq!(finding.remediation, "set AllowedMethods to GET, HEAD");
        cached(&["GET"]).one_finding(&RULE);
    }

    #[test]
    fn passes_for_the_three_sets_in_any_order() {
        for set in [&["HEAD", "GET"][..], &["OPTIONS", "GET", "HEAD"], &METHODS] {
            scene(set).passes(&RULE);
        }
        cached(&["HEAD", "GET"]).passes(&RULE);
    }

    #[test]
    fn passes_without_methods() {
        scene(&[]).passes(&RULE);
        Scene::custom("www.example.com").passes(&RULE);
    }

    #[test]
    fn passes_for_a_set_that_is_not_known_whole() {
        scene(&["GET"])
            .with_behavior(|behavior| behavior.methods.is_open = true)
            .passes(&RULE);
    }
}
