//! What is checked of a text.

use std::sync::{OnceLock, Weak};

use crdgen_cel::re2;

use crate::{constraint, format::Format, validation::scalars::Scalars};

/// What is checked of a text.
#[derive(Debug)]
pub(super) struct Text {
    min_length: Option<i64>,
    max_length: Option<i64>,
    pattern: Option<Pattern>,
    format: Option<Format>,
}

/// A pattern, which is compiled when it is matched for the first time. The cache of all patterns decides how long it is kept.
#[derive(Debug)]
struct Pattern {
    source: String,
    compiled: OnceLock<Weak<re2::Pattern>>,
}

impl Text {
    pub(super) fn new(scalars: Scalars<'_>) -> Option<Self> {
        let limits = &*scalars.schema.constraints;
        let pattern = limits.pattern.clone().map(|source| Pattern { source, compiled: OnceLock::new() });
        let format = scalars.format().and_then(Format::from_name);
        let text = Self { min_length: limits.min_length, max_length: limits.max_length, pattern, format };
        let has_checks = text.min_length.is_some() || text.max_length.is_some() || text.pattern.is_some();
        (has_checks || text.format.is_some()).then_some(text)
    }

    pub(super) fn accepts(&self, text: &str) -> bool {
        self.max_length.is_none_or(|limit| constraint::max_length(text, limit).is_none())
            && self.min_length.is_none_or(|limit| constraint::min_length(text, limit).is_none())
            && self.format.is_none_or(|format| format.matches(text))
            && self.pattern.as_ref().is_none_or(|pattern| pattern.matches(text))
    }
}

impl Pattern {
    fn matches(&self, text: &str) -> bool {
        if let Some(compiled) = self.compiled.get().and_then(Weak::upgrade) {
            return compiled.is_match(text);
        }
        let Ok(compiled) = re2::cached(&self.source) else { return false };
        self.compiled.get_or_init(|| std::sync::Arc::downgrade(&compiled));
        compiled.is_match(text)
    }
}
