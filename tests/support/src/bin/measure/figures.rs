//! Numbers, and how they are written.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::io;
use std::path::Path;
use std::process::Command;
use std::time::Duration;

/// What one invocation used.
pub struct Sample {
    /// From the event to the answer.
    pub duration: Duration,
    /// Processor time, user and system.
    pub cpu: Duration,
    /// The most memory that was resident until then.
    pub peak_kb: u64,
}

/// Something of which there can be more or less.
pub struct Amount(pub f64);

impl From<Duration> for Amount {
    fn from(duration: Duration) -> Self {
        Self(duration.as_secs_f64())
    }
}

impl From<u64> for Amount {
    #[expect(clippy::cast_precision_loss, reason = "kilobytes of memory")]
    fn from(number: u64) -> Self {
        Self(number as f64)
    }
}

/// The middle one; of an even number the higher of the middle two.
pub fn median<T: Ord + Copy>(mut values: Vec<T>) -> T {
    values.sort_unstable();
    values[values.len() / 2]
}

pub fn ratio(time: Duration, of: Duration) -> f64 {
    time.as_secs_f64() / of.as_secs_f64()
}

pub fn ms(time: Duration) -> String {
    let ms = time.as_secs_f64() * 1000.0;
    format!("{ms:.*} ms", usize::from(ms < 100.0))
}

pub fn megabytes(kb: u64) -> String {
    format!("{:.1} MB", Amount::from(kb).0 * 1024.0 / 1e6)
}

pub fn calls(calls: &BTreeMap<String, usize>) -> String {
    let mut text = String::new();
    for (name, count) in calls {
        let separator = if text.is_empty() { "" } else { ", " };
        write!(text, "{separator}{count} {name}").ok();
    }
    text
}

/// Megabytes of a binary and of a ZIP of it. What `gzip` makes is the same deflate stream.
pub fn sizes(binary: &Path) -> io::Result<(f64, f64)> {
    /// Header and trailer of gzip, without a name: RFC 1952.
    const GZIP: usize = 18;
    /// Local header, directory entry and end of a ZIP with one file of this name.
    const ZIP: usize = 30 + 46 + 22 + 2 * "bootstrap".len();
    let gzip = Command::new("gzip").arg("-9nc").arg(binary).output()?;
    if !gzip.status.success() {
        return Err(io::Error::other("gzip failed"));
    }
    let megabytes = |bytes: u64| Amount::from(bytes).0 / 1e6;
    let zipped = gzip.stdout.len() - GZIP + ZIP;
    Ok((
        megabytes(std::fs::metadata(binary)?.len()),
        megabytes(zipped as u64),
    ))
}
