//! The control API of the process below `/_double/`; requests to it are not recorded.

use serde_json::{Value, json};

use crate::dispatch::State;
use crate::http::{Call, Reply};
use crate::job::JobOptions;
use crate::world::World;

/// The answer to a control request; none for every other path.
pub(crate) fn handle(state: &State, call: &Call) -> Option<Reply> {
    let path = call.path.strip_prefix("/_double/")?;
    let segments: Vec<&str> = path.split('/').collect();
    let mut world = state.world();
    let body = || serde_json::from_slice::<Value>(&call.body);
    Some(match (call.method.as_str(), segments.as_slice()) {
        ("POST", ["reset"]) => {
            *world = World::default();
            ok(&json!({}))
        }
        ("POST", ["world"]) => body().map_or_else(
            |error| bad(&error.to_string()),
            |scenario| merge(&mut world, &scenario),
        ),
        ("POST", ["jobs"]) => body().map_or_else(
            |error| bad(&error.to_string()),
            |options| ok(&world.job_with(&job_options(&options))),
        ),
        ("GET", ["jobs", id]) => job(&world, id),
        ("GET", ["requests"]) => requests(&world),
        ("GET", ["published"]) => published(&world),
        ("GET", ["events"]) => ok(&json!(world.events)),
        ("GET", ["violations"]) => ok(&json!(world.violations)),
        _ => Reply::json(
            404,
            "application/json",
            &json!({"error": "no such control"}),
        ),
    })
}

fn ok(value: &Value) -> Reply {
    Reply::json(200, "application/json", value)
}

fn bad(message: &str) -> Reply {
    Reply::json(400, "application/json", &json!({"error": message}))
}

fn merge(world: &mut World, scenario: &Value) -> Reply {
    world
        .merge(scenario)
        .map_or_else(|error| bad(&error.to_string()), |()| ok(&json!({})))
}

fn job_options(options: &Value) -> JobOptions {
    let text = |name: &str| options.get(name).and_then(Value::as_str).map(str::to_owned);
    let artifact = |name: &str| {
        options
            .pointer(&format!("/artifact/{name}"))
            .and_then(Value::as_str)
            .map(str::to_owned)
    };
    JobOptions {
        user_parameters: text("userParameters").or_else(|| {
            options
                .get("userParameters")
                .filter(|value| value.is_object())
                .map(Value::to_string)
        }),
        artifact: artifact("bucket").zip(artifact("key")),
        encryption_key: text("encryptionKey"),
        access_key_id: text("accessKeyId"),
        secret_access_key: text("secretAccessKey"),
        session_token: text("sessionToken"),
        pipeline: text("pipeline"),
    }
}

fn job(world: &World, id: &str) -> Reply {
    match world.jobs.get(id) {
        Some(job) => {
            let mut answer = json!({"state": format!("{:?}", job.state), "result": job.result});
            // What the function gets next, and how many seconds later.
            let next = job.next.as_ref().and_then(|(id, after)| {
                let next = world.jobs.get(id)?;
                Some(json!({"event": next.event, "after": after.as_secs()}))
            });
            if let Some(next) = next {
                answer["next"] = next;
            }
            ok(&answer)
        }
        None => Reply::json(404, "application/json", &json!({"error": "no such job"})),
    }
}

fn requests(world: &World) -> Reply {
    let list: Vec<Value> = world
        .requests
        .iter()
        .map(|request| request.to_json(world.began))
        .collect();
    ok(&json!({"calls": world.calls(), "waves": world.waves(), "requests": list}))
}

fn published(world: &World) -> Reply {
    let list: Vec<Value> = world.published.iter().map(|message| json!({
        "topic": message.topic, "subject": message.subject, "message": message.message, "messageId": message.message_id,
    })).collect();
    ok(&json!(list))
}
