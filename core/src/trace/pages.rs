//! Custom error pages, and what serves them.

use serde::Serialize;

use super::matching::{Asked, matched};
use super::path::Reading;
use crate::distribution::{At, Behavior, ErrorPage};
use crate::rules::Case;

/// A custom error page: CloudFront asks for it as for any other path.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct ErrorPageShown {
    /// The HTTP status that it is for.
    pub error_code: i64,
    /// Its path.
    pub path: String,
    /// The HTTP status that viewers get with it.
    pub response_code: i64,
    /// The behavior that serves it.
    pub behavior: String,
    /// The origin or origin group of that behavior.
    pub target: String,
    /// The object, where a bucket serves it.
    pub key: Option<String>,
}

/// Every page of the config, and what serves it.
pub(super) fn error_pages(case: &Case<'_>) -> Vec<ErrorPageShown> {
    let pages = case.candidate.serving.error_pages.iter();
    pages.filter_map(|page| shown(case, page)).collect()
}

fn shown(case: &Case<'_>, page: &ErrorPage) -> Option<ErrorPageShown> {
    let error_code = *page.error_code.known()?;
    let path = page.page_path.as_ref()?;
    let behavior = path
        .known()
        .and_then(|path| matched(case.candidate, Reading::Normalized, Asked::path(path)).behavior);
    let response = page.response_code.as_ref().and_then(At::known).copied();
    Some(ErrorPageShown {
        error_code,
        path: path.to_string(),
        response_code: response.unwrap_or(error_code),
        behavior: behavior
            .map_or_else(|| "a behavior that is not known".to_owned(), Behavior::name),
        target: behavior.map_or_else(String::new, |it| it.target_origin_id.to_string()),
        key: behavior.and_then(|behavior| key(case, behavior, path)),
    })
}

/// The key of a page that a bucket serves.
fn key(case: &Case<'_>, behavior: &Behavior, path: &At<String>) -> Option<String> {
    let target = behavior.target_origin_id.known()?;
    let origin = case.candidate.origin(target)?;
    origin.s3_endpoint.as_ref()?;
    let prefix = origin.origin_path.as_ref().map_or("", At::spelling);
    Some(format!("{prefix}{path}").trim_start_matches('/').to_owned())
}
