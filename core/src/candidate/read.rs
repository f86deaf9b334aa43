//! A document of whatever format → the candidates in it.

mod plan;
mod template;

use std::sync::Arc;

use sha2::{Digest, Sha256};

use super::api_json::{self, Envelope, NotAConfig};
use super::bounds::Bounds;
use super::cloudformation::{self, Deployment, Parameters};
use super::cursor::Problem;
use super::{Candidate, Format, Provenance, ResourceName, Source, terraform};
use crate::digest::hex;
use crate::distribution::{Distribution, DistributionId, Position};
use crate::document::{DocumentError, Node, parse, utf8};
use crate::error::GuardError;
use crate::model::Form;
use crate::nearest::nearest;
use plan::of_plan;
use template::of_template;

/// How a document is to be read.
#[derive(Debug, Clone, Default)]
pub struct ReadOptions {
    /// What it is; without it, that is seen from the document.
    pub format: Option<Format>,
    /// The logical ID or address of the one distribution that is meant.
    pub resource: Option<ResourceName>,
    /// The ID of that distribution, where it is deployed already: what a template calls it stands for it.
    pub distribution: Option<DistributionId>,
    /// What is known of the deployment of a template.
    pub deployment: Deployment,
    /// How much the document may hold.
    pub bounds: Bounds,
}

/// Reads every candidate of a document, in its order; a template may have none.
///
/// # Errors
/// [`GuardError::Configuration`]: what it is instead, or what is wrong at which line.
pub fn read_documents(
    source: Source,
    document: &str,
    content: &[u8],
    options: &ReadOptions,
) -> Result<Vec<Candidate>, GuardError> {
    // Of the bytes as they came, before any decoding: it can be compared with `sha256sum` of the
    // file.
    let sha256 = hex(&Sha256::digest(content));
    let provenance = |format, resource| Provenance {
        source,
        format,
        document: document.to_owned(),
        resource,
        sha256: Some(sha256.clone()),
    };
    let content = &*utf8(content);
    if options.format == Some(Format::TerraformPlan)
        // Before the document is parsed: most of a large plan is never read.
        || options.format.is_none() && terraform::is_plan(content)
    {
        let provenance = |address| provenance(Format::TerraformPlan, Some(address));
        return of_plan(document, content, options.bounds, &provenance);
    }
    let node = parse(document, content).map_err(|error| unreadable(document, &error))?;
    let format = options.format.unwrap_or_else(|| format_of(&node));
    let provenance = |resource| provenance(format, resource);
    match format {
        Format::CloudFormation => of_template(document, &node, options, &provenance),
        Format::DistributionConfig | Format::TerraformPlan | Format::ChangeSet => {
            Ok(vec![Candidate {
                distribution: Distribution {
                    form: Some(Form::Api),
                    deviations: api_json::deviations(&node),
                    ..read_node(document, &node)?
                },
                planned: Arc::default(),
                before: None,
                notes: Vec::new(),
                provenance: provenance(None),
            }])
        }
    }
}

/// Whether a document has the form of a config, a template or a plan, or cannot be read, so that it is
/// not known what it is. What a pattern finds beside them is something else.
#[must_use]
pub fn may_hold_config(content: &[u8]) -> bool {
    let content = &*utf8(content);
    terraform::is_plan(content)
        || parse("", content).map_or(true, |node| {
            Envelope::of(&node).is_some() || cloudformation::is_template(&node)
        })
}

/// The names of the parameters that a template declares; none of what is no template.
#[must_use]
pub fn declared_parameters(content: &[u8]) -> Vec<String> {
    let parsed = parse("", &utf8(content)).ok();
    let template = parsed.filter(|node| format_of(node) == Format::CloudFormation);
    let declared = template.and_then(|node| {
        let entries = node.get("Parameters")?.entries();
        Some(entries.iter().map(|(name, _)| name.clone()).collect())
    });
    declared.unwrap_or_default()
}

