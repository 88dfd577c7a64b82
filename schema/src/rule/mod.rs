//! CEL rules of schemas (`x-kubernetes-validations`).
//!
//! [`Rules`] compiles the rules of a schema once, and then checks objects. What rules may use beyond CEL itself is in
//! [`library()`].
//!
//! ```
//! use crdgen_schema::{rule::Rules, schema::Schema};
//! use serde_json::json;
//!
//! let schema = Schema::from_value(&json!({
//!     "type": "object",
//!     "properties": {"min": {"type": "integer"}, "max": {"type": "integer"}},
//!     "x-kubernetes-validations": [{"rule": "self.min <= self.max", "message": "min must not be above max"}],
//! })).unwrap();
//! let rules = Rules::new(&schema);
//! assert!(rules.check(&json!({"min": 1, "max": 2}), &schema, None).is_empty());
//! let errors = rules.check(&json!({"min": 3, "max": 2}), &schema, None);
//! assert_eq!(errors.iter().next().unwrap().detail, "min must not be above max");
//! ```
//!
//! Source: `apiextensions-apiserver/pkg/apiserver/schema/cel`, KEP-2876.

// What rules see.
mod declaration;
mod escape;
mod host;
mod library;
mod root;

// Rules → programs → errors.
pub(crate) mod acceptance;
mod evaluate;
mod expression;
#[cfg(feature = "compatibility")]
pub(crate) mod mention;
mod message;
mod place;
mod report;
mod survey;
#[cfg(test)]
mod tests;
mod tree;

pub use acceptance::{RULE_LIMIT, SCHEMA_LIMIT};
pub use escape::is_reserved;
pub use evaluate::Budget;
pub use library::library;
pub use place::{Step, print_schema_path};
pub use report::{Report, report};
pub use survey::{ExpressionOf, RuleCost, Site, SurveyedRule, survey};
pub use tree::{Replaced, Rules, has_rules};
