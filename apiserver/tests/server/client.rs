//! A small client of the service: requests in, codes and JSON out.

#![allow(dead_code, reason = "several tests share it, and none uses all of it")]

use bytes::Bytes;
use crdgen_apiserver::{ApiService, Body, Server};
use http::{HeaderMap, Request};
use http_body_util::{BodyExt, Full};
use serde_json::{Value, json};
use tower::ServiceExt;

/// What was answered.
#[derive(Debug)]
pub(crate) struct Answer {
    pub(crate) code: u16,
    pub(crate) headers: HeaderMap,
    pub(crate) body: Value,
}

impl Answer {
    /// The texts of all `Warning` headers.
    pub(crate) fn warnings(&self) -> Vec<&str> {
        self.headers.get_all("warning").iter().map(|value| value.to_str().unwrap()).collect()
    }

    /// The code and the message of a refusal.
    pub(crate) fn refusal(&self) -> (u16, &str) {
        (self.code, self.body["message"].as_str().unwrap_or_default())
    }
}

/// A client of one server.
pub(crate) struct Client {
    pub(crate) server: Server,
    service: ApiService,
}

/// The events of a watch.
pub(crate) struct Events {
    body: Body,
    read: String,
}

pub(crate) const CRDS: &str = "/apis/apiextensions.k8s.io/v1/customresourcedefinitions";
pub(crate) const THINGS: &str = "/apis/example.com/v1/namespaces/default/things";

/// A CRD with a status, a default, a limit, a selectable field and a printer column.
pub(crate) fn crd() -> Value {
    json!({
        "apiVersion": "apiextensions.k8s.io/v1",
        "kind": "CustomResourceDefinition",
        "metadata": {"name": "things.example.com"},
        "spec": {
            "group": "example.com",
            "scope": "Namespaced",
            "names": {"plural": "things", "kind": "Thing", "shortNames": ["th"]},
            "versions": [{
                "name": "v1", "served": true, "storage": true,
                "subresources": {"status": {}, "scale": {"specReplicasPath": ".spec.size", "statusReplicasPath": ".status.size"}},
                "selectableFields": [{"jsonPath": ".spec.color"}],
                "additionalPrinterColumns": [{"name": "Size", "type": "integer", "jsonPath": ".spec.size"}],
                "schema": {"openAPIV3Schema": {"type": "object", "properties": {
                    "spec": {"type": "object", "properties": {
                        "size": {"type": "integer", "maximum": 10},
                        "color": {"type": "string"},
                        "mode": {"type": "string", "default": "auto"},
                    }},
                    "status": {"type": "object", "properties": {"phase": {"type": "string"}, "size": {"type": "integer"}}},
                }}},
            }],
        },
    })
}

/// A `Thing`.
pub(crate) fn thing(name: &str, spec: &Value) -> Value {
    json!({"apiVersion": "example.com/v1", "kind": "Thing", "metadata": {"name": name}, "spec": spec})
}

impl Client {
    /// A client of a new server.
    pub(crate) fn new() -> Self {
        Self::of(Server::builder().build())
    }

    pub(crate) fn of(server: Server) -> Self {
        Self { service: server.service(), server }
    }

    /// A client of a new server that serves things.
    pub(crate) async fn with_things() -> Self {
        let client = Self::new();
        assert_eq!(client.post(CRDS, &crd()).await.code, 201);
        client
    }

    pub(crate) async fn send(&self, method: &str, path: &str, headers: &[(&str, &str)], body: Vec<u8>) -> Answer {
        let mut request = Request::builder().method(method).uri(path).header("user-agent", "tests/1");
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        let request = request.body(Full::new(Bytes::from(body))).unwrap();
        let (parts, body) = self.service.clone().oneshot(request).await.unwrap().into_parts();
        let bytes = body.collect().await.unwrap().to_bytes();
        let body = serde_json::from_slice(&bytes)
            .unwrap_or_else(|_| Value::String(String::from_utf8_lossy(&bytes).into_owned()));
        Answer { code: parts.status.as_u16(), headers: parts.headers, body }
    }

    pub(crate) async fn get(&self, path: &str) -> Answer {
        self.send("GET", path, &[], Vec::new()).await
    }

    pub(crate) async fn post(&self, path: &str, body: &Value) -> Answer {
        self.send("POST", path, &[("content-type", "application/json")], body.to_string().into_bytes()).await
    }

    pub(crate) async fn put(&self, path: &str, body: &Value) -> Answer {
        self.send("PUT", path, &[("content-type", "application/json")], body.to_string().into_bytes()).await
    }

    pub(crate) async fn merge(&self, path: &str, change: &Value) -> Answer {
        self.patch(path, "application/merge-patch+json", change).await
    }

    pub(crate) async fn patch(&self, path: &str, kind: &str, change: &Value) -> Answer {
        self.send("PATCH", path, &[("content-type", kind)], change.to_string().into_bytes()).await
    }

    pub(crate) async fn delete(&self, path: &str) -> Answer {
        self.send("DELETE", path, &[], Vec::new()).await
    }

    /// Creates a thing and returns it as stored.
    pub(crate) async fn create(&self, name: &str, spec: &Value) -> Value {
        let answer = self.post(THINGS, &thing(name, spec)).await;
        assert_eq!(answer.code, 201, "{}", answer.body);
        answer.body
    }

    /// Starts a watch.
    pub(crate) async fn watch(&self, path: &str) -> Events {
        let request = Request::builder().uri(path).body(Full::<Bytes>::default()).unwrap();
        let response = self.service.clone().oneshot(request).await.unwrap();
        assert_eq!(response.status(), 200);
        Events { body: response.into_body(), read: String::new() }
    }
}

impl Events {
    /// The next event; nothing at the end of the watch.
    pub(crate) async fn next(&mut self) -> Option<Value> {
        loop {
            if let Some(end) = self.read.find('\n') {
                let line: String = self.read.drain(..=end).collect();
                return Some(serde_json::from_str(&line).unwrap());
            }
            let frame = self.body.frame().await?.unwrap();
            self.read.push_str(std::str::from_utf8(&frame.into_data().unwrap()).unwrap());
        }
    }

    /// The type and the name of the next event.
    pub(crate) async fn next_name(&mut self) -> (String, String) {
        let event = self.next().await.unwrap();
        let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
        (text(&event["type"]), text(&event["object"]["metadata"]["name"]))
    }
}

/// The names of a list's items.
pub(crate) fn names(list: &Value) -> Vec<&str> {
    list["items"].as_array().unwrap().iter().map(|item| item["metadata"]["name"].as_str().unwrap()).collect()
}
