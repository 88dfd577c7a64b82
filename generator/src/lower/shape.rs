//! One version's schema → shapes.
//!
//! In: a [`Schema`]. Out: shapes in breadth-first order, so that a new property never moves an old shape before its
//! parent. Arrays and maps recurse (a schema is at most 50 levels deep); objects wait in a queue.

use std::collections::{BTreeSet, VecDeque};

use crdgen_schema::{
    diagnostic::{Diagnostic, Diagnostics},
    schema::{AdditionalProperties, Schema, SchemaType},
};
use serde_json::Value;

use super::{docs, rule};
use crate::model::{Body, Docs, Field, Object, Shape, ShapeId, Shapes, Type};

/// Arrays and maps nest at most this deep in a type; rustc gives up on much deeper ones.
const DEEPEST: usize = 8;

/// The state of lowering one version of one definition.
pub(super) struct Lowering<'a> {
    shapes: &'a mut Shapes,
    queue: VecDeque<Pending<'a>>,
    file: &'a str,
    version: usize,
    diagnostics: Diagnostics,
}

/// An object whose properties are still to be lowered.
struct Pending<'a> {
    id: ShapeId,
    schema: &'a Schema,
    path: String,
    members: Members,
}

/// Which members an object has that its schema need not name.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Members {
    /// None.
    Declared,
    /// A resource's own: `metadata`; `apiVersion` and `kind` are known.
    Root,
    /// An embedded resource's: `apiVersion`, `kind` and `metadata`.
    Embedded,
}

/// Where a schema stands.
#[derive(Clone)]
struct Place<'a> {
    parent: ShapeId,
    key: &'a str,
    collection: bool,
    /// How many arrays and maps are around it, within its property.
    depth: usize,
    /// Whether an array directly around it keeps what it does not know itself.
    kept: bool,
    path: String,
    /// The description of the property, for a type whose own schema has none.
    description: Option<&'a str>,
}

impl<'a> Lowering<'a> {
    /// Starts on version number `version` of the definition that was read from `file`.
    pub(super) fn new(shapes: &'a mut Shapes, file: &'a str, version: usize) -> Self {
        Self { shapes, queue: VecDeque::new(), file, version, diagnostics: Diagnostics::default() }
    }

    /// Lowers the whole schema of `kind`.
    pub(super) fn root(&mut self, kind: &str, schema: &'a Schema, deprecation: Option<String>) -> ShapeId {
        let path = format!("spec.versions[{}].schema.openAPIV3Schema", self.version);
        let (_, unchecked) = rule::of_root(schema);
        self.warn(schema, &path, &unchecked);
        let mut docs = docs::of_shape(schema, &[]);
        docs.notes.extend(deprecation);
        let id = self.shapes.push(Shape {
            parent: None,
            key: kind.to_owned(),
            collection: false,
            docs,
            body: Body::Object(Object { fields: Vec::new(), unknown: keeps_unknown(schema) }),
        });
        self.queue.push_back(Pending { id, schema, path, members: Members::Root });
        while let Some(pending) = self.queue.pop_front() {
            self.fields(&pending);
        }
        id
    }

    /// What was found on the way.
    pub(super) fn diagnostics(self) -> Diagnostics {
        self.diagnostics
    }

    fn fields(&mut self, pending: &Pending<'a>) {
        let mut fields = implicit_fields(pending.members);
        self.constrain(&mut fields, pending);
        let required: BTreeSet<&str> = pending.schema.required.iter().map(String::as_str).collect();
        for (key, schema) in &pending.schema.properties {
            let known = matches!(key.as_str(), "apiVersion" | "kind" | "metadata");
            if known && pending.members != Members::Declared {
                continue;
            }
            fields.push(self.field(pending, key, schema, required.contains(key.as_str())));
        }
        if let Body::Object(object) = &mut self.shapes[pending.id].body {
            object.fields = fields;
        }
    }

    /// What a schema says of members that are there anyway (usually about `metadata.name`) is told, and not checked.
    fn constrain(&mut self, fields: &mut [Field], pending: &Pending<'a>) {
        for field in fields {
            let Some(schema) = pending.schema.properties.get(&field.key) else { continue };
            field.docs.notes = docs::constraints(schema);
            if !field.docs.notes.is_empty() {
                let path = format!("{}.properties[{}]", pending.path, field.key);
                let message = format!("the generated `validate` does not check what is said of this `{}`", field.key);
                self.push_warning(message, schema, &path);
            }
        }
    }

    fn field(&mut self, pending: &Pending<'a>, key: &'a str, schema: &'a Schema, required: bool) -> Field {
        let place = Place {
            parent: pending.id,
            key,
            collection: false,
            depth: 0,
            kept: false,
            path: format!("{}.properties[{key}]", pending.path),
            description: schema.description.as_deref(),
        };
        let (rules, unchecked) = rule::of(schema);
        self.warn(schema, &place.path, &unchecked);
        Field {
            key: key.to_owned(),
            docs: docs::of_field(schema, &rules),
            // The server fills in a default before it looks for what is missing.
            required: required && schema.default.is_none(),
            nullable: schema.nullable,
            defaulted: schema.default.is_some(),
            ty: self.ty(schema, place),
            rules,
        }
    }

