//! Where the configuration of a connection comes from: kubectl's order.

use std::fmt::Write;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::{env, fs};

use kube::Config;
use kube::config::{Cluster, KubeConfigOptions, Kubeconfig};

use super::super::Error;

/// What a process finds around it.
#[derive(Clone)]
pub(super) struct Environment {
    variables: Arc<Variables>,
    home: Option<PathBuf>,
    /// The folder in which a pod finds its service account.
    service_account: PathBuf,
}

type Variables = dyn Fn(&str) -> Option<String> + Send + Sync;

impl Environment {
    /// What this process finds.
    pub(super) fn of_process() -> Self {
        Self {
            variables: Arc::new(|name| env::var(name).ok()),
            home: env::home_dir(),
            service_account: PathBuf::from("/var/run/secrets/kubernetes.io/serviceaccount"),
        }
    }

    /// A variable that is set, and not to nothing.
    pub(super) fn variable(&self, name: &str) -> Option<String> {
        (self.variables)(name).filter(|value| !value.is_empty())
    }

    /// The configuration that kubectl would use: that of the kubeconfig `file` if there is one, else of the files in
    /// `KUBECONFIG`, else of `~/.kube/config`. Only if none of these says anything, that of the pod's service account.
    pub(super) async fn configuration(
        &self,
        file: Option<&Path>,
        options: &KubeConfigOptions,
    ) -> Result<Config, Error> {
        if let Some(file) = file {
            return from_kubeconfig(read(file)?, options, &file.display().to_string()).await;
        }
        let files = self.kubeconfig_files();
        let mut kubeconfig = Kubeconfig::default();
        // As in kubectl, files that are not there are passed over, and what the first file says holds.
        for file in files.iter().filter(|file| file.exists()) {
            let failed = |error| Error::Config(format!("{}: {error}", file.display()));
            kubeconfig = kubeconfig.merge(read(file)?).map_err(failed)?;
        }
        let mut places = String::new();
        for file in &files {
            let separator = if places.is_empty() { "" } else { ", " };
            let _ = write!(places, "{separator}{}", file.display());
        }
        if !is_empty(&kubeconfig) {
            return from_kubeconfig(kubeconfig, options, &places).await;
        }
        self.service_account_configuration().map_err(|error| {
            Error::Config(format!("there is no kubeconfig ({places}), and this does not run in a pod ({error})"))
        })
    }

    fn kubeconfig_files(&self) -> Vec<PathBuf> {
        let named = self.variable("KUBECONFIG").unwrap_or_default();
        let named: Vec<PathBuf> = env::split_paths(&named).filter(|path| !path.as_os_str().is_empty()).collect();
        if named.is_empty() { self.home.iter().map(|home| home.join(".kube/config")).collect() } else { named }
    }

    /// The configuration of a pod. Token and certificates are read again as they change.
    fn service_account_configuration(&self) -> Result<Config, String> {
        let variable = |name: &str| self.variable(name).ok_or_else(|| format!("{name} is not set"));
        let (host, port) = (variable("KUBERNETES_SERVICE_HOST")?, variable("KUBERNETES_SERVICE_PORT")?);
        let host = if host.contains(':') { format!("[{host}]") } else { host };
        let url = format!("https://{host}:{port}");
        let mut config = Config::new(url.parse().map_err(|error| format!("{url}: {error}"))?);
        let token = self.service_account.join("token");
        fs::metadata(&token).map_err(|error| format!("{}: {error}", token.display()))?;
        config.auth_info.token_file = token.to_str().map(str::to_owned);
        config.root_cert_file = Some(self.service_account.join("ca.crt")).filter(|file| file.exists());
        if let Ok(namespace) = fs::read_to_string(self.service_account.join("namespace")) {
            config.default_namespace = namespace.trim().to_owned();
        }
        Ok(config)
    }
}

fn read(file: &Path) -> Result<Kubeconfig, Error> {
    Kubeconfig::read_from(file).map_err(|error| Error::Config(format!("{}: {error}", file.display())))
}

