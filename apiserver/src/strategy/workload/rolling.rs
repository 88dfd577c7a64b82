//! How the pods of an object are replaced by others.

use crdgen_schema::go;
use serde_json::{Value, json};

use crate::check::Field;

/// Sets parameters of a rolling update that are missing.
pub(super) fn set_defaults(strategy: &mut Value, defaults: &[(&str, Value)]) {
    if strategy["type"] != "RollingUpdate" {
        return;
    }
    let Some(strategy) = strategy.as_object_mut() else { return };
    let rolling = strategy.entry("rollingUpdate").or_insert_with(|| json!({}));
    let Some(rolling) = rolling.as_object_mut() else { return };
    for (name, value) in defaults {
        rolling.entry(*name).or_insert_with(|| value.clone());
    }
}

/// A strategy of a type that is not known, as Go writes its struct. The parameters that Go has no pointer to are 0 if absent.
pub(super) fn unknown(strategy: Field<'_>, known: &[&str], parameters: &[(&str, &'static str)]) {
    let shown = shown(strategy, parameters);
    let known: Vec<String> = known.iter().map(|one| go::print_quoted(one)).collect();
    let why = format!("supported values: {}", known.join(", "));
    strategy.not_supported_printed(shown, why);
}

/// A strategy as Go writes its struct.
pub(super) fn shown(strategy: Field<'_>, parameters: &[(&str, &'static str)]) -> String {
    let rolling = strategy.get("rollingUpdate");
    let rolling = if rolling.is_set() { shown_parameters(rolling, parameters) } else { "null".to_owned() };
    let of_type = go::print_json(&strategy.get("type").text().into());
    go::print_object([("Type", of_type), ("RollingUpdate", rolling)].into_iter())
}

/// The parameters of a rolling update as Go writes their struct. `parameters` are Go's names and those in JSON; a `?` says that Go
/// has a pointer there.
pub(super) fn shown_parameters(rolling: Field<'_>, parameters: &[(&str, &'static str)]) -> String {
    go::print_object(parameters.iter().map(|(name, member)| {
        let value = rolling.get(member.trim_end_matches('?'));
        let is_zero = !value.is_set() && !member.ends_with('?');
        (*name, if is_zero { "0".to_owned() } else { go::print_json(value.value()) })
    }))
}
