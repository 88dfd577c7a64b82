//! The types of expressions, and what the checker says of those that have none: cel-go's words.

use crdgen_cel::Environment;

/// Expressions with their types, or with what is wrong with them.
fn check(table: &[(&str, &str)]) {
    for (source, expected) in table {
        let found = match Environment::standard().compile(source) {
            Ok(compiled) => compiled.output().to_string(),
            Err(issues) => issues.to_string(),
        };
        assert_eq!(found, *expected, "{source}");
    }
}

#[test]
fn types_are_inferred() {
    check(&[
        ("1", "int"),
        ("[1]", "list(int)"),
        ("[]", "list(dyn)"),
        ("{}", "map(dyn, dyn)"),
        ("{'a': [1u]}", "map(string, list(uint))"),
        ("[1, dyn('a')]", "ERROR: <input>:1:8: expected type 'int' but found 'dyn'\n | [1, dyn('a')]\n | .......^"),
        (
            "[dyn(1), 'a']",
            "ERROR: <input>:1:10: expected type 'dyn' but found 'string'\n | [dyn(1), 'a']\n | .........^",
        ),
        ("true ? 1 : dyn('a')", "dyn"),
        ("[[]] + [[1]]", "list(list(int))"),
        ("{'a': null}", "map(string, null)"),
        ("optional.of([1])", "optional_type(list(int))"),
        ("optional.none()", "optional_type(dyn)"),
        ("{'a': 1}.?b", "optional_type(int)"),
        ("[1][?0]", "optional_type(int)"),
        ("[1].map(v, [v])", "list(list(int))"),
        ("{'a': 1}.transformMap(k, v, string(v))", "map(string, string)"),
        ("{'a': 1}.transformMapEntry(k, v, {v: k})", "map(int, string)"),
        ("type(1)", "type(int)"),
        ("type([1])", "type(list(int))"),
        ("duration('1s')", "duration"),
        ("timestamp(0) - timestamp(0)", "duration"),
        ("null", "null"),
        (
            "1 == null ? 1 : 2",
            "ERROR: <input>:1:3: found no matching overload for '_==_' applied to '(int, null)'\n | 1 == null ? 1 : 2\n | ..^",
        ),
        ("[1, 2].first()", "optional_type(int)"),
        ("dyn(1) + 2", "int"),
        ("[1].sortBy(v, -v)", "list(int)"),
    ]);
}

#[test]
fn what_does_not_fit_is_reported() {
    check(&[
        (
            "1 + 1u",
            "ERROR: <input>:1:3: found no matching overload for '_+_' applied to '(int, uint)'\n | 1 + 1u\n | ..^",
        ),
        (
            "1 + 'a'",
            "ERROR: <input>:1:3: found no matching overload for '_+_' applied to '(int, string)'\n | 1 + 'a'\n | ..^",
        ),
        ("[1, 'a']", "ERROR: <input>:1:5: expected type 'int' but found 'string'\n | [1, 'a']\n | ....^"),
        (
            "{1: 2, 'a': 3}",
            "ERROR: <input>:1:8: expected type 'int' but found 'string'\n | {1: 2, 'a': 3}\n | .......^",
        ),
        (
            "{'a': 1, 'b': 'c'}",
            "ERROR: <input>:1:15: expected type 'int' but found 'string'\n | {'a': 1, 'b': 'c'}\n | ..............^",
        ),
        ("!1", "ERROR: <input>:1:1: found no matching overload for '!_' applied to '(int)'\n | !1\n | ^"),
        ("-'a'", "ERROR: <input>:1:1: found no matching overload for '-_' applied to '(string)'\n | -'a'\n | ^"),
        ("1 && true", "ERROR: <input>:1:1: expected type 'bool' but found 'int'\n | 1 && true\n | ^"),
        (
            "true ? 1 : 'a'",
            "ERROR: <input>:1:6: found no matching overload for '_?_:_' applied to '(bool, int, string)'\n | true ? 1 : 'a'\n | .....^",
        ),
        (
            "1 ? 2 : 3",
            "ERROR: <input>:1:3: found no matching overload for '_?_:_' applied to '(int, int, int)'\n | 1 ? 2 : 3\n | ..^",
        ),
        ("1.a", "ERROR: <input>:1:2: type 'int' does not support field selection\n | 1.a\n | .^"),
        ("'a'.b", "ERROR: <input>:1:4: type 'string' does not support field selection\n | 'a'.b\n | ...^"),
    ]);
}

