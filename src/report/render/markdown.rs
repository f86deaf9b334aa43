mod harmless;

use harmless::{Escaped, Harmless, Markdown, code, escape, joined, link};

use super::alike::{Run, SHOWN, foldable_runs, number_of, unknown_runs};
use super::edge;
use super::mermaid::mermaid;
use super::text::{outside, waived_line};
#[cfg(feature = "cli")]
use crate::report::v1::Verdict;
use crate::report::v1::{Change, Edge, Finding, Origin, Report, Trigger, Unknown};

/// What a comment on GitHub holds, in characters; counted in bytes here, which are never fewer.
/// Nothing of the rest is documented to hold less.
const MOST: usize = 65_536;
/// For the lines that say what was left out, here and further down.
const SPARE: usize = 600;
/// Beyond so much, a chart is no help, and GitHub draws none of 50,000.
const LARGEST_CHART: usize = 20_000;

/// The report in Markdown, whole findings up to the size of a comment on GitHub. Whatever comes from
/// the candidate or an event stands in code spans that it cannot break out of, or cannot link or call
/// anyone.
#[must_use]
pub fn markdown(report: &Report) -> String {
    within(report, MOST)
}

/// Reports as one document that still fits a comment: each has its share of the room, and those that
/// need less leave theirs to the others.
#[cfg(feature = "cli")]
#[must_use]
pub(crate) fn markdown_of_all(reports: &[Report]) -> String {
    /// Below it a report would be all opening.
    const LEAST: usize = 6_000;
    let whole: Vec<String> = reports.iter().map(markdown).collect();
    let room = MOST - SPARE;
    let all: usize = whole.iter().map(|text| text.len() + 1).sum();
    if all <= room || reports.len() <= 1 {
        return whole.join("\n");
    }
    let share = room / reports.len() - 1;
    if share < LEAST {
        return summaries(reports, room);
    }
    // What the short ones leave is shared between the long ones.
    let lengths = whole.iter().map(String::len);
    let (short, long): (Vec<usize>, Vec<usize>) = lengths.partition(|length| *length <= share);
    let used: usize = short.iter().map(|length| length + 1).sum();
    let share = (room - used) / long.len().max(1) - 1;
    let texts = reports.iter().zip(whole).map(|(report, text)| {
        if text.len() <= share {
            text
        } else {
            within(report, share)
        }
    });
    texts.collect::<Vec<_>>().join("\n")
}

/// A line for each report, those first that do not pass.
#[cfg(feature = "cli")]
fn summaries(reports: &[Report], room: usize) -> String {
    const LONGEST: usize = 300;
    let mut text = Markdown::default();
    text.add(&[&"# Origin Guard: ", &reports.len(), &" distributions\n\n"]);
    let mut sorted: Vec<&Report> = reports.iter().collect();
    sorted.sort_by_key(|report| report.verdict == Verdict::Pass);
    let mut left = sorted.len();
    for report in sorted {
        let sentence: String = report.summary.chars().take(LONGEST).collect();
        let sentence = escape(&sentence);
        if text.len() + sentence.len() + SPARE > room {
            break;
        }
        text.add(&[&"- **", &report.verdict, &"**: ", &sentence, &"\n"]);
        left -= 1;
    }
    if left > 0 {
        text.add(&[&"- and ", &left, &" more\n"]);
    }
    text.add(&[&"\nThe findings are in the JSON and HTML of this report.\n"]);
    text.into_string()
}

/// The report in at most so many bytes, which are some thousands at least.
fn within(report: &Report, most: usize) -> String {
    let mut text = Markdown::default();
    text.add(&[&"# Origin Guard: ", &report.verdict, &"\n\n"]);
    text.add(&[&summary(report), &"\n\n"]);
    text.add(&[&"**Next:** ", &escape(&short(&report.next_step)), &"\n\n"]);
    for note in &report.notes {
        text.add(&[&"**Note:** ", &escape(&short(note)), &"\n\n"]);
    }
    if let Some(trigger) = &report.trigger {
        text.add(&[&started(trigger)]);
    }
    if let Some(explanation) = &report.explanation {
        text.add(&[&escape(&short(explanation)), &"\n\n"]);
    }
    let closing = closing(report);
    // The chart before the lists: it is what a reviewer reads first, and it is bounded by itself.
    let chart = mermaid(report);
    if chart.len() <= LARGEST_CHART.min(most / 3) {
        text.add(&[&"## Origin map\n\n", &Escaped::of_chart(chart), &"\n"]);
    }
    let room = most.saturating_sub(closing.len() + SPARE);
    // Findings first: what does not fit is cut from the end, and the origins are in the chart
    // already.
    fit(
        &mut text,
        "## Findings\n\n",
        findings(report),
        "findings",
        room,
    );
    let head = "## The edge\n\n| path pattern | asked | answer | declared | came to | why |\n|---|---|---|---|---|---|\n";
    let rows = report.edge.iter().map(edge_row).collect();
    fit(&mut text, head, rows, "answers of the edge", room);
    let head = "## Not known\n\n| what | about | why | needs |\n|---|---|---|---|\n";
    let rows = unknown_runs(&report.unknowns).map(unknown).collect();
    fit(&mut text, head, rows, "facts that are not known", room);
    let head = "## Changes\n\n| kind | what | before | after |\n|---|---|---|---|\n";
    let rows = report.changes.iter().map(change).collect();
    fit(&mut text, head, rows, "changes", room);
    if !report.outside_changes.is_empty() {
        text.add(&[&escape(&outside(&report.outside_changes)), &"\n\n"]);
    }
    let head = "## Origins\n\n| origin | type | domain | access | reached by | status |\n|---|---|---|---|---|---|\n";
    let rows = report.origins.iter().map(origin).collect();
    fit(&mut text, head, rows, "origins", room);
    text.add(&[&closing]);
    text.into_string()
}

