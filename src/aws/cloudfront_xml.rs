//! CloudFront's XML → a document like its JSON: every field is kept, also those that no SDK knows.

use roxmltree::Document;

use crate::change::header_values::HIDDEN;
use crate::document::{Node, NodeKind};

/// Elements whose text is a number, in CloudFront's model.
const NUMBERS: &[&str] = &[
    "Quantity",
    "HTTPPort",
    "HTTPSPort",
    "ConnectionAttempts",
    "ConnectionTimeout",
    "ResponseCompletionTimeout",
    "OriginReadTimeout",
    "OriginKeepaliveTimeout",
    "MinTTL",
    "DefaultTTL",
    "MaxTTL",
    "ErrorCode",
    "ErrorCachingMinTTL",
    "StatusCode",
];

/// Elements whose text is a flag.
const FLAGS: &[&str] = &[
    "AdvertiseTrustStoreCaNames",
    "Enabled",
    "IgnoreCertificateExpiry",
    "Staging",
    "IsIPV6Enabled",
    "IncludeCookies",
    "SmoothStreaming",
    "Compress",
    "QueryString",
    "CloudFrontDefaultCertificate",
    "IncludeBody",
    "Required",
];

/// Elements that hold a list; all of them but one wrap it in `Items`.
const LISTS: &[&str] = &["Items", "ParameterDefinitions"];

/// Reads the root element's content.
pub(super) fn read(body: &[u8]) -> Result<Node, String> {
    let text = std::str::from_utf8(body).map_err(|error| error.to_string())?;
    let document = Document::parse(text).map_err(|error| error.to_string())?;
    Ok(node(document.root_element()))
}

/// Reads the items of a `DistributionList`, one after another, and gives the marker of the next page, if
/// there is one. A list that is cut is an error, whatever it was cut by.
pub(super) fn read_list(body: &[u8], mut item: impl FnMut(Node)) -> Result<Option<String>, String> {
    let text = std::str::from_utf8(body).map_err(|error| error.to_string())?;
    let document = Document::parse(text).map_err(|error| error.to_string())?;
    let list = document.root_element();
    if list.tag_name().name() != "DistributionList" {
        return Err("it is no DistributionList".to_owned());
    }
    let member = |name: &str| list.children().find(|it| it.tag_name().name() == name);
    let text = |name: &str| member(name)?.text().filter(|text| !text.is_empty());
    let items = member("Items").into_iter();
    let items = items.flat_map(|items| items.children().filter(roxmltree::Node::is_element));
    // One by one: a page has 100 distributions with all of their origins and cache behaviors.
    let read = items.map(|summary| item(node(summary))).count();
    if let Some(stated) = text("Quantity")
        && stated.parse() != Ok(read)
    {
        return Err(format!("it has {read} distributions and says {stated}"));
    }
    match (text("IsTruncated"), text("NextMarker")) {
        (Some("true"), None) => Err("it goes on, and does not say where".to_owned()),
        (Some("true") | None, next) => Ok(next.map(str::to_owned)),
        _ => Ok(None),
    }
}

fn node(element: roxmltree::Node<'_, '_>) -> Node {
    let name = element.tag_name().name();
    let children: Vec<_> = element
        .children()
        .filter(roxmltree::Node::is_element)
        .collect();
    // Decided by name, not by shape: an empty `Items`, or one with a single child, must not become
    // a text or a map, since the JSON form of the same config has a list there.
    let kind = if LISTS.contains(&name) {
        NodeKind::List(children.into_iter().map(node).collect())
    } else if !children.is_empty() {
        NodeKind::Map(
            children
                .into_iter()
                .map(|child| (child.tag_name().name().to_owned(), node(child)))
                .collect(),
        )
    } else {
        leaf(name, element.text().unwrap_or_default())
    };
    Node {
        kind,
        // XML from the API is no file of the user's: a line number in it would not help to find
        // anything.
        position: None,
        pointer: None,
    }
}

