//! The cases of client-go's `queue_test.go`, `delaying_queue_test.go` and `rate_limiting_queue_test.go`. Each test names
//! the ones that it corresponds to.

use std::collections::BTreeMap;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use futures::FutureExt;
use tokio::task::{JoinSet, yield_now};
use tokio::time::{Instant, advance};

use super::*;

mod limiters;
mod model;
mod priorities;
mod waiting;
mod waking;

type Queue = WorkQueue<&'static str>;

fn queue() -> Queue {
    Queue::new(ExponentialRateLimiter::new(Duration::from_millis(1), Duration::from_secs(1)))
}

/// The next item, which must be there already.
fn take(queue: &Queue) -> Item<&'static str> {
    queue.get().now_or_never().expect("an item should be ready").expect("the queue is shut down")
}

fn is_idle(queue: &Queue) -> bool {
    queue.get().now_or_never().is_none()
}

/// Lets a future that was just spawned or woken run as far as it can.
async fn settle() {
    for _ in 0..10 {
        yield_now().await;
    }
}

#[tokio::test(start_paused = true)]
async fn every_item_is_processed_by_one_worker_at_a_time() {
    // TestBasic
    let queue = queue();
    let turns = Arc::new(Mutex::new(BTreeMap::<&str, (u32, bool)>::new()));
    let mut workers = JoinSet::new();
    for _ in 0..10 {
        let (queue, turns) = (queue.clone(), Arc::clone(&turns));
        workers.spawn(async move {
            while let Some(item) = queue.get().await {
                let busy = std::mem::replace(&mut turns.lock().unwrap().entry(&item).or_default().1, true);
                assert!(!busy, "two workers have {}", *item);
                yield_now().await;
                let mut turns = turns.lock().unwrap();
                let turn = turns.entry(&item).or_default();
                *turn = (turn.0 + 1, false);
            }
        });
    }
    for _ in 0..50 {
        for item in ["a", "b", "c"] {
            queue.add(item);
        }
        yield_now().await;
    }
    queue.shut_down();
    queue.add("after the shutdown");
    while let Some(worker) = workers.join_next().await {
        worker.unwrap();
    }
    let turns = turns.lock().unwrap();
    assert_eq!(turns.keys().copied().collect::<Vec<_>>(), ["a", "b", "c"]);
    assert!(turns.values().all(|(count, _)| (1..=50).contains(count)), "{turns:?}");
}

#[tokio::test(start_paused = true)]
async fn an_item_added_while_it_is_processed_comes_again_when_it_is_done() {
    // TestAddWhileProcessing, TestReinsert
    let queue = queue();
    queue.add("a");
    let item = take(&queue);
    queue.add("a");
    assert!(is_idle(&queue));
    drop(item);
    drop(take(&queue));
    assert!(is_idle(&queue));
}

#[tokio::test(start_paused = true)]
async fn an_item_added_many_times_comes_once() {
    // TestCollapse, TestCollapseWhileProcessing, TestLen
    let queue = queue();
    queue.add("a");
    queue.add("b");
    queue.add("a");
    assert_eq!(queue.len(), 2);
    let item = take(&queue);
    queue.add("a");
    queue.add("a");
    assert_eq!(queue.len(), 1, "what is processed is not queued");
    drop(item);
    assert_eq!(queue.len(), 2);
    assert_eq!([*take(&queue), *take(&queue)], ["b", "a"]);
    assert!(is_idle(&queue));
}

#[tokio::test(start_paused = true)]
async fn a_worker_that_gives_up_waiting_takes_no_item_with_it() {
    let queue = queue();
    {
        let mut waiting = Box::pin(queue.get());
        assert!(waiting.as_mut().now_or_never().is_none());
        queue.add("a");
    }
    assert_eq!(*take(&queue), "a");
}

#[tokio::test(start_paused = true)]
async fn a_shutdown_hands_out_what_is_queued_and_does_not_wait() {
    // TestNoQueueDrainageUsingShutDown
    let queue = queue();
    queue.add("a");
    queue.add("b");
    let item = take(&queue);
    assert!(!queue.is_shutting_down());
    queue.shut_down();
    queue.add("c");
    assert_eq!(*take(&queue), "b");
    drop(item);
    assert!(queue.get().await.is_none());
    assert!(queue.is_shutting_down());
}

#[tokio::test(start_paused = true)]
async fn a_drain_waits_until_every_item_is_done() {
    // TestQueueDrainageUsingShutDownWithDrain
    let queue = queue();
    queue.add("a");
    queue.add("b");
    let (first, second) = (take(&queue), take(&queue));
    let drain = tokio::spawn({
        let queue = queue.clone();
        async move { queue.shut_down_with_drain().await }
    });
    settle().await;
    drop(first);
    settle().await;
    assert!(!drain.is_finished());
    drop(second);
    settle().await;
    assert!(drain.is_finished());
    assert!(queue.get().await.is_none());
}

