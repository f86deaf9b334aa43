//! `render`, and how reports are printed: to standard output or a file, and in other forms to files.

use std::collections::BTreeMap;
use std::io::IsTerminal;
use std::path::Path;
use std::process::ExitCode;

use origin_guard::report::v1::Verdict;
use origin_guard::report::{self, Document, Look, Output, Tally};
use origin_guard::settings::{force_color, no_color};

use crate::arguments::{Color, Printing, RenderArguments};
use crate::input::content;
use crate::problem::Problem;

pub(crate) fn run_render(arguments: &RenderArguments) -> Result<ExitCode, Problem> {
    let name = arguments.file.display();
    let document =
        Document::read(&content(&arguments.file)?).map_err(|error| format!("{name}: {error}"))?;
    print(&document, &Sources::new(), &[], &arguments.printing)?;
    Ok(ExitCode::SUCCESS)
}

/// The texts of the documents, by their names.
pub(crate) type Sources = BTreeMap<String, String>;

impl Printing {
    /// The form that is printed.
    ///
    /// # Errors
    /// If several are.
    pub(crate) fn form(&self) -> Result<Output, Problem> {
        let bare = self.outputs.iter().filter(|(_, path)| path.is_none());
        let bare = bare.map(|(form, _)| *form);
        let mut forms = self.output_format.into_iter().chain(bare);
        match (forms.next(), forms.next()) {
            (form, None) => Ok(form.unwrap_or(Output::Text)),
            _ => Err(Problem::new("one form is printed, and several are named")
                .help("write the others to files, such as --output sarif=out.sarif")),
        }
    }

    /// The forms that are written to files of their own.
    pub(crate) fn files(&self) -> impl Iterator<Item = (Output, &Path)> {
        let files = self.outputs.iter();
        files.filter_map(|(form, path)| Some((*form, path.as_deref()?)))
    }
}

/// Prints reports in the form that was asked for, text with the sources' lines where they are at hand,
/// and writes them to the files that were asked for. The facts behind each report, where there are any,
/// stand in text before its last line, which is the verdict, and beside any other form on standard
/// error, where a summary and counts go too.
pub(crate) fn print(
    document: &Document,
    sources: &Sources,
    facts: &[String],
    printing: &Printing,
) -> Result<(), Problem> {
    let form = printing.form()?;
    let text = match form {
        Output::Text => printed_text(document, sources, facts, printing),
        _ => report::render(document, form)?,
    };
    // Files before standard output: a reader that stops, such as `head`, must not keep them from
    // being written.
    for (form, path) in printing.files() {
        write_file(path, &report::render(document, form)?)?;
    }
    if form != Output::Text {
        // Standard output holds the form alone, so that it can be parsed.
        eprint!("{}", facts.join("\n"));
    }
    deliver(&text, printing)?;
    if !printing.quiet {
        if form != Output::Text || printing.out.is_some() {
            eprintln!("{}: {}", document.verdict(), document.summary());
        }
        eprintln!("{}", Tally::of(document));
    }
    Ok(())
}

fn printed_text(
    document: &Document,
    sources: &Sources,
    facts: &[String],
    printing: &Printing,
) -> String {
    let look = look(printing);
    let reports = document.reports().iter().enumerate();
    let shown = reports.filter(|(_, report)| {
        let says_nothing = report.verdict == Verdict::Pass && report.findings.is_empty();
        !(printing.quiet && says_nothing)
    });
    let texts: Vec<String> = shown
        .map(|(at, report)| {
            let source = sources.get(&report.candidate.document);
            let text = if look.color || source.is_some() {
                report::terminal(report, source.map(String::as_str), look)
            } else {
                report::text(report)
            };
            match facts.get(at) {
                Some(facts) => before_last_paragraph(&text, facts),
                None => text,
            }
        })
        .collect();
    let text = texts.join("\n");
    match look.width {
        Some(columns) => report::wrapped(&text, columns),
        None => text,
    }
}

/// A text whose lines have labels of so many columns, in those of standard output where that is a
/// terminal.
pub(crate) fn fitted(text: &str, labels: usize) -> String {
    match columns(&std::io::stdout()) {
        Some(columns) => report::wrapped_below(text, columns, labels),
        None => text.to_owned(),
    }
}

/// Prints what is wrong on standard error.
pub(crate) fn print_problem(problem: &Problem) {
    let text = problem.to_string();
    match columns(&std::io::stderr()) {
        Some(columns) => eprintln!("{}", report::wrapped(&text, columns)),
        None => eprintln!("{text}"),
    }
}

/// The columns of a terminal; none of a file or pipe.
fn columns(stream: &impl IsTerminal) -> Option<usize> {
    let size = terminal_size::terminal_size().filter(|_| stream.is_terminal());
    size.map(|(width, _)| usize::from(width.0))
}

fn look(printing: &Printing) -> Look {
    let width = match printing.out {
        None => columns(&std::io::stdout()),
        Some(_) => None,
    };
    let is_terminal = printing.out.is_none() && std::io::stdout().is_terminal();
    Look {
        color: match printing.color {
            Color::Always => true,
            Color::Never => false,
            // NO_COLOR (https://no-color.org) wins over what asks for color.
            Color::Auto => !no_color() && (is_terminal || force_color()),
        },
        width,
    }
}

fn before_last_paragraph(text: &str, facts: &str) -> String {
    let (report, last) = text.rsplit_once("\n\n").unwrap_or((text, ""));
    format!("{report}\n\n{facts}\n{last}")
}

/// Prints a text, or writes it to the file that was asked for.
pub(crate) fn deliver(text: &str, printing: &Printing) -> Result<(), Problem> {
    match &printing.out {
        None => write_out(text),
        Some(path) => write_file(path, text),
    }
}

pub(crate) fn write_file(path: &Path, text: &str) -> Result<(), Problem> {
    std::fs::write(path, text)
        .map_err(|error| Problem::new(format!("{} cannot be written: {error}", path.display())))
}

/// A reader that stopped reading, such as `head`, is no error.
pub(crate) fn write_out(text: &str) -> Result<(), Problem> {
    use std::io::{ErrorKind, Write as _};
    match std::io::stdout().write_all(text.as_bytes()) {
        Err(error) if error.kind() != ErrorKind::BrokenPipe => Err(error.to_string().into()),
        _ => Ok(()),
    }
}

pub(crate) fn print_and_pass(text: &str) -> Result<ExitCode, Problem> {
    write_out(text)?;
    Ok(ExitCode::SUCCESS)
}
