//! What of a template is in other documents: modules, nested stacks, stack sets and applications.

use super::TemplateError;
use super::evaluate::Evaluator;
use super::template::Resource;
use crate::distribution::Unread;
use crate::document::{Node, NodeKind};

/// The types of the resources that deploy another template, and the properties that name it.
const NESTED: [(&str, &str); 3] = [
    ("AWS::CloudFormation::Stack", "TemplateURL"),
    ("AWS::CloudFormation::StackSet", "TemplateURL"),
    ("AWS::Serverless::Application", "Location"),
];

/// Modules of CloudFormation's registry, of which the template does not say which resources they make, and
/// the templates that it deploys; none of those whose condition does not hold.
pub(super) fn of(evaluator: &Evaluator<'_>) -> Result<Vec<Unread>, TemplateError> {
    let mut all = Vec::new();
    for resource in evaluator.template.resources() {
        let unread = module(&resource).or_else(|| nested(&resource));
        if let Some(unread) = unread
            && !evaluator.is_left_out(&resource)?
        {
            all.push(unread);
        }
    }
    Ok(all)
}

fn module(resource: &Resource<'_>) -> Option<Unread> {
    let kind = resource.kind;
    kind.ends_with("::MODULE").then(|| Unread {
        subject: resource.id.to_owned(),
        why: format!("the module `{kind}` may make distributions, and is not read"),
        needs: "a change set, in which modules are resolved".to_owned(),
        document: None,
        weighs: true,
    })
}

fn nested(resource: &Resource<'_>) -> Option<Unread> {
    let (kind, property) = NESTED.iter().find(|(kind, _)| *kind == resource.kind)?;
    let what = match *kind {
        "AWS::Serverless::Application" => "nested application",
        "AWS::CloudFormation::StackSet" => "stack set",
        _ => "nested stack",
    };
    let document = document(resource, property);
    let template = match &document {
        Some(name) => format!("its template `{name}`"),
        None => "its template".to_owned(),
    };
    Some(Unread {
        subject: resource.id.to_owned(),
        why: format!("the {what} may make distributions, and {template} is not read"),
        needs: "its template as another file to judge, such as by a pattern that matches both"
            .to_owned(),
        weighs: names_cloudfront(resource, property),
        document,
    })
}

/// The name of the file that has the template, as far as it is written: before it is packaged, or in an
/// assembly of the CDK.
fn document(resource: &Resource<'_>, property: &str) -> Option<String> {
    let of_cdk = || resource.node.get("Metadata")?.get("aws:asset:path")?.text();
    let url = resource.property(property).and_then(Node::text);
    let name = of_cdk().or(url)?.rsplit(['/', '\\']).next()?;
    let is_file = [".json", ".yaml", ".yml", ".template"].iter();
    { is_file }
        .any(|end| name.ends_with(end))
        .then(|| name.to_owned())
}

/// Whether a stack, its template's name or an inline template says that it is about CloudFront. Most
/// nested stacks are about something else, and are only listed.
fn names_cloudfront(resource: &Resource<'_>, property: &str) -> bool {
    let metadata = resource.node.get("Metadata");
    let places = [
        resource.property(property),
        resource.property("TemplateBody"),
        metadata.and_then(|it| it.get("aws:asset:path")),
    ];
    is_about_cloudfront(resource.id) || places.into_iter().flatten().any(any_text)
}

fn any_text(node: &Node) -> bool {
    match &node.kind {
        NodeKind::Text(text) => is_about_cloudfront(text),
        NodeKind::List(items) => items.iter().any(any_text),
        NodeKind::Map(entries) => entries.iter().any(|(_, value)| any_text(value)),
        _ => false,
    }
}

fn is_about_cloudfront(text: &str) -> bool {
    let text = text.to_ascii_lowercase();
    ["cloudfront", "cdn", "distribution"]
        .iter()
        .any(|word| text.contains(word))
}
