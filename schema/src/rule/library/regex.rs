//! `find` and `findAll`.

use crdgen_cel::{
    Arena, CallEstimate, Charge, Cost, Fault, Function, List, Outcome, Overload, Range, Value,
    costs::{estimate_match, pattern_match},
    re2::{self, Pattern},
};

/// As `matches`; what is found is as long as the text at most.
const FINDING: Cost = Cost {
    charge: Charge::Arguments(pattern_match),
    estimate: |call| CallEstimate { size: Some(Range { min: 0, max: call.target_size().max }), ..estimate_match(call) },
};

pub(super) const FUNCTIONS: &[Function] = &[
    Function::costing("find", FINDING, &[Overload::new("string_find_string", "string.find(string) -> string", find)]),
    Function::costing(
        "findAll",
        FINDING,
        &[
            Overload::new("string_find_all_string", "string.findAll(string) -> list(string)", find_all),
            Overload::new("string_find_all_string_int", "string.findAll(string, int) -> list(string)", find_all),
        ],
    ),
];

fn pattern<'a>(arena: &'a Arena, source: Value<'a>) -> Outcome<'a, std::sync::Arc<Pattern>> {
    re2::cached(source.string()?).map_err(|error| Fault::new(arena, &format!("Illegal regex: {error}")))
}

fn find<'a>(arena: &'a Arena, arguments: &[Value<'a>]) -> Outcome<'a> {
    let (text, pattern) = (arguments[0].string()?, pattern(arena, arguments[1])?);
    Ok(Value::String(pattern.find(text).unwrap_or_default()))
}

fn find_all<'a>(arena: &'a Arena, arguments: &[Value<'a>]) -> Outcome<'a> {
    let (text, pattern) = (arguments[0].string()?, pattern(arena, arguments[1])?);
    let limit = arguments.get(2).map_or(Ok(-1), |limit| limit.int())?;
    let limit = usize::try_from(limit).unwrap_or(usize::MAX);
    let found: Vec<_> = pattern.find_all(text).take(limit).map(Value::String).collect();
    Ok(Value::List(List::Values(arena.values(&found))))
}
