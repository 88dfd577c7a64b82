//! What a path can be asked for: an operation, before it is written in the form of either version.

use std::collections::BTreeMap;

use crdgen_schema::go::{Struct, Type};

use crate::kind::table;

/// The operations of each path, in the order in which they were added.
pub(super) type Paths = BTreeMap<String, Vec<Operation>>;

/// A method of a path.
#[derive(Clone, Debug)]
pub(super) struct Operation {
    /// In lower case.
    pub(super) method: &'static str,
    pub(super) description: String,
    pub(super) id: String,
    pub(super) tag: String,
    /// The action and the kind that it is done to. Discovery has none.
    pub(super) action: Option<(&'static str, Kind)>,
    /// Without the body.
    pub(super) parameters: Vec<Parameter>,
    pub(super) body: Option<Body>,
    pub(super) consumes: &'static [&'static str],
    pub(super) produces: &'static [&'static str],
    /// Code and description of each answer, which all have the same content.
    pub(super) responses: &'static [(&'static str, &'static str)],
    pub(super) content: Content,
}

/// A kind of object.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Kind {
    pub(super) group: String,
    pub(super) version: String,
    pub(super) name: String,
}

/// What an answer contains.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Content {
    /// Any text.
    Text,
    /// A value of the schema with this name.
    Schema(String),
    /// Something that is not described.
    Undescribed,
}

/// What a request contains.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Body {
    /// The name of its schema.
    pub(super) schema: String,
    pub(super) required: bool,
}

/// A parameter in the query or in the path.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Parameter {
    pub(super) name: &'static str,
    pub(super) in_path: bool,
    pub(super) kind: &'static str,
    pub(super) description: String,
}

impl Parameter {
    /// A part of the path.
    pub(super) fn path(name: &'static str, description: impl Into<String>) -> Self {
        Self { name, in_path: true, kind: "string", description: description.into() }
    }

    /// `pretty`
    pub(super) fn pretty() -> Self {
        let description = "If 'true', then the output is pretty printed. Defaults to 'false' unless the user-agent \
                           indicates a browser or command-line HTTP tool (curl and wget).";
        Self { name: "pretty", in_path: false, kind: "string", description: description.to_owned() }
    }

    /// Where it is, as a parameter says it.
    pub(super) fn place(&self) -> &'static str {
        if self.in_path { "path" } else { "query" }
    }
}

/// The query parameters that a struct of options stands for, without those `except`: its fields, but for structs and times.
pub(super) fn options(path: &str, except: &[&str]) -> Vec<Parameter> {
    let fields = table::named(path).map(Struct::fields).unwrap_or_default();
    let fields = fields.iter().filter(|field| field.tags.embedded.is_empty() && !except.contains(&field.name));
    let parameter = |name: &'static str, kind: &Type| {
        let description = table::description(path, name).unwrap_or_default().into_owned();
        Some(Parameter { name, in_path: false, kind: query_type(kind)?, description })
    };
    fields.filter_map(|field| parameter(field.name, &field.kind)).collect()
}

fn query_type(kind: &Type) -> Option<&'static str> {
    match kind.unnamed() {
        Type::Flag => Some("boolean"),
        Type::Int32 | Type::Int64 => Some("integer"),
        Type::Struct(_) | Type::Time => None,
        Type::Pointer(inner) | Type::List(inner) => query_type(inner),
        _ => Some("string"),
    }
}

/// The parameters that all operations of a path have, as the last of them has them, in order.
pub(super) fn common(operations: &[Operation]) -> Vec<&Parameter> {
    let Some((last, others)) = operations.split_last() else { return Vec::new() };
    let same = |a: &Parameter, b: &Parameter| a.name == b.name && a.in_path == b.in_path;
    let everywhere = |wanted: &&Parameter| {
        others.iter().all(|operation| operation.parameters.iter().any(|parameter| same(parameter, wanted)))
    };
    sorted(last.parameters.iter().filter(everywhere))
}

