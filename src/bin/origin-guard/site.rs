//! The rules' pages as a small static site: an index, and one file for each rule.

use std::fmt::Write as _;

use askama::Template as _;
use pulldown_cmark::{Event, Options, Parser, html};

use origin_guard::rule::{Phase, RuleInfo};
use origin_guard::rules::all;

/// The digest of the style, which the content security policy allows and nothing else.
const STYLE: &str = "sha256-yonY+/TAXcaJ5GGEjTRi3furxfqyWnqUSvcOR8ktzyQ=";

#[derive(askama::Template)]
#[template(path = "rule.html")]
struct File<'a> {
    title: &'a str,
    meta: String,
    style: &'static str,
    is_index: bool,
    content: String,
}

/// Every file of the site: its name and its HTML.
///
/// # Errors
/// If a template cannot be filled, which no input of ours makes happen.
pub(crate) fn site() -> Result<Vec<(String, String)>, askama::Error> {
    let index = File {
        title: "Rules",
        meta: String::new(),
        style: STYLE,
        is_index: true,
        content: index(),
    };
    let mut files = vec![("index.html".to_owned(), index.render()?)];
    for rule in all() {
        let page = File {
            title: rule.name,
            meta: format!("phase {}, {}", rule.phase.name(), rule.severity.name()),
            style: STYLE,
            is_index: false,
            content: to_html(&rule.page().markdown()),
        };
        files.push((file_name(rule), page.render()?));
    }
    Ok(files)
}

fn file_name(rule: &RuleInfo) -> String {
    format!("{}.html", rule.name)
}

fn index() -> String {
    let mut markdown = String::new();
    for (phase, title) in [
        (Phase::OriginMap, "Phase 1, origin map"),
        (Phase::Behaviors, "Phase 2, behaviors"),
        (Phase::Edge, "Phase 3, after a deployment: the edge"),
    ] {
        let _ = write!(
            markdown,
            "## {title}\n\n| rule | severity | what is wrong |\n|---|---|---|\n"
        );
        for rule in all().filter(|rule| rule.phase == phase) {
            let (file, severity) = (file_name(rule), rule.severity.name());
            let summary = rule.summary();
            let _ = writeln!(
                markdown,
                "| [{}]({file}) | {severity} | {summary} |",
                rule.name
            );
        }
        markdown.push('\n');
    }
    to_html(&markdown)
}

/// Markdown → HTML; what looks like HTML in it is text.
fn to_html(markdown: &str) -> String {
    let events = Parser::new_ext(markdown, Options::ENABLE_TABLES).map(|event| match event {
        // The pages' own text only: nothing in them may become markup.
        Event::Html(text) | Event::InlineHtml(text) => Event::Text(text),
        other => other,
    });
    let mut text = String::new();
    html::push_html(&mut text, events);
    // Without a mouse, a long line is scrolled with the keys.
    text.replace("<pre>", "<pre tabindex=\"0\">")
}

#[cfg(test)]
mod tests {
    use base64::Engine as _;
    use sha2::{Digest as _, Sha256};

    use super::*;

    #[test]
    fn every_rule_has_a_page_that_the_index_leads_to() {
        let files = site().unwrap();
        assert_eq!(files.len(), all().count() + 1);
        let index = &files[0].1;
        for (rule, (name, page)) in all().zip(&files[1..]) {
            assert!(index.contains(&format!("<a href=\"{name}\">{}</a>", rule.name)));
            for heading in origin_guard::rule::Page::HEADINGS {
                assert!(
                    page.contains(&format!("<h2>{heading}</h2>")),
                    "{name}: {heading}"
                );
            }
            assert!(page.contains("href=\"index.html\""), "{name}");
            assert_eq!(
                page.matches("<pre tabindex=\"0\"><code").count(),
                rule.page().markdown().matches("```").count() / 2,
                "{name}: a block of code is not closed"
            );
        }
    }

    #[test]
    fn pages_carry_their_style_and_load_nothing() {
        for (name, page) in site().unwrap() {
            let style = page.split("<style>").nth(1).unwrap();
            let style = style.split("</style>").next().unwrap();
            let digest = base64::engine::general_purpose::STANDARD.encode(Sha256::digest(style));
            assert_eq!(STYLE, format!("sha256-{digest}"), "set STYLE to this");
            for forbidden in ["<script", " style=", "<img", "<link", " src="] {
                assert!(!page.contains(forbidden), "{name}: {forbidden}");
            }
        }
    }

    #[test]
    fn what_looks_like_html_is_text() {
        let html = to_html("a <b>bold</b> text\n\n<script>alert(1)</script>\n");
        assert!(!html.contains("<script") && !html.contains("<b>"), "{html}");
        assert!(html.contains("&lt;script&gt;"), "{html}");
    }
}
