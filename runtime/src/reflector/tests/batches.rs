//! How events are passed on: several at once, but not any number of them.

use std::sync::atomic::{AtomicUsize, Ordering};

use futures::StreamExt;
use futures::future::BoxFuture;
use tokio::sync::Semaphore;

use super::*;
use crate::client::{ListOptions, WatchOptions};
use crate::watch::{Receive, Watch};

/// A server with one watch, which has this many events, and counts those that were taken.
struct Full {
    events: usize,
    taken: Arc<AtomicUsize>,
}

impl ListWatch<Database> for Full {
    fn kind(&self) -> &'static str {
        "Database"
    }

    fn list<'a>(
        &'a self,
        _: &'a ListOptions,
        _: &'a Receive<'a, Database>,
    ) -> BoxFuture<'a, Result<List<Cached<Database>>, client::Error>> {
        Box::pin(async { Ok(List { resource_version: "1".to_owned(), ..List::default() }) })
    }

    fn can_stream(&self) -> bool {
        false
    }

    fn watch<'a>(&'a self, _: &'a WatchOptions) -> BoxFuture<'a, Result<Watch<Database>, client::Error>> {
        let taken = Arc::clone(&self.taken);
        let events = futures::stream::iter(0..self.events).map(move |number| {
            taken.fetch_add(1, Ordering::Relaxed);
            Ok(Event::Added(Ok(database(&format!("o{number}"), "2").into())))
        });
        let open: Watch<Database> = Box::pin(events.chain(futures::stream::pending()));
        Box::pin(async { Ok(open) })
    }
}

/// Takes a batch for each permit, and notes its length.
#[derive(Clone)]
struct Slow {
    permits: Arc<Semaphore>,
    lengths: Arc<Mutex<Vec<usize>>>,
}

impl Sink<Database> for Slow {
    async fn replace(&mut self, _: List<Cached<Database>>) {}

    async fn apply(&mut self, events: Vec<Event<Database>>) {
        self.permits.acquire().await.unwrap().forget();
        self.lengths.lock().unwrap().push(events.len());
    }
}

#[tokio::test(start_paused = true)]
async fn a_batch_has_at_most_256_events_and_a_slow_sink_holds_the_watch_back() {
    // TestRealFIFO_PopMultipleDeltaInBatch
    let sink = Slow { permits: Arc::new(Semaphore::new(0)), lengths: Arc::default() };
    let taken = Arc::new(AtomicUsize::new(0));
    let source = Full { events: 600, taken: Arc::clone(&taken) };
    let reflector = Reflector::new(Arc::new(source), sink.clone(), ReflectorConfig::default());
    let _running = tokio::spawn(reflector.run(CancellationToken::new()));
    settle().await;
    assert_eq!(taken.load(Ordering::Relaxed), 256, "the rest stays on the wire");
    sink.permits.add_permits(1);
    settle().await;
    assert_eq!(taken.load(Ordering::Relaxed), 512);
    sink.permits.add_permits(10);
    settle().await;
    assert_eq!(*sink.lengths.lock().unwrap(), [256, 256, 88]);
}
