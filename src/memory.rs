//! What the guard keeps in its report bucket. One file writes and reads one kind of object.

pub(crate) mod changes;
pub(crate) mod index;
pub(crate) mod keys;
pub(crate) mod last_good;
pub(crate) mod markers;
pub(crate) mod reports;
pub(crate) mod runs;
pub(crate) mod sweep_progress;
pub(crate) mod sweep_state;
