use aws_smithy_runtime_api::box_error::BoxError;
use aws_smithy_runtime_api::client::interceptors::Intercept;
use aws_smithy_runtime_api::client::interceptors::context::{
    BeforeTransmitInterceptorContextRef, FinalizerInterceptorContextRef,
};
use aws_smithy_runtime_api::client::orchestrator::Metadata;
use aws_smithy_runtime_api::client::runtime_components::RuntimeComponents;
use aws_smithy_types::config_bag::{ConfigBag, Storable, StoreReplace};

use crate::cost::{Counter, InFlight};

/// Counts each attempt of a call for the session in whose work it is made.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Calls;

#[aws_smithy_runtime_api::client::interceptors::dyn_dispatch_hint]
impl Intercept for Calls {
    fn name(&self) -> &'static str {
        "OriginGuardCalls"
    }

    // Per attempt, not per operation: a retry is a request too, and throttling depends on requests.
    fn read_before_attempt(
        &self,
        _context: &BeforeTransmitInterceptorContextRef<'_>,
        _components: &RuntimeComponents,
        config: &mut ConfigBag,
    ) -> Result<(), BoxError> {
        if let Some(counter) = Counter::of_task() {
            let call = config
                .load::<Metadata>()
                .map_or_else(String::new, |metadata| {
                    format!("{}:{}", metadata.service().to_lowercase(), metadata.name())
                });
            // Kept in the operation's own state, so that a call that is cancelled by a deadline
            // ends its count as well; `read_after_attempt` does not run for it.
            let attempt = Attempt(counter.begin(call));
            config.interceptor_state().store_put(attempt);
        }
        Ok(())
    }

    fn read_after_attempt(
        &self,
        _context: &FinalizerInterceptorContextRef<'_>,
        _components: &RuntimeComponents,
        config: &mut ConfigBag,
    ) -> Result<(), BoxError> {
        config.interceptor_state().unset::<Attempt>();
        Ok(())
    }
}

/// An attempt in flight, also where nothing waits for its end: a call that is dropped drops its
/// state, and runs no more interceptors.
#[derive(Debug)]
struct Attempt(#[expect(dead_code, reason = "held until it is dropped")] InFlight);

impl Storable for Attempt {
    type Storer = StoreReplace<Self>;
}
