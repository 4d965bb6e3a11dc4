//! Keys and signatures in the format of minisign: small text files that the tool `minisign`
//! reads and writes too. Signatures are of its present kind, over the BLAKE2b digest of the bytes.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use blake2::{Blake2b256, Blake2b512, Digest as _};
use ed25519_dalek::{Signer as _, SigningKey, VerifyingKey};
use roadbook_core::limits::SIGNATURE_BYTES_MAX;
use roadbook_core::package::Signer;
use std::fmt;

/// Why a key or a signature is not one, or does not fit.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum KeyError {
    /// Not the text of a public key.
    #[error(
        "this is no public key: it is one line of 56 letters and digits that begins with `RW`, as `roadbook key show` prints it"
    )]
    Public,
    /// Not the text of a secret key.
    #[error(
        "this is no secret key: `roadbook key new` makes one; its second line begins with `RW`"
    )]
    Secret,
    /// A secret key behind a password.
    #[error(
        "this secret key is locked with a password, which is not supported here; make one with `roadbook key new`, or with `minisign -G -W`"
    )]
    Password,
    /// Not the text of a signature.
    #[error(
        "this is no signature in minisign's format; sign again with `roadbook package sign` or `minisign -S`"
    )]
    Signature,
    /// A signature of minisign's first kind.
    #[error("this signature is of an old kind; sign again without `minisign -l`")]
    Legacy,
    /// Made by another key.
    #[error("the signature was made by the key {found}, not by {wanted}; give the right key")]
    OtherKey {
        /// Who made it.
        found: String,
        /// Who should have.
        wanted: String,
    },
    /// It does not fit the bytes.
    #[error("the signature does not fit: what was signed has been changed, or the signature has")]
    Wrong,
}

/// A key's id, as minisign prints it: the eight bytes as a number in hexadecimal digits.
fn id_text(id: [u8; 8]) -> String {
    format!("{:016X}", u64::from_le_bytes(id))
}

/// The line of a minisign file that is not a comment.
fn payload(text: &str) -> Option<&str> {
    let mut lines = text.lines().map(str::trim).filter(|line| !line.is_empty());
    let first = lines.next()?;
    let line = if first.starts_with("untrusted comment:") { lines.next()? } else { first };
    lines.next().is_none().then_some(line)
}

fn decode<const N: usize>(line: &str) -> Option<[u8; N]> {
    // Longer texts are not looked at.
    (line.len() == N.div_ceil(3) * 4).then(|| STANDARD.decode(line).ok()?.try_into().ok())?
}

fn part<const N: usize>(bytes: &[u8], from: usize) -> [u8; N] {
    bytes[from..from + N].try_into().expect("the caller's lengths are constants that fit")
}

/// The public half of a key.
#[derive(Clone, PartialEq, Eq)]
pub struct PublicKey {
    id: [u8; 8],
    key: VerifyingKey,
}

impl PublicKey {
    /// Reads the line `RWQ…`, or the two lines of minisign's file.
    pub fn parse(text: &str) -> Result<PublicKey, KeyError> {
        let bytes: [u8; 42] = payload(text)
            .and_then(decode)
            .filter(|it: &[u8; 42]| it[..2] == *b"Ed")
            .ok_or(KeyError::Public)?;
        let key = VerifyingKey::from_bytes(&part(&bytes, 10)).map_err(|_| KeyError::Public)?;
        // A weak key would take one signature for many texts.
        if key.is_weak() {
            return Err(KeyError::Public);
        }
        Ok(PublicKey { id: part(&bytes, 2), key })
    }

    /// Its id.
    pub fn id(&self) -> String {
        id_text(self.id)
    }

    /// The two lines of minisign's file.
    pub fn file(&self) -> String {
        format!("untrusted comment: minisign public key {}\n{self}\n", self.id())
    }

    /// Checks that this key signed the bytes, and the remark with them.
    pub fn verify(&self, bytes: &[u8], signature: &Signature) -> Result<(), KeyError> {
        if signature.id != self.id {
            return Err(KeyError::OtherKey { found: id_text(signature.id), wanted: self.id() });
        }
        let fits = |bytes: &[u8], made: &[u8; 64]| {
            let made = ed25519_dalek::Signature::from_bytes(made);
            self.key.verify_strict(bytes, &made).map_err(|_| KeyError::Wrong)
        };
        fits(&Blake2b512::digest(bytes), &signature.made)?;
        fits(&signature.sealed(), &signature.seal)
    }
}

impl fmt::Display for PublicKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut bytes = [0; 42];
        bytes[..2].copy_from_slice(b"Ed");
        bytes[2..10].copy_from_slice(&self.id);
        bytes[10..].copy_from_slice(self.key.as_bytes());
        f.write_str(&STANDARD.encode(bytes))
    }
}

