//! The operations of discovery: which groups, versions and resources there are, and which release the server is.
//!
//! Source: `k8s.io/apiserver/pkg/endpoints/discovery`, and `pkg/server/routes/version.go`.

use super::operation::{Content, Operation, Paths, identity};
use super::routes::{MEDIA, OK};
use super::structure::Schemas;

/// Adds the `GET` of a path of discovery.
pub(super) fn add(paths: &mut Paths, schemas: &mut Schemas, path: &str) {
    let parts = path.trim_matches('/').split('/').count();
    let legacy = path.starts_with("/api/");
    let (rest, description, of) = match parts {
        1 if path == "/version/" => ("CodeVersion", "get the version information for this server", "version.Info"),
        1 if legacy => ("APIVersions", "get available API versions", "meta/v1.APIVersions"),
        1 => ("APIVersions", "get available API versions", "meta/v1.APIGroupList"),
        2 if !legacy => ("APIGroup", "get information of a group", "meta/v1.APIGroup"),
        _ => ("APIResources", "get available resources", "meta/v1.APIResourceList"),
    };
    let (id, tag) = identity("get", rest, path);
    let media: &[&str] = if of == "version.Info" { &MEDIA[..1] } else { MEDIA };
    paths.entry(path.to_owned()).or_default().push(Operation {
        method: "get",
        description: description.to_owned(),
        id,
        tag,
        action: None,
        parameters: Vec::new(),
        body: None,
        consumes: media,
        produces: media,
        responses: OK,
        content: Content::Schema(schemas.need_named(of)),
    });
}
