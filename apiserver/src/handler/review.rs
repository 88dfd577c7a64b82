//! `POST` of questions that are answered and not stored: who has a token, and who may do what.
//!
//! Source: `k8s.io/kubernetes/pkg/registry/authentication`, `pkg/registry/authorization`.

use crdgen_schema::field;
use http::StatusCode;
use serde_json::{Map, Value, json};

use super::{Call, decode};
use crate::auth;
use crate::authorization::{self, Action};
use crate::check::{Check, Field};
use crate::object::{self, generate};
use crate::registry::Attributes;
use crate::request::write_options::WriteOptions;
use crate::resource::ownership::Author;
use crate::resource::strategy::Subresource;
use crate::response::Reply;
use crate::status::{Details, Result, Status};
use crate::token::ISSUER;
use crate::user::User;

/// Answers a question.
pub(super) fn create(call: &Call<'_>) -> Result<Reply> {
    let options = WriteOptions::parse(call.request, "CreateOptions")?;
    let mut review = decode::read(call, options.field_validation)?;
    decode::place(&mut review, call)?;
    object::set(&mut review, "managedFields", Value::Null);
    let attributes = call.attributes(Subresource::Main, &options);
    match call.resource.kind.as_str() {
        "TokenReview" => review_token(&attributes, &mut review)?,
        "SelfSubjectReview" => {
            let created = generate::time(call.state.now());
            review = json!({"metadata": {"creationTimestamp": created}, "status": {"userInfo": call.user.info()}});
        }
        "SelfSubjectRulesReview" => review_rules(&attributes, &mut review)?,
        _ => review_access(&attributes, &mut review)?,
    }
    review["apiVersion"] = Value::from(call.resource.api_version());
    review["kind"] = Value::from(call.resource.kind.as_str());
    Reply::object(&call.accept, StatusCode::CREATED, call.resource, &review, call.state.now())
}

/// Says who has set what.
fn record(attributes: &Attributes<'_>, review: &mut Value) {
    let time = generate::time(attributes.state.now());
    let author = Author { name: &attributes.options.manager, subresource: Subresource::Main, time: &time };
    attributes.resource.record(review, None, author);
}

fn review_token(attributes: &Attributes<'_>, review: &mut Value) -> Result<()> {
    let state = attributes.state;
    record(attributes, review);
    let token = review["spec"]["token"].as_str().unwrap_or_default().to_owned();
    if token.is_empty() {
        return Err(Status::bad_request("token is required for TokenReview in authentication"));
    }
    let asked: Vec<&str> =
        review["spec"]["audiences"].as_array().into_iter().flatten().filter_map(Value::as_str).collect();
    let asked = if asked.is_empty() { vec![ISSUER] } else { asked };
    let found = match state.signer.verify(&state.store, &token, state.now()) {
        Some(found) => Some(found),
        None => auth::user_of_token(state, &token).map(|user| (user, vec![ISSUER.to_owned()])),
    };
    if found.is_none() && state.token.is_none() {
        return Err(Status::not_implemented("reviews of tokens while it accepts every token: start it with one"));
    }
    let common = |audiences: &[String]| -> Vec<String> {
        asked.iter().filter(|asked| audiences.iter().any(|own| own == *asked)).map(|text| (*text).to_owned()).collect()
    };
    let found = found.map(|(user, audiences)| (user, common(&audiences))).filter(|(_, common)| !common.is_empty());
    review["status"] = match found {
        Some((user, audiences)) => json!({"authenticated": true, "user": user.info(), "audiences": audiences}),
        None => json!({"user": {}, "error": "invalid bearer token"}),
    };
    Ok(())
}

fn review_rules(attributes: &Attributes<'_>, review: &mut Value) -> Result<()> {
    let namespace = review["spec"]["namespace"].as_str().unwrap_or_default().to_owned();
    if namespace.is_empty() {
        return Err(Status::bad_request("no namespace on request"));
    }
    let rules = authorization::rules(&attributes.state.store, attributes.user, &namespace);
    let (others, resources): (Vec<Value>, Vec<Value>) =
        rules.into_iter().partition(|rule| rule.get("nonResourceURLs").is_some());
    *review = json!({
        "metadata": {},
        "spec": {},
        "status": {"resourceRules": resources, "nonResourceRules": others, "incomplete": false},
    });
    Ok(())
}

