//! The operations of a custom resource.
//!
//! In: the resource. Out: its paths. They differ a little from those of built-in resources: no watches, no protobuf, and no types
//! for `/scale` in the kind that is acted on.
//! Source: `k8s.io/apiextensions-apiserver/pkg/controller/openapi/builder`.

use super::operation::{Body, Content, Kind, Operation, Parameter, Paths, identity, options};
use super::routes::{ACCEPTED, ALL, CREATED, Codes, OK, article, capital};
use super::structure::Schemas;
use super::{custom, name};
use crate::resource::Resource;

const MEDIA: &[&str] = &["application/json", "application/yaml"];
const PATCHES: &[&str] =
    &["application/json-patch+json", "application/merge-patch+json", "application/apply-patch+yaml"];

/// Adds the operations of a resource.
pub(super) fn add(paths: &mut Paths, schemas: &mut Schemas, resource: &Resource) {
    let name = |kind: &str| name::of_custom(&resource.group, &resource.version, kind);
    let own = Content::Schema(name(&resource.kind));
    let list = Content::Schema(name(&resource.list_kind));
    let status = Content::Schema(schemas.need_named("meta/v1.Status"));
    let mut routes = Routes { paths, schemas, resource };
    let base = format!("/apis/{}/{}/", resource.group, resource.version);
    let mut root = format!("{base}{}", resource.plural);
    if resource.namespaced {
        routes.push(&root, "list", &list, true);
        root = format!("{base}namespaces/{{namespace}}/{}", resource.plural);
    }
    routes.push(&root, "list", &list, false);
    routes.push(&root, "post", &own, false);
    routes.push(&root, "deletecollection", &status, false);
    let object = format!("{root}/{{name}}");
    for (action, content) in [("get", &own), ("put", &own), ("delete", &status), ("patch", &own)] {
        routes.push(&object, action, content, false);
    }
    if resource.status {
        routes.push_part(&object, "status", &own);
    }
    if resource.scale.is_some() {
        let scale = Content::Schema(routes.schemas.need_named("autoscaling/v1.Scale"));
        routes.push_part(&object, "scale", &scale);
    }
    custom::add(routes.schemas, resource);
}

struct Routes<'a> {
    paths: &'a mut Paths,
    schemas: &'a mut Schemas,
    resource: &'a Resource,
}

impl Routes<'_> {
    fn push_part(&mut self, object: &str, part: &str, content: &Content) {
        for action in ["get", "put", "patch"] {
            self.push(&format!("{object}/{part}"), action, content, false);
        }
    }

    fn push(&mut self, path: &str, action: &'static str, content: &Content, everywhere: bool) {
        let resource = self.resource;
        let kind = resource.kind.as_str();
        let part = path.split("{name}/").nth(1).unwrap_or_default();
        let of = if part.is_empty() { String::new() } else { format!(" {part} of") };
        let Action { method, verb, description, options: names, codes } = describe(action, &of, kind);
        let namespaced = if resource.namespaced && !everywhere { "Namespaced" } else { "" };
        let after = if everywhere { "ForAllNamespaces" } else { "" };
        let first = if action == "deletecollection" { "collection" } else { "" };
        let (id, tag) = identity(verb, &format!("{first}{namespaced}{kind}{}{after}", capital(part)), path);
        let mut parameters = options(names, &[]);
        parameters.push(Parameter::pretty());
        if path.contains("{namespace}") {
            parameters.push(Parameter::path("namespace", "object name and auth scope, such as for teams and projects"));
        }
        if path.contains("{name}") {
            parameters.push(Parameter::path("name", format!("name of the {kind}")));
        }
        let body = match (action, content) {
            ("post" | "put", Content::Schema(schema)) => Some(Body { schema: schema.clone(), required: true }),
            ("patch", _) => Some(Body { schema: self.schemas.need_named("meta/v1.Patch"), required: true }),
            ("delete", _) => Some(Body { schema: self.schemas.need_named("meta/v1.DeleteOptions"), required: false }),
            _ => None,
        };
        let of = Kind { group: resource.group.clone(), version: resource.version.clone(), name: kind.to_owned() };
        self.paths.entry(path.to_owned()).or_default().push(Operation {
            method,
            description,
            id,
            tag,
            action: Some((action, of)),
            parameters,
            body,
            consumes: if action == "patch" { PATCHES } else { MEDIA },
            produces: MEDIA,
            responses: codes,
            content: content.clone(),
        });
    }
}

/// What an action of a custom resource is in `OpenAPI`.
struct Action {
    method: &'static str,
    /// The verb that the identity starts with.
    verb: &'static str,
    description: String,
    /// The struct whose fields are query parameters.
    options: &'static str,
    codes: Codes,
}

fn describe(action: &str, of: &str, kind: &str) -> Action {
    let article = article(kind);
    let (method, verb, description, options, codes) = match action {
        "list" => ("get", "list", format!("list{of} objects of kind {kind}"), "meta/v1.ListOptions", OK),
        "post" => ("post", "create", format!("create{of}{article}{kind}"), "meta/v1.CreateOptions", ALL),
        "deletecollection" => ("delete", "delete", format!("delete collection of {kind}"), "meta/v1.ListOptions", OK),
        "get" => ("get", "read", format!("read{of} the specified {kind}"), "meta/v1.GetOptions", OK),
        "put" => ("put", "replace", format!("replace{of} the specified {kind}"), "meta/v1.UpdateOptions", CREATED),
        "delete" => ("delete", "delete", format!("delete{of}{article}{kind}"), "meta/v1.DeleteOptions", ACCEPTED),
        _ => ("patch", "patch", format!("partially update{of} the specified {kind}"), "meta/v1.PatchOptions", OK),
    };
    Action { method, verb, description, options, codes }
}
