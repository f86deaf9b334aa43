//! `check` and `demo`: a verdict.

use std::path::Path;
use std::process::ExitCode;

use origin_guard::candidate::{ReadOptions, choose, declared_parameters, read_change_set, settle};
use origin_guard::contract::Contract;
use origin_guard::demo;
use origin_guard::document::utf8;
use origin_guard::guard::{
    Against, Candidates, CheckOptions, Checked, Progress, Session, Whole, all_live, check,
    distribution_id,
};
use origin_guard::nearest::nearest;
use origin_guard::ports::{Account, Memory};
use origin_guard::report::Document;
use origin_guard::report::v1::{Report, Severity};
use origin_guard::rules::{self, Selection};
use origin_guard::settings::Settings;
use origin_guard::verdict::{OnUnknown, Verdict};

use crate::account::{Access, WithoutAccount, Work, in_session};
use crate::arguments::{CheckArguments, FailOn, Printing, Unknown};
use crate::config::Config;
use crate::input::{self, File, Files, read_options};
use crate::names::{is_distribution, refuse_file};
use crate::output::{Sources, print, print_problem};
use crate::problem::Problem;
use crate::progress::with_progress;

/// What is judged, read as far as it can be before an account is asked.
struct Check<'a> {
    arguments: &'a CheckArguments,
    settings: &'a Settings,
    files: Files,
    /// A file to compare with.
    baseline: Option<File>,
    contract: Option<Contract>,
    selection: Selection,
}

#[tokio::main(flavor = "current_thread")]
pub(crate) async fn run(mut arguments: CheckArguments) -> Result<ExitCode, Problem> {
    let config = Config::of(&arguments)?;
    let settings = settings(&arguments)?;
    if let Some(name) = &arguments.distribution {
        refuse_file(name)?;
        if arguments.files.is_empty() {
            needs_no_file(&arguments)?;
        }
    }
    let files = input::load(&arguments.files)?;
    // What a configuration file shares between templates may fit some of them only.
    parameters_fit(&arguments, &files)?;
    if !files.read.is_empty() {
        // What the arguments say comes last, and so counts.
        arguments.reading.parameters.splice(0..0, config.parameters);
    }
    arguments.ignore.extend(config.ignore);
    let selection = Selection::of(&arguments.select, &arguments.ignore);
    let contract = arguments.contract.as_deref().or(config.contract.as_deref());
    let check = Check {
        baseline: baseline_file(&arguments)?,
        contract: contract.map(contract_file).transpose()?,
        arguments: &arguments,
        settings: &settings,
        files,
        selection,
    };
    // Files, baseline and contract are read before: a misspelt path must not cost a sign-in.
    let access = Access::of(arguments.offline, &arguments.credentials);
    in_session(access, &settings, WithoutAccount::Check, check).await
}

/// Refuses what is for files where what is live is judged.
fn needs_no_file(arguments: &CheckArguments) -> Result<(), Problem> {
    arguments.reading.without_files()?;
    let options = [
        ("--stack", arguments.stack.is_some()),
        ("--offline", arguments.offline),
    ];
    match options.into_iter().find(|(_, is_given)| *is_given) {
        Some((option, _)) => Err(Problem::new(format!(
            "{option} is for files; beside --distribution, name the file to judge"
        ))),
        None => Ok(()),
    }
}

impl Work for Check<'_> {
    async fn run<A: Account + Memory>(self, session: Session<'_, A>) -> Result<ExitCode, Problem> {
        let progress = Progress::default();
        let session = session.watched(&progress);
        let reading = self.reading(&session).await?;
        let against = self.against(&reading)?;
        let mut sources = Sources::new();
        let candidates = self.candidates(&session, &reading, &mut sources);
        let candidates = self.shown(candidates, &progress).await;
        let (candidates, problems) = candidates?;
        let setting = self.contract_of_setting(session.account()).await?;
        let options = CheckOptions {
            candidates,
            distribution: self.named(),
            against,
            contract: self.contract.as_ref().or(setting.as_ref()),
            selection: &self.selection,
            settings: self.settings,
        };
        let judged = check(&session, session.account(), options);
        let judged = Box::pin(self.shown(judged, &progress)).await;
        print_judged(judged?, &sources, &problems, self.arguments)
    }
}

impl<'a> Check<'a> {
    /// Waits for work, and shows how far it is.
    async fn shown<T>(&self, work: impl Future<Output = T>, progress: &Progress) -> T {
        if self.arguments.printing.quiet {
            work.await
        } else {
            with_progress(work, progress).await
        }
    }

