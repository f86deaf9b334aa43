//! The `Authorization` header of Signature Version 4: its form and scope are checked, the signature itself is not.
//!
//! <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_sigv-create-signed-request.html>

/// What the header says about the signer.
#[derive(Debug, Clone)]
pub(crate) struct Signature {
    pub access_key: String,
    pub region: String,
    pub service: String,
}

/// Reads `AWS4-HMAC-SHA256 Credential=KEY/DATE/REGION/SERVICE/aws4_request, SignedHeaders=…, Signature=…`.
pub(crate) fn parse(header: &str) -> Option<Signature> {
    let fields = header.strip_prefix("AWS4-HMAC-SHA256 ")?;
    let field = |name: &str| {
        fields
            .split(',')
            .find_map(|field| field.trim().strip_prefix(name)?.strip_prefix('='))
    };
    let signature = field("Signature")?;
    let signed = field("SignedHeaders")?;
    if signature.len() != 64
        || !signature.bytes().all(|byte| byte.is_ascii_hexdigit())
        || !signed.split(';').any(|name| name == "host")
    {
        return None;
    }
    let mut scope = field("Credential")?.rsplitn(5, '/');
    let (end, service, region, date, key) = (
        scope.next()?,
        scope.next()?,
        scope.next()?,
        scope.next()?,
        scope.next()?,
    );
    let complete =
        end == "aws4_request" && date.len() == 8 && !key.is_empty() && !region.is_empty();
    complete.then(|| Signature {
        access_key: key.to_owned(),
        region: region.to_owned(),
        service: service.to_owned(),
    })
}

#[cfg(test)]
mod tests {
    use super::parse;

    #[test]
    fn reads_the_scope() {
        let header = format!(
            "AWS4-HMAC-SHA256 Credential=AKIA/20261123/eu-west-1/s3/aws4_request, SignedHeaders=host;x-amz-date, Signature={}",
            "0".repeat(64)
        );
        let signature = parse(&header).expect("well formed");
        assert_eq!(
            (
                signature.access_key.as_str(),
                signature.region.as_str(),
                signature.service.as_str()
            ),
            ("AKIA", "eu-west-1", "s3")
        );
    }

    #[test]
    fn refuses_what_is_malformed() {
        for header in [
            "",
            "Bearer x",
            "AWS4-HMAC-SHA256 Credential=AKIA/20261123/eu-west-1/s3, SignedHeaders=host, Signature=0",
        ] {
            assert!(parse(header).is_none(), "{header}");
        }
    }
}
