use std::sync::Arc;

use super::read_config;
use crate::candidate::bounds::{Bounds, Tally};
use crate::candidate::{Candidate, Provenance, ResourceName, terraform};
use crate::distribution::{Distribution, Hidden, Unread};
use crate::error::GuardError;
use crate::model::{self, Form};

/// What a plan has beside what is judged.
fn unread_of_plan(document: &str, addresses: &[String], is_errored: bool) -> Vec<Unread> {
    let addresses = addresses.iter().map(|address| Unread {
        subject: address.clone(),
        why: "distributions of the provider awscc are not read from plans".to_owned(),
        needs: "its config as `aws cloudfront get-distribution-config` prints it".to_owned(),
        document: None,
        weighs: true,
    });
    let errored = is_errored.then(|| Unread {
        subject: document.to_owned(),
        why: "Terraform ended with an error while it made this plan, which therefore is incomplete"
            .to_owned(),
        needs: "a plan without errors".to_owned(),
        document: None,
        weighs: true,
    });
    errored.into_iter().chain(addresses).collect()
}

/// A plan does not record the version of the provider that applies it.
fn version_of_provider(address: &ResourceName) -> Unread {
    Unread {
        subject: address.to_string(),
        why: "it has an origin without custom_origin_config, for which the provider sends S3OriginConfig \
              from version 6.29.0 on only, and CloudFront refuses an origin without any"
            .to_owned(),
        needs: "a plan that requires hashicorp/aws `>= 6.29.0`".to_owned(),
        document: None,
        weighs: true,
    }
}

/// What the plan marks, and what the config's own texts carry.
fn both(plan: &Arc<Hidden>, own: &Hidden) -> Arc<Hidden> {
    let mut all = Arc::clone(plan);
    if !own.is_empty() {
        Arc::make_mut(&mut all).add_all(own);
    }
    all
}

pub(super) fn of_plan(
    document: &str,
    content: &[u8],
    bounds: Bounds,
    provenance: &dyn Fn(ResourceName) -> Provenance,
) -> Result<Vec<Candidate>, GuardError> {
    let terraform::Read {
        found,
        planned,
        hidden,
        unread,
        is_errored,
    } = terraform::read(content, &bounds).map_err(|error| {
        GuardError::configuration(
            format!("the plan `{document}` cannot be read: {error}"),
            "Give what `terraform show -json PLANFILE` writes",
        )
    })?;
    // Without this a plan of the awscc provider would read as a plan without any distribution.
    if let (true, Some(unread)) = (found.is_empty(), unread.first()) {
        return Err(GuardError::configuration(
            format!(
                "the plan `{document}` has no distribution that can be judged: `{unread}` is of a provider \
                 that is not read"
            ),
            "Give its config as JSON once it is there, as `aws cloudfront get-distribution-config` \
             prints it, or name its `distribution`",
        ));
    }
    let unread = unread_of_plan(document, &unread, is_errored);
    let planned = Arc::new(planned);
    let hidden = Arc::new(hidden);
    let mut tally = Tally::of(bounds);
    let candidates = found.into_iter().map(|found| {
        let mut distribution = read_config(document, &found.config)?;
        distribution.unread.clone_from(&unread);
        let by_version = found
            .depends_on_version
            .then(|| version_of_provider(&found.address));
        distribution.unread.extend(by_version);
        distribution.hidden = both(&hidden, &distribution.hidden);
        distribution.id.clone_from(&found.id);
        distribution.arn = found.arn;
        distribution.domain_name = found.domain_name;
        distribution.form = Some(Form::Values);
        distribution.stated = found.stated;
        distribution.deviations = model::deviations(&found.config, "", Form::Values);
        let before = match &found.before {
            Some(config) => {
                let config = read_config(document, config)?;
                Some(Box::new(Distribution {
                    id: found.id,
                    hidden: both(&hidden, &config.hidden),
                    ..config
                }))
            }
            None => None,
        };
        let candidate = Candidate {
            distribution,
            planned: Arc::clone(&planned),
            before,
            notes: Vec::new(),
            provenance: provenance(found.address),
        };
        tally.add(&candidate)?;
        Ok(candidate)
    });
    candidates.collect()
}
