//! Probes and lifecycle handlers of containers.
//!
//! Source: `validateProbe`, `validateLifecycle`, `validateHandler`.

use super::Surroundings;
use crate::check::Field;

/// The kinds of handlers of a probe, and of a lifecycle event, in the order in which they are looked at.
const OF_PROBES: [&str; 4] = ["exec", "httpGet", "tcpSocket", "grpc"];
const OF_EVENTS: [&str; 4] = ["exec", "httpGet", "tcpSocket", "sleep"];

/// Checks the probes of a container.
pub(super) fn check_probes(container: Field<'_>, around: &Surroundings<'_>) {
    let must_be_one = |probe: Field<'_>| {
        if probe.get("successThreshold").int() != 1 {
            probe.get("successThreshold").invalid_number("must be 1");
        }
    };
    let [liveness, readiness, startup] =
        ["livenessProbe", "readinessProbe", "startupProbe"].map(|name| container.get(name));
    if liveness.is_set() {
        check_probe(liveness, around);
        must_be_one(liveness);
    }
    if readiness.is_set() {
        check_probe(readiness, around);
        let period = readiness.get("terminationGracePeriodSeconds");
        if period.is_set() {
            period.invalid("must not be set for readinessProbes");
        }
    }
    if startup.is_set() {
        check_probe(startup, around);
        must_be_one(startup);
    }
}

fn check_probe(probe: Field<'_>, around: &Surroundings<'_>) {
    check_handler(probe, &OF_PROBES, around);
    for name in ["initialDelaySeconds", "timeoutSeconds", "periodSeconds", "successThreshold", "failureThreshold"] {
        probe.get(name).not_negative();
    }
    let period = probe.get("terminationGracePeriodSeconds");
    if period.is_set() && period.int() <= 0 {
        period.invalid("must be greater than 0");
    }
}

/// Checks what a container does after its start and before its end.
pub(super) fn check_lifecycle(lifecycle: Field<'_>, around: &Surroundings<'_>) {
    for event in ["postStart", "preStop"].map(|name| lifecycle.get(name)).into_iter().filter(|event| event.is_set()) {
        check_handler(event, &OF_EVENTS, around);
    }
}

fn check_handler(owner: Field<'_>, kinds: &[&'static str], around: &Surroundings<'_>) {
    let mut given = kinds.iter().map(|kind| (*kind, owner.get(kind))).filter(|(_, handler)| handler.is_set());
    let Some((kind, handler)) = given.next() else {
        owner.required("must specify a handler type");
        return;
    };
    match kind {
        "exec" => {
            if handler.get("command").is_empty() {
                handler.get("command").required("");
            }
        }
        "httpGet" => check_request(handler),
        "sleep" => check_sleep(handler, around),
        _ => handler.get("port").port_number_or_name(),
    }
    given.for_each(|(_, other)| other.forbidden("may not specify more than 1 handler type"));
}

fn check_request(request: Field<'_>) {
    request.get("path").require_text();
    request.get("port").port_number_or_name();
    request.get("scheme").one_of(&["HTTP", "HTTPS"]);
    let headers = request.get("httpHeaders");
    for name in headers.items().map(|header| header.get("name")) {
        let is_name =
            !name.text().is_empty() && name.text().bytes().all(|byte| byte == b'-' || byte.is_ascii_alphanumeric());
        if !is_name {
            let why = "a valid HTTP header must consist of alphanumeric characters or '-' (e.g. 'X-Header-Name', regex \
                       used for validation is '[-A-Za-z0-9]+')";
            name.shown_as(headers).invalid(why);
        }
    }
}

fn check_sleep(sleep: Field<'_>, around: &Surroundings<'_>) {
    let Some(most) = around.grace_period else { return };
    let seconds = sleep.get("seconds");
    if !(0..=most).contains(&seconds.int()) {
        let why = format!("must be non-negative and less than terminationGracePeriodSeconds ({most})");
        seconds.shown_as(sleep).invalid_number(why);
    }
}
