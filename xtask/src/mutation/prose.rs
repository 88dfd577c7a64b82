//! A CRD with its descriptions cut short.
//!
//! In: a CRD as JSON. Out: the same, where each description is a short text that is equal for equal descriptions only.
//! Descriptions are more than half of what there is to read, and what matters about them here is which are equal.

use std::{collections::BTreeMap, sync::Arc};

use super::json::Json;

/// Cuts all descriptions short.
pub(crate) fn shortened(json: &str) -> serde_json::Result<String> {
    let mut document = Json::parse(json)?;
    shorten(&mut document, &mut BTreeMap::new());
    Ok(document.to_string())
}

fn shorten(value: &mut Json, known: &mut BTreeMap<Arc<str>, String>) {
    for item in value.items_mut().into_iter().flatten() {
        shorten(item, known);
    }
    for (name, member) in value.members_mut().into_iter().flatten() {
        match member {
            // A property that is called `description` has a schema.
            Json::Text(text) if name.as_ref() == "description" && !text.trim().is_empty() => {
                let number = known.len();
                let short = known.entry(Arc::clone(text)).or_insert_with(|| format!("Text {number}."));
                *member = Json::text(short);
            }
            member => shorten(member, known),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn equal_descriptions_stay_equal_and_others_different() {
        let json = r#"{"a":{"description":"x y"},"description":{"description":"z"},"b":[{"description":"x y"}],"c":{"description":""}}"#;
        let short = r#"{"a":{"description":"Text 0."},"description":{"description":"Text 1."},"b":[{"description":"Text 0."}],"c":{"description":""}}"#;
        assert_eq!(shortened(json).unwrap(), short);
    }
}
