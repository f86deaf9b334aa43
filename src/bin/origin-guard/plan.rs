//! `plan`: the configs on the way to a candidate, each of them judged.

use std::path::Path;
use std::process::ExitCode;

use origin_guard::aws::Aws;
use origin_guard::candidate::{Node, Source, config_of, read_document};
use origin_guard::change::rollout;
use origin_guard::guard::{CheckOptions, Progress, check};
use origin_guard::report;
use origin_guard::settings::Settings;
use origin_guard::sources::Sources as _;
use origin_guard::verdict::Verdict;
use serde_json::{Value, json};

use crate::arguments::PlanArguments;
use crate::input::{content, is_distribution, trust};
use crate::output::write_out;
use crate::progress::with_progress;

#[tokio::main(flavor = "current_thread")]
pub async fn run(arguments: &PlanArguments) -> Result<ExitCode, String> {
    let settings = Settings::from_environment().map_err(|error| error.to_string())?;
    let aws = if arguments.offline {
        None
    } else {
        let aws = Aws::load(&trust()?, settings.report_bucket.clone()).await;
        let account = aws.account().await.map_err(|error| {
            format!("{error}\nhelp: log in to AWS, or use --offline with a file as the baseline")
        })?;
        Some((aws, account))
    };
    let (candidate, id) = config(&arguments.candidate, None).await?;
    let live = match arguments.baseline.as_deref() {
        Some(name) => name.to_owned(),
        None => id.ok_or_else(|| {
            format!(
                "`{}` does not say which distribution it is for; name what is there now as --baseline",
                arguments.candidate
            )
        })?,
    };
    let (live, id) = config(&live, aws.as_ref().map(|(aws, _)| aws)).await?;
    let steps = rollout::configs(&live, &candidate);
    let mut candidates = Vec::with_capacity(steps.len());
    for (at, step) in steps.iter().enumerate() {
        let name = format!("{}-{}.json", at + 1, step.name);
        let text = step.content.to_string();
        let mut read = read_document(Source::File, &name, text.as_bytes())
            .map_err(|error| error.to_string())?;
        read.distribution.id.clone_from(&id);
        candidates.push(read);
    }
    let services = aws
        .as_ref()
        .map(|(aws, account)| (aws, Some(account.as_str())));
    let progress = Progress::default();
    let judged = check(
        CheckOptions::Files(candidates),
        None,
        None,
        services,
        &settings,
        &progress,
    );
    let judged = Box::pin(with_progress(judged, &progress)).await;
    let judged = judged.map_err(|error| error.to_string())?;
    let mut printed = Vec::with_capacity(steps.len());
    let mut worst = Verdict::Pass;
    for (step, checked) in steps.iter().zip(&judged) {
        let report = &checked.report;
        worst = worst.max(checked.verdict);
        eprintln!(
            "{}: {}: {}",
            report.candidate.document, report.verdict, step.why
        );
        if checked.verdict != Verdict::Pass {
            eprint!("{}", report::text(report));
        }
        let pretty = serde_json::to_string_pretty(&step.content).map_err(|it| it.to_string())?;
        if let Some(folder) = &arguments.out {
            std::fs::create_dir_all(folder)
                .and_then(|()| {
                    std::fs::write(folder.join(&report.candidate.document), pretty + "\n")
                })
                .map_err(|error| format!("{}: {error}", folder.display()))?;
        }
        printed.push(json!({"step": step.name, "why": step.why, "verdict": report.verdict, "config": step.content}));
    }
    if steps.is_empty() {
        eprintln!("nothing changes");
    } else if arguments.out.is_none() {
        let text = serde_json::to_string_pretty(&printed).map_err(|error| error.to_string())?;
        write_out(&(text + "\n"))?;
    }
    Ok(ExitCode::from(match worst {
        Verdict::Pass => 0,
        Verdict::Block => 1,
        Verdict::Inconclusive => 3,
    }))
}

/// The whole config of a file or of a distribution, every field of it, and the distribution's ID.
async fn config(name: &str, aws: Option<&Aws>) -> Result<(Value, Option<String>), String> {
    if is_distribution(name) {
        let aws = aws.ok_or_else(|| format!("{name} cannot be read offline; give a file"))?;
        let live = aws.live(name).await.map_err(|error| error.to_string())?;
        return Ok((config_of(&live.config).to_value(), live.distribution.id));
    }
    let bytes = content(Path::new(name)).map_err(|error| format!("{name}: {error}"))?;
    let read = read_document(Source::File, name, &bytes).map_err(|error| error.to_string())?;
    if read.origin.resource.is_some() {
        return Err(format!(
            "`{name}` is a {}; steps are made of whole configs, as get-distribution-config prints them",
            read.origin.format.name()
        ));
    }
    let node = Node::from_json(&bytes).map_err(|error| format!("{name}: {error}"))?;
    Ok((config_of(&node).to_value(), read.distribution.id))
}
