//! Which informers a factory makes, and when they run.

use std::time::Duration;

use k8s_openapi::api::core::v1::{ConfigMap, Node, Secret};
use serde_json::json;

use super::*;
use crate::cached::Cached;
use crate::informer::{self, Ended, EventHandler, HandlerOptions};
use crate::kind::StaticKind;
use crate::testing::{Reply, connection_of_lists};

/// A factory on a server that has one object of each kind but no secrets to show, and never ends a watch.
fn factory() -> SharedInformerFactory {
    SharedInformerFactory::new(connection_of_lists(|request| {
        if request.contains("/secrets") {
            return Reply::json(403, &json!({ "kind": "Status", "code": 403, "reason": "Forbidden" }));
        }
        let metadata = json!({ "name": "a", "namespace": "ns", "resourceVersion": "1" });
        Reply::json(200, &json!({ "items": [{ "metadata": metadata }], "metadata": { "resourceVersion": "1" } }))
    }))
}

#[tokio::test(start_paused = true)]
async fn everybody_who_asks_for_a_kind_gets_the_same_informer() {
    let factory = factory();
    let first = factory.informer::<ConfigMap>();
    factory.start();
    factory.wait_for_cache_sync(Duration::from_secs(1)).await.unwrap();
    assert_eq!(first.lister().list().len(), 1);
    assert_eq!(factory.clone().informer::<ConfigMap>().lister().list().len(), 1);
    assert!(!factory.namespaced("ns").informer::<ConfigMap>().has_synced(), "another scope is another informer");
    assert_eq!(format!("{factory:?}").matches("ConfigMap").count(), 2);
    factory.namespaced("ns").informer::<Node>();
    assert!(!format!("{factory:?}").contains("Node in ns"), "nodes have no namespace");
    factory.shutdown().await;
}

#[tokio::test(start_paused = true)]
async fn informers_made_after_the_start_run_at_once() {
    let factory = factory();
    factory.start();
    factory.start();
    let informer = factory.namespaced("ns").informer::<ConfigMap>();
    factory.wait_for_cache_sync(Duration::from_secs(1)).await.unwrap();
    assert!(informer.has_synced());
    factory.shutdown().await;
}

#[tokio::test(start_paused = true)]
async fn kinds_without_a_list_in_time_are_named() {
    let factory = factory();
    factory.informer::<ConfigMap>();
    factory.informer::<Secret>();
    factory.namespaced("ns").informer::<Secret>();
    factory.start();
    let error = factory.wait_for_cache_sync(Duration::from_mins(1)).await.unwrap_err();
    assert_eq!(
        error.to_string(),
        "no complete list in time of: Secret (Forbidden (403)), Secret in ns (Forbidden (403))"
    );
    factory.shutdown().await;
    assert_eq!(factory.wait_for_cache_sync(Duration::from_mins(1)).await.unwrap_err(), error);
}

#[tokio::test(start_paused = true)]
async fn selectors_and_the_form_of_the_cache_tell_informers_apart() {
    let factory = factory();
    factory.informer::<ConfigMap>();
    factory.labelled("app=a").informer::<ConfigMap>();
    factory.labelled("app=b").namespaced("ns").informer::<ConfigMap>();
    factory.with_fields("metadata.name=a").informer::<ConfigMap>();
    factory.compact().informer::<ConfigMap>();
    factory.metadata::<ConfigMap>();
    factory.informer_of::<kube::core::DynamicObject>(ConfigMap::api_resource());
    factory.informer_of::<ConfigMap>(ConfigMap::api_resource());
    factory.labelled("app=a").informer::<ConfigMap>();
    let names = format!("{factory:?}");
    assert_eq!(names.matches("ConfigMap").count(), 7, "{names}");
    assert!(names.contains("ConfigMap in ns with app=b"), "{names}");
}

#[tokio::test(start_paused = true)]
async fn a_transform_applies_to_every_informer_of_the_type() {
    let factory = factory();
    factory.transform(|config_map: &mut ConfigMap| config_map.metadata.uid = Some("hidden".to_owned()));
    factory.start();
    let (typed, compact) = (factory.informer::<ConfigMap>(), factory.compact().informer::<ConfigMap>());
    factory.wait_for_cache_sync(Duration::from_secs(1)).await.unwrap();
    for informer in [typed, compact] {
        assert_eq!(informer.lister().list()[0].metadata.uid.as_deref(), Some("hidden"));
    }
}

#[tokio::test(start_paused = true)]
async fn an_informer_that_was_stopped_is_followed_by_another_one() {
    let factory = factory();
    factory.start();
    let first = factory.informer::<ConfigMap>();
    first.wait_for_sync().await.unwrap();
    first.stop();
    tokio::time::sleep(Duration::from_millis(1)).await;
    assert_eq!(first.health().ended, Some(Ended::Stopped));
    assert_eq!(first.lister().list().len(), 1, "the last state stays");
    let second = factory.informer::<ConfigMap>();
    second.wait_for_sync().await.unwrap();
    assert_eq!(second.health().ended, None);
    factory.shutdown().await;
}

