//! The cases of controller-runtime's `priorityqueue_test.go`.

use std::time::Duration;

use tokio::time::Instant;

use super::{is_idle, queue, take};
use crate::queue::{Item, LOW_PRIORITY};

#[tokio::test(start_paused = true)]
async fn higher_priorities_come_first_and_equal_ones_in_order() {
    // priorityqueue_test.go: "returns items in order", "retains the highest priority", "will not decrease the priority"
    let queue = queue();
    queue.add_all(["a", "b", "c"], LOW_PRIORITY);
    queue.add("d");
    queue.add("b");
    queue.add_all(["b", "d"], LOW_PRIORITY);
    assert_eq!(queue.len(), 4);
    let order = [take(&queue), take(&queue), take(&queue), take(&queue)];
    assert_eq!(order.each_ref().map(|item| **item), ["d", "b", "a", "c"]);
    assert_eq!(order.each_ref().map(Item::priority), [0, 0, LOW_PRIORITY, LOW_PRIORITY]);
    assert!(is_idle(&queue));
}

#[tokio::test(start_paused = true)]
async fn an_item_added_while_it_is_processed_has_the_priority_that_it_was_added_with() {
    let queue = queue();
    queue.add("a");
    let item = take(&queue);
    queue.add_all(["a"], LOW_PRIORITY);
    queue.add("b");
    drop(item);
    assert_eq!(*take(&queue), "b");
    assert_eq!(take(&queue).priority(), LOW_PRIORITY);
}

#[tokio::test(start_paused = true)]
async fn a_delayed_item_keeps_its_highest_priority_and_its_earliest_time() {
    // priorityqueue_test.go: "retains the lowest after duration",
    // TestHighPriorityItemThatBecameReadyIsReturnedBeforeLowPriorityItem
    let queue = queue();
    queue.add_later("a", Duration::from_secs(5), 10);
    queue.add_later("a", Duration::from_secs(1), LOW_PRIORITY);
    queue.add_later("a", Duration::from_secs(9), LOW_PRIORITY);
    queue.add_later("b", Duration::from_secs(1), LOW_PRIORITY);
    let started = Instant::now();
    let first = queue.get().await.unwrap();
    assert_eq!((*first, first.priority(), started.elapsed()), ("a", 10, Duration::from_secs(1)));
    assert_eq!(*take(&queue), "b");
}

#[tokio::test(start_paused = true)]
async fn no_item_waits_for_ever_behind_a_higher_priority() {
    let queue = queue();
    queue.add_all(["low"], LOW_PRIORITY);
    for turn in 0.. {
        queue.add("high");
        if *take(&queue) == "low" {
            assert_eq!(turn, 7, "an eighth of the turns");
            break;
        }
    }
}
