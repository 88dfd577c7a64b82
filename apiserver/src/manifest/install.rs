//! Manifests applied to a server, as server-side apply by a client of it would.
//!
//! In: manifests in any order. Out: objects in the store, or why one of them was refused and what to do about it. Definitions
//! come first, then namespaces, then the rest in its own order.

use std::sync::Arc;

use http::{HeaderMap, HeaderValue, Method, StatusCode, header};
use http_body_util::BodyExt;
use percent_encoding::{NON_ALPHANUMERIC, utf8_percent_encode};
use serde_json::Value;

use super::Manifest;
use crate::json;
use crate::request::Request;
use crate::request::query::Query;
use crate::resource::Resource;
use crate::router;
use crate::state::State;

/// Who the fields of installed objects belong to.
pub(crate) const MANAGER: &str = "crdgen-apiserver";

/// The server refused an object. Those before it in the order of installation were installed.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{manifest}: {why}\n  {advice}")]
pub struct InstallError {
    manifest: String,
    why: String,
    advice: &'static str,
}

/// Applies manifests.
pub(crate) async fn install(state: &Arc<State>, mut manifests: Vec<Manifest>) -> Result<(), InstallError> {
    manifests.sort_by_key(Manifest::rank);
    for manifest in manifests {
        apply(state, &manifest).await?;
    }
    Ok(())
}

/// Applies one manifest. It wins conflicts: the file is what somebody edits.
async fn apply(state: &Arc<State>, manifest: &Manifest) -> Result<(), InstallError> {
    let refused = |why: String, advice| InstallError { manifest: manifest.to_string(), why, advice };
    let (group, version) = manifest.text("apiVersion").split_once('/').unwrap_or(("", manifest.text("apiVersion")));
    let kind = manifest.text("kind");
    let resource = state.read_catalog(|catalog| catalog.of_kind(group, version, kind)).ok_or_else(|| {
        let why = format!("the server does not know the kind {kind} of {}", manifest.text("apiVersion"));
        refused(why, "Install its CustomResourceDefinition too, and check that it serves this version.")
    })?;
    let response = router::answer(state, &request(state, manifest, &resource)).await;
    let code = response.status();
    if code.is_success() {
        return Ok(());
    }
    let bytes = response.into_body().collect().await.map(http_body_util::Collected::to_bytes).unwrap_or_default();
    let status: Value = serde_json::from_slice(&bytes).unwrap_or_default();
    let why = status["message"].as_str().map_or_else(|| String::from_utf8_lossy(&bytes).into_owned(), str::to_owned);
    let no_namespace = code == StatusCode::NOT_FOUND && status["details"]["kind"] == "namespaces";
    Err(refused(why, if no_namespace { "Add a manifest for the namespace." } else { advice(code) }))
}

fn advice(code: StatusCode) -> &'static str {
    match code {
        StatusCode::UNPROCESSABLE_ENTITY => "Correct the fields that the message names.",
        StatusCode::FORBIDDEN => "Change what the message names: the server allows no such object there.",
        StatusCode::CONFLICT => {
            "Delete the object from the server, or leave the field out: its value cannot be changed."
        }
        _ => "Compare the object with the schema of its kind.",
    }
}

/// A server-side apply of the manifest.
fn request(state: &State, manifest: &Manifest, resource: &Resource) -> Request {
    let metadata = &manifest.value["metadata"];
    let segment = |text: &str| utf8_percent_encode(text, NON_ALPHANUMERIC).to_string();
    let base = if resource.group.is_empty() { "/api".to_owned() } else { format!("/apis/{}", resource.group) };
    let namespace = metadata["namespace"].as_str().unwrap_or("default");
    let place = if resource.namespaced { format!("/namespaces/{}", segment(namespace)) } else { String::new() };
    let name = segment(metadata["name"].as_str().unwrap_or_default());
    let mut headers = HeaderMap::new();
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static("application/apply-patch+yaml"));
    let token = state.token.as_ref().and_then(|token| HeaderValue::try_from(format!("Bearer {token}")).ok());
    if let Some(token) = token {
        headers.insert(header::AUTHORIZATION, token);
    }
    Request {
        method: Method::PATCH,
        path: format!("{base}/{}{place}/{}/{name}", resource.version, resource.plural),
        query: Query::parse(&format!("fieldManager={MANAGER}&force=true&fieldValidation=Strict")),
        headers,
        body: json::compact(&manifest.value).into(),
    }
}
