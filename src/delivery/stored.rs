use origin_guard_core::ids;

use crate::distribution::Region;

ids! {
    /// Where a report lies in the report bucket, without the extension that each of its forms has.
    ReportKey
}

/// A report that was stored.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Stored {
    /// Where its JSON lies, `s3://bucket/key`, for scripts.
    pub address: String,
    /// Where the AWS console shows its HTML page, for people; absent where that address is not known.
    pub page: Option<String>,
}

impl Stored {
    /// A report in a bucket of a region.
    #[must_use]
    pub fn at(bucket: &str, key: &ReportKey, region: Option<&Region>) -> Self {
        Self {
            address: format!("s3://{bucket}/{key}.json"),
            page: region.and_then(|region| console(bucket, key, region)),
        }
    }
}

/// A report's page in the AWS console. AWS documents no address of it, so there is none for
/// partitions where it was not seen in use. Nothing in our keys needs encoding.
fn console(bucket: &str, key: &ReportKey, region: &Region) -> Option<String> {
    let host = match region.as_str().split('-').collect::<Vec<_>>().as_slice() {
        ["us", "gov", ..] => "console.amazonaws-us-gov.com".to_owned(),
        ["cn" | "eusc", ..] => return None,
        [_, second, ..] if second.starts_with("iso") => return None,
        _ => format!("{region}.console.aws.amazon.com"),
    };
    Some(format!(
        "https://{host}/s3/object/{bucket}?region={region}&prefix={key}.html"
    ))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn people_get_the_page_where_its_address_is_known() {
        let key = ReportKey::from("reports/E1/x");
        let at = |region| Stored::at("reports", &key, Region::parse(region).as_ref());
        let stored = at("eu-west-1");
        assert_eq!(stored.address, "s3://reports/reports/E1/x.json");
        assert_eq!(
            stored.page.as_deref(),
            Some(
                "https://eu-west-1.console.aws.amazon.com/s3/object/reports?region=eu-west-1&prefix=reports/E1/x.html"
            )
        );
        assert_eq!(
            at("us-gov-west-1").page.as_deref(),
            Some(
                "https://console.amazonaws-us-gov.com/s3/object/reports?region=us-gov-west-1&prefix=reports/E1/x.html"
            )
        );
        for region in [
            "cn-north-1",
            "us-iso-east-1",
            "eu-isoe-west-1",
            "eusc-de-east-1",
        ] {
            assert_eq!(at(region).page, None, "{region}");
        }
        assert_eq!(Stored::at("reports", &key, None).page, None);
    }
}
