//! What handlers hear, and what they read meanwhile.

use super::*;
use crate::store::{Change, Store};

/// Notes for each call the version that it is about, and the one that the store has then.
struct Reader {
    store: Store<Database>,
    pairs: Arc<Mutex<Vec<(u64, u64)>>>,
}

impl Reader {
    async fn read(&self, object: &Database) {
        yield_now().await;
        let version = |object: &Database| object.metadata.resource_version.as_deref().unwrap().parse().unwrap();
        let key = ObjectKey::of(object).unwrap();
        let stored = self.store.get(&key).map_or(u64::MAX, |stored| version(&stored));
        self.pairs.lock().unwrap().push((version(object), stored));
    }
}

impl EventHandler<Database> for Reader {
    async fn add(&mut self, object: &Cached<Database>, _: bool) {
        self.read(object).await;
    }

    async fn update(&mut self, _: &Cached<Database>, new: &Cached<Database>) {
        self.read(new).await;
    }
}

#[tokio::test(start_paused = true)]
async fn a_handler_may_read_newer_states_than_it_is_called_with_and_never_older_ones() {
    let (running, watch, _, _) = synced().await;
    let pairs = Arc::default();
    let reader = Reader { store: running.informer.store(), pairs: Arc::clone(&pairs) };
    running.informer.add_handler(reader, HandlerOptions::default()).unwrap();
    for version in 11..60 {
        watch.send(Event::Modified(Ok(database("a", &version.to_string()).into())));
        if version % 7 == 0 {
            settle().await;
        }
    }
    settle().await;
    let pairs = pairs.lock().unwrap();
    assert_eq!(pairs.len(), 50);
    assert!(pairs.iter().all(|(told, stored)| stored >= told), "{pairs:?}");
}

#[tokio::test(start_paused = true)]
async fn after_a_disruption_the_next_resync_brings_what_is_unchanged_too() {
    // TestSharedInformerWatchDisruption
    let (mut running, watch, without, _) = synced().await;
    let with = Recording::default();
    let options = HandlerOptions { resync: Some(Duration::from_mins(1)), ..HandlerOptions::default() };
    running.informer.add_handler(with.clone(), options).unwrap();
    settle().await;
    with.take();
    watch.fail(api_error(410, "Expired"));
    running.server.list_of(vec![database("a", "1"), database("b", "15")], "20").await;
    tokio::time::sleep(Duration::from_secs(61)).await;
    assert_eq!(without.take(), ["+b@15"]);
    assert_eq!(with.take(), ["+b@15", "=a@1", "=b@15"]);
}

#[tokio::test(start_paused = true)]
async fn a_resync_brings_no_older_state_after_a_newer_one() {
    // TestRealFIFO_UpdateResyncRace
    let (running, watch, _, _) = synced().await;
    let gate = Arc::new(tokio::sync::Semaphore::new(0));
    let slow = Recording { gate: Some(Arc::clone(&gate)), ..Recording::default() };
    let options = HandlerOptions { resync: Some(Duration::from_secs(1)), ..HandlerOptions::default() };
    running.informer.add_handler(slow.clone(), options).unwrap();
    for version in 11..40 {
        watch.send(Event::Modified(Ok(database("a", &version.to_string()).into())));
        gate.add_permits(2);
        tokio::time::sleep(Duration::from_millis(700)).await;
    }
    gate.add_permits(100);
    settle().await;
    let versions: Vec<u32> = slow.take().iter().map(|line| line.split_once('@').unwrap().1.parse().unwrap()).collect();
    assert!(versions.len() > 35 && versions.is_sorted(), "{versions:?}");
    assert_eq!(versions.last(), Some(&39));
}

#[tokio::test(start_paused = true)]
async fn a_resync_brings_nothing_of_an_empty_store() {
    // TestRealFIFO_ResyncNonExisting
    let (running, watch, _, _) = synced().await;
    watch.send(Event::Deleted(Ok(database("a", "11").into())));
    settle().await;
    let recording = Recording::default();
    let options = HandlerOptions { resync: Some(Duration::from_secs(1)), ..HandlerOptions::default() };
    running.informer.add_handler(recording.clone(), options).unwrap();
    tokio::time::sleep(Duration::from_secs(10)).await;
    assert_eq!(recording.take(), [""; 0]);
}

