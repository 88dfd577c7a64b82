//! Replicas that do not agree on the shards, leases that nobody needs, and settings that cannot work.

use super::*;

/// Counts with this many shards.
fn with(shards: u32) -> impl Fn(Noting, Sharding) -> (Noting, Sharding) {
    move |noting, sharding| (noting, sharding.shards(shards))
}

#[tokio::test(start_paused = true)]
async fn a_replica_that_counts_with_other_shards_waits_until_the_others_are_gone() {
    let cluster = Cluster::of(20);
    let first = cluster.start("b", with(16));
    sleep(Duration::from_secs(10)).await;
    let other = cluster.start("a", with(32));
    sleep(Duration::from_mins(1)).await;
    assert_eq!((first.held(), other.held(), other.task.is_finished()), (16, 0, false));
    // One more of the old ones joins in all the same.
    let third = cluster.start("c", with(16));
    sleep(Duration::from_secs(10)).await;
    assert_eq!((first.held(), other.held(), third.held()), (8, 0, 8));
    first.stop().await;
    third.stop().await;
    sleep(Duration::from_secs(5)).await;
    assert_eq!(other.held(), 32);
    other.stop().await;
}

#[tokio::test(start_paused = true)]
async fn a_replica_waits_for_the_leases_of_one_that_counted_with_other_shards_and_died() {
    let cluster = Cluster::of(20);
    let first = cluster.start("a", with(16));
    sleep(Duration::from_secs(10)).await;
    let other = cluster.start("b", with(32));
    first.task.abort();
    sleep(Duration::from_secs(12)).await;
    assert_eq!(other.held(), 0);
    sleep(Duration::from_secs(10)).await;
    assert_eq!(other.held(), 32);
}

#[tokio::test(start_paused = true)]
async fn the_holder_of_a_shard_of_another_number_is_waited_for_though_it_does_not_say_that_it_is_there() {
    let cluster = Cluster::of(20);
    let first = cluster.start("a", with(16));
    sleep(Duration::from_secs(10)).await;
    *first.refused.lock().unwrap() = Some("op-member-".to_owned());
    let other = cluster.start("b", with(32));
    for _ in 0..600 {
        sleep(Duration::from_millis(100)).await;
        assert!(first.held() == 0 || other.held() == 0);
    }
    assert_eq!((first.held(), other.held()), (0, 32), "it gives its shards up, because nobody sees it");
}

#[tokio::test(start_paused = true)]
async fn of_two_that_start_together_and_count_differently_one_works() {
    for delay in (0..20).step_by(3) {
        let cluster = Cluster::of(20);
        let fault = |millis: u64| -> Fault { Arc::new(move |_| (None, Duration::from_millis(millis))) };
        let (_, first, _a) = cluster.run("a", fault(10 + 3 * delay), with(4));
        let (_, second, _b) = cluster.run("b", fault(40), with(5));
        for _ in 0..200 {
            sleep(Duration::from_millis(50)).await;
            assert!(first.held().is_empty() || second.held().is_empty(), "delay {delay}: {first:?}, {second:?}");
        }
        let held = first.held().len().max(second.held().len());
        assert!(held >= 4, "delay {delay}: {first:?}, {second:?}");
    }
}

#[tokio::test(start_paused = true)]
async fn a_replica_whose_lease_is_deleted_lets_its_shards_go_and_begins_again() {
    let cluster = Cluster::of(20);
    let only = cluster.start("a", with(16));
    sleep(Duration::from_secs(10)).await;
    let own = lease::of_member("op", "a");
    cluster.leases.answer(&format!("DELETE /apis/coordination.k8s.io/v1/namespaces/ns/leases/{own}"), "");
    let let_go = async {
        while only.held() > 0 {
            sleep(Duration::from_millis(50)).await;
        }
    };
    within(let_go).await;
    sleep(Duration::from_secs(10)).await;
    assert_eq!(only.held(), 16);
}

