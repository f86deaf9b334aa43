//! `sweep`: every distribution of the account. Nothing is remembered here, so everything is found.

use std::process::ExitCode;

use origin_guard::contract::Contract;
use origin_guard::guard::{Session, SweepOptions, sweep};
use origin_guard::report::sweep_text;
use origin_guard::report::v1::{Sweep, Verdict};
use origin_guard::settings::Settings;

use crate::account::{WithoutAccount, sign_in};
use crate::arguments::{SweepArguments, TraceOutput};
use crate::check::contract_file;
use crate::output::write_out;
use crate::problem::Problem;

#[tokio::main(flavor = "current_thread")]
pub(crate) async fn run(arguments: &SweepArguments) -> Result<ExitCode, Problem> {
    let settings = Settings::from_environment()?;
    // Before the sign-in, which a misspelt path must not cost.
    let contract: Option<Contract> = arguments
        .contract
        .as_deref()
        .map(contract_file)
        .transpose()?;
    let (aws, account) = sign_in(&settings, &arguments.credentials, WithoutAccount::Sweep).await?;
    let session = Session::open(&aws, Some(account));
    let options = SweepOptions {
        depth: arguments.depth.into(),
        contract: contract.as_ref(),
    };
    let swept = Box::pin(sweep(session, &settings, options)).await?;
    write_out(&match arguments.output_format {
        TraceOutput::Text => sweep_text(&swept),
        TraceOutput::Json => json(&swept)?,
    })?;
    Ok(ExitCode::from(match swept.verdict {
        Verdict::Pass => 0,
        Verdict::Block => 1,
        Verdict::Inconclusive | Verdict::Other => 3,
    }))
}

fn json(swept: &Sweep) -> Result<String, Problem> {
    let text = serde_json::to_string_pretty(swept).map_err(|error| error.to_string())?;
    Ok(text + "\n")
}
