//! Pages of `ListDistributions`, read by the guard's own reader of configs.
//!
//! A page that fails, is cut or leads back to itself is an error: what is missing from a list must never
//! read as what does not exist.

use aws_sdk_cloudfront::Client;
use aws_sdk_cloudfront::operation::list_distributions::ListDistributionsOutput;
use aws_smithy_runtime_api::client::interceptors::context::Output;
use aws_smithy_types::DateTime;
use aws_smithy_types::date_time::Format as DateTimeFormat;

use super::cloudfront::GUARD;
use super::cloudfront_xml;
use super::failure::Failure;
use super::raw_body::RawBody;
use crate::candidate::read_summary;
use crate::distribution::DistributionId;
use crate::document::{Node, NodeKind};
use crate::error::GuardError;
use crate::ports::{DistributionPage, MOST_PAGES};
use crate::timestamp::Timestamp;

const LIST: &str = "cloudfront:ListDistributions";
const ALL: &str = "*";
/// Both the default and the most that CloudFront returns a page
/// (<https://docs.aws.amazon.com/cloudfront/latest/APIReference/API_ListDistributions.html>).
const PAGE: i32 = 100;

/// One page, from the first or from behind a marker.
pub(super) async fn page(
    client: &Client,
    marker: Option<&str>,
) -> Result<DistributionPage, GuardError> {
    let mut distributions = Vec::new();
    let next = read_page(client, ALL, marker, |item| {
        distributions.push(read_summary(&item));
    });
    let next = next.await?;
    Ok(DistributionPage {
        distributions,
        next,
    })
}

/// The ID of the distribution that has a domain, as an alias or as its own.
pub(super) async fn find_by_domain(
    client: &Client,
    domain: &str,
) -> Result<Option<DistributionId>, GuardError> {
    // No two distributions have the same domain, so the pages behind the one that has it are not read.
    let mut found = find(client, domain, 1, |item| has_domain(item, domain)).await?;
    Ok(found.pop())
}

/// The ID of the one distribution that was last modified at a time.
pub(super) async fn find_by_change(
    client: &Client,
    time: Timestamp,
) -> Result<Option<DistributionId>, GuardError> {
    /// Between a call's time and the time that CloudFront notes for the change.
    const APART: f64 = 5.0;
    let seconds = |time: &str| {
        let time = DateTime::from_str(time, DateTimeFormat::DateTime);
        time.map(|time| time.as_secs_f64()).ok()
    };
    // Both as the SDK counts: what CloudFront notes has fractions of a second.
    let time = DateTime::from_secs(time.seconds()).as_secs_f64();
    let near = |item: &Node| {
        // CloudTrail's eventTime has whole seconds, and LastModifiedTime is noted by CloudFront
        // itself, so the two are never equal.
        let modified = item.get("LastModifiedTime").and_then(Node::text);
        let modified = modified.and_then(seconds);
        modified.is_some_and(|modified| (modified - time).abs() <= APART)
    };
    let mut found = find(client, ALL, 2, near).await?;
    // Two distributions changed within these seconds cannot be distinguished, and the wrong one
    // must not be judged.
    Ok(if found.len() == 1 { found.pop() } else { None })
}

/// The IDs of the distributions that fit, page by page until there are `enough`.
async fn find(
    client: &Client,
    subject: &str,
    enough: usize,
    fits: impl Fn(&Node) -> bool + Sync,
) -> Result<Vec<DistributionId>, GuardError> {
    let mut found = Vec::new();
    let mut marker: Option<String> = None;
    for _ in 0..MOST_PAGES {
        let next = read_page(client, subject, marker.as_deref(), |item| {
            let id = item.get("Id").and_then(Node::text);
            found.extend(id.filter(|_| fits(&item)).map(DistributionId::from));
        });
        marker = next.await?;
        if marker.is_none() || found.len() >= enough {
            return Ok(found);
        }
    }
    Err(unreadable(subject, "it has no end"))
}

/// Reads the items of one page, one after another, and gives the marker of the next page. `subject` is
/// what is looked for, for messages.
async fn read_page(
    client: &Client,
    subject: &str,
    marker: Option<&str>,
    item: impl FnMut(Node) + Send,
) -> Result<Option<String>, GuardError> {
    let body = RawBody::instead_of(|_| Output::erase(ListDistributionsOutput::builder().build()));
    client
        .list_distributions()
        .max_items(PAGE)
        .set_marker(marker.map(str::to_owned))
        .customize()
        .interceptor(body.clone())
        .send()
        .await
        .map_err(|error| Failure::of(&error).into_error(LIST, subject, GUARD))?;
    let next = cloudfront_xml::read_list(&body.take(), item)
        .map_err(|problem| unreadable(subject, &format!("the answer cannot be read: {problem}")))?;
    match next {
        // A page that names itself as the next one would be read without end.
        Some(next) if marker == Some(next.as_str()) => Err(unreadable(
            subject,
            &format!("the page behind the marker {next} is named as its own next page"),
        )),
        next => Ok(next),
    }
}

fn unreadable(subject: &str, problem: &str) -> GuardError {
    GuardError::Unavailable {
        subject: format!("{LIST} on {subject}"),
        problem: problem.to_owned(),
    }
}

fn has_domain(item: &Node, domain: &str) -> bool {
    // DNS names, and DNS ignores case.
    let is_it = |node: &Node| {
        let text = node.text();
        text.is_some_and(|own| own.eq_ignore_ascii_case(domain))
    };
    let aliases = item.get("Aliases").and_then(|aliases| aliases.get("Items"));
    let aliases = match aliases.map(|aliases| &aliases.kind) {
        Some(NodeKind::List(aliases)) => aliases.as_slice(),
        _ => &[],
    };
    item.get("DomainName").is_some_and(is_it) || aliases.iter().any(is_it)
}
