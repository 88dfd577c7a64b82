//! One version's schema → shapes.
//!
//! In: a version of a definition. Out: shapes with their names, in breadth-first order, so that a new property never moves
//! an old shape before its parent. Arrays and maps recurse (a schema is at most 50 levels deep); objects wait in a queue.

mod warning;

use std::collections::{BTreeSet, VecDeque};

use crdgen_schema::{
    definition::Definition,
    diagnostic::Diagnostics,
    schema::{AdditionalProperties, Schema, SchemaType},
};
use serde_json::Value;

use super::{constraint, docs, quantity};
use crate::{
    model::{
        Body, Constraint, Constructor, Docs, Enumeration, Field, Format, Ident, Object, Shape, ShapeId, Shapes, Type,
        Variant,
    },
    naming::Naming,
    options::Options,
    place,
};

/// Arrays and maps nest at most this deep in a type; rustc gives up on much deeper ones.
const DEEPEST: usize = 8;

/// The state of lowering one version of one definition.
pub(super) struct Lowering<'a, 'n> {
    shapes: &'n mut Shapes<'a>,
    naming: &'n mut Naming<'a>,
    options: &'a Options,
    definition: &'a Definition,
    /// Which of its versions.
    version: usize,
    queue: VecDeque<Pending<'a>>,
    diagnostics: Diagnostics,
}

/// An object whose properties are still to be lowered.
struct Pending<'a> {
    id: ShapeId,
    schema: &'a Schema,
    members: Members,
    preserves_unknown: bool,
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
struct Site<'a> {
    parent: ShapeId,
    key: &'a str,
    /// The place in the schema.
    place: String,
    /// How many arrays and maps are around it, within its property.
    depth: usize,
    /// Whether an array directly around it preserves what it does not know itself.
    parent_preserves_unknown: bool,
    /// The description of the property, for a type whose own schema has none.
    description: Option<&'a str>,
}

impl<'a, 'n> Lowering<'a, 'n> {
    /// Starts on version number `version` of a definition.
    pub(super) fn new(
        shapes: &'n mut Shapes<'a>,
        naming: &'n mut Naming<'a>,
        options: &'a Options,
        definition: &'a Definition,
        version: usize,
    ) -> Self {
        Self {
            shapes,
            naming,
            options,
            definition,
            version,
            queue: VecDeque::new(),
            diagnostics: Diagnostics::default(),
        }
    }

    /// Lowers the whole schema. `ty` is the name of the kind's type.
    pub(super) fn root(&mut self, ty: String, deprecation: Option<String>) -> ShapeId {
        let version = &self.definition.versions[self.version];
        let schema = &version.schema;
        let place = place::root(&self.definition.name, &version.name);
        let mut docs = docs::of_shape(schema, &[]);
        docs.notes.extend(deprecation);
        let id = self.shapes.push(Shape {
            parent: None,
            key: &self.definition.names.kind,
            collection: false,
            place,
            ty,
            module: Ident::default(),
            docs,
            body: Body::Object(Object::default()),
            canonical: None,
            module_path: None,
        });
        let preserves_unknown = keeps_unknown(schema);
        self.queue.push_back(Pending { id, schema, members: Members::Root, preserves_unknown });
        while let Some(pending) = self.queue.pop_front() {
            self.object_body(&pending);
        }
        id
    }

    /// What was found on the way.
    pub(super) fn diagnostics(self) -> Diagnostics {
        self.diagnostics
    }

    /// Lowers the properties of an object, and names them and their types.
    fn object_body(&mut self, pending: &Pending<'a>) {
        let mut fields = implicit_fields(pending.members);
        Self::constrain(&mut fields, pending);
        let required: BTreeSet<&str> = pending.schema.required.iter().map(String::as_str).collect();
        for (key, schema) in &pending.schema.properties {
            let known = matches!(key.as_str(), "apiVersion" | "kind" | "metadata");
            if known && pending.members != Members::Declared {
                continue;
            }
            fields.push(self.field(pending, key, schema, required.contains(key.as_str())));
        }
        let keys: Vec<&str> = fields.iter().map(|field| field.key).collect();
        let place = &self.shapes[pending.id].place;
        let (names, unknown) = self.naming.fields(place, &keys, pending.preserves_unknown);
        for (field, name) in fields.iter_mut().zip(names) {
            field.name = name;
        }
        let constructor = self.constructor(pending, &fields);
        let has_default = fields.iter().all(|field| !field.required || field.ty == Type::ObjectMeta);
        self.shapes[pending.id].body =
            Body::Object(Object { fields, unknown, has_default, constructor, condition: None });
        self.name_children(pending.id);
    }

