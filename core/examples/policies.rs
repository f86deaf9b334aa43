//! What policies say, for `tests/oracle`: reads questions as JSON lines and writes an answer for each.

use std::io::{self, BufRead as _, Write as _};

use origin_guard_core::policy::{Asker, Grant, Policy, Question, Text, Via};
use serde::Deserialize;
use serde_json::{Value, json};

#[derive(Deserialize)]
struct Line {
    policy: Value,
    reader: Reader,
    action: String,
    resource: String,
    /// The account of the resource.
    account: String,
}

/// Who asks: CloudFront for a distribution, an origin access identity, or an unsigned request.
#[derive(Deserialize)]
#[serde(rename_all = "kebab-case")]
enum Reader {
    Distribution { arn: String, account: String },
    Identity { id: String, canonical_user: String },
    Anonymous { tls: bool },
}

/// A text that ends in `*` stands for all that begin with it.
fn text(text: &str) -> Text<'_> {
    text.strip_suffix('*').map_or(Text::Is(text), Text::Below)
}

fn answer(line: &Line) -> Value {
    let policy = match Policy::parse(&line.policy.to_string()) {
        Ok(policy) => policy,
        Err(error) => return json!({"answer": "error", "reason": error.to_string()}),
    };
    let asker = match &line.reader {
        Reader::Distribution { arn, account } => Asker::CloudFront {
            source_arn: Some(text(arn)),
            source_account: Some(account),
        },
        Reader::Identity { id, canonical_user } => Asker::Identity {
            id,
            canonical_user: Some(canonical_user),
        },
        Reader::Anonymous { tls } => Asker::Anonymous { tls: *tls },
    };
    let grant = policy.grants(&Question {
        asker,
        action: &line.action,
        resource: text(&line.resource),
        resource_account: Some(&line.account),
        via: Via::Directly,
    });
    let (answer, reason) = match grant {
        Grant::Granted => ("granted", None),
        Grant::NotGranted { nearest } => ("not granted", nearest),
        Grant::Denied(reason) => ("denied", Some(reason)),
        Grant::Undecided(reason) => ("undecided", Some(reason)),
    };
    json!({"answer": answer, "reason": reason.map(|reason| reason.to_string())})
}

fn main() -> io::Result<()> {
    let mut out = io::BufWriter::new(io::stdout().lock());
    for line in io::stdin().lock().lines() {
        let line: Line = serde_json::from_str(&line?)?;
        writeln!(out, "{}", answer(&line))?;
    }
    out.flush()
}
