//! The rules' pages together, as Markdown.

use std::fmt::Write as _;

use super::all;

/// The rules as a Markdown table.
#[must_use]
pub fn table() -> String {
    let mut table =
        String::from("| rule | phase | severity | what is wrong |\n|---|---|---|---|\n");
    for rule in all() {
        let _ = writeln!(
            table,
            "| [{name}](#{name}) | {} | {} | {} |",
            rule.phase.name(),
            rule.severity.name(),
            rule.summary(),
            name = rule.name,
        );
    }
    table
}

/// Every rule's page, in one Markdown document.
#[must_use]
pub fn pages() -> String {
    let mut text = String::from(
        "# Rules\n\nGenerated from the rules' doc comments by `make docs`; `origin-guard rules NAME` prints one of them.\n\n",
    );
    text.push_str(&table());
    for rule in all() {
        let page = rule.page().markdown().replace("\n## ", "\n### ");
        let page = page
            .strip_prefix("## ")
            .map_or(page.clone(), |rest| format!("### {rest}"));
        let _ = writeln!(
            text,
            "\n## {}\n\nPhase {}, {}.\n\n{page}",
            rule.name,
            rule.phase.name(),
            rule.severity.name()
        );
    }
    text
}
