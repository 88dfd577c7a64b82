//! Making maps entry by entry, for `transformMap`.

use super::{Function, Overload};
use crate::{
    fault::Outcome,
    operator,
    value::{Arena, MapBuilder, Value},
};

pub(super) const FUNCTIONS: &[Function] = &[Function::new(
    operator::MAP_INSERT,
    &[
        Overload::new("@mapInsert_map_key_value", "cel.@mapInsert(map(K, V), K, V) -> map(K, V)", insert),
        Overload::new("@mapInsert_map_map", "cel.@mapInsert(map(K, V), map(K, V)) -> map(K, V)", insert_all),
    ],
)];

fn insert<'a>(arena: &'a Arena, arguments: &[Value<'a>]) -> Outcome<'a> {
    merged(arena, arguments[0], vec![(arguments[1], arguments[2])])
}

fn insert_all<'a>(arena: &'a Arena, arguments: &[Value<'a>]) -> Outcome<'a> {
    merged(arena, arguments[0], arguments[1].map()?.entries(arena)?)
}

fn merged<'a>(arena: &'a Arena, map: Value<'a>, more: Vec<(Value<'a>, Value<'a>)>) -> Outcome<'a> {
    let mut merged = MapBuilder::default();
    for (key, value) in map.map()?.entries(arena)?.into_iter().chain(more) {
        merged.insert(key, value, arena)?;
    }
    Ok(Value::Map(merged.finish(arena)))
}