fn leaf(name: &str, text: &str) -> NodeKind {
    match text {
        // A comment or an ID may well be the text `true`; only elements that the model calls
        // boolean are read as such.
        "true" | "false" if FLAGS.contains(&name) => NodeKind::Bool(text == "true"),
        // A secret, and none is ever stored.
        _ if name == "HeaderValue" => NodeKind::Text(HIDDEN.to_owned()),
        // An ID such as `0123` must keep its zeros, so only the model's numbers are numbers.
        _ if NUMBERS.contains(&name) && text.parse::<i64>().is_ok() => {
            NodeKind::Number(text.to_owned())
        }
        _ => NodeKind::Text(text.to_owned()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keeps_every_field_and_hides_header_values() {
        let xml = br#"<?xml version="1.0"?><Distribution xmlns="http://cloudfront.amazonaws.com/doc/2020-05-31/">
            <DistributionConfig><Comment>true</Comment><Enabled>true</Enabled><Brand><New>1</New></Brand>
            <Origins><Quantity>1</Quantity><Items><Origin><Id>a</Id><OriginPath></OriginPath><CustomHeaders><Quantity>1</Quantity>
            <Items><OriginCustomHeader><HeaderName>x</HeaderName><HeaderValue>s3cr3t</HeaderValue></OriginCustomHeader></Items>
            </CustomHeaders></Origin></Items></Origins></DistributionConfig></Distribution>"#;
        let value = read(xml).unwrap().to_value();
        let config = &value["DistributionConfig"];
        assert_eq!(config["Comment"], "true");
        assert_eq!(config["Enabled"], true);
        assert_eq!(config["Brand"]["New"], "1");
        assert_eq!(config["Origins"]["Quantity"], 1);
        let origin = &config["Origins"]["Items"][0];
        assert_eq!(
            (&origin["Id"], &origin["OriginPath"]),
            (&"a".into(), &"".into())
        );
        assert!(!value.to_string().contains("s3cr3t"));
    }

    #[test]
    fn what_is_no_text_is_written_as_the_api_takes_it() {
        let xml = br"<DistributionConfig>
            <ViewerMtlsConfig><Mode>required</Mode><TrustStoreConfig><TrustStoreId>t</TrustStoreId>
            <AdvertiseTrustStoreCaNames>true</AdvertiseTrustStoreCaNames>
            <IgnoreCertificateExpiry>false</IgnoreCertificateExpiry></TrustStoreConfig></ViewerMtlsConfig>
            <TenantConfig><ParameterDefinitions><member><Name>a</Name></member><member><Name>b</Name></member>
            </ParameterDefinitions></TenantConfig></DistributionConfig>";
        let config = read(xml).unwrap().to_value();
        let store = &config["ViewerMtlsConfig"]["TrustStoreConfig"];
        assert_eq!(store["AdvertiseTrustStoreCaNames"], true);
        assert_eq!(store["IgnoreCertificateExpiry"], false);
        let definitions = &config["TenantConfig"]["ParameterDefinitions"];
        assert_eq!(definitions[1]["Name"], "b");
    }

    fn ids(xml: &str) -> Result<(Vec<String>, Option<String>), String> {
        let mut ids = Vec::new();
        let next = read_list(xml.as_bytes(), |item| {
            ids.push(item.get("Id").unwrap().text().unwrap().to_owned());
        })?;
        Ok((ids, next))
    }

    #[test]
    fn a_page_has_its_items_in_order_and_the_next_marker() {
        let page = |end: &str| {
            format!(
                "<DistributionList xmlns=\"http://cloudfront.amazonaws.com/doc/2020-05-31/\"><Marker></Marker>\
                 <MaxItems>100</MaxItems><Quantity>2</Quantity><Items><DistributionSummary><Id>E2</Id>\
                 </DistributionSummary><DistributionSummary><Id>E1</Id></DistributionSummary></Items>{end}\
                 </DistributionList>"
            )
        };
        let both = vec!["E2".to_owned(), "E1".to_owned()];
        let last = page("<IsTruncated>false</IsTruncated>");
        assert_eq!(ids(&last), Ok((both.clone(), None)));
        let first = page("<IsTruncated>true</IsTruncated><NextMarker>E1</NextMarker>");
        assert_eq!(ids(&first), Ok((both, Some("E1".to_owned()))));
        let empty = "<DistributionList><IsTruncated>false</IsTruncated><Quantity>0</Quantity></DistributionList>";
        assert_eq!(ids(empty), Ok((Vec::new(), None)));
    }

    #[test]
    fn a_page_that_is_cut_is_an_error_and_never_a_shorter_list() {
        for xml in [
            "<DistributionList><IsTruncated>true</IsTruncated><Quantity>0</Quantity></DistributionList>",
            "<DistributionList><IsTruncated>false</IsTruncated><Quantity>2</Quantity><Items>\
             <DistributionSummary><Id>E1</Id></DistributionSummary></Items></DistributionList>",
            "<DistributionList><Quantity>1</Quantity><Items><DistributionSummary><Id>E1</Id>",
            "<Distributions></Distributions>",
            "",
        ] {
            assert!(ids(xml).is_err(), "{xml}");
        }
    }

    #[test]
    fn says_when_it_is_no_xml() {
        assert!(read(b"{}").is_err());
        assert!(read(b"\xff").is_err());
    }
}
