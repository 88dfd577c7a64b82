//! Which occurrences are counted as one event, and when the count is written.
//!
//! As in client-go, occurrences with the same controller, object, type, reason and action are one event, even if their
//! notes differ. The first repetition starts a series. A series ends after six minutes without a repetition.

use std::collections::HashMap;
use std::time::Duration;

use tokio::time::Instant;

use super::recorder::{EventType, Occurrence};
use crate::kind::ObjectKey;

const OVER_AFTER: Duration = Duration::from_mins(6);
/// The count of a series is written at most this often.
const WRITE_EVERY: Duration = Duration::from_mins(1);
/// The most series that are remembered. Beyond that, the one that has been quiet longest is forgotten, and its next
/// occurrence is a new event.
const MAX_SERIES: usize = 4096;

/// Two occurrences with equal keys are the same event.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(super) struct SeriesKey {
    uid: Option<String>,
    kind: Option<String>,
    namespace: Option<String>,
    name: Option<String>,
    event_type: EventType,
    reason: String,
    action: String,
}

/// The event that was written for a series, and its counts.
#[derive(Clone, Debug)]
pub(super) struct Series {
    pub(super) event: ObjectKey,
    pub(super) count: i32,
    written: i32,
    written_at: Instant,
    last: Instant,
}

/// The series that have not ended.
#[derive(Debug, Default)]
pub(super) struct AllSeries(HashMap<SeriesKey, Series>);

impl SeriesKey {
    pub(super) fn of(occurrence: &Occurrence) -> Self {
        let regarding = &occurrence.regarding;
        Self {
            uid: regarding.uid.clone(),
            kind: regarding.kind.clone(),
            namespace: regarding.namespace.clone(),
            name: regarding.name.clone(),
            event_type: occurrence.event_type,
            reason: occurrence.reason.clone(),
            action: occurrence.action.clone(),
        }
    }
}

impl AllSeries {
    /// Counts a repetition. Returns `None` if there is no such series: then an event must be created.
    pub(super) fn repeat(&mut self, key: &SeriesKey) -> Option<&Series> {
        let now = Instant::now();
        let series = self.0.get_mut(key).filter(|series| now - series.last < OVER_AFTER)?;
        series.count = series.count.saturating_add(1);
        series.last = now;
        Some(series)
    }

    /// Remembers an event that was just created, of which repetitions may follow.
    pub(super) fn begin(&mut self, key: SeriesKey, event: ObjectKey) {
        let now = Instant::now();
        self.0.retain(|_, series| now - series.last < OVER_AFTER || series.is_unwritten());
        while self.0.len() >= MAX_SERIES {
            let quietest = self.0.iter().min_by_key(|(_, series)| series.last).map(|(key, _)| key.clone());
            let Some(quietest) = quietest else { break };
            self.0.remove(&quietest);
        }
        self.0.insert(key, Series { event, count: 1, written: 1, written_at: now, last: now });
    }

    /// Forgets a series whose event no longer exists.
    pub(super) fn end(&mut self, key: &SeriesKey) {
        self.0.remove(key);
    }

    /// The series whose count should be written now; with `all`, every series whose count has not been written.
    pub(super) fn due(&self, all: bool) -> Vec<SeriesKey> {
        let now = Instant::now();
        let due = self.0.iter().filter(|(_, series)| series.is_unwritten() && (all || series.is_due(now)));
        due.map(|(key, _)| key.clone()).collect()
    }

    pub(super) fn get(&self, key: &SeriesKey) -> Option<&Series> {
        self.0.get(key)
    }

    /// When the next count should be written.
    pub(super) fn next_due(&self) -> Option<Instant> {
        let unwritten = self.0.values().filter(|series| series.is_unwritten());
        unwritten.map(|series| if series.written == 1 { series.last } else { series.written_at + WRITE_EVERY }).min()
    }

    /// Notes that a count was written. Also called if writing it failed, so that it is not repeated at once.
    pub(super) fn written(&mut self, key: &SeriesKey, count: i32) {
        if let Some(series) = self.0.get_mut(key) {
            series.written = count;
            series.written_at = Instant::now();
        }
    }
}

impl Series {
    fn is_unwritten(&self) -> bool {
        self.written < self.count
    }

    /// Whether the count should be written. The first repetition is written at once, because it turns the event into a
    /// series.
    fn is_due(&self, now: Instant) -> bool {
        self.written == 1 || now - self.written_at >= WRITE_EVERY
    }
}
