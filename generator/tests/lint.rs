//! `crdgen lint`: what it finds in `fixtures/lint`, what it prints, and how it ends.

#![allow(clippy::disallowed_methods, reason = "tests read and write files")]

use std::{
    fs,
    io::Write as _,
    path::Path,
    process::{Command, Output, Stdio},
};

use serde_json::Value;

const CASES: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../fixtures/lint");
/// With this variable the expected output is written anew.
const UPDATE: &str = "CRDGEN_UPDATE_GOLDENS";

fn crdgen(folder: &Path, arguments: &[&str], input: &str) -> Output {
    let mut command = Command::new(env!("CARGO_BIN_EXE_crdgen"));
    command.arg("lint").args(arguments).current_dir(folder);
    let mut child = command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
    // A command that does not read its input closes it.
    let _ = child.stdin.take().unwrap().write_all(input.as_bytes());
    child.wait_with_output().unwrap()
}

/// The command ends with this code; what it printed on standard output, and on standard error.
fn check(arguments: &[&str], code: i32) -> (String, String) {
    check_in(Path::new(CASES), arguments, "", code)
}

fn check_in(folder: &Path, arguments: &[&str], input: &str, code: i32) -> (String, String) {
    let output = crdgen(folder, arguments, input);
    let (out, err) = (String::from_utf8(output.stdout).unwrap(), String::from_utf8(output.stderr).unwrap());
    assert_eq!(output.status.code(), Some(code), "{arguments:?}: {out}{err}");
    (out, err)
}

fn cases() -> Vec<String> {
    let entries = fs::read_dir(CASES).unwrap().map(|entry| entry.unwrap().file_name().into_string().unwrap());
    let mut names: Vec<String> = entries.collect();
    names.sort();
    names
}

/// The arguments that the first line of a case's CRD names.
fn arguments(case: &str) -> Vec<String> {
    let text = fs::read_to_string(format!("{CASES}/{case}/crd.yaml")).unwrap();
    let given = text.lines().next().unwrap().strip_prefix("# crdgen lint").unwrap();
    let file = format!("{case}/crd.yaml");
    [file].into_iter().chain(given.split_whitespace().map(str::to_owned)).collect()
}

#[test]
fn every_case_is_found_as_expected() {
    let updates = std::env::var_os(UPDATE).is_some();
    assert!(!updates || std::env::var_os("CI").is_none(), "goldens are not updated in CI");
    for case in cases() {
        let arguments = arguments(&case);
        let arguments: Vec<&str> = arguments.iter().map(String::as_str).collect();
        let out = String::from_utf8(crdgen(Path::new(CASES), &arguments, "").stdout).unwrap();
        let file = format!("{CASES}/{case}/expect.txt");
        if updates {
            fs::write(&file, &out).unwrap();
        }
        assert_eq!(out, fs::read_to_string(&file).unwrap_or_default(), "{case}: {UPDATE}=1 writes it anew");
    }
}

#[test]
fn the_exit_code_says_how_bad_it_is() {
    let cases: &[(&[&str], i32)] = &[
        (&["clean"], 0),
        (&["without-effect"], 0),
        (&["without-effect", "--deny-warnings"], 1),
        (&["clean", "--deny-warnings"], 0),
        (&["refused"], 1),
        (&["refused", "--disable", "refused-by-api-server"], 0),
        (&["no-such-file.yaml"], 2),
        (&[], 2),
        (&["clean", "--disable", "no-such-check"], 2),
        (&["clean", "--profile", "lax"], 2),
        (&["clean", "--kubernetes", "2.0"], 2),
        (&["clean", "--cost-share", "0"], 2),
        (&["--list"], 0),
    ];
    for (arguments, code) in cases {
        check(arguments, *code);
    }
}

