//! The way between an agent and the server, which can be shut, and which can damage what is fetched.

use std::io::{Read, Write};
use std::net::{Shutdown, TcpListener, TcpStream};
use std::sync::atomic::{AtomicBool, AtomicU32, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread;

/// What every connection shares.
#[derive(Default)]
struct Way {
    shut: AtomicBool,
    refused: AtomicU32,
    /// So many files are still to be damaged.
    to_damage: AtomicU32,
    damaged: AtomicU32,
    open: Mutex<Vec<TcpStream>>,
}

/// The way.
pub struct Proxy {
    pub url: String,
    way: Arc<Way>,
}

impl Proxy {
    /// A way to the server at `url`.
    pub fn to(url: &str) -> Proxy {
        let server = url.trim_start_matches("http://").to_owned();
        let listener = TcpListener::bind("127.0.0.1:0").expect("a port");
        let url = format!("http://{}", listener.local_addr().expect("an address"));
        let way = Arc::new(Way::default());
        let shared = Arc::clone(&way);
        thread::spawn(move || {
            for client in listener.incoming().flatten() {
                if shared.shut.load(Ordering::SeqCst) {
                    shared.refused.fetch_add(1, Ordering::SeqCst);
                    continue;
                }
                let Ok(beyond) = TcpStream::connect(&server) else { continue };
                let way = Arc::clone(&shared);
                thread::spawn(move || carry(&client, &beyond, &way));
            }
        });
        Proxy { url, way }
    }

    /// Cuts the way, also what is under way on it.
    pub fn cut(&self) {
        self.way.shut.store(true, Ordering::SeqCst);
        let mut open = self.way.open.lock().unwrap_or_else(PoisonError::into_inner);
        for stream in open.drain(..) {
            let _ = stream.shutdown(Shutdown::Both);
        }
    }

    /// Lets everything through again.
    pub fn mend(&self) {
        self.way.shut.store(false, Ordering::SeqCst);
    }

    /// How often somebody stood before the cut way.
    pub fn refused(&self) -> u32 {
        self.way.refused.load(Ordering::SeqCst)
    }

    /// Damages the next files that are fetched.
    pub fn damage(&self, files: u32) {
        self.way.to_damage.store(files, Ordering::SeqCst);
    }

    /// How many files were damaged.
    pub fn damaged(&self) -> u32 {
        self.way.damaged.load(Ordering::SeqCst)
    }
}

fn carry(client: &TcpStream, server: &TcpStream, way: &Arc<Way>) {
    let copy = |one: &TcpStream| one.try_clone().expect("a second handle");
    {
        let mut open = way.open.lock().unwrap_or_else(PoisonError::into_inner);
        open.extend([copy(client), copy(server)]);
    }
    let (mut from, mut to) = (copy(client), copy(server));
    thread::spawn(move || {
        let _ = std::io::copy(&mut from, &mut to);
        let _ = to.shutdown(Shutdown::Both);
    });
    let (mut from, mut to) = (copy(server), copy(client));
    let mut buffer = [0; 64 << 10];
    // A file begins behind the head of its answer, in the same piece or in the next one.
    let mut file_next = false;
    while let Ok(count @ 1..) = from.read(&mut buffer) {
        let piece = &mut buffer[..count];
        let head = find(piece, b"\r\n\r\n");
        let is_file = find(piece, b"octet-stream").is_some() && find(piece, b"206 ").is_some();
        let body = match head {
            Some(at) if is_file => at + 4,
            _ if file_next => 0,
            _ => count,
        };
        file_next = is_file && body == count;
        let left = |it: u32| it.checked_sub(1);
        if body < count
            && way.to_damage.fetch_update(Ordering::SeqCst, Ordering::SeqCst, left).is_ok()
        {
            piece[body + (count - body) / 2] ^= 1;
            way.damaged.fetch_add(1, Ordering::SeqCst);
        }
        if to.write_all(piece).is_err() {
            break;
        }
    }
    let _ = to.shutdown(Shutdown::Both);
}

fn find(bytes: &[u8], what: &[u8]) -> Option<usize> {
    bytes.windows(what.len()).position(|it| it.eq_ignore_ascii_case(what))
}
