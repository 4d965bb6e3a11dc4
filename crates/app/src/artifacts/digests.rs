//! A stream whose old digests are made while it is kept.

use md5::Md5;
use sha1::{Digest as _, Sha1};
use std::pin::Pin;
use std::task::{Context, Poll};
use tokio::io::{AsyncRead, ReadBuf};

/// Reads through, and remembers SHA-1, MD5 and how much it was.
pub(super) struct Digesting<R> {
    source: R,
    sha1: Sha1,
    md5: Md5,
    size: u64,
    limit: u64,
}

impl<R> Digesting<R> {
    pub(super) fn new(source: R, limit: u64) -> Digesting<R> {
        Digesting { source, sha1: Sha1::new(), md5: Md5::new(), size: 0, limit }
    }

    /// More came than is allowed.
    pub(super) fn too_much(&self) -> bool {
        self.size > self.limit
    }

    /// SHA-1 and MD5 of what was read.
    pub(super) fn digests(self) -> (String, String) {
        (hex::encode(self.sha1.finalize()), hex::encode(self.md5.finalize()))
    }
}

impl<R: AsyncRead + Unpin> AsyncRead for Digesting<R> {
    fn poll_read(
        self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<std::io::Result<()>> {
        let this = self.get_mut();
        let before = buffer.filled().len();
        let result = Pin::new(&mut this.source).poll_read(cx, buffer);
        if let Poll::Ready(Ok(())) = &result {
            let fresh = &buffer.filled()[before..];
            this.sha1.update(fresh);
            this.md5.update(fresh);
            this.size += fresh.len() as u64;
        }
        result
    }
}
