//! Label selectors: `a=b,c in (d,e),!f,g>1`.
//!
//! In: the text. Out: [`LabelSelector`], or the error text of `k8s.io/apimachinery/pkg/labels`.

mod parser;

use std::collections::BTreeSet;

use serde_json::Value;

pub(crate) use parser::ParseError;

/// Requirements that must all hold.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct LabelSelector(Vec<Requirement>);

#[derive(Clone, Debug, PartialEq, Eq)]
struct Requirement {
    key: String,
    operator: Operator,
}

#[derive(Clone, Debug, PartialEq, Eq)]
enum Operator {
    Exists,
    DoesNotExist,
    In(BTreeSet<String>),
    NotIn(BTreeSet<String>),
    GreaterThan(i64),
    LessThan(i64),
}

impl LabelSelector {
    /// Reads a selector; the empty text matches everything.
    pub(crate) fn parse(text: &str) -> Result<Self, ParseError> {
        parser::parse(text).map(Self)
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Whether an object's labels satisfy all requirements.
    pub(crate) fn matches(&self, object: &Value) -> bool {
        let label = |key: &str| object.get("metadata")?.get("labels")?.get(key)?.as_str();
        self.0.iter().all(|requirement| requirement.operator.holds(label(&requirement.key)))
    }
}

impl Operator {
    fn holds(&self, value: Option<&str>) -> bool {
        let number = || value.and_then(|value| value.parse::<i64>().ok());
        match self {
            Self::Exists => value.is_some(),
            Self::DoesNotExist => value.is_none(),
            Self::In(values) => value.is_some_and(|value| values.contains(value)),
            Self::NotIn(values) => value.is_none_or(|value| !values.contains(value)),
            Self::GreaterThan(bound) => number().is_some_and(|number| number > *bound),
            Self::LessThan(bound) => number().is_some_and(|number| number < *bound),
        }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn check(selector: &str, expected: bool) {
        let object = json!({"metadata": {"labels": {"app": "x", "tier": "3", "empty": ""}}});
        assert_eq!(LabelSelector::parse(selector).unwrap().matches(&object), expected, "{selector}");
    }

    fn error(selector: &str) -> String {
        LabelSelector::parse(selector).unwrap_err().to_string()
    }

    #[test]
    fn requirements_match_as_in_kubernetes() {
        for selector in ["", "app", "app=x", "app==x", "app in (x,y)", "app notin (y)", "!gone", "gone!=x", "tier>2"] {
            check(selector, true);
        }
        check("empty=", true);
        check("app=x,tier>2,tier<4", true);
        check("app = x , tier = 3", true);
        for selector in ["!app", "app!=x", "app in (y)", "app notin (x)", "gone", "tier>3", "app>1", "app=x,gone"] {
            check(selector, false);
        }
    }

    #[test]
    fn what_does_not_parse_is_refused_with_kubernetes_words() {
        assert_eq!(error("!!"), "unable to parse requirement: found '!', expected: identifier");
        assert_eq!(error("app in (x"), "unable to parse requirement: found '', expected: ',' or ')'");
        assert_eq!(error("tier>=1"), "unable to parse requirement: found '=', expected: identifier");
        assert_eq!(
            error("tier>x"),
            "unable to parse requirement: values[0]: Invalid value: \"x\": \
             for 'Gt', 'Lt' operators, the value must be an integer"
        );
        assert!(error("%zz").starts_with("unable to parse requirement: <nil>: Invalid value: \"%zz\": name part"));
    }
}
