use std::sync::{Arc, Mutex, PoisonError};
use std::time::Instant;

use aws_smithy_runtime_api::box_error::BoxError;
use aws_smithy_runtime_api::client::interceptors::Intercept;
use aws_smithy_runtime_api::client::interceptors::context::{
    BeforeTransmitInterceptorContextRef, FinalizerInterceptorContextRef,
};
use aws_smithy_runtime_api::client::orchestrator::Metadata;
use aws_smithy_runtime_api::client::runtime_components::RuntimeComponents;
use aws_smithy_types::config_bag::{ConfigBag, Storable, StoreReplace};

use crate::report::v1::Cost;

/// Counts requests, and the waves they go out in: a wave begins when a request goes out while
/// none is under way.
#[derive(Debug, Clone, Default)]
pub struct Calls(Arc<Mutex<Count>>);

#[derive(Debug, Default)]
struct Count {
    cost: Cost,
    under_way: u32,
    began: Option<Instant>,
}

impl Calls {
    /// Begins anew.
    pub fn start(&self) {
        let mut count = self.lock();
        *count = Count {
            began: Some(Instant::now()),
            ..Count::default()
        };
    }

    /// What was counted since.
    pub fn cost(&self) -> Cost {
        let count = self.lock();
        let elapsed = count.began.map_or(0, |began| began.elapsed().as_millis());
        Cost {
            milliseconds: u64::try_from(elapsed).unwrap_or(u64::MAX),
            ..count.cost.clone()
        }
    }

    fn lock(&self) -> std::sync::MutexGuard<'_, Count> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[aws_smithy_runtime_api::client::interceptors::dyn_dispatch_hint]
impl Intercept for Calls {
    fn name(&self) -> &'static str {
        "OriginGuardCalls"
    }

    fn read_before_attempt(
        &self,
        _context: &BeforeTransmitInterceptorContextRef<'_>,
        _components: &RuntimeComponents,
        config: &mut ConfigBag,
    ) -> Result<(), BoxError> {
        // Before the lock: what it takes the place of locks too when it goes.
        config.interceptor_state().store_put(UnderWay(self.clone()));
        let mut count = self.lock();
        if count.under_way == 0 {
            count.cost.waves += 1;
        }
        count.under_way += 1;
        if let Some(metadata) = config.load::<Metadata>() {
            let service = metadata.service().to_lowercase();
            let call = format!("{service}:{}", metadata.name());
            *count.cost.aws_calls.entry(call).or_default() += 1;
        }
        Ok(())
    }

    fn read_after_attempt(
        &self,
        _context: &FinalizerInterceptorContextRef<'_>,
        _components: &RuntimeComponents,
        config: &mut ConfigBag,
    ) -> Result<(), BoxError> {
        config.interceptor_state().unset::<UnderWay>();
        Ok(())
    }
}

/// One request under way, also where nobody waits for its end: a call that is dropped drops its
/// state, and runs no more interceptors.
#[derive(Debug)]
struct UnderWay(Calls);

impl Storable for UnderWay {
    type Storer = StoreReplace<Self>;
}

impl Drop for UnderWay {
    fn drop(&mut self) {
        let mut count = self.0.lock();
        count.under_way = count.under_way.saturating_sub(1);
    }
}
