//! `check` and `demo`: a verdict.

use std::path::Path;
use std::process::ExitCode;

use origin_guard::candidate::{ReadOptions, choose, read_change_set};
use origin_guard::contract::Contract;
use origin_guard::demo;
use origin_guard::document::utf8;
use origin_guard::guard::{Against, Candidates, CheckOptions, Checked, Progress, Session, check};
use origin_guard::ports::{Account, Memory, Offline};
use origin_guard::report::Document;
use origin_guard::report::v1::{Report, Severity};
use origin_guard::rules;
use origin_guard::settings::Settings;
use origin_guard::verdict::{OnUnknown, Verdict};

use crate::account::sign_in;
use crate::arguments::{CheckArguments, FailOn, Form, Printing, Unknown};
use crate::input::{content, expand, is_distribution, read, read_one, read_options};
use crate::output::{Sources, print, print_with_facts};
use crate::progress::with_progress;

#[tokio::main(flavor = "current_thread")]
pub(crate) async fn run(arguments: &CheckArguments) -> Result<ExitCode, String> {
    if arguments.files.is_empty() && arguments.reading.format != Form::Auto {
        return Err("--format is for files; a change set and what is live need none".to_owned());
    }
    let settings = settings(arguments)?;
    if arguments.offline {
        let session = Session::open(&Offline, None);
        return Box::pin(judge(arguments, &settings, session, &Offline)).await;
    }
    let (aws, account) = sign_in(&settings).await?;
    let session = Session::open(&aws, Some(account));
    Box::pin(judge(arguments, &settings, session, &aws)).await
}

async fn judge<A: Account>(
    arguments: &CheckArguments,
    settings: &Settings,
    session: Session<'_, A>,
    memory: &impl Memory,
) -> Result<ExitCode, String> {
    let progress = Progress::default();
    let session = session.watched(&progress);
    let reading = reading(arguments, &session).await?;
    let against = against(arguments, &reading)?;
    let mut sources = Sources::new();
    let candidates = candidates(arguments, session.account(), &reading, &mut sources).await?;
    let contract = contract(arguments, memory, settings).await?;
    let options = CheckOptions {
        candidates,
        against,
        contract: contract.as_ref(),
        settings,
    };
    let judged = check(&session, memory, options);
    let judged = Box::pin(with_progress(judged, &progress)).await;
    print_judged(
        judged.map_err(|error| error.to_string())?,
        &sources,
        arguments,
    )
}

fn print_judged(
    judged: Vec<Checked>,
    sources: &Sources,
    arguments: &CheckArguments,
) -> Result<ExitCode, String> {
    let worst = judged.iter().map(|checked| checked.verdict).max();
    let worst = worst.unwrap_or(Verdict::Pass);
    let mut facts = Vec::new();
    let mut reports = Vec::with_capacity(judged.len());
    for checked in judged {
        facts.push(checked.facts);
        reports.push(checked.report);
    }
    if !arguments.explain {
        facts.clear();
    }
    let code = exit_code(&reports, worst, arguments.fail_on);
    let document = Document::of(reports, worst.into());
    print_with_facts(&document, sources, &facts, &arguments.printing)?;
    Ok(ExitCode::from(code))
}

/// The environment's settings, and what the arguments say instead.
fn settings(arguments: &CheckArguments) -> Result<Settings, String> {
    let mut settings = Settings::from_environment().map_err(|error| error.to_string())?;
    if let Some(unknown) = arguments.unknown {
        settings.on_unknown = match unknown {
            Unknown::Block => OnUnknown::Block,
            Unknown::Warn => OnUnknown::Warn,
        };
    }
    Ok(settings)
}

/// How the files are read, with what is deployed of the stack that they are for.
async fn reading<A: Account>(
    arguments: &CheckArguments,
    session: &Session<'_, A>,
) -> Result<ReadOptions, String> {
    let mut reading = read_options(&arguments.reading, session.account_id())
        .map_err(|error| error.to_string())?;
    if let Some(name) = &arguments.stack {
        let stack = session.account().stack(name).await;
        let stack = stack
            .map_err(|error| error.to_string())?
            .ok_or_else(|| format!("there is no stack `{name}` in this account and region"))?;
        reading.deployment.take_stack(stack);
    }
    Ok(reading)
}

