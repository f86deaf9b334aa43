//! What a template refers to and does not have, which is an error; and what may still come.

use super::*;

fn problem(value: &str) -> String {
    domain_of(value, &Deployment::default())
        .unwrap_err()
        .problem
}

/// A template of these sections with this domain.
fn read_text(sections: &str, domain: &str) -> Result<Read, TemplateError> {
    let text = format!(
        "{sections}\n  Cdn: {{Type: 'AWS::CloudFront::Distribution', Properties: {{DistributionConfig: {{Origins: [{{Id: a, DomainName: {domain}}}]}}}}}}\n"
    );
    read(
        &Node::from_yaml(&text).unwrap(),
        &Deployment::default(),
        usize::MAX,
    )
}

#[test]
fn a_name_that_nothing_defines_is_refused() {
    for (value, expected) in [
        (
            "!Ref Domian",
            "Ref names `Domian`, which the template does not define; did you mean `Domain`?",
        ),
        (
            "!GetAtt Asset.RegionalDomainName",
            "Fn::GetAtt names `Asset`, which the template does not define; did you mean `Assets`?",
        ),
        (
            "!Sub '${Gone}.example.com'",
            "Ref names `Gone`, which the template does not define",
        ),
        (
            "!Sub '${Gone.DomainName}'",
            "Fn::GetAtt names `Gone`, which the template does not define",
        ),
        (
            "!GetAtt Domain.Value",
            "Fn::GetAtt names `Domain`, which is a parameter and has no attributes",
        ),
        (
            "!If [IsPord, a.com, b.com]",
            "there is no condition `IsPord` in the template; did you mean `IsProd`?",
        ),
        // Whichever way an open decision goes, CloudFormation refuses the name.
        (
            "!If [IsOpen, a.com, !Ref Gone]",
            "Ref names `Gone`, which the template does not define",
        ),
    ] {
        assert_eq!(problem(value), expected, "{value}");
    }
    // The branch that is not taken is not read.
    assert_eq!(domain("!If [IsProd, a.com, !Ref Gone]"), "a.com");
}

#[test]
fn an_attribute_newer_than_what_is_known_is_open() {
    assert_eq!(domain("!GetAtt Api.NewestThing"), "${Api.NewestThing}");
}

#[test]
fn a_resource_that_is_left_out_has_no_attributes() {
    let with = |domain: &str| {
        let sections = "Parameters: {Open: {Type: String}}\nConditions: {Never: !Equals [a, b], Open: !Equals [!Ref Open, x]}\nResources:\n  Assets: {Type: 'AWS::S3::Bucket', Condition: Never}\n  Perhaps: {Type: 'AWS::S3::Bucket', Condition: Open}";
        read_text(sections, domain)
    };
    for domain in [
        "!GetAtt Assets.DomainName",
        "!Sub '${Assets}.s3.amazonaws.com'",
    ] {
        let problem = with(domain).unwrap_err().problem;
        assert!(
            problem.contains("the resource `Assets`, which is not made: its condition `Never`"),
            "{problem}"
        );
    }
    for domain in [
        "!GetAtt Perhaps.DomainName",
        "!If [Open, !GetAtt Assets.DomainName, a.example.com]",
    ] {
        assert!(with(domain).is_ok(), "{domain}");
    }
}

#[test]
fn what_may_still_come_is_open() {
    let bucket = "!GetAtt Gone.DomainName";
    for sections in [
        "Transform: AWS::Serverless-2016-10-31\nResources:",
        "Resources:\n  Go: {Type: 'Mine::Own::Bucket::MODULE'}",
        "Resources:\n  Role: {Type: 'AWS::IAM::Role', Properties: {RoleName: '${self:service}-role'}}",
    ] {
        assert!(read_text(sections, bucket).is_ok(), "{sections}");
    }
    assert!(
        read_text(
            "Resources:",
            "!GetAtt ServerlessDeploymentBucket.DomainName"
        )
        .is_ok()
    );
    assert!(read_text("Resources:", bucket).is_err());
}