    /// Which shape wins, first match first. A node without a type that is no int-or-string may hold anything, unless it
    /// has properties and drops everything else: then only an object can be meant.
    fn ty(&mut self, schema: &'a Schema, place: Place<'a>) -> Type {
        match schema.kind {
            _ if schema.int_or_string => Type::IntOrString,
            Some(SchemaType::Object) => self.object(schema, place),
            None if !schema.properties.is_empty() && !schema.preserve_unknown_fields => self.object(schema, place),
            None => Type::Any,
            Some(SchemaType::Array) => self.array(schema, place),
            Some(SchemaType::String) => self.string(schema, &place),
            Some(SchemaType::Integer) => integer(schema),
            Some(SchemaType::Number) => Type::Number,
            Some(SchemaType::Boolean) => Type::Boolean,
        }
    }

    /// Properties win over `additionalProperties`, which Kubernetes does not allow beside them.
    fn object(&mut self, schema: &'a Schema, place: Place<'a>) -> Type {
        let kept = place.kept || schema.preserve_unknown_fields;
        if schema.embedded_resource {
            return self.shape_of_object(schema, place, Members::Embedded);
        }
        if !schema.properties.is_empty() {
            return self.shape_of_object(schema, place, Members::Declared);
        }
        match &schema.additional_properties {
            Some(AdditionalProperties::Schema(values)) => {
                Type::Map(Box::new(self.element(values, Place { kept: false, ..place })))
            }
            Some(AdditionalProperties::Any) => Type::Map(Box::new(Type::Any)),
            None if kept => Type::Map(Box::new(Type::Any)),
            None => Type::Empty,
        }
    }

    fn shape_of_object(&mut self, schema: &'a Schema, place: Place<'a>, members: Members) -> Type {
        let object = Object { fields: Vec::new(), unknown: place.kept || keeps_unknown(schema) };
        let id = self.shape(schema, &place, Body::Object(object));
        self.queue.push_back(Pending { id, schema, path: place.path, members });
        Type::Shape(id)
    }

    /// `x-kubernetes-preserve-unknown-fields` of an array holds for the objects that are its items.
    fn array(&mut self, schema: &'a Schema, place: Place<'a>) -> Type {
        let place = Place { kept: place.kept || schema.preserve_unknown_fields, ..place };
        Type::Array(Box::new(match &schema.items {
            Some(items) => self.element(items, place),
            None => Type::Any,
        }))
    }

    /// The items of an array, the values of a map.
    fn element(&mut self, schema: &'a Schema, mut place: Place<'a>) -> Type {
        if place.depth == DEEPEST {
            return Type::Any;
        }
        place.collection = true;
        place.depth += 1;
        place.path.push_str("[*]");
        let ty = self.ty(schema, place);
        if schema.nullable { Type::Nullable(Box::new(ty)) } else { ty }
    }

    /// A string with an `enum` of strings is an enum; values of other types could never match.
    fn string(&mut self, schema: &'a Schema, place: &Place<'a>) -> Type {
        let mut seen = BTreeSet::new();
        let strings = schema.enumeration.iter().filter_map(Value::as_str);
        let values: Vec<String> = strings.filter(|value| seen.insert(*value)).map(str::to_owned).collect();
        if values.is_empty() {
            return Type::String;
        }
        Type::Shape(self.shape(schema, place, Body::Enumeration(values)))
    }

    fn shape(&mut self, schema: &Schema, place: &Place<'a>, body: Body) -> ShapeId {
        let mut docs = match &body {
            Body::Object(_) => docs::of_shape(schema, &rule::of(schema).0),
            Body::Enumeration(_) => Docs { description: schema.description.clone(), notes: Vec::new() },
        };
        if docs.description.is_none() {
            docs.description = place.description.map(str::to_owned);
        }
        self.shapes.push(Shape {
            parent: Some(place.parent),
            key: place.key.to_owned(),
            collection: place.collection,
            docs,
            body,
        })
    }

    fn warn(&mut self, schema: &Schema, path: &str, unchecked: &[&str]) {
        for keyword in unchecked {
            self.push_warning(format!("the generated `validate` does not check this `{keyword}`"), schema, path);
        }
    }

    fn push_warning(&mut self, message: String, schema: &Schema, path: &str) {
        let finding = Diagnostic::warning(message).at(self.file, schema.at).on(path);
        self.diagnostics.push(finding.help("the API server does; nothing is lost by it"));
    }
}

fn keeps_unknown(schema: &Schema) -> bool {
    schema.preserve_unknown_fields || schema.additional_properties.is_some()
}

fn integer(schema: &Schema) -> Type {
    if schema.format.as_deref() == Some("int32") { Type::Int32 } else { Type::Int64 }
}

fn implicit_fields(members: Members) -> Vec<Field> {
    match members {
        Members::Declared => Vec::new(),
        Members::Root => vec![implicit("metadata", Type::ObjectMeta, true, "Standard object metadata.")],
        Members::Embedded => vec![
            implicit("apiVersion", Type::String, true, "The group and version of the embedded object."),
            implicit("kind", Type::String, true, "The kind of the embedded object."),
            implicit("metadata", Type::ObjectMeta, false, "Standard object metadata."),
        ],
    }
}

fn implicit(key: &str, ty: Type, required: bool, description: &str) -> Field {
    Field {
        key: key.to_owned(),
        docs: Docs { description: Some(description.to_owned()), notes: Vec::new() },
        required,
        nullable: false,
        defaulted: false,
        ty,
        rules: Vec::new(),
    }
}
