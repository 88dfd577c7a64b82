//! The webhooks of a configuration.

use crdgen_schema::name;

use super::rule;
use crate::check::Field;

/// The versions of reviews that a server can send.
const REVIEWS: [&str; 2] = ["v1", "v1beta1"];

const FORM: &str = "; desired format: https://host[/path]";

/// What a stored configuration may keep, if it has it.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Fault {
    SideEffects,
    Reviews,
    Names,
    Selectors,
}

/// Checks a configuration. What is wrong in the stored one already may stay.
pub(super) fn check(object: Field<'_>, old: Option<Field<'_>>) {
    let spared = old.map_or(Vec::new(), spared);
    let same_conditions = old.is_some_and(|old| {
        let (new, old) = (object.get("webhooks"), old.get("webhooks"));
        let conditions = |one: Field<'_>| one.get("matchConditions").value().clone();
        new.len() == old.len() && new.items().zip(old.items()).all(|(new, old)| conditions(new) == conditions(old))
    });
    let mut seen: Vec<&str> = Vec::new();
    for hook in object.get("webhooks").items() {
        check_hook(hook, &spared);
        if !same_conditions {
            rule::check_conditions(hook.get("matchConditions"));
        }
        check_reviews(hook.get("admissionReviewVersions"), spared.contains(&Fault::Reviews));
        let name = hook.get("name");
        if !spared.contains(&Fault::Names) && !name.text().is_empty() {
            if seen.contains(&name.text()) {
                name.duplicate();
            } else {
                seen.push(name.text());
            }
        }
    }
}

fn spared(old: Field<'_>) -> Vec<Fault> {
    let hooks = || old.get("webhooks").items();
    let has_effects = |hook: Field<'_>| !["None", "NoneOnDryRun"].contains(&hook.get("sideEffects").text());
    let is_unknown = |hook: Field<'_>| {
        let versions = hook.get("admissionReviewVersions");
        !versions.is_empty() && !versions.items().any(|version| REVIEWS.contains(&version.text()))
    };
    let mut names: Vec<&str> = hooks().map(|hook| hook.get("name").text()).collect();
    let count = names.len();
    names.sort_unstable();
    names.dedup();
    let is_invalid = |hook: Field<'_>| {
        ["namespaceSelector", "objectSelector"].iter().any(|selector| hook.get(selector).has_invalid_selector_value())
    };
    let faults = [
        (Fault::SideEffects, hooks().any(has_effects)),
        (Fault::Reviews, hooks().any(is_unknown)),
        (Fault::Names, names.len() < count),
        (Fault::Selectors, hooks().any(is_invalid)),
    ];
    faults.into_iter().filter(|(_, has)| *has).map(|(fault, _)| fault).collect()
}

fn check_hook(hook: Field<'_>, spared: &[Fault]) {
    check_name(hook.get("name"));
    hook.get("rules").items().for_each(rule::check);
    for (part, known) in [("failurePolicy", ["Fail", "Ignore"]), ("matchPolicy", ["Equivalent", "Exact"])] {
        if hook.get(part).is_set() {
            hook.get(part).one_of(&known);
        }
    }
    let effects = hook.get("sideEffects");
    let all = ["None", "NoneOnDryRun", "Some", "Unknown"];
    let known = if spared.contains(&Fault::SideEffects) { &all[..] } else { &all[..2] };
    if effects.is_set() {
        effects.one_of(known);
    } else {
        effects.required(format!("must specify one of {}", known.join(", ")));
    }
    let timeout = hook.get("timeoutSeconds");
    if timeout.is_set() && !(1..=30).contains(&timeout.int()) {
        timeout.invalid("the timeout value must be between 1 and 30 seconds");
    }
    for part in ["namespaceSelector", "objectSelector"] {
        if hook.get(part).is_set() {
            hook.get(part).label_selector_with(!spared.contains(&Fault::Selectors));
        }
    }
    if hook.get("reinvocationPolicy").is_set() {
        hook.get("reinvocationPolicy").one_of(&["IfNeeded", "Never"]);
    }
    let (url, service) = (hook.get("clientConfig").get("url"), hook.get("clientConfig").get("service"));
    match (url.is_set(), service.is_set()) {
        (true, false) => check_url(url),
        (false, true) => check_service(service),
        _ => hook.get("clientConfig").required("exactly one of url or service is required"),
    }
}

