//! The smallest Lambda function, for the tests of the local Lambda: it does what the event says.
//!
//! `{"echo": …}` answers, `{"fail": "Type"}` reports an error, `{"exit": 3}` ends the process, `{"hang": true}` never answers;
//! with `FAIL_TO_START` in the environment it reports an error of its start-up.

use std::io::{BufRead, BufReader, Read, Write};
use std::net::TcpStream;

use serde_json::{Value, json};

type Answer = (Vec<(String, String)>, String);

fn call(api: &str, method: &str, path: &str, body: &str) -> std::io::Result<Answer> {
    let mut stream = TcpStream::connect(api)?;
    let length = body.len();
    write!(
        stream,
        "{method} /2018-06-01/runtime/{path} HTTP/1.1\r\nHost: {api}\r\nContent-Length: {length}\r\nConnection: close\r\n\r\n{body}"
    )?;
    let mut reader = BufReader::new(stream);
    let mut headers = Vec::new();
    let mut line = String::new();
    while reader.read_line(&mut line)? > 2 {
        if let Some((name, value)) = line.trim_end().split_once(": ") {
            headers.push((name.to_ascii_lowercase(), value.to_owned()));
        }
        line.clear();
    }
    let mut text = String::new();
    reader.read_to_string(&mut text)?;
    Ok((headers, text))
}

fn main() -> std::io::Result<()> {
    let api = std::env::var("AWS_LAMBDA_RUNTIME_API").map_err(std::io::Error::other)?;
    if std::env::var_os("FAIL_TO_START").is_some() {
        call(
            &api,
            "POST",
            "init/error",
            r#"{"errorType":"Start","errorMessage":"no"}"#,
        )?;
        std::process::exit(1);
    }
    loop {
        let (headers, event) = call(&api, "GET", "invocation/next", "")?;
        let header = |name: &str| {
            headers
                .iter()
                .find(|(key, _)| key == name)
                .map(|(_, value)| value.clone())
                .unwrap_or_default()
        };
        let id = header("lambda-runtime-aws-request-id");
        let event: Value = serde_json::from_str(&event)?;
        println!("START {id}");
        if event.get("hang").is_some() {
            std::thread::park();
        }
        if let Some(code) = event.get("exit").and_then(Value::as_i64) {
            std::process::exit(i32::try_from(code).unwrap_or(1));
        }
        let (path, body) = match event.get("fail") {
            Some(kind) => (
                "error",
                json!({"errorType": kind, "errorMessage": "as asked"}),
            ),
            None => (
                "response",
                json!({
                    "echo": event["echo"], "deadline": header("lambda-runtime-deadline-ms"), "id": id,
                    "region": std::env::var("AWS_REGION").ok(), "given": std::env::var("GIVEN").ok(), "home": std::env::var("HOME").ok(),
                }),
            ),
        };
        call(
            &api,
            "POST",
            &format!("invocation/{id}/{path}"),
            &body.to_string(),
        )?;
    }
}
