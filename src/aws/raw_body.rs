use std::sync::{Arc, Mutex, PoisonError};

use aws_smithy_runtime_api::box_error::BoxError;
use aws_smithy_runtime_api::client::interceptors::Intercept;
use aws_smithy_runtime_api::client::interceptors::context::{
    BeforeDeserializationInterceptorContextRef, Output, OutputOrError,
};
use aws_smithy_runtime_api::client::orchestrator::HttpResponse;
use aws_smithy_runtime_api::client::runtime_components::RuntimeComponents;
use aws_smithy_runtime_api::client::ser_de::{DeserializeResponse, SharedResponseDeserializer};
use aws_smithy_runtime_api::http::Headers;
use aws_smithy_types::config_bag::ConfigBag;

/// Takes the body of a good answer in the place of the SDK's deserializer; refusals are left to that.
///
/// The SDK's types have no serialization, and drop fields that are newer than they are.
#[derive(Debug, Clone)]
pub(super) struct RawBody {
    bytes: Arc<Mutex<Vec<u8>>>,
    output: fn(&Headers) -> Output,
}

impl RawBody {
    /// With what the SDK is given as the operation's output.
    pub(super) fn instead_of(output: fn(&Headers) -> Output) -> Self {
        Self {
            bytes: Arc::default(),
            output,
        }
    }

    /// The body, once the call has succeeded.
    pub(super) fn take(&self) -> Vec<u8> {
        std::mem::take(&mut *self.bytes.lock().unwrap_or_else(PoisonError::into_inner))
    }
}

#[aws_smithy_runtime_api::client::interceptors::dyn_dispatch_hint]
impl Intercept for RawBody {
    fn name(&self) -> &'static str {
        "OriginGuardRawBody"
    }

    fn read_after_transmit(
        &self,
        context: &BeforeDeserializationInterceptorContextRef<'_>,
        _components: &RuntimeComponents,
        config: &mut ConfigBag,
    ) -> Result<(), BoxError> {
        // Only a good answer has a body to keep; a refusal needs the SDK's own parser, which knows
        // its code.
        if context.response().status().is_success() {
            let instead = SharedResponseDeserializer::new(self.clone());
            config.interceptor_state().store_put(instead);
        }
        Ok(())
    }
}

impl DeserializeResponse for RawBody {
    fn deserialize_nonstreaming_with_config(
        &self,
        response: &HttpResponse,
        _config: &ConfigBag,
    ) -> OutputOrError {
        // None of the operations is a streaming one, so the SDK has read the whole body by now.
        let bytes = response.body().bytes().unwrap_or_default();
        *self.bytes.lock().unwrap_or_else(PoisonError::into_inner) = bytes.to_vec();
        Ok((self.output)(response.headers()))
    }
}
