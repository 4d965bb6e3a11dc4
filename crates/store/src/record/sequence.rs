//! The sequencer: gives entries their place in the tree after they were committed.

use super::tree::{self, Hash, Node};
use super::{COLUMNS, TreeHead, recorded};
use crate::commit::{Commit, CommitError, Expect, Miss, Write};
use crate::error::StoreError;
use crate::fail;
use crate::open::Store;
use crate::value::{Cell, Value};
use jiff::Timestamp;
use std::collections::HashMap;

const BATCH: i64 = 500;

/// Places all entries that have no place yet; gives how many. Two sequencers may run: the tree's
/// size is the fence, and the one that comes second starts again from what it finds.
pub async fn sequence(store: &Store) -> Result<u64, StoreError> {
    let mut placed = 0;
    loop {
        let size = size(store).await?;
        let sql = format!(
            "SELECT {COLUMNS} FROM record WHERE position IS NULL \
             ORDER BY at, stream, stream_seq LIMIT {BATCH}"
        );
        let rows = store.query(sql, Vec::new()).await?;
        if rows.is_empty() {
            return Ok(placed);
        }
        let mut hashes: HashMap<Node, Hash> = nodes(store, &tree::cover(0, size)).await?;
        let mut commit = Commit::new(Timestamp::UNIX_EPOCH, "system");
        for (place, row) in (size..).zip(&rows) {
            let entry = recorded(row)?;
            commit.writes.push(place_entry(&entry.stream, entry.seq, place));
            let mut node = Node { level: 0, place };
            let mut hash = tree::leaf(&entry.bytes);
            loop {
                commit.writes.push(keep_node(node, &hash));
                hashes.insert(node, hash);
                if node.place.is_multiple_of(2) {
                    break;
                }
                // A right child completes its parent.
                let left = Node { level: node.level, place: node.place - 1 };
                let left = hashes.get(&left).ok_or_else(|| {
                    StoreError::Corrupt(format!("the record's tree lacks the node {left:?}"))
                })?;
                hash = tree::parent(left, &hash);
                node = Node { level: node.level + 1, place: node.place / 2 };
            }
        }
        let next = size + rows.len() as u64;
        commit.writes.insert(0, move_size(size, next));
        fail::point("record.before_sequence");
        match store.commit(commit).await {
            Ok(_) => placed += rows.len() as u64,
            Err(CommitError::Stale { .. }) => {}
            Err(CommitError::Store(error)) => return Err(error),
            Err(CommitError::Full) => return Err(StoreError::Full),
            Err(other) => return Err(StoreError::Unavailable(other.to_string())),
        }
    }
}

fn place_entry(stream: &str, seq: i64, place: u64) -> Write {
    const SQL: &str = "UPDATE record SET position = $1 \
         WHERE stream = $2 AND stream_seq = $3 AND position IS NULL";
    let miss = Miss::Stale { what: "record".into(), id: format!("{stream}#{seq}") };
    let params = vec![Value::Int(place as i64), stream.to_owned().put(), seq.put()];
    Write::new(SQL, params, Expect::One(miss))
}

fn keep_node(node: Node, hash: &Hash) -> Write {
    const SQL: &str = "INSERT INTO record_node (level, place, hash) VALUES ($1, $2, $3)";
    let params = vec![
        Value::Int(i64::from(node.level)),
        Value::Int(node.place as i64),
        Value::Text(hex::encode(hash)),
    ];
    Write::new(SQL, params, Expect::Any)
}

fn move_size(from: u64, to: u64) -> Write {
    const SQL: &str = "UPDATE record_tree SET size = $1 WHERE id = 1 AND size = $2";
    let miss = Miss::Stale { what: "record".into(), id: "tree".into() };
    Write::new(SQL, vec![Value::Int(to as i64), Value::Int(from as i64)], Expect::One(miss))
}

