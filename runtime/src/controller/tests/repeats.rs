//! When a key comes again, with which priority, and what is known of each turn.

use k8s_openapi::api::core::v1::ConfigMap;

use super::*;
use crate::metrics::Metrics;
use crate::testing::connection_of_lists;

#[tokio::test(start_paused = true)]
async fn a_delay_of_zero_is_none() {
    assert_eq!(turns_within("at once", Duration::from_hours(1)).await, 1);
}

#[tokio::test(start_paused = true)]
async fn a_requested_delay_forgets_the_failures_before() {
    let reconciler = Scripted::default();
    let mut queue = None;
    let running = start(&reconciler, vec![with_engine("a", "1", "conflict")], |controller| {
        queue = Some(controller.queue());
        controller
    })
    .await;
    tokio::time::sleep(Duration::from_secs(2)).await;
    let (queue, key) = (queue.unwrap(), ObjectKey::new(Some("ns"), "a"));
    assert!(queue.num_requeues(&key) > 5);
    running.watch.send(Event::Modified(Ok(with_engine("a", "11", "later").into())));
    pause().await;
    assert_eq!(queue.num_requeues(&key), 0);
}

/// Notes the events of the turns, with their outcomes.
#[derive(Default)]
struct Noted(Mutex<Vec<String>>);

impl Observer for Noted {
    fn started(&self, key: &ObjectKey) {
        self.0.lock().unwrap().push(format!("{} started", key.name()));
    }

    fn finished(&self, key: &ObjectKey, outcome: Outcome) {
        self.0.lock().unwrap().push(format!("{} {outcome:?}", key.name()));
    }
}

#[tokio::test(start_paused = true)]
async fn a_turn_that_is_cancelled_by_the_end_is_reported_as_aborted() {
    let (observer, metrics) = (Arc::new(Noted::default()), Metrics::new());
    let reconciler = Scripted { gate: Some(Arc::new(Semaphore::new(0))), ..Scripted::default() };
    let watched = Arc::clone(&observer) as Arc<dyn Observer>;
    let running =
        start(&reconciler, vec![database("a", "1")], |controller| controller.observer(watched).metrics(&metrics)).await;
    let active = |number: u32| {
        let line = format!("controller_runtime_active_workers{{controller=\"database-controller\"}} {number}\n");
        assert!(metrics.encode().contains(&line), "{}", metrics.encode());
    };
    active(1);
    running.shutdown.trigger();
    pause().await;
    running.shutdown.trigger();
    within(running.controller).await.unwrap().unwrap();
    assert_eq!(*observer.0.lock().unwrap(), ["a started", "a Aborted"]);
    active(0);
}

#[tokio::test(start_paused = true)]
async fn every_way_a_turn_can_end_is_reported() {
    for (engine, expected) in [
        ("done", "Done"),
        ("at once", "Done"),
        ("later", "RequeuedAfter"),
        ("requeue", "Requeued"),
        ("conflict", "Failed"),
        ("terminal", "Terminal"),
        ("panic", "Panicked"),
    ] {
        let observer = Arc::new(Noted::default());
        let watched = Arc::clone(&observer) as Arc<dyn Observer>;
        let objects = vec![with_engine("a", "1", engine)];
        let _running = start(&Scripted::default(), objects, |controller| controller.observer(watched)).await;
        assert_eq!(observer.0.lock().unwrap()[..2], ["a started".to_owned(), format!("a {expected}")]);
    }
}

#[tokio::test(start_paused = true)]
async fn a_failure_keeps_the_priority_of_the_turn() {
    let gate = Arc::new(Semaphore::new(1));
    let reconciler = Scripted { gate: Some(Arc::clone(&gate)), ..Scripted::default() };
    let objects = vec![with_engine("old", "1", "conflict"), database("old2", "1")];
    let running = start(&reconciler, objects, |controller| controller).await;
    tokio::time::sleep(Duration::from_secs(1)).await;
    running.watch.send(Event::Added(Ok(database("new", "11").into())));
    pause().await;
    gate.add_permits(100);
    pause().await;
    assert_eq!(reconciler.take()[..4], ["old@1", "old2@1", "new@11", "old@1"], "behind what has changed");
}

#[tokio::test(start_paused = true)]
async fn keys_of_one_event_lead_to_one_turn_each() {
    // EnqueueRequestForOwner, EnqueueRequestsFromMapFunc
    let factory = SharedInformerFactory::new(connection_of_lists(|request| {
        let metadata = json!({ "name": "x", "namespace": "ns", "resourceVersion": "1" });
        let items = if request.contains("/configmaps") {
            json!([{ "metadata": metadata }])
        } else {
            json!([with_engine("a", "1", "done"), database("b", "1")])
        };
        Reply::json(200, &json!({ "items": items, "metadata": { "resourceVersion": "1" } }))
    }));
    let reconciler = Scripted::default();
    let controller = Controller::new("databases", &factory, reconciler.clone())
        .events(Predicate::new(|_: &Change<Database>| false))
        .watches(|_: &ConfigMap| ["a", "b", "a", "a"].map(|name| ObjectKey::new(Some("ns"), name)));
    let _running = tokio::spawn(async move { controller.run(&Shutdown::new()).await });
    pause().await;
    assert_eq!(reconciler.take(), ["a@1", "b@1"]);
}

#[tokio::test(start_paused = true)]
async fn a_warm_controller_fills_its_caches_and_works_when_it_is_ready() {
    let (list_watch, mut server) = source();
    let informer = SharedInformer::new(list_watch, InformerOptions::default());
    let factory = SharedInformerFactory::new(connection_with(|_, _| Reply::json(200, &json!({}))).0);
    let reconciler = Scripted::default();
    let resource = Database::api_resource();
    let controller = Controller::on("databases", &factory, resource, informer.clone(), reconciler.clone());
    let ready = Arc::new(tokio::sync::Notify::new());
    tokio::spawn({
        let ready = Arc::clone(&ready);
        async move { controller.run_after(&Shutdown::new(), ready.notified()).await }
    });
    tokio::spawn({
        let informer = informer.clone();
        async move { informer.run(CancellationToken::new()).await }
    });
    server.list_of(vec![database("a", "1")], "10").await;
    tokio::time::sleep(Duration::from_hours(1)).await;
    assert_eq!((informer.has_synced(), reconciler.take()), (true, vec![]));
    ready.notify_one();
    pause().await;
    assert_eq!(reconciler.take(), ["a@1"]);
}
