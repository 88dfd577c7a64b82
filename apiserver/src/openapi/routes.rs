//! The operations of a built-in resource and its subresources.
//!
//! In: the resource as the table has it. Out: its paths, as kube-apiserver installs them for the verbs of discovery.
//! Source: `k8s.io/apiserver/pkg/endpoints/installer.go`.

use super::operation::{Body, Content, Kind, Operation, Parameter, Paths, identity, options};
use super::structure::Schemas;
use crate::group_resource::api_version;
use crate::kind::table::{self, Served, Subresource};

pub(super) const MEDIA: &[&str] = &["application/json", "application/yaml", "application/vnd.kubernetes.protobuf"];
const STREAM: &[&str] = &[
    "application/json",
    "application/yaml",
    "application/vnd.kubernetes.protobuf",
    "application/json;stream=watch",
    "application/vnd.kubernetes.protobuf;stream=watch",
];
const LOG: &[&str] = &["text/plain", "application/json", "application/yaml", "application/vnd.kubernetes.protobuf"];
const ANY: &[&str] = &["*/*"];
const PATCHES: &[&str] = &[
    "application/json-patch+json",
    "application/merge-patch+json",
    "application/strategic-merge-patch+json",
    "application/apply-patch+yaml",
];

pub(super) type Codes = &'static [(&'static str, &'static str)];
pub(super) const OK: Codes = &[("200", "OK")];
pub(super) const CREATED: Codes = &[("200", "OK"), ("201", "Created")];
pub(super) const ACCEPTED: Codes = &[("200", "OK"), ("202", "Accepted")];
pub(super) const ALL: Codes = &[("200", "OK"), ("201", "Created"), ("202", "Accepted")];

/// Adds the operations of a resource.
pub(super) fn add(paths: &mut Paths, schemas: &mut Schemas, served: &'static Served) {
    let mut routes = Routes { paths, schemas, served };
    routes.collection();
    routes.object();
    for subresource in &served.subresources {
        routes.subresource(subresource);
    }
}

struct Routes<'a> {
    paths: &'a mut Paths,
    schemas: &'a mut Schemas,
    served: &'static Served,
}

/// What differs between the operations of a resource.
#[derive(Default)]
struct Plan<'a> {
    method: &'static str,
    /// `x-kubernetes-action`
    action: &'static str,
    /// The verb that the identity starts with.
    verb: &'static str,
    /// What follows the kind in the identity.
    suffix: &'a str,
    /// The kind that is acted on, if it is not the resource's: that of a subresource.
    kind: Option<(&'a str, &'a str, &'a str)>,
    description: String,
    /// Whether it is about all namespaces.
    everywhere: bool,
    parameters: Vec<Parameter>,
    body: Option<Body>,
}

