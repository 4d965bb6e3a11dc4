//! The load: connections that stay open and ask one thing after the other, as plain bytes, so that
//! the generator takes as little as possible from the server. It has a thread of its own that never
//! sleeps: waking it would be paid for by the server that answers, and the more the slower that is.

use super::fleet::Ask;
use super::server::failed;
use crate::exit::Failure;
use std::pin::pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;

/// Sends `count` requests over so many connections; `request` writes the one with that number.
/// Every answer must have the wanted status. Gives the bytes of all bodies.
pub(super) async fn load(
    base: &str,
    connections: usize,
    count: usize,
    status: u16,
    request: Ask,
) -> Result<usize, Failure> {
    let address = base.trim_start_matches("http://").to_owned();
    let awake = move || {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
        runtime.block_on(async {
            let mut work = pin!(ask_all(address, connections, count, status, request));
            loop {
                tokio::select! {
                    biased;
                    done = &mut work => return done,
                    () = tokio::task::yield_now() => {}
                }
            }
        })
    };
    tokio::task::spawn_blocking(awake).await.map_err(failed)?
}

async fn ask_all(
    address: String,
    connections: usize,
    count: usize,
    status: u16,
    request: Ask,
) -> Result<usize, Failure> {
    let next = Arc::new(AtomicUsize::new(0));
    let mut tasks = tokio::task::JoinSet::new();
    for _ in 0..connections {
        let (address, next, request) = (address.clone(), Arc::clone(&next), Arc::clone(&request));
        tasks.spawn(async move {
            let mut stream = TcpStream::connect(&address).await.map_err(failed)?;
            stream.set_nodelay(true).map_err(failed)?;
            let (mut out, mut buffer) = (Vec::new(), vec![0; 128 << 10]);
            let mut bytes = 0;
            loop {
                let number = next.fetch_add(1, Ordering::Relaxed);
                if number >= count {
                    return Ok::<usize, Failure>(bytes);
                }
                out.clear();
                request(number, &mut out);
                stream.write_all(&out).await.map_err(failed)?;
                bytes += answer(&mut stream, &mut buffer, status).await?;
            }
        });
    }
    let mut bytes = 0;
    while let Some(done) = tasks.join_next().await {
        bytes += done.map_err(failed)??;
    }
    Ok(bytes)
}

async fn answer(stream: &mut TcpStream, buffer: &mut [u8], wanted: u16) -> Result<usize, Failure> {
    let mut have = 0;
    let head = loop {
        let read = stream.read(&mut buffer[have..]).await.map_err(failed)?;
        if read == 0 {
            return Err(failed("the server closed the connection"));
        }
        have += read;
        if let Some(end) = buffer[..have].windows(4).position(|it| it == b"\r\n\r\n") {
            break end + 4;
        }
    };
    let text = String::from_utf8_lossy(&buffer[..head]).to_ascii_lowercase();
    let status = text.get(9..12).and_then(|it| it.parse::<u16>().ok());
    if status != Some(wanted) {
        return Err(failed(String::from_utf8_lossy(&buffer[..have]).into_owned()));
    }
    let length = text.lines().find_map(|it| it.strip_prefix("content-length: "));
    let length: usize = length.and_then(|it| it.trim().parse().ok()).unwrap_or(0);
    let mut left = length.saturating_sub(have - head);
    while left > 0 {
        let part = left.min(buffer.len());
        let read = stream.read(&mut buffer[..part]).await.map_err(failed)?;
        if read == 0 {
            return Err(failed("the server closed the connection"));
        }
        left -= read;
    }
    Ok(length)
}