fn is_empty(kubeconfig: &Kubeconfig) -> bool {
    kubeconfig.clusters.is_empty()
        && kubeconfig.contexts.is_empty()
        && kubeconfig.auth_infos.is_empty()
        && kubeconfig.current_context.as_ref().is_none_or(String::is_empty)
}

/// The configuration of the chosen context. kube's own knows the proxy of the environment only as if the kubeconfig had
/// named it, and reads an authority's file once; both are put right here.
async fn from_kubeconfig(kubeconfig: Kubeconfig, options: &KubeConfigOptions, place: &str) -> Result<Config, Error> {
    let failed = |error: &dyn std::fmt::Display| Error::Config(format!("{place}: {error}"));
    let cluster = cluster(&kubeconfig, options).cloned().unwrap_or_default();
    let mut config = Config::from_custom_kubeconfig(kubeconfig, options).await.map_err(|error| failed(&error))?;
    let proxy = cluster.proxy_url.filter(|url| !url.is_empty());
    config.proxy_url = match proxy {
        Some(url) => Some(url.parse().map_err(|error| failed(&format!("proxy-url {url:?}: {error}")))?),
        None => None,
    };
    if cluster.certificate_authority_data.is_none() {
        config.root_cert_file = cluster.certificate_authority.map(PathBuf::from);
    }
    Ok(config)
}

/// The cluster of the chosen context.
fn cluster<'k>(kubeconfig: &'k Kubeconfig, options: &KubeConfigOptions) -> Option<&'k Cluster> {
    let context = options.context.as_ref().or(kubeconfig.current_context.as_ref());
    let context = kubeconfig.contexts.iter().find(|named| Some(&named.name) == context)?.context.as_ref()?;
    let name = options.cluster.as_ref().unwrap_or(&context.cluster);
    kubeconfig.clusters.iter().find(|named| &named.name == name)?.cluster.as_ref()
}

