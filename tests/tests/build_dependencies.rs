//! What a build script that uses crdgen has to compile.

use std::process::Command;

#[test]
fn a_build_script_compiles_no_kube_hyper_or_tokio() {
    let cargo = std::env::var("CARGO").unwrap_or_else(|_| "cargo".to_owned());
    let output = Command::new(cargo)
        .args(["tree", "--locked", "--package", "crdgen", "--edges", "normal,build", "--prefix", "none"])
        .output()
        .expect("cargo tree runs");
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let tree = String::from_utf8(output.stdout).expect("UTF-8");
    let names: Vec<&str> = tree.lines().filter_map(|line| line.split(' ').next()).collect();
    assert!(names.contains(&"crdgen-schema"), "{tree}");
    for heavy in ["kube", "kube-core", "kube-client", "hyper", "tokio", "k8s-openapi"] {
        assert!(!names.contains(&heavy), "{heavy} is among what a build script compiles:\n{tree}");
    }
}
