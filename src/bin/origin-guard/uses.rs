//! `uses`: which distributions use a bucket, an access control, a key, a VPC origin or a host.

use std::process::ExitCode;

use origin_guard::guard::{Session, Used, uses_live, uses_stored};
use origin_guard::settings::Settings;
use origin_guard::uses::{Question, Status, text};
use serde_json::{Value, json};

use crate::account::{WithoutAccount, sign_in};
use crate::arguments::{TraceOutput, UsesArguments};
use crate::output::write_out;
use crate::problem::Problem;

/// It is not known whether anything uses it.
const INCONCLUSIVE: u8 = 3;

#[tokio::main(flavor = "current_thread")]
pub(crate) async fn run(arguments: &UsesArguments) -> Result<ExitCode, Problem> {
    let question = Question::parse(&arguments.subject)
        .map_err(|error| Problem::new(error.problem).help(error.remedy))?;
    let settings = Settings::from_environment()?;
    let without = WithoutAccount::Uses;
    let (aws, account) = sign_in(&settings, &arguments.credentials, without).await?;
    let used = if arguments.live {
        let session = Session::open(&aws, Some(account)).bounded(&settings.bounds);
        let used = uses_live(&session, &question).await;
        used.map_err(|error| Problem::from(error).help("nothing is known of what uses it"))
    } else {
        let used = uses_stored(&aws, &question, Some(account)).await;
        used.map_err(|why| {
            Problem::new(why.to_string())
                .help("nothing is known of what uses it; `--live` reads the list of distributions instead")
        })
    };
    match used {
        Ok(used) => print(&used, arguments),
        Err(problem) => {
            if arguments.output == TraceOutput::Json {
                write_out(&pretty(&unknown(&arguments.subject, &problem))?)?;
            }
            eprintln!("{problem}");
            Ok(ExitCode::from(INCONCLUSIVE))
        }
    }
}

fn print(used: &Used, arguments: &UsesArguments) -> Result<ExitCode, Problem> {
    let answer = &used.answer;
    write_out(&match arguments.output {
        TraceOutput::Text => text(answer, &arguments.subject, &source(used)),
        TraceOutput::Json => pretty(&document(used, &arguments.subject)?)?,
    })?;
    Ok(ExitCode::from(match answer.status {
        _ if !answer.is_complete() => INCONCLUSIVE,
        Status::Used if arguments.exit_code => 1,
        _ => 0,
    }))
}

/// What an answer is from, in words.
fn source(used: &Used) -> String {
    let count = match used.distributions {
        1 => "1 distribution".to_owned(),
        several => format!("{several} distributions"),
    };
    match &used.taken_at {
        None => format!("{count}, live"),
        Some(at) => format!("{count}, as of {at}"),
    }
}

fn document(used: &Used, asked: &str) -> Result<Value, Problem> {
    let answer = serde_json::to_value(&used.answer).map_err(|error| error.to_string())?;
    let mut document = json!({
        "schemaVersion": "1",
        "asked": asked,
        "source": {
            "kind": if used.taken_at.is_some() { "index" } else { "live" },
            "takenAt": used.taken_at,
            "distributions": used.distributions,
        },
        "complete": used.answer.is_complete(),
    });
    if let (Value::Object(document), Value::Object(answer)) = (&mut document, answer) {
        document.extend(answer);
    }
    Ok(document)
}

/// Where nothing could be read.
fn unknown(asked: &str, problem: &Problem) -> Value {
    json!({
        "schemaVersion": "1",
        "asked": asked,
        "source": null,
        "complete": false,
        "subject": null,
        "distribution": null,
        "status": Status::Unknown,
        "uses": [],
        "open": [problem.what()],
        "notes": [],
        "removal": [],
    })
}

fn pretty(document: &Value) -> Result<String, Problem> {
    let text = serde_json::to_string_pretty(document).map_err(|error| error.to_string())?;
    Ok(text + "\n")
}
