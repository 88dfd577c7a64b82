//! `flowcontrol.apiserver.k8s.io/v1` `FlowSchema`.

use crdgen_schema::name;
use serde_json::{Value, json};

use super::{bootstrap, check_conditions, differs_from_mandatory};
use crate::check::Field;
use crate::resource::Resource;
use crate::resource::strategy::{Strategy, Subresource};
use crate::response::{cell, table};

/// `flowcontrol.apiserver.k8s.io/v1/FlowSchema`
#[derive(Debug)]
pub(in crate::strategy) struct FlowSchema;

const MOST_PRECEDENCE: i64 = 10_000;
/// The verbs, sorted.
const VERBS: [&str; 9] = ["create", "delete", "deletecollection", "get", "list", "patch", "proxy", "update", "watch"];
/// The kinds of subjects: the member that each has, and its name.
const SUBJECTS: [(&str, &str); 3] = [("ServiceAccount", "serviceAccount"), ("User", "user"), ("Group", "group")];

impl Strategy for FlowSchema {
    fn counted(&self) -> &'static [&'static str] {
        &["/spec"]
    }

    fn prepare_for_update(&self, resource: &Resource, object: &mut Value, old: &Value, subresource: Subresource) {
        super::prepare_for_update(resource, object, old, subresource);
    }

    fn repeats_changes(&self) -> bool {
        false
    }

    fn validate(&self, _resource: &Resource, object: Field<'_>) {
        let name = object.get("metadata").get("name").text();
        check_spec(object.get("spec"), name);
        if differs_from_mandatory(bootstrap::SCHEMA, object) {
            object.get("spec").invalid(format!("spec of '{name}' must equal the fixed value"));
        }
        check_conditions(object.get("status"));
    }

    fn validate_update(&self, resource: &Resource, object: Field<'_>, _old: Field<'_>, subresource: Subresource) {
        super::validate_update(self, resource, object, subresource);
    }

    fn cells(&self, object: &Value, now: jiff::Timestamp) -> Vec<Value> {
        let spec = &object["spec"];
        let mut conditions = object["status"]["conditions"].as_array().into_iter().flatten();
        let dangling = conditions.find(|condition| condition["type"] == "Dangling");
        vec![
            object["metadata"]["name"].clone(),
            spec["priorityLevelConfiguration"]["name"].clone(),
            json!(spec["matchingPrecedence"].as_i64().unwrap_or(0)),
            cell::text_or(&spec["distinguisherMethod"]["type"], "<none>"),
            table::age(object, now),
            dangling.map_or(json!("?"), |condition| condition["status"].clone()),
        ]
    }
}

fn check_spec(spec: Field<'_>, name: &str) {
    let (precedence, method) = (spec.get("matchingPrecedence"), spec.get("distinguisherMethod"));
    match precedence.int() {
        ..=0 => precedence.invalid_number("must be a positive value"),
        number if number > MOST_PRECEDENCE => {
            precedence.invalid(format!("must not be greater than {MOST_PRECEDENCE}"));
        }
        1 if name != "exempt" => precedence.invalid("only the schema named 'exempt' may have matchingPrecedence 1"),
        _ => {}
    }
    if method.is_set() && !["ByNamespace", "ByUser"].contains(&method.get("type").text()) {
        let shown = json!({"Type": method.get("type").text()});
        method.get("type").not_supported_as(&shown, "supported values: \"ByNamespace\", \"ByUser\"");
    }
    let level = spec.get("priorityLevelConfiguration").get("name");
    if level.text().is_empty() {
        level.required("must reference a priority level");
    } else {
        level.dns_subdomain();
    }
    spec.get("rules").items().for_each(check_rules);
}

fn check_rules(rules: Field<'_>) {
    let (subjects, resources, others) =
        (rules.get("subjects"), rules.get("resourceRules"), rules.get("nonResourceRules"));
    if subjects.is_empty() {
        subjects.required("subjects must contain at least one value");
    }
    subjects.items().for_each(check_subject);
    if resources.is_empty() && others.is_empty() {
        rules.required("at least one of resourceRules and nonResourceRules has to be non-empty");
    }
    resources.items().for_each(check_resource_rule);
    others.items().for_each(check_other_rule);
}