/// The change, and what CloudFront said.
fn started(trigger: &Trigger) -> Escaped {
    let mut text = Markdown::default();
    if let Some(event) = &trigger.event {
        let actor = trigger.actor.as_deref().unwrap_or("an unknown caller");
        let via = trigger.via.as_deref().unwrap_or("unknown");
        text.add(&[
            &escape(&event.name),
            &" by ",
            &code(actor),
            &" (via ",
            &escape(via),
        ]);
        text.add(&[&") at ", &escape(&event.time), &"\n\n"]);
    }
    if let Some(message) = &trigger.error_message {
        text.add(&[&"CloudFront said: ", &code(&short(message)), &"\n\n"]);
    }
    text.into()
}

fn closing(report: &Report) -> Escaped {
    let cost = &report.cost;
    let calls: u32 = cost.aws_calls.values().sum();
    let mut text = Markdown::default();
    let calls_word = if calls == 1 {
        " AWS call in "
    } else {
        " AWS calls in "
    };
    let waves_word = if cost.waves == 1 {
        " wave, "
    } else {
        " waves, "
    };
    text.add(&[
        &calls,
        &calls_word,
        &cost.waves,
        &waves_word,
        &cost.milliseconds,
    ]);
    text.add(&[&" ms, judged at ", &escape(&report.judged_at), &"\n"]);
    text.into()
}

/// The summary with the name that it begins with, which may be anything, in a code span.
fn summary(report: &Report) -> Escaped {
    let name = report.distribution.name.as_str();
    match report.summary.strip_prefix(name) {
        Some(rest) => code(&short(name)).and(&escape(&short(rest))),
        None => escape(&short(&report.summary)),
    }
}

/// What is shown whole or not at all.
struct Block {
    text: Escaped,
    /// How many things it shows.
    holds: usize,
}

impl From<Escaped> for Block {
    fn from(text: Escaped) -> Self {
        Self { text, holds: 1 }
    }
}

/// As many whole blocks as there is room for, then how many more things there are.
fn fit(
    text: &mut Markdown,
    head: &'static str,
    blocks: Vec<impl Into<Block>>,
    what: &'static str,
    room: usize,
) {
    if blocks.is_empty() {
        return;
    }
    let blocks: Vec<Block> = blocks.into_iter().map(Into::into).collect();
    let mut left: usize = blocks.iter().map(|block| block.holds).sum();
    if text.len() + head.len() < room {
        text.add(&[&head]);
        for block in blocks {
            // Whole blocks only: half a table row or code span would change what follows it.
            if text.len() + block.text.len() > room {
                break;
            }
            text.add(&[&block.text]);
            left -= block.holds;
        }
        text.add(&[&"\n"]);
    }
    if left > 0 {
        text.add(&[&left, &" more ", &what]);
        text.add(&[&": they are in the JSON and HTML of this report\n\n"]);
    }
}

/// A sentence of the opening, which must leave room for the rest.
fn short(text: &str) -> String {
    text.chars().take(2_000).collect()
}

/// The findings in blocks that stand by themselves; many of one rule are a list.
fn findings(report: &Report) -> Vec<Escaped> {
    let mut blocks = Vec::new();
    for run in foldable_runs(&report.findings) {
        match run {
            Run::Few(findings) => blocks.extend(findings.iter().map(finding)),
            Run::Many(findings) => blocks.extend(group(findings, report)),
        }
    }
    blocks
}

