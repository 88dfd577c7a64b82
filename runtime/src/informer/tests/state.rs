//! What an informer reports of itself and of its handlers.

use futures::FutureExt;
use tokio::sync::{Semaphore, watch};

use super::*;
use crate::reflector::{ReflectorConfig, Selection};

#[tokio::test(start_paused = true)]
async fn what_waits_for_the_handlers_is_measured_until_the_stop() {
    let (running, watch, _, _) = synced().await;
    let gate = Arc::new(Semaphore::new(0));
    let slow = Recording { gate: Some(Arc::clone(&gate)), ..Recording::default() };
    running.informer.add_handler(slow, HandlerOptions::default()).unwrap();
    settle().await;
    for version in 11..14 {
        watch.send(Event::Modified(Ok(database("a", &version.to_string()).into())));
    }
    settle().await;
    let state = Arc::clone(running.informer.state());
    let reading = state.reading().unwrap();
    assert_eq!((reading.queued, reading.objects, reading.synced), (3, 1, true));
    assert_eq!((reading.resource_version.as_str(), reading.silence), ("13", Some(Duration::ZERO)));
    running.stop.cancel();
    gate.add_permits(4);
    within(running.task).await.unwrap().unwrap();
    assert!(state.reading().is_none());
    state.end(Ended::Failed);
    assert!(state.reading().is_some_and(|reading| !reading.synced), "that it has failed is to be seen");
}

#[tokio::test(start_paused = true)]
async fn a_registration_ends_with_the_handler() {
    let (_running, _watch, _, registration) = synced().await;
    assert!(registration.ended().now_or_never().is_none());
    registration.remove();
    within(registration.ended()).await;
}

#[tokio::test(start_paused = true)]
async fn a_selection_is_listed_when_all_its_objects_or_those_of_a_later_one_are_there() {
    let ((list_watch, mut server), (wanted, selection)) = (source(), watch::channel(Selection::default()));
    let informer = SharedInformer::selecting([(None, list_watch)], InformerOptions::default(), Some(selection));
    wanted.send_modify(|selection| selection.number = 2);
    assert!(informer.has_listed(2).now_or_never().is_none() && informer.has_listed(0).now_or_never().is_some());
    tokio::spawn({
        let informer = informer.clone();
        async move { informer.run(CancellationToken::new()).await }
    });
    server.list_of(vec![], "10").await;
    within(informer.has_listed(2)).await;
    assert!(informer.has_listed(1).now_or_never().is_some() && informer.has_listed(3).now_or_never().is_none());
    let (selects_nothing, _) = super::informer();
    assert!(selects_nothing.has_listed(7).now_or_never().is_some());
}

#[test]
fn options_are_copied_whole() {
    let reflector = ReflectorConfig { label_selector: Some("a=b".to_owned()), ..ReflectorConfig::default() };
    let options: InformerOptions<Database> = InformerOptions { reflector, transform: Some(Arc::new(|_| ())) };
    let copy = options.clone();
    assert_eq!((copy.reflector.label_selector.as_deref(), copy.transform.is_some()), (Some("a=b"), true));
}
