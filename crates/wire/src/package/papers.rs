//! Manifest, order and set of keys as text. What is signed is kept as the bytes that were signed;
//! nobody writes them again from the types.

use super::PackageError;
use crate::minisign::{PublicKey, Signature, signers};
use roadbook_core::limits::{MANIFEST_BYTES_MAX, ORDER_BYTES_MAX, SIGNATURES_MAX};
use roadbook_core::package::{
    Fault, Manifest, Order, TrustRoot, form_of, form_of_order, form_of_root, judge_root,
};
use serde::Serialize;
use serde::de::DeserializeOwned;

const MANIFEST: &str = "the manifest";
const ORDER: &str = "the order";
const ROOT: &str = "the set of trusted keys";

fn read<T: DeserializeOwned>(
    what: &'static str,
    bytes: &[u8],
    max: usize,
    form: fn(&T) -> Result<(), Fault>,
) -> Result<T, PackageError> {
    if bytes.len() > max {
        return Err(PackageError::TooLarge { what, max: max as u64 });
    }
    // Unknown members end the reading, so that nesting never goes deeper than the types do.
    let value = serde_json::from_slice(bytes)
        .map_err(|error| PackageError::Json { what, why: error.to_string() })?;
    form(&value).map_err(|fault| PackageError::Form { what, fault })?;
    Ok(value)
}

fn write<T: Serialize>(value: &T) -> Vec<u8> {
    let mut bytes =
        serde_json::to_vec_pretty(value).expect("these types have text keys and no failing parts");
    bytes.push(b'\n');
    bytes
}

/// The manifest of these bytes.
pub fn read_manifest(bytes: &[u8]) -> Result<Manifest, PackageError> {
    let manifest: Manifest = read(MANIFEST, bytes, MANIFEST_BYTES_MAX, form_of)?;
    for file in &manifest.files {
        if super::tar::header(&format!("files/{}", file.path), file.size, false).is_none() {
            let what = format!("the name of `{}` is too long for the package", file.path);
            let fault = Fault { place: "files".to_owned(), what };
            return Err(PackageError::Form { what: MANIFEST, fault });
        }
    }
    Ok(manifest)
}

/// The bytes of a manifest, to be signed.
pub fn write_manifest(manifest: &Manifest) -> Vec<u8> {
    write(manifest)
}

/// The order of these bytes, when the director signed them. The signature comes first: nothing of
/// an unsigned order is looked at.
pub fn read_order(
    bytes: &[u8],
    signature: &str,
    director: &PublicKey,
) -> Result<Order, PackageError> {
    if bytes.len() > ORDER_BYTES_MAX {
        return Err(PackageError::TooLarge { what: ORDER, max: ORDER_BYTES_MAX as u64 });
    }
    director.verify(bytes, &Signature::parse(signature)?)?;
    read(ORDER, bytes, ORDER_BYTES_MAX, form_of_order)
}

/// The bytes of an order, to be signed by the director.
pub fn write_order(order: &Order) -> Vec<u8> {
    write(order)
}

/// The set of keys of these bytes. Whether it is believed is another question: [`next_root`].
pub fn read_root(bytes: &[u8]) -> Result<TrustRoot, PackageError> {
    let root: TrustRoot = read(ROOT, bytes, ORDER_BYTES_MAX, form_of_root)?;
    let mut ids = std::collections::BTreeSet::new();
    for key in &root.keys {
        let read = PublicKey::parse(key)?;
        if !ids.insert(read.id()) || read.to_string() != *key {
            let what = "every key once, as the one line that `roadbook key show` prints".to_owned();
            let fault = Fault { place: "keys".to_owned(), what };
            return Err(PackageError::Form { what: ROOT, fault });
        }
    }
    Ok(root)
}

/// The bytes of a set of keys, to be signed by the keys of the present and of the new set.
pub fn write_root(root: &TrustRoot) -> Vec<u8> {
    write(root)
}

/// The set of keys that takes the place of the present one, when both vouch for it.
pub fn next_root(
    present: &TrustRoot,
    bytes: &[u8],
    signatures: &[String],
) -> Result<TrustRoot, PackageError> {
    let new = read_root(bytes)?;
    if signatures.len() > 2 * SIGNATURES_MAX {
        return Err(PackageError::TooLarge {
            what: "the list of signatures",
            max: 2 * SIGNATURES_MAX as u64,
        });
    }
    let read: Vec<Signature> =
        signatures.iter().map(|text| Signature::parse(text)).collect::<Result<_, _>>()?;
    let keys = [&present.keys[..], &new.keys[..]].concat();
    judge_root(present, &new, &signers(bytes, &read, &keys))?;
    Ok(new)
}
