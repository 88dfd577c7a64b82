//! An environment with a variable of every type.

use crdgen_cel::{Arena, Compiled, Duration, Environment, Evaluation, List, Map, Timestamp, Type, Value};

/// Compiles and evaluates an expression, and gives both to a check.
pub(crate) fn evaluate(source: &str, budget: u64, check: impl FnOnce(&Compiled, Evaluation<'_>)) {
    let arena = Arena::new();
    let list = |items: &[Value<'static>]| Value::List(List::Values(arena.values(items)));
    let map = |entries: &[(&'static str, Value<'static>)]| {
        entries.iter().map(|(key, value)| (Value::String(key), *value)).collect::<Vec<_>>()
    };
    let entries = map(&[("a", Value::Int(1)), ("b", Value::Int(2))]);
    let nested = Value::Map(Map::from_entries(map(&[("z", Value::Null)]), &arena));
    let object = vec![(Value::String("a"), Value::Int(1)), (Value::String("m"), nested)];
    let variables = [
        ("b", Type::Bool, Value::Bool(true)),
        ("i", Type::Int, Value::Int(7)),
        ("u", Type::Uint, Value::Uint(8)),
        ("d", Type::Double, Value::Double(2.5)),
        ("s", Type::String, Value::String("héllo wörld")),
        ("y", Type::Bytes, Value::Bytes(b"abc\xff")),
        ("dur", Type::Duration, Value::Duration(Duration { nanoseconds: 5_401_500_000_000 })),
        ("ts", Type::Timestamp, Value::Timestamp(Timestamp::new(1_680_674_828, 9_000_000, 0).unwrap())),
        ("li", Type::list(Type::Int), list(&[Value::Int(3), Value::Int(1), Value::Int(2)])),
        ("ls", Type::list(Type::String), list(&[Value::String("b"), Value::String("a"), Value::String("ç")])),
        ("m", Type::map(Type::String, Type::Int), Value::Map(Map::from_entries(entries, &arena))),
        ("x", Type::Dyn, Value::Map(Map::from_entries(object, &arena))),
        ("xi", Type::Dyn, Value::Int(7)),
        ("xs", Type::Dyn, Value::String("str")),
    ];
    let environment = variables
        .iter()
        .fold(Environment::standard(), |environment, (name, declared, _)| environment.variable(name, declared.clone()));
    let compiled = environment.compile(source).unwrap_or_else(|issues| panic!("{source}: {issues}"));
    let program = compiled.program().unwrap_or_else(|message| panic!("{source}: {message}"));
    let values = variables.map(|(_, _, value)| value);
    check(&compiled, program.evaluate(&arena, &values, budget));
}