    /// How the files are read, with what is deployed of the stack that they are for.
    async fn reading<A: Account>(&self, session: &Session<'_, A>) -> Result<ReadOptions, Problem> {
        let mut reading = read_options(&self.arguments.reading, session.account_id())?;
        reading.bounds = self.settings.bounds;
        if let Some(name) = &self.arguments.stack {
            let stack = session.account().stack(name).await?;
            let stack = stack
                .ok_or_else(|| format!("there is no stack `{name}` in this account and region"))?;
            reading.deployment.take_stack(stack);
        }
        let baseline = self.arguments.baseline.as_deref();
        let baseline = baseline.filter(|name| is_distribution(name));
        if let ([_], Some(name)) = (self.files.read.as_slice(), self.named().or(baseline)) {
            reading.distribution = Some(distribution_id(session.account(), name).await?);
        }
        Ok(reading)
    }

    /// The distribution that the file is for.
    fn named(&self) -> Option<&'a str> {
        let is_beside_file = !self.arguments.files.is_empty();
        let name = self.arguments.distribution.as_deref();
        name.filter(|_| is_beside_file)
    }

    /// What the candidates are compared with.
    fn against(&self, reading: &ReadOptions) -> Result<Option<Against<'a>>, Problem> {
        if let Some(file) = &self.baseline {
            // The form that is named is the candidate's.
            let reading = ReadOptions {
                format: None,
                ..reading.clone()
            };
            return Ok(Some(Against::File(Box::new(file.candidate(&reading)?))));
        }
        let arguments = self.arguments;
        Ok(match arguments.baseline.as_deref() {
            None => None,
            Some("live") => Some(Against::Live),
            Some("last-good") => Some(Against::LastGood),
            Some(name) => Some(Against::Distribution(name)),
        })
    }

    /// What to judge, and what is wrong with that of it which could not be read.
    async fn candidates<A: Account>(
        &self,
        session: &Session<'_, A>,
        reading: &ReadOptions,
        sources: &mut Sources,
    ) -> Result<(Candidates<'a>, Vec<Problem>), Problem> {
        let arguments = self.arguments;
        let resource = arguments.reading.resource.as_ref();
        if let Some(name) = &arguments.change_set {
            let stack = arguments.stack.as_ref();
            let set = session.account().change_set(name, stack).await?;
            let candidates = choose(read_change_set(&set)?, resource, name)?;
            return Ok((Candidates::Read(candidates), Vec::new()));
        }
        if let ([], Some(distribution)) = (arguments.files.as_slice(), &arguments.distribution) {
            return Ok((Candidates::Distribution(distribution), Vec::new()));
        }
        if arguments.all {
            let whole = match arguments.baseline {
                Some(_) => Whole::Compared,
                None => Whole::Judged,
            };
            return of_account(session, whole).await;
        }
        self.of_files(reading, sources)
    }

    /// The candidates of the files, whose texts are kept to quote them.
    fn of_files(
        &self,
        reading: &ReadOptions,
        sources: &mut Sources,
    ) -> Result<(Candidates<'a>, Vec<Problem>), Problem> {
        let mut problems = self.files.problems.clone();
        let (mut candidates, mut documents) = (Vec::new(), Vec::new());
        for file in &self.files.read {
            match file.candidates(reading) {
                Ok(found) => {
                    documents.push(file.name.clone());
                    let text = String::from_utf8(utf8(&file.content).into_owned());
                    if let (Some(first), Ok(text)) = (found.first(), text) {
                        sources.insert(first.provenance.document.clone(), text);
                    }
                    candidates.extend(found);
                }
                Err(problem) => problems.push(problem),
            }
        }
        if let (true, Some(first)) = (candidates.is_empty(), problems.first()) {
            return Err(first.clone());
        }
        settle(&mut candidates, &documents);
        let names = self.arguments.files.iter();
        let names: Vec<String> = names.map(|file| file.display().to_string()).collect();
        let resource = self.arguments.reading.resource.as_ref();
        let candidates = choose(candidates, resource, &names.join(", "))?;
        Ok((Candidates::Read(candidates), problems))
    }

    /// The contract file of the setting, where none is named and AWS is asked.
    async fn contract_of_setting(&self, memory: &impl Memory) -> Result<Option<Contract>, Problem> {
        match (&self.contract, &self.settings.contract) {
            (None, Some(url)) if !self.arguments.offline => {
                let content = memory.file(url, self.settings.artifact.file_bytes).await?;
                Ok(Some(Contract::read(url, &content, &rules::names())?))
            }
            _ => Ok(None),
        }
    }
}

