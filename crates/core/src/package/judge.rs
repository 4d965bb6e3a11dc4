//! May this site install this, now? Which keys really signed is found out elsewhere; here it is
//! only counted, and every key counts once.

use super::{Manifest, Order, OrderKind, Refusal, TrustRoot};
use jiff::Timestamp;
use std::collections::BTreeSet;

/// A key that really signed the bytes in question.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Signer {
    /// The public key in minisign's form, as [`TrustRoot::keys`] holds it.
    pub key: String,
    /// Its id, 16 hexadecimal digits.
    pub id: String,
}

/// Where and when a package would be installed.
#[derive(Clone, Copy, Debug)]
pub struct Place<'a> {
    /// Short name of the product that runs here.
    pub product: &'a str,
    /// As `std::env::consts::OS`.
    pub os: &'a str,
    /// As `std::env::consts::ARCH`.
    pub arch: &'a str,
    /// The version that runs, if any.
    pub installed: Option<&'a str>,
    /// The highest counter of a package that was ever believed here.
    pub counter: u64,
    /// Now.
    pub now: Timestamp,
}

/// Where and when an order would be obeyed.
#[derive(Clone, Copy, Debug)]
pub struct OrderPlace<'a> {
    /// Key of this site.
    pub site: &'a str,
    /// Short name of the product that runs here.
    pub product: &'a str,
    /// The version before the one that runs, when it is still kept.
    pub former: Option<&'a str>,
    /// The highest counter of an order that was ever believed here.
    pub counter: u64,
    /// Now.
    pub now: Timestamp,
}

/// When an order may be begun.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum When {
    /// At once.
    Now,
    /// Not before this moment; downloading is allowed.
    From(Timestamp),
}

/// May the package be installed here? `signed_by` are the keys whose signature over the manifest's
/// bytes is right; others and doubled ones in it do no harm.
pub fn judge(
    manifest: &Manifest,
    signed_by: &[Signer],
    trust: &TrustRoot,
    place: &Place<'_>,
) -> Result<(), Refusal> {
    for found in [manifest.format, trust.format] {
        if found != 1 {
            return Err(Refusal::Format { found });
        }
    }
    signatures(manifest, signed_by, trust)?;
    for (found, wanted) in
        [(&manifest.product, place.product), (&manifest.product, trust_product(trust, place))]
    {
        if found != wanted {
            return Err(Refusal::Product { found: found.clone(), wanted: wanted.to_owned() });
        }
    }
    if place.now >= manifest.expires {
        return Err(Refusal::Expired { expires: manifest.expires });
    }
    if manifest.counter < place.counter {
        return Err(Refusal::Older { counter: manifest.counter, seen: place.counter });
    }
    let fits = |wanted: &str, here: &str| wanted == "any" || wanted == here;
    if !fits(&manifest.platform.os, place.os) || !fits(&manifest.platform.arch, place.arch) {
        return Err(Refusal::Platform {
            found: format!("{} {}", manifest.platform.os, manifest.platform.arch),
            here: format!("{} {}", place.os, place.arch),
        });
    }
    let here = place.installed.unwrap_or("none");
    // A version cannot be called `any`, so that the word means one thing.
    if !manifest.from.iter().any(|from| from == "any" || from == here) {
        return Err(Refusal::From { here: here.to_owned(), allowed: manifest.from.join(", ") });
    }
    Ok(())
}

/// A set of keys for every product vouches for the one at hand.
fn trust_product<'a>(trust: &'a TrustRoot, place: &Place<'a>) -> &'a str {
    if trust.product == "*" { place.product } else { &trust.product }
}

/// The site's own threshold counts, and the signer may ask for more of its keys, never for fewer.
fn signatures(manifest: &Manifest, signed_by: &[Signer], trust: &TrustRoot) -> Result<(), Refusal> {
    let need = sound(trust)?;
    let trusted: BTreeSet<&Signer> =
        signed_by.iter().filter(|signer| trust.keys.contains(&signer.key)).collect();
    let have = different(trusted.iter().copied());
    if have < need {
        return Err(Refusal::Signatures { have, need });
    }
    let meant = trusted.iter().filter(|signer| manifest.keys.contains(&signer.id));
    let (have, need) = (different(meant.copied()), manifest.threshold.max(1) as usize);
    if have < need {
        return Err(Refusal::Signatures { have, need });
    }
    Ok(())
}

