//! Input artifacts: no file is larger than the limit, and none is a directory.
#![no_main]

use libfuzzer_sys::fuzz_target;
use origin_guard_core::candidate::{Artifact, ArtifactLimits};

const LIMITS: ArtifactLimits = ArtifactLimits {
    artifact_bytes: 1 << 20,
    file_bytes: 100_000,
    entries: 100,
};

fuzz_target!(|data: &[u8]| {
    let Ok(mut artifact) = Artifact::open(data.to_vec(), LIMITS) else {
        return;
    };
    for pattern in ["**/*.json", "distribution.json", "cdk.out", "*"] {
        let _ = artifact.read_each(pattern, |file| {
            assert!(
                file.content.len() as u64 <= LIMITS.file_bytes,
                "a file above the limit"
            );
            Ok(())
        });
        if let Ok(file) = artifact.read(pattern) {
            assert!(!file.name.ends_with('/'), "a directory is no file");
        }
    }
});
