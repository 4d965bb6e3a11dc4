//! The Merkle tree of RFC 6962, as pure functions over hashes of complete subtrees.

use sha2::{Digest, Sha256};

/// A SHA-256.
pub type Hash = [u8; 32];

/// A complete subtree: `place` counts subtrees of this level from the left.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Node {
    /// 0 for a leaf; a subtree of level `l` has 2^l leaves.
    pub level: u32,
    /// Its number within the level.
    pub place: u64,
}

/// Hash of a leaf.
pub fn leaf(bytes: &[u8]) -> Hash {
    let mut sha = Sha256::new();
    sha.update([0]);
    sha.update(bytes);
    sha.finalize().into()
}

/// Hash of two children.
pub fn parent(left: &Hash, right: &Hash) -> Hash {
    let mut sha = Sha256::new();
    sha.update([1]);
    sha.update(left);
    sha.update(right);
    sha.finalize().into()
}

/// Root of the empty tree.
pub fn empty() -> Hash {
    Sha256::digest([]).into()
}

/// The complete subtrees that make up the leaves `from..to`, from left to right. `from` must be
/// where a subtree of the split begins, which holds for every range of this module.
pub fn cover(from: u64, to: u64) -> Vec<Node> {
    let mut nodes = Vec::new();
    let mut at = from;
    while at < to {
        let mut level = (to - at).ilog2();
        if at > 0 {
            level = level.min(at.trailing_zeros());
        }
        nodes.push(Node { level, place: at >> level });
        at += 1 << level;
    }
    nodes
}

/// Folds the hashes of a [`cover`] into one, from the right.
pub fn fold(hashes: &[Hash]) -> Hash {
    let mut rest = hashes.iter().rev();
    let Some(last) = rest.next() else { return empty() };
    rest.fold(*last, |right, left| parent(left, &right))
}

/// For each step of the inclusion proof of `leaf` in a tree of `size`, from the leaf upwards, the
/// subtrees that make up the sibling.
pub fn proof_covers(leaf: u64, size: u64) -> Vec<Vec<Node>> {
    let (mut from, mut to) = (0, size);
    let mut steps = Vec::new();
    while to - from > 1 {
        // The largest power of two smaller than the number of leaves splits them.
        let half = 1_u64 << (to - from - 1).ilog2();
        if leaf < from + half {
            steps.push(cover(from + half, to));
            to = from + half;
        } else {
            steps.push(cover(from, from + half));
            from += half;
        }
    }
    steps.reverse();
    steps
}

/// The root that an inclusion proof leads to (RFC 9162, 2.1.3.2). `None` when the proof has a
/// wrong length.
pub fn root_from_proof(leaf_hash: Hash, leaf: u64, size: u64, proof: &[Hash]) -> Option<Hash> {
    if leaf >= size {
        return None;
    }
    let (mut node, mut last, mut hash) = (leaf, size - 1, leaf_hash);
    for sibling in proof {
        if last == 0 {
            return None;
        }
        if node & 1 == 1 || node == last {
            hash = parent(sibling, &hash);
            while node & 1 == 0 && node != 0 {
                node >>= 1;
                last >>= 1;
            }
        } else {
            hash = parent(&hash, sibling);
        }
        node >>= 1;
        last >>= 1;
    }
    (last == 0).then_some(hash)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn root(leaves: &[Hash]) -> Hash {
        match leaves {
            [] => empty(),
            [one] => *one,
            many => {
                let half = 1 << (many.len() - 1).ilog2();
                parent(&root(&many[..half]), &root(&many[half..]))
            }
        }
    }

    fn of(node: Node, leaves: &[Hash]) -> Hash {
        let from = (node.place << node.level) as usize;
        root(&leaves[from..from + (1 << node.level)])
    }

    #[test]
    fn proofs_and_roots_agree_with_the_definition_for_all_small_trees() {
        let leaves: Vec<Hash> = (0..40_u8).map(|n| leaf(&[n])).collect();
        for size in 0..=leaves.len() {
            let part = &leaves[..size];
            let hashes: Vec<Hash> =
                cover(0, size as u64).into_iter().map(|node| of(node, part)).collect();
            assert_eq!(fold(&hashes), root(part), "{size}");
            for (at, hash) in part.iter().enumerate() {
                let proof: Vec<Hash> = proof_covers(at as u64, size as u64)
                    .iter()
                    .map(|nodes| {
                        fold(&nodes.iter().map(|node| of(*node, part)).collect::<Vec<_>>())
                    })
                    .collect();
                let found = root_from_proof(*hash, at as u64, size as u64, &proof);
                assert_eq!(found, Some(root(part)), "{at} of {size}");
                let wrong = root_from_proof(leaf(b"other"), at as u64, size as u64, &proof);
                assert_ne!(wrong, Some(root(part)));
            }
        }
    }
}
