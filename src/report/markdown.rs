use std::fmt::Write as _;

use super::v1::{Finding, Report};

/// The report in Markdown. Whatever comes from the candidate stands in code spans that it cannot
/// break out of.
#[must_use]
pub fn markdown(report: &Report) -> String {
    let mut text = format!(
        "# Origin Guard: {}\n\n{}\n\n",
        report.verdict,
        escape(&report.summary)
    );
    let _ = writeln!(text, "**Next:** {}\n", escape(&report.next_step));
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
            let _ = writeln!(text, "CloudFront said: {}\n", code(message));
        }
    }
    if let Some(explanation) = &report.explanation {
        let _ = writeln!(text, "{}\n", escape(explanation));
    }
    findings(&mut text, report);
    unknowns(&mut text, report);
    changes(&mut text, report);
    origins(&mut text, report);
    let calls: u32 = report.cost.aws_calls.values().sum();
    let _ = writeln!(
        text,
        "{calls} AWS calls in {} waves, {} ms, judged at {}",
        report.cost.waves, report.cost.milliseconds, report.judged_at
    );
    text
}

fn findings(text: &mut String, report: &Report) {
    if report.findings.is_empty() {
        return;
    }
    text.push_str("## Findings\n\n");
    for finding in &report.findings {
        let Finding {
            severity,
            rule,
            message,
            remediation,
            location,
            ..
        } = finding;
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
        let _ = writeln!(text, "- help: {}\n", escape(remediation));
    }
}

fn unknowns(text: &mut String, report: &Report) {
    if report.unknowns.is_empty() {
        return;
    }
    text.push_str("## Not known\n\n| what | about | why | needs |\n|---|---|---|---|\n");
    for unknown in &report.unknowns {
        let _ = writeln!(
            text,
            "| {} | {} | {} | {} |",
            unknown.fact,
            code(&unknown.subject),
            escape(&unknown.cause),
            code(&unknown.needs)
        );
    }
    text.push('\n');
}

fn changes(text: &mut String, report: &Report) {
    if report.changes.is_empty() {
        return;
    }
    text.push_str("## Changes\n\n| kind | what | before | after |\n|---|---|---|---|\n");
    for change in &report.changes {
        let value = |value: &Option<String>| match value.as_deref() {
            None | Some("") => String::new(),
            Some(text) => code(text),
        };
        let _ = writeln!(
            text,
            "| {} | {} | {} | {} |",
            change.kind,
            code(&change.what.replace('`', "")),
            value(&change.before),
            value(&change.after)
        );
    }
    text.push('\n');
}

fn origins(text: &mut String, report: &Report) {
    text.push_str("## Origins\n\n| origin | type | domain | access | reached by | status |\n|---|---|---|---|---|---|\n");
    for origin in &report.origins {
        let patterns: Vec<String> = origin.path_patterns.iter().map(|each| code(each)).collect();
        let _ = writeln!(
            text,
            "| {} | {} | {} | {} | {} | {} |",
            code(&origin.id),
            origin.kind,
            code(&origin.domain_name),
            code(&origin.access),
            patterns.join(" "),
            origin.status
        );
    }
    text.push('\n');
}

/// A code span with a fence longer than any run of backticks in it, on one line, safe in tables.
fn code(text: &str) -> String {
    let text = one_line(text).replace('|', "\\|");
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
    let text = one_line(text);
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

fn one_line(text: &str) -> String {
    text.chars()
        .map(|c| if c.is_control() { ' ' } else { c })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_breaks_out_of_a_code_span() {
        assert_eq!(code("a`b"), "`` a`b ``");
        assert_eq!(code("a\n| b"), "`a \\| b`");
        assert_eq!(
            escape("x `<script>` <b> `` ` [a](b)"),
            "x `<script>` &lt;b&gt;  \\` \\[a\\](b)"
        );
    }
}