#[tokio::test(start_paused = true)]
async fn a_drain_hands_out_again_what_was_added_while_it_was_processed() {
    // TestQueueDrainageUsingShutDownWithDrainWithDirtyItem
    let queue = queue();
    queue.add("a");
    let item = take(&queue);
    queue.add("a");
    let drain = tokio::spawn({
        let queue = queue.clone();
        async move { queue.shut_down_with_drain().await }
    });
    settle().await;
    assert!(is_idle(&queue), "a worker stays for what comes again");
    drop(item);
    let item = take(&queue);
    settle().await;
    assert!(!drain.is_finished());
    drop(item);
    settle().await;
    assert!(drain.is_finished());
}

#[tokio::test(start_paused = true)]
async fn a_drain_does_not_wait_for_what_nobody_has_taken() {
    let queue = queue();
    queue.add("a");
    assert!(queue.shut_down_with_drain().now_or_never().is_some());
    assert_eq!(*take(&queue), "a");
}

#[tokio::test(start_paused = true)]
async fn a_shutdown_breaks_off_a_drain() {
    // TestForceQueueShutdownUsingShutDown
    let queue = queue();
    queue.add("a");
    let _item = take(&queue);
    let drain = tokio::spawn({
        let queue = queue.clone();
        async move { queue.shut_down_with_drain().await }
    });
    settle().await;
    queue.shut_down();
    settle().await;
    assert!(drain.is_finished());
}

#[tokio::test(start_paused = true)]
async fn a_drain_of_an_idle_queue_returns_at_once_even_with_items_that_wait_for_their_time() {
    let queue = queue();
    queue.add_after("a", Duration::from_secs(10));
    assert!(queue.shut_down_with_drain().now_or_never().is_some());
    advance(Duration::from_secs(20)).await;
    assert!(queue.get().await.is_none(), "delayed items are dropped");
}

#[tokio::test(start_paused = true)]
async fn a_delayed_item_comes_when_its_time_has_passed() {
    // TestSimpleQueue
    let queue = queue();
    let start = Instant::now();
    queue.add_after("a", Duration::from_millis(50));
    assert_eq!(queue.len(), 0);
    assert_eq!(*queue.get().await.unwrap(), "a");
    assert!(start.elapsed() >= Duration::from_millis(50) && start.elapsed() < Duration::from_millis(55));
    queue.add_after("b", Duration::ZERO);
    assert_eq!(*take(&queue), "b");
}

#[tokio::test(start_paused = true)]
async fn an_item_that_waits_already_keeps_the_earlier_time() {
    // TestDeduping
    let queue = queue();
    queue.add_after("a", Duration::from_millis(50));
    queue.add_after("a", Duration::from_millis(70));
    advance(Duration::from_millis(60)).await;
    drop(take(&queue));
    advance(Duration::from_millis(100)).await;
    assert!(is_idle(&queue), "the later time was dropped");

    queue.add_after("a", Duration::from_millis(50));
    queue.add_after("a", Duration::from_millis(30));
    advance(Duration::from_millis(40)).await;
    drop(take(&queue));
    advance(Duration::from_millis(100)).await;
    assert!(is_idle(&queue));
}

#[tokio::test(start_paused = true)]
async fn an_earlier_item_wakes_a_worker_that_waits_for_a_later_one() {
    // TestAddTwoFireEarly
    let queue = queue();
    let start = Instant::now();
    queue.add_after("later", Duration::from_secs(100));
    let worker = tokio::spawn({
        let queue = queue.clone();
        async move { *queue.get().await.unwrap() }
    });
    settle().await;
    queue.add_after("sooner", Duration::from_secs(1));
    assert_eq!(worker.await.unwrap(), "sooner");
    assert!(start.elapsed() < Duration::from_secs(2));
    assert_eq!(*queue.get().await.unwrap(), "later");
}

#[tokio::test(start_paused = true)]
async fn a_delayed_item_comes_although_one_of_the_waiting_workers_goes_away() {
    for leaves in 0..2 {
        let queue = queue();
        let mut workers: Vec<_> = (0..2)
            .map(|_| {
                let queue = queue.clone();
                tokio::spawn(async move { queue.get().await.map(|item| *item) })
            })
            .collect();
        settle().await;
        queue.add_after("a", Duration::from_secs(5));
        settle().await;
        workers.remove(leaves).abort();
        let stays = tokio::time::timeout(Duration::from_mins(1), workers.remove(0)).await;
        assert_eq!(stays.expect("nobody waits for the time").unwrap(), Some("a"));
    }
}

