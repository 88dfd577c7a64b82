//! Checks of file paths.
//!
//! Source: `validateLocalDescendingPath`, `validatePathNoBacksteps`, `ValidateLocalNonReservedPath`.

use super::Field;

impl Field<'_> {
    /// The path must not lead upwards.
    pub(crate) fn no_backsteps(self) {
        if self.text().split('/').any(|part| part == "..") {
            self.invalid("must not contain '..'");
        }
    }

    /// The path must be relative and must not lead upwards.
    pub(crate) fn descending_path(self) {
        if self.text().starts_with('/') {
            self.invalid("must be a relative path");
        }
        self.no_backsteps();
    }

    /// The same for a path that must not start with two dots.
    pub(crate) fn local_path(self) {
        self.descending_path();
        if self.text().starts_with("..") && self.text() != ".." && !self.text().starts_with("../") {
            self.invalid("must not start with '..'");
        }
    }

    /// The number must be that of a file's mode.
    pub(crate) fn file_mode(self) {
        if self.is_set() && !(0..=0o777).contains(&self.int()) {
            self.invalid("must be a number between 0 and 0777 (octal), both inclusive");
        }
    }
}
