//! [`EventWriter`], which creates events on the server and updates the counts of series.

use std::fmt;
use std::pin::pin;

use k8s_openapi::api::events::v1::Event;
use k8s_openapi::apimachinery::pkg::apis::meta::v1::{MicroTime, ObjectMeta};
use k8s_openapi::jiff::Timestamp;
use serde_json::json;
use tokio::sync::mpsc;
use tokio::time::sleep_until;

use super::note::truncated;
use super::recorder::Occurrence;
use super::series::{AllSeries, SeriesKey};
use crate::client::{Client, Error, Patch};
use crate::kind::ObjectKey;

/// The namespace of events about cluster-scoped objects.
const DEFAULT_NAMESPACE: &str = "default";
/// The longest name of an object.
const MAX_NAME: usize = 253;
const MAX_INSTANCE: usize = 128;

/// Writes the events of one recorder and its clones.
pub struct EventWriter {
    client: Client<Event>,
    controller: String,
    instance: String,
    occurrences: mpsc::Receiver<Occurrence>,
    series: AllSeries,
}

impl EventWriter {
    pub(super) fn new(client: kube::Client, controller: &str, occurrences: mpsc::Receiver<Occurrence>) -> Self {
        let host = std::env::var("HOSTNAME").unwrap_or_default();
        let instance = if host.is_empty() { controller.to_owned() } else { format!("{controller}-{host}") };
        Self {
            client: Client::new(client),
            controller: controller.to_owned(),
            instance: truncated(&instance, MAX_INSTANCE).to_owned(),
            occurrences,
            series: AllSeries::default(),
        }
    }

    /// Writes until all recorders are dropped and their events are written.
    pub async fn run(self) {
        self.run_until(std::future::pending()).await;
    }

    /// Like [`run`](Self::run), but also ends after `stop` has: once the events that were published by then are written.
    pub async fn run_until(mut self, stop: impl Future<Output = ()>) {
        let mut stop = pin!(stop);
        loop {
            let due = self.series.next_due();
            let flush = async {
                match due {
                    Some(due) => sleep_until(due).await,
                    None => std::future::pending().await,
                }
            };
            tokio::select! {
                occurrence = self.occurrences.recv() => match occurrence {
                    Some(occurrence) => self.record(occurrence).await,
                    None => break,
                },
                () = flush => self.write_series(false).await,
                () = &mut stop => {
                    while let Ok(occurrence) = self.occurrences.try_recv() {
                        self.record(occurrence).await;
                    }
                    break;
                }
            }
        }
        self.write_series(true).await;
    }

    async fn record(&mut self, occurrence: Occurrence) {
        let key = SeriesKey::of(&occurrence);
        if self.series.repeat(&key).is_some() {
            return;
        }
        let event = self.event(occurrence);
        match self.client.create(&event).await {
            Ok(created) => {
                if let Some(event) = ObjectKey::of(&created) {
                    self.series.begin(key, event);
                }
            }
            Err(error) => warn_lost(&event, &error),
        }
    }

    async fn write_series(&mut self, all: bool) {
        for key in self.series.due(all) {
            let Some(series) = self.series.get(&key) else { continue };
            let (event, count) = (series.event.clone(), series.count);
            let patch = Patch::Merge(json!({ "series": { "count": count, "lastObservedTime": now() } }));
            match self.client.patch(&event, &patch).await {
                Err(error) if error.is_not_found() => self.series.end(&key),
                outcome => {
                    if let Err(error) = outcome {
                        tracing::warn!(kind = "Event", key = %event, %error, "a repeated event is lost");
                    }
                    self.series.written(&key, count);
                }
            }
        }
    }

    fn event(&self, occurrence: Occurrence) -> Event {
        let object = occurrence.regarding.name.as_deref().unwrap_or_default();
        // The name that client-go would choose: that of the object, with the time in hexadecimal to make it unique.
        let suffix = format!(".{:x}", Timestamp::now().as_nanosecond());
        let name = format!("{}{suffix}", truncated(object, MAX_NAME - suffix.len()));
        let namespace = occurrence.regarding.namespace.clone().unwrap_or_else(|| DEFAULT_NAMESPACE.to_owned());
        Event {
            metadata: ObjectMeta { name: Some(name), namespace: Some(namespace), ..ObjectMeta::default() },
            event_time: Some(now()),
            reporting_controller: Some(self.controller.clone()),
            reporting_instance: Some(self.instance.clone()),
            action: Some(occurrence.action),
            reason: Some(occurrence.reason),
            note: Some(occurrence.note),
            type_: Some(occurrence.event_type.as_str().to_owned()),
            regarding: Some(occurrence.regarding),
            ..Event::default()
        }
    }
}

impl fmt::Debug for EventWriter {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("EventWriter")
            .field("controller", &self.controller)
            .field("instance", &self.instance)
            .finish_non_exhaustive()
    }
}

fn now() -> MicroTime {
    MicroTime(Timestamp::now())
}

fn warn_lost(event: &Event, error: &Error) {
    tracing::warn!(
        kind = "Event",
        key = ObjectKey::of(event).as_ref().map(tracing::field::display),
        reason = event.reason,
        %error,
        "an event is lost"
    );
}
