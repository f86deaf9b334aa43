//! What long work tells on standard error while it lasts: a moving line on a terminal, a plain one
//! now and then in a log, and nothing where it is quick.

use std::future::Future;
use std::io::IsTerminal as _;
use std::time::{Duration, Instant};

use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};

/// Quicker work says nothing.
const QUICK: Duration = Duration::from_secs(2);
/// How often a terminal is drawn anew, and a log gets a line.
const REDRAWN: Duration = Duration::from_millis(200);
const LOGGED: Duration = Duration::from_secs(10);

/// Waits for work, and tells what `state` says of it.
pub async fn with_progress<T>(work: impl Future<Output = T>, state: impl Fn() -> String) -> T {
    tokio::pin!(work);
    let began = Instant::now();
    let is_terminal = std::io::stderr().is_terminal();
    let (mut bar, mut pause) = (None, QUICK);
    loop {
        tokio::select! {
            done = &mut work => {
                // A line that moves leaves nothing behind.
                if let Some(bar) = bar.as_ref() {
                    ProgressBar::finish_and_clear(bar);
                }
                return done;
            }
            () = tokio::time::sleep(pause) => {}
        }
        let line = format!("{}, {} s", state(), began.elapsed().as_secs());
        if is_terminal {
            let bar = bar.get_or_insert_with(spinner);
            bar.set_message(line);
            bar.tick();
            pause = REDRAWN;
        } else {
            eprintln!("{line}");
            pause = LOGGED;
        }
    }
}

fn spinner() -> ProgressBar {
    let bar = ProgressBar::with_draw_target(None, ProgressDrawTarget::stderr());
    let style = ProgressStyle::with_template("{spinner} {msg}");
    bar.with_style(style.unwrap_or_else(|_| ProgressStyle::default_spinner()))
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::cell::Cell;

    #[tokio::test(start_paused = true)]
    async fn quick_work_says_nothing_and_long_work_speaks_now_and_then() {
        let told = Cell::new(0);
        let state = || {
            told.set(told.get() + 1);
            "looking".to_owned()
        };
        let quick = tokio::time::sleep(Duration::from_millis(1_900));
        with_progress(quick, state).await;
        assert_eq!(told.get(), 0);
        let long = async {
            tokio::time::sleep(Duration::from_secs(25)).await;
            7
        };
        assert_eq!(with_progress(long, state).await, 7);
        assert!(told.get() >= 3, "{}", told.get());
    }
}
