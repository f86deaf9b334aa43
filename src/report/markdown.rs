use std::fmt::Write as _;

use super::mermaid::mermaid;
use super::text::waived_line;
use super::v1::{Change, Finding, Origin, Report, Unknown};

/// What a comment on GitHub holds, in characters; counted in bytes here, which are never fewer.
/// Nothing of the rest is documented to hold less.
const MOST: usize = 65_536;
/// For the lines that say what was left out, here and further down.
const SPARE: usize = 600;
/// Beyond so much, a chart is no help, and GitHub draws none of 50,000.
const LARGEST_CHART: usize = 20_000;

/// The report in Markdown, whole findings up to the size of a comment on GitHub. Whatever comes from
/// the candidate stands in code spans that it cannot break out of.
#[must_use]
pub fn markdown(report: &Report) -> String {
    let mut text = format!(
        "# Origin Guard: {}\n\n{}\n\n",
        report.verdict,
        escape(&short(&report.summary))
    );
    let _ = writeln!(text, "**Next:** {}\n", escape(&short(&report.next_step)));
    for note in &report.notes {
        let _ = writeln!(text, "**Note:** {}\n", escape(&short(note)));
    }
    if let Some(trigger) = &report.trigger {
        if let Some(event) = &trigger.event {
            let actor = trigger.actor.as_deref().unwrap_or("somebody");
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
    fit(&mut text, "## Findings\n\n", findings, "findings", &closing);
    let head = "## Not known\n\n| what | about | why | needs |\n|---|---|---|---|\n";
    let rows = report.unknowns.iter().map(unknown).collect();
    fit(&mut text, head, rows, "facts that are not known", &closing);
    let head = "## Changes\n\n| kind | what | before | after |\n|---|---|---|---|\n";
    let rows = report.changes.iter().map(change).collect();
    fit(&mut text, head, rows, "changes", &closing);
    let head = "## Origins\n\n| origin | type | domain | access | reached by | status |\n|---|---|---|---|---|---|\n";
    let rows = report.origins.iter().map(origin).collect();
    fit(&mut text, head, rows, "origins", &closing);
    text + &closing
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
    let _ = writeln!(text, "- help: {}\n", escape(remediation));
    text
}

fn unknown(unknown: &Unknown) -> String {
    format!(
        "| {} | {} | {} | {} |\n",
        unknown.fact,
        code(&unknown.subject),
        escape(&unknown.cause),
        code(&unknown.needs)
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
    let pad = if longest > 0 { " " } else { "" };
    format!("{fence}{pad}{text}{pad}{fence}")
}

/// Prose in which backticked names stay code and everything else stays plain text.
fn escape(text: &str) -> String {
    let mut parts = text.split('`');
    let mut escaped = plain(parts.next().unwrap_or_default());
    let rest: Vec<&str> = parts.collect();
    for pair in rest.chunks(2) {
        match pair {
            [name, after] => {
                escaped.push_str(&code(name));
                escaped.push_str(&plain(after));
            }
            [name] => escaped.push_str(&plain(&format!("`{name}"))),
            _ => {}
        }
    }
    escaped
}

fn plain(text: &str) -> String {
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

#[cfg(test)]
mod tests {
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
}
