//! What a request is about.

use http::Method;

/// A request in a few words.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Class {
    /// The plural of the resource.
    pub(super) resource: String,
    /// The name of the object; empty if it is about several, or about one that has no name yet.
    pub(super) name: String,
    /// The verb, such as `list`.
    pub(super) verb: &'static str,
}

impl Class {
    /// The class of a request for a namespaced resource.
    pub(super) fn of(method: &Method, path: &str, query: &str) -> Self {
        let mut rest = path.split_once("/namespaces/").map_or("", |(_, rest)| rest).split('/').skip(1);
        let resource = rest.next().unwrap_or_default().to_owned();
        let name = rest.next().unwrap_or_default().to_owned();
        let verb = match (method.as_str(), name.is_empty()) {
            ("GET", true) if query.contains("watch=true") => "watch",
            ("GET", true) => "list",
            ("GET", false) => "get",
            ("POST", _) => "create",
            ("PUT", _) => "update",
            ("PATCH", _) => "patch",
            ("DELETE", true) => "deletecollection",
            _ => "delete",
        };
        Self { resource, name, verb }
    }

    /// What the schedule counts together.
    pub(super) fn key(&self, line: &str) -> String {
        format!("{line} {} {}", self.verb, self.resource)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn requests_have_a_resource_a_name_and_a_verb() {
        let class = |method, path: &str, query| {
            let class = Class::of(&method, path, query);
            format!("{} {} {}", class.verb, class.resource, class.name)
        };
        let databases = "/apis/example.com/v1alpha1/namespaces/a/databases";
        assert_eq!(class(Method::GET, databases, "watch=true"), "watch databases ");
        assert_eq!(class(Method::GET, databases, ""), "list databases ");
        assert_eq!(class(Method::PATCH, &format!("{databases}/x/status"), ""), "patch databases x");
        assert_eq!(class(Method::DELETE, "/api/v1/namespaces/a/configmaps", ""), "deletecollection configmaps ");
    }
}
