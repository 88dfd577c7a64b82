//! Variables, and what is selected from them.

use super::State;
use crate::{
    fault::{Fault, Outcome},
    plan::{Attribute, Base, Key, Qualifier, not_a_key},
    value::{Map, Value, lossless_int},
};

impl<'a> State<'a> {
    /// An attribute as an expression of its own: 1 more than its selections, unless it is a conditional.
    pub(super) fn attribute(&mut self, attribute: &'a Attribute) -> Outcome<'a> {
        let value = self.resolve(attribute);
        if !matches!(attribute.base, Base::Conditional(_)) {
            self.charge(1)?;
        }
        value
    }

    /// `has(…)`: its selections cost, the attribute as such does not.
    pub(super) fn test(&mut self, attribute: &'a Attribute) -> Outcome<'a, bool> {
        match &attribute.base {
            Base::Conditional(parts) => {
                let condition = self.evaluate(&parts.0)?.bool()?;
                self.test_one(if condition { &parts.1 } else { &parts.2 })
            }
            _ => self.test_one(attribute),
        }
    }

    fn test_one(&mut self, attribute: &'a Attribute) -> Outcome<'a, bool> {
        let mut value = self.base(attribute)?;
        let Some((last, mut before)) = attribute.qualifiers.split_last() else { return Err(Fault::NO_SUCH_OVERLOAD) };
        self.follow(&mut value, &mut before)?;
        let (value, optional) = self.unwrapped(value);
        let Some((value, optional)) = self.select_all(value, before, optional)? else { return Ok(false) };
        let found = self.select(value, &last.key);
        // What the host has, but cannot make a value of, is there.
        if found.is_err() && matches!(value, Value::Map(Map::Host(_))) {
            self.charge(1)?;
        }
        let found = found?;
        // What is asked of an optional value costs only if it is there.
        if !optional || found.is_ok() {
            self.charge(1)?;
        }
        Ok(found.is_ok())
    }

    /// The value of an attribute; each selection costs 1.
    fn resolve(&mut self, attribute: &'a Attribute) -> Outcome<'a> {
        if let Base::Conditional(parts) = &attribute.base {
            let condition = self.evaluate(&parts.0)?.bool()?;
            return self.resolve(if condition { &parts.1 } else { &parts.2 });
        }
        let (mut value, mut qualifiers) = (self.base(attribute)?, &*attribute.qualifiers);
        self.follow(&mut value, &mut qualifiers)?;
        if qualifiers.is_empty() && !matches!(value, Value::Optional(_)) {
            return Ok(value);
        }
        let (value, optional) = self.unwrapped(value);
        Ok(match self.select_all(value, qualifiers, optional)? {
            Some((value, true)) => value.some(self.arena),
            Some((value, false)) => value,
            None => Value::Optional(None),
        })
    }

    fn base(&mut self, attribute: &'a Attribute) -> Outcome<'a> {
        match &attribute.base {
            Base::Variable(number) => self.variables.get(*number).copied().ok_or(Fault::plain("no such attribute(s)")),
            Base::Local(place) => {
                let local = &mut self.locals[*place];
                let (value, unpaid) = (local.value, std::mem::take(&mut local.unpaid));
                self.charge(unpaid)?;
                value
            }
            Base::Value(plan) => self.evaluate(plan),
            Base::Conditional(_) => self.resolve(attribute),
        }
    }

    /// What an optional value holds is selected from, without what the host knows of its types, as in cel-go.
    fn unwrapped(&self, value: Value<'a>) -> (Value<'a>, bool) {
        match value {
            Value::Optional(Some(inner)) => (plain(*inner, self), true),
            other => (other, false),
        }
    }

    /// Selects as long as that is what most selections are: a field of an object of the host, and it is there.
    fn follow(&mut self, value: &mut Value<'a>, qualifiers: &mut &'a [Qualifier]) -> Outcome<'a, ()> {
        while let ([Qualifier { key: Key::Field(name), optional: false }, rest @ ..], Value::Map(Map::Host(object))) =
            (*qualifiers, *value)
        {
            let Ok(Some(found)) = object.get(name, self.arena) else { break };
            self.charge(1)?;
            (*value, *qualifiers) = (found, rest);
        }
        Ok(())
    }

    /// Selects one after the other. None if an optional value is not there; otherwise the value and whether it is optional.
    fn select_all(
        &mut self,
        value: Value<'a>,
        qualifiers: &'a [Qualifier],
        optional: bool,
    ) -> Outcome<'a, Option<(Value<'a>, bool)>> {
        let (mut value, mut optional) = (value, optional);
        if let Value::Optional(None) = value {
            return Ok(None);
        }
        for qualifier in qualifiers {
            optional |= qualifier.optional;
            let found = self.select(value, &qualifier.key);
            if !optional {
                self.charge(1)?;
            }
            value = match found? {
                Ok(found) => found,
                Err(_) if optional => return Ok(None),
                Err(key) => return Err(self.missing(value, key)),
            };
            if optional {
                self.charge(1)?;
            }
        }
        Ok(Some((value, optional)))
    }

    /// What a key selects from a value; the key if that is nothing.
    fn select(&mut self, value: Value<'a>, key: &'a Key) -> Outcome<'a, Result<Value<'a>, Value<'a>>> {
        if let (Key::Field(name), Value::Map(Map::Host(object))) = (key, value) {
            return Ok(object.get(name, self.arena)?.ok_or(Value::String(name)));
        }
        let key = self.key(key)?;
        Ok(self.find(value, key)?.ok_or(key))
    }

    fn key(&mut self, key: &'a Key) -> Outcome<'a> {
        let value = match key {
            Key::Field(name) => return Ok(Value::String(name)),
            Key::Constant(constant) => return Ok(constant.value(self.arena)),
            Key::Attribute(attribute) => self.resolve(attribute)?,
            Key::Value(plan) => self.evaluate(plan)?,
        };
        match not_a_key(value) {
            None => Ok(value),
            Some(name) => Err(Fault::new(self.arena, &format!("invalid qualifier type: {name}"))),
        }
    }

    fn find(&self, value: Value<'a>, key: Value<'a>) -> Outcome<'a, Option<Value<'a>>> {
        match value {
            Value::Map(map) => map.get(key, self.arena),
            Value::List(list) => {
                let index = self.index(key)?;
                usize::try_from(index).map_or(Ok(None), |index| list.get(index, self.arena))
            }
            _ => Ok(None),
        }
    }

    fn index(&self, key: Value<'a>) -> Outcome<'a, i64> {
        let index = match key {
            Value::Int(index) => Some(index),
            Value::Uint(index) => i64::try_from(index).ok(),
            Value::Double(index) => lossless_int(index),
            other => {
                let message = format!("unsupported index type '{}' in list", other.type_name());
                return Err(Fault::new(self.arena, &message));
            }
        };
        index.ok_or_else(|| Fault::new(self.arena, &format!("unsupported index value {key} in list")))
    }

    /// The fault of a selection that found nothing.
    fn missing(&self, value: Value<'a>, key: Value<'a>) -> Fault<'a> {
        let what = if matches!(value, Value::List(_)) { "index out of bounds" } else { "no such key" };
        Fault::new(self.arena, &format!("{what}: {key}"))
    }
}

fn plain<'a>(value: Value<'a>, state: &State<'a>) -> Value<'a> {
    match value {
        Value::List(list) => Value::List(list.plain(state.arena)),
        Value::Map(map) => Value::Map(map.plain(state.arena)),
        other => other,
    }
}
