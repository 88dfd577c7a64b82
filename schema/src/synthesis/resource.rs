//! Whole objects: a type, metadata, and what the schema says.
//!
//! In: a definition and the name of a version. Out: objects that a client could send.

use serde_json::{Map, Value};

use super::{
    build::{Builder, accepts},
    object::Fixed,
    plan::{Flavour, Plan, Size, Toward},
    wanted::Wanted,
};
use crate::{
    definition::{Definition, Scale, Scope, Version},
    name,
    schema::{Constraints, Schema, SchemaType},
};

/// The type of an object, and where it lives.
#[derive(Clone, Debug)]
pub(crate) struct Resource {
    api_version: String,
    kind: String,
    namespaced: bool,
    /// What the scale subresource requires.
    scale: Option<Schema>,
}

/// What the metadata of every object has, whatever its schema says.
const NAME: &str = "example";
/// So many names are tried where the schema does not allow the usual one.
const MAX_NAMES: usize = 12;
/// Of the ways to choose branches, so many are tried.
const MAX_CHOICES: usize = 16;

impl Resource {
    /// The resource of that version.
    pub(crate) fn new(definition: &Definition, version: &Version) -> Self {
        Self {
            api_version: format!("{}/{}", definition.group, version.name),
            kind: definition.names.kind.clone(),
            namespaced: definition.scope == Scope::Namespaced,
            scale: version.scale.as_ref().map(|scale| scale_schema(scale, &version.schema)),
        }
    }

    /// What an object must fulfil beside the schema of its version.
    pub(crate) fn wanted<'s>(&'s self, schema: &'s Schema) -> Wanted<'s> {
        Wanted::all_of([Some(schema), self.scale.as_ref()].into_iter().flatten())
    }

    /// The one value that `apiVersion` and `kind` can have.
    pub(crate) fn given(&self, name: &str) -> Option<Value> {
        match name {
            "apiVersion" => Some(Value::from(self.api_version.as_str())),
            "kind" => Some(Value::from(self.kind.as_str())),
            _ => None,
        }
    }

    /// A whole object.
    pub(crate) fn object<'s>(
        &self,
        builder: &mut Builder<'s>,
        wanted: &Wanted<'s>,
        plan: Plan,
        toward: Option<Toward<'_>>,
    ) -> Option<Value> {
        let sizes: &[Size] = if plan.size == Size::Minimal { &[Size::Minimal] } else { &[plan.size, Size::Minimal] };
        let left = builder.left;
        for size in sizes {
            for choice in 0..wanted.choices().min(MAX_CHOICES) {
                builder.left = left;
                let chosen = wanted.choose(plan.turn.wrapping_add(choice));
                let plan = Plan { size: *size, ..plan };
                if let Some(object) = self.chosen(builder, &chosen, plan, toward)
                    && (!wanted.has_branches() || accepts(wanted, &object))
                {
                    return Some(object);
                }
            }
        }
        None
    }

    fn chosen<'s>(
        &self,
        builder: &mut Builder<'s>,
        wanted: &Wanted<'s>,
        plan: Plan,
        toward: Option<Toward<'_>>,
    ) -> Option<Value> {
        let mut members = Map::new();
        members.insert("apiVersion".to_owned(), Value::from(self.api_version.as_str()));
        members.insert("kind".to_owned(), Value::from(self.kind.as_str()));
        let metadata = self.metadata(builder, &wanted.member("metadata"), plan, toward)?;
        members.insert("metadata".to_owned(), metadata);
        builder.object(wanted, plan, toward, Fixed { members, left_out: &[] })
    }

    /// Metadata with a name. Beyond that it holds only what the schema requires and what is aimed at.
    fn metadata<'s>(
        &self,
        builder: &mut Builder<'s>,
        wanted: &Wanted<'s>,
        plan: Plan,
        toward: Option<Toward<'_>>,
    ) -> Option<Value> {
        let toward = toward.and_then(|toward| toward.through("metadata"));
        if let Some(toward) = toward.filter(|toward| toward.steps.is_empty()) {
            return Some(toward.value.clone());
        }
        let mut members = Map::new();
        if toward.and_then(Toward::member) != Some("name") {
            members.insert("name".to_owned(), name_for(builder, &wanted.member("name")));
        }
        if self.namespaced {
            members.insert("namespace".to_owned(), Value::from("default"));
        }
        let plan = Plan { size: Size::Minimal, flavour: Flavour::Plain, ..plan };
        builder.object(wanted, plan, toward, Fixed { members, left_out: &["name"] })
    }
}

/// A name that the schema of `metadata.name` allows too.
fn name_for<'s>(builder: &mut Builder<'s>, wanted: &Wanted<'s>) -> Value {
    let usual = Value::from(NAME);
    if accepts(wanted, &usual) {
        return usual;
    }
    let is_name = |value: &Value| value.as_str().is_some_and(|text| name::dns_subdomain(text).is_empty());
    let mut made = (0..MAX_NAMES).filter_map(|turn| builder.value(wanted, Plan { turn, ..Plan::default() }, None));
    made.find(is_name).unwrap_or(usual)
}

/// What the scale subresource requires of the numbers that it reads, as a schema: integers from zero up, of 32 bits. Only paths
/// that `schema` declares are in it.
fn scale_schema(scale: &Scale, schema: &Schema) -> Schema {
    let range = Constraints { minimum: Some(0.into()), maximum: Some(i32::MAX.into()), ..Constraints::default() };
    let number = Schema { constraints: range.into(), kind: Some(SchemaType::Integer), ..Schema::default() };
    let mut root = Schema::default();
    for path in [&scale.spec_replicas_path, &scale.status_replicas_path] {
        let names: Vec<&str> = path.trim_start_matches('.').split('.').collect();
        let declared = names.iter().try_fold(schema, |schema, name| schema.properties.get(*name));
        if declared.is_some() {
            let target =
                names.iter().fold(&mut root, |schema, name| schema.properties.entry((*name).to_owned()).or_default());
            *target = number.clone();
        }
    }
    root
}
