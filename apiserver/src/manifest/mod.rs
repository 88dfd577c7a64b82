//! Objects from outside that a server is to have from its start: texts, values and files.
//!
//! In: YAML, JSON, paths, anything that serializes. Out: [`Manifest`]s, which [`crate::Server::install`] applies. Reading knows
//! nothing of a server.

mod files;
pub(crate) mod install;

use std::fmt;
use std::path::{Path, PathBuf};

use crdgen_schema::{json, yaml};
use serde::Serialize;
use serde_json::Value;

/// The group of custom resource definitions.
const DEFINITIONS: &str = "apiextensions.k8s.io/";

/// One object that a server is to have.
///
/// ```
/// use crdgen_apiserver::Manifest;
///
/// let manifests = Manifest::parse("kind: ConfigMap\napiVersion: v1\nmetadata: {name: a}\n", "configuration")?;
/// assert_eq!(manifests[0].to_string(), "configuration:1 (ConfigMap a)");
/// # Ok::<(), crdgen_apiserver::ManifestError>(())
/// ```
#[derive(Clone, Debug, PartialEq)]
pub struct Manifest {
    value: Value,
    origin: String,
}

/// Manifests that cannot be read. Nothing of the text or file was used.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{place}: {why}")]
pub struct ManifestError {
    place: String,
    why: String,
}

/// What manifests can be read from: a text of YAML or JSON (`&str`, `String`), a JSON value, or the path of a file or folder.
pub trait ManifestSource {
    /// Reads them.
    ///
    /// # Errors
    ///
    /// A path that cannot be read, or a text that is neither YAML nor JSON.
    fn manifests(self) -> Result<Vec<Manifest>, ManifestError>;
}

impl Manifest {
    /// The objects in a text of YAML or JSON, which may have several documents, and lists (`kind: List`) among them. Errors name
    /// `origin`, and the line.
    ///
    /// # Errors
    ///
    /// The text is neither YAML nor JSON, or a document in it lacks `apiVersion`, `kind` or a name.
    pub fn parse(text: &str, origin: &str) -> Result<Vec<Self>, ManifestError> {
        let failed = |line: u32, why: &str| ManifestError { place: format!("{origin}:{line}"), why: why.to_owned() };
        let parsed = yaml::parse(text);
        if let Some(error) = parsed.errors.first() {
            return Err(failed(error.position.line, &error.message));
        }
        let mut manifests = Vec::new();
        for document in &parsed.documents {
            let line = document.position.map_or(1, |position| position.line);
            let value = json::narrowed(document.to_value());
            Self::collect(value, &format!("{origin}:{line}"), &mut manifests)?;
        }
        Ok(manifests)
    }

    /// The objects in a file of YAML or JSON, or in all such files below a folder, in the order of their names.
    ///
    /// # Errors
    ///
    /// A file or folder cannot be read, or as for [`Manifest::parse`].
    pub fn read(path: &Path) -> Result<Vec<Self>, ManifestError> {
        let mut manifests = Vec::new();
        for file in files::find(path)? {
            let place = file.display().to_string();
            let text = std::fs::read_to_string(&file)
                .map_err(|error| ManifestError { place: place.clone(), why: format!("cannot be read: {error}") })?;
            manifests.extend(Self::parse(&text, &place)?);
        }
        Ok(manifests)
    }

    /// The object that a value serializes to.
    ///
    /// # Errors
    ///
    /// It does not serialize to JSON, or lacks `apiVersion`, `kind` or a name.
    pub fn of(object: &impl Serialize) -> Result<Vec<Self>, ManifestError> {
        let place = "object".to_owned();
        let value = serde_json::to_value(object).map_err(|error| ManifestError {
            place: place.clone(),
            why: format!("cannot be written as JSON: {error}"),
        })?;
        let mut manifests = Vec::new();
        Self::collect(value, &place, &mut manifests)?;
        Ok(manifests)
    }

    /// Takes an object, or the items of a list.
    fn collect(value: Value, place: &str, into: &mut Vec<Self>) -> Result<(), ManifestError> {
        let failed = |why: &str| Err(ManifestError { place: place.to_owned(), why: why.to_owned() });
        let text = |name: &str| value[name].as_str().unwrap_or_default();
        if !value.is_object() {
            return failed("expected an object with apiVersion, kind and metadata");
        }
        if text("apiVersion").is_empty() || text("kind").is_empty() {
            return failed("apiVersion and kind are missing: every object needs both");
        }
        if text("kind").ends_with("List") && value["items"].is_array() {
            let Value::Array(items) = value["items"].clone() else { return Ok(()) };
            return items.into_iter().try_for_each(|item| Self::collect(item, place, into));
        }
        if value["metadata"]["name"].as_str().is_none_or(str::is_empty) {
            return failed("metadata.name is missing: a generated name would be another one each time");
        }
        into.push(Self { value, origin: place.to_owned() });
        Ok(())
    }

