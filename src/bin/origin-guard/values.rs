//! Values of options that clap's own parsers would refuse without a way out.

use std::ffi::OsStr;
use std::marker::PhantomData;
use std::path::PathBuf;

use clap::builder::{PossibleValue, TypedValueParser};
use clap::error::{ContextKind, ContextValue, ErrorKind};
use clap::{Arg, Command, Error, ValueEnum};
use origin_guard::report::Output;
use origin_guard::rules;

/// The name of a rule: completions list them all, errors only the nearest.
#[derive(Debug, Clone, Copy)]
pub(crate) struct RuleName;

/// One of the forms that a command writes, or a word on what used to be called a format.
#[derive(Debug, Clone, Copy)]
pub(crate) struct FormOf<T>(PhantomData<T>);

impl<T> FormOf<T> {
    pub(crate) fn new() -> Self {
        Self(PhantomData)
    }
}

/// `FORM=PATH`, or `FORM`.
#[derive(Debug, Clone, Copy)]
pub(crate) struct FormAndPath;

impl TypedValueParser for RuleName {
    type Value = String;

    fn parse_ref(
        &self,
        command: &Command,
        argument: Option<&Arg>,
        value: &OsStr,
    ) -> Result<String, Error> {
        let name = value.to_string_lossy();
        if rules::find(&name).is_some() {
            return Ok(name.into_owned());
        }
        let near = rules::nearest_name(&name)
            .map_or_else(String::new, |near| format!("; did you mean `{near}`?"));
        let problem = format!("there is no rule `{name}`{near}");
        Err(refused(
            command,
            argument,
            &problem,
            "`origin-guard rules` lists the rules",
        ))
    }

    fn possible_values(&self) -> Option<Box<dyn Iterator<Item = PossibleValue> + '_>> {
        Some(Box::new(rules::names().into_iter().map(PossibleValue::new)))
    }
}

impl<T: ValueEnum + Send + Sync + 'static> TypedValueParser for FormOf<T> {
    type Value = T;

    fn parse_ref(
        &self,
        command: &Command,
        argument: Option<&Arg>,
        value: &OsStr,
    ) -> Result<T, Error> {
        form(command, argument, &value.to_string_lossy())
    }

    fn possible_values(&self) -> Option<Box<dyn Iterator<Item = PossibleValue> + '_>> {
        Some(Box::new(
            T::value_variants()
                .iter()
                .filter_map(ValueEnum::to_possible_value),
        ))
    }
}

impl TypedValueParser for FormAndPath {
    type Value = (Output, Option<PathBuf>);

    fn parse_ref(
        &self,
        command: &Command,
        argument: Option<&Arg>,
        value: &OsStr,
    ) -> Result<Self::Value, Error> {
        let text = value.to_string_lossy();
        match text.split_once('=') {
            None => Ok((form(command, argument, &text)?, None)),
            Some((_, "")) => Err(refused(
                command,
                argument,
                &format!("`{text}` names no file"),
                "give FORM=PATH, such as sarif=out.sarif",
            )),
            Some((name, path)) => Ok((form(command, argument, name)?, Some(PathBuf::from(path)))),
        }
    }
}

fn form<T: ValueEnum>(command: &Command, argument: Option<&Arg>, name: &str) -> Result<T, Error> {
    /// What `--format` took before it was `--input-format`.
    const INPUT: [&str; 4] = [
        "auto",
        "distribution-config",
        "cloudformation",
        "terraform-plan",
    ];
    T::from_str(name, true).map_err(|_| {
        // The form of the input may be meant, and another option takes that.
        if INPUT.contains(&name) {
            let problem = format!("`{name}` is a form of input, and the output is meant here");
            return refused(
                command,
                argument,
                &problem,
                &format!("give --input-format {name}"),
            );
        }
        let forms = T::value_variants().iter();
        let forms: Vec<String> = forms
            .filter_map(|form| Some(form.to_possible_value()?.get_name().to_owned()))
            .collect();
        let takes = match forms.as_slice() {
            [one] => format!("the only form is {one}"),
            several => format!("the forms are {}", several.join(", ")),
        };
        refused(
            command,
            argument,
            &format!("there is no form `{name}`"),
            &takes,
        )
    })
}

/// An error of usage that says what to give.
fn refused(command: &Command, argument: Option<&Arg>, problem: &str, help: &str) -> Error {
    let option = argument.map_or_else(String::new, |it| format!("{it}: "));
    let mut error = Error::raw(
        ErrorKind::ValueValidation,
        format!("{option}{problem}\nhelp: {help}\n"),
    );
    error.insert(ContextKind::Usage, ContextValue::None);
    error.with_cmd(command)
}
