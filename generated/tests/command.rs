//! The `database-controller` command, as a process.

use std::{
    io::{BufRead, BufReader, Lines},
    process::{Child, ChildStderr, ChildStdout, Command, Stdio},
};

/// The command on an API server of its own. Ended when dropped, should the test fail before it ends by itself.
struct Controller {
    process: Child,
    output: Lines<BufReader<ChildStdout>>,
    log: Lines<BufReader<ChildStderr>>,
}

impl Controller {
    fn embedded() -> Self {
        let mut command = Command::new(env!("CARGO_BIN_EXE_database-controller"));
        command.args(["--embedded", "0"]).stdout(Stdio::piped()).stderr(Stdio::piped());
        let mut process = command.spawn().expect("the controller starts");
        let output = BufReader::new(process.stdout.take().expect("standard output")).lines();
        let log = BufReader::new(process.stderr.take().expect("standard error")).lines();
        Self { process, output, log }
    }

    /// The address that it prints.
    fn server(&mut self) -> String {
        let line = self.output.next().expect("a line").expect("text");
        line.split(' ').find(|word| word.starts_with("http://")).expect("an address").to_owned()
    }

    /// Reads the log until a line has this text.
    fn wait_for(&mut self, text: &str) {
        let found = self.log.by_ref().map_while(Result::ok).any(|line| line.contains(text));
        assert!(found, "the log ended without {text:?}");
    }

    fn terminate(&self) {
        let id = self.process.id().to_string();
        assert!(Command::new("kill").args(["-TERM", &id]).status().expect("kill runs").success());
    }
}

impl Drop for Controller {
    fn drop(&mut self) {
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

fn kubectl(server: &str, arguments: &[&str]) -> String {
    let mut command = Command::new("kubectl");
    command.args(["--server", server]).args(arguments).env("KUBECONFIG", "/dev/null");
    let output = command.output().expect("kubectl runs");
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8(output.stdout).expect("UTF-8")
}

fn is_installed(program: &str) -> bool {
    Command::new(program).arg("--help").stdout(Stdio::null()).status().is_ok()
}

const ORDERS: &str = "apiVersion: example.com/v1alpha1
kind: Database
metadata: {name: orders, namespace: default}
spec: {engine: PostgreSQL, version: '16.2', storageSize: 10Gi}
";

#[test]
fn kubectl_lists_the_databases_of_the_embedded_server() {
    if !is_installed("kubectl") {
        eprintln!("kubectl_lists_the_databases_of_the_embedded_server: skipped, kubectl is not installed");
        return;
    }
    let mut controller = Controller::embedded();
    let server = controller.server();
    let folder = tempfile::tempdir().expect("a folder");
    let file = folder.path().join("orders.yaml");
    std::fs::write(&file, ORDERS).expect("a file");
    kubectl(&server, &["create", "-f", file.to_str().expect("UTF-8")]);
    kubectl(&server, &["wait", "--for=jsonpath={.status.phase}=Ready", "--timeout=60s", "database/orders"]);
    let table = kubectl(&server, &["get", "db"]);
    let rows: Vec<Vec<&str>> = table.lines().map(|line| line.split_whitespace().collect()).collect();
    assert_eq!(rows[0], ["NAME", "ENGINE", "VERSION", "PHASE", "AGE"], "{table}");
    assert_eq!(rows[1][..4], ["orders", "PostgreSQL", "16.2", "Ready"], "{table}");
}

#[test]
fn sigterm_ends_the_controller_with_status_0() {
    let mut controller = Controller::embedded();
    controller.server();
    controller.wait_for("the controller has started");
    controller.terminate();
    controller.wait_for("the controller has stopped");
    assert!(controller.process.wait().expect("a status").success());
}
