//! Splits the body of a watch into lines.
//!
//! In: chunks of bytes as they arrive. Out: whole lines without their newline, and whatever follows the last newline. A
//! line that is too long is an error, and so is a silence longer than the idle timeout.

use std::time::Duration;

use bytes::{Bytes, BytesMut};
use kube::client::Body;
use memchr::memchr;

use crate::client::{Error, Pieces};

/// Reads lines from a body.
pub(super) struct Lines {
    pieces: Pieces,
    buffer: BytesMut,
    /// How much of the buffer is known to hold no newline.
    searched: usize,
    limit: usize,
    ended: bool,
}

impl Lines {
    pub(super) fn new(body: Body, limit: usize, idle: Duration) -> Self {
        Self { pieces: Pieces::new(body, idle), buffer: BytesMut::new(), searched: 0, limit, ended: false }
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
            match self.pieces.next().await? {
                Some(piece) => self.buffer.extend_from_slice(&piece),
                None => self.ended = true,
            }
        }
        let rest = self.buffer.split().freeze();
        Ok((!rest.trim_ascii().is_empty()).then_some(rest))
    }

    /// Lowers the idle timeout to `idle`, unless it is shorter already.
    pub(super) fn expect_within(&mut self, idle: Duration) {
        self.pieces.lower_idle(idle);
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