    /// A resource always has one, which takes the object's name as well.
    fn constructor(&self, pending: &Pending<'a>, fields: &[Field<'a>]) -> Option<Constructor> {
        let is_parameter = |field: &Field<'a>| field.required && field.ty != Type::ObjectMeta;
        let (indices, keys): (Vec<usize>, Vec<&str>) = fields
            .iter()
            .enumerate()
            .filter(|(_, field)| is_parameter(field))
            .map(|(index, field)| (index, field.key))
            .unzip();
        if keys.is_empty() && pending.members != Members::Root {
            return None;
        }
        let (name, order) = self.naming.constructor(&self.shapes[pending.id].place, &keys);
        Some(Constructor { name, parameters: order.into_iter().map(|at| indices[at]).collect() })
    }

    fn name_children(&mut self, parent: ShapeId) {
        let children: Vec<ShapeId> = self.shapes.children(parent).collect();
        if children.is_empty() {
            return;
        }
        let names = self.naming.children(self.shapes, parent, &children);
        for (id, (ty, module)) in children.into_iter().zip(names) {
            let shape = &mut self.shapes[id];
            (shape.ty, shape.module) = (ty, module);
        }
    }

    /// Documents the constraints on members that are there anyway, usually on `metadata.name`.
    fn constrain(fields: &mut [Field<'a>], pending: &Pending<'a>) {
        for field in fields {
            let Some(schema) = pending.schema.properties.get(field.key) else { continue };
            field.docs.notes = docs::of_implicit(schema);
        }
    }

    fn field(&mut self, pending: &Pending<'a>, key: &'a str, schema: &'a Schema, required: bool) -> Field<'a> {
        let site = Site {
            parent: pending.id,
            key,
            place: place::child(&self.shapes[pending.id].place, key),
            depth: 0,
            parent_preserves_unknown: false,
            description: schema.description.as_deref(),
        };
        let constraints = constraint::of(schema, self.options.i32());
        Field {
            key,
            name: Ident::default(),
            docs: docs::of_field(schema, &constraints),
            // The server fills in a default before it looks for what is missing.
            required: required && schema.default.is_none(),
            nullable: schema.nullable,
            defaulted: schema.default.is_some(),
            ty: self.ty(schema, &constraints, site),
            constraints,
        }
    }

    /// Which shape wins, first match first. A node without a type (and not an int-or-string) may hold anything, unless it
    /// has properties and drops everything else: then only an object can be meant.
    fn ty(&mut self, schema: &'a Schema, constraints: &[Constraint<'a>], site: Site<'a>) -> Type {
        match schema.kind {
            Some(SchemaType::Array) => self.array(schema, constraints, site),
            _ if is_map(schema, &site) => self.map(schema, constraints, site),
            _ => match self.options.existing_type(&site.place) {
                Some(path) => Type::Existing(path.to_owned()),
                None => self.leaf(schema, constraints, site),
            },
        }
    }

    /// As [`Self::ty`], for what is neither an array nor a map.
    fn leaf(&mut self, schema: &'a Schema, constraints: &[Constraint<'a>], site: Site<'a>) -> Type {
        match schema.kind {
            _ if schema.int_or_string => int_or_string(schema),
            Some(SchemaType::Object) => self.object(schema, constraints, site),
            None if !schema.properties.is_empty() && !schema.preserve_unknown_fields => {
                self.object(schema, constraints, site)
            }
            Some(SchemaType::Array) | None => Type::Any,
            Some(SchemaType::String) => self.string(schema, site),
            Some(SchemaType::Integer) => self.integer(schema),
            Some(SchemaType::Number) => Type::Number,
            Some(SchemaType::Boolean) => Type::Boolean,
        }
    }

    /// An object that is not a map.
    fn object(&mut self, schema: &'a Schema, constraints: &[Constraint<'a>], site: Site<'a>) -> Type {
        if schema.embedded_resource {
            return self.shape_of_object(schema, constraints, site, Members::Embedded);
        }
        if schema.properties.is_empty() {
            return Type::Empty;
        }
        match self.options.existing_shape(&schema.properties) {
            Some(path) => Type::Existing(path.to_owned()),
            None => self.shape_of_object(schema, constraints, site, Members::Declared),
        }
    }

    fn shape_of_object(
        &mut self,
        schema: &'a Schema,
        constraints: &[Constraint<'a>],
        site: Site<'a>,
        members: Members,
    ) -> Type {
        let preserves_unknown = site.parent_preserves_unknown || keeps_unknown(schema);
        let id = self.shape(docs::of_shape(schema, constraints), site, Body::Object(Object::default()));
        self.queue.push_back(Pending { id, schema, members, preserves_unknown });
        Type::Shape(id)
    }

    /// `x-kubernetes-preserve-unknown-fields` of an array holds for the objects that are its items.
    fn array(&mut self, schema: &'a Schema, constraints: &[Constraint<'a>], mut site: Site<'a>) -> Type {
        site.parent_preserves_unknown |= schema.preserve_unknown_fields;
        let items = constraints.iter().find_map(|constraint| match constraint {
            Constraint::Items(constraints) => Some(constraints.as_slice()),
            _ => None,
        });
        Type::Array(Box::new(match &schema.items {
            Some(schema) => self.element(schema, items.unwrap_or_default(), site),
            None => Type::Any,
        }))
    }

    /// Properties win over `additionalProperties`, which Kubernetes does not allow beside them.
    fn map(&mut self, schema: &'a Schema, constraints: &[Constraint<'a>], mut site: Site<'a>) -> Type {
        site.parent_preserves_unknown = false;
        let values = constraints.iter().find_map(|constraint| match constraint {
            Constraint::Values(constraints) => Some(constraints.as_slice()),
            _ => None,
        });
        Type::Map(Box::new(match &schema.additional_properties {
            Some(AdditionalProperties::Schema(schema)) => self.element(schema, values.unwrap_or_default(), site),
            Some(AdditionalProperties::Any) | None => Type::Any,
        }))
    }

    /// The items of an array, the values of a map.
    fn element(&mut self, schema: &'a Schema, constraints: &[Constraint<'a>], mut site: Site<'a>) -> Type {
        if site.depth == DEEPEST {
            self.warn_deep(schema, &site.place);
            return Type::Any;
        }
        site.depth += 1;
        site.place = place::element(&site.place);
        let ty = self.ty(schema, constraints, site);
        if schema.nullable { Type::Nullable(Box::new(ty)) } else { ty }
    }

    /// A string with an `enum` of strings is an enum; values of other types could never match.
    fn string(&mut self, schema: &'a Schema, site: Site<'a>) -> Type {
        let mut seen = BTreeSet::new();
        let strings = schema.enumeration.iter().filter_map(Value::as_str);
        let values: Vec<&str> = strings.filter(|value| seen.insert(*value)).collect();
        if values.is_empty() {
            return format(schema.format.as_deref()).map_or(Type::String, Type::Formatted);
        }
        let names = self.naming.variants(&site.place, &values);
        let variants = values.into_iter().zip(names).map(|(value, name)| Variant { value, name }).collect();
        let closed = self.options.is_closed(&site.place);
        let docs = Docs { description: schema.description.as_deref(), notes: Vec::new() };
        Type::Shape(self.shape(docs, site, Body::Enumeration(Enumeration { variants, closed })))
    }

    fn integer(&self, schema: &Schema) -> Type {
        if self.options.i32() && schema.format.as_deref() == Some("int32") { Type::Int32 } else { Type::Int64 }
    }

    fn shape(&mut self, mut docs: Docs<'a>, site: Site<'a>, body: Body<'a>) -> ShapeId {
        docs.description = docs.description.or(site.description);
        self.shapes.push(Shape {
            parent: Some(site.parent),
            key: site.key,
            collection: site.depth > 0,
            place: site.place,
            ty: String::new(),
            module: Ident::default(),
            docs,
            body,
            canonical: None,
            module_path: None,
        })
    }
}

