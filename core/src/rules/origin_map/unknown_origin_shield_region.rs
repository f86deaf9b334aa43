use crate::distribution::{At, OriginShield, Region};
use crate::finding::Findings;
use crate::rule::Severity;
use crate::rules::Case;

rule! {
    /// ## What it does
    /// Origins whose Origin Shield is in a region that has none, or is enabled without a region.
    ///
    /// ## Why is this bad?
    /// Only some regions have a cache that can be an Origin Shield; for any other CloudFront
    /// refuses the config with `InvalidArgument`. AWS adds regions, so a region that the guard does
    /// not know is a warning, and it is not reported where the baseline already uses it. Origin
    /// Shield without a region, or with an invalid region, is an error.
    ///
    /// ## Example
    /// ```json
    /// {"OriginShield": {"Enabled": true, "OriginShieldRegion": "eu-north-1"}}
    /// ```
    /// Use instead the nearest region that has one:
    /// ```json
    /// {"OriginShield": {"Enabled": true, "OriginShieldRegion": "eu-west-2"}}
    /// ```
    /// In CloudFormation:
    /// ```yaml
    /// # bad
    /// Origins:
    ///   - Id: api
    ///     DomainName: api.example.com
    ///     CustomOriginConfig: {OriginProtocolPolicy: https-only}
    ///     OriginShield: {Enabled: true, OriginShieldRegion: eu-north-1}
    /// # good
    /// Origins:
    ///   - Id: api
    ///     DomainName: api.example.com
    ///     CustomOriginConfig: {OriginProtocolPolicy: https-only}
    ///     OriginShield: {Enabled: true, OriginShieldRegion: eu-west-2}
    /// ```
    /// In Terraform:
    /// ```hcl
    /// # bad
    /// origin_shield {
    ///   enabled              = true
    ///   origin_shield_region = "eu-north-1"
    /// }
    /// # good
    /// origin_shield {
    ///   enabled              = true
    ///   origin_shield_region = "eu-west-2"
    /// }
    /// ```
    ///
    /// ## How to fix
    /// Set `OriginShieldRegion` to the region of the list that has the lowest latency to the
    /// origin, or leave Origin Shield off. Don't copy the region of the bucket or the stack without
    /// checking: not every region has Origin Shield.
    ///
    /// ## References
    /// - [Choose the region for Origin Shield](https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/origin-shield.html#choose-origin-shield-region)
    /// - [OriginShield](https://docs.aws.amazon.com/cloudfront/latest/APIReference/API_OriginShield.html)
    "unknown-origin-shield-region", OriginMap, Error, check
}

/// The regions that have one.
const REGIONS: [&str; 13] = [
    "ap-northeast-1",
    "ap-northeast-2",
    "ap-south-1",
    "ap-southeast-1",
    "ap-southeast-2",
    "eu-central-1",
    "eu-west-1",
    "eu-west-2",
    "me-central-1",
    "sa-east-1",
    "us-east-1",
    "us-east-2",
    "us-west-2",
];

/// What AWS's page says to take where the origin's own region has no Origin Shield.
const NEAREST: [(&str, &str); 8] = [
    ("us-west-1", "us-west-2"),
    ("af-south-1", "eu-west-1"),
    ("ap-east-1", "ap-southeast-1"),
    ("ca-central-1", "us-east-1"),
    ("eu-south-1", "eu-central-1"),
    ("eu-west-3", "eu-west-2"),
    ("eu-north-1", "eu-west-2"),
    ("me-south-1", "ap-south-1"),
];

fn check(case: &Case<'_>, findings: &mut Findings) {
    for origin in &case.candidate.origins {
        let Some(shield) = &origin.origin_shield else {
            continue;
        };
        if shield.enabled != Some(true) {
            continue;
        }
        let Some(region) = shield.region.as_ref().filter(|region| !region.is_empty()) else {
            findings
                .add(
                    &shield.place,
                    format!(
                        "origin {} has Origin Shield enabled without a region",
                        origin.name()
                    ),
                )
                .origin(case.reach(), origin)
                .remedy("set OriginShieldRegion to the region nearest to the origin, or Enabled to false");
            continue;
        };
        let Some(name) = region.known() else {
            continue;
        };
        // The live config proves a region that this list does not have yet.
        if REGIONS.contains(&name.as_str()) || runs_already(case, name) {
            continue;
        }
        let is_region = Region::parse(name).is_some();
        let problem = if is_region {
            format!("in `{name}`, where this version of Origin Guard knows of no Origin Shield")
        } else {
            format!("in the invalid region `{name}`")
        };
        let finding = findings
            .add(
                &region.place,
                format!("origin {} has its Origin Shield {problem}", origin.name()),
            )
            .origin(case.reach(), origin)
            .evidence("regions", REGIONS.join(", "))
            .remedy(instead(name));
        if is_region {
            finding.severity(Severity::Warning);
        }
    }
}

