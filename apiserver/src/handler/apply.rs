//! `PATCH` with a configuration that is applied: to an object, to its status, or to nothing, which creates the object.
//!
//! Source: `applyPatcher` in `k8s.io/apiserver/pkg/endpoints/handlers/patch.go`.

use crdgen_schema::{go, json};
use http::StatusCode;
use serde_json::Value;

use super::{Call, decode};
use crate::managed_fields::writer::Refusal;
use crate::object::{self, generate, text};
use crate::registry::{self, Intent};
use crate::request::Request;
use crate::request::body::{self, Decoded};
use crate::request::write_options::{FieldValidation, WriteOptions};
use crate::resource::ownership::Author;
use crate::resource::strategy::Subresource;
use crate::response::Reply;
use crate::status::{Cause, Details, Result, Status};

/// A configuration that was read.
pub(super) struct Configuration {
    pub(super) value: Value,
    /// Whether conflicts are won.
    pub(super) force: bool,
    /// The keys that it sets twice, as warnings.
    duplicates: Vec<String>,
    /// The refusal because of them, if the request asks for one.
    refusal: Option<Box<Status>>,
}

/// Applies the configuration in the body.
pub(super) async fn apply(call: &Call<'_>, subresource: Subresource) -> Result<Reply> {
    let options = WriteOptions::parse(call.request, "PatchOptions")?;
    let attributes = call.attributes(subresource, &options);
    if !attributes.creates_on_apply() && attributes.stored().is_none() {
        return Err(call.not_found());
    }
    let configuration = Configuration::read(call.request, &options)?;
    let apply = |live: Option<&Value>| {
        let time = generate::time(call.state.now());
        merged(call, &configuration, live, Author { name: &options.manager, subresource, time: &time })
    };
    let written = registry::write(&attributes, Intent::Apply(&apply)).await?;
    let code = if written.created { StatusCode::CREATED } else { StatusCode::OK };
    call.written(code, &written)
}

/// The object that the configuration makes of a stored one, or of nothing.
fn merged(call: &Call<'_>, configuration: &Configuration, live: Option<&Value>, author: Author<'_>) -> Result<Value> {
    let resource = call.resource;
    let mut object = resource.apply(live, &configuration.value, author, configuration.force).map_err(refused)?;
    let mut complete = resource.strategy.complete(resource, &mut object);
    if complete.is_err() && resource.structure.is_some() {
        // Go converts floats without a fraction, which its decoder would refuse.
        json::whole_numbers(&mut object);
        complete = resource.strategy.complete(resource, &mut object);
    }
    complete.map_err(|status| unconvertible(call, configuration, &object, &status))?;
    configuration.report(call)?;
    // A uid of what is not there is refused before anything else.
    if live.is_some() || text(&object, "uid").is_empty() {
        decode::place(&mut object, call)?;
        decode::check_name(&object, call.name())?;
    }
    call.warnings.extend(object::owner::dedupe(&mut object));
    Ok(object)
}

impl Configuration {
    /// Reads the body, which is YAML, and so may be JSON.
    pub(super) fn read(request: &Request, options: &WriteOptions) -> Result<Self> {
        let refuse = |why: &str| Status::bad_request(format!("error decoding YAML: {why}"));
        let decoded = match plain_json(&request.body) {
            Some(decoded) => decoded,
            None => body::decode_yaml(&request.body)
                .map_err(|why| refuse(&format!("error converting YAML to JSON: {why}")))?,
        };
        if !matches!(decoded.value, Value::Object(_) | Value::Null) {
            let why = go::cannot_unmarshal(&decoded.value, "map[string]interface {}");
            return Err(refuse(&format!("error unmarshaling JSON: while decoding JSON: {why}")));
        }
        let errors = decoded.duplicates.errors().join(", ");
        let strict = options.field_validation == FieldValidation::Strict && !errors.is_empty();
        let refusal = format!("error strict decoding YAML: error converting YAML to JSON: {errors}");
        let warns = options.field_validation == FieldValidation::Warn;
        let mut value = decoded.value;
        round(&mut value);
        Ok(Self {
            value,
            force: request.query.flag("force").unwrap_or(false),
            duplicates: if warns { decoded.duplicates.warnings().to_vec() } else { Vec::new() },
            refusal: strict.then(|| Status::bad_request(refusal)),
        })
    }

    /// Warns of duplicate keys, or refuses the configuration because of them. That comes once it was applied.
    pub(super) fn report(&self, call: &Call<'_>) -> Result<()> {
        call.warnings.extend(self.duplicates.iter().cloned());
        self.refusal.clone().map_or(Ok(()), Err)
    }
}

/// The refusal of a built-in object whose values Go cannot convert to their types. It does not decode JSON there, and so has
/// other words than for an object in a body.
fn unconvertible(call: &Call<'_>, configuration: &Configuration, object: &Value, status: &Status) -> Box<Status> {
    let (group, version, kind) = (&call.resource.group, &call.resource.version, &call.resource.kind);
    let decoded = decode::why_unreadable(call.resource, status).unwrap_or(&status.message);
    let converted = call.resource.structure.and_then(|structure| go::convert(object, structure).err());
    let why = converted.as_deref().unwrap_or(decoded);
    let applied = &configuration.value;
    let (namespace, name) = (text(applied, "namespace"), text(applied, "name"));
    Status::unclassified(format!(
        "failed to convert new object ({namespace}/{name}; {group}/{version}, Kind={kind}) to proper version: unable to \
         convert unstructured object to {group}/{version}, Kind={kind}: {why}"
    ))
}

/// Reads numbers as Go does that decodes JSON without knowing of a type: all are floats.
fn round(value: &mut Value) {
    const EXACT: u64 = 1 << 53;
    match value {
        Value::Number(number) => {
            let is_exact = number.as_i64().is_some_and(|number| number.unsigned_abs() <= EXACT);
            if let Some(rounded) = number.as_f64().filter(|_| !is_exact).and_then(serde_json::Number::from_f64) {
                *number = rounded;
            }
        }
        Value::Array(items) => items.iter_mut().for_each(round),
        Value::Object(members) => members.values_mut().for_each(round),
        Value::Null | Value::Bool(_) | Value::String(_) => {}
    }
}

/// A body that is JSON and means the same as YAML: it has no escapes and no duplicate keys. This is read much faster.
fn plain_json(body: &[u8]) -> Option<Decoded> {
    if body.first() != Some(&b'{') || body.contains(&b'\\') {
        return None;
    }
    body::decode_json(body).ok().filter(|decoded| decoded.duplicates.warnings().is_empty())
}

/// The answer to a configuration that is not applied.
pub(super) fn refused(refusal: Refusal) -> Box<Status> {
    match refusal {
        Refusal::BadRequest(why) => Status::bad_request(why),
        Refusal::Other(why) => Status::unclassified(why),
        Refusal::Conflicts(conflicts) => {
            let cause = |(message, field)| Cause { reason: "FieldManagerConflict".to_owned(), message, field };
            let details = Details { causes: conflicts.causes().map(cause).collect(), ..Details::default() };
            Status::failure(StatusCode::CONFLICT, "Conflict", conflicts.message()).with(details)
        }
    }
}
