//! The kubeconfig of a server, for `kubectl` and for clients that read one.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use serde_json::json;

/// A kubeconfig (as JSON, which is YAML) that reaches the server at `url`, with a bearer token if it wants one, and the
/// authority of its certificate if it has one.
pub(crate) fn kubeconfig(url: &str, token: Option<&str>, authority: Option<&str>) -> String {
    let mut cluster = json!({"server": url});
    if let Some(authority) = authority {
        cluster["certificate-authority-data"] = STANDARD.encode(authority).into();
    }
    // kubectl asks for a name and a password if a server with TLS wants nothing.
    let token = token.or(authority.map(|_| "unchecked"));
    let user = token.map_or_else(|| json!({}), |token| json!({"token": token}));
    let config = json!({
        "apiVersion": "v1",
        "kind": "Config",
        "clusters": [{"name": "crdgen", "cluster": cluster}],
        "users": [{"name": "crdgen", "user": user}],
        "contexts": [{"name": "crdgen", "context": {"cluster": "crdgen", "user": "crdgen", "namespace": "default"}}],
        "current-context": "crdgen",
    });
    format!("{config:#}\n")
}
