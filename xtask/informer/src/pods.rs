//! An informer of Pods with a handler: the memory once they are listed, and how long a get takes.

use std::{
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering::Relaxed},
    },
    time::Duration,
};

use anyhow::{Result, ensure};
use crdgen_runtime::{
    factory::SharedInformerFactory,
    informer::{EventHandler, HandlerOptions},
    reflector::ReflectorConfig,
    store::{Cached, Form},
};
use k8s_openapi::api::core::v1::Pod;
use tokio::time::{sleep, timeout};

use crate::{
    Args, Mode,
    figures::{Figures, Stopwatch},
    lookups,
};

/// How long the list may take.
const PATIENCE: Duration = Duration::from_mins(5);

pub(crate) async fn measure(args: &Args, client: kube::Client, figures: &mut Figures) -> Result<()> {
    let form = if args.mode == Mode::CompactPods { Form::Compact } else { Form::Typed };
    let reflector = ReflectorConfig { form, ..ReflectorConfig::default() };
    let factory = SharedInformerFactory::new(client).reflector(reflector);
    let informer = factory.informer::<Pod>();
    let added = Arc::new(AtomicUsize::new(0));
    let registration = informer.add_handler(Counter(Arc::clone(&added)), HandlerOptions::default())?;
    figures.put_memory("base")?;

    let watch = Stopwatch::start()?;
    factory.start();
    timeout(PATIENCE, registration.wait_for_sync()).await??;
    figures.put("sync_s", watch.seconds());
    figures.put("sync_cpu_s", watch.cpu_seconds()?);
    ensure!(added.load(Relaxed) == args.objects, "not every Pod was reported");
    sleep(Duration::from_millis(300)).await;
    figures.put_memory("sync")?;

    let lister = informer.lister();
    lookups::decoded(&lister, &lookups::keys(&lister), figures)
}

/// Counts the Pods that are new to it.
struct Counter(Arc<AtomicUsize>);

impl EventHandler<Pod> for Counter {
    async fn add(&mut self, _: &Cached<Pod>, _: bool) {
        self.0.fetch_add(1, Relaxed);
    }
}
