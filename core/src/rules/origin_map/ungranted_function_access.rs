use serde_json::json;

use crate::distribution::{AccountId, Origin, OriginKind};
use crate::facts::{AuthType, FunctionUrl, Requirement, Unknown};
use crate::finding::Findings;
use crate::policy::{Asker, Grant, Question, Text, Via};
use crate::rules::{Case, KnownOrigin};

use crate::rules::shared::source::{Source, Sources, placeholders};
use crate::rules::shared::unchecked_grant::{Signing, unchecked_grant};

rule! {
    /// ## What it does
    /// Lambda function URLs that do not let CloudFront in: the permissions of the function lack
    /// `lambda:InvokeFunctionUrl` or `lambda:InvokeFunction` for this distribution, or the URL answers
    /// only signed requests (`AuthType` `AWS_IAM`) and the origin has no access control that signs.
    /// It decides where a template or plan makes the URL. Elsewhere the permissions are listed as not
    /// checked, as are those of Web Functions: the guard has no call that reads them.
    ///
    /// ## Why is this bad?
    /// It deploys quietly, and viewers get 403 for every request. Function URLs made since October 2025
    /// need both permissions, and since November 2026 so do all others: a stack with
    /// `lambda:InvokeFunctionUrl` alone worked before. A permission may be given outside the document,
    /// so this is a warning.
    ///
    /// ## Example
    /// ```yaml
    /// UrlPermission:
    ///   Type: AWS::Lambda::Permission
    ///   Properties:
    ///     Action: lambda:InvokeFunctionUrl
    ///     FunctionName: !GetAtt Api.Arn
    ///     Principal: cloudfront.amazonaws.com
    ///     SourceArn: !Sub arn:aws:cloudfront::${AWS::AccountId}:distribution/${Site}
    /// ```
    /// Use instead, beside it:
    /// ```yaml
    /// FunctionPermission:
    ///   Type: AWS::Lambda::Permission
    ///   Properties:
    ///     Action: lambda:InvokeFunction
    ///     FunctionName: !GetAtt Api.Arn
    ///     Principal: cloudfront.amazonaws.com
    ///     SourceArn: !Sub arn:aws:cloudfront::${AWS::AccountId}:distribution/${Site}
    ///     InvokedViaFunctionUrl: true
    /// ```
    /// In CloudFormation:
    /// ```yaml
    /// # bad
    /// UrlPermission:
    ///   Type: AWS::Lambda::Permission
    ///   Properties:
    ///     Action: lambda:InvokeFunctionUrl
    ///     FunctionName: !GetAtt Api.Arn
    ///     Principal: cloudfront.amazonaws.com
    ///     SourceArn: !Sub arn:aws:cloudfront::${AWS::AccountId}:distribution/${Site}
    /// # good
    /// UrlPermission:
    ///   Type: AWS::Lambda::Permission
    ///   Properties:
    ///     Action: lambda:InvokeFunctionUrl
    ///     FunctionName: !GetAtt Api.Arn
    ///     Principal: cloudfront.amazonaws.com
    ///     SourceArn: !Sub arn:aws:cloudfront::${AWS::AccountId}:distribution/${Site}
    /// FunctionPermission:
    ///   Type: AWS::Lambda::Permission
    ///   Properties:
    ///     Action: lambda:InvokeFunction
    ///     FunctionName: !GetAtt Api.Arn
    ///     Principal: cloudfront.amazonaws.com
    ///     SourceArn: !Sub arn:aws:cloudfront::${AWS::AccountId}:distribution/${Site}
    ///     InvokedViaFunctionUrl: true
    /// ```
    /// In Terraform:
    /// ```hcl
    /// # bad
    /// resource "aws_lambda_permission" "url" {
    ///   action        = "lambda:InvokeFunctionUrl"
    ///   function_name = aws_lambda_function.api.function_name
    ///   principal     = "cloudfront.amazonaws.com"
    ///   source_arn    = aws_cloudfront_distribution.site.arn
    /// }
    /// # good
    /// # beside the permission above
    /// resource "aws_lambda_permission" "function" {
    ///   action                   = "lambda:InvokeFunction"
    ///   function_name            = aws_lambda_function.api.function_name
    ///   principal                = "cloudfront.amazonaws.com"
    ///   source_arn               = aws_cloudfront_distribution.site.arn
    ///   invoked_via_function_url = true
    /// }
    /// ```
    ///
    /// ## How to fix
    /// Add the permissions that the finding prints: `AWS::Lambda::Permission` in a template,
    /// `aws_lambda_permission` in Terraform, `aws lambda add-permission` elsewhere. Where the origin
    /// does not sign, set its `OriginAccessControlId` to a control of type `lambda` that signs always.
    /// Don't set `AuthType` to `NONE` instead: the URL then answers anybody, past CloudFront.
    ///
    /// ## References
    /// - [Restrict access to an AWS Lambda function URL origin](https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/private-content-restricting-access-to-lambda.html)
    /// - [Control access to Lambda function URLs](https://docs.aws.amazon.com/lambda/latest/dg/urls-auth.html)
    "ungranted-function-access", OriginMap, Warning, check
}

