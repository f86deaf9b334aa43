use std::fmt;

/// A group of regions with its own host suffix
/// (<https://docs.aws.amazon.com/whitepapers/latest/aws-fault-isolation-boundaries/partitions.html>).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Partition {
    /// `amazonaws.com`: the commercial regions, and those of GovCloud, which share the suffix.
    Aws,
    /// `amazonaws.com.cn`
    China,
    /// `amazonaws.eu`
    EuropeanSovereign,
    /// One of the isolated partitions.
    Isolated(&'static str),
}

/// A region's name, such as `eu-central-1`.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Region(String);

/// The end of every AWS host, by partition.
pub(super) const SUFFIXES: [(&str, Partition); 7] = [
    (".amazonaws.com", Partition::Aws),
    (".amazonaws.com.cn", Partition::China),
    (".amazonaws.eu", Partition::EuropeanSovereign),
    (".c2s.ic.gov", Partition::Isolated("c2s.ic.gov")),
    (".sc2s.sgov.gov", Partition::Isolated("sc2s.sgov.gov")),
    (".cloud.adc-e.uk", Partition::Isolated("cloud.adc-e.uk")),
    (".csp.hci.ic.gov", Partition::Isolated("csp.hci.ic.gov")),
];

impl Partition {
    /// The host suffix without its dot.
    #[must_use]
    pub fn suffix(self) -> &'static str {
        match self {
            Self::Aws => "amazonaws.com",
            Self::China => "amazonaws.com.cn",
            Self::EuropeanSovereign => "amazonaws.eu",
            Self::Isolated(suffix) => suffix,
        }
    }

    /// The partition's name in ARNs, where a host with this suffix names that region, or none.
    #[must_use]
    pub fn id(self, region: Option<&Region>) -> &'static str {
        match self {
            Self::Aws => region.map_or("aws", Region::partition),
            Self::China => "aws-cn",
            Self::EuropeanSovereign => "aws-eusc",
            Self::Isolated("c2s.ic.gov") => "aws-iso",
            Self::Isolated("sc2s.sgov.gov") => "aws-iso-b",
            Self::Isolated("cloud.adc-e.uk") => "aws-iso-e",
            Self::Isolated(_) => "aws-iso-f",
        }
    }
}

impl Region {
    /// A text of a region's form: words of letters, then a number, with dashes.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        let (words, number) = text.rsplit_once('-')?;
        // A form and not a list: AWS opens new regions, and an unknown one must not turn a valid
        // endpoint into another kind of host.
        let number_fits = !number.is_empty() && number.bytes().all(|b| b.is_ascii_digit());
        let mut words = words.split('-');
        let first_fits = words
            .next()
            .is_some_and(|word| word.len() >= 2 && is_word(word));
        let mut more = words.peekable();
        let fits = number_fits && first_fits && more.peek().is_some() && more.all(is_word);
        fits.then(|| Self(text.to_owned()))
    }

    /// The region's name.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The partition's name in ARNs: credentials are valid in one only, and names are unique in one
    /// only (<https://docs.aws.amazon.com/IAM/latest/UserGuide/reference-arns.html>).
    #[must_use]
    pub fn partition(&self) -> &'static str {
        self.home().0
    }

    /// What the hosts of this region end with, without the dot.
    #[must_use]
    pub fn suffix(&self) -> &'static str {
        self.home().1.suffix()
    }

    fn home(&self) -> (&'static str, Partition) {
        use Partition::{China, EuropeanSovereign, Isolated};
        const BY_PREFIX: [(&str, &str, Partition); 8] = [
            ("us-gov-", "aws-us-gov", Partition::Aws),
            ("cn-", "aws-cn", China),
            ("eusc-", "aws-eusc", EuropeanSovereign),
            ("us-iso-", "aws-iso", Isolated("c2s.ic.gov")),
            ("us-isob-", "aws-iso-b", Isolated("sc2s.sgov.gov")),
            ("eu-isoe-", "aws-iso-e", Isolated("cloud.adc-e.uk")),
            ("us-isof-", "aws-iso-f", Isolated("csp.hci.ic.gov")),
            ("eu-isof-", "aws-iso-f", Isolated("csp.hci.ic.gov")),
        ];
        let mut known = BY_PREFIX.iter();
        let known = known.find(|(prefix, ..)| self.0.starts_with(prefix));
        known.map_or(("aws", Partition::Aws), |(_, id, partition)| {
            (id, *partition)
        })
    }

    /// Whether `bucket.s3.amazonaws.com` resolves to this region: regions launched since
    /// 2019-03-20 answer 400 there
    /// (<https://docs.aws.amazon.com/AmazonS3/latest/userguide/VirtualHosting.html#VirtualHostingBackwardsCompatibility>).
    #[must_use]
    pub fn has_global_endpoint(&self) -> bool {
        const BEFORE_2019_03_20: [&str; 21] = [
            "us-east-1",
            "us-east-2",
            "us-west-1",
            "us-west-2",
            "ca-central-1",
            "sa-east-1",
            "eu-west-1",
            "eu-west-2",
            "eu-west-3",
            "eu-central-1",
            "eu-north-1",
            "ap-south-1",
            "ap-southeast-1",
            "ap-southeast-2",
            "ap-northeast-1",
            "ap-northeast-2",
            "ap-northeast-3",
            "us-gov-west-1",
            "us-gov-east-1",
            "cn-north-1",
            "cn-northwest-1",
        ];
        BEFORE_2019_03_20.contains(&self.as_str())
    }
}

fn is_word(text: &str) -> bool {
    !text.is_empty() && text.bytes().all(|b| b.is_ascii_lowercase())
}

impl fmt::Display for Region {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_region_is_in_one_partition() {
        for (region, partition, suffix) in [
            ("eu-west-1", "aws", "amazonaws.com"),
            ("us-east-1", "aws", "amazonaws.com"),
            ("us-gov-west-1", "aws-us-gov", "amazonaws.com"),
            ("cn-northwest-1", "aws-cn", "amazonaws.com.cn"),
            ("eusc-de-east-1", "aws-eusc", "amazonaws.eu"),
            ("us-iso-east-1", "aws-iso", "c2s.ic.gov"),
            ("us-isob-east-1", "aws-iso-b", "sc2s.sgov.gov"),
            ("eu-isoe-west-1", "aws-iso-e", "cloud.adc-e.uk"),
            ("us-isof-south-1", "aws-iso-f", "csp.hci.ic.gov"),
        ] {
            let region = Region::parse(region).unwrap();
            assert_eq!(region.partition(), partition, "{region}");
            assert_eq!(region.suffix(), suffix, "{region}");
        }
    }
}
