//! Each folder of `fixtures/cases` holds CRDs, perhaps settings, and the code that they give.
//!
//! `CRDGEN_UPDATE_GOLDENS=1` writes the expected code anew, except where `CI` is set.

#![allow(clippy::disallowed_methods, reason = "tests read their fixtures and say how they are run")]

use std::path::{Path, PathBuf};

fn cases() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../fixtures/cases")
}

fn check(case: &str) {
    let folder = cases().join(case);
    let config = crdgen::configure().out(folder.join("expected")).command("crdgen codegen");
    let crds = folder.join("crds.yaml");
    if std::env::var_os("CRDGEN_UPDATE_GOLDENS").is_some() {
        assert!(std::env::var_os("CI").is_none(), "goldens are not updated in CI");
        config.generate(crds.as_path()).unwrap();
    }
    let report = config.check(crds.as_path()).unwrap();
    assert!(
        report.is_clean(),
        "{case}: run the tests with CRDGEN_UPDATE_GOLDENS=1 if this is meant to change\n{report}"
    );
}

macro_rules! cases {
    ($($case:ident)*) => {
        $(#[test] fn $case() { check(stringify!($case)); })*

        #[test]
        fn every_case_is_checked() {
            let mut folders: Vec<String> =
                std::fs::read_dir(cases()).unwrap().map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect();
            folders.sort();
            assert_eq!(folders, [$(stringify!($case)),*]);
        }
    };
}

cases! { clients conditions constraints embedded enums folding formats hostile kubernetes maps names nullable positions settings settings_plain sharing small_maps }
