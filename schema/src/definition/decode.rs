//! One document → [`Definition`].
//!
//! In: the node of a CustomResourceDefinition. Out: the definition, or everything that keeps it from being understood.

use std::collections::BTreeSet;

use super::{
    Definition, Names, PrinterColumn, Scale, Scope, Source, Version,
    cursor::{Cursor, Report, text_of},
    json_schema_props,
};
use crate::{
    diagnostic::{Diagnostics, code, quote},
    field::Path,
    name,
    node::Node,
    schema::Schema,
};

/// The group that CRDs are in.
pub(super) const GROUP: &str = "apiextensions.k8s.io";

/// Reads the definition. Warnings come with it; with an error among the findings there is none.
pub(super) fn decode(report: Report<'_>, node: &Node<'_>) -> (Option<Definition>, Diagnostics) {
    let definition = read(Cursor { node, path: &Path::ROOT, report: &report });
    let mut diagnostics = report.diagnostics.into_inner();
    diagnostics.0.sort_by_key(|diagnostic| diagnostic.position);
    (definition.filter(|_| !diagnostics.has_errors()), diagnostics)
}

fn read(root: Cursor<'_>) -> Option<Definition> {
    if !is_v1(root) {
        return None;
    }
    let metadata_name = root.with("metadata", |metadata| metadata.is_mapping().then(|| metadata.text("name")));
    let mut definition = root.with("spec", |spec| spec.is_mapping().then(|| read_spec(spec))).or_else(|| {
        root.error(
            code::MISSING,
            "the CustomResourceDefinition has no `spec`",
            "add spec.group, names, scope and versions",
        );
        None
    })?;
    definition.name = metadata_name.unwrap_or_default();
    definition.source = Source { file: root.report.file.to_owned(), position: root.node.position };
    definition.json = root.node.to_json();
    check_name(root, &definition);
    Some(definition)
}

fn is_v1(root: Cursor<'_>) -> bool {
    let version = root.text("apiVersion");
    match version.strip_prefix(GROUP).and_then(|rest| rest.strip_prefix('/')) {
        Some("v1") => return true,
        Some("v1beta1") => root.error(
            code::API_VERSION,
            "the CustomResourceDefinition is v1beta1, which Kubernetes removed in 1.22",
            "convert it to v1: move spec.validation, spec.subresources and spec.additionalPrinterColumns into each of spec.versions, or \
             run `kubectl convert -f FILE --output-version apiextensions.k8s.io/v1`, or let controller-gen generate it anew",
        ),
        _ => root.error(
            code::API_VERSION,
            format!("the CustomResourceDefinition has the apiVersion {}", quote(&version)),
            "write `apiVersion: apiextensions.k8s.io/v1`",
        ),
    }
    false
}

fn read_spec(spec: Cursor<'_>) -> Definition {
    let group = spec.text("group");
    check_names(spec, "group", &group, name::dns_subdomain);
    let names = spec.with("names", |names| names.is_mapping().then(|| read_names(names))).unwrap_or_else(|| {
        spec.error(code::MISSING, "`names` is missing", "add spec.names.kind and spec.names.plural");
        Names::default()
    });
    Definition {
        source: Source::default(),
        name: String::new(),
        group,
        names,
        scope: read_scope(spec),
        preserve_unknown_fields: spec.flag("preserveUnknownFields"),
        versions: read_versions(spec),
        json: String::new(),
    }
}

fn read_names(cursor: Cursor<'_>) -> Names {
    let mut names = Names {
        kind: cursor.text("kind"),
        list_kind: cursor.text("listKind"),
        plural: cursor.text("plural"),
        singular: cursor.text("singular"),
        short_names: cursor.texts("shortNames"),
        categories: cursor.texts("categories"),
    };
    // Kubernetes checks kinds in lower case, and defaults both names from the kind.
    let lower_case = |text: &str| name::dns_1035_label(&text.to_ascii_lowercase());
    check_names(cursor, "kind", &names.kind, lower_case);
    check_names(cursor, "plural", &names.plural, name::dns_1035_label);
    if names.singular.is_empty() {
        names.singular = names.kind.to_lowercase();
    } else {
        check_names(cursor, "singular", &names.singular, name::dns_1035_label);
    }
    if names.list_kind.is_empty() {
        names.list_kind = format!("{}List", names.kind);
    } else {
        check_names(cursor, "listKind", &names.list_kind, lower_case);
    }
    names
}

