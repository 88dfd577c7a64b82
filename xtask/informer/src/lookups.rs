//! Look-ups in the cache: by key, by namespace, by index, from one thread and from two.

use std::{hint::black_box, thread, time::Instant};

use anyhow::{Result, ensure};
use crdgen_runtime::{Kind, ObjectKey, lister::Lister, store::Index};

use crate::{Args, Mode, api::example_com::v1alpha1::Database, figures::Figures};

const GETS: usize = 2_000_000;

pub(crate) fn measure(
    args: &Args,
    lister: &Lister<Database>,
    clusters: &Index<Database, String>,
    figures: &mut Figures,
) -> Result<()> {
    let keys = keys(lister);
    let in_turn = |from: usize| keys.iter().cycle().skip(from).take(GETS);
    let get = |from| in_turn(from).filter(|key| black_box(lister.get(*key)).is_some()).count();
    // As with client-go's, the object is found and lent, and nothing in it is read.
    let view = |from| in_turn(from).filter(|key| lister.view(*key, |object| _ = black_box(object)).is_some()).count();

    let mut by_key = |name: &str, look_up: &(dyn Fn(usize) -> usize + Sync)| {
        let started = Instant::now();
        ensure!(look_up(0) == GETS, "an object is missing");
        figures.put(&format!("{name}_ps"), rate(GETS, started));
        let started = Instant::now();
        thread::scope(|scope| {
            for from in [0, keys.len() / 2] {
                scope.spawn(move || look_up(from));
            }
        });
        figures.put(&format!("{name}_2thr_ps"), rate(2 * GETS, started));
        Ok(())
    };
    by_key("get_by_key", &get)?;
    if args.mode != Mode::Compact {
        // A compact object is decoded for each view, which takes as long as `get_decoded_us` tells.
        by_key("view_by_key", &view)?;
    }

    let (started, count) = (Instant::now(), 2_000);
    let found: usize = (0..count).map(|turn| lister.namespace(&format!("team-{:03}", turn % 100)).len()).sum();
    ensure!(found == count * args.objects / 100, "a namespace has lost objects");
    figures.put("index_ns_lookups_ps", rate(count, started));

    let all = args.objects / 10;
    let values: Vec<String> = (0..all).map(|turn| format!("cluster-{:05}", (turn * 7919) % all)).collect();
    let (started, count) = (Instant::now(), 200_000);
    let found: usize = values.iter().cycle().take(count).map(|value| clusters.get(value).len()).sum();
    ensure!(found == count * 10, "the index has lost objects");
    figures.put("index_custom_lookups_ps", rate(count, started));

    let (started, count) = (Instant::now(), 20);
    for _ in 0..count {
        black_box(lister.list());
    }
    figures.put("list_all_ps", rate(count, started));

    decoded(lister, &keys, figures)
}

/// How long a get takes until the object can be read, over many objects.
pub(crate) fn decoded<K: Kind>(lister: &Lister<K>, keys: &[ObjectKey], figures: &mut Figures) -> Result<()> {
    let (started, count) = (Instant::now(), 100_000);
    let found =
        keys.iter().cycle().take(count).filter(|key| black_box(lister.get(*key).map(|object| object.arc())).is_some());
    ensure!(found.count() == count, "an object is missing");
    figures.put("get_decoded_us", 1e6 / rate(count, started));
    Ok(())
}

/// How many of something there were in a second.
fn rate(count: usize, started: Instant) -> f64 {
    #[expect(clippy::cast_precision_loss, reason = "millions at most")]
    let count = count as f64;
    count / started.elapsed().as_secs_f64()
}

/// The keys of all objects, in the same disorder each time.
pub(crate) fn keys<K: Kind>(lister: &Lister<K>) -> Vec<ObjectKey> {
    let mut keys: Vec<ObjectKey> = lister.store().snapshot().keys().cloned().collect();
    shuffle(&mut keys);
    keys
}

/// By xorshift.
fn shuffle(keys: &mut [ObjectKey]) {
    let mut state = 88_172_645_463_325_252_u64;
    for last in (1..keys.len()).rev() {
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        keys.swap(last, usize::try_from(state % (last as u64 + 1)).unwrap_or(0));
    }
}
