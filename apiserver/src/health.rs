//! `/healthz`, `/livez` and `/readyz`, whole or a single check, with `verbose` and `exclude`.
//!
//! A server in memory is healthy from the start, so every check of kube-apiserver's is answered with `ok`.
//! Source: `k8s.io/apiserver/pkg/server/healthz`.

use std::fmt::Write as _;

use crdgen_schema::go::print_quoted;
use http::StatusCode;

use crate::request::query::Query;
use crate::response::Reply;

/// The checks that all three have, in kube-apiserver's order.
const CHECKS: [&str; 31] = [
    "poststarthook/start-apiserver-admission-initializer",
    "poststarthook/generic-apiserver-start-informers",
    "poststarthook/priority-and-fairness-config-consumer",
    "poststarthook/priority-and-fairness-filter",
    "poststarthook/storage-object-count-tracker-hook",
    "poststarthook/start-apiextensions-informers",
    "poststarthook/start-apiextensions-controllers",
    "poststarthook/crd-informer-synced",
    "poststarthook/start-system-namespaces-controller",
    "poststarthook/peer-endpoint-reconciler-controller",
    "poststarthook/start-cluster-authentication-info-controller",
    "poststarthook/start-kube-apiserver-identity-lease-controller",
    "poststarthook/start-kube-apiserver-identity-lease-garbage-collector",
    "poststarthook/storage-readiness",
    "poststarthook/start-legacy-token-tracking-controller",
    "poststarthook/start-service-ip-repair-controllers",
    "poststarthook/rbac/bootstrap-roles",
    "poststarthook/scheduling/bootstrap-system-priority-classes",
    "poststarthook/priority-and-fairness-config-producer",
    "poststarthook/bootstrap-controller",
    "poststarthook/start-kubernetes-service-cidr-controller",
    "poststarthook/start-kube-aggregator-informers",
    "poststarthook/apiservice-status-local-available-controller",
    "poststarthook/apiservice-status-remote-available-controller",
    "poststarthook/apiservice-registration-controller",
    "poststarthook/apiservice-discovery-controller",
    "poststarthook/kube-apiserver-autoregistration",
    "autoregister-completion",
    "poststarthook/apiservice-openapi-controller",
    "poststarthook/apiservice-openapiv3-controller",
    "shutdown",
];

/// The answer to a path that starts with one of the three; nothing for other paths. Every method is taken.
pub(crate) fn answer(path: &str, query: &Query) -> Option<Reply> {
    let (endpoint, check) = path.trim_matches('/').split_once('/').unwrap_or((path.trim_matches('/'), ""));
    let mut checks = checks(endpoint)?;
    Some(if check.is_empty() {
        Reply::text(StatusCode::OK, report(endpoint, &checks, query))
    } else if checks.any(|name| name == check) {
        Reply::text(StatusCode::OK, "ok")
    } else {
        Reply::page_not_found()
    })
}

/// The checks of an endpoint.
fn checks(endpoint: &str) -> Option<impl Iterator<Item = &'static str> + Clone> {
    let (first, is_ready): (&[&str], bool) = match endpoint {
        "healthz" | "livez" => (&["ping", "log", "loopback-serving-certificate", "etcd"], false),
        "readyz" => (&["ping", "log", "etcd", "etcd-readiness", "informer-sync"], true),
        _ => return None,
    };
    let others = CHECKS.iter().filter(move |name| is_ready || **name != "shutdown");
    Some(first.iter().chain(others).copied())
}

fn report(endpoint: &str, checks: &(impl Iterator<Item = &'static str> + Clone), query: &Query) -> String {
    if query.get("verbose").is_none() {
        return "ok".to_owned();
    }
    let excluded = query.all("exclude");
    let mut text = String::new();
    for name in checks.clone() {
        let is_excluded = excluded.iter().any(|one| one == name);
        let _ = writeln!(text, "[+]{name}{} ok", if is_excluded { " excluded:" } else { "" });
    }
    let unknown: Vec<String> =
        excluded.iter().filter(|one| !checks.clone().any(|name| name == *one)).map(|one| print_quoted(one)).collect();
    if !unknown.is_empty() {
        let _ = writeln!(text, "warn: some health checks cannot be excluded: no matches for {}", unknown.join(", "));
    }
    text + &format!("{endpoint} check passed\n")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(endpoint: &str, query: &str, expected: &[&str]) {
        let text = report(endpoint, &checks(endpoint).unwrap(), &Query::parse(query));
        for line in expected {
            assert!(text.lines().any(|found| found == *line), "{line} in {text}");
        }
    }

    #[test]
    fn a_verbose_report_names_each_check() {
        check("livez", "", &["ok"]);
        check("livez", "verbose", &["[+]ping ok", "[+]etcd ok", "livez check passed"]);
        check("readyz", "verbose=1", &["[+]informer-sync ok", "[+]shutdown ok", "readyz check passed"]);
    }

    #[test]
    fn checks_can_be_left_out_if_they_exist() {
        let warning = "warn: some health checks cannot be excluded: no matches for \"nope\"";
        check("readyz", "verbose&exclude=etcd&exclude=nope", &["[+]etcd excluded: ok", warning]);
    }
}
