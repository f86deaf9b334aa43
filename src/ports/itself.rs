//! The guard's own function, which continues what one invocation has no time for.

use serde_json::Value;

use crate::ports::DeliveryError;

/// A Lambda function that can invoke itself.
pub trait Itself: Sync {
    /// Hands an event to a function by its name, and waits for no more than that Lambda has taken it.
    fn invoke(
        &self,
        function: &str,
        event: &Value,
    ) -> impl Future<Output = Result<(), DeliveryError>> + Send;
}
