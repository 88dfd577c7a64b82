//! The kubeconfig of a server, for `kubectl` and for clients that read one.

use serde_json::json;

/// A kubeconfig (as JSON, which is YAML) that reaches the server at `url`, with a bearer token if it wants one.
pub fn kubeconfig(url: &str, token: Option<&str>) -> String {
    let user = token.map_or_else(|| json!({}), |token| json!({"token": token}));
    let config = json!({
        "apiVersion": "v1",
        "kind": "Config",
        "clusters": [{"name": "crdgen", "cluster": {"server": url}}],
        "users": [{"name": "crdgen", "user": user}],
        "contexts": [{"name": "crdgen", "context": {"cluster": "crdgen", "user": "crdgen", "namespace": "default"}}],
        "current-context": "crdgen",
    });
    format!("{config:#}\n")
}
