use std::collections::BTreeSet;
use std::sync::Arc;

use super::{ReadOptions, position_suffix, read_config};
use crate::candidate::bounds::Tally;
use crate::candidate::{Candidate, Provenance, ResourceName, cloudformation};
use crate::document::Node;
use crate::error::GuardError;
use crate::model::Form;

/// The distributions of a template, each with what the template itself makes.
pub(super) fn of_template(
    document: &str,
    node: &Node,
    options: &ReadOptions,
    provenance: &dyn Fn(Option<ResourceName>) -> Provenance,
) -> Result<Vec<Candidate>, GuardError> {
    let mut deployment = options.deployment.clone();
    if let Some(id) = &options.distribution {
        let ids = cloudformation::logical_ids(node);
        let meant = match (&options.resource, ids.as_slice()) {
            (Some(resource), _) => Some(resource.to_string()),
            // The named distribution's ID belongs to the template's one distribution; of several,
            // none is guessed.
            (None, [only]) => Some(only.clone()),
            _ => None,
        };
        deployment
            .physical_ids
            .extend(meant.map(|logical| (logical, id.to_string())));
    }
    deployment.narrow_to(node);
    let most = options.bounds.distributions;
    let read = cloudformation::read(node, &deployment, most).map_err(|error| {
        let place = error
            .place
            .position
            .map_or_else(String::new, position_suffix);
        GuardError::configuration(
            format!(
                "the template `{document}`{place} cannot be resolved: {} (at {})",
                error.problem, error.place.pointer
            ),
            "Correct the template there; `aws cloudformation validate-template` says more",
        )
    })?;
    let notes: Vec<String> = defaults_note(&read.defaults).into_iter().collect();
    let planned = Arc::new(read.planned);
    let mut tally = Tally::of(options.bounds);
    let candidates = read.found.into_iter().map(|found| {
        let mut distribution = read_config(document, &found.config)?;
        distribution.id = found.id;
        distribution.form = Some(Form::Template);
        distribution.deviations = found.deviations;
        distribution.exact_expressions = true;
        distribution.variables = found.variables;
        distribution.unread.clone_from(&read.unread);
        if distribution.id.is_none() {
            distribution.arn = Some(found.arn);
        }
        let candidate = Candidate {
            distribution,
            planned: Arc::clone(&planned),
            before: None,
            notes: notes.clone(),
            provenance: provenance(Some(found.logical_id.into())),
        };
        tally.add(&candidate)?;
        Ok(candidate)
    });
    candidates.collect()
}

/// A default may be a placeholder, or another stage's value: who reads a verdict on it must know.
fn defaults_note(parameters: &BTreeSet<String>) -> Option<String> {
    const NAMED: usize = 5;
    if parameters.is_empty() {
        return None;
    }
    let shown = parameters.iter().take(NAMED);
    let mut names: Vec<String> = shown.map(|name| format!("`{name}`")).collect();
    let more = parameters.len().saturating_sub(NAMED);
    if more > 0 {
        names.push(format!("and {more} more"));
    }
    Some(format!(
        "judged with the template's defaults of {}: give `parameters` where the deployment has other values",
        names.join(", ")
    ))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_note_names_five_defaults_and_counts_the_rest() {
        let parameters: BTreeSet<String> = ('A'..='G').map(String::from).collect();
        let note = defaults_note(&parameters).unwrap();
        assert!(note.contains("`D`, `E`, and 2 more: give"), "{note}");
    }
}