/// The other parameters of an operation, in order.
pub(super) fn own<'a>(operation: &'a Operation, common: &[&Parameter]) -> Vec<&'a Parameter> {
    let is_common = |parameter: &Parameter| {
        common.iter().any(|common| common.name == parameter.name && common.in_path == parameter.in_path)
    };
    sorted(operation.parameters.iter().filter(|parameter| !is_common(parameter)))
}

fn sorted<'a>(parameters: impl Iterator<Item = &'a Parameter>) -> Vec<&'a Parameter> {
    let mut sorted: Vec<&Parameter> = parameters.collect();
    sorted.sort_by_key(|parameter| (parameter.name, parameter.place()));
    sorted
}

/// The identity of an operation and the tag of its path: `listNamespacedPod` at `/api/v1/…` is `listCoreV1NamespacedPod`, with the
/// tag `core_v1`.
///
/// Source: `k8s.io/apiserver/pkg/endpoints/openapi.GetOperationIDAndTags`.
pub(super) fn identity(verb: &str, rest: &str, path: &str) -> (String, String) {
    let mut parts: Vec<&str> = path.trim_matches('/').split('/').collect();
    if parts.first() == Some(&"api") {
        parts.splice(0..1, ["apis", "core"]);
    }
    let (mut id, mut tag) = (verb.to_owned(), camel(parts.first().unwrap_or(&""), false));
    if let ["apis", group, rest @ ..] = &parts[..] {
        let group = group.strip_suffix(".k8s.io").unwrap_or(group);
        id.push_str(&camel(group, true));
        tag = camel(group, false);
        if let Some(version) = rest.first() {
            id.push_str(&camel(version, true));
            tag = format!("{tag}_{}", camel(version, false));
        }
    }
    id.push_str(&camel(rest, true));
    (id, tag)
}

/// Without what is neither a letter, a digit nor an underscore; what follows such a character is a capital.
fn camel(text: &str, mut capital: bool) -> String {
    let mut out = String::new();
    for (at, character) in text.char_indices() {
        if !(character.is_alphabetic() || character == '_' || at > 0 && character.is_numeric()) {
            capital = true;
        } else if std::mem::take(&mut capital) {
            out.extend(character.to_uppercase());
        } else {
            out.push(character);
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(verb: &str, rest: &str, path: &str, id: &str, tag: &str) {
        assert_eq!(identity(verb, rest, path), (id.to_owned(), tag.to_owned()), "{path}");
    }

    #[test]
    fn operations_are_named_after_their_group_and_version() {
        check("list", "NamespacedPod", "/api/v1/namespaces/{namespace}/pods", "listCoreV1NamespacedPod", "core_v1");
        check(
            "get",
            "APIGroup",
            "/apis/rbac.authorization.k8s.io/",
            "getRbacAuthorizationAPIGroup",
            "rbacAuthorization",
        );
        check("get", "APIVersions", "/apis/", "getAPIVersions", "apis");
        check(
            "read",
            "Thing",
            "/apis/my-things.example.com/v1/things",
            "readMyThingsExampleComV1Thing",
            "myThingsExampleCom_v1",
        );
    }

    #[test]
    fn options_are_parameters_but_for_structs_within() {
        let names: Vec<&str> = options("meta/v1.DeleteOptions", &["dryRun"]).iter().map(|found| found.name).collect();
        assert_eq!(
            names,
            [
                "gracePeriodSeconds",
                "orphanDependents",
                "propagationPolicy",
                "ignoreStoreReadErrorWithClusterBreakingPotential"
            ]
        );
        let kinds: Vec<&str> = options("core/v1.PodExecOptions", &[]).iter().map(|found| found.kind).collect();
        assert_eq!(kinds, ["boolean", "boolean", "boolean", "boolean", "string", "string"]);
    }
}