    /// The object.
    pub fn value(&self) -> &Value {
        &self.value
    }

    /// Whether it is a custom resource definition.
    pub fn is_definition(&self) -> bool {
        self.text("kind") == "CustomResourceDefinition" && self.text("apiVersion").starts_with(DEFINITIONS)
    }

    /// Where it stands in the order of installation: definitions are first, then namespaces, then the rest.
    pub fn rank(&self) -> usize {
        match (self.text("apiVersion"), self.text("kind")) {
            _ if self.is_definition() => 0,
            ("v1", "Namespace") => 1,
            _ => 2,
        }
    }

    /// Whether both are the same object, in whatever version and state.
    pub fn is_same_object(&self, other: &Self) -> bool {
        let group = |manifest: &Self| manifest.text("apiVersion").rsplit_once('/').map(|(group, _)| group.to_owned());
        let place = |manifest: &Self| {
            let metadata = &manifest.value["metadata"];
            (metadata["name"].clone(), metadata["namespace"].as_str().unwrap_or("default").to_owned())
        };
        self.text("kind") == other.text("kind") && group(self) == group(other) && place(self) == place(other)
    }

    /// What the object is: `Database default/orders`.
    pub fn subject(&self) -> String {
        let (kind, metadata) = (self.text("kind"), &self.value["metadata"]);
        let name = metadata["name"].as_str().unwrap_or_default();
        match metadata["namespace"].as_str() {
            Some(namespace) => format!("{kind} {namespace}/{name}"),
            None => format!("{kind} {name}"),
        }
    }

    /// Where it was read: a file, or what its text was called, with a line.
    pub fn origin(&self) -> &str {
        &self.origin
    }

    fn text(&self, name: &str) -> &str {
        self.value[name].as_str().unwrap_or_default()
    }
}

impl fmt::Display for Manifest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} ({})", self.origin, self.subject())
    }
}

impl ManifestSource for &str {
    fn manifests(self) -> Result<Vec<Manifest>, ManifestError> {
        Manifest::parse(self, "text")
    }
}

impl ManifestSource for String {
    fn manifests(self) -> Result<Vec<Manifest>, ManifestError> {
        self.as_str().manifests()
    }
}

impl ManifestSource for &String {
    fn manifests(self) -> Result<Vec<Manifest>, ManifestError> {
        self.as_str().manifests()
    }
}

impl ManifestSource for Value {
    fn manifests(self) -> Result<Vec<Manifest>, ManifestError> {
        Manifest::of(&self)
    }
}

impl ManifestSource for &Value {
    fn manifests(self) -> Result<Vec<Manifest>, ManifestError> {
        Manifest::of(self)
    }
}

impl ManifestSource for &Path {
    fn manifests(self) -> Result<Vec<Manifest>, ManifestError> {
        Manifest::read(self)
    }
}

impl ManifestSource for PathBuf {
    fn manifests(self) -> Result<Vec<Manifest>, ManifestError> {
        Manifest::read(&self)
    }
}

impl ManifestSource for &PathBuf {
    fn manifests(self) -> Result<Vec<Manifest>, ManifestError> {
        Manifest::read(self)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn refused(text: &str, expected: &str) {
        assert_eq!(Manifest::parse(text, "f.yaml").unwrap_err().to_string(), expected);
    }

    #[test]
    fn every_document_and_every_item_of_a_list_is_an_object_with_the_line_where_it_starts() {
        let list = "apiVersion: v1\nkind: List\nitems:\n- {apiVersion: v1, kind: Secret, metadata: {name: b}}\n";
        let text = format!(
            "# a\n---\napiVersion: v1\nkind: ConfigMap\nmetadata: {{name: a, namespace: web}}\n---\n---\n{list}"
        );
        let found: Vec<String> = Manifest::parse(&text, "f.yaml").unwrap().iter().map(ToString::to_string).collect();
        assert_eq!(found, ["f.yaml:3 (ConfigMap web/a)", "f.yaml:8 (Secret b)"]);
        assert_eq!(Manifest::parse("", "f.yaml"), Ok(Vec::new()));
    }

    #[test]
    fn what_cannot_be_read_is_told_with_its_line() {
        refused("a: b: c", "f.yaml:1: mapping values are not allowed in this context");
        refused("---\n- 1\n", "f.yaml:2: expected an object with apiVersion, kind and metadata");
        refused("\nkind: A\n", "f.yaml:2: apiVersion and kind are missing: every object needs both");
        let unnamed = "apiVersion: v1\nkind: A\nmetadata: {generateName: a-}\n";
        refused(unnamed, "f.yaml:1: metadata.name is missing: a generated name would be another one each time");
    }
}
