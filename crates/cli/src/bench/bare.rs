//! The bare server that the product is measured beside: the same library, constant bytes, no
//! layers, no database.

use crate::exit::Outcome;
use crate::listen::{HEAD_WITHIN, accept};
use crate::output::print;
use axum::Router;
use axum::body::{Body, Bytes};
use axum::http::{StatusCode, header};
use axum::response::IntoResponse;
use axum::routing::get;
use std::io::SeekFrom;
use std::path::PathBuf;
use tokio::io::{AsyncReadExt as _, AsyncSeekExt as _};
use tokio::net::TcpListener;
use tokio::sync::watch;
use tokio_util::io::ReaderStream;

/// A file, or so many bytes from its middle.
async fn streamed(file: PathBuf, part: Option<usize>) -> Result<impl IntoResponse, String> {
    let wrong = |it: std::io::Error| it.to_string();
    let mut file = tokio::fs::File::open(file).await.map_err(wrong)?;
    let mut size = file.metadata().await.map_err(wrong)?.len();
    if let Some(part) = part {
        size = part as u64;
        file.seek(SeekFrom::Start(size / 2)).await.map_err(wrong)?;
    }
    let body = Body::from_stream(ReaderStream::with_capacity(file.take(size), 64 << 10));
    Ok(([(header::CONTENT_LENGTH, size.to_string())], body))
}

/// Serves until it is ended.
pub(super) async fn serve(bytes: usize, file: Option<PathBuf>) -> Outcome {
    let constant = Bytes::from(vec![b'x'; bytes]);
    let answer = constant.clone();
    let show = move || {
        let answer = answer.clone();
        async move { answer }
    };
    let whole = file.clone();
    let router = Router::new()
        .route("/", get(show).post(|body: Bytes| async move { body.len().to_string() }))
        .route("/none", get(|| async { StatusCode::NOT_MODIFIED }))
        .route(
            "/file",
            get(move || {
                let file = whole.clone().unwrap_or_default();
                async move { streamed(file, None).await }
            }),
        )
        .route(
            "/part",
            get(move || {
                let file = file.clone().unwrap_or_default();
                async move { streamed(file, Some(bytes)).await }
            }),
        );
    let listener = TcpListener::bind("127.0.0.1:0").await?;
    print(&format!("listening on http://{}\n", listener.local_addr()?))?;
    let (_stop, stopped) = watch::channel(false);
    accept(listener, router, stopped, HEAD_WITHIN).await;
    Ok(())
}
