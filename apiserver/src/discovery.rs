//! What the server says about itself: health, version, and which APIs it serves.
//!
//! In: the catalog of served resources. Out: the documents at `/api` and `/apis`, plain and aggregated, and the answers to all other paths
//! that are not those of a resource. Source: `k8s.io/apiserver/pkg/endpoints/discovery`.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use http::{HeaderValue, Method, StatusCode, header};
use serde_json::{Map, Value, json};
use sha2::{Digest, Sha256};

use crate::group_resource::api_version;
use crate::json;
use crate::kind::table;
use crate::openapi;
use crate::request::Request;
use crate::request::accept::{Accept, Shape};
use crate::request::path::Route;
use crate::resource::Resource;
use crate::resource::catalog::Catalog;
use crate::response::Reply;
use crate::state::State;
use crate::status::Status;
use crate::{health, metrics};

/// The release whose answers this server gives.
const MINOR: &str = "36";

/// Answers a request whose path is not that of a resource.
pub(crate) fn answer(state: &State, request: &Request, route: &Route) -> Reply {
    if let Route::Other(path) = route {
        match path.trim_start_matches('/').split('/').next() {
            Some("openapi") => return openapi::answer(state, request, path),
            Some("metrics") if path.trim_matches('/') == "metrics" => {
                return Reply::new(StatusCode::OK, metrics::CONTENT_TYPE, metrics::text(state));
            }
            _ => {}
        }
        if let Some(reply) = health::answer(path, &request.query) {
            return reply;
        }
    }
    // kube-apiserver answers every method at `/apis`.
    if !matches!(request.method, Method::GET | Method::HEAD) && *route != Route::Groups {
        return Reply::status(&Accept::fallback(request), &Status::method_not_allowed());
    }
    let accept = match Accept::negotiate_discovery(request) {
        Ok(accept) => accept,
        Err(refusal) => return Reply::status(&Accept::fallback(request), &refusal),
    };
    let aggregated = accept.shape == Shape::Discovery;
    let found = match route {
        Route::LegacyVersions if aggregated => return aggregate(request, &[group_discovery(state, "")]),
        Route::Groups if aggregated => {
            let groups = state.read_catalog(Catalog::groups);
            let items: Vec<Value> = groups.iter().map(|group| group_discovery(state, group)).collect();
            return aggregate(request, &items);
        }
        Route::LegacyVersions => Some(legacy_versions()),
        Route::Groups => Some(groups(state)),
        Route::Group(name) => group(state, name).map(|mut group| {
            group["kind"] = Value::from("APIGroup");
            group["apiVersion"] = Value::from("v1");
            group
        }),
        Route::GroupVersion(group, version) => resource_list(state, group, version),
        Route::Other(path) => document(state, path),
        Route::Resource(_) => None,
    };
    match (found, route) {
        (Some(found), _) => Reply::value(&accept, StatusCode::OK, &found),
        (None, Route::GroupVersion(group, _)) if group.is_empty() => Reply::status(&accept, &Status::no_such_path()),
        (None, _) => Reply::page_not_found(),
    }
}

fn document(state: &State, path: &str) -> Option<Value> {
    match path {
        "/version" | "/version/" => Some(version()),
        "/" | "" | "/index.html" => {
            let mut paths = vec!["/api".to_owned(), "/api/v1".to_owned(), "/apis".to_owned()];
            for group in state.read_catalog(Catalog::groups) {
                let versions = state.read_catalog(|catalog| catalog.versions(&group)).unwrap_or_default();
                paths.push(format!("/apis/{group}"));
                paths.extend(versions.iter().map(|version| format!("/apis/{group}/{version}")));
            }
            paths.extend(["/healthz", "/livez", "/readyz", "/version"].map(str::to_owned));
            Some(json!({"paths": paths}))
        }
        _ => None,
    }
}

fn version() -> Value {
    json!({
        "major": "1",
        "minor": MINOR,
        "emulationMajor": "1",
        "emulationMinor": MINOR,
        "minCompatibilityMajor": "1",
        "minCompatibilityMinor": "35",
        "gitVersion": format!("v1.{MINOR}.0+crdgen"),
        "gitCommit": "",
        "gitTreeState": "clean",
        "buildDate": "1970-01-01T00:00:00Z",
        "goVersion": "",
        "compiler": "rustc",
        "platform": platform(std::env::consts::OS, std::env::consts::ARCH),
    })
}

