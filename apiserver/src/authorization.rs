//! Whether somebody may do something, by the roles in the store.
//!
//! In: a user and an action. Out: why it is allowed, or nothing. The roles that a real cluster has from its start are not in the
//! store; what two of them let everybody do is known here. Roles that aggregate others are read as they are.
//!
//! Source: `k8s.io/kubernetes/plugin/pkg/auth/authorizer/rbac`, `pkg/registry/rbac/validation`.

use serde_json::Value;

use crate::object::key;
use crate::request::Request;
use crate::request::info::RequestInfo;
use crate::request::path::Route;
use crate::store::Store;
use crate::user::User;

const ROLES: &str = "rbac.authorization.k8s.io/roles";
const CLUSTER_ROLES: &str = "rbac.authorization.k8s.io/clusterroles";
const BINDINGS: &str = "rbac.authorization.k8s.io/rolebindings";
const CLUSTER_BINDINGS: &str = "rbac.authorization.k8s.io/clusterrolebindings";

/// What everybody may read (`system:public-info-viewer`).
const PUBLIC: [&str; 5] = ["/healthz", "/livez", "/readyz", "/version", "/version/"];
/// What everybody with a token may read as well (`system:discovery`).
const DISCOVERY: [&str; 6] = ["/api", "/api/*", "/apis", "/apis/*", "/openapi", "/openapi/*"];
/// What everybody with a token may ask about themselves (`system:basic-user`).
const REVIEWS: [(&str, &str); 3] = [
    ("authorization.k8s.io", "selfsubjectaccessreviews"),
    ("authorization.k8s.io", "selfsubjectrulesreviews"),
    ("authentication.k8s.io", "selfsubjectreviews"),
];

/// What somebody wants to do.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Action {
    pub(crate) verb: String,
    pub(crate) namespace: String,
    pub(crate) group: String,
    pub(crate) resource: String,
    pub(crate) subresource: String,
    pub(crate) name: String,
    /// A path that is not that of a resource.
    pub(crate) path: Option<String>,
}

impl Action {
    /// What a request asks for.
    pub(crate) fn of(request: &Request, info: &RequestInfo) -> Self {
        let verb = info.verb.name().to_owned();
        let Route::Resource(path) = &info.route else {
            return Self { verb, path: Some(request.path.clone()), ..Self::default() };
        };
        let own = |part: &Option<String>| part.clone().unwrap_or_default();
        let is_namespace = path.group.is_empty() && path.plural == "namespaces";
        Self {
            verb,
            namespace: if is_namespace { own(&path.name) } else { own(&path.namespace) },
            group: path.group.clone(),
            resource: path.plural.clone(),
            subresource: own(&path.subresource),
            name: own(&path.name),
            path: None,
        }
    }

    /// Something with an object of the cluster.
    pub(crate) fn on(verb: &str, group: &str, resource: &str, name: &str) -> Self {
        Self {
            verb: verb.to_owned(),
            group: group.to_owned(),
            resource: resource.to_owned(),
            name: name.to_owned(),
            ..Self::default()
        }
    }

    fn is_allowed_by(&self, rule: &Value) -> bool {
        let has = |list: &str, text: &str| texts(rule, list).any(|item| item == "*" || item == text);
        if !has("verbs", &self.verb) {
            return false;
        }
        if let Some(path) = &self.path {
            return texts(rule, "nonResourceURLs").any(|url| matches_path(url, path));
        }
        let (resource, any) = match self.subresource.as_str() {
            "" => (self.resource.clone(), String::new()),
            subresource => (format!("{}/{subresource}", self.resource), format!("*/{subresource}")),
        };
        let named = rule["resourceNames"].as_array().is_none_or(Vec::is_empty);
        let of_kind = texts(rule, "resources").any(|item| item == "*" || item == resource || item == any);
        has("apiGroups", &self.group)
            && of_kind
            && (named || texts(rule, "resourceNames").any(|name| name == self.name))
    }
}

fn texts<'a>(rule: &'a Value, list: &str) -> impl Iterator<Item = &'a str> {
    rule.get(list).and_then(Value::as_array).into_iter().flatten().filter_map(Value::as_str)
}

