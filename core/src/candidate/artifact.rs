//! One file out of an input artifact: a ZIP that someone else made.

use std::borrow::Cow;
use std::cell::Cell;
use std::io::{self, Cursor, Read, Seek, SeekFrom};
use std::rc::Rc;

use zip::ZipArchive;
use zip::result::ZipError;

use crate::error::GuardError;

/// The most files that a pattern may fit.
pub const MOST_FILES: usize = 500;

/// What those files may have together, in files of the largest size: each is read, parsed and let go,
/// but that takes time in which nothing else is done.
const FILES_TOGETHER: u64 = 4;

/// What the list of an artifact's entries may have, which is in memory before they can be counted:
/// names and places of a hundred thousand files.
const DIRECTORY_BYTES: usize = 16 << 20;

/// Bounds on what an artifact may cost.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ArtifactLimits {
    /// Largest artifact, in bytes as it lies in S3.
    pub artifact_bytes: u64,
    /// Largest file read out of it, in bytes unpacked.
    pub file_bytes: u64,
    /// Most entries.
    pub entries: usize,
}

/// Why a file does not come out of an artifact.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ArtifactError {
    /// Not a ZIP at all.
    #[error("the input artifact is not a ZIP archive ({0})")]
    NotAZip(String),
    /// No ZIP, or one whose list of entries has no end.
    #[error(
        "the input artifact is not a ZIP archive, or the list of its entries has more than \
         {DIRECTORY_BYTES} bytes"
    )]
    DirectoryTooLarge,
    /// More entries than allowed.
    #[error("the input artifact has {entries} entries, more than the {limit} that the guard reads")]
    TooManyEntries {
        /// How many there are.
        entries: usize,
        /// How many are allowed.
        limit: usize,
    },
    /// Entries of one name: readers disagree on which one counts.
    #[error(
        "the input artifact has several files of one name, so it is not clear which one is deployed"
    )]
    DuplicateNames,
    /// No entry of this name or pattern.
    #[error("the input artifact has no file `{path}`{}", nearest_text(nearest))]
    Missing {
        /// What was asked for.
        path: String,
        /// Names that come near.
        nearest: Vec<String>,
    },
    /// A pattern that fits several.
    #[error("`{path}` fits {count} files of the input artifact, such as {}", found.join(", "))]
    Several {
        /// The pattern.
        path: String,
        /// How many.
        count: usize,
        /// The first of them.
        found: Vec<String>,
    },
    /// Not a pattern.
    #[error("`{path}` is not a file name or pattern: {problem}")]
    Pattern {
        /// What was asked for.
        path: String,
        /// What is wrong with it.
        problem: String,
    },
    /// Larger than allowed, packed or unpacked.
    #[error("`{path}` has more than the {limit} bytes that the guard reads")]
    TooLarge {
        /// The file.
        path: String,
        /// The limit in bytes.
        limit: u64,
    },
    /// Damaged, encrypted, or packed in a way that is not supported.
    #[error("`{path}` cannot be unpacked: {problem}")]
    Unreadable {
        /// The file.
        path: String,
        /// What is wrong with it.
        problem: String,
    },
}

impl From<ArtifactError> for GuardError {
    fn from(error: ArtifactError) -> Self {
        match error {
            ArtifactError::Missing { .. } => Self::missing(
                error.to_string(),
                "Correct `candidate` in the action's UserParameters, or add the file to the artifact",
            ),
            ArtifactError::TooLarge { .. } => Self::configuration(
                error.to_string(),
                "Give the action a smaller artifact with just the candidate, or raise \
                     ORIGIN_GUARD_MAX_CANDIDATE_MB",
            ),
            ArtifactError::DuplicateNames => Self::configuration(
                error.to_string(),
                "Correct the action that makes the artifact, so that each file is in the ZIP archive once",
            ),
            ArtifactError::DirectoryTooLarge | ArtifactError::TooManyEntries { .. } => {
                Self::configuration(
                    error.to_string(),
                    "Give the action a ZIP archive with just the candidate",
                )
            }
            _ => Self::configuration(
                error.to_string(),
                "Check the action that makes the artifact, and `candidate` in the UserParameters",
            ),
        }
    }
}

fn several(path: &str, mut found: Vec<String>) -> ArtifactError {
    let count = found.len();
    found.truncate(5);
    ArtifactError::Several {
        path: path.to_owned(),
        count,
        found,
    }
}

fn nearest_text(nearest: &[String]) -> String {
    if nearest.is_empty() {
        String::new()
    } else {
        format!("; it has {}", nearest.join(", "))
    }
}

