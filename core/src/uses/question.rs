use std::collections::BTreeSet;

use super::Subject;
use super::index::{shard_of, wildcard};
use super::usage::host;
use crate::distribution::{BucketName, S3Endpoint};

/// What is asked about, as a person names it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Question {
    /// Who uses this.
    Subject(Subject),
    /// What the distribution of this ID uses.
    Distribution(String),
    /// An ID that a distribution, an origin access control and an origin access identity may have.
    Id(String),
    /// Who has a domain as an origin, and what the distribution uses that viewers reach by it.
    Domain(String),
}

/// A text that names nothing that can be asked about.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{problem}")]
pub struct NoSubject {
    /// What is wrong with it.
    pub problem: String,
    /// What to give instead.
    pub remedy: String,
}

/// What can be named.
const FORMS: &str = "give s3://BUCKET, a domain, the ID or ARN of a distribution, an origin access control, an \
                     origin access identity or a VPC origin, or the ARN of a KMS key";

impl Question {
    /// Reads what a person types: `s3://bucket`, a bucket's domain or ARN, a domain or URL, the ID or ARN
    /// of a distribution, an access control, an access identity or a VPC origin, or a KMS key.
    ///
    /// # Errors
    /// What is wrong, and what can be named.
    pub fn parse(text: &str) -> Result<Self, NoSubject> {
        let text = text.trim();
        if let Some(rest) = strip(text, "s3://") {
            return of_bucket(first_part(rest));
        }
        if let Some(rest) = strip(text, "arn:") {
            return of_arn(text, rest);
        }
        if let Some(id) = text.strip_prefix("origin-access-identity/cloudfront/") {
            return Ok(of(Subject::OriginAccessIdentity(id.into())));
        }
        if text.starts_with("vo_") {
            return Ok(of(Subject::VpcOrigin(text.into())));
        }
        if is_key_id(text) {
            return Ok(of(Subject::Key(text.into())));
        }
        let url = strip(text, "https://").or_else(|| strip(text, "http://"));
        if url.is_some() || text.contains('.') && !text.contains('/') {
            return of_domain(url.unwrap_or(text));
        }
        let is_id = (8..=32).contains(&text.len())
            && text.starts_with(['E', 'e'])
            && text.bytes().all(|byte| byte.is_ascii_alphanumeric());
        if is_id {
            return Ok(Self::Id(text.to_ascii_uppercase()));
        }
        Err(unclear(text))
    }

    /// The parts of an index in which the answer is.
    #[must_use]
    pub fn shards(&self) -> BTreeSet<usize> {
        match self {
            Self::Subject(subject) => [shard_of(subject.key())].into(),
            Self::Distribution(id) | Self::Id(id) => [shard_of(id)].into(),
            Self::Domain(domain) => {
                let names = [Some(domain.clone()), wildcard(domain)];
                names.iter().flatten().map(|name| shard_of(name)).collect()
            }
        }
    }
}

/// The rest of a text behind a beginning in any case.
fn strip<'t>(text: &'t str, start: &str) -> Option<&'t str> {
    let (head, rest) = text.split_at_checked(start.len())?;
    head.eq_ignore_ascii_case(start).then_some(rest)
}

fn first_part(path: &str) -> &str {
    path.split_once('/').map_or(path, |(first, _)| first)
}

fn of(subject: Subject) -> Question {
    Question::Subject(subject)
}

fn of_bucket(name: &str) -> Result<Question, NoSubject> {
    let bucket = BucketName::new(name);
    match bucket.validate() {
        Ok(()) => Ok(of(Subject::Bucket(bucket))),
        Err(error) => Err(NoSubject {
            problem: format!("no bucket is named `{name}`: {error}"),
            remedy: "give the bucket's name, such as s3://example-assets".to_owned(),
        }),
    }
}

