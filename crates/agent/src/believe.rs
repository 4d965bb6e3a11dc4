//! What is believed, and why: the only place where bytes from outside turn into something that may
//! be run. The decisions are those of `core::package`, the signatures those of `wire`.

use crate::fail;
use crate::ports::{Known, OpenError, Refused, Trust, Unpack};
use roadbook_core::package::{
    FileEntry, Manifest, Order, Place, Signer, TrustRoot, judge, judge_fit,
};
use roadbook_wire::minisign::PublicKey;
use roadbook_wire::package::{PackageError, Reader, Sink, next_root, read_order};
use std::io::{self, Read};

/// Both keys: the director's, pinned at enrollment, and the release keys that the journal holds.
#[derive(Clone, Debug)]
pub struct Pinned {
    director: PublicKey,
}

impl Pinned {
    /// Believes orders of this director alone.
    pub fn new(director: &str) -> Result<Self, String> {
        let director = PublicKey::parse(director)
            .map_err(|error| format!("the director's key cannot be read: {error}"))?;
        Ok(Self { director })
    }
}

fn refused(error: &PackageError) -> Refused {
    match error {
        PackageError::Refused(refusal) => Refused::new(refusal.code(), refusal.to_string()),
        other => Refused::new(other.code(), other.to_string()),
    }
}

impl Trust for Pinned {
    fn order(&self, bytes: &[u8], signature: &str) -> Result<Order, Refused> {
        if fail::broken("no_signatures") {
            return serde_json::from_slice(bytes)
                .map_err(|error| Refused::new("json", error.to_string()));
        }
        read_order(bytes, signature, &self.director).map_err(|error| refused(&error))
    }

    fn root(
        &self,
        now: &TrustRoot,
        bytes: &[u8],
        signatures: &[String],
    ) -> Result<TrustRoot, Refused> {
        next_root(now, bytes, signatures).map_err(|error| refused(&error))
    }

    fn package(
        &self,
        read: &mut dyn Read,
        known: &Known<'_>,
        unpack: &mut dyn Unpack,
    ) -> Result<Manifest, OpenError> {
        let reader = Reader::open(read).map_err(opened)?;
        let place = Place {
            product: &known.order.product,
            os: std::env::consts::OS,
            arch: std::env::consts::ARCH,
            installed: known.installed,
            counter: known.counter,
            now: known.now,
        };
        let mut signers = reader.signers(&known.trust.keys);
        if fail::broken("no_signatures") {
            let ids = reader.manifest().keys.iter();
            signers = known
                .trust
                .keys
                .iter()
                .zip(ids.cycle())
                .map(|(key, id)| Signer { key: key.clone(), id: id.clone() })
                .collect();
        }
        let digest = reader.manifest_digest();
        judge(reader.manifest(), &signers, known.trust, &place)
            .and_then(|()| judge_fit(known.order, reader.manifest(), &digest))
            .map_err(|refusal| Refused::new(refusal.code(), refusal.to_string()))?;
        let mut laid = Laid { unpack };
        reader.files(&mut laid).map_err(opened)
    }
}

/// A disk that is full is no reason to call a package bad.
fn opened(error: PackageError) -> OpenError {
    match error {
        PackageError::Read(error) | PackageError::Keep(error) => OpenError::Io(error),
        other => OpenError::Refused(refused(&other)),
    }
}

struct Laid<'a> {
    unpack: &'a mut dyn Unpack,
}

impl Sink for Laid<'_> {
    fn file(&mut self, entry: &FileEntry) -> io::Result<()> {
        self.unpack.begin(&entry.path, entry.executable)
    }
    fn bytes(&mut self, bytes: &[u8]) -> io::Result<()> {
        self.unpack.write(bytes)
    }
    fn done(&mut self, _: &FileEntry) -> io::Result<()> {
        self.unpack.end()
    }
}
