//! What a template makes and does beside the distribution.

use super::*;
use crate::distribution::Region;
use crate::facts::BucketAccess;

const CONTROL: &str = "  Control: {Type: 'AWS::CloudFront::OriginAccessControl', Properties: {OriginAccessControlConfig: \
                       {Name: oac, OriginAccessControlOriginType: s3, SigningBehavior: always, SigningProtocol: sigv4}}}";

/// A distribution that signs its requests to a bucket, beside other resources.
fn site(sections: &str, resources: &str, domain: &str) -> String {
    format!(
        "{sections}\nResources:\n{CONTROL}\n{resources}\n  Cdn: {{Type: 'AWS::CloudFront::Distribution', Properties: \
         {{DistributionConfig: {{Enabled: true, DefaultCacheBehavior: {{TargetOriginId: a, ViewerProtocolPolicy: allow-all, CachePolicyId: p}}, Origins: [{{Id: a, DomainName: \
         {domain}, OriginAccessControlId: !GetAtt Control.Id, S3OriginConfig: {{}}}}]}}}}}}\n"
    )
}

/// A bucket policy that lets this distribution, or another principal, read.
fn policy(id: &str, more: &str, bucket: &str, lets_in: bool) -> String {
    let principal = if lets_in {
        "Service: cloudfront.amazonaws.com"
    } else {
        "AWS: 'arn:aws:iam::111122223333:root'"
    };
    format!(
        "  {id}: {{Type: 'AWS::S3::BucketPolicy', {more}Properties: {{Bucket: {bucket}, PolicyDocument: {{Version: \
         '2012-10-17', Statement: [{{Effect: Allow, Principal: {{{principal}}}, Action: 's3:GetObject', Resource: !Sub \
         ['arn:aws:s3:::${{B}}/*', {{B: {bucket}}}]}}]}}}}}}\n"
    )
}

/// The rules that find something, and the facts that are open, with a bucket `team-assets` that is
/// there and has no policy.
fn verdict(text: &str) -> (Vec<&'static str>, Vec<&'static str>) {
    let all = candidates(text);
    let mut facts = Facts::default();
    let name = BucketName::new("team-assets");
    let ours = Bucket::Exists {
        region: None,
        owner: Fact::Known(Owner::Ours),
    };
    facts.buckets.insert(name.clone(), Fact::Known(ours));
    let access = BucketAccess {
        policy: Fact::Known(None),
        encryption: Fact::Known(Encryption::S3Managed),
        ..BucketAccess::not_asked("team-assets")
    };
    facts.bucket_access.insert(name, access);
    let facts = facts.with_planned(&all[0].planned);
    let limits = Limits::default();
    let judgement = judge(&Case::new(&all[0].distribution, &facts, &limits));
    let found = judgement.findings.iter().map(|it| it.rule.name);
    let open = judgement.unknowns.iter().map(|it| it.unknown.fact);
    (found.collect(), open.collect())
}

#[test]
fn a_policy_for_a_bucket_that_is_there_already_counts() {
    let domain = "team-assets.s3.eu-west-1.amazonaws.com";
    let granted = site("", &policy("P", "", "team-assets", true), domain);
    assert_eq!(verdict(&granted), (vec![], vec![]));
    let without = site("", "", domain);
    assert_eq!(verdict(&without).0, ["ungranted-bucket-access"]);
    let other = site("", &policy("P", "", "team-assets", false), domain);
    assert_eq!(verdict(&other).0, ["ungranted-bucket-access"]);
}

#[test]
fn a_policy_that_may_not_be_made_decides_nothing() {
    let sections = "Parameters: {Mode: {Type: String}, Stage: {Type: String, Default: prod}}\n\
                    Conditions: {Oac: !Equals [!Ref Mode, oac], Vpc: !Not [!Condition Oac], Prod: !Equals [!Ref Stage, prod], \
                    Test: !Not [!Condition Prod]}";
    let bucket = "  Assets: {Type: 'AWS::S3::Bucket'}\n";
    let of = |one: &str, other: &str| {
        let one = policy("P1", &format!("Condition: {one}, "), "!Ref Assets", true);
        let other = policy("P2", &format!("Condition: {other}, "), "!Ref Assets", false);
        verdict(&site(
            sections,
            &format!("{bucket}{one}{other}"),
            "!GetAtt Assets.RegionalDomainName",
        ))
    };
    assert_eq!(of("Oac", "Vpc"), (vec![], vec!["bucket policy"]));
    assert_eq!(of("Oac", "Test"), (vec![], vec!["bucket policy"]));
    assert_eq!(of("Test", "Vpc"), (vec![], vec!["bucket policy"]));
    assert_eq!(of("Prod", "Prod"), (vec![], vec!["bucket policy"]));
    assert_eq!(of("Prod", "Test"), (vec![], vec![]));
    assert_eq!(of("Test", "Prod").0, ["ungranted-bucket-access"]);
}

