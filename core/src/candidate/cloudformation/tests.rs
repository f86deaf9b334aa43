mod bounds;
mod loops;
mod planned;
mod undefined;
mod variables;

use serde_json::{Value, json};

use super::*;
use crate::candidate::{Candidate, ReadOptions, Source, read_documents, settle};
use crate::distribution::{AccountId, BucketName, Expression, S3EndpointKind};
use crate::facts::{Bucket, Encryption, Fact, Facts, Owner, Website};
use crate::finding::NeededBy;
use crate::rules::{Case, Judgement, Limits, judge};

/// What a template makes of one value: the domain of its only origin.
fn domain_of(value: &str, deployment: &Deployment) -> Result<String, TemplateError> {
    let template = format!(
        r#"
Parameters:
  Stage: {{Type: String, Default: prod}}
  Domain: {{Type: String}}
  Hosts: {{Type: CommaDelimitedList, Default: "a.example.com, b.example.com"}}
  Looked: {{Type: "AWS::SSM::Parameter::Value<String>", Default: /cdn/domain}}
Mappings:
  Hosts: {{prod: {{api: api.example.com}}, test: {{api: test.example.com}}}}
Conditions:
  IsProd: !Equals [!Ref Stage, prod]
  IsOpen: !Equals [!Ref Domain, x]
  Either: !Or [!Condition IsOpen, !Condition IsProd]
  Both: !And [!Condition IsOpen, !Not [!Condition IsProd]]
  Never: !Not [!Equals [a, a]]
  Circle: !Not [!Condition Circle]
Resources:
  Assets: {{Type: "AWS::S3::Bucket"}}
  Named: {{Type: "AWS::S3::Bucket", Properties: {{BucketName: !Sub "assets-${{Stage}}"}}}}
  Selfish: {{Type: "AWS::S3::Bucket", Properties: {{BucketName: !Ref Selfish}}}}
  Api: {{Type: "AWS::ApiGateway::RestApi"}}
  Cdn:
    Type: AWS::CloudFront::Distribution
    Properties:
      DistributionConfig:
        Origins:
          - Id: one
            DomainName: {value}
"#
    );
    let node = Node::from_yaml(&template).unwrap();
    let config = read(&node, deployment, usize::MAX)?.found[0]
        .config
        .to_value();
    Ok(match &config["Origins"][0]["DomainName"] {
        Value::String(text) => text.clone(),
        other => other.to_string(),
    })
}

fn domain(value: &str) -> String {
    domain_of(value, &Deployment::default()).unwrap()
}

#[test]
fn what_can_be_known_is_computed() {
    for (value, expected) in [
        ("www.example.com", "www.example.com"),
        ("!Ref Stage", "prod"),
        ("!Sub '${Stage}.example.com'", "prod.example.com"),
        (
            "!Sub ['${X}.${Stage}.com', {X: !Ref Stage}]",
            "prod.prod.com",
        ),
        (
            "!Join ['.', [!Ref Stage, example, com]]",
            "prod.example.com",
        ),
        ("!Select [1, !Ref Hosts]", "b.example.com"),
        ("!Select ['0', [a.com, b.com]]", "a.com"),
        (
            "!Select [2, !Split ['/', 'https://h.example.com/x']]",
            "h.example.com",
        ),
        ("!FindInMap [Hosts, !Ref Stage, api]", "api.example.com"),
        (
            "!FindInMap [Hosts, dev, api, {DefaultValue: d.example.com}]",
            "d.example.com",
        ),
        (
            "!If [IsProd, p.example.com, t.example.com]",
            "p.example.com",
        ),
        ("!If [Never, p.example.com, t.example.com]", "t.example.com"),
        (
            "!If [Either, p.example.com, t.example.com]",
            "p.example.com",
        ),
        ("!If [Both, p.example.com, t.example.com]", "t.example.com"),
        (
            "!If [IsOpen, same.example.com, same.example.com]",
            "same.example.com",
        ),
        (
            "!GetAtt Named.DomainName",
            "assets-prod.s3.${AWS::URLSuffix}",
        ),
        ("!Ref Named", "assets-prod"),
        ("!Ref AWS::NoValue", "null"),
    ] {
        assert_eq!(domain(value), expected, "{value}");
    }
}