/// What the candidates are compared with.
fn against<'a>(
    arguments: &'a CheckArguments,
    reading: &ReadOptions,
) -> Result<Option<Against<'a>>, String> {
    Ok(match arguments.baseline.as_deref() {
        None => None,
        Some("live") => Some(Against::Live),
        Some("last-good") => Some(Against::LastGood),
        Some(name) if is_distribution(name) => Some(Against::Distribution(name)),
        Some(path) => {
            // The form that is named is the candidate's.
            let reading = ReadOptions {
                format: None,
                ..reading.clone()
            };
            let file = read_one(Path::new(path), &reading).map_err(|error| error.to_string())?;
            Some(Against::File(Box::new(file)))
        }
    })
}

/// What to judge: a change set, what is live, or files, whose texts are kept to quote them.
async fn candidates<'a>(
    arguments: &'a CheckArguments,
    account: &impl Account,
    reading: &ReadOptions,
    sources: &mut Sources,
) -> Result<Candidates<'a>, String> {
    let resource = arguments.reading.resource.as_deref();
    let candidates = if let Some(name) = &arguments.change_set {
        let set = account.change_set(name, arguments.stack.as_deref()).await;
        let candidates = set.and_then(|set| read_change_set(&set));
        candidates.and_then(|it| choose(it, resource, name))
    } else if let Some(distribution) = &arguments.distribution {
        return Ok(Candidates::Distribution(distribution));
    } else {
        let mut candidates = Vec::new();
        for path in expand(&arguments.files)? {
            let (found, content) = read(&path, reading).map_err(|error| error.to_string())?;
            let text = String::from_utf8(utf8(&content).into_owned());
            if let (Some(first), Ok(text)) = (found.first(), text) {
                sources.insert(first.provenance.document.clone(), text);
            }
            candidates.extend(found);
        }
        let names = arguments
            .files
            .iter()
            .map(|file| file.display().to_string());
        let names: Vec<String> = names.collect();
        choose(candidates, resource, &names.join(", "))
    };
    let candidates = candidates.map_err(|error| error.to_string())?;
    Ok(Candidates::Files(candidates))
}

/// The contract file that the arguments name, or else the setting's, where AWS is asked.
async fn contract(
    arguments: &CheckArguments,
    memory: &impl Memory,
    settings: &Settings,
) -> Result<Option<Contract>, String> {
    let (name, content) = match (&arguments.contract, &settings.contract) {
        (Some(path), _) => {
            let name = path.display().to_string();
            let content = content(path).map_err(|error| format!("{name}: {error}"))?;
            (name, content)
        }
        (None, Some(url)) if !arguments.offline => {
            let content = memory.file(url, settings.artifact.file_bytes).await;
            (url.clone(), content.map_err(|error| error.to_string())?)
        }
        _ => return Ok(None),
    };
    let contract =
        Contract::read(&name, &content, &rules::names()).map_err(|error| error.to_string())?;
    Ok(Some(contract))
}

fn exit_code(reports: &[Report], verdict: Verdict, fail_on: FailOn) -> u8 {
    let warned = || {
        let mut findings = reports.iter().flat_map(|report| &report.findings);
        findings.any(|finding| finding.severity == Severity::Warning && finding.waived.is_none())
    };
    let unknown = || reports.iter().any(|report| !report.unknowns.is_empty());
    match verdict {
        Verdict::Block => 1,
        _ if fail_on >= FailOn::Warning && warned() => 1,
        Verdict::Inconclusive => 3,
        Verdict::Pass if fail_on == FailOn::Unknown && unknown() => 3,
        Verdict::Pass => 0,
    }
}

pub(crate) fn run_demo(printing: &Printing) -> Result<ExitCode, String> {
    let (report, verdict) = demo::report().map_err(|error| error.to_string())?;
    let reports = vec![report];
    let code = exit_code(&reports, verdict, FailOn::Error);
    let document = Document::of(reports, verdict.into());
    let sources = Sources::from([(demo::NAME.to_owned(), demo::CONFIG.to_owned())]);
    print(&document, &sources, printing)?;
    Ok(ExitCode::from(code))
}