/// A heading with the remedy of the first, then a line each; the heading stands with the first line,
/// so that each block is one finding.
fn group(findings: &[Finding], report: &Report) -> Vec<Escaped> {
    let mut blocks: Vec<Escaped> = Vec::with_capacity(findings.len());
    for (at, finding) in findings.iter().enumerate() {
        let mut block = Markdown::default();
        if at == 0 {
            block.add(&[&"### ", &finding.severity, &": ", &escape(&finding.rule)]);
            let number = number_of(findings, report);
            block.add(&[&": ", &escape(&number), &"\n\nhelp for the first: "]);
            block.add(&[&escape(&finding.remediation), &"\n\n"]);
        }
        block.add(&[
            &"- ",
            &code(&place(finding)),
            &": ",
            &escape(&finding.message),
        ]);
        if let Some(waived) = waived_line(finding) {
            block.add(&[&" (", &escape(&waived), &")"]);
        }
        let is_last = at + 1 == findings.len();
        block.add(&[if is_last { &"\n\n" } else { &"\n" }]);
        blocks.push(block.into());
    }
    blocks
}

fn place(finding: &Finding) -> String {
    let location = &finding.location;
    let line = location
        .line
        .map_or_else(String::new, |line| format!(":{line}"));
    format!("{}{line} {}", location.document, location.pointer)
}

fn finding(finding: &Finding) -> Escaped {
    let Finding {
        severity,
        rule,
        message,
        remediation,
        ..
    } = finding;
    let place = place(finding);
    let mut text = Markdown::default();
    text.add(&[
        &"### ",
        severity,
        &": ",
        &escape(rule),
        &"\n\n",
        &escape(message),
    ]);
    text.add(&[&"\n\n- at ", &code(&place), &"\n"]);
    if !finding.path_patterns.is_empty() {
        let patterns = finding.path_patterns.iter().map(|each| code(each));
        text.add(&[&"- affects ", &joined(patterns, ", "), &"\n"]);
    }
    if let Some(line) = waived_line(finding) {
        text.add(&[&"- ", &escape(&line), &"\n"]);
    }
    text.add(&[&"- help: ", &escape(remediation), &"\n- rule: "]);
    let page = match finding.rule_url() {
        Some(url) => link(rule, url),
        None => code(&format!("origin-guard rules {rule}")),
    };
    text.add(&[&page, &"\n\n"]);
    text.into()
}

fn row(cells: &[&dyn Harmless]) -> Escaped {
    let mut text = Markdown::default();
    for cell in cells {
        text.add(&[&"| ", *cell, &" "]);
    }
    text.add(&[&"|\n"]);
    text.into()
}

fn edge_row(answer: &Edge) -> Escaped {
    let declared = answer.declared.as_ref().map(edge::declared);
    let cells = [edge::asked(answer), edge::answer(answer), declared];
    let [asked, answered, declared] = cells.map(|cell| code(&cell.unwrap_or_default()));
    row(&[
        &code(&answer.path_pattern),
        &asked,
        &answered,
        &declared,
        &escape(&edge::words(answer.outcome)),
        &escape(&answer.why),
    ])
}

/// A row for unknowns that are alike.
fn unknown(alike: &[Unknown]) -> Block {
    let Some(unknown) = alike.first() else {
        return Block::from(escape(""));
    };
    let needs = match unknown.needs.as_str() {
        "" => escape("the deployment"),
        needs => code(needs),
    };
    let subjects = alike.iter().take(SHOWN).map(|it| code(&it.subject));
    let mut subjects = joined(subjects, ", ");
    if alike.len() > SHOWN {
        subjects = subjects.and(&escape(&format!(", {} more", alike.len() - SHOWN)));
    }
    let text = row(&[
        &escape(&unknown.fact),
        &subjects,
        &escape(&unknown.cause),
        &needs,
    ]);
    Block {
        text,
        holds: alike.len(),
    }
}

fn change(change: &Change) -> Escaped {
    let value = |value: &Option<String>| code(value.as_deref().unwrap_or_default());
    let what = code(&change.what.replace('`', ""));
    row(&[
        &change.kind,
        &what,
        &value(&change.before),
        &value(&change.after),
    ])
}

fn origin(origin: &Origin) -> Escaped {
    let patterns = joined(origin.path_patterns.iter().map(|each| code(each)), " ");
    row(&[
        &code(&origin.id),
        &origin.kind,
        &code(&origin.domain_name),
        &code(&origin.access),
        &patterns,
        &origin.status,
    ])
}

#[cfg(all(test, feature = "cli"))]
mod tests {
    use proptest::prelude::*;
    use pulldown_cmark::{Event, Options, Parser, Tag};

    use super::harmless::calls_or_links;
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

    #[test]
    fn what_an_event_says_of_itself_is_escaped() {
        let evil = "<img src=x> [a](https://a.example) @org/team";
        let trigger = Trigger {
            event: Some(crate::report::v1::Event {
                id: "e".to_owned(),
                name: evil.to_owned(),
                time: evil.to_owned(),
            }),
            actor: Some(evil.to_owned()),
            via: Some(evil.to_owned()),
            error_message: Some(evil.to_owned()),
            ..Trigger::default()
        };
        let text = outside_of_code(&started(&trigger).to_string());
        assert!(text.is_ok_and(|text| !calls_or_links(&text)));
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
