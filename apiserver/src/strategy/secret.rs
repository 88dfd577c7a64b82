//! `v1` `Secret`: data in base64, of a type that may demand certain keys, which can be made immutable.
//!
//! Source: `ValidateSecret`, `k8s.io/kubernetes/pkg/registry/core/secret`.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use crdgen_schema::metadata::NameRule;
use serde_json::{Map, Value, json};

use crate::check::Field;
use crate::resource::Resource;
use crate::resource::strategy::{Strategy, Subresource};
use crate::response::table;

/// `v1/Secret`
#[derive(Debug)]
pub(super) struct Secret;

impl Strategy for Secret {
    fn set_defaults(&self, object: &mut Value) {
        merge_string_data(object);
    }

    fn validate(&self, _resource: &Resource, object: Field<'_>) {
        let data = object.get("data");
        let size = data.data(true);
        data.data_size(size);
        check_type(object, data);
    }

    fn validate_update(&self, resource: &Resource, object: Field<'_>, old: Field<'_>, _: Subresource) {
        object.get("type").immutable(old.get("type"));
        object.sealed(old, &["data"]);
        object.metadata(true, NameRule::DnsSubdomain);
        self.validate(resource, object);
    }

    fn selectable(&self) -> &'static [&'static str] {
        &["type"]
    }

    fn cells(&self, object: &Value, now: jiff::Timestamp) -> Vec<Value> {
        let count = object["data"].as_object().map_or(0, Map::len);
        vec![object["metadata"]["name"].clone(), object["type"].clone(), json!(count), table::age(object, now)]
    }
}

/// What a type demands.
fn check_type(secret: Field<'_>, data: Field<'_>) {
    let needs = |key: &'static str| {
        if !data.key(key).is_set() {
            data.key(key).required("");
        }
    };
    match secret.get("type").text() {
        "kubernetes.io/service-account-token" => {
            let name = secret.get("metadata").get("annotations").key("kubernetes.io/service-account.name");
            if name.text().is_empty() {
                name.required("");
            }
        }
        "kubernetes.io/dockercfg" => json_data(data, ".dockercfg"),
        "kubernetes.io/dockerconfigjson" => json_data(data, ".dockerconfigjson"),
        "kubernetes.io/basic-auth" if !data.key("username").is_set() && !data.key("password").is_set() => {
            data.key("username").required("");
            data.key("password").required("");
        }
        "kubernetes.io/ssh-auth" if data.key("ssh-privatekey").text().is_empty() => {
            data.key("ssh-privatekey").required("");
        }
        "kubernetes.io/tls" => {
            needs("tls.crt");
            needs("tls.key");
        }
        _ => {}
    }
}

/// The bytes under that key must be there, and a JSON object.
fn json_data(data: Field<'_>, key: &'static str) {
    let entry = data.key(key);
    if !entry.is_set() {
        entry.required("");
        return;
    }
    let bytes = STANDARD.decode(entry.text()).unwrap_or_default();
    if let Err(why) = serde_json::from_slice::<Map<String, Value>>(&bytes) {
        // Go says where its own decoder stopped.
        let why = if why.is_eof() { "unexpected end of JSON input".to_owned() } else { why.to_string() };
        entry.invalid_as(&"<secret contents redacted>".into(), why);
    }
}

/// Moves `stringData` into `data`, in base64. It wins over an entry of `data` with the same key.
fn merge_string_data(object: &mut Value) {
    let Some(members) = object.as_object_mut() else { return };
    let Some(Value::Object(plain)) = members.remove("stringData") else { return };
    let data = members.entry("data").or_insert_with(|| Value::Object(Map::new()));
    for (key, value) in plain {
        let encoded = STANDARD.encode(value.as_str().unwrap_or_default());
        if let Some(data) = data.as_object_mut() {
            data.insert(key, Value::String(encoded));
        }
    }
}
