use crate::distribution::OriginGroup;
use crate::finding::Findings;
use crate::rules::Case;

rule! {
    /// ## What it does
    /// Origin groups without status codes to fail over on, or with a status code that CloudFront
    /// does not accept.
    ///
    /// ## Why is this bad?
    /// The status codes decide when CloudFront tries the second member. CloudFront requires at
    /// least one of 400, 403, 404, 416, 429, 500, 502, 503 and 504, and refuses any other with
    /// `InvalidArgument`.
    ///
    /// ## Example
    /// ```json
    /// {"Id": "assets", "FailoverCriteria": {"StatusCodes": {"Quantity": 1, "Items": [501]}}}
    /// ```
    /// Use instead:
    /// ```json
    /// {"Id": "assets", "FailoverCriteria": {"StatusCodes": {"Quantity": 4, "Items": [500, 502, 503, 504]}}}
    /// ```
    /// In CloudFormation:
    /// ```yaml
    /// # bad
    /// OriginGroups:
    ///   Quantity: 1
    ///   Items:
    ///     - Id: assets
    ///       FailoverCriteria: {StatusCodes: {Quantity: 1, Items: [501]}}
    ///       Members: {Quantity: 2, Items: [{OriginId: primary}, {OriginId: standby}]}
    /// # good
    /// OriginGroups:
    ///   Quantity: 1
    ///   Items:
    ///     - Id: assets
    ///       FailoverCriteria: {StatusCodes: {Quantity: 4, Items: [500, 502, 503, 504]}}
    ///       Members: {Quantity: 2, Items: [{OriginId: primary}, {OriginId: standby}]}
    /// ```
    /// In Terraform:
    /// ```hcl
    /// # bad
    /// failover_criteria {
    ///   status_codes = [501]
    /// }
    /// # good
    /// failover_criteria {
    ///   status_codes = [500, 502, 503, 504]
    /// }
    /// ```
    ///
    /// ## How to fix
    /// List the codes that mean "this origin cannot answer". An S3 origin without `s3:ListBucket`
    /// answers 403 for a missing object, so list 403 and 404 only on purpose: every request for a
    /// missing object then goes to the second origin too.
    ///
    /// ## References
    /// - [OriginGroupFailoverCriteria](https://docs.aws.amazon.com/cloudfront/latest/APIReference/API_OriginGroupFailoverCriteria.html)
    /// - [Origin failover](https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/high_availability_origin_failover.html)
    "group-without-failover", OriginMap, Error, check
}

/// <https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/high_availability_origin_failover.html>
const CODES: [i64; 9] = [400, 403, 404, 416, 429, 500, 502, 503, 504];

fn check(case: &Case<'_>, findings: &mut Findings) {
    for group in &case.candidate.origin_groups {
        let open = case
            .candidate
            .leaves_open(&["FailoverCriteria", "StatusCodes"]);
        if group.status_codes.is_empty() && open.is_none() {
            let message = format!(
                "origin group `{}` has no status codes, so it never fails over",
                group.id
            );
            findings
                .add(&group.place, message)
                .group(case.reach(), group)
                .remedy("set FailoverCriteria.StatusCodes, such as 500, 502, 503 and 504");
        }
        refuse_codes(case, group, findings);
    }
}

fn refuse_codes(case: &Case<'_>, group: &OriginGroup, findings: &mut Findings) {
    for code in &group.status_codes {
        if code.known().is_none_or(|code| CODES.contains(code)) {
            continue;
        }
        findings
            .add(
                &code.place,
                format!(
                    "origin group `{}` fails over on status code {code}, which CloudFront does \
                     not accept",
                    group.id
                ),
            )
            .group(case.reach(), group)
            .key(code.to_string())
            .remedy(format!(
                "replace {code} in FailoverCriteria.StatusCodes with some of 400, 403, 404, \
                 416, 429, \
                 500, 502, 503 and 504, or remove it"
            ));
    }
}

#[cfg(test)]
mod tests {
    use expect_test::expect;

    use super::*;
    use crate::distribution::{At, Expression, Place, Value};
    use crate::rules::testing::{Scene, number};

    fn scene(codes: &[i64]) -> Scene {
        let codes = codes.iter().map(|code| number(*code)).collect();
        Scene::s3("assets")
            .group("both", &["main", "b"])
            .with_group(|group| group.status_codes = codes)
    }

    #[test]
    fn fails_without_codes() {
        scene(&[]).fails(
            &RULE,
            expect![[r#"
            error at /groups/both
              origin group `both` has no status codes, so it never fails over
              help: set FailoverCriteria.StatusCodes, such as 500, 502, 503 and 504
              origin: both
        "#]],
        );
    }

    #[test]
    fn fails_for_a_code_that_is_not_taken() {
        scene(&[500, 501]).fails(&RULE, expect![[r#"
            error at /501
              origin group `both` fails over on status code 501, which CloudFront does not accept
              help: replace 501 in FailoverCriteria.StatusCodes with some of 400, 403, 404, 416, 429, 500, 502, 503 and 504, or remove it
              origin: both
        "#]]);
    }

    #[test]
    fn fails_for_each_wrong_code() {
        scene(&[200, 401, 503]).fails(&RULE, expect![[r#"
            error at /200
              origin group `both` fails over on status code 200, which CloudFront does not accept
              help: replace 200 in FailoverCriteria.StatusCodes with some of 400, 403, 404, 416, 429, 500, 502, 503 and 504, or remove it
              origin: both
            error at /401
              origin group `both` fails over on status code 401, which CloudFront does not accept
              help: replace 401 in FailoverCriteria.StatusCodes with some of 400, 403, 404, 416, 429, 500, 502, 503 and 504, or remove it
              origin: both
        "#]]);
    }

    #[test]
    fn passes_for_every_code_that_is_taken() {
        scene(&CODES).passes(&RULE);
    }

    #[test]
    fn passes_without_groups() {
        Scene::s3("assets").passes(&RULE);
    }

    #[test]
    fn passes_for_a_code_that_only_the_deployment_knows() {
        let symbolic = At {
            value: Value::Symbolic(Expression::open("Code")),
            place: Place::default(),
        };
        scene(&[500])
            .with_group(|group| group.status_codes.push(symbolic))
            .passes(&RULE);
    }
}