/// Reads a document that holds one candidate.
///
/// # Errors
/// As [`read_documents`], and if it holds none or several.
pub fn read_document(
    source: Source,
    document: &str,
    content: &[u8],
) -> Result<Candidate, GuardError> {
    let candidates = read_documents(source, document, content, &ReadOptions::default())?;
    one(choose(candidates, None, document)?, document)
}

/// Reads a parameter file of a template into what is known of its deployment.
///
/// # Errors
/// If it is no JSON or YAML, or no parameters.
pub fn read_parameters(
    parameters: &mut Parameters,
    document: &str,
    content: &[u8],
) -> Result<(), GuardError> {
    let wrong = |problem: String, position: Option<Position>| {
        let place = position.map_or_else(String::new, position_suffix);
        GuardError::configuration(
            format!("the parameter file `{document}`{place} cannot be read: {problem}"),
            "Give {\"Parameters\": {\"Name\": \"value\"}}, or the list that the AWS CLI takes",
        )
    };
    let node = parse(document, content).map_err(|error| wrong(error.problem, error.position))?;
    let read = parameters.read(&node);
    read.map_err(|error| wrong(error.to_string(), None))
}

/// The only one of a document's candidates.
///
/// # Errors
/// If there are several.
pub fn one(mut candidates: Vec<Candidate>, document: &str) -> Result<Candidate, GuardError> {
    match candidates.pop() {
        Some(only) if candidates.is_empty() => Ok(only),
        last => {
            candidates.extend(last);
            let names: Vec<&str> = resources(&candidates).collect();
            Err(GuardError::configuration(
                format!(
                    "`{document}` has {} distributions: {}",
                    candidates.len(),
                    names.join(", ")
                ),
                "Name one of them as `resource` (`--resource` at the command line)",
            ))
        }
    }
}

/// The candidates that are meant: all, or the one of this logical ID or address.
///
/// # Errors
/// If there is none.
pub fn choose(
    candidates: Vec<Candidate>,
    resource: Option<&ResourceName>,
    document: &str,
) -> Result<Vec<Candidate>, GuardError> {
    if candidates.is_empty() {
        return Err(GuardError::configuration(
            format!("`{document}` has no distribution that would be there after it is deployed"),
            "Give the template that makes the AWS::CloudFront::Distribution, or the whole plan, with its \
             `resource_changes`, that makes or keeps the aws_cloudfront_distribution",
        ));
    }
    let Some(wanted) = resource else {
        return Ok(candidates);
    };
    if let [only] = candidates.as_slice()
        && only.provenance.resource.is_none()
    {
        // A config by itself has no name to choose by.
        return Ok(candidates);
    }
    let is_wanted = |candidate: &Candidate| candidate.provenance.resource.as_ref() == Some(wanted);
    if candidates.iter().any(is_wanted) {
        return Ok(candidates.into_iter().filter(is_wanted).collect());
    }
    let names: Vec<&str> = resources(&candidates).collect();
    let near = nearest(wanted.as_str(), names.iter().copied())
        .map_or_else(String::new, |near| format!("; did you mean `{near}`?"));
    Err(GuardError::configuration(
        format!(
            "`{document}` has no distribution `{wanted}`, only {}{near}",
            names.join(", ")
        ),
        "Name the logical ID or address of a distribution in `resource` (`--resource` at the command line)",
    ))
}

fn resources(candidates: &[Candidate]) -> impl Iterator<Item = &str> {
    candidates.iter().map(|candidate| {
        candidate
            .provenance
            .resource
            .as_ref()
            .map_or("a config", ResourceName::as_str)
    })
}

fn unreadable(document: &str, error: &DocumentError) -> GuardError {
    let place = error.position.map_or_else(String::new, position_suffix);
    GuardError::configuration(
        format!("the candidate `{document}`{place} cannot be read: {error}"),
        "Give a DistributionConfig as JSON, as `aws cloudfront get-distribution-config` prints it, \
         or a CloudFormation template",
    )
}

