//! The names that operators have as functions.

/// `condition ? a : b`
pub(crate) const CONDITIONAL: &str = "_?_:_";
/// `a && b`
pub(crate) const AND: &str = "_&&_";
/// `a || b`
pub(crate) const OR: &str = "_||_";
/// `!a`
pub(crate) const NOT: &str = "!_";
/// `-a`
pub(crate) const NEGATE: &str = "-_";
/// `a == b`
pub(crate) const EQUAL: &str = "_==_";
/// `a != b`
pub(crate) const NOT_EQUAL: &str = "_!=_";
/// `a < b`
pub(crate) const LESS: &str = "_<_";
/// `a <= b`
pub(crate) const LESS_EQUAL: &str = "_<=_";
/// `a > b`
pub(crate) const GREATER: &str = "_>_";
/// `a >= b`
pub(crate) const GREATER_EQUAL: &str = "_>=_";
/// `a + b`
pub(crate) const ADD: &str = "_+_";
/// `a - b`
pub(crate) const SUBTRACT: &str = "_-_";
/// `a * b`
pub(crate) const MULTIPLY: &str = "_*_";
/// `a / b`
pub(crate) const DIVIDE: &str = "_/_";
/// `a % b`
pub(crate) const MODULO: &str = "_%_";
/// `a in b`
pub(crate) const IN: &str = "@in";
/// `a[b]`
pub(crate) const INDEX: &str = "_[_]";
/// `a[?b]`
pub(crate) const OPTIONAL_INDEX: &str = "_[?_]";
/// `a.?b`
pub(crate) const OPTIONAL_SELECT: &str = "_?._";
/// False for false only: loops go on after an error.
pub(crate) const NOT_STRICTLY_FALSE: &str = "@not_strictly_false";
/// Adds an entry, or the entries of a map, to a map.
pub(crate) const MAP_INSERT: &str = "cel.@mapInsert";
