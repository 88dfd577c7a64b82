//! The defaults of a schema, gathered once for many objects.
//!
//! In: a schema. Out: what [`apply`] does to an object, without a look at what has no defaults: to JSON, or for a view of an
//! object that stays as it is.

use std::{collections::HashMap, ops::ControlFlow, sync::Arc};

use foldhash::fast::RandomState;
use serde_json::Value;

use super::apply;
use crate::{
    schema::Schema,
    view::{Arena, ListView, ObjectView, View},
};

/// The defaults of a schema, as a tree beside it that has only what leads to a default.
#[derive(Clone, Debug, Default)]
pub(crate) struct Defaults {
    own: Vec<Own>,
    /// What an item or a value of a map becomes if it is null and may not be.
    for_null: Option<Value>,
    properties: HashMap<String, Arc<Defaults>, RandomState>,
    additional: Option<Arc<Defaults>>,
    items: Option<Arc<Defaults>>,
}

/// The default of a property.
#[derive(Clone, Debug)]
struct Own {
    name: String,
    /// With the defaults inside of it.
    value: Value,
    nullable: bool,
}

impl Defaults {
    /// None if the schema has no defaults.
    pub(crate) fn new(schema: &Schema) -> Option<Self> {
        let own = schema.properties.iter().filter_map(|(name, property)| {
            Some(Own { name: name.clone(), value: complete(property)?, nullable: property.nullable })
        });
        let element = |schema: &Schema| {
            let for_null = complete(schema).filter(|_| !schema.nullable);
            match (Self::new(schema), for_null) {
                (None, None) => None,
                (found, for_null) => Some(Arc::new(Self { for_null, ..found.unwrap_or_default() })),
            }
        };
        let properties =
            schema.properties.iter().filter_map(|(name, schema)| Some((name.clone(), Arc::new(Self::new(schema)?))));
        let defaults = Self {
            own: own.collect(),
            for_null: None,
            properties: properties.collect(),
            additional: schema.additional_schema().and_then(element),
            items: schema.items.as_deref().and_then(element),
        };
        let Self { own, properties, additional, items, .. } = &defaults;
        let is_empty = own.is_empty() && properties.is_empty() && additional.is_none() && items.is_none();
        (!is_empty).then_some(defaults)
    }

    /// Fills the defaults in.
    pub(crate) fn apply(&self, value: &mut Value) {
        match value {
            Value::Object(members) => {
                for (name, member) in members.iter_mut() {
                    if let Some(defaults) = self.below(name) {
                        defaults.apply(member);
                    }
                }
                for own in &self.own {
                    let lacks = |member: &Value| member.is_null() && !own.nullable;
                    if members.get(&own.name).is_none_or(lacks) {
                        members.insert(own.name.clone(), own.value.clone());
                    }
                }
            }
            Value::Array(items) => {
                if let Some(defaults) = &self.items {
                    for item in items {
                        defaults.apply(item);
                    }
                }
            }
            Value::Null => value.clone_from(self.for_null.as_ref().unwrap_or(&Value::Null)),
            _ => {}
        }
    }

    /// The value with its defaults.
    pub(crate) fn over<'a>(&'a self, value: View<'a>, arena: &'a Arena) -> View<'a> {
        match value {
            View::Object(members) => View::Object(arena.alloc(Defaulted { members, defaults: self })),
            View::List(items) => match &self.items {
                Some(defaults) => View::List(arena.alloc(DefaultedItems { items, defaults })),
                None => value,
            },
            _ => value,
        }
    }

    fn below(&self, name: &str) -> Option<&Self> {
        self.of_member(name).map(|defaults| &**defaults)
    }

    /// The default of a property.
    pub(crate) fn own(&self, name: &str) -> Option<&Value> {
        self.own.iter().find(|own| own.name == name).map(|own| &own.value)
    }

    /// The defaults within the member of that name.
    pub(crate) fn of_member(&self, name: &str) -> Option<&Arc<Self>> {
        self.properties.get(name).or(self.additional.as_ref())
    }

    /// The defaults within each item.
    pub(crate) fn of_items(&self) -> Option<&Arc<Self>> {
        self.items.as_ref()
    }

    /// The defaults within each member that is not declared.
    pub(crate) fn of_additional(&self) -> Option<&Arc<Self>> {
        self.additional.as_ref()
    }
}

