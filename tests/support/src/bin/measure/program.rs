//! A program that is started as Lambda does.

use std::fs::{self, Permissions};
use std::io;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::time::Duration;

use aws_double::runtime_api::Function;
use uuid::Uuid;

/// A function to measure.
pub struct Program {
    pub name: &'static str,
    path: PathBuf,
    /// Goes with the program.
    _script: Option<Scratch>,
}

/// A file that is removed with this.
pub struct Scratch(pub PathBuf);

impl Scratch {
    pub fn new(content: &str) -> io::Result<Self> {
        let path = std::env::temp_dir().join(format!("measure-{}", Uuid::new_v4()));
        fs::write(&path, content)?;
        Ok(Self(path))
    }
}

impl Drop for Scratch {
    fn drop(&mut self) {
        fs::remove_file(&self.0).ok();
    }
}

impl Program {
    pub fn binary(name: &'static str, path: &Path) -> io::Result<Self> {
        let found = |error| io::Error::other(format!("{}: {error}", path.display()));
        Ok(Self {
            name,
            path: path.canonicalize().map_err(found)?,
            _script: None,
        })
    }

    /// A command with arguments. A shell replaces itself with it, which takes about a millisecond.
    pub fn command(name: &'static str, command: &str) -> io::Result<Self> {
        let script = Scratch::new(&format!("#!/bin/sh\nexec {command}\n"))?;
        fs::set_permissions(&script.0, Permissions::from_mode(0o700))?;
        Ok(Self {
            name,
            path: script.0.clone(),
            _script: Some(script),
        })
    }

    pub async fn start(&self, env: &[(&str, &str)]) -> io::Result<Function> {
        let function = Function::try_start(&self.path, env.iter().copied()).await?;
        if function.time_to_first_next().is_none() {
            let (name, logs) = (self.name, function.logs());
            return Err(io::Error::other(format!("{name} did not start: {logs}")));
        }
        Ok(function)
    }

    /// From its start to its first request for an event.
    pub async fn start_up(&self) -> io::Result<Duration> {
        let env = [
            ("ORIGIN_GUARD_REPORT_BUCKET", "reports"),
            ("ORIGIN_GUARD_TOPIC_ARN", super::scene::TOPIC),
        ];
        let function = self.start(&env).await?;
        let none = || io::Error::other("it did not start");
        function.time_to_first_next().ok_or_else(none)
    }
}
