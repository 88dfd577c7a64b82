//! How an informer is doing, for probes and for those who wait.

use tokio::time::Instant;

/// The state of an informer.
#[derive(Clone, Debug, Default)]
#[non_exhaustive]
pub struct Health {
    /// Whether the store has had its first complete list, and follows the server.
    pub synced: bool,
    /// When the server last answered: with a list, an opened watch, or events, bookmarks among them. None before the first
    /// answer. Of several namespaces, that with which there was no contact for the longest time counts.
    pub last_contact: Option<Instant>,
    /// The last failed list or watch, if nothing has succeeded since.
    pub last_error: Option<String>,
    /// Why the informer has ended, if it has: it was stopped, or a transform or an index function panicked.
    pub ended: Option<Ended>,
    /// What all of this but the end follows from.
    sources: Vec<SourceHealth>,
}

/// How an informer ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Ended {
    /// It was stopped. The store keeps its last state.
    Stopped,
    /// A transform, an index function or the decoding of an object panicked. The store is not kept up to date any more.
    Failed,
}

/// The state of one of the lists and watches that an informer is made of.
#[derive(Clone, Debug, Default)]
pub(super) struct SourceHealth {
    pub(super) synced: bool,
    pub(super) last_contact: Option<Instant>,
    pub(super) last_error: Option<String>,
}

impl Health {
    pub(super) fn of_sources(count: usize) -> Self {
        Self { sources: vec![SourceHealth::default(); count], ..Self::default() }
    }

    /// Whether whoever reads the store sees what the server has, but for the last moments: it is complete, and followed.
    pub fn is_good(&self) -> bool {
        self.synced && self.ended.is_none()
    }

    /// Changes the state of a source. Returns whether those who wait have to know.
    pub(super) fn change(&mut self, source: usize, change: impl FnOnce(&mut SourceHealth)) -> bool {
        let (synced, had_error) = (self.synced, self.last_error.is_some());
        change(&mut self.sources[source]);
        self.synced = self.sources.iter().all(|source| source.synced);
        // None is before all times.
        self.last_contact = self.sources.iter().map(|source| source.last_contact).min().flatten();
        self.last_error = self.sources.iter().find_map(|source| source.last_error.clone());
        synced != self.synced || had_error || self.last_error.is_some()
    }

    /// Whether all sources but this one have had their first complete lists.
    pub(super) fn others_synced(&self, source: usize) -> bool {
        self.sources.iter().enumerate().all(|(at, other)| at == source || other.synced)
    }

    /// What is wrong with the informer of this name: the name, with how it ended or the last error if there is one.
    pub(crate) fn complaint(&self, name: &str) -> String {
        match (self.ended, &self.last_error) {
            (Some(Ended::Failed), _) => format!("{name} (ended by a panic)"),
            (_, Some(error)) => format!("{name} ({error})"),
            (Some(Ended::Stopped), None) => format!("{name} (stopped)"),
            (None, None) => name.to_owned(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_complete_cache_is_good_until_it_ends() {
        let health = |synced, ended| Health { synced, ended, ..Health::default() };
        assert!(health(true, None).is_good() && !health(false, None).is_good());
        assert!(!health(true, Some(Ended::Stopped)).is_good() && !health(false, Some(Ended::Failed)).is_good());
    }

    #[test]
    fn those_who_wait_hear_of_the_last_sync_and_of_errors_as_they_come_and_go() {
        let mut health = Health::of_sources(2);
        assert!(!health.change(0, |source| source.synced = true) && !health.synced, "one has not synced");
        assert!(health.change(1, |source| source.synced = true) && health.synced);
        assert!(!health.change(0, |source| source.last_contact = Some(Instant::now())), "contact is nothing new");
        assert!(health.change(0, |source| source.last_error = Some("no".to_owned())));
        assert!(health.change(0, |source| source.last_error = None));
        assert!(!health.change(1, |source| source.last_error = None));
    }

    #[test]
    fn a_source_is_the_last_to_sync_if_all_others_have() {
        let mut health = Health::of_sources(2);
        assert!(!health.others_synced(0) && !health.others_synced(1));
        health.change(1, |source| source.synced = true);
        assert!(health.others_synced(0) && !health.others_synced(1));
    }
}
