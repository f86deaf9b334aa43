use super::region::SUFFIXES;
use super::{AccountId, At, BucketName, Expression, ExpressionPart, Partition, Region, Value};

/// An S3 host name, taken apart. Every form S3 itself builds is known; see
/// <https://docs.aws.amazon.com/general/latest/gr/s3.html> and
/// <https://docs.aws.amazon.com/AmazonS3/latest/userguide/VirtualHosting.html>.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct S3Endpoint {
    /// Which form, with the names in it.
    pub kind: S3EndpointKind,
    /// The region that the host names; the global forms name none.
    pub region: Option<Region>,
    /// The partition whose suffix the host has.
    pub partition: Partition,
    /// Answers over IPv6 too.
    pub dual_stack: bool,
    /// A FIPS endpoint.
    pub fips: bool,
}

/// The forms of S3 hosts.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum S3EndpointKind {
    /// `bucket.s3.region.suffix`: what CloudFront recommends.
    Regional(BucketName),
    /// `bucket.s3.suffix`: resolves everywhere only for older regions.
    Global(BucketName),
    /// `bucket.s3-region.suffix`: legacy form of older regions.
    Dash(BucketName),
    /// `bucket.s3-external-1.amazonaws.com`: legacy form of us-east-1.
    External1(BucketName),
    /// `bucket.s3-accelerate.suffix`
    Accelerate(BucketName),
    /// `bucket.s3-website-region.suffix` or `bucket.s3-website.region.suffix`
    Website(BucketName),
    /// `bucket.s3-website-region.suffix`, in a Region that has only the form with a dot: there is no
    /// such host.
    UnknownWebsite(BucketName),
    /// `name-random-s3alias.s3.region.suffix`
    AccessPointAlias(String),
    /// `name-account.s3-accesspoint.region.suffix`
    AccessPoint {
        /// The access point's name.
        name: String,
        /// The account that owns it.
        account: AccountId,
    },
    /// `name--ol-s3.s3.region.suffix`
    ObjectLambdaAlias(String),
    /// `name-account.s3-object-lambda.region.suffix`
    ObjectLambda {
        /// The Object Lambda access point's name.
        name: String,
        /// The account that owns it.
        account: AccountId,
    },
    /// `alias.mrap.accesspoint.s3-global.suffix`
    MultiRegionAccessPoint(String),
    /// `base--zone--x-s3.s3express-zone.region.suffix`
    DirectoryBucket(String),
    /// `name.outpost.s3-outposts.region.suffix`
    Outposts(String),
    /// `s3.region.suffix`, the bucket being in the path.
    PathStyle,
    /// A host of one of these forms that lacks a part, so that it names no bucket.
    Incomplete(Lacks),
}

/// What an incomplete S3 host lacks.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Lacks {
    /// The bucket before `s3-website.region.suffix` or `s3-website-region.suffix`: that host answers,
    /// with a redirect to a page about S3.
    WebsiteBucket,
    /// The bucket before `s3-accelerate.suffix`.
    Bucket,
    /// The Region, in `bucket.s3-website.suffix`.
    Region,
    /// The access point, or its account, before `s3-accesspoint`, `s3-object-lambda`, `s3-outposts` or
    /// `accesspoint.s3-global`.
    AccessPoint,
    /// The suffix, in `bucket.s3.region`.
    Suffix,
}

impl S3Endpoint {
    /// Takes an origin's domain apart, also one of which a template leaves the bucket or the region
    /// open: what shows that it is S3's is known then.
    #[must_use]
    pub fn of(domain: &At<String>) -> Option<Self> {
        match &domain.value {
            Value::Known(host) => Self::parse(host),
            Value::Symbolic(expression) => Self::parse_expression(expression),
        }
    }

