//! Objects made from the schema of a CRD: to test with, and to show what a change of a CRD breaks.
//!
//! A [`Synthesizer`] is made for one version of a definition. Its [`samples`](Synthesizer::samples) are deterministic objects,
//! from the smallest one to one that holds every property, each with a note of what it is for and with what kube-apiserver
//! says to it (see [`Strategy`](crate::strategy::Strategy)). Objects are not made to satisfy CEL rules.
//!
//! ```
//! use crdgen_schema::{definition::Definition, synthesis::{Limits, Synthesizer}};
//!
//! let definition = Definition::from_value(&serde_json::json!({
//!     "apiVersion": "apiextensions.k8s.io/v1", "kind": "CustomResourceDefinition", "metadata": {"name": "dogs.example.com"},
//!     "spec": {"group": "example.com", "scope": "Namespaced", "names": {"kind": "Dog", "plural": "dogs"}, "versions": [{
//!         "name": "v1", "served": true, "storage": true, "schema": {"openAPIV3Schema": {"type": "object", "properties": {
//!             "age": {"type": "integer", "minimum": 0}
//!         }}}
//!     }]}
//! }))?;
//! let synthesizer = Synthesizer::new(&definition, "v1").expect("the definition has this version");
//! let accepted: Vec<_> = synthesizer.samples(&Limits::default()).filter(|sample| sample.is_accepted()).collect();
//! assert_eq!(accepted[1].object["age"], 1);
//! # Ok::<(), crdgen_schema::diagnostic::Diagnostics>(())
//! ```

mod build;
mod format;
mod leaf;
mod number;
mod object;
mod pattern;
mod place;
mod plan;
mod resource;
mod sample;
#[cfg(test)]
mod tests;
mod text;
mod wanted;
mod weight;

pub(crate) use build::Builder;
pub(crate) use place::{ANY_KEY, print as print_place, wanted as wanted_at};
pub(crate) use plan::{Flavour, Plan, Size, Step, Toward};
pub use sample::{Limits, Purpose, Sample, Samples, Synthesizer};
pub(crate) use wanted::Wanted;