/// `IsFullyQualifiedName`
fn check_name(hook: Field<'_>) {
    if !hook.require_text() {
        return;
    }
    let faults = name::dns_subdomain(hook.text());
    if !faults.is_empty() {
        hook.invalid(faults.join(","));
    } else if hook.text().split('.').count() < 3 {
        hook.invalid("should be a domain with at least three segments separated by dots");
    }
}

fn check_reviews(versions: Field<'_>, may_be_unknown: bool) {
    if versions.is_empty() {
        return versions.required(format!("must specify one of {}", REVIEWS.join(", ")));
    }
    let mut seen: Vec<&str> = Vec::new();
    for version in versions.items() {
        if seen.contains(&version.text()) {
            version.invalid("duplicate version");
            continue;
        }
        seen.push(version.text());
        version.invalid_for(name::dns_1035_label(version.text()));
    }
    if !may_be_unknown && !seen.iter().any(|version| REVIEWS.contains(version)) {
        versions.invalid(format!("must include at least one of {}", REVIEWS.join(", ")));
    }
}

/// `ValidateWebhookURL`
fn check_url(url: Field<'_>) {
    let (text, fragment) = url.text().split_once('#').unwrap_or((url.text(), ""));
    let (scheme, rest) = match split_scheme(text) {
        Ok(split) => split,
        Err(why) => return url.required(format!("url must be a valid URL: parse {text:?}: {why}{FORM}")),
    };
    if !scheme.eq_ignore_ascii_case("https") {
        url.invalid_as(&scheme.to_lowercase().into(), format!("'https' is the only allowed URL scheme{FORM}"));
    }
    let (rest, query) = rest.split_once('?').unwrap_or((rest, ""));
    let authority = rest.strip_prefix("//").and_then(|rest| rest.split('/').next()).unwrap_or_default();
    let (user, host) = authority.rsplit_once('@').unwrap_or(("", authority));
    if host.is_empty() {
        url.invalid_as(&host.into(), format!("host must be specified{FORM}"));
    }
    for (part, what) in [(user, "user information is"), (fragment, "fragments are"), (query, "query parameters are")] {
        if !part.is_empty() {
            url.invalid_as(&part.into(), format!("{what} not permitted in the URL"));
        }
    }
}

/// The scheme of a URL without its fragment, and what follows it (`getScheme` and `parse` in Go's `net/url`).
fn split_scheme(text: &str) -> std::result::Result<(&str, &str), &'static str> {
    let is_allowed = |at: usize, letter: char| {
        letter.is_ascii_alphabetic() || at > 0 && (letter.is_ascii_digit() || matches!(letter, '+' | '-' | '.'))
    };
    let end = text.char_indices().find(|(at, letter)| !is_allowed(*at, *letter));
    match end {
        Some((0, ':')) => Err("missing protocol scheme"),
        Some((at, ':')) => Ok((&text[..at], &text[at + 1..])),
        _ if !text.starts_with('/') && text.split(['/', '?']).next().is_some_and(|segment| segment.contains(':')) => {
            Err("first path segment in URL cannot contain colon")
        }
        _ => Ok(("", text)),
    }
}

/// `ValidateWebhookService`
fn check_service(service: Field<'_>) {
    // Go's code is given the two in the other order than it expects them.
    for (part, told) in [("namespace", "name"), ("name", "namespace")] {
        if service.get(part).text().is_empty() {
            service.get(told).required("");
        }
    }
    let (port, path) = (service.get("port"), service.get("path"));
    if port.is_set() && !(1..=65_535).contains(&port.int()) {
        port.invalid("port is not valid: must be between 1 and 65535, inclusive");
    }
    let text = path.text();
    if matches!(text, "" | "/") {
        return;
    }
    if text == "//" {
        path.invalid("segment[0] may not be empty");
        return;
    }
    if !text.starts_with('/') {
        path.invalid("must start with a '/'");
    }
    let mut rest = text.chars();
    rest.next();
    let rest = rest.as_str().strip_suffix('/').unwrap_or(rest.as_str());
    for (index, step) in rest.split('/').enumerate() {
        if step.is_empty() {
            path.invalid(format!("segment[{index}] may not be empty"));
        } else {
            path.invalid_for(name::dns_subdomain(step).into_iter().map(|fault| format!("segment[{index}]: {fault}")));
        }
    }
}
