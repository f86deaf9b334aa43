//! `docs/cloudfront-model.md`: what becomes of every member of CloudFront's model.

use std::fmt::Write as _;

use super::judged::{Judgement, judged};
use super::meant::each_within;
use super::{Form, Shape, api};

/// The structures that a config, and what it names, are made of, each once.
#[must_use]
pub(super) fn structures() -> Vec<&'static Shape> {
    let roots = [
        &api::DISTRIBUTION_CONFIG,
        &api::ORIGIN_ACCESS_CONTROL_CONFIG,
        &api::VPC_ORIGIN_ENDPOINT_CONFIG,
        &api::CREATE_DISTRIBUTION_TENANT_REQUEST,
    ];
    let mut found: Vec<&'static Shape> = Vec::new();
    for root in roots {
        each_within(root, &mut |shape| {
            if !found.iter().any(|it| it.name == shape.name) {
                found.push(shape);
            }
        });
    }
    found
}

/// The page, in Markdown.
#[must_use]
pub fn page() -> String {
    let mut text = format!(
        "# CloudFront's model\n\nWhat becomes of every member of the API's model ({}; templates are held against {}). Of all of them \
         the name, the place, the type, the listed values and the bounds are judged, and whether a required one is missing: \
         `unknown-member`, `missing-member`, `wrong-type`, `unknown-enum-value`, `length-out-of-range`, `missing-update-member`. The \
         table says who judges the value.\n\nGenerated from `core/src/model/judged.rs`; `UPDATE_MODEL_PAGE=1 cargo test -p \
         origin-guard-core model` writes it.\n",
        Form::Api.source(),
        Form::Template.source()
    );
    for shape in structures() {
        let _ = write!(
            text,
            "\n## {}\n\n| member | judged |\n|---|---|\n",
            shape.name
        );
        for member in shape.members {
            let cell = match judged(shape, member) {
                Some(Judgement::By(rules)) => links(rules),
                Some(Judgement::AsOwner) => "as the whole".to_owned(),
                Some(Judgement::OutOfScope(why)) => format!("out of scope: {why}"),
                Some(Judgement::Undecided(what)) => format!("undecided: {what}"),
                None => "not listed".to_owned(),
            };
            let _ = writeln!(text, "| {} | {cell} |", member.name);
        }
    }
    text
}

fn links(rules: &[&str]) -> String {
    let links = rules
        .iter()
        .map(|rule| format!("[{rule}](rules.md#{rule})"));
    links.collect::<Vec<_>>().join(", ")
}