#[cfg(test)]
impl Environment {
    /// An environment with these variables, and `folder` as home; its `serviceaccount` is the service account.
    pub(super) fn of_test(variables: &[(&str, &str)], folder: &Path) -> Self {
        let variables: std::collections::BTreeMap<String, String> =
            variables.iter().map(|&(name, value)| (name.to_owned(), value.to_owned())).collect();
        Self {
            variables: Arc::new(move |name| variables.get(name).cloned()),
            home: Some(folder.to_owned()),
            service_account: folder.join("serviceaccount"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const POD: [(&str, &str); 2] = [("KUBERNETES_SERVICE_HOST", "10.0.0.1"), ("KUBERNETES_SERVICE_PORT", "443")];

    fn kubeconfig(server: &str) -> String {
        format!(
            r#"{{"current-context":"c","contexts":[{{"name":"c","context":{{"cluster":"c","user":"u"}}}}],
            "clusters":[{{"name":"c","cluster":{{"server":"{server}"}}}}],"users":[]}}"#
        )
    }

    /// A pod's folder, with these files besides the service account.
    fn pod(files: &[(&str, &str)]) -> tempfile::TempDir {
        let folder = tempfile::tempdir().unwrap();
        for (name, text) in [("serviceaccount/token", "t"), ("serviceaccount/namespace", "mine\n")].iter().chain(files)
        {
            let path = folder.path().join(name);
            fs::create_dir_all(path.parent().unwrap()).unwrap();
            fs::write(path, text).unwrap();
        }
        folder
    }

    async fn server(variables: &[(&str, &str)], folder: &Path) -> Result<String, String> {
        let environment = Environment::of_test(variables, folder);
        let config = environment.configuration(None, &KubeConfigOptions::default()).await;
        config.map(|config| config.cluster_url.to_string()).map_err(|error| error.to_string())
    }

    #[tokio::test]
    async fn a_kubeconfig_wins_over_the_service_account_as_in_kubectl() {
        let folder = pod(&[("named", &kubeconfig("https://named")), (".kube/config", &kubeconfig("https://home"))]);
        let named = folder.path().join("named").display().to_string();
        let with = |kubeconfig| [POD[0], POD[1], ("KUBECONFIG", kubeconfig)];
        assert_eq!(server(&with(&named), folder.path()).await.unwrap(), "https://named/");
        assert_eq!(server(&POD, folder.path()).await.unwrap(), "https://home/");
        assert_eq!(server(&with(""), folder.path()).await.unwrap(), "https://home/", "set to nothing is not set");
        fs::remove_file(folder.path().join(".kube/config")).unwrap();
        assert_eq!(server(&POD, folder.path()).await.unwrap(), "https://10.0.0.1:443/");
        let absent = with("/no/such/file");
        assert_eq!(
            server(&absent, folder.path()).await.unwrap(),
            "https://10.0.0.1:443/",
            "an absent file says nothing"
        );
        let several = format!("/no/such/file:{named}");
        assert_eq!(server(&with(&several), folder.path()).await.unwrap(), "https://named/");
    }

    #[tokio::test]
    async fn a_kubeconfig_that_cannot_be_read_is_an_error_and_no_reason_to_look_elsewhere() {
        let folder = pod(&[(".kube/config", "{ nonsense")]);
        let error = server(&POD, folder.path()).await.unwrap_err();
        assert!(error.contains(".kube/config"), "{error}");
        fs::write(
            folder.path().join(".kube/config"),
            kubeconfig("https://home").replace("\"c\"", "\"d\"").replacen("\"d\"", "\"c\"", 1),
        )
        .unwrap();
        let error = server(&POD, folder.path()).await.unwrap_err();
        assert!(error.contains("failed to load current context"), "{error}");
    }

    #[tokio::test]
    async fn nothing_at_all_is_an_error_that_names_what_was_looked_for() {
        let folder = tempfile::tempdir().unwrap();
        let error = server(&[], folder.path()).await.unwrap_err();
        assert!(error.contains(".kube/config") && error.contains("KUBERNETES_SERVICE_HOST is not set"), "{error}");
        let error = server(&POD, folder.path()).await.unwrap_err();
        assert!(error.contains("serviceaccount/token"), "{error}");
    }

    #[tokio::test]
    async fn a_pod_has_its_namespace_and_files_to_read_again() {
        let folder = pod(&[("serviceaccount/ca.crt", "")]);
        let variables = [("KUBERNETES_SERVICE_HOST", "fd00::1"), ("KUBERNETES_SERVICE_PORT", "6443")];
        let environment = Environment::of_test(&variables, folder.path());
        let config = environment.configuration(None, &KubeConfigOptions::default()).await.unwrap();
        assert_eq!(
            (config.cluster_url.to_string().as_str(), config.default_namespace.as_str()),
            ("https://[fd00::1]:6443/", "mine")
        );
        assert!(
            config.auth_info.token_file.unwrap().ends_with("token")
                && config.root_cert_file.unwrap().ends_with("ca.crt")
        );
    }

    #[tokio::test]
    async fn only_a_proxy_that_the_kubeconfig_names_is_one_of_the_configuration() {
        let folder = pod(&[(".kube/config", &kubeconfig("https://home"))]);
        let environment = Environment::of_test(&[("HTTPS_PROXY", "http://proxy")], folder.path());
        let config = environment.configuration(None, &KubeConfigOptions::default()).await.unwrap();
        assert_eq!(config.proxy_url, None);
        let named = kubeconfig(r#"https://home","proxy-url":"socks5://proxy:1080"#);
        let file = folder.path().join("named");
        fs::write(&file, named).unwrap();
        let config = environment.configuration(Some(&file), &KubeConfigOptions::default()).await.unwrap();
        assert_eq!(config.proxy_url.unwrap().to_string(), "socks5://proxy:1080/");
    }
}
