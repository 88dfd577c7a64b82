//! Where an evaluation puts what it makes.

use std::{
    cell::RefCell,
    mem,
    ops::{Deref, DerefMut},
};

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

thread_local! {
    /// What this thread has used before: to ask for memory and give it back costs as much as a small evaluation.
    static SPARE: RefCell<Vec<Arena>> = const { RefCell::new(Vec::new()) };
}

/// An arena that goes back to its thread when it is dropped: see [`Arena::spare`].
#[derive(Debug)]
pub struct SpareArena(Arena);

impl SpareArena {
    /// How many a thread keeps, and how large they are at most, in bytes.
    const MOST: usize = 4;
    const MOST_BYTES: usize = 64 << 10;
}

impl Deref for SpareArena {
    type Target = Arena;

    fn deref(&self) -> &Arena {
        &self.0
    }
}

impl DerefMut for SpareArena {
    fn deref_mut(&mut self) -> &mut Arena {
        &mut self.0
    }
}

impl Drop for SpareArena {
    fn drop(&mut self) {
        let mut arena = mem::take(&mut self.0);
        if arena.bump.allocated_bytes() > Self::MOST_BYTES {
            return;
        }
        arena.reset();
        // While a thread ends, there is nowhere to keep it.
        let _ = SPARE.try_with(|spare| {
            let mut spare = spare.borrow_mut();
            if spare.len() < Self::MOST {
                spare.push(arena);
            }
        });
    }
}

impl Arena {
    /// An empty arena, which has its memory already if the thread has used one before.
    pub fn spare() -> SpareArena {
        let kept = SPARE.try_with(|spare| spare.borrow_mut().pop()).ok().flatten();
        SpareArena(kept.unwrap_or_default())
    }

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
