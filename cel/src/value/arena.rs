//! Where an evaluation puts what it makes.

use bumpalo::Bump;

use super::{Opaque, Value};

/// The memory that one evaluation may take, in bytes.
const MOST_BYTES: usize = 256 << 20;

/// The memory of evaluations: texts, lists and maps that expressions make lie here, and are given back all at once.
///
/// Nothing in it is dropped one by one, so only what needs no drop is put here.
#[derive(Debug, Default)]
pub struct Arena {
    bump: Bump,
}

impl Arena {
    /// An empty arena. It takes no memory before something is put into it.
    pub fn new() -> Self {
        Self::default()
    }

    /// The memory itself, for what a host puts there on its own.
    pub fn bump(&self) -> &Bump {
        &self.bump
    }

    /// Gives the memory back for the next evaluation.
    pub fn reset(&mut self) {
        self.bump.reset();
    }

    /// Whether an evaluation has put here more than any sensible one does. It is stopped then.
    pub(crate) fn is_full(&self) -> bool {
        self.bump.allocated_bytes() > MOST_BYTES
    }

    /// Puts a text here.
    pub fn text(&self, text: &str) -> &str {
        self.bump.alloc_str(text)
    }

    /// Puts bytes here.
    pub fn bytes(&self, bytes: &[u8]) -> &[u8] {
        self.bump.alloc_slice_copy(bytes)
    }

    /// Puts a value here.
    pub fn value<'a>(&'a self, value: Value<'a>) -> &'a Value<'a> {
        self.bump.alloc(value)
    }

    /// Puts values here, one after the other.
    pub fn values<'a>(&'a self, values: &[Value<'a>]) -> &'a [Value<'a>] {
        self.bump.alloc_slice_copy(values)
    }

    /// Puts entries of a map here.
    pub(crate) fn entries<'a>(&'a self, entries: &[(Value<'a>, Value<'a>)]) -> &'a [(Value<'a>, Value<'a>)] {
        self.bump.alloc_slice_copy(entries)
    }

    /// Puts things of a library or the host here, one after the other.
    pub fn slice<T: Copy>(&self, things: &[T]) -> &[T] {
        self.bump.alloc_slice_copy(things)
    }

    /// Puts something of a library or the host here.
    pub fn place<T: Copy>(&self, thing: T) -> &T {
        self.bump.alloc(thing)
    }

    /// A value of a library's own type.
    pub fn opaque<'a>(&'a self, opaque: Opaque<'a>) -> Value<'a> {
        Value::Opaque(self.bump.alloc(opaque))
    }
}
