//! The `OpenAPI` documents of the embedded server beside those of a real one.
//!
//! In: the folder with the real ones. Out: the differences, member by member. Descriptions do not count, because the table has few of
//! them, and neither does whether a reference stands alone or in an `allOf` of its own, which depends on them.

use std::{fs, path::Path};

use anyhow::{Context, Result, ensure};
use bytes::Bytes;
use crdgen_apiserver::{ApiService, Server};
use http_body_util::{BodyExt, Empty};
use serde_json::{Map, Value};
use tower::ServiceExt;

/// What differs, and why: the start of a path, and what is beneath it.
const KNOWN: [(&str, &str); 5] = [
    // The server has no discovery document for tokens, and no keys of its own.
    ("openapi/v3/.well-known/openid-configuration", ""),
    ("openapi/v3/openid/v1/jwks", ""),
    ("openapi/v2", "/paths//.well-known/openid-configuration/"),
    ("openapi/v2", "/paths//openid/v1/jwks/"),
    // A list type on bytes, which are a text in JSON: nobody can follow it.
    ("openapi/", ".APIServiceSpec/properties/caBundle/x-kubernetes-list-type"),
];

/// The differences that are not known.
pub(super) fn differences(folder: &Path) -> Result<Vec<String>> {
    let service = Server::new().service();
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    let mut names: Vec<String> = Vec::new();
    for entry in fs::read_dir(folder)? {
        names.push(entry?.file_name().to_string_lossy().into_owned());
    }
    names.sort();
    ensure!(names.len() > 20, "the real server has only {} documents", names.len());
    let mut found = Vec::new();
    for name in names {
        let path = name.replace('+', "/");
        let real = serde_json::from_slice(&fs::read(folder.join(&name))?).with_context(|| format!("of {path}"))?;
        let ours = runtime.block_on(get(service.clone(), &path))?;
        let mut report = |place: &str, what: &str| {
            if !KNOWN.iter().any(|(document, part)| path.starts_with(document) && place.contains(part)) {
                found.push(format!("{path} {place}: {what}"));
            }
        };
        compare("", &comparable(real), &comparable(ours), &mut report);
    }
    Ok(found)
}

async fn get(service: ApiService, path: &str) -> Result<Value> {
    let request = http::Request::get(format!("/{path}")).body(Empty::<Bytes>::new())?;
    let body = service.oneshot(request).await?.into_body().collect().await?.to_bytes();
    // Of a document that the server does not have there is nothing.
    Ok(serde_json::from_slice(&body).unwrap_or_default())
}

/// Without what does not count.
fn comparable(value: Value) -> Value {
    match value {
        Value::Object(members) => {
            let members = members.into_iter().filter(|(name, value)| name != "description" || !value.is_string());
            let mut members: Map<String, Value> = members.map(|(name, value)| (name, comparable(value))).collect();
            match members.get_mut("allOf").map(Value::take) {
                Some(Value::Array(all)) if all.len() == 1 && members.len() == 1 => {
                    all.into_iter().next().unwrap_or_default()
                }
                Some(all) => {
                    members.insert("allOf".to_owned(), all);
                    Value::Object(members)
                }
                None => Value::Object(members),
            }
        }
        Value::Array(items) => items.into_iter().map(comparable).collect(),
        other => other,
    }
}

fn compare(place: &str, real: &Value, ours: &Value, report: &mut dyn FnMut(&str, &str)) {
    match (real, ours) {
        (Value::Object(real), Value::Object(ours)) => {
            for (name, real) in real {
                let place = format!("{place}/{name}");
                match ours.get(name) {
                    Some(ours) => compare(&place, real, ours, report),
                    None => report(&place, "missing"),
                }
            }
            for name in ours.keys().filter(|name| !real.contains_key(*name)) {
                report(&format!("{place}/{name}"), "the real server does not have it");
            }
        }
        (Value::Array(real), Value::Array(ours)) if real.len() == ours.len() => {
            for (at, (real, ours)) in real.iter().zip(ours).enumerate() {
                compare(&format!("{place}/{at}"), real, ours, report);
            }
        }
        _ if real == ours => {}
        _ => report(place, &format!("{real} on the real server, {ours} here")),
    }
}
