use std::fmt::Write as _;

use super::mermaid::mermaid;
use super::text::{outside, waived_line};
use crate::report::v1::{Change, Finding, Origin, Report, Unknown};

/// What a comment on GitHub holds, in characters; counted in bytes here, which are never fewer.
/// Nothing of the rest is documented to hold less.
const MOST: usize = 65_536;
/// For the lines that say what was left out, here and further down.
const SPARE: usize = 600;
/// Beyond so much, a chart is no help, and GitHub draws none of 50,000.
const LARGEST_CHART: usize = 20_000;

/// The report in Markdown, whole findings up to the size of a comment on GitHub. Whatever comes from
/// the candidate stands in code spans that it cannot break out of, or cannot link or call anyone.
#[must_use]
pub fn markdown(report: &Report) -> String {
    let mut text = format!(
        "# Origin Guard: {}\n\n{}\n\n",
        report.verdict,
        summary(report)
    );
    let _ = writeln!(text, "**Next:** {}\n", escape(&short(&report.next_step)));
    for note in &report.notes {
        let _ = writeln!(text, "**Note:** {}\n", escape(&short(note)));
    }
    if let Some(trigger) = &report.trigger {
        if let Some(event) = &trigger.event {
            let actor = trigger.actor.as_deref().unwrap_or("an unknown caller");
            let via = trigger.via.as_deref().unwrap_or("unknown");
            let _ = writeln!(
                text,
                "{} by {} (via {via}) at {}\n",
                event.name,
                code(actor),
                event.time
            );
        }
        if let Some(message) = &trigger.error_message {
            let _ = writeln!(text, "CloudFront said: {}\n", code(&short(message)));
        }
    }
    if let Some(explanation) = &report.explanation {
        let _ = writeln!(text, "{}\n", escape(&short(explanation)));
    }
    let calls: u32 = report.cost.aws_calls.values().sum();
    let mut closing = String::new();
    let _ = writeln!(
        closing,
        "{calls} AWS calls in {} waves, {} ms, judged at {}",
        report.cost.waves, report.cost.milliseconds, report.judged_at
    );
    let chart = mermaid(report);
    if chart.len() <= LARGEST_CHART {
        let _ = writeln!(text, "## Origin map\n\n{chart}");
    }
    let findings = report.findings.iter().map(finding).collect();
    // Findings first: what does not fit is cut from the end, and the origins are in the chart
    // already.
    fit(&mut text, "## Findings\n\n", findings, "findings", &closing);
    let head = "## Not known\n\n| what | about | why | needs |\n|---|---|---|---|\n";
    let rows = report.unknowns.iter().map(unknown).collect();
    fit(&mut text, head, rows, "facts that are not known", &closing);
    let head = "## Changes\n\n| kind | what | before | after |\n|---|---|---|---|\n";
    let rows = report.changes.iter().map(change).collect();
    fit(&mut text, head, rows, "changes", &closing);
    if !report.outside_changes.is_empty() {
        let _ = writeln!(text, "{}\n", escape(&outside(&report.outside_changes)));
    }
    let head = "## Origins\n\n| origin | type | domain | access | reached by | status |\n|---|---|---|---|---|---|\n";
    let rows = report.origins.iter().map(origin).collect();
    fit(&mut text, head, rows, "origins", &closing);
    text + &closing
}

/// The summary with the name that it begins with, which may be anything, in a code span.
fn summary(report: &Report) -> String {
    let name = report.distribution.name.as_str();
    match report.summary.strip_prefix(name) {
        Some(rest) => {
            let mut text = code(&short(name));
            add(&mut text, &escape(&short(rest)));
            text
        }
        None => escape(&short(&report.summary)),
    }
}

/// As many whole blocks as there is room for, then how many more there are.
fn fit(text: &mut String, head: &str, blocks: Vec<String>, what: &str, closing: &str) {
    if blocks.is_empty() {
        return;
    }
    let room = MOST.saturating_sub(closing.len() + SPARE);
    let mut left = blocks.len();
    if text.len() + head.len() < room {
        text.push_str(head);
        for block in blocks {
            if text.len() + block.len() > room {
                break;
            }
            text.push_str(&block);
            left -= 1;
        }
        text.push('\n');
    }
    if left > 0 {
        let _ = writeln!(
            text,
            "{left} more {what}: they are in the JSON and HTML of this report\n"
        );
    }
}

