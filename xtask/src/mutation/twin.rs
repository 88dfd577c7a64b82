//! Properties that are spelled almost like another one: beside it, or in its place.

use serde_json::json;

use super::{
    Mutation,
    change::{Change, IMPLICIT},
    json::Json,
    spelling::{self, Spelling},
    survey::{Sort, Step},
};

pub(super) const ALL: &[Mutation] = &[
    Mutation {
        name: "property twin by first letter",
        apply: |change| twin(change, spelling::other_first_letter),
        placed: true,
    },
    Mutation { name: "property twin in lower case", apply: |change| twin(change, spelling::lower), placed: true },
    Mutation { name: "property twin in upper case", apply: |change| twin(change, spelling::upper), placed: true },
    Mutation { name: "property twin by dash", apply: |change| twin(change, spelling::dashed), placed: true },
    Mutation { name: "property twin by underscore", apply: |change| twin(change, spelling::underscored), placed: true },
    Mutation { name: "property twin by dollar", apply: |change| twin(change, spelling::with_dollar), placed: true },
    Mutation { name: "property twin in camel case", apply: |change| twin(change, spelling::camel), placed: true },
    Mutation { name: "property twin by number", apply: |change| twin(change, spelling::other_number), placed: true },
    Mutation { name: "property respelled", apply: respelled, placed: true },
];

const SPELLINGS: &[Spelling] = &[
    spelling::other_first_letter,
    spelling::lower,
    spelling::dashed,
    spelling::underscored,
    spelling::camel,
    spelling::other_number,
];

/// A twin right before or after a property, with another schema.
fn twin(change: &mut Change<'_>, spelling: Spelling) -> Option<()> {
    let object = change.choose_sort(&[Sort::Object])?;
    let key = some_key(change, object)?;
    let other = spelling(&key);
    change.tell(&format!("{key} and {other}"));
    let schema = some_schema(change.random);
    let after = usize::from(change.random.bool());
    let properties = change.properties(object)?;
    let place = properties.get_index_of(key.as_str())?;
    if properties.contains_key(other.as_str()) {
        return None;
    }
    properties.shift_insert(place + after, other.into(), schema);
    Some(())
}

/// The twin takes the place of the property, with the same schema or another one.
fn respelled(change: &mut Change<'_>) -> Option<()> {
    let object = change.choose_sort(&[Sort::Object])?;
    let key = change.choose_property(object)?;
    let other = change.random.choice(SPELLINGS)?(&key);
    change.tell(&format!("{key} to {other}"));
    let schema = change.random.bool().then(|| some_schema(change.random));
    let properties = change.properties(object)?;
    let place = properties.get_index_of(key.as_str())?;
    if properties.contains_key(other.as_str()) {
        return None;
    }
    let old = properties.get(key.as_str())?.clone();
    remove(change.schema(object)?, &key)?;
    change.properties(object)?.shift_insert(place, other.into(), schema.unwrap_or(old));
    Some(())
}

/// A property of an object, rather one that has a type of its own.
fn some_key(change: &mut Change<'_>, object: usize) -> Option<String> {
    let survey = change.survey;
    let own_type = |site: &usize| {
        let inner =
            survey.sites().iter().enumerate().skip(*site).take_while(|(inner, _)| survey.is_within(*inner, *site));
        let mut sorts = inner.map(|(_, site)| site.sort).take(ELEMENTS);
        sorts.any(|sort| matches!(sort, Sort::Object | Sort::Enum))
    };
    let children = survey
        .sites()
        .iter()
        .enumerate()
        .filter(|(site, found)| survey.parent(*site) == Some(object) && matches!(found.step, Step::Property(_)));
    let typed: Vec<usize> = children.map(|(site, _)| site).filter(own_type).collect();
    let rather = change.random.u8(..3) > 0;
    match change.random.choice(&typed).and_then(|site| survey.key(*site)) {
        Some(key) if rather && !IMPLICIT.contains(&key) => Some(key.to_owned()),
        _ => change.choose_property(object),
    }
}

/// A property, its items and their items are looked at for a type.
const ELEMENTS: usize = 3;

/// A schema that is hardly equal to one that is there.
pub(super) fn some_schema(random: &mut fastrand::Rng) -> Json {
    let object = json!({"type": "object", "properties": {
        "odd": {"type": "string", "enum": ["One", "one", "TWO"]},
        "deep": {"type": "object", "properties": {"deeper": {"type": "object", "properties": {"end": {"type": "boolean"}}}}},
    }});
    Json::from(&match random.u8(..6) {
        0 => json!({"type": "boolean"}),
        1 => json!({"type": "string"}),
        2 => json!({"type": "string", "enum": ["left", "Right"]}),
        3 => json!({"type": "array", "items": object}),
        4 => json!({"type": "object", "additionalProperties": object}),
        _ => object,
    })
}

/// Removes a property, and that it is required.
pub(super) fn remove(object: &mut Json, key: &str) -> Option<()> {
    object.at_mut(&["properties"])?.remove(key)?;
    if let Some(required) = object.at_mut(&["required"]).and_then(Json::items_mut) {
        required.retain(|name| name.as_str() != Some(key));
    }
    Some(())
}
