//! A program that uses nothing of what was generated: no warning, whatever is unused. Nothing here is allowed that default
//! lints, or clippy's pedantic ones, warn of.
#![deny(warnings, clippy::pedantic)]
#![allow(unreachable_pub, reason = "not a lint by default: this workspace asks for it")]

mod crds {
    include!(concat!(env!("OUT_DIR"), "/crds/mod.rs"));
}

fn main() {}
