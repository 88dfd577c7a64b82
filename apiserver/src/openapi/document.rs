//! What documents consist of: parts, each about a path of the API and what is beneath it.
//!
//! In: the resources of each part. Out: a document of either version, as JSON.

use std::sync::Arc;

use serde_json::{Map, Value, json};
use sha2::{Digest, Sha512};

use super::form::Form;
use super::kinds::Listed;
use super::operation::Paths;
use super::structure::Schemas;
use super::{custom_routes, discovery_routes, routes, v2, v3};
use crate::json as go_json;
use crate::kind::table;
use crate::resource::Resource;

/// A path of the API and what this server has beneath it, up to the next part.
#[derive(Clone, Debug)]
pub(super) struct Part {
    /// Without a slash at either end: `api`, `apis/apps`, `apis/apps/v1`.
    pub(super) path: String,
    /// Those of the version, if the path is that of a version.
    pub(super) resources: Vec<Arc<Resource>>,
}

impl Part {
    /// A part without resources.
    pub(super) fn bare(path: impl Into<String>) -> Self {
        Self { path: path.into(), resources: Vec::new() }
    }

    /// Whether it is about custom resources.
    pub(super) fn is_custom(&self) -> bool {
        self.resources.iter().any(|resource| resource.custom.is_some())
    }

    /// What the document of version 3 follows from, hashed: whatever changes the document changes this.
    pub(super) fn hash(&self) -> Vec<u8> {
        let mut digest = Sha512::new();
        digest.update(env!("CARGO_PKG_VERSION"));
        digest.update(&self.path);
        for resource in &self.resources {
            digest.update(resource.published_hash.get_or_init(|| hash(resource)));
        }
        digest.finalize().to_vec()
    }

    /// The document of version 3.
    pub(super) fn document(&self) -> Value {
        let listed = if self.is_custom() { Listed::Known } else { self.beside() };
        let (mut paths, mut schemas) = (Paths::new(), Schemas::new(Form::V3, listed));
        self.add(&mut paths, &mut schemas);
        let (info, security) = if self.is_custom() {
            (json!({"title": "Kubernetes CRD Swagger", "version": "v0.1.0"}), None)
        } else {
            (info(), Some(json!({"BearerToken": bearer()})))
        };
        let mut components = Map::from_iter([("schemas".to_owned(), Value::Object(schemas.finish()))]);
        components.extend(security.map(|security| ("securitySchemes".to_owned(), security)));
        json!({"openapi": "3.0.0", "info": info, "paths": v3::paths(&paths), "components": components})
    }

    fn beside(&self) -> Listed {
        let own = self.resources.first().map(|resource| (resource.group.clone(), resource.version.clone()));
        let (group, version) = own.unwrap_or_else(|| (String::new(), "v1".to_owned()));
        Listed::Beside(group, version)
    }

    fn add(&self, paths: &mut Paths, schemas: &mut Schemas) {
        if !self.is_custom() {
            discovery_routes::add(paths, schemas, &format!("/{}/", self.path));
        }
        for resource in &self.resources {
            match resource.served {
                Some(served) => routes::add(paths, schemas, served),
                None => custom_routes::add(paths, schemas, resource),
            }
        }
    }
}

/// The document of version 2, which has all parts.
pub(super) fn of_all(parts: &[Part]) -> Value {
    let (mut all, mut schemas) = (Paths::new(), Schemas::new(Form::V2, Listed::All));
    for part in parts {
        part.add(&mut all, &mut schemas);
    }
    let (paths, parameters) = v2::paths(&all);
    json!({
        "swagger": "2.0",
        "info": info(),
        "paths": paths,
        "definitions": schemas.finish(),
        "parameters": parameters,
        "securityDefinitions": {"BearerToken": bearer()},
        "security": [{"BearerToken": []}],
    })
}

fn info() -> Value {
    json!({"title": "Kubernetes", "version": "1.36"})
}

fn bearer() -> Value {
    json!({"type": "apiKey", "description": "Bearer Token authentication", "name": "authorization", "in": "header"})
}

/// The same of one resource. What is said of built-in kinds changes with the table only.
fn hash(resource: &Resource) -> Vec<u8> {
    if resource.served.is_some() {
        return [table::hash(), resource.plural.as_bytes()].concat();
    }
    let scale = resource.scale.is_some();
    let facts = json!([
        resource.group,
        resource.version,
        resource.plural,
        resource.kind,
        resource.list_kind,
        resource.namespaced,
        resource.status,
        scale,
        resource.selectable,
        resource.published,
    ]);
    Sha512::digest(go_json::compact(&facts)).to_vec()
}
