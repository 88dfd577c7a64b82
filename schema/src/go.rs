//! Go's view of JSON: structs as tables, and the words in which Go's decoder and printer speak of values.
//!
//! The API server is written in Go, and its clients notice. A built-in type loses the fields that its struct does not have,
//! and empty values where the struct says `omitempty`; a value of the wrong type is refused in the words of
//! `encoding/json`; and errors show values as Go prints them. A [`Struct`] describes a Go type. [`check`] says what Go's
//! decoder would refuse, [`strict`] also what it finds in a text, and [`round_trip`] turns the value into what Go would write after it has decoded it.
//!
//! ```
//! use crdgen_schema::go::{self, Struct, Type, field};
//! use serde_json::json;
//!
//! static PORT: Struct =
//!     Struct::new("v1", "Port", &[field("name", Type::Text), field("number", Type::Int32).always()]);
//! static SERVICE: Struct = Struct::new("v1", "Service", &[field("ports", Type::List(&Type::Struct(&PORT)))]);
//!
//! let mut service = json!({"ports": [{"name": "", "colour": "red"}, null]});
//! assert_eq!(go::round_trip(&mut service, &SERVICE), Ok(vec!["ports[0].colour".to_owned()]));
//! assert_eq!(service, json!({"ports": [{"number": 0}, {"number": 0}]}));
//!
//! let error = go::check(&json!({"ports": [{"number": 1.5}]}), &SERVICE).unwrap_err();
//! assert_eq!(error, "json: cannot unmarshal number 1.5 into Go struct field Port.ports.number of type int32");
//! ```
//!
//! Source: Go's `encoding/json` and `fmt`, `apimachinery/pkg/apis/meta/v1/unstructured`.

mod check;
mod convert;
mod defaulting;
mod equality;
mod identity;
mod json;
mod order;
mod print;
mod round_trip;
mod scalar;
mod storage;
mod strict;
mod structure;
#[cfg(test)]
mod tests;
mod time;
mod unquote;
mod unstructured;

pub use check::{cannot_unmarshal, check};
pub use convert::{convert, kind_of};
pub use defaulting::set_defaults;
pub use json::kind;
pub use order::{in_order, sorted};
pub use print::{
    array as print_array, document as print_document, float as print_float, json as print_json,
    json_float as print_json_float, object as print_object, plain as print_plain, quoted as print_quoted,
    value as print_value,
};
pub use round_trip::round_trip;
pub use storage::forget_empty;
pub use strict::{strict, strict_items};
pub use structure::{Field, Struct, Tags, Type, field};
pub use unstructured::accessor_error;

pub(crate) use check::check_node;
pub(crate) use crdgen_cel::go::is_printable;
pub(crate) use equality::are_equal;
pub(crate) use identity::identity;
pub(crate) use unquote::unquote;
pub(crate) use unstructured::nested;
