//! What expressions give. Everything here is true in cel-go.

use crdgen_cel::{Arena, Environment, Timestamp, Type, Value};

/// Every expression must be true.
fn hold(expressions: &[&str]) {
    let environment = Environment::standard().variable("i", Type::Int).variable("ts", Type::Timestamp);
    for expression in expressions {
        let compiled = environment.compile(expression).unwrap_or_else(|issues| panic!("{expression}: {issues}"));
        let program = compiled.program().unwrap();
        // 2023-04-05T06:07:08.009Z
        let time = Timestamp::new(1_680_674_828, 9_000_000, 0).unwrap();
        let (arena, variables) = (Arena::new(), [Value::Int(7), Value::Timestamp(time)]);
        let outcome = program.evaluate(&arena, &variables, 1_000_000).outcome;
        assert!(matches!(outcome, Ok(Value::Bool(true))), "{expression}: {outcome:?}");
    }
}

#[test]
fn numbers_are_64_bits_wide_and_do_not_wrap() {
    hold(&[
        "9223372036854775806 + 1 == 9223372036854775807",
        "-9223372036854775807 - 1 == -9223372036854775808",
        "7 / -2 == -3",
        "-7 % 3 == -1",
        "18446744073709551615u - 1u == 18446744073709551614u",
        "0xff == 255",
        "0xffu == 255u",
        "2.5 * 2.0 == 5.0",
        "-(0.0) == 0.0",
        "1e3 == 1000.0",
        ".5 == 0.5",
        "-i == -7",
    ]);
}

#[test]
fn numbers_of_all_types_compare_by_value() {
    hold(&[
        "dyn(1) == 1u",
        "dyn(1u) == 1.0",
        "1 < 2u",
        "1u < 1.5",
        "-1 < 0u",
        "18446744073709551615u > 9223372036854775807",
        "0.0 / 0.0 != 0.0 / 0.0",
        "dyn(1) in [1u]",
        "{1: 'a'}[dyn(1u)] == 'a'",
        "{1: 'a'}[dyn(1.0)] == 'a'",
        "dyn('1') != 1",
    ]);
}

#[test]
fn conversions_are_exact_or_fail() {
    hold(&[
        "int(2.9) == 2",
        "int(-2.9) == -2",
        "int('-12') == -12",
        "int(7u) == 7",
        "int(timestamp('1970-01-01T00:00:10Z')) == 10",
        "uint('12') == 12u",
        "uint(2.9) == 2u",
        "double('1.5e3') == 1500.0",
        "double('NaN') != double('NaN')",
        "string(1.0) == '1'",
        "string(1e21) == '1e+21'",
        "string(0.1) == '0.1'",
        "string(-3) == '-3'",
        "string(3u) == '3'",
        "string(true) == 'true'",
        "string(b'abc') == 'abc'",
        "string(duration('1m1ms')) == '60.001s'",
        "string(timestamp('2020-01-02T03:04:05.060Z')) == '2020-01-02T03:04:05.06Z'",
        r"bytes('é') == b'\xc3\xa9'",
        "bool('True') && bool('t') && bool('1') && !bool('false')",
        "duration('1h30m') == duration('90m')",
        "timestamp(0) == timestamp('1970-01-01T00:00:00Z')",
        "type(1) == int && type(1u) == uint && type([]) == list && type(null) == null_type",
        "type(type(1)) == type",
        "type(optional.none()) == optional_type",
    ]);
}

#[test]
fn texts_are_counted_in_characters() {
    hold(&[
        "'héé'.size() == 3",
        "size('日本') == 2",
        r"b'\xc3\xa9'.size() == 2",
        r"'\u00e9' == 'é'",
        r"'\x41\101\n' == 'AA\n'",
        r"r'\n'.size() == 2",
        "'''a\n'b''' == \"a\\n'b\"",
        "'abc'.contains('') && 'abc'.startsWith('ab') && 'abc'.endsWith('bc')",
        "'a' < 'b' && 'Z' < 'a' && '' < 'a'",
        "'héllo'.charAt(1) == 'é' && 'abc'.charAt(3) == ''",
        "'héllo hé'.indexOf('hé') == 0 && 'héllo hé'.lastIndexOf('hé') == 6 && 'abc'.indexOf('', 3) == 3",
        "'tacocat'.substring(4) == 'cat' && 'tacocat'.substring(0, 4) == 'taco'",
        "'a,b,,c'.split(',') == ['a', 'b', '', 'c'] && 'a,b,c'.split(',', 2) == ['a', 'b,c'] && 'ab'.split('') == ['a', 'b'] && 'ab'.split(',', 0) == []",
        "'aaa'.replace('a', 'b', 2) == 'bba' && 'ab'.replace('', '_') == '_a_b_'",
        "'TacÓ'.lowerAscii() == 'tacÓ' && 'tacó'.upperAscii() == 'TACó'",
        r"' \u00a0a\t '.trim() == 'a'",
        "['a', 'b'].join() == 'ab' && ['a', 'b'].join('-') == 'a-b'",
        r#"strings.quote('a\n"') == '"a\\n\\""'"#,
        "'a1'.matches('^[a-z][0-9]$') && matches('xay', 'a')",
    ]);
}

#[test]
fn formats_print_like_cel_go() {
    hold(&[
        "'%s %d %x %X %o %b'.format(['a', 1, 255, 255u, 8, 5]) == 'a 1 ff FF 10 101'",
        "'%.2f %f'.format([3.14159, 1234.5]) == '3.14 1,234.500000'",
        "'%e'.format([1052.032]) == '1.052032×10⁰³'",
        "'%%'.format([]) == '%'",
        "'%x'.format(['hi']) == '6869'",
        "'%s %s'.format([duration('1m'), timestamp(0)]) == '60s 1970-01-01T00:00:00Z'",
        "'%.300f'.format([1.0]).size() == 46",
        "'%.70000f'.format([1.0]).size() == 114",
    ]);
}

