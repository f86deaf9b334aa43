//! `verify`: is a config deployed, and does the edge reach its origins?

use std::cell::RefCell;
use std::process::ExitCode;
use std::time::{Duration, Instant};

use origin_guard::aws::Aws;
use origin_guard::candidate::Candidate;
use origin_guard::contract::Contract;
use origin_guard::distribution::AccountId;
use origin_guard::error::GuardError;
use origin_guard::guard::{
    Progress, Session, Verification, VerifyOptions, distribution_id, verify,
};
use origin_guard::network::Edge;
use origin_guard::ports::{Account as _, Memory as _};
use origin_guard::report::Document;
use origin_guard::rules;
use origin_guard::settings::Settings;

use crate::account::{WithoutAccount, sign_in};
use crate::arguments::{FailOn, VerifyArguments};
use crate::check::{contract_file, exit_code, on_unknown};
use crate::input::{File, load_one, read_options};
use crate::names::refuse_file;
use crate::output::{Sources, print, print_problem};
use crate::problem::Problem;
use crate::progress::with_progress;

#[tokio::main(flavor = "current_thread")]
pub(crate) async fn run(arguments: &VerifyArguments) -> Result<ExitCode, Problem> {
    refuse_file(&arguments.distribution)?;
    if arguments.candidate.is_none() {
        arguments.reading.without_files()?;
    }
    // Files are read before: a misspelt path must not cost a sign-in.
    let file = arguments.candidate.as_deref().map(load_one).transpose()?;
    let contract = arguments
        .contract
        .as_deref()
        .map(contract_file)
        .transpose()?;
    let mut settings = Settings::from_environment()?;
    if let Some(unknown) = arguments.unknown {
        settings.on_unknown = on_unknown(unknown);
    }
    let (aws, account) = sign_in(&settings, &arguments.credentials, WithoutAccount::Verify).await?;
    // A person who asks for a verification has the internet, unless a setting says otherwise.
    let aws = match settings.edge {
        Some(false) => aws,
        None | Some(true) => aws.with_edge(Edge::reached_at(settings.edge_endpoint)),
    };
    let contract = match contract {
        Some(contract) => Some(contract),
        None => contract_of_setting(&aws, &settings).await?,
    };
    let candidate = match &file {
        Some(file) => Some(candidate(file, &aws, account, arguments, &settings).await?),
        None => None,
    };
    let progress = Progress::default();
    let session = Session::open(&aws, Some(account)).watched(&progress);
    let waiting = Waiting::new(arguments.printing.quiet);
    let options = VerifyOptions {
        distribution: &arguments.distribution,
        candidate,
        contract: contract.as_ref(),
        settings: &settings,
        wait: arguments.wait,
        report: &|how_far| waiting.report(how_far),
    };
    let verifying = verify(&session, options);
    let verified = if arguments.printing.quiet || arguments.wait {
        Box::pin(verifying).await
    } else {
        Box::pin(with_progress(verifying, &progress)).await
    };
    end(verified, arguments)
}

/// Prints what came of it. What is not the candidate, or not deployed in time, is a failure as findings
/// are; what is under way decides nothing.
fn end(
    verified: Result<Verification, GuardError>,
    arguments: &VerifyArguments,
) -> Result<ExitCode, Problem> {
    const FAILED: u8 = 1;
    const UNDER_WAY: u8 = 3;
    match verified {
        Ok(Verification::Judged(checked)) => {
            let reports = vec![checked.report];
            let code = exit_code(&reports, checked.verdict, FailOn::Error);
            let document = Document::of(reports, checked.verdict.into());
            print(&document, &Sources::new(), &[], &arguments.printing)?;
            Ok(ExitCode::from(code))
        }
        Ok(Verification::UnderWay(how_far)) => {
            let problem = Problem::new(how_far).help("--wait waits for the deployment");
            print_problem(&problem);
            Ok(ExitCode::from(UNDER_WAY))
        }
        Err(error @ (GuardError::OutOfSync { .. } | GuardError::NotDeployed { .. })) => {
            print_problem(&error.into());
            Ok(ExitCode::from(FAILED))
        }
        Err(error) => Err(error.into()),
    }
}

async fn candidate(
    file: &File,
    aws: &Aws,
    account: AccountId,
    arguments: &VerifyArguments,
    settings: &Settings,
) -> Result<Candidate, Problem> {
    let mut reading = read_options(&arguments.reading, Some(account))?;
    reading.bounds = settings.bounds;
    if let Some(name) = &arguments.stack {
        let stack = aws.stack(name).await?;
        let stack = stack
            .ok_or_else(|| format!("there is no stack `{name}` in this account and region"))?;
        reading.deployment.take_stack(stack);
    }
    reading.distribution = Some(distribution_id(aws, &arguments.distribution).await?);
    file.candidate(&reading)
}

/// The contract file of the setting, where none is named.
async fn contract_of_setting(aws: &Aws, settings: &Settings) -> Result<Option<Contract>, Problem> {
    let Some(url) = &settings.contract else {
        return Ok(None);
    };
    let content = aws.file(url, settings.artifact.file_bytes).await?;
    Ok(Some(Contract::read(url, &content, &rules::names())?))
}

/// What is printed on standard error while CloudFront deploys: each state once, and again each minute.
struct Waiting {
    is_quiet: bool,
    began: Instant,
    last: RefCell<(String, Instant)>,
}

impl Waiting {
    fn new(is_quiet: bool) -> Self {
        let began = Instant::now();
        Self {
            is_quiet,
            began,
            last: RefCell::new((String::new(), began)),
        }
    }

    fn report(&self, how_far: &str) {
        const AGAIN: Duration = Duration::from_mins(1);
        let mut last = self.last.borrow_mut();
        if self.is_quiet || (last.0 == how_far && last.1.elapsed() < AGAIN) {
            return;
        }
        eprintln!("{how_far}; waiting, {} s", self.began.elapsed().as_secs());
        *last = (how_far.to_owned(), Instant::now());
    }
}