#[tokio::test(start_paused = true)]
async fn a_transform_is_not_applied_again_to_resyncs_and_last_known_states() {
    // TestRealFIFO_transformer
    struct Engines(Arc<Mutex<Vec<String>>>);
    impl EventHandler<Database> for Engines {
        async fn update(&mut self, _: &Cached<Database>, new: &Cached<Database>) {
            self.0.lock().unwrap().push(new.spec.engine.clone());
        }
        async fn delete(&mut self, last: &Deleted<Database>) {
            self.0.lock().unwrap().push(format!("gone {}", last.object().spec.engine));
        }
    }
    let (list_watch, server) = source();
    let transform: Transform<Database> = Arc::new(|object| object.spec.engine.push('!'));
    let options = InformerOptions { transform: Some(transform), ..InformerOptions::default() };
    let informer = SharedInformer::new(list_watch, options);
    let engines = Arc::default();
    let options = HandlerOptions { resync: Some(Duration::from_mins(1)), ..HandlerOptions::default() };
    informer.add_handler(Engines(Arc::clone(&engines)), options).unwrap();
    let mut running = start(informer, server);
    running.server.list_of(vec![database("a", "1")], "10").await;
    let (_, watch) = running.server.watch().await;
    tokio::time::sleep(Duration::from_secs(61)).await;
    watch.fail(api_error(410, "Expired"));
    running.server.list_of(vec![], "20").await;
    settle().await;
    assert_eq!(*engines.lock().unwrap(), ["PostgreSQL!", "gone PostgreSQL!"]);
}

#[tokio::test(start_paused = true)]
async fn a_store_filled_in_no_order_claims_no_version() {
    // TestReflectorResourceVersionUpdate
    let (informer, server) = informer();
    let mut running = start(informer, server);
    running.server.list_of(vec![], "").await;
    let (_, watch) = running.server.watch().await;
    let check = |expected: &str| assert_eq!(running.informer.store().snapshot().resource_version(), expected);
    watch.send(Event::Added(Ok(database("a", "20").into())));
    let key = Some(ObjectKey::new(Some("ns"), "odd"));
    let version = Some("30".to_owned());
    watch.send(Event::Added(Err(Undecodable {
        key,
        uid: None,
        resource_version: version,
        error: "no engine".to_owned(),
    })));
    settle().await;
    check("");
    watch.send(Event::Modified(Ok(database("a", "21").into())));
    watch.send(Event::Added(Ok(database("b", "22").into())));
    settle().await;
    check("22");
    assert_eq!(running.informer.lister().list().len(), 2);
}

#[tokio::test(start_paused = true)]
async fn removed_handlers_and_taps_are_freed_although_nothing_happens() {
    let (running, _watch, _, _) = synced().await;
    let shared = Arc::new(());
    for _ in 0..100 {
        let held = Arc::clone(&shared);
        drop(running.informer.tap(move |_: &[Change<Database>], _| drop(Arc::clone(&held))).unwrap());
        let (recording, registration) = add(&running.informer);
        registration.remove();
        settle().await;
        assert_eq!(Arc::strong_count(&recording.log), 1, "the handler's task has it");
    }
    assert!(Arc::strong_count(&shared) <= 2, "{} taps are still there", Arc::strong_count(&shared) - 1);
    running.stop.cancel();
    within(running.task).await.unwrap().unwrap();
    assert_eq!(Arc::strong_count(&shared), 1);
    assert!(running.informer.tap(|_: &[Change<Database>], _| {}).is_err());
}

