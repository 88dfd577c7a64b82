//! What `/metrics` counts.

use serde_json::json;

use crate::client::{Client, THINGS};

#[tokio::test]
async fn requests_are_counted_by_what_they_ask_for_and_how_they_are_answered() {
    let client = Client::with_things().await;
    client.create("a", &json!({})).await;
    client.get(&format!("{THINGS}/a")).await;
    client.get(&format!("{THINGS}/nope")).await;
    client.get(&format!("{THINGS}/a/\"quoted")).await;
    let text = client.get("/metrics").await.body;
    let text = text.as_str().unwrap();
    let labels = "dry_run=\"\",group=\"example.com\",resource=\"things\"";
    for (code, scope, verb, count) in
        [(201, "namespace", "POST", 1), (200, "resource", "GET", 1), (404, "resource", "GET", 2)]
    {
        let line = format!(
            "apiserver_request_total{{code=\"{code}\",component=\"apiserver\",{labels},scope=\"{scope}\",subresource=\"\",verb=\"{verb}\",version=\"v1\"}} {count}"
        );
        assert!(text.lines().any(|found| found == line), "{line} in {text}");
    }
    assert!(text.contains("apiserver_resource_objects{group=\"example.com\",resource=\"things\"} 1\n"), "{text}");
}
