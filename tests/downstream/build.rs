//! Generates the types of `fixtures/crds/example.com` into `OUT_DIR`.

fn main() -> Result<(), crdgen::Error> {
    crdgen::configure().types_only(true).compile("../../fixtures/crds/example.com")
}