#[test]
fn what_cannot_be_known_stays_an_expression() {
    for (value, expected) in [
        ("!Ref Domain", "${Domain}"),
        ("!Ref Looked", "${Looked}"),
        ("!Ref AWS::Region", "${AWS::Region}"),
        ("!GetAtt Api.RootResourceId", "${Api.RootResourceId}"),
        (
            "!GetAtt Assets.RegionalDomainName",
            "${Assets}.s3.${AWS::Region}.${AWS::URLSuffix}",
        ),
        ("!Ref Selfish", "${Selfish}"),
        (
            "!ImportValue {'Fn::Sub': '${Stage}-domain'}",
            "${Fn::ImportValue prod-domain}",
        ),
        (
            "!If [IsOpen, a.com, !Ref Domain]",
            "${Fn::If IsOpen a.com ${Domain}}",
        ),
        (
            "'{{resolve:ssm:/cdn/domain:1}}'",
            "${resolve:ssm:/cdn/domain:1}",
        ),
        ("'x.{{resolve:ssm:a}}.com'", "x.${resolve:ssm:a}.com"),
        (
            "!Select [2, !Split ['/', !Sub 'https://${Api}.execute-api.${AWS::Region}.amazonaws.com/x']]",
            "${Api}.execute-api.${AWS::Region}.amazonaws.com",
        ),
        (
            "!Select [0, !Split ['.', !Ref Domain]]",
            "${Fn::Select 0 ${Fn::Split . ${Domain}}}",
        ),
        (
            "!GetStackOutput {StackName: web, OutputName: Host}",
            "${Fn::GetStackOutput (StackName: web, OutputName: Host)}",
        ),
        ("!Base64 x", "${Fn::Base64 x}"),
        ("!Sub '${!Literal}.com'", "${Literal}.com"),
    ] {
        assert_eq!(domain(value), expected, "{value}");
    }
}

/// <https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/transform-aws-languageextensions.html>
#[test]
fn a_transform_lets_names_be_made() {
    let with = |value: &str| {
        let text = format!(
            "Transform: AWS::LanguageExtensions\nParameters: {{Stage: {{Type: String, Default: Prod}}, Open: {{Type: String}}, \
             HostProd: {{Type: String, Default: a.example.com}}}}\nResources:\n  LbProd: {{Type: \
             'AWS::ElasticLoadBalancingV2::LoadBalancer'}}\n  Cdn: {{Type: 'AWS::CloudFront::Distribution', \
             Properties: {{DistributionConfig: {{Origins: [{{Id: a, DomainName: {value}}}]}}}}}}\n"
        );
        let origin = &candidates(&text)[0].distribution.origins[0];
        origin.domain_name.spelling().to_owned()
    };
    for (value, expected) in [
        ("{Ref: {'Fn::Sub': 'Host${Stage}'}}", "a.example.com"),
        ("{Ref: {'Fn::Sub': 'Host${Open}'}}", "${Ref Host${Open}}"),
        (
            "{'Fn::GetAtt': [{'Fn::Sub': 'Lb${Stage}'}, DNSName]}",
            "${LbProd.DNSName}",
        ),
        (
            "{'Fn::GetAtt': [{'Fn::Sub': 'Lb${Open}'}, DNSName]}",
            "${Fn::GetAtt [Lb${Open}, DNSName]}",
        ),
        (
            "{'Fn::GetAtt': {'Fn::Sub': 'Lb${Stage}.DNSName'}}",
            "${LbProd.DNSName}",
        ),
        (
            "{'Fn::Anything': [a, !Ref Stage]}",
            "${Fn::Anything [a, Prod]}",
        ),
    ] {
        assert_eq!(with(value), expected, "{value}");
    }
}

