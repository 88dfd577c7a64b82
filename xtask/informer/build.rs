//! Generates the type of the objects that the neutral server sends.

fn main() -> Result<(), crdgen::Error> {
    crdgen::configure().compile("../../fixtures/bench")
}
