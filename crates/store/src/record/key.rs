//! The key that signs tree heads: made at the first start, readable by its owner only.

use crate::error::StoreError;
use crate::fail;
use crate::open::Random;
use ed25519_dalek::{Signature, Signer, SigningKey as Ed25519, Verifier, VerifyingKey};
use std::io::Write;
use std::path::Path;

const FILE: &str = "record.key";

/// The signing key of this installation (or of this node).
pub struct SigningKey(Ed25519);

impl SigningKey {
    /// Reads the key of a data directory, or makes one.
    pub(crate) fn load_or_make(dir: &Path, random: &Random) -> Result<SigningKey, StoreError> {
        Ok(SigningKey(Ed25519::from_bytes(&load_seed(&dir.join(FILE), random)?)))
    }

    /// The public key, hex: what a verifier needs to know beforehand.
    pub fn public(&self) -> String {
        hex::encode(self.0.verifying_key().as_bytes())
    }

    /// Signs bytes; hex.
    pub(crate) fn sign(&self, bytes: &[u8]) -> String {
        hex::encode(self.0.sign(bytes).to_bytes())
    }
}

/// Reads the secret of a key, or makes one.
pub(crate) fn load_seed(path: &Path, random: &Random) -> Result<[u8; 32], StoreError> {
    let io = |error: &std::io::Error| StoreError::io(path.display().to_string(), error);
    let mut seed = [0; 32];
    match std::fs::read_to_string(path) {
        Ok(text) => {
            let damaged = || StoreError::Corrupt(format!("{} is no key", path.display()));
            hex::decode_to_slice(text.trim(), &mut seed).map_err(|_| damaged())?;
        }
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => {
            random(&mut seed);
            write_private(path, hex::encode(seed).as_bytes()).map_err(|error| io(&error))?;
        }
        Err(error) => return Err(io(&error)),
    }
    Ok(seed)
}

/// Either the whole key is there or none: half a key would lock everybody out for good.
fn write_private(path: &Path, bytes: &[u8]) -> std::io::Result<()> {
    let temporary = path.with_extension("new");
    let mut options = std::fs::OpenOptions::new();
    // One is left over when a first start was cut off here.
    options.write(true).create(true).truncate(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    let mut file = options.open(&temporary)?;
    file.write_all(bytes)?;
    file.sync_all()?;
    fail::point("key.after_write");
    std::fs::rename(&temporary, path)?;
    if let Some(dir) = path.parent() {
        std::fs::File::open(dir)?.sync_all()?;
    }
    Ok(())
}

/// Whether a signature (hex) over bytes was made with the key (hex).
pub fn verify(key: &str, bytes: &[u8], signature: &str) -> bool {
    let (mut key_bytes, mut signature_bytes) = ([0; 32], [0; 64]);
    if hex::decode_to_slice(key, &mut key_bytes).is_err()
        || hex::decode_to_slice(signature, &mut signature_bytes).is_err()
    {
        return false;
    }
    VerifyingKey::from_bytes(&key_bytes)
        .is_ok_and(|key| key.verify(bytes, &Signature::from_bytes(&signature_bytes)).is_ok())
}
