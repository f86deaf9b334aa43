//! Artifacts: a ZIP archive of stored files, enough for a pipeline's source artifact.

/// A ZIP archive with these files, uncompressed.
///
/// # Panics
/// When a file or the archive has 4 GiB or more.
#[must_use]
pub fn zip<'a>(files: impl IntoIterator<Item = (&'a str, &'a [u8])>) -> Vec<u8> {
    let (mut archive, mut directory, mut count) = (Vec::new(), Vec::new(), 0_u16);
    for (name, content) in files {
        let offset = small(archive.len());
        let entry = entry(name, content);
        archive.extend_from_slice(b"PK\x03\x04");
        archive.extend_from_slice(&entry);
        archive.extend_from_slice(name.as_bytes());
        archive.extend_from_slice(content);
        directory.extend_from_slice(b"PK\x01\x02\x14\x00");
        directory.extend_from_slice(&entry);
        // No comment, first disk, no attributes.
        directory.extend_from_slice(&[0; 10]);
        directory.extend_from_slice(&offset.to_le_bytes());
        directory.extend_from_slice(name.as_bytes());
        count += 1;
    }
    let start = small(archive.len());
    let size = small(directory.len());
    archive.append(&mut directory);
    archive.extend_from_slice(b"PK\x05\x06\0\0\0\0");
    archive.extend_from_slice(&count.to_le_bytes());
    archive.extend_from_slice(&count.to_le_bytes());
    archive.extend_from_slice(&size.to_le_bytes());
    archive.extend_from_slice(&start.to_le_bytes());
    archive.extend_from_slice(&[0, 0]);
    archive
}

/// What the local header and the directory have in common: version, UTF-8 flag, stored, 1980-01-01, checksum, sizes.
fn entry(name: &str, content: &[u8]) -> Vec<u8> {
    let size = small(content.len()).to_le_bytes();
    let mut entry = vec![0x14, 0, 0, 0x08, 0, 0, 0, 0, 0x21, 0];
    entry.extend_from_slice(&crc32fast::hash(content).to_le_bytes());
    entry.extend_from_slice(&size);
    entry.extend_from_slice(&size);
    entry.extend_from_slice(
        &u16::try_from(name.len())
            .expect("a file name is short")
            .to_le_bytes(),
    );
    entry.extend_from_slice(&[0, 0]);
    entry
}

fn small(size: usize) -> u32 {
    u32::try_from(size).expect("a test artifact is below 4 GiB")
}
