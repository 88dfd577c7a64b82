use std::{fs, path::Path};

use super::*;

fn tree(files: &[(&str, &str)]) -> Tree<'static> {
    let files = files.iter().map(|(path, text)| {
        let header = if manifest::carries_header(path) { format!("{}.\n", crate::render::MARK) } else { String::new() };
        ((*path).to_owned(), format!("{header}{text}").into())
    });
    Tree { files: files.collect(), ..Tree::default() }
}

/// The visible files below a folder.
fn names(folder: &Path) -> Vec<String> {
    existing::files(folder).unwrap().into_keys().filter(|name| name != manifest::NAME).collect()
}

#[test]
fn a_second_run_touches_nothing() {
    let folder = tempfile::tempdir().unwrap();
    let tree = tree(&[("mod.rs", "a"), ("g/mod.rs", "b"), ("g/things.json", "{}\n")]);
    assert_eq!(write(&tree, folder.path()).unwrap().written(), 4);
    assert!(check(&tree, folder.path()).unwrap().is_clean());
    let changes = write(&tree, folder.path()).unwrap();
    assert_eq!((changes.written(), changes.removed()), (0, 0));
}

#[test]
fn orphans_go_with_the_folders_they_leave_empty() {
    let folder = tempfile::tempdir().unwrap();
    write(&tree(&[("mod.rs", "a"), ("g/v1/mod.rs", "b"), ("g/things.json", "{}\n")]), folder.path()).unwrap();
    let tree = tree(&[("mod.rs", "a")]);
    let changes = write(&tree, folder.path()).unwrap();
    assert_eq!((changes.written(), changes.removed()), (1, 2));
    assert_eq!(names(folder.path()), ["mod.rs"]);
    assert!(!folder.path().join("g").exists());
}

#[test]
fn a_file_of_someone_else_stops_everything() {
    let folder = tempfile::tempdir().unwrap();
    fs::create_dir(folder.path().join("g")).unwrap();
    fs::write(folder.path().join("g/notes.json"), "{}").unwrap();
    fs::write(folder.path().join("own.rs"), "fn main() {}").unwrap();
    let error = write(&tree(&[("mod.rs", "a"), ("g/mod.rs", "b")]), folder.path()).unwrap_err();
    let Error::Foreign(paths) = error else { panic!("{error}") };
    let mut found: Vec<_> = paths.iter().map(|path| path.strip_prefix(folder.path()).unwrap().to_owned()).collect();
    found.sort();
    assert_eq!(found, [Path::new("g/notes.json"), Path::new("own.rs")]);
    assert!(!folder.path().join("mod.rs").exists());
}

#[test]
fn a_manifest_of_someone_else_is_not_believed() {
    let folder = tempfile::tempdir().unwrap();
    fs::write(folder.path().join(manifest::NAME), "notes.json\n").unwrap();
    let error = write(&tree(&[("mod.rs", "a")]), folder.path()).unwrap_err();
    assert!(matches!(error, Error::Foreign(_)), "{error}");
}

#[test]
fn a_folder_with_other_line_ends_is_still_ours() {
    let folder = tempfile::tempdir().unwrap();
    let tree = tree(&[("mod.rs", "a\n"), ("g/things.json", "{}\n")]);
    write(&tree, folder.path()).unwrap();
    for name in [manifest::NAME, "mod.rs", "g/things.json"] {
        let text = fs::read_to_string(folder.path().join(name)).unwrap();
        fs::write(folder.path().join(name), text.replace('\n', "\r\n")).unwrap();
    }
    assert_eq!(check(&tree, folder.path()).unwrap().stale.len(), 3);
    assert_eq!(write(&tree, folder.path()).unwrap().written(), 3);
    assert!(check(&tree, folder.path()).unwrap().is_clean());
}