/// A sentence of the opening, which must leave room for the rest.
fn short(text: &str) -> String {
    text.chars().take(2_000).collect()
}

fn finding(finding: &Finding) -> String {
    let Finding {
        severity,
        rule,
        message,
        remediation,
        location,
        ..
    } = finding;
    let mut text = String::new();
    let line = location
        .line
        .map_or_else(String::new, |line| format!(":{line}"));
    let _ = writeln!(text, "### {severity}: {rule}\n\n{}\n", escape(message));
    let _ = writeln!(
        text,
        "- at {}",
        code(&format!("{}{line} {}", location.document, location.pointer))
    );
    if !finding.path_patterns.is_empty() {
        let patterns: Vec<String> = finding
            .path_patterns
            .iter()
            .map(|each| code(each))
            .collect();
        let _ = writeln!(text, "- affects {}", patterns.join(", "));
    }
    if let Some(line) = waived_line(finding) {
        let _ = writeln!(text, "- {}", escape(&line));
    }
    let _ = writeln!(text, "- help: {}", escape(remediation));
    let _ = writeln!(
        text,
        "- rule: {}\n",
        code(&format!("origin-guard rules {rule}"))
    );
    text
}

fn unknown(unknown: &Unknown) -> String {
    format!(
        "| {} | {} | {} | {} |\n",
        unknown.fact,
        code(&unknown.subject),
        escape(&unknown.cause),
        match unknown.needs.as_str() {
            "" => "the deployment".to_owned(),
            needs => code(needs),
        }
    )
}

fn change(change: &Change) -> String {
    let value = |value: &Option<String>| match value.as_deref() {
        None | Some("") => String::new(),
        Some(text) => code(text),
    };
    format!(
        "| {} | {} | {} | {} |\n",
        change.kind,
        code(&change.what.replace('`', "")),
        value(&change.before),
        value(&change.after)
    )
}

fn origin(origin: &Origin) -> String {
    let patterns: Vec<String> = origin.path_patterns.iter().map(|each| code(each)).collect();
    format!(
        "| {} | {} | {} | {} | {} | {} |\n",
        code(&origin.id),
        origin.kind,
        code(&origin.domain_name),
        code(&origin.access),
        patterns.join(" "),
        origin.status
    )
}

/// A code span with a fence longer than any run of backticks in it, safe in tables.
fn code(text: &str) -> String {
    // Tables end a cell at a bar even inside a code span
    // (https://github.github.com/gfm/#tables-extension-).
    let text = text.replace('|', "\\|");
    if text.is_empty() {
        return String::new();
    }
    let longest = text
        .split(|c| c != '`')
        .map(str::len)
        .max()
        .unwrap_or_default();
    let fence = "`".repeat(longest + 1);
    // CommonMark strips one space on either side, so a text that begins or ends with a backtick
    // stays apart from the fence.
    let pad = if longest > 0 { " " } else { "" };
    format!("{fence}{pad}{text}{pad}{fence}")
}

/// Prose in which backticked names stay code and everything else stays plain text.
fn escape(text: &str) -> String {
    let mut pieces = text.split('`').enumerate().peekable();
    let mut escaped = String::with_capacity(text.len());
    while let Some((at, piece)) = pieces.next() {
        match at % 2 {
            0 => add_plain(&mut escaped, piece),
            // A backtick without its pair is one.
            _ if pieces.peek().is_none() => add_plain(&mut escaped, &format!("`{piece}")),
            _ => add(&mut escaped, &code(piece)),
        }
    }
    escaped
}

/// Adds plain text. A backtick in a name turns outside what was to be inside a code span, so here too
/// is a candidate's text: what would call someone or become a link gets a code span of its own. An
/// escape would not help, since GitHub finds both in what Markdown has made of them.
fn add_plain(escaped: &mut String, text: &str) {
    for word in text.split_inclusive(' ') {
        let bare = word.trim_end_matches(' ');
        if calls_or_links(bare) {
            add(escaped, &code(bare));
            escaped.push_str(&word[bare.len()..]);
        } else {
            add(escaped, &literal(word));
        }
    }
}