/// What CloudFront needs to call a function through its URL.
const ACTIONS: [&str; 2] = ["lambda:InvokeFunctionUrl", "lambda:InvokeFunction"];

fn check(case: &Case<'_>, findings: &mut Findings) {
    let sources = Sources::new(case);
    for subject in case.origins() {
        let origin = subject.origin;
        if origin.kind() != OriginKind::Custom || origin.s3_endpoint.is_some() {
            continue;
        }
        match case.facts.function_url(&origin.domain_name) {
            Some(url) => judge(&sources, subject, url, findings),
            None => {
                if let Some(unchecked) = unchecked_grant(case, subject) {
                    findings.undecided(&origin.place, unchecked);
                }
            }
        }
    }
}

fn judge<'a>(
    sources: &Sources<'_, 'a>,
    subject: &KnownOrigin<'a>,
    url: &FunctionUrl,
    findings: &mut Findings,
) {
    let (case, origin) = (sources.case, subject.origin);
    let Some(signing) = Signing::of(case, subject, "lambda", findings) else {
        return;
    };
    let Some(auth_type) = url.auth_type else {
        findings.undecided(&origin.place, undecided(url, "its AuthType"));
        return;
    };
    let source = sources.of("aws");
    match (auth_type, signing) {
        (AuthType::Iam, Signing::Always) => {
            judge_permissions(case, origin, url, source, source.asker(), findings);
        }
        (AuthType::Iam, Signing::Never(_)) if case.reach().edge_decides(origin) => {
            findings.undecided(
                &origin.place,
                undecided(url, "whether the function at the edge signs"),
            );
        }
        (AuthType::Iam, Signing::Never(control)) => {
            unsigned(case, origin, url, control, findings);
        }
        // Without authorization Lambda asks for no signature, so the permissions have to let every
        // caller in, whatever CloudFront signs.
        (AuthType::None, _) => {
            let anybody = Asker::Anonymous { tls: true };
            judge_permissions(case, origin, url, source, anybody, findings);
        }
    }
}

fn undecided(url: &FunctionUrl, on: &str) -> Unknown {
    Unknown::without(
        "function URL permission",
        &url.function,
        on,
        Requirement::ManualReview,
    )
}

fn unsigned(
    case: &Case<'_>,
    origin: &Origin,
    url: &FunctionUrl,
    control: Option<&str>,
    findings: &mut Findings,
) {
    let (why, remedy) = match control {
        Some(id) => (
            format!("its origin access control `{id}` never signs"),
            format!("set SigningBehavior of `{id}` to always"),
        ),
        None => (
            "it has no origin access control".to_owned(),
            "set OriginAccessControlId to an origin access control of type lambda that signs always"
                .to_owned(),
        ),
    };
    findings
        .add(
            &origin.domain_name.place,
            format!(
                "origin {} calls the URL of function `{}`, which answers only signed requests \
                 (AuthType AWS_IAM), and {why}, so that viewers get 403",
                origin.name(),
                url.function
            ),
        )
        .origin(case.reach(), origin)
        .evidence("AuthType", AuthType::Iam.text())
        .remedy(remedy);
}

