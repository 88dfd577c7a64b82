//! An object seen with its defaults filled in.
//!
//! In: a view of an object that was not defaulted. Out: a view of what [`apply`] would make of it, without changing it.

use std::{collections::BTreeMap, ops::ControlFlow};

use serde_json::Value;

use super::apply;
use crate::{
    schema::Schema,
    view::{Arena, ListView, ObjectView, View},
};

/// The defaults of a schema, as a tree beside it that has only what leads to a default.
#[derive(Clone, Debug, Default)]
pub(crate) struct Defaults {
    /// The properties that have a default, complete with the defaults inside of it.
    own: Vec<(String, Value)>,
    properties: BTreeMap<String, Defaults>,
    additional: Option<Box<Defaults>>,
    items: Option<Box<Defaults>>,
}

impl Defaults {
    /// None if the schema has no defaults.
    pub(crate) fn new(schema: &Schema) -> Option<Self> {
        let own = schema.properties.iter().filter_map(|(name, property)| {
            let mut default = property.default.as_deref()?.clone();
            apply(&mut default, property);
            Some((name.clone(), default))
        });
        let below = |schema: &Schema| Self::new(schema).map(Box::new);
        let properties = schema.properties.iter().filter_map(|(name, schema)| Some((name.clone(), Self::new(schema)?)));
        let defaults = Self {
            own: own.collect(),
            properties: properties.collect(),
            additional: schema.additional_schema().and_then(below),
            items: schema.items.as_deref().and_then(below),
        };
        let Self { own, properties, additional, items } = &defaults;
        let is_empty = own.is_empty() && properties.is_empty() && additional.is_none() && items.is_none();
        (!is_empty).then_some(defaults)
    }

    /// The value with its defaults.
    pub(crate) fn over<'a>(&'a self, value: View<'a>, arena: &'a Arena) -> View<'a> {
        match value {
            View::Object(members) => View::Object(arena.place(Defaulted { members, defaults: self })),
            View::List(items) => match &self.items {
                Some(defaults) => View::List(arena.place(DefaultedItems { items, defaults })),
                None => value,
            },
            _ => value,
        }
    }

    fn below(&self, name: &str) -> Option<&Self> {
        self.properties.get(name).or(self.additional.as_deref())
    }
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
    fn missing<'a>(&self, arena: &'a Arena) -> impl Iterator<Item = &'d (String, Value)>
    where
        'd: 'a,
    {
        let members = self.members;
        self.defaults.own.iter().filter(move |(name, _)| members.get(name, arena).is_none())
    }
}

impl ObjectView for Defaulted<'_> {
    fn len(&self) -> usize {
        self.members.len() + self.missing(&Arena::new()).count()
    }

    fn get<'a>(&'a self, name: &str, arena: &'a Arena) -> Option<View<'a>> {
        match self.members.get(name, arena) {
            Some(value) => Some(self.over(name, value, arena)),
            None => self.defaults.own.iter().find(|(own, _)| own == name).map(|(_, default)| default.into()),
        }
    }

    fn each<'a>(&'a self, arena: &'a Arena, visit: &mut dyn FnMut(&'a str, View<'a>) -> ControlFlow<()>) {
        let mut flow = ControlFlow::Continue(());
        self.members.each(arena, &mut |name, value| {
            flow = visit(name, self.over(name, value, arena));
            flow
        });
        if flow.is_continue() {
            let _ = self.missing(arena).try_for_each(|(name, default)| visit(name, default.into()));
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

    fn check(schema: Value, object: &Value) {
        let schema = Schema::from_value(&schema).unwrap();
        let (defaults, arena) = (Defaults::new(&schema).unwrap(), Arena::new());
        let seen = defaults.over(object.into(), &arena);
        let mut applied = object.clone();
        apply(&mut applied, &schema);
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
        check(schema.clone(), &json!({}));
        check(schema.clone(), &json!({"a": {"b": 2}, "n": "n"}));
        check(schema, &json!({"a": {}, "l": [{}, {"c": "y"}], "m": {"k": {}, "o": {"d": false}}}));
    }

    #[test]
    fn a_schema_without_defaults_has_none() {
        let schema = Schema::from_value(&json!({"properties": {"a": {"items": {"type": "string"}}}})).unwrap();
        assert!(Defaults::new(&schema).is_none());
    }
}
