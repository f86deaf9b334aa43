//! The function's process: its environment, its output, what it used.

use std::ffi::OsString;
use std::fs::File;
use std::os::unix::fs::FileExt;
use std::path::Path;
use std::process::Stdio;
use std::time::Duration;

use tokio::process::{Child, Command};
use uuid::Uuid;

/// What the kernel counts processor time in: `USER_HZ`, proc(5).
const TICKS_PER_SECOND: u64 = 100;

/// Standard output and error in one file that has no name: complete as soon as the process has written, and no work for the test.
pub(super) struct Log(File);

impl Log {
    pub fn create() -> std::io::Result<Self> {
        let path = std::env::temp_dir().join(format!("aws-double-{}.log", Uuid::new_v4()));
        let file = File::options()
            .create_new(true)
            .append(true)
            .read(true)
            .open(&path)?;
        std::fs::remove_file(&path)?;
        Ok(Self(file))
    }

    pub fn read(&self) -> String {
        let mut content = Vec::new();
        let mut chunk = vec![0; 16 * 1024];
        while let Ok(length @ 1..) = self.0.read_at(&mut chunk, content.len() as u64) {
            content.extend_from_slice(&chunk[..length]);
        }
        String::from_utf8_lossy(&content).into_owned()
    }
}

/// Starts the binary as Lambda does: <https://docs.aws.amazon.com/lambda/latest/dg/configuration-envvars.html>
pub(super) fn spawn(
    path: &Path,
    api: &str,
    env: &[(OsString, OsString)],
    log: &Log,
    address_space: Option<u64>,
) -> std::io::Result<Child> {
    let mut command = match address_space {
        None => Command::new(path),
        // The shell replaces itself by the binary, under its own process ID.
        Some(bytes) => {
            let mut command = Command::new("/bin/sh");
            let kilobytes = (bytes / 1024).to_string();
            command
                .args(["-c", r#"ulimit -v "$0" && exec "$1""#, &kilobytes])
                .arg(path);
            command
        }
    };
    command
        .env_clear()
        .envs(std::env::var_os("PATH").map(|path| ("PATH", path)))
        .envs([
            ("AWS_LAMBDA_RUNTIME_API", api),
            ("AWS_LAMBDA_FUNCTION_NAME", "origin-guard"),
            ("AWS_LAMBDA_FUNCTION_VERSION", "$LATEST"),
            ("AWS_LAMBDA_FUNCTION_MEMORY_SIZE", "256"),
            ("AWS_LAMBDA_INITIALIZATION_TYPE", "on-demand"),
            ("AWS_LAMBDA_LOG_GROUP_NAME", "/aws/lambda/origin-guard"),
            (
                "AWS_LAMBDA_LOG_STREAM_NAME",
                "2026/01/01/[$LATEST]0123456789abcdef0123456789abcdef",
            ),
            ("AWS_EXECUTION_ENV", "AWS_Lambda_provided.al2023"),
            ("AWS_REGION", "us-east-1"),
            ("AWS_DEFAULT_REGION", "us-east-1"),
            ("AWS_ACCESS_KEY_ID", "ASIAFUNCTIONROLE0000"),
            ("AWS_SECRET_ACCESS_KEY", "function-role-secret"),
            ("AWS_SESSION_TOKEN", "function-role-token"),
            ("LAMBDA_TASK_ROOT", "/var/task"),
            ("_HANDLER", "bootstrap"),
            ("LANG", "en_US.UTF-8"),
            ("TZ", ":UTC"),
        ])
        .envs(env.iter().map(|(name, value)| (name, value)))
        .stdin(Stdio::null())
        .stdout(log.0.try_clone()?)
        .stderr(log.0.try_clone()?)
        .kill_on_drop(true);
    command.spawn()
}

/// `VmHWM` of proc(5).
pub(super) fn peak_rss_kb(pid: u32) -> Option<u64> {
    let status = std::fs::read_to_string(format!("/proc/{pid}/status")).ok()?;
    let line = status
        .lines()
        .find_map(|line| line.strip_prefix("VmHWM:"))?;
    line.trim().strip_suffix("kB")?.trim().parse().ok()
}

/// User and system time: the finer sum over the threads that live, or the tick count where that is more.
pub(super) fn cpu_time(pid: u32) -> Option<Duration> {
    let stat = std::fs::read_to_string(format!("/proc/{pid}/stat")).ok()?;
    // The second field is the name in parentheses and may have spaces.
    let mut fields = stat.rsplit_once(')')?.1.split_whitespace().skip(11);
    let (user, system): (u64, u64) = (fields.next()?.parse().ok()?, fields.next()?.parse().ok()?);
    let ticks = Duration::from_millis((user + system) * 1000 / TICKS_PER_SECOND);
    Some(ticks.max(thread_time(pid).unwrap_or_default()))
}

fn thread_time(pid: u32) -> Option<Duration> {
    let mut nanoseconds = 0_u64;
    for task in std::fs::read_dir(format!("/proc/{pid}/task")).ok()? {
        let schedule = std::fs::read_to_string(task.ok()?.path().join("schedstat")).ok()?;
        nanoseconds += schedule.split_whitespace().next()?.parse::<u64>().ok()?;
    }
    Some(Duration::from_nanos(nanoseconds))
}