#[test]
fn a_wrong_argument_is_named() {
    let cases: &[(&[&str], &str)] = &[
        (&["clean", "--disable", "no-bolls"], "there is no check \"no-bolls\": did you mean `no-bools`?\n"),
        (&["clean", "--kubernetes", "new"], "\"new\" is not a release of Kubernetes: write 1.28 for instance\n"),
        (&["clean", "--profile", "lax"], "there is no profile \"lax\": write default or strict\n"),
    ];
    for (arguments, expected) in cases {
        assert_eq!(check(arguments, 2), (String::new(), (*expected).to_owned()));
    }
}

#[test]
fn standard_input_is_read() {
    let text = fs::read_to_string(format!("{CASES}/status-that-is-dropped/crd.yaml")).unwrap();
    let (out, _) = check_in(Path::new(CASES), &["-"], &text, 0);
    assert!(out.starts_with("<stdin>:13:7: warning[status-subresource]: "), "{out}");
}

#[test]
fn settings_stand_beside_the_crds_and_flags_win() {
    let folder = tempfile::tempdir().unwrap();
    let crd = fs::read_to_string(format!("{CASES}/conventions/crd.yaml")).unwrap();
    fs::create_dir(folder.path().join("crds")).unwrap();
    fs::write(folder.path().join("crds/crd.yaml"), crd).unwrap();
    let settings =
        "[lint]\nenable = ['no-bools', 'no-floats']\ndisable = ['no-bools=houses.*/*/spec/lit', 'no-floats=**/roof']\n";
    fs::write(folder.path().join("crds/crdgen.toml"), settings).unwrap();
    let lint = |arguments: &[&str], code| check_in(folder.path(), &[&["crds"], arguments].concat(), "", code).0;
    let out = lint(&[], 0);
    assert!(!out.contains("no-bools") && out.contains("warning[no-floats]"), "{out}");
    assert!(
        out.contains("warning[unused-setting]: nothing was found that `disable` of `no-floats=**/roof` switches off")
    );
    assert!(lint(&["--disable", "no-floats"], 0).ends_with("1 CRD: nothing found\n"));
    fs::write(folder.path().join("other.toml"), "[lint]\nprofile = 'strict'\ndeny_warnings = true\n").unwrap();
    assert!(lint(&["--config", "other.toml"], 1).contains("warning[no-bools]"));
    assert!(lint(&["--config", "other.toml", "--profile", "default"], 0).ends_with("1 CRD: nothing found\n"));
    fs::write(folder.path().join("crds/crdgen.toml"), "[lint]\nprofile = 1\n").unwrap();
    let (_, err) = check_in(folder.path(), &["crds"], "", 2);
    assert_eq!(err, "crds/crdgen.toml: `lint.profile` must be a string\n");
}

/// The largest bound that is named is enough, and the next one is not.
#[test]
fn the_bound_that_is_named_is_the_largest_that_mends_the_rule() {
    let text = fs::read_to_string(format!("{CASES}/costs/crd.yaml")).unwrap();
    let list = "                routes:\n                  type: array\n";
    let is_refused = |bound: u64| {
        let bounded = text.replace(list, &format!("{list}                  maxItems: {bound}\n"));
        let output = crdgen(Path::new(CASES), &["-", "--output", "json"], &bounded);
        let report: Value = serde_json::from_slice(&output.stdout).unwrap();
        let findings = report["findings"].as_array().unwrap();
        findings
            .iter()
            .any(|finding| finding["code"] == "rule-cost" && finding["place"].as_str().unwrap().ends_with("/routes/*"))
    };
    let (out, _) = check(&["costs"], 1);
    assert!(out.contains("set `maxItems` of spec.routes to 32154 at most"), "{out}");
    assert_eq!((is_refused(32154), is_refused(32155)), (false, true));
}

