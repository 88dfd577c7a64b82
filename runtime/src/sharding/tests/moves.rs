//! How shards move: to replicas that come, from those that go, die, or lose a lease.

use super::*;
use crate::leader::{LeaderElection, LeaderElector};
use crate::metrics::Metrics;

#[tokio::test(start_paused = true)]
async fn a_single_replica_holds_all_shards_and_works_on_every_key_once() {
    let cluster = Cluster::of(50);
    let only = cluster.start("a", as_it_is);
    sleep(Duration::from_secs(30)).await;
    assert_eq!(only.partition.held(), (0..16).collect::<Vec<_>>());
    assert_eq!(cluster.ended("a"), cluster.names());
    let leases = cluster.leases.all();
    assert_eq!(leases.len(), 17);
    assert_eq!(leases["op-shard-3-of-16"]["spec"]["holderIdentity"], "a");
    assert_eq!(leases["op-shard-3-of-16"]["metadata"]["labels"], json!({ "crdgen/sharding": "op" }));
    only.stop().await;
    let holders: Vec<_> =
        cluster.leases.all().into_values().map(|lease| lease["spec"]["holderIdentity"].clone()).collect();
    assert_eq!(holders, vec![json!(""); 16], "the shards are given up, and the replica's own lease is deleted");
}

#[tokio::test(start_paused = true)]
async fn half_of_the_shards_move_to_a_second_replica_and_come_back_when_it_stops() {
    let cluster = Cluster::of(50);
    let first = cluster.start("a", as_it_is);
    sleep(Duration::from_secs(10)).await;
    let second = cluster.start("b", as_it_is);
    sleep(Duration::from_secs(10)).await;
    assert_eq!((first.held(), second.held()), (8, 8));
    let names = cluster.names();
    let of_second: Vec<_> =
        names.iter().filter(|name| second.partition.held().contains(&second.partition.shard_of(&key(name)))).collect();
    assert_eq!(cluster.ended("b").iter().collect::<Vec<_>>(), of_second, "the second works on what it holds");
    assert_eq!(cluster.ended("a"), names, "the first has not begun again with what it kept");
    second.stop().await;
    sleep(Duration::from_secs(5)).await;
    assert_eq!(first.held(), 16);
    assert_eq!(cluster.ended("a").len(), names.len() + of_second.len());
    assert_eq!(cluster.violations(), [""; 0]);
    first.stop().await;
}

#[tokio::test(start_paused = true)]
async fn the_shards_of_a_dead_replica_pass_on_within_the_lease_and_two_retry_periods() {
    for tenths in 0..20 {
        let cluster = Cluster::of(10);
        let first = cluster.start("a", as_it_is);
        let second = cluster.start("b", as_it_is);
        sleep(Duration::from_secs(30) + Duration::from_millis(100 * tenths)).await;
        assert_eq!((first.held(), second.held()), (8, 8));
        first.task.abort();
        let died = Instant::now();
        while second.held() < 16 {
            sleep(Duration::from_millis(100)).await;
        }
        let waited = died.elapsed().as_secs_f64();
        assert!((11.0..19.0).contains(&waited), "{waited}");
        second.task.abort();
    }
}

#[tokio::test(start_paused = true)]
async fn a_running_turn_holds_its_shard_back_and_no_other() {
    let cluster = Cluster::of(50);
    let slow = |mut noting: Noting, sharding| {
        noting.time = Arc::new(|name| Duration::from_secs(if name == "db-7" { 25 } else { 0 }));
        (noting, sharding)
    };
    let first = cluster.start("a", slow);
    sleep(Duration::from_secs(2)).await;
    let shard = first.partition.shard_of(&key("db-7"));
    // Every other replica would do: one of these will get the shard.
    let others = ["b", "c", "d", "e", "f"].map(|identity| cluster.start(identity, slow));
    sleep(Duration::from_secs(18)).await;
    assert_eq!(cluster.running(), BTreeMap::from([("db-7".to_owned(), "a".to_owned())]));
    let lease = format!("op-shard-{shard}-of-16");
    assert_eq!(cluster.leases.all()[&lease]["spec"]["holderIdentity"], "a");
    assert!(first.held() <= 3, "{:?}", first.partition);
    let moved: usize = others.iter().map(Running::held).sum();
    assert!((12..16).contains(&moved), "{moved}");
    sleep(Duration::from_secs(10)).await;
    assert!(others.iter().any(|other| other.partition.held().contains(&shard)), "it has moved");
    assert_eq!(cluster.running().keys().collect::<Vec<_>>(), ["db-7"]);
    assert_eq!(cluster.violations(), [""; 0]);
}

