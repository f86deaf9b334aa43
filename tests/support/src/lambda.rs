//! `Invoke` of Lambda, asynchronous: <https://docs.aws.amazon.com/lambda/latest/api/API_Invoke.html>

use serde_json::Value;

use crate::action::Action;
use crate::http::{Outcome, Refusal, Reply};

/// What Lambda takes of an asynchronous event: 1 MB.
const MOST: usize = 1_000_000;

pub(crate) fn run(action: &mut Action<'_>) -> Outcome {
    if action.route.operation != "InvokeFunction" {
        return Err(action.unknown());
    }
    let function = action.subject().to_owned();
    if action.call.header("x-amz-invocation-type") != Some("Event") {
        return Err(action.unknown());
    }
    if action.call.body.len() > MOST {
        let code = "RequestTooLargeException";
        return Err(action.broken(413, code, "the event is larger than 1 MB"));
    }
    let event: Value = match serde_json::from_slice(&action.call.body) {
        Ok(event) => event,
        Err(error) => {
            let code = "InvalidRequestContentException";
            return Err(action.broken(400, code, format!("not JSON: {error}")));
        }
    };
    if !action.world.functions.contains(&function) {
        let message = format!("Function not found: {function}");
        return Err(Refusal::new(404, "ResourceNotFoundException", message));
    }
    action.world.invoked.push((function, event));
    Ok(Reply::empty(202))
}
