//! What holds for the source and the lock file, and no compiler checks.

use std::path::{Path, PathBuf};

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

fn sources(folder: &Path) -> Vec<PathBuf> {
    let entries = std::fs::read_dir(folder).unwrap();
    let paths = entries.map(|entry| entry.unwrap().path());
    let sources = paths.flat_map(|path| {
        if path.is_dir() {
            sources(&path)
        } else {
            vec![path]
        }
    });
    sources.collect()
}

#[test]
fn only_aws_names_crates_of_the_sdk() {
    const SDK: [&str; 6] = [
        "aws_sdk_",
        "aws_config::",
        "aws_smithy_",
        "aws_sigv4::",
        "aws_types::",
        "aws_credential_types::",
    ];
    let src = root().join("src");
    let (aws, others): (Vec<_>, Vec<_>) = sources(&src).into_iter().partition(|path| {
        let room = path.strip_prefix(&src).unwrap();
        room.starts_with("aws") || room == Path::new("aws.rs")
    });
    let named = |path: &PathBuf| {
        let source = std::fs::read_to_string(path).unwrap();
        SDK.into_iter().find(|name| source.contains(name))
    };
    assert!(
        aws.iter().any(|path| named(path).is_some()),
        "the names are outdated"
    );
    let found: Vec<_> = others
        .iter()
        .filter_map(|path| Some((path, named(path)?)))
        .collect();
    assert!(found.is_empty(), "{found:?}");
}

/// The packages of `Cargo.lock`, each with its lines.
fn packages(lock: &str) -> impl Iterator<Item = (&str, &str)> {
    lock.split("[[package]]\n").skip(1).map(|package| {
        let name = package.lines().next().unwrap_or_default();
        let name = name
            .strip_prefix("name = \"")
            .and_then(|name| name.strip_suffix('"'));
        (name.unwrap(), package)
    })
}

/// `vendor/crc-fast` stands in for the registry's crate in the SDK's checksums. It would be ignored, with
/// a warning only, as soon as the SDK took a version that it does not have.
#[test]
fn the_sdk_takes_crc_fast_from_this_repository() {
    let lock = std::fs::read_to_string(root().join("Cargo.lock")).unwrap();
    let found: Vec<_> = packages(&lock)
        .filter(|(name, _)| *name == "crc-fast")
        .collect();
    let [(_, package)] = found[..] else {
        panic!("there is another crc-fast: {found:?}");
    };
    assert!(!package.contains("\nsource = "), "{package}");
    let takes_it = |(name, package): (&str, &str)| {
        name.starts_with("aws-smithy-") && package.contains("\n \"crc-fast\"")
    };
    assert!(
        packages(&lock).any(takes_it),
        "the SDK has no use for crc-fast: remove vendor/crc-fast and its patch"
    );
    assert!(!lock.contains("[[patch.unused]]"), "a patch is not in use");
}