#[test]
fn the_same_expression_is_the_same_value() {
    let long = "a".repeat(300);
    let of = |yes: &str, no: &str| domain(&format!("!If [IsOpen, {yes}, {no}]"));
    let one = of(&long, "!Ref Domain");
    // However it is written.
    let joined = format!("!Join ['', [{}, {}]]", &long[..100], &long[100..]);
    assert_eq!(one, of(&joined, "!Sub '${Domain}'"));
    // A difference behind what is shown of it is one, too.
    assert_ne!(one, of(&format!("{long}b"), "!Ref Domain"));
    assert_ne!(one, of(&long, "!Ref Looked"));
    assert!(one.len() < 200, "{one}");
}

#[test]
fn what_is_known_of_the_deployment_is_used() {
    let mut deployment = Deployment {
        account: AccountId::parse("111122223333"),
        region: Some("cn-north-1".to_owned()),
        physical_ids: vec![("Assets".to_owned(), "stack-assets-1x".to_owned())],
        ..Deployment::default()
    };
    deployment.parameters.set("Domain", "given.example.com");
    for (value, expected) in [
        ("!Ref Domain", "given.example.com"),
        ("!If [IsOpen, a, b]", "b"),
        ("!Ref AWS::AccountId", "111122223333"),
        (
            "!GetAtt Assets.RegionalDomainName",
            "stack-assets-1x.s3.cn-north-1.amazonaws.com.cn",
        ),
        ("!GetAtt Assets.Arn", "arn:aws-cn:s3:::stack-assets-1x"),
    ] {
        assert_eq!(domain_of(value, &deployment).unwrap(), expected, "{value}");
    }
}

#[test]
fn says_what_is_wrong_and_where() {
    for (value, part) in [
        ("!Sbu x", "no function `Fn::Sbu`; did you mean `Fn::Sub`?"),
        ("!Join [a]", "Fn::Join takes a delimiter and a list"),
        ("!Select [5, [a]]", "item 5 of a list that has 1"),
        (
            "!If [Circle, a, b]",
            "the condition `Circle` depends on itself",
        ),
        ("!If [a]", "Fn::If takes"),
        (
            "!FindInMap [Hosts, prod, web]",
            "Mappings has no `Hosts` with `prod` and `web`",
        ),
        ("!GetAtt Assets", "Fn::GetAtt takes"),
        ("{Ref: {'Fn::Sub': Stage}}", "Ref takes a name"),
        (
            "{'Fn::GetAtt': [{'Fn::Sub': Assets}, Arn]}",
            "Fn::GetAtt takes",
        ),
    ] {
        let error = domain_of(value, &Deployment::default()).unwrap_err();
        assert!(error.problem.contains(part), "{value}: {}", error.problem);
        assert!(error.place.position.is_some(), "{value}");
    }
}

fn candidates(text: &str) -> Vec<Candidate> {
    let options = ReadOptions::default();
    read_documents(Source::File, "template.yaml", text.as_bytes(), &options).unwrap()
}

fn judged(candidate: &Candidate) -> Judgement {
    let facts = Facts::default();
    let facts = facts.with_planned(&candidate.planned);
    let limits = Limits::default();
    judge(&Case::new(&candidate.distribution, &facts, &limits))
}