#[tokio::test(start_paused = true)]
async fn an_informer_that_has_failed_is_not_taken_for_synced_or_handed_out_again() {
    let factory = factory();
    let failing = factory.informer::<ConfigMap>();
    failing.add_index("fails", |_| -> Option<String> { panic!("as it was asked to") }).unwrap();
    factory.start();
    assert_eq!(failing.wait_for_sync().await, Err(informer::Error::Failed));
    assert_eq!((failing.has_synced(), failing.health().ended), (false, Some(Ended::Failed)));
    let error = factory.wait_for_cache_sync(Duration::from_secs(1)).await.unwrap_err();
    assert_eq!(error.missing, ["ConfigMap (ended by a panic)"]);
    factory.informer::<ConfigMap>().wait_for_sync().await.unwrap();
}

#[tokio::test(start_paused = true)]
async fn a_handler_that_never_returns_does_not_stop_the_shutdown_for_ever() {
    struct Stuck;
    impl EventHandler<ConfigMap> for Stuck {
        async fn add(&mut self, _: &Cached<ConfigMap>, _: bool) {
            std::future::pending::<()>().await;
        }
    }
    let factory = factory();
    factory.informer::<ConfigMap>().add_handler(Stuck, HandlerOptions::default()).unwrap();
    factory.start();
    factory.wait_for_cache_sync(Duration::from_secs(1)).await.unwrap();
    tokio::time::sleep(Duration::from_millis(1)).await;
    let started = tokio::time::Instant::now();
    factory.shutdown().await;
    assert_eq!(started.elapsed(), PATIENCE);
}

#[tokio::test(start_paused = true)]
async fn an_informer_of_several_namespaces_has_what_each_of_them_lists() {
    let state = Arc::new(Mutex::new(("b", 410)));
    let served = Arc::clone(&state);
    let factory = SharedInformerFactory::new(connection_of_lists(move |request| {
        let (denied, code) = *served.lock();
        if request.contains(&format!("/namespaces/{denied}/")) {
            return Reply::json(code, &json!({ "kind": "Status", "code": code, "reason": "Forbidden" }));
        }
        let namespace = if request.contains("/namespaces/a/") { "a" } else { "b" };
        let metadata = json!({ "name": "x", "namespace": namespace, "resourceVersion": "1" });
        Reply::json(200, &json!({ "items": [{ "metadata": metadata }], "metadata": { "resourceVersion": "1" } }))
    }));
    let of_both = factory.of_namespaces(["b", "a", "b"]);
    let informer = of_both.informer::<ConfigMap>();
    assert!(!factory.informer::<ConfigMap>().has_synced());
    factory.start();
    tokio::time::sleep(Duration::from_secs(1)).await;
    assert_eq!(informer.lister().list().len(), 1, "what the other namespace has is there already");
    let health = informer.health();
    assert!(!health.synced && health.last_contact.is_none(), "{health:?}");
    assert!(health.last_error.is_some_and(|error| error.contains("Forbidden")));
    assert!(format!("{of_both:?}").contains("ConfigMap in a, b"), "{of_both:?}");

    *state.lock() = ("none", 200);
    informer.wait_for_sync().await.unwrap();
    assert_eq!(informer.lister().list().len(), 2);
    assert_eq!((informer.health().last_error, informer.health().last_contact.is_some()), (None, true));
    let same = factory.of_namespaces(["a", "b"]).informer::<ConfigMap>();
    assert!(same.has_synced(), "the order and repetitions do not matter");
    assert!(factory.of_namespaces([""]).informer::<ConfigMap>().lister().get(("a", "x")).is_none(), "that is all");
    factory.shutdown().await;
}

#[tokio::test(start_paused = true)]
async fn a_factory_that_is_dropped_takes_its_watches_with_it() {
    let factory = factory();
    let (clone, informer) = (factory.clone(), factory.informer::<ConfigMap>());
    factory.start();
    drop(factory);
    informer.wait_for_sync().await.unwrap();
    tokio::time::sleep(Duration::from_hours(1)).await;
    assert_eq!(informer.health().ended, None, "a clone is left");
    drop(clone);
    assert_eq!(informer.wait_for_end().await, Ended::Stopped);
    assert_eq!(informer.lister().list().len(), 1, "the last state stays");
}

#[tokio::test(start_paused = true)]
async fn one_who_waits_for_a_kind_that_the_server_does_not_have_learns_why() {
    let not_found = json!({ "kind": "Status", "code": 404, "reason": "NotFound", "message": "404 page not found" });
    let factory = SharedInformerFactory::new(connection_of_lists(move |_| Reply::json(404, &not_found)));
    factory.informer::<ConfigMap>();
    factory.start();
    let error = factory.wait_for_cache_sync(Duration::from_mins(2)).await.unwrap_err();
    assert_eq!(error.to_string(), "no complete list in time of: ConfigMap (404 page not found)");
    factory.shutdown().await;
}
