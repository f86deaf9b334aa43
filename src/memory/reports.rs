//! The reports: JSON, Markdown and HTML, side by side.

use futures_util::future::join3;

pub(crate) use super::keys::report as key;
use crate::delivery::Stored;
use crate::ports::{DeliveryError, Memory};
use crate::report::{self, Document};

/// Where a report below a key will be, in a bucket of a region, or why nowhere.
pub(crate) fn place(
    memory: &impl Memory,
    key: &str,
    region: Option<&str>,
) -> Result<Stored, String> {
    match memory.bucket() {
        Some(bucket) => Ok(Stored::at(bucket, key, region)),
        None => Err("not stored, since ORIGIN_GUARD_REPORT_BUCKET is not set".to_owned()),
    }
}

/// Stores every form. The JSON is the report: the others are made from it, and the lack of one is
/// only logged. Says whether there is a page.
pub(crate) async fn store(
    memory: &impl Memory,
    key: &str,
    report: &Document,
) -> Result<bool, DeliveryError> {
    let document = serde_json::to_vec_pretty(report).unwrap_or_default();
    let texts: Vec<String> = report.reports().iter().map(report::markdown).collect();
    let text = texts.join("\n").into_bytes();
    let page = report::html(report.reports()).into_bytes();
    let put = async |extension: &str, content_type: &'static str, body: Vec<u8>| {
        let key = format!("{key}.{extension}");
        memory.put(&key, content_type, body).await
    };
    // Side by side: the three forms cost one round trip.
    let (document, text, page) = join3(
        put("json", "application/json", document),
        put("md", "text/markdown; charset=utf-8", text),
        put("html", "text/html; charset=utf-8", page),
    )
    .await;
    for error in [text.err(), page.as_ref().err().cloned()]
        .into_iter()
        .flatten()
    {
        tracing::error!(key, error = %error, "form of the report not stored");
    }
    document.map(|()| page.is_ok())
}
