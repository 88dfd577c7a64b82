//! A search for two replicas that work on one key at once.

use rand::rngs::SmallRng;
use rand::{RngExt as _, SeedableRng as _};

use super::*;

/// The courses that are searched.
const SEEDS: std::ops::Range<u64> = 0..5;

/// A replica: what stops it, its end, and whether its connection is cut.
type Member = (Shutdown, JoinHandle<Result<(), Error>>, Arc<AtomicBool>);

/// Runs replicas that come and go, stop, die and lose their connection, and returns the keys on which two worked at once, and how
/// many turns there were. Each takes part in the next of these shardings.
async fn course(seed: u64, shardings: &[&str]) -> (Vec<String>, usize) {
    let cluster = Cluster::of(30);
    let random = Arc::new(Mutex::new(SmallRng::seed_from_u64(seed)));
    let below = |limit: u64| random.lock().unwrap().random_range(0..limit);
    let mut replicas: Vec<Member> = Vec::new();
    for number in 0..40_usize {
        let cut = Arc::new(AtomicBool::new(false));
        if replicas.len() < 4 && below(2) == 0 {
            let (faults, is_cut) = (Arc::clone(&random), Arc::clone(&cut));
            let fault: Fault = Arc::new(move |_| {
                let mut random = faults.lock().unwrap();
                let refused = is_cut.load(Ordering::Relaxed) || random.random_range(0..12) == 0;
                let delay = Duration::from_millis(random.random_range(0..800));
                (refused.then(|| Reply::json(500, &json!({}))), delay)
            });
            let times = Arc::clone(&random);
            let (shutdown, _, task) = cluster.run(&format!("r{number}"), fault, |mut noting, _| {
                noting.time = Arc::new(move |_| Duration::from_millis(times.lock().unwrap().random_range(0..10_000)));
                noting.again = Some(Duration::from_millis(1));
                (
                    noting,
                    Sharding::new("ns", shardings[number % shardings.len()]).shards(5).identity(&format!("r{number}")),
                )
            });
            replicas.push((shutdown, task, cut));
        }
        sleep(Duration::from_millis(below(15_000))).await;
        if replicas.is_empty() {
            continue;
        }
        let at = usize::try_from(below(replicas.len() as u64)).unwrap();
        match below(4) {
            0 => {
                replicas[at].0.trigger();
                let _ = within(replicas.remove(at).1).await;
            }
            1 => replicas.remove(at).1.abort(),
            2 => drop(replicas[at].2.fetch_not(Ordering::Relaxed)),
            _ => {}
        }
    }
    let ended = cluster.work.lock().unwrap().ended.len();
    (cluster.violations(), ended)
}

#[tokio::test(start_paused = true)]
async fn a_key_never_runs_on_two_replicas_at_once_also_while_shards_move() {
    let mut turns = Vec::new();
    for seed in SEEDS {
        let (violations, count) = course(seed, &["op"]).await;
        assert_eq!(violations, [""; 0], "seed {seed}");
        turns.push(count);
    }
    // A course in which hardly any replica lives long has few.
    assert!(turns.iter().sum::<usize>() > 50 * turns.len(), "{turns:?}");
}

#[tokio::test(start_paused = true)]
async fn replicas_that_know_nothing_of_each_other_are_found_working_together() {
    // Not in every course: chance decides, also where a hash map's order does.
    let mut found = false;
    for seed in SEEDS {
        found = found || !course(seed, &["op", "other"]).await.0.is_empty();
    }
    assert!(found, "the search above finds nothing, whatever happens");
}