fn format_of(node: &Node) -> Format {
    // CloudFront's own form first: it is the more specific one.
    if Envelope::of(node).is_none() && cloudformation::is_template(node) {
        Format::CloudFormation
    } else {
        Format::DistributionConfig
    }
}

/// Drops from candidates what their documents only refer to and that was read beside them, by the names of
/// the documents.
pub fn settle(candidates: &mut [Candidate], documents: &[String]) {
    let files: Vec<&str> = documents
        .iter()
        .filter_map(|name| name.rsplit(['/', '\\']).next())
        .collect();
    for candidate in candidates {
        candidate.distribution.unread.retain(|unread| {
            let file = unread.document.as_deref();
            file.is_none_or(|file| !files.contains(&file))
        });
    }
}

/// Reads a config out of a document that is parsed already.
///
/// # Errors
/// As [`read_document`].
pub fn read_node(document: &str, node: &Node) -> Result<Distribution, GuardError> {
    api_json::read(node).map_err(|error| not_a_config(document, error))
}

pub(super) fn read_config(document: &str, node: &Node) -> Result<Distribution, GuardError> {
    api_json::read_config(node).map_err(|error| not_a_config(document, error))
}

fn not_a_config(document: &str, error: NotAConfig) -> GuardError {
    match error {
        NotAConfig::Other(looks_like) => GuardError::configuration(
            format!("`{document}` is not a CloudFront config: it looks like {looks_like}"),
            "Give a DistributionConfig, the output of get-distribution(-config), the input of \
             create-distribution or update-distribution, a CloudFormation template, or a plan as \
             `terraform show -json` writes it",
        ),
        NotAConfig::Malformed(problems) => GuardError::configuration(
            format!(
                "`{document}` does not have the form of a CloudFront config: {}",
                list(&problems)
            ),
            "Write these values as CloudFront's API takes them",
        ),
    }
}

fn list(problems: &[Problem]) -> String {
    const SHOWN: usize = 5;
    let mut texts: Vec<String> = problems
        .iter()
        .take(SHOWN)
        .map(|problem| {
            let place = problem
                .place
                .position
                .map_or_else(String::new, position_suffix);
            format!("{}{place}", problem.text)
        })
        .collect();
    if problems.len() > SHOWN {
        texts.push(format!("and {} more", problems.len() - SHOWN));
    }
    texts.join("; ")
}

fn position_suffix(position: Position) -> String {
    format!(" (line {}, column {})", position.line, position.column)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_template_declares_parameters_and_nothing_else_does() {
        let template =
            "Parameters:\n  Stage: {Type: String}\n  Zone: {Type: String}\nResources: {}\n";
        assert_eq!(declared_parameters(template.as_bytes()), ["Stage", "Zone"]);
        for content in [
            "{\"Origins\": {}, \"Parameters\": {\"A\": 1}}",
            "{",
            "Resources: {}",
        ] {
            assert_eq!(
                declared_parameters(content.as_bytes()),
                Vec::<String>::new()
            );
        }
    }

    #[test]
    fn only_what_is_surely_something_else_holds_no_config() {
        for (content, may) in [
            (r#"{"Origins": {}, "DefaultCacheBehavior": {}}"#, true),
            (
                r#"{"Resources": {"Cdn": {"Type": "AWS::CloudFront::Distribution"}}}"#,
                true,
            ),
            (r#"{"format_version": "1.2", "planned_values": {}}"#, true),
            (r#"{"Origins": "#, true),
            (r#"{"name": "site", "dependencies": {}}"#, false),
            ("[1, 2]", false),
            ("services:\n  web: {image: nginx}\n", false),
        ] {
            assert_eq!(may_hold_config(content.as_bytes()), may, "{content}");
        }
    }
}
