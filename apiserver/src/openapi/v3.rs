//! A document of version 3.
//!
//! Source: `k8s.io/kube-openapi/pkg/builder3`.

use serde_json::{Map, Value, json};

use super::form::Form;
use super::operation::{Content, Operation, Parameter, Paths, common, own};

/// The paths with their operations.
pub(super) fn paths(paths: &Paths) -> Map<String, Value> {
    paths.iter().map(|(path, operations)| (path.clone(), item(operations))).collect()
}

fn item(operations: &[Operation]) -> Value {
    let common = common(operations);
    let mut item = Map::new();
    for operation in operations {
        item.insert(operation.method.to_owned(), written(operation, &common));
    }
    if !common.is_empty() {
        item.insert("parameters".to_owned(), common.iter().map(|one| parameter(one)).collect());
    }
    Value::Object(item)
}

fn written(operation: &Operation, common: &[&Parameter]) -> Value {
    let mut out = json!({
        "description": operation.description,
        "operationId": operation.id,
        "tags": [operation.tag],
        "responses": responses(operation),
    });
    let own = own(operation, common);
    if !own.is_empty() {
        out["parameters"] = own.into_iter().map(parameter).collect();
    }
    if let Some(body) = &operation.body {
        let schema = json!({"schema": Form::V3.reference(&body.schema)});
        let content: Map<String, Value> =
            operation.consumes.iter().map(|media| ((*media).to_owned(), schema.clone())).collect();
        out["requestBody"] = json!({"content": content});
        if body.required {
            out["requestBody"]["required"] = Value::from(true);
        }
    }
    if let Some((action, kind)) = &operation.action {
        out["x-kubernetes-action"] = Value::from(*action);
        out["x-kubernetes-group-version-kind"] =
            json!({"group": kind.group, "version": kind.version, "kind": kind.name});
    }
    out
}

fn parameter(of: &Parameter) -> Value {
    let mut out = json!({"name": of.name, "in": of.place(), "schema": {"type": of.kind, "uniqueItems": true}});
    if !of.description.is_empty() {
        out["description"] = Value::from(of.description.as_str());
    }
    if of.in_path {
        out["required"] = Value::from(true);
    }
    out
}

fn responses(operation: &Operation) -> Value {
    let schema = match &operation.content {
        Content::Text => Some(json!({"type": "string"})),
        Content::Schema(name) => Some(Form::V3.reference(name)),
        Content::Undescribed => None,
    };
    let mut out = json!({"401": {"description": "Unauthorized"}});
    for (code, description) in operation.responses {
        out[*code] = json!({"description": description});
        if let Some(schema) = &schema {
            let media = operation.produces.iter().map(|media| ((*media).to_owned(), json!({"schema": schema})));
            out[*code]["content"] = Value::Object(media.collect());
        }
    }
    out
}
