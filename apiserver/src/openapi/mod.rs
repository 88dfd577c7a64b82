//! The server's description of itself: `OpenAPI` in version 3, a document for each version of a group, and in version 2, one for
//! everything.
//!
//! In: the catalog of served resources. Out: documents in JSON and in protobuf, made when somebody asks for them, and kept until
//! something changes what they say.
//! Source: `k8s.io/kube-openapi` and `k8s.io/kube-aggregator/pkg/controllers/{openapi,openapiv3}`.

mod answer;
mod custom;
mod custom_routes;
mod discovery_routes;
mod document;
mod form;
mod gnostic;
mod kinds;
mod name;
mod operation;
mod routes;
mod structure;
mod text;
mod v2;
mod v3;

use serde_json::{Map, Value, json};
use sha2::{Digest, Sha512};

pub(crate) use answer::answer;
pub(crate) use text::Documents;

use crate::resource::catalog::Catalog;
use crate::state::State;
use document::Part;

/// The part of the API at a path such as `apis/apps/v1`, if the server has it.
fn part(catalog: &Catalog, path: &str) -> Option<Part> {
    let names: Vec<&str> = path.split('/').collect();
    match names[..] {
        ["api" | "apis" | "version"] => Some(Part::bare(path)),
        ["apis", group] => is_built_in(catalog, group).then(|| Part::bare(path)),
        ["api", version] => Some(Part { path: path.to_owned(), resources: catalog.version("", version)? }),
        ["apis", group, version] if !group.is_empty() => {
            Some(Part { path: path.to_owned(), resources: catalog.version(group, version)? })
        }
        _ => None,
    }
}

/// The documents of custom resources are those of their versions only: there is none for their group.
fn is_built_in(catalog: &Catalog, group: &str) -> bool {
    let versions = catalog.versions(group).unwrap_or_default();
    let mut resources = versions.iter().filter_map(|version| catalog.version(group, version)).flatten();
    !group.is_empty() && resources.any(|resource| resource.custom.is_none())
}

/// All parts.
fn parts(catalog: &Catalog) -> Vec<Part> {
    let mut paths = vec!["api".to_owned(), "apis".to_owned(), "version".to_owned()];
    paths.extend(catalog.versions("").unwrap_or_default().iter().map(|version| format!("api/{version}")));
    for group in catalog.groups() {
        paths.push(format!("apis/{group}"));
        let versions = catalog.versions(&group).unwrap_or_default();
        paths.extend(versions.iter().map(|version| format!("apis/{group}/{version}")));
    }
    paths.iter().filter_map(|path| part(catalog, path)).collect()
}

/// The index of version 3: the path of each document, with a hash that changes when the document does.
fn index(state: &State) -> Value {
    let mut paths = Map::new();
    for part in state.read_catalog(parts) {
        let url = format!("/openapi/v3/{}?hash={}", part.path, hex(&part.hash()));
        paths.insert(part.path, json!({"serverRelativeURL": url}));
    }
    json!({"paths": paths})
}

/// A hash of all parts.
fn hash(parts: &[Part]) -> Vec<u8> {
    let mut digest = Sha512::new();
    for part in parts {
        digest.update(part.hash());
    }
    digest.finalize().to_vec()
}

fn hex(hash: &[u8]) -> String {
    let digit = |value: u8| char::from(b"0123456789ABCDEF"[usize::from(value)]);
    hash.iter().flat_map(|byte| [digit(byte >> 4), digit(byte & 15)]).collect()
}