    pub(super) fn parse_expression(expression: &Expression) -> Option<Self> {
        let (host, open) = with_stand_ins(expression);
        // One parser for both: a second one for expressions would know other forms before long.
        let mut endpoint = Self::parse(&host)?;
        let restore = |bucket: &BucketName| {
            let mut name = Expression::default();
            let mut rest = bucket.as_str();
            for (at, part) in open.iter().enumerate() {
                if let Some((before, after)) = rest.split_once(&stand_in(at)) {
                    name.push_str(before);
                    name.push_part(*part);
                    rest = after;
                }
            }
            name.push_str(rest);
            BucketName::new(name)
        };
        endpoint.kind = match endpoint.kind {
            S3EndpointKind::Regional(bucket) => S3EndpointKind::Regional(restore(&bucket)),
            S3EndpointKind::Global(bucket) => S3EndpointKind::Global(restore(&bucket)),
            S3EndpointKind::Website(bucket) => S3EndpointKind::Website(restore(&bucket)),
            S3EndpointKind::Dash(bucket) => S3EndpointKind::Dash(restore(&bucket)),
            S3EndpointKind::UnknownWebsite(bucket) => {
                S3EndpointKind::UnknownWebsite(restore(&bucket))
            }
            S3EndpointKind::External1(bucket) => S3EndpointKind::External1(restore(&bucket)),
            S3EndpointKind::Accelerate(bucket) => S3EndpointKind::Accelerate(restore(&bucket)),
            S3EndpointKind::MultiRegionAccessPoint(alias) => {
                let alias = restore(&BucketName::new(alias));
                S3EndpointKind::MultiRegionAccessPoint(alias.to_string())
            }
            S3EndpointKind::Incomplete(Lacks::WebsiteBucket) => {
                S3EndpointKind::Incomplete(Lacks::WebsiteBucket)
            }
            other if open.is_empty() => other,
            // Nothing is said about the rarer forms while a part of them is open.
            _ => return None,
        };
        Some(endpoint)
    }

    /// Whether an expression has a form of S3's, whatever its open parts come to: also one of the rarer
    /// forms, of which nothing is said while a part is open.
    pub(super) fn is_form(expression: &Expression) -> bool {
        let (host, _) = with_stand_ins(expression);
        Self::parse(&host).is_some()
    }

    /// Takes a host apart; `None` if S3 has no such form. Case and one trailing dot don't matter.
    #[must_use]
    pub fn parse(host: &str) -> Option<Self> {
        let host = host.strip_suffix('.').unwrap_or(host).to_ascii_lowercase();
        let suffixed = SUFFIXES
            .iter()
            .find_map(|(suffix, partition)| Some((host.strip_suffix(suffix)?, *partition)));
        match suffixed {
            Some((rest, partition)) => Self::parse_below(rest, partition),
            None => Self::without_suffix(&host),
        }
    }

    /// A host that would be S3's with its suffix. No domain ends with a Region, or with `amazonaws`.
    fn without_suffix(host: &str) -> Option<Self> {
        let rest = host.strip_suffix(".amazonaws").unwrap_or(host);
        let (_, last) = rest.rsplit_once('.')?;
        let ends_with_region = last.strip_prefix("s3-website-").unwrap_or(last);
        // Any other host without AWS's suffix is just another host: a false "incomplete" would be a
        // false block.
        if rest.len() == host.len() && Region::parse(ends_with_region).is_none() {
            return None;
        }
        let endpoint = Self::parse_below(rest, Partition::Aws)?;
        Some(Self {
            kind: S3EndpointKind::Incomplete(Lacks::Suffix),
            ..endpoint
        })
    }

    /// Takes apart what stands before a partition's suffix.
    fn parse_below(rest: &str, partition: Partition) -> Option<Self> {
        // From the right: bucket names may have dots
        // (`assets.example.com.s3.eu-west-1.amazonaws.com`), and what AWS adds never has.
        let mut labels: Vec<&str> = rest.split('.').collect();
        let region = labels.last().and_then(|label| Region::parse(label));
        let open_region = labels.len() > 1 && labels.last().is_some_and(|label| is_stand_in(label));
        let has_region = region.is_some() || open_region;
        if has_region {
            labels.pop();
        }
        let dual_stack = labels.len() > 1 && labels.last() == Some(&"dualstack");
        if dual_stack {
            labels.pop();
        }
        let service = labels.pop()?;
        let prefix = labels.join(".");
        let (kind, named_region, fips) = Service::parse(service)?.kind(&prefix, has_region)?;
        let is_legacy = named_region.is_some();
        let region = region.or(named_region);
        Some(Self {
            kind: match kind {
                S3EndpointKind::Website(bucket)
                    if is_legacy && region.as_ref().is_some_and(has_website_with_dot_only) =>
                {
                    S3EndpointKind::UnknownWebsite(bucket)
                }
                kind => kind,
            },
            region,
            partition,
            dual_stack,
            fips,
        })
    }

