use k8s_openapi::apimachinery::pkg::apis::meta::v1 as meta;

use super::*;
use crate::{
    Nullable, Unrecognized,
    format::{DateTime, Formatted},
    object, string_enum,
};

#[derive(Clone, Debug, PartialEq, Eq, Hash)]
enum Status {
    True,
    False,
    Unrecognized(Unrecognized<Self>),
}

string_enum! { Status { True = "True", False = "False" } }

/// Every member there, and every type that is not Kubernetes' own.
#[derive(Clone, PartialEq)]
struct Loose {
    kind: Option<String>,
    status: Status,
    reason: Option<Status>,
    message: Option<Nullable<String>>,
    last_transition_time: Option<Formatted<DateTime>>,
    observed_generation: Option<i64>,
    severity: String,
}

object! { Loose {
    kind: "kind", optional;
    status: "status", required;
    reason: "reason", optional;
    message: "message", optional;
    last_transition_time: "lastTransitionTime", optional;
    observed_generation: "observedGeneration", optional;
    severity: "severity", required;
} }
crate::condition! { Loose {
    r#type: kind, status: status, reason: reason, message: message, last_transition_time: last_transition_time,
    observed_generation: observed_generation,
} }

/// Nothing optional.
#[derive(Clone, PartialEq)]
struct Strict {
    r#type: String,
    status: String,
    message: String,
    last_transition_time: String,
    observed_generation: i64,
}

object! { Strict {
    r#type: "type", required;
    status: "status", required;
    message: "message", required;
    last_transition_time: "lastTransitionTime", required;
    observed_generation: "observedGeneration", required;
} }
crate::condition! { Strict {
    observed_generation: observed_generation, last_transition_time: last_transition_time, message: message,
    r#type: r#type, status: status
} }

/// As little as can be.
#[derive(Clone, PartialEq)]
struct Small {
    r#type: String,
    status: Option<Status>,
}

