//! Optimistic concurrency: repeat a read-change-write while somebody else wins the race.

use std::time::Duration;

use tokio::time::sleep;

use super::Error;

/// Tries, and the delay before the second one; client-go's `retry.DefaultBackoff`, with its jitter.
const TRIES: u32 = 5;
const FIRST_DELAY: Duration = Duration::from_millis(10);
const FACTOR: u32 = 5;

/// Runs `attempt` until it succeeds, fails with anything but a conflict, or has lost five races.
///
/// Each attempt must read the object anew. The waits between grow from 10 ms to 1.25 s; dropping the future cancels.
pub async fn retry_on_conflict<T, F, Fut>(mut attempt: F) -> Result<T, Error>
where
    F: FnMut() -> Fut,
    Fut: Future<Output = Result<T, Error>>,
{
    let mut delay = FIRST_DELAY;
    for _ in 1..TRIES {
        match attempt().await {
            Err(error) if error.is_conflict() => sleep(delay.mul_f64(rand::random_range(1.0..1.1))).await,
            outcome => return outcome,
        }
        delay *= FACTOR;
    }
    attempt().await
}
