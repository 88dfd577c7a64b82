//! Optimistic concurrency: repeats a read, change and write for as long as somebody else writes in between.

use std::time::Duration;

use tokio::time::sleep;

use super::Error;

/// The number of attempts, and below the delay before the second one: client-go's `retry.DefaultBackoff`.
const TRIES: u32 = 5;
const FIRST_DELAY: Duration = Duration::from_millis(10);
const FACTOR: u32 = 5;

/// Runs `attempt` until it succeeds, fails with an error other than a conflict, or has had five conflicts.
///
/// Each attempt must read the object again. The delays between attempts grow from 10 ms to 1.25 s. Dropping the future
/// cancels the attempts.
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
