//! What a path names: a discovery document, an object or a collection of some API, or anything else.
//!
//! In: the path as sent. Out: [`Route`]. It does not know which APIs exist.
//! Source: `k8s.io/apiserver/pkg/endpoints/request.RequestInfoFactory`.

use percent_encoding::percent_decode_str;

/// What a path names.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Route {
    /// `/api`
    LegacyVersions,
    /// `/apis`
    Groups,
    /// `/apis/GROUP`
    Group(String),
    /// `/api/VERSION` or `/apis/GROUP/VERSION`
    GroupVersion(String, String),
    /// An object or a collection.
    Resource(ResourcePath),
    /// Everything else, decoded.
    Other(String),
}

/// The parts of the path of an object or a collection.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct ResourcePath {
    /// Empty for the core API.
    pub(crate) group: String,
    pub(crate) version: String,
    pub(crate) namespace: Option<String>,
    pub(crate) plural: String,
    pub(crate) name: Option<String>,
    pub(crate) subresource: Option<String>,
    /// Whether the path goes on after the subresource. Custom resources ignore the rest; for built-in ones such a path
    /// does not exist.
    pub(crate) deeper: bool,
    /// Whether the path is one of the deprecated ones with `/watch/`.
    pub(crate) watch: bool,
}

impl Route {
    /// Reads a path.
    pub(crate) fn parse(path: &str) -> Self {
        let path = percent_decode_str(path).decode_utf8_lossy().into_owned();
        let mut parts: Vec<&str> = path.trim_matches('/').split('/').collect();
        if path.ends_with('/') && parts.last() == Some(&"") {
            parts.pop();
        }
        match parts.as_slice() {
            _ if path.starts_with("//") => Self::Other(path),
            ["apis", "", ..] => Self::Other(path),
            ["api"] => Self::LegacyVersions,
            ["apis"] => Self::Groups,
            ["apis", group] => Self::Group((*group).to_owned()),
            ["api", version] => Self::GroupVersion(String::new(), (*version).to_owned()),
            ["apis", group, version] => Self::GroupVersion((*group).to_owned(), (*version).to_owned()),
            ["api", version, rest @ ..] => Self::Resource(resource("", version, rest)),
            ["apis", group, version, rest @ ..] => Self::Resource(resource(group, version, rest)),
            _ => Self::Other(path),
        }
    }
}

fn resource(group: &str, version: &str, rest: &[&str]) -> ResourcePath {
    let (watch, rest) = match rest {
        ["watch", rest @ ..] if !rest.is_empty() => (true, rest),
        _ => (false, rest),
    };
    let (namespace, rest) = match rest {
        // `namespaces/NAME/status` is the namespace itself, not a resource called `status` in it.
        ["namespaces", _] | ["namespaces", _, "status" | "finalize"] => (None, rest),
        ["namespaces", namespace, rest @ ..] if !rest.is_empty() => (Some((*namespace).to_owned()), rest),
        _ => (None, rest),
    };
    let part = |index: usize| rest.get(index).map(|text| (*text).to_owned());
    ResourcePath {
        group: group.to_owned(),
        version: version.to_owned(),
        namespace,
        plural: part(0).unwrap_or_default(),
        name: part(1),
        subresource: part(2),
        deeper: rest.len() > 3,
        watch,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(path: &str, namespace: Option<&str>, plural: &str, name: Option<&str>, subresource: Option<&str>) {
        let Route::Resource(read) = Route::parse(path) else { panic!("{path} is not the path of a resource") };
        let read = (read.namespace.as_deref(), &*read.plural, read.name.as_deref(), read.subresource.as_deref());
        assert_eq!(read, (namespace, plural, name, subresource), "{path}");
    }

    #[test]
    fn paths_of_objects_and_collections_are_taken_apart() {
        check("/api/v1/namespaces", None, "namespaces", None, None);
        check("/api/v1/namespaces/a", None, "namespaces", Some("a"), None);
        check("/api/v1/namespaces/a/finalize", None, "namespaces", Some("a"), Some("finalize"));
        check("/api/v1/namespaces/a/configmaps", Some("a"), "configmaps", None, None);
        check("/apis/g/v1/things/x", None, "things", Some("x"), None);
        check("/apis/g/v1/namespaces/a/things/x/status/", Some("a"), "things", Some("x"), Some("status"));
        check("/apis/g/v1/namespaces/a/things/x%2Fy", Some("a"), "things", Some("x"), Some("y"));
    }

    #[test]
    fn the_rest_is_discovery_or_something_else() {
        assert_eq!(Route::parse("/api/"), Route::LegacyVersions);
        assert_eq!(Route::parse("/apis/g/v1/"), Route::GroupVersion("g".to_owned(), "v1".to_owned()));
        for other in ["/healthz/ping", "//api/v1/namespaces", "/apis//v1/namespaces/a/configmaps/m"] {
            assert_eq!(Route::parse(other), Route::Other(other.to_owned()));
        }
    }
}