    /// The bucket, for the forms that name one in the general namespace.
    #[must_use]
    pub fn bucket(&self) -> Option<&BucketName> {
        match &self.kind {
            S3EndpointKind::Regional(bucket)
            | S3EndpointKind::Global(bucket)
            | S3EndpointKind::Dash(bucket)
            | S3EndpointKind::External1(bucket)
            | S3EndpointKind::Accelerate(bucket)
            | S3EndpointKind::Website(bucket)
            | S3EndpointKind::UnknownWebsite(bucket) => Some(bucket),
            _ => None,
        }
    }

    /// Whether it is a website endpoint.
    #[must_use]
    pub fn is_website(&self) -> bool {
        use S3EndpointKind as K;
        matches!(self.kind, K::Website(_) | K::UnknownWebsite(_))
    }

    /// The recommended domain of a bucket: `bucket.s3.region.suffix`.
    #[must_use]
    pub fn regional_domain(bucket: &BucketName, region: &Region, partition: Partition) -> String {
        format!("{bucket}.s3.{region}.{}", partition.suffix())
    }
}

/// A stand-in that no host has; what it stands for is put back into the names.
fn stand_in(at: usize) -> String {
    format!("\u{1}{at}\u{2}")
}

/// A host with stand-ins for its open parts, and these.
fn with_stand_ins(expression: &Expression) -> (String, Vec<ExpressionPart<'_>>) {
    let mut open = Vec::new();
    let mut host = String::new();
    for part in expression.parts() {
        match part {
            ExpressionPart::Known(text) => host.push_str(text),
            // CloudFront is only in the commercial partition and in China, and the form is the same
            // under both suffixes, so the usual one shows what kind of host this is.
            ExpressionPart::Open(symbol) if symbol.spelling == "${AWS::URLSuffix}" => {
                host.push_str("amazonaws.com");
            }
            ExpressionPart::Open(_) => {
                host.push_str(&stand_in(open.len()));
                open.push(part);
            }
        }
    }
    (host, open)
}

/// The label of a host that names the service.
enum Service<'a> {
    S3 {
        fips: bool,
    },
    DashRegion {
        region: Option<Region>,
        fips: bool,
    },
    External1,
    Accelerate,
    /// With the Region after a dash, where one is spelt.
    Website {
        dash: bool,
        region: Option<Region>,
    },
    AccessPoint {
        fips: bool,
    },
    ObjectLambda {
        fips: bool,
    },
    Global,
    Outposts,
    Express(&'a str),
}

impl<'a> Service<'a> {
    fn parse(label: &'a str) -> Option<Self> {
        Some(match label {
            "s3" => Self::S3 { fips: false },
            "s3-fips" => Self::S3 { fips: true },
            "s3-external-1" => Self::External1,
            "s3-accelerate" => Self::Accelerate,
            "s3-website" => Self::Website {
                dash: false,
                region: None,
            },
            "s3-accesspoint" => Self::AccessPoint { fips: false },
            "s3-accesspoint-fips" => Self::AccessPoint { fips: true },
            "s3-object-lambda" => Self::ObjectLambda { fips: false },
            "s3-object-lambda-fips" => Self::ObjectLambda { fips: true },
            "s3-global" => Self::Global,
            "s3-outposts" => Self::Outposts,
            _ => {
                // Before the dash form: `s3-website-us-east-1` also reads as `s3-` with the region
                // `website-us-east-1`.
                if let Some(region) = label.strip_prefix("s3-website-")
                    && is_region(region)
                {
                    Self::Website {
                        dash: true,
                        region: Region::parse(region),
                    }
                } else if let Some((region, fips)) = dash_region(label) {
                    Self::DashRegion { region, fips }
                } else {
                    Self::Express(label.strip_prefix("s3express-")?)
                }
            }
        })
    }

