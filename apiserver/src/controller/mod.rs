//! What the controllers of a real cluster do in the background. Here it is done right after the request that makes it
//! necessary, so that a test never has to wait for a background task.

pub(crate) mod definitions;
pub(crate) mod namespaces;
