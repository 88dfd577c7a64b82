//! Built-in kinds as data: what Go's source and a real server say of them.

pub(crate) mod table;
