//! Events: jobs of CodePipeline, changes that CloudTrail recorded, sweeps, and everything else that may call.
#![no_main]

use libfuzzer_sys::fuzz_target;
use origin_guard_core::candidate::{Candidate, Source, read_node};
use origin_guard_core::document::Node;
use origin_guard_fuzz::request::{Request, UserParameters, api_name, parse};
use origin_guard_fuzz::{judge, mutate_as_json};
use serde_json::Value;

mutate_as_json!();

/// Stands nowhere else, whatever a mutation copies to where.
const SECRET: &str = "\u{1}secret\u{2}";

fuzz_target!(|data: &[u8]| {
    let Ok(mut event) = serde_json::from_slice::<Value>(data) else {
        return;
    };
    if let Some(secret) =
        event.pointer_mut("/CodePipeline.job/data/artifactCredentials/secretAccessKey")
    {
        *secret = SECRET.into();
    }
    match parse(event) {
        Ok(Request::Gate(job) | Request::Verify(job)) => {
            assert!(
                !format!("{job:?}").contains("secret\\u{2}"),
                "a secret is printed"
            );
            let _ = UserParameters::parse(job.user_parameters());
        }
        Ok(Request::Audit(change)) => {
            let Some(config) = change.config else {
                return;
            };
            let node = Node::from_value(&config, api_name);
            if let Ok(distribution) = read_node("event", &node) {
                judge(&Candidate::of_config(distribution, Source::Event, "event"));
            }
        }
        Ok(Request::Sweep(_) | Request::Resource(_)) => {}
        Err(error) => drop(error.to_string()),
    }
});
