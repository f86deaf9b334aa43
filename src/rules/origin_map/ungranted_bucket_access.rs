use crate::distribution::Origin;
use crate::facts::Unknown;
use crate::finding::{Findings, Severity};
use crate::policy::{Element, Grant, Reason, Text};
use crate::rules::Case;

use super::access::{Access, Signer};

rule! {
    /// ## What it does
    /// Finds buckets of this account whose policy does not let CloudFront read the objects of an
    /// origin, as this distribution (through an origin access control) or as the origin access
    /// identity.
    ///
    /// ## Why is this bad?
    /// It deploys quietly, and viewers get 403 for every object. The usual causes: a new bucket
    /// without a policy, a stack that put its own policy over the grant, and a policy that names
    /// the `AWS:SourceArn` of another distribution, such as the primary's for a staging one, which
    /// has an ARN of its own. A statement that denies requests from outside a VPC or a
    /// network denies CloudFront too. For a distribution that is still to be created it is a
    /// warning: a policy that names its ARN can only come after it. So it is for an origin access
    /// identity, since the ACL of each object may let that in. What the policy leaves
    /// to keys that no call tells is listed as not decidable.
    ///
    /// ## Example
    /// ```json
    /// {"Effect": "Allow", "Principal": {"Service": "cloudfront.amazonaws.com"}, "Action": "s3:GetObject",
    ///  "Resource": "arn:aws:s3:::example-assets/*", "Condition": {"StringEquals":
    ///   {"AWS:SourceArn": "arn:aws:cloudfront::111122223333:distribution/E1ANOTHERONE"}}}
    /// ```
    /// Use instead:
    /// ```json
    /// {"Effect": "Allow", "Principal": {"Service": "cloudfront.amazonaws.com"}, "Action": "s3:GetObject",
    ///  "Resource": "arn:aws:s3:::example-assets/*", "Condition": {"StringEquals":
    ///   {"AWS:SourceArn": ["arn:aws:cloudfront::111122223333:distribution/E1ANOTHERONE",
    ///                      "arn:aws:cloudfront::111122223333:distribution/E2EXAMPLE1GUARD"]}}}
    /// ```
    ///
    /// ## How to fix
    /// Add the statement that the finding prints to the bucket policy, where that policy is written:
    /// a template that owns it would take the grant away again. Don't make the bucket public.
    ///
    /// ## References
    /// - [Restrict access to an Amazon S3 origin](https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/private-content-restricting-access-to-s3.html)
    /// - [IAM condition operators](https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_condition_operators.html)
    "ungranted-bucket-access", OriginMap, Error, check
}

fn check(case: &Case<'_>, findings: &mut Findings) {
    for origin in &case.candidate.origins {
        let Some(access) = Access::of(case, origin, findings) else {
            continue;
        };
        let Some(policy) = findings.need(&access.known.policy) else {
            continue;
        };
        let grant = match policy {
            Some(policy) => access.ask(policy, "s3:GetObject", Text::Below(&access.objects)),
            None => Grant::NotGranted { nearest: None },
        };
        let problem = match &grant {
            Grant::Granted => continue,
            Grant::Undecided(reason) => {
                let unknown = Unknown::undecidable(
                    "bucket access",
                    access.bucket.as_str(),
                    reason.to_string(),
                );
                findings.undecided(unknown);
                continue;
            }
            Grant::Denied(reason) => format!("denies {} that: {reason}", access.reader()),
            Grant::NotGranted { nearest } => missing(&access, policy.is_some(), nearest.as_ref()),
        };
        add(case, origin, &access, &grant, &problem, findings);
    }
}

fn add(
    case: &Case<'_>,
    origin: &Origin,
    access: &Access<'_>,
    grant: &Grant<'_>,
    problem: &str,
    findings: &mut Findings,
) {
    let bucket = access.bucket;
    let finding = findings
        .add(
            &origin.domain_name.place,
            format!(
                "origin {} reads `{}*`, and the policy of bucket `{bucket}` {problem}",
                origin.name(),
                access.objects
            ),
        )
        .origin(case.candidate, origin);
    if let Grant::Denied(reason) = grant {
        finding
            .remedy(access.exception(reason.statement, reason.element))
            .evidence("statement", reason.statement);
        return;
    }
    let statement = access.statement(
        "AllowCloudFrontRead",
        "s3:GetObject",
        &format!("{}*", access.objects),
    );
    finding.remedy(format!(
        "add to the policy of bucket `{bucket}`: {statement}"
    ));
    if let Grant::NotGranted {
        nearest: Some(reason),
    } = grant
    {
        finding.evidence("nearest statement", reason);
    }
    // The ACLs of objects may let an identity in, and no single call tells them.
    if access.is_to_be_created() || !matches!(access.signer, Signer::Control) {
        finding.severity(Severity::Warning);
    }
}

