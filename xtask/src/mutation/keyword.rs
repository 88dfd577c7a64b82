//! Keywords that come and go without a name that does: presence, null, words, defaults, formats, bounds, pruning.

use serde_json::json;

use super::{
    Mutation,
    change::Change,
    json::Json,
    survey::{CONSTRAINTS, Keywords, Sort, Step},
};

pub(super) const ALL: &[Mutation] = &[
    Mutation { name: "required added", apply: required_added, placed: true },
    Mutation { name: "required removed", apply: required_removed, placed: true },
    Mutation { name: "required exchanged", apply: required_exchanged, placed: true },
    Mutation { name: "nullable turned", apply: nullable, placed: true },
    Mutation { name: "description changed", apply: description, placed: true },
    Mutation { name: "description turned", apply: description_turned, placed: true },
    Mutation { name: "default added", apply: default_added, placed: true },
    Mutation { name: "default removed", apply: |change| gone(change, |has| has.default, &["default"]), placed: true },
    Mutation { name: "format added", apply: format_added, placed: true },
    Mutation { name: "format removed", apply: |change| gone(change, |has| has.format, &["format"]), placed: true },
    Mutation { name: "constraint added", apply: constraint_added, placed: true },
    Mutation { name: "constraint moved by one", apply: constraint_moved, placed: true },
    Mutation { name: "pattern widened or narrowed", apply: pattern_changed, placed: true },
    Mutation {
        name: "constraint removed",
        apply: |change| gone(change, |has| has.constraint, &CONSTRAINTS),
        placed: true,
    },
    Mutation { name: "unknown properties kept or not", apply: unknown, placed: true },
    Mutation { name: "unknown properties kept, property `unknown` exchanged", apply: unknown_exchanged, placed: true },
];

const UNKNOWN: &str = "x-kubernetes-preserve-unknown-fields";

/// A random property of an object that is required, or one that is not.
fn by_presence(change: &mut Change<'_>, object: usize, wanted: bool) -> Option<String> {
    let schema = change.schema(object)?;
    let required = schema.get("required").map_or(&[][..], Json::items);
    let required: Vec<String> = required.iter().filter_map(Json::as_str).map(str::to_owned).collect();
    let keys = schema.get("properties")?.members()?.keys();
    let keys: Vec<String> = keys.map(ToString::to_string).filter(|key| required.contains(key) == wanted).collect();
    change.random.choice(keys)
}

fn require(change: &mut Change<'_>, object: usize, key: &str) -> Option<()> {
    change.tell(&format!("+{key}"));
    let schema = change.schema(object)?;
    if schema.get("required").is_none() {
        schema.set("required", Json::from(&json!([])));
    }
    schema.at_mut(&["required"])?.items_mut()?.push(Json::text(key));
    Some(())
}

fn dispense(change: &mut Change<'_>, object: usize, key: &str) -> Option<()> {
    change.tell(&format!("-{key}"));
    let schema = change.schema(object)?;
    schema.at_mut(&["required"])?.items_mut()?.retain(|name| name.as_str() != Some(key));
    if schema.get("required").is_some_and(|required| required.items().is_empty()) {
        schema.remove("required");
    }
    Some(())
}

fn required_added(change: &mut Change<'_>) -> Option<()> {
    let object = change.choose_sort(&[Sort::Object])?;
    let key = by_presence(change, object, false)?;
    require(change, object, &key)
}

fn required_removed(change: &mut Change<'_>) -> Option<()> {
    let object = change.choose_sort(&[Sort::Object])?;
    let key = by_presence(change, object, true)?;
    dispense(change, object, &key)
}

fn required_exchanged(change: &mut Change<'_>) -> Option<()> {
    let object = change.choose_sort(&[Sort::Object])?;
    let (new, old) = (by_presence(change, object, false)?, by_presence(change, object, true)?);
    require(change, object, &new)?;
    dispense(change, object, &old)
}

fn nullable(change: &mut Change<'_>) -> Option<()> {
    let site = change.choose(|_, site| site.depth > 0)?;
    let schema = change.schema(site)?;
    if schema.remove("nullable").is_none() {
        schema.set("nullable", Json::Bool(true));
    }
    Some(())
}

fn description(change: &mut Change<'_>) -> Option<()> {
    let site = change.choose(|_, _| true)?;
    change.schema(site)?.set("description", Json::text("Something else is said here now."));
    Some(())
}

fn description_turned(change: &mut Change<'_>) -> Option<()> {
    let site = change.choose(|_, _| true)?;
    let schema = change.schema(site)?;
    if schema.remove("description").is_none() {
        schema.set("description", Json::text("What was not said before."));
    }
    Some(())
}