/// Whether an object has any keys. Beside properties, other keys are unknown properties.
fn is_map(schema: &Schema, site: &Site<'_>) -> bool {
    let keeps_any =
        schema.additional_properties.is_some() || schema.preserve_unknown_fields || site.parent_preserves_unknown;
    schema.kind == Some(SchemaType::Object)
        && !schema.int_or_string
        && !schema.embedded_resource
        && schema.properties.is_empty()
        && keeps_any
}

fn keeps_unknown(schema: &Schema) -> bool {
    schema.preserve_unknown_fields || schema.additional_properties.is_some()
}

fn int_or_string(schema: &Schema) -> Type {
    if schema.constraints.pattern.as_deref().is_some_and(quantity::is_pattern) {
        Type::Quantity
    } else {
        Type::IntOrString
    }
}

/// The formats whose values have a type.
fn format(name: Option<&str>) -> Option<Format> {
    Some(match name? {
        "date-time" | "datetime" => Format::DateTime,
        "date" => Format::Date,
        "duration" => Format::Duration,
        "byte" => Format::Bytes,
        "ipv4" | "ipv6" => Format::Ip,
        "cidr" => Format::Cidr,
        _ => return None,
    })
}

fn implicit_fields<'a>(members: Members) -> Vec<Field<'a>> {
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

fn implicit<'a>(key: &'a str, ty: Type, required: bool, description: &'a str) -> Field<'a> {
    Field {
        key,
        name: Ident::default(),
        docs: Docs { description: Some(description), notes: Vec::new() },
        required,
        nullable: false,
        defaulted: false,
        ty,
        constraints: Vec::new(),
    }
}
