//! `diff`: what changes between two configs.

use std::fmt::Write as _;
use std::path::Path;
use std::process::ExitCode;

use origin_guard::change::{Difference, Reason, Sameness, difference};
use origin_guard::guard::live;
use origin_guard::plain::plain;
use origin_guard::report::{self, v1};
use origin_guard::settings::Settings;

use crate::account::sign_in;
use crate::arguments::DiffArguments;
use crate::input::{is_distribution, read_one, read_options};
use crate::output::print_and_pass;

#[tokio::main(flavor = "current_thread")]
pub(crate) async fn run(arguments: &DiffArguments) -> Result<ExitCode, String> {
    let words = [arguments.before.as_str(), arguments.after.as_str()];
    let is_file = |word: &&str| *word != "live" && !is_distribution(word);
    if !words.iter().any(is_file) {
        arguments.reading.without_files()?;
    }
    let reading = read_options(&arguments.reading, None).map_err(|error| error.to_string())?;
    let mut sides = [None, None];
    for (side, word) in sides.iter_mut().zip(words) {
        if is_file(&word) {
            let file = read_one(Path::new(word), &reading);
            *side = Some(file.map_err(|error| error.to_string())?.distribution);
        }
    }
    let mut names = words.map(str::to_owned);
    for (at, word) in words.into_iter().enumerate() {
        if word == "live" {
            let other = &sides[1 - at];
            let own = other.as_ref().and_then(|it| it.id.clone());
            let given = is_distribution(words[1 - at]).then(|| words[1 - at].to_owned());
            names[at] = own.or(given).ok_or_else(|| {
                format!(
                    "`{}` does not say which distribution it is for; give an ID instead of `live`",
                    words[1 - at]
                )
            })?;
        }
    }
    if sides.iter().any(Option::is_none) {
        let settings = Settings::from_environment().map_err(|error| error.to_string())?;
        let (aws, _) = sign_in(&settings).await?;
        for (side, name) in sides.iter_mut().zip(&names) {
            if side.is_none() {
                let found = live(&aws, name).await;
                *side = Some(found.map_err(|error| error.to_string())?.distribution);
            }
        }
    }
    let [Some(before), Some(after)] = &sides else {
        return Err("give two configs".to_owned());
    };
    let difference = difference(before, after);
    let text = if arguments.json {
        let mut changes = report::changes(&difference.changes);
        changes.extend(difference.outside.iter().map(|member| outside(member)));
        serde_json::to_string_pretty(&changes).map_err(|error| error.to_string())? + "\n"
    } else {
        in_words(&difference)
    };
    print_and_pass(&text)
}

fn in_words(difference: &Difference) -> String {
    let mut text = match difference.sameness() {
        Sameness::Same => "no difference in any member of CloudFront's model\n".to_owned(),
        Sameness::Undecided => "no difference in what can be compared\n".to_owned(),
        Sameness::Different => {
            report::changes_text(&report::changes(&difference.changes), usize::MAX)
        }
    };
    text.push_str(&report::outside_line(&difference.outside));
    for open in &difference.open {
        let why = match open.reason {
            Reason::Hidden => "a value is hidden",
            Reason::NotDecidedYet => "known only after the deployment",
        };
        let _ = writeln!(text, "  not compared: {} ({why})", plain(&open.what()));
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
