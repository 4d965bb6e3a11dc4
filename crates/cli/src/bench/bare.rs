//! The bare server that the product is measured beside: the same library, constant bytes, no
//! layers, no database.

use crate::exit::Outcome;
use crate::listen::{HEAD_WITHIN, accept};
use crate::output::print;
use axum::Router;
use axum::body::{Body, Bytes};
use axum::http::{StatusCode, header};
use axum::routing::get;
use std::path::PathBuf;
use tokio::net::TcpListener;
use tokio::sync::watch;
use tokio_util::io::ReaderStream;

/// Serves until it is ended.
pub(super) async fn serve(bytes: usize, file: Option<PathBuf>) -> Outcome {
    let constant = Bytes::from(vec![b'x'; bytes]);
    let answer = constant.clone();
    let show = move || {
        let answer = answer.clone();
        async move { answer }
    };
    let router = Router::new()
        .route("/", get(show).post(|body: Bytes| async move { body.len().to_string() }))
        .route("/none", get(|| async { StatusCode::NOT_MODIFIED }))
        .route(
            "/file",
            get(move || {
                let file = file.clone().unwrap_or_default();
                async move {
                    let file = tokio::fs::File::open(file).await.map_err(|it| it.to_string())?;
                    let size = file.metadata().await.map_err(|it| it.to_string())?.len();
                    let body = Body::from_stream(ReaderStream::with_capacity(file, 64 << 10));
                    Ok::<_, String>(([(header::CONTENT_LENGTH, size.to_string())], body))
                }
            }),
        );
    let listener = TcpListener::bind("127.0.0.1:0").await?;
    print(&format!("listening on http://{}\n", listener.local_addr()?))?;
    let (_stop, stopped) = watch::channel(false);
    accept(listener, router, stopped, HEAD_WITHIN).await;
    Ok(())
}
