//! Splits the body of a watch into lines.
//!
//! In: chunks of bytes as they arrive. Out: whole lines without their newline, and whatever follows the last newline. A
//! line that is too long is an error, and so is a silence longer than the idle timeout.

use std::task::{Context, Poll, ready};
use std::time::Duration;

use bytes::{Buf, Bytes, BytesMut};
use kube::client::Body;
use memchr::memchr;

use crate::client::{Error, Pieces};

/// Reads lines from a body.
pub(super) struct Lines {
    pieces: Pieces,
    /// What arrived last, from the first line that was not handed out.
    piece: Bytes,
    /// The start of a line that came in an earlier piece.
    start: BytesMut,
    limit: usize,
    ended: bool,
}

impl Lines {
    pub(super) fn new(body: Body, limit: usize, idle: Duration) -> Self {
        Self { pieces: Pieces::new(body, idle), piece: Bytes::new(), start: BytesMut::new(), limit, ended: false }
    }

    /// The next line that is not empty, if it has arrived; none when the body has ended.
    pub(super) fn poll_next(&mut self, context: &mut Context<'_>) -> Poll<Result<Option<Bytes>, Error>> {
        while !self.ended {
            if let Some(line) = self.line_at_hand()? {
                if line.iter().all(u8::is_ascii_whitespace) {
                    continue;
                }
                return Poll::Ready(Ok(Some(line)));
            }
            match ready!(self.pieces.poll_next(context))? {
                Some(piece) => self.piece = piece,
                None => self.ended = true,
            }
        }
        let rest = self.start.split().freeze();
        Poll::Ready(Ok((!rest.trim_ascii().is_empty()).then_some(rest)))
    }

    /// Lowers the idle timeout to `idle`, unless it is shorter already.
    pub(super) fn expect_within(&mut self, idle: Duration) {
        self.pieces.lower_idle(idle);
    }

    /// Whether the body has ended. If so, the last line had no newline, and may be incomplete.
    pub(super) fn ended(&self) -> bool {
        self.ended
    }

    /// The next line, of which nothing is copied if it came in one piece. If its end has not arrived, all of the piece is the
    /// start of it.
    fn line_at_hand(&mut self) -> Result<Option<Bytes>, Error> {
        let newline = memchr(b'\n', &self.piece);
        if self.start.len() + newline.unwrap_or(self.piece.len()) > self.limit {
            return Err(Error::TooLarge { limit: self.limit });
        }
        let Some(length) = newline else {
            self.start.extend_from_slice(&self.piece);
            // Given back, so that the connection can read into the same memory again.
            self.piece = Bytes::new();
            return Ok(None);
        };
        let line = self.piece.split_to(length);
        self.piece.advance(1);
        if self.start.is_empty() {
            return Ok(Some(line));
        }
        self.start.extend_from_slice(&line);
        Ok(Some(self.start.split().freeze()))
    }
}
