//! Work on several threads, where there is enough of it: starting them takes longer than a small CRD does.

use rayon::prelude::*;

/// From so many files on, writing them is worth several threads.
const MANY: usize = 64;

/// What `work` makes of each item, in their order.
pub(crate) fn map<T: Send, R: Send>(items: Vec<T>, work: impl Fn(T) -> R + Sync + Send) -> Vec<R> {
    if items.len() < 2 {
        return items.into_iter().map(work).collect();
    }
    start();
    items.into_par_iter().map(work).collect()
}

/// Does `work`, which takes little time, for each item; or some of it, if there is an error.
pub(crate) fn try_each<T: Sync, E: Send>(
    items: &[T],
    work: impl Fn(&T) -> Result<(), E> + Sync + Send,
) -> Result<(), E> {
    if items.len() < MANY {
        return items.iter().try_for_each(work);
    }
    start();
    items.par_iter().try_for_each(work)
}

#[cfg(feature = "cli")]
pub(crate) use own_thread::join_in;
#[cfg(feature = "cli")]
use own_thread::start;

#[cfg(not(feature = "cli"))]
fn start() {}

/// The thread of a command works with the others, instead of waiting for them. Other programs decide for themselves.
#[cfg(feature = "cli")]
mod own_thread {
    use std::sync::atomic::{AtomicBool, Ordering};

    static JOINS_IN: AtomicBool = AtomicBool::new(false);

    /// Lets the main thread work too, once there is work for several.
    pub(crate) fn join_in() {
        JOINS_IN.store(true, Ordering::Relaxed);
    }

    pub(super) fn start() {
        if JOINS_IN.swap(false, Ordering::Relaxed) {
            // If there are threads already, they will do.
            let _ = rayon::ThreadPoolBuilder::new().use_current_thread().build_global();
        }
    }
}