const SITE: &str = r#"
Resources:
  Assets:
    Type: AWS::S3::Bucket
    Properties:
      WebsiteConfiguration: {IndexDocument: index.html}
      BucketEncryption: {ServerSideEncryptionConfiguration: [{ServerSideEncryptionByDefault: {SSEAlgorithm: "aws:kms", KMSMasterKeyID: !GetAtt Key.Arn}}]}
  Key: {Type: "AWS::KMS::Key", Properties: {KeyPolicy: {Statement: []}}}
  Oac: {Type: "AWS::CloudFront::OriginAccessControl", Properties: {OriginAccessControlConfig: {Name: oac, OriginAccessControlOriginType: s3, SigningBehavior: always}}}
  Off: {Type: "AWS::CloudFront::Distribution", Condition: Never, Properties: {}}
  Cdn:
    Type: AWS::CloudFront::Distribution
    Properties:
      DistributionConfig:
        Enabled: 'true'
        CNAMEs: [www.example.com]
        Origins:
          - Id: assets
            DomainName: !GetAtt Assets.RegionalDomainName
            OriginAccessControlId: !GetAtt Oac.Id
            S3OriginConfig: {OriginAccessIdentity: ''}
            OriginCustomHeaders: [{HeaderName: X-A, HeaderValue: b}]
          - Id: api
            DomainName: api.example.com
            CustomOriginConfig: {OriginSSLProtocols: [TLSv1.2], HTTPSPort: '8443', OriginProtocolPolicy: https-only}
        OriginGroups: {Quantity: 1, Items: [{Id: both, Members: {Quantity: 2, Items: [{OriginId: assets}, {OriginId: api}]}, FailoverCriteria: {StatusCodes: {Quantity: 1, Items: [500]}}}]}
        DefaultCacheBehavior: {TargetOriginId: both, AllowedMethods: [GET, HEAD], ForwardedValues: {Headers: [Host]}}
        CacheBehaviors: [{PathPattern: /api/*, TargetOriginId: api}]
Conditions:
  Never: !Equals [a, b]
"#;

#[test]
fn cloudformations_spelling_is_read_as_the_apis() {
    let all = candidates(SITE);
    let [candidate] = all.as_slice() else {
        panic!()
    };
    assert_eq!(candidate.provenance.resource, Some("Cdn".into()));
    let cdn = &candidate.distribution;
    assert_eq!(cdn.enabled, Some(true));
    assert!(cdn.aliases[0].is("www.example.com"));
    assert!(cdn.origins[0].custom_headers[0].name.is("X-A"));
    let custom = cdn.origins[1].custom.as_ref().unwrap();
    assert!(custom.origin_ssl_protocols[0].is("TLSv1.2"));
    assert_eq!(custom.https_port.as_ref().unwrap().known(), Some(&8443));
    assert_eq!(cdn.origin_groups[0].members.len(), 2);
    let default = cdn.default_behavior.as_ref().unwrap();
    assert_eq!(default.methods.allowed, ["GET", "HEAD"]);
    assert!(default.forwarded_headers[0].is("Host"));
    assert!(cdn.behaviors[0].target_origin_id.is("api"));
}

/// CloudFormation takes a number or a flag where the resource has a text.
#[test]
fn numbers_and_flags_are_texts_where_cloudfront_takes_texts() {
    let text = r"
Resources:
  Cdn:
    Type: AWS::CloudFront::Distribution
    Properties:
      DistributionConfig:
        Enabled: true
        DefaultCacheBehavior: {TargetOriginId: 1}
        Origins:
          - Id: 1
            DomainName: a.example.com
            OriginCustomHeaders: [{HeaderName: X-From, HeaderValue: true}]
            CustomOriginConfig: {HTTPSPort: 8443, OriginProtocolPolicy: https-only}
          - Id: vpc
            DomainName: b.example.com
            VpcOriginConfig: {VpcOriginId: vo_1, OwnerAccountId: 111122223333}
";
    let cdn = &candidates(text)[0].distribution;
    assert!(cdn.origins[0].id.is("1"));
    let default = cdn.default_behavior.as_ref().unwrap();
    assert!(default.target_origin_id.is("1"));
    assert_eq!(cdn.origins[0].custom_headers[0].value_length, Some(4));
    let custom = cdn.origins[0].custom.as_ref().unwrap();
    assert_eq!(custom.https_port.as_ref().unwrap().known(), Some(&8443));
    let owner = &cdn.origins[1].vpc.as_ref().unwrap().owner_account_id;
    assert!(owner.as_ref().unwrap().is("111122223333"));
    assert_eq!(cdn.enabled, Some(true));
}

#[test]
fn a_template_in_latin_1_is_refused_as_such() {
    let text = b"Description: Gr\xfc\xdfe\nResources: {}\n";
    for name in ["t.yaml", "t.template"] {
        let read = read_documents(Source::File, name, text, &ReadOptions::default());
        let error = read.unwrap_err().to_string();
        let expected = "it is not UTF-8: the byte at offset 15 fits no character";
        assert!(error.contains(expected), "{error}");
    }
}

#[test]
fn a_value_remembers_its_place_in_the_template() {
    let all = candidates(SITE);
    let place = &all[0].distribution.origins[0].custom_headers[0].name.place;
    assert_eq!(
        place.pointer,
        "/Resources/Cdn/Properties/DistributionConfig/Origins/0/OriginCustomHeaders/0/HeaderName"
    );
    assert_eq!(place.position.unwrap().line, 22);
}

#[test]
fn a_verdict_on_defaults_says_so() {
    let text = "Parameters: {Host: {Type: String, Default: h.example.com}, Unused: {Type: String, Default: x}}\n\
                Resources: {Cdn: {Type: 'AWS::CloudFront::Distribution', Properties: {DistributionConfig: \
                {Origins: [{Id: a, DomainName: !Ref Host}]}}}}";
    let all = candidates(text);
    assert!(all[0].notes[0].contains("the template's defaults of `Host`: give `parameters`"));
    let mut options = ReadOptions::default();
    options
        .deployment
        .parameters
        .set("Host", "other.example.com");
    let all = read_documents(Source::File, "t.yaml", text.as_bytes(), &options).unwrap();
    assert!(all[0].notes.is_empty());
}

#[test]
fn defaults_that_only_outputs_take_are_not_the_verdicts() {
    let text = "Parameters: {Kind: {Type: String, Default: x}, Show: {Type: String, Default: y}}\n\
                Conditions: {Shown: !Equals [!Ref Show, y], Plain: !Equals [!Ref Kind, x]}\n\
                Outputs: {Host: {Value: !If [Shown, !If [Plain, !GetAtt Web.DNSName, z], !Ref Show]}}\n\
                Resources: {Web: {Type: 'AWS::ElasticLoadBalancingV2::LoadBalancer'}, Cdn: {Type: \
                'AWS::CloudFront::Distribution', Properties: {DistributionConfig: \
                {Origins: [{Id: a, DomainName: !If [Plain, !GetAtt Web.DNSName, z]}]}}}}";
    let mut options = ReadOptions::default();
    let output = ("Host".to_owned(), "web.example.com".to_owned());
    options.deployment.outputs.push(output);
    let all = read_documents(Source::File, "t.yaml", text.as_bytes(), &options).unwrap();
    let domain = &all[0].distribution.origins[0].domain_name;
    assert!(domain.is("web.example.com"));
    let [note] = all[0].notes.as_slice() else {
        panic!()
    };
    assert!(note.contains("defaults of `Kind`: give"), "{note}");
}

/// UserParameters may name another stack, and a template what it likes.
#[test]
fn of_the_deployed_stack_only_what_the_template_refers_to_is_kept_and_no_secret() {
    let template = Node::from_yaml(
        "Parameters: {Host: {Type: String}, Token: {Type: String, NoEcho: true}}\n\
         Outputs: {Url: {Value: x}}\nResources: {}",
    );
    let mut deployment = Deployment::default();
    for name in ["Host", "Token", "Password"] {
        deployment.previous.set(name, "value");
    }
    for name in ["Url", "Secret"] {
        let output = (name.to_owned(), "value".to_owned());
        deployment.outputs.push(output);
    }
    deployment.narrow_to(&template.unwrap());
    let kept = ["Host", "Token", "Password"].map(|name| deployment.previous.get(name).is_some());
    assert_eq!(kept, [true, false, false]);
    assert_eq!(deployment.outputs, [("Url".to_owned(), "value".to_owned())]);
}

#[test]
fn the_value_of_a_secret_parameter_is_nowhere() {
    let text = "Parameters: {Host: {Type: String, NoEcho: 'true', Default: hidden.example.com}}\n\
                Resources: {Cdn: {Type: 'AWS::CloudFront::Distribution', Properties: \
                {DistributionConfig: {Origins: [{Id: a, DomainName: !Ref Host}]}}}}";
    let mut options = ReadOptions::default();
    let parameters = &mut options.deployment.parameters;
    parameters.set("Host", "secret.example.com");
    let all = read_documents(Source::File, "t.yaml", text.as_bytes(), &options).unwrap();
    assert_eq!(
        all[0].distribution.origins[0].domain_name.spelling(),
        "${Host}"
    );
}

#[test]
fn what_the_template_makes_is_known_to_be_there() {
    let all = candidates(SITE);
    let Candidate {
        distribution,
        planned,
        ..
    } = &all[0];
    let endpoint = distribution.origins[0].s3_endpoint.as_ref().unwrap();
    let bucket = BucketName::new(Expression::open("${Assets}"));
    assert_eq!(endpoint.kind, S3EndpointKind::Regional(bucket.clone()));
    let ours = Bucket::Exists {
        region: None,
        owner: Fact::Known(Owner::Ours),
    };
    assert_eq!(planned.buckets[&bucket], Fact::Known(ours));
    assert_eq!(planned.websites[&bucket], Fact::Known(Website::On));
    let key = Encryption::CustomerKey("${Key.Arn}".to_owned());
    assert_eq!(planned.bucket_access[&bucket].encryption, Fact::Known(key));
    assert!(planned.key_policies["${Key.Arn}"].known().is_some());
    let control = distribution.origins[0].origin_access_control().unwrap();
    let control = planned.origin_access_controls[control.spelling()].known();
    assert_eq!(control.unwrap().as_ref().unwrap().origin_type, "s3");
}

#[test]
fn a_key_that_a_custom_resource_is_given_may_have_any_policy() {
    let with = format!("{SITE}\nX: 1").replace(
        "  Key:",
        "  Updater: {Type: \"Custom::KeyPolicy\", Properties: {Key: !Ref Key}}\n  Key:",
    );
    let all = candidates(&with);
    assert!(all[0].planned.key_policies["${Key}"].known().is_none());
}

#[test]
fn an_origin_that_may_come_keeps_targets_undecided() {
    let text = r"
Parameters: {Flag: {Type: String}}
Conditions: {C: !Equals [!Ref Flag, x]}
Resources:
  Cdn:
    Type: AWS::CloudFront::Distribution
    Properties:
      DistributionConfig:
        Enabled: true
        Origins: [!If [C, {Id: api, DomainName: a.example.com}, !Ref AWS::NoValue]]
        CacheBehaviors: !If [C, [], !Ref AWS::NoValue]
        DefaultCacheBehavior: {TargetOriginId: api, ViewerProtocolPolicy: allow-all, CachePolicyId: p}
";
    let all = candidates(text);
    let keys: Vec<&str> = all[0]
        .distribution
        .undecided
        .iter()
        .map(|it| it.key.as_str())
        .collect();
    assert_eq!(keys, ["CacheBehaviors", "Origins"]);
    let judgement = judged(&all[0]);
    assert!(judgement.findings.is_empty(), "{:?}", judgement.findings);
    let open = judgement
        .unknowns
        .iter()
        .filter(|it| it.unknown.fact == "target origin");
    assert_eq!(open.count(), 1);
}

/// <https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/transform-aws-include.html>
#[test]
fn what_an_include_may_bring_is_not_decided() {
    let include = "Fn::Transform: {Name: AWS::Include, Parameters: {Location: 's3://b/o.yaml'}}";
    for config in [
        format!("DistributionConfig: {{Enabled: true, {include}}}"),
        format!("DistributionConfig: {{{include}}}"),
        format!("Tags: [], {include}"),
        include.to_owned(),
    ] {
        let text = format!(
            "Resources: {{Cdn: {{Type: 'AWS::CloudFront::Distribution', Properties: {{{config}}}}}}}"
        );
        let all = candidates(&text);
        let judgement = judged(&all[0]);
        assert!(
            judgement.findings.is_empty(),
            "{config}: {:?}",
            judgement.findings
        );
        assert!(!judgement.unknowns.is_empty(), "{config}");
    }
    let text = SITE.replace(
        "    Properties:\n      Website",
        &format!("    Properties:\n      {include}\n      Website"),
    );
    let text = text.replace("      BucketEncryption: ", "      Tags: ");
    let planned = &candidates(&text)[0].planned;
    let bucket = BucketName::new(Expression::open("${Assets}"));
    assert!(planned.bucket_access[&bucket].encryption.known().is_none());
    assert!(planned.websites[&bucket].known().is_some());
    let text = format!(
        "Mappings: {{{include}}}\nResources: {{Cdn: {{Type: 'AWS::CloudFront::Distribution', Properties: {{DistributionConfig: \
         {{Origins: [{{Id: !FindInMap [M, a, b], DomainName: a.example.com}}]}}}}}}}}"
    );
    let id = &candidates(&text)[0].distribution.origins[0].id;
    assert_eq!(id.spelling(), "${Fn::FindInMap M a b}");
}

#[test]
fn one_expression_is_one_id() {
    let text = |first: &str, second: &str| {
        format!(
            "Parameters: {{Name: {{Type: String}}}}\nResources: {{Cdn: {{Type: 'AWS::CloudFront::Distribution', Properties: \
             {{DistributionConfig: {{Enabled: true, DefaultCacheBehavior: {{TargetOriginId: !Ref Name, ViewerProtocolPolicy: allow-all, CachePolicyId: p}}, Origins: [{{Id: {first}, DomainName: \
             a.example.com, CustomOriginConfig: {{OriginProtocolPolicy: https-only}}}}, {{Id: {second}, DomainName: \
             b.example.com, CustomOriginConfig: {{OriginProtocolPolicy: https-only}}}}]}}}}}}}}"
        )
    };
    let rules = |first, second| -> Vec<&str> {
        let judgement = judged(&candidates(&text(first, second))[0]);
        judgement.findings.iter().map(|it| it.rule.name).collect()
    };
    assert_eq!(
        rules("!Ref Name", "!Sub '${Name}'"),
        ["duplicate-origin-id"]
    );
    assert!(rules("!Ref Name", "!Sub '${Name}2'").is_empty());
}

#[test]
fn legacy_origins_are_origins() {
    let text = r#"{"Resources": {"Cdn": {"Type": "AWS::CloudFront::Distribution", "Properties": {"DistributionConfig": {
        "S3Origin": {"DNSName": "b.s3.amazonaws.com", "OriginAccessIdentity": ""}, "DefaultCacheBehavior": {"TargetOriginId": "x"}}}}}}"#;
    let all = candidates(text);
    let origin = &all[0].distribution.origins[0];
    assert!(origin.s3.is_some() && origin.domain_name.is("b.s3.amazonaws.com"));
}

#[test]
fn parameter_files_of_every_form_are_read() {
    for document in [
        json!({"Parameters": {"A": "1", "B": true}}),
        json!([{"ParameterKey": "A", "ParameterValue": "1"}, {"ParameterKey": "B", "ParameterValue": "true"}]),
        json!(["A=1", "B=true"]),
        json!({"A": 1, "B": "true"}),
        json!({"ParameterOverrides": {"A": "1", "B": "true"}}),
    ] {
        let mut parameters = Parameters::default();
        parameters
            .read(&Node::from_value(&document, str::to_owned))
            .unwrap();
        assert_eq!(
            (parameters.get("A"), parameters.get("B")),
            (Some("1"), Some("true")),
            "{document}"
        );
    }
    for document in [json!(5), json!({"A": {"B": 1}}), json!([{"Key": "A"}])] {
        let node = Node::from_value(&document, str::to_owned);
        assert!(Parameters::default().read(&node).is_err(), "{document}");
    }
}

#[test]
fn a_module_that_may_make_distributions_is_in_the_way_of_a_pass() {
    let module =
        "  Site: {Type: \"Example::Web::Site::MODULE\", Properties: {Domain: www.example.com}}\n";
    let documents = |text: &str| {
        let unknowns = judged(&candidates(text)[0]).unknowns.into_iter();
        let mut documents = unknowns.filter(|it| it.needed_by == NeededBy::Document);
        (documents.next(), documents.next())
    };
    let (Some(unread), None) =
        documents(&SITE.replace("Conditions:\n", &format!("{module}Conditions:\n")))
    else {
        panic!("one module");
    };
    assert_eq!(unread.unknown.subject, "Site");
    assert!(unread.blocks());
    let text = unread.unknown.cause_and_need();
    assert!(
        text.contains("the module `Example::Web::Site::MODULE` may make distributions"),
        "{text}"
    );
    assert_eq!(documents(SITE), (None, None));
}

/// The unknowns about a template's other documents: what, and whether a verdict may pass over it.
fn unread(resources: &str, beside: &[&str]) -> Vec<(String, bool)> {
    let text = format!(
        "Conditions: {{Never: !Equals [a, b]}}\nResources:\n{resources}  Cdn: {{Type: 'AWS::CloudFront::Distribution', \
         Properties: {{DistributionConfig: {{Enabled: true}}}}}}\n"
    );
    let options = ReadOptions::default();
    let mut all = read_documents(Source::File, "t.yaml", text.as_bytes(), &options).unwrap();
    let beside: Vec<String> = beside.iter().map(|it| (*it).to_owned()).collect();
    settle(&mut all, &beside);
    let unread = all[0].distribution.unread.iter();
    unread.map(|it| (it.why.clone(), it.weighs)).collect()
}

/// Most nested stacks are about something else: they are listed, and keep no verdict from being a pass.
#[test]
fn nested_stacks_are_listed_and_weigh_where_they_are_about_cloudfront() {
    let stack =
        |id: &str, rest: &str| format!("  {id}: {{Type: 'AWS::CloudFormation::Stack', {rest}}}\n");
    let database = stack("Database", "Properties: {TemplateURL: ./database.yaml}");
    assert_eq!(
        unread(&database, &[]),
        [(
            "the nested stack may make distributions, and its template `database.yaml` is not read"
                .to_owned(),
            false
        )]
    );
    for (resource, weighs) in [
        (stack("EdgeCdn", "Properties: {TemplateURL: !Sub 'https://${B}/x'}"), true),
        (stack("Edge", "Properties: {TemplateURL: 'https://b.s3.amazonaws.com/cloudfront.yaml'}"), true),
        (
            stack(
                "Edge",
                "Metadata: {'aws:asset:path': SiteDistribution1A.nested.template.json}, Properties: {TemplateURL: u}",
            ),
            true,
        ),
        (
            "  Web: {Type: 'AWS::Serverless::Application', Properties: {Location: ./web/template.yaml}}\n".to_owned(),
            false,
        ),
        (
            "  All: {Type: 'AWS::CloudFormation::StackSet', Properties: {TemplateBody: \"Resources: {C: {Type: \
             'AWS::CloudFront::Distribution'}}\"}}\n"
                .to_owned(),
            true,
        ),
    ] {
        let found = unread(&resource, &[]);
        assert_eq!(found.len(), 1, "{resource}");
        assert_eq!(found[0].1, weighs, "{resource}");
    }
}

#[test]
fn what_is_read_beside_a_template_or_is_not_made_is_not_unread() {
    let nested = "  Cdn2: {Type: 'AWS::CloudFormation::Stack', Properties: {TemplateURL: ./nested/cdn.yaml}}\n";
    assert_eq!(unread(nested, &["infra/nested/cdn.yaml"]), []);
    assert_eq!(unread(nested, &["infra/nested/db.yaml"]).len(), 1);
    let never = "  Cdn2: {Type: 'AWS::CloudFormation::Stack', Condition: Never, Properties: {TemplateURL: ./cdn.yaml}}\n";
    assert_eq!(unread(never, &[]), []);
}
