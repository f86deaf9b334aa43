//! What the fuzz targets share: the readers of the package around core, judging whatever was read, and
//! changing JSON as JSON.

mod judge;
mod live;
mod mutate;
mod written;
// The module `request` as it is, and not the package that it is of, with which the SDK would be built. Of
// that package it uses nothing but core's modules, which have the same names here.
#[path = "../../src"]
mod function {
    pub mod request;
}

use origin_guard_core::{
    candidate, change, distribution, document, nearest, sweep, timestamp, uses, verdict,
};

pub use function::request;
pub use judge::judge;
pub use live::live;
pub use mutate::mutate_json;
pub use written::assert_read_again;

/// Lets LibFuzzer change this target's inputs with [`mutate_json`].
#[macro_export]
macro_rules! mutate_as_json {
    () => {
        ::libfuzzer_sys::fuzz_mutator!(|data: &mut [u8],
                                        size: usize,
                                        max_size: usize,
                                        seed: u32| {
            ::origin_guard_fuzz::mutate_json(data, size, max_size, seed)
        });
    };
}
