//! `diff`: what changes between two configs.

use std::fmt::Write as _;
use std::path::Path;
use std::process::ExitCode;

use origin_guard::change::{Difference, Reason, Sameness, difference};
use origin_guard::distribution::{Distribution, Hidden};
use origin_guard::guard::live;
use origin_guard::plain::plain;
use origin_guard::report::{self, Output, v1};
use origin_guard::settings::Settings;

use crate::account::{WithoutAccount, sign_in};
use crate::arguments::{DiffArguments, Printing};
use crate::changes::{Comparison, render};
use crate::input::{File, load_one, read_options};
use crate::names::is_distribution;
use crate::output::{deliver, write_file};
use crate::problem::Problem;

/// One of the two configs.
enum Side {
    File(File),
    /// What a distribution runs, by its name.
    Live(String),
    /// What the other side's distribution runs.
    LiveOfOther,
}

impl Side {
    fn of(word: &str) -> Result<Self, Problem> {
        Ok(match word {
            "live" => Self::LiveOfOther,
            word if is_distribution(word) => Self::Live(word.to_owned()),
            path => Self::File(load_one(Path::new(path))?),
        })
    }
}

#[tokio::main(flavor = "current_thread")]
pub(crate) async fn run(arguments: &DiffArguments) -> Result<ExitCode, Problem> {
    let form = if arguments.json {
        Output::Json
    } else {
        arguments.printing.form()?
    };
    let words = [arguments.before.as_str(), arguments.after.as_str()];
    let sides = [Side::of(words[0])?, Side::of(words[1])?];
    let [before, after] = &Box::pin(configs(&sides, arguments)).await?;
    let mut hidden = Hidden::clone(&before.hidden);
    hidden.add_all(&after.hidden);
    let difference = difference(before, after);
    let mut changes = report::changes(&difference.changes, &hidden);
    changes.extend(difference.outside.iter().map(|member| outside(member)));
    let comparison = Comparison {
        before: words[0],
        after: words[1],
        changes: &changes,
        words: &in_words(&difference, &hidden),
    };
    print(&comparison, form, &arguments.printing)?;
    Ok(ExitCode::from(match difference.sameness() {
        Sameness::Different if arguments.exit_code => 1,
        // As for `check`: neither the same nor different.
        Sameness::Undecided if arguments.exit_code => 3,
        _ => 0,
    }))
}

fn in_words(difference: &Difference, hidden: &Hidden) -> String {
    let mut text = match difference.sameness() {
        Sameness::Same => "no difference in any member of CloudFront's model\n".to_owned(),
        Sameness::Undecided => "no difference in what can be compared\n".to_owned(),
        Sameness::Different => {
            let changes = report::changes(&difference.changes, hidden);
            report::changes_text(&changes, usize::MAX)
        }
    };
    text.push_str(&report::outside_line(&difference.outside));
    for open in &difference.open {
        let why = match open.reason {
            Reason::Hidden => "a value is hidden",
            Reason::Omitted => "a list of distributions does not show it",
            Reason::NotDecidedYet => "known only after the deployment",
        };
        let _ = writeln!(
            text,
            "  not compared: {} ({why})",
            plain(&hidden.hide(&open.what()))
        );
    }
    text
}

/// A member outside the origin contract, as a change of the distribution.
fn outside(member: &str) -> v1::Change {
    v1::Change {
        kind: v1::ChangeKind::Changed,
        what: format!("the distribution: {member}, outside the origin contract"),
        subject: None,
        field: Some(member.to_owned()),
        path: format!("/{}", member.replace('.', "/")),
        before: None,
        after: None,
    }
}

/// Both configs, read from their files or from the account.
async fn configs(
    sides: &[Side; 2],
    arguments: &DiffArguments,
) -> Result<[Distribution; 2], Problem> {
    if !sides.iter().any(|side| matches!(side, Side::File(_))) {
        arguments.reading.without_files()?;
    }
    let reading = read_options(&arguments.reading, None)?;
    let mut read = [None, None];
    for (config, side) in read.iter_mut().zip(sides) {
        if let Side::File(file) = side {
            *config = Some(file.candidate(&reading)?.distribution);
        }
    }
    // Two files need no account.
    if let [Some(before), Some(after)] = read {
        return Ok([before, after]);
    }
    let names = [
        live_name(&sides[0], &sides[1], read[1].as_ref(), &arguments.after)?,
        live_name(&sides[1], &sides[0], read[0].as_ref(), &arguments.before)?,
    ];
    let settings = Settings::from_environment()?;
    let (aws, _) = sign_in(&settings, &arguments.credentials, WithoutAccount::Diff).await?;
    let [before, after] = read;
    let [first, second] = names;
    Ok([
        match before {
            Some(before) => before,
            None => live(&aws, &first).await?.distribution,
        },
        match after {
            Some(after) => after,
            None => live(&aws, &second).await?.distribution,
        },
    ])
}

/// The name of the distribution whose live config a side is; that of a file is not asked for.
fn live_name(
    side: &Side,
    other: &Side,
    other_config: Option<&Distribution>,
    other_word: &str,
) -> Result<String, Problem> {
    match (side, other) {
        (Side::File(_), _) => Ok(String::new()),
        (Side::Live(name), _) | (Side::LiveOfOther, Side::Live(name)) => Ok(name.clone()),
        (Side::LiveOfOther, _) => {
            let id = other_config.and_then(|config| config.id.as_ref());
            id.map(ToString::to_string).ok_or_else(|| {
                Problem::new(format!(
                    "`{other_word}` does not say which distribution it is for"
                ))
                .help("give an ID in the place of `live`")
            })
        }
    }
}

fn print(comparison: &Comparison<'_>, form: Output, printing: &Printing) -> Result<(), Problem> {
    for (form, path) in printing.files() {
        write_file(path, &render(comparison, form)?)?;
    }
    deliver(&render(comparison, form)?, printing)?;
    if !printing.quiet && printing.out.is_some() {
        let count = comparison.changes.len();
        eprintln!("{count} {}", if count == 1 { "change" } else { "changes" });
    }
    Ok(())
}
