//! Changes of texts and JSON values that keep most of what they are about.

mod json;
mod schema;
mod text;

pub(crate) use json::{change_json, reductions};
pub(crate) use schema::change_schema;
pub(crate) use text::{change_text, hostile_text};

/// Integers at which something changes.
const NUMBERS: &[i64] = &[
    0,
    1,
    -1,
    2,
    10,
    127,
    128,
    255,
    256,
    1000,
    65_535,
    65_536,
    2_147_483_647,
    2_147_483_648,
    -2_147_483_649,
    4_294_967_296,
    9_007_199_254_740_993,
    i64::MAX,
    i64::MIN,
];
