//! Whether a property that is gone has come back under another name.

use super::super::{Pair, plain::plain};
use crate::schema::Schema;

/// The new property that looks like the one that is gone: it means the same, and has a similar name or says a lot.
pub(super) fn find<'s>(pair: Pair<'s>, name: &str, old: &Schema) -> Option<&'s str> {
    let is_new = |candidate: &&String| !pair.old.properties.contains_key(*candidate);
    let is_gone = |candidate: &&String| !pair.new.properties.contains_key(*candidate);
    let alone = pair.old.properties.keys().filter(is_gone).take(2).count() == 1
        && pair.new.properties.keys().filter(is_new).take(2).count() == 1;
    let says_much = alone && old.properties.len() > 1;
    let added = pair.new.properties.iter().filter(|(candidate, _)| is_new(candidate));
    let mut similar = added.filter(|(candidate, new)| {
        (says_much || is_similar(name, candidate)) && old.kind == new.kind && plain(old) == plain(new)
    });
    similar.next().map(|(candidate, _)| candidate.as_str())
}

/// The same word in another spelling, or one within the other.
fn is_similar(a: &str, b: &str) -> bool {
    let letters =
        |name: &str| name.chars().filter(|c| c.is_alphanumeric()).flat_map(char::to_lowercase).collect::<String>();
    let (a, b) = (letters(a), letters(b));
    a == b || a.len().min(b.len()) >= 4 && (a.contains(&b) || b.contains(&a))
}
