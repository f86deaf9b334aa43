use crate::distribution::VpcOriginConfig;
use crate::facts::VpcOrigin;
use crate::finding::Findings;
use crate::rule::Severity;
use crate::rules::Case;

rule! {
    /// ## What it does
    /// Origins whose `VpcOriginId` the account neither has nor shares, whose VPC origin is not
    /// deployed (a warning), or whose VPC origin belongs to another account than `OwnerAccountId`
    /// names.
    ///
    /// ## Why is this bad?
    /// CloudFront refuses a VPC origin that it does not find with `EntityNotFound`, without naming
    /// the origin or the ID. No request reaches the VPC through one that is not deployed: viewers
    /// get 502 or 504.
    ///
    /// CloudFront's model words it: `EntityNotFound`, "The entity was not found."
    ///
    /// ## Example
    /// ```json
    /// {"Id": "internal", "DomainName": "internal-lb.example.com",
    ///  "VpcOriginConfig": {"VpcOriginId": "vo_removed"}}
    /// ```
    /// Use instead:
    /// ```json
    /// {"Id": "internal", "DomainName": "internal-lb.example.com",
    ///  "VpcOriginConfig": {"VpcOriginId": "vo_1example2"}}
    /// ```
    /// In CloudFormation:
    /// ```yaml
    /// # bad
    /// Origins:
    ///   - Id: internal
    ///     DomainName: internal-lb.example.com
    ///     VpcOriginConfig: {VpcOriginId: vo_removed}
    /// # good
    /// Origins:
    ///   - Id: internal
    ///     DomainName: internal-lb.example.com
    ///     VpcOriginConfig: {VpcOriginId: !GetAtt InternalOrigin.Id}
    /// ```
    /// In Terraform:
    /// ```hcl
    /// # bad
    /// origin {
    ///   origin_id   = "internal"
    ///   domain_name = "internal-lb.example.com"
    ///   vpc_origin_config {
    ///     vpc_origin_id = "vo_removed"
    ///   }
    /// }
    /// # good
    /// origin {
    ///   origin_id   = "internal"
    ///   domain_name = "internal-lb.example.com"
    ///   vpc_origin_config {
    ///     vpc_origin_id = aws_cloudfront_vpc_origin.internal.id
    ///   }
    /// }
    /// ```
    ///
    /// ## How to fix
    /// Name a VPC origin that `aws cloudfront list-vpc-origins` shows, and wait until its status is
    /// `Deployed` (up to 15 minutes after it was created). One of another account must be shared
    /// with this account first, and `OwnerAccountId` must name that account. Don't open the load
    /// balancer to the internet to work around it.
    ///
    /// ## References
    /// - [Restrict access with VPC origins](https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/private-content-vpc-origins.html)
    /// - [VpcOriginConfig](https://docs.aws.amazon.com/cloudfront/latest/APIReference/API_VpcOriginConfig.html)
    "unknown-vpc-origin", OriginMap, Error, check
}

/// What is wrong with a VPC origin, how much that weighs, and what to do.
type Problem = (String, Severity, String);

fn check(case: &Case<'_>, findings: &mut Findings) {
    for origin in &case.candidate.origins {
        let Some(config) = &origin.vpc else { continue };
        let Some((id, fact)) = case.vpc_origin_of(origin, config, findings) else {
            continue;
        };
        let Some((problem, severity, remedy)) = problem(config, fact) else {
            continue;
        };
        findings
            .add(
                &id.place,
                format!(
                    "origin {} has the VpcOriginId `{id}`, {problem}",
                    origin.name()
                ),
            )
            .severity(severity)
            .origin(case.reach(), origin)
            .remedy(remedy);
    }
}

fn problem(config: &VpcOriginConfig, found: Option<&VpcOrigin>) -> Option<Problem> {
    let stated = config.owner().and_then(|id| id.known());
    let Some(found) = found else {
        return Some(match stated {
            Some(owner) => (
                format!("which account {owner} does not share with this account"),
                Severity::Error,
                format!("have account {owner} share the VPC origin with this account, or name \
                     one that `aws cloudfront list-vpc-origins` shows"),
            ),
            None => (
                "which the account does not have".to_owned(),
                Severity::Error,
                "set VpcOriginId to one that `aws cloudfront list-vpc-origins` shows; one of another account needs OwnerAccountId beside it".to_owned(),
            ),
        });
    };
    if let (Some(stated), Some(owner)) = (stated, &found.account)
        && stated != owner.as_str()
    {
        return Some((
            format!("which belongs to account {owner} and not to {stated}"),
            Severity::Error,
            format!("set OwnerAccountId to {owner}, if that account is intended"),
        ));
    }
    (!found.is_deployed()).then(|| {
        (
            format!(
                "whose status is {}: no request reaches the VPC through it yet",
                found.status
            ),
            Severity::Warning,
            "deploy the distribution once `aws cloudfront get-vpc-origin` reports \
             Deployed"
                .to_owned(),
        )
    })
}

