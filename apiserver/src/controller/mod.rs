//! What a cluster's controllers do, done at once after the request that calls for it: no task runs behind the back
//! of a test.

pub(crate) mod definitions;
pub(crate) mod namespaces;
