//! What an API server that serves one version of a definition does with objects.
//!
//! In: objects as clients send them, or as they are stored. Out: what is stored, or the errors that refuse it. The type and
//! namespace of an object are made to fit first: changes of those are found elsewhere.

use std::collections::BTreeSet;

use serde_json::{Value, json};

use crate::{
    definition::{Definition, Scope, Version},
    field::{Error, Errors, Path},
    strategy::{Operation, Strategy},
    synthesis::Synthesizer,
};

/// So many lost members are counted.
const MOST_LOST: usize = 1000;

/// One version of a definition, and the version that its objects are stored in.
#[derive(Debug)]
pub(super) struct Server {
    pub(super) synthesizer: Synthesizer,
    api_version: String,
    kind: String,
    namespaced: bool,
    /// The version that objects are stored in, if it is another one and they are not converted by a webhook.
    storage: Option<(String, Strategy)>,
}

impl Server {
    pub(super) fn new(definition: &Definition, version: &Version) -> Option<Self> {
        let other = definition.versions.iter().find(|candidate| candidate.storage && candidate.name != version.name);
        let storage = other.filter(|_| !converts_by_webhook(definition)).and_then(|storage| {
            let strategy = Strategy::new(definition, &storage.name)?;
            Some((format!("{}/{}", definition.group, storage.name), strategy))
        });
        Some(Self {
            synthesizer: Synthesizer::new(definition, &version.name)?,
            api_version: format!("{}/{}", definition.group, version.name),
            kind: definition.names.kind.clone(),
            namespaced: definition.scope == Scope::Namespaced,
            storage,
        })
    }

    fn strategy(&self) -> &Strategy {
        &self.synthesizer.strategy
    }

    /// Takes an object from a client: what a client reads back, or why it is refused.
    pub(super) fn take(&self, object: &Value) -> Result<Value, Errors> {
        let mut object = self.adopt(object);
        self.strategy().decode(&mut object).map_err(undecodable)?;
        without_remarks(self.strategy().check(&object, Operation::Create))?;
        Ok(self.through_storage(object))
    }

    /// What a client reads of an object that is stored already.
    pub(super) fn read(&self, stored: &Value) -> Result<Value, Errors> {
        let mut object = self.through_storage(self.adopt(stored));
        self.strategy().decode(&mut object).map_err(undecodable)?;
        Ok(object)
    }

    /// Replaces an object that was read by another one: why that is refused, if it is.
    pub(super) fn update(&self, old: &Value, object: &Value) -> Result<(), Errors> {
        let mut object = self.adopt(object);
        self.strategy().decode(&mut object).map_err(undecodable)?;
        let mut old = old.clone();
        for object in [&mut old, &mut object] {
            if let Some(metadata) = object["metadata"].as_object_mut() {
                metadata.insert("resourceVersion".to_owned(), Value::from("1"));
            }
        }
        without_remarks(self.strategy().check(&object, Operation::Update { old: &old }))
    }

    /// Changes a label of an object that was read, and nothing else. What is wrong with unchanged parts is forgiven (KEP-4008).
    pub(super) fn touch(&self, object: &Value) -> Result<(), Errors> {
        let mut old = object.clone();
        if let Some(metadata) = old["metadata"].as_object_mut() {
            metadata.insert("resourceVersion".to_owned(), Value::from("1"));
        }
        let mut new = old.clone();
        if let Some(metadata) = new["metadata"].as_object_mut() {
            metadata.insert("labels".to_owned(), json!({"touched": "true"}));
        }
        without_remarks(self.strategy().check(&new, Operation::Update { old: &old }))
    }

    /// Sets the type of an object, and puts it into a namespace or takes it out of one.
    fn adopt(&self, object: &Value) -> Value {
        let mut object = object.clone();
        object["apiVersion"] = Value::from(self.api_version.as_str());
        object["kind"] = Value::from(self.kind.as_str());
        if let Some(metadata) = object["metadata"].as_object_mut() {
            if self.namespaced {
                metadata.entry("namespace").or_insert_with(|| Value::from("default"));
            } else {
                metadata.remove("namespace");
            }
        }
        object
    }

    /// What is left of an object that is stored in another version: what that version knows.
    fn through_storage(&self, object: Value) -> Value {
        let Some((api_version, storage)) = &self.storage else { return object };
        let mut stored = object.clone();
        stored["apiVersion"] = Value::from(api_version.as_str());
        if storage.prune(&mut stored).is_err() {
            return object;
        }
        stored["apiVersion"] = Value::from(self.api_version.as_str());
        stored
    }
}

/// Whether objects are converted between versions by a webhook: nobody knows what it does.
pub(super) fn converts_by_webhook(definition: &Definition) -> bool {
    definition.document()["spec"]["conversion"]["strategy"] == "Webhook"
}

/// The paths of members of `before` that `after` lacks, a thousand at most. A null is not a loss.
pub(super) fn lost(before: &Value, after: &Value) -> BTreeSet<String> {
    let mut found = BTreeSet::new();
    collect_lost(before, after, &Path::ROOT, &mut found);
    found
}

fn collect_lost(before: &Value, after: &Value, path: &Path<'_>, found: &mut BTreeSet<String>) {
    match (before, after) {
        (Value::Object(before), Value::Object(after)) => {
            for (name, member) in before.iter().filter(|(_, member)| !member.is_null()) {
                let path = path.child(name);
                match after.get(name) {
                    Some(after) => collect_lost(member, after, &path, found),
                    None if found.len() < MOST_LOST => drop(found.insert(path.to_string())),
                    None => {}
                }
            }
        }
        (Value::Array(before), Value::Array(after)) => {
            for (index, (before, after)) in before.iter().zip(after).enumerate() {
                collect_lost(before, after, &path.index(index), found);
            }
        }
        _ => {}
    }
}

/// Errors without the remark that rules were not checked because of other errors.
fn without_remarks(mut errors: Errors) -> Result<(), Errors> {
    errors.0.retain(|error| !error.detail.starts_with("some validation rules were not checked"));
    errors.into_result()
}

fn undecodable(error: impl std::fmt::Display) -> Errors {
    Errors(vec![Error::invalid_text(Path::ROOT, "", error.to_string())])
}
