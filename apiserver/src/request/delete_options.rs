//! How something is to be deleted: `metav1.DeleteOptions`, from the body if there is one, else from the query.
//!
//! Source: `k8s.io/apimachinery/pkg/apis/meta/v1/validation.ValidateDeleteOptions`.

use crdgen_schema::field;
use crdgen_schema::go;
use serde_json::{Value, json};

use super::Request;
use super::body::{self, Unreadable};
use super::write_options::dry_run_errors;
use crate::kind::table;
use crate::status::{Result, Status};

/// `metav1.DeleteOptions`.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct DeleteOptions {
    pub(crate) dry_run: bool,
    pub(crate) propagation: Option<Propagation>,
    /// How long the object is given to end, in seconds, if its kind takes time for that.
    pub(crate) grace_period: Option<i64>,
    /// The uid that the object must have.
    pub(crate) uid: Option<String>,
    /// The resource version that the object must have.
    pub(crate) resource_version: Option<String>,
}

/// `propagationPolicy`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Propagation {
    /// The object goes first.
    Background,
    /// Its dependents go first.
    Foreground,
    /// Its dependents stay.
    Orphan,
}

impl DeleteOptions {
    /// Reads and checks the options of a deletion.
    pub(crate) fn parse(request: &Request) -> Result<Self> {
        Self::of(&if request.body.is_empty() { from_query(request)? } else { from_body(request)? })
    }

    /// Checks options that were read.
    pub(crate) fn of(given: &Value) -> Result<Self> {
        let policy = given["propagationPolicy"].as_str().filter(|policy| !policy.is_empty());
        let orphan = given["orphanDependents"].as_bool();
        let dry_run: Vec<String> = serde_json::from_value(given["dryRun"].clone()).unwrap_or_default();
        let errors = errors(policy, orphan, &dry_run);
        if !errors.is_empty() {
            return Err(Status::invalid_options("DeleteOptions", &errors));
        }
        let propagation = match (policy, orphan) {
            (Some("Foreground"), _) => Some(Propagation::Foreground),
            (Some("Orphan"), _) | (None, Some(true)) => Some(Propagation::Orphan),
            (Some(_), _) | (None, Some(false)) => Some(Propagation::Background),
            (None, None) => None,
        };
        let precondition = |name: &str| given["preconditions"][name].as_str().map(str::to_owned);
        Ok(Self {
            dry_run: !dry_run.is_empty(),
            propagation,
            // Less than nothing is read as one second.
            grace_period: given["gracePeriodSeconds"].as_i64().map(|seconds| if seconds < 0 { 1 } else { seconds }),
            uid: precondition("uid"),
            resource_version: precondition("resourceVersion"),
        })
    }
}

fn from_query(request: &Request) -> Result<Value> {
    let query = &request.query;
    Ok(json!({
        "gracePeriodSeconds": query.number("gracePeriodSeconds")?,
        "dryRun": query.all("dryRun"),
        "propagationPolicy": query.get("propagationPolicy"),
        "orphanDependents": query.flag("orphanDependents"),
    }))
}

fn from_body(request: &Request) -> Result<Value> {
    let text = body::json_text(request);
    let refuse = |why: String| Status::bad_request(why);
    let mut given = match body::decode(request, body::OBJECTS) {
        Err(Unreadable::MediaType(status)) => return Err(status),
        read => read.map_err(|why| refuse(why.to_string()))?.value,
    };
    body::check_type_meta(&given, text.as_deref()).map_err(refuse)?;
    let kind = given["kind"].as_str().unwrap_or_default();
    if !matches!(kind, "" | "DeleteOptions") {
        let version = given["apiVersion"].as_str().filter(|version| !version.is_empty()).unwrap_or("v1");
        return Err(Status::bad_request(format!(
            "no kind {kind:?} is registered for version {version:?} in scheme \"pkg/runtime/scheme.go:111\""
        )));
    }
    // An option of the wrong type must not pass as absent: it may be the precondition that protects the object. Fields that
    // are not known are ignored, as kube-apiserver does.
    let structure =
        table::structure("v1", "DeleteOptions").ok_or_else(|| refuse("the kind is not known".to_owned()))?;
    let first = |why| match text.and_then(|text| go::strict(&text, structure)) {
        Some(Err(first)) => refuse(first),
        _ => refuse(why),
    };
    go::round_trip(&mut given, structure).map_err(first)?;
    Ok(given)
}

fn errors(policy: Option<&str>, orphan: Option<bool>, dry_run: &[String]) -> Vec<field::Error> {
    let mut errors = Vec::new();
    if let Some(policy) = policy {
        let value = Value::String(policy.to_owned());
        if orphan.is_some() {
            let why = "orphanDependents and deletionPropagation cannot be both set";
            errors.push(field::Error::invalid("propagationPolicy", &value, why));
        } else if !matches!(policy, "Foreground" | "Background" | "Orphan") {
            let supported = ["Foreground", "Background", "Orphan", "nil"];
            errors.push(field::Error::not_supported("propagationPolicy", &value, &supported));
        }
    }
    errors.extend(dry_run_errors(dry_run));
    errors
}