/// A default that fits.
fn default_added(change: &mut Change<'_>) -> Option<()> {
    let site = change.choose(|_, site| {
        site.depth > 0
            && site.step != Step::Items
            && matches!(site.sort, Sort::Enum | Sort::Text | Sort::Scalar)
            && !site.keywords.default
            && !site.keywords.constraint
    })?;
    let schema = change.schema(site)?;
    let first = schema.get("enum").and_then(|values| values.items().first()).cloned();
    let other = match schema.get("type").and_then(Json::as_str)? {
        "boolean" => json!(true),
        "string" => json!("some text"),
        _ => json!(1),
    };
    schema.set("default", first.unwrap_or_else(|| Json::from(&other)));
    Some(())
}

fn format_added(change: &mut Change<'_>) -> Option<()> {
    let site = change.choose_sort(&[Sort::Text])?;
    let format = *change.random.choice(&["date-time", "duration", "byte", "ipv4", "uuid"])?;
    let schema = change.schema(site)?;
    if schema.get("format").is_some() || schema.get("default").is_some() {
        return None;
    }
    schema.set("format", Json::text(format));
    Some(())
}

fn gone(change: &mut Change<'_>, has: fn(Keywords) -> bool, keywords: &[&str]) -> Option<()> {
    let site = change.choose(|_, site| has(site.keywords))?;
    let schema = change.schema(site)?;
    for keyword in keywords {
        schema.remove(keyword);
    }
    Some(())
}

fn constraint_added(change: &mut Change<'_>) -> Option<()> {
    let site = change.choose_sort(&[Sort::Text, Sort::Array, Sort::Map, Sort::Scalar])?;
    let sort = change.survey.sites().get(site)?.sort;
    let schema = change.schema(site)?;
    let (keyword, value) = match (sort, schema.get("type").and_then(Json::as_str)?) {
        (Sort::Text, _) => ("maxLength", json!(4000)),
        (Sort::Array, _) => ("maxItems", json!(4000)),
        (Sort::Map, _) => ("maxProperties", json!(4000)),
        (_, "integer" | "number") => ("maximum", json!(4_000_000)),
        _ => return None,
    };
    schema.set(keyword, Json::from(&value));
    Some(())
}

/// A bound or a length, one more or one less.
fn constraint_moved(change: &mut Change<'_>) -> Option<()> {
    let site = change.choose(|_, site| site.keywords.constraint)?;
    let more = change.random.bool();
    let schema = change.schema(site)?;
    let (keyword, value) = CONSTRAINTS.iter().find_map(|keyword| match schema.get(keyword)? {
        Json::Number(number) => Some((*keyword, number.as_i64()?)),
        _ => None,
    })?;
    let moved = if more { value.checked_add(1)? } else { value.checked_sub(1).filter(|value| *value >= 0)? };
    schema.set(keyword, Json::from(&json!(moved)));
    Some(())
}

fn pattern_changed(change: &mut Change<'_>) -> Option<()> {
    let site = change.choose(|_, site| site.keywords.constraint && matches!(site.sort, Sort::Text | Sort::Enum))?;
    let more = change.random.bool();
    let schema = change.schema(site)?;
    let pattern = schema.get("pattern").and_then(Json::as_str)?;
    // What follows an anchor at the end can only be nothing.
    let changed = if more { format!("(?:{pattern})|^other$") } else { format!("(?:{pattern})(?:$|[a-m])") };
    schema.set("pattern", Json::text(&changed));
    Some(())
}

fn unknown(change: &mut Change<'_>) -> Option<()> {
    let site = change.choose_sort(&[Sort::Object, Sort::Map])?;
    let schema = change.schema(site)?;
    if schema.remove(UNKNOWN).is_none() {
        schema.set(UNKNOWN, Json::Bool(true));
        schema.remove("additionalProperties");
    }
    Some(())
}

/// What was kept in one place is declared now, or the reverse.
fn unknown_exchanged(change: &mut Change<'_>) -> Option<()> {
    let site = change.choose_sort(&[Sort::Object])?;
    let kept = change.schema(site)?.remove(UNKNOWN).is_some();
    let properties = change.properties(site)?;
    match (kept, properties.shift_remove("unknown")) {
        (true, None) => drop(properties.insert("unknown".into(), Json::from(&json!({"type": "string"})))),
        (false, None) => return None,
        (_, Some(_)) => change.schema(site)?.set(UNKNOWN, Json::Bool(true)),
    }
    Some(())
}
