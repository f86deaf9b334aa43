use std::time::Duration;

use aws_double::runtime_api::{Function, Outcome};
use serde_json::json;

const BINARY: &str = env!("CARGO_BIN_EXE_echo-function");
const LONG: Duration = Duration::from_secs(20);

#[tokio::test]
async fn a_function_answers_again_and_again() {
    let mut function = Function::start(BINARY, [("GIVEN", "yes")]).await;
    assert!(function.time_to_first_next().is_some());
    for number in 0..3 {
        let invocation = function
            .invoke_with_request_id(&json!({"echo": number}), LONG, "request-1")
            .await;
        let Outcome::Response(answer) = &invocation.outcome else {
            panic!("{invocation:?}")
        };
        assert_eq!(
            (&answer["echo"], &answer["id"], &answer["region"]),
            (&json!(number), &json!("request-1"), &json!("us-east-1"))
        );
        assert_eq!(
            (&answer["given"], &answer["home"]),
            (&json!("yes"), &json!(null))
        );
        let deadline: u128 = answer["deadline"]
            .as_str()
            .and_then(|text| text.parse().ok())
            .expect("a deadline");
        let now = std::time::SystemTime::now()
            .duration_since(std::time::UNIX_EPOCH)
            .expect("after 1970")
            .as_millis();
        assert!(deadline > now && deadline <= now + LONG.as_millis());
    }
    assert!(
        function
            .peak_rss_kb()
            .is_some_and(|kilobytes| kilobytes > 100)
    );
    assert!(function.cpu_time().is_some());
    assert_eq!(function.logs(), "START request-1\n".repeat(3));
}

#[tokio::test]
async fn errors_ends_and_silence_are_told_apart() {
    let mut function = Function::start(BINARY, [("GIVEN", "")]).await;
    let failed = function.invoke(&json!({"fail": "Broken"}), LONG).await;
    assert_eq!(
        failed.outcome,
        Outcome::Error(json!({"errorType": "Broken", "errorMessage": "as asked"}))
    );
    let silent = function
        .invoke(&json!({"hang": true}), Duration::from_millis(50))
        .await;
    assert_eq!(silent.outcome, Outcome::TimedOut);
    assert!(silent.duration >= Duration::from_millis(50));
    let ended = function.invoke(&json!({"exit": 3}), LONG).await;
    assert!(
        matches!(ended.outcome, Outcome::Exited(status) if status.code() == Some(3)),
        "{ended:?}"
    );
    let again = function.invoke(&json!({"echo": 1}), LONG).await;
    assert!(matches!(again.outcome, Outcome::Response(_)), "{again:?}");
}

#[tokio::test]
async fn a_function_that_cannot_start_says_so() {
    let mut function = Function::start(BINARY, [("FAIL_TO_START", "1")]).await;
    assert_eq!(function.time_to_first_next(), None);
    let invocation = function.invoke(&json!({}), LONG).await;
    assert_eq!(
        invocation.outcome,
        Outcome::Error(json!({"errorType": "Start", "errorMessage": "no"}))
    );
}
