//! Input that is meant to do harm: a clear error, soon, and never a crash.

use std::fs;

use super::{FOLDER, validate, validate_in};

/// The command ends with this code and says this.
#[track_caller]
fn check(input: &str, code: i32, said: &str) {
    let ended = validate(&["--crds", "crds", "-"], input);
    assert!(ended.code == code && ended.out.contains(said), "{}: {}{}", ended.code, ended.out, ended.err);
}

fn shop(spec: &str) -> String {
    format!("apiVersion: example.com/v1\nkind: Shop\nmetadata: {{name: a}}\nspec: {spec}\n")
}

#[test]
fn deep_nesting_ends_with_an_error() {
    for (open, close) in [("[", "]"), ("{a: ", "}")] {
        check(&shop(&[open.repeat(100_000), close.repeat(100_000)].concat()), 2, "nested deeper than 256 levels");
        // As deep as documents may be.
        check(&shop(&["{x: ", &open.repeat(250), &close.repeat(250), "}"].concat()), 1, "unknown field \"spec.x\"");
        let beta = shop(&["{x: ", &open.repeat(250), &close.repeat(250), "}"].concat()).replace("/v1", "/v1beta1");
        check(&beta, 0, "1 accepted");
    }
    let list = "{kind: List, items: [".repeat(120) + &"]}".repeat(120);
    check(&list, 2, "no objects found");
}

#[test]
fn aliases_expand_to_so_much_and_no_more() {
    let mut bomb = "a0: &a0 [x, x, x, x, x, x, x, x, x]\n".to_owned();
    for level in 1..12 {
        let before = format!("*a{}", level - 1);
        bomb.extend([format!("a{level}: &a{level} ["), [before.as_str(); 9].join(", "), "]\n".to_owned()]);
    }
    check(&bomb, 2, "too many nodes");
}

#[test]
fn json_that_ends_early_is_an_error_at_its_end() {
    let text = "{\"apiVersion\": \"example.com/v1\", \"kind\": \"Shop\", \"metadata\": {\"name\": \"a\"";
    check(text, 2, "<stdin>:1:");
    check(&text[..30], 2, "<stdin>:1:");
    check("{", 2, "<stdin>:1:");
}

#[test]
fn very_many_findings_are_counted() {
    let fields: Vec<String> = (0..20_000).map(|number| format!("f{number}: 1")).collect();
    let ended = validate(&["--crds", "crds", "-"], &shop(&format!("{{owner: A, {}}}", fields.join(", "))));
    assert_eq!((ended.out.matches("unknown field").count(), ended.code), (100, 0));
    assert!(ended.out.contains(": warning: 19900 more warnings\n"), "{}", ended.out);
}

#[test]
fn strictly_every_duplicate_field_counts() {
    let item = "- apiVersion: example.com/v1\n  kind: Shop\n  metadata: {name: a}\n  spec: {owner: A, owner: B}\n";
    let list = format!("apiVersion: v1\nkind: List\nitems:\n{}", item.repeat(250));
    let ended = validate(&["--crds", "crds", "-", "--strict"], &list);
    assert!(ended.code == 1 && ended.out.ends_with("\n250 objects: 0 accepted, 250 refused\n"), "{}", ended.out);
    let fields = "owner: A, ".repeat(20_000);
    let ended = validate(&["--crds", "crds", "-"], &shop(&format!("{{{fields}}}")));
    assert!(ended.code == 0 && ended.out.contains(": warning: 19899 more warnings\n"), "{}", ended.out);
}

#[test]
fn very_long_values_are_cut() {
    let ended = validate(&["--crds", "crds", "-"], &shop(&format!("{{owner: {}}}", "a".repeat(1 << 20))));
    assert!(ended.code == 1 && ended.out.len() < 10_000, "{}", ended.out.len());
    let ended = validate(&["-"], &format!("a: {}", "a".repeat(1 << 20)));
    assert!(ended.code == 1 && ended.out.len() < 10_000 && ended.out.contains('…'), "{}", ended.out.len());
}

#[test]
fn what_is_no_text_is_an_error() {
    let folder = tempfile::tempdir().unwrap();
    fs::write(folder.path().join("a.yaml"), b"kind: \xff\xfe").unwrap();
    let ended = validate_in(folder.path(), &["a.yaml"], "");
    assert!(ended.code == 2 && ended.out.contains("a.yaml: error: the file is not UTF-8 text"), "{}", ended.out);
}

#[cfg(unix)]
#[test]
fn links_that_lead_back_are_found() {
    let folder = tempfile::tempdir().unwrap();
    let inner = folder.path().join("a/b");
    fs::create_dir_all(&inner).unwrap();
    fs::write(inner.join("shop.yaml"), shop("{}")).unwrap();
    for link in ["one", "two"] {
        std::os::unix::fs::symlink(folder.path().join("a"), inner.join(link)).unwrap();
    }
    let ended = validate_in(folder.path(), &["--crds", &format!("{FOLDER}/crds"), "a"], "");
    assert!(ended.code == 2 && ended.out.contains("a link may lead back to a folder around it"), "{}", ended.out);
    // A link that leads nowhere, as to a file that has vanished.
    std::os::unix::fs::symlink(folder.path().join("gone"), folder.path().join("gone.yaml")).unwrap();
    let ended = validate_in(folder.path(), &["gone.yaml"], "");
    assert!(ended.code == 2 && ended.out.starts_with("gone.yaml: error: cannot be read: "), "{}", ended.out);
}