#[tokio::test]
async fn a_long_list_is_as_good_as_a_short_one_and_a_panic_in_it_ends_the_informer() {
    let objects = || (0..2_000).map(|number| database(&format!("o{number:04}"), "1")).collect::<Vec<_>>();
    let (informer, server) = informer();
    let (recording, registration) = add(&informer);
    let mut running = start(informer.clone(), server);
    running.server.list_of(objects(), "10").await;
    let _watch = running.server.watch().await;
    registration.wait_for_sync().await.unwrap();
    let calls = recording.take();
    assert_eq!((calls.len(), calls[0].as_str(), calls[1_999].as_str()), (2_000, "initial o0000@1", "initial o1999@1"));
    assert_eq!(informer.lister().list().len(), 2_000);

    let (informer, server) = self::informer();
    let failing = |_: &Database| -> Option<String> { panic!("as it was asked to") };
    informer.add_index("fails", failing).unwrap();
    let mut running = start(informer.clone(), server);
    running.server.list_of(objects(), "10").await;
    assert!(running.task.await.unwrap_err().is_panic());
    assert_eq!(informer.wait_for_sync().await, Err(Error::Failed));
}

#[tokio::test]
async fn a_list_of_512_objects_is_written_on_a_thread_of_its_own() {
    for (length, expected) in [(511, true), (512, false)] {
        let (informer, server) = informer();
        let here = std::thread::current().id();
        informer.add_index("is here", move |_: &Database| [std::thread::current().id() == here]).unwrap();
        let mut running = start(informer.clone(), server);
        running.server.list_of((0..length).map(|number| database(&format!("o{number}"), "1")).collect(), "10").await;
        let _watch = running.server.watch().await;
        assert_eq!(informer.lister().index::<bool>("is here").unwrap().get(&expected).len(), length);
    }
}

#[tokio::test(start_paused = true)]
async fn the_health_says_when_the_server_last_answered_and_what_has_failed_since() {
    let (informer, server) = informer();
    let mut running = start(informer, server);
    let health = |running: &Running| {
        let health = running.informer.health();
        (health.synced, health.last_contact, health.last_error)
    };
    assert_eq!(health(&running), (false, None, None));
    running.server.list(Err(api_error(403, "Forbidden"))).await;
    settle().await;
    assert_eq!(health(&running), (false, None, Some("refused".to_owned())));
    running.server.list_of(vec![], "10").await;
    let (_, watch) = running.server.watch().await;
    settle().await;
    let opened = tokio::time::Instant::now();
    assert_eq!(health(&running), (true, Some(opened), None));
    tokio::time::sleep(Duration::from_mins(1)).await;
    assert_eq!(health(&running).1, Some(opened), "silence");
    watch.send(Event::Bookmark { resource_version: "11".to_owned(), ends_initial_events: false });
    settle().await;
    assert_eq!(health(&running).1, Some(opened + Duration::from_mins(1)));
    watch.fail(api_error(429, "TooManyRequests"));
    settle().await;
    assert_eq!(health(&running).2.as_deref(), Some("refused"));
    let _watch = running.server.watch().await;
    settle().await;
    assert_eq!((health(&running).2, running.informer.kind()), (None, "Database"));
}

#[tokio::test(start_paused = true)]
async fn a_long_period_between_resyncs_is_kept() {
    let (running, _watch, _, _) = synced().await;
    let periods = [Duration::from_hours(24 * 100), Duration::MAX];
    let recordings = periods.map(|period| {
        let recording = Recording::default();
        let options = HandlerOptions { resync: Some(period), ..HandlerOptions::default() };
        running.informer.add_handler(recording.clone(), options).unwrap();
        recording
    });
    settle().await;
    let _ = recordings.each_ref().map(Recording::take);
    tokio::time::sleep(Duration::from_hours(24 * 99)).await;
    assert_eq!(recordings.each_ref().map(Recording::take), [vec![], vec![]] as [Vec<String>; 2]);
    tokio::time::sleep(Duration::from_hours(24 * 2)).await;
    assert_eq!(recordings.each_ref().map(Recording::take), [vec!["=a@1".to_owned()], vec![]]);
}