#[test]
fn a_bucket_that_may_not_be_made_is_not_there_yet() {
    let of = |bucket: &str, cdn: &str| {
        let sections = "Parameters: {Env: {Type: String}, Stage: {Type: String, Default: prod}}\n\
                        Conditions: {Make: !Not [!Equals [!Ref Env, dev]], Prod: !Equals [!Ref Stage, prod]}";
        let properties = "Properties: {BucketName: new-assets}";
        let bucket = format!("  Assets: {{Type: 'AWS::S3::Bucket', {bucket}{properties}}}\n");
        let policy = policy("P", "", "new-assets", true);
        let domain = "new-assets.s3.eu-west-1.amazonaws.com";
        let text = site(sections, &format!("{bucket}{policy}"), domain);
        let (found, mut open) = verdict(&text.replace("  Cdn: {", &format!("  Cdn: {{{cdn}")));
        open.dedup();
        (found, open)
    };
    let (make, prod) = ("Condition: Make, ", "Condition: Prod, ");
    for (bucket, cdn, open) in [
        ("", "", &[][..]),
        (prod, "", &[]),
        (make, make, &[]),
        (make, "", &["bucket"]),
        (make, prod, &["bucket"]),
    ] {
        let expected = (vec![], open.to_vec());
        assert_eq!(of(bucket, cdn), expected, "{bucket} {cdn}");
    }
}

#[test]
fn a_bucket_that_is_renamed_has_its_new_name() {
    let text = |name: &str| {
        let bucket =
            format!("  Assets: {{Type: 'AWS::S3::Bucket', Properties: {{BucketName: {name}}}}}");
        site(
            "Parameters: {Open: {Type: String}}",
            &bucket,
            "!GetAtt Assets.RegionalDomainName",
        )
    };
    let mut options = ReadOptions::default();
    let deployed = ("Assets".to_owned(), "old-assets".to_owned());
    options.deployment.physical_ids.push(deployed);
    options.deployment.region = Some("eu-west-1".to_owned());
    for (name, expected) in [
        ("new-assets", "new-assets"),
        ("!Sub '${Open}-assets'", "old-assets"),
    ] {
        let all = read_documents(Source::File, "t.yaml", text(name).as_bytes(), &options).unwrap();
        let domain = format!("{expected}.s3.eu-west-1.amazonaws.com");
        assert!(
            all[0].distribution.origins[0].domain_name.is(&domain),
            "{name}"
        );
        let bucket = BucketName::new(expected);
        assert!(all[0].planned.buckets.contains_key(&bucket), "{name}");
    }
}

#[test]
fn the_region_that_parameters_name_is_that_of_the_buckets() {
    let bucket = "  Assets: {Type: 'AWS::S3::Bucket', Properties: {BucketName: team-assets}}";
    let text = site("", bucket, "team-assets.s3.us-east-1.amazonaws.com");
    let mut options = ReadOptions::default();
    let parameters = &mut options.deployment.parameters;
    parameters.set("AWS::Region", "eu-west-1");
    let all = read_documents(Source::File, "t.yaml", text.as_bytes(), &options).unwrap();
    let bucket = Bucket::Exists {
        region: Region::parse("eu-west-1"),
        owner: Fact::Known(Owner::Ours),
    };
    let planned = &all[0].planned.buckets[&BucketName::new("team-assets")];
    assert_eq!(*planned, Fact::Known(bucket));
}

#[test]
fn a_bucket_has_the_names_of_its_partition() {
    for (region, partition, suffix) in [
        ("eusc-de-east-1", "aws-eusc", "amazonaws.eu"),
        ("cn-north-1", "aws-cn", "amazonaws.com.cn"),
        ("us-gov-east-1", "aws-us-gov", "amazonaws.com"),
        ("nowhere", "${AWS::Partition}", "${AWS::URLSuffix}"),
    ] {
        let bucket = "  Assets: {Type: 'AWS::S3::Bucket', Properties: {BucketName: team-assets}}";
        let text = site(
            "",
            bucket,
            "!Join ['', [!GetAtt Assets.Arn, !GetAtt Assets.DomainName]]",
        );
        let mut options = ReadOptions::default();
        options.deployment.region = Some(region.to_owned());
        let all = read_documents(Source::File, "t.yaml", text.as_bytes(), &options).unwrap();
        let expected = format!("arn:{partition}:s3:::team-assetsteam-assets.s3.{suffix}");
        let domain = &all[0].distribution.origins[0].domain_name;
        assert_eq!(domain.spelling(), expected);
    }
}

#[test]
fn the_key_that_aws_manages_has_an_alias() {
    for (key, expected) in [
        ("alias/aws/s3", Encryption::AwsManagedKey),
        (
            "arn:aws:kms:eu-west-1:111122223333:alias/aws/s3",
            Encryption::AwsManagedKey,
        ),
        ("alias/own", Encryption::CustomerKey("alias/own".to_owned())),
    ] {
        let bucket = format!(
            "  Assets: {{Type: 'AWS::S3::Bucket', Properties: {{BucketEncryption: {{ServerSideEncryptionConfiguration: \
             [{{ServerSideEncryptionByDefault: {{SSEAlgorithm: 'aws:kms', KMSMasterKeyID: '{key}'}}}}]}}}}}}"
        );
        let text = site("", &bucket, "!GetAtt Assets.RegionalDomainName");
        let planned = &candidates(&text)[0].planned;
        let access = &planned.bucket_access[&BucketName::new(Expression::open("${Assets}"))];
        assert_eq!(access.encryption, Fact::Known(expected), "{key}");
    }
}