object! { Small { r#type: "type", required; status: "status", optional; } }
crate::condition! { Small { r#type: r#type, status: status } }

fn time(second: i64) -> Timestamp {
    Timestamp::from_second(1_700_000_000 + second).unwrap()
}

/// What is there is read again, and what is not is `None`.
fn check_members<C: Condition + Clone>() {
    let bare = C::new("Ready");
    assert_eq!((bare.condition_type(), bare.status()), ("Ready", ""));
    assert_eq!((bare.reason(), bare.message()), (None, None));
    assert_eq!((bare.last_transition_time(), bare.observed_generation()), (None, None));

    let full = bare.with_status("True").with_reason("r").with_message("m").with_observed_generation(3);
    let full = full.with_last_transition_time(time(1));
    assert_eq!((full.condition_type(), full.status()), ("Ready", "True"));
    assert!(full.reason().is_none_or(|reason| reason == "r") && full.message().is_none_or(|message| message == "m"));
    assert!(full.last_transition_time().is_none_or(|last| last == time(1)));
    assert!(full.observed_generation().is_none_or(|generation| generation == 3));

    let mut emptied = full;
    emptied.set_reason(None);
    emptied.set_message(None);
    emptied.set_last_transition_time(None);
    emptied.set_observed_generation(None);
    assert_eq!((emptied.reason(), emptied.message()), (None, None));
    assert_eq!((emptied.last_transition_time(), emptied.observed_generation()), (None, None));
}

/// Sets `update` at second 9; the second of the last transition afterwards.
fn check_set<C: Condition + Clone>(conditions: &mut Vec<C>, update: &C, changes: bool, second: i64) {
    let count = conditions.len().max(1);
    assert_eq!(set_at(conditions, update.clone(), time(9)), changes);
    let condition = find(conditions, update.condition_type()).unwrap();
    assert!(condition.last_transition_time().is_none_or(|last| last == time(second)));
    assert_eq!((condition.status(), condition.reason()), (update.status(), update.reason()));
    assert_eq!(condition.message(), update.message());
    assert_eq!(condition.observed_generation(), update.observed_generation());
    assert_eq!((conditions.len(), set_at(conditions, update.clone(), time(99))), (count, false), "a second time");
}

/// The rules of `SetStatusCondition` for conditions that have everything but perhaps a reason.
fn check_rules<C: Condition + Clone>() {
    let ready = || C::new("Ready").with_status("True").with_message("m").with_observed_generation(1);
    let mut conditions = Vec::new();
    check_set(&mut conditions, &ready().with_last_transition_time(time(1)), true, 1);
    check_set(&mut conditions, &ready().with_last_transition_time(time(2)), false, 1);
    check_set(&mut conditions, &ready().with_message("other"), true, 1);
    check_set(&mut conditions, &ready().with_observed_generation(2), true, 1);
    check_set(&mut conditions, &ready().with_status("False").with_last_transition_time(time(5)), true, 5);
    check_set(&mut conditions, &ready().with_status("Unknown"), true, 9);
    check_set(&mut conditions, &C::new("Ready").with_status("Unknown"), true, 9);
}

#[test]
fn every_shape_has_the_members_that_it_has() {
    check_members::<meta::Condition>();
    check_members::<Loose>();
    check_members::<Strict>();
    check_members::<Small>();
}

#[test]
fn the_time_changes_with_the_status_only() {
    check_rules::<meta::Condition>();
    check_rules::<Loose>();
    check_rules::<Strict>();
}

#[test]
fn a_reason_changes_a_condition_whose_shape_has_one() {
    let with = |reason: &str| meta::Condition::new("Ready").with_status("True").with_reason(reason);
    let mut conditions = vec![with("A").with_last_transition_time(time(1))];
    check_set(&mut conditions, &with("B"), true, 1);
    let mut small = vec![Small::new("Ready").with_status("True")];
    assert!(!set_at(&mut small, Small::new("Ready").with_status("True").with_reason("B"), time(9)));
    assert!(set_at(&mut small, Small::new("Ready").with_status("Odd"), time(9)));
    assert_eq!(small[0].status, Some(Status::from("Odd")));
}

#[test]
fn a_new_condition_gets_the_time_in_whole_seconds() {
    let mut conditions = Vec::new();
    let now = "2024-01-02T03:04:05.678Z".parse().unwrap();
    assert!(set_at(&mut conditions, Loose::new("Ready").with_status("True"), now));
    let text = conditions[0].last_transition_time.as_ref().map(Formatted::as_str);
    assert_eq!(text, Some("2024-01-02T03:04:05Z"));
    let mut conditions = vec![meta::Condition::new("Ready")];
    assert!(set_at(&mut conditions, meta::Condition::new("Ready").with_status("True"), now));
    assert_eq!(conditions[0].last_transition_time.0.to_string(), "2024-01-02T03:04:05Z");
}

#[test]
fn a_text_that_is_no_time_counts_as_none() {
    let mut conditions = Vec::new();
    let update = Strict { last_transition_time: "soon".to_owned(), ..Strict::new("Ready").with_status("True") };
    check_set(&mut conditions, &update, true, 9);
}

#[test]
fn other_members_of_the_shape_stay() {
    let mut conditions = vec![Loose { severity: "high".to_owned(), ..Loose::new("Ready") }];
    assert!(set(&mut conditions, Loose::new("Ready").with_status("False")));
    assert_eq!((conditions[0].severity.as_str(), conditions[0].status()), ("high", "False"));
}

#[test]
fn conditions_are_found_and_removed_by_type() {
    let mut conditions = vec![Small::new("A").with_status("True"), Small::new("B").with_status("False")];
    assert!(is_true(&conditions, "A") && !is_false(&conditions, "A"));
    assert!(is_false(&conditions, "B") && !is_true(&conditions, "B"));
    assert!(!is_true(&conditions, "C") && !is_false(&conditions, "C") && find(&conditions, "C").is_none());
    assert!(remove(&mut conditions, "A") && !remove(&mut conditions, "A"));
    assert_eq!(conditions, [Small::new("B").with_status("False")]);
}

#[test]
fn the_order_of_conditions_stays() {
    let mut conditions = ["C", "A", "B"].map(Small::new).to_vec();
    assert!(set(&mut conditions, Small::new("A").with_status("True")));
    assert!(set(&mut conditions, Small::new("0")));
    let types: Vec<&str> = conditions.iter().map(Condition::condition_type).collect();
    assert_eq!(types, ["C", "A", "B", "0"]);
}
