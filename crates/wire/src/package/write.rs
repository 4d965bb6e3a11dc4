//! Writes a package: the same manifest, signatures and files give the same bytes.

use super::tar::{self, BLOCK};
use super::{PackageError, read_manifest};
use crate::minisign::Signature;
use roadbook_core::limits::SIGNATURES_MAX;
use roadbook_core::package::FileEntry;
use sha2::{Digest as _, Sha256};
use std::io::{Read, Write};

/// A package that is being written: files come in the manifest's order.
pub struct Writer<W> {
    out: W,
    files: std::vec::IntoIter<FileEntry>,
}

impl<W: Write> Writer<W> {
    /// Writes manifest and signatures; of each key at most one counts, the last.
    pub fn begin(
        mut out: W,
        manifest: &[u8],
        signatures: &[Signature],
    ) -> Result<Writer<W>, PackageError> {
        let files = read_manifest(manifest)?.files.into_iter();
        entry(&mut out, "manifest.json", manifest)?;
        let by_id: std::collections::BTreeMap<String, &Signature> =
            signatures.iter().map(|it| (it.key_id(), it)).collect();
        if by_id.len() > SIGNATURES_MAX {
            return Err(PackageError::TooLarge {
                what: "the list of signatures",
                max: SIGNATURES_MAX as u64,
            });
        }
        for (id, signature) in by_id {
            let name = format!("signatures/{id}.minisig");
            entry(&mut out, &name, signature.to_string().as_bytes())?;
        }
        Ok(Writer { out, files })
    }

    /// Writes the next file of the manifest; it must be what the manifest says.
    pub fn file(&mut self, mut source: impl Read) -> Result<(), PackageError> {
        let Some(file) = self.files.next() else { return Err(PackageError::Trailing) };
        let wrong = |what| PackageError::Digest { path: file.path.clone(), what };
        let head = header(&format!("files/{}", file.path), file.size, file.executable)?;
        self.out.write_all(&head).map_err(PackageError::Keep)?;
        let (mut sum, mut total, mut buffer) = (Sha256::new(), 0_u64, vec![0; 64 << 10]);
        loop {
            let count = match source.read(&mut buffer) {
                Ok(0) => break,
                Ok(count) => count,
                Err(error) if error.kind() == std::io::ErrorKind::Interrupted => continue,
                Err(error) => return Err(PackageError::Read(error)),
            };
            total += count as u64;
            if total > file.size {
                return Err(wrong("another size"));
            }
            sum.update(&buffer[..count]);
            self.out.write_all(&buffer[..count]).map_err(PackageError::Keep)?;
        }
        if total != file.size {
            return Err(wrong("another size"));
        }
        if hex::encode(sum.finalize()) != file.sha256 {
            return Err(wrong("another digest"));
        }
        pad(&mut self.out, total)
    }

    /// Writes the end and gives the target back; every file must have come.
    pub fn finish(mut self) -> Result<W, PackageError> {
        if let Some(file) = self.files.next() {
            return Err(PackageError::Missing { path: file.path });
        }
        self.out.write_all(&[0; 2 * BLOCK]).map_err(PackageError::Keep)?;
        self.out.flush().map_err(PackageError::Keep)?;
        Ok(self.out)
    }
}

fn header(name: &str, size: u64, executable: bool) -> Result<[u8; BLOCK], PackageError> {
    tar::header(name, size, executable).ok_or_else(|| PackageError::Entry {
        name: name.to_owned(),
        why: "its name or size has no place in a package".to_owned(),
    })
}

fn entry(out: &mut impl Write, name: &str, bytes: &[u8]) -> Result<(), PackageError> {
    let head = header(name, bytes.len() as u64, false)?;
    out.write_all(&head).and_then(|()| out.write_all(bytes)).map_err(PackageError::Keep)?;
    pad(out, bytes.len() as u64)
}

fn pad(out: &mut impl Write, size: u64) -> Result<(), PackageError> {
    out.write_all(&[0; BLOCK][..tar::padding(size)]).map_err(PackageError::Keep)
}
