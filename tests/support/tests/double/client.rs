//! A raw HTTP client that signs in form only.

use std::fmt::Write;

use bytes::Bytes;
use http_body_util::{BodyExt, Full};
use hyper::{HeaderMap, Request};
use hyper_util::rt::TokioIo;
use serde_json::Value;
use tokio::net::TcpStream;

pub struct Answer {
    pub status: u16,
    pub headers: HeaderMap,
    pub body: Bytes,
}

impl Answer {
    pub fn text(&self) -> String {
        String::from_utf8_lossy(&self.body).into_owned()
    }

    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers.get(name).and_then(|value| value.to_str().ok())
    }

    pub fn json(&self) -> Value {
        serde_json::from_slice(&self.body).expect("a JSON body")
    }

    /// The text of the first element of that name.
    pub fn element(&self, name: &str) -> Option<String> {
        let text = self.text();
        let rest = text.split_once(&format!("<{name}>"))?.1;
        Some(rest.split_once(&format!("</{name}>"))?.0.to_owned())
    }
}

/// A request under construction.
pub struct Ask {
    endpoint: String,
    method: String,
    path: String,
    headers: Vec<(String, String)>,
    body: Bytes,
}

impl Ask {
    pub fn new(endpoint: &str, method: &str, path: &str) -> Self {
        Self {
            endpoint: endpoint.to_owned(),
            method: method.to_owned(),
            path: path.to_owned(),
            headers: Vec::new(),
            body: Bytes::new(),
        }
    }

    pub fn header(mut self, name: &str, value: &str) -> Self {
        self.headers.push((name.to_owned(), value.to_owned()));
        self
    }

    pub fn body(mut self, body: impl Into<Bytes>) -> Self {
        self.body = body.into();
        self
    }

    pub fn signed(self, key: &str, region: &str, service: &str) -> Self {
        let value = format!(
            "AWS4-HMAC-SHA256 Credential={key}/20261123/{region}/{service}/aws4_request, SignedHeaders=host;x-amz-date, Signature={}",
            "0".repeat(64)
        );
        self.header("authorization", &value)
    }

    pub async fn try_send(self) -> Result<Answer, Box<dyn std::error::Error + Send + Sync>> {
        let address = self.endpoint.trim_start_matches("http://").to_owned();
        let stream = TcpStream::connect(&address).await?;
        let (mut sender, connection) =
            hyper::client::conn::http1::handshake(TokioIo::new(stream)).await?;
        tokio::spawn(connection);
        let mut request = Request::builder()
            .method(self.method.as_str())
            .uri(&self.path);
        if !self.headers.iter().any(|(name, _)| name == "host") {
            request = request.header("host", &address);
        }
        for (name, value) in &self.headers {
            request = request.header(name, value);
        }
        let response = sender
            .send_request(request.body(Full::new(self.body))?)
            .await?;
        let (status, headers) = (response.status().as_u16(), response.headers().clone());
        Ok(Answer {
            status,
            headers,
            body: response.into_body().collect().await?.to_bytes(),
        })
    }

    pub async fn send(self) -> Answer {
        self.try_send().await.expect("an answer")
    }
}

/// An S3 request of the function's role in a region.
pub fn s3(endpoint: &str, method: &str, path: &str, region: &str) -> Ask {
    Ask::new(endpoint, method, path).signed("AKIAROLE", region, "s3")
}

pub fn cloudfront(endpoint: &str, method: &str, path: &str) -> Ask {
    Ask::new(endpoint, method, &format!("/2020-05-31/{path}")).signed(
        "AKIAROLE",
        "us-east-1",
        "cloudfront",
    )
}

pub fn json(endpoint: &str, service: &str, target: &str, body: &Value) -> Ask {
    Ask::new(endpoint, "POST", "/")
        .signed("AKIAROLE", "us-east-1", service)
        .header("x-amz-target", target)
        .header("content-type", "application/x-amz-json-1.1")
        .body(body.to_string())
}

pub fn query(endpoint: &str, service: &str, members: &[(&str, &str)]) -> Ask {
    let mut body = String::from("Version=2010-03-31");
    for (name, value) in members {
        let value =
            percent_encoding::utf8_percent_encode(value, percent_encoding::NON_ALPHANUMERIC);
        write!(body, "&{name}={value}").expect("a string takes every write");
    }
    Ask::new(endpoint, "POST", "/")
        .signed("AKIAROLE", "us-east-1", service)
        .header("content-type", "application/x-www-form-urlencoded")
        .body(body)
}
