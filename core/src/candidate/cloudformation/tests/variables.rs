//! `${Name}` in plain texts, and what symbols are known to be.

use super::*;

fn template(resources: &str, origin: &str) -> String {
    format!(
        "Parameters: {{Domain: {{Type: String}}}}\nResources:\n{resources}\n  Cdn:\n    Type: AWS::CloudFront::Distribution\n    Properties:\n      DistributionConfig:\n        Comment: '${{Domain}}'\n        Enabled: true\n        Origins: [{origin}]\n        DefaultCacheBehavior: {{TargetOriginId: a, ViewerProtocolPolicy: https-only, CachePolicyId: 658327ea-f89d-4fab-a63d-7e88639e58f6}}\n"
    )
}

/// What is found in a distribution of a template with these resources and this origin.
fn found(resources: &str, origin: &str) -> Vec<String> {
    let text = template(resources, origin);
    let candidates = candidates(&text);
    let (facts, limits) = (Facts::default(), Limits::default());
    let case = Case::new(&candidates[0].distribution, &facts, &limits);
    let Judgement { findings, .. } = judge(&case);
    let errors = findings.iter().filter(|finding| finding.blocks());
    errors
        .map(|finding| format!("{} {}", finding.rule.name, finding.place.pointer))
        .collect()
}

const ORIGINS: &str = "/Resources/Cdn/Properties/DistributionConfig/Origins/0";

#[test]
fn a_variable_in_a_plain_text_is_literal_and_reported_once() {
    let bucket = "  Assets: {Type: 'AWS::S3::Bucket'}";
    for (origin, pointer) in [
        (
            "{Id: a, DomainName: '${Assets}.s3.eu-west-1.amazonaws.com', S3OriginConfig: {}}",
            "/DomainName",
        ),
        (
            "{Id: a, DomainName: '${Assets.RegionalDomainName}', S3OriginConfig: {}}",
            "/DomainName",
        ),
        (
            "{Id: a, DomainName: 'api.${AWS::Region}.example.com', CustomOriginConfig: {OriginProtocolPolicy: https-only}}",
            "/DomainName",
        ),
        (
            "{Id: a, DomainName: !Join ['.', ['${Domain}', example.com]], CustomOriginConfig: {OriginProtocolPolicy: https-only}}",
            "/DomainName/Fn::Join/1/0",
        ),
        (
            "{Id: a, DomainName: a.example.com, OriginPath: '/${Domain}', CustomOriginConfig: {OriginProtocolPolicy: https-only}}",
            "/OriginPath",
        ),
    ] {
        let expected = format!("unsubstituted-variable {ORIGINS}{pointer}");
        assert_eq!(found(bucket, origin), [expected], "{origin}");
    }
}

#[test]
fn a_literal_domain_has_no_other_finding() {
    let resources = "  Assets: {Type: 'AWS::S3::Bucket'}";
    let origin = "{Id: a, DomainName: '${Assets}.s3.eu-west-1.amazonaws.com', S3OriginConfig: {}}";
    let text = template(resources, origin);
    let findings = judged(&candidates(&text)[0]).findings;
    let rules: Vec<&str> = findings.iter().map(|finding| finding.rule.name).collect();
    assert_eq!(rules, ["unsubstituted-variable"]);
}

#[test]
fn a_literal_name_of_a_bucket_is_found_where_it_stands() {
    let bucket =
        "  Assets: {Type: 'AWS::S3::Bucket', Properties: {BucketName: '${AWS::StackName}-assets'}}";
    let origin = "{Id: a, DomainName: !GetAtt Assets.RegionalDomainName, S3OriginConfig: {}}";
    let place = "/Resources/Assets/Properties/BucketName";
    assert!(found(bucket, origin).contains(&format!("unsubstituted-variable {place}")));
}

#[test]
fn the_placeholders_of_other_tools_are_left_to_them() {
    for domain in [
        "${self:custom.host}",
        "${opt:stage}.example.com",
        "{{ host }}",
        "${BUCKET}.example.com",
    ] {
        let origin = format!(
            "{{Id: a, DomainName: '{domain}', CustomOriginConfig: {{OriginProtocolPolicy: https-only}}}}"
        );
        assert_eq!(found("", &origin), [""; 0], "{domain}");
    }
}

