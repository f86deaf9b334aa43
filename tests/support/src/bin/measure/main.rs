//! Measures a guard, and programs to compare it with, against the budgets of `docs/performance.md`.
//!
//! Calls and waves are counted by the double; processor time and memory are the kernel's. It judges
//! nothing: it fails only if something could not be measured.

mod figures;
mod program;
mod scene;
mod table;

use std::collections::BTreeMap;
use std::error::Error;
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::time::Duration;

use clap::Parser;

use figures::{Sample, median};
use program::Program;
use scene::Scene;
use table::Table;

/// Prints a Markdown table of the budgets, and whether a guard keeps them.
#[derive(Parser)]
#[command(name = "measure")]
struct Arguments {
    /// The bootstrap binary.
    #[arg(long)]
    function: PathBuf,
    /// The command of the same guard in another language.
    #[arg(long)]
    peer: Option<String>,
    /// The trusted certificates (PEM) that the peer loads on AWS.
    #[arg(long, requires = "peer")]
    peer_roots: Option<PathBuf>,
    /// A function that makes the same calls with the bare SDK.
    #[arg(long)]
    bare: Option<PathBuf>,
    /// How often each process is started, in turns.
    #[arg(long, default_value_t = 11, value_parser = clap::value_parser!(u16).range(1..))]
    runs: u16,
}

/// Origins, each in a bucket of its own, where the budget does not say otherwise.
const ORIGINS: usize = 25;
const MANY_ORIGINS: usize = 100;
/// What a request takes longer: enough that what was sent together overlaps.
const LATENCY: Duration = Duration::from_millis(20);
const LONG_LATENCY: Duration = Duration::from_millis(50);
/// What the guard trusts on AWS, and the bare program with it.
const AMAZON_ROOTS: &str = include_str!("../../../../../src/aws/amazon-roots.pem");

#[tokio::main(flavor = "current_thread")]
async fn main() -> ExitCode {
    match run(&Arguments::parse()).await {
        Ok(table) => {
            print!("{table}");
            ExitCode::SUCCESS
        }
        Err(error) => {
            eprintln!("measure: {error}");
            ExitCode::FAILURE
        }
    }
}

async fn run(arguments: &Arguments) -> Result<Table, Box<dyn Error>> {
    let programs = Programs {
        guard: Program::binary("guard", &arguments.function)?,
        peer: match &arguments.peer {
            Some(command) => Some(Program::command("peer", command)?),
            None => None,
        },
        bare: match &arguments.bare {
            Some(path) => Some(Program::binary("bare SDK", path)?),
            None => None,
        },
        peer_roots: match &arguments.peer_roots {
            Some(path) => Some(std::fs::read_to_string(path)?),
            None => None,
        },
        runs: arguments.runs,
    };
    let mut table = Table::default();
    programs.audit_calls(&mut table).await?;
    programs.gate_calls(&mut table).await?;
    programs.gate_time(&mut table).await?;
    programs.start_up(&mut table).await?;
    programs.first_invocation(&mut table).await?;
    size(&arguments.function, &mut table)?;
    Ok(table)
}

struct Programs {
    guard: Program,
    peer: Option<Program>,
    bare: Option<Program>,
    peer_roots: Option<String>,
    runs: u16,
}

impl Programs {
    fn all(&self) -> impl Iterator<Item = &Program> {
        [Some(&self.guard), self.peer.as_ref(), self.bare.as_ref()]
            .into_iter()
            .flatten()
    }

    /// What an audit asks for, and in how many waves.
    async fn audit_calls(&self, table: &mut Table) -> Result<(), Box<dyn Error>> {
        note("calls and waves of an audit");
        let mut scene = Scene::new(ORIGINS, false).await?;
        scene.latency(LATENCY);
        scene.audit(&self.guard).await?;
        let (calls, waves) = (scene.calls(), scene.waves());
        let count = |name: &str| calls.get(name).copied().unwrap_or_default();
        let kept = count("cloudfront:GetDistribution");
        let asked = [
            "s3:GetBucketPolicy",
            "s3:GetBucketEncryption",
            "cloudfront:GetOriginAccessControl",
        ];
        let [policies, encryptions, controls] = asked.map(count);
        table.row(
            format!("calls of an audit that passes, {ORIGINS} buckets, one OAC"),
            "1 per bucket or OAC; 1 publish; 1 read and 1 write for the last known good",
            figures::calls(&calls),
            policies + encryptions + controls == ORIGINS + 1
                && kept == 1
                && count("sns:Publish") == 1,
        );
        table.row(
            "the same, with each bucket's encryption for the rule on KMS keys",
            "2 per bucket; besides the above the marker (claimed, reported), the baseline and the three forms of the report; no more",
            format!("{} calls", total(&calls)),
            [policies, encryptions, controls] == [ORIGINS, ORIGINS, 1]
                && kept == 1
                && count("sns:Publish") == 1
                && count("s3:GetObject") == 1
                && count("s3:PutObject") == 6
                && total(&calls) == 2 * ORIGINS + 1 + 1 + 1 + 1 + 6,
        );

        let mut broken = Scene::new(ORIGINS, false).await?;
        broken.latency(LATENCY);
        broken.lose_a_bucket();
        broken.audit(&self.guard).await?;
        table.row(
            "waves of an audit, until the notification is out",
            "2",
            format!(
                "{} ({} with the marker that says so, {waves} when it passes: the last known good is kept)",
                broken.waves_until("sns:Publish"),
                broken.waves()
            ),
            broken.waves_until("sns:Publish") == 2,
        );
        if let Some(peer) = &self.peer {
            let mut scene = Scene::new(ORIGINS, false).await?;
            scene.latency(LATENCY);
            scene.audit(peer).await?;
            same_calls(table, "an audit", peer, calls == scene.calls());
        }
        Ok(())
    }

