//! Paragraphs, lists and code blocks.

use std::{borrow::Cow, collections::BTreeSet};

use super::{inline::inline, visible};

/// Lines are folded at this many characters, where they have spaces.
const WIDTH: usize = 100;

/// The lines of a text: its paragraphs and lists, folded, and its fenced code blocks as plain text. No blank line at
/// either end, and never two in a row. Nested lists come out flat, and indented text is not taken for code.
pub(crate) fn lines(text: &str) -> Vec<String> {
    let text = visible(text);
    let source: Vec<&str> = text.lines().map(str::trim_end).collect();
    let fences: Vec<Option<Fence>> = source.iter().map(|line| fence(line)).collect();
    let mut blocks = Blocks::default();
    let mut at = 0;
    while let Some(line) = source.get(at) {
        if let Some(end) = blocks.fence_end(&fences, at) {
            blocks.fenced(line, &source[at + 1..end]);
            at = end + 1;
            continue;
        }
        let line = line.trim_start();
        if line.is_empty() {
            blocks.end_paragraph();
            blocks.blank();
        } else if let Some((marker, rest)) = list_item(line).filter(|(marker, _)| blocks.is_in_order(marker)) {
            blocks.end_paragraph();
            blocks.number = number(marker);
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
    /// The number of the last item, in a numbered list.
    number: Option<u64>,
    /// Fences that are known to have no end, by their length.
    unclosed: BTreeSet<usize>,
}

impl<'a> Blocks<'a> {
    fn blank(&mut self) {
        if self.out.last().is_some_and(|line| !line.is_empty()) {
            self.out.push(String::new());
        }
    }

    /// Whether an item may have this marker: Markdown counts by itself, so that a number out of order would be lost.
    fn is_in_order(&self, marker: &str) -> bool {
        let in_list = self.paragraph.is_empty() || !self.marker.is_empty();
        match (self.number.filter(|_| in_list), number(marker)) {
            (Some(last), Some(number)) => number == last + 1,
            _ => true,
        }
    }

    /// Writes the paragraph: what follows its first line is indented as far as the item it belongs to.
    fn end_paragraph(&mut self) {
        let marker = std::mem::take(&mut self.marker);
        let paragraph = std::mem::take(&mut self.paragraph);
        if paragraph.is_empty() {
            return;
        }
        if marker.is_empty() {
            self.number = None;
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
    fn fenced(&mut self, opening: &'a str, content: &[&'a str]) {
        self.end_paragraph();
        self.blank();
        // A name beside the fence is the language; anything else is content whose newline YAML has folded away.
        let beside = opening.trim_start().trim_start_matches('`').trim();
        let is_language = beside.chars().all(|c| c.is_alphanumeric() || "-_+#.,".contains(c));
        let content = (!is_language).then_some(&beside).into_iter().chain(content);
        let longest_run = content.clone().map(|line| backticks(line.trim_start())).max().unwrap_or(0);
        let fence = "`".repeat(longest_run.max(2) + 1);
        self.out.push(format!("{fence}text"));
        self.out.extend(content.map(|&line| line.to_owned()));
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

fn number(marker: &str) -> Option<u64> {
    marker.trim_end_matches(['.', ')', ' ']).parse().ok()
}

/// One paragraph of Markdown, folded.
pub(crate) fn fold(line: &str) -> Vec<String> {
    fold_at(line, WIDTH).into_iter().map(str::to_owned).collect()
}

/// Folds a line at spaces, but before no word that could begin a block: within code it cannot be escaped.
fn fold_at(line: &str, width: usize) -> Vec<&str> {
    let mut rest = line.trim_matches(' ');
    let mut lines = Vec::new();
    // No text has more characters than bytes.
    while rest.len() > width {
        let end = if rest.as_bytes()[..width].is_ascii() { Some(width) } else { nth_character(rest, width) };
        let Some(end) = end else { break };
        let may_end = |at: &usize| {
            let word = rest[at + 1..].split(' ').next().unwrap_or_default();
            !word.is_empty() && !begins_block(word)
        };
        let spaces = |from: usize, to: usize| rest[from..to].match_indices(' ').map(move |(at, _)| from + at);
        let before = rest[..end].rmatch_indices(' ').map(|(at, _)| at).find(may_end);
        let fits = if rest[end..].starts_with(' ') && may_end(&end) { Some(end) } else { before };
        let Some(at) = fits.or_else(|| spaces(end, rest.len()).find(may_end)) else { break };
        lines.push(rest[..at].trim_end());
        rest = &rest[at + 1..];
    }
    lines.push(rest.trim_end());
    lines
}

fn nth_character(text: &str, n: usize) -> Option<usize> {
    text.char_indices().nth(n).map(|(at, _)| at)
}

/// Whether a line that starts with this word could be a heading, a quotation, a rule, an item, a table or a code block.
fn begins_block(word: &str) -> bool {
    // Most words start with a letter.
    if word.starts_with(|c: char| c.is_ascii_alphabetic()) {
        return false;
    }
    let numbered = word.trim_start_matches(|c: char| c.is_ascii_digit());
    match word.len() - numbered.len() {
        0 => {
            word.starts_with(['#', '>', '=', '~', '|'])
                || ["---", "***", "___", "```"].iter().any(|start| word.starts_with(start))
                || matches!(word, "*" | "**" | "+")
                || !word.is_empty() && word.chars().all(|c| matches!(c, '-' | ':' | '|'))
        }
        1..=9 => matches!(numbered, "." | ")"),
        _ => false,
    }
}

/// Writes the line, escaped where its first word could begin something else than text.
fn push_guarded(text: &mut String, line: &str) {
    let first = line.split(' ').next().unwrap_or_default();
    if begins_block(first) {
        // Behind a number it is the full stop that begins an item.
        let (number, rest) = line.split_at(line.len() - line.trim_start_matches(|c: char| c.is_ascii_digit()).len());
        text.extend([number, "\\", rest]);
    } else {
        text.push_str(line);
    }
}