/// An operating system and an architecture by their names in Go.
fn platform(system: &str, architecture: &str) -> String {
    let system = if system == "macos" { "darwin" } else { system };
    let architecture = match architecture {
        "x86_64" => "amd64",
        "x86" => "386",
        "aarch64" => "arm64",
        "powerpc64" => "ppc64",
        other => other,
    };
    format!("{system}/{architecture}")
}

fn legacy_versions() -> Value {
    json!({
        "kind": "APIVersions",
        "versions": ["v1"],
        "serverAddressByClientCIDRs": [{"clientCIDR": "0.0.0.0/0", "serverAddress": "127.0.0.1"}],
    })
}

fn groups(state: &State) -> Value {
    let names = state.read_catalog(Catalog::groups_by_service);
    let groups: Vec<Value> = names.iter().filter_map(|name| group(state, name)).collect();
    json!({"kind": "APIGroupList", "apiVersion": "v1", "groups": groups})
}

fn group(state: &State, name: &str) -> Option<Value> {
    let names = state.read_catalog(|catalog| catalog.versions(name))?;
    let versions: Vec<Value> =
        names.iter().map(|version| json!({"groupVersion": format!("{name}/{version}"), "version": version})).collect();
    let preferred = versions.first().cloned()?;
    Some(json!({"name": name, "versions": versions, "preferredVersion": preferred}))
}

/// The resources of a version, each with its subresources.
fn resource_list(state: &State, group: &str, version: &str) -> Option<Value> {
    let resources = state.read_catalog(|catalog| catalog.version(group, version))?;
    let group_version = api_version(group, version);
    let entries: Vec<Value> = resources.iter().flat_map(|resource| resource_entries(resource)).collect();
    let mut list = json!({"kind": "APIResourceList", "groupVersion": group_version, "resources": entries});
    if !group.is_empty() {
        list["apiVersion"] = Value::from("v1");
    }
    Some(list)
}

fn resource_entries(resource: &Resource) -> Vec<Value> {
    let mut entry = json!({
        "name": resource.plural,
        "singularName": resource.singular,
        "namespaced": resource.namespaced,
        "kind": resource.kind,
        "verbs": resource.verbs(),
    });
    let hash = storage_version_hash(resource);
    if !hash.is_empty() {
        entry["storageVersionHash"] = Value::from(hash);
    }
    add_names(&mut entry, resource);
    let mut entries = vec![entry];
    for subresource in subresources(resource) {
        let mut entry = json!({
            "name": format!("{}/{}", resource.plural, subresource.name),
            "singularName": "",
            "namespaced": resource.namespaced,
            "kind": subresource.kind,
            "verbs": subresource.verbs,
        });
        if let Some((group, version)) = subresource.foreign {
            entry["group"] = Value::from(group);
            entry["version"] = Value::from(version);
        }
        entries.push(entry);
    }
    entries
}

fn add_names(entry: &mut Value, resource: &Resource) {
    if !resource.short_names.is_empty() {
        entry["shortNames"] = json!(resource.short_names);
    }
    if !resource.categories.is_empty() {
        entry["categories"] = json!(resource.categories);
    }
}

/// A subresource as discovery shows it.
struct Subresource<'a> {
    name: &'a str,
    kind: &'a str,
    /// The group and version of its kind, if they are not the resource's own.
    foreign: Option<(&'a str, &'a str)>,
    verbs: &'a [&'a str],
}

/// The subresources that this server has.
fn subresources(resource: &Resource) -> Vec<Subresource<'_>> {
    const VERBS: [&str; 3] = ["get", "patch", "update"];
    if let Some(served) = resource.served {
        let all = served.subresources.iter();
        let shown = |of: &'static table::Subresource| Subresource {
            name: of.name,
            kind: of.kind,
            foreign: of.foreign,
            verbs: &of.verbs,
        };
        return all.map(shown).collect();
    }
    let (kind, foreign) = (resource.kind.as_str(), Some(("autoscaling", "v1")));
    let status = resource.status.then_some(Subresource { name: "status", kind, foreign: None, verbs: &VERBS });
    let scale = resource.scale.is_some();
    let scale = scale.then_some(Subresource { name: "scale", kind: "Scale", foreign, verbs: &VERBS });
    status.into_iter().chain(scale).collect()
}

