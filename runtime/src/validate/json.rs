//! Validation of a value whose schema has no type, or whose type has no table.
//!
//! In: any JSON and rules. Out: field errors. Rules are applied to what the value happens to be.

use crdgen_schema::field::{Errors, Path};
use serde_json::Value;

use super::{
    array::item_rules,
    keys::check_keys,
    list,
    map::value_rules,
    scalar::{Scalar, one_of, scalar},
};
use crate::{number::Number, rule::Rule};

/// Checks a value. The depth of the recursion is that of the rules, not of the value.
pub(crate) fn json(value: &Value, rules: &'static [Rule], path: &Path<'_>, errors: &mut Errors) {
    if rules.is_empty() {
        return;
    }
    match value {
        Value::Null => null(rules, path, errors),
        Value::Bool(value) => scalar(Scalar::Bool(*value), rules, path, errors),
        Value::String(text) => scalar(Scalar::String(text), rules, path, errors),
        Value::Number(number) => {
            let float = || Number::Float(number.as_f64().unwrap_or(f64::NAN));
            scalar(Scalar::Untyped(number.as_i64().map_or_else(float, Number::Int)), rules, path, errors);
        }
        Value::Array(items) => {
            for (index, item) in items.iter().enumerate() {
                json(item, item_rules(rules), &path.index(index), errors);
            }
            list::list(items, rules, path, errors);
            whole(value, rules, path, errors);
        }
        Value::Object(entries) => {
            for (key, value) in entries {
                json(value, value_rules(rules), &path.key(key), errors);
            }
            check_keys(entries, rules, path, errors);
            whole(value, rules, path, errors);
        }
    }
}

/// Checks a null value: an enum is the only rule for it, and it is in none, not even where the schema lists it.
pub(crate) fn null(rules: &'static [Rule], path: &Path<'_>, errors: &mut Errors) {
    whole(&Value::Null, rules, path, errors);
}

/// An enum, for values that are no scalars.
fn whole(value: &Value, rules: &'static [Rule], path: &Path<'_>, errors: &mut Errors) {
    for rule in rules {
        if let Rule::OneOf(allowed) = rule {
            errors.extend(one_of(value, allowed).map(|violation| violation.at(path)));
        }
    }
}
