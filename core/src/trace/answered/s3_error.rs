use super::EdgeAnswer;

/// An error of S3, as its REST endpoint, its website endpoint and its headers have it
/// (<https://docs.aws.amazon.com/AmazonS3/latest/API/ErrorResponses.html>).
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct S3Error {
    /// Such as `AccessDenied`.
    pub code: String,
    /// In its words.
    pub message: String,
    /// The bucket that it names.
    pub bucket: Option<String>,
    /// Whether it has the ID of a request to S3, which an error that CloudFront words like S3 lacks.
    pub has_request_id: bool,
}

impl S3Error {
    /// The error in an answer, if it has one.
    pub(super) fn of(answer: &EdgeAnswer) -> Option<Self> {
        // A file that is served may hold anything, such as an error of S3 in a guide.
        if answer.status < 300 {
            return None;
        }
        let body = answer.body.trim_start();
        let body = body.strip_prefix('\u{feff}').unwrap_or(body);
        let xml = (body.starts_with("<?xml") || body.starts_with("<Error")).then_some(body);
        let xml = xml.filter(|xml| xml.contains("<Error"));
        // Website endpoints write a page with a list.
        let list = (answer.status >= 400 && body.contains("<li>Code: ")).then_some(body);
        // By tag names and not with a parser: a page of the origin that is no XML is no error of
        // this reader.
        let field = |name: &str| {
            let tagged = xml.and_then(|xml| between(xml, &format!("<{name}>"), "</"));
            tagged.or_else(|| between(list?, &format!("<li>{name}: "), "</li>"))
        };
        let header = |name: &str| answer.header(name).map(str::to_owned);
        Some(Self {
            // An answer to HEAD has no body, and CloudFront passes these headers on.
            code: field("Code").or_else(|| header("x-amz-error-code"))?,
            message: field("Message").unwrap_or_default(),
            bucket: field("BucketName").or_else(|| header("x-amz-error-detail-bucketname")),
            has_request_id: field("RequestId").is_some(),
        })
    }

    /// The region that the name is asked for in, and the one that S3 expects.
    pub(super) fn regions(&self) -> Option<(String, String)> {
        let wrong = between(&self.message, "region '", "' is wrong")?;
        let expected = between(&self.message, "expecting '", "'")?;
        Some((wrong, expected))
    }
}

fn between(text: &str, before: &str, after: &str) -> Option<String> {
    let (_, rest) = text.split_once(before)?;
    let (found, _) = rest.split_once(after)?;
    Some(found.trim().to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn error(text: &str) -> Option<S3Error> {
        S3Error::of(&EdgeAnswer::parse(text.as_bytes()).unwrap())
    }

    #[test]
    fn errors_are_read_in_all_three_forms() {
        let xml = "HTTP/2 404\n\n<?xml version=\"1.0\"?>\n<Error><Code>NoSuchBucket</Code><Message>m</Message>\
                   <BucketName>b</BucketName><RequestId>1</RequestId></Error>";
        let page = "HTTP/2 404\n\n<html><ul><li>Code: NoSuchBucket</li><li>Message: m</li>\
                    <li>BucketName: b</li><li>RequestId: 1</li></ul></html>";
        let headers =
            "HTTP/2 404\nx-amz-error-code: NoSuchBucket\nX-Amz-Error-Detail-BucketName: b\n\n";
        for text in [xml, page, headers] {
            let error = error(text).unwrap();
            assert_eq!(
                (error.code.as_str(), error.bucket.as_deref()),
                ("NoSuchBucket", Some("b"))
            );
            assert_eq!(error.has_request_id, text != headers);
        }
    }

    #[test]
    fn a_file_with_an_error_in_it_is_none() {
        let xml = "<Error><Code>NoSuchBucket</Code><BucketName>site</BucketName></Error>";
        assert_eq!(error(&format!("HTTP/2 200\n\n{xml}")), None);
        assert!(error(&format!("HTTP/2 404\n\n{xml}")).is_some());
    }

    #[test]
    fn pages_and_data_are_no_errors() {
        for body in [
            "",
            "<html>",
            "{\"Code\": 1}",
            "<?xml?><Code>x</Code>",
            "<rss><Code>x</Code></rss>",
        ] {
            assert_eq!(error(&format!("HTTP/2 404\n\n{body}")), None, "{body}");
        }
    }

    #[test]
    fn the_regions_are_in_the_message() {
        let text = "HTTP/2 400\n\n<Error><Code>AuthorizationHeaderMalformed</Code><Message>The authorization \
                    header is malformed; the region 'us-east-1' is wrong; expecting 'eu-west-1'</Message></Error>";
        let regions = error(text).unwrap().regions();
        assert_eq!(
            regions,
            Some(("us-east-1".to_owned(), "eu-west-1".to_owned()))
        );
    }
}
