//! The custom resources that are asked for, beside those of `traffic`.

use std::sync::OnceLock;

use crdgen_schema::definition;
use serde_json::Value;

use super::base::{Base, base};

const TEXTS: [&str; 3] = [
    include_str!("../../twins/crds/gadgets.yaml"),
    include_str!("../../twins/crds/sacks.yaml"),
    include_str!("../../twins/crds/racks.yaml"),
];

pub(super) const BASES: [Base; 5] = [
    base(
        "twins.example.com/v1",
        "gadgets",
        "twins.example.com/v1.Gadget",
        true,
        r#"{"spec":{"size":"a","least":1,"most":5,"steps":[{"name":"a"}],"parts":[{"id":"a","count":1}]}}"#,
    ),
    base("twins.example.com/v1", "gadgets", "twins.example.com/v1.Gadget", true, r#"{"spec":{"size":"b"}}"#),
    base(
        "twins.example.com/v1beta1",
        "gadgets",
        "twins.example.com/v1beta1.Gadget",
        true,
        r#"{"spec":{"size":"c","inner":{"deep":{"tags":["a","b"]}}}}"#,
    ),
    base(
        "twins.example.com/v1",
        "sacks",
        "twins.example.com/v1.Sack",
        true,
        r#"{"spec":{"known":"a","unknown":{"a":[1]},"inside":{"apiVersion":"v1","kind":"Pod","metadata":{"name":"a"},"spec":{"a":1}}}}"#,
    ),
    base(
        "twins.example.com/v1alpha1",
        "racks",
        "twins.example.com/v1alpha1.Rack",
        false,
        r#"{"spec":{"set":["a","b"],"keyed":[{"port":80},{"port":80,"protocol":"UDP"}],"map":{"a":"b"}}}"#,
    ),
];

/// The definitions of [`BASES`].
pub(super) fn definitions() -> &'static [Value] {
    static DEFINITIONS: OnceLock<Vec<Value>> = OnceLock::new();
    DEFINITIONS.get_or_init(|| {
        let loaded = TEXTS.iter().flat_map(|text| definition::load("crd.yaml", text).definitions);
        loaded.filter_map(|definition| serde_json::from_str(&definition.json).ok()).collect()
    })
}

#[cfg(test)]
mod tests {
    use super::{BASES, TEXTS, definitions};
    use crate::random::table::Table;

    #[test]
    fn every_custom_resource_has_a_definition_and_a_struct() {
        assert_eq!(definitions().len(), TEXTS.len());
        for base in BASES {
            let fields = Table::read().fields(base.structure).unwrap_or_default();
            assert!(fields.iter().any(|field| field.name == "spec"), "{}", base.structure);
        }
    }
}
