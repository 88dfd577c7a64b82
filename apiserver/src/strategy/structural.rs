//! Kinds of which only the structure is checked.

use crate::resource::strategy::Strategy;

/// The strategy of kinds without one of their own: fields, types and defaults follow the Go type, and nothing else is checked.
#[derive(Debug)]
pub(crate) struct Structural;

impl Strategy for Structural {}
