//! Deleting objects, collections and namespaces.

use serde_json::{Value, json};

use crate::client::{CRDS, Client, THINGS, names, thing};

#[tokio::test]
async fn an_object_without_finalizers_is_gone_at_once() {
    let client = Client::with_things().await;
    let created = client.create("a", &json!({})).await;
    let deleted = client.delete(&format!("{THINGS}/a")).await.body;
    assert_eq!((&deleted["status"], &deleted["details"]["uid"]), (&json!("Success"), &created["metadata"]["uid"]));
    assert_eq!(client.get(&format!("{THINGS}/a")).await.code, 404);
}

#[tokio::test]
async fn finalizers_hold_an_object_until_the_last_is_taken_off() {
    let client = Client::with_things().await;
    let mut object = thing("a", &json!({}));
    object["metadata"]["finalizers"] = json!(["example.com/f"]);
    client.post(THINGS, &object).await;
    let path = format!("{THINGS}/a");
    let marked = client.delete(&path).await.body;
    assert_ne!(marked["metadata"]["deletionTimestamp"], Value::Null);
    assert_eq!(marked["metadata"]["generation"], 2);
    let again = client.post(THINGS, &object).await;
    assert_eq!(again.refusal().0, 409);
    let added = json!({"metadata": {"finalizers": ["example.com/f", "example.com/g"]}});
    assert_eq!(client.merge(&path, &added).await.code, 422);
    assert_eq!(client.merge(&path, &json!({"metadata": {"finalizers": null}})).await.code, 200);
    assert_eq!(client.get(&path).await.code, 404);
}

#[tokio::test]
async fn preconditions_guard_a_deletion() {
    let client = Client::with_things().await;
    client.create("a", &json!({})).await;
    for wrong in [json!({"uid": "11111111-1111-1111-1111-111111111111"}), json!({"resourceVersion": "1"})] {
        let body = json!({"kind": "DeleteOptions", "apiVersion": "v1", "preconditions": wrong});
        let headers = [("content-type", "application/json")];
        let answer = client.send("DELETE", &format!("{THINGS}/a"), &headers, body.to_string().into_bytes()).await;
        assert_eq!(answer.code, 409, "{wrong}");
    }
    assert_eq!(client.get(&format!("{THINGS}/a")).await.code, 200);
}

#[tokio::test]
async fn a_collection_is_deleted_as_far_as_it_is_selected() {
    let client = Client::with_things().await;
    for (name, color) in [("a", "red"), ("b", "green"), ("c", "red")] {
        client.create(name, &json!({"color": color})).await;
    }
    let deleted = client.delete(&format!("{THINGS}?fieldSelector=spec.color%3Dred")).await.body;
    assert_eq!(names(&deleted), ["a", "c"]);
    assert_eq!(names(&client.get(THINGS).await.body), ["b"]);
}

#[tokio::test]
async fn a_deleted_namespace_is_emptied_first() {
    let client = Client::with_things().await;
    client.post("/api/v1/namespaces", &json!({"metadata": {"name": "n"}})).await;
    let things = "/apis/example.com/v1/namespaces/n/things";
    let mut held = thing("held", &json!({}));
    held["metadata"]["finalizers"] = json!(["example.com/f"]);
    client.post(things, &held).await;
    client.post(things, &thing("free", &json!({}))).await;
    let deleted = client.delete("/api/v1/namespaces/n").await.body;
    assert_eq!(deleted["status"]["phase"], "Terminating");
    assert_eq!(names(&client.get(things).await.body), ["held"]);
    assert_eq!(client.post(things, &thing("late", &json!({}))).await.code, 403);
    client.merge(&format!("{things}/held"), &json!({"metadata": {"finalizers": null}})).await;
    assert_eq!(client.get("/api/v1/namespaces/n").await.code, 404);
}

/// The conditions of the namespace `n` that are true, with their messages.
async fn troubles(client: &Client) -> Vec<(String, String)> {
    let conditions = client.get("/api/v1/namespaces/n").await.body["status"]["conditions"].take();
    let is_true = |condition: &&Value| condition["status"] == "True";
    let text = |value: &Value| value.as_str().unwrap().to_owned();
    let found = conditions.as_array().unwrap().iter().filter(is_true);
    found.map(|condition| (text(&condition["reason"]), text(&condition["message"]))).collect()
}