#[tokio::test(start_paused = true)]
async fn leases_of_replicas_and_of_other_numbers_of_shards_are_deleted_when_they_are_old() {
    let cluster = Cluster::of(1);
    let put = |name: &str, holder: &str| {
        let metadata = json!({
            "name": name, "namespace": "ns", "resourceVersion": "0", "labels": { "crdgen/sharding": "op" },
            "annotations": { "crdgen/shards": "16", "crdgen/standing": "working" },
        });
        let spec = json!({ "holderIdentity": holder, "leaseDurationSeconds": 15 });
        cluster.leases.put(json!({ "metadata": metadata, "spec": spec }));
    };
    put("op-member-dead", "dead");
    put("op-shard-7-of-8", "dead");
    put("op-shard-7-of-16", "dead");
    put("op-else", "somebody");
    let only = cluster.start("a", as_it_is);
    sleep(Duration::from_secs(50)).await;
    assert_eq!(only.held(), 16);
    assert!(cluster.leases.all().contains_key("op-member-dead"));
    sleep(Duration::from_secs(20)).await;
    let left = cluster.leases.all();
    let is_left =
        ["op-member-dead", "op-shard-7-of-8", "op-shard-7-of-16", "op-else"].map(|name| left.contains_key(name));
    assert_eq!(is_left, [false, false, true, true]);
}

#[tokio::test(start_paused = true)]
async fn a_task_of_one_replica_needs_an_election_beside_a_sharding() {
    let connection = Cluster::of(1).connection(Arc::new(|_| (None, Duration::ZERO)));
    let operator = || {
        let factory = SharedInformerFactory::new(connection.clone());
        let task = |_| async { Err::<(), _>("it ran") };
        Operator::new(&factory).task("backup", task).shard(Sharding::new("ns", "op"))
    };
    let error = operator().run(&Shutdown::new()).await.unwrap_err();
    assert!(matches!(&error, Error::TaskOfOne(task) if &**task == "backup"), "{error}");
    let elected = operator().elect(crate::leader::LeaderElection::new("ns", "op"));
    assert_eq!(within(Box::pin(elected.run(&Shutdown::new()))).await.unwrap_err().to_string(), "backup: it ran");
}

#[test]
fn settings_that_cannot_work_are_refused() {
    let connection = || Cluster::of(1).connection(Arc::new(|_| (None, Duration::ZERO)));
    let check = |sharding: Sharding| Replica::new(connection(), sharding).map(drop);
    let good = || Sharding::new("ns", "op");
    tokio::runtime::Builder::new_current_thread().build().unwrap().block_on(async {
        assert_eq!(check(good()), Ok(()));
        for shards in [0, 1025] {
            assert_eq!(check(good().shards(shards)), Err(Invalid::Shards));
        }
        for name in ["-op", "op-", "Op", "o.p", &"o".repeat(64)] {
            assert_eq!(check(Sharding::new("ns", name)), Err(Invalid::Name(name.to_owned())));
        }
        let times = crate::leader::Invalid::LeaseDuration;
        assert_eq!(check(good().lease_duration(Duration::from_secs(5))), Err(Invalid::Lease(times)));
        assert_eq!(check(good().identity("")), Err(Invalid::Lease(crate::leader::Invalid::Empty)));
    });
}

#[tokio::test(start_paused = true)]
async fn shards_of_namespaces_are_for_namespaced_kinds_and_only_they_can_be_selected_by_a_server() {
    use k8s_openapi::api::core::v1::Node;

    struct Nodes;

    impl Reconciler<Node> for Nodes {
        type Error = client::Error;

        async fn reconcile(&self, _: Arc<Node>, _: &Context<Node>) -> Result<Action, client::Error> {
            Ok(Action::Done)
        }
    }

    let factory = SharedInformerFactory::new(Cluster::of(1).connection(Arc::new(|_| (None, Duration::ZERO))));
    let by_key = Sharding::new("ns", "op").partition();
    assert_eq!(factory.sharded(&by_key).map(drop), Err(Invalid::NotByNamespace));
    let sharding = Sharding::new("ns", "op").by_namespace();
    let selected = factory.sharded(&sharding.partition()).unwrap();
    let operator = Operator::new(&selected).controller(Controller::new("nodes", &selected, Nodes)).shard(sharding);
    let error = within(Box::pin(operator.run(&Shutdown::new()))).await.unwrap_err().to_string();
    assert_eq!(error, "nodes: Node is not namespaced: its controller cannot have shards of namespaces");
}

#[tokio::test(start_paused = true)]
async fn informers_of_shards_are_others_than_those_of_all_objects() {
    let factory = SharedInformerFactory::new(Cluster::of(1).connection(Arc::new(|_| (None, Duration::ZERO))));
    let sharding = Sharding::new("ns", "op").by_namespace();
    let selected = factory.sharded(&sharding.partition()).unwrap();
    factory.informer::<Database>();
    selected.informer::<Database>();
    selected.informer::<Database>();
    let names: Vec<_> = factory.health().into_iter().map(|(name, _)| name).collect();
    assert_eq!(names, ["Database", "Database of shards"]);
}
