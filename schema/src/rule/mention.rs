//! What a rule mentions: the members that it reads, and constants that it compares them with.
//!
//! In: a rule and the schema that it stands at. Out: places below it, and values around the constants, which are worth trying to
//! find out what the rule refuses.

use std::collections::BTreeSet;

use crdgen_cel::{Compiled, Value as Constant};
use serde_json::Value;

use super::{escape::escape, expression};
use crate::schema::{Schema, SchemaType, ValidationRule};

/// No text is made longer than that because a rule mentions a length.
const LONGEST: i64 = 1000;

/// What a rule mentions.
#[derive(Clone, Debug, Default)]
pub(crate) struct Mentions {
    /// The ways to members, by their names, from the value that the rule checks; the value itself is not among them.
    pub(crate) members: BTreeSet<Vec<String>>,
    /// Whether it compares with the old value.
    pub(crate) uses_old_self: bool,
    integers: BTreeSet<i64>,
    numbers: Vec<f64>,
    texts: BTreeSet<String>,
}

impl Mentions {
    /// What a rule of a schema mentions; nothing if it does not compile. `is_root` says whether it is the schema of a resource.
    pub(crate) fn of(rule: &ValidationRule, schema: &Schema, is_root: bool) -> Self {
        let (Some(declaration), environment) = expression::declare(schema, is_root) else { return Self::default() };
        match expression::compile(rule, &environment, &declaration.cel_type()) {
            Ok(Some(found)) => Self {
                uses_old_self: found.uses_old_self,
                members: members(&found.rule.compiled, schema),
                ..Self::constants(&found.rule.compiled)
            },
            _ => Self::default(),
        }
    }

    fn constants(compiled: &Compiled) -> Self {
        let mut mentions = Self::default();
        for constant in compiled.constants() {
            match constant {
                Constant::Int(number) => drop(mentions.integers.insert(number)),
                Constant::Double(number) => mentions.numbers.push(number),
                Constant::String(text) => drop(mentions.texts.insert(text.to_owned())),
                _ => {}
            }
        }
        mentions
    }

    /// These, with the constants of another rule.
    pub(crate) fn with_constants_of(mut self, other: Self) -> Self {
        self.integers.extend(other.integers);
        self.numbers.extend(other.numbers);
        self.texts.extend(other.texts);
        self
    }

    /// Values of a schema at and around the constants.
    pub(crate) fn values(&self, schema: &Schema) -> Vec<Value> {
        let around = || self.integers.iter().flat_map(|n| [n.saturating_sub(1), *n, n.saturating_add(1)]);
        match schema.kind {
            Some(SchemaType::Integer) => around().collect::<BTreeSet<i64>>().into_iter().map(Value::from).collect(),
            Some(SchemaType::Number) => {
                let numbers = self.numbers.iter().flat_map(|n| [n - 1.0, *n, n + 1.0]);
                around().map(Value::from).chain(numbers.map(Value::from)).collect()
            }
            Some(SchemaType::String) => {
                let lengths: BTreeSet<i64> = around().filter(|length| (0..=LONGEST).contains(length)).collect();
                let sized = lengths.into_iter().filter_map(|length| Some("x".repeat(usize::try_from(length).ok()?)));
                self.texts.iter().cloned().chain(sized).map(Value::from).collect()
            }
            Some(SchemaType::Boolean) => vec![Value::Bool(true), Value::Bool(false)],
            _ => Vec::new(),
        }
    }
}

/// The members that an expression reads of `self` and `oldSelf`.
fn members(compiled: &Compiled, schema: &Schema) -> BTreeSet<Vec<String>> {
    let selections = compiled.selections();
    let of_values = selections.iter().filter(|chain| [expression::SELF, expression::OLD_SELF].contains(&&*chain[0]));
    let way = |chain: &[std::sync::Arc<str>]| {
        let (mut schema, mut way) = (schema, Vec::new());
        for name in chain {
            let mut properties = schema.properties.iter();
            let (property, below) = properties.find(|(property, _)| escape(property).as_deref() == Some(&**name))?;
            way.push(property.clone());
            schema = below;
        }
        Some(way).filter(|way| !way.is_empty())
    };
    of_values.filter_map(|chain| way(&chain[1..])).collect()
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn a_rule_mentions_members_and_constants() {
        let schema = Schema::from_value(&json!({"type": "object", "properties": {
            "a-b": {"type": "integer"},
            "name": {"type": "string"},
            "inner": {"type": "object", "properties": {"on": {"type": "boolean"}}},
        }}))
        .unwrap();
        let rule = "self.a__dash__b < 5 && self.name != 'x' && (!has(self.inner.on) || oldSelf.inner.on)";
        let rule = ValidationRule { rule: rule.to_owned(), ..ValidationRule::default() };
        let mentions = Mentions::of(&rule, &schema, false);
        let members: Vec<String> = mentions.members.iter().map(|way| way.join("/")).collect();
        assert_eq!(members, ["a-b", "inner", "inner/on", "name"]);
        assert!(mentions.uses_old_self);
        assert_eq!(mentions.values(&schema.properties["a-b"]), [json!(4), json!(5), json!(6)]);
        assert_eq!(
            mentions.values(&schema.properties["name"]),
            [json!("x"), json!("xxxx"), json!("xxxxx"), json!("xxxxxx")]
        );
    }
}