/// A file of an artifact.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ArtifactFile {
    /// Its name in the archive.
    pub name: String,
    /// Its content.
    pub content: Vec<u8>,
}

/// An opened artifact.
pub struct Artifact {
    archive: ZipArchive<Bounded>,
    limits: ArtifactLimits,
}

/// Bytes of which only so many may be read.
struct Bounded {
    bytes: Cursor<Vec<u8>>,
    left: Rc<Cell<usize>>,
}

impl Read for Bounded {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let count = self.bytes.read(buffer)?;
        // The archive's directory is read whole before its entries can be counted, so the bound is
        // on the bytes that the reader hands out.
        let left = self.left.get().checked_sub(count);
        self.left.set(left.unwrap_or_default());
        match left {
            Some(_) => Ok(count),
            None => Err(io::ErrorKind::FileTooLarge.into()),
        }
    }
}

impl Seek for Bounded {
    fn seek(&mut self, to: SeekFrom) -> io::Result<u64> {
        self.bytes.seek(to)
    }
}

impl Artifact {
    /// Opens a ZIP. Nothing is unpacked yet, and nothing is ever written to disk, so names such
    /// as `../x` are only names.
    ///
    /// # Errors
    /// If it is not a ZIP, has too many entries, or several of one name.
    pub fn open(bytes: Vec<u8>, limits: ArtifactLimits) -> Result<Self, ArtifactError> {
        let left = Rc::new(Cell::new(DIRECTORY_BYTES));
        let bounded = Bounded {
            bytes: Cursor::new(bytes),
            left: Rc::clone(&left),
        };
        let archive = ZipArchive::new(bounded).map_err(|error| match left.get() {
            0 => ArtifactError::DirectoryTooLarge,
            _ => ArtifactError::NotAZip(error.to_string()),
        })?;
        // What is unpacked from here on has a limit of its own.
        left.set(usize::MAX);
        let entries = archive.len();
        if entries > limits.entries {
            return Err(ArtifactError::TooManyEntries {
                entries,
                limit: limits.entries,
            });
        }
        // Readers of ZIP take the first or the last of two entries of one name: what is judged must
        // be what is deployed.
        if archive.has_duplicate_names() {
            return Err(ArtifactError::DuplicateNames);
        }
        Ok(Self { archive, limits })
    }

    /// Unpacks the one file that a path or glob names.
    ///
    /// # Errors
    /// If none or several fit, or the file is too large or damaged.
    pub fn read(&mut self, path: &str) -> Result<ArtifactFile, ArtifactError> {
        let name = self.find(path)?;
        let limit = self.limits.file_bytes;
        let unreadable = |problem: String| ArtifactError::Unreadable {
            path: name.clone(),
            problem,
        };
        let file = self
            .archive
            .by_name(&name)
            .map_err(|error| unreadable(describe(&error)))?;
        let mut content = Vec::new();
        // One byte more than allowed is enough to know, and a compressed file cannot unpack to more
        // in memory, whatever size its header states.
        file.take(limit + 1)
            .read_to_end(&mut content)
            .map_err(|error| unreadable(error.to_string()))?;
        if content.len() as u64 > limit {
            return Err(ArtifactError::TooLarge { path: name, limit });
        }
        Ok(ArtifactFile { name, content })
    }

    /// Hands over every file that a pattern fits, one after the other, in the order of their names.
    ///
    /// # Errors
    /// As [`Artifact::read`], if it fits more than [`MOST_FILES`] or they are too large together, and
    /// what `take` says.
    pub fn read_each(
        &mut self,
        path: &str,
        mut take: impl FnMut(&ArtifactFile) -> Result<(), GuardError>,
    ) -> Result<(), GuardError> {
        let found = self.find_all(path)?;
        if found.len() > MOST_FILES {
            return Err(several(path, found).into());
        }
        let limit = FILES_TOGETHER.saturating_mul(self.limits.file_bytes);
        let mut together = 0;
        for name in &found {
            let file = self.read(name)?;
            together += file.content.len() as u64;
            if together > limit {
                let path = path.to_owned();
                return Err(ArtifactError::TooLarge { path, limit }.into());
            }
            take(&file)?;
        }
        Ok(())
    }

    fn find(&self, path: &str) -> Result<String, ArtifactError> {
        let mut found = self.find_all(path)?;
        match found.len() {
            1 => Ok(found.remove(0)),
            _ => Err(several(path, found)),
        }
    }

