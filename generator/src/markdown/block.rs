//! Paragraphs, lists and code blocks.

use std::{borrow::Cow, collections::BTreeSet};

use super::{inline::inline, visible};

/// Lines are folded at this many characters, where they have spaces.
const WIDTH: usize = 100;

/// The lines of a text: its paragraphs and lists, folded, and its fenced code blocks as plain text. No blank line at
/// either end, and never two in a row. Nested lists come out flat, and indented text is no code.
pub(crate) fn lines(text: &str) -> Vec<String> {
    let text = visible(text);
    let source: Vec<&str> = text.lines().map(str::trim_end).collect();
    let fences: Vec<Option<Fence>> = source.iter().map(|line| fence(line)).collect();
    let mut blocks = Blocks::default();
    let mut at = 0;
    while let Some(line) = source.get(at) {
        if let Some(end) = blocks.fence_end(&fences, at) {
            blocks.fenced(&source[at + 1..end]);
            at = end + 1;
            continue;
        }
        let line = line.trim_start();
        if line.is_empty() {
            blocks.end_paragraph();
            blocks.blank();
        } else if let Some((marker, rest)) = list_item(line) {
            blocks.end_paragraph();
            blocks.marker.push_str(marker);
            blocks.paragraph.push(rest);
        } else {
            blocks.paragraph.push(line);
        }
        at += 1;
    }
    blocks.end_paragraph();
    while blocks.out.last().is_some_and(String::is_empty) {
        blocks.out.pop();
    }
    blocks.out
}

#[derive(Default)]
struct Blocks<'a> {
    out: Vec<String>,
    paragraph: Vec<&'a str>,
    /// `- ` or `1. `, if the paragraph is an item of a list.
    marker: String,
    /// Fences that are known to have no end, by their length.
    unclosed: BTreeSet<usize>,
}

impl<'a> Blocks<'a> {
    fn blank(&mut self) {
        if self.out.last().is_some_and(|line| !line.is_empty()) {
            self.out.push(String::new());
        }
    }

    /// Writes the paragraph: what follows its first line is indented as far as the item it belongs to.
    fn end_paragraph(&mut self) {
        let marker = std::mem::take(&mut self.marker);
        let paragraph = std::mem::take(&mut self.paragraph);
        if paragraph.is_empty() {
            return;
        }
        let indent = " ".repeat(marker.len());
        let joined = if let [line] = paragraph.as_slice() { Cow::Borrowed(*line) } else { paragraph.join("\n").into() };
        let escaped = inline(&joined);
        let mut prefix = marker.as_str();
        for line in escaped.lines() {
            for folded in fold_at(line, WIDTH.saturating_sub(indent.len())) {
                let mut text = String::with_capacity(prefix.len() + folded.len() + 1);
                text.push_str(prefix);
                push_guarded(&mut text, folded);
                self.out.push(text);
                prefix = &indent;
            }
        }
    }

    /// The line that closes the fence that opens at `start`, if there is a fence.
    fn fence_end(&mut self, fences: &[Option<Fence>], start: usize) -> Option<usize> {
        let Fence { length, .. } = fences[start]?;
        if self.unclosed.contains(&length) {
            return None;
        }
        let closing = Some(Fence { length, closes: true });
        let end = fences[start + 1..].iter().position(|fence| *fence == closing).map(|offset| start + 1 + offset);
        if end.is_none() {
            self.unclosed.insert(length);
        }
        end
    }

    /// A code block. It says `text`: rustdoc would compile it as Rust otherwise. No run of backticks in it ends it.
    fn fenced(&mut self, content: &[&'a str]) {
        self.end_paragraph();
        self.blank();
        let longest_run = content.iter().map(|line| backticks(line.trim_start())).max().unwrap_or(0);
        let fence = "`".repeat(longest_run.max(2) + 1);
        self.out.push(format!("{fence}text"));
        self.out.extend(content.iter().map(|&line| line.to_owned()));
        self.out.push(fence);
        self.out.push(String::new());
    }
}

/// A line of three backticks or more.
#[derive(Clone, Copy, PartialEq, Eq)]
struct Fence {
    length: usize,
    /// Whether there is nothing else on the line.
    closes: bool,
}

fn fence(line: &str) -> Option<Fence> {
    let line = line.trim_start();
    let length = backticks(line);
    let info = &line[length..];
    (length >= 3 && !info.contains('`')).then_some(Fence { length, closes: info.is_empty() })
}

/// How many backticks a line starts with.
fn backticks(line: &str) -> usize {
    line.len() - line.trim_start_matches('`').len()
}

/// A list item's marker and text.
fn list_item(line: &str) -> Option<(&str, &str)> {
    let digits = line.len() - line.trim_start_matches(|c: char| c.is_ascii_digit()).len();
    let marker_length = match line.as_bytes().get(digits)? {
        b'-' | b'*' | b'+' if digits == 0 => 1,
        b'.' | b')' if (1..=9).contains(&digits) => digits + 1,
        _ => return None,
    };
    let rest = &line[marker_length..];
    let text = rest.trim_start();
    (rest.starts_with(' ') && !text.is_empty()).then(|| (&line[..=marker_length], text))
}

/// One paragraph of Markdown, folded.
pub(crate) fn fold(line: &str) -> Vec<String> {
    fold_at(line, WIDTH).into_iter().map(str::to_owned).collect()
}

/// Folds a line at spaces.
fn fold_at(line: &str, width: usize) -> Vec<&str> {
    // No text has more characters than bytes.
    if line.len() <= width {
        return vec![line.trim_matches(' ').trim_end()];
    }
    let mut lines = Vec::new();
    let (mut start, mut at, mut length) = (0, 0, 0);
    for word in line.split(' ') {
        let word_length = word.chars().count();
        if length == 0 {
            start = at;
        } else if length + 1 + word_length > width && !word.is_empty() && !begins_item(word) {
            lines.push(line[start..at].trim_end());
            (start, length) = (at, 0);
        } else {
            length += 1;
        }
        length += word_length;
        at += word.len() + 1;
    }
    lines.push(line[start..].trim_end());
    lines
}

/// Whether a line that starts with this word would start a list.
fn begins_item(word: &str) -> bool {
    let digits = word.trim_start_matches(|c: char| c.is_ascii_digit());
    match word.len() - digits.len() {
        0 => matches!(word, "-" | "*" | "+"),
        1..=9 => matches!(digits, "." | ")"),
        _ => false,
    }
}

/// Writes the line, escaped where its start would mean a heading, a quotation, a rule, a list, a table or a code block.
fn push_guarded(text: &mut String, line: &str) {
    // Most lines start with a letter, which means nothing.
    if line.starts_with(|c: char| c.is_ascii_alphabetic()) {
        text.push_str(line);
        return;
    }
    let separates_cells = !line.is_empty() && line.chars().all(|c| matches!(c, '-' | ':' | '|' | ' '));
    let special = line.starts_with(['#', '>', '=', '~', '|'])
        || separates_cells
        || ["---", "***", "___", "- ", "* ", "+ "].iter().any(|start| line.starts_with(start))
        || matches!(line, "*" | "+" | "**");
    if special {
        text.push('\\');
    }
    let digits = line.len() - line.trim_start_matches(|c: char| c.is_ascii_digit()).len();
    let ends_number = line[digits..].starts_with(['.', ')']);
    let (number, rest) = line.split_at(digits);
    text.push_str(number);
    if digits > 0 && ends_number && (list_item(line).is_some() || line.len() == digits + 1) {
        text.push('\\');
    }
    text.push_str(rest);
}
