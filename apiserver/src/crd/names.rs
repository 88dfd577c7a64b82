//! Which names of a CRD are free in its group.
//!
//! In: a CRD, and the names that other CRDs of its group have. Out: the names it gets, and why it does not get the
//! others, for the condition `NamesAccepted`. Source:
//! `k8s.io/apiextensions-apiserver/pkg/controller/status/naming_controller.go`.

use std::collections::BTreeSet;

use serde_json::{Map, Value};

/// The names that are taken in a group.
#[derive(Clone, Debug, Default)]
pub(crate) struct Taken {
    /// Plurals, singulars and short names.
    resources: BTreeSet<String>,
    kinds: BTreeSet<String>,
}

/// What a CRD gets.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Granted {
    /// `status.acceptedNames`
    pub(crate) names: Value,
    /// The reason and the message of a refusal.
    pub(crate) conflict: Option<(&'static str, String)>,
}

impl Taken {
    /// Marks the accepted names of a CRD as taken.
    pub(crate) fn add(&mut self, crd: &Value) {
        let names = &crd["status"]["acceptedNames"];
        let texts = |name: &str| names[name].as_str().filter(|text| !text.is_empty()).map(str::to_owned);
        self.resources.extend(texts("plural"));
        self.resources.extend(texts("singular"));
        self.resources.extend(short_names(names).into_iter().map(str::to_owned));
        self.kinds.extend(texts("kind"));
        self.kinds.extend(texts("listKind"));
    }

    /// Decides which of its names a CRD gets. Names that are taken belong to other CRDs.
    pub(crate) fn grant(&self, crd: &Value) -> Granted {
        let (wanted, accepted) = (&crd["spec"]["names"], &crd["status"]["acceptedNames"]);
        let mut names = accepted.as_object().cloned().unwrap_or_default();
        let mut conflict = None;
        for (name, taken, reason) in [
            ("plural", &self.resources, "PluralConflict"),
            ("singular", &self.resources, "SingularConflict"),
            ("shortNames", &self.resources, "ShortNamesConflict"),
            ("kind", &self.kinds, "KindConflict"),
            ("listKind", &self.kinds, "ListKindConflict"),
        ] {
            match refused(&wanted[name], &accepted[name], taken) {
                Some(message) => conflict = Some((reason, message)),
                None => copy(&mut names, name, wanted),
            }
        }
        copy(&mut names, "categories", wanted);
        Granted { names: Value::Object(names), conflict }
    }
}

/// The message about wanted names that other CRDs have. Names that the CRD was given before do not count.
fn refused(wanted: &Value, accepted: &Value, taken: &BTreeSet<String>) -> Option<String> {
    if wanted == accepted {
        return None;
    }
    let list = |value: &Value| match value {
        Value::String(text) => vec![text.clone()],
        Value::Array(items) => items.iter().filter_map(Value::as_str).map(str::to_owned).collect(),
        _ => Vec::new(),
    };
    let own = list(accepted);
    let conflicts: Vec<String> = list(wanted)
        .iter()
        .filter(|name| !own.contains(name) && taken.contains(*name))
        .map(|name| format!("{name:?} is already in use"))
        .collect();
    match &conflicts[..] {
        [] => None,
        [only] => Some(only.clone()),
        several => Some(format!("[{}]", several.join(", "))),
    }
}

fn copy(names: &mut Map<String, Value>, name: &str, from: &Value) {
    match from.get(name) {
        Some(value) => names.insert(name.to_owned(), value.clone()),
        None => names.remove(name),
    };
}

fn short_names(names: &Value) -> Vec<&str> {
    names["shortNames"].as_array().into_iter().flatten().filter_map(Value::as_str).collect()
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn crd(names: &Value) -> Value {
        json!({"spec": {"names": names}, "status": {"acceptedNames": {"plural": "", "kind": ""}}})
    }

    #[test]
    fn free_names_are_granted() {
        let names = json!({"plural": "things", "singular": "thing", "kind": "Thing", "listKind": "ThingList"});
        assert_eq!(Taken::default().grant(&crd(&names)), Granted { names, conflict: None });
    }

    #[test]
    fn a_name_that_another_crd_has_is_refused_and_the_others_are_granted() {
        let mut taken = Taken::default();
        taken.add(&json!({"status": {"acceptedNames": {"plural": "things", "shortNames": ["t"], "kind": "Thing"}}}));
        let granted = taken.grant(&crd(&json!({"plural": "others", "shortNames": ["t"], "kind": "Other"})));
        assert_eq!(granted.names, json!({"plural": "others", "kind": "Other"}));
        assert_eq!(granted.conflict, Some(("ShortNamesConflict", "\"t\" is already in use".to_owned())));
    }
}
