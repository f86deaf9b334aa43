//! `trace`: which behavior, origin and key a path reaches, what may answer, and what an answer proves.

use std::path::Path;
use std::process::ExitCode;

use origin_guard::candidate::{Candidate, ResourceName, Source};
use origin_guard::distribution::{DistributionId, Hidden};
use origin_guard::guard::{Session, live, trace};
use origin_guard::ports::{Account, Offline};
use origin_guard::settings::Settings;
use origin_guard::trace::{EdgeAnswer, Outcome, Proof, Request, Trace, classify, sample_path};
use serde_json::{Value, json};

use crate::account::{WithoutAccount, sign_in};
use crate::arguments::{TraceArguments, TraceOutput};
use crate::input::{content, load_one, read_options};
use crate::names::is_distribution;
use crate::output::{fitted, write_out};
use crate::problem::Problem;

/// The columns that labels take in a trace's text.
const LABELS: usize = 12;

/// An answer of the edge, and what it proves.
struct Answered {
    status: u16,
    proof: Proof,
}

#[tokio::main(flavor = "current_thread")]
pub(crate) async fn run(arguments: &TraceArguments) -> Result<ExitCode, Problem> {
    let config = arguments.config.as_str();
    let answer = answer(arguments)?;
    if !is_distribution(config) {
        let file = load_one(Path::new(config))?;
        let candidate = file.candidate(&read_options(&arguments.reading, None)?)?;
        let session = Session::open(&Offline, None);
        return print(&session, &candidate, answer.as_ref(), arguments).await;
    }
    arguments.reading.without_files()?;
    let settings = Settings::from_environment()?;
    let (aws, account) = sign_in(&settings, &arguments.credentials, WithoutAccount::Trace).await?;
    let distribution = live(&aws, config).await?.distribution;
    let candidate = Candidate::of_config(distribution, Source::Live, config);
    let session = Session::open(&aws, Some(account));
    print(&session, &candidate, answer.as_ref(), arguments).await
}

/// Reads what the edge answered, where that is given.
fn answer(arguments: &TraceArguments) -> Result<Option<EdgeAnswer>, Problem> {
    let Some(file) = &arguments.answer else {
        return Ok(None);
    };
    if arguments.paths.len() != 1 {
        return Err(Problem::new("--answer is what one path got; give one path"));
    }
    if file.as_os_str() == "-" && arguments.config == "-" {
        return Err(Problem::new(
            "standard input is either the config or the answer",
        ));
    }
    let name = file.display();
    let answer = EdgeAnswer::parse(&content(file)?).map_err(|error| {
        Problem::new(format!("{name}: {error}")).help("give what `curl -si URL` prints")
    })?;
    Ok(Some(answer))
}

async fn print<A: Account>(
    session: &Session<'_, A>,
    candidate: &Candidate,
    answer: Option<&EdgeAnswer>,
    arguments: &TraceArguments,
) -> Result<ExitCode, Problem> {
    let made = match arguments.paths.as_slice() {
        [] => made_paths(candidate),
        _ => Vec::new(),
    };
    let paths = arguments.paths.iter().chain(&made);
    let requests: Vec<Request> = paths.map(|path| request(path, arguments)).collect();
    let traces = Box::pin(trace(session, candidate, &requests)).await;
    let answered = answer.zip(traces.first()).map(|(answer, trace)| Answered {
        status: answer.status,
        proof: classify(trace, answer),
    });
    let hidden = &candidate.distribution.hidden;
    write_out(&match arguments.output_format {
        TraceOutput::Text => {
            let text = text(&traces, answered.as_ref());
            fitted(&hidden.hide_words(&text), LABELS)
        }
        TraceOutput::Json => json(candidate, &traces, answered.as_ref())?,
    })?;
    let outcome = answered.map(|it| it.proof.outcome);
    Ok(ExitCode::from(match outcome {
        None | Some(Outcome::Reached) => 0,
        Some(outcome) if outcome.fails() => 1,
        Some(_) => 3,
    }))
}

/// A path for each cache behavior.
fn made_paths(candidate: &Candidate) -> Vec<String> {
    let distribution = &candidate.distribution;
    let made = distribution.all_behaviors().filter_map(|behavior| {
        let path = sample_path(distribution, behavior, "example");
        if path.is_none() {
            let name = behavior.name();
            let name = distribution.hidden.hide(&name);
            eprintln!("note: no path was found that only {name} gets");
        }
        path
    });
    made.collect()
}

fn text(traces: &[Trace], answered: Option<&Answered>) -> String {
    let texts: Vec<String> = traces.iter().map(Trace::text).collect();
    let text = texts.join("\n");
    match answered {
        None => text,
        Some(Answered { status, proof }) => {
            format!("{text}  answered  {status}: {}\n", proof.text())
        }
    }
}

fn json(
    candidate: &Candidate,
    traces: &[Trace],
    answered: Option<&Answered>,
) -> Result<String, Problem> {
    let origin = &candidate.provenance;
    let mut document = json!({
        "schemaVersion": "1",
        "distribution": candidate.distribution.id.as_ref().map(DistributionId::as_str),
        "document": origin.document,
        "resource": origin.resource.as_ref().map(ResourceName::as_str),
        "traces": traces,
        "answered": answered.map(|it| json!({"status": it.status, "proof": it.proof})),
    });
    hide(&candidate.distribution.hidden, &mut document);
    let text = serde_json::to_string_pretty(&document).map_err(|error| error.to_string())?;
    Ok(text + "\n")
}

fn hide(hidden: &Hidden, value: &mut Value) {
    match value {
        Value::String(text) => *text = hidden.hide_words(text).into_owned(),
        Value::Array(items) => items.iter_mut().for_each(|item| hide(hidden, item)),
        Value::Object(fields) => fields.values_mut().for_each(|field| hide(hidden, field)),
        Value::Number(_) | Value::Bool(_) | Value::Null => {}
    }
}

fn request(path: &str, arguments: &TraceArguments) -> Request {
    let request = Request::new(path);
    Request {
        method: arguments.method.to_ascii_uppercase(),
        host: arguments.host.clone().or(request.host),
        ..request
    }
}
