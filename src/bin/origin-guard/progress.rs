//! What long work reports on standard error while it lasts: a bar on a terminal, a line now and then in
//! a log, and nothing where it is quick.

use std::future::Future;
use std::io::IsTerminal as _;
use std::time::{Duration, Instant};

use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};
use origin_guard::guard::Progress;

/// Quicker work says nothing.
const QUICK: Duration = Duration::from_secs(2);
/// How often a terminal is drawn anew, and a log gets a line.
const REDRAWN: Duration = Duration::from_millis(200);
const LOGGED: Duration = Duration::from_secs(10);

/// Waits for work, and reports how far it is.
pub(crate) async fn with_progress<T>(work: impl Future<Output = T>, progress: &Progress) -> T {
    // A bar in a log file is a line for each redraw.
    if std::io::stderr().is_terminal() {
        let bar = ProgressBar::with_draw_target(None, ProgressDrawTarget::stderr());
        let done = watched(work, REDRAWN, |_| draw(&bar, progress)).await;
        // A line that moves leaves nothing behind.
        bar.finish_and_clear();
        done
    } else {
        watched(work, LOGGED, |since| eprintln!("{}", line(progress, since))).await
    }
}

/// Waits for work; once it is not quick any more, reports again and again.
async fn watched<T>(
    work: impl Future<Output = T>,
    pause: Duration,
    report: impl Fn(Duration),
) -> T {
    tokio::pin!(work);
    let began = Instant::now();
    let mut next = QUICK;
    loop {
        tokio::select! {
            done = &mut work => return done,
            () = tokio::time::sleep(next) => report(began.elapsed()),
        }
        next = pause;
    }
}

fn draw(bar: &ProgressBar, progress: &Progress) {
    let template = match progress.answers() {
        Some((answered, asked)) => {
            bar.set_length(asked as u64);
            bar.set_position(answered as u64);
            "{bar:30} {pos} of {len} answers, {elapsed}"
        }
        None => "{spinner} reading what is live, {elapsed}",
    };
    if let Ok(style) = ProgressStyle::with_template(template) {
        bar.set_style(style);
    }
    bar.tick();
}

fn line(progress: &Progress, since: Duration) -> String {
    let seconds = since.as_secs();
    match progress.answers() {
        Some((answered, asked)) => {
            format!("asking about the origins: {answered} of {asked} answers, {seconds} s")
        }
        None => format!("reading what is live, {seconds} s"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::cell::Cell;

    #[tokio::test(start_paused = true)]
    async fn quick_work_says_nothing_and_long_work_speaks_now_and_then() {
        let reported = Cell::new(0);
        let report = |_| reported.set(reported.get() + 1);
        let quick = tokio::time::sleep(Duration::from_millis(1_900));
        watched(quick, LOGGED, report).await;
        assert_eq!(reported.get(), 0);
        let long = async {
            tokio::time::sleep(Duration::from_secs(25)).await;
            7
        };
        assert_eq!(watched(long, LOGGED, report).await, 7);
        assert_eq!(reported.get(), 3);
    }

    #[test]
    fn before_anything_is_asked_there_is_no_count() {
        let text = line(&Progress::default(), Duration::from_secs(3));
        assert_eq!(text, "reading what is live, 3 s");
    }
}
