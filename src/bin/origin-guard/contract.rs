//! `contract`: what a team declares.

use std::borrow::Cow;
use std::path::Path;
use std::process::ExitCode;

use origin_guard::contract;
use origin_guard::guard::live;
use origin_guard::settings::Settings;

use crate::account::{WithoutAccount, sign_in};
use crate::arguments::{ContractArguments, ContractCommand, JsonOnly};
use crate::input::{load_one, read_options};
use crate::names::is_distribution;
use crate::output::{print_and_pass, write_file};
use crate::problem::Problem;

#[tokio::main(flavor = "current_thread")]
pub(crate) async fn run(arguments: &ContractArguments) -> Result<ExitCode, Problem> {
    let ContractCommand::Init {
        config,
        reading,
        credentials,
        out,
        output_format: JsonOnly::Json,
    } = &arguments.command
    else {
        return print_and_pass(&contract::schema()?);
    };
    let distribution = if is_distribution(config) {
        reading.without_files()?;
        let settings = Settings::from_environment()?;
        let (aws, _) = sign_in(&settings, credentials, WithoutAccount::Contract).await?;
        live(&aws, config).await?.distribution
    } else {
        let file = load_one(Path::new(config))?;
        file.candidate(&read_options(reading, None)?)?.distribution
    };
    let contract = contract::init(&distribution);
    let text = serde_json::to_string_pretty(&contract).map_err(|error| error.to_string())?;
    if let Cow::Owned(_) = distribution.hidden.hide(&text) {
        return Err(Problem::new(format!(
            "`{config}` marks values as sensitive that a contract states, and they are not printed"
        ))
        .help(
            "give the distribution's ID, or what `aws cloudfront get-distribution-config` prints",
        ));
    }
    let text = text + "\n";
    match out {
        None => print_and_pass(&text),
        Some(path) => write_file(path, &text).map(|()| ExitCode::SUCCESS),
    }
}
