//! `POST` to `/token` of a service account.
//!
//! Source: `k8s.io/kubernetes/pkg/registry/core/serviceaccount/storage/token.go`.

use std::sync::Arc;

use crdgen_schema::field;
use http::StatusCode;
use jiff::SignedDuration;
use serde_json::{Value, json};

use super::{Call, decode};
use crate::kind::table;
use crate::object::{self, generate, key, text};
use crate::request::write_options::WriteOptions;
use crate::resource::Resource;
use crate::resource::ownership::Author;
use crate::resource::strategy::Subresource;
use crate::response::Reply;
use crate::status::{Details, Result, Status};
use crate::strategy::ACCOUNTS;
use crate::strategy::STRUCTURAL;
use crate::token::{Bound, ISSUER};

const GROUP: &str = "authentication.k8s.io";
const KIND: &str = "TokenRequest";

/// Makes a token for the service account that the path names.
pub(super) fn create(call: &Call<'_>) -> Result<Reply> {
    let options = WriteOptions::parse(call.request, "CreateOptions")?;
    let resource = requests()?;
    let here = Call { resource: &resource, accept: call.accept.clone(), ..*call };
    let mut request = decode::read(&here, options.field_validation)?;
    let now = call.state.now();
    let time = generate::time(now);
    object::set(&mut request, "managedFields", Value::Null);
    let author = Author { name: &options.manager, subresource: Subresource::Token, time: &time };
    resource.record(&mut request, None, author);
    let Some(account) = call.state.store.get(ACCOUNTS, &call.key()) else { return Err(call.not_found()) };
    identify(call, &mut request, account.value())?;
    if request["spec"]["audiences"].as_array().is_none_or(Vec::is_empty) {
        request["spec"]["audiences"] = json!([ISSUER]);
    }
    object::set(&mut request, "creationTimestamp", Value::from(time));
    let seconds = request["spec"]["expirationSeconds"].as_i64().unwrap_or(3600);
    check_expiry(seconds)?;
    let bound = bound(call, &request["spec"]["boundObjectRef"])?;
    let audiences = &request["spec"]["audiences"];
    let token = call.state.signer.sign(account.value(), audiences, bound.as_ref(), now, seconds);
    let expiry = now.saturating_add(SignedDuration::from_secs(seconds)).unwrap_or(now);
    if request["spec"]["boundObjectRef"].is_null() {
        request["spec"]["boundObjectRef"] = Value::Null;
    }
    request["status"] = json!({"token": token, "expirationTimestamp": generate::time(expiry)});
    if options.dry_run {
        request["status"]["token"] = json!("");
    }
    Reply::object(&call.accept, StatusCode::CREATED, &resource, &request, now)
}

/// What the bodies are.
fn requests() -> Result<Arc<Resource>> {
    let mut served = table::resources().iter();
    let found = served.find(|served| served.plural == "serviceaccounts");
    let structure = table::structure(&format!("{GROUP}/v1"), KIND);
    let Some((served, structure)) = found.zip(structure) else {
        return Err(Status::not_implemented("tokens of service accounts"));
    };
    let mut resource = Resource::built_in(served, structure, &STRUCTURAL);
    GROUP.clone_into(&mut resource.group);
    KIND.clone_into(&mut resource.kind);
    Ok(Arc::new(resource))
}

/// The request gets the name, the namespace and the uid of the account, or must have them.
fn identify(call: &Call<'_>, request: &mut Value, account: &Value) -> Result<()> {
    let namespace = call.path.namespace.as_deref().unwrap_or_default();
    for (name, own, what) in [("name", call.name(), "name"), ("namespace", namespace, "namespace")] {
        let given = text(request, name);
        if !given.is_empty() && given != own {
            let why = format!("must match the service account {what} if specified");
            let error = field::Error::invalid_text(format!("metadata.{name}"), given, why);
            return Err(Status::invalid(Details::kind(GROUP, KIND, call.name()), &[error]));
        }
        object::set(request, name, Value::from(own));
    }
    let (given, own) = (text(request, "uid"), text(account, "uid"));
    if !given.is_empty() && given != own {
        let why =
            format!("the UID in the token request ({given}) does not match the UID of the service account ({own})");
        return Err(Status::conflict(Details::kind(GROUP, KIND, call.name()), &why));
    }
    object::copy(request, "uid", account);
    Ok(())
}

fn check_expiry(seconds: i64) -> Result<()> {
    let why = match seconds {
        ..600 => "may not specify a duration less than 10 minutes",
        _ if seconds > 1 << 32 => "may not specify a duration larger than 2^32 seconds",
        _ => return Ok(()),
    };
    let error = field::Error::invalid("spec.expirationSeconds", &json!(seconds), why);
    Err(Status::invalid(Details::kind(GROUP, KIND, ""), &[error]))
}

/// The object that a token is bound to.
fn bound(call: &Call<'_>, reference: &Value) -> Result<Option<Bound>> {
    if !reference.is_object() {
        return Ok(None);
    }
    let part = |name: &str| reference[name].as_str().unwrap_or_default();
    let (kind, name, version) = (part("kind"), part("name"), part("apiVersion"));
    let collection = match (version, kind) {
        ("v1", "Pod") => "pods",
        ("v1", "Secret") => "secrets",
        ("v1", "Node") => "nodes",
        _ => {
            let version = version.rsplit_once('/').map_or(format!("/{version}"), |(group, v)| format!("{group}/{v}"));
            let why = format!("cannot bind token to object of type {version}, Kind={kind}");
            return Err(Status::bad_request(why));
        }
    };
    let Some(resource) = call.state.resource("", "v1", collection) else { return Ok(None) };
    let namespace = call.path.namespace.as_deref().filter(|_| resource.namespaced);
    let found = call.state.store.get(&resource.collection, &key(namespace, name));
    let Some(found) = found else { return Err(Status::not_found(resource.group_resource(), name)) };
    let account = found.value()["spec"]["serviceAccountName"].as_str().unwrap_or_default();
    if kind == "Pod" && account != call.name() {
        return Err(Status::bad_request(format!(
            "cannot bind token for serviceaccount {:?} to pod running with different serviceaccount name.",
            call.name()
        )));
    }
    let (given, uid) = (part("uid"), text(found.value(), "uid"));
    if !given.is_empty() && given != uid {
        let why = format!(
            "the UID in the bound object reference ({given}) does not match the UID in record. The object might have been \
             deleted and then recreated"
        );
        return Err(Status::conflict(Details::kind("", kind, name), &why));
    }
    Ok(Some(Bound { kind: kind.to_owned(), name: name.to_owned(), uid: uid.to_owned() }))
}
