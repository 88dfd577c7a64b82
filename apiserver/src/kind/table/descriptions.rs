//! The texts of `descriptions.txt`, by type and field.

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::sync::LazyLock;

pub(super) const TEXT: &str = include_str!("descriptions.txt");

/// What the API's documentation says of a field of a type such as `meta/v1.ObjectMeta`, or with an empty name of the type itself.
pub(crate) fn description(of: &str, field: &str) -> Option<Cow<'static, str>> {
    static ALL: LazyLock<BTreeMap<(&str, &str), &str>> = LazyLock::new(|| read(TEXT));
    let text = *ALL.get(&(of, field))?;
    Some(if text.contains("\\n") { Cow::Owned(text.replace("\\n", "\n")) } else { Cow::Borrowed(text) })
}

fn read(text: &str) -> BTreeMap<(&str, &str), &str> {
    let (mut all, mut of) = (BTreeMap::new(), "");
    for line in text.lines() {
        match line.strip_prefix(' ').and_then(|line| line.split_once('|')) {
            Some((field, text)) => drop(all.insert((of, field), text)),
            None => of = line,
        }
    }
    all
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn types_and_their_fields_have_texts_which_may_have_several_lines() {
        assert_eq!(description("meta/v1.ListMeta", "").unwrap().split(' ').next(), Some("ListMeta"));
        assert!(description("meta/v1.ListOptions", "resourceVersion").unwrap().ends_with("\n\nDefaults to unset"));
        assert_eq!(description("meta/v1.ListOptions", "nothing"), None);
    }
}