/// `arn:PARTITION:SERVICE:REGION:ACCOUNT:RESOURCE`, without its beginning.
fn of_arn(text: &str, rest: &str) -> Result<Question, NoSubject> {
    let mut parts = rest.splitn(5, ':').skip(1);
    let (service, Some(resource)) = (parts.next().unwrap_or_default(), parts.nth(2)) else {
        return Err(unclear(text));
    };
    let kind_and_id = resource.split_once('/');
    match (service.to_ascii_lowercase().as_str(), kind_and_id) {
        ("s3", _) => of_bucket(first_part(resource)),
        ("kms", Some(("key", _))) => Ok(of(Subject::Key(text.into()))),
        ("kms", Some(("alias", _))) => Err(NoSubject {
            problem: format!("`{text}` is an alias, and configs of buckets name keys"),
            remedy: "give the key's ARN, which `aws kms describe-key` prints".to_owned(),
        }),
        ("cloudfront", Some((kind, id))) => match kind.to_ascii_lowercase().as_str() {
            "distribution" => Ok(Question::Distribution(id.to_ascii_uppercase())),
            "origin-access-control" => Ok(of(Subject::OriginAccessControl(id.into()))),
            "origin-access-identity" => Ok(of(Subject::OriginAccessIdentity(
                id.rsplit('/').next().unwrap_or(id).into(),
            ))),
            "vpcorigin" | "vpc-origin" => Ok(of(Subject::VpcOrigin(id.into()))),
            _ => Err(unclear(text)),
        },
        // How policies name an origin access identity:
        // arn:aws:iam::cloudfront:user/CloudFront Origin Access Identity E74FTE3EXAMPLE
        ("iam", Some(("user", user))) => {
            let id = user.strip_prefix("CloudFront Origin Access Identity ");
            id.map(|id| of(Subject::OriginAccessIdentity(id.trim().into())))
                .ok_or_else(|| unclear(text))
        }
        _ => Err(unclear(text)),
    }
}

fn of_domain(url: &str) -> Result<Question, NoSubject> {
    let authority = first_part(url);
    let authority = authority.split(['?', '#']).next().unwrap_or_default();
    // A port is no part of an origin's domain.
    let domain = authority
        .split_once(':')
        .map_or(authority, |(host, _)| host);
    let domain = host(domain);
    if domain.is_empty() || domain.contains(char::is_whitespace) {
        return Err(unclear(url));
    }
    let endpoint = S3Endpoint::parse(&domain);
    Ok(match endpoint.as_ref().and_then(S3Endpoint::bucket) {
        Some(bucket) => of(Subject::Bucket(bucket.clone())),
        None => Question::Domain(domain),
    })
}

/// A UUID, or the ID of a multi-Region key.
fn is_key_id(text: &str) -> bool {
    let is_hex = |text: &str| text.bytes().all(|byte| byte.is_ascii_hexdigit());
    let groups: Vec<&str> = text.split('-').collect();
    let lengths: Vec<usize> = groups.iter().map(|group| group.len()).collect();
    lengths == [8, 4, 4, 4, 12] && groups.iter().all(|group| is_hex(group))
        || text
            .strip_prefix("mrk-")
            .is_some_and(|id| id.len() == 32 && is_hex(id))
}

