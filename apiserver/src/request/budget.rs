//! How many bytes of request bodies a server holds at a time, all clients together.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

/// The most bytes that are held. A body may have three megabytes, and what is made of it takes several times that.
const LIMIT: usize = 128 * 1024 * 1024;

/// What every request may hold beside that, so that small ones are answered while others hold all there is.
const SMALL: usize = 64 * 1024;

/// What is left to be held; clones share it.
#[derive(Clone, Debug, Default)]
pub(crate) struct Budget {
    held: Arc<AtomicUsize>,
}

/// What one request holds. It is given back when this is dropped.
#[derive(Debug)]
pub(crate) struct Share {
    budget: Budget,
    held: usize,
    /// How much of [`SMALL`] is left.
    small: usize,
}

impl Budget {
    /// A share in which nothing is held yet.
    pub(crate) fn share(&self) -> Share {
        Share { budget: self.clone(), held: 0, small: SMALL }
    }
}

impl Share {
    /// Holds so many bytes more. False if that is too much; then it holds what it held.
    pub(crate) fn take(&mut self, bytes: usize) -> bool {
        let free = bytes.min(self.small);
        self.small -= free;
        let bytes = bytes - free;
        let taken = self.budget.held.fetch_update(Ordering::Relaxed, Ordering::Relaxed, |held| {
            held.checked_add(bytes).filter(|held| *held <= LIMIT)
        });
        if taken.is_ok() {
            self.held += bytes;
        }
        taken.is_ok()
    }
}

impl Drop for Share {
    fn drop(&mut self) {
        self.budget.held.fetch_sub(self.held, Ordering::Relaxed);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_dropped_can_be_held_by_others() {
        let budget = Budget::default();
        let (mut one, mut other) = (budget.share(), budget.share());
        assert!(one.take(SMALL) && other.take(SMALL));
        assert!(one.take(LIMIT - 10));
        assert!(!other.take(11));
        assert!(other.take(10));
        assert!(!other.take(1));
        drop(one);
        assert!(other.take(LIMIT - 10));
    }
}
