mod rustdoc;

use super::*;

fn check(text: &str, expected: &[&str]) {
    assert_eq!(lines(text), expected, "{text:?}");
}

#[test]
fn brackets_and_angle_brackets_are_escaped() {
    check("status.conditions[?(@.x)] is a <b>map</b>", &["status.conditions\\[?(@.x)\\] is a \\<b>map\\</b>"]);
}

#[test]
fn a_bare_address_becomes_a_link_without_the_full_stop() {
    check(
        "See https://example.org/a_(b). Or (http://x.org/y).",
        &["See <https://example.org/a_(b)>. Or (<http://x.org/y>)."],
    );
    check("\"https://%s.example.org/v1/%s\" https://...", &["\"<https://%s.example.org/v1/%s>\" https://..."]);
    check("<https://example.org> https://", &["<https://example.org> https://"]);
}

#[test]
fn a_link_to_a_web_page_stays() {
    check("[a link](https://example.org/a_b) and [x](y)", &["[a link](https://example.org/a_b) and \\[x\\](y)"]);
}

#[test]
fn code_spans_stay_and_lone_backticks_are_escaped() {
    check("`a[0]` and ``b`c`` and `tick", &["`a[0]` and ``b`c`` and \\`tick"]);
    check("```x``` y", &["\\`\\`\\`x\\`\\`\\` y"]);
}

#[test]
fn emphasis_stays_where_it_is_plainly_meant() {
    check("is *not* set. **Beta:** field's _only_ use", &["is *not* set. **Beta:** field's _only_ use"]);
    check("'*' is all, and '*.a' (f*)", &["'\\*' is all, and '\\*.a' (f\\*)"]);
    check("__name__ and _x.y_, a_b * 2 ~5%", &["\\_\\_name\\_\\_ and \\_x.y\\_, a_b * 2 \\~5%"]);
    check("*a.b or c*", &["\\*a.b or c\\*"]);
}

#[test]
fn dashes_are_joined_only_where_they_are_a_pause() {
    check("use --dry-run -- or a-b", &["use \\--dry-run -- or a-b"]);
    check("-----BEGIN rw----", &["\\-\\-\\-\\--BEGIN rw\\-\\-\\--"]);
}

#[test]
fn text_beside_a_fence_is_kept_unless_it_is_a_language() {
    check("``` a: b\n```", &["```text", "a: b", "```"]);
    check("``` match:\nb\n```", &["```text", "match:", "b", "```"]);
    check("```rust,ignore\nb\n```", &["```text", "b", "```"]);
}

#[test]
fn indented_text_is_no_code() {
    check("a\n\n    fn main() {}", &["a", "", "fn main() {}"]);
}

#[test]
fn a_fenced_block_is_plain_text() {
    check("a\n```\nlet x = [1];\n```\nb", &["a", "", "```text", "let x = [1];", "```", "", "b"]);
    check("```yaml\na: b", &["\\`\\`\\`yaml", "a: b"]);
}

#[test]
fn a_fence_is_longer_than_any_in_the_block() {
    check("```\n`````\n<b>\n```\nb", &["``````text", "`````", "<b>", "``````", "", "b"]);
}

#[test]
fn the_lines_of_a_list_item_are_indented() {
    check(
        "One of:\n- a\nand more\n* b\n10. c\nd\n\ne",
        &["One of:", "- a", "  and more", "* b", "10. c", "    d", "", "e"],
    );
}

#[test]
fn a_line_cannot_start_a_heading_or_a_quotation() {
    check("# a\n> b\n---\n===", &["\\# a", "\\> b", "\\---", "\\==="]);
}

#[test]
fn a_line_cannot_start_a_table() {
    check("a | b\n:-|-\n`x | <b>`", &["a | b", "\\:-|-", "`x | <b>`"]);
}

#[test]
fn long_lines_are_folded_at_spaces() {
    let text = "word ".repeat(30);
    let folded = lines(&text);
    assert_eq!(folded.len(), 2);
    assert!(folded.iter().all(|line| line.chars().count() <= 100));
    assert_eq!(folded.join(" "), text.trim_end());
    let item = format!("{} - x", "a".repeat(98));
    check(&item, &[&item[..100], "x"]);
    let item = format!("{} - x", "a".repeat(99));
    check(&item, &[&item[..101], "x"]);
}

#[test]
fn invisible_characters_become_visible() {
    check("a\u{202e}b\u{0}c\td\r\ne", &["a\u{fffd}b\u{fffd}c    d", "e"]);
}

#[test]
fn code_holds_any_text() {
    assert_eq!(code("a`b"), "`` a`b ``");
    assert_eq!(code("a\nb"), "`a b`");
    assert_eq!(code(""), "the empty string");
    assert_eq!(prose("see\n [x] "), "see \\[x\\]");
}
