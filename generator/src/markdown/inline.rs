//! Code spans, links and escapes within a paragraph.

use std::borrow::Cow;

use super::visible;

/// Quoted text is cut here: the schema has it in full.
const LONGEST: usize = 160;

/// A code span that shows `text` on one line, whatever backticks are in it.
pub(crate) fn code(text: &str) -> String {
    let text = one_line(text);
    if text.trim().is_empty() {
        return if text.is_empty() { "the empty string" } else { "a blank string" }.to_owned();
    }
    let longest_run = text.split(|c| c != '`').map(str::len).max().unwrap_or(0);
    let fence = "`".repeat(longest_run + 1);
    let pad = if longest_run > 0 || text.starts_with(' ') || text.ends_with(' ') { " " } else { "" };
    format!("{fence}{pad}{text}{pad}{fence}")
}

fn one_line(text: &str) -> String {
    let cut: String = text.chars().take(LONGEST).collect();
    let mut line = visible(&cut).replace('\n', " ");
    if text.chars().nth(LONGEST).is_some() {
        line.push('…');
    }
    line
}

/// One sentence of someone else's, on one line.
pub(crate) fn prose(text: &str) -> String {
    inline(&visible(text).split_whitespace().collect::<Vec<_>>().join(" ")).into_owned()
}

/// A paragraph: code spans and links to web pages stay, bare addresses become links, all other syntax is escaped.
pub(super) fn inline(text: &str) -> Cow<'_, str> {
    if !has_syntax(text) {
        return text.into();
    }
    let mut out = String::with_capacity(text.len() + text.len() / 16);
    let mut spans = CodeSpans::default();
    let mut rest = text;
    while let Some(c) = rest.chars().next() {
        let taken = match c {
            '`' => spans.take(rest, &mut out),
            '[' => link(rest, &mut out),
            '<' => automatic_link(rest, &mut out),
            'h' if !out.ends_with(|c: char| c.is_alphanumeric()) => address(rest, &mut out),
            _ => 0,
        };
        if taken > 0 {
            rest = &rest[taken..];
            continue;
        }
        if matches!(c, '[' | ']' | '<' | '\\') {
            out.push('\\');
        }
        out.push(c);
        rest = &rest[c.len_utf8()..];
    }
    out.into()
}

/// Whether anything in a paragraph may mean more than itself. Most have nothing.
fn has_syntax(text: &str) -> bool {
    let special = |byte: u8| matches!(byte, b'`' | b'[' | b']' | b'<' | b'\\');
    // Without an early end the compiler looks at many bytes at once.
    text.bytes().fold(false, |found, byte| found | special(byte)) || text.contains("://")
}

/// Remembers for which backticks no partner is left, so that a text is searched once.
#[derive(Default)]
struct CodeSpans {
    unpaired: [bool; 2],
}

impl CodeSpans {
    /// A code span in one or two backticks as it stands. Without a partner, or with more (which could start a block),
    /// each backtick is escaped.
    fn take(&mut self, rest: &str, out: &mut String) -> usize {
        let run = rest.len() - rest.trim_start_matches('`').len();
        let closed = if run <= 2 && !self.unpaired[run - 1] { closing(rest, run) } else { None };
        if let Some(end) = closed {
            out.push_str(&rest[..end]);
            return end;
        }
        if run <= 2 {
            self.unpaired[run - 1] = true;
        }
        out.push_str(&"\\`".repeat(run));
        run
    }
}

/// Where the span that starts with `run` backticks ends.
fn closing(rest: &str, run: usize) -> Option<usize> {
    let mut at = run;
    while let Some(start) = rest[at..].find('`').map(|offset| at + offset) {
        let length = rest[start..].len() - rest[start..].trim_start_matches('`').len();
        if length == run {
            return Some(start + length);
        }
        at = start + length;
    }
    None
}

/// `[text](https://…)` as it stands, if nothing in it needs care.
fn link(rest: &str, out: &mut String) -> usize {
    let Some((text, tail)) = near(&rest[1..]).split_once(']') else { return 0 };
    let Some(url) = tail.strip_prefix('(').and_then(|tail| tail.split_once(')')).map(|(url, _)| url) else { return 0 };
    let plain_text = !text.is_empty() && !text.contains(['[', '<', '`', '\\', '\n', '"', '\'']);
    if !plain_text || !is_web(url) || url.contains(|c: char| c.is_whitespace() || "()<>\\`".contains(c)) {
        return 0;
    }
    let length = text.len() + url.len() + 4;
    out.push_str(&rest[..length]);
    length
}

/// `<https://…>` as it stands.
fn automatic_link(rest: &str, out: &mut String) -> usize {
    let Some((url, _)) = near(&rest[1..]).split_once('>') else { return 0 };
    if !is_web(url) || url.contains(|c: char| c.is_whitespace() || "<\\`".contains(c)) {
        return 0;
    }
    out.push_str(&rest[..url.len() + 2]);
    url.len() + 2
}

/// As far as a link is looked for: a text of brackets only must not be searched once for each.
fn near(text: &str) -> &str {
    &text[..text.floor_char_boundary(500)]
}

/// A bare address, without the punctuation of the sentence that it stands in.
fn address(rest: &str, out: &mut String) -> usize {
    if !is_web(rest) {
        return 0;
    }
    let ends = |c: char| c.is_whitespace() || "<>\"`\\[]".contains(c);
    let whole = &rest[..rest.find(ends).unwrap_or(rest.len())];
    let mut url = whole;
    while let Some(last) = url.chars().next_back() {
        let balanced = last == ')' && url.contains('(');
        if balanced || !".,;:!?'*_)}".contains(last) {
            break;
        }
        url = &url[..url.len() - last.len_utf8()];
    }
    if !is_web(url) {
        return 0;
    }
    out.push('<');
    out.push_str(url);
    out.push('>');
    url.len()
}

/// Whether it is the address of a web page, and more than the scheme.
fn is_web(url: &str) -> bool {
    let rest = url.strip_prefix("https://").or_else(|| url.strip_prefix("http://"));
    rest.is_some_and(|rest| rest.starts_with(|c: char| c.is_alphanumeric()))
}
