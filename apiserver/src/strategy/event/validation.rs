//! What is checked of events: little in the core API, for the sake of old clients, and more in `events.k8s.io`.
//!
//! Errors name fields as Go's one internal type does, which are the names of the core API.
//! Source: `k8s.io/kubernetes/pkg/apis/core/validation/events.go`.

use crdgen_schema::metadata::NameRule;
use jiff::{RoundMode, Timestamp, TimestampRound, Unit};
use serde_json::json;

use super::RENAMED;
use crate::check::Field;

/// The API in which an event is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Group {
    Core,
    Events,
}

const LONGEST: usize = 128;
const LONGEST_NOTE: usize = 1024;

/// A field of an event of `events.k8s.io`, by its name in the core API.
fn renamed<'a>(object: Field<'a>, name: &'static str) -> Field<'a> {
    let new = RENAMED.iter().find(|(core, _)| *core == name).map_or(name, |(_, new)| new);
    object.get(new).shown_as(object.get(name))
}

/// What is checked in both groups, of new and of changed events (`legacyValidateEvent`).
pub(super) fn check(object: Field<'_>, group: Group) {
    let field = |name| if group == Group::Core { object.get(name) } else { renamed(object, name) };
    let involved = field("involvedObject");
    let space = involved.get("namespace");
    let space = space.shown_as(object.get("involvedObject").get("namespace"));
    let namespace = object.get("metadata").get("namespace");
    let is_new_style = object.get("eventTime").is_set();
    let is_elsewhere = match (space.text(), is_new_style) {
        ("", false) => namespace.text() != "default",
        ("", true) => !["default", "kube-system"].contains(&namespace.text()),
        (_, true) => false,
        (given, false) => given != namespace.text(),
    };
    if is_elsewhere {
        space.invalid("does not match event.namespace");
    }
    if is_new_style {
        check_reporter(field("reportingComponent"), object, group);
        for name in ["reportingInstance", "action", "reason"] {
            object.get(name).require_text();
            at_most(object.get(name), LONGEST);
        }
        at_most(field("message"), LONGEST_NOTE);
    }
    namespace.shown_as(object.get("namespace")).dns_subdomain();
}

fn check_reporter<'a>(reporter: Field<'a>, object: Field<'a>, group: Group) {
    let shown = if group == Group::Core { "reportingComponent" } else { "reportingController" };
    let reporter = reporter.shown_as(object.get(shown));
    reporter.require_text();
    reporter.qualified_name();
}

fn at_most(field: Field<'_>, limit: usize) {
    if field.text().len() > limit {
        field.invalid_as(&json!(""), format!("can have at most {limit} characters"));
    }
}

/// What is checked besides of a new event of `events.k8s.io`.
pub(super) fn check_new(object: Field<'_>) {
    object.metadata(true, NameRule::DnsSubdomain);
    check_series(object);
    if !object.get("eventTime").is_set() {
        object.get("eventTime").required("");
    }
    let kind = object.get("type");
    if !["Normal", "Warning"].contains(&kind.text()) {
        kind.invalid_as(&json!(""), format!("has invalid value: {}", kind.text()));
    }
    for name in ["firstTimestamp", "lastTimestamp", "count", "source"] {
        let field = renamed(object, name);
        let is_set = match name {
            "count" => field.int() != 0,
            "source" => ["component", "host"].iter().any(|part| !field.get(part).text().is_empty()),
            _ => field.is_set(),
        };
        if is_set {
            field.invalid_as(&json!(""), "needs to be unset");
        }
    }
}

fn check_series(object: Field<'_>) {
    let series = object.get("series");
    if !series.is_set() {
        return;
    }
    if series.get("count").int() < 2 {
        series.get("count").invalid_as(&json!(""), "should be at least 2");
    }
    if !series.get("lastObservedTime").is_set() {
        series.get("lastObservedTime").required("");
    }
}

/// What may not change of an event of `events.k8s.io`.
pub(super) fn check_changes<'a>(object: Field<'a>, old: Field<'a>) {
    object.metadata_changes(old);
    object.get("metadata").standard_finalizers();
    if !object.get("series").equals(old.get("series")) {
        check_series(object);
    }
    let both = |name| (renamed(object, name), renamed(old, name));
    let same = |name| {
        let (new, old) = both(name);
        new.immutable(old);
    };
    same("involvedObject");
    same("reason");
    same("message");
    same("source");
    same("firstTimestamp");
    same("lastTimestamp");
    let (count, old_count) = both("count");
    if count.int() != old_count.int() {
        count.invalid_number(IMMUTABLE);
    }
    same("reason");
    same("type");
    let (moment, old_moment) = both("eventTime");
    if microseconds(moment) != microseconds(old_moment) {
        moment.immutable(old_moment);
    }
    same("action");
    same("related");
    let controller = |object: Field<'a>| object.get("reportingController");
    controller(object).immutable(controller(old));
    same("reportingInstance");
}

const IMMUTABLE: &str = "field is immutable";

/// A time without what is finer than a microsecond, which clients may lose.
fn microseconds(time: Field<'_>) -> Option<Timestamp> {
    let round = TimestampRound::new().smallest(Unit::Microsecond).mode(RoundMode::Trunc);
    time.text().parse::<Timestamp>().ok()?.round(round).ok()
}
