//! Paths of printer columns and of the scale subresource that lead to nothing: the column stays empty, scaling fails.

use crdgen_schema::{
    diagnostic::{Position, quote},
    schema::{AdditionalProperties, Schema},
};

use crate::lint::{check, finding::Sink, place::VersionOf};

/// Checks a version.
pub(super) fn check(of: VersionOf<'_>, sink: &mut Sink<'_>) {
    let root = &of.version.schema;
    let mut report = |member: &str, position: Option<Position>, what: &str, path: &str| {
        let Err(missing) = follow(path, root) else { return };
        let message = format!("{what} leads to {}, which no object has: {}", quote(path), missing.told());
        sink.push(
            check::FIELD_PATH,
            of.spot_at(member, position),
            message,
            "correct the path, or declare the property",
        );
    };
    for (index, column) in of.version.printer_columns.iter().enumerate() {
        let what = format!("the column {}", quote(&column.name));
        report(&format!("additionalPrinterColumns[{index}].jsonPath"), column.at, &what, &column.json_path);
    }
    if let Some(scale) = &of.version.scale {
        let at = of.version.at;
        report("subresources.scale.specReplicasPath", at, "`specReplicasPath`", &scale.spec_replicas_path);
        report("subresources.scale.statusReplicasPath", at, "`statusReplicasPath`", &scale.status_replicas_path);
        let selector = scale.label_selector_path.as_deref().unwrap_or_default();
        report("subresources.scale.labelSelectorPath", at, "`labelSelectorPath`", selector);
    }
}

/// Where a path ends in nothing.
#[derive(Debug)]
struct Missing {
    name: String,
    close: Option<String>,
}

impl Missing {
    fn told(&self) -> String {
        match &self.close {
            Some(close) => format!("{} is not declared; did you mean {}?", quote(&self.name), quote(close)),
            None => format!("{} is not declared", quote(&self.name)),
        }
    }
}

/// Follows the names at the start of a JSON path, up to the first index, filter or wildcard. What may hold anything may be
/// followed anywhere.
fn follow(path: &str, root: &Schema) -> Result<(), Missing> {
    let names = path.strip_prefix('.').unwrap_or(path);
    let end = names.find(['[', '*', '\\', '\'', '"', '{']).unwrap_or(names.len());
    let mut schema = root;
    for (index, name) in names[..end].split('.').enumerate() {
        let is_given = index == 0 && ["metadata", "apiVersion", "kind"].contains(&name);
        if name.is_empty() || is_given || may_hold_anything(schema) {
            return Ok(());
        }
        schema = match schema.member(name) {
            Some(member) => member,
            None if schema.additional_properties == Some(AdditionalProperties::Any) => return Ok(()),
            None => return Err(missing(name, schema)),
        };
    }
    Ok(())
}

fn may_hold_anything(schema: &Schema) -> bool {
    schema.preserve_unknown_fields || schema.embedded_resource
}

fn missing(name: &str, schema: &Schema) -> Missing {
    let known: Vec<&str> = schema.properties.keys().map(String::as_str).collect();
    let close = similar::get_close_matches(name, &known, 1, 0.7).first().map(|close| (*close).to_owned());
    Missing { name: name.to_owned(), close }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn a_path_is_followed_as_far_as_names_go() {
        let schema = Schema::from_value(&json!({"type": "object", "properties": {
            "status": {"type": "object", "properties": {
                "ready": {"type": "boolean"},
                "labels": {"type": "object", "additionalProperties": {"type": "string"}},
                "conditions": {"type": "array", "items": {"type": "object"}},
            }},
            "spec": {"type": "object", "x-kubernetes-preserve-unknown-fields": true},
        }}))
        .unwrap();
        let right = [
            ".status.ready",
            ".status.labels.app",
            ".status.conditions[?(@.type==\"Ready\")].status",
            ".metadata.creationTimestamp",
            ".spec.anything.else",
            "",
        ];
        for path in right {
            assert!(follow(path, &schema).is_ok(), "{path}");
        }
        let told = follow(".status.readi", &schema).unwrap_err().told();
        assert_eq!(told, "\"readi\" is not declared; did you mean \"ready\"?");
        assert!(follow(".status.ready.now", &schema).is_err());
    }
}