/// The hash by which clients notice that the storage version changed: eight bytes, in base64.
fn storage_version_hash(resource: &Resource) -> String {
    if let Some(served) = resource.served {
        return served.hash.to_owned();
    }
    let stored = resource.stored();
    let digest = Sha256::digest(format!("{}/{}/{}", stored.group, stored.version, stored.kind));
    STANDARD.encode(&digest[..8])
}

/// One group of an `APIGroupDiscoveryList`.
fn group_discovery(state: &State, name: &str) -> Value {
    let versions = state.read_catalog(|catalog| catalog.versions(name)).unwrap_or_default();
    let versions: Vec<Value> = versions
        .iter()
        .map(|version| {
            let resources = state.read_catalog(|catalog| catalog.version(name, version)).unwrap_or_default();
            let resources: Vec<Value> = resources.iter().map(|resource| resource_discovery(resource)).collect();
            json!({"version": version, "resources": resources, "freshness": "Current"})
        })
        .collect();
    let mut metadata = Map::new();
    if !name.is_empty() {
        metadata.insert("name".to_owned(), Value::from(name));
    }
    json!({"metadata": metadata, "versions": versions})
}

fn resource_discovery(resource: &Resource) -> Value {
    // For built-in resources kube-apiserver leaves group and version empty: they are those of the enclosing entry.
    let kind = |group: &str, version: &str, kind: &str| json!({"group": group, "version": version, "kind": kind});
    let own = match resource.custom {
        Some(_) => kind(&resource.group, &resource.version, &resource.kind),
        None => kind("", "", &resource.kind),
    };
    let mut entry = json!({
        "resource": resource.plural,
        "responseKind": own,
        "scope": if resource.namespaced { "Namespaced" } else { "Cluster" },
        "singularResource": resource.singular,
        "verbs": resource.verbs(),
    });
    add_names(&mut entry, resource);
    let below: Vec<Value> = subresources(resource)
        .into_iter()
        .map(|subresource| {
            let response = match subresource.foreign {
                Some((group, version)) => kind(group, version, subresource.kind),
                None => own.clone(),
            };
            json!({"subresource": subresource.name, "responseKind": response, "verbs": subresource.verbs})
        })
        .collect();
    if !below.is_empty() {
        entry["subresources"] = Value::Array(below);
    }
    entry
}

/// The aggregated list with its entity tag, or 304 if the client has this very list already.
fn aggregate(request: &Request, items: &[Value]) -> Reply {
    const TYPE: &str = "application/json;g=apidiscovery.k8s.io;v=v2;as=APIGroupDiscoveryList";
    let list = json!({
        "kind": "APIGroupDiscoveryList",
        "apiVersion": "apidiscovery.k8s.io/v2",
        "metadata": {},
        "items": items,
    });
    let mut text = json::compact(&list);
    text.push(b'\n');
    let tag = format!("\"{}\"", STANDARD.encode(Sha256::digest(&text)));
    let known = request.header(header::IF_NONE_MATCH).is_some_and(|known| known == tag);
    let mut reply = if known {
        Reply::new(StatusCode::NOT_MODIFIED, TYPE, Vec::new())
    } else {
        Reply::new(StatusCode::OK, TYPE, text)
    };
    reply.headers.push((header::VARY, HeaderValue::from_static("Accept")));
    if let Ok(tag) = HeaderValue::from_str(&tag) {
        reply.headers.push((header::ETAG, tag));
    }
    reply
}

#[cfg(test)]
mod tests {
    use super::platform;

    #[test]
    fn a_platform_has_its_names_in_go() {
        assert_eq!(platform("linux", "x86_64"), "linux/amd64");
        assert_eq!(platform("macos", "aarch64"), "darwin/arm64");
        assert_eq!(platform("linux", "riscv64"), "linux/riscv64");
    }
}