    /// The names that a path or pattern fits, at least one; those of a cloud assembly
    /// (<https://docs.aws.amazon.com/cdk/v2/guide/deploy-synthesize.html>) are of its templates.
    fn find_all(&self, path: &str) -> Result<Vec<String>, ArtifactError> {
        // A path that is copied from a shell may begin so; names in an archive do not.
        let wanted = path.strip_prefix("./").unwrap_or(path);
        // An exact name first: a file may have `[` or `*` in its name, which a pattern would read
        // otherwise.
        if self.archive.index_for_name(wanted).is_some() && !wanted.ends_with('/') {
            return Ok(vec![wanted.to_owned()]);
        }
        let folder = wanted.trim_end_matches('/');
        let is_assembly = self
            .archive
            .index_for_name(&format!("{folder}/manifest.json"))
            .is_some();
        let wanted = if is_assembly {
            format!("{}/**/*.template.json", glob::Pattern::escape(folder))
        } else {
            wanted.to_owned()
        };
        let pattern = glob::Pattern::new(&wanted).map_err(|error| ArtifactError::Pattern {
            path: path.to_owned(),
            problem: error.msg.to_owned(),
        })?;
        let mut found: Vec<String> = self.names().filter(|name| pattern.matches(name)).collect();
        // The order of entries in a ZIP is that of the tool that made it; reports must not depend
        // on it.
        found.sort_unstable();
        if found.is_empty() {
            return Err(self.missing(path));
        }
        Ok(found)
    }

    /// The names of the files that can be read: not of directories, and not in unknown encodings.
    fn names(&self) -> impl Iterator<Item = String> {
        self.archive
            .file_names()
            .filter_map(Result::ok)
            .filter(|name| !name.ends_with('/'))
            .map(Cow::into_owned)
    }

    fn missing(&self, path: &str) -> ArtifactError {
        const SHOWN: usize = 3;
        let base = path.rsplit('/').next().unwrap_or(path);
        let mut nearest: Vec<String> = self
            .names()
            // The right file in another folder is the usual mistake.
            .filter(|name| name.rsplit('/').next() == Some(base))
            .take(SHOWN)
            .collect();
        if nearest.is_empty() {
            // Comparing with each of 250,000 names would take longer than the message is worth.
            let names: Vec<String> = self.names().take(1000).collect();
            let names = names.iter().map(String::as_str);
            let near = crate::nearest::nearest_few(path, names, SHOWN);
            nearest = near.into_iter().map(str::to_owned).collect();
        }
        ArtifactError::Missing {
            path: path.to_owned(),
            nearest: nearest.iter().map(|name| format!("`{name}`")).collect(),
        }
    }
}

