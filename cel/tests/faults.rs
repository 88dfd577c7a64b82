//! What goes wrong while expressions run, in cel-go's words.

mod variables;

use crdgen_cel::Value;

fn check(table: &[(&str, &str)]) {
    for (source, expected) in table {
        variables::evaluate(source, 1_000_000, |_, evaluation| {
            let fault = evaluation.outcome.expect_err(source);
            assert_eq!(fault.message(), *expected, "{source}");
            assert!(!fault.is_over_budget());
        });
    }
}

#[test]
fn numbers_leave_their_range() {
    check(&[
        ("9223372036854775807 + i", "integer overflow"),
        ("-9223372036854775807 - i - i", "integer overflow"),
        ("9223372036854775807 * i", "integer overflow"),
        ("i / 0", "division by zero"),
        ("i % 0", "modulus by zero"),
        ("u - 9u", "unsigned integer overflow"),
        ("18446744073709551615u + u", "unsigned integer overflow"),
        ("u / 0u", "division by zero"),
        ("-9223372036854775808 / (i - 8)", "integer overflow"),
        ("-(i * 0 - 9223372036854775807 - 1)", "integer overflow"),
        ("int(1e19 * d)", "integer overflow"),
        ("uint(-i)", "unsigned integer overflow"),
    ]);
}

#[test]
fn what_is_not_there_is_not_found() {
    check(&[
        ("li[9]", "index out of bounds: 9"),
        ("li[-1]", "index out of bounds: -1"),
        ("li[dyn(0.5)]", "unsupported index value 0.5 in list"),
        ("m.c", "no such key: c"),
        ("m['c']", "no such key: c"),
        ("x.missing", "no such key: missing"),
        ("x.a.b", "no such key: b"),
        ("{'a': 1}['b']", "no such key: b"),
        ("optional.none().value()", "optional.none() dereference"),
        ("m.?c.value()", "optional.none() dereference"),
        ("[?optional.none()][0]", "index out of bounds: 0"),
    ]);
}

#[test]
fn values_of_no_fitting_type_have_no_overload() {
    check(&[
        ("xi + 'a'", "no such overload"),
        ("xs - 1", "no such overload"),
        ("xs < 1", "no such overload"),
        ("xi.size()", "no such overload: size"),
        ("dyn(dur).size()", "no such overload"),
        ("dyn(1).startsWith('a')", "no such overload"),
        ("xs.startsWith(dyn(b'a'))", "no such overload"),
        ("0.0 / 0.0 < 1.0", "NaN values cannot be ordered"),
        ("dyn(0.0 / 0.0) < xs", "NaN values cannot be ordered"),
        ("!xi", "no such overload"),
        ("-xs", "no such overload"),
        ("xi ? 1 : 2", "no such overload"),
        ("xi && true", "no such overload"),
        ("xs[0]", "no such key: 0"),
        ("[1].map(v, dyn(v) + 'a')", "no such overload"),
        ("dyn('a') in xi", "no such overload"),
    ]);
}

#[test]
fn texts_have_bounds() {
    check(&[
        ("s.charAt(99)", "index out of range: 99"),
        ("s.charAt(-1)", "index out of range: -1"),
        ("s.substring(3, 2)", "invalid substring range. start: 3, end: 2"),
        ("s.substring(99)", "index out of range: 99"),
        ("s.indexOf('a', -1)", "index out of range: -1"),
        ("['a'].join(dyn(1))", "no such overload: join(list, int)"),
        ("string(y)", "invalid UTF-8 in bytes, cannot convert to string"),
        ("'%d'.format([xs])", "error during formatting: decimal clause can only be used on integers, was given string"),
        ("s.matches(s + '(')", "error parsing regexp: missing closing ): `héllo wörld(`"),
        ("li.slice(2, 1)", "cannot slice(2, 1), start index must be less than or equal to end index"),
        ("li.slice(0, 9)", "cannot slice(0, 9), list is length 3"),
        ("lists.range(-1)[0]", "index out of bounds: 0"),
    ]);
}

#[test]
fn times_have_bounds() {
    check(&[
        ("timestamp('9999-12-31T23:59:59Z') + dur", "timestamp overflow"),
        ("timestamp('0001-01-01T00:00:00Z') - dur", "timestamp overflow"),
        ("timestamp(253402300800 * (i - 6))", "timestamp overflow"),
        ("duration(s)", "type conversion error from 'string' to 'google.protobuf.Duration'"),
        ("timestamp(s)", "type conversion error from 'string' to 'google.protobuf.Timestamp'"),
        ("ts.getHours('Nowhere/Land')", "unknown time zone Nowhere/Land"),
        ("ts.getHours('a:b')", r#"strconv.Atoi: parsing "a": invalid syntax"#),
        ("ts - timestamp('0001-01-01T00:00:00Z')", "integer overflow"),
    ]);
}

#[test]
fn the_first_error_wins_unless_the_other_side_decides() {
    check(&[
        ("i / 0 > 0 || li[9] > 0", "division by zero"),
        ("li[9] > 0 && i / 0 > 0", "index out of bounds: 9"),
        ("li.all(v, 1 / (v - v) > 0)", "division by zero"),
    ]);
}

#[test]
fn a_side_that_decides_forgives_the_other() {
    for source in [
        "i / 0 > 0 || true",
        "true || i / 0 > 0",
        "!(i / 0 > 0 && false)",
        "li.exists(v, 1 / (v - 3) > 0 || v == 3)",
        "li.exists(v, 6 / (v - 3) < 0)",
        "!li.all(v, 6 / (v - 3) > 0)",
        "b ? true : i / 0 > 0",
    ] {
        variables::evaluate(source, 1_000_000, |_, evaluation| {
            assert!(matches!(evaluation.outcome, Ok(Value::Bool(true))), "{source}: {:?}", evaluation.outcome);
        });
    }
}
