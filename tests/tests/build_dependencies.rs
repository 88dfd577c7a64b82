//! What builds with crdgen have to compile.

use std::process::Command;

/// The names of all packages that are compiled for one.
fn dependencies(arguments: &[&str]) -> Vec<String> {
    let cargo = std::env::var("CARGO").unwrap_or_else(|_| "cargo".to_owned());
    let output = Command::new(cargo)
        .args(["tree", "--locked", "--edges", "normal,build", "--prefix", "none"])
        .args(arguments)
        .output()
        .expect("cargo tree runs");
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let tree = String::from_utf8(output.stdout).expect("UTF-8");
    tree.lines().filter_map(|line| line.split(' ').next()).map(str::to_owned).collect()
}

#[test]
fn a_build_script_compiles_no_kube_hyper_or_tokio() {
    let names = dependencies(&["--package", "crdgen"]);
    assert!(names.iter().any(|name| name == "crdgen-schema"), "{names:?}");
    for heavy in ["kube", "kube-core", "kube-client", "hyper", "tokio", "k8s-openapi"] {
        assert!(!names.iter().any(|name| name == heavy), "{heavy} is among what a build script compiles: {names:?}");
    }
}

#[test]
fn types_bring_cel_only_with_the_feature_validate() {
    let types = ["--package", "crdgen-runtime", "--no-default-features"];
    for heavy in ["crdgen-cel", "regex", "num-bigint", "kube", "tokio"] {
        let names = dependencies(&types);
        assert!(!names.iter().any(|name| name == heavy), "{heavy} is among what types need: {names:?}");
    }
    let names = dependencies(&[&types[..], &["--features", "validate"]].concat());
    assert!(names.iter().any(|name| name == "crdgen-cel"), "{names:?}");
}