    /// What a gate asks for, and in how many waves.
    async fn gate_calls(&self, table: &mut Table) -> Result<(), Box<dyn Error>> {
        note("calls and waves of a gate");
        let mut own = None;
        for program in self.all() {
            let mut scene = Scene::new(ORIGINS, false).await?;
            scene.latency(LATENCY);
            scene.gate(program).await?;
            let calls = scene.calls();
            let Some(own) = &own else {
                let count = |name: &str| calls.get(name).copied().unwrap_or_default();
                table.row(
                    format!("calls of a gate, {ORIGINS} buckets, one OAC"),
                    "2 per bucket, 1 per OAC; the artifact, live, the last known good and the pipeline's name; \
                     the marker and the three forms of the report; 1 answer; no more",
                    figures::calls(&calls),
                    count("s3:GetBucketPolicy") == ORIGINS
                        && count("s3:GetBucketEncryption") == ORIGINS
                        && count("cloudfront:GetOriginAccessControl") == 1
                        && count("codepipeline:PutJobSuccessResult") == 1
                        && total(&calls) == 2 * ORIGINS + 1 + 4 + 4 + 1,
                );
                table.row(
                    "waves of a gate",
                    "4",
                    scene.waves().to_string(),
                    scene.waves() == 4,
                );
                own = Some(calls);
                continue;
            };
            same_calls(table, "a gate", program, *own == calls);
        }
        Ok(())
    }

    /// How near a gate comes to the time that its waves take at least.
    ///
    /// The first time over TLS is reported beside it: both ends of a hundred handshakes are here on one
    /// machine, and what they cost the guard is the next row's. Warm is the third: here one host has
    /// all buckets, so the last calls of the first gate take the connections of its first, and the
    /// second still opens some.
    async fn gate_time(&self, table: &mut Table) -> Result<(), Box<dyn Error>> {
        note("time of a gate with many origins");
        let mut plain = Scene::new(MANY_ORIGINS, false).await?;
        let mut tls = Scene::new(MANY_ORIGINS, true).await?;
        let mut times: [Vec<Duration>; 4] = Default::default();
        for _ in 0..self.runs {
            for (n, scene) in [&mut plain, &mut tls].into_iter().enumerate() {
                scene.latency(LONG_LATENCY);
                let samples = scene.gates(&self.guard, 3).await?;
                for (first_or_warm, sample) in [&samples[0], &samples[2]].into_iter().enumerate() {
                    times[2 * n + first_or_warm].push(sample.duration);
                }
            }
        }
        let waves = plain.waves();
        let floor = LONG_LATENCY * u32::try_from(waves)?;
        let how = ["HTTP, first", "HTTP, warm", "TLS, first", "TLS, warm"];
        for (how, times) in how.into_iter().zip(times) {
            let time = median(times);
            let ratio = figures::ratio(time, floor);
            let what = format!("gate, {MANY_ORIGINS} origins, 50 ms a request, {how}");
            let measured = format!("{} = {ratio:.2} × {waves} × 50 ms", figures::ms(time));
            if how == "TLS, first" {
                table.information(what, measured);
            } else {
                table.row(what, "≤ 1.25 × waves × 50 ms", measured, ratio <= 1.25);
            }
        }
        Ok(())
    }

    /// As in a region of AWS: no endpoint and no trusted certificates are given.
    async fn start_up(&self, table: &mut Table) -> Result<(), Box<dyn Error>> {
        note("start-up");
        let mut times: Vec<Vec<Duration>> = self.all().map(|_| Vec::new()).collect();
        for _ in 0..self.runs {
            for (program, times) in self.all().zip(&mut times) {
                times.push(program.start_up().await?);
            }
        }
        let times = times.into_iter().map(median).collect::<Vec<_>>();
        self.compare(
            table,
            "start-up, exec to first `next`",
            &times,
            [25.0, f64::INFINITY],
            |time| figures::ms(*time),
        );
        Ok(())
    }

