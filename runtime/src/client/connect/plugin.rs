//! Credentials from a program: client-go's credential plugins (`users[].user.exec` of a kubeconfig).

use std::io::{self, IsTerminal};
use std::process::{Command, Stdio};

use jiff::Timestamp;
use kube::config::{ExecConfig, ExecInteractiveMode};
use serde::Deserialize;
use serde_json::json;

use super::material::Identity;
use crate::metrics::PluginCall;

/// A program that issues credentials.
pub(super) struct Plugin {
    config: ExecConfig,
}

/// What a plugin has issued.
pub(super) struct Issued {
    pub(super) token: Option<String>,
    pub(super) identity: Option<Identity>,
    /// Until when it holds. None: until the server refuses it.
    pub(super) until: Option<Timestamp>,
}

/// A plugin that has issued nothing: how its call is counted, and what happened.
pub(super) struct Failed {
    pub(super) call: PluginCall,
    pub(super) reason: String,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Answer {
    api_version: Option<String>,
    status: Option<Status>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Status {
    expiration_timestamp: Option<Timestamp>,
    token: Option<String>,
    client_certificate_data: Option<String>,
    client_key_data: Option<String>,
}

impl Plugin {
    pub(super) fn new(config: ExecConfig) -> Self {
        Self { config }
    }

    /// Runs the program and reads what it prints. Blocks until it has ended.
    pub(super) fn run(&self) -> Result<Issued, Failed> {
        let name = self.config.command.as_deref().unwrap_or_default();
        let failed = |call, reason: String| Failed { call, reason: format!("the credential plugin {name:?} {reason}") };
        let internal = |reason| failed(PluginCall::InternalError, reason);
        let mut command = self.command().map_err(internal)?;
        let output = command.output().map_err(|error| {
            let hint = self.config.install_hint.as_deref().map(|hint| format!(". {}", hint.trim())).unwrap_or_default();
            let call = match error.kind() {
                io::ErrorKind::NotFound => PluginCall::NotFound,
                _ => PluginCall::ExecutionError(1),
            };
            failed(call, format!("cannot be run: {error}{hint}"))
        })?;
        if !output.status.success() {
            let said = String::from_utf8_lossy(&output.stderr);
            let reason = format!("failed: {}: {}", output.status, said.trim());
            return Err(failed(PluginCall::ExecutionError(output.status.code().unwrap_or(1)), reason));
        }
        self.read(&output.stdout).map_err(internal)
    }

    /// The program as it is to be run, with what it must know in `KUBERNETES_EXEC_INFO`.
    fn command(&self) -> Result<Command, String> {
        let config = &self.config;
        let interactive = match config.interactive_mode {
            Some(ExecInteractiveMode::Never) => false,
            Some(ExecInteractiveMode::Always) if !io::stdin().is_terminal() => {
                return Err("wants to ask the user, but standard input does not come from a terminal".to_owned());
            }
            Some(ExecInteractiveMode::Always) => true,
            Some(ExecInteractiveMode::IfAvailable) | None => io::stdin().is_terminal(),
        };
        let mut spec = json!({ "interactive": interactive });
        if config.provide_cluster_info {
            spec["cluster"] = serde_json::to_value(&config.cluster).map_err(|error| error.to_string())?;
        }
        let info = json!({ "apiVersion": config.api_version, "kind": "ExecCredential", "spec": spec });
        let mut command = Command::new(config.command.as_deref().ok_or("has no command")?);
        command.args(config.args.iter().flatten());
        for variable in config.env.iter().flatten() {
            if let (Some(name), Some(value)) = (variable.get("name"), variable.get("value")) {
                command.env(name, value);
            }
        }
        for name in config.drop_env.iter().flatten() {
            command.env_remove(name);
        }
        command.env("KUBERNETES_EXEC_INFO", info.to_string());
        command.stdin(if interactive { Stdio::inherit() } else { Stdio::null() });
        // Who is to answer a question must see it; else what a plugin says about a failure belongs to the error.
        command.stderr(if interactive { Stdio::inherit() } else { Stdio::piped() });
        Ok(command)
    }

    /// Reads an `ExecCredential`: JSON, or YAML, which client-go takes too.
    fn read(&self, text: &[u8]) -> Result<Issued, String> {
        let answer: Answer =
            serde_saphyr::from_slice(text).map_err(|error| format!("printed no credential: {error}"))?;
        let wanted = &self.config.api_version;
        if wanted.is_some() && answer.api_version.is_some() && *wanted != answer.api_version {
            let version = |version: &Option<String>| version.clone().unwrap_or_default();
            return Err(format!("is to answer as {}, not {}", version(wanted), version(&answer.api_version)));
        }
        let status = answer.status.ok_or("printed no status")?;
        let identity = match (status.client_certificate_data, status.client_key_data) {
            (Some(certificate), Some(key)) => {
                Some(Identity { certificate: certificate.into_bytes(), key: key.into_bytes() })
            }
            (None, None) => None,
            _ => return Err("issued only one of certificate and key".to_owned()),
        };
        let token = status.token.filter(|token| !token.is_empty());
        if token.is_none() && identity.is_none() {
            return Err("issued neither a token nor a certificate".to_owned());
        }
        Ok(Issued { token, identity, until: status.expiration_timestamp })
    }
}

#[cfg(test)]
mod tests {
    use std::collections::HashMap;

    use super::*;

    fn plugin(script: &str) -> Plugin {
        let variable =
            [("name", "GREETING"), ("value", "hello")].map(|(key, value)| (key.to_owned(), value.to_owned()));
        Plugin::new(ExecConfig {
            api_version: Some("client.authentication.k8s.io/v1".to_owned()),
            command: Some("sh".to_owned()),
            args: Some(vec!["-c".to_owned(), script.to_owned()]),
            env: Some(vec![HashMap::from(variable)]),
            interactive_mode: Some(ExecInteractiveMode::Never),
            ..ExecConfig::default()
        })
    }

    fn failure(plugin: &Plugin) -> (PluginCall, String) {
        let Err(failed) = plugin.run() else { panic!("the plugin has issued something") };
        (failed.call, failed.reason)
    }

    #[test]
    fn a_plugin_issues_what_it_prints_as_json_or_yaml() {
        let json = r#"echo "{\"status\":{\"token\":\"$GREETING\",\"expirationTimestamp\":\"2030-01-01T00:00:00Z\"}}""#;
        let issued = plugin(json).run().unwrap_or_else(|failed| panic!("{}", failed.reason));
        assert_eq!((issued.token.as_deref(), issued.until.unwrap().as_second()), (Some("hello"), 1_893_456_000));
        let yaml = "printf 'status:\\n  clientCertificateData: c\\n  clientKeyData: k\\n'";
        let issued = plugin(yaml).run().unwrap_or_else(|failed| panic!("{}", failed.reason));
        let identity = issued.identity.unwrap();
        assert_eq!(
            (identity.certificate.as_slice(), identity.key.as_slice(), issued.until),
            (&b"c"[..], &b"k"[..], None)
        );
    }

    #[test]
    fn a_plugin_is_told_what_it_is_run_for() {
        let script = r#"test "$KUBERNETES_EXEC_INFO" = '{"apiVersion":"client.authentication.k8s.io/v1","kind":"ExecCredential","spec":{"interactive":false}}' && echo '{"status":{"token":"t"}}'"#;
        assert!(plugin(script).run().is_ok());
    }

    #[test]
    fn a_plugin_that_issues_nothing_says_why() {
        let (call, reason) = failure(&plugin("echo not logged in >&2; exit 3"));
        assert_eq!(call, PluginCall::ExecutionError(3));
        assert!(reason.contains("exit status: 3") && reason.ends_with("not logged in"), "{reason}");
        for (printed, expected) in [
            ("{}", "printed no status"),
            ("{\"status\":{}}", "neither a token nor a certificate"),
            ("{\"status\":{\"clientKeyData\":\"k\"}}", "only one of certificate and key"),
            ("{\"apiVersion\":\"client.authentication.k8s.io/v1beta1\",\"status\":{\"token\":\"t\"}}", "v1beta1"),
            ("[", "printed no credential"),
        ] {
            let (call, reason) = failure(&plugin(&format!("echo '{printed}'")));
            assert!(call == PluginCall::InternalError && reason.contains(expected), "{printed}: {reason}");
        }
        let mut absent = plugin("");
        absent.config.command = Some("/no/such/plugin".to_owned());
        absent.config.install_hint = Some("brew install plugin".to_owned());
        let (call, reason) = failure(&absent);
        assert!(call == PluginCall::NotFound && reason.ends_with("brew install plugin"), "{reason}");
    }
}
