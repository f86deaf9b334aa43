//! A change set → its distributions, as they are and as they will be: the exact values that
//! CloudFormation has rendered.

use std::sync::Arc;

use super::cloudformation::{self, Deployment};
use super::stack::{ChangeSet, ResourceChange, place_of};
use super::{Candidate, Format, Provenance, Source};
use crate::distribution::{Distribution, Expression};
use crate::document::{Budget, MOST_VALUES, Node, NodeKind, UsedUp, values_of};
use crate::error::GuardError;
use crate::model::Form;

/// Reads the distributions that a change set makes or changes.
///
/// # Errors
/// If the contexts of its changes cannot be read.
pub fn read_change_set(set: &ChangeSet) -> Result<Vec<Candidate>, GuardError> {
    let (region, account) = place_of(&set.stack);
    // With the physical ID of what is removed, a reference to it would be resolved as if it stayed.
    let remaining = || set.changes.iter().filter(|change| !change.is_removed);
    let physical = remaining()
        .filter_map(|change| Some((change.logical_id.clone(), change.physical_id.clone()?)));
    let deployment = Deployment {
        account,
        region,
        physical_ids: physical.collect(),
        ..Deployment::default()
    };
    let name = set.arn.as_str();
    let after = template(set, |change| change.after.as_deref())?;
    let before = template(set, |change| change.before.as_deref())?;
    let unreadable = |error: cloudformation::TemplateError| {
        GuardError::configuration(
            format!("the change set `{name}` cannot be read: {}", error.problem),
            "Make it with `--include-property-values`",
        )
    };
    let cloudformation::Read {
        found,
        planned,
        unread,
        ..
    } = cloudformation::read(&after, &deployment, usize::MAX).map_err(unreadable)?;
    // Only the difference needs the state before; an unreadable one must not keep the candidate
    // from being judged.
    let live = cloudformation::read(&before, &deployment, usize::MAX).unwrap_or_default();
    let live = live.found;
    let planned = Arc::new(planned);
    let candidates = found.into_iter().map(|found| {
        let mut distribution = super::read::read_config(name, &found.config)?;
        distribution.id.clone_from(&found.id);
        distribution.form = Some(Form::Template);
        distribution.deviations = found.deviations;
        distribution.unread.clone_from(&unread);
        // A distribution that is updated has an ID, of which its ARN is made where it is needed.
        if distribution.id.is_none() {
            distribution.arn = Some(found.arn);
        }
        let before = live.iter().find(|it| it.logical_id == found.logical_id);
        let before = match before {
            Some(before) => Some(Box::new(Distribution {
                id: found.id,
                ..super::read::read_config(name, &before.config)?
            })),
            None => None,
        };
        Ok(Candidate {
            distribution,
            planned: Arc::clone(&planned),
            before,
            notes: Vec::new(),
            provenance: Provenance {
                source: Source::ChangeSet,
                format: Format::ChangeSet,
                resource: Some(found.logical_id.into()),
                document: name.to_owned(),
                sha256: None,
            },
        })
    });
    candidates.collect()
}

/// The rendered resources as a template that has nothing to resolve.
fn template(
    set: &ChangeSet,
    context: impl Fn(&ResourceChange) -> Option<&str>,
) -> Result<Node, GuardError> {
    let mut resources = Vec::new();
    let budget = Budget::of(MOST_VALUES);
    for change in set.changes.iter().filter(|change| !change.is_removed) {
        let Some(text) = context(change) else {
            continue;
        };
        // Each has a bound of its own, and these are kept together.
        budget.spend(values_of(text.as_bytes())).map_err(|UsedUp| {
            GuardError::configuration(
                format!(
                    "the properties of the change set `{}` have more than {MOST_VALUES} values",
                    set.arn
                ),
                "Give the template as `candidate`, or change the stack in several change sets",
            )
        })?;
        let node = Node::from_json(text.as_bytes()).map_err(|error| {
            GuardError::configuration(
                format!(
                    "the change set `{}` holds something else than properties for `{}`: {error}",
                    set.arn, change.logical_id
                ),
                "Make it anew with `--include-property-values`",
            )
        })?;
        let properties = node.get("Properties").cloned();
        // Without `Properties` the resource sets none, such as a bucket with all defaults.
        let properties = properties.unwrap_or_else(|| NodeKind::Map(Vec::new()).into());
        let path = format!("/{}/Properties", change.logical_id);
        let resource = vec![
            (
                "Type".to_owned(),
                NodeKind::Text(change.kind.clone()).into(),
            ),
            ("Properties".to_owned(), opened(properties, &path)),
        ];
        resources.push((change.logical_id.clone(), NodeKind::Map(resource).into()));
    }
    let resources = NodeKind::Map(resources).into();
    Ok(NodeKind::Map(vec![("Resources".to_owned(), resources)]).into())
}

/// What only the deployment decides is spelt alike wherever it stands
/// (`{{changeSet:KNOWN_AFTER_APPLY}}`): each is an expression of its own. The context is one line, so
/// that its lines say nothing.
fn opened(node: Node, path: &str) -> Node {
    let kind = match node.kind {
        NodeKind::Text(text) if text.contains("{{changeSet:") => {
            let name = path.trim_start_matches('/');
            NodeKind::Symbolic(Expression::open(format!("${{{name}}}")))
        }
        NodeKind::List(items) => NodeKind::List(
            items
                .into_iter()
                .enumerate()
                .map(|(at, item)| opened(item, &format!("{path}/{at}")))
                .collect(),
        ),
        NodeKind::Map(entries) => NodeKind::Map(
            entries
                .into_iter()
                .map(|(key, value)| {
                    let value = opened(value, &format!("{path}/{key}"));
                    (key, value)
                })
                .collect(),
        ),
        other => other,
    };
    kind.into()
}
