//! A controller that does nothing: the first pass over all objects, and a burst of events.

use std::{
    convert::Infallible,
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering::Relaxed},
    },
    time::Duration,
};

use anyhow::{Result, ensure};
use crdgen_runtime::{
    controller::{Action, Context, Controller, Reconciler},
    factory::SharedInformerFactory,
    shutdown::Shutdown,
};
use tokio::time::sleep;

use crate::{
    Args,
    api::example_com::v1alpha1::Database,
    figures::{Figures, Stopwatch},
    server,
};

/// A stage has ended when nothing was reconciled for this long.
const QUIET: Duration = Duration::from_millis(500);
const PATIENCE: f64 = 120.0;

pub(crate) async fn measure(args: &Args, client: kube::Client, figures: &mut Figures) -> Result<()> {
    let reconciled = Arc::new(AtomicUsize::new(0));
    let factory = SharedInformerFactory::new(client.clone());
    let watch = Stopwatch::start()?;
    let controller = Controller::new("idle", &factory, Idle(Arc::clone(&reconciled))).workers(args.workers);
    tokio::spawn(async move { controller.run(&Shutdown::new()).await });
    while reconciled.load(Relaxed) < args.objects {
        ensure!(watch.seconds() < PATIENCE, "only {reconciled:?} were reconciled");
        sleep(Duration::from_micros(500)).await;
    }
    figures.put("ctrl_first_pass_s", watch.seconds());
    figures.put("ctrl_first_pass_cpu_s", watch.cpu_seconds()?);
    sleep(Duration::from_millis(300)).await;
    figures.put_memory("ctrl")?;

    let before = reconciled.load(Relaxed);
    let watch = Stopwatch::start()?;
    server::burst(&client, args.events).await?;
    let (mut last, mut at) = (before, 0.0);
    while last == before || watch.seconds() - at < QUIET.as_secs_f64() {
        ensure!(watch.seconds() < PATIENCE, "no event was reconciled");
        sleep(Duration::from_millis(2)).await;
        let now = reconciled.load(Relaxed);
        if now != last {
            (last, at) = (now, watch.seconds());
        }
    }
    #[expect(clippy::cast_precision_loss, reason = "millions at most")]
    let (events, turns) = (args.events as f64, (last - before) as f64);
    figures.put("ctrl_burst_reconciles", turns);
    figures.put("ctrl_burst_reconciles_ps", turns / at);
    figures.put("ctrl_burst_cpu_us_per_event", watch.cpu_seconds()? * 1e6 / events);
    Ok(())
}

struct Idle(Arc<AtomicUsize>);

impl Reconciler<Database> for Idle {
    type Error = Infallible;

    async fn reconcile(&self, _: Arc<Database>, _: &Context<Database>) -> Result<Action, Infallible> {
        self.0.fetch_add(1, Relaxed);
        Ok(Action::Done)
    }
}
