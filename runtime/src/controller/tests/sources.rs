//! Where turns come from: owned and watched objects, predicates, priorities, and how a turn may end.

use k8s_openapi::api::core::v1::{ConfigMap, Secret};
use k8s_openapi::apimachinery::pkg::apis::meta::v1::OwnerReference;

use super::*;
use crate::cached::Cached;
use crate::kind::ApiResource;
use crate::testing::connection_of_lists;

/// An API server with a database `a`, whose watches stay open, and whose other collections are given.
fn factory(answer: impl Fn(&str) -> Option<serde_json::Value> + Send + Sync + 'static) -> SharedInformerFactory {
    SharedInformerFactory::new(connection_of_lists(move |request| {
        let items = answer(request).unwrap_or_else(|| json!([]));
        Reply::json(200, &json!({ "items": items, "metadata": { "resourceVersion": "1" } }))
    }))
}

fn secret(owner: &OwnerReference) -> Cached<Secret> {
    let mut secret = Secret::default();
    (secret.metadata.name, secret.metadata.namespace) = (Some("s".to_owned()), Some("ns".to_owned()));
    secret.metadata.owner_references = Some(vec![owner.clone()]);
    secret.into()
}

#[test]
fn an_owned_object_leads_to_its_controller_and_to_no_other_owner() {
    let databases = Database::api_resource();
    let owner = OwnerReference {
        api_version: "example.com/v1".to_owned(),
        kind: "Database".to_owned(),
        name: "a".to_owned(),
        uid: "u".to_owned(),
        controller: Some(true),
        block_owner_deletion: None,
    };
    let owner_of = super::super::source::owner_of::<Secret>;
    assert_eq!(owner_of(&secret(&owner), &databases), [ObjectKey::new(Some("ns"), "a")]);
    let other_version = OwnerReference { api_version: "example.com/v2".to_owned(), ..owner.clone() };
    assert_eq!(owner_of(&secret(&other_version), &databases).len(), 1, "the version does not matter");
    let cluster = ApiResource { namespaced: false, ..databases.clone() };
    assert_eq!(owner_of(&secret(&owner), &cluster), [ObjectKey::new(None, "a")]);
    for other in [
        OwnerReference { controller: None, ..owner.clone() },
        OwnerReference { kind: "Table".to_owned(), ..owner.clone() },
        OwnerReference { api_version: "other.com/v1".to_owned(), ..owner.clone() },
    ] {
        assert_eq!(owner_of(&secret(&other), &databases), [], "{other:?}");
    }
}

#[tokio::test(start_paused = true)]
async fn a_watched_object_leads_to_the_keys_that_the_mapper_returns() {
    let factory = factory(|request| {
        let metadata = |name: &str| json!({ "name": name, "namespace": "ns", "resourceVersion": "1" });
        if request.contains("/configmaps") {
            return Some(json!([{ "metadata": metadata("x"), "data": { "database": "a" } }]));
        }
        request.contains("/databases").then(|| json!([database("a", "1"), database("b", "1")]))
    });
    let reconciler = Scripted::default();
    let controller = Controller::new("databases", &factory, reconciler.clone())
        .events(Predicate::new(|event: &Change<Database>| event.object().metadata.name.as_deref() == Some("b")))
        .watches(|config_map: &ConfigMap| {
            let database = config_map.data.as_ref()?.get("database")?;
            Some(ObjectKey::new(config_map.metadata.namespace.as_deref(), database))
        });
    let shutdown = Shutdown::new();
    let running = tokio::spawn({
        let shutdown = shutdown.clone();
        async move { controller.run(&shutdown).await }
    });
    pause().await;
    let mut turns = reconciler.take();
    turns.sort();
    assert_eq!(turns, ["a@1", "b@1"], "`a` for the map alone");
    shutdown.trigger();
    within(running).await.unwrap().unwrap();
}

