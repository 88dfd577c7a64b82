//! Whether a CRD can be served: valid for kube-apiserver, and without what this server does not do.

use crdgen_schema::acceptance::{self, Rejection};
use crdgen_schema::definition::Definition;
use crdgen_schema::{field, validation};
use serde_json::Value;

use crate::response::status::{Result, Status};

/// What a server warns of that ignores validation rules.
pub(crate) const RULES_IGNORED: &str =
    "crdgen-apiserver ignores x-kubernetes-validations: objects that break a rule are accepted";

/// What kube-apiserver would refuse a CRD for (422).
pub(super) fn errors(crd: &Value) -> Vec<field::Error> {
    match acceptance::check(crd) {
        Err(Rejection::Invalid(errors)) => errors.into_iter().collect(),
        Err(Rejection::Malformed(_)) | Ok(()) => Vec::new(),
    }
}

/// Why a CRD cannot even be read (400).
pub(super) fn malformed(crd: &Value) -> Option<String> {
    match acceptance::check(crd) {
        Err(Rejection::Malformed(why)) => Some(why),
        Err(Rejection::Invalid(_)) | Ok(()) => None,
    }
}

/// Refuses a CRD with validation rules or conversion webhooks, which this server does not run. If it is told to
/// ignore rules, it warns of them instead.
pub(crate) fn check_served(crd: &Value, ignore_rules: bool) -> Result<Vec<String>> {
    if crd["spec"]["conversion"]["strategy"] == "Webhook" {
        return Err(Status::not_implemented("conversion webhooks (spec.conversion.strategy)"));
    }
    let rules = Definition::from_value(crd)
        .is_ok_and(|definition| definition.versions.iter().any(|version| validation::has_rules(&version.schema)));
    match (rules, ignore_rules) {
        (false, _) => Ok(Vec::new()),
        (true, true) => Ok(vec![RULES_IGNORED.to_owned()]),
        (true, false) => Err(Status::not_implemented(
            "validation rules (x-kubernetes-validations), unless it is built to ignore them",
        )),
    }
}
