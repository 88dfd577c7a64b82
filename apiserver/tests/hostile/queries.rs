//! Paths and queries that were made to confuse.

use serde_json::json;

use crate::client::Client;
use crate::memory::{MIB, Memory};

const MAPS: &str = "/api/v1/namespaces/default/configmaps";

/// A server with a config map and a secret.
async fn client() -> Client {
    let client = Client::new();
    client.post(MAPS, &json!({"metadata": {"name": "a", "labels": {"k": "v7"}}})).await;
    client.post("/api/v1/namespaces/default/secrets", &json!({"metadata": {"name": "s"}})).await;
    client
}

#[tokio::test]
async fn paths_lead_nowhere_but_where_they_say() {
    let _memory = Memory::bounded(64 * MIB).await;
    let client = client().await;
    let long = format!("{MAPS}/{}", "a".repeat(60_000));
    let deep = format!("/api{}", "/v1".repeat(20_000));
    for path in [
        "/api/v1/namespaces/default/configmaps/../secrets/s",
        "/api/v1/namespaces/other/../default/secrets/s",
        "/api/v1/namespaces/default/configmaps/%2e%2e%2fsecrets%2fs",
        "/api/v1/namespaces/default/configmaps/..%5csecrets",
        "/api/v1/namespaces/default/configmaps/a%00",
        "/api/v1/namespaces/default/configmaps/%ff%fe",
        "/api/v1/namespaces/default/configmaps/%zz",
        "/api/v1/namespaces/default/configmaps/a;b",
        "/api/v1/namespaces//configmaps/a",
        "/api/v1/namespaces/default/configmaps/a/status/status",
        "/api/v1/namespaces/default/configmaps/a/../../../../../../etc/passwd",
        "/api/v1/watch/watch/namespaces/default/configmaps/a",
        "/apis//v1/namespaces/default/configmaps/a",
        "//api/v1/namespaces/default/configmaps/a",
        &long,
        &deep,
    ] {
        for method in ["GET", "DELETE", "PATCH", "PUT", "POST"] {
            let answer = client.send(method, path, &[("content-type", "application/json")], b"{}".to_vec()).await;
            let code = answer.code;
            assert!(
                (301..=308).contains(&code) || (400..500).contains(&code),
                "{method} {path}: {code} {}",
                answer.body
            );
        }
    }
    // Escaped or not, a slash is a slash for kube-apiserver.
    let secret = "/api/v1/namespaces/default/secrets/s";
    for path in [&format!("{MAPS}/a"), secret, "/api/v1/namespaces/default%2fsecrets%2fs"] {
        assert_eq!(client.get(path).await.code, 200, "{path}");
    }
}

#[tokio::test]
async fn large_selectors_select_or_are_refused() {
    let _memory = Memory::bounded(128 * MIB).await;
    let client = client().await;
    let values: Vec<String> = (0..5_000).map(|number| format!("v{number}")).collect();
    let keys: Vec<String> = (0..5_000).map(|number| format!("!k{number}")).collect();
    for (query, found) in [
        (format!("labelSelector=k+in+({})", values.join(",")), Some(1)),
        (format!("labelSelector=k+notin+({})", values.join(",")), Some(1)),
        (format!("labelSelector={}", keys.join(",")), Some(2)),
        (format!("labelSelector={}", "(".repeat(50_000)), None),
        (format!("labelSelector={}", "!".repeat(50_000)), None),
        (format!("labelSelector={}", "a,".repeat(20_000)), None),
        (format!("fieldSelector={}metadata.name=a", "metadata.name!=b,".repeat(2_000)), Some(1)),
        (format!("fieldSelector={}", "metadata.name=".repeat(4_000)), None),
        (format!("fieldSelector={}", "%5C".repeat(20_000)), None),
        (format!("{}limit=1", "a=b&".repeat(15_000)), Some(1)),
        (format!("limit={}", "9".repeat(50_000)), None),
        (format!("continue={}", "x".repeat(50_000)), None),
        (format!("resourceVersion={}", "9".repeat(50_000)), None),
        (format!("timeoutSeconds={}&watch=true", "9".repeat(50_000)), None),
    ] {
        let answer = client.get(&format!("{MAPS}?{query}")).await;
        let shown = &query[..40.min(query.len())];
        match found {
            Some(count) => {
                let items = answer.body["items"].as_array().map(Vec::len);
                assert_eq!((answer.code, items), (200, Some(count)), "{shown}: {}", answer.refusal().1.len());
            }
            None => assert_eq!(answer.code, 400, "{shown}"),
        }
    }
}