    /// Each with the trusted certificates that it loads on AWS, and the double's beside them; then
    /// with the double's alone, which is kind to the peer.
    async fn first_invocation(&self, table: &mut Table) -> Result<(), Box<dyn Error>> {
        note("first invocation over TLS");
        let what = format!("CPU of the first invocation, TLS, {ORIGINS} origins");
        let limits = [20.0, 1.5];
        let as_on_aws = self.sample(true).await?;
        let cpu = medians(&as_on_aws, |sample| sample.cpu);
        self.compare(table, what.clone(), &cpu, limits, |time| figures::ms(*time));
        if self.peer_roots.is_some() {
            let one_root = self.sample(false).await?;
            let cpu = medians(&one_root, |sample| sample.cpu);
            let shown: Vec<String> = self
                .all()
                .zip(&cpu)
                .map(|(program, cpu)| format!("{} {}", program.name, figures::ms(*cpu)))
                .collect();
            table.information(format!("{what}, one trusted root"), shown.join(", "));
        }
        let memory = medians(&as_on_aws, |sample| sample.peak_kb);
        self.compare(
            table,
            format!("peak resident memory, {ORIGINS} origins"),
            &memory,
            [4.0, f64::INFINITY],
            |kb| figures::megabytes(*kb),
        );
        Ok(())
    }

    async fn sample(&self, as_on_aws: bool) -> Result<Vec<Vec<Sample>>, Box<dyn Error>> {
        let mut scene = Scene::new(ORIGINS, true).await?;
        scene.latency(LATENCY);
        let mut samples: Vec<Vec<Sample>> = self.all().map(|_| Vec::new()).collect();
        for _ in 0..self.runs {
            for (program, samples) in self.all().zip(&mut samples) {
                let roots = match program.name {
                    _ if !as_on_aws => "",
                    "peer" => self.peer_roots.as_deref().unwrap_or_default(),
                    _ => AMAZON_ROOTS,
                };
                scene.trust(roots)?;
                samples.extend(scene.gates(program, 1).await?);
            }
        }
        Ok(samples)
    }

    /// The guard's figure beside the others': at most one `limits[0]`th of the peer's, and at most
    /// `limits[1]` times the bare program's.
    fn compare<T: Copy + Into<figures::Amount>>(
        &self,
        table: &mut Table,
        what: impl Into<String>,
        values: &[T],
        [peer_over_guard, guard_over_bare]: [f64; 2],
        show: impl Fn(&T) -> String,
    ) {
        let what = what.into();
        let amount = |value: &T| -> f64 { (*value).into().0 };
        let guard = &values[0];
        for (program, value) in self.all().zip(values).skip(1) {
            let shown = format!("{}, {} {}", show(guard), program.name, show(value));
            let ratio = amount(guard) / amount(value);
            if program.name == "peer" {
                table.row(
                    what.clone(),
                    format!("≤ 1/{peer_over_guard} of the peer"),
                    format!("{shown}: 1/{:.1}", 1.0 / ratio),
                    1.0 / ratio >= peer_over_guard,
                );
            } else if guard_over_bare.is_finite() {
                table.row(
                    what.clone(),
                    format!("≤ {guard_over_bare} × the bare SDK"),
                    format!("{shown}: {ratio:.2} ×"),
                    ratio <= guard_over_bare,
                );
            } else {
                table.information(what.clone(), format!("{shown}: {ratio:.2} ×"));
            }
        }
        if values.len() == 1 {
            table.information(what, show(guard));
        }
    }
}

fn medians<T: Ord + Copy>(samples: &[Vec<Sample>], of: impl Fn(&Sample) -> T) -> Vec<T> {
    samples
        .iter()
        .map(|samples| median(samples.iter().map(&of).collect()))
        .collect()
}

fn total(calls: &BTreeMap<String, usize>) -> usize {
    calls.values().sum()
}

fn same_calls(table: &mut Table, of: &str, program: &Program, same: bool) {
    let name = program.name;
    table.row(
        format!("calls of {of} by the {name}"),
        "the same",
        if same { "the same" } else { "others" }.to_owned(),
        same,
    );
}

fn size(function: &Path, table: &mut Table) -> Result<(), Box<dyn Error>> {
    // One function for all ways in: gate, verify, audit and sweep.
    const LIMIT: f64 = 6.0;
    let (binary, zipped) = figures::sizes(function)?;
    table.row(
        "size of the function",
        "≤ 6.0 MB zipped",
        format!("{binary:.1} MB, zipped {zipped:.2} MB"),
        zipped <= LIMIT,
    );
    Ok(())
}

fn note(what: &str) {
    eprintln!("measuring {what}");
}