#[test]
fn lists_and_maps_are_values() {
    hold(&[
        "[1, 2] + [3] == [1, 2, 3]",
        "1 in [1, 2] && !(3 in [1, 2])",
        "[1, 2][1] == 2 && [1, 2][dyn(1.0)] == 2",
        "'a' in {'a': null} && !('b' in {'a': null})",
        "{'a': {'b': 1}}.a.b == 1",
        "has({'a': 1}.a) && !has({'a': 1}.b)",
        "size({1: 2, 3: 4}) == 2",
        "[[1], [2]].flatten() == [1, 2]",
        "[3, 1, 2].sort() == [1, 2, 3]",
        "['b', 'aa'].sortBy(t, t.size()) == ['b', 'aa']",
        "[1, 2, 3].reverse() == [3, 2, 1]",
        "[1, 2, 3, 4].slice(1, 3) == [2, 3]",
        "[1, 1, 2].distinct() == [1, 2]",
        "lists.range(3) == [0, 1, 2]",
        "[1, 2].first().value() == 1 && [1, 2].last() == optional.of(2)",
        "sets.contains([1, 2], [2]) && sets.equivalent([1, 1], [1]) && !sets.intersects([1], [2])",
    ]);
}

#[test]
fn macros_are_loops() {
    hold(&[
        "[1, 2].all(v, v > 0) && [].all(v, false)",
        "[1, 2].exists(v, v > 1) && ![].exists(v, true)",
        "[1, 2, 3].exists_one(v, v > 2) && ![1, 1].exists_one(v, v == 1)",
        "[1, 2].map(v, v * 2) == [2, 4]",
        "[1, 2, 3].map(v, v > 1, v * 2) == [4, 6]",
        "[1, 2, 3].filter(v, v % 2 == 1) == [1, 3]",
        "{'a': 1, 'b': 2}.filter(k, k == 'a') == ['a']",
        "[1, 2].all(i, v, i + 1 == v)",
        "{'a': 1}.exists(k, v, k == 'a' && v == 1)",
        "[5, 6].existsOne(i, v, i == 1)",
        "[1, 2].transformList(i, v, i * v) == [0, 2]",
        "[1, 2].transformList(i, v, i > 0, v) == [2]",
        "{'a': 1}.transformMap(k, v, v + 1) == {'a': 2}",
        "['a', 'b'].transformMap(i, v, i == 1, v) == {1: 'b'}",
        "{'a': 'b'}.transformMapEntry(k, v, {v: k}) == {'b': 'a'}",
        "[[1, 2], [3]].map(v, v.map(w, w + v.size())) == [[3, 4], [4]]",
        "[1].all(int, int == 1)",
    ]);
}

#[test]
fn optional_values_chain() {
    hold(&[
        "optional.of(1).value() == 1",
        "!optional.none().hasValue()",
        "optional.ofNonZeroValue('') == optional.none() && optional.ofNonZeroValue(0.5).hasValue()",
        "{'a': 1}.?a == optional.of(1) && {'a': 1}.?b == optional.none()",
        "{'a': {'b': 1}}.?a.b.value() == 1",
        "{'a': {'b': 1}}.?x.b.orValue(3) == 3",
        "[1][?0].orValue(2) == 1 && [1][?5].orValue(2) == 2",
        "{?'a': optional.none(), 'b': 1} == {'b': 1}",
        "[?optional.of(1), ?optional.none()] == [1]",
        "optional.none().or(optional.of(1)).value() == 1",
        "optional.of(1).optMap(v, v + 1).value() == 2",
        "optional.of(1).optFlatMap(v, optional.none()) == optional.none()",
        "[optional.of(1), optional.none()].unwrapOpt() == [1]",
        "optional.unwrap([optional.of(1)]) == [1]",
        "has({'a': {'b': 1}}.?a.b)",
    ]);
}

#[test]
fn times_have_zones() {
    hold(&[
        "timestamp('2020-01-01T00:00:00Z') + duration('1h') == timestamp('2020-01-01T01:00:00Z')",
        "timestamp('2020-01-01T01:00:00+01:00') == timestamp('2020-01-01T00:00:00Z')",
        "timestamp('2020-01-02T00:00:00Z') - timestamp('2020-01-01T00:00:00Z') == duration('24h')",
        "ts.getFullYear() == 2023 && ts.getMonth() == 3 && ts.getDate() == 5 && ts.getDayOfMonth() == 4 && ts.getDayOfWeek() == 3 && ts.getDayOfYear() == 94",
        "ts.getHours() == 6 && ts.getMinutes() == 7 && ts.getSeconds() == 8 && ts.getMilliseconds() == 9",
        "ts.getHours('America/New_York') == 2 && ts.getHours('+05:30') == 11 && ts.getMinutes('-00:30') == 37",
        "timestamp('2020-07-01T12:00:00Z').getHours('Europe/Paris') == 14",
        "timestamp('0001-01-01T00:00:00Z').getFullYear('-14:00') == 0",
        "timestamp('9999-12-31T23:59:59Z').getFullYear('+14:00') == 10000",
        "duration('90m').getHours() == 1 && duration('90s').getMinutes() == 1 && duration('1500ms').getSeconds() == 1",
        "duration('-1.5h') < duration('0')",
    ]);
}

#[test]
fn what_cannot_be_compared_is_different() {
    hold(&[
        "dyn(1) != 'a'",
        "dyn(null) != 1",
        "dyn([1]) != {1: 1}",
        "dyn(optional.of(1)) != 1",
        "dyn('a') != b'a'",
        "type(dyn(1)) != type(1u)",
    ]);
}
