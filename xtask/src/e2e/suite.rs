//! The suite: an ordinary Go program, whose module `tests/e2e` pins.

use std::{
    fs,
    path::{Path, PathBuf},
    process::{Command, Stdio},
};

use anyhow::{Context, Result, ensure};
use serde_json::Value;

use crate::project;

/// How long all tests together may take. The suite stops by itself then.
const LIMIT: &str = "1800s";

/// The suite, built.
#[derive(Debug)]
pub(super) struct Suite {
    folder: PathBuf,
}

/// How the tests ended.
#[derive(Debug)]
pub(super) struct Outcomes(Vec<Outcome>);

#[derive(Debug, PartialEq, Eq)]
struct Outcome {
    name: String,
    /// `passed`, `failed`, `timedout`, `panicked` and so on.
    state: String,
    /// Why it did not pass.
    reason: String,
}

impl Suite {
    /// Builds the suite into a folder, unless it is there.
    pub(super) fn build(folder: &Path) -> Result<Self> {
        let suite = Self { folder: folder.to_path_buf() };
        if !suite.program().exists() {
            eprintln!("building Kubernetes' end-to-end suite (minutes)");
            let mut go = Command::new("go");
            go.current_dir(project::root().join("tests/e2e"));
            go.args(["test", "-c", "-o"]).arg(suite.program()).arg("k8s.io/kubernetes/test/e2e");
            project::run(&mut go)?;
        }
        Ok(suite)
    }

    fn program(&self) -> PathBuf {
        self.folder.join("e2e.test")
    }

    /// Runs the tests that `focus` matches and `skip` does not against a server.
    pub(super) fn run(&self, kubeconfig: &Path, focus: &str, skip: &str) -> Result<Outcomes> {
        let (log, report) = (self.folder.join("e2e.log"), self.folder.join("report.json"));
        if report.exists() {
            fs::remove_file(&report)?;
        }
        let mut command = Command::new(self.program());
        command.arg("--kubeconfig").arg(kubeconfig).arg(format!("--ginkgo.json-report={}", report.display()));
        command.args(["--provider=skeleton", "--disable-log-dump"]);
        command.args(["--allowed-not-ready-nodes=-1", "--ginkgo.no-color", "--ginkgo.v"]);
        command.arg(format!("--ginkgo.timeout={LIMIT}")).arg(format!("--ginkgo.focus={focus}"));
        if !skip.is_empty() {
            command.arg(format!("--ginkgo.skip={skip}"));
        }
        let file = fs::File::create(&log).with_context(|| format!("cannot write {}", log.display()))?;
        let status = command.stdin(Stdio::null()).stderr(file.try_clone()?).stdout(file).status()?;
        let report =
            fs::read(&report).with_context(|| format!("the suite ended with {status}: see {}", log.display()))?;
        let outcomes = Outcomes::read(&serde_json::from_slice(&report)?);
        ensure!(!outcomes.0.is_empty(), "no test has a name that {focus} matches: see {}", log.display());
        Ok(outcomes)
    }
}

impl Outcomes {
    /// Reads Ginkgo's report. What was left out is not in it, and what ran before and after the tests only if it failed.
    fn read(report: &Value) -> Self {
        let suites = report.as_array().into_iter().flatten();
        let tests = suites.flat_map(|suite| suite["SpecReports"].as_array().into_iter().flatten());
        let outcomes = tests.filter_map(|test| {
            let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
            let state = text(&test["State"]);
            let is_test = test["LeafNodeType"] == "It";
            if matches!(&*state, "skipped" | "pending" | "") || (!is_test && state == "passed") {
                return None;
            }
            let containers = test["ContainerHierarchyTexts"].as_array().into_iter().flatten().map(text);
            let leaf = if is_test { text(&test["LeafNodeText"]) } else { text(&test["LeafNodeType"]) };
            let name = containers.chain([leaf]).collect::<Vec<_>>().join(" ");
            Some(Outcome { name, state, reason: text(&test["Failure"]["Message"]) })
        });
        Self(outcomes.collect())
    }

    /// Prints a line for each test, and why it failed; then how many passed.
    pub(super) fn print(&self) {
        for outcome in &self.0 {
            println!("{:8} {}", outcome.state, outcome.name);
            for line in outcome.reason.lines().filter(|_| !outcome.has_passed()) {
                println!("         {line}");
            }
        }
        println!("{} of {} tests passed", self.0.iter().filter(|outcome| outcome.has_passed()).count(), self.0.len());
    }

    pub(super) fn all_passed(&self) -> bool {
        self.0.iter().all(Outcome::has_passed)
    }
}

impl Outcome {
    fn has_passed(&self) -> bool {
        self.state == "passed"
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn a_report_has_the_tests_that_ran_and_what_failed_around_them() {
        let test = |kind: &str, state: &str, name: &str| {
            json!({"ContainerHierarchyTexts": ["[sig-api-machinery] A"], "LeafNodeType": kind, "LeafNodeText": name, "State": state,
                "Failure": {"Message": if state == "failed" { "why" } else { "" }}})
        };
        let outcomes = Outcomes::read(&json!([{"SpecReports": [
            test("It", "passed", "works"),
            test("It", "skipped", "is left out"),
            test("SynchronizedBeforeSuite", "passed", ""),
            test("It", "failed", "breaks"),
        ]}]));
        let found: Vec<_> =
            outcomes.0.iter().map(|outcome| (&*outcome.name, &*outcome.state, &*outcome.reason)).collect();
        let expected =
            [("[sig-api-machinery] A works", "passed", ""), ("[sig-api-machinery] A breaks", "failed", "why")];
        assert_eq!(found, expected);
        assert!(!outcomes.all_passed());
    }
}
