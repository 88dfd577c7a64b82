//! Workers and items that wait, and what holds nobody up.

use std::sync::Arc;
use std::time::Duration;

use futures::FutureExt;
use tokio::time::{Instant, advance};

use super::{is_idle, queue, settle, take};
use crate::queue::{ExponentialRateLimiter, LOW_PRIORITY, WorkQueue};

#[tokio::test(start_paused = true)]
async fn an_item_that_is_done_leaves_nothing_behind() {
    // TestGarbageCollection
    let limiter = ExponentialRateLimiter::new(Duration::from_millis(1), Duration::from_secs(1));
    let queue = WorkQueue::<Arc<str>>::new(limiter);
    let item: Arc<str> = Arc::from("a");
    queue.add(Arc::clone(&item));
    queue.add_after(Arc::clone(&item), Duration::from_secs(5));
    assert!(Arc::strong_count(&item) > 2);
    drop(queue.get().await.unwrap());
    drop(queue.get().await.unwrap());
    queue.add_rate_limited(Arc::clone(&item));
    drop(queue.get().await.unwrap());
    queue.forget(&item);
    assert_eq!(Arc::strong_count(&item), 1);
}

#[tokio::test(start_paused = true)]
async fn a_shutdown_ends_the_waiting_of_every_worker() {
    // TestGetFromPriorityQueueIsUnblockedOnShutdown
    let queue = queue();
    queue.add_after("later", Duration::from_hours(1));
    let workers: Vec<_> = (0..3)
        .map(|_| {
            let queue = queue.clone();
            tokio::spawn(async move { queue.get().await.is_none() })
        })
        .collect();
    settle().await;
    let before = Instant::now();
    queue.shut_down();
    for worker in workers {
        assert!(worker.await.unwrap());
    }
    assert_eq!(before.elapsed(), Duration::ZERO);
}

#[tokio::test(start_paused = true)]
async fn an_item_that_is_with_a_worker_holds_up_no_other() {
    // priorityqueue_test.go: "doesn't return an item that is currently locked"
    let queue = queue();
    queue.add_all(["a"], 10);
    let busy = take(&queue);
    queue.add_all(["a"], 10);
    queue.add("b");
    assert_eq!(*take(&queue), "b");
    assert!(is_idle(&queue));
    drop(busy);
    assert_eq!(*take(&queue), "a");
}

#[tokio::test(start_paused = true)]
async fn items_count_as_queued_once_they_are_due() {
    // TestItemsAreInludedInLenAndMetricsOnceTheyAreReady
    let queue = queue();
    queue.add_later("a", Duration::from_secs(1), LOW_PRIORITY);
    queue.add_after("b", Duration::from_secs(2));
    assert!(queue.is_empty());
    advance(Duration::from_secs(1)).await;
    assert_eq!(queue.len(), 1);
    advance(Duration::from_secs(1)).await;
    assert_eq!((queue.len(), queue.is_empty()), (2, false));
}

#[tokio::test(start_paused = true)]
async fn items_that_are_due_are_ordered_by_priority_and_then_by_their_times() {
    // TestMultipleItemsWithAfterAreReturnedInCorrectOrder, TestHighPriorityItemThatBecameReadyIsReturnedBeforeLowPriorityItem
    let queue = queue();
    queue.add_all(["low"], LOW_PRIORITY);
    queue.add_after("third", Duration::from_millis(300));
    queue.add_after("first", Duration::from_millis(100));
    queue.add_after("second", Duration::from_millis(200));
    advance(Duration::from_secs(1)).await;
    let order: Vec<&str> = (0..4).map(|_| *take(&queue)).collect();
    assert_eq!(order, ["first", "second", "third", "low"]);
}

#[tokio::test(start_paused = true)]
async fn items_that_fail_together_wait_each_for_its_own_delay() {
    // TestWhenAddingMultipleItemsWithRatelimitTrueTheyDontAffectEachOther
    let queue = queue();
    queue.next_delay(&"b");
    queue.next_delay(&"b");
    let started = Instant::now();
    for item in ["a", "b", "c"] {
        queue.add_rate_limited(item);
    }
    let mut order = Vec::new();
    for _ in 0..3 {
        order.push((*queue.get().await.unwrap(), started.elapsed().as_millis()));
    }
    assert_eq!(order, [("a", 1), ("c", 1), ("b", 4)]);
}

#[tokio::test(start_paused = true)]
async fn a_time_beyond_the_clock_is_far_away_and_no_panic() {
    let queue = queue();
    queue.add_after("never", Duration::MAX);
    advance(Duration::from_hours(24 * 365 * 20)).await;
    assert!(is_idle(&queue));
    queue.shut_down();
    assert!(queue.get().now_or_never().unwrap().is_none());
}

#[tokio::test(start_paused = true)]
async fn a_worker_that_always_finds_an_item_lets_other_tasks_have_a_turn() {
    let queue = queue();
    let endless = tokio::spawn({
        let queue = queue.clone();
        async move {
            loop {
                queue.add("a");
                drop(queue.get().await.unwrap());
            }
        }
    });
    settle().await;
    endless.abort();
    assert!(endless.await.unwrap_err().is_cancelled());
}

#[tokio::test(start_paused = true)]
async fn a_shutdown_frees_what_waits_for_its_time() {
    let limiter = ExponentialRateLimiter::new(Duration::from_millis(1), Duration::from_secs(1));
    let queue = WorkQueue::<Arc<str>>::new(limiter);
    let item: Arc<str> = Arc::from("a");
    queue.add_after(Arc::clone(&item), Duration::from_hours(1));
    queue.shut_down();
    queue.add_after(Arc::clone(&item), Duration::from_hours(1));
    assert_eq!(Arc::strong_count(&item), 1);
}
