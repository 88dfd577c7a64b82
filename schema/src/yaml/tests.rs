use serde_json::{Value, json};

use super::*;
use crate::node::Content;

/// Parses a text without faults and compares its documents.
fn check(text: &str, documents: &[Value]) {
    let parsed = parse(text);
    assert_eq!(parsed.errors, [], "{text}");
    let found: Vec<Value> = parsed.documents.iter().map(Node::to_value).collect();
    assert_eq!(found, documents, "{text}");
}

fn check_error(text: &str, line: u32, column: u32, part: &str) {
    let parsed = parse(text);
    let [error] = parsed.errors.as_slice() else { panic!("{text}: {:?}", parsed.errors) };
    assert_eq!(error.position, Position { line, column }, "{text}: {error}");
    assert!(error.message.contains(part), "{text}: {error}");
}

#[test]
fn booleans_are_those_of_yaml_1_1() {
    check(
        "[y, Y, yes, Yes, YES, true, True, TRUE, on, On, ON]",
        &[json!([true, true, true, true, true, true, true, true, true, true, true])],
    );
    check(
        "[n, N, no, No, NO, false, False, FALSE, off, Off, OFF]",
        &[json!([false, false, false, false, false, false, false, false, false, false, false])],
    );
    check("[yES, oN, tRUE, 'y', \"no\"]", &[json!(["yES", "oN", "tRUE", "y", "no"])]);
}

#[test]
fn integers_have_prefixes_underscores_and_leading_zeros() {
    check(
        "[0, -0, +7, 0x1F, 0b101, -0b11, 0o17, 017, 1_000, -0x10]",
        &[json!([0, 0, 7, 31, 5, -3, 15, 15, 1000, -16])],
    );
    check(
        "[9223372036854775807, -9223372036854775808, 18446744073709551615]",
        &[json!([i64::MAX, i64::MIN, u64::MAX])],
    );
    check("[08, 0x, 0xg, 1-2, 1.2.3, 12:30]", &[json!([8, "0x", "0xg", "1-2", "1.2.3", "12:30"])]);
}

#[test]
fn floats_with_an_integral_value_are_written_without_a_point() {
    check("[1.5, .5, -.5, 1e3, 1.0, 5., 1_0.5]", &[json!([1.5, 0.5, -0.5, 1000, 1, 5, 10.5])]);
    check("[1e999, e5, .e5, 1e, ..5]", &[json!(["1e999", "e5", ".e5", "1e", "..5"])]);
    check("[18446744073709551616]", &[json!([18_446_744_073_709_551_616.0])]);
}

#[test]
fn what_json_cannot_hold_is_an_error() {
    check_error("a: .inf", 1, 4, "JSON");
    check_error("a:\n- .NaN", 2, 3, "JSON");
}

#[test]
fn nothing_is_null_and_timestamps_are_text() {
    check(
        "a:\nb: ~\nc: null\nd: ''\ne: 2001-12-14\nf: 2001-12-14t21:59:43.10-05:00",
        &[json!({
            "a": null, "b": null, "c": null, "d": "", "e": "2001-12-14", "f": "2001-12-14t21:59:43.10-05:00"
        })],
    );
}

#[test]
fn tags_decide_how_a_scalar_is_read() {
    check(
        "[!!str 5, !!int '5', !!float 5, !!bool 'yes', !!null '', !!binary aGk=, !custom 5, ! 5]",
        &[json!(["5", 5, 5, true, null, "hi", "5", "5"])],
    );
    check_error("a: !!int x", 1, 10, "tag");
    check_error("a: !!binary '*'", 1, 13, "base64");
}

#[test]
fn keys_become_text() {
    check(
        "1: a\ntrue: b\n1.5: c\n'2': d\n0x10: e\noff: f",
        &[json!({"1": "a", "true": "b", "1.5": "c", "2": "d", "16": "e", "false": "f"})],
    );
    check_error("~: a", 1, 1, "null");
    check_error("[a]: b", 1, 1, "array");
}

#[test]
fn documents_are_split_and_empty_ones_left_out() {
    check("---\n# nothing\n---\na: 1\n---\n---\n- 2\n...\n", &[json!({"a": 1}), json!([2])]);
    check("", &[]);
    check("\u{feff}{\"a\": [1, 2.5]}", &[json!({"a": [1, 2.5]})]);
}

#[test]
fn nodes_know_where_they_stand() {
    let parsed = parse("a: 1\nb:\n  - x\n  - é: y\n");
    let [document] = parsed.documents.as_slice() else { panic!("{parsed:?}") };
    let Content::Mapping(members) = &document.content else { panic!("{document:?}") };
    let b = members.get("b").unwrap();
    assert_eq!(b.key, Some(Position { line: 2, column: 1 }));
    let items = b.value.items();
    assert_eq!(items[0].position, Some(Position { line: 3, column: 5 }));
    assert_eq!(items[1].get("é").unwrap().position, Some(Position { line: 4, column: 8 }));
}