#[test]
fn a_value_that_a_parameter_does_not_allow_is_refused() {
    let with = |value: &str, declared: &str| {
        let sections = format!("Parameters: {{Stage: {{{declared}}}}}\nResources:");
        let text = format!(
            "{sections}\n  Cdn: {{Type: 'AWS::CloudFront::Distribution', Properties: {{DistributionConfig: {{}}}}}}\n"
        );
        let mut deployment = Deployment::default();
        deployment.parameters.set("Stage", value);
        read(&Node::from_yaml(&text).unwrap(), &deployment, usize::MAX)
    };
    let declared = "Type: String, AllowedValues: [dev, prod]";
    assert!(with("dev", declared).is_ok());
    assert_eq!(
        with("prd", declared).unwrap_err().problem,
        "the parameter `Stage` has the value `prd`, which is not among its AllowedValues: `dev`, `prod`"
    );
    let secret = with(
        "hunter2",
        "Type: String, NoEcho: true, AllowedValues: [a, b]",
    );
    assert_eq!(
        secret.unwrap_err().problem,
        "the parameter `Stage` has a value that is not among its AllowedValues"
    );
    let list = "Type: CommaDelimitedList, AllowedValues: [a, b]";
    assert!(with("a, b", list).is_ok());
    assert!(with("a,c", list).is_err());
    assert!(with("1", "Type: Number, AllowedValues: [1, 2]").is_ok());
    let looked_up = "Type: 'AWS::SSM::Parameter::Value<String>', AllowedValues: [/a]";
    assert!(with("/b", looked_up).is_err());
}

/// What a parameter without a value takes decides whether it can be an ID of the template.
#[test]
fn a_target_that_no_allowed_value_can_be_is_an_error() {
    for (declared, target, errors) in [
        (
            "Type: String, AllowedValues: [blog, shop]",
            "!Ref Target",
            1,
        ),
        ("Type: String, AllowedValues: [blog, www]", "!Ref Target", 0),
        (
            "Type: String, AllowedValues: [a, b]",
            "!Sub 'w${Target}'",
            1,
        ),
        (
            "Type: String, AllowedValues: [a, ww]",
            "!Sub 'w${Target}'",
            0,
        ),
        (
            "Type: String, AllowedValues: [a, b]",
            "!Sub '${Target}${Target}'",
            1,
        ),
        ("Type: String", "!Ref Target", 0),
        ("Type: Number, AllowedValues: [1, 2]", "!Ref Target", 0),
        (
            "Type: 'AWS::SSM::Parameter::Value<String>', AllowedValues: [/a, /b]",
            "!Ref Target",
            0,
        ),
        (
            "Type: String, NoEcho: true, AllowedValues: [a, b]",
            "!Ref Target",
            0,
        ),
    ] {
        let text = format!(
            "Parameters: {{Target: {{{declared}}}}}\nResources:\n  Cdn: {{Type: 'AWS::CloudFront::Distribution', Properties: \
             {{DistributionConfig: {{Enabled: true, Origins: [{{Id: www, DomainName: www.example.com, CustomOriginConfig: \
             {{OriginProtocolPolicy: https-only}}}}], DefaultCacheBehavior: {{TargetOriginId: {target}, \
             ViewerProtocolPolicy: https-only, CachePolicyId: p}}}}}}}}\n"
        );
        let all = read_documents(
            Source::File,
            "t.yaml",
            text.as_bytes(),
            &ReadOptions::default(),
        );
        let (facts, limits) = (Facts::default(), Limits::default());
        let judgement = judge(&Case::new(&all.unwrap()[0].distribution, &facts, &limits));
        let found: Vec<&str> = judgement.findings.iter().map(|it| it.rule.name).collect();
        assert_eq!(
            found,
            vec!["unknown-target-origin"; errors],
            "{declared} {target}"
        );
        let open = judgement
            .unknowns
            .iter()
            .filter(|it| it.unknown.fact == "target origin");
        assert_eq!(open.count(), 1 - errors, "{declared} {target}");
    }
}
