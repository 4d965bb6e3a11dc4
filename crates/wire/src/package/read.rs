//! Reads a package from a stream, once, without ever holding a file of it in memory.

use super::tar::{self, BLOCK};
use super::{PackageError, digest, read_manifest};
use crate::minisign::{Signature, signers};
use roadbook_core::limits::{MANIFEST_BYTES_MAX, SIGNATURE_BYTES_MAX, SIGNATURES_MAX};
use roadbook_core::package::{
    FileEntry, Manifest, Place, Refusal, Signer, TrustRoot, is_key_id, judge,
};
use sha2::{Digest as _, Sha256};
use std::io::{ErrorKind, Read};

/// Where the files of a package go. What was given by [`Sink::bytes`] may be used only after
/// [`Sink::done`] for its file: before that, its digest is not known to be right.
pub trait Sink {
    /// A file begins; its path is clean and stays inside.
    fn file(&mut self, entry: &FileEntry) -> std::io::Result<()>;
    /// The next bytes of it.
    fn bytes(&mut self, bytes: &[u8]) -> std::io::Result<()>;
    /// It is complete, and what the manifest says.
    fn done(&mut self, entry: &FileEntry) -> std::io::Result<()>;
}

/// Keeps nothing: for a look or a check.
#[derive(Clone, Copy, Debug, Default)]
pub struct Discard;

impl Sink for Discard {
    fn file(&mut self, _: &FileEntry) -> std::io::Result<()> {
        Ok(())
    }
    fn bytes(&mut self, _: &[u8]) -> std::io::Result<()> {
        Ok(())
    }
    fn done(&mut self, _: &FileEntry) -> std::io::Result<()> {
        Ok(())
    }
}

/// A package whose manifest and signatures were read, and whose files were not yet.
pub struct Reader<R> {
    source: R,
    /// A header that was read too far.
    pending: Option<[u8; BLOCK]>,
    bytes: Vec<u8>,
    manifest: Manifest,
    signatures: Vec<Signature>,
}

impl<R: Read> Reader<R> {
    /// Reads manifest and signatures. Neither is believed yet; [`Reader::judge`] says.
    pub fn open(mut source: R) -> Result<Reader<R>, PackageError> {
        let first = block(&mut source).map_err(|error| match error {
            PackageError::Truncated => PackageError::NotAPackage,
            other => other,
        })?;
        let (name, size) = tar::name_and_size(&first);
        if name != "manifest.json" {
            return Err(PackageError::NotAPackage);
        }
        let bytes =
            small(&mut source, &first, &name, size, MANIFEST_BYTES_MAX as u64, "the manifest")?;
        let manifest = read_manifest(&bytes)?;
        let mut signatures: Vec<Signature> = Vec::new();
        let pending = loop {
            let head = block(&mut source)?;
            let (name, size) = tar::name_and_size(&head);
            let id = name.strip_prefix("signatures/").and_then(|it| it.strip_suffix(".minisig"));
            let Some(id) = id else { break head };
            let after = signatures.last().is_none_or(|last| *last.key_id() < *id);
            if !is_key_id(id) || !after || signatures.len() == SIGNATURES_MAX {
                let why = "signatures stand once each, by ascending id of their key".to_owned();
                return Err(PackageError::Entry { name, why });
            }
            let text =
                small(&mut source, &head, &name, size, SIGNATURE_BYTES_MAX as u64, "a signature")?;
            let text = String::from_utf8(text).map_err(|_| crate::minisign::KeyError::Signature)?;
            let signature = Signature::parse(&text)?;
            if signature.key_id() != id {
                let why = format!("it was made by the key {}", signature.key_id());
                return Err(PackageError::Entry { name, why });
            }
            signatures.push(signature);
        };
        Ok(Reader { source, pending: Some(pending), bytes, manifest, signatures })
    }

    /// What it says of itself.
    pub fn manifest(&self) -> &Manifest {
        &self.manifest
    }

    /// The bytes that are signed.
    pub fn manifest_bytes(&self) -> &[u8] {
        &self.bytes
    }

    /// SHA-256 of those bytes, as an order names it.
    pub fn manifest_digest(&self) -> String {
        digest(&self.bytes)
    }

    /// Its signatures, right or wrong.
    pub fn signatures(&self) -> &[Signature] {
        &self.signatures
    }

    /// Which of the keys really signed it.
    pub fn signers(&self, keys: &[String]) -> Vec<Signer> {
        signers(&self.bytes, &self.signatures, keys)
    }

    /// May it be installed at this place by these keys?
    pub fn judge(&self, trust: &TrustRoot, place: &Place<'_>) -> Result<(), Refusal> {
        judge(&self.manifest, &self.signers(&trust.keys), trust, place)
    }