#[tokio::test(start_paused = true)]
async fn delayed_items_come_in_the_order_of_their_times() {
    // TestCopyShifting
    let queue = queue();
    queue.add_after("third", Duration::from_millis(700));
    queue.add_after("second", Duration::from_millis(500));
    queue.add_after("first", Duration::from_millis(300));
    advance(Duration::from_secs(2)).await;
    assert_eq!(queue.len(), 3);
    assert_eq!([*take(&queue), *take(&queue), *take(&queue)], ["first", "second", "third"]);
}

#[tokio::test(start_paused = true)]
async fn all_workers_get_an_item_when_several_are_due_at_once() {
    let queue = queue();
    let mut workers = JoinSet::new();
    for _ in 0..3 {
        let queue = queue.clone();
        workers.spawn(async move {
            let item = queue.get().await.unwrap();
            tokio::time::sleep(Duration::from_hours(1)).await;
            *item
        });
    }
    settle().await;
    for item in ["a", "b", "c"] {
        queue.add_after(item, Duration::from_secs(5));
    }
    let start = Instant::now();
    while workers.join_next().await.is_some() {}
    assert!(start.elapsed() < Duration::from_mins(61), "one worker did the work of three");
}

#[test]
fn moving_an_item_forward_again_and_again_takes_bounded_room() {
    let mut delay = delay::Delay::new();
    let start = Instant::now();
    for step in (1..10_000).rev() {
        delay.add("a", start + Duration::from_secs(step), 0);
    }
    assert!(format!("{delay:?}").len() < 20_000, "stale entries pile up");
    assert_eq!(delay.pop_due(start + Duration::from_secs(1)), Some(("a", 0)));
    assert_eq!(delay.next_due(), None);
}

#[tokio::test(start_paused = true)]
async fn failures_delay_an_item_until_it_is_forgotten() {
    // TestRateLimitingQueue
    let queue = queue();
    for expected in [1, 2, 4] {
        let start = Instant::now();
        queue.add_rate_limited("a");
        drop(queue.get().await.unwrap());
        let expected = Duration::from_millis(expected);
        assert!(start.elapsed() >= expected && start.elapsed() < expected + Duration::from_millis(2));
    }
    assert_eq!(queue.num_requeues(&"a"), 3);
    assert_eq!(queue.num_requeues(&"b"), 0);
    queue.forget(&"a");
    assert_eq!(queue.num_requeues(&"a"), 0);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn on_real_threads_no_worker_sleeps_beside_a_queued_item() {
    // Each item needs the other worker to have the other one.
    let queue = WorkQueue::<u32>::new(BucketRateLimiter::new(10.0, 1));
    let both = Arc::new(tokio::sync::Barrier::new(2));
    let (sender, mut rounds) = tokio::sync::mpsc::unbounded_channel();
    for _ in 0..2 {
        let (queue, both, sender) = (queue.clone(), Arc::clone(&both), sender.clone());
        tokio::spawn(async move {
            while let Some(_item) = queue.get().await {
                if both.wait().await.is_leader() {
                    sender.send(()).unwrap();
                }
            }
        });
    }
    for round in 0..10_000 {
        queue.add(2 * round);
        queue.add(2 * round + 1);
        let met = tokio::time::timeout(Duration::from_secs(10), rounds.recv()).await;
        assert!(met.is_ok(), "one worker sleeps in round {round}");
    }
}

#[tokio::test(start_paused = true)]
async fn one_of_the_waiting_workers_is_woken_for_each_item_and_one_keeps_the_time() {
    let queue = queue();
    let taken = Arc::new(AtomicUsize::new(0));
    let workers: Vec<_> = (0..4)
        .map(|_| {
            let (queue, taken) = (queue.clone(), Arc::clone(&taken));
            tokio::spawn(async move {
                while let Some(_item) = queue.get().await {
                    taken.fetch_add(1, Ordering::Relaxed);
                }
            })
        })
        .collect();
    settle().await;
    queue.add_after("a", Duration::from_secs(9));
    queue.add_after("b", Duration::from_secs(5));
    queue.add_all(["c", "d"], 0);
    settle().await;
    assert_eq!(taken.load(Ordering::Relaxed), 2);
    tokio::time::sleep(Duration::from_secs(6)).await;
    assert_eq!(taken.load(Ordering::Relaxed), 3);
    tokio::time::sleep(Duration::from_secs(6)).await;
    assert_eq!(taken.load(Ordering::Relaxed), 4);
    queue.shut_down();
    for worker in workers {
        worker.await.unwrap();
    }
}
