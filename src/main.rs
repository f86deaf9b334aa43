//! The Lambda function: start-up only. The story is in [`origin_guard::guard`].

use lambda_runtime::{Diagnostic, Error, LambdaEvent, service_fn};
use origin_guard::aws::{Aws, Trust};
use origin_guard::error::GuardError;
use origin_guard::guard::{Failure, Guard, Invocation};
use origin_guard::log;
use origin_guard::network::{Edge, Network};
use origin_guard::settings::{self, NetworkUse, Settings};
use serde_json::Value;
use tracing_subscriber::util::SubscriberInitExt as _;

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Error> {
    log::subscriber(settings::log_level(), std::io::stdout).init();
    let (trust, problem) = trust();
    let settings = Settings::from_environment().and_then(|settings| match problem {
        None => Ok(settings),
        Some(problem) => Err(problem),
    });
    let report_bucket = settings
        .as_ref()
        .ok()
        .and_then(|settings| settings.report_bucket.clone());
    let aws = Aws::of_function(&trust, report_bucket);
    let network = settings.as_ref().ok().and_then(|settings| settings.network);
    let aws = match network {
        None | Some(NetworkUse::Off) => aws,
        Some(NetworkUse::On) => aws.with_network(Network::system()),
        Some(NetworkUse::PublicDns) => aws.with_network(Network::on_public_dns()),
    };
    let aws = match &settings {
        Ok(Settings {
            edge: Some(true),
            edge_endpoint,
            ..
        }) => aws.with_edge(Edge::reached_at(*edge_endpoint)),
        _ => aws,
    };
    let guard = Guard::new(aws, settings);
    lambda_runtime::run(service_fn(async |event: LambdaEvent<Value>| {
        let LambdaEvent { payload, context } = event;
        let invocation = Invocation::new(
            context.request_id,
            &context.invoked_function_arn,
            context.deadline,
        );
        Box::pin(guard.handle(payload, &invocation))
            .await
            .map_err(|failure| diagnostic(&failure))
    }))
    .await
}

/// What Lambda keeps of a failed invocation.
fn diagnostic(failure: &Failure) -> Diagnostic {
    tracing::error!(error = %failure, "invocation failed");
    Diagnostic {
        error_type: match failure {
            Failure::Request(_) => "UnknownEvent",
            Failure::Guard(_) => "NotJudged",
            Failure::Delivery(_) => "NotDelivered",
        }
        .to_owned(),
        error_message: failure.to_string(),
    }
}

/// `AWS_CA_BUNDLE` if it is set, the platform's roots if calls go elsewhere than to AWS, else the
/// built-in roots of AWS; these also where the bundle cannot be used, to report it.
fn trust() -> (Trust, Option<GuardError>) {
    let built_in = || Trust::for_region(settings::region().as_deref());
    if let Some(path) = settings::ca_bundle() {
        return match Trust::of_bundle(&path) {
            Ok(trust) => (trust, None),
            Err(problem) => (built_in(), Some(problem)),
        };
    }
    if settings::has_own_endpoints() {
        return (Trust::Platform, None);
    }
    (built_in(), None)
}
