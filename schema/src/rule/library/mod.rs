//! The functions that Kubernetes adds to CEL, as tables: signature, cost, body.
//!
//! Those of `k8s.io/apiserver/pkg/cel/library` at compatibility version 1.35.

// Bodies have one type, whether they can fail or not.
#![allow(clippy::unnecessary_wraps)]

mod address;
mod authorizer;
mod format;
mod ip;
mod lists;
mod quantity;
mod regex;
mod semver;
#[cfg(test)]
mod tests;
mod url;

use std::sync::{Arc, LazyLock};

use crdgen_cel::{
    Charge, Cost, Fault, Library, Outcome, PER_CHARACTER, Range,
    costs::{characters, size},
};

/// CEL's own functions and Kubernetes'.
pub fn library() -> Arc<Library> {
    static LIBRARY: LazyLock<Arc<Library>> = LazyLock::new(|| {
        let mut library = Library::standard();
        for functions in [
            address::FUNCTIONS,
            authorizer::FUNCTIONS,
            format::FUNCTIONS,
            lists::FUNCTIONS,
            quantity::FUNCTIONS,
            regex::FUNCTIONS,
            semver::FUNCTIONS,
            url::FUNCTIONS,
        ] {
            library.add(functions);
        }
        for found in address::types() {
            library.add_type(found);
        }
        Arc::new(library)
    });
    LIBRARY.clone()
}

/// A function that reads its first argument, a text, once.
const READS_TEXT: Cost = Cost {
    charge: Charge::Arguments(|_, arguments| characters(size(arguments[0]))),
    estimate: |call| crdgen_cel::CallEstimate::of(call.size(0).scaled(PER_CHARACTER)),
};

/// A function that reads its first argument, a text, and what it is made of once more.
const READS_TEXT_TWICE: Cost = Cost {
    charge: Charge::Arguments(|_, arguments| Range::exactly(size(arguments[0])).scaled(2.0 * PER_CHARACTER).max),
    estimate: |call| crdgen_cel::CallEstimate::of(call.size(0).scaled(2.0 * PER_CHARACTER)),
};

/// The fault of a value that is not what the signature says.
fn no_overload<'a, T>() -> Outcome<'a, T> {
    Err(Fault::NO_SUCH_OVERLOAD)
}