#[test]
fn what_does_not_fit_a_function_is_reported() {
    check(&[
        (
            "[1]['a']",
            "ERROR: <input>:1:4: found no matching overload for '_[_]' applied to '(list(int), string)'\n | [1]['a']\n | ...^",
        ),
        (
            "{'a': 1}[1]",
            "ERROR: <input>:1:9: found no matching overload for '_[_]' applied to '(map(string, int), int)'\n | {'a': 1}[1]\n | ........^",
        ),
        (
            "1 in 'a'",
            "ERROR: <input>:1:3: found no matching overload for '@in' applied to '(int, string)'\n | 1 in 'a'\n | ..^",
        ),
        (
            "[1].all(v, v)",
            "ERROR: <input>:1:12: expected type 'bool' but found 'int'\n | [1].all(v, v)\n | ...........^",
        ),
        (
            "[1].map(v, w)",
            "ERROR: <input>:1:12: undeclared reference to 'w' (in container '')\n | [1].map(v, w)\n | ...........^",
        ),
        (
            "size(1)",
            "ERROR: <input>:1:5: found no matching overload for 'size' applied to '(int)'\n | size(1)\n | ....^",
        ),
        (
            "'a' == 1",
            "ERROR: <input>:1:5: found no matching overload for '_==_' applied to '(string, int)'\n | 'a' == 1\n | ....^",
        ),
        (
            "optional.of(1) == 1",
            "ERROR: <input>:1:16: found no matching overload for '_==_' applied to '(optional_type(int), int)'\n | optional.of(1) == 1\n | ...............^",
        ),
    ]);
}

#[test]
fn names_that_nobody_declared_are_reported() {
    check(&[
        ("unknown", "ERROR: <input>:1:1: undeclared reference to 'unknown' (in container '')\n | unknown\n | ^"),
        (
            "unknown(1)",
            "ERROR: <input>:1:8: undeclared reference to 'unknown' (in container '')\n | unknown(1)\n | .......^",
        ),
        (
            "'a'.unknown()",
            "ERROR: <input>:1:12: undeclared reference to 'unknown' (in container '')\n | 'a'.unknown()\n | ...........^",
        ),
        ("Foo{a: 1}", "ERROR: <input>:1:4: undeclared reference to 'Foo' (in container '')\n | Foo{a: 1}\n | ...^"),
        ("a.b.c", "ERROR: <input>:1:1: undeclared reference to 'a' (in container '')\n | a.b.c\n | ^"),
    ]);
}

#[test]
fn literals_are_checked_in_advance() {
    check(&[
        ("duration('1x')", "ERROR: <input>:1:10: invalid duration argument\n | duration('1x')\n | .........^"),
        (
            "timestamp('2020-13-01T00:00:00Z')",
            "ERROR: <input>:1:11: invalid timestamp argument\n | timestamp('2020-13-01T00:00:00Z')\n | ..........^",
        ),
        ("'a'.matches('(')", "ERROR: <input>:1:13: invalid matches argument\n | 'a'.matches('(')\n | ............^"),
        (
            "'%d'.format(['a'])",
            "ERROR: <input>:1:14: error during formatting: decimal clause can only be used on integers, was given string\n | '%d'.format(['a'])\n | .............^",
        ),
        ("'%s'.format([])", "ERROR: <input>:1:12: index 0 out of range\n | '%s'.format([])\n | ...........^"),
        (
            "'%s'.format([1, 2])",
            "ERROR: <input>:1:12: too many arguments supplied to string.format (expected 1, got 2)\n | '%s'.format([1, 2])\n | ...........^",
        ),
        (
            "'%y'.format([1])",
            "ERROR: <input>:1:12: could not parse formatting clause: unrecognized formatting clause \"y\"\n | '%y'.format([1])\n | ...........^",
        ),
    ]);
}