#[test]
fn a_key_that_is_there_twice_is_an_error_with_both_places() {
    check_error("a: 1\nb: 2\na: 3\n", 3, 1, "first at 1:1");
    check_error("{1: a, '1': b}", 1, 8, "first at 1:2");
    let parsed = parse("{a: 1, a: 2, b: 1, b: 2}");
    assert_eq!(parsed.errors.len(), 2);
}

#[test]
fn the_last_of_duplicate_keys_counts_and_each_is_told_with_its_places() {
    let first = parse_first("a: 1\nb: {c: 1, c: 2}\na:\n  - 3\n").unwrap();
    assert_eq!(first.document.to_value(), json!({"a": [3], "b": {"c": 2}}));
    let place = |line, column| Position { line, column };
    let duplicate = |key: &str, position, value, first| Duplicate { key: key.to_owned(), position, value, first };
    assert_eq!(
        first.duplicates,
        [
            duplicate("c", place(2, 11), place(2, 14), place(2, 5)),
            duplicate("a", place(3, 1), place(4, 3), place(1, 1)),
        ]
    );
}

#[test]
fn the_first_document_counts_even_if_it_is_empty_and_nothing_behind_it_does() {
    let first = |text| parse_first(text).map(|first| first.document.to_value());
    assert_eq!(first("a: 1\n---\na: [\n"), Ok(json!({"a": 1})));
    assert_eq!(first("---\n# nothing\n---\na: 1\n"), Ok(json!(null)));
    assert_eq!(first(""), Ok(json!(null)));
    assert!(first("a: [\n---\n").is_err());
}

#[test]
fn of_very_many_duplicate_keys_not_all_are_told() {
    let text = "a: 1\n".repeat(100_000) + "a: 2\n";
    let parsed = parse(&text);
    assert_eq!((parsed.errors.len(), parsed.duplicates.len()), (100, 100_000));
    let first = parse_first(&text).unwrap();
    assert_eq!((first.duplicates.len(), first.document.to_value()), (100, json!({"a": 2})));
}

#[test]
fn merges_give_way_to_what_is_written_after_them() {
    check("base: &b {x: 1, z: 2}\nd:\n  <<: *b\n  x: 3\n", &[json!({"base": {"x": 1, "z": 2}, "d": {"x": 3, "z": 2}})]);
    check("d: {x: 3, <<: {x: 1}}", &[json!({"d": {"x": 1}})]);
    check("d: {<<: [{x: 1}, {x: 2, z: 2}]}", &[json!({"d": {"x": 1, "z": 2}})]);
    check("d: {'<<': 1}", &[json!({"d": {"<<": 1}})]);
    check_error("d: {<<: 1}", 1, 9, "merge");
    check("a: {!!merge \"<<\": {x: 1}, \"<<\": 2}", &[json!({"a": {"x": 1, "<<": 2}})]);
}

#[test]
fn aliases_are_copies() {
    check("a: &a [1, 2]\nb: *a\n", &[json!({"a": [1, 2], "b": [1, 2]})]);
    check_error("a: &a [*a]", 1, 8, "anchor");
    check_error("a: &a 1\n---\nb: *a", 3, 4, "anchor");
}

#[test]
fn aliases_cannot_expand_without_end() {
    let mut text = String::from("a0: &a0 [x, x, x, x, x, x, x, x, x, x]\n");
    for level in 1..12 {
        let below = format!("*a{}, ", level - 1).repeat(10);
        text = format!("{text}a{level}: &a{level} [{below}]\n");
    }
    let parsed = parse(&text);
    assert_eq!(parsed.errors.len(), 1);
    assert!(parsed.errors[0].message.contains("too many nodes"));
}

#[test]
fn nesting_ends_somewhere() {
    check_error(&"- ".repeat(300), 1, 513, "256 levels");
    check_error(&("[".repeat(300) + &"]".repeat(300)), 1, 257, "256 levels");
    let deep = format!("a: &a {}{}\nb: {}*a{}", "[".repeat(200), "]".repeat(200), "[".repeat(100), "]".repeat(100));
    check_error(&deep, 2, 104, "256 levels");
}

#[test]
fn control_characters_are_refused() {
    check_error("a: 1\nb: \u{0}", 2, 4, "U+0000");
    check_error("a: \u{1b}[31m", 1, 4, "U+001B");
}

#[test]
fn quoted_text_may_go_on_with_less_indentation() {
    check("a:\n    b: 'one\n  two'\n    c: 1\n", &[json!({"a": {"b": "one two", "c": 1}})]);
}

#[test]
fn a_block_text_ends_as_the_file_does() {
    check("a: |\n  x", &[json!({"a": "x"})]);
    check("a: |\n  x\n", &[json!({"a": "x\n"})]);
}

#[test]
fn a_syntax_error_has_its_place() {
    let parsed = parse("a: 1\nb: [1, 2\n");
    assert_eq!(parsed.errors.len(), 1);
    assert!(parsed.errors[0].position.line >= 2, "{:?}", parsed.errors);
}
