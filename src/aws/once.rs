use aws_smithy_runtime_api::client::interceptors::context::InterceptorContext;
use aws_smithy_runtime_api::client::retries::classifiers::{
    ClassifyRetry, RetryAction, RetryClassifierPriority,
};

/// Sends what cannot be taken back no second time where it may have arrived: a call whose answer is
/// lost, cut, late or none of the service's. What AWS answers with an error, it has not done, so that is
/// retried as the SDK does.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Once;

impl ClassifyRetry for Once {
    fn classify_retry(&self, context: &InterceptorContext) -> RetryAction {
        let failed = context.output_or_error().and_then(Result::err);
        match failed {
            Some(error) if error.as_operation_error().is_none() => RetryAction::RetryForbidden,
            _ => RetryAction::NoActionIndicated,
        }
    }

    fn name(&self) -> &'static str {
        "OriginGuardOnce"
    }

    /// Before all others: what it forbids, none of them allows.
    fn priority(&self) -> RetryClassifierPriority {
        RetryClassifierPriority::run_before(RetryClassifierPriority::http_status_code_classifier())
    }
}