/// Every live distribution of the account.
async fn of_account<A: Account>(
    session: &Session<'_, A>,
    whole: Whole,
) -> Result<(Candidates<'static>, Vec<Problem>), Problem> {
    let mut candidates = Vec::new();
    let mut problems = Vec::new();
    for read in session.count(all_live(session.account(), whole)).await? {
        match read {
            Ok(candidate) => candidates.push(candidate),
            Err(error) => problems.push(Problem::from(error)),
        }
    }
    match (candidates.is_empty(), problems.first()) {
        (true, Some(first)) => Err(first.clone()),
        (true, None) => Err(Problem::new("this account has no distributions")),
        (false, _) => Ok((Candidates::Read(candidates), problems)),
    }
}

/// Refuses values for parameters that no template has: the one that was meant would keep its default.
fn parameters_fit(arguments: &CheckArguments, files: &Files) -> Result<(), Problem> {
    if arguments.reading.parameters.is_empty() {
        return Ok(());
    }
    let contents = files.read.iter().map(|file| file.content.as_slice());
    let declared: Vec<String> = contents.flat_map(declared_parameters).collect();
    let given = read_options(&arguments.reading, None)?
        .deployment
        .parameters;
    let mut unknown = given
        .names()
        .filter(|name| !name.starts_with("AWS::") && !declared.iter().any(|it| it == name));
    let Some(name) = unknown.next() else {
        return Ok(());
    };
    let problem = format!("--parameters has a value for `{name}`, which no template declares");
    let help = match nearest(name, declared.iter().map(String::as_str)) {
        Some(near) => format!("did you mean `{near}`?"),
        None if declared.is_empty() => "these files declare no parameters".to_owned(),
        None => format!("the parameters are {}", declared.join(", ")),
    };
    Err(Problem::new(problem).help(help))
}

/// The file to compare with, where the arguments name one.
fn baseline_file(arguments: &CheckArguments) -> Result<Option<File>, Problem> {
    match arguments.baseline.as_deref() {
        None | Some("live" | "last-good") => Ok(None),
        Some(name) if is_distribution(name) => Ok(None),
        Some(path) => input::load_one(Path::new(path)).map(Some),
    }
}

pub(crate) fn contract_file(path: &Path) -> Result<Contract, Problem> {
    let content = input::content(path)?;
    let name = path.display().to_string();
    Ok(Contract::read(&name, &content, &rules::names())?)
}

/// The environment's settings, and what the arguments say instead.
fn settings(arguments: &CheckArguments) -> Result<Settings, Problem> {
    let mut settings = Settings::from_environment()?;
    if let Some(unknown) = arguments.unknown {
        settings.on_unknown = on_unknown(unknown);
    }
    Ok(settings)
}

pub(crate) fn on_unknown(unknown: Unknown) -> OnUnknown {
    match unknown {
        Unknown::Block => OnUnknown::Block,
        Unknown::Warn => OnUnknown::Warn,
    }
}

/// Prints the reports and then what could not be read, which is an error whatever they say.
fn print_judged(
    judged: Vec<Checked>,
    sources: &Sources,
    problems: &[Problem],
    arguments: &CheckArguments,
) -> Result<ExitCode, Problem> {
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
    print(&document, sources, &facts, &arguments.printing)?;
    for problem in problems {
        print_problem(problem);
    }
    Ok(ExitCode::from(match (problems, arguments.exit_zero) {
        // A file that could not be read is no pass, also with --exit-zero.
        ([_, ..], _) => crate::USAGE,
        ([], true) => 0,
        ([], false) => code,
    }))
}

pub(crate) fn exit_code(reports: &[Report], verdict: Verdict, fail_on: FailOn) -> u8 {
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

pub(crate) fn run_demo(printing: &Printing) -> Result<ExitCode, Problem> {
    let (report, verdict) = demo::report().map_err(|error| error.to_string())?;
    let reports = vec![report];
    let code = exit_code(&reports, verdict, FailOn::Error);
    let document = Document::of(reports, verdict.into());
    let sources = Sources::from([(demo::NAME.to_owned(), demo::CONFIG.to_owned())]);
    print(&document, &sources, &[], printing)?;
    Ok(ExitCode::from(code))
}