    /// Reads all files into the sink, to the very end. Good only when this returns without error.
    pub fn files(mut self, sink: &mut impl Sink) -> Result<Manifest, PackageError> {
        let mut buffer = vec![0; 64 << 10];
        for entry in &self.manifest.files {
            let head = match self.pending.take() {
                Some(head) => head,
                None => block(&mut self.source)?,
            };
            expect(&head, entry)?;
            file(&mut self.source, entry, sink, &mut buffer)?;
        }
        for _ in 0..2 {
            let end = match self.pending.take() {
                Some(head) => head,
                None => block(&mut self.source)?,
            };
            if end != [0; BLOCK] {
                let (name, _) = tar::name_and_size(&end);
                let why = "it is not in the manifest".to_owned();
                return Err(PackageError::Entry { name, why });
            }
        }
        if fill(&mut self.source, &mut [0; 1])? != 0 {
            return Err(PackageError::Trailing);
        }
        Ok(self.manifest)
    }
}

/// The header must be the one right header of this file, to the byte.
fn expect(head: &[u8; BLOCK], entry: &FileEntry) -> Result<(), PackageError> {
    let name = format!("files/{}", entry.path);
    if tar::header(&name, entry.size, entry.executable).is_some_and(|right| right == *head) {
        return Ok(());
    }
    let (found, size) = tar::name_and_size(head);
    if *head == [0; BLOCK] {
        return Err(PackageError::Missing { path: entry.path.clone() });
    }
    if found == name && head[156] == b'0' && size != Some(entry.size) {
        return Err(PackageError::Digest { path: entry.path.clone(), what: "another size" });
    }
    let why = if found == name {
        tar::kind(head).to_owned()
    } else {
        format!("{}; `{name}` is next in the manifest", tar::kind(head))
    };
    Err(PackageError::Entry { name: found, why })
}

fn file(
    source: &mut impl Read,
    entry: &FileEntry,
    sink: &mut impl Sink,
    buffer: &mut [u8],
) -> Result<(), PackageError> {
    sink.file(entry).map_err(PackageError::Keep)?;
    let (mut left, mut sum) = (entry.size, Sha256::new());
    while left > 0 {
        let want = usize::try_from(left).unwrap_or(usize::MAX).min(buffer.len());
        let part = &mut buffer[..want];
        exactly(source, part)?;
        sum.update(&*part);
        sink.bytes(part).map_err(PackageError::Keep)?;
        left -= want as u64;
    }
    pad(source, entry.size, &entry.path)?;
    if hex::encode(sum.finalize()) != entry.sha256 {
        return Err(PackageError::Digest { path: entry.path.clone(), what: "another digest" });
    }
    sink.done(entry).map_err(PackageError::Keep)
}

/// An entry of unknown, but small size.
fn small(
    source: &mut impl Read,
    head: &[u8; BLOCK],
    name: &str,
    size: Option<u64>,
    max: u64,
    what: &'static str,
) -> Result<Vec<u8>, PackageError> {
    let size = size.unwrap_or(u64::MAX);
    if size > max {
        return Err(PackageError::TooLarge { what, max });
    }
    if tar::header(name, size, false).is_none_or(|right| right != *head) {
        return Err(PackageError::Entry { name: name.to_owned(), why: tar::kind(head).to_owned() });
    }
    let mut bytes = vec![0; size as usize];
    exactly(source, &mut bytes)?;
    pad(source, size, name)?;
    Ok(bytes)
}

fn pad(source: &mut impl Read, size: u64, name: &str) -> Result<(), PackageError> {
    let mut rest = [0; BLOCK];
    let rest = &mut rest[..tar::padding(size)];
    exactly(source, rest)?;
    if rest.iter().any(|byte| *byte != 0) {
        let why = "there is something between the entries".to_owned();
        return Err(PackageError::Entry { name: name.to_owned(), why });
    }
    Ok(())
}

fn block(source: &mut impl Read) -> Result<[u8; BLOCK], PackageError> {
    let mut block = [0; BLOCK];
    exactly(source, &mut block)?;
    Ok(block)
}

fn exactly(source: &mut impl Read, into: &mut [u8]) -> Result<(), PackageError> {
    if fill(source, into)? < into.len() { Err(PackageError::Truncated) } else { Ok(()) }
}

/// Reads until it is full or the end.
fn fill(source: &mut impl Read, into: &mut [u8]) -> Result<usize, PackageError> {
    let mut done = 0;
    while done < into.len() {
        match source.read(&mut into[done..]) {
            Ok(0) => break,
            Ok(count) => done += count,
            Err(error) if error.kind() == ErrorKind::Interrupted => {}
            Err(error) => return Err(PackageError::Read(error)),
        }
    }
    Ok(done)
}