impl fmt::Debug for PublicKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "PublicKey({self})")
    }
}

/// A secret key; its memory is wiped when it is dropped, and it never shows itself.
pub struct SecretKey {
    id: [u8; 8],
    key: SigningKey,
}

impl SecretKey {
    /// Makes one from 40 random bytes.
    pub fn make(random: &[u8; 40]) -> SecretKey {
        SecretKey { id: part(random, 32), key: SigningKey::from_bytes(&part(random, 0)) }
    }

    /// Reads a file that [`SecretKey::file`] or `minisign -G -W` wrote.
    pub fn parse(text: &str) -> Result<SecretKey, KeyError> {
        let bytes: [u8; 158] = payload(text).and_then(decode).ok_or(KeyError::Secret)?;
        if bytes[..2] != *b"Ed" || bytes[4..6] != *b"B2" {
            return Err(KeyError::Secret);
        }
        match &bytes[2..4] {
            [0, 0] => {}
            b"Sc" => return Err(KeyError::Password),
            _ => return Err(KeyError::Secret),
        }
        let (id, seed) = (part(&bytes, 54), part(&bytes, 62));
        let key = SecretKey { id, key: SigningKey::from_bytes(&seed) };
        // The public half stands behind the secret one; a file of two minds would leak the secret.
        let whole = key.key.verifying_key().as_bytes() == &bytes[94..126];
        // minisign leaves the check sum of an unlocked key empty.
        let check = &bytes[126..158];
        if !whole || (key.check() != check && check != [0; 32]) {
            return Err(KeyError::Secret);
        }
        Ok(key)
    }

    fn check(&self) -> [u8; 32] {
        let mut digest = Blake2b256::new();
        digest.update(b"Ed");
        digest.update(self.id);
        digest.update(self.key.to_keypair_bytes());
        digest.finalize().into()
    }

    /// The file's text, without a password: whoever can read it can sign.
    pub fn file(&self) -> String {
        let mut bytes = [0; 158];
        bytes[..6].copy_from_slice(b"Ed\0\0B2");
        bytes[54..62].copy_from_slice(&self.id);
        bytes[62..126].copy_from_slice(&self.key.to_keypair_bytes());
        bytes[126..].copy_from_slice(&self.check());
        format!("untrusted comment: minisign secret key\n{}\n", STANDARD.encode(bytes))
    }

    /// The public half.
    pub fn public(&self) -> PublicKey {
        PublicKey { id: self.id, key: self.key.verifying_key() }
    }

    /// Signs bytes, and a remark of one line with them (`timestamp:…`).
    pub fn sign(&self, bytes: &[u8], remark: &str) -> Signature {
        let remark: String = remark.chars().filter(|c| !c.is_control()).take(500).collect();
        let made = self.key.sign(&Blake2b512::digest(bytes)).to_bytes();
        let mut signature = Signature { id: self.id, made, remark, seal: [0; 64] };
        signature.seal = self.key.sign(&signature.sealed()).to_bytes();
        signature
    }
}

impl fmt::Debug for SecretKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "SecretKey({})", id_text(self.id))
    }
}

/// A signature: over bytes, and over itself with its remark.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Signature {
    id: [u8; 8],
    made: [u8; 64],
    remark: String,
    seal: [u8; 64],
}

impl Signature {
    /// Reads the four lines of minisign's file.
    pub fn parse(text: &str) -> Result<Signature, KeyError> {
        let mut lines = text.lines();
        let mut next = || lines.next().ok_or(KeyError::Signature);
        let (untrusted, made, remark, seal) = (next()?, next()?, next()?, next()?);
        let remark = remark.strip_prefix("trusted comment: ").ok_or(KeyError::Signature)?;
        let good = text.len() <= SIGNATURE_BYTES_MAX
            && untrusted.starts_with("untrusted comment:")
            && !remark.chars().any(char::is_control)
            && lines.all(|line| line.trim().is_empty());
        if !good {
            return Err(KeyError::Signature);
        }
        let bytes: [u8; 74] = decode(made).ok_or(KeyError::Signature)?;
        match &bytes[..2] {
            b"ED" => {}
            b"Ed" => return Err(KeyError::Legacy),
            _ => return Err(KeyError::Signature),
        }
        Ok(Signature {
            id: part(&bytes, 2),
            made: part(&bytes, 10),
            remark: remark.to_owned(),
            seal: decode(seal).ok_or(KeyError::Signature)?,
        })
    }

    /// The id of the key that made it, as it says itself.
    pub fn key_id(&self) -> String {
        id_text(self.id)
    }

    /// The remark that was signed with the bytes.
    pub fn remark(&self) -> &str {
        &self.remark
    }

    fn sealed(&self) -> Vec<u8> {
        [&self.made[..], self.remark.as_bytes()].concat()
    }
}

