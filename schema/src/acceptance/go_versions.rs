//! Versions as field errors show them: as JSON of the server's internal types, with Go's names in Go's order.
//!
//! In: `spec.versions`. Out: text. What all versions have alike is kept beside them, so it shows as `null`. A schema that
//! is a version's own shows as it was posted: the internal type has a member for every keyword of every node.
//! Source: `apiextensions-apiserver/pkg/apis/apiextensions/types.go`.

use serde_json::Value;

use crate::{
    field::{print_array, print_json, print_object},
    node::Node,
};

/// The members of a struct: Go's name, the name in JSON, and the form.
type Struct = [(&'static str, &'static str, Form)];

/// How a member shows.
enum Form {
    /// As it is; this if it is absent.
    Plain(&'static str),
    Object(&'static Struct),
    List(&'static Struct),
}

use Form::{List, Object, Plain};

const TEXT: Form = Plain("\"\"");
const FLAG: Form = Plain("false");
const POINTER: Form = Plain("null");

static VERSION: &Struct = &[
    ("Name", "name", TEXT),
    ("Served", "served", FLAG),
    ("Storage", "storage", FLAG),
    ("Deprecated", "deprecated", FLAG),
    ("DeprecationWarning", "deprecationWarning", POINTER),
    ("Schema", "schema", Object(&[("OpenAPIV3Schema", "openAPIV3Schema", POINTER)])),
    ("Subresources", "subresources", Object(SUBRESOURCES)),
    ("AdditionalPrinterColumns", "additionalPrinterColumns", List(COLUMN)),
    ("SelectableFields", "selectableFields", List(&[("JSONPath", "jsonPath", TEXT)])),
];
static SUBRESOURCES: &Struct = &[("Status", "status", Object(&[])), ("Scale", "scale", Object(SCALE))];
static SCALE: &Struct = &[
    ("SpecReplicasPath", "specReplicasPath", TEXT),
    ("StatusReplicasPath", "statusReplicasPath", TEXT),
    ("LabelSelectorPath", "labelSelectorPath", POINTER),
];
static COLUMN: &Struct = &[
    ("Name", "name", TEXT),
    ("Type", "type", TEXT),
    ("Format", "format", TEXT),
    ("Description", "description", TEXT),
    ("Priority", "priority", Plain("0")),
    ("JSONPath", "jsonPath", TEXT),
];

/// What versions may share, by its name in JSON.
const SHARED: [&str; 4] = ["schema", "subresources", "additionalPrinterColumns", "selectableFields"];

/// Prints `spec.versions`.
pub(super) fn print(versions: &[Node<'_>]) -> String {
    let versions: Vec<Value> = versions.iter().map(Node::to_value).collect();
    let shared = |name: &str| SHARED.contains(&name) && versions.windows(2).all(|pair| pair[0][name] == pair[1][name]);
    let shared: Vec<&str> = VERSION.iter().map(|(_, name, _)| *name).filter(|name| shared(name)).collect();
    print_array(versions.iter().map(|version| print_struct(version, VERSION, &shared)))
}

/// Prints a struct; the members that are left out show as `null`.
fn print_struct(value: &Value, of: &'static Struct, left_out: &[&str]) -> String {
    print_object(of.iter().map(|(go_name, name, form)| {
        let member = if left_out.contains(name) { &Value::Null } else { &value[*name] };
        let text = match (form, member) {
            (Plain(zero), Value::Null) => (*zero).to_owned(),
            (Object(of), Value::Object(_)) => print_struct(member, of, &[]),
            (List(of), Value::Array(items)) => print_array(items.iter().map(|item| print_struct(item, of, &[]))),
            _ => print_json(member),
        };
        (*go_name, text)
    }))
}