#[test]
fn json_is_what_the_published_schema_says() {
    let schema: Value = serde_json::from_str(include_str!("../../docs/schemas/lint-v1.json")).unwrap();
    let validator = jsonschema::validator_for(&schema).unwrap();
    let (empty, faulty) = ("kind: Other\n", "kind: CustomResourceDefinition\nkind: x\n");
    let everything: &[(&[&str], &str)] = &[
        (&[".", "--profile", "strict", "--kubernetes", "1.25"], ""),
        (&["clean"], ""),
        (&["-"], empty),
        (&["-"], faulty),
    ];
    for (arguments, input) in everything {
        let output = crdgen(Path::new(CASES), &[*arguments, &["--output", "json"]].concat(), input);
        let report: Value = serde_json::from_slice(&output.stdout).unwrap();
        let errors: Vec<String> = validator.iter_errors(&report).map(|error| error.to_string()).collect();
        assert!(errors.is_empty(), "{arguments:?}: {errors:?}");
    }
    assert!(!validator.is_valid(&serde_json::json!({"version": 1})));
}

#[test]
fn sarif_names_the_rule_and_the_place() {
    let (out, _) = check(&["refused", "--output", "sarif"], 1);
    let report: Value = serde_json::from_str(&out).unwrap();
    let run = &report["runs"][0];
    let rules: Vec<&str> =
        run["tool"]["driver"]["rules"].as_array().unwrap().iter().map(|rule| rule["id"].as_str().unwrap()).collect();
    let results = run["results"].as_array().unwrap();
    assert_eq!(results.len(), 3);
    for result in results {
        assert!(rules.contains(&result["ruleId"].as_str().unwrap()));
        let place = &result["locations"][0]["physicalLocation"];
        assert_eq!(place["artifactLocation"]["uri"], "refused/crd.yaml");
        assert!(place["region"]["startLine"].as_u64().unwrap() > 1);
    }
}

#[test]
fn hostile_names_cannot_forge_lines() {
    let text = fs::read_to_string(format!("{CASES}/without-effect/crd.yaml")).unwrap();
    let text = text.replace("name: Captain", "name: \"a\\n::error::b\\e[31m\"");
    for format in ["text", "github", "json", "sarif"] {
        let (out, _) = check_in(Path::new(CASES), &["-", "--output", format], &text, 0);
        assert!(!out.contains("\n::error") && !out.contains('\u{1b}'), "{format}: {out}");
    }
}

/// The blocks ```` ```console ```` of the chapter: lines that start with `$ ` are commands, the others what they print.
fn examples() -> Vec<(String, String)> {
    let chapter = include_str!("../../docs/lint.md");
    let (mut examples, mut is_inside) = (Vec::<(String, String)>::new(), false);
    for line in chapter.lines() {
        if line.starts_with("```") {
            is_inside = line == "```console";
        } else if is_inside && let Some(command) = line.strip_prefix("$ ") {
            examples.push((command.to_owned(), String::new()));
        } else if is_inside {
            examples.last_mut().unwrap().1.extend([line, "\n"]);
        }
    }
    examples
}

#[cfg(unix)]
#[test]
fn the_commands_of_the_chapter_print_what_it_says() {
    let crdgen = Path::new(env!("CARGO_BIN_EXE_crdgen"));
    let path = format!("{}:{}", crdgen.parent().unwrap().display(), std::env::var("PATH").unwrap());
    let examples = examples();
    assert!(examples.len() >= 8, "{}", examples.len());
    for (command, printed) in examples {
        let mut shell = Command::new("sh");
        let shell = shell.args(["-c", &format!("{{ {command}; }} 2>&1")]).current_dir(CASES).env("PATH", &path);
        assert_eq!(String::from_utf8(shell.output().unwrap().stdout).unwrap(), printed, "$ {command}");
    }
}

#[test]
fn the_chapter_names_every_flag() {
    let chapter = include_str!("../../docs/lint.md");
    let (help, _) = check(&["--help"], 0);
    let flags = help.lines().filter_map(|line| line.trim_start().trim_start_matches("-q, ").strip_prefix("--"));
    let flags: Vec<&str> =
        flags.map(|rest| rest.split([' ', '<', ',']).next().unwrap()).filter(|flag| *flag != "help").collect();
    assert!(flags.len() >= 12, "{flags:?}");
    for flag in flags {
        assert!(chapter.contains(&format!("`--{flag}")) || chapter.contains(&format!(" --{flag}")), "--{flag}");
    }
}
