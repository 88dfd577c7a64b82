//! An informer with an index and a handler: the first list, a burst of events, look-ups, and how long others wait.

use std::{
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering::Relaxed},
    },
    time::{Duration, Instant},
};

use anyhow::{Result, ensure};
use crdgen_runtime::{
    factory::SharedInformerFactory,
    informer::{EventHandler, HandlerOptions},
    reflector::ReflectorConfig,
    store::{Cached, Deleted, Form},
};
use tokio::{task::JoinHandle, time::sleep};

use crate::{
    Args, Mode,
    api::example_com::v1alpha1::Database,
    figures::{Figures, Stopwatch},
    lookups, server,
};

/// How long a stage may take.
const PATIENCE: Duration = Duration::from_mins(2);

pub(crate) async fn measure(args: &Args, client: kube::Client, figures: &mut Figures) -> Result<()> {
    let form = if args.mode == Mode::Compact { Form::Compact } else { Form::Typed };
    let reflector = ReflectorConfig { form, ..ReflectorConfig::default() };
    let factory = SharedInformerFactory::new(client.clone()).reflector(reflector.clone());
    let informer = factory.informer::<Database>();
    let cluster = |database: &Database| [database.spec.cluster_ref.name.clone()];
    let clusters = informer.add_index("cluster", cluster)?;
    let counts = Arc::new(Counts::default());
    let registration = informer.add_handler(Counter(Arc::clone(&counts)), HandlerOptions::default())?;
    figures.put_memory("base")?;

    let watch = Stopwatch::start()?;
    factory.start();
    registration.wait_for_sync().await?;
    figures.put("sync_s", watch.seconds());
    figures.put("sync_cpu_s", watch.cpu_seconds()?);
    ensure!(counts.initial.load(Relaxed) == args.objects, "not every object was reported");
    sleep(Duration::from_millis(300)).await;
    figures.put_memory("sync")?;

    let watch = Stopwatch::start()?;
    server::burst(&client, args.events).await?;
    while counts.changes.load(Relaxed) < args.events {
        ensure!(watch.seconds() < PATIENCE.as_secs_f64(), "only {:?} events", counts.changes);
        sleep(Duration::from_micros(500)).await;
    }
    #[expect(clippy::cast_precision_loss, reason = "millions at most")]
    let events = args.events as f64;
    figures.put("events_per_s", events / watch.seconds());
    figures.put("us_cpu_per_event", watch.cpu_seconds()? * 1e6 / events);
    sleep(Duration::from_millis(300)).await;
    figures.put_memory("burst")?;

    lookups::measure(args, &informer.lister(), &clusters, figures)?;

    let ticks = Ticks::start();
    server::expire(&client).await?;
    sleep(Duration::from_secs(4)).await;
    figures.put("relist_wait_ms", ticks.worst_of_hundred().await?);

    // Once more from the start, because the ticks take time of the processor themselves.
    let again = SharedInformerFactory::new(client).reflector(reflector);
    let informer = again.informer::<Database>();
    informer.add_index("cluster", cluster)?;
    let registration = informer.add_handler(Counter(counts), HandlerOptions::default())?;
    let ticks = Ticks::start();
    again.start();
    registration.wait_for_sync().await?;
    figures.put("sync_wait_ms", ticks.worst_of_hundred().await?);
    Ok(())
}

/// What a handler was called with.
#[derive(Debug, Default)]
struct Counts {
    initial: AtomicUsize,
    changes: AtomicUsize,
}

struct Counter(Arc<Counts>);

impl EventHandler<Database> for Counter {
    async fn add(&mut self, _: &Cached<Database>, initial: bool) {
        let count = if initial { &self.0.initial } else { &self.0.changes };
        count.fetch_add(1, Relaxed);
    }

    async fn update(&mut self, _: &Cached<Database>, _: &Cached<Database>) {
        self.0.changes.fetch_add(1, Relaxed);
    }

    async fn delete(&mut self, _: &Deleted<Database>) {
        self.0.changes.fetch_add(1, Relaxed);
    }
}

/// Another task of the same runtime, which wants to run every millisecond.
struct Ticks(JoinHandle<()>, Arc<std::sync::Mutex<Vec<Duration>>>);

impl Ticks {
    fn start() -> Self {
        let late = Arc::new(std::sync::Mutex::new(Vec::new()));
        let noted = Arc::clone(&late);
        let task = tokio::spawn(async move {
            let period = Duration::from_millis(2);
            loop {
                let started = Instant::now();
                sleep(period).await;
                if let Ok(mut noted) = noted.lock() {
                    noted.push(started.elapsed().saturating_sub(period));
                }
            }
        });
        Self(task, late)
    }

    /// How late the latest of a hundred runs was, in milliseconds.
    async fn worst_of_hundred(self) -> Result<f64> {
        self.0.abort();
        let _ = self.0.await;
        let mut late = self.1.lock().map(|late| late.clone()).unwrap_or_default();
        late.sort_unstable();
        ensure!(!late.is_empty(), "no tick in that time");
        Ok(late[(late.len() - 1) * 99 / 100].as_secs_f64() * 1e3)
    }
}
