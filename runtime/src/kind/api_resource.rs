//! What the API server calls a resource: the place where objects of one kind are served.

use std::any::TypeId;
use std::borrow::Cow;
use std::fmt;

use k8s_openapi::ClusterResourceScope;

use super::StaticKind;

/// A resource of the API server, as discovery describes it (`APIResource`).
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ApiResource {
    /// The group; empty for the core group.
    pub group: Cow<'static, str>,
    /// The version, such as `v1`.
    pub version: Cow<'static, str>,
    /// The kind, such as `Database`.
    pub kind: Cow<'static, str>,
    /// The name in paths, such as `databases`.
    pub plural: Cow<'static, str>,
    /// Whether its objects live in namespaces.
    pub namespaced: bool,
}

impl ApiResource {
    /// The resource of a kind that is known at compile time.
    pub fn of<K: StaticKind>() -> Self {
        Self {
            group: owned(K::group(&())),
            version: owned(K::version(&())),
            kind: owned(K::kind(&())),
            plural: owned(K::plural(&())),
            namespaced: TypeId::of::<K::Scope>() != TypeId::of::<ClusterResourceScope>(),
        }
    }

    /// `apiVersion` of its objects: `group/version`, or the version alone for the core group.
    pub fn api_version(&self) -> Cow<'_, str> {
        if self.group.is_empty() {
            Cow::Borrowed(&self.version)
        } else {
            Cow::Owned(format!("{}/{}", self.group, self.version))
        }
    }

    /// The path of its objects, in one namespace or in all.
    pub(crate) fn path(&self, namespace: Option<&str>) -> String {
        let (api, slash) = if self.group.is_empty() { ("/api", "") } else { ("/apis/", &*self.group) };
        let (version, plural) = (&self.version, &self.plural);
        match namespace {
            Some(namespace) => format!("{api}{slash}/{version}/namespaces/{namespace}/{plural}"),
            None => format!("{api}{slash}/{version}/{plural}"),
        }
    }
}

impl fmt::Display for ApiResource {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.plural)?;
        if self.group.is_empty() { Ok(()) } else { write!(f, ".{}", self.group) }
    }
}

/// What kube needs to know of a dynamic object.
impl From<&ApiResource> for kube::core::ApiResource {
    fn from(resource: &ApiResource) -> Self {
        Self {
            group: resource.group.to_string(),
            version: resource.version.to_string(),
            api_version: resource.api_version().into_owned(),
            kind: resource.kind.to_string(),
            plural: resource.plural.to_string(),
        }
    }
}

fn owned(text: Cow<'_, str>) -> Cow<'static, str> {
    Cow::Owned(text.into_owned())
}

#[cfg(test)]
mod tests {
    use k8s_openapi::api::{apps::v1::Deployment, core::v1::Node};

    use super::ApiResource;

    #[test]
    fn a_resource_knows_its_path_and_its_api_version() {
        let (nodes, deployments) = (ApiResource::of::<Node>(), ApiResource::of::<Deployment>());
        assert_eq!((nodes.path(None), nodes.namespaced), ("/api/v1/nodes".to_owned(), false));
        assert_eq!(deployments.path(None), "/apis/apps/v1/deployments");
        assert_eq!(deployments.path(Some("a")), "/apis/apps/v1/namespaces/a/deployments");
        assert_eq!((nodes.api_version(), deployments.api_version()), ("v1".into(), "apps/v1".into()));
        assert_eq!((nodes.to_string(), deployments.to_string()), ("nodes".to_owned(), "deployments.apps".to_owned()));
    }
}