#[tokio::test(start_paused = true)]
async fn turns_that_take_longer_than_the_drain_timeout_are_cancelled_when_their_shard_moves() {
    let cluster = Cluster::of(50);
    let stuck = |mut noting: Noting, sharding| {
        noting.time = Arc::new(|_| Duration::from_hours(1));
        (noting, sharding)
    };
    let first = cluster.start("a", stuck);
    sleep(Duration::from_secs(5)).await;
    let second = cluster.start("b", stuck);
    sleep(Duration::from_secs(25)).await;
    let with_keys = |shard: &u32| cluster.names().iter().any(|name| first.partition.shard_of(&key(name)) == *shard);
    assert!(!second.partition.held().iter().any(with_keys), "{:?}", second.partition);
    sleep(Duration::from_secs(15)).await;
    assert_eq!((first.held(), second.held()), (8, 8));
    assert_eq!((cluster.running().len(), cluster.violations()), (50, Vec::new()));
}

#[tokio::test(start_paused = true)]
async fn a_lost_lease_cancels_the_turns_of_its_shard_alone_before_it_runs_out() {
    let cluster = Cluster::of(50);
    let slow = |mut noting: Noting, sharding| {
        noting.time = Arc::new(|_| Duration::from_mins(2));
        (noting, sharding)
    };
    let only = cluster.start("a", slow);
    sleep(Duration::from_secs(10)).await;
    assert_eq!(cluster.running().len(), 50);
    let shard = only.partition.shard_of(&key("db-7"));
    *only.refused.lock().unwrap() = Some(format!("op-shard-{shard}-of-16"));
    sleep(Duration::from_secs(14)).await;
    let in_shard = |name: &String| only.partition.shard_of(&key(name)) == shard;
    assert!(!only.partition.held().contains(&shard) && only.held() == 15);
    let running = cluster.running();
    assert!(!running.keys().any(in_shard), "{running:?}");
    assert_eq!(running.len(), cluster.names().iter().filter(|name| !in_shard(name)).count(), "the others go on");
    *only.refused.lock().unwrap() = None;
    sleep(Duration::from_secs(5)).await;
    assert_eq!((only.held(), cluster.running().len()), (16, 50), "it takes the shard again");
    assert!(!only.task.is_finished());
}

#[tokio::test(start_paused = true)]
async fn a_replica_that_loses_its_lease_while_turns_end_cancels_them_in_time() {
    let cluster = Cluster::of(50);
    let slow = |mut noting: Noting, sharding| {
        noting.time = Arc::new(|_| Duration::from_secs(29));
        (noting, sharding)
    };
    let first = cluster.start("a", slow);
    sleep(Duration::from_secs(5)).await;
    let second = cluster.start("b", slow);
    sleep(Duration::from_secs(4)).await;
    // The first lets half of its shards go, while their turns still run.
    *first.refused.lock().unwrap() = Some("leases".to_owned());
    for _ in 0..60 {
        sleep(Duration::from_secs(1)).await;
        assert_eq!(cluster.violations(), [""; 0]);
    }
    assert_eq!((first.held(), second.held()), (0, 16));
}

#[tokio::test(start_paused = true)]
async fn a_replica_is_measured_under_the_name_of_the_sharding() {
    let (cluster, metrics) = (Cluster::of(1), Metrics::new());
    let connection = cluster.connection(Arc::new(|_| (None, Duration::ZERO)));
    let replica = Replica::new(connection, Sharding::new("ns", "op").shards(3)).unwrap().metrics(&metrics);
    let stop = tokio_util::sync::CancellationToken::new();
    let running = tokio::spawn(replica.run(stop.clone()));
    sleep(Duration::from_secs(5)).await;
    let shows = |line: &str| metrics.encode().lines().any(|found| found == line);
    assert!(shows(r#"crdgen_sharding_shards_held{name="op"} 3"#) && shows(r#"crdgen_sharding_replicas{name="op"} 1"#));
    stop.cancel();
    running.await.unwrap();
    assert!(shows(r#"crdgen_sharding_shards_held{name="op"} 0"#));
    assert!(shows(r#"crdgen_sharding_moves_total{name="op",move="taken"} 3"#));
    assert!(shows(r#"crdgen_sharding_moves_total{name="op",move="released"} 3"#));
}

#[tokio::test(start_paused = true)]
async fn a_replica_that_keeps_a_shard_without_renewing_its_lease_is_not_alive() {
    let cluster = Cluster::of(1);
    let connection = cluster.connection(Arc::new(|_| (None, Duration::ZERO)));
    let elector = LeaderElector::new(connection, LeaderElection::new("ns", "op-shard-0-of-16")).unwrap();
    let (partition, leadership) = (Sharding::new("ns", "op").partition(), elector.leadership());
    let stop = tokio_util::sync::CancellationToken::new();
    let running = tokio::spawn(elector.run(stop, |leading| async move { leading.cancelled().await }));
    sleep(Duration::from_secs(5)).await;
    partition.hold(0, leadership);
    running.abort();
    let tolerance = Duration::from_secs(20);
    assert!(partition.is_healthy(tolerance));
    sleep(Duration::from_secs(36)).await;
    assert!(!partition.is_healthy(tolerance));
    partition.let_go(0);
    assert!(partition.is_healthy(tolerance));
}