#[test]
fn what_an_attribute_is_decides_before_the_deployment() {
    let resources = "  Url: {Type: 'AWS::Lambda::Url'}\n  Http: {Type: 'AWS::ApiGatewayV2::Api'}\n  Site: {Type: 'AWS::S3::Bucket'}\n  Alb: {Type: 'AWS::ElasticLoadBalancingV2::LoadBalancer'}\n  Ip: {Type: 'AWS::EC2::EIP'}";
    let malformed = format!("malformed-origin-domain {ORIGINS}/DomainName");
    for domain in [
        "!GetAtt Url.FunctionUrl",
        "!GetAtt Http.ApiEndpoint",
        "!GetAtt Site.Arn",
        "!Ref Site",
        "!Ref Alb",
        "!Ref Http",
        "!Ref Ip",
        "!Sub 'https://${Domain}'",
        "!Sub '${Alb.DNSName}:8080'",
        "!Select [0, !Split ['/', !GetAtt Url.FunctionUrl]]",
        "!Select [1, !Split ['://', !GetAtt Url.FunctionUrl]]",
    ] {
        let origin = format!(
            "{{Id: a, DomainName: {domain}, CustomOriginConfig: {{OriginProtocolPolicy: https-only}}}}"
        );
        let found = found(resources, &origin);
        assert_eq!(found.len(), 1, "{domain}: {found:?}");
        assert!(found[0].starts_with(&malformed), "{domain}: {found:?}");
    }
    for domain in [
        "!Select [2, !Split ['/', !GetAtt Url.FunctionUrl]]",
        "!Select [1, !Split ['://', !GetAtt Http.ApiEndpoint]]",
        "!GetAtt Alb.DNSName",
        "!Sub '${Http}.execute-api.${AWS::Region}.${AWS::URLSuffix}'",
        "!Ref Domain",
    ] {
        let origin = format!(
            "{{Id: a, DomainName: {domain}, CustomOriginConfig: {{OriginProtocolPolicy: https-only}}}}"
        );
        assert_eq!(found(resources, &origin), [""; 0], "{domain}");
    }
}

#[test]
fn the_url_of_a_website_is_no_host_while_its_region_is_open() {
    let bucket = "  Site: {Type: 'AWS::S3::Bucket', Properties: {BucketName: example-brochure}}";
    let origin = "{Id: a, DomainName: !GetAtt Site.WebsiteURL, CustomOriginConfig: {OriginProtocolPolicy: http-only}}";
    assert_eq!(
        found(bucket, origin),
        [format!("malformed-origin-domain {ORIGINS}/DomainName")]
    );
}

#[test]
fn what_is_never_a_bucket_is_no_s3_origin() {
    let resources = "  Alb: {Type: 'AWS::ElasticLoadBalancingV2::LoadBalancer'}\n  Api: {Type: 'AWS::ApiGateway::RestApi'}\n  Url: {Type: 'AWS::Lambda::Url'}";
    for domain in [
        "!GetAtt Alb.DNSName",
        "!Sub '${Api}.execute-api.${AWS::Region}.amazonaws.com'",
        "!Sub '${Domain}.example.com'",
        "!Select [2, !Split ['/', !GetAtt Url.FunctionUrl]]",
    ] {
        let origin = format!("{{Id: a, DomainName: {domain}, S3OriginConfig: {{}}}}");
        let expected = format!("non-s3-domain-as-s3-origin {ORIGINS}/DomainName");
        let found = found(resources, &origin);
        assert_eq!(found.len(), 1, "{domain}");
        assert!(found[0].starts_with(&expected), "{found:?}");
    }
    let open = "{Id: a, DomainName: !Ref Domain, S3OriginConfig: {}}";
    assert_eq!(found(resources, open), [""; 0]);
}

#[test]
fn a_literal_id_is_never_an_arn() {
    let text = "{Id: !Ref Alb, DomainName: a.example.com, CustomOriginConfig: {OriginProtocolPolicy: https-only}}";
    let resources = "  Alb: {Type: 'AWS::ElasticLoadBalancingV2::LoadBalancer'}";
    let target = "/Resources/Cdn/Properties/DistributionConfig/DefaultCacheBehavior/TargetOriginId";
    assert_eq!(
        found(resources, text),
        [format!("unknown-target-origin {target}")]
    );
}

#[test]
fn a_name_is_impossible_whatever_its_region() {
    for domain in [
        "!Sub 'My_Bucket.s3.${AWS::Region}.amazonaws.com'",
        "!Sub 'my_bucket-${Domain}.s3.${AWS::Region}.amazonaws.com'",
    ] {
        let origin = format!("{{Id: a, DomainName: {domain}, S3OriginConfig: {{}}}}");
        let expected = format!("invalid-bucket-name {ORIGINS}/DomainName");
        assert_eq!(found("", &origin), [expected], "{domain}");
    }
}