/// Adds a piece. Backticks that meet would be another fence than either was.
fn add(escaped: &mut String, piece: &str) {
    if escaped.ends_with('`') && piece.starts_with('`') {
        escaped.push(' ');
    }
    escaped.push_str(piece);
}

/// Mentions and addresses of mail have an `@`; the others are GitHub's extended autolinks
/// (<https://github.github.com/gfm/#autolinks-extension->), and issues.
fn calls_or_links(word: &str) -> bool {
    let lower = word.to_ascii_lowercase();
    let is_issue = || {
        let after = lower.split('#').skip(1);
        after
            .into_iter()
            .any(|it| it.starts_with(|c: char| c.is_ascii_digit()))
    };
    lower.contains('@') || lower.contains("://") || lower.contains("www.") || is_issue()
}

fn literal(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '<' => escaped.push_str("&lt;"),
            '>' => escaped.push_str("&gt;"),
            '&' => escaped.push_str("&amp;"),
            '[' | ']' | '*' | '_' | '|' | '\\' | '`' | '#' | '!' | '~' => {
                escaped.push('\\');
                escaped.push(c);
            }
            _ => escaped.push(c),
        }
    }
    escaped
}

#[cfg(all(test, feature = "cli"))]
mod tests {
    use proptest::prelude::*;
    use pulldown_cmark::{Event, Options, Parser, Tag};

    use super::*;

    #[test]
    fn nothing_breaks_out_of_a_code_span() {
        assert_eq!(code("a`b"), "`` a`b ``");
        assert_eq!(code("a | b"), "`a \\| b`");
        assert_eq!(
            escape("x `<script>` <b> `` ` [a](b)"),
            "x `<script>` &lt;b&gt;  \\` \\[a\\](b)"
        );
    }

    #[test]
    fn no_mention_and_no_link_comes_of_a_candidate() {
        for (text, escaped) in [
            ("ask @org/team now", "ask `@org/team` now"),
            ("a `x`@org`y` b", "a `x` `@org` `y` b"),
            ("see https://a.example/b.", "see `https://a.example/b.`"),
            ("(WWW.a.example)", "`(WWW.a.example)`"),
            ("closes #1 and org/repo#2", "closes `#1` and `org/repo#2`"),
            ("left `@org", "left `` `@org ``"),
        ] {
            assert_eq!(escape(text), escaped);
        }
    }

    /// What a reader of Markdown makes of it: the texts outside of code.
    fn outside_of_code(markdown: &str) -> Result<String, String> {
        let mut text = String::new();
        for event in Parser::new_ext(markdown, Options::ENABLE_TABLES) {
            match event {
                Event::Text(part) => text.push_str(&part),
                Event::Html(part) | Event::InlineHtml(part) => return Err(part.into_string()),
                Event::Start(Tag::Link { dest_url, .. } | Tag::Image { dest_url, .. }) => {
                    return Err(dest_url.into_string());
                }
                Event::SoftBreak | Event::HardBreak | Event::Start(_) => text.push(' '),
                _ => {}
            }
        }
        Ok(text)
    }

    fn hostile() -> impl Strategy<Value = String> {
        let piece = prop_oneof![
            Just("`"),
            Just("``"),
            Just("\\"),
            Just("|"),
            Just(" "),
            Just("@org/team"),
            Just("x"),
            Just("https://a.example"),
            Just("www.a.example"),
            Just("[a](b)"),
            Just("<b>"),
            Just("!["),
            Just("#1"),
            Just("&"),
            Just("*"),
            Just("_"),
        ];
        prop::collection::vec(piece, 0..12).prop_map(|pieces| pieces.concat())
    }

    proptest! {
        #[test]
        fn whatever_an_id_is(id in hostile(), other in hostile()) {
            let prose = escape(&format!("origin `{id}` points at `{other}`, which {id} is"));
            let cell = format!("| a | b |\n|---|---|\n| {} | {prose} |\n", code(&id));
            for markdown in [format!("{}{prose}\n", code(&other)), cell] {
                let text = outside_of_code(&markdown);
                let text = text.map_err(|link| TestCaseError::fail(format!("{link}: {markdown}")))?;
                prop_assert!(!calls_or_links(&text), "{text}: {markdown}");
            }
        }
    }
}
