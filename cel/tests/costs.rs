//! What expressions cost, before they run and when they have run: cel-go's numbers.

mod variables;

use std::sync::Arc;

use crdgen_cel::{NoSizes, Range, Sizes};

/// Texts of 20 characters at most, lists and maps of 10 items, items of 7.
struct Bounds;

impl Sizes for Bounds {
    fn size(&self, path: &[Arc<str>]) -> Option<Range> {
        let max = match &**path.last()? {
            "s" | "y" => 20,
            "li" | "ls" | "m" => 10,
            "@items" | "@keys" | "@values" => 7,
            _ => return None,
        };
        Some(Range { min: 0, max })
    }
}

/// Expressions with their estimates, if nothing is known of the variables and if their sizes are bounded, and the cost.
fn check(table: &[(&str, &str, &str, u64)]) {
    let shown = |range: Range| format!("{}..{}", range.min, range.max);
    for (source, unknown, bounded, cost) in table {
        variables::evaluate(source, 1_000_000, |compiled, evaluation| {
            assert_eq!(shown(compiled.estimate(&NoSizes)), *unknown, "{source}");
            assert_eq!(shown(compiled.estimate(&Bounds)), *bounded, "{source}");
            assert_eq!(evaluation.cost, *cost, "{source}");
        });
    }
}

#[test]
fn reading_and_calling_costs_one() {
    check(&[
        ("1", "0..0", "0..0", 0),
        ("i", "1..1", "1..1", 1),
        ("i + 1", "2..2", "2..2", 2),
        ("m.a", "2..2", "2..2", 2),
        ("m['a']", "2..2", "2..2", 2),
        ("li[0]", "2..2", "2..2", 2),
        ("x.a", "1..1", "1..1", 2),
        ("x.m.z", "1..1", "1..1", 3),
        ("-i", "2..2", "2..2", 2),
        ("!b", "2..2", "2..2", 2),
        ("b ? i : 1", "1..2", "1..2", 1),
        ("has(m.a)", "1..1", "1..1", 1),
        ("type(i)", "2..2", "2..2", 2),
        ("int(d)", "2..2", "2..2", 2),
    ]);
}

#[test]
fn texts_cost_by_the_character() {
    check(&[
        ("s + s", "2..1844674407370955266", "2..6", 5),
        ("s == 'abc'", "2..2", "2..2", 2),
        ("s.contains('abc')", "1..1844674407370955265", "1..3", 3),
        ("s.startsWith('abc')", "2..2", "2..2", 3),
        ("s.matches('^a+$')", "2..1844674407370955265", "2..4", 3),
        ("s.size()", "2..2", "2..2", 2),
        ("s.lowerAscii()", "1..1844674407370955265", "1..3", 3),
        ("s.replace('l', 'x')", "1..3689348814741910529", "1..5", 4),
        ("s.split(' ')", "1..3689348814741910529", "1..5", 4),
        ("ls.join(',')", "1..1844674407370955265", "1..9", 2),
        ("s.substring(1, 2)", "1..1844674407370955265", "1..3", 3),
        ("'aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa' == s", "2..5", "2..3", 3),
        ("bytes(s)", "1..1844674407370955265", "1..3", 3),
        ("strings.quote(s)", "1..1844674407370955265", "1..3", 3),
        ("'%s'.format([s])", "12..12", "12..12", 12),
    ]);
}

#[test]
fn lists_and_maps_cost_to_make() {
    check(&[
        ("[]", "10..10", "10..10", 0),
        ("[1, 2]", "10..10", "10..10", 0),
        ("{}", "30..30", "30..30", 0),
        ("{'a': 1}", "30..30", "30..30", 0),
        ("li + li", "3..3", "3..3", 3),
        ("1 in li", "1..18446744073709551615", "1..11", 4),
        ("'a' in m", "2..2", "2..2", 2),
        ("li == [1]", "12..12", "12..12", 2),
        ("[optional.of(1)]", "11..11", "11..11", 11),
        ("sets.contains(li, [1])", "12..18446744073709551615", "12..22", 5),
        ("li.sort()", "12..18446744073709551615", "12..212", 30),
        ("li.reverse()", "12..18446744073709551615", "12..22", 15),
        ("li.distinct()", "12..18446744073709551615", "12..212", 30),
        ("li.slice(0, 1)", "13..13", "13..13", 13),
        ("[li].flatten()", "23..23", "23..23", 23),
    ]);
}

#[test]
fn loops_cost_by_the_item() {
    check(&[
        ("li.all(v, v > 0)", "2..18446744073709551615", "2..52", 17),
        ("li.exists(v, v == 1)", "2..18446744073709551615", "2..62", 17),
        ("li.exists_one(v, v == 1)", "3..18446744073709551615", "3..43", 11),
        ("li.map(v, v)", "12..18446744073709551615", "12..142", 41),
        ("li.filter(v, v > 1)", "12..18446744073709551615", "12..162", 34),
        ("[1, 2, 3].all(v, v > 0)", "20..26", "20..26", 16),
        ("[[1], [2]].all(v, v.all(w, w > 0))", "37..51", "37..111", 21),
        ("li.all(v, li.all(w, v != w))", "2..18446744073709551615", "2..652", 17),
        ("m.all(k, k != '')", "2..18446744073709551615", "2..42", 10),
        ("li.transformList(j, v, v)", "12..18446744073709551615", "12..142", 41),
        ("ls.all(t, t.startsWith('a'))", "2..18446744073709551615", "2..52", 9),
        ("ls.map(t, t.size())", "12..18446744073709551615", "12..152", 44),
        ("li.sortBy(v, -v)", "35..18446744073709551615", "35..375", 75),
    ]);
}

#[test]
fn sides_that_are_not_run_cost_nothing() {
    check(&[
        ("b || li[0] == 1", "1..4", "1..4", 1),
        ("!b && li[0] == 1", "2..5", "2..5", 2),
        ("b ? 1 : li[0]", "1..3", "1..3", 1),
        ("optional.of(1).orValue(li[0])", "4..4", "4..4", 1),
        ("optional.of(i).optMap(v, v + 1)", "4..19", "4..19", 9),
    ]);
}

#[test]
fn the_budget_stops_an_evaluation() {
    for (budget, stops) in [(16, true), (17, false)] {
        variables::evaluate("li.all(v, v > 0)", budget, |_, evaluation| {
            let fault = evaluation.outcome.err().map(|fault| (fault.message(), fault.is_over_budget()));
            let expected = stops.then_some(("operation cancelled: actual cost limit exceeded", true));
            assert_eq!(fault, expected, "{budget}");
        });
    }
    // Nothing forgives it, and no other fault hides it.
    let hiding = "[1].filter(v, li[9] == li[li.sort()[2]])";
    let mut cost = 0;
    variables::evaluate(hiding, 1000, |_, evaluation| cost = evaluation.cost);
    for (source, budget) in [("li.all(v, v > 0) || true", 5), (hiding, cost - 1), (hiding, cost - 3)] {
        variables::evaluate(source, budget, |_, evaluation| {
            assert!(evaluation.outcome.unwrap_err().is_over_budget(), "{source} {budget}");
        });
    }
}
