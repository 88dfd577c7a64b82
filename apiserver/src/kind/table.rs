//! The built-in kinds of Kubernetes 1.36: their Go structs, the resources that serve them, and the columns of their tables.
//!
//! Four texts hold the facts. `cargo xtask kinds` writes them, from Go's types and from what a real kube-apiserver says of
//! itself; nobody edits them. They are read when somebody asks: the resources all at once, a struct by itself.
//!
//! `structs.txt` has a block for each struct, in the order of their names. Its head is the end of the package's path and the name,
//! then `atomic` if a value is owned as a whole when it is applied, and `union=DISCRIMINATOR,FIELD:NAME,…` if only one of these fields
//! is set. A line for each field follows, in Go's order, with the fields of embedded structs in their place:
//!
//! ```text
//! core/v1.Volume
//!  name string 1 required
//!  emptyDir? *EmptyDirVolumeSource 2.2 in=VolumeSource
//! ```
//!
//! - The name in JSON, with a `?` if Go leaves the field out when it is empty.
//! - The type: `*T`, `[]T`, `{K}T` (a map), the name of a struct, `NAME=T` (a type that is declared as another), or a word.
//!   Names without a path are those of the block's own package.
//! - The number in protobuf messages; before it, with points, the numbers of the embedded structs that the field stands in.
//! - `in=` and the names of these embedded structs.
//! - `merge`, `merge=KEY`, `retain-keys`, `replace`: how a strategic merge patch changes the field.
//! - `set=JSON`: what the server sets where there is no value, whatever stands beside it.
//! - What comments in the source say: `required`, `list=set`, `list=map:KEYS`, `map=atomic`, `map=granular`, `default=JSON`,
//!   and last, as they may have blanks in them, `values=`. Defaults that are zero values of what Go always writes are implied.
//!
//! `resources.txt` has the versions of groups in the server's order, with the priorities of the group and of the version in it, each
//! with a line for every resource, which ends with `returned` if a deletion is answered with the object, and below that one for each
//! subresource. `columns.txt` has the columns of each list's table: name, type, format, priority, description. A description that
//! starts with `@` is one of those at the top. `descriptions.txt` has what the API's documentation says of the types that all versions
//! share, and of the parameters of requests: a text for each type (without a name) and each of its fields.
//!
//! Source: `k8s.io/api`, `apimachinery/pkg/apis/meta/v1`, discovery, `OpenAPI` and tables of kube-apiserver.

mod columns;
mod counterpart;
mod descriptions;
mod field;
mod resources;
mod structs;
#[cfg(test)]
mod tests;

use std::sync::LazyLock;

use crdgen_schema::go::Struct;
use sha2::{Digest, Sha512};

pub(crate) use columns::Column;
pub(crate) use counterpart::{Internal, Name, internal};
pub(crate) use descriptions::description;
pub(crate) use resources::{Served, Subresource, resources, versions};
pub(crate) use structs::{Union, path, structure as named, union};

/// A hash of what the table says.
pub(crate) fn hash() -> &'static [u8] {
    static HASH: LazyLock<Vec<u8>> = LazyLock::new(|| {
        let texts = [structs::TEXT, resources::TEXT, descriptions::TEXT];
        Sha512::digest(texts.concat()).to_vec()
    });
    &HASH
}

/// The Go struct of a kind, by its group-version (`v1`, `apps/v1`) and name. Those of `meta/v1` are found under `v1`.
pub(crate) fn structure(group_version: &str, kind: &str) -> Option<&'static Struct> {
    // Go's packages have the first label of the group's name.
    let (group, version) = group_version.rsplit_once('/').unwrap_or(("core", group_version));
    let package = group.split('.').next().unwrap_or(group);
    let found = structs::structure(&format!("{package}/{version}.{kind}"));
    found.or_else(|| structs::structure(&format!("meta/{group_version}.{kind}")))
}