#[test]
fn hidden_files_are_left_alone_and_leftovers_go() {
    let folder = tempfile::tempdir().unwrap();
    fs::write(folder.path().join(".gitattributes"), "* linguist-generated").unwrap();
    fs::write(folder.path().join(".crdgen-mod.rs"), "half a fi").unwrap();
    let tree = tree(&[("mod.rs", "a")]);
    let changes = write(&tree, folder.path()).unwrap();
    assert_eq!(changes.removed(), 1);
    assert!(folder.path().join(".gitattributes").exists());
}

#[test]
fn check_names_what_is_stale_missing_and_orphaned_with_diffs() {
    let folder = tempfile::tempdir().unwrap();
    write(&tree(&[("mod.rs", "one\n"), ("old.rs", "two\n")]), folder.path()).unwrap();
    let report = check(&tree(&[("mod.rs", "three\n"), ("new.rs", "four\n")]), folder.path()).unwrap();
    assert_eq!(report.stale, ["mod.rs"]);
    assert_eq!(report.missing, ["new.rs"]);
    assert_eq!(report.orphaned, ["old.rs"]);
    let text = report.to_string();
    for line in ["--- a/mod.rs", "-one", "+three", "+++ b/new.rs", "+four", "+++ /dev/null", "-two", "stale: mod.rs"] {
        assert!(text.lines().any(|found| found == line), "{line:?} is not in\n{text}");
    }
    assert_eq!(names(folder.path()), ["mod.rs", "old.rs"]);
}

#[test]
fn names_that_differ_in_case_only_are_refused() {
    let folder = tempfile::tempdir().unwrap();
    let error = write(&tree(&[("a.rs", ""), ("A.rs", "")]), folder.path()).unwrap_err();
    assert!(matches!(error, Error::SameName(_)), "{error}");
}

#[test]
fn when_one_file_cannot_be_written_nothing_changes() {
    let folder = tempfile::tempdir().unwrap();
    let old = tree(&[("a.rs", "old"), ("z.rs", "old"), ("g/things.json", "{}\n")]);
    write(&old, folder.path()).unwrap();
    // Where a text would be written first, there is a folder.
    fs::create_dir(folder.path().join(".crdgen-z.rs")).unwrap();
    let new = tree(&[("a.rs", "new"), ("h/things.json", "{}\n"), ("z.rs", "new")]);
    let error = write(&new, folder.path()).unwrap_err();
    assert!(matches!(error, Error::Io { .. }), "{error}");
    fs::remove_dir(folder.path().join(".crdgen-z.rs")).unwrap();
    assert!(check(&old, folder.path()).unwrap().is_clean());
    assert!(!folder.path().join("h").exists());
}

#[test]
fn an_interrupted_run_leaves_nothing_that_is_no_ones() {
    let folder = tempfile::tempdir().unwrap();
    write(&tree(&[("mod.rs", "a"), ("g/old.json", "{}\n")]), folder.path()).unwrap();
    // The removal fails: there is a folder instead.
    let new = tree(&[("mod.rs", "a"), ("g/new.json", "{}\n")]);
    let changes = compare(&new, folder.path()).unwrap();
    fs::remove_file(folder.path().join("g/old.json")).unwrap();
    fs::create_dir(folder.path().join("g/old.json")).unwrap();
    apply::apply(&changes, folder.path()).unwrap_err();
    fs::remove_dir(folder.path().join("g/old.json")).unwrap();
    fs::write(folder.path().join("g/old.json"), "{}\n").unwrap();
    let changes = write(&new, folder.path()).unwrap();
    assert_eq!(changes.removed(), 1);
    assert_eq!(names(folder.path()), ["g/new.json", "mod.rs"]);
}

#[cfg(unix)]
#[test]
fn a_pipe_in_the_folder_is_not_read() {
    let folder = tempfile::tempdir().unwrap();
    let status = std::process::Command::new("mkfifo").arg(folder.path().join("own.rs")).status().unwrap();
    assert!(status.success());
    let error = write(&tree(&[("mod.rs", "a")]), folder.path()).unwrap_err();
    assert!(matches!(error, Error::Foreign(_)), "{error}");
}
