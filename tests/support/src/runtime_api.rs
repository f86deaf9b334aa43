//! A local Lambda: one function process at the Runtime API, one invocation at a time.
//!
//! <https://docs.aws.amazon.com/lambda/latest/dg/runtimes-api.html>

mod api;
mod process;

use std::ffi::OsString;
use std::path::{Path, PathBuf};
use std::process::ExitStatus;
use std::sync::Arc;
use std::time::{Duration, Instant};

use serde_json::Value;
use tokio::net::TcpListener;
use tokio::process::Child;
use tokio::task::JoinHandle;
use uuid::Uuid;

use self::api::{Api, Event};
use self::process::Log;

/// The longest that Lambda lets a function start up: <https://docs.aws.amazon.com/lambda/latest/dg/lambda-runtime-environment.html>
const INIT_LIMIT: Duration = Duration::from_secs(10);

/// How an invocation ended.
#[derive(Debug, Clone, PartialEq)]
pub enum Outcome {
    /// The function answered.
    Response(Value),
    /// The function, or its start-up, reported an error: `errorType`, `errorMessage`.
    Error(Value),
    /// The time was up; the process was killed, as Lambda does.
    TimedOut,
    /// The process ended without an answer.
    Exited(ExitStatus),
}

/// One invocation.
#[derive(Debug, Clone, PartialEq)]
pub struct Invocation {
    /// How it ended.
    pub outcome: Outcome,
    /// From the moment the function took the event to its end.
    pub duration: Duration,
}

/// A function: the process of a `bootstrap` binary, killed on drop. A process that died is started again by the next invocation.
pub struct Function {
    path: PathBuf,
    env: Vec<(OsString, OsString)>,
    address_space: Option<u64>,
    api: Arc<Api>,
    address: String,
    server: JoinHandle<()>,
    log: Log,
    child: Option<Child>,
    started: Instant,
}

impl Function {
    /// Starts the binary with this environment (and `PATH`, and what Lambda sets), and waits until it asks for its first event,
    /// ends, or has used up its time to start.
    ///
    /// # Panics
    /// When the binary cannot be started.
    pub async fn start<K: Into<OsString>, V: Into<OsString>>(
        path: impl AsRef<Path>,
        env: impl IntoIterator<Item = (K, V)>,
    ) -> Self {
        Self::try_start(path, env)
            .await
            .expect("the function's binary can be started")
    }

    /// Like [`Function::start`].
    ///
    /// # Errors
    /// When the binary cannot be started or no port is free.
    pub async fn try_start<K: Into<OsString>, V: Into<OsString>>(
        path: impl AsRef<Path>,
        env: impl IntoIterator<Item = (K, V)>,
    ) -> std::io::Result<Self> {
        Self::try_start_within(path, env, None).await
    }

    /// Like [`Function::try_start`], with so many bytes of address space (`RLIMIT_AS`, setrlimit(2)).
    ///
    /// # Errors
    /// Like [`Function::try_start`].
    pub async fn try_start_within<K: Into<OsString>, V: Into<OsString>>(
        path: impl AsRef<Path>,
        env: impl IntoIterator<Item = (K, V)>,
        address_space: Option<u64>,
    ) -> std::io::Result<Self> {
        let listener = TcpListener::bind(("127.0.0.1", 0)).await?;
        let address = listener.local_addr()?.to_string();
        let api = Arc::new(Api::default());
        let mut function = Self {
            path: path.as_ref().to_owned(),
            env: env
                .into_iter()
                .map(|(name, value)| (name.into(), value.into()))
                .collect(),
            address_space,
            server: tokio::spawn(api::serve(listener, Arc::clone(&api))),
            api,
            address,
            log: Log::create()?,
            child: None,
            started: Instant::now(),
        };
        function.spawn().await?;
        Ok(function)
    }

    async fn spawn(&mut self) -> std::io::Result<()> {
        self.api.reset();
        self.started = Instant::now();
        let mut child = process::spawn(
            &self.path,
            &self.address,
            &self.env,
            &self.log,
            self.address_space,
        )?;
        tokio::select! {
            () = self.api.first_next() => {}
            _ = child.wait() => {}
            () = tokio::time::sleep(INIT_LIMIT) => {}
        }
        self.child = Some(child);
        Ok(())
    }

    /// Hands an event to the function and waits for its answer. The deadline that the function receives is this far away.
    pub async fn invoke(&mut self, event: &Value, timeout_of_function: Duration) -> Invocation {
        self.invoke_with_request_id(event, timeout_of_function, &Uuid::new_v4().to_string())
            .await
    }

    /// Like [`Function::invoke`] with a given request ID: Lambda retries an asynchronous invocation under the same one.
    ///
    /// # Panics
    /// When a process that died cannot be started again.
    pub async fn invoke_with_request_id(
        &mut self,
        event: &Value,
        timeout_of_function: Duration,
        request_id: &str,
    ) -> Invocation {
        if self
            .child
            .as_mut()
            .is_none_or(|child| child.try_wait().ok().flatten().is_some())
            && !self.api.failed_to_start()
        {
            self.spawn()
                .await
                .expect("a binary that was started once can be started again");
        }
        let begin = Instant::now();
        let event = Event {
            request_id: request_id.to_owned(),
            body: event.to_string(),
            timeout: timeout_of_function,
        };
        let (taken, answered) = self.api.offer(event);
        let Some(child) = self.child.as_mut() else {
            return Invocation {
                outcome: Outcome::TimedOut,
                duration: begin.elapsed(),
            };
        };
        let limit = async {
            let took = tokio::time::timeout(INIT_LIMIT, taken).await;
            if matches!(took, Ok(Ok(()))) {
                tokio::time::sleep(timeout_of_function).await;
            }
        };
        let outcome = tokio::select! {
            biased;
            Ok(outcome) = answered => outcome,
            status = child.wait() => status.map_or(Outcome::TimedOut, Outcome::Exited),
            () = limit => Outcome::TimedOut,
        };
        if outcome == Outcome::TimedOut {
            child.kill().await.ok();
            self.child = None;
        }
        let duration = self
            .api
            .withdraw()
            .map_or_else(|| begin.elapsed(), |taken| taken.elapsed());
        Invocation { outcome, duration }
    }

    /// The time from the start of the process to its first request for an event; none if it never made one.
    #[must_use]
    pub fn time_to_first_next(&self) -> Option<Duration> {
        Some(
            self.api
                .first_next_at()?
                .saturating_duration_since(self.started),
        )
    }

    /// What the function wrote to its standard output and error so far, of all its processes.
    #[must_use]
    pub fn logs(&self) -> String {
        self.log.read()
    }

    /// The most memory that the process ever had resident, while it lives.
    #[must_use]
    pub fn peak_rss_kb(&self) -> Option<u64> {
        process::peak_rss_kb(self.child.as_ref()?.id()?)
    }

    /// The processor time of the process, while it lives.
    #[must_use]
    pub fn cpu_time(&self) -> Option<Duration> {
        process::cpu_time(self.child.as_ref()?.id()?)
    }
}

impl Drop for Function {
    fn drop(&mut self) {
        // The child is killed by its own drop.
        self.server.abort();
    }
}
