//! The result, as Markdown.

use std::fmt;

/// What was measured beside what it should be.
#[derive(Default)]
pub struct Table(Vec<[String; 4]>);

impl Table {
    pub fn row(
        &mut self,
        what: impl Into<String>,
        target: impl Into<String>,
        measured: String,
        met: bool,
    ) {
        let met = if met { "yes" } else { "**no**" };
        self.0
            .push([what.into(), target.into(), measured, met.to_owned()]);
    }

    /// Something without a budget.
    pub fn information(&mut self, what: impl Into<String>, measured: String) {
        self.0
            .push([what.into(), String::new(), measured, String::new()]);
    }
}

impl fmt::Display for Table {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "| what | at least | measured | met |\n|---|---|---|---|")?;
        for [what, target, measured, met] in &self.0 {
            writeln!(f, "| {what} | {target} | {measured} | {met} |")?;
        }
        Ok(())
    }
}
