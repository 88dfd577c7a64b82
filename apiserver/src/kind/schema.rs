//! How values of a built-in kind are owned and merged, as a schema.
//!
//! In: the kind's Go struct. Out: a schema that has list types, keys and atomic maps, and nothing else.

use crdgen_schema::go::{Struct, Tags, Type};
use crdgen_schema::schema::{AdditionalProperties, ListType, Schema};

/// What a schema is asked about.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Purpose {
    /// Who owns what.
    Ownership,
    /// How a strategic merge patch changes lists.
    StrategicPatch,
}

/// The schema of a kind. Its metadata is left out.
pub(crate) fn of(structure: &'static Struct, purpose: Purpose) -> Schema {
    let mut schema = Builder { purpose, open: Vec::new() }.structure(structure, &Tags::NONE);
    schema.properties.shift_remove("metadata");
    schema
}

struct Builder {
    purpose: Purpose,
    /// The structs around the one that is looked at: one that contains itself is looked at once.
    open: Vec<&'static Struct>,
}

impl Builder {
    fn structure(&mut self, of: &'static Struct, tags: &Tags) -> Schema {
        let mut schema = Schema { atomic_map: tags.atomic || of.atomic && !tags.granular, ..Schema::default() };
        if self.open.iter().any(|open| std::ptr::eq(*open, of)) {
            return schema;
        }
        self.open.push(of);
        for field in of.fields() {
            let below = self.value(&field.kind, field.tags);
            if says_something(&below) {
                schema.properties.insert(field.name.to_owned(), below);
            }
        }
        self.open.pop();
        schema
    }

    fn value(&mut self, kind: &Type, tags: &Tags) -> Schema {
        match kind.unnamed() {
            Type::Pointer(inner) => self.value(inner, tags),
            Type::Struct(of) => self.structure(of, tags),
            Type::List(item) => self.list(item, tags),
            Type::Map(value) => {
                let below = self.value(value, &Tags::NONE);
                let values = says_something(&below).then(|| AdditionalProperties::Schema(Box::new(below)));
                Schema { atomic_map: tags.atomic, additional_properties: values, ..Schema::default() }
            }
            _ => Schema::default(),
        }
    }

    fn list(&mut self, item: &Type, tags: &Tags) -> Schema {
        let keys: Vec<String> = match self.purpose {
            Purpose::Ownership => tags.keys.iter().copied().map(str::to_owned).collect(),
            Purpose::StrategicPatch => {
                Some(tags.merge_key.to_owned()).filter(|key| !key.is_empty()).into_iter().collect()
            }
        };
        let list_type = match self.purpose {
            Purpose::Ownership => tags.list,
            Purpose::StrategicPatch if !tags.merge => ListType::Atomic,
            Purpose::StrategicPatch if keys.is_empty() => ListType::Set,
            Purpose::StrategicPatch => ListType::Map,
        };
        if list_type == ListType::Atomic {
            return Schema::default();
        }
        let mut items = self.value(item, &Tags::NONE);
        for (key, default) in keys.iter().filter_map(|key| Some((key, default(item, key)?))) {
            items.properties.entry(key.clone()).or_default().default = Some(Box::new(default));
        }
        Schema {
            list_type: Some(list_type),
            list_map_keys: keys.into(),
            items: Some(Box::new(items)),
            ..Schema::default()
        }
    }
}

fn says_something(schema: &Schema) -> bool {
    schema.atomic_map
        || schema.list_type.is_some()
        || schema.additional_properties.is_some()
        || !schema.properties.is_empty()
}

/// The default of a member of list items.
fn default(item: &Type, name: &str) -> Option<serde_json::Value> {
    let Type::Struct(of) = item.unnamed() else { return None };
    serde_json::from_str(of.field(name)?.tags.default).ok()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::kind::table;

    #[test]
    fn containers_and_ports_are_lists_with_keys() {
        let pod = table::structure("v1", "Pod").unwrap();
        let ports = |purpose| {
            let schema = of(pod, purpose);
            let containers = schema.properties["spec"].properties["containers"].clone();
            containers.items.unwrap().properties["ports"].clone()
        };
        let owned = ports(Purpose::Ownership);
        assert_eq!(owned.list_map_keys.to_vec(), ["containerPort", "protocol"]);
        let default = owned.items.unwrap().properties["protocol"].default.clone();
        assert_eq!(default.map(|default| *default), Some("TCP".into()));
        assert_eq!(ports(Purpose::StrategicPatch).list_map_keys.to_vec(), ["containerPort"]);
    }

    #[test]
    fn a_struct_that_contains_itself_is_looked_at_once() {
        let definition = table::structure("apiextensions.k8s.io/v1", "CustomResourceDefinition").unwrap();
        let conditions = &of(definition, Purpose::Ownership).properties["status"].properties["conditions"];
        assert_eq!(conditions.list_type, Some(ListType::Map));
    }
}
