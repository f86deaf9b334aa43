//! `contract`: what a team declares.

use std::path::Path;
use std::process::ExitCode;

use origin_guard::contract;
use origin_guard::guard::live;
use origin_guard::settings::Settings;

use crate::account::sign_in;
use crate::arguments::{ContractArguments, ContractCommand};
use crate::input::{is_distribution, read_one, read_options};
use crate::output::print_and_pass;

#[tokio::main(flavor = "current_thread")]
pub(crate) async fn run(arguments: &ContractArguments) -> Result<ExitCode, String> {
    let ContractCommand::Init { config, reading } = &arguments.command else {
        return print_and_pass(&contract::schema()?);
    };
    let distribution = if is_distribution(config) {
        reading.without_files()?;
        let settings = Settings::from_environment().map_err(|error| error.to_string())?;
        let (aws, _) = sign_in(&settings).await?;
        let live = live(&aws, config).await;
        live.map(|live| live.distribution)
    } else {
        let options = read_options(reading, None);
        let file = options.and_then(|options| read_one(Path::new(config), &options));
        file.map(|file| file.distribution)
    };
    let distribution = distribution.map_err(|error| error.to_string())?;
    let contract = contract::init(&distribution);
    let text = serde_json::to_string_pretty(&contract).map_err(|error| error.to_string())?;
    print_and_pass(&(text + "\n"))
}
