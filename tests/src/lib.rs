//! What the black-box tests in `tests/tests` share: the servers they run against.

pub mod control_plane;