#[cfg(test)]
mod tests {
    use expect_test::expect;

    use super::*;
    use crate::distribution::AccountId;
    use crate::rules::testing::{Scene, text};

    const ID: &str = "vo_1example2";

    fn scene() -> Scene {
        Scene::custom("internal-lb.example.com").with(|origin| {
            origin.custom = None;
            origin.vpc = Some(VpcOriginConfig {
                vpc_origin_id: Some(text(ID)),
                ..VpcOriginConfig::default()
            });
        })
    }

    fn owned_by(scene: Scene, account: &str) -> Scene {
        scene.with(|origin| {
            if let Some(vpc) = &mut origin.vpc {
                vpc.owner_account_id = Some(text(account));
            }
        })
    }

    fn deployed(account: &str) -> VpcOrigin {
        VpcOrigin {
            account: AccountId::parse(account),
            status: "Deployed".to_owned(),
        }
    }

    #[test]
    fn fails_for_one_that_the_account_does_not_have() {
        scene().vpc_origin(ID, None).fails(&RULE, expect![[r#"
            error at /vo_1example2
              origin `main` has the VpcOriginId `vo_1example2`, which the account does not have
              help: set VpcOriginId to one that `aws cloudfront list-vpc-origins` shows; one of another account needs OwnerAccountId beside it
              origin: main
              paths: `*`
        "#]]);
    }

    #[test]
    fn fails_for_one_that_is_not_shared() {
        let scene = owned_by(scene(), "444455556666").vpc_origin(ID, None);
        scene.fails(&RULE, expect![[r#"
            error at /vo_1example2
              origin `main` has the VpcOriginId `vo_1example2`, which account 444455556666 does not share with this account
              help: have account 444455556666 share the VPC origin with this account, or name one that `aws cloudfront list-vpc-origins` shows
              origin: main
              paths: `*`
        "#]]);
    }

    #[test]
    fn fails_for_the_wrong_owner() {
        let scene =
            owned_by(scene(), "444455556666").vpc_origin(ID, Some(deployed("111122223333")));
        scene.fails(&RULE, expect![[r#"
            error at /vo_1example2
              origin `main` has the VpcOriginId `vo_1example2`, which belongs to account 111122223333 and not to 444455556666
              help: set OwnerAccountId to 111122223333, if that account is intended
              origin: main
              paths: `*`
        "#]]);
    }

    #[test]
    fn fails_with_a_warning_while_it_is_being_deployed() {
        let deploying = VpcOrigin {
            status: "Deploying".to_owned(),
            ..deployed("111122223333")
        };
        scene()
            .vpc_origin(ID, Some(deploying))
            .fails(&RULE, expect![[r#"
                warning at /vo_1example2
                  origin `main` has the VpcOriginId `vo_1example2`, whose status is Deploying: no request reaches the VPC through it yet
                  help: deploy the distribution once `aws cloudfront get-vpc-origin` reports Deployed
                  origin: main
                  paths: `*`
            "#]]);
    }

    #[test]
    fn passes_for_a_deployed_one() {
        scene()
            .vpc_origin(ID, Some(deployed("111122223333")))
            .passes(&RULE);
    }

    #[test]
    fn passes_for_one_that_its_owner_shares() {
        let scene =
            owned_by(scene(), "444455556666").vpc_origin(ID, Some(deployed("444455556666")));
        scene.passes(&RULE);
    }

    #[test]
    fn passes_for_an_owner_that_is_left_empty() {
        let scene = owned_by(scene(), "").vpc_origin(ID, Some(deployed("111122223333")));
        scene.passes(&RULE);
    }

    #[test]
    fn fails_without_an_owner_that_is_left_empty() {
        let scene = owned_by(scene(), "").vpc_origin(ID, None);
        scene.fails(&RULE, expect![[r#"
            error at /vo_1example2
              origin `main` has the VpcOriginId `vo_1example2`, which the account does not have
              help: set VpcOriginId to one that `aws cloudfront list-vpc-origins` shows; one of another account needs OwnerAccountId beside it
              origin: main
              paths: `*`
        "#]]);
    }

    #[test]
    fn passes_with_an_unknown_when_it_could_not_be_checked() {
        scene().passes_with_unknowns(
            &RULE,
            expect![[r#"
            unknown: VPC origin `vo_1example2`, not asked for
              needs: a run with an AWS account
        "#]],
        );
    }

    #[test]
    fn passes_with_an_unknown_for_an_id_that_the_deployment_decides() {
        let scene = Scene::custom("internal-lb.example.com").with(|origin| {
            origin.vpc = Some(VpcOriginConfig {
                vpc_origin_id: Some(text("${VpcOrigin}")),
                ..VpcOriginConfig::default()
            });
        });
        scene.passes_with_unknowns(&RULE, expect![[r#"
            unknown: VPC origin `${VpcOrigin}`, VPC origin `${VpcOrigin}` is known only after the deployment
        "#]]);
    }
}
