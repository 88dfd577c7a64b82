//! Whether a CRD can be served: it must be valid for kube-apiserver, and must not need what this server cannot do.

use crdgen_schema::acceptance::{self, Rejection};
use crdgen_schema::definition::Definition;
use crdgen_schema::{field, rule};
use serde_json::Value;

use crate::response::status::{Result, Status};

/// The warning of a server that ignores validation rules.
pub(crate) const RULES_IGNORED: &str =
    "crdgen-apiserver ignores x-kubernetes-validations: objects that break a rule are accepted";

/// The field errors with which kube-apiserver refuses the CRD (422).
pub(super) fn errors(crd: &Value) -> Vec<field::Error> {
    match acceptance::check(crd) {
        Err(Rejection::Invalid(errors)) => errors.into_iter().collect(),
        Err(Rejection::Malformed(_)) | Ok(()) => Vec::new(),
    }
}

/// Why kube-apiserver could not decode the CRD (400), if it could not.
pub(super) fn malformed(crd: &Value) -> Option<String> {
    match acceptance::check(crd) {
        Err(Rejection::Malformed(why)) => Some(why),
        Err(Rejection::Invalid(_)) | Ok(()) => None,
    }
}

/// Refuses a CRD with conversion webhooks or validation rules, because this server runs neither. With `ignore_rules` it
/// accepts the rules and returns a warning about them.
pub(crate) fn check_served(crd: &Value, ignore_rules: bool) -> Result<Vec<String>> {
    if crd["spec"]["conversion"]["strategy"] == "Webhook" {
        return Err(Status::not_implemented("conversion webhooks (spec.conversion.strategy)"));
    }
    let rules = Definition::from_value(crd)
        .is_ok_and(|definition| definition.versions.iter().any(|version| rule::has_rules(&version.schema)));
    match (rules, ignore_rules) {
        (false, _) => Ok(Vec::new()),
        (true, true) => Ok(vec![RULES_IGNORED.to_owned()]),
        (true, false) => Err(Status::not_implemented(
            "validation rules (x-kubernetes-validations); to accept the CRD and ignore its rules, start it with \
             --ignore-validation-rules or build it with Builder::ignore_validation_rules(true)",
        )),
    }
}
