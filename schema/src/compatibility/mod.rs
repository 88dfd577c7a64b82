//! What a change of a CRD breaks: for stored objects, for clients, and for generated Rust.
//!
//! [`compare`] takes a definition before and after, and gives one [`Finding`] for each change, with a [`Verdict`]. It decides
//! every change; two definitions that mean the same are always compatible.
//!
//! - A change is *breaking* if there is an object that the old definition accepts and the new one refuses, or keeps less of.
//!   The finding has that object as its [`Witness`], which was tried on both sides. Changes that refuse requests and not
//!   objects (a version that is not served any more, another scope) are breaking too.
//! - It *needs a migration* if nobody can say so from the definitions alone, if no object was found that shows what it looks
//!   like (a new CEL rule that refuses none of those that were tried), or if objects are read with another meaning (another default, another list type).
//! - All else is *compatible*. Objects that were made from the old schema ([`crate::synthesis`]) are tried on the new one before
//!   that is said.
//!
//! The API server forgives what is wrong with values that an update does not change (KEP-4008). Such a change breaks clients that
//! write the value, and not stored objects: see [`Affects`].
//!
//! Versions are compared by name. A version that is new is compared with the version that objects were stored in, since they
//! are read through it: unless a webhook converts them, what does not fit needs a migration.
//!
//! ```
//! use crdgen_schema::{compatibility::{Verdict, compare}, definition::Definition};
//!
//! let dogs = |maximum: u32| Definition::from_value(&serde_json::json!({
//!     "apiVersion": "apiextensions.k8s.io/v1", "kind": "CustomResourceDefinition", "metadata": {"name": "dogs.example.com"},
//!     "spec": {"group": "example.com", "scope": "Namespaced", "names": {"kind": "Dog", "plural": "dogs"}, "versions": [{
//!         "name": "v1", "served": true, "storage": true, "schema": {"openAPIV3Schema": {"type": "object", "properties": {
//!             "age": {"type": "integer", "maximum": maximum}
//!         }}}
//!     }]}
//! }));
//! let comparison = compare(&dogs(30)?, &dogs(20)?);
//! assert_eq!(comparison.verdict(), Verdict::Breaking);
//! let finding = &comparison.findings[0];
//! assert_eq!((finding.code.to_string().as_str(), finding.path.as_str()), ("maximum-tightened", "age"));
//! assert!(finding.witness.is_some());
//! # Ok::<(), crdgen_schema::diagnostic::Diagnostics>(())
//! ```

mod blame;
mod code;
mod definition;
mod draft;
mod finding;
mod keyword;
mod language;
mod net;
mod server;
mod shrink;
mod subresources;
#[cfg(test)]
mod tests;
mod update;
mod values;
mod versions;
mod walk;
mod witness;

pub use code::{Change, Code, Subject};
pub use finding::{Affects, Answer, Finding, Place, Verdict, Witness};

use crate::{definition::Definition, synthesis::Limits};

/// All that has changed between two definitions.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Comparison {
    /// One finding for each change, first those about the definition, then version by version in source order.
    pub findings: Vec<Finding>,
}

impl Comparison {
    /// The worst verdict; compatible if nothing has changed.
    pub fn verdict(&self) -> Verdict {
        self.findings.iter().map(|finding| finding.verdict).max().unwrap_or_default()
    }
}

/// Compares two definitions, which should have the same name.
pub fn compare(old: &Definition, new: &Definition) -> Comparison {
    let mut findings = definition::compare(old, new);
    findings.extend(versions::compare(old, new));
    Comparison { findings }
}

/// An object that shows that two definitions are not compatible: one of the old versions accepts it, and the same version of
/// the new definition refuses it, or keeps less of it. With the name of the version. None if no object within the limits does.
///
/// This looks at nothing but objects, and so does not depend on what [`compare`] makes of the schemas.
pub fn contradiction(old: &Definition, new: &Definition, limits: &Limits) -> Option<(String, Witness)> {
    versions::in_use(old).find_map(|version| {
        let after = new.versions.iter().find(|candidate| candidate.name == version.name)?;
        let (before, after) = (server::Server::new(old, version)?, server::Server::new(new, after)?);
        let witness = net::first(&before, &after, limits)?;
        Some((version.name.clone(), witness))
    })
}
