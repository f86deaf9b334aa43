//! The reports: JSON, Markdown and HTML.

use futures_util::future::{join, join3};

pub(crate) use super::keys::{report as key, sweep as sweep_key};
use crate::delivery::{ReportKey, Stored};
use crate::distribution::Region;
use crate::ports::{DeliveryError, Memory, ObjectKey};
use crate::report::{self, Document, v1};

/// Where a report below a key will be, in a bucket of a region, or why nowhere.
pub(crate) fn place(
    memory: &impl Memory,
    key: &ReportKey,
    region: Option<&Region>,
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
    key: &ReportKey,
    report: &Document,
) -> Result<bool, DeliveryError> {
    let put = async |extension: &str, content_type: &'static str, body: Vec<u8>| {
        let key = ObjectKey::from(format!("{key}.{extension}"));
        memory.put(&key, content_type, body).await
    };
    let document = async {
        let body = serde_json::to_vec_pretty(report).unwrap_or_default();
        put("json", "application/json", body).await
    };
    let text = async {
        let mut body = Vec::new();
        for (at, report) in report.reports().iter().enumerate() {
            body.extend((at > 0).then_some(b'\n'));
            body.extend_from_slice(report::markdown(report).as_bytes());
        }
        put("md", "text/markdown; charset=utf-8", body).await
    };
    let page = async {
        let body = report::html(report.reports()).into_bytes();
        put("html", "text/html; charset=utf-8", body).await
    };
    let (document, text, page) = match report {
        // Side by side: the three forms cost one round trip.
        Document::One(_) => join3(document, text, page).await,
        // Of several they are large: one form is gone before the next is made.
        Document::Several(_) => (document.await, text.await, page.await),
    };
    for error in [text.err(), page.as_ref().err().cloned()]
        .into_iter()
        .flatten()
    {
        tracing::error!(key = key.as_str(), error = %error, "form of the report not stored");
    }
    document.map(|()| page.is_ok())
}

/// Stores what a sweep came to, and its overview, in which each distribution's report is linked.
pub(crate) async fn store_sweep(
    memory: &impl Memory,
    key: &ReportKey,
    sweep: &v1::Sweep,
    region: Option<&Region>,
) -> Result<(), DeliveryError> {
    let bucket = memory.bucket().unwrap_or_default();
    let prefix = format!("s3://{bucket}/");
    let page = |address: &str| {
        let key = address.strip_prefix(&prefix)?.strip_suffix(".json")?;
        Stored::at(bucket, &ReportKey::from(key), region).page
    };
    let put = async |extension: &str, content_type: &'static str, body: Vec<u8>| {
        let key = ObjectKey::from(format!("{key}.{extension}"));
        memory.put(&key, content_type, body).await
    };
    let document = serde_json::to_vec_pretty(sweep).unwrap_or_default();
    let page = report::overview(sweep, page).into_bytes();
    let (document, page) = join(
        put("json", "application/json", document),
        put("html", "text/html; charset=utf-8", page),
    )
    .await;
    document.and(page)
}