#[tokio::test(start_paused = true)]
async fn workers_start_when_every_kind_is_there() {
    let factory = factory(|request| {
        assert!(!request.contains("/secrets"), "refused");
        request.contains("/databases").then(|| json!([database("a", "1")]))
    });
    let reconciler = Scripted::default();
    let controller = Controller::new("databases", &factory, reconciler.clone()).owns::<Secret>();
    let error = controller.run(&Shutdown::new()).await.unwrap_err();
    assert!(error.to_string().contains("Secret"), "{error}");
    assert_eq!(reconciler.take(), [""; 0]);
}

#[tokio::test(start_paused = true)]
async fn live_changes_come_before_the_first_list() {
    let gate = Arc::new(Semaphore::new(0));
    let reconciler = Scripted { gate: Some(Arc::clone(&gate)), ..Scripted::default() };
    let objects = (0..5).map(|number| database(&format!("old{number}"), "1")).collect();
    let running = start(&reconciler, objects, |controller| controller).await;
    running.watch.send(Event::Added(Ok(database("new", "11").into())));
    pause().await;
    gate.add_permits(10);
    pause().await;
    assert_eq!(reconciler.take(), ["old0@1", "new@11", "old1@1", "old2@1", "old3@1", "old4@1"]);
}

#[tokio::test(start_paused = true)]
async fn predicates_compose_and_a_panicking_one_lets_the_event_pass() {
    let update = |change: fn(&mut Database)| {
        let (old, mut new) = (database("a", "1"), database("a", "2"));
        change(&mut new);
        Change::Updated { old: old.into(), new: new.into() }
    };
    let nothing = update(|_| {});
    let labels = update(|object| object.metadata.labels = Some([("a".to_owned(), "b".to_owned())].into()));
    let engine = update(|object| object.spec.engine.push('!'));
    let of_engine = || Predicate::changed_in(|object: &Database| object.spec.engine.clone());
    let check = |predicate: Predicate<Database>, expected: [bool; 3]| {
        assert_eq!([&nothing, &labels, &engine].map(|event| predicate.passes(event)), expected);
    };
    check(Predicate::labels_changed(), [false, true, false]);
    check(Predicate::annotations_changed(), [false, false, false]);
    check(Predicate::finalizers_changed().negated(), [true, true, true]);
    check(Predicate::labels_changed().or(of_engine()), [false, true, true]);
    check(Predicate::labels_changed().and(of_engine()), [false, false, false]);
    check(Predicate::of_updates(|_, _| panic!("as it was asked to")), [true, true, true]);
    let replaced = update(|object| object.metadata.uid = Some("another".to_owned()));
    assert!(Predicate::labels_changed().passes(&replaced), "it is another object");
}

#[tokio::test(start_paused = true)]
async fn a_reconciliation_that_takes_too_long_is_cancelled_and_tried_again() {
    let reconciler = Scripted { gate: Some(Arc::new(Semaphore::new(0))), ..Scripted::default() };
    let limit = Duration::from_secs(1);
    let _running = start(&reconciler, vec![database("a", "1")], |controller| controller.reconcile_timeout(limit)).await;
    tokio::time::sleep(Duration::from_millis(2_100)).await;
    assert_eq!(reconciler.take(), ["a@1"; 3]);
}

#[tokio::test(start_paused = true)]
async fn a_rate_limiter_may_be_set_after_the_queue_was_given_out_and_may_panic() {
    struct Panics;
    impl crate::queue::RateLimiter<ObjectKey> for Panics {
        fn when(&self, _: &ObjectKey) -> Duration {
            panic!("as it was asked to")
        }
        fn forget(&self, _: &ObjectKey) {}
        fn num_requeues(&self, _: &ObjectKey) -> u32 {
            0
        }
    }
    let reconciler = Scripted::default();
    let mut queue = None;
    let _running = start(&reconciler, vec![with_engine("a", "1", "conflict")], |controller| {
        queue = Some(controller.queue());
        controller.rate_limiter(Panics)
    })
    .await;
    queue.unwrap().add(ObjectKey::new(Some("ns"), "a"));
    tokio::time::sleep(Duration::from_millis(2_500)).await;
    assert_eq!(reconciler.take().len(), 4, "two at once, and one a second");
}