fn review_access(attributes: &Attributes<'_>, review: &mut Value) -> Result<()> {
    let (kind, spec) = (attributes.resource.kind.as_str(), &review["spec"]);
    let of_self = kind == "SelfSubjectAccessReview";
    let errors = Check::of(review, |review| check(review, kind));
    refuse(&errors)?;
    let user = if of_self { attributes.user.clone() } else { subject(spec) };
    let reason = authorization::allows(&attributes.state.store, &user, &action(spec));
    record(attributes, review);
    let mut status = json!({"allowed": reason.is_some()});
    if let Some(reason) = reason.filter(|reason| !reason.is_empty()) {
        status["reason"] = json!(reason);
    }
    review["status"] = status;
    Ok(())
}

/// Go's types have no kind here, and so has the message.
fn refuse(errors: &[field::Error]) -> Result<()> {
    if errors.is_empty() {
        return Ok(());
    }
    Err(Status::invalid(Details::kind("authorization.k8s.io", "", ""), errors))
}

fn subject(spec: &Value) -> User {
    let part = |name: &str| spec[name].as_str().unwrap_or_default().to_owned();
    let groups = spec["groups"].as_array().into_iter().flatten().filter_map(Value::as_str).map(str::to_owned).collect();
    User { name: part("user"), uid: part("uid"), groups, ..User::default() }
}

fn action(spec: &Value) -> Action {
    let part = |of: &Value, name: &str| of[name].as_str().unwrap_or_default().to_owned();
    if let Some(attributes) = spec.get("nonResourceAttributes").filter(|attributes| attributes.is_object()) {
        return Action { verb: part(attributes, "verb"), path: Some(part(attributes, "path")), ..Action::default() };
    }
    let of = &spec["resourceAttributes"];
    Action {
        verb: part(of, "verb"),
        namespace: part(of, "namespace"),
        group: part(of, "group"),
        resource: part(of, "resource"),
        subresource: part(of, "subresource"),
        name: part(of, "name"),
        path: None,
    }
}

fn check(review: Field<'_>, kind: &str) {
    let spec = review.get("spec");
    let (resource, other) = (spec.get("resourceAttributes"), spec.get("nonResourceAttributes"));
    match (resource.is_set(), other.is_set()) {
        (true, true) => {
            other.invalid("cannot be specified in combination with resourceAttributes");
        }
        (false, false) => {
            let why = "exactly one of nonResourceAttributes or resourceAttributes must be specified";
            resource.invalid_as(&Value::Null, why);
        }
        _ => {}
    }
    if kind != "SelfSubjectAccessReview" && spec.get("user").text().is_empty() && spec.get("groups").is_empty() {
        spec.get("user").invalid_as(&json!(""), "at least one of user or group must be specified");
    }
    for name in ["fieldSelector", "labelSelector"] {
        check_selector(resource.get(name), name == "labelSelector");
    }
    check_metadata(review, kind == "LocalSubjectAccessReview");
    if kind == "LocalSubjectAccessReview" {
        let (namespace, own) = (resource.get("namespace"), review.get("metadata").get("namespace"));
        if resource.is_set() && namespace.text() != own.text() {
            namespace.invalid_as(&json!(namespace.text()), "must match metadata.namespace");
        }
        if other.is_set() {
            other.invalid("disallowed on this kind of request");
        }
    }
}

fn check_selector(selector: Field<'_>, of_labels: bool) {
    if !selector.is_set() {
        return;
    }
    let (raw, requirements) = (selector.get("rawSelector"), selector.get("requirements"));
    match (raw.text().is_empty(), requirements.is_empty()) {
        (false, false) => raw.invalid("may not specified at the same time as requirements"),
        (true, true) => {
            let path = selector.path();
            requirements.required(format!("when {path} is specified, requirements or rawSelector is required"));
        }
        _ => {}
    }
    for requirement in requirements.items() {
        let (key, values) = (requirement.get("key"), requirement.get("values"));
        if !of_labels && key.text().is_empty() {
            key.required("must be specified");
        }
        match requirement.get("operator").text() {
            "In" | "NotIn" if values.is_empty() => {
                values.required("must be specified when `operator` is 'In' or 'NotIn'");
            }
            "Exists" | "DoesNotExist" if !values.is_empty() => {
                values.forbidden("may not be specified when `operator` is 'Exists' or 'DoesNotExist'");
            }
            _ => {}
        }
        if of_labels {
            key.qualified_name();
            for value in values.items() {
                value.invalid_for(crdgen_schema::name::label_value(value.text()));
            }
        }
    }
}

fn check_metadata(review: Field<'_>, local: bool) {
    let metadata = review.get("metadata");
    let empty = Map::new();
    let members = metadata.value().as_object().unwrap_or(&empty);
    let allowed = |name: &str| name == "managedFields" || (local && name == "namespace");
    if members.iter().any(|(name, value)| !allowed(name) && !value.is_null()) {
        let why = if local { "must be empty except for namespace" } else { "must be empty" };
        metadata.invalid(why);
    }
}