fn unclear(text: &str) -> NoSubject {
    let is_bucket = BucketName::new(text).validate().is_ok();
    NoSubject {
        problem: format!("`{text}` names nothing that a distribution can use"),
        remedy: if is_bucket {
            format!("for a bucket, give s3://{text}; else {FORMS}")
        } else {
            FORMS.to_owned()
        },
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn bucket(name: &str) -> Question {
        of(Subject::Bucket(BucketName::new(name)))
    }

    #[test]
    fn every_way_to_name_a_bucket_is_the_same_question() {
        for text in [
            "s3://example-assets",
            "S3://example-assets/docs/a.html",
            "arn:aws:s3:::example-assets",
            "arn:aws-cn:s3:::example-assets/*",
            "example-assets.s3.eu-west-1.amazonaws.com",
            "example-assets.s3.amazonaws.com",
            "https://example-assets.s3-website-us-east-1.amazonaws.com/index.html",
            "EXAMPLE-assets.s3.eu-west-1.amazonaws.com.",
        ] {
            assert_eq!(
                Question::parse(text),
                Ok(bucket("example-assets")),
                "{text}"
            );
        }
    }

    #[test]
    fn everything_else_is_told_apart_by_its_form() {
        let key = "arn:aws:kms:eu-west-1:111122223333:key/1234abcd-12ab-34cd-56ef-1234567890ab";
        let identity = of(Subject::OriginAccessIdentity("E74FTE3EXAMPLE".into()));
        for (text, question) in [
            (key, of(Subject::Key(key.into()))),
            (
                "1234abcd-12ab-34cd-56ef-1234567890ab",
                of(Subject::Key("1234abcd-12ab-34cd-56ef-1234567890ab".into())),
            ),
            (
                "arn:aws:cloudfront::111122223333:distribution/E2EXAMPLE1GUARD",
                Question::Distribution("E2EXAMPLE1GUARD".to_owned()),
            ),
            (
                "arn:aws:cloudfront::111122223333:origin-access-control/E1PA6795UKMFR9",
                of(Subject::OriginAccessControl("E1PA6795UKMFR9".into())),
            ),
            (
                "arn:aws:iam::cloudfront:user/CloudFront Origin Access Identity E74FTE3EXAMPLE",
                identity.clone(),
            ),
            (
                "origin-access-identity/cloudfront/E74FTE3EXAMPLE",
                identity.clone(),
            ),
            ("vo_abc123", of(Subject::VpcOrigin("vo_abc123".into()))),
            (
                "arn:aws:cloudfront::111122223333:vpcorigin/vo_abc123",
                of(Subject::VpcOrigin("vo_abc123".into())),
            ),
            ("e1pa6795ukmfr9", Question::Id("E1PA6795UKMFR9".to_owned())),
            (
                "WWW.Example.com",
                Question::Domain("www.example.com".to_owned()),
            ),
            (
                "https://www.example.com:8443/a?b=c",
                Question::Domain("www.example.com".to_owned()),
            ),
            (
                "d111111abcdef8.cloudfront.net",
                Question::Domain("d111111abcdef8.cloudfront.net".to_owned()),
            ),
        ] {
            assert_eq!(Question::parse(text), Ok(question), "{text}");
        }
    }

    #[test]
    fn what_names_nothing_is_refused_with_what_can_be_named() {
        for text in [
            "",
            "example-assets",
            "s3://",
            "s3://Not_A_Bucket",
            "arn:aws:kms:eu-west-1:111122223333:alias/site",
            "arn:aws:lambda:eu-west-1:111122223333:function:site",
            "arn:aws:s3",
            "https://",
            "docs/index.html",
        ] {
            let error = Question::parse(text).unwrap_err();
            assert!(
                error.remedy.starts_with("give") || error.remedy.contains("s3://"),
                "{error:?}"
            );
        }
        let error = Question::parse("example-assets").unwrap_err();
        assert!(
            error
                .remedy
                .starts_with("for a bucket, give s3://example-assets")
        );
    }

    #[test]
    fn a_question_is_one_part_of_an_index_and_a_domain_may_be_two() {
        assert_eq!(bucket("example-assets").shards().len(), 1);
        assert!(
            Question::Domain("www.example.com".to_owned())
                .shards()
                .len()
                <= 2
        );
        let arn = "arn:aws:kms:eu-west-1:111122223333:key/1234abcd-12ab-34cd-56ef-1234567890ab";
        let [by_arn, by_id] = [arn, "1234abcd-12ab-34cd-56ef-1234567890ab"]
            .map(|text| Question::parse(text).unwrap().shards());
        assert_eq!(by_arn, by_id);
    }
}