fn check_subject(subject: Field<'_>) {
    let kind = subject.get("kind");
    let Some((_, own)) = SUBJECTS.iter().find(|(name, _)| *name == kind.text()) else {
        return kind.not_supported(&["Group", "ServiceAccount", "User"]);
    };
    let field = subject.get(own);
    if !field.is_set() {
        field.required(format!("{own} is required when subject kind is '{}'", kind.text()));
    } else if *own == "serviceAccount" {
        check_service_account(field);
    } else {
        field.get("name").require_text();
    }
    for (other_kind, other) in SUBJECTS.iter().filter(|(_, other)| other != own) {
        if subject.get(other).is_set() {
            subject.get(other).forbidden(format!("{other} is forbidden when subject kind is not '{other_kind}'"));
        }
    }
}

fn check_service_account(account: Field<'_>) {
    let (own, namespace) = (account.get("name"), account.get("namespace"));
    if own.require_text() && own.text() != "*" {
        own.dns_subdomain();
    }
    if namespace.text().is_empty() {
        namespace.required("must specify namespace for service account");
    } else {
        namespace.dns_label();
    }
}

fn check_verbs(verbs: Field<'_>) {
    if verbs.is_empty() {
        verbs.required("verbs must contain at least one value");
    } else if has_wildcard(verbs) {
        only_wildcard(verbs, "verbs");
    } else if !verbs.items().all(|verb| VERBS.contains(&verb.text())) {
        let known: Vec<String> = VERBS.iter().map(|verb| format!("{verb:?}")).collect();
        verbs.not_supported_as(verbs.value(), &format!("supported values: {}", known.join(", ")));
    }
}

fn has_wildcard(list: Field<'_>) -> bool {
    list.items().any(|item| item.text() == "*")
}

/// Beside `*` there must be nothing.
fn only_wildcard(list: Field<'_>, what: &str) {
    if list.len() > 1 && has_wildcard(list) {
        list.invalid(format!("if '*' is present, must not specify other {what}"));
    }
}

fn check_resource_rule(rule: Field<'_>) {
    check_verbs(rule.get("verbs"));
    for (name, one, many) in [("apiGroups", "api group", "api groups"), ("resources", "resource", "resources")] {
        if rule.get(name).is_empty() {
            rule.get(name).required(format!("resource rules must supply at least one {one}"));
        } else {
            only_wildcard(rule.get(name), many);
        }
    }
    let namespaces = rule.get("namespaces");
    if namespaces.is_empty() && !rule.get("clusterScope").flag() {
        namespaces.required("resource rules that are not cluster scoped must supply at least one namespace");
    } else if has_wildcard(namespaces) {
        only_wildcard(namespaces, "namespaces");
    } else {
        for namespace in namespaces.items() {
            let intro = "each member of this list must be '*' or a DNS-1123 label; ";
            let faults = name::dns_label(namespace.text()).into_iter().map(|fault| format!("{intro}{fault}"));
            namespace.invalid_for(faults);
        }
    }
}

fn check_other_rule(rule: Field<'_>) {
    check_verbs(rule.get("verbs"));
    let urls = rule.get("nonResourceURLs");
    if urls.is_empty() {
        urls.required("nonResourceURLs must contain at least one value");
    } else if has_wildcard(urls) {
        only_wildcard(urls, "non-resource URLs");
    } else {
        for url in urls.items() {
            if let Some(why) = path_fault(url.text()) {
                url.invalid(why);
            }
        }
    }
}

/// `ValidateNonResourceURLPath`
fn path_fault(path: &str) -> Option<&'static str> {
    let stars = path.matches('*').count();
    match path {
        "" => Some("must not be empty"),
        "/" => None,
        _ if !path.starts_with('/') => Some("must start with slash"),
        _ if path.contains(' ') => Some("must not contain white-space"),
        _ if path.contains("//") => Some("must not contain double slash"),
        _ if stars > 1 || (stars == 1 && !path.ends_with("/*")) => Some("wildcard can only do suffix matching"),
        _ => None,
    }
}
