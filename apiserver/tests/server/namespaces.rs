//! What every namespace has.

use serde_json::json;

use crate::client::Client;

/// What a namespace has of its own.
async fn check(client: &Client, namespace: &str) {
    for path in ["serviceaccounts/default", "configmaps/kube-root-ca.crt"] {
        let path = format!("/api/v1/namespaces/{namespace}/{path}");
        assert_eq!(client.get(&path).await.code, 200, "{path}");
    }
}

#[tokio::test]
async fn a_namespace_has_a_service_account_and_the_authority_of_the_server() {
    let client = Client::new();
    check(&client, "kube-system").await;
    client.post("/api/v1/namespaces", &json!({"metadata": {"name": "n"}})).await;
    check(&client, "n").await;
}

#[tokio::test]
async fn what_a_namespace_has_comes_back() {
    let client = Client::new();
    let account = "/api/v1/namespaces/default/serviceaccounts/default";
    let before = client.get(account).await.body;
    client.delete(account).await;
    check(&client, "default").await;
    assert_ne!(client.get(account).await.body["metadata"]["uid"], before["metadata"]["uid"]);
    let map = "/api/v1/namespaces/default/configmaps/kube-root-ca.crt";
    client.merge(map, &json!({"data": {"ca.crt": "other"}})).await;
    assert_ne!(client.get(map).await.body["data"]["ca.crt"], "other");
}
