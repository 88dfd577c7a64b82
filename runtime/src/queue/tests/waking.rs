//! Which of the waiting workers are woken: those who have something to do now, and nobody else.

use std::time::Duration;

use futures::task::noop_waker;
use tokio::time::{Instant, advance};

use crate::metrics::Metrics;
use crate::queue::items::Id;
use crate::queue::state::{Done, Next, State};
use crate::queue::waiters::Ticket;

const HOUR: Duration = Duration::from_hours(1);

/// A state with so many waiting workers.
fn waiting(workers: usize) -> (State<&'static str>, Vec<Ticket>) {
    let mut state = State::new();
    let tickets = (0..workers).map(|_| state.wait(None, &noop_waker())).collect();
    (state, tickets)
}

fn take(state: &mut State<&'static str>) -> Id {
    let Next::Item { id, .. } = state.take() else { panic!("an item should be ready") };
    id
}

#[test]
fn a_worker_is_woken_for_each_item_that_is_new() {
    let (mut state, _) = waiting(9);
    assert_eq!(state.add(["a"], 0).len(), 1);
    assert_eq!(state.add(["a", "b", "c", "b"], 0).len(), 2);
    assert_eq!(state.add(["a"], 5).len(), 0, "raised, but as queued as before");
    assert_eq!((state.queued(), state.processing()), (3, 0));
}

#[tokio::test(start_paused = true)]
async fn a_worker_is_woken_for_each_item_that_is_due() {
    let (mut state, tickets) = waiting(9);
    state.add(["a"], 0);
    assert_eq!(state.promote().len(), 0);
    assert!(state.keeps_time(tickets[8]) && !state.keeps_time(tickets[7]), "one is enough");
    for item in ["b", "c", "d"] {
        state.add_at(item, Instant::now() + HOUR, 0);
    }
    advance(HOUR / 2).await;
    assert_eq!(state.promote().len(), 0);
    advance(HOUR / 2).await;
    assert_eq!(state.promote().len(), 3);
    assert_eq!(state.queued(), 4);
}

#[tokio::test(start_paused = true)]
async fn an_earlier_time_wakes_the_one_who_keeps_the_time_or_somebody() {
    let (mut state, tickets) = waiting(3);
    let now = Instant::now();
    assert_eq!(state.add_at("a", now + 3 * HOUR, 0).len(), 1, "nobody keeps the time");
    assert!(state.keeps_time(tickets[1]));
    assert_eq!(state.add_at("b", now + HOUR, 0).len(), 1);
    assert_eq!(state.add_at("c", now + 2 * HOUR, 0).len(), 0, "it is not the next one");
    assert!(state.leave(tickets[1], true).len() == 1, "another one keeps the time now");
    state.shut_down();
    assert_eq!(state.add_at("d", now, 0).len(), 0);
}

#[test]
fn a_worker_is_woken_for_an_item_that_comes_again() {
    let (mut state, _) = waiting(3);
    state.add(["a"], 0);
    let id = take(&mut state);
    let Done { woken, is_idle, .. } = state.done(id);
    assert_eq!((woken.len(), is_idle), (0, true));
    state.add(["a"], 0);
    let id = take(&mut state);
    assert_eq!(state.add(["a"], 0).len(), 0, "not while another worker has it");
    let Done { woken, is_idle, .. } = state.done(id);
    assert_eq!((woken.len(), is_idle), (1, false));
}

#[test]
fn one_who_was_woken_and_goes_away_wakes_another_if_there_is_something_left() {
    let (mut state, tickets) = waiting(5);
    assert_eq!(state.leave(tickets[0], false).len(), 0, "it was not woken");
    state.add(["a"], 0);
    assert_eq!(state.leave(tickets[1], false).len(), 1);
    assert_eq!(state.leave(tickets[2], true).len(), 0, "it has an item");
    take(&mut state);
    state.add(["b"], 0);
    take(&mut state);
    assert_eq!(state.leave(tickets[3], false).len(), 0, "nothing is left");
}

