//! The index of who uses what, which `uses` and events beside distributions read.

use super::Sweep;
use crate::guard::bounds::within;
use crate::guard::clock::now;
use crate::guard::uses::live_index;
use crate::memory::index::{self, Taken};
use crate::ports::Services;
use crate::timestamp::Timestamp;
use crate::uses::Index;

/// Writes the index of a sweep that has reached every distribution; one that has not leaves the index that is
/// there, which says itself how old it is. Of a sweep that several invocations have made, the list is read
/// once more: a part of it says nothing of what the rest uses.
///
/// # Errors
/// Why it is not written.
pub(super) async fn write<S: Services>(
    sweep: &Sweep<'_, S>,
    began: Timestamp,
    read: Option<Index>,
    is_whole: bool,
) -> Result<(), String> {
    if !is_whole || sweep.services.bucket().is_none() {
        return Ok(());
    }
    let writing = async {
        let (index, at) = if let Some(index) = read {
            (index, began)
        } else {
            let at = now();
            let index = live_index(sweep.session.account()).await;
            (index.map_err(|error| error.to_string())?, at)
        };
        let taken = Taken {
            at,
            account: Some(sweep.account),
        };
        let written = index::write(sweep.services, index, taken).await;
        written.map_err(|error| error.to_string())
    };
    // Some time stays for the overview and the message.
    let until = sweep.invocation.share((1, 3));
    let written = within(until, writing).await;
    written.unwrap_or_else(|interrupted| Err(interrupted.to_string()))
}
