//! What rules see of the root of a resource: `apiVersion`, `kind`, and of the metadata the name only.

use std::sync::LazyLock;

use crate::schema::{Schema, SchemaType};

static TEXT: LazyLock<Schema> = LazyLock::new(|| Schema { kind: Some(SchemaType::String), ..Schema::default() });

static METADATA: LazyLock<Schema> = LazyLock::new(|| {
    let names = ["name", "generateName"].map(|name| (name.to_owned(), TEXT.clone()));
    Schema { kind: Some(SchemaType::Object), properties: names.into_iter().collect(), ..Schema::default() }
});

/// The schema of a property as rules see it.
pub(super) fn property<'s>(schema: &'s Schema, is_root: bool, name: &str) -> Option<&'s Schema> {
    match name {
        "apiVersion" | "kind" if is_root && !declares_names(schema) => Some(&TEXT),
        "metadata" if is_root && !declares_names(schema) => Some(&METADATA),
        _ => declared(schema, name),
    }
}

/// A property. Among few it is found sooner than its name is hashed.
fn declared<'s>(schema: &'s Schema, name: &str) -> Option<&'s Schema> {
    const FEW: usize = 8;
    let properties = &*schema.properties;
    if properties.len() > FEW {
        return properties.get(name);
    }
    properties.iter().find(|(known, _)| *known == name).map(|(_, property)| property)
}

/// All properties as rules see them.
pub(super) fn properties(schema: &Schema, is_root: bool) -> impl Iterator<Item = (&str, &Schema)> {
    const ADDED: [&str; 3] = ["apiVersion", "kind", "metadata"];
    let adds = is_root && !declares_names(schema);
    let declared = schema.properties.iter().map(|(name, schema)| (&**name, schema));
    let declared = declared.filter(move |(name, _)| !adds || !ADDED.contains(name));
    let added = ADDED.into_iter().filter(move |_| adds);
    declared.chain(added.filter_map(move |name| Some((name, property(schema, true, name)?))))
}

/// Whether the schema declares everything that would be added.
fn declares_names(schema: &Schema) -> bool {
    let is_text = |schema: &Schema, name: &str| {
        schema.properties.get(name).is_some_and(|property| property.kind == Some(SchemaType::String))
    };
    is_text(schema, "kind")
        && is_text(schema, "apiVersion")
        && schema.properties.get("metadata").is_some_and(|metadata| {
            metadata.kind == Some(SchemaType::Object) && is_text(metadata, "name") && is_text(metadata, "generateName")
        })
}
