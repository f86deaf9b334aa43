//! What the guard keeps in its report bucket.

mod markers;

pub use markers::{Keys, Marker, Stored, Told};