#[tokio::test(start_paused = true)]
async fn only_one_who_kept_the_time_hands_it_on_and_only_while_something_is_delayed() {
    let (mut state, tickets) = waiting(6);
    assert!(state.keeps_time(tickets[0]));
    assert_eq!(state.leave(tickets[0], true).len(), 0, "nothing is delayed");
    assert_eq!(state.add_at("a", Instant::now() + HOUR, 0).len(), 1, "nobody keeps the time");
    assert!(state.keeps_time(tickets[2]));
    assert_eq!(state.leave(tickets[3], true).len(), 0, "it did not keep the time");
    assert_eq!(state.leave(tickets[2], true).len(), 1);
}

#[test]
fn one_who_keeps_the_time_goes_on_with_that_at_its_new_place() {
    let (mut state, tickets) = waiting(3);
    assert!(state.keeps_time(tickets[0]));
    assert_eq!(state.add(["a", "b"], 0).len(), 2);
    let other = state.wait(Some(tickets[1]), &noop_waker());
    assert!(!state.keeps_time(other));
    let keeper = state.wait(Some(tickets[0]), &noop_waker());
    assert!(!state.keeps_time(other) && state.keeps_time(keeper) && !state.keeps_time(tickets[2]));
}

#[test]
fn a_shutdown_wakes_everybody_and_so_does_the_end_of_each_turn_after_it() {
    let (mut state, tickets) = waiting(3);
    state.add(["a", "b"], 0);
    let (first, second) = (take(&mut state), take(&mut state));
    assert_eq!(state.shut_down().len(), 1, "two were woken for the items");
    for ticket in tickets {
        state.wait(Some(ticket), &noop_waker());
    }
    let Done { woken, is_idle, .. } = state.done(first);
    assert_eq!((woken.len(), is_idle), (3, false), "they may have stayed for this item");
    let Done { woken, is_idle, .. } = state.done(second);
    assert_eq!((woken.len(), is_idle), (0, true));
}

#[test]
fn a_worker_that_is_still_in_the_line_keeps_its_place() {
    let (mut state, tickets) = waiting(2);
    assert_eq!(state.wait(Some(tickets[0]), &noop_waker()), tickets[0]);
    state.add(["a"], 0);
    assert!(state.wait(Some(tickets[0]), &noop_waker()) > tickets[1], "it was woken: a new place, at the end");
}

#[tokio::test(start_paused = true)]
async fn the_gauges_say_what_waits_and_who_is_at_work() {
    let (mut state, _) = waiting(0);
    let metrics = Metrics::new();
    state.set_metrics(metrics.queue("q"));
    state.add(["a", "b"], 0);
    state.add(["c"], -1);
    advance(Duration::from_secs(2)).await;
    let first = take(&mut state);
    state.add(["a"], 0);
    advance(Duration::from_secs(3)).await;
    take(&mut state);
    advance(Duration::from_secs(4)).await;
    state.refresh_metrics();
    let labels = r#"{name="q",controller="q"}"#;
    let check = |expected: &[String]| {
        let text = metrics.encode();
        for line in expected {
            assert!(text.lines().any(|known| known == line), "{line} is not in {text}");
        }
    };
    check(&[
        r#"workqueue_depth{name="q",controller="q",priority="0"} 0"#.to_owned(),
        r#"workqueue_depth{name="q",controller="q",priority="-1"} 1"#.to_owned(),
        format!("workqueue_adds_total{labels} 4"),
        format!("workqueue_queue_duration_seconds_sum{labels} 7.0"),
        format!("workqueue_unfinished_work_seconds{labels} 11.0"),
        format!("workqueue_longest_running_processor_seconds{labels} 7.0"),
    ]);
    state.done(first);
    state.retried();
    check(&[format!("workqueue_work_duration_seconds_sum{labels} 7.0"), format!("workqueue_retries_total{labels} 1")]);
}