/// The default of a schema, with the defaults inside of it.
fn complete(schema: &Schema) -> Option<Value> {
    let mut default = schema.default.as_deref()?.clone();
    apply(&mut default, schema);
    Some(default)
}

#[derive(Clone, Copy, Debug)]
struct Defaulted<'a> {
    members: &'a dyn ObjectView,
    defaults: &'a Defaults,
}

impl<'d> Defaulted<'d> {
    fn over<'a>(&self, name: &str, value: View<'a>, arena: &'a Arena) -> View<'a>
    where
        'd: 'a,
    {
        self.defaults.below(name).map_or(value, |defaults| defaults.over(value, arena))
    }

    /// The defaults that take effect.
    fn missing<'a>(&self, arena: &'a Arena) -> impl Iterator<Item = &'d Own>
    where
        'd: 'a,
    {
        let members = self.members;
        self.defaults.own.iter().filter(move |own| members.get(&own.name, arena).is_none())
    }
}

impl ObjectView for Defaulted<'_> {
    fn len(&self) -> usize {
        self.members.len() + self.missing(&Arena::new()).count()
    }

    fn get<'a>(&'a self, name: &str, arena: &'a Arena) -> Option<View<'a>> {
        match self.members.get(name, arena) {
            Some(value) => Some(self.over(name, value, arena)),
            None => self.defaults.own(name).map(View::from),
        }
    }

    fn each<'a>(&'a self, arena: &'a Arena, visit: &mut dyn FnMut(&'a str, View<'a>) -> ControlFlow<()>) {
        let mut flow = ControlFlow::Continue(());
        self.members.each(arena, &mut |name, value| {
            flow = visit(name, self.over(name, value, arena));
            flow
        });
        if flow.is_continue() {
            let _ = self.missing(arena).try_for_each(|own| visit(&own.name, View::from(&own.value)));
        }
    }
}

#[derive(Clone, Copy, Debug)]
struct DefaultedItems<'a> {
    items: &'a dyn ListView,
    defaults: &'a Defaults,
}

impl ListView for DefaultedItems<'_> {
    fn len(&self) -> usize {
        self.items.len()
    }

    fn get<'a>(&'a self, index: usize, arena: &'a Arena) -> Option<View<'a>> {
        Some(self.defaults.over(self.items.get(index, arena)?, arena))
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn check(schema: &Value, object: &Value) {
        let schema = Schema::from_value(schema).unwrap();
        let (defaults, arena) = (Defaults::new(&schema).unwrap(), Arena::new());
        let seen = defaults.over(object.into(), &arena);
        let (mut applied, mut gathered) = (object.clone(), object.clone());
        apply(&mut applied, &schema);
        defaults.apply(&mut gathered);
        assert_eq!(gathered, applied);
        assert_eq!(seen.to_json(), applied);
        if let (View::Object(seen), Value::Object(applied)) = (seen, applied) {
            assert_eq!(seen.len(), applied.len());
            for (name, value) in &applied {
                assert_eq!(seen.get(name, &arena).map(View::to_json).as_ref(), Some(value));
            }
        }
    }

    #[test]
    fn an_object_is_seen_as_its_defaults_would_make_it() {
        let schema = json!({"properties": {
            "a": {"default": {}, "properties": {"b": {"default": 1}}},
            "l": {"items": {"properties": {"c": {"default": "x"}}}},
            "m": {"additionalProperties": {"properties": {"d": {"default": true}}}},
            "n": {"type": "string"}
        }});
        check(&schema, &json!({}));
        check(&schema, &json!({"a": {"b": 2}, "n": "n"}));
        check(&schema, &json!({"a": {}, "l": [{}, {"c": "y"}], "m": {"k": {}, "o": {"d": false}}}));
    }

    #[test]
    fn a_schema_without_defaults_has_none() {
        let schema = Schema::from_value(&json!({"properties": {"a": {"items": {"type": "string"}}}})).unwrap();
        assert!(Defaults::new(&schema).is_none());
    }
}