impl Routes<'_> {
    fn has(&self, verb: &str) -> bool {
        self.served.verbs.contains(&verb)
    }

    /// The path of the resource, with `between` after the version.
    fn path(&self, between: &str, everywhere: bool) -> String {
        let served = self.served;
        let prefix = if served.group.is_empty() { "/api" } else { "/apis" };
        let namespace = if served.namespaced && !everywhere { "namespaces/{namespace}/" } else { "" };
        format!("{prefix}/{}/{between}{namespace}{}", served.group_version(), served.plural)
    }

    fn collection(&mut self) {
        let (kind, path) = (self.served.kind, self.path("", false));
        let everywhere: &[bool] = if self.served.namespaced { &[false, true] } else { &[false] };
        if self.has("list") {
            let watched = if self.has("watch") { "list or watch" } else { "list" };
            for &everywhere in everywhere {
                let plan = Plan {
                    method: "get",
                    action: "list",
                    verb: "list",
                    description: format!("{watched} objects of kind {kind}"),
                    everywhere,
                    parameters: options("meta/v1.ListOptions", &[]),
                    ..Plan::default()
                };
                let content = self.schema(self.served.list_kind);
                self.push(self.path("", everywhere), plan, STREAM, OK, content);
            }
        }
        if self.has("create") {
            let plan = Plan {
                method: "post",
                action: "post",
                verb: "create",
                description: format!("create{}{kind}", article(kind)),
                parameters: options("meta/v1.CreateOptions", &[]),
                body: self.body(kind),
                ..Plan::default()
            };
            let content = self.schema(kind);
            self.push(path.clone(), plan, MEDIA, ALL, content);
        }
        if self.has("deletecollection") {
            let mut parameters = options("meta/v1.DeleteOptions", &[]);
            parameters.extend(options("meta/v1.ListOptions", &["watch", "allowWatchBookmarks"]));
            let plan = Plan {
                method: "delete",
                action: "deletecollection",
                verb: "delete",
                suffix: "collection",
                description: format!("delete collection of {kind}"),
                parameters,
                body: Some(self.delete_options()),
                ..Plan::default()
            };
            let content = Content::Schema(self.schemas.need_named("meta/v1.Status"));
            self.push(path, plan, MEDIA, OK, content);
        }
        if self.has("list") && self.has("watch") {
            for &everywhere in everywhere {
                self.watch_list(everywhere);
            }
        }
    }

    fn watch_list(&mut self, everywhere: bool) {
        let plan = Plan {
            method: "get",
            action: "watchlist",
            verb: "watch",
            suffix: "List",
            description: format!(
                "watch individual changes to a list of {}. deprecated: use the 'watch' parameter with a list operation instead.",
                self.served.kind
            ),
            everywhere,
            parameters: options("meta/v1.ListOptions", &[]),
            ..Plan::default()
        };
        let content = Content::Schema(self.schemas.need_named("meta/v1.WatchEvent"));
        self.push(self.path("watch/", everywhere), plan, STREAM, OK, content);
    }

    fn object(&mut self) {
        let (kind, path) = (self.served.kind, format!("{}/{{name}}", self.path("", false)));
        let verbs = &self.served.verbs;
        for verb in ["get", "update", "patch"].into_iter().filter(|verb| verbs.contains(verb)) {
            self.on_object(&path, verb, None);
        }
        if self.has("delete") {
            let plan = Plan {
                method: "delete",
                action: "delete",
                verb: "delete",
                description: format!("delete{}{kind}", article(kind)),
                parameters: options("meta/v1.DeleteOptions", &[]),
                body: Some(self.delete_options()),
                ..Plan::default()
            };
            let content = if self.served.returned {
                self.schema(kind)
            } else {
                Content::Schema(self.schemas.need_named("meta/v1.Status"))
            };
            self.push(path, plan, MEDIA, ACCEPTED, content);
        }
        if self.has("watch") {
            let plan = Plan {
                method: "get",
                action: "watch",
                verb: "watch",
                description: format!(
                    "watch changes to an object of kind {kind}. deprecated: use the 'watch' parameter with a list operation \
                     instead, filtered to a single item with the 'fieldSelector' parameter."
                ),
                parameters: options("meta/v1.ListOptions", &[]),
                ..Plan::default()
            };
            let content = Content::Schema(self.schemas.need_named("meta/v1.WatchEvent"));
            self.push(format!("{}/{{name}}", self.path("watch/", false)), plan, STREAM, OK, content);
        }
    }

    fn subresource(&mut self, below: &'static Subresource) {
        let path = format!("{}/{{name}}/{}", self.path("", false), below.name);
        if below.kind.ends_with("Options") {
            self.connect(&path, below);
            return;
        }
        if below.verbs.contains(&"create") {
            let (kind, of) = (self.served.kind, self.kind_of(below));
            let plan = Plan {
                method: "post",
                action: "post",
                verb: "create",
                suffix: below.name,
                kind: Some(of),
                description: format!("create {} of{}{kind}", below.name, article(kind)),
                parameters: options("meta/v1.CreateOptions", &[]),
                body: self.body_of(below),
                ..Plan::default()
            };
            let content = self.schema_of(below);
            self.push(path.clone(), plan, MEDIA, ALL, content);
        }
        for verb in ["get", "update", "patch"].into_iter().filter(|verb| below.verbs.contains(verb)) {
            self.on_object(&path, verb, Some(below));
        }
    }

    /// `get`, `update` and `patch` of an object or its subresource.
    fn on_object(&mut self, path: &str, verb: &str, below: Option<&'static Subresource>) {
        let (suffix, of) = below.map_or(("", String::new()), |below| (below.name, format!("{} of ", below.name)));
        let described = |verb: &str| format!("{verb} {of}the specified {}", self.served.kind);
        let plan = Plan { suffix, kind: below.map(|below| self.kind_of(below)), ..Plan::default() };
        let own = |routes: &mut Self| match below {
            Some(below) => routes.body_of(below),
            None => routes.body(routes.served.kind),
        };
        let is_log = suffix == "log";
        let plan = match verb {
            "get" => Plan {
                method: "get",
                action: "get",
                verb: "read",
                description: described("read"),
                parameters: if is_log { options("core/v1.PodLogOptions", &[]) } else { Vec::new() },
                ..plan
            },
            "update" => Plan {
                method: "put",
                action: "put",
                verb: "replace",
                description: described("replace"),
                parameters: options("meta/v1.UpdateOptions", &[]),
                body: own(self),
                ..plan
            },
            _ => Plan {
                method: "patch",
                action: "patch",
                verb: "patch",
                description: described("partially update"),
                parameters: options("meta/v1.PatchOptions", &[]),
                body: Some(Body { schema: self.schemas.need_named("meta/v1.Patch"), required: true }),
                ..plan
            },
        };
        let codes = if verb == "get" { OK } else { CREATED };
        let content = match below {
            Some(_) if is_log => Content::Text,
            Some(below) => self.schema_of(below),
            None => self.schema(self.served.kind),
        };
        self.push(path.to_owned(), plan, if is_log { LOG } else { MEDIA }, codes, content);
    }

    /// What is passed on to a container, a pod, a service or a node.
    fn connect(&mut self, path: &str, below: &'static Subresource) {
        let proxy = below.name == "proxy";
        let methods: &[&'static str] =
            if proxy { &["get", "put", "post", "delete", "options", "head", "patch"] } else { &["get", "post"] };
        let options = options(&format!("core/v1.{}", below.kind), &[]);
        let paths = [(path.to_owned(), ""), (format!("{path}/{{path}}"), "WithPath")];
        for (path, with_path) in paths.into_iter().take(if proxy { 2 } else { 1 }) {
            let suffix = format!("{}{with_path}", capital(below.name));
            for method in methods {
                let mut parameters = options.clone();
                if !with_path.is_empty() {
                    parameters.push(Parameter::path("path", "path to the resource"));
                }
                let plan = Plan {
                    method,
                    action: "connect",
                    verb: "connect",
                    suffix: &suffix,
                    kind: Some(self.kind_of(below)),
                    description: format!(
                        "connect {} requests to {} of {}",
                        method.to_uppercase(),
                        below.name,
                        self.served.kind
                    ),
                    parameters,
                    ..Plan::default()
                };
                self.push(path.clone(), plan, ANY, OK, Content::Text);
            }
        }
    }

    fn push(
        &mut self,
        path: String,
        plan: Plan<'_>,
        produces: &'static [&'static str],
        codes: Codes,
        content: Content,
    ) {
        let served = self.served;
        let (group, version, kind) = plan.kind.unwrap_or((served.group, served.version, served.kind));
        let kind = Kind { group: group.to_owned(), version: version.to_owned(), name: kind.to_owned() };
        let rest = rest(&plan, served);
        let (id, tag) = identity(plan.verb, &rest, &path);
        let mut parameters = plan.parameters;
        if plan.action != "connect" {
            parameters.push(Parameter::pretty());
        }
        if path.contains("{name}") {
            parameters.push(Parameter::path("name", format!("name of the {}", kind.name)));
        }
        if path.contains("{namespace}") {
            parameters.push(Parameter::path("namespace", "object name and auth scope, such as for teams and projects"));
        }
        self.paths.entry(path).or_default().push(Operation {
            method: plan.method,
            description: plan.description,
            id,
            tag,
            action: Some((plan.action, kind)),
            parameters,
            body: plan.body,
            consumes: if plan.method == "patch" && plan.action == "patch" { PATCHES } else { ANY },
            produces,
            responses: codes,
            content,
        });
    }

    fn kind_of(&self, below: &'static Subresource) -> (&'static str, &'static str, &'static str) {
        let (group, version) = below.foreign.unwrap_or((self.served.group, self.served.version));
        (group, version, below.kind)
    }

    fn schema(&mut self, kind: &str) -> Content {
        self.body(kind).map_or(Content::Undescribed, |body| Content::Schema(body.schema))
    }

    fn schema_of(&mut self, below: &'static Subresource) -> Content {
        self.body_of(below).map_or(Content::Undescribed, |body| Content::Schema(body.schema))
    }

    fn body(&mut self, kind: &str) -> Option<Body> {
        let schema = self.schemas.need(table::structure(&self.served.group_version(), kind)?);
        Some(Body { schema, required: true })
    }

    fn body_of(&mut self, below: &'static Subresource) -> Option<Body> {
        let (group, version, kind) = self.kind_of(below);
        let schema = self.schemas.need(table::structure(&api_version(group, version), kind)?);
        Some(Body { schema, required: true })
    }

    fn delete_options(&mut self) -> Body {
        Body { schema: self.schemas.need_named("meta/v1.DeleteOptions"), required: false }
    }
}

/// What follows the verb, the group and the version in an operation's identity.
fn rest(plan: &Plan<'_>, served: &Served) -> String {
    let namespaced = if served.namespaced && !plan.everywhere { "Namespaced" } else { "" };
    let method = if plan.action == "connect" { capital(plan.method) } else { String::new() };
    let after = if plan.everywhere { "ForAllNamespaces" } else { "" };
    // `deletecollection` starts with the verb `delete`.
    if plan.suffix == "collection" {
        return format!("collection{namespaced}{}", served.kind);
    }
    format!("{method}{namespaced}{}{}{after}", served.kind, capital(plan.suffix))
}

pub(super) fn capital(text: &str) -> String {
    let mut characters = text.chars();
    characters.next().into_iter().flat_map(char::to_uppercase).chain(characters).collect()
}

/// `a` or `an` between blanks; nothing before a plural. Source: `GetArticleForNoun` in `installer.go`.
pub(super) fn article(noun: &str) -> &'static str {
    if !noun.ends_with("ss") && noun.ends_with('s') {
        " "
    } else if noun.starts_with(['A', 'E', 'I', 'O', 'U', 'a', 'e', 'i', 'o', 'u']) {
        " an "
    } else {
        " a "
    }
}
