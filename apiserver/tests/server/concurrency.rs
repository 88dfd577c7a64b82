//! Many clients at once: one writer wins each version, watches lose and repeat nothing, and nothing outlives what it
//! belongs to.

use std::collections::BTreeMap;
use std::sync::Arc;

use serde_json::{Value, json};

use crate::client::{CRDS, Client, Events, THINGS, crd, names, thing};

/// Runs as many tasks as asked for side by side, and returns what each of them returned.
async fn together<T: Send + 'static, F: Future<Output = T> + Send + 'static>(tasks: Vec<F>) -> Vec<T> {
    let running: Vec<_> = tasks.into_iter().map(tokio::spawn).collect();
    let mut results = Vec::new();
    for task in running {
        results.push(task.await.unwrap());
    }
    results
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn of_many_writers_of_one_version_exactly_one_wins() {
    let client = Arc::new(Client::with_things().await);
    let path = format!("{THINGS}/a");
    client.create("a", &json!({"size": 0})).await;
    for round in 0..20 {
        let seen = client.get(&path).await.body;
        let write = |color: usize| {
            let (client, path, mut object) = (client.clone(), path.clone(), seen.clone());
            object["spec"]["color"] = Value::from(format!("{round}-{color}"));
            async move { client.put(&path, &object).await.code }
        };
        let mut codes = together((0..8).map(write).collect()).await;
        codes.sort_unstable();
        assert_eq!(codes, [200, 409, 409, 409, 409, 409, 409, 409]);
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn patches_without_a_version_all_succeed_and_each_counts_once() {
    let client = Arc::new(Client::with_things().await);
    client.create("a", &json!({})).await;
    let patch = |writer: usize| {
        let client = client.clone();
        async move {
            for index in 0..20 {
                let change = json!({"metadata": {"labels": {format!("w{writer}-{index}"): "x"}}});
                assert_eq!(client.merge(&format!("{THINGS}/a"), &change).await.code, 200);
            }
        }
    };
    together((0..6).map(patch).collect()).await;
    let labels = client.get(&format!("{THINGS}/a")).await.body["metadata"]["labels"].clone();
    assert_eq!(labels.as_object().unwrap().len(), 120);
}

/// Creates, changes and deletes things of its own names.
async fn churn(client: Arc<Client>, writer: usize) {
    for index in 0..40 {
        let name = format!("t{writer}-{}", index % 5);
        let path = format!("{THINGS}/{name}");
        client.post(THINGS, &thing(&name, &json!({"size": index % 10}))).await;
        client.merge(&path, &json!({"spec": {"color": index.to_string()}})).await;
        if index % 3 == 0 {
            assert_eq!(client.delete(&path).await.code, 200);
        }
    }
}

fn version(object: &Value) -> u64 {
    object["metadata"]["resourceVersion"].as_str().unwrap().parse().unwrap()
}

/// Follows a list and a watch from it up to an object called `end`: the objects as a client knows them then.
async fn follow(client: Arc<Client>) -> BTreeMap<String, Value> {
    let list = client.get(THINGS).await.body;
    let named = |object: &Value| (object["metadata"]["name"].as_str().unwrap().to_owned(), object.clone());
    let mut known: BTreeMap<String, Value> = list["items"].as_array().unwrap().iter().map(named).collect();
    let mut newest = version(&list);
    let mut events: Events = client.watch(&format!("{THINGS}?watch=true&resourceVersion={newest}")).await;
    loop {
        let event = events.next().await.unwrap();
        let (name, object) = named(&event["object"]);
        assert!(version(&object) > newest, "{name} is reported twice, or late");
        newest = version(&object);
        let before = match event["type"].as_str().unwrap() {
            "DELETED" => known.remove(&name),
            _ => known.insert(name.clone(), object),
        };
        assert_eq!(before.is_some(), event["type"] != "ADDED", "{name} {}", event["type"]);
        if name == "end" {
            return known;
        }
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn list_and_watch_together_tell_every_change_exactly_once_and_in_order() {
    let client = Arc::new(Client::with_things().await);
    let followers: Vec<_> = (0..4).map(|_| tokio::spawn(follow(client.clone()))).collect();
    together((0..4).map(|writer| churn(client.clone(), writer)).collect()).await;
    let late = tokio::spawn(follow(client.clone()));
    // The late follower may list before or after the end is written; a second end is one for everybody.
    client.create("end", &json!({})).await;
    let end = format!("{THINGS}/end");
    client.merge(&end, &json!({"spec": {"size": 1}})).await;
    let mut size = 1;
    while !late.is_finished() {
        size = (size + 1) % 10;
        client.merge(&end, &json!({"spec": {"size": size}})).await;
        tokio::task::yield_now().await;
    }
    let list = client.get(THINGS).await.body;
    for follower in followers.into_iter().chain([late]) {
        let mut known = follower.await.unwrap();
        known.remove("end");
        let known: Vec<&Value> = known.values().collect();
        let stored: Vec<&Value> =
            list["items"].as_array().unwrap().iter().filter(|item| item["metadata"]["name"] != "end").collect();
        assert_eq!(known, stored);
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn nothing_is_created_behind_the_deletion_of_its_definition_or_namespace() {
    let client = Arc::new(Client::new());
    for round in 0..20 {
        assert_eq!(client.post(CRDS, &crd()).await.code, 201);
        let space = json!({"metadata": {"name": "space"}});
        assert_eq!(client.post("/api/v1/namespaces", &space).await.code, 201);
        assert_eq!(names(&client.get("/apis/example.com/v1/things").await.body), [""; 0], "round {round}");
        let create = |writer: usize| {
            let client = client.clone();
            async move {
                for index in 0..30 {
                    let object = thing(&format!("t{writer}-{index}"), &json!({}));
                    client.post(THINGS, &object).await;
                    client.post("/apis/example.com/v1/namespaces/space/things", &object).await;
                    let config = json!({"metadata": {"name": format!("c{writer}-{index}")}});
                    client.post("/api/v1/namespaces/space/configmaps", &config).await;
                }
            }
        };
        let writers = tokio::spawn(together((0..3).map(create).collect()));
        tokio::task::yield_now().await;
        assert_eq!(client.delete("/api/v1/namespaces/space").await.code, 200);
        assert_eq!(client.delete(&format!("{CRDS}/things.example.com")).await.code, 200);
        writers.await.unwrap();
        assert_eq!(client.get("/api/v1/namespaces/space").await.code, 404);
        let others = "/api/v1/configmaps?fieldSelector=metadata.name!%3Dkube-root-ca.crt";
        assert_eq!(names(&client.get(others).await.body), [""; 0], "round {round}");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn what_is_served_follows_the_last_change_of_a_definition() {
    let client = Arc::new(Client::with_things().await);
    let update = |writer: usize| {
        let client = client.clone();
        async move {
            for index in 0..10 {
                let path = "/spec/versions/0/schema/openAPIV3Schema/properties/spec/properties/size/maximum";
                let change = json!([{"op": "replace", "path": path, "value": 100 * writer + index}]);
                let path = format!("{CRDS}/things.example.com");
                assert_eq!(client.patch(&path, "application/json-patch+json", &change).await.code, 200);
            }
        }
    };
    together((1..5).map(update).collect()).await;
    let stored = client.get(&format!("{CRDS}/things.example.com")).await.body;
    let maximum = |schema: &Value| schema["properties"]["spec"]["properties"]["size"]["maximum"].clone();
    let document = client.get("/openapi/v3/apis/example.com/v1").await.body;
    let served = maximum(&document["components"]["schemas"]["com.example.v1.Thing"]);
    assert_eq!(served, maximum(&stored["spec"]["versions"][0]["schema"]["openAPIV3Schema"]));
}