fn judge_permissions(
    case: &Case<'_>,
    origin: &Origin,
    url: &FunctionUrl,
    source: &Source,
    asker: Asker<'_>,
    findings: &mut Findings,
) {
    let auth_type = url.auth_type.map_or("", AuthType::text);
    let mut missing = Vec::new();
    // Function URLs behind an OAC need both, since October 2025 for new ones and since 2026-11-01
    // for all.
    for action in ACTIONS {
        let question = Question {
            asker,
            action,
            resource: Text::Is("arn:aws:lambda:::function"),
            resource_account: case.facts.account.as_ref().map(AccountId::as_str),
            via: Via::FunctionUrl(auth_type),
        };
        match url.policy.grants(&question) {
            Grant::Granted => {}
            Grant::Undecided(reason) | Grant::Denied(reason) => {
                findings.undecided(&origin.place, undecided(url, &reason.to_string()));
                return;
            }
            Grant::NotGranted { nearest } => missing.push((action, nearest)),
        }
    }
    if missing.is_empty() {
        return;
    }
    // A permission that the document does not show may be the missing one.
    if let Some(others) = &url.others {
        findings.undecided(&origin.place, others.clone());
        return;
    }
    let names: Vec<&str> = missing.iter().map(|(action, _)| *action).collect();
    let reader = match asker {
        Asker::Anonymous { .. } => "an unsigned request".to_owned(),
        _ => source.in_words(),
    };
    let closest = missing.iter().find_map(|(_, nearest)| nearest.as_ref());
    let closest = closest.map_or(String::new(), |it| format!(": the closest is {it}"));
    findings
        .add(
            &origin.domain_name.place,
            format!(
                "origin {} calls the URL of function `{}` (AuthType {auth_type}), whose permissions do \
                 not allow {} {}, so that viewers get 403{closest}",
                origin.name(),
                url.function,
                reader,
                names.join(" and ")
            ),
        )
        .origin(case.reach(), origin)
        .evidence("AuthType", auth_type)
        .remedy(remedy(url, source, &names));
}

/// The permissions to add, in the members of `AddPermission`, which templates and plans spell in their
/// own way.
fn remedy(url: &FunctionUrl, source: &Source, actions: &[&str]) -> String {
    let arn = source.arn(true);
    let permissions: Vec<String> = actions
        .iter()
        .map(|action| {
            let all = match *action {
                // The function itself is to be called through its URL only.
                "lambda:InvokeFunction" => json!({"Action": action, "Principal": Asker::CLOUDFRONT,
                    "SourceArn": arn, "InvokedViaFunctionUrl": true}),
                _ => json!({"Action": action, "Principal": Asker::CLOUDFRONT, "SourceArn": arn}),
            };
            all.to_string()
        })
        .collect();
    let permissions = match permissions.as_slice() {
        [one] => format!("the permission {one}"),
        all => format!("the permissions {}", all.join(" and ")),
    };
    let sign = match url.auth_type {
        Some(AuthType::None) => {
            "set AuthType to AWS_IAM and OriginAccessControlId to an origin access control of type \
             lambda that signs always, and "
        }
        _ => "",
    };
    let note = placeholders(&permissions);
    format!(
        "{sign}add to function `{}` {permissions}{note}",
        url.function
    )
}

#[cfg(test)]
mod tests {
    use expect_test::expect;

    use serde_json::Value;

    use super::*;
    use crate::rules::testing::{Scene, all_fail, all_pass_with_unknowns, custom_origin, text};

    const CLOUDFRONT: &str = "Principal: cloudfront.amazonaws.com, SourceArn: !Sub \
        'arn:${AWS::Partition}:cloudfront::${AWS::AccountId}:distribution/${Cdn}'";
    const PUBLIC: &str = "Principal: '*'";

