//! The director's key: with it the server says which site may get what, and until when. It is made
//! at the first start like the record's key, and its signatures have minisign's form.

use crate::Store;
use crate::error::StoreError;
use crate::open::Random;
use crate::record::key::load_seed;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use blake2::{Blake2b512, Digest as _};
use ed25519_dalek::{Signer as _, SigningKey};
use sha2::Sha256;
use std::path::Path;

const FILE: &str = "director.key";

/// The director's key.
pub struct DirectorKey {
    key: SigningKey,
    id: [u8; 8],
}

impl DirectorKey {
    /// Reads the key of a data directory, or makes one.
    pub(crate) fn load_or_make(dir: &Path, random: &Random) -> Result<DirectorKey, StoreError> {
        let key = SigningKey::from_bytes(&load_seed(&dir.join(FILE), random)?);
        let digest = Sha256::digest(key.verifying_key().as_bytes());
        let mut id = [0; 8];
        id.copy_from_slice(&digest[..8]);
        Ok(DirectorKey { key, id })
    }

    /// The public half, as minisign writes it.
    pub fn public(&self) -> String {
        let mut bytes = b"Ed".to_vec();
        bytes.extend(self.id);
        bytes.extend(self.key.verifying_key().as_bytes());
        STANDARD.encode(bytes)
    }

    /// Its id: 16 hexadecimal digits, as minisign prints them.
    pub fn id(&self) -> String {
        format!("{:016X}", u64::from_le_bytes(self.id))
    }

    /// Signs bytes: the text of a minisign file.
    pub fn sign(&self, bytes: &[u8], comment: &str) -> String {
        let mut signature = b"ED".to_vec();
        signature.extend(self.id);
        let bare = self.key.sign(&Blake2b512::digest(bytes)).to_bytes();
        signature.extend(bare);
        let mut all = bare.to_vec();
        all.extend(comment.as_bytes());
        let global = self.key.sign(&all).to_bytes();
        format!(
            "untrusted comment: the director of this installation\n{}\ntrusted comment: {comment}\n{}\n",
            STANDARD.encode(signature),
            STANDARD.encode(global)
        )
    }
}

impl Store {
    /// The key with which this installation says what sites may install.
    pub fn director(&self) -> &DirectorKey {
        self.director_key()
    }
}
