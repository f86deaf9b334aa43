use crate::facts::AuthType;
use crate::finding::Findings;
use crate::rules::Case;

use crate::rules::shared::unchecked_grant::Signing;

rule! {
    /// ## What it does
    /// Lambda function URLs behind an origin access control whose `AuthType` is `NONE`. It decides where
    /// a template or plan makes the URL.
    ///
    /// ## Why is this bad?
    /// It deploys quietly, and the control protects nothing: such a URL checks no signature, so that
    /// anybody who knows it calls the function past CloudFront, its WAF and its signed URLs.
    ///
    /// ## Example
    /// ```yaml
    /// ApiUrl:
    ///   Type: AWS::Lambda::Url
    ///   Properties:
    ///     AuthType: NONE
    ///     TargetFunctionArn: !GetAtt Api.Arn
    /// ```
    /// Use instead:
    /// ```yaml
    /// ApiUrl:
    ///   Type: AWS::Lambda::Url
    ///   Properties:
    ///     AuthType: AWS_IAM
    ///     TargetFunctionArn: !GetAtt Api.Arn
    /// ```
    /// In CloudFormation:
    /// ```yaml
    /// # bad
    /// ApiUrl:
    ///   Type: AWS::Lambda::Url
    ///   Properties:
    ///     AuthType: NONE
    ///     TargetFunctionArn: !GetAtt Api.Arn
    /// # good
    /// ApiUrl:
    ///   Type: AWS::Lambda::Url
    ///   Properties:
    ///     AuthType: AWS_IAM
    ///     TargetFunctionArn: !GetAtt Api.Arn
    /// ```
    /// In Terraform:
    /// ```hcl
    /// # bad
    /// resource "aws_lambda_function_url" "api" {
    ///   function_name      = aws_lambda_function.api.function_name
    ///   authorization_type = "NONE"
    /// }
    /// # good
    /// resource "aws_lambda_function_url" "api" {
    ///   function_name      = aws_lambda_function.api.function_name
    ///   authorization_type = "AWS_IAM"
    /// }
    /// ```
    ///
    /// ## How to fix
    /// Give the function's permissions for this distribution first (see `ungranted-function-access`),
    /// then set the URL's `AuthType` to `AWS_IAM`, and remove the permissions for everybody. Don't
    /// remove the origin access control.
    ///
    /// ## References
    /// - [Restrict access to an AWS Lambda function URL origin](https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/private-content-restricting-access-to-lambda.html)
    /// - [Control access to Lambda function URLs](https://docs.aws.amazon.com/lambda/latest/dg/urls-auth.html)
    "open-function-url", OriginMap, Warning, check
}

fn check(case: &Case<'_>, findings: &mut Findings) {
    for subject in case.origins() {
        let origin = subject.origin;
        let Some(url) = case.facts.function_url(&origin.domain_name) else {
            continue;
        };
        if url.auth_type != Some(AuthType::None) {
            continue;
        }
        let Some(Signing::Always) = Signing::of(case, subject, "lambda", findings) else {
            continue;
        };
        let control = origin.origin_access_control();
        let place = control.map_or(&origin.place, |field| &field.place);
        findings
            .add(
                place,
                format!(
                    "origin {} has an origin access control, and the URL of function `{}` has AuthType \
                     NONE, so that anybody can call the function past CloudFront",
                    origin.name(),
                    url.function
                ),
            )
            .origin(case.reach(), origin)
            .evidence("AuthType", AuthType::None.text())
            .remedy(format!(
                "set AuthType of the URL of function `{}` to AWS_IAM, once its permissions let this \
                 distribution in",
                url.function
            ));
    }
}

#[cfg(test)]
mod tests {
    use expect_test::expect;

    use super::*;
    use crate::rules::testing::{Scene, all_fail, custom_origin, text};

    const HOST: &str = "!Select [2, !Split ['/', !GetAtt FnUrl.FunctionUrl]]";

    fn scene(auth_type: &str, control: Option<&str>) -> Scene {
        of_host(HOST, auth_type, control)
    }

    fn of_host(host: &str, auth_type: &str, control: Option<&str>) -> Scene {
        let scene = Scene::of_source(&format!(
            "Resources:
  Fn: {{Type: 'AWS::Lambda::Function', Properties: {{Role: r}}}}
  FnUrl: {{Type: 'AWS::Lambda::Url', Properties: {{AuthType: {auth_type}, TargetFunctionArn: !Ref Fn}}}}
  Cdn:
    Type: AWS::CloudFront::Distribution
    Properties:
      DistributionConfig:
        Enabled: true
        Origins: [{{Id: fn, DomainName: {host}, CustomOriginConfig: {{OriginProtocolPolicy: https-only}}}}]
        DefaultCacheBehavior: {{TargetOriginId: fn, ViewerProtocolPolicy: https-only}}
"
        ));
        match control {
            None => scene,
            Some(behavior) => scene
                .with(|origin| origin.origin_access_control_id = Some(text("EOAC")))
                .origin_access_control("EOAC", "lambda", behavior),
        }
    }

    #[test]
    fn fails_where_the_url_answers_anybody_past_a_control_that_signs() {
        all_fail(
            &RULE,
            ["always", "no-override"].map(|behavior| scene("NONE", Some(behavior))),
            expect![[r#"
                warning at /EOAC
                  origin `fn` has an origin access control, and the URL of function `Fn` has AuthType NONE, so that anybody can call the function past CloudFront
                  help: set AuthType of the URL of function `Fn` to AWS_IAM, once its permissions let this distribution in
                  origin: fn
                  paths: `*`

                warning at /EOAC
                  origin `fn` has an origin access control, and the URL of function `Fn` has AuthType NONE, so that anybody can call the function past CloudFront
                  help: set AuthType of the URL of function `Fn` to AWS_IAM, once its permissions let this distribution in
                  origin: fn
                  paths: `*`
            "#]],
        );
    }

    #[test]
    fn fails_for_each_way_of_taking_the_host_off_the_url() {
        let by_scheme =
            "!Select [0, !Split ['/', !Select [1, !Split ['://', !GetAtt FnUrl.FunctionUrl]]]]";
        for host in [HOST, by_scheme] {
            of_host(host, "NONE", Some("always")).one_finding(&RULE);
        }
    }

    #[test]
    fn fails_for_each_origin_that_calls_it() {
        let mut twice = scene("NONE", Some("always"));
        let mut other = twice.candidate.origins[0].clone();
        other.id = text("second");
        twice.candidate.origins.push(other);
        assert_eq!(twice.findings(&RULE).len(), 2);
    }

    #[test]
    fn passes_for_a_url_that_wants_signatures() {
        scene("AWS_IAM", Some("always")).passes(&RULE);
    }

    #[test]
    fn passes_where_nothing_is_meant_to_protect_it() {
        scene("NONE", None).passes(&RULE);
        scene("NONE", Some("never")).passes(&RULE);
    }

    #[test]
    fn passes_for_a_url_that_the_document_does_not_make() {
        let host = "abc.lambda-url.eu-west-1.on.aws";
        Scene::of(custom_origin("main", host))
            .with(|origin| origin.origin_access_control_id = Some(text("EOAC")))
            .origin_access_control("EOAC", "lambda", "always")
            .passes(&RULE);
    }
}
