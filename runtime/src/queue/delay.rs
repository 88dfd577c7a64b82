//! Items that are added to the queue at a later time.

use std::cmp::Reverse;
use std::collections::BinaryHeap;
use std::hash::Hash;

use foldhash::quality::RandomState;
use hashbrown::HashMap;
use tokio::time::Instant;

/// Items by the time at which they are due. Each item is in it once, with the earliest time and the
/// highest priority that it was added with.
///
/// Adding an item with an earlier time leaves its old entry in the heap, where it is skipped when its time comes. Once
/// such entries are the majority, all of them are removed.
#[derive(Debug)]
pub(super) struct Delay<T> {
    heap: BinaryHeap<Reverse<Entry<T>>>,
    due: HashMap<T, (Instant, i32), RandomState>,
    pushed: u64,
}

#[derive(Debug)]
struct Entry<T> {
    due: Instant,
    /// A counter that makes items due at the same time come out in the order in which they were added.
    order: u64,
    item: T,
}

impl<T: Clone + Eq + Hash> Delay<T> {
    pub(super) fn new() -> Self {
        Self { heap: BinaryHeap::new(), due: HashMap::default(), pushed: 0 }
    }

    pub(super) fn is_empty(&self) -> bool {
        self.due.is_empty()
    }

    /// Adds an item. Returns whether it is now the one that is due first: then whoever sleeps until the next one must wake.
    pub(super) fn add(&mut self, item: T, due: Instant, priority: i32) -> bool {
        let priority = match self.due.get_mut(&item) {
            Some((waiting, known)) => {
                *known = priority.max(*known);
                if *waiting <= due {
                    return false;
                }
                *known
            }
            None => priority,
        };
        let first = self.next_due().is_none_or(|next| due < next);
        self.due.insert(item.clone(), (due, priority));
        self.pushed += 1;
        self.heap.push(Reverse(Entry { due, order: self.pushed, item }));
        if self.heap.len() > 2 * self.due.len() + 64 {
            let due = &self.due;
            self.heap.retain(|Reverse(entry)| due.get(&entry.item).is_some_and(|(at, _)| *at == entry.due));
        }
        first
    }

    /// When the first item is due.
    pub(super) fn next_due(&mut self) -> Option<Instant> {
        while let Some(Reverse(entry)) = self.heap.peek() {
            if self.due.get(&entry.item).is_some_and(|(at, _)| *at == entry.due) {
                return Some(entry.due);
            }
            self.heap.pop();
        }
        None
    }

    /// Takes the first item if it is due, with its priority.
    pub(super) fn pop_due(&mut self, now: Instant) -> Option<(T, i32)> {
        if self.next_due()? > now {
            return None;
        }
        let Reverse(entry) = self.heap.pop()?;
        let (_, priority) = self.due.remove(&entry.item)?;
        Some((entry.item, priority))
    }

    pub(super) fn clear(&mut self) {
        self.heap.clear();
        self.due.clear();
    }
}

impl<T> Ord for Entry<T> {
    fn cmp(&self, other: &Self) -> std::cmp::Ordering {
        (self.due, self.order).cmp(&(other.due, other.order))
    }
}

impl<T> PartialOrd for Entry<T> {
    fn partial_cmp(&self, other: &Self) -> Option<std::cmp::Ordering> {
        Some(self.cmp(other))
    }
}

impl<T> PartialEq for Entry<T> {
    fn eq(&self, other: &Self) -> bool {
        self.cmp(other).is_eq()
    }
}

impl<T> Eq for Entry<T> {}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;

    #[test]
    fn items_that_are_due_at_the_same_time_come_in_the_order_in_which_they_were_added() {
        let (mut delay, due) = (Delay::new(), Instant::now());
        for item in 0..20 {
            assert_eq!(delay.add(item, due, 0), item == 0, "only the first is due before all others");
        }
        let order: Vec<_> = std::iter::from_fn(|| delay.pop_due(due)).map(|(item, _)| item).collect();
        assert_eq!(order, (0..20).collect::<Vec<_>>());
    }

    #[test]
    fn only_what_is_waiting_counts() {
        let (mut delay, now) = (Delay::new(), Instant::now());
        assert!(delay.is_empty());
        delay.add("a", now + Duration::from_secs(2), 0);
        delay.add("a", now + Duration::from_secs(1), 0);
        assert!(!delay.is_empty());
        assert_eq!(delay.pop_due(now), None);
        assert_eq!(delay.pop_due(now + Duration::from_secs(1)), Some(("a", 0)));
        assert!(delay.is_empty(), "a place that was left behind does not count");
        delay.add("b", now, 0);
        delay.clear();
        assert!(delay.is_empty() && delay.next_due().is_none());
    }

    #[test]
    fn places_that_were_left_behind_are_removed_once_they_are_the_most_and_no_other() {
        let (mut delay, now) = (Delay::new(), Instant::now());
        let kept = now + Duration::from_hours(1);
        delay.add("kept", kept, 3);
        delay.add("kept too", kept, 0);
        let mut most = 0;
        for step in (0..1_000).rev() {
            delay.add("moved", now + Duration::from_secs(step), 0);
            most = most.max(delay.heap.len());
        }
        assert_eq!(most, 2 * 3 + 64);
        assert_eq!(delay.pop_due(now), Some(("moved", 0)));
        assert_eq!(delay.next_due(), Some(kept));
        assert_eq!(delay.pop_due(kept), Some(("kept", 3)));
    }
}
