//! A CRD as the server's storage has it.
//!
//! In: the document. Out: its versions and schemas, what its status says, and what its versions share.

use super::custom_resource_definition::VERSION;
use crate::{go, node::Node};

/// A CRD that the server took.
#[derive(Clone, Copy, Debug)]
pub(super) struct StoredCrd<'a> {
    document: &'a Node<'a>,
}

impl<'a> StoredCrd<'a> {
    pub(super) fn new(document: &'a Node<'a>) -> Self {
        Self { document }
    }

    pub(super) fn spec(self) -> &'a Node<'a> {
        &self.document["spec"]
    }

    pub(super) fn conversion(self) -> &'a Node<'a> {
        &self.spec()["conversion"]
    }

    pub(super) fn accepted_names(self) -> &'a Node<'a> {
        &self.document["status"]["acceptedNames"]
    }

    /// `spec.preserveUnknownFields`
    pub(super) fn keeps_unknown_fields(self) -> bool {
        self.spec()["preserveUnknownFields"].as_bool() == Some(true)
    }

    pub(super) fn versions(self) -> &'a [Node<'a>] {
        self.spec()["versions"].items()
    }

    pub(super) fn version(self, name: &str) -> Option<&'a Node<'a>> {
        self.versions().iter().find(|version| version["name"].as_str() == Some(name))
    }

    /// The schemas of the versions that have one.
    pub(super) fn schemas(self) -> impl Iterator<Item = &'a Node<'a>> {
        let schemas = self.versions().iter().map(|version| &version["schema"]["openAPIV3Schema"]);
        schemas.filter(|schema| !schema.is_null())
    }

    /// Whether all versions have the same `member`. The server keeps it once then.
    pub(super) fn shares(self, member: &str) -> bool {
        have_same(self.versions(), member)
    }

    /// Whether its names were accepted once: it has been served since.
    pub(super) fn is_established(self) -> bool {
        let mut conditions = self.document["status"]["conditions"].items().iter();
        let found = conditions.find(|condition| condition["type"].as_str() == Some("Established"));
        found.is_some_and(|condition| condition["status"].as_str() == Some("True"))
    }

    /// `status.storedVersions`; the first storage version if the status has none.
    pub(super) fn stored_versions(self) -> Vec<&'a str> {
        let stored = self.document["status"]["storedVersions"].items().iter().filter_map(Node::as_str);
        let stored: Vec<&str> = stored.collect();
        if stored.is_empty() { storage_version(self.spec()).into_iter().collect() } else { stored }
    }
}

/// The name of the first version that is stored.
pub(super) fn storage_version<'n>(spec: &'n Node<'_>) -> Option<&'n str> {
    let mut versions = spec["versions"].items().iter();
    let version = versions.find(|version| version["storage"].as_bool() == Some(true))?;
    Some(version["name"].as_str().unwrap_or_default())
}

/// Whether all versions have the same `member`.
pub(super) fn have_same(versions: &[Node<'_>], member: &str) -> bool {
    versions.windows(2).all(|pair| is_same(&pair[0], &pair[1], member))
}

/// Whether two versions have the same `member`, as the server compares them.
pub(super) fn is_same(version: &Node<'_>, other: &Node<'_>, member: &str) -> bool {
    let (node, other) = (&version[member], &other[member]);
    node.is_same_value(other) || VERSION.field(member).is_some_and(|field| go::are_equal(node, other, &field.kind))
}
