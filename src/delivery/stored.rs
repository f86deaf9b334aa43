/// A report that was stored.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Stored {
    /// Where its JSON lies, `s3://bucket/key`, for scripts.
    pub address: String,
    /// Where the AWS console shows its HTML page, for people; absent where that address is not known.
    pub page: Option<String>,
}

impl Stored {
    /// A report below this key, without its extension, in a bucket of a region.
    #[must_use]
    pub fn at(bucket: &str, key: &str, region: Option<&str>) -> Self {
        Self {
            address: format!("s3://{bucket}/{key}.json"),
            page: region.and_then(|region| console(bucket, &format!("{key}.html"), region)),
        }
    }
}

/// The page of an object in the AWS console. AWS documents no address of it, so there is none for
/// partitions where it was not seen in use. Nothing in our keys needs encoding.
fn console(bucket: &str, key: &str, region: &str) -> Option<String> {
    let host = match region.split('-').collect::<Vec<_>>().as_slice() {
        ["us", "gov", ..] => "console.amazonaws-us-gov.com".to_owned(),
        ["cn" | "eusc", ..] => return None,
        [_, second, ..] if second.starts_with("iso") => return None,
        _ => format!("{region}.console.aws.amazon.com"),
    };
    Some(format!(
        "https://{host}/s3/object/{bucket}?region={region}&prefix={key}"
    ))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn people_get_the_page_where_its_address_is_known() {
        let at = |region| Stored::at("reports", "reports/E1/x", Some(region));
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
        assert_eq!(Stored::at("reports", "x", None).page, None);
    }
}
