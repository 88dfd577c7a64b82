//! The cases of client-go's `default_rate_limiters_test.go`.

use std::time::Duration;

use tokio::time::advance;

use crate::queue::*;

fn check_delays(limiter: &dyn RateLimiter<&'static str>, item: &'static str, expected: &[u64]) {
    let delays: Vec<_> = expected.iter().map(|_| limiter.when(&item)).collect();
    assert_eq!(delays, expected.iter().map(|millis| Duration::from_millis(*millis)).collect::<Vec<_>>());
}

#[test]
fn exponential_delays_double_per_item_up_to_the_limit() {
    // TestItemExponentialFailureRateLimiter
    let limiter = ExponentialRateLimiter::new(Duration::from_millis(1), Duration::from_secs(1));
    check_delays(&limiter, "one", &[1, 2, 4, 8, 16]);
    check_delays(&limiter, "two", &[1, 2]);
    assert_eq!((limiter.num_requeues(&"one"), limiter.num_requeues(&"two")), (5, 2));
    limiter.forget(&"one");
    check_delays(&limiter, "one", &[1]);
}

#[test]
fn exponential_delays_never_overflow() {
    // TestItemExponentialFailureRateLimiterOverFlow
    let limiter = ExponentialRateLimiter::new(Duration::from_millis(1), Duration::from_secs(1000));
    for _ in 0..5 {
        limiter.when(&"one");
    }
    check_delays(&limiter, "one", &[32]);
    for _ in 0..1000 {
        limiter.when(&"one");
    }
    check_delays(&limiter, "one", &[1_000_000]);
    let limiter = ExponentialRateLimiter::new(Duration::from_mins(1), Duration::MAX);
    for _ in 0..100 {
        assert!(limiter.when(&"one") >= Duration::from_mins(1));
    }
}

#[test]
fn fast_delays_turn_slow_after_the_given_tries() {
    // TestItemFastSlowRateLimiter
    let limiter = FastSlowRateLimiter::new(Duration::from_millis(5), Duration::from_secs(10), 3);
    check_delays(&limiter, "one", &[5, 5, 5, 10_000, 10_000]);
    check_delays(&limiter, "two", &[5]);
    limiter.forget(&"one");
    check_delays(&limiter, "one", &[5]);
}

#[tokio::test(start_paused = true)]
async fn a_bucket_lets_a_burst_pass_and_then_one_item_per_interval() {
    let limiter = BucketRateLimiter::new(10.0, 3);
    check_delays(&limiter, "any", &[0, 0, 0, 100, 200]);
    advance(Duration::from_millis(200)).await;
    check_delays(&limiter, "any", &[100]);
    advance(Duration::from_hours(1)).await;
    check_delays(&limiter, "any", &[0, 0, 0, 100]);
}

#[test]
fn the_worst_limiter_wins() {
    // TestMaxOfRateLimiter
    let limiter: MaxOfRateLimiter<&str> = MaxOfRateLimiter::new(vec![
        Box::new(FastSlowRateLimiter::new(Duration::from_millis(5), Duration::from_secs(3), 3)),
        Box::new(ExponentialRateLimiter::new(Duration::from_millis(1), Duration::from_secs(1))),
    ]);
    check_delays(&limiter, "one", &[5, 5, 5, 3_000, 3_000]);
    assert_eq!(limiter.num_requeues(&"one"), 5);
    limiter.forget(&"one");
    assert_eq!(limiter.num_requeues(&"one"), 0);
}

#[tokio::test(start_paused = true)]
async fn controllers_retry_from_5_milliseconds_to_1000_seconds() {
    let limiter = default_controller_rate_limiter();
    check_delays(&limiter, "one", &[5, 10, 20, 40]);
    for _ in 0..30 {
        limiter.when(&"one");
    }
    check_delays(&limiter, "one", &[1_000_000]);
}

#[test]
fn a_longest_wait_limits_the_delays_of_another_limiter() {
    // TestWithMaxWaitRateLimiter
    let slow = FastSlowRateLimiter::new(Duration::from_millis(5), Duration::from_secs(1000), 3);
    let limiter = MaxWaitRateLimiter::new(slow, Duration::from_secs(500));
    check_delays(&limiter, "one", &[5, 5, 5, 500_000, 500_000]);
    assert_eq!(limiter.num_requeues(&"one"), 5);
    limiter.forget(&"one");
    check_delays(&limiter, "one", &[5]);
}

#[tokio::test(start_paused = true)]
async fn a_bucket_without_a_rate_gains_a_token_a_day() {
    for rate in [0.0, -1.0, f64::NAN] {
        let limiter = BucketRateLimiter::new(rate, 1);
        check_delays(&limiter, "any", &[0, 24 * 3_600_000]);
    }
    let limiter = BucketRateLimiter::new(f64::INFINITY, 0);
    check_delays(&limiter, "any", &[0, 0, 0]);
    assert_eq!(RateLimiter::<&str>::num_requeues(&limiter, &"any"), 0, "it counts nothing");
}

#[test]
fn the_failures_of_all_limiters_are_forgotten_together() {
    let exponential = || ExponentialRateLimiter::new(Duration::from_millis(1), Duration::from_secs(1));
    let limiter: MaxOfRateLimiter<&str> = MaxOfRateLimiter::new(vec![Box::new(exponential()), Box::new(exponential())]);
    check_delays(&limiter, "one", &[1, 2, 4]);
    limiter.forget(&"one");
    check_delays(&limiter, "one", &[1]);
    assert_eq!(MaxOfRateLimiter::<&str>::new(vec![]).when(&"one"), Duration::ZERO, "nobody wants it to wait");
}

#[tokio::test(start_paused = true)]
async fn another_limiter_decides_once_it_is_set_and_knows_of_no_failures() {
    let queue = super::queue();
    assert_eq!([queue.next_delay(&"a"), queue.next_delay(&"a")], [1, 2].map(Duration::from_millis));
    queue.set_rate_limiter(FastSlowRateLimiter::new(Duration::from_secs(5), Duration::from_secs(9), 1));
    assert_eq!(queue.num_requeues(&"a"), 0);
    assert_eq!([queue.next_delay(&"a"), queue.next_delay(&"a")], [5, 9].map(Duration::from_secs));
}
