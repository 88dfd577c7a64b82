//! A crate as users write it: types that `build.rs` generates, brought in by one line.

include!(concat!(env!("OUT_DIR"), "/crds/mod.rs"));
