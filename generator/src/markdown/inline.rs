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

/// A paragraph: code spans, links to web pages and plain emphasis stay, bare addresses become links, and whatever else
/// Markdown would take for syntax is escaped.
pub(super) fn inline(text: &str) -> Cow<'_, str> {
    let has_address = text.contains("://");
    if !has_address && !has_syntax(text) {
        return text.into();
    }
    let mut out = String::with_capacity(text.len() + text.len() / 16);
    let mut spans = CodeSpans::default();
    let mut rest = text;
    loop {
        let stops = |byte| is_syntax(byte) || byte == b'-' || has_address && byte == b'h';
        let plain = rest.bytes().position(stops).unwrap_or(rest.len());
        out.push_str(&rest[..plain]);
        rest = &rest[plain..];
        let Some(c) = rest.chars().next() else { return out.into() };
        let taken = match c {
            '`' => spans.take(rest, &mut out),
            '[' => link(rest, &mut out),
            '<' => automatic_link(rest, &mut out),
            '*' | '_' | '~' => delimiters(rest, &mut out),
            '-' => dashes(rest, &mut out),
            'h' if !out.ends_with(char::is_alphanumeric) => address(rest, &mut out),
            _ => 0,
        };
        if taken == 0 {
            if matches!(c, '[' | ']' | '<' | '\\') {
                out.push('\\');
            }
            out.push(c);
        }
        rest = &rest[taken.max(1)..];
    }
}

/// Whether a byte may mean more than itself, wherever it stands.
fn is_syntax(byte: u8) -> bool {
    matches!(byte, b'`' | b'[' | b']' | b'<' | b'\\' | b'*' | b'_' | b'~')
}

/// Whether anything in a paragraph may mean more than itself. Most have nothing.
fn has_syntax(text: &str) -> bool {
    // Without an early end the compiler looks at many bytes at once.
    text.bytes().fold(false, |found, byte| found | is_syntax(byte)) || text.contains("--")
}

/// Remembers for which backticks no partner is left, so that a text is searched once.
#[derive(Default)]
struct CodeSpans {
    unpaired: [bool; 2],
}

impl CodeSpans {
    /// A code span in one or two backticks as it stands, on one line. Without a partner, or with more (which could start a
    /// block), each backtick is escaped.
    fn take(&mut self, rest: &str, out: &mut String) -> usize {
        let run = rest.len() - rest.trim_start_matches('`').len();
        let closed = if run <= 2 && !self.unpaired[run - 1] { closing(rest, run) } else { None };
        if let Some(end) = closed {
            out.extend(rest[..end].chars().map(|c| if c == '\n' { ' ' } else { c }));
            return end;
        }
        if run <= 2 {
            self.unpaired[run - 1] = true;
        }
        out.extend(std::iter::repeat_n("\\`", run));
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

/// A run of `*`, `_` or `~`. Emphasis that is plainly meant stays; otherwise the characters belong to the text, as in
/// `*.example.com` and `__name__`, and are shown.
fn delimiters(rest: &str, out: &mut String) -> usize {
    let Some(c) = rest.chars().next() else { return 0 };
    let run = rest.len() - rest.trim_start_matches(c).len();
    let before = out.chars().next_back();
    if let Some(length) = emphasis(rest, run).filter(|_| before.is_none_or(char::is_whitespace)) {
        out.push_str(&rest[..length]);
        return length;
    }
    let both = |test: fn(char) -> bool| before.is_some_and(test) && rest[run..].starts_with(test);
    let means_nothing = c == '*' && both(char::is_whitespace) || c == '_' && both(char::is_alphanumeric);
    if means_nothing {
        out.push_str(&rest[..run]);
    } else {
        out.extend(std::iter::repeat_n(['\\', c], run).flatten());
    }
    run
}

/// The length of a few words that stand alone in `*`, `**` or `_`. Two underscores are part of a name more often.
fn emphasis(rest: &str, run: usize) -> Option<usize> {
    let marker = &rest[..run];
    if !matches!(marker, "*" | "**" | "_") {
        return None;
    }
    let inside = near(&rest[run..]);
    let words = &inside[..inside.find(marker)?];
    let after = &inside[words.len() + run..];
    let stands_alone = after.is_empty() || after.starts_with(|c: char| c.is_whitespace() || ".,:;!?)".contains(c));
    let is_meant = words.starts_with(char::is_alphanumeric)
        && !words.ends_with(char::is_whitespace)
        && words.split_whitespace().all(is_word_of_prose);
    (stands_alone && is_meant).then_some(words.len() + 2 * run)
}

/// `field's`, `non-zero` and `removed.`, but not `example.com` or `--flag`.
fn is_word_of_prose(word: &str) -> bool {
    let word = word.trim_end_matches(['.', ',', ':', ';', '!', '?', '%']);
    !word.contains("--") && word.chars().all(|c| c.is_alphanumeric() || matches!(c, '-' | '\''))
}

/// Dashes that belong to a word and are not a pause between two, as in `--dry-run`, `rw-rw----` and `-----BEGIN`: rustdoc would join them.
fn dashes(rest: &str, out: &mut String) -> usize {
    let run = rest.len() - rest.trim_start_matches('-').len();
    let is_pause = out.ends_with(char::is_whitespace) && rest[run..].starts_with(char::is_whitespace);
    if run == 1 || is_pause {
        out.push_str(&rest[..run]);
    } else {
        out.extend(std::iter::repeat_n("\\-", run - 1));
        out.push('-');
    }
    run
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

/// Whether it is the address of a web page, and more than the scheme. As for rustdoc, templates such as
/// `https://%s.example.com` are addresses.
fn is_web(url: &str) -> bool {
    let rest = url.strip_prefix("https://").or_else(|| url.strip_prefix("http://"));
    let host = rest.map(|rest| rest.trim_start_matches(|c: char| "-@:%._+~#=".contains(c)));
    host.is_some_and(|host| host.starts_with(|c: char| c.is_alphanumeric()))
}
