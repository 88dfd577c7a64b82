//! Checks of the data in config maps and secrets.
//!
//! Source: `IsConfigMapKey`, `ValidateConfigMap`, `ValidateSecret`.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;

use super::Field;

/// The largest total size of one object's data, in bytes.
const SIZE_LIMIT: i64 = 1024 * 1024;

const KEY_RULE: &str = "a valid config key must consist of alphanumeric characters, '-', '_' or '.' (e.g. 'key.name',  \
    or 'KEY_NAME',  or 'key-name', regex used for validation is '[-._a-zA-Z0-9]+')";

impl Field<'_> {
    /// The keys of a map must be those of data. Returns the size of its values, in bytes; `encoded` values are base64.
    pub(crate) fn data(self, encoded: bool) -> usize {
        let mut size = 0;
        for (key, value) in self.entries() {
            value.invalid_text_for(key, key_faults(key));
            let text = value.text();
            size += if encoded { STANDARD.decode(text).map_or(0, |data| data.len()) } else { text.len() };
        }
        size
    }

    /// The data of an object, in bytes, must not be too much.
    pub(crate) fn data_size(self, size: usize) {
        if i64::try_from(size).unwrap_or(i64::MAX) > SIZE_LIMIT {
            self.too_long(SIZE_LIMIT);
        }
    }

    /// An object that is immutable stays so, and these parts of it stay what they are.
    pub(crate) fn sealed(self, old: Self, parts: &[&'static str]) {
        const WHY: &str = "field is immutable when `immutable` is set";
        if !old.get("immutable").flag() {
            return;
        }
        if !self.get("immutable").flag() {
            self.get("immutable").forbidden(WHY);
        }
        for part in parts.iter().filter(|part| !self.get(part).equals(old.get(part))) {
            self.get(part).forbidden(WHY);
        }
    }

    /// The text must be the key of an entry of data.
    pub(crate) fn data_key(self) {
        self.invalid_for(key_faults(self.text()));
    }
}

fn key_faults(key: &str) -> Vec<String> {
    let mut faults = Vec::new();
    if key.len() > 253 {
        faults.push("must be no more than 253 characters".to_owned());
    }
    if key.is_empty() || !key.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"-_.".contains(&byte)) {
        faults.push(KEY_RULE.to_owned());
    }
    if key == "." || key == ".." {
        faults.push(format!("must not be '{key}'"));
    } else if key.starts_with("..") {
        faults.push("must not start with '..'".to_owned());
    }
    faults
}