/// How many different keys there are; neither a doubled signature nor a doubled id adds one.
fn different<'a>(signers: impl Iterator<Item = &'a Signer>) -> usize {
    let (mut keys, mut ids) = (BTreeSet::new(), BTreeSet::new());
    for signer in signers {
        keys.insert(signer.key.as_str());
        ids.insert(signer.id.as_str());
    }
    keys.len().min(ids.len())
}

/// How many keys must sign; refused when that is none or more than there are.
fn sound(trust: &TrustRoot) -> Result<usize, Refusal> {
    let keys = trust.keys.iter().collect::<BTreeSet<_>>().len();
    let need = trust.threshold as usize;
    if need == 0 || need > keys {
        return Err(Refusal::Root { threshold: trust.threshold, keys });
    }
    Ok(need)
}

/// May the order be obeyed here, and when? The caller has found the director's signature right.
pub fn judge_order(order: &Order, place: &OrderPlace<'_>) -> Result<When, Refusal> {
    if order.format != 1 {
        return Err(Refusal::Format { found: order.format });
    }
    if order.site != place.site {
        return Err(Refusal::Site { found: order.site.clone(), here: place.site.to_owned() });
    }
    if order.product != place.product {
        return Err(Refusal::Product {
            found: order.product.clone(),
            wanted: place.product.to_owned(),
        });
    }
    if order.counter < place.counter {
        return Err(Refusal::OrderOlder { counter: order.counter, seen: place.counter });
    }
    if place.now >= order.until {
        return Err(Refusal::OrderExpired { until: order.until });
    }
    if order.kind == OrderKind::Rollback && place.former != Some(order.version.as_str()) {
        let kept = place.former.unwrap_or("none").to_owned();
        return Err(Refusal::NoFormer { ordered: order.version.clone(), kept });
    }
    match order.not_before {
        Some(not_before) if not_before >= order.until => {
            Err(Refusal::OrderTimes { not_before, until: order.until })
        }
        Some(not_before) if place.now < not_before => Ok(When::From(not_before)),
        _ => Ok(When::Now),
    }
}

/// Is the package the very one that is ordered? `digest` is SHA-256 of its manifest's bytes.
pub fn judge_fit(order: &Order, manifest: &Manifest, digest: &str) -> Result<(), Refusal> {
    if order.product != manifest.product {
        return Err(Refusal::Product {
            found: manifest.product.clone(),
            wanted: order.product.clone(),
        });
    }
    if order.version != manifest.version {
        return Err(Refusal::Version {
            ordered: order.version.clone(),
            found: manifest.version.clone(),
        });
    }
    if order.manifest != digest {
        return Err(Refusal::Manifest);
    }
    Ok(())
}

/// May the new set of keys take the place of the present one? Both must vouch for it: the present
/// one so that nobody slips keys in, the new one so that nobody is locked out by a slip.
pub fn judge_root(
    present: &TrustRoot,
    new: &TrustRoot,
    signed_by: &[Signer],
) -> Result<(), Refusal> {
    if new.format != 1 {
        return Err(Refusal::Format { found: new.format });
    }
    if new.product != present.product {
        return Err(Refusal::Product {
            found: new.product.clone(),
            wanted: present.product.clone(),
        });
    }
    let (old_need, new_need) = (sound(present)?, sound(new)?);
    let wanted = present.version.saturating_add(1);
    if new.version != wanted {
        return Err(Refusal::RootVersion { found: new.version, wanted });
    }
    let of = |set: &TrustRoot| {
        different(signed_by.iter().filter(|signer| set.keys.contains(&signer.key)))
    };
    let have = of(present);
    if have < old_need {
        return Err(Refusal::RootOldKeys { have, need: old_need });
    }
    let have = of(new);
    if have < new_need {
        return Err(Refusal::RootNewKeys { have, need: new_need });
    }
    Ok(())
}