fn matches_path(url: &str, path: &str) -> bool {
    match url.strip_suffix('*') {
        Some(start) => path.starts_with(start),
        None => url == path,
    }
}

/// Why an action is allowed; none if it is not.
pub(crate) fn allows(store: &Store, user: &User, action: &Action) -> Option<String> {
    if user.is_master() || is_for_everybody(user, action) {
        return Some(String::new());
    }
    let mut reason = None;
    visit(store, user, &action.namespace, |rule, why| {
        if reason.is_none() && action.is_allowed_by(rule) {
            reason = Some(why.to_owned());
        }
    });
    reason
}

fn is_for_everybody(user: &User, action: &Action) -> bool {
    let with_token = user.is_in("system:authenticated");
    if let Some(path) = &action.path {
        let public = PUBLIC.contains(&path.as_str());
        return action.verb == "get" && (public || with_token && DISCOVERY.iter().any(|url| matches_path(url, path)));
    }
    let review = (action.group.as_str(), action.resource.as_str());
    with_token && action.verb == "create" && action.subresource.is_empty() && REVIEWS.contains(&review)
}

/// The rules that apply to somebody in a namespace, as `SelfSubjectRulesReview` shows them: those about resources, and the others.
pub(crate) fn rules(store: &Store, user: &User, namespace: &str) -> Vec<Value> {
    let mut found = Vec::new();
    if user.is_master() {
        found.push(serde_json::json!({"verbs": ["*"], "apiGroups": ["*"], "resources": ["*"]}));
        found.push(serde_json::json!({"verbs": ["*"], "nonResourceURLs": ["*"]}));
    }
    if user.is_in("system:authenticated") {
        for group in ["authorization.k8s.io", "authentication.k8s.io"] {
            let resources: Vec<&str> = REVIEWS.iter().filter(|(own, _)| *own == group).map(|(_, name)| *name).collect();
            found.push(serde_json::json!({"verbs": ["create"], "apiGroups": [group], "resources": resources}));
        }
        let mut urls: Vec<&str> = DISCOVERY.iter().chain(&PUBLIC).copied().collect();
        urls.sort_unstable();
        found.push(serde_json::json!({"verbs": ["get"], "nonResourceURLs": urls}));
    }
    if user.is_in("system:authenticated") || user.is_in("system:unauthenticated") {
        found.push(serde_json::json!({"verbs": ["get"], "nonResourceURLs": PUBLIC}));
    }
    visit(store, user, namespace, |rule, _| found.push(rule.clone()));
    found
}

/// Shows each rule that is bound to somebody, with the words about it.
fn visit(store: &Store, user: &User, namespace: &str, mut look: impl FnMut(&Value, &str)) {
    for stored in store.snapshot(CLUSTER_BINDINGS).values() {
        show(store, user, stored.value(), "", &mut look);
    }
    if namespace.is_empty() {
        return;
    }
    let prefix = format!("{namespace}/");
    for (_, stored) in store.snapshot(BINDINGS).under(&prefix, &prefix) {
        show(store, user, stored.value(), namespace, &mut look);
    }
}

fn show(store: &Store, user: &User, binding: &Value, namespace: &str, look: &mut impl FnMut(&Value, &str)) {
    let subjects = binding["subjects"].as_array().into_iter().flatten();
    let Some(subject) = subjects.into_iter().find(|subject| is_subject(user, subject, namespace)) else { return };
    let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
    let (kind, name) = (text(&binding["roleRef"]["kind"]), text(&binding["roleRef"]["name"]));
    let role = match kind.as_str() {
        "ClusterRole" => store.get(CLUSTER_ROLES, &name),
        _ => store.get(ROLES, &key(Some(namespace), &name)),
    };
    let own = text(&binding["metadata"]["name"]);
    let (what, place) =
        if namespace.is_empty() { ("ClusterRoleBinding", own) } else { ("RoleBinding", format!("{own}/{namespace}")) };
    let whom = match subject["namespace"].as_str().filter(|_| subject["kind"] == "ServiceAccount") {
        Some(of) => format!("\"{}/{of}\"", text(&subject["name"])),
        None => format!("{:?}", text(&subject["name"])),
    };
    let why = format!("RBAC: allowed by {what} {place:?} of {kind} {name:?} to {} {whom}", text(&subject["kind"]));
    for rule in role.iter().flat_map(|role| role.value()["rules"].as_array().into_iter().flatten()) {
        look(rule, &why);
    }
}

