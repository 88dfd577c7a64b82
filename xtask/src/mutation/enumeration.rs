//! Values of an enum that come, go and move, and such as are spelled almost like another one.

use serde_json::json;

use super::{
    Mutation,
    change::Change,
    json::Json,
    spelling::{self, Spelling},
    survey::Sort,
};

pub(super) const ALL: &[Mutation] = &[
    Mutation { name: "value added as the first", apply: |change| added(change, true), placed: true },
    Mutation { name: "value added as the last", apply: |change| added(change, false), placed: true },
    Mutation { name: "value removed", apply: removed, placed: true },
    Mutation { name: "values reversed", apply: reversed, placed: true },
    Mutation {
        name: "value twin by first letter",
        apply: |change| twin(change, spelling::other_first_letter),
        placed: true,
    },
    Mutation { name: "value twin in lower case", apply: |change| twin(change, spelling::lower), placed: true },
    Mutation { name: "value twin in upper case", apply: |change| twin(change, spelling::upper), placed: true },
    Mutation { name: "value twin by dash", apply: |change| twin(change, spelling::dashed), placed: true },
    Mutation { name: "value twin by underscore", apply: |change| twin(change, spelling::underscored), placed: true },
    Mutation { name: "value respelled", apply: respelled, placed: true },
    Mutation { name: "value with a special name", apply: special, placed: true },
    Mutation { name: "enum added to a string", apply: enum_added, placed: true },
    Mutation { name: "enum removed from a string", apply: enum_removed, placed: true },
];

const SPELLINGS: &[Spelling] =
    &[spelling::other_first_letter, spelling::lower, spelling::upper, spelling::dashed, spelling::underscored];

/// Values that mean something to Rust or to generated code.
const SPECIAL: &[&str] = &["Unrecognized", "unrecognized", "Err", "Self", "self", "", "-1", "1", "*", "None", "VALUES"];

fn values(change: &mut Change<'_>) -> Option<(usize, Vec<String>)> {
    let site = change.choose_sort(&[Sort::Enum])?;
    let values = change.schema(site)?.get("enum").map_or(&[][..], Json::items);
    Some((site, values.iter().filter_map(Json::as_str).map(str::to_owned).collect()))
}

fn set(change: &mut Change<'_>, site: usize, values: &[String]) -> Option<()> {
    let schema = change.schema(site)?;
    let is_default = |value: &Json| value.as_str().is_some_and(|text| values.iter().any(|value| value == text));
    if schema.get("default").is_some_and(|value| !is_default(value)) {
        schema.remove("default");
    }
    schema.set("enum", Json::from(&json!(values)));
    Some(())
}

fn added(change: &mut Change<'_>, first: bool) -> Option<()> {
    let (site, mut values) = values(change)?;
    let place = if first { 0 } else { values.len() };
    let value = (1..=values.len() + 1).map(|number| format!("Added{number}")).find(|value| !values.contains(value))?;
    values.insert(place, value);
    set(change, site, &values)
}

fn removed(change: &mut Change<'_>) -> Option<()> {
    let (site, mut values) = values(change)?;
    if values.len() < 2 {
        return None;
    }
    let place = change.random.usize(..values.len());
    change.tell(&values.remove(place));
    set(change, site, &values)
}

fn reversed(change: &mut Change<'_>) -> Option<()> {
    let (site, mut values) = values(change)?;
    values.reverse();
    set(change, site, &values)
}

fn twin(change: &mut Change<'_>, spelling: Spelling) -> Option<()> {
    let (site, mut values) = values(change)?;
    let value = change.random.choice(&values)?.clone();
    let other = spelling(&value);
    change.tell(&format!("{value} and {other}"));
    if values.contains(&other) {
        return None;
    }
    let place = change.random.usize(..=values.len());
    values.insert(place, other);
    set(change, site, &values)
}

fn respelled(change: &mut Change<'_>) -> Option<()> {
    let (site, mut values) = values(change)?;
    let place = change.random.usize(..values.len().max(1));
    let other = change.random.choice(SPELLINGS)?(values.get(place)?);
    change.tell(&format!("{} to {other}", values[place]));
    if values.contains(&other) {
        return None;
    }
    values[place] = other;
    set(change, site, &values)
}

fn special(change: &mut Change<'_>) -> Option<()> {
    let (site, mut values) = values(change)?;
    let value = (*change.random.choice(SPECIAL)?).to_owned();
    change.tell(&value);
    if values.contains(&value) {
        return None;
    }
    let place = change.random.usize(..=values.len());
    values.insert(place, value);
    set(change, site, &values)
}

fn enum_added(change: &mut Change<'_>) -> Option<()> {
    let site = change.choose_sort(&[Sort::Text])?;
    let schema = change.schema(site)?;
    for keyword in ["default", "pattern", "format", "minLength", "maxLength"] {
        schema.remove(keyword);
    }
    schema.set("enum", Json::from(&json!(["first", "First", "second"])));
    Some(())
}

fn enum_removed(change: &mut Change<'_>) -> Option<()> {
    let site = change.choose_sort(&[Sort::Enum])?;
    change.schema(site)?.remove("enum").map(drop)
}
