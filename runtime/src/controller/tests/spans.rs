//! What a turn, a list, a watch and a request say of themselves to `tracing`.

use super::*;

use crate::testing::{Spans, connection_of_lists};

/// Reads its object from the server.
struct Reading;

impl Reconciler<Database> for Reading {
    type Error = client::Error;

    async fn reconcile(&self, object: Arc<Database>, context: &Context<Database>) -> Result<Action, client::Error> {
        let key = ObjectKey::of(&*object).unwrap();
        context.client().get(&key).await?;
        context.client().update_status(&object).await?;
        Ok(Action::Done)
    }
}

#[tokio::test(start_paused = true)]
async fn turns_lists_watches_and_requests_are_spans_with_the_key_of_their_object() {
    let spans = Spans::record();
    let object = serde_json::to_value(database("a", "1")).unwrap();
    let list = json!({ "metadata": { "resourceVersion": "5" }, "items": [object.clone()] });
    let connection = connection_of_lists(move |request| {
        Reply::json(200, if request.contains("/databases/a") { &object } else { &list })
    });
    let factory = SharedInformerFactory::new(connection).namespaced("ns");
    let shutdown = Shutdown::new();
    let controller = Controller::new("databases", &factory, Reading);
    let running = tokio::spawn({
        let shutdown = shutdown.clone();
        async move { controller.run(&shutdown).await }
    });
    while spans.named("request").iter().filter(|span| span.starts_with("reconcile")).count() < 2 {
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
    shutdown.trigger();
    running.await.unwrap().unwrap();
    factory.shutdown().await;
    assert_eq!(spans.named("reconcile"), [">reconcile controller=databases kind=Database namespace=ns name=a"]);
    assert_eq!(spans.named("list"), [">list kind=Database namespace=ns resourceVersion="]);
    assert_eq!(spans.named("watch"), [">watch kind=Database namespace=ns resourceVersion=5"]);
    let requests = spans.named("request");
    for expected in [
        "list>request otel.kind=client method=GET kind=Database namespace=ns code=200",
        "watch>request otel.kind=client method=GET kind=Database namespace=ns code=200",
        "reconcile>request otel.kind=client method=GET kind=Database namespace=ns name=a code=200",
        "reconcile>request otel.kind=client method=PUT kind=Database namespace=ns name=a subresource=status code=200",
    ] {
        assert!(requests.iter().any(|found| found == expected), "{expected} is not among {requests:#?}");
    }
}
