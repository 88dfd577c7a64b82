//! Splits the body of a watch into lines.
//!
//! In: chunks of bytes as they arrive. Out: whole lines without their newline, and whatever follows the last newline. A
//! line that is too long is an error, and so is a silence longer than the idle timeout.

use std::time::Duration;

use bytes::{Bytes, BytesMut};
use futures::StreamExt;
use http_body_util::{BodyDataStream, BodyExt};
use kube::client::Body;
use memchr::memchr;
use tokio::time::timeout;

use crate::client::Error;

/// The longest line, in bytes. etcd refuses objects above 1.5 MiB unless an administrator raised that; this leaves room
/// for higher limits and for JSON being longer.
pub(super) const MAX_LINE: usize = 16 << 20;

/// Reads lines from a body.
pub(super) struct Lines {
    body: BodyDataStream<Body>,
    buffer: BytesMut,
    /// How much of the buffer is known to hold no newline.
    searched: usize,
    limit: usize,
    idle: Duration,
    ended: bool,
}

impl Lines {
    pub(super) fn new(body: Body, limit: usize, idle: Duration) -> Self {
        Self { body: body.into_data_stream(), buffer: BytesMut::new(), searched: 0, limit, idle, ended: false }
    }

    /// The next line that is not empty; none when the body has ended.
    pub(super) async fn next(&mut self) -> Result<Option<Bytes>, Error> {
        while !self.ended {
            if let Some(line) = self.buffered_line()? {
                if line.iter().all(u8::is_ascii_whitespace) {
                    continue;
                }
                return Ok(Some(line));
            }
            match timeout(self.idle, self.body.next()).await {
                Err(_) => return Err(Error::Idle(self.idle)),
                Ok(Some(chunk)) => {
                    self.buffer.extend_from_slice(&chunk.map_err(|error| Error::Transport(Box::new(error)))?);
                }
                Ok(None) => self.ended = true,
            }
        }
        let rest = self.buffer.split().freeze();
        Ok((!rest.trim_ascii().is_empty()).then_some(rest))
    }

    /// Lowers the idle timeout to `idle`, unless it is shorter already.
    pub(super) fn expect_within(&mut self, idle: Duration) {
        self.idle = self.idle.min(idle);
    }

    /// Whether the body has ended. If so, the last line had no newline, and may be incomplete.
    pub(super) fn ended(&self) -> bool {
        self.ended
    }

    fn buffered_line(&mut self) -> Result<Option<Bytes>, Error> {
        let newline = memchr(b'\n', &self.buffer[self.searched..]);
        let length = newline.map_or(self.buffer.len(), |offset| self.searched + offset);
        if length > self.limit {
            return Err(Error::TooLarge { limit: self.limit });
        }
        if newline.is_none() {
            self.searched = self.buffer.len();
            return Ok(None);
        }
        let mut line = self.buffer.split_to(length + 1);
        line.truncate(length);
        self.searched = 0;
        Ok(Some(line.freeze()))
    }
}
