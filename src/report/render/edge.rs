//! What asking the edge came to, in words.

use crate::report::v1::{DeclaredAnswer, Edge, EdgeOutcome, Report};

/// More than so many are counted where they are lines: the JSON has them all.
const SHOWN: usize = 60;

/// One line for each question, in the order of the behaviors; empty where the edge was not to be asked.
pub(super) fn edge_text(report: &Report) -> String {
    let mut lines: Vec<String> = report.edge.iter().take(SHOWN).map(line).collect();
    if report.edge.len() > SHOWN {
        lines.push(format!("  and {} more\n", report.edge.len() - SHOWN));
    }
    lines.concat()
}

fn line(edge: &Edge) -> String {
    let outcome = words(edge.outcome);
    let asked = asked(edge).map_or_else(String::new, |asked| format!(", {asked}"));
    let answer = answer(edge).map_or_else(String::new, |answer| format!(" answers {answer}"));
    let why = if explains(edge) {
        format!(": {}", edge.why)
    } else {
        String::new()
    };
    format!("  {}: {outcome}{asked}{answer}{why}\n", edge.path_pattern)
}

/// Whether the reason stands nowhere else: findings and what is not known have their own.
fn explains(edge: &Edge) -> bool {
    match edge.outcome {
        EdgeOutcome::AsDeclared | EdgeOutcome::NotAsked => true,
        // An error that proves that the origin was reached surprises.
        EdgeOutcome::Reached => edge.bucket.is_some() || edge.status >= Some(400),
        _ => false,
    }
}

/// The outcome, such as "denied by origin".
pub(super) fn words(outcome: EdgeOutcome) -> String {
    outcome.name().replace('-', " ")
}

/// The request, such as "GET /a".
pub(super) fn asked(edge: &Edge) -> Option<String> {
    let path = edge.path.as_ref()?;
    let method = edge.method.as_deref().unwrap_or("GET");
    Some(format!("{method} {path}"))
}

/// The status and what says who answered, such as "403 (AmazonS3)".
pub(super) fn answer(edge: &Edge) -> Option<String> {
    let status = edge.status?;
    Some(match &edge.server {
        Some(server) => format!("{status} ({server})"),
        None => status.to_string(),
    })
}

/// What is declared, such as "200 or 401, x-app: v2".
pub(super) fn declared(declared: &DeclaredAnswer) -> String {
    let statuses: Vec<String> = declared.status.iter().map(ToString::to_string).collect();
    let statuses = (!statuses.is_empty()).then(|| statuses.join(" or "));
    let header = declared.header.iter();
    let header = header.map(|(name, value)| format!("{name}: {value}"));
    let all: Vec<String> = statuses.into_iter().chain(header).collect();
    match all.as_slice() {
        [] => "the path".to_owned(),
        all => all.join(", "),
    }
}

/// What a behavior's box says of the edge: what failed first, of several.
pub(super) fn of_behavior(report: &Report, pointer: Option<&str>) -> Option<String> {
    let own = report
        .edge
        .iter()
        .filter(|it| Some(it.pointer.as_str()) == pointer);
    let own: Vec<&Edge> = own.collect();
    let failed = own.iter().find(|it| fails(it.outcome));
    let shown = failed.or(own.first())?;
    let status = shown
        .status
        .map_or_else(String::new, |it| format!(", {it}"));
    let more = match own.len() {
        1 => String::new(),
        count => format!(" (+{})", count - 1),
    };
    Some(format!("edge: {}{status}{more}", words(shown.outcome)))
}

fn fails(outcome: EdgeOutcome) -> bool {
    matches!(
        outcome,
        EdgeOutcome::DeniedByOrigin
            | EdgeOutcome::BucketGone
            | EdgeOutcome::WrongRegion
            | EdgeOutcome::OriginUnreachable
            | EdgeOutcome::NotAsDeclared
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    fn edge(path: Option<&str>, status: Option<u16>, outcome: EdgeOutcome) -> Edge {
        Edge {
            path_pattern: "/a/*".to_owned(),
            pointer: "/a".to_owned(),
            origin: "site".to_owned(),
            path: path.map(str::to_owned),
            method: path.map(|_| "GET".to_owned()),
            status,
            server: None,
            outcome,
            bucket: None,
            why: "since it is so".to_owned(),
            declared: None,
        }
    }

    #[test]
    fn a_line_explains_what_nothing_else_does() {
        for (edge, expected) in [
            (
                edge(Some("/a/x"), Some(200), EdgeOutcome::Reached),
                "  /a/*: reached, GET /a/x answers 200\n",
            ),
            (
                edge(Some("/a/x"), Some(403), EdgeOutcome::Reached),
                "  /a/*: reached, GET /a/x answers 403: since it is so\n",
            ),
            (
                edge(Some("/a/x"), None, EdgeOutcome::CouldNotBeChecked),
                "  /a/*: could not be checked, GET /a/x\n",
            ),
            (
                edge(None, None, EdgeOutcome::NotAsked),
                "  /a/*: not asked: since it is so\n",
            ),
        ] {
            assert_eq!(line(&edge), expected);
        }
    }

    #[test]
    fn a_declared_answer_is_shown_in_one_line() {
        let header = [("x-app".to_owned(), "v2".to_owned())];
        let mut answer = DeclaredAnswer {
            status: vec![200, 401],
            header: header.into(),
        };
        assert_eq!(declared(&answer), "200 or 401, x-app: v2");
        answer.status.clear();
        answer.header.clear();
        assert_eq!(declared(&answer), "the path");
    }
}