/// AWS adds regions: one that CloudFront runs is one.
fn runs_already(case: &Case<'_>, region: &str) -> bool {
    let shields = case
        .baseline()
        .into_iter()
        .flat_map(|baseline| &baseline.origins)
        .filter_map(|origin| origin.origin_shield.as_ref());
    let mut regions = shields
        .filter(|shield: &&OriginShield| shield.enabled == Some(true))
        .filter_map(|shield| shield.region.as_ref());
    regions.any(|field: &At<String>| field.is(region))
}

fn instead(name: &str) -> String {
    let nearest = NEAREST.iter().find(|(region, _)| *region == name);
    let nearest = nearest.map(|(_, nearest)| *nearest);
    match nearest.or_else(|| crate::nearest::nearest(name, REGIONS.iter().copied())) {
        Some(region) => format!("set OriginShieldRegion to {region}"),
        None => format!("set OriginShieldRegion to one of {}", REGIONS.join(", ")),
    }
}

#[cfg(test)]
mod tests {
    use expect_test::expect;

    use super::*;
    use crate::distribution::Place;
    use crate::rules::testing::{Scene, all_fail, text};

    fn scene(enabled: bool, region: Option<&str>) -> Scene {
        Scene::s3("assets").with(|origin| {
            origin.origin_shield = Some(OriginShield {
                place: Place::at("/shield"),
                enabled: Some(enabled),
                region: region.map(text),
            });
        })
    }

    #[test]
    fn fails_for_a_region_without_one() {
        scene(true, Some("eu-north-1")).fails(&RULE, expect![[r#"
            warning at /eu-north-1
              origin `main` has its Origin Shield in `eu-north-1`, where this version of Origin Guard knows of no Origin Shield
              help: set OriginShieldRegion to eu-west-2
              origin: main
              paths: `*`
        "#]]);
    }

    #[test]
    fn fails_for_a_misspelt_region() {
        scene(true, Some("us-eest-1")).fails(&RULE, expect![[r#"
            warning at /us-eest-1
              origin `main` has its Origin Shield in `us-eest-1`, where this version of Origin Guard knows of no Origin Shield
              help: set OriginShieldRegion to us-east-1
              origin: main
              paths: `*`
        "#]]);
    }

    #[test]
    fn fails_with_an_error_for_an_invalid_region() {
        scene(true, Some("Ireland")).fails(&RULE, expect![[r#"
            error at /Ireland
              origin `main` has its Origin Shield in the invalid region `Ireland`
              help: set OriginShieldRegion to one of ap-northeast-1, ap-northeast-2, ap-south-1, ap-southeast-1, ap-southeast-2, eu-central-1, eu-west-1, eu-west-2, me-central-1, sa-east-1, us-east-1, us-east-2, us-west-2
              origin: main
              paths: `*`
        "#]]);
    }

    #[test]
    fn fails_without_a_region() {
        all_fail(
            &RULE,
            [None, Some("")].map(|region| scene(true, region)),
            expect![[r#"
                error at /shield
                  origin `main` has Origin Shield enabled without a region
                  help: set OriginShieldRegion to the region nearest to the origin, or Enabled to false
                  origin: main
                  paths: `*`

                error at /shield
                  origin `main` has Origin Shield enabled without a region
                  help: set OriginShieldRegion to the region nearest to the origin, or Enabled to false
                  origin: main
                  paths: `*`
            "#]],
        );
    }

    #[test]
    fn passes_for_every_region_that_has_one() {
        for region in REGIONS {
            scene(true, Some(region)).passes(&RULE);
        }
    }

    #[test]
    fn passes_where_it_is_off_or_absent() {
        scene(false, Some("eu-north-1")).passes(&RULE);
        scene(false, None).passes(&RULE);
        Scene::s3("assets").passes(&RULE);
    }

    #[test]
    fn passes_for_a_region_that_runs_already() {
        let scene = scene(true, Some("mx-central-1"));
        let baseline = scene.candidate.clone();
        scene.one_finding(&RULE);
        scene.baseline(baseline).passes(&RULE);
    }
}
