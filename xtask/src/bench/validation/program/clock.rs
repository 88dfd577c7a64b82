//! How long something takes.

use std::time::Duration;

/// Batches of runs get longer until one takes as long as this: then reading the clock costs nothing.
const BATCH: Duration = Duration::from_millis(1);

/// Runs `body` for some seconds of a clock, after one run that is not counted. Returns the nanoseconds of a run.
pub fn nanoseconds(clock: fn() -> Duration, seconds: f64, mut body: impl FnMut()) -> f64 {
    body();
    let (mut runs, mut total, mut batch) = (0_u64, Duration::ZERO, 1);
    while total.as_secs_f64() < seconds {
        let started = clock();
        for _ in 0..batch {
            body();
        }
        let taken = clock().saturating_sub(started);
        total += taken;
        runs += batch;
        if taken < BATCH {
            batch *= 2;
        }
    }
    total.as_secs_f64() * 1e9 / runs as f64
}
