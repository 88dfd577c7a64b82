//! Records the spans that are opened on this thread.

use std::fmt::{Debug, Write};
use std::sync::{Arc, Mutex};

use tracing::Dispatch;
use tracing::field::{Field, Visit};
use tracing::span::{Attributes, Id, Record};
use tracing::subscriber::{DefaultGuard, NoSubscriber};
use tracing_subscriber::layer::{Context, Layer, SubscriberExt};
use tracing_subscriber::registry::{LookupSpan, Registry};

/// The spans that were opened since [`record`](Self::record), each as `parent>name field=value …`.
pub(crate) struct Spans {
    log: Log,
    _subscriber: DefaultGuard,
    /// While there is one dispatcher only, `tracing` asks that of the thread that comes to a span first, which may be one of
    /// another test, and remembers that nobody wants it.
    _second: Dispatch,
}

#[derive(Clone, Default)]
struct Log(Arc<Mutex<Vec<(Id, String)>>>);

struct Words<'w>(&'w mut String);

impl Spans {
    /// Records from now on, until what is returned is dropped.
    pub(crate) fn record() -> Self {
        let log = Log::default();
        let subscriber = tracing::subscriber::set_default(Registry::default().with(log.clone()));
        Self { log, _subscriber: subscriber, _second: Dispatch::new(NoSubscriber::new()) }
    }

    /// Those with this name.
    pub(crate) fn named(&self, name: &str) -> Vec<String> {
        let found = self.log.0.lock().unwrap();
        let is_named =
            |span: &&(Id, String)| span.1.split(' ').next().unwrap_or_default().ends_with(&format!(">{name}"));
        found.iter().filter(is_named).map(|span| span.1.clone()).collect()
    }
}

impl<S: tracing::Subscriber + for<'s> LookupSpan<'s>> Layer<S> for Log {
    fn on_new_span(&self, attributes: &Attributes<'_>, id: &Id, context: Context<'_, S>) {
        let parent = context.span(id).and_then(|span| span.parent().map(|parent| parent.name())).unwrap_or_default();
        let mut words = format!("{parent}>{}", attributes.metadata().name());
        attributes.record(&mut Words(&mut words));
        self.0.lock().unwrap().push((id.clone(), words));
    }

    fn on_record(&self, id: &Id, values: &Record<'_>, _: Context<'_, S>) {
        let mut spans = self.0.lock().unwrap();
        // Identifiers are used again once a span has ended.
        if let Some((_, words)) = spans.iter_mut().rev().find(|(of, _)| of == id) {
            values.record(&mut Words(words));
        }
    }
}

impl Visit for Words<'_> {
    fn record_str(&mut self, field: &Field, value: &str) {
        let _ = write!(self.0, " {field}={value}");
    }

    fn record_debug(&mut self, field: &Field, value: &dyn Debug) {
        let _ = write!(self.0, " {field}={value:?}");
    }
}
