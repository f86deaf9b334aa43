//! The config that a change made, or would have made.

use super::{Audit, Unjudged};
use crate::candidate::{Candidate, Live, Node, Source, read_node};
use crate::error::GuardError;
use crate::request::{Change, api_name};
use crate::services::Services;

/// The config that the event carries; what CloudTrail left out is read from CloudFront, if it can
/// be told from where.
pub(super) async fn read<S: Services>(
    audit: &Audit<'_, S>,
) -> Result<(Candidate, Option<Live>), Unjudged> {
    let change = audit.change;
    let document = format!("{} {}", change.operation.name(), change.event_id);
    if let Some(config) = &change.config {
        let node = Node::from_value(config, api_name);
        return Ok((of_event(change, &node, document)?, None));
    }
    let (candidate, live) = of_live(audit, document).await?;
    Ok((candidate, Some(live)))
}

fn of_event(change: &Change, config: &Node, document: String) -> Result<Candidate, GuardError> {
    let mut distribution = read_node(&document, config)?;
    distribution.id.clone_from(&change.distribution);
    distribution.domain_name.clone_from(&change.domain_name);
    distribution.etag.clone_from(&change.etag);
    Ok(Candidate::of_config(distribution, Source::Event, document))
}

async fn of_live<S: Services>(
    audit: &Audit<'_, S>,
    document: String,
) -> Result<(Candidate, Live), Unjudged> {
    let Audit {
        services, change, ..
    } = audit;
    let asked = match change.failed {
        // What was refused is not live; what it was to be made from is.
        Some(_) => change.source_distribution.clone(),
        None => match &change.distribution {
            Some(id) => Some(id.clone()),
            None => services.find_by_change(&change.time).await?,
        },
    };
    let id = asked.ok_or(Unjudged::NoConfig)?;
    let live = services.live(&id).await?;
    let mut distribution = live.distribution.clone();
    if change.failed.is_some() && distribution.id != change.distribution {
        // A promotion gives the primary the config of its staging distribution, and a copy is a
        // distribution of its own: policies must let in whose it would have become.
        distribution.id.clone_from(&change.distribution);
        distribution.arn = None;
        distribution.domain_name = None;
    }
    let candidate = Candidate::of_config(distribution, Source::Live, document);
    Ok((candidate, live))
}
