//! Rows of files: a package fetched whole and in part, by one site and by many, beside a bare
//! handler of the same library that reads the same file.

use super::fleet::{Ask, Orders, beside, get, key, plain};
use super::http::Served;
use super::server::{Bench, failed};
use super::{Row, Sizes};
use crate::exit::Failure;
use roadbook_app::artifacts::Facts;
use roadbook_core::release::Package;
use std::path::Path;
use std::sync::Arc;

const NAME: &str = "bench.bin";
/// How much of a file is fetched in part.
const PART: usize = 1 << 20;

/// Brings a file of so many bytes.
pub(super) async fn package(bench: &Bench, bytes: usize) -> Result<Package, Failure> {
    let body = std::io::Cursor::new((0..bytes).map(|it| (it % 251) as u8).collect::<Vec<u8>>());
    let (call, product) = (bench.call(), bench.product());
    let arrived = bench.app.artifact_receive(call, product, NAME, None, body).await?;
    let sha256 = arrived.sha256.clone();
    let facts = Facts {
        kind: "package",
        version: "V3.0.0.0000".to_owned(),
        manifest: None,
        key_ids: Vec::new(),
        expires_at: None,
    };
    bench.app.artifact_keep(call, product, arrived, facts).await?;
    Ok(Package { name: NAME.to_owned(), sha256 })
}

/// Downloads of the wave's file.
pub(super) async fn downloads(
    sizes: &Sizes,
    orders: &Orders,
    data: &Path,
) -> Result<Vec<Row>, Failure> {
    let file = data.join("bench-file");
    std::fs::write(&file, vec![b'x'; sizes.file]).map_err(failed)?;
    let bare = Served::bare(PART, Some(&file))?;
    let order = orders.number(1);
    let mut rows = Vec::new();
    for (what, clients, pieces, status, range, path) in [
        ("whole, 1 client", 1, sizes.downloads, 200, String::new(), "/file"),
        ("whole, 50 clients", 50, sizes.downloads * 5, 200, String::new(), "/file"),
        (
            "1 MiB of it, 50 clients",
            50,
            sizes.downloads * 20,
            206,
            format!("range: bytes={}-{}\r\n", PART / 2, PART / 2 + PART - 1),
            "/part",
        ),
    ] {
        let path_of = format!("/softwaremodules/{order}/artifacts/{NAME}");
        let request = get(&key(1), &path_of, &range);
        let ours = |_: usize| -> Ask {
            let request = request.clone();
            Arc::new(move |_, out| out.extend_from_slice(&request))
        };
        let both = (&orders.served, &bare);
        let theirs = (200, plain("GET", path, ""));
        let (mine, other, waited) = beside(both, (clients, pieces), status, ours, theirs).await?;
        rows.push(Row {
            what: format!(
                "download of {} MiB, {what}: CPU of the server (waited {:.1} ms)",
                sizes.file >> 20,
                waited / 1e3
            ),
            ours: mine,
            bare: other,
            beside: "a bare handler that streams the same file",
            bar: "≤ 2 ×",
            unit: "µs",
        });
    }
    Ok(rows)
}