#[tokio::test]
async fn a_namespace_says_what_holds_it() {
    let client = Client::with_things().await;
    client.post("/api/v1/namespaces", &json!({"metadata": {"name": "n"}})).await;
    let things = "/apis/example.com/v1/namespaces/n/things";
    for (name, finalizers) in [("a", &["example.com/f"][..]), ("b", &["example.com/f", "example.com/g"])] {
        let mut held = thing(name, &json!({}));
        held["metadata"]["finalizers"] = json!(finalizers);
        client.post(things, &held).await;
    }
    client.delete("/api/v1/namespaces/n").await;
    let remaining = |count: &str| {
        let message = format!("Some resources are remaining: things.example.com has {count} resource instances");
        ("SomeResourcesRemain".to_owned(), message)
    };
    let waiting = |list: &str| {
        let message = format!("Some content in the namespace has finalizers remaining: {list}");
        ("SomeFinalizersRemain".to_owned(), message)
    };
    let both = "example.com/f in 2 resource instances, example.com/g in 1 resource instances";
    assert_eq!(troubles(&client).await, [remaining("2"), waiting(both)]);
    let only_g = json!({"metadata": {"finalizers": ["example.com/g"]}});
    client.merge(&format!("{things}/b"), &only_g).await;
    client.merge(&format!("{things}/a"), &json!({"metadata": {"finalizers": null}})).await;
    assert_eq!(troubles(&client).await, [remaining("1"), waiting("example.com/g in 1 resource instances")]);
}

#[tokio::test]
async fn a_namespace_waits_for_finalizers_of_others_after_it_is_empty() {
    let client = Client::new();
    client.post("/api/v1/namespaces", &json!({"metadata": {"name": "n"}})).await;
    let finalizers = json!({"metadata": {"name": "n"}, "spec": {"finalizers": ["kubernetes", "example.com/f"]}});
    assert_eq!(client.put("/api/v1/namespaces/n/finalize", &finalizers).await.code, 200);
    client.delete("/api/v1/namespaces/n").await;
    let left = client.get("/api/v1/namespaces/n").await.body;
    assert_eq!(left["spec"]["finalizers"], json!(["example.com/f"]));
    assert_eq!(troubles(&client).await, []);
    let none = json!({"metadata": {"name": "n"}, "spec": {"finalizers": []}});
    assert_eq!(client.put("/api/v1/namespaces/n/finalize", &none).await.code, 200);
    assert_eq!(client.get("/api/v1/namespaces/n").await.code, 404);
}

#[tokio::test]
async fn nothing_else_in_a_namespace_goes_before_its_last_pod() {
    let client = Client::new();
    client.post("/api/v1/namespaces", &json!({"metadata": {"name": "n"}})).await;
    let (pods, maps) = ("/api/v1/namespaces/n/pods", "/api/v1/namespaces/n/configmaps");
    let pod = json!({"metadata": {"name": "p"}, "spec": {
        "nodeName": "x", "containers": [{"name": "c", "image": "i"}], "terminationGracePeriodSeconds": 3600,
    }});
    assert_eq!(client.post(pods, &pod).await.code, 201);
    client.post(maps, &json!({"metadata": {"name": "m"}})).await;
    client.delete("/api/v1/namespaces/n").await;
    assert_eq!(client.get(&format!("{maps}/m")).await.code, 200);
    assert_eq!(troubles(&client).await, []);
    client.delete(&format!("{pods}/p?gracePeriodSeconds=0")).await;
    assert_eq!(client.get("/api/v1/namespaces/n").await.code, 404);
}

#[tokio::test]
async fn the_default_namespace_stays() {
    let client = Client::new();
    let message = "namespaces \"default\" is forbidden: this namespace may not be deleted";
    assert_eq!(client.delete("/api/v1/namespaces/default").await.refusal(), (403, message));
}

#[tokio::test]
async fn a_deleted_definition_takes_its_objects_along_and_waits_for_their_finalizers() {
    let client = Client::with_things().await;
    let mut held = thing("held", &json!({}));
    held["metadata"]["finalizers"] = json!(["example.com/f"]);
    client.post(THINGS, &held).await;
    client.create("free", &json!({})).await;
    let crd = format!("{CRDS}/things.example.com");
    client.delete(&crd).await;
    assert_eq!(names(&client.get(THINGS).await.body), ["held"]);
    assert_eq!(client.post(THINGS, &thing("late", &json!({}))).await.code, 403);
    client.merge(&format!("{THINGS}/held"), &json!({"metadata": {"finalizers": null}})).await;
    assert_eq!((client.get(&crd).await.code, client.get(THINGS).await.code), (404, 404));
}

#[tokio::test]
async fn options_of_a_wrong_type_delete_nothing() {
    let client = Client::with_things().await;
    client.create("a", &json!({})).await;
    for options in [
        json!({"dryRun": "All"}),
        json!({"dryRun": [true]}),
        json!({"preconditions": {"uid": 5}}),
        json!({"preconditions": "x"}),
        json!({"propagationPolicy": 5}),
        json!({"orphanDependents": "true"}),
        json!({"gracePeriodSeconds": "5"}),
        json!([]),
        json!("x"),
    ] {
        for path in [format!("{THINGS}/a"), THINGS.to_owned()] {
            let headers = [("content-type", "application/json")];
            let answer = client.send("DELETE", &path, &headers, options.to_string().into_bytes()).await;
            assert_eq!(answer.code, 400, "{options}");
        }
    }
    assert_eq!(client.get(&format!("{THINGS}/a")).await.code, 200);
}
