//! Which occurrences belong together, and when their count is to be written.
//!
//! client-go's rule: the same controller, object, type, reason and action are one event, whatever the note says. The
//! first repeat starts a series; a series without a repeat for six minutes is over.

use std::collections::HashMap;
use std::time::Duration;

use tokio::time::Instant;

use super::recorder::{EventType, Occurrence};
use crate::client::ObjectKey;

const OVER_AFTER: Duration = Duration::from_mins(6);
/// Repeats are counted here and written at most this often.
const WRITE_EVERY: Duration = Duration::from_mins(1);
/// Beyond this many, the series that have been quiet longest are forgotten; their next event starts afresh.
const MAX_SERIES: usize = 4096;

/// What makes two occurrences the same event.
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

/// The written event of a series, and how often it has occurred.
#[derive(Clone, Debug)]
pub(super) struct Series {
    pub(super) event: ObjectKey,
    pub(super) count: i32,
    written: i32,
    written_at: Instant,
    last: Instant,
}

/// The series that are not over.
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
    /// Counts a repeat. None if this is no repeat, so that an event is to be created.
    pub(super) fn repeat(&mut self, key: &SeriesKey) -> Option<&Series> {
        let now = Instant::now();
        let series = self.0.get_mut(key).filter(|series| now - series.last < OVER_AFTER)?;
        series.count = series.count.saturating_add(1);
        series.last = now;
        Some(series)
    }

    /// Begins a series with an event that was just created.
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

    /// Ends a series, because its event is gone.
    pub(super) fn end(&mut self, key: &SeriesKey) {
        self.0.remove(key);
    }

    /// The series whose count is to be written now; all unwritten ones if `all`.
    pub(super) fn due(&self, all: bool) -> Vec<SeriesKey> {
        let now = Instant::now();
        let due = self.0.iter().filter(|(_, series)| series.is_unwritten() && (all || series.is_due(now)));
        due.map(|(key, _)| key.clone()).collect()
    }

    pub(super) fn get(&self, key: &SeriesKey) -> Option<&Series> {
        self.0.get(key)
    }

    /// When the next unwritten count is due.
    pub(super) fn next_due(&self) -> Option<Instant> {
        let unwritten = self.0.values().filter(|series| series.is_unwritten());
        unwritten.map(|series| if series.written == 1 { series.last } else { series.written_at + WRITE_EVERY }).min()
    }

    /// Notes that a count was written, or that writing it failed and is not to be repeated at once.
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

    /// The first repeat is written at once, since it is what makes the event a series.
    fn is_due(&self, now: Instant) -> bool {
        self.written == 1 || now - self.written_at >= WRITE_EVERY
    }
}