/// The rules that block a distribution whose only origin has this ID and whose default behavior has this
/// target.
fn targeting(id: &str, target: &str) -> Vec<&'static str> {
    let text = format!(
        "Parameters: {{Stage: {{Type: String}}}}\nResources:\n  Fn: {{Type: 'AWS::Lambda::Function'}}\n  Files: {{Type: 'AWS::S3::Bucket'}}\n  Queue: {{Type: 'AWS::SQS::Queue'}}\n  Cdn:\n    Type: AWS::CloudFront::Distribution\n    Properties:\n      DistributionConfig:\n        Enabled: true\n        Origins: [{{Id: {id}, DomainName: www.example.com, CustomOriginConfig: {{OriginProtocolPolicy: https-only}}}}]\n        DefaultCacheBehavior: {{TargetOriginId: {target}, ViewerProtocolPolicy: https-only, CachePolicyId: 658327ea-f89d-4fab-a63d-7e88639e58f6}}\n"
    );
    let judgement = judged(&candidates(&text)[0]);
    let errors = judgement.findings.iter().filter(|finding| finding.blocks());
    errors.map(|finding| finding.rule.name).collect()
}

#[test]
fn a_target_that_can_never_be_an_id_of_the_template_is_an_error() {
    for (id, target) in [
        ("files", "!GetAtt Fn.Arn"),
        ("files", "!Ref Queue"),
        ("S3Origin", "!Ref Files"),
        ("web-a", "!Sub 'api-${Stage}'"),
        ("!GetAtt Fn.Arn", "!Ref Files"),
        ("!GetAtt Fn.Arn", "!GetAtt Queue.Arn"),
    ] {
        assert_eq!(
            targeting(id, target),
            ["unknown-target-origin"],
            "{id} {target}"
        );
    }
    for (id, target) in [
        ("files", "!Ref Files"),
        ("files", "!Ref Stage"),
        ("api-live", "!Sub 'api-${Stage}'"),
        ("S3Origin", "!Ref Fn"),
        ("!Ref Fn", "!Ref Files"),
        ("!Sub 'a-${Stage}'", "!Sub '${Stage}-b'"),
    ] {
        assert_eq!(targeting(id, target), [""; 0], "{id} {target}");
    }
}

#[test]
fn a_parameter_of_tenants_needs_a_definition_in_both_spellings() {
    let origin = "{Id: a, DomainName: '{{shop}}.example.com', CustomOriginConfig: {OriginProtocolPolicy: https-only}}";
    let behavior = "{TargetOriginId: a, ViewerProtocolPolicy: https-only, CachePolicyId: p}";
    let messages = |text: &str| -> Vec<String> {
        let all = judged(&candidates(text)[0]).findings.into_iter();
        let all = all.filter(|it| it.rule.name == "malformed-origin-domain");
        all.map(|it| it.message).collect()
    };
    for (name, count) in [("shop", 0), ("store", 1)] {
        let definition =
            format!("{{Name: {name}, Definition: {{StringSchema: {{Required: true}}}}}}");
        let template = format!(
            "Resources:\n  Cdn:\n    Type: AWS::CloudFront::Distribution\n    Properties:\n      DistributionConfig:\n        Enabled: true\n        ConnectionMode: tenant-only\n        Origins: [{origin}]\n        DefaultCacheBehavior: {behavior}\n        TenantConfig: {{ParameterDefinitions: [{definition}]}}\n"
        );
        assert_eq!(messages(&template).len(), count, "{name}");
        let api = format!(
            "{{Enabled: true, ConnectionMode: tenant-only, Origins: {{Items: [{origin}]}}, DefaultCacheBehavior: {behavior}, TenantConfig: {{ParameterDefinitions: [{definition}]}}}}"
        );
        assert_eq!(messages(&api).len(), count, "{name}");
    }
    let none = format!(
        "{{Enabled: true, ConnectionMode: tenant-only, Origins: {{Items: [{origin}]}}, DefaultCacheBehavior: {behavior}}}"
    );
    assert_eq!(messages(&none).len(), 1);
    // A direct distribution has no tenants: another tool fills the braces in.
    assert_eq!(messages(&none.replace("tenant-only", "direct")), [""; 0]);
}