impl fmt::Display for Signature {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut bytes = [0; 74];
        bytes[..2].copy_from_slice(b"ED");
        bytes[2..10].copy_from_slice(&self.id);
        bytes[10..].copy_from_slice(&self.made);
        writeln!(f, "untrusted comment: signature of the key {}", self.key_id())?;
        writeln!(f, "{}", STANDARD.encode(bytes))?;
        writeln!(f, "trusted comment: {}", self.remark)?;
        writeln!(f, "{}", STANDARD.encode(self.seal))
    }
}

/// Which of the keys (in minisign's form, as a set of trusted keys holds them) really signed the
/// bytes; what is no key or no right signature is left out, and every key comes once.
pub fn signers(bytes: &[u8], signatures: &[Signature], keys: &[String]) -> Vec<Signer> {
    let mut found: Vec<Signer> = Vec::new();
    for text in keys {
        let Ok(key) = PublicKey::parse(text) else { continue };
        let signed = signatures.iter().any(|signature| key.verify(bytes, signature).is_ok());
        let known = found.iter().any(|signer| signer.key == *text);
        if signed && !known {
            found.push(Signer { key: text.clone(), id: key.id() });
        }
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn key(seed: u8) -> SecretKey {
        SecretKey::make(&std::array::from_fn(|index| seed.wrapping_add(index as u8)))
    }

    #[test]
    fn what_is_signed_verifies_and_nothing_else_does() {
        let (alice, bob) = (key(1), key(2));
        let signature = alice.sign(b"the manifest", "timestamp:1");
        let text = signature.to_string();
        let again = Signature::parse(&text).expect("its own text");
        assert_eq!((again.key_id(), again.remark()), (alice.public().id(), "timestamp:1"));
        assert_eq!(alice.public().verify(b"the manifest", &again), Ok(()));
        assert_eq!(alice.public().verify(b"the manifesto", &again), Err(KeyError::Wrong));
        let other = bob.public().verify(b"the manifest", &again);
        assert!(matches!(other, Err(KeyError::OtherKey { .. })), "{other:?}");
        let forged = Signature::parse(&text.replace("timestamp:1", "timestamp:2")).expect("a form");
        assert_eq!(alice.public().verify(b"the manifest", &forged), Err(KeyError::Wrong));
        let keys = [alice.public().to_string(), bob.public().to_string(), "RW".to_owned()];
        let twice = [again.clone(), again];
        let found = signers(b"the manifest", &twice, &[&keys[..], &keys[..]].concat());
        assert_eq!(found, [Signer { key: keys[0].clone(), id: alice.public().id() }]);
    }

    #[test]
    fn keys_are_read_back_from_their_files() {
        let made = key(7);
        let read = SecretKey::parse(&made.file()).expect("its own file");
        assert_eq!(read.public(), made.public());
        let public = PublicKey::parse(&made.public().file()).expect("its own file");
        assert_eq!(public, made.public());
        assert_eq!(PublicKey::parse(&public.to_string()), Ok(public.clone()));
        assert!(public.to_string().starts_with("RW") && public.to_string().len() == 56);
        assert!(!format!("{made:?}").contains(&made.file()[40..60]));
        let locked = {
            let mut bytes = STANDARD.decode(made.file().lines().nth(1).unwrap()).unwrap();
            bytes[2..4].copy_from_slice(b"Sc");
            STANDARD.encode(bytes)
        };
        for (text, why) in [
            ("", KeyError::Secret),
            ("RW", KeyError::Secret),
            (made.public().file().as_str(), KeyError::Secret),
            (locked.as_str(), KeyError::Password),
            (made.file().replace("KissLS4H", "KissLS4I").as_str(), KeyError::Secret),
        ] {
            assert_eq!(SecretKey::parse(text).err(), Some(why), "{text}");
        }
        for text in ["", "RWQ", made.file().as_str(), "untrusted comment: x", "a\nb\nc"] {
            assert_eq!(PublicKey::parse(text), Err(KeyError::Public), "{text}");
        }
        // The neutral point as a key would sign everything.
        let weak = STANDARD.encode([&b"Ed"[..], &[0; 8], &[1], &[0; 31]].concat());
        assert_eq!(PublicKey::parse(&weak), Err(KeyError::Public));
    }

    proptest! {
        #[test]
        fn no_text_makes_the_readers_panic(text in "\\PC{0,80}", at in 0..300_usize) {
            let good = key(1).sign(b"x", "y").to_string();
            let mut damaged = good.clone();
            let at = (0..=at.min(good.len())).rev().find(|at| good.is_char_boundary(*at)).unwrap();
            damaged.insert_str(at, &text);
            for text in [&text, &damaged] {
                let _ = Signature::parse(text);
                let _ = PublicKey::parse(text);
                let _ = SecretKey::parse(text);
            }
        }
    }
}