fn describe(error: &ZipError) -> String {
    match error {
        ZipError::UnsupportedArchive(why) => (*why).to_owned(),
        other => other.to_string(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::io::Write;
    use zip::write::{SimpleFileOptions, ZipWriter};

    const LIMITS: ArtifactLimits = ArtifactLimits {
        artifact_bytes: 1 << 20,
        file_bytes: 1000,
        entries: 20,
    };

    fn zip(files: &[(&str, &[u8])]) -> Vec<u8> {
        let mut writer = ZipWriter::new(Cursor::new(Vec::new()));
        for (name, content) in files {
            writer
                .start_file(*name, SimpleFileOptions::default())
                .unwrap();
            writer.write_all(content).unwrap();
        }
        writer.finish().unwrap().into_inner()
    }

    fn read(files: &[(&str, &[u8])], path: &str) -> Result<ArtifactFile, ArtifactError> {
        Artifact::open(zip(files), LIMITS)?.read(path)
    }

    #[test]
    fn files_of_one_name_are_refused_whatever_is_asked_for() {
        let mut bytes = zip(&[("a.json", b"1"), ("b.json", b"2"), ("c.json", b"3")]);
        let places: Vec<usize> = (0..bytes.len() - 6)
            .filter(|at| bytes[*at..].starts_with(b"b.json"))
            .collect();
        for at in places {
            bytes[at..at + 6].copy_from_slice(b"a.json");
        }
        let error = Artifact::open(bytes, LIMITS).err();
        assert_eq!(error, Some(ArtifactError::DuplicateNames));
    }

    #[test]
    fn reads_a_file_by_path_and_by_glob() {
        let files: &[(&str, &[u8])] = &[("cdn/distribution.json", b"{}"), ("README.md", b"x")];
        for path in [
            "cdn/distribution.json",
            "./cdn/distribution.json",
            "cdn/*.json",
            "**/distribution.json",
        ] {
            assert_eq!(
                read(files, path).unwrap().name,
                "cdn/distribution.json",
                "{path}"
            );
        }
    }

    #[test]
    fn says_what_there_is_instead() {
        let files: &[(&str, &[u8])] = &[("cdn/distribution.json", b"{}")];
        let error = read(files, "distribution.json").unwrap_err().to_string();
        assert!(error.contains("it has `cdn/distribution.json`"), "{error}");
    }

    #[test]
    fn refuses_a_pattern_that_fits_several() {
        let files: &[(&str, &[u8])] = &[("a.json", b"{}"), ("b.json", b"{}")];
        assert!(matches!(
            read(files, "*.json"),
            Err(ArtifactError::Several { .. })
        ));
        assert!(matches!(
            read(files, "a***"),
            Err(ArtifactError::Pattern { .. })
        ));
    }

    #[test]
    fn stops_a_bomb_at_the_limit() {
        let bomb = vec![0u8; 5_000_000];
        let error = read(&[("bomb.json", &bomb)], "bomb.json").unwrap_err();
        assert_eq!(
            error,
            ArtifactError::TooLarge {
                path: "bomb.json".into(),
                limit: 1000
            }
        );
    }

    #[test]
    fn stops_many_files_that_are_too_large_together() {
        let file = [b' '; 900];
        let names: Vec<String> = (0..5).map(|n| format!("{n}.json")).collect();
        let files: Vec<(&str, &[u8])> = names.iter().map(|name| (&**name, &file[..])).collect();
        let mut artifact = Artifact::open(zip(&files), LIMITS).unwrap();
        let mut taken = 0;
        let error = artifact.read_each("*.json", |_| {
            taken += 1;
            Ok(())
        });
        let text = error.unwrap_err().to_string();
        assert!(
            text.contains("`*.json` has more than the 4000 bytes"),
            "{text}"
        );
        assert_eq!(taken, 4);
    }

    #[test]
    fn refuses_what_is_no_zip() {
        for bytes in [&b""[..], b"PK", b"{\"not\": \"a zip\"}", &[0; 100]] {
            assert!(matches!(
                Artifact::open(bytes.to_vec(), LIMITS),
                Err(ArtifactError::NotAZip(_))
            ));
        }
    }

    #[test]
    fn bounds_the_number_of_entries() {
        let names: Vec<String> = (0..21).map(|n| format!("{n}")).collect();
        let files: Vec<(&str, &[u8])> =
            names.iter().map(|name| (name.as_str(), &b""[..])).collect();
        assert!(matches!(
            Artifact::open(zip(&files), LIMITS),
            Err(ArtifactError::TooManyEntries {
                entries: 21,
                limit: 20
            })
        ));
    }

    #[test]
    fn only_what_a_setting_changes_names_it() {
        let too_many = ArtifactError::TooManyEntries {
            entries: 21,
            limit: 20,
        };
        let too_large = ArtifactError::TooLarge {
            path: "a".to_owned(),
            limit: 1,
        };
        for (error, expected) in [
            (too_many, false),
            (ArtifactError::DirectoryTooLarge, false),
            (too_large, true),
        ] {
            let text = GuardError::from(error).to_string();
            assert_eq!(text.contains("ORIGIN_GUARD_"), expected, "{text}");
        }
    }

    #[test]
    fn the_list_of_entries_is_bounded_before_it_is_read() {
        let names: Vec<String> = (0..300).map(|n| format!("{n:060000}")).collect();
        let files: Vec<(&str, &[u8])> =
            names.iter().map(|name| (name.as_str(), &b""[..])).collect();
        assert!(matches!(
            Artifact::open(zip(&files), LIMITS),
            Err(ArtifactError::DirectoryTooLarge)
        ));
    }

    #[test]
    fn a_name_that_climbs_is_only_a_name() {
        let files: &[(&str, &[u8])] = &[("../../etc/x.json", b"{}")];
        assert_eq!(read(files, "../../etc/x.json").unwrap().content, b"{}");
    }

    #[test]
    fn says_that_a_damaged_file_cannot_be_unpacked() {
        let mut bytes = zip(&[(
            "a.json",
            b"{\"Origins\": [\"some text that is long enough\"]}",
        )]);
        bytes[40] ^= 0xff;
        let result = Artifact::open(bytes, LIMITS).and_then(|mut artifact| artifact.read("a.json"));
        assert!(
            matches!(
                result,
                Err(ArtifactError::Unreadable { .. } | ArtifactError::NotAZip(_))
            ),
            "{result:?}"
        );
    }
}