    /// A template with a function, its URL, and a distribution with this control in front of it.
    fn template(auth_type: &str, control: &str, resources: &str) -> Scene {
        Scene::of_source(&format!(
            "Resources:
  Fn: {{Type: 'AWS::Lambda::Function', Properties: {{Role: r}}}}
  FnUrl: {{Type: 'AWS::Lambda::Url', Properties: {{AuthType: {auth_type}, TargetFunctionArn: !GetAtt Fn.Arn}}}}
{resources}
  Access: {{Type: 'AWS::CloudFront::OriginAccessControl', Properties: {{OriginAccessControlConfig: {{Name: fn, \
             OriginAccessControlOriginType: lambda, SigningBehavior: {control}, SigningProtocol: sigv4}}}}}}
  Cdn:
    Type: AWS::CloudFront::Distribution
    Properties:
      DistributionConfig:
        Enabled: true
        Origins:
          - Id: fn
            DomainName: !Select [2, !Split ['/', !GetAtt FnUrl.FunctionUrl]]
            OriginAccessControlId: !GetAtt Access.Id
            CustomOriginConfig: {{OriginProtocolPolicy: https-only}}
        DefaultCacheBehavior: {{TargetOriginId: fn, ViewerProtocolPolicy: https-only}}
"
        ))
    }

    fn permission(id: &str, action: &str, members: &str) -> String {
        format!(
            "  {id}: {{Type: 'AWS::Lambda::Permission', Properties: {{Action: 'lambda:{action}', FunctionName: \
             !GetAtt Fn.Arn, {members}}}}}\n"
        )
    }

    fn both(members: &str) -> String {
        permission("Url", "InvokeFunctionUrl", members)
            + &permission("Function", "InvokeFunction", members)
    }

    fn without_control(mut scene: Scene) -> Scene {
        scene.candidate.origins[0].origin_access_control_id = None;
        scene
    }

