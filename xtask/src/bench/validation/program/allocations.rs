//! Counts what is allocated, for a program with one thread: the counter is read and written without waiting for others.

use std::{
    alloc::{GlobalAlloc, Layout, System},
    sync::atomic::{AtomicU64, Ordering},
};

/// The system's allocator, counted.
pub struct Counted;

static COUNT: AtomicU64 = AtomicU64::new(0);

fn count() {
    COUNT.store(COUNT.load(Ordering::Relaxed) + 1, Ordering::Relaxed);
}

// SAFETY: each call is passed on as it is.
unsafe impl GlobalAlloc for Counted {
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        count();
        unsafe { System.alloc(layout) }
    }

    unsafe fn dealloc(&self, memory: *mut u8, layout: Layout) {
        unsafe { System.dealloc(memory, layout) }
    }

    unsafe fn alloc_zeroed(&self, layout: Layout) -> *mut u8 {
        count();
        unsafe { System.alloc_zeroed(layout) }
    }

    unsafe fn realloc(&self, memory: *mut u8, layout: Layout, size: usize) -> *mut u8 {
        count();
        unsafe { System.realloc(memory, layout, size) }
    }
}

/// The runs over which allocations are counted.
const RUNS: u64 = 20;

/// How many allocations one run makes, after one run that is not counted.
pub fn of(mut body: impl FnMut()) -> f64 {
    body();
    let before = COUNT.load(Ordering::Relaxed);
    for _ in 0..RUNS {
        body();
    }
    (COUNT.load(Ordering::Relaxed) - before) as f64 / RUNS as f64
}