fn is_subject(user: &User, subject: &Value, namespace: &str) -> bool {
    let name = subject["name"].as_str().unwrap_or_default();
    match subject["kind"].as_str().unwrap_or_default() {
        "User" => user.name == name,
        "Group" => user.is_in(name),
        "ServiceAccount" => {
            let own = subject["namespace"].as_str().filter(|text| !text.is_empty()).unwrap_or(namespace);
            !own.is_empty() && user.name == User::service_account(own, name, "").name
        }
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::store::Write;

    fn store() -> Store {
        let store = Store::default();
        let role = json!({"rules": [{"verbs": ["get"], "apiGroups": [""], "resources": ["pods", "*/scale"], "resourceNames": []}]});
        let binding = json!({
            "metadata": {"name": "b"},
            "roleRef": {"kind": "Role", "name": "r"},
            "subjects": [{"kind": "User", "name": "jane"}, {"kind": "ServiceAccount", "name": "robot"}],
        });
        store.write(ROLES, "a/r", Write::Create(role)).unwrap();
        store.write(BINDINGS, "a/b", Write::Create(binding)).unwrap();
        store
    }

    #[track_caller]
    fn check(user: &User, action: &Action, expected: bool) {
        assert_eq!(allows(&store(), user, action).is_some(), expected, "{user:?} {action:?}");
    }

    #[test]
    fn what_is_public_is_shown_to_everybody_once_for_each_role_that_has_it() {
        let store = Store::default();
        let urls = |groups: &[&str]| {
            let groups = groups.iter().map(|group| (*group).to_owned()).collect();
            let user = User { name: "jane".to_owned(), groups, ..User::default() };
            let rules = rules(&store, &user, "a");
            rules.iter().filter_map(|rule| rule.get("nonResourceURLs").cloned()).collect::<Vec<_>>()
        };
        let discovery = json!([
            "/api",
            "/api/*",
            "/apis",
            "/apis/*",
            "/healthz",
            "/livez",
            "/openapi",
            "/openapi/*",
            "/readyz",
            "/version",
            "/version/"
        ]);
        assert_eq!(urls(&["system:authenticated"]), [discovery, json!(PUBLIC)]);
        assert_eq!(urls(&["system:unauthenticated"]), [json!(PUBLIC)]);
    }

    #[test]
    fn a_role_allows_what_it_names_in_its_namespace() {
        let jane = User::new("jane", "", ["system:authenticated"]);
        let get = |namespace: &str| Action { namespace: namespace.to_owned(), ..Action::on("get", "", "pods", "x") };
        check(&jane, &get("a"), true);
        check(&jane, &get("b"), false);
        check(&jane, &Action { verb: "list".to_owned(), ..get("a") }, false);
        check(&jane, &Action { subresource: "scale".to_owned(), resource: "any".to_owned(), ..get("a") }, true);
        check(&jane, &Action { subresource: "log".to_owned(), ..get("a") }, false);
        check(&User::service_account("a", "robot", ""), &get("a"), true);
        check(&User::service_account("b", "robot", ""), &get("a"), false);
    }

    #[test]
    fn everybody_may_see_what_is_public_and_ask_about_themselves() {
        let jane = User::new("jane", "", ["system:authenticated"]);
        let path = |path: &str| Action { verb: "get".to_owned(), path: Some(path.to_owned()), ..Action::default() };
        check(&User::anonymous(), &path("/version"), true);
        check(&User::anonymous(), &path("/apis"), false);
        check(&jane, &path("/apis/apps/v1"), true);
        check(&jane, &path("/metrics"), false);
        check(&jane, &Action::on("create", "authentication.k8s.io", "selfsubjectreviews", ""), true);
        check(&User::administrator(), &path("/metrics"), true);
    }
}
