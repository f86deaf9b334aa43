//! The config that a change made, or would have made.

use serde_json::Value;

use super::{Audit, Unjudged};
use crate::candidate::{Candidate, Source, config_of, read_node};
use crate::distribution::DistributionId;
use crate::document::Node;
use crate::error::GuardError;
use crate::guard::clock::now;
use crate::memory::last_good::Snapshot;
use crate::model::{Form, deviations};
use crate::ports::{Account, Services};
use crate::request::{ChangeEvent, api_name};

/// What is live now.
pub(super) async fn live(
    account: &impl Account,
    id: &DistributionId,
) -> Result<Snapshot, GuardError> {
    // Before the call, so that of two audits the one that asked later is known to hold the later
    // config.
    let taken_at = now();
    let live = account.live(id).await?;
    Ok(Snapshot { live, taken_at })
}

/// What is judged of a change.
pub(super) struct Config {
    pub candidate: Candidate,
    /// What was read from CloudFront, where that is what is judged.
    pub live: Option<Snapshot>,
    /// What a reader must know of where the config is from.
    pub notes: Vec<String>,
}

/// The config that the event carries; what CloudTrail left out, or what cannot be read, is read from
/// CloudFront, if that says from which distribution.
pub(super) async fn read<S: Services>(audit: &Audit<'_, S>) -> Result<Config, Unjudged> {
    let change = audit.change;
    let document = format!("{} {}", change.operation.name(), change.event_id);
    let Some(config) = &change.config else {
        return of_live(audit, document).await;
    };
    let problem = match of_event(change, config, &document) {
        Ok(candidate) => {
            return Ok(Config {
                candidate,
                live: None,
                notes: Vec::new(),
            });
        }
        // Only the problem: the remedy of this error speaks of a file that the user could edit, and
        // an event is none.
        Err(GuardError::Configuration { problem, .. }) => problem,
        Err(error) => error.to_string(),
    };
    tracing::warn!(
        event = change.event_id.as_str(),
        problem,
        "the event's config cannot be read"
    );
    if change.failed.is_some() {
        // What was refused is nowhere else.
        return Err(Unjudged::Unreadable(problem));
    }
    match of_live(audit, document).await {
        Ok(mut subject) => {
            let note = format!("what is live now was judged, since {problem}");
            subject.notes.push(note);
            Ok(subject)
        }
        Err(Unjudged::Failed(error)) => Err(Unjudged::Unreadable(format!(
            "{problem}; what is live could not be read either: {error}"
        ))),
        Err(_) => Err(Unjudged::Unreadable(problem)),
    }
}

fn of_event(change: &ChangeEvent, config: &Value, document: &str) -> Result<Candidate, GuardError> {
    // CloudTrail lowers the first letter of every name (`hTTPPort`); raised again it is the API's
    // form, and one reader serves both.
    let node = Node::from_value(config, api_name);
    let mut distribution = read_node(document, &node)?;
    distribution.id.clone_from(&change.distribution);
    distribution.domain_name.clone_from(&change.domain_name);
    distribution.etag.clone_from(&change.etag);
    // What CloudFront took is as it wants it.
    if change.failed.is_some() {
        distribution.form = Some(Form::Event);
        distribution.deviations = deviations(config_of(&node), "", Form::Event);
    }
    Ok(Candidate::of_config(distribution, Source::Event, document))
}

async fn of_live<S: Services>(audit: &Audit<'_, S>, document: String) -> Result<Config, Unjudged> {
    let (account, change) = (audit.session.account(), audit.change);
    let asked = match change.failed {
        // What was refused is not live; what it was to be made from is.
        Some(_) => change.source_distribution.clone(),
        // Above 100 KB CloudTrail leaves out requestParameters and responseElements, and the ID
        // with them. Then only the time of the change is left to find the distribution by.
        None => match (&change.distribution, change.time) {
            (Some(id), _) => Some(id.clone()),
            (None, Some(time)) => account.find_by_change(time).await?,
            // Without a usable time it leads to no distribution rather than to a guess.
            (None, None) => None,
        },
    };
    let id = asked.ok_or(Unjudged::NoConfig)?;
    let live = self::live(account, &id).await?;
    let mut distribution = live.live.distribution.clone();
    if change.failed.is_some() && distribution.id != change.distribution {
        // A promotion gives the primary the config of its staging distribution, and a copy is a
        // distribution of its own: policies must let in whose it would have become.
        distribution.id.clone_from(&change.distribution);
        distribution.arn = None;
        distribution.domain_name = None;
    }
    Ok(Config {
        candidate: Candidate::of_config(distribution, Source::Live, document),
        live: Some(live),
        notes: Vec::new(),
    })
}
