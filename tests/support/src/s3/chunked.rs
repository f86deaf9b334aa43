//! The `aws-chunked` content encoding with trailing checksums, as SDKs upload by default.
//!
//! <https://docs.aws.amazon.com/AmazonS3/latest/API/sigv4-streaming-trailers.html>

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use bytes::Bytes;

use crate::http::{Call, Refusal};

/// What was uploaded, and the checksums that came with it.
#[derive(Debug)]
pub(crate) struct Upload {
    pub body: Bytes,
    /// Header name and value of each checksum.
    pub checksums: Vec<(String, String)>,
}

/// Takes the encoding off and holds the checksums against the content.
pub(crate) fn read(call: &Call) -> Result<Upload, Refusal> {
    let streaming = call
        .header("x-amz-content-sha256")
        .is_some_and(|hash| hash.starts_with("STREAMING-"));
    let encoded = call
        .header("content-encoding")
        .is_some_and(|encoding| encoding.split(',').any(|name| name.trim() == "aws-chunked"));
    let (body, trailers) = if streaming || encoded {
        unchunk(call)?
    } else {
        (call.body.clone(), Vec::new())
    };
    let headers = call
        .headers
        .iter()
        .filter_map(|(name, value)| Some((name.to_string(), value.to_str().ok()?.to_owned())));
    let checksums: Vec<_> = headers
        .chain(trailers)
        .filter(|(name, _)| is_checksum(name))
        .collect();
    for (name, value) in &checksums {
        if name == "x-amz-checksum-crc32"
            && *value != STANDARD.encode(crc32fast::hash(&body).to_be_bytes())
        {
            return Err(Refusal::new(
                400,
                "BadDigest",
                "The CRC32 you specified did not match what we received.",
            ));
        }
    }
    Ok(Upload { body, checksums })
}

fn is_checksum(name: &str) -> bool {
    name.strip_prefix("x-amz-checksum-")
        .is_some_and(|algorithm| !matches!(algorithm, "algorithm" | "mode" | "type"))
}

type Decoded = (Bytes, Vec<(String, String)>);

fn unchunk(call: &Call) -> Result<Decoded, Refusal> {
    let announced = call
        .header("x-amz-decoded-content-length")
        .and_then(|length| length.parse::<usize>().ok());
    let Some(announced) = announced else {
        return Err(Refusal::new(
            411,
            "MissingContentLength",
            "You must provide the Content-Length HTTP header.",
        ));
    };
    let (body, trailers) = decode(&call.body).ok_or_else(|| {
        Refusal::new(
            400,
            "InvalidChunkSizeError",
            "The body is not in the aws-chunked encoding",
        )
    })?;
    if body.len() != announced {
        let message =
            "You did not provide the number of bytes specified by the Content-Length HTTP header";
        return Err(Refusal::new(400, "IncompleteBody", message));
    }
    let promised = call
        .header("x-amz-trailer")
        .into_iter()
        .flat_map(|names| names.split(','));
    for name in promised.map(str::trim) {
        if !trailers
            .iter()
            .any(|(trailer, _)| trailer.eq_ignore_ascii_case(name))
        {
            return Err(Refusal::new(
                400,
                "MalformedTrailerError",
                "The request contained trailing data that was not well-formed.",
            ));
        }
    }
    Ok((body, trailers))
}

/// `size[;extension]CRLF data CRLF … 0 CRLF trailer:value CRLF CRLF`
fn decode(mut rest: &[u8]) -> Option<Decoded> {
    let mut body = Vec::with_capacity(rest.len());
    loop {
        let (line, after) = line(rest)?;
        let size = usize::from_str_radix(line.split(';').next()?.trim(), 16).ok()?;
        rest = after;
        if size == 0 {
            break;
        }
        body.extend_from_slice(rest.get(..size)?);
        rest = rest.get(size..)?.strip_prefix(b"\r\n")?;
    }
    let mut trailers = Vec::new();
    while let Some((text, after)) = line(rest) {
        rest = after;
        if let Some((name, value)) = text.split_once(':') {
            trailers.push((name.trim().to_ascii_lowercase(), value.trim().to_owned()));
        }
    }
    Some((Bytes::from(body), trailers))
}

fn line(bytes: &[u8]) -> Option<(&str, &[u8])> {
    let end = bytes.windows(2).position(|pair| pair == b"\r\n")?;
    Some((std::str::from_utf8(&bytes[..end]).ok()?, &bytes[end + 2..]))
}
