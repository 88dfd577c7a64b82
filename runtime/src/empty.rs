//! `type: object` without properties: kube-apiserver keeps nothing in it.
//!
//! In: any JSON object, whose content is skipped. Out: [`Empty`], written as `{}`.

#![expect(unused_mut, unused_variables, reason = "the table of an object without fields has nothing to read or write")]

/// An object in which nothing is kept.
#[derive(Clone, Copy, Default, PartialEq, Eq, Hash)]
pub struct Empty {}

crate::object! { Empty {} }

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn whatever_is_in_it_is_dropped() {
        let empty: Empty = serde_json::from_str(r#"{"a": {"b": [1]}}"#).unwrap();
        assert_eq!(serde_json::to_string(&empty).unwrap(), "{}");
    }

    #[test]
    fn it_is_an_object_nevertheless() {
        let error = serde_json::from_str::<Empty>("[]").unwrap_err();
        assert_eq!(error.to_string(), "invalid type: sequence, expected an object (Empty) at line 1 column 0");
    }
}
