//! Which requests are judged.

use serde_json::Value;

use crate::check::Field;

const OPERATIONS: [&str; 5] = ["*", "CONNECT", "CREATE", "DELETE", "UPDATE"];

/// How much may stand in a list of match conditions.
const MOST_CONDITIONS: i64 = 64;

/// A rule with operations.
pub(super) fn check(rule: Field<'_>) {
    let operations = rule.get("operations");
    check_list(operations, "operations");
    for operation in operations.items() {
        operation.one_of(&OPERATIONS);
    }
    check_list(rule.get("apiGroups"), "API groups");
    check_list(rule.get("apiVersions"), "API versions");
    for version in rule.get("apiVersions").items() {
        version.require_text();
    }
    check_resources(rule.get("resources"));
    if rule.get("scope").is_set() {
        rule.get("scope").one_of(&["*", "Cluster", "Namespaced"]);
    }
}

fn check_list(list: Field<'_>, what: &str) {
    if list.is_empty() {
        list.required("");
    }
    if list.len() > 1 && list.items().any(|item| item.text() == "*") {
        list.invalid(format!("if '*' is present, must not specify other {what}"));
    }
}

fn check_resources(resources: Field<'_>) {
    if resources.is_empty() {
        resources.required("");
    }
    let (mut with_all_parts, mut of_all_kinds): (Vec<&str>, Vec<&str>) = (Vec::new(), Vec::new());
    let mut ends_with_whole = false;
    for item in resources.items() {
        let text = item.text();
        if !item.require_text() {
            continue;
        }
        let Some((kind, part)) = text.split_once('/') else {
            ends_with_whole = text != "*";
            continue;
        };
        if with_all_parts.contains(&kind) {
            item.invalid(format!("if '{kind}/*' is present, must not specify {text}"));
        }
        if of_all_kinds.contains(&part) {
            item.invalid(format!("if '*/{part}' is present, must not specify {text}"));
        }
        if part == "*" {
            with_all_parts.push(kind);
        }
        if kind == "*" {
            of_all_kinds.push(part);
        }
    }
    let has = |wanted: &str| resources.items().any(|item| item.text() == wanted);
    if resources.len() > 1 && has("*/*") {
        resources.invalid("if '*/*' is present, must not specify other resources");
    }
    if has("*") && ends_with_whole {
        resources.invalid("if '*' is present, must not specify other resources without subresources");
    }
}

/// The resources that a policy or a binding is about.
pub(super) fn check_match(resources: Field<'_>) {
    let policy = resources.get("matchPolicy");
    if policy.is_set() {
        policy.one_of(&["Equivalent", "Exact"]);
    } else {
        policy.required("");
    }
    for name in ["namespaceSelector", "objectSelector"] {
        let selector = resources.get(name);
        if selector.is_set() {
            selector.label_selector();
        } else {
            selector.required("");
        }
    }
    for list in ["resourceRules", "excludeResourceRules"] {
        for rule in resources.get(list).items() {
            let mut seen: Vec<&str> = Vec::new();
            for name in rule.get("resourceNames").items() {
                name.path_segment();
                if seen.contains(&name.text()) {
                    name.duplicate();
                }
                seen.push(name.text());
            }
            check(rule);
        }
    }
}

/// Objects cannot be changed while they are deleted.
pub(super) fn check_mutating(resources: Field<'_>) {
    let rules = resources.get("resourceRules");
    for operation in rules.items().flat_map(|rule| rule.get("operations").items()) {
        if !["*", "CONNECT", "CREATE", "UPDATE"].contains(&operation.text()) {
            let why = "supported values: \"*\", \"CONNECT\", \"CREATE\", \"UPDATE\"";
            rules.get("operations").not_supported_as(&Value::from(operation.text()), why);
        }
    }
}

/// The conditions under which a request is judged.
pub(super) fn check_conditions(conditions: Field<'_>) {
    if i64::try_from(conditions.len()).is_ok_and(|count| count > MOST_CONDITIONS) {
        conditions.too_many(MOST_CONDITIONS);
    }
    let mut seen: Vec<&str> = Vec::new();
    for condition in conditions.items() {
        let (name, expression) = (condition.get("name"), condition.get("expression"));
        if expression.text().trim().is_empty() {
            expression.required("");
        } else {
            check_syntax(expression);
        }
        if name.require_text() {
            name.qualified_name();
            if seen.contains(&name.text()) {
                name.duplicate();
            } else {
                seen.push(name.text());
            }
        }
    }
}

/// Reports the syntax errors of an expression. Names and types are not looked at.
pub(super) fn check_syntax(expression: Field<'_>) {
    let issues = crdgen_cel::Environment::standard().compile(expression.text()).err();
    if let Some(issues) = issues.filter(|issues| issues.iter().any(|issue| issue.message.starts_with("Syntax error"))) {
        expression.invalid(format!("compilation failed: {issues}"));
    }
}
