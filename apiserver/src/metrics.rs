//! `/metrics`: how many requests were answered and how, and how many objects there are, in Prometheus' text format.
//!
//! Names and labels are kube-apiserver's. Source: `k8s.io/apiserver/pkg/endpoints/metrics`.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::sync::{Mutex, PoisonError};

use http::StatusCode;

use crate::request::Request;
use crate::request::info::{RequestInfo, Verb};
use crate::request::path::ResourcePath;
use crate::resource::catalog::Catalog;
use crate::state::State;

/// The media type of the text format.
pub(crate) const CONTENT_TYPE: &str = "text/plain; version=0.0.4; charset=utf-8";

/// The subresources by which requests are counted.
const SUBRESOURCES: [&str; 3] = ["status", "scale", "finalize"];

/// Counts requests.
#[derive(Debug, Default)]
pub(crate) struct Requests(Mutex<BTreeMap<Labels, u64>>);

/// What a counter counts.
#[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
struct Labels {
    code: u16,
    dry_run: &'static str,
    group: String,
    resource: String,
    scope: &'static str,
    subresource: String,
    verb: String,
    version: String,
}

impl Requests {
    /// Counts an answer to a request for a resource that is served. Only labels that are bounded in number are counted by.
    pub(crate) fn count(&self, request: &Request, info: &RequestInfo, path: &ResourcePath, code: StatusCode) {
        let labels = Labels {
            code: code.as_u16(),
            dry_run: if request.query.all("dryRun").is_empty() { "" } else { "All" },
            group: path.group.clone(),
            resource: path.plural.clone(),
            scope: scope(path),
            subresource: path.subresource.clone().filter(|name| SUBRESOURCES.contains(&&**name)).unwrap_or_default(),
            verb: verb(request, info),
            version: path.version.clone(),
        };
        *self.0.lock().unwrap_or_else(PoisonError::into_inner).entry(labels).or_default() += 1;
    }
}

fn scope(path: &ResourcePath) -> &'static str {
    match (&path.name, &path.namespace) {
        (Some(_), _) => "resource",
        (None, Some(_)) => "namespace",
        (None, None) => "cluster",
    }
}

fn verb(request: &Request, info: &RequestInfo) -> String {
    let is_apply = || request.content_type().is_some_and(|name| name.starts_with("application/apply-patch"));
    match &info.verb {
        Verb::Create => "POST".to_owned(),
        Verb::Update => "PUT".to_owned(),
        Verb::Patch if is_apply() => "APPLY".to_owned(),
        Verb::Other(_) => "OTHER".to_owned(),
        other => other.name().to_uppercase(),
    }
}

/// All metrics.
pub(crate) fn text(state: &State) -> String {
    let mut text = String::from(
        "# HELP apiserver_request_total [STABLE] Counter of apiserver requests broken out for each verb, dry run value, \
         group, version, resource, scope, component, and HTTP response code.\n\
         # TYPE apiserver_request_total counter\n",
    );
    for (labels, count) in &*state.requests.0.lock().unwrap_or_else(PoisonError::into_inner) {
        let Labels { code, dry_run, group, resource, scope, subresource, verb, version } = labels;
        let _ = writeln!(
            text,
            "apiserver_request_total{{code=\"{code}\",component=\"apiserver\",dry_run=\"{dry_run}\",group=\"{group}\",\
             resource=\"{resource}\",scope=\"{scope}\",subresource=\"{subresource}\",verb=\"{verb}\",\
             version=\"{version}\"}} {count}"
        );
    }
    text += "# HELP apiserver_resource_objects [ALPHA] Number of stored objects at the time of last check split by kind.\n\
             # TYPE apiserver_resource_objects gauge\n";
    for (collection, resource) in state.read_catalog(Catalog::collections) {
        let (group, plural, count) = (&resource.group, &resource.plural, state.store.len(&collection));
        let _ = writeln!(text, "apiserver_resource_objects{{group=\"{group}\",resource=\"{plural}\"}} {count}");
    }
    text
}
