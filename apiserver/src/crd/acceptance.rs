//! Whether a CRD can be served: it must be valid for kube-apiserver, and must not need what this server cannot do.

use crdgen_schema::acceptance::{self, Rejection};
use crdgen_schema::field;
use crdgen_schema::strategy::Operation;
use serde_json::Value;

use crate::status::{Result, Status};

/// The field errors with which kube-apiserver refuses the write of a CRD (422).
pub(crate) fn errors(crd: &Value, operation: Operation<&Value>) -> Vec<field::Error> {
    match acceptance::check(crd, operation) {
        Err(Rejection::Invalid(errors)) => errors.into_iter().collect(),
        // The CRD was decoded before, so this is about what decoding does not look at, such as its depth.
        Err(Rejection::Malformed(why)) => vec![field::Error::invalid("spec", &Value::Null, why)],
        Ok(()) => Vec::new(),
    }
}

/// Refuses a CRD with conversion webhooks, because this server calls none.
pub(crate) fn check_served(crd: &Value) -> Result<()> {
    if crd["spec"]["conversion"]["strategy"] == "Webhook" {
        return Err(Status::not_implemented("conversion webhooks (spec.conversion.strategy)"));
    }
    Ok(())
}
