//! Counts what is allocated, and ends the process where an input takes too much of it.

use std::alloc::System;

use cap::Cap;

/// How many bytes may be allocated at a time. What one evaluation may take is a half of it.
const AT_ONCE: usize = 512 << 20;
/// How many bytes one input may allocate in all, those that were given back included.
pub(crate) const PER_INPUT: usize = 4 << 30;

#[global_allocator]
static ALLOCATOR: Cap<System> = Cap::new(System, AT_ONCE);

/// How many bytes have been allocated since the start.
pub(crate) fn total() -> usize {
    ALLOCATOR.total_allocated()
}
