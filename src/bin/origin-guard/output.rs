//! `render`, and how everything is printed: to standard output, or a file.

use std::collections::BTreeMap;
use std::io::IsTerminal as _;
use std::path::Path;
use std::process::ExitCode;

use origin_guard::report::{self, Document, Look, Output};
use origin_guard::settings::no_color;

use crate::arguments::{Color, Printing, RenderArguments};
use crate::input::content;

pub(crate) fn run_render(arguments: &RenderArguments) -> Result<ExitCode, String> {
    let name = arguments.file.display();
    let document = content(&arguments.file)
        .map_err(|error| error.to_string())
        .and_then(|content| Document::read(&content).map_err(|error| error.to_string()))
        .map_err(|error| format!("{name}: {error}"))?;
    print(&document, &Sources::new(), &arguments.printing)?;
    Ok(ExitCode::SUCCESS)
}

/// The texts of the documents, by their names.
pub(crate) type Sources = BTreeMap<String, String>;

/// Prints in the form that was asked for; text with the sources' lines, where they are at hand.
pub(crate) fn print(
    document: &Document,
    sources: &Sources,
    printing: &Printing,
) -> Result<(), String> {
    print_with_facts(document, sources, &[], printing)
}

/// The same with the facts behind each report, where there are any: in text before its last line,
/// which is the verdict; beside any other form on standard error.
pub(crate) fn print_with_facts(
    document: &Document,
    sources: &Sources,
    facts: &[String],
    printing: &Printing,
) -> Result<(), String> {
    let is_terminal = printing.out.is_none() && std::io::stdout().is_terminal();
    let look = Look {
        color: match printing.color {
            Color::Always => true,
            Color::Never => false,
            Color::Auto => is_terminal && !no_color(),
        },
        width: terminal_size::terminal_size()
            .filter(|_| is_terminal)
            .map(|(width, _)| usize::from(width.0)),
    };
    let is_plain = !look.color && sources.is_empty() && facts.is_empty();
    if printing.output != Output::Text {
        eprint!("{}", facts.join("\n"));
    }
    let text = if printing.output != Output::Text || is_plain {
        report::render(document, printing.output)?
    } else {
        let reports = document.reports().iter();
        let texts: Vec<String> = reports
            .enumerate()
            .map(|(at, report)| {
                let source = sources.get(&report.candidate.document);
                let text = report::terminal(report, source.map(String::as_str), look);
                match facts.get(at) {
                    Some(facts) => before_last_paragraph(&text, facts),
                    None => text,
                }
            })
            .collect();
        texts.join("\n")
    };
    deliver(&text, printing.out.as_deref())
}

fn before_last_paragraph(text: &str, facts: &str) -> String {
    let (report, last) = text.rsplit_once("\n\n").unwrap_or((text, ""));
    format!("{report}\n\n{facts}\n{last}")
}

fn deliver(text: &str, out: Option<&Path>) -> Result<(), String> {
    match out {
        None => write_out(text),
        Some(path) => {
            std::fs::write(path, text).map_err(|error| format!("{}: {error}", path.display()))
        }
    }
}

/// A reader that stopped reading, such as `head`, is no error.
pub(crate) fn write_out(text: &str) -> Result<(), String> {
    use std::io::{ErrorKind, Write as _};
    match std::io::stdout().write_all(text.as_bytes()) {
        Err(error) if error.kind() != ErrorKind::BrokenPipe => Err(error.to_string()),
        _ => Ok(()),
    }
}

pub(crate) fn print_and_pass(text: &str) -> Result<ExitCode, String> {
    write_out(text)?;
    Ok(ExitCode::SUCCESS)
}