/// Reports a name that is missing or that Kubernetes does not allow.
fn check_names(cursor: Cursor<'_>, member: &str, text: &str, rule: impl Fn(&str) -> Vec<String>) {
    let position = cursor.node.get(member).filter(|node| !node.is_null());
    let path = cursor.path.child(member);
    let place = Cursor { node: position.unwrap_or(cursor.node), path: &path, report: cursor.report };
    if text.is_empty() {
        // A name of the wrong type was reported when it was read.
        if position.is_none_or(|node| node.as_str().is_some()) {
            place.error(code::MISSING, format!("`{member}` is missing"), format!("add `{member}`"));
        }
        return;
    }
    let faults = rule(text);
    if !faults.is_empty() {
        place.error(code::INVALID_NAME, format!("{} is not allowed as `{member}`", quote(text)), faults.join(", "));
    }
}

fn read_scope(spec: Cursor<'_>) -> Scope {
    let scope = spec.with("scope", |scope| match text_of(scope)?.as_str() {
        "Cluster" => Some(Scope::Cluster),
        "Namespaced" => Some(Scope::Namespaced),
        other => {
            scope.error(code::UNKNOWN_VALUE, format!("unknown scope {}", quote(other)), "use Namespaced or Cluster");
            Some(Scope::Namespaced)
        }
    });
    if scope.is_none() && spec.node.get("scope").is_none_or(Node::is_null) {
        spec.error(code::MISSING, "`scope` is missing", "add `scope: Namespaced` or `scope: Cluster`");
    }
    scope.unwrap_or(Scope::Namespaced)
}

fn read_versions(spec: Cursor<'_>) -> Vec<Version> {
    let mut seen = BTreeSet::new();
    let versions = spec.items("versions", |cursor| {
        let version = cursor.is_mapping().then(|| read_version(cursor))?;
        if !version.name.is_empty() && !seen.insert(version.name.clone()) {
            let message = format!("duplicate version {}", quote(&version.name));
            cursor.error(code::DUPLICATE_NAME, message, "delete one of them, or rename it");
        }
        Some(version)
    });
    if versions.is_empty() && !spec.report.diagnostics.borrow().has_errors() {
        spec.error(code::MISSING, "the CustomResourceDefinition has no versions", "add an entry to spec.versions");
    }
    versions
}

fn read_version(cursor: Cursor<'_>) -> Version {
    let name = cursor.text("name");
    check_names(cursor, "name", &name, name::dns_1035_label);
    let subresource = |member: &str| cursor.with("subresources", |all| all.with(member, |_| Some(()))).is_some();
    Version {
        at: cursor.node.position,
        served: cursor.flag("served"),
        storage: cursor.flag("storage"),
        deprecated: cursor.flag("deprecated"),
        deprecation_warning: cursor.optional_text("deprecationWarning"),
        schema: read_schema(cursor),
        status_subresource: subresource("status"),
        scale: cursor.with("subresources", |all| all.with("scale", |scale| Some(read_scale(scale)))),
        printer_columns: cursor.items("additionalPrinterColumns", |column| Some(read_column(column))),
        selectable_fields: cursor.items("selectableFields", |selectable| Some(selectable.text("jsonPath"))),
        name,
    }
}

fn read_schema(version: Cursor<'_>) -> Schema {
    let schema = version.with("schema", |validation| {
        validation.with("openAPIV3Schema", |schema| Some(json_schema_props::read(schema, 0)))
    });
    schema.unwrap_or_else(|| {
        version.error(
            code::MISSING,
            "the version has no schema",
            "add schema.openAPIV3Schema; `type: object` with `x-kubernetes-preserve-unknown-fields: true` allows everything",
        );
        Schema::default()
    })
}

fn read_scale(cursor: Cursor<'_>) -> Scale {
    Scale {
        spec_replicas_path: cursor.text("specReplicasPath"),
        status_replicas_path: cursor.text("statusReplicasPath"),
        label_selector_path: cursor.optional_text("labelSelectorPath"),
    }
}

fn read_column(cursor: Cursor<'_>) -> PrinterColumn {
    PrinterColumn {
        at: cursor.node.position,
        name: cursor.text("name"),
        kind: cursor.text("type"),
        format: cursor.optional_text("format"),
        description: cursor.optional_text("description"),
        priority: cursor.integer("priority").unwrap_or_default(),
        json_path: cursor.text("jsonPath"),
    }
}

/// `metadata.name` must be `<plural>.<group>`.
fn check_name(root: Cursor<'_>, definition: &Definition) {
    let expected = format!("{}.{}", definition.names.plural, definition.group);
    if definition.name == expected || definition.names.plural.is_empty() || definition.group.is_empty() {
        return;
    }
    let path = Path::ROOT.child("metadata");
    let place = root.node.get("metadata").and_then(|metadata| metadata.get("name")).unwrap_or(root.node);
    Cursor { node: place, path: &path.child("name"), report: root.report }.error(
        code::INVALID_NAME,
        format!("metadata.name is {}, not `<plural>.<group>`", quote(&definition.name)),
        format!("write `name: {expected}`, or change spec.names.plural or spec.group"),
    );
}
