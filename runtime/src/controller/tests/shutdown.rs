//! How a controller ends: on request, with its informer, or by being dropped.

use super::*;

#[tokio::test(start_paused = true)]
async fn a_shutdown_finishes_what_is_queued_and_takes_nothing_new() {
    let gate = Arc::new(Semaphore::new(0));
    let reconciler = Scripted { gate: Some(Arc::clone(&gate)), ..Scripted::default() };
    let running = start(&reconciler, vec![database("a", "1"), database("b", "2")], |controller| controller).await;
    running.shutdown.trigger();
    pause().await;
    running.watch.send(Event::Added(Ok(database("c", "11").into())));
    pause().await;
    assert!(!running.controller.is_finished());
    gate.add_permits(10);
    within(running.controller).await.unwrap().unwrap();
    assert_eq!(reconciler.take(), ["a@1", "b@2"]);
}

#[tokio::test(start_paused = true)]
async fn a_second_request_and_the_drain_timeout_break_off_what_is_running() {
    let stuck = || Scripted { gate: Some(Arc::new(Semaphore::new(0))), ..Scripted::default() };
    let running = start(&stuck(), vec![database("a", "1")], |controller| controller).await;
    let before = Instant::now();
    running.shutdown.trigger();
    pause().await;
    running.shutdown.trigger();
    within(running.controller).await.unwrap().unwrap();
    assert!(before.elapsed() < Duration::from_secs(1), "{:?}", before.elapsed());

    for (seconds, timeout) in [(30, None), (7, Some(Duration::from_secs(7)))] {
        let set = |controller: Plain| match timeout {
            Some(timeout) => controller.drain_timeout(timeout),
            None => controller,
        };
        let running = start(&stuck(), vec![database("a", "1")], set).await;
        let before = Instant::now();
        running.shutdown.trigger();
        within(running.controller).await.unwrap().unwrap();
        assert!((seconds..seconds + 2).contains(&before.elapsed().as_secs()), "{:?}", before.elapsed());
    }
}

#[tokio::test(start_paused = true)]
async fn events_published_last_are_written_before_the_end() {
    let gate = Arc::new(Semaphore::new(0));
    let reconciler = Scripted { gate: Some(Arc::clone(&gate)), ..Scripted::default() };
    let running = start(&reconciler, vec![with_engine("a", "1", "terminal")], |controller| controller).await;
    running.shutdown.trigger();
    pause().await;
    gate.add_permits(1);
    within(running.controller).await.unwrap().unwrap();
    let requests = running.requests.lock().unwrap();
    assert!(
        requests[0].1.contains("UnsupportedEngine") && requests[0].1.contains("database-controller"),
        "{requests:?}"
    );
}

#[tokio::test(start_paused = true)]
async fn a_cache_that_never_fills_fails_the_start() {
    for (expected, patience) in [("120s", None), ("5s", Some(Duration::from_secs(5)))] {
        let (list_watch, _server) = source();
        let informer = SharedInformer::new(list_watch, InformerOptions::default());
        let (connection, _) = connection_with(|_, _| Reply::json(200, &json!({})));
        let factory = SharedInformerFactory::new(connection);
        let resource = Database::api_resource();
        let mut controller = Controller::on("databases", &factory, resource, informer, Scripted::default());
        if let Some(patience) = patience {
            controller = controller.cache_sync_timeout(patience);
        }
        assert_eq!(controller.name(), "databases");
        let error = controller.run(&Shutdown::new()).await.unwrap_err();
        assert_eq!(error.to_string(), format!("no complete list within {expected} of: Database"));
    }
}

#[tokio::test(start_paused = true)]
async fn a_controller_that_is_dropped_takes_in_nothing_more() {
    let reconciler = Scripted::default();
    let mut queue = None;
    let running = start(&reconciler, vec![database("a", "1")], |controller| {
        queue = Some(controller.queue());
        controller
    })
    .await;
    running.controller.abort();
    assert!(running.controller.await.unwrap_err().is_cancelled());
    running.watch.send(Event::Added(Ok(database("b", "11").into())));
    pause().await;
    assert!(queue.unwrap().is_empty(), "nobody takes from it");
    assert_eq!(reconciler.take(), ["a@1"]);
}

#[tokio::test(start_paused = true)]
async fn an_informer_that_stops_by_the_same_request_is_no_failure() {
    for _ in 0..20 {
        let running = start(&Scripted::default(), vec![], |controller| controller).await;
        running.stop.cancel();
        running.shutdown.trigger();
        within(running.controller).await.unwrap().unwrap();
    }
}

#[tokio::test(start_paused = true)]
async fn a_controller_ends_with_its_informer() {
    let reconciler = Scripted::default();
    let running = start(&reconciler, vec![database("a", "1")], |controller| controller).await;
    running.stop.cancel();
    let error = within(running.controller).await.unwrap().unwrap_err();
    assert_eq!(error.to_string(), "Database: the informer has stopped");
}

/// Keeps a clone of the recorder, as a program may that publishes events from elsewhere.
#[derive(Clone, Default)]
struct Keeps(Arc<Mutex<Option<crate::events::EventRecorder>>>);

impl Reconciler<Database> for Keeps {
    type Error = TestError;

    async fn reconcile(&self, _: Arc<Database>, context: &Context<Database>) -> Result<Action, TestError> {
        *self.0.lock().unwrap() = Some(context.recorder().clone());
        Ok(Action::Done)
    }
}

#[tokio::test(start_paused = true)]
async fn a_recorder_that_somebody_keeps_does_not_hold_up_the_end() {
    let (list_watch, mut server) = source();
    let informer = SharedInformer::new(list_watch, InformerOptions::default());
    let factory = SharedInformerFactory::new(connection_with(|_, _| Reply::json(200, &json!({}))).0);
    let kept = Keeps::default();
    let resource = Database::api_resource();
    let controller = Controller::on("databases", &factory, resource, informer.clone(), kept.clone());
    let shutdown = Shutdown::new();
    let running = tokio::spawn({
        let shutdown = shutdown.clone();
        async move { controller.run(&shutdown).await }
    });
    tokio::spawn(async move { informer.run(CancellationToken::new()).await });
    server.list_of(vec![database("a", "1")], "10").await;
    let _watch = server.watch().await;
    pause().await;
    assert!(kept.0.lock().unwrap().is_some());
    let before = Instant::now();
    shutdown.trigger();
    within(running).await.unwrap().unwrap();
    assert!(before.elapsed() < Duration::from_secs(1), "{:?}", before.elapsed());
}
