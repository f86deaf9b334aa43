//! What was answered, as `curl -i` prints it.

/// How much of a body is read: errors of S3 and CloudFront are much shorter.
const MOST_BODY: usize = 65_536;

/// An HTTP answer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct EdgeAnswer {
    /// The status.
    pub status: u16,
    /// The headers, their names in small letters.
    headers: Vec<(String, String)>,
    /// The beginning of the body, as text.
    pub body: String,
}

/// Why a text is no HTTP answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("it does not begin with a status line such as `HTTP/2 403`")]
pub struct NotAnAnswer;

impl EdgeAnswer {
    /// Reads what `curl -i` prints: of several answers, as after a redirect, the last.
    ///
    /// # Errors
    /// If it does not begin with a status line.
    pub fn parse(text: &[u8]) -> Result<Self, NotAnAnswer> {
        // A body may be an image: only its head and the texts of errors are read.
        let text = String::from_utf8_lossy(text);
        let text = text.replace("\r\n", "\n");
        let mut rest = text.trim_start();
        let mut last = None;
        // `curl -iL` prints every answer on the way, and a proxy its own: the last one is the
        // edge's.
        while let Some((status, head, body)) = head_of(rest) {
            last = Some((status, head, body));
            rest = body;
        }
        let (status, head, body) = last.ok_or(NotAnAnswer)?;
        // S3's and CloudFront's errors are short; more of a body decides nothing.
        let end = body.floor_char_boundary(MOST_BODY.min(body.len()));
        Ok(Self {
            status,
            headers: head.lines().filter_map(header).collect(),
            body: body.get(..end).unwrap_or_default().to_owned(),
        })
    }

    /// What a client has: header values are read as text, and of the body the beginning.
    pub fn of<'h>(
        status: u16,
        headers: impl IntoIterator<Item = (&'h str, &'h [u8])>,
        body: &[u8],
    ) -> Self {
        let headers = headers.into_iter().map(|(name, value)| {
            let value = String::from_utf8_lossy(value);
            (name.to_ascii_lowercase(), value.trim().to_owned())
        });
        let body = body.get(..MOST_BODY).unwrap_or(body);
        Self {
            status,
            headers: headers.collect(),
            body: String::from_utf8_lossy(body).into_owned(),
        }
    }

    /// The first header of a name.
    #[must_use]
    pub fn header(&self, name: &str) -> Option<&str> {
        let mut headers = self.headers.iter();
        let (_, value) = headers.find(|(own, _)| own.eq_ignore_ascii_case(name))?;
        Some(value)
    }

    /// Every value of a name.
    pub fn all_headers<'s>(&'s self, name: &'s str) -> impl Iterator<Item = &'s str> {
        let own = self.headers.iter();
        let own = own.filter(move |(own, _)| own.eq_ignore_ascii_case(name));
        own.map(|(_, value)| value.as_str())
    }

    /// Whether `server` is this.
    pub(crate) fn is_from(&self, server: &str) -> bool {
        self.header("server")
            .is_some_and(|own| own.eq_ignore_ascii_case(server))
    }
}

/// The status, the lines of the head behind it, and what follows the head.
fn head_of(text: &str) -> Option<(u16, &str, &str)> {
    let line = text.strip_prefix("HTTP/")?;
    let (_, line) = line.split_once(' ')?;
    let status = line.get(..3)?;
    // A number may also have a sign.
    let is_number = status.bytes().all(|byte| byte.is_ascii_digit());
    let status = status.parse().ok().filter(|_| is_number)?;
    let (_, after) = text.split_once('\n').unwrap_or((text, ""));
    let (head, body) = match after.strip_prefix('\n') {
        Some(body) => ("", body),
        None => after.split_once("\n\n").unwrap_or((after, "")),
    };
    Some((status, head, body))
}

fn header(line: &str) -> Option<(String, String)> {
    let (name, value) = line.split_once(':')?;
    Some((name.trim().to_ascii_lowercase(), value.trim().to_owned()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_curl_prints_is_read() {
        let text = "HTTP/1.1 301 Moved\r\nlocation: /a\r\n\r\nHTTP/2 403 \r\nServer: AmazonS3\r\n\r\n<Error/>\n";
        let answer = EdgeAnswer::parse(text.as_bytes()).unwrap();
        assert_eq!(answer.status, 403);
        assert!(answer.is_from("amazons3"));
        assert_eq!(answer.header("location"), None);
        assert_eq!(answer.body, "<Error/>\n");
        for (text, status, body) in [
            ("HTTP/2 200", 200, ""),
            ("HTTP/2 204\n\n", 204, ""),
            ("HTTP/2 200\na: b", 200, ""),
            (
                "HTTP/2 200\n\nHTTP is a protocol",
                200,
                "HTTP is a protocol",
            ),
        ] {
            let answer = EdgeAnswer::parse(text.as_bytes()).unwrap();
            assert_eq!(
                (answer.status, answer.body.as_str()),
                (status, body),
                "{text}"
            );
        }
        for text in [
            "",
            "<html>",
            "HTTP/2 abc",
            "HTTP/2 +20",
            "HTTP/2",
            "curl: (6)",
        ] {
            assert_eq!(
                EdgeAnswer::parse(text.as_bytes()),
                Err(NotAnAnswer),
                "{text}"
            );
        }
    }

    #[test]
    fn what_a_client_has_is_read_as_what_curl_prints() {
        let headers: [(&str, &[u8]); 2] = [("Server", b" AmazonS3"), ("x", b"\xff")];
        let answer = EdgeAnswer::of(403, headers, b"<Error/>");
        let printed = EdgeAnswer::parse(b"HTTP/2 403\nserver: AmazonS3\nX: \xff\n\n<Error/>");
        assert_eq!(Ok(&answer), printed.as_ref());
        assert!(EdgeAnswer::of(200, [], &vec![b'a'; 100_000]).body.len() <= MOST_BODY);
    }

    #[test]
    fn of_a_long_body_only_the_beginning_is_kept() {
        let text = format!("HTTP/2 200\n\n{}", "ü".repeat(100_000));
        let answer = EdgeAnswer::parse(text.as_bytes()).unwrap();
        assert!(answer.body.len() <= MOST_BODY);
    }
}
