//! Connections: each gets its time to say what it wants; one that does not is sent away.

use crate::ports::SystemClock;
use axum::Router;
use axum::body::Body;
use axum::extract::ConnectInfo;
use hyper::body::Incoming;
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper_util::rt::{TokioIo, TokioTimer};
use roadbook_app::ports::Clock as _;
use std::net::SocketAddr;
use std::pin::pin;
use std::time::Duration;
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::watch;
use tokio::task::JoinSet;
use tower::ServiceExt as _;

/// The head of a request arrives within this time, or the connection is closed.
pub const HEAD_WITHIN: Duration = Duration::from_secs(30);
/// So long nothing is accepted when the system has no more files or memory.
const BREATH: Duration = Duration::from_millis(500);

/// Serves until it is told to stop, then lets requests in flight go on to their end.
pub async fn accept(
    listener: TcpListener,
    router: Router,
    mut stop: watch::Receiver<bool>,
    head_within: Duration,
) {
    let mut open = JoinSet::new();
    loop {
        tokio::select! {
            accepted = listener.accept() => match accepted {
                Ok((stream, peer)) => {
                    open.spawn(talk(stream, peer, router.clone(), stop.clone(), head_within));
                }
                Err(error) => {
                    tracing::warn!(%error, "a connection could not be accepted");
                    SystemClock.wait(BREATH).await;
                }
            },
            Some(_) = open.join_next() => {}
            () = told(&mut stop) => break,
        }
    }
    drop(listener);
    while open.join_next().await.is_some() {}
}

/// Ends when the server is told to stop, or nobody is left to tell it.
async fn told(stop: &mut watch::Receiver<bool>) {
    let _ = stop.wait_for(|it| *it).await;
}

async fn talk(
    stream: TcpStream,
    peer: SocketAddr,
    router: Router,
    mut stop: watch::Receiver<bool>,
    head_within: Duration,
) {
    let _ = stream.set_nodelay(true);
    let service = service_fn(move |request: hyper::Request<Incoming>| {
        let mut request = request.map(Body::new);
        request.extensions_mut().insert(ConnectInfo(peer));
        router.clone().oneshot(request)
    });
    let connection = http1::Builder::new()
        .timer(TokioTimer::new())
        .header_read_timeout(head_within)
        .serve_connection(TokioIo::new(stream), service);
    let mut connection = pin!(connection);
    let ended = tokio::select! {
        ended = connection.as_mut() => ended,
        () = told(&mut stop) => {
            connection.as_mut().graceful_shutdown();
            connection.await
        }
    };
    if let Err(error) = ended {
        tracing::debug!(%error, %peer, "a connection ended early");
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};

    #[tokio::test]
    async fn who_sends_no_whole_head_is_sent_away_and_others_are_served() {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let router = Router::new().route("/", axum::routing::get(|| async { "here" }));
        let (stop, stopped) = watch::channel(false);
        let within = Duration::from_millis(300);
        let server = tokio::spawn(accept(listener, router, stopped, within));
        let mut slow = TcpStream::connect(address).await.unwrap();
        slow.write_all(b"GET / HTTP/1.1\r\nhost: x\r\nx-more: ").await.unwrap();
        let mut good = TcpStream::connect(address).await.unwrap();
        good.write_all(b"GET / HTTP/1.1\r\nhost: x\r\nconnection: close\r\n\r\n").await.unwrap();
        let mut text = String::new();
        good.read_to_string(&mut text).await.unwrap();
        assert!(text.starts_with("HTTP/1.1 200") && text.ends_with("here"), "{text}");
        let mut rest = Vec::new();
        let closed = tokio::time::timeout(Duration::from_secs(20), slow.read_to_end(&mut rest));
        assert!(closed.await.is_ok(), "the slow connection stays open");
        assert!(!rest.starts_with(b"HTTP/1.1 200"), "half a head is no request");
        stop.send(true).unwrap();
        server.await.unwrap();
    }
}
