use crate::distribution::{BucketName, Origin, Region};
use crate::facts::{AccessPoint, Bucket, Fact, Unknown};
use crate::finding::Findings;
use crate::policy::{Grant, Policy, Question, Text, Via};
use crate::rules::{Case, KnownOrigin};

use crate::rules::shared::access::folder;
use crate::rules::shared::source::{Source, Sources};
use crate::rules::shared::statement::{Policied, Reader, Wanted};
use crate::rules::shared::unchecked_grant::{Signing, unchecked_grant};

rule! {
    /// ## What it does
    /// Access points of S3, also Multi-Region Access Points, whose policy or whose bucket's policy does
    /// not let CloudFront read for this distribution, and Multi-Region Access Points with a bucket in
    /// an opt-in Region. It decides where a template or plan makes the access point. Elsewhere the
    /// policies are listed as not checked: the guard has no call that reads them.
    ///
    /// ## Why is this bad?
    /// It deploys quietly, and viewers get 403 for every object. S3 answers a request through an access
    /// point only if the policies of both allow it. CloudFront reads no Multi-Region Access Point that
    /// has a bucket in an opt-in Region. A policy may be put there outside the document, so this is a
    /// warning.
    ///
    /// ## Example
    /// ```yaml
    /// AssetsPoint:
    ///   Type: AWS::S3::AccessPoint
    ///   Properties:
    ///     Name: assets
    ///     Bucket: !Ref Assets
    ///     Policy:
    ///       Statement:
    ///         - Effect: Allow
    ///           Principal: {AWS: !GetAtt Role.Arn}
    ///           Action: s3:GetObject
    ///           Resource: !Sub arn:aws:s3:${AWS::Region}:${AWS::AccountId}:accesspoint/assets/object/*
    /// ```
    /// Use instead, beside that statement:
    /// ```yaml
    ///         - Effect: Allow
    ///           Principal: {Service: cloudfront.amazonaws.com}
    ///           Action: s3:GetObject
    ///           Resource: !Sub arn:aws:s3:${AWS::Region}:${AWS::AccountId}:accesspoint/assets/object/*
    ///           Condition:
    ///             StringEquals:
    ///               AWS:SourceArn: !Sub arn:aws:cloudfront::${AWS::AccountId}:distribution/${Site}
    /// ```
    /// In CloudFormation:
    /// ```yaml
    /// # bad
    /// AssetsPolicy:
    ///   Type: AWS::S3::BucketPolicy
    ///   Properties:
    ///     Bucket: !Ref Assets
    ///     PolicyDocument:
    ///       Statement:
    ///         - Effect: Allow
    ///           Principal: {AWS: !GetAtt Role.Arn}
    ///           Action: s3:GetObject
    ///           Resource: !Sub ${Assets.Arn}/*
    /// # good
    /// AssetsPolicy:
    ///   Type: AWS::S3::BucketPolicy
    ///   Properties:
    ///     Bucket: !Ref Assets
    ///     PolicyDocument:
    ///       Statement:
    ///         - Effect: Allow
    ///           Principal: {Service: cloudfront.amazonaws.com}
    ///           Action: s3:GetObject
    ///           Resource: !Sub ${Assets.Arn}/*
    ///           Condition:
    ///             StringEquals:
    ///               AWS:SourceArn: !Sub arn:aws:cloudfront::${AWS::AccountId}:distribution/${Site}
    /// ```
    /// In Terraform:
    /// ```hcl
    /// # bad
    /// statement {
    ///   actions   = ["s3:GetObject"]
    ///   resources = ["${aws_s3_access_point.assets.arn}/object/*"]
    ///   principals {
    ///     type        = "AWS"
    ///     identifiers = [aws_iam_role.reader.arn]
    ///   }
    /// }
    /// # good
    /// statement {
    ///   actions   = ["s3:GetObject"]
    ///   resources = ["${aws_s3_access_point.assets.arn}/object/*"]
    ///   principals {
    ///     type        = "Service"
    ///     identifiers = ["cloudfront.amazonaws.com"]
    ///   }
    ///   condition {
    ///     test     = "StringEquals"
    ///     variable = "AWS:SourceArn"
    ///     values   = [aws_cloudfront_distribution.site.arn]
    ///   }
    /// }
    /// ```
    ///
    /// ## How to fix
    /// Add the statement that the finding prints to the policy of the access point or of the bucket, in
    /// the template that owns it. Take a bucket in an opt-in Region out of the Multi-Region Access
    /// Point. Don't open the access point or the bucket to the public.
    ///
    /// ## References
    /// - [Restrict access to an Amazon S3 origin](https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/private-content-restricting-access-to-s3.html)
    /// - [Restrict access to a Multi-Region Access Point origin](https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/private-content-restricting-access-to-s3-mrap.html)
    /// - [Configuring IAM policies for using access points](https://docs.aws.amazon.com/AmazonS3/latest/userguide/access-points-policies.html)
    "ungranted-access-point", OriginMap, Warning, check
}

