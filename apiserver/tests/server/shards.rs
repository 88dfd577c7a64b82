//! Shards of collections: `shardSelector`, once its feature gate is on.

use crdgen_apiserver::Server;
use serde_json::json;

use crate::client::{Client, names};

const MAPS: &str = "/api/v1/namespaces/default/configmaps";
const LOW: &str = "shardRange(object.metadata.uid,%20'0x0000000000000000',%20'0x8000000000000000')";
const HIGH: &str = "shardRange(object.metadata.uid,%20'0x8000000000000000',%20'0x10000000000000000')";

async fn with_maps(shards: bool) -> Client {
    let client = Client::of(Server::builder().shards(shards).build());
    for index in 0..20 {
        let map = json!({"metadata": {"name": format!("m{index:02}")}});
        assert_eq!(client.post(MAPS, &map).await.code, 201);
    }
    client
}

#[tokio::test]
async fn every_object_is_in_one_shard_of_a_list_and_its_watch_tells_the_same() {
    let client = with_maps(true).await;
    let all = client.get(MAPS).await.body;
    let mut found = Vec::new();
    for shard in [LOW, HIGH] {
        let list = client.get(&format!("{MAPS}?shardSelector={shard}")).await.body;
        assert_eq!(list["metadata"]["shardInfo"]["selector"], shard.replace("%20", " "));
        let mut watch = client.watch(&format!("{MAPS}?watch=true&shardSelector={shard}")).await;
        for name in names(&list) {
            assert_eq!(watch.next_name().await, ("ADDED".to_owned(), name.to_owned()));
        }
        found.extend(names(&list).into_iter().map(str::to_owned));
    }
    found.sort();
    assert_eq!(found, names(&all));
}

#[tokio::test]
async fn what_is_no_selector_is_refused() {
    let client = with_maps(true).await;
    let refusal = client.get(&format!("{MAPS}?shardSelector=size(a)")).await;
    let why = "invalid shard selector: unsupported function \"size\"; only shardRange() and || are allowed";
    assert_eq!(refusal.refusal(), (500, why));
}

#[tokio::test]
async fn without_the_gate_the_parameter_counts_for_nothing() {
    let client = with_maps(false).await;
    for shard in [LOW, "size(a)"] {
        let list = client.get(&format!("{MAPS}?shardSelector={shard}")).await.body;
        assert_eq!(names(&list).len(), names(&client.get(MAPS).await.body).len(), "{shard}");
        assert!(list["metadata"]["shardInfo"].is_null());
    }
}
