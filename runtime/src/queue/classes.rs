//! The queued items by priority.

use std::collections::VecDeque;

/// One of so many turns goes to the lowest class that has items, so that none waits for ever behind those of a higher one.
const FAIR_SHARE: u32 = 8;
/// So many classes are kept although they are empty. Few programs have more than two.
const KEPT: usize = 16;

/// Queues of items, one for each priority.
pub(super) struct Classes<T> {
    /// The highest priority first.
    classes: Vec<Class<T>>,
    /// How many turns in a row a higher class had while a lower one waited.
    passed_over: u32,
}

struct Class<T> {
    priority: i32,
    items: VecDeque<T>,
}

impl<T> Classes<T> {
    pub(super) fn new() -> Self {
        Self { classes: Vec::new(), passed_over: 0 }
    }

    pub(super) fn push(&mut self, item: T, priority: i32) {
        let place = |classes: &[Class<T>]| classes.partition_point(|class| class.priority > priority);
        let mut at = place(&self.classes);
        if self.classes.get(at).is_none_or(|class| class.priority != priority) {
            if self.classes.len() >= KEPT {
                self.classes.retain(|class| !class.items.is_empty());
                at = place(&self.classes);
            }
            self.classes.insert(at, Class { priority, items: VecDeque::new() });
        }
        self.classes[at].items.push_back(item);
    }

    /// The next item and its class: the oldest of the highest class, or, in the lowest class's share of turns, of that one.
    pub(super) fn pop(&mut self) -> Option<(T, i32)> {
        let highest = self.classes.iter().position(|class| !class.items.is_empty())?;
        let lowest = self.classes.iter().rposition(|class| !class.items.is_empty())?;
        self.passed_over = if highest == lowest { 0 } else { self.passed_over + 1 };
        let turn = if self.passed_over >= FAIR_SHARE { lowest } else { highest };
        if turn == lowest {
            self.passed_over = 0;
        }
        let class = &mut self.classes[turn];
        Some((class.items.pop_front()?, class.priority))
    }

    /// Every priority that there is or was.
    pub(super) fn priorities(&self) -> impl Iterator<Item = i32> {
        self.classes.iter().map(|class| class.priority)
    }
}

#[cfg(test)]
mod tests {
    use super::Classes;

    #[test]
    fn higher_classes_come_first_and_lower_ones_have_their_share() {
        let mut classes = Classes::new();
        for item in 0..20 {
            classes.push(item, 0);
            classes.push(100 + item, -100);
        }
        let order: Vec<_> = std::iter::from_fn(|| classes.pop().map(|(item, _)| item)).collect();
        assert_eq!(order[..9], [0, 1, 2, 3, 4, 5, 6, 100, 7]);
        assert_eq!(order.len(), 40);
    }

    #[test]
    fn any_number_of_priorities_takes_bounded_room() {
        let mut classes = Classes::new();
        for priority in 0..1_000 {
            classes.push((), priority);
            assert_eq!(classes.pop(), Some(((), priority)));
        }
        assert!(classes.classes.len() <= super::KEPT);
    }

    #[test]
    fn a_few_priorities_are_remembered_although_nothing_waits() {
        let mut classes = Classes::new();
        for priority in [0, -100, 0, 7] {
            classes.push((), priority);
            classes.pop();
        }
        assert_eq!(classes.priorities().collect::<Vec<_>>(), [7, 0, -100]);
    }
}
