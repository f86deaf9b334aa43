//! What an independent simulator says to the questions that differ most from each other, out of those
//! that `make oracle` asks. `simulator` is its answer to every request that a question stands for:
//! `allowed`, `denied`, or `mixed` where it depends on what the question leaves open.

use serde::Deserialize;
use serde_json::Value;

use super::*;

#[derive(Deserialize)]
struct Row {
    reader: Reader,
    action: String,
    resource: String,
    policy: Value,
    simulator: String,
    answer: String,
}

#[derive(Deserialize)]
#[serde(rename_all = "kebab-case")]
enum Reader {
    Distribution { arn: String, account: String },
    Identity { id: String, canonical_user: String },
    Anonymous { tls: bool },
}

const TABLE: &str = include_str!("oracle.json");

/// A text that ends in `*` stands for all that begin with it.
fn text(text: &str) -> Text<'_> {
    text.strip_suffix('*').map_or(Text::Is(text), Text::Below)
}

fn answer(row: &Row) -> &'static str {
    let asker = match &row.reader {
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
    let question = Question {
        asker,
        action: &row.action,
        resource: text(&row.resource),
        resource_account: Some("111122223333"),
        via: Via::Directly,
    };
    let policy = Policy::parse(&row.policy.to_string()).unwrap();
    match policy.grants(&question) {
        Grant::Granted => "granted",
        Grant::NotGranted { .. } => "not granted",
        Grant::Denied(_) => "denied",
        Grant::Undecided(_) => "undecided",
    }
}

/// A grant that the simulator does not see in every request is a false pass, and a denial where it
/// allows some is a false block.
#[test]
fn no_answer_contradicts_the_independent_simulator() {
    let rows: Vec<Row> = serde_json::from_str(TABLE).unwrap();
    assert_eq!(rows.len(), 200);
    for row in &rows {
        let answer = answer(row);
        assert_eq!(answer, row.answer, "{:#}", row.policy);
        // Of what is granted some objects may be denied on purpose, and the others are read.
        let agrees = matches!(
            (answer, row.simulator.as_str()),
            ("undecided", _)
                | ("granted", "allowed" | "mixed")
                | ("not granted" | "denied", "denied")
        );
        assert!(agrees, "{answer}, {}: {:#}", row.simulator, row.policy);
    }
}