const SID: &str = "AllowCloudFrontRead";

fn check(case: &Case<'_>, findings: &mut Findings) {
    let sources = Sources::new(case);
    for subject in case.origins() {
        let origin = subject.origin;
        let Some(endpoint) = &origin.s3_endpoint else {
            continue;
        };
        match case.facts.access_point(endpoint) {
            Some(point) => judge(&sources, subject, point, findings),
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
    point: &AccessPoint,
    findings: &mut Findings,
) {
    let (case, origin) = (sources.case, subject.origin);
    // One that never signs is for unsigned-origin-access-control, none for open-s3-origin.
    let Some(Signing::Always) = Signing::of(case, subject, "s3", findings) else {
        return;
    };
    opt_in_regions(case, origin, point, findings);
    let reading = Reading {
        case,
        origin,
        point,
        // The document's policies are read with `aws` in the place of the partition, so the
        // question has it too.
        source: sources.of("aws"),
    };
    // Both policies have to allow it: the access point's own, and that of the bucket behind it.
    reading.through_point(findings);
    for bucket in &point.buckets {
        reading.through_bucket(bucket, findings);
    }
}

/// What CloudFront reads through an access point.
/// A policy that decides, and what messages call it.
struct Asked<'p> {
    of: String,
    policy: Option<&'p Policy>,
}

struct Reading<'r, 'a> {
    case: &'r Case<'a>,
    origin: &'r Origin,
    point: &'r AccessPoint,
    source: &'r Source,
}

impl Reading<'_, '_> {
    fn through_point(&self, findings: &mut Findings) {
        let point = self.point;
        let Some(policy) = findings.need(&self.origin.place, &point.policy) else {
            return;
        };
        let of = format!("the policy of access point `{}`", point.name);
        let Some(policy) = policy else {
            let why = "the document gives it none";
            let unknown = Unknown::known_later("access point policy", &point.name, &of, why);
            findings.undecided(&self.origin.place, unknown);
            return;
        };
        // Each of its spellings is its ARN.
        let below: Vec<String> = point
            .arns
            .iter()
            .map(|arn| format!("{arn}/object/{}", self.folder()))
            .collect();
        let grants = below
            .iter()
            .map(|below| policy.grants(&self.question(below)));
        let Some((below, grant)) = below
            .iter()
            .zip(grants)
            // A statement names the access point in one of its spellings: a denial of any decides,
            // then a grant of any.
            .min_by_key(|(_, grant)| rank(grant))
        else {
            return;
        };
        let asked = Asked {
            of,
            policy: Some(policy),
        };
        self.report(&asked, below, &grant, findings);
    }

    fn through_bucket(&self, bucket: &BucketName, findings: &mut Findings) {
        let known = self.case.facts.bucket_access.get(bucket);
        let planned = self.case.facts.bucket_policies.get(bucket);
        let of = format!("the policy of bucket `{bucket}`");
        let Some(fact) = planned.or(known.map(|access| &access.policy)) else {
            let why = "the document does not make the bucket";
            let unknown = Unknown::known_later("bucket policy", bucket.as_str(), &of, why);
            findings.undecided(&self.origin.place, unknown);
            return;
        };
        let Some(policy) = findings.need(&self.origin.place, fact) else {
            return;
        };
        let below = format!("arn:aws:s3:::{bucket}/{}", self.folder());
        let grant = match policy {
            Some(policy) => policy.grants(&self.question(&below)),
            None => Grant::NotGranted { nearest: None },
        };
        let asked = Asked {
            of,
            policy: policy.as_ref(),
        };
        self.report(&asked, &below, &grant, findings);
    }

    /// The origin path as keys begin with it.
    fn folder(&self) -> String {
        match folder(self.origin) {
            "" => String::new(),
            folder => format!("{folder}/"),
        }
    }

    fn question<'q>(&'q self, below: &'q str) -> Question<'q> {
        Question {
            asker: self.source.asker(),
            action: "s3:GetObject",
            resource: Text::Below(below),
            resource_account: self.point.account.as_deref(),
            via: Via::AccessPoint {
                arn: self.point.arns.first().map_or("", String::as_str),
                account: self.point.account.as_deref(),
            },
        }
    }

    fn report(
        &self,
        Asked { of, policy }: &Asked<'_>,
        below: &str,
        grant: &Grant<'_>,
        findings: &mut Findings,
    ) {
        let (origin, point) = (self.origin, self.point);
        let (does, reason) = match grant {
            Grant::Granted => return,
            Grant::Undecided(reason) => {
                let unknown =
                    Unknown::undecidable("access point", &point.name, format!("{of}: {reason}"));
                findings.undecided(&origin.place, unknown);
                return;
            }
            Grant::Denied(reason) => ("denies", Some(reason)),
            Grant::NotGranted { nearest } => ("does not allow", nearest.as_ref()),
        };
        let closest = match reason {
            Some(reason) if does == "denies" => format!(": {reason}"),
            Some(reason) => format!(": the closest is {reason}"),
            None => String::new(),
        };
        let reader = self.source.in_words();
        let wanted = Wanted {
            sid: SID,
            action: "s3:GetObject",
            resource: Text::Below(below),
            statement_resource: &format!("{below}*"),
        };
        let policied = Policied {
            policy: of.clone(),
            is_in_document: true,
        };
        let steps = Reader::Distribution(self.source.arn(true)).steps(
            *policy,
            &self.question(below),
            &wanted,
            &policied,
        );
        findings
            .add(
                &origin.domain_name.place,
                format!(
                    "origin {} reads `{below}*` through access point `{}`, and {of} {does} this to \
                     {}{closest}",
                    origin.name(),
                    point.name,
                    reader.trim_end_matches(',')
                ),
            )
            .origin(self.case.reach(), origin)
            .key(of)
            .remedy(steps);
    }
}

/// Of answers to one question in several spellings, the one that decides comes first; else the first
/// spelling's, which leaves the least open.
fn rank(grant: &Grant<'_>) -> u8 {
    match grant {
        Grant::Denied(_) => 0,
        Grant::Granted => 1,
        Grant::Undecided(_) | Grant::NotGranted { .. } => 2,
    }
}

fn opt_in_regions(case: &Case<'_>, origin: &Origin, point: &AccessPoint, findings: &mut Findings) {
    if !point.is_multi_region {
        return;
    }
    for bucket in &point.buckets {
        let Some(Fact::Known(Bucket::Exists {
            region: Some(region),
            ..
        })) = case.facts.buckets.get(bucket)
        else {
            continue;
        };
        if !is_opt_in(region) {
            continue;
        }
        findings
            .add(
                &origin.domain_name.place,
                format!(
                    "origin {} reads Multi-Region Access Point `{}`, whose bucket `{bucket}` is in the \
                     opt-in Region {region}, from which CloudFront does not read through it",
                    origin.name(),
                    point.name
                ),
            )
            .origin(case.reach(), origin)
            .key(bucket.as_str())
            .remedy(format!(
                "take bucket `{bucket}` out of Multi-Region Access Point `{}`",
                point.name
            ));
    }
}

/// The Regions of the commercial partition that every account has are those launched until March 2019;
/// each newer one is opt-in
/// (<https://docs.aws.amazon.com/accounts/latest/reference/manage-acct-regions.html>).
fn is_opt_in(region: &Region) -> bool {
    const ALWAYS_ON: [&str; 17] = [
        "ap-northeast-1",
        "ap-northeast-2",
        "ap-northeast-3",
        "ap-south-1",
        "ap-southeast-1",
        "ap-southeast-2",
        "ca-central-1",
        "eu-central-1",
        "eu-north-1",
        "eu-west-1",
        "eu-west-2",
        "eu-west-3",
        "sa-east-1",
        "us-east-1",
        "us-east-2",
        "us-west-1",
        "us-west-2",
    ];
    region.partition() == "aws" && !ALWAYS_ON.contains(&region.as_str())
}

#[cfg(test)]
mod tests {
    use expect_test::expect;

    use super::*;
    use crate::rules::testing::{Scene, all_fail, all_pass_with_unknowns, s3_origin, text};

    const POINT: &str = "arn:aws:s3:${AWS::Region}:${AWS::AccountId}:accesspoint/assets/object/*";
    const MULTI: &str = "arn:aws:s3::${AWS::AccountId}:accesspoint/${Mrap.Alias}/object/*";
    const OWN: &str = "arn:aws:cloudfront::${AWS::AccountId}:distribution/${Cdn}";
    const OTHER: &str = "arn:aws:cloudfront::${AWS::AccountId}:distribution/E2OTHER";

    /// A policy that lets the distribution of an ARN read below a resource.
    fn allow(resource: &str, arn: &str) -> String {
        format!(
            "{{Statement: [{{Sid: Read, Effect: Allow, Principal: {{Service: cloudfront.amazonaws.com}}, Action: \
             's3:GetObject', Resource: !Sub '{resource}', Condition: {{StringEquals: {{'AWS:SourceArn': !Sub \
             '{arn}'}}}}}}]}}"
        )
    }

    fn template(domain: &str, protocol: &str, resources: &str) -> Scene {
        Scene::of_source(&format!(
            "Resources:
  Assets: {{Type: 'AWS::S3::Bucket'}}
{resources}
  Access: {{Type: 'AWS::CloudFront::OriginAccessControl', Properties: {{OriginAccessControlConfig: {{Name: a, \
             OriginAccessControlOriginType: s3, SigningBehavior: always, SigningProtocol: {protocol}}}}}}}
  Cdn:
    Type: AWS::CloudFront::Distribution
    Properties:
      DistributionConfig:
        Enabled: true
        Origins:
          - Id: a
            DomainName: !Sub '{domain}'
            OriginAccessControlId: !GetAtt Access.Id
            S3OriginConfig: {{OriginAccessIdentity: ''}}
        DefaultCacheBehavior: {{TargetOriginId: a, ViewerProtocolPolicy: https-only}}
"
        ))
    }

    fn bucket_policy(policy: &str) -> String {
        format!(
            "  AssetsPolicy: {{Type: 'AWS::S3::BucketPolicy', Properties: {{Bucket: !Ref Assets, PolicyDocument: \
             {policy}}}}}"
        )
    }

    /// An access point in front of a bucket, each with this policy.
    fn point(policy: &str, of_bucket: &str) -> Scene {
        let policy = if policy.is_empty() {
            String::new()
        } else {
            format!(", Policy: {policy}")
        };
        template(
            "${Point.Alias}.s3.${AWS::Region}.amazonaws.com",
            "sigv4",
            &format!(
                "  Point: {{Type: 'AWS::S3::AccessPoint', Properties: {{Name: assets, Bucket: !Ref Assets{policy}}}}}\n{}",
                bucket_policy(of_bucket)
            ),
        )
    }

    fn multi_region(policy: &str) -> Scene {
        template(
            "${Mrap.Alias}.accesspoint.s3-global.amazonaws.com",
            "sigv4a",
            &format!(
                "  Mrap: {{Type: 'AWS::S3::MultiRegionAccessPoint', Properties: {{Name: assets, Regions: [{{Bucket: \
                 !Ref Assets}}]}}}}
  MrapPolicy: {{Type: 'AWS::S3::MultiRegionAccessPointPolicy', Properties: {{MrapName: !Ref Mrap, Policy: {policy}}}}}
{}",
                bucket_policy(&allow("${Assets.Arn}/*", OWN))
            ),
        )
    }

    #[test]
    fn fails_for_the_policy_of_the_access_point_or_of_its_bucket() {
        let bucket = allow("${Assets.Arn}/*", OWN);
        let root = "{Statement: [{Effect: Allow, Principal: {AWS: 'arn:aws:iam::111122223333:root'}, Action: 's3:*', Resource: '*'}]}";
        all_fail(
            &RULE,
            [
                point(root, &bucket),
                point(
                    &allow(POINT, OWN).replace("s3:GetObject", "s3:PutObject"),
                    &bucket,
                ),
                point(&allow(POINT, OWN), root),
            ],
            expect![[r#"
                warning at /Resources/Cdn/Properties/DistributionConfig/Origins/0/DomainName
                  origin `a` reads `arn:aws:s3:${AWS::Region}:${AWS::AccountId}:accesspoint/assets/object/*` through access point `Point`, and the policy of access point `Point` does not allow this to this distribution: the closest is statement `1`: Principal
                  help: add to the policy of access point `Point`: {"Sid":"AllowCloudFrontRead","Effect":"Allow","Principal":{"Service":"cloudfront.amazonaws.com"},"Action":"s3:GetObject","Resource":"arn:aws:s3:${AWS::Region}:${AWS::AccountId}:accesspoint/assets/object/*","Condition":{"StringEquals":{"AWS:SourceArn":"arn:aws:cloudfront::${AWS::AccountId}:distribution/${Cdn}"}}}
                  origin: a
                  paths: `*`

                warning at /Resources/Cdn/Properties/DistributionConfig/Origins/0/DomainName
                  origin `a` reads `arn:aws:s3:${AWS::Region}:${AWS::AccountId}:accesspoint/assets/object/*` through access point `Point`, and the policy of access point `Point` does not allow this to this distribution: the closest is statement `Read`: Action
                  help: add to the policy of access point `Point`: {"Sid":"AllowCloudFrontRead","Effect":"Allow","Principal":{"Service":"cloudfront.amazonaws.com"},"Action":"s3:GetObject","Resource":"arn:aws:s3:${AWS::Region}:${AWS::AccountId}:accesspoint/assets/object/*","Condition":{"StringEquals":{"AWS:SourceArn":"arn:aws:cloudfront::${AWS::AccountId}:distribution/${Cdn}"}}}
                  origin: a
                  paths: `*`

                warning at /Resources/Cdn/Properties/DistributionConfig/Origins/0/DomainName
                  origin `a` reads `arn:aws:s3:::${Assets}/*` through access point `Point`, and the policy of bucket `${Assets}` does not allow this to this distribution: the closest is statement `1`: Principal
                  help: add to the policy of bucket `${Assets}`: {"Sid":"AllowCloudFrontRead","Effect":"Allow","Principal":{"Service":"cloudfront.amazonaws.com"},"Action":"s3:GetObject","Resource":"arn:aws:s3:::${Assets}/*","Condition":{"StringEquals":{"AWS:SourceArn":"arn:aws:cloudfront::${AWS::AccountId}:distribution/${Cdn}"}}}
                  origin: a
                  paths: `*`
            "#]],
        );
    }

    #[test]
    fn fails_for_a_statement_that_denies() {
        let mut policy = allow(POINT, OWN);
        policy.insert_str(
            policy.len() - 2,
            ", {Sid: Closed, Effect: Deny, Principal: '*', Action: 's3:*', Resource: '*'}",
        );
        point(&policy, &allow("${Assets.Arn}/*", OWN)).fails(&RULE, expect![[r#"
            warning at /Resources/Cdn/Properties/DistributionConfig/Origins/0/DomainName
              origin `a` reads `arn:aws:s3:${AWS::Region}:${AWS::AccountId}:accesspoint/assets/object/*` through access point `Point`, and the policy of access point `Point` denies this to this distribution: statement `Closed`: Principal
              help: except this distribution: add {"StringNotEquals":{"AWS:SourceArn":"arn:aws:cloudfront::${AWS::AccountId}:distribution/${Cdn}"}} to the Condition of statement `Closed` of the policy of access point `Point`
              origin: a
              paths: `*`
        "#]]);
    }

    #[test]
    fn fails_for_a_multi_region_access_point_without_the_grant_or_in_an_opt_in_region() {
        let mut opt_in = multi_region(&allow(MULTI, OWN));
        for (_, fact) in opt_in.facts.buckets.iter_mut() {
            *fact = Fact::Known(crate::rules::testing::ours("af-south-1"));
        }
        let policy = "{Statement: [{Effect: Allow, Principal: {Service: cloudtrail.amazonaws.com}, Action: 's3:GetObject', Resource: '*'}]}";
        all_fail(
            &RULE,
            [multi_region(policy), opt_in],
            expect![[r#"
            warning at /Resources/Cdn/Properties/DistributionConfig/Origins/0/DomainName
              origin `a` reads `arn:aws:s3::${AWS::AccountId}:accesspoint/${Mrap.Alias}/object/*` through access point `Mrap`, and the policy of access point `Mrap` does not allow this to this distribution: the closest is statement `1`: Principal
              help: add to the policy of access point `Mrap`: {"Sid":"AllowCloudFrontRead","Effect":"Allow","Principal":{"Service":"cloudfront.amazonaws.com"},"Action":"s3:GetObject","Resource":"arn:aws:s3::${AWS::AccountId}:accesspoint/${Mrap.Alias}/object/*","Condition":{"StringEquals":{"AWS:SourceArn":"arn:aws:cloudfront::${AWS::AccountId}:distribution/${Cdn}"}}}
              origin: a
              paths: `*`

            warning at /Resources/Cdn/Properties/DistributionConfig/Origins/0/DomainName
              origin `a` reads Multi-Region Access Point `Mrap`, whose bucket `${Assets}` is in the opt-in Region af-south-1, from which CloudFront does not read through it
              help: take bucket `${Assets}` out of Multi-Region Access Point `Mrap`
              origin: a
              paths: `*`
        "#]],
        );
    }

    #[test]
    fn passes_where_both_policies_allow_it() {
        let bucket = allow("${Assets.Arn}/*", OWN);
        point(&allow(POINT, OWN), &bucket).passes(&RULE);
        multi_region(&allow(MULTI, OWN)).passes(&RULE);
    }

    #[test]
    fn passes_for_a_bucket_that_leaves_it_to_its_access_points() {
        let delegates = "{Statement: [{Effect: Allow, Principal: '*', Action: '*', Resource: [!GetAtt Assets.Arn, !Sub '${Assets.Arn}/*'], Condition: {StringEquals: {'s3:DataAccessPointAccount': !Ref AWS::AccountId}}}]}";
        let mut scene = point(&allow(POINT, OWN), delegates);
        scene
            .facts
            .access_points
            .values_mut()
            .for_each(|it| it.account = Some("${AWS::AccountId}".to_owned()));
        scene.passes(&RULE);
    }

    #[test]
    fn passes_with_an_unknown_where_the_document_does_not_decide() {
        all_pass_with_unknowns(
            &RULE,
            [
                point("", &allow("${Assets.Arn}/*", OWN)),
                point(&allow(POINT, OTHER), &allow("${Assets.Arn}/*", OWN)),
            ],
            expect![[r#"
                unknown: access point policy `Point`, the policy of access point `Point` is known only after the deployment: the document gives it none

                unknown: access point `Point`, not decidable: the policy of access point `Point`: statement `Read`: StringEquals AWS:SourceArn arn:aws:cloudfront::${AWS::AccountId}:distribution/E2OTHER
                  needs: manual review
            "#]],
        );
    }

    #[test]
    fn passes_with_an_unknown_where_no_call_reads_the_policies() {
        let scenes = [
            "ap-x-s3alias.s3.us-east-1.amazonaws.com",
            "mfzwi23gnjvgw.mrap.accesspoint.s3-global.amazonaws.com",
            "ap-x--ol-s3.s3.us-east-1.amazonaws.com",
        ]
        .map(|host| {
            Scene::of(s3_origin("main", host))
                .with(|origin| origin.origin_access_control_id = Some(text("EOAC")))
        });
        all_pass_with_unknowns(
            &RULE,
            scenes,
            expect![[r#"
            unknown: access point policy `ap-x-s3alias.s3.us-east-1.amazonaws.com`, not decidable: no call of the guard reads it
              needs: a manual review: the policies of the access point and of its bucket must allow s3:GetObject to cloudfront.amazonaws.com for this distribution

            unknown: Multi-Region Access Point policy `mfzwi23gnjvgw.mrap.accesspoint.s3-global.amazonaws.com`, not decidable: no call of the guard reads it
              needs: a manual review: none of its buckets may be in an opt-in Region, and its policy and those of its buckets must allow s3:GetObject to cloudfront.amazonaws.com for this distribution

            unknown: Object Lambda access point policy `ap-x--ol-s3.s3.us-east-1.amazonaws.com`, not decidable: no call of the guard reads it
              needs: a manual review: the policies of the Object Lambda access point, of its access point and of its function must allow the request to cloudfront.amazonaws.com for this distribution
        "#]],
        );
    }

    #[test]
    fn passes_for_buckets() {
        Scene::s3("assets").passes(&RULE);
    }
}