fn missing(access: &Access<'_>, has_policy: bool, nearest: Option<&Reason<'_>>) -> String {
    let reader = access.reader();
    match nearest {
        None if has_policy => format!("allows nothing to {reader}")
            .trim_end_matches(',')
            .to_owned(),
        None => format!("is missing, so that {reader} gets 403 for them"),
        Some(Reason {
            element: Element::Condition { key, values, .. },
            statement,
        }) if key.eq_ignore_ascii_case("aws:SourceArn")
            && matches!(access.signer, Signer::Control) =>
        {
            format!(
                "does not let {reader} in: statement `{statement}` is for `{}`",
                values.join("`, `")
            )
        }
        Some(reason) => format!("does not let {reader} in: the nearest is {reason}"),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::*;
    use crate::rules::testing::{Scene, foreign, ours, text};

    const ARN: &str = "arn:aws:cloudfront::111122223333:distribution/E1";
    const OTHER: &str = "arn:aws:cloudfront::111122223333:distribution/E2";

    #[expect(clippy::needless_pass_by_value, reason = "tables are read more easily")]
    fn grant(condition: Value) -> Value {
        json!({"Sid": "Read", "Effect": "Allow", "Principal": {"Service": "cloudfront.amazonaws.com"},
            "Action": "s3:GetObject", "Resource": "arn:aws:s3:::assets/*", "Condition": condition})
    }

    fn scene(statements: &[Value]) -> Scene {
        let mut scene = Scene::s3("assets")
            .origin_access_control("EOAC", "s3", "always")
            .bucket("assets", ours("us-east-1"))
            .bucket_policy(
                "assets",
                Some(&json!({"Version": "2012-10-17", "Statement": statements})),
            );
        scene.candidate.id = Some("E1".to_owned());
        scene.facts.account = Some("111122223333".to_owned());
        scene
    }

    fn identity(user: &str) -> Scene {
        let arn = format!("arn:aws:iam::cloudfront:user/CloudFront Origin Access Identity {user}");
        let mut statement = grant(json!({}));
        statement["Principal"] = json!({"AWS": arn});
        scene(&[statement])
            .identity("origin-access-identity/cloudfront/E1OAI")
            .origin_access_identity("E1OAI", true)
    }

    #[test]
    fn fails_for_a_policy_that_names_another_distribution_with_both_arns() {
        let finding =
            scene(&[grant(json!({"StringEquals": {"AWS:SourceArn": OTHER}}))]).one_finding(&RULE);
        assert!(
            finding.message.contains(ARN) && finding.message.contains(OTHER),
            "{}",
            finding.message
        );
        assert_eq!(finding.severity, Severity::Error);
        let statement = finding.remediation.split_once(": ").unwrap().1;
        let mut expected = grant(json!({"StringEquals": {"AWS:SourceArn": ARN}}));
        expected["Sid"] = json!("AllowCloudFrontRead");
        assert_eq!(serde_json::from_str::<Value>(statement).unwrap(), expected);
    }

    #[test]
    fn fails_with_a_warning_for_an_identity_that_the_acls_of_objects_may_let_in() {
        let finding = identity("E2OTHER").one_finding(&RULE);
        assert_eq!(finding.severity, Severity::Warning);
    }

    #[test]
    fn fails_without_a_policy() {
        let finding = scene(&[]).bucket_policy("assets", None).one_finding(&RULE);
        assert!(
            finding
                .message
                .contains("the policy of bucket `assets` is missing"),
            "{}",
            finding.message
        );
    }

    #[test]
    fn fails_for_a_policy_that_lets_only_another_principal_or_folder() {
        let mut role = grant(json!({}));
        role["Principal"] = json!({"AWS": "arn:aws:iam::111122223333:role/admin"});
        let finding = scene(&[role]).one_finding(&RULE);
        assert!(
            finding
                .message
                .ends_with("the nearest is statement `Read`: Principal"),
            "{}",
            finding.message
        );
        let mut folder = grant(json!({}));
        folder["Resource"] = json!("arn:aws:s3:::assets/site/*");
        scene(&[folder])
            .with(|origin| origin.origin_path = Some(text("/other")))
            .one_finding(&RULE);
    }

    #[test]
    fn fails_for_a_denial_outside_a_vpc() {
        let deny = json!({"Sid": "OnlyVpc", "Effect": "Deny", "Principal": "*", "Action": "s3:*",
            "Resource": "arn:aws:s3:::assets/*", "Condition": {"StringNotEquals": {"aws:SourceVpce": "vpce-1"}}});
        let finding = scene(&[grant(json!({})), deny]).one_finding(&RULE);
        assert!(
            finding
                .message
                .ends_with("statement `OnlyVpc`: StringNotEquals aws:SourceVpce vpce-1")
        );
        assert!(finding.remediation.contains("aws:PrincipalIsAWSService"));
    }

    #[test]
    fn fails_for_another_identity() {
        let finding = identity("E2OAI").one_finding(&RULE);
        assert!(finding.message.contains("`E1OAI`"));
        assert!(
            finding
                .remediation
                .contains("Origin Access Identity E1OAI\"")
        );
    }

    #[test]
    fn fails_as_a_warning_for_a_distribution_to_be_created() {
        let mut scene = scene(&[]);
        scene.candidate.id = None;
        let finding = scene.one_finding(&RULE);
        assert_eq!(finding.severity, Severity::Warning);
        assert!(
            finding
                .remediation
                .contains(r#""AWS:SourceAccount":"111122223333""#)
        );
    }

    #[test]
    fn fails_for_the_arn_of_the_primary_where_a_staging_distribution_reads() {
        let mut scene = scene(&[grant(json!({"StringEquals": {"AWS:SourceArn": OTHER}}))]);
        scene.candidate.staging = true;
        scene.one_finding(&RULE);
    }

    #[test]
    fn passes_for_this_distribution() {
        scene(&[grant(
            json!({"StringEquals": {"AWS:SourceArn": [OTHER, ARN]}}),
        )])
        .passes(&RULE);
        scene(&[grant(
            json!({"StringEquals": {"AWS:SourceAccount": "111122223333"}}),
        )])
        .passes(&RULE);
    }

    #[test]
    fn passes_for_a_folder_that_holds_the_origin_path() {
        let mut folder = grant(json!({}));
        folder["Resource"] = json!("arn:aws:s3:::assets/site/*");
        scene(&[folder])
            .with(|origin| origin.origin_path = Some(text("/site/v1")))
            .passes(&RULE);
    }

    #[test]
    fn passes_for_the_identity() {
        identity("E1OAI").passes(&RULE);
        let mut statement = grant(json!({}));
        statement["Principal"] = json!({"CanonicalUser": "canonical-E1OAI"});
        let policy = json!({"Statement": [statement]});
        identity("E1OAI")
            .bucket_policy("assets", Some(&policy))
            .passes(&RULE);
    }

    #[test]
    fn passes_with_an_unknown_for_what_no_call_tells() {
        let referer = grant(json!({"StringLike": {"aws:Referer": "https://example.com/*"}}));
        let unknown = scene(&[referer]).unknowns(&RULE).remove(0);
        assert!(
            unknown.cause_text().contains("StringLike aws:Referer"),
            "{}",
            unknown.cause_text()
        );
        assert!(!unknown.blocks());
    }

    #[test]
    fn passes_with_an_unknown_for_a_new_distribution_where_one_is_named() {
        let mut scene = scene(&[grant(json!({"StringEquals": {"AWS:SourceArn": OTHER}}))]);
        scene.candidate.id = None;
        assert_eq!(scene.unknowns(&RULE).len(), 1);
    }

    #[test]
    fn passes_for_what_other_rules_are_about() {
        scene(&[])
            .bucket("assets", foreign("us-east-1"))
            .passes(&RULE);
        scene(&[])
            .origin_access_control("EOAC", "s3", "never")
            .passes(&RULE);
        scene(&[]).no_origin_access_control("EOAC").passes(&RULE);
        Scene::custom("api.example.com").passes(&RULE);
    }

    #[test]
    fn passes_with_an_unknown_when_nobody_asked() {
        let scene = Scene::s3("assets").origin_access_control("EOAC", "s3", "always");
        assert_eq!(scene.unknowns(&RULE)[0].fact, "bucket access");
    }
}
