//! Runs the Lambda binary once on an event, without AWS.

use std::error::Error;
use std::path::PathBuf;
use std::process::ExitCode;
use std::time::Duration;

use aws_double::runtime_api::{Function, Outcome};
use aws_double::{Double, JobState, World};
use clap::Parser;
use serde_json::Value;

/// Runs a Lambda binary once through the Runtime API: the answer to standard output, the log to standard error.
#[derive(Parser)]
#[command(name = "invoke")]
struct Arguments {
    /// The bootstrap binary.
    #[arg(long)]
    function: PathBuf,
    /// The event (JSON).
    #[arg(long)]
    event: PathBuf,
    /// An environment variable of the function, NAME=VALUE.
    #[arg(long = "env", value_parser = pair)]
    env: Vec<(String, String)>,
    /// The function's timeout in seconds.
    #[arg(long, default_value_t = 60)]
    timeout: u64,
    /// Start a double of AWS and point the function to it.
    #[arg(long)]
    double: bool,
    /// The double's scenario (JSON).
    #[arg(long, requires = "double")]
    world: Option<PathBuf>,
}

fn pair(text: &str) -> Result<(String, String), String> {
    let (name, value) = text.split_once('=').ok_or("it must be NAME=VALUE")?;
    Ok((name.to_owned(), value.to_owned()))
}

#[tokio::main(flavor = "current_thread")]
async fn main() -> ExitCode {
    match run(Arguments::parse()).await {
        Ok(code) => code,
        Err(error) => {
            eprintln!("invoke: {error}");
            ExitCode::FAILURE
        }
    }
}

async fn run(arguments: Arguments) -> Result<ExitCode, Box<dyn Error>> {
    let event: Value = serde_json::from_slice(&std::fs::read(&arguments.event)?)?;
    let double = if arguments.double {
        Some(prepared(&arguments, &event).await?)
    } else {
        None
    };
    let mut env = Vec::new();
    if let Some(double) = &double {
        env.push(("AWS_ENDPOINT_URL".to_owned(), double.endpoint()));
    }
    env.extend(arguments.env);
    let mut function = Function::try_start(&arguments.function, env).await?;
    let invocation = function
        .invoke(&event, Duration::from_secs(arguments.timeout))
        .await;
    eprint!("{}", function.logs());
    eprintln!("duration: {} ms", invocation.duration.as_millis());
    if let Some(double) = &double {
        print_calls(&double.world());
    }
    Ok(report(&invocation.outcome))
}

async fn prepared(arguments: &Arguments, event: &Value) -> Result<Double, Box<dyn Error>> {
    let double = Double::start().await;
    if let Some(path) = &arguments.world {
        double
            .world()
            .merge(&serde_json::from_slice(&std::fs::read(path)?)?)?;
    }
    double.world().adopt_job(event);
    Ok(double)
}

fn report(outcome: &Outcome) -> ExitCode {
    match outcome {
        Outcome::Response(value) => {
            println!("{value:#}");
            ExitCode::SUCCESS
        }
        Outcome::Error(value) => {
            println!("{value:#}");
            ExitCode::FAILURE
        }
        Outcome::TimedOut => {
            eprintln!("Task timed out");
            ExitCode::FAILURE
        }
        Outcome::Exited(status) => {
            eprintln!("Runtime exited: {status}");
            ExitCode::FAILURE
        }
    }
}

/// What is left behind: the job as the pipeline shows it, what was published, what was wrong.
fn print_calls(world: &World) {
    for job in world.jobs.values() {
        let result = job.result.as_ref();
        let text = |pointer: &str| {
            result
                .and_then(|result| result.pointer(pointer)?.as_str())
                .unwrap_or_default()
        };
        match job.state {
            JobState::InProgress => eprintln!("CodePipeline job {}: not answered", job.id),
            JobState::Succeeded => eprintln!(
                "CodePipeline job {}: Succeeded\n{}",
                job.id,
                text("/executionDetails/summary")
            ),
            JobState::Continued => eprintln!(
                "CodePipeline job {}: continued\n{}",
                job.id,
                text("/executionDetails/summary")
            ),
            JobState::Failed => {
                eprintln!(
                    "CodePipeline job {}: Failed ({})\n{}",
                    job.id,
                    text("/failureDetails/type"),
                    text("/failureDetails/message")
                );
            }
        }
    }
    for message in &world.published {
        eprintln!(
            "published to {}: {}\n{}",
            message.topic,
            message.subject.as_deref().unwrap_or_default(),
            message.message
        );
    }
    for event in &world.events {
        eprintln!("event: {event}");
    }
    for (operation, count) in world.calls() {
        eprintln!("called {operation}: {count}");
    }
    for violation in &world.violations {
        eprintln!("violation: {violation}");
    }
}
