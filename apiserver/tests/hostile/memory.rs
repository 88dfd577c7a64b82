//! How much memory the process may take, and does.

use std::alloc::System;

use cap::Cap;
use tokio::sync::{Mutex, MutexGuard};

#[global_allocator]
static ALLOCATOR: Cap<System> = Cap::new(System, usize::MAX);

static TURN: Mutex<()> = Mutex::const_new(());

/// What a test may take. One test runs at a time, because they share the process.
pub(crate) struct Memory {
    before: usize,
    _turn: MutexGuard<'static, ()>,
}

impl Memory {
    /// From now on the process may take so many bytes more. It is aborted if it takes more.
    pub(crate) async fn bounded(bytes: usize) -> Self {
        let turn = TURN.lock().await;
        let before = ALLOCATOR.allocated();
        ALLOCATOR.set_limit(before + bytes).unwrap();
        Self { before, _turn: turn }
    }

    /// How many bytes more are taken than at the start.
    pub(crate) fn taken(&self) -> usize {
        ALLOCATOR.allocated().saturating_sub(self.before)
    }
}

impl Drop for Memory {
    fn drop(&mut self) {
        let _ = ALLOCATOR.set_limit(usize::MAX);
    }
}

pub(crate) const KIB: usize = 1024;
pub(crate) const MIB: usize = 1024 * KIB;
