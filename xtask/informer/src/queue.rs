//! The work queue alone: as client-go's is measured beside it.

use std::{
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering::Relaxed},
    },
    time::Duration,
};

use anyhow::{Result, ensure};
use crdgen_runtime::{
    ObjectKey,
    queue::{ExponentialRateLimiter, WorkQueue},
};

use tokio::task::consume_budget;

use crate::figures::{Figures, Stopwatch};

const ITEMS: usize = 1_000_000;

pub(crate) async fn measure(figures: &mut Figures) -> Result<()> {
    let keys: Arc<Vec<ObjectKey>> = Arc::new(
        (0..ITEMS)
            .map(|turn| ObjectKey::new(Some(&format!("team-{:03}", turn % 100)), &format!("orders-db-{turn:06}")))
            .collect(),
    );
    let queue = new_queue();
    let watch = Stopwatch::start()?;
    for key in &*keys {
        queue.add(key.clone());
        drop(queue.get().await);
    }
    put(figures, "q_single_cycle", &watch)?;

    let queue = new_queue();
    queue.add(keys[0].clone());
    let watch = Stopwatch::start()?;
    for _ in 0..ITEMS {
        queue.add(keys[0].clone());
    }
    put(figures, "q_dedupe_add", &watch)?;

    // Memory for as many items is new to the process, and the machine takes longer to give it than the queue to use it.
    // client-go's has had it since the single cycles, whose garbage lies there: so this round does not count.
    with_workers(&mut Figures::default(), "q_0", 1, &keys).await?;
    for (name, workers) in [("q_1w", 1), ("q_2w", 2)] {
        with_workers(figures, name, workers, &keys).await?;
    }
    Ok(())
}

/// One task adds the items, and workers take them.
async fn with_workers(figures: &mut Figures, name: &str, workers: usize, keys: &Arc<Vec<ObjectKey>>) -> Result<()> {
    let (queue, taken) = (new_queue(), Arc::new(AtomicUsize::new(0)));
    let watch = Stopwatch::start()?;
    let tasks: Vec<_> = (0..workers)
        .map(|_| {
            let (queue, taken) = (queue.clone(), Arc::clone(&taken));
            tokio::spawn(async move {
                while let Some(_item) = queue.get().await {
                    taken.fetch_add(1, Relaxed);
                }
            })
        })
        .collect();
    // A task as the workers are, which lets others have a turn: so it is with client-go's, and with an informer's handlers.
    let producer = tokio::spawn({
        let (queue, keys) = (queue.clone(), Arc::clone(keys));
        async move {
            for key in &*keys {
                queue.add(key.clone());
                consume_budget().await;
            }
            queue.shut_down();
        }
    });
    producer.await?;
    for task in tasks {
        task.await?;
    }
    ensure!(taken.load(Relaxed) == ITEMS, "an item was lost");
    put(figures, name, &watch)
}

fn put(figures: &mut Figures, name: &str, watch: &Stopwatch) -> Result<()> {
    #[expect(clippy::cast_precision_loss, reason = "a million")]
    let items = ITEMS as f64;
    figures.put(&format!("{name}_ps"), items / watch.seconds());
    figures.put(&format!("{name}_cpu_ns"), watch.cpu_seconds()? * 1e9 / items);
    Ok(())
}

fn new_queue() -> WorkQueue<ObjectKey> {
    WorkQueue::new(ExponentialRateLimiter::new(Duration::from_millis(5), Duration::from_secs(1000)))
}