/// Leaves in the tree.
pub async fn size(store: &Store) -> Result<u64, StoreError> {
    let row = store.first("SELECT size FROM record_tree WHERE id = 1", Vec::new()).await?;
    let row = row.ok_or_else(|| StoreError::Corrupt("the record has no tree".into()))?;
    Ok(row.get::<i64>(0)? as u64)
}

pub(super) async fn nodes(
    store: &Store,
    wanted: &[Node],
) -> Result<HashMap<Node, Hash>, StoreError> {
    const SQL: &str = "SELECT hash FROM record_node WHERE level = $1 AND place = $2";
    let mut found = HashMap::with_capacity(wanted.len());
    for node in wanted {
        let params = vec![Value::Int(i64::from(node.level)), Value::Int(node.place as i64)];
        let row = store.first(SQL, params).await?;
        let text: Option<String> = row.map(|row| row.get(0)).transpose()?;
        let mut hash = [0; 32];
        let good = text.is_some_and(|text| hex::decode_to_slice(text, &mut hash).is_ok());
        if !good {
            return Err(StoreError::Corrupt(format!("the record's tree lacks the node {node:?}")));
        }
        found.insert(*node, hash);
    }
    Ok(found)
}

/// The root of the first `size` leaves: a head that a witness kept is compared with this.
pub async fn root_at(store: &Store, size: u64) -> Result<Hash, StoreError> {
    let cover = tree::cover(0, size);
    let found = nodes(store, &cover).await?;
    Ok(tree::fold(&cover.iter().map(|node| found[node]).collect::<Vec<_>>()))
}

/// The inclusion proof of a leaf in the tree of `size` leaves.
pub async fn inclusion_proof(store: &Store, leaf: u64, size: u64) -> Result<Vec<Hash>, StoreError> {
    let mut proof = Vec::new();
    for cover in tree::proof_covers(leaf, size) {
        let found = nodes(store, &cover).await?;
        proof.push(tree::fold(&cover.iter().map(|node| found[node]).collect::<Vec<_>>()));
    }
    Ok(proof)
}

/// The newest signed head.
pub async fn head(store: &Store) -> Result<Option<TreeHead>, StoreError> {
    const SQL: &str = "SELECT size, root, at, key, signature FROM record_head ORDER BY size DESC, at DESC LIMIT 1";
    store.first(SQL, Vec::new()).await?.as_ref().map(read_head).transpose()
}

pub(super) fn read_head(row: &crate::value::Row) -> Result<TreeHead, StoreError> {
    Ok(TreeHead {
        size: row.get::<i64>(0)? as u64,
        root: row.get(1)?,
        at: row.get(2)?,
        key: row.get(3)?,
        signature: row.get(4)?,
    })
}

/// Places what is left and signs the head, unless this size was signed before.
pub async fn sign_head(store: &Store, at: Timestamp) -> Result<TreeHead, StoreError> {
    const SQL: &str = "INSERT INTO record_head (size, root, at, key, signature) \
         VALUES ($1, $2, $3, $4, $5) ON CONFLICT (size, key) DO NOTHING";
    sequence(store).await?;
    let size = size(store).await?;
    let key = store.key().public();
    if let Some(head) = head(store).await?
        && head.size == size
        && head.key == key
    {
        return Ok(head);
    }
    let root = hex::encode(root_at(store, size).await?);
    let at = at.as_microsecond();
    let signature = store.key().sign(&TreeHead::signed_bytes(size, &root, at));
    let head = TreeHead { size, root, at, key, signature };
    let params = vec![
        Value::Int(size as i64),
        head.root.put(),
        head.at.put(),
        head.key.put(),
        head.signature.put(),
    ];
    let commit =
        Commit::new(Timestamp::UNIX_EPOCH, "system").write(Write::new(SQL, params, Expect::Any));
    match store.commit(commit).await {
        Ok(_) => Ok(head),
        Err(CommitError::Full) => Err(StoreError::Full),
        Err(CommitError::Store(error)) => Err(error),
        Err(other) => Err(StoreError::Unavailable(other.to_string())),
    }
}
