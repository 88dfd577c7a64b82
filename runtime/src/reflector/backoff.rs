//! Growing, jittered delays between failed attempts.

use std::time::Duration;

use tokio::time::Instant;

/// The longest delay before jitter, whatever is configured. With jitter it can be twice this.
const LONGEST: Duration = Duration::from_hours(24);

/// How delays grow. The default is the backoff of client-go's reflector.
#[derive(Clone, Debug, PartialEq)]
pub struct BackoffConfig {
    /// The first delay.
    pub initial: Duration,
    /// What each delay is multiplied by.
    pub factor: f64,
    /// The longest delay before jitter.
    pub max: Duration,
    /// Each delay is a random one between `d` and `d * (1 + jitter)`, so that clients do not all come back at once.
    pub jitter: f64,
    /// After this long without a failure the next delay is the initial one again.
    pub reset_after: Duration,
}

impl Default for BackoffConfig {
    fn default() -> Self {
        Self {
            initial: Duration::from_millis(800),
            factor: 2.0,
            max: Duration::from_secs(30),
            jitter: 1.0,
            reset_after: Duration::from_mins(2),
        }
    }
}

/// The delays between attempts that fail.
#[derive(Debug)]
pub struct Backoff {
    config: BackoffConfig,
    next: Duration,
    last_failure: Option<Instant>,
}

impl Backoff {
    /// A series that starts with the initial delay.
    pub fn new(config: BackoffConfig) -> Self {
        Self { next: config.initial, config, last_failure: None }
    }

    /// Counts a failure now, and says how long to wait.
    pub fn failed(&mut self) -> Duration {
        let now = Instant::now();
        if self.last_failure.is_some_and(|last| now - last > self.config.reset_after) {
            self.next = self.config.initial;
        }
        self.last_failure = Some(now);
        let delay = self.next.min(self.config.max).min(LONGEST);
        self.next = times(delay, self.config.factor.max(1.0));
        times(delay, 1.0 + self.config.jitter.max(0.0) * rand::random::<f64>())
    }
}

/// The product, limited so that no factor makes it overflow.
fn times(delay: Duration, factor: f64) -> Duration {
    Duration::try_from_secs_f64(delay.as_secs_f64() * factor).map_or(LONGEST, |product| product.min(2 * LONGEST))
}