    fn kind(
        self,
        prefix: &str,
        has_region: bool,
    ) -> Option<(S3EndpointKind, Option<Region>, bool)> {
        let bucket = || BucketName::new(prefix);
        let text = || prefix.to_owned();
        let bare = prefix.is_empty();
        let kind = match self {
            Self::S3 { fips } if bare => (S3EndpointKind::PathStyle, None, fips),
            Self::DashRegion { region, fips } if bare => (S3EndpointKind::PathStyle, region, fips),
            Self::External1 if bare => (S3EndpointKind::PathStyle, None, false),
            Self::Website { region, .. } if bare => {
                (incomplete(Lacks::WebsiteBucket), region, false)
            }
            Self::Accelerate if bare => (incomplete(Lacks::Bucket), None, false),
            Self::Express(_) if bare => return None,
            _ if bare => (incomplete(Lacks::AccessPoint), None, false),
            // The alias forms all name a region (`ALIAS.s3.REGION.SUFFIX`), so without one this is
            // a bucket's host.
            Self::S3 { fips } if !has_region => (S3EndpointKind::Global(bucket()), None, fips),
            // Reserved endings: no bucket can have them, so the host is an access point's
            // (https://docs.aws.amazon.com/AmazonS3/latest/userguide/bucketnamingrules.html).
            Self::S3 { fips } if prefix.ends_with("--ol-s3") => {
                (S3EndpointKind::ObjectLambdaAlias(text()), None, fips)
            }
            Self::S3 { fips } if prefix.ends_with("-s3alias") => {
                (S3EndpointKind::AccessPointAlias(text()), None, fips)
            }
            Self::S3 { fips } => (S3EndpointKind::Regional(bucket()), None, fips),
            Self::DashRegion { region, fips } => (S3EndpointKind::Dash(bucket()), region, fips),
            Self::External1 => (
                S3EndpointKind::External1(bucket()),
                // A legacy form of us-east-1 alone.
                Region::parse("us-east-1"),
                false,
            ),
            Self::Accelerate => (S3EndpointKind::Accelerate(bucket()), None, false),
            Self::Website { dash: false, .. } if !has_region => {
                (incomplete(Lacks::Region), None, false)
            }
            Self::Website { region, .. } => (S3EndpointKind::Website(bucket()), region, false),
            Self::AccessPoint { fips } => match split_account(prefix) {
                Some((name, account)) => {
                    (S3EndpointKind::AccessPoint { name, account }, None, fips)
                }
                None => (incomplete(Lacks::AccessPoint), None, fips),
            },
            Self::ObjectLambda { fips } => match split_account(prefix) {
                Some((name, account)) => {
                    (S3EndpointKind::ObjectLambda { name, account }, None, fips)
                }
                None => (incomplete(Lacks::AccessPoint), None, fips),
            },
            Self::Global => {
                let alias = prefix.strip_suffix(".accesspoint");
                let alias = alias.filter(|alias| is_stand_in(alias) || is_multi_region(alias));
                let kind = match alias {
                    Some(alias) => S3EndpointKind::MultiRegionAccessPoint(alias.to_owned()),
                    None => incomplete(Lacks::AccessPoint),
                };
                (kind, None, false)
            }
            Self::Outposts => (S3EndpointKind::Outposts(text()), None, false),
            Self::Express(zone) => {
                let fips = zone.starts_with("fips-");
                (S3EndpointKind::DirectoryBucket(text()), None, fips)
            }
        };
        Some(kind)
    }
}

/// The Regions whose websites have only the form with a dot, `s3-website.REGION`. The other form
/// exists in the nine oldest; in Regions that are neither here nor there, nothing is known.
///
/// The S3 guide's table has one form for each Region
/// (<https://docs.aws.amazon.com/general/latest/gr/s3.html#s3_website_region_endpoints>). What AWS
/// lists in the public suffix list has the form with a dot for the oldest ones too
/// (<https://publicsuffix.org/list/public_suffix_list.dat>, section "Amazon S3"), so that one is right
/// everywhere.
const DOT_ONLY: [&str; 25] = [
    "af-south-1",
    "ap-east-1",
    "ap-northeast-2",
    "ap-northeast-3",
    "ap-south-1",
    "ap-south-2",
    "ap-southeast-3",
    "ap-southeast-4",
    "ap-southeast-5",
    "ca-central-1",
    "ca-west-1",
    "cn-north-1",
    "cn-northwest-1",
    "eu-central-1",
    "eu-central-2",
    "eu-north-1",
    "eu-south-1",
    "eu-south-2",
    "eu-west-2",
    "eu-west-3",
    "il-central-1",
    "me-central-1",
    "me-south-1",
    "us-east-2",
    "us-gov-east-1",
];