    #[test]
    fn fails_for_one_of_the_two_permissions_or_none() {
        all_fail(
            &RULE,
            [
                permission("Url", "InvokeFunctionUrl", CLOUDFRONT),
                permission("Function", "InvokeFunction", CLOUDFRONT),
                String::new(),
            ]
            .map(|given| template("AWS_IAM", "always", &given)),
            expect![[r#"
                warning at /Resources/Cdn/Properties/DistributionConfig/Origins/0/DomainName/Fn::Select
                  origin `fn` calls the URL of function `Fn` (AuthType AWS_IAM), whose permissions do not allow this distribution lambda:InvokeFunction, so that viewers get 403: the closest is statement `Url`: Action
                  help: add to function `Fn` the permission {"Action":"lambda:InvokeFunction","Principal":"cloudfront.amazonaws.com","SourceArn":"arn:aws:cloudfront::${AWS::AccountId}:distribution/${Cdn}","InvokedViaFunctionUrl":true}
                  origin: fn
                  paths: `*`

                warning at /Resources/Cdn/Properties/DistributionConfig/Origins/0/DomainName/Fn::Select
                  origin `fn` calls the URL of function `Fn` (AuthType AWS_IAM), whose permissions do not allow this distribution lambda:InvokeFunctionUrl, so that viewers get 403: the closest is statement `Function`: Action
                  help: add to function `Fn` the permission {"Action":"lambda:InvokeFunctionUrl","Principal":"cloudfront.amazonaws.com","SourceArn":"arn:aws:cloudfront::${AWS::AccountId}:distribution/${Cdn}"}
                  origin: fn
                  paths: `*`

                warning at /Resources/Cdn/Properties/DistributionConfig/Origins/0/DomainName/Fn::Select
                  origin `fn` calls the URL of function `Fn` (AuthType AWS_IAM), whose permissions do not allow this distribution lambda:InvokeFunctionUrl and lambda:InvokeFunction, so that viewers get 403
                  help: add to function `Fn` the permissions {"Action":"lambda:InvokeFunctionUrl","Principal":"cloudfront.amazonaws.com","SourceArn":"arn:aws:cloudfront::${AWS::AccountId}:distribution/${Cdn}"} and {"Action":"lambda:InvokeFunction","Principal":"cloudfront.amazonaws.com","SourceArn":"arn:aws:cloudfront::${AWS::AccountId}:distribution/${Cdn}","InvokedViaFunctionUrl":true}
                  origin: fn
                  paths: `*`
            "#]],
        );
    }

    #[test]
    fn fails_for_permissions_of_another_distribution_account_or_function() {
        let mut other_function = both(CLOUDFRONT).replace("!GetAtt Fn.Arn", "other");
        other_function.push_str(&permission(
            "Api",
            "InvokeFunction",
            "Principal: apigateway.amazonaws.com",
        ));
        all_fail(
            &RULE,
            [
                both("Principal: cloudfront.amazonaws.com, SourceArn: 'arn:aws:cloudfront::444455556666:distribution/E2'"),
                both("Principal: '444455556666'"),
                other_function,
                both(PUBLIC).replace("'*'", "'*', FunctionUrlAuthType: NONE"),
            ]
            .map(|given| {
                let mut scene = template("AWS_IAM", "always", &given);
                scene.candidate.arn = Some("arn:aws:cloudfront::111122223333:distribution/E1".to_owned());
                scene
            }),
            expect![[r#"
                warning at /Resources/Cdn/Properties/DistributionConfig/Origins/0/DomainName/Fn::Select
                  origin `fn` calls the URL of function `Fn` (AuthType AWS_IAM), whose permissions do not allow this distribution, `arn:aws:cloudfront::111122223333:distribution/E1`, lambda:InvokeFunctionUrl and lambda:InvokeFunction, so that viewers get 403: the closest is statement `Url`: ArnLike AWS:SourceArn arn:aws:cloudfront::444455556666:distribution/E2
                  help: add to function `Fn` the permissions {"Action":"lambda:InvokeFunctionUrl","Principal":"cloudfront.amazonaws.com","SourceArn":"arn:aws:cloudfront::111122223333:distribution/E1"} and {"Action":"lambda:InvokeFunction","Principal":"cloudfront.amazonaws.com","SourceArn":"arn:aws:cloudfront::111122223333:distribution/E1","InvokedViaFunctionUrl":true}
                  origin: fn
                  paths: `*`

                warning at /Resources/Cdn/Properties/DistributionConfig/Origins/0/DomainName/Fn::Select
                  origin `fn` calls the URL of function `Fn` (AuthType AWS_IAM), whose permissions do not allow this distribution, `arn:aws:cloudfront::111122223333:distribution/E1`, lambda:InvokeFunctionUrl and lambda:InvokeFunction, so that viewers get 403: the closest is statement `Url`: Principal
                  help: add to function `Fn` the permissions {"Action":"lambda:InvokeFunctionUrl","Principal":"cloudfront.amazonaws.com","SourceArn":"arn:aws:cloudfront::111122223333:distribution/E1"} and {"Action":"lambda:InvokeFunction","Principal":"cloudfront.amazonaws.com","SourceArn":"arn:aws:cloudfront::111122223333:distribution/E1","InvokedViaFunctionUrl":true}
                  origin: fn
                  paths: `*`

                warning at /Resources/Cdn/Properties/DistributionConfig/Origins/0/DomainName/Fn::Select
                  origin `fn` calls the URL of function `Fn` (AuthType AWS_IAM), whose permissions do not allow this distribution, `arn:aws:cloudfront::111122223333:distribution/E1`, lambda:InvokeFunctionUrl and lambda:InvokeFunction, so that viewers get 403: the closest is statement `Api`: Action
                  help: add to function `Fn` the permissions {"Action":"lambda:InvokeFunctionUrl","Principal":"cloudfront.amazonaws.com","SourceArn":"arn:aws:cloudfront::111122223333:distribution/E1"} and {"Action":"lambda:InvokeFunction","Principal":"cloudfront.amazonaws.com","SourceArn":"arn:aws:cloudfront::111122223333:distribution/E1","InvokedViaFunctionUrl":true}
                  origin: fn
                  paths: `*`

                warning at /Resources/Cdn/Properties/DistributionConfig/Origins/0/DomainName/Fn::Select
                  origin `fn` calls the URL of function `Fn` (AuthType AWS_IAM), whose permissions do not allow this distribution, `arn:aws:cloudfront::111122223333:distribution/E1`, lambda:InvokeFunctionUrl and lambda:InvokeFunction, so that viewers get 403: the closest is statement `Url`: StringEquals lambda:FunctionUrlAuthType NONE
                  help: add to function `Fn` the permissions {"Action":"lambda:InvokeFunctionUrl","Principal":"cloudfront.amazonaws.com","SourceArn":"arn:aws:cloudfront::111122223333:distribution/E1"} and {"Action":"lambda:InvokeFunction","Principal":"cloudfront.amazonaws.com","SourceArn":"arn:aws:cloudfront::111122223333:distribution/E1","InvokedViaFunctionUrl":true}
                  origin: fn
                  paths: `*`
            "#]],
        );
    }

    #[test]
    fn fails_where_nothing_signs_for_a_url_that_wants_signatures() {
        all_fail(
            &RULE,
            [
                template("AWS_IAM", "never", &both(CLOUDFRONT)),
                without_control(template("AWS_IAM", "always", &both(CLOUDFRONT))),
            ],
            expect![[r#"
                warning at /Resources/Cdn/Properties/DistributionConfig/Origins/0/DomainName/Fn::Select
                  origin `fn` calls the URL of function `Fn`, which answers only signed requests (AuthType AWS_IAM), and its origin access control `${Access}` never signs, so that viewers get 403
                  help: set SigningBehavior of `${Access}` to always
                  origin: fn
                  paths: `*`

                warning at /Resources/Cdn/Properties/DistributionConfig/Origins/0/DomainName/Fn::Select
                  origin `fn` calls the URL of function `Fn`, which answers only signed requests (AuthType AWS_IAM), and it has no origin access control, so that viewers get 403
                  help: set OriginAccessControlId to an origin access control of type lambda that signs always
                  origin: fn
                  paths: `*`
            "#]],
        );
    }

    #[test]
    fn fails_for_a_url_without_authorization_that_is_not_public() {
        let scene = template("NONE", "always", &both(CLOUDFRONT));
        scene.fails(&RULE, expect![[r#"
            warning at /Resources/Cdn/Properties/DistributionConfig/Origins/0/DomainName/Fn::Select
              origin `fn` calls the URL of function `Fn` (AuthType NONE), whose permissions do not allow an unsigned request lambda:InvokeFunctionUrl and lambda:InvokeFunction, so that viewers get 403: the closest is statement `Url`: ArnLike AWS:SourceArn arn:aws:cloudfront::${AWS::AccountId}:distribution/${Cdn}
              help: set AuthType to AWS_IAM and OriginAccessControlId to an origin access control of type lambda that signs always, and add to function `Fn` the permissions {"Action":"lambda:InvokeFunctionUrl","Principal":"cloudfront.amazonaws.com","SourceArn":"arn:aws:cloudfront::${AWS::AccountId}:distribution/${Cdn}"} and {"Action":"lambda:InvokeFunction","Principal":"cloudfront.amazonaws.com","SourceArn":"arn:aws:cloudfront::${AWS::AccountId}:distribution/${Cdn}","InvokedViaFunctionUrl":true}
              origin: fn
              paths: `*`
        "#]]);
    }

    #[test]
    fn fails_for_the_url_that_sam_makes() {
        let template = "Transform: AWS::Serverless-2016-10-31
Resources:
  Api: {Type: 'AWS::Serverless::Function', Properties: {FunctionUrlConfig: {AuthType: AWS_IAM}}}
  Url: {Type: 'AWS::Lambda::Permission', Properties: {Action: 'lambda:InvokeFunctionUrl', FunctionName: !Ref Api, \
                        Principal: cloudfront.amazonaws.com, SourceAccount: !Ref AWS::AccountId}}
  Cdn: {Type: 'AWS::CloudFront::Distribution', Properties: {DistributionConfig: {Enabled: true, Origins: [{Id: api, \
                        DomainName: !Select [2, !Split ['/', !GetAtt ApiUrl.FunctionUrl]], OriginAccessControlId: EOAC, \
                        CustomOriginConfig: {OriginProtocolPolicy: https-only}}], DefaultCacheBehavior: {TargetOriginId: \
                        api, ViewerProtocolPolicy: https-only}}}}
";
        Scene::of_source(template)
            .origin_access_control("EOAC", "lambda", "always")
            .fails(&RULE, expect![[r#"
                warning at /Resources/Cdn/Properties/DistributionConfig/Origins/0/DomainName/Fn::Select
                  origin `api` calls the URL of function `Api` (AuthType AWS_IAM), whose permissions do not allow this distribution lambda:InvokeFunction, so that viewers get 403: the closest is statement `Url`: Action
                  help: add to function `Api` the permission {"Action":"lambda:InvokeFunction","Principal":"cloudfront.amazonaws.com","SourceArn":"arn:aws:cloudfront::${AWS::AccountId}:distribution/${Cdn}","InvokedViaFunctionUrl":true}
                  origin: api
                  paths: `*`
            "#]]);
    }

    #[test]
    fn passes_with_both_permissions() {
        for given in [
            both(CLOUDFRONT),
            both(CLOUDFRONT).replace("!GetAtt Fn.Arn", "!Ref Fn"),
            both(
                "Principal: cloudfront.amazonaws.com, SourceArn: !Sub 'arn:aws:cloudfront::${AWS::AccountId}:distribution/*'",
            ),
            both("Principal: cloudfront.amazonaws.com, SourceAccount: !Ref AWS::AccountId"),
            both(&format!("FunctionUrlAuthType: AWS_IAM, {CLOUDFRONT}")),
            both(&format!("InvokedViaFunctionUrl: true, {CLOUDFRONT}")),
        ] {
            template("AWS_IAM", "always", &given).passes(&RULE);
        }
    }

    #[test]
    fn passes_for_a_url_that_is_public_on_purpose() {
        let public = both(PUBLIC);
        for given in [
            &public,
            &public.replace("'*'", "'*', FunctionUrlAuthType: NONE"),
        ] {
            without_control(template("NONE", "always", given)).passes(&RULE);
        }
    }

    #[test]
    fn passes_with_an_unknown_where_the_template_does_not_decide() {
        let sam = "  Api: {Type: 'AWS::Lambda::Permission', Properties: {Action: 'lambda:InvokeFunction', FunctionName: \
                   !ImportValue fn, Principal: cloudfront.amazonaws.com}}";
        let custom =
            "  Grant: {Type: 'Custom::Grant', Properties: {ServiceToken: t, Function: !Ref Fn}}";
        all_pass_with_unknowns(
            &RULE,
            [sam, custom].map(|given| template("AWS_IAM", "always", given)),
            expect![[r#"
                unknown: function permissions `Fn`, who may call function `Fn` is known only after the deployment: `Api` may be one of them

                unknown: function permissions `Fn`, who may call function `Fn` is known only after the deployment: a macro, nested stack or custom resource may give more
            "#]],
        );
    }

    #[test]
    fn passes_with_an_unknown_where_no_call_reads_the_permissions() {
        let scenes = [
            "abc.lambda-url.eu-west-1.on.aws",
            "a1.x9y.lambda-web.us-east-1.on.aws",
            "k1.lambda-web.global.on.aws",
        ]
        .map(|host| {
            Scene::of(custom_origin("main", host))
                .with(|origin| origin.origin_access_control_id = Some(text("EOAC")))
        });
        all_pass_with_unknowns(
            &RULE,
            scenes,
            expect![[r#"
            unknown: function URL permission `abc.lambda-url.eu-west-1.on.aws`, not decidable: no call of the guard reads it
              needs: a manual review: the function must allow lambda:InvokeFunctionUrl and lambda:InvokeFunction to cloudfront.amazonaws.com for this distribution

            unknown: Web Function permission `a1.x9y.lambda-web.us-east-1.on.aws`, not decidable: no call of the guard reads it
              needs: a manual review: the endpoint's AuthType must be `IamAuth`, and the function must allow lambda:InvokeWebFunctionEndpoint to cloudfront.amazonaws.com for this distribution

            unknown: Web Function permission `k1.lambda-web.global.on.aws`, not decidable: no call of the guard reads it
              needs: a manual review: the endpoint's AuthType must be `IamAuth`, and the function must allow lambda:InvokeWebFunctionEndpoint to cloudfront.amazonaws.com for this distribution
        "#]],
        );
    }

    /// A plan of a first run: what it makes has no ARN yet.
    fn plan(permissions: &[(&str, &str)]) -> Scene {
        let change = |address: &str, kind: &str, after: Value, unknown: Value| {
            json!({"address": address, "mode": "managed", "type": kind,
                "change": {"actions": ["create"], "before": null, "after": after, "after_unknown": unknown}})
        };
        let declared = |address: &str, kind: &str, expressions: Value| json!({"address": address, "type": kind, "expressions": expressions});
        let named = json!({"references": ["aws_lambda_function.api.function_name", "aws_lambda_function.api"]});
        let url = "aws_lambda_function_url.api";
        let mut changes = vec![
            change(
                url,
                "aws_lambda_function_url",
                json!({"authorization_type": "AWS_IAM", "function_name": "api"}),
                json!({"function_url": true, "url_id": true}),
            ),
            change(
                "aws_cloudfront_origin_access_control.api",
                "aws_cloudfront_origin_access_control",
                json!({"name": "api", "origin_access_control_origin_type": "lambda", "signing_behavior": "always",
                    "signing_protocol": "sigv4"}),
                json!({"id": true}),
            ),
            change(
                "aws_cloudfront_distribution.site",
                "aws_cloudfront_distribution",
                json!({"enabled": true, "origin": [{"origin_id": "api", "custom_origin_config": [{"http_port": 80,
                    "https_port": 443, "origin_protocol_policy": "https-only", "origin_ssl_protocols": ["TLSv1.2"]}]}],
                    "default_cache_behavior": [{"target_origin_id": "api", "cache_policy_id": "p"}]}),
                json!({"id": true, "arn": true, "origin": [{"domain_name": true, "origin_access_control_id": true}]}),
            ),
        ];
        let mut resources = vec![
            declared(
                url,
                "aws_lambda_function_url",
                json!({"function_name": named}),
            ),
            declared(
                "aws_cloudfront_distribution.site",
                "aws_cloudfront_distribution",
                json!({"origin": [{
                "domain_name": {"references": ["aws_lambda_function_url.api.function_url", url]},
                "origin_access_control_id": {"references": ["aws_cloudfront_origin_access_control.api.id",
                    "aws_cloudfront_origin_access_control.api"]}}]}),
            ),
        ];
        for (name, action) in permissions {
            let address = format!("aws_lambda_permission.{name}");
            changes.push(change(
                &address,
                "aws_lambda_permission",
                json!({"action": action, "function_name": "api",
                "principal": "cloudfront.amazonaws.com"}),
                json!({"source_arn": true}),
            ));
            resources.push(declared(&address, "aws_lambda_permission", json!({"function_name": named, "source_arn":
                {"references": ["aws_cloudfront_distribution.site.arn", "aws_cloudfront_distribution.site"]}})));
        }
        let plan = json!({"format_version": "1.2", "planned_values": {}, "resource_changes": changes,
            "configuration": {"root_module": {"resources": resources}}});
        Scene::of_source(&plan.to_string())
    }

    #[test]
    fn fails_for_a_plan_with_one_of_the_two_permissions() {
        plan(&[("url", "lambda:InvokeFunctionUrl")]).fails(&RULE, expect![[r#"
            warning at aws_cloudfront_distribution.site.origin[0].domain_name
              origin `api` calls the URL of function `api` (AuthType AWS_IAM), whose permissions do not allow this distribution lambda:InvokeFunction, so that viewers get 403: the closest is statement `aws_lambda_permission.url`: Action
              help: add to function `api` the permission {"Action":"lambda:InvokeFunction","Principal":"cloudfront.amazonaws.com","SourceArn":"arn:aws:cloudfront::ACCOUNT_ID:distribution/DISTRIBUTION_ID","InvokedViaFunctionUrl":true}, with the distribution's account and, once it is created, its ID in the places of ACCOUNT_ID and DISTRIBUTION_ID
              origin: api
              paths: `*`
        "#]]);
    }

    #[test]
    fn passes_for_a_plan_with_both() {
        plan(&[
            ("url", "lambda:InvokeFunctionUrl"),
            ("function", "lambda:InvokeFunction"),
        ])
        .passes(&RULE);
    }
}
