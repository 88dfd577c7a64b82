//! The warnings about a request, which go out as headers whether it is refused or not.
//!
//! Source: `k8s.io/apiserver/pkg/endpoints/filters/warning.go`: a text is sent once.

use std::sync::{Mutex, PoisonError};

/// Collects warnings while a request is worked on.
#[derive(Debug, Default)]
pub(crate) struct Warnings(Mutex<Vec<String>>);

impl Warnings {
    /// Adds a warning, unless it is there already.
    pub(crate) fn add(&self, text: impl Into<String>) {
        let text = text.into();
        let mut all = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if !all.contains(&text) {
            all.push(text);
        }
    }

    /// Adds several.
    pub(crate) fn extend(&self, texts: impl IntoIterator<Item = String>) {
        texts.into_iter().for_each(|text| self.add(text));
    }

    /// All of them, in the order in which they came.
    pub(crate) fn into_all(self) -> Vec<String> {
        self.0.into_inner().unwrap_or_else(PoisonError::into_inner)
    }
}