fn has_website_with_dot_only(region: &Region) -> bool {
    DOT_ONLY.contains(&region.as_str())
}

fn incomplete(lacks: Lacks) -> S3EndpointKind {
    S3EndpointKind::Incomplete(lacks)
}

/// `s3-REGION`, and `s3-fips-REGION`, which GovCloud has: the words `fips` and a region would make a
/// region of their own.
fn dash_region(label: &str) -> Option<(Option<Region>, bool)> {
    let rest = label.strip_prefix("s3-")?;
    let (region, fips) = match rest.strip_prefix("fips-") {
        Some(region) => (region, true),
        None => (rest, false),
    };
    is_region(region).then(|| (Region::parse(region), fips))
}

/// Whether a label is a region, or one that is open.
fn is_region(label: &str) -> bool {
    is_stand_in(label) || Region::parse(label).is_some()
}

/// Whether a label is wholly a stand-in for what is open.
fn is_stand_in(label: &str) -> bool {
    label.starts_with('\u{1}') && label.ends_with('\u{2}')
}

/// Whether an alias is a Multi-Region Access Point's.
fn is_multi_region(alias: &str) -> bool {
    alias
        .rsplit_once('.')
        .is_some_and(|(_, last)| last == "mrap")
}

/// `name-123456789012` → the name and the account.
fn split_account(prefix: &str) -> Option<(String, AccountId)> {
    let (name, account) = prefix.rsplit_once('-')?;
    Some((name.to_owned(), AccountId::parse(account)?))
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn kind(host: &str) -> Option<S3EndpointKind> {
        S3Endpoint::parse(host).map(|endpoint| endpoint.kind)
    }

    fn bucket(name: &str) -> BucketName {
        BucketName::new(name)
    }

    #[test]
    fn reads_every_form() {
        use S3EndpointKind as K;
        let point = |name: &str| K::AccessPoint {
            name: name.to_owned(),
            account: AccountId::parse("111122223333").unwrap(),
        };
        for (host, expected) in [
            ("b.s3.us-east-1.amazonaws.com", K::Regional(bucket("b"))),
            ("B.S3.us-east-1.amazonaws.com.", K::Regional(bucket("b"))),
            (
                "a.b.example.com.s3.eu-west-1.amazonaws.com",
                K::Regional(bucket("a.b.example.com")),
            ),
            (
                "web.s3-assets.s3.us-east-1.amazonaws.com",
                K::Regional(bucket("web.s3-assets")),
            ),
            ("b.s3.us-gov-west-1.amazonaws.com", K::Regional(bucket("b"))),
            ("b.s3.cn-north-1.amazonaws.com.cn", K::Regional(bucket("b"))),
            ("b.s3.eusc-de-east-1.amazonaws.eu", K::Regional(bucket("b"))),
            (
                "b.s3.ap-southeast-12.amazonaws.com",
                K::Regional(bucket("b")),
            ),
            (
                "b.s3.dualstack.us-east-1.amazonaws.com",
                K::Regional(bucket("b")),
            ),
            (
                "b.s3-fips.us-east-1.amazonaws.com",
                K::Regional(bucket("b")),
            ),
            ("b.s3.amazonaws.com", K::Global(bucket("b"))),
            (
                "my.s3.us-east-1.s3.amazonaws.com",
                K::Global(bucket("my.s3.us-east-1")),
            ),
            ("gone.s3-us-west-2.amazonaws.com", K::Dash(bucket("gone"))),
            (
                "b.s3-fips-us-gov-west-1.amazonaws.com",
                K::Dash(bucket("b")),
            ),
            ("b.s3-external-1.amazonaws.com", K::External1(bucket("b"))),
            ("b.s3-accelerate.amazonaws.com", K::Accelerate(bucket("b"))),
            (
                "b.s3-accelerate.dualstack.amazonaws.com",
                K::Accelerate(bucket("b")),
            ),
            (
                "b.s3-website-us-east-1.amazonaws.com",
                K::Website(bucket("b")),
            ),
            (
                "b.s3-website.eu-central-1.amazonaws.com",
                K::Website(bucket("b")),
            ),
            (
                "ap-x7-s3alias.s3.us-east-1.amazonaws.com",
                K::AccessPointAlias("ap-x7-s3alias".into()),
            ),
            (
                "ap-x7--ol-s3.s3.us-east-1.amazonaws.com",
                K::ObjectLambdaAlias("ap-x7--ol-s3".into()),
            ),
            (
                "my-ap-111122223333.s3-accesspoint.us-east-1.amazonaws.com",
                point("my-ap"),
            ),
            (
                "mfzwi23gnjvgw.mrap.accesspoint.s3-global.amazonaws.com",
                K::MultiRegionAccessPoint("mfzwi23gnjvgw.mrap".into()),
            ),
            (
                "base--use1-az4--x-s3.s3express-use1-az4.us-east-1.amazonaws.com",
                K::DirectoryBucket("base--use1-az4--x-s3".into()),
            ),
            (
                "ap-1.op-01.s3-outposts.us-east-1.amazonaws.com",
                K::Outposts("ap-1.op-01".into()),
            ),
            ("s3.amazonaws.com", K::PathStyle),
            ("s3.us-east-1.amazonaws.com", K::PathStyle),
            ("s3-us-west-2.amazonaws.com", K::PathStyle),
            ("s3-fips-us-gov-west-1.amazonaws.com", K::PathStyle),
        ] {
            assert_eq!(kind(host), Some(expected), "{host}");
        }
    }

    #[test]
    fn knows_hosts_of_the_family_that_lack_a_part() {
        for (host, lacks) in [
            (
                "s3-website.eu-central-1.amazonaws.com",
                Lacks::WebsiteBucket,
            ),
            ("s3-website-us-east-1.amazonaws.com", Lacks::WebsiteBucket),
            ("s3-website.amazonaws.com", Lacks::WebsiteBucket),
            ("b.s3-website.amazonaws.com", Lacks::Region),
            ("s3-accelerate.amazonaws.com", Lacks::Bucket),
            ("s3-accesspoint.us-east-1.amazonaws.com", Lacks::AccessPoint),
            (
                "my-ap.s3-accesspoint.us-east-1.amazonaws.com",
                Lacks::AccessPoint,
            ),
            ("accesspoint.s3-global.amazonaws.com", Lacks::AccessPoint),
            (
                "mfzwi23gnjvgw.accesspoint.s3-global.amazonaws.com",
                Lacks::AccessPoint,
            ),
            ("b.s3.eu-west-1", Lacks::Suffix),
            ("b.s3-website-us-east-1", Lacks::Suffix),
            ("b.s3.eu-west-1.amazonaws", Lacks::Suffix),
            ("b.s3.amazonaws", Lacks::Suffix),
        ] {
            assert_eq!(kind(host), Some(incomplete(lacks)), "{host}");
        }
    }

    #[test]
    fn a_website_with_a_dash_exists_in_the_oldest_regions_only() {
        use S3EndpointKind as K;
        let old = "us-east-1 us-west-1 us-west-2 ap-northeast-1 ap-southeast-1 ap-southeast-2 \
                   eu-west-1 sa-east-1 us-gov-west-1";
        for region in old.split(' ') {
            for form in ["-", "."] {
                let host = format!("b.s3-website{form}{region}.amazonaws.com");
                assert_eq!(kind(&host), Some(K::Website(bucket("b"))), "{host}");
            }
        }
        for region in DOT_ONLY {
            let host = format!("b.s3-website-{region}.amazonaws.com");
            assert_eq!(kind(&host), Some(K::UnknownWebsite(bucket("b"))), "{host}");
            let host = format!("b.s3-website.{region}.amazonaws.com");
            assert_eq!(kind(&host), Some(K::Website(bucket("b"))), "{host}");
        }
        let newer = "b.s3-website-xx-north-9.amazonaws.com";
        assert_eq!(kind(newer), Some(K::Website(bucket("b"))));
    }

    #[test]
    fn leaves_other_hosts_alone() {
        for host in [
            "proxy.s3.example.com",
            "abc.execute-api.us-east-1.amazonaws.com",
            "lb-1.us-east-1.elb.amazonaws.com",
            "x.data.mediastore.us-east-1.amazonaws.com",
            "amazonaws.com",
            "proxy.s3.internal",
            "b.s3.eu-west-1.example.com",
            "eu-west-1",
            "",
            ".",
        ] {
            assert_eq!(kind(host), None, "{host}");
        }
    }

    #[test]
    fn reads_what_a_template_leaves_open() {
        use S3EndpointKind as K;
        let open = |text: &str| BucketName::new(Expression::of_placeholders(text));
        let of =
            |text: &str| S3Endpoint::of(&At::text(text, crate::distribution::Place::default()));
        for (text, expected, region) in [
            (
                "${Assets}.s3.eu-west-1.amazonaws.com",
                K::Regional(open("${Assets}")),
                Some("eu-west-1"),
            ),
            (
                "${Stage}-Assets-${AWS::AccountId}.s3.${AWS::Region}.${AWS::URLSuffix}",
                K::Regional(open("${Stage}-assets-${AWS::AccountId}")),
                None,
            ),
            (
                "${Assets}.s3.amazonaws.com",
                K::Global(open("${Assets}")),
                None,
            ),
            (
                "${Assets}.s3-website-${AWS::Region}.amazonaws.com",
                K::Website(open("${Assets}")),
                None,
            ),
            (
                "${Assets}.s3-website-eu-central-1.amazonaws.com",
                K::UnknownWebsite(open("${Assets}")),
                Some("eu-central-1"),
            ),
            (
                "${Mrap.Alias}.accesspoint.s3-global.amazonaws.com",
                K::MultiRegionAccessPoint("${Mrap.Alias}".into()),
                None,
            ),
            (
                "s3-website.${AWS::Region}.amazonaws.com",
                incomplete(Lacks::WebsiteBucket),
                None,
            ),
            (
                "${Assets}.s3-accelerate.amazonaws.com",
                K::Accelerate(open("${Assets}")),
                None,
            ),
        ] {
            let endpoint = of(text).unwrap_or_else(|| panic!("{text}"));
            assert_eq!(endpoint.kind, expected, "{text}");
            assert_eq!(endpoint.region.as_ref().map(Region::as_str), region);
        }
        for text in [
            "${Domain}",
            "${Api}.execute-api.eu-west-1.amazonaws.com",
            "${A",
            "${Host}.com",
        ] {
            assert_eq!(of(text), None, "{text}");
        }
    }

    #[test]
    fn keeps_the_region_apart() {
        for (host, region) in [
            ("b.s3.us-east-1.amazonaws.com", Some("us-east-1")),
            ("b.s3-website-us-west-2.amazonaws.com", Some("us-west-2")),
            ("b.s3-eu-west-1.amazonaws.com", Some("eu-west-1")),
            (
                "b.s3-fips-us-gov-west-1.amazonaws.com",
                Some("us-gov-west-1"),
            ),
            ("b.s3.amazonaws.com", None),
        ] {
            let endpoint = S3Endpoint::parse(host).unwrap();
            assert_eq!(endpoint.region.as_ref().map(Region::as_str), region);
            assert_eq!(endpoint.fips, host.contains("fips"));
        }
    }

    proptest! {
        #[test]
        fn a_form_built_from_a_name_parses_back_to_it(
            name in "[a-z0-9][a-z0-9.-]{1,40}[a-z0-9]",
            region in "(us|eu|ap|us-gov)-(east|west|south)-[1-9]",
            form in 0usize..7,
        ) {
            prop_assume!(!name.ends_with("-s3alias") && !name.ends_with("--ol-s3"));
            let host = match form {
                0 => format!("{name}.s3.{region}.amazonaws.com"),
                1 => format!("{name}.s3.dualstack.{region}.amazonaws.com"),
                2 => format!("{name}.s3-fips.{region}.amazonaws.com"),
                3 => format!("{name}.s3-{region}.amazonaws.com"),
                4 => format!("{name}.s3-website-{region}.amazonaws.com"),
                5 => format!("{name}.s3-website.{region}.amazonaws.com"),
                _ => format!("{name}.s3.amazonaws.com.cn"),
            };
            let endpoint = S3Endpoint::parse(&host);
            prop_assert_eq!(endpoint.as_ref().and_then(S3Endpoint::bucket), Some(&BucketName::new(name)));
        }

        #[test]
        fn nothing_panics(host in "\\PC{0,60}", suffixed in "[a-z.0-9-]{0,30}") {
            let _ = S3Endpoint::parse(&host);
            let _ = S3Endpoint::parse(&format!("{suffixed}.amazonaws.com"));
            let _ = S3Endpoint::of(&At::text(host.as_str(), crate::distribution::Place::default()));
            let _ = BucketName::new(host).account_regional();
        }
    }
}
