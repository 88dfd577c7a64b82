//! The names of schemas: Go's packages and types, the parts of the domain in reverse.

/// The name of the schema of a Go type, by its name in the table: `core/v1.Pod` is `io.k8s.api.core.v1.Pod`.
pub(super) fn of_go(path: &str) -> String {
    let package = path.split(['/', '.']).next().unwrap_or_default();
    let place = match package {
        "meta" => "apimachinery.pkg.apis",
        "api" | "runtime" | "util" | "version" => "apimachinery.pkg",
        "apiextensions" => "apiextensions-apiserver.pkg.apis",
        "apiregistration" => "kube-aggregator.pkg.apis",
        _ => "api",
    };
    format!("io.k8s.{place}.{}", path.replace('/', "."))
}

/// The name of the schema of a custom kind: the parts of the group in reverse, the version, the kind (`com.example.v1.Thing`).
pub(super) fn of_custom(group: &str, version: &str, kind: &str) -> String {
    let parts: Vec<&str> = group.rsplit('.').collect();
    format!("{}.{version}.{kind}", parts.join("."))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn schemas_have_the_names_that_kubernetes_gives_them() {
        assert_eq!(of_go("core/v1.Pod"), "io.k8s.api.core.v1.Pod");
        assert_eq!(of_go("meta/v1.ObjectMeta"), "io.k8s.apimachinery.pkg.apis.meta.v1.ObjectMeta");
        assert_eq!(of_go("api/resource.Quantity"), "io.k8s.apimachinery.pkg.api.resource.Quantity");
        assert_eq!(of_go("apiextensions/v1.JSON"), "io.k8s.apiextensions-apiserver.pkg.apis.apiextensions.v1.JSON");
        assert_eq!(of_custom("stable.example.com", "v1", "Thing"), "com.example.stable.v1.Thing");
    }
}
