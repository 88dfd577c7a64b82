//! The document of version 2.
//!
//! Parameters that many operations have are written once, under names that end with a hash of what they are.
//! Source: `k8s.io/kube-openapi/pkg/builder`.

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE;
use serde_json::{Map, Value, json};

use super::form::Form;
use super::operation::{Body, Content, Operation, Parameter, Paths, common, own};
use crate::json as go_json;

/// The paths with their operations, and the parameters that they share.
pub(super) fn paths(paths: &Paths) -> (Map<String, Value>, Map<String, Value>) {
    let mut shared = Shared(Map::new());
    let paths = paths.iter().map(|(path, operations)| (path.clone(), shared.item(operations))).collect();
    (paths, shared.0)
}

/// The parameters that are referred to, by name.
struct Shared(Map<String, Value>);

impl Shared {
    fn item(&mut self, operations: &[Operation]) -> Value {
        let common = common(operations);
        let mut item = Map::new();
        for operation in operations {
            item.insert(operation.method.to_owned(), self.operation(operation, &common));
        }
        if !common.is_empty() {
            item.insert("parameters".to_owned(), common.iter().map(|one| self.parameter(one)).collect());
        }
        Value::Object(item)
    }

    fn operation(&mut self, operation: &Operation, common: &[&Parameter]) -> Value {
        let mut out = json!({
            "description": operation.description,
            "consumes": operation.consumes,
            "produces": operation.produces,
            "schemes": ["https"],
            "tags": [operation.tag],
            "operationId": operation.id,
            "responses": responses(operation),
        });
        let mut parameters: Vec<Value> = operation.body.iter().map(|body| self.body(body)).collect();
        let (before, after): (Vec<_>, Vec<_>) =
            own(operation, common).into_iter().partition(|parameter| parameter.name < "body");
        parameters.splice(0..0, before.into_iter().map(|one| self.parameter(one)).collect::<Vec<_>>());
        parameters.extend(after.into_iter().map(|one| self.parameter(one)));
        if !parameters.is_empty() {
            out["parameters"] = Value::Array(parameters);
        }
        if let Some((action, kind)) = &operation.action {
            out["x-kubernetes-action"] = Value::from(*action);
            out["x-kubernetes-group-version-kind"] =
                json!({"group": kind.group, "version": kind.version, "kind": kind.name});
        }
        out
    }

    fn parameter(&mut self, of: &Parameter) -> Value {
        let mut written = vec![("uniqueItems", json!(true)), ("type", json!(of.kind))];
        if !of.description.is_empty() {
            written.push(("description", json!(of.description)));
        }
        written.extend([("name", json!(of.name)), ("in", json!(of.place()))]);
        if of.in_path {
            written.push(("required", json!(true)));
        }
        // The first says what kind of object it is, and clients look whether they find the others at an operation itself.
        if matches!((of.name, of.in_path), ("name", _) | ("fieldValidation" | "dryRun", false)) {
            return object(&written);
        }
        self.share(of.name, &written)
    }

    fn body(&mut self, body: &Body) -> Value {
        let mut written = vec![("name", json!("body")), ("in", json!("body"))];
        if body.required {
            written.push(("required", json!(true)));
        }
        written.push(("schema", Form::V2.reference(&body.schema)));
        if body.schema.starts_with("io.k8s.apimachinery.") { self.share("body", &written) } else { object(&written) }
    }

    /// Puts a parameter among the shared ones, and refers to it. The hash is that of its text, in the order of its members.
    fn share(&mut self, name: &str, written: &[(&str, Value)]) -> Value {
        let members = written.iter().map(|(member, value)| {
            let value = go_json::compact(value);
            format!("\"{member}\":{}", String::from_utf8_lossy(&value))
        });
        let text = format!("{{{}}}", members.collect::<Vec<_>>().join(","));
        let name = format!("{name}-{}", hash(&text));
        let reference = json!({"$ref": format!("#/parameters/{name}")});
        self.0.insert(name, object(written));
        reference
    }
}

fn object(written: &[(&str, Value)]) -> Value {
    Value::Object(written.iter().map(|(name, value)| ((*name).to_owned(), value.clone())).collect())
}

/// FNV-1 over 64 bits: six bytes of it, in base64.
fn hash(text: &str) -> String {
    let (basis, prime) = (0xcbf2_9ce4_8422_2325_u64, 0x100_0000_01b3_u64);
    let hash = text.bytes().fold(basis, |hash, byte| hash.wrapping_mul(prime) ^ u64::from(byte));
    URL_SAFE.encode(&hash.to_be_bytes()[..6])
}

fn responses(operation: &Operation) -> Value {
    let schema = match &operation.content {
        Content::Text => Some(json!({"type": "string"})),
        Content::Schema(name) => Some(Form::V2.reference(name)),
        Content::Undescribed => None,
    };
    let mut out = json!({"401": {"description": "Unauthorized"}});
    for (code, description) in operation.responses {
        out[*code] = json!({"description": description});
        if let Some(schema) = &schema {
            out[*code]["schema"] = schema.clone();
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::super::operation::options;
    use super::*;

    #[test]
    fn shared_parameters_have_the_names_that_kubernetes_gives_them() {
        let mut shared = Shared(Map::new());
        let mut parameters = options("meta/v1.ListOptions", &[]);
        parameters.retain(|parameter| parameter.name == "continue" || parameter.name == "allowWatchBookmarks");
        for parameter in &parameters {
            shared.parameter(parameter);
        }
        drop(shared.parameter(&Parameter::pretty()));
        drop(shared.body(&Body { schema: "io.k8s.apimachinery.pkg.apis.meta.v1.Patch".to_owned(), required: true }));
        let names: Vec<&String> = shared.0.keys().collect();
        assert_eq!(names, ["allowWatchBookmarks-HC2hJt-J", "body-78PwaGsr", "continue-QfD61s0i", "pretty-tJGM1-ng"]);
    }
}
