use k8s_openapi::apimachinery::pkg::apis::meta::v1 as meta;

use super::*;
use crate::{Formatted, Unrecognized, format::DateTime};

/// A condition as some CRDs have it: everything may be missing, and the status is an enum.
#[derive(Clone, Debug, PartialEq)]
struct Loose {
    r#type: Option<String>,
    status: Option<Status>,
    message: Option<String>,
    last_transition_time: Option<Formatted<DateTime>>,
    observed_generation: Option<i64>,
}

#[derive(Clone, Debug, PartialEq, Eq, Hash)]
enum Status {
    True,
    False,
    Unrecognized(Unrecognized<Status>),
}

crate::string_enum! { Status { True = "True", False = "False" } }

crate::object! {
    Loose {
        r#type: "type", optional;
        status: "status", optional;
        message: "message", optional;
        last_transition_time: "lastTransitionTime", optional;
        observed_generation: "observedGeneration", optional;
    }
}

crate::condition! {
    Loose {
        r#type: r#type,
        status: status,
        message: message,
        last_transition_time: last_transition_time,
        observed_generation: observed_generation,
    }
}

fn at(second: i64) -> Timestamp {
    Timestamp::from_second(second).unwrap()
}

/// The rules hold for both kinds of conditions.
fn check(test: impl Fn(&mut dyn Any)) {
    test(&mut Vec::<meta::Condition>::new());
    test(&mut Vec::<Loose>::new());
}

/// A list of either, without its type.
trait Any {
    fn set(&mut self, update: &Update, now: Timestamp) -> bool;
    fn remove(&mut self, condition_type: &str) -> bool;
    fn is_true(&self, condition_type: &str) -> bool;
    fn is_false(&self, condition_type: &str) -> bool;
    fn time(&self, condition_type: &str) -> Option<Timestamp>;
    fn generation(&self, condition_type: &str) -> Option<i64>;
}

impl<C: Condition> Any for Vec<C> {
    fn set(&mut self, update: &Update, now: Timestamp) -> bool {
        Conditions::set(self, update, now)
    }

    fn remove(&mut self, condition_type: &str) -> bool {
        self.remove_type(condition_type)
    }

    fn is_true(&self, condition_type: &str) -> bool {
        Conditions::is_true(self, condition_type)
    }

    fn is_false(&self, condition_type: &str) -> bool {
        Conditions::is_false(self, condition_type)
    }

    fn time(&self, condition_type: &str) -> Option<Timestamp> {
        self.find(condition_type)?.last_transition_time()
    }

    fn generation(&self, condition_type: &str) -> Option<i64> {
        self.find(condition_type)?.observed_generation()
    }
}

#[test]
fn a_new_condition_has_its_transition_now() {
    check(|conditions| {
        assert!(conditions.set(&Update::new("Ready", "True").observed_generation(3), at(5)));
        assert!(conditions.is_true("Ready") && !conditions.is_false("Ready"));
        assert_eq!((conditions.time("Ready"), conditions.generation("Ready")), (Some(at(5)), Some(3)));
        assert!(!conditions.is_true("Other") && !conditions.is_false("Other"));
    });
}

#[test]
fn only_another_status_changes_the_transition_time() {
    check(|conditions| {
        conditions.set(&Update::new("Ready", "False").message("a"), at(5));
        assert!(conditions.set(&Update::new("Ready", "False").message("b"), at(6)));
        assert_eq!(conditions.time("Ready"), Some(at(5)));
        assert!(conditions.set(&Update::new("Ready", "True").message("b"), at(7)));
        assert_eq!(conditions.time("Ready"), Some(at(7)));
        let named = Update::new("Ready", "False").message("b").last_transition_time(at(2));
        assert!(conditions.set(&named, at(9)));
        assert_eq!(conditions.time("Ready"), Some(at(2)));
    });
}

#[test]
fn the_same_update_twice_changes_nothing() {
    check(|conditions| {
        let update = Update::new("Ready", "True").message("a").observed_generation(1);
        assert!(conditions.set(&update, at(5)));
        assert!(!conditions.set(&update, at(6)));
        assert!(conditions.set(&update.clone().observed_generation(2), at(6)));
    });
}

#[test]
fn a_removed_condition_is_gone() {
    check(|conditions| {
        conditions.set(&Update::new("Ready", "True"), at(5));
        assert!(conditions.remove("Ready") && !conditions.remove("Ready"));
        assert!(!conditions.is_true("Ready"));
    });
}

#[test]
fn a_status_that_the_enum_does_not_list_is_kept() {
    let mut conditions: Vec<Loose> = Vec::new();
    Conditions::set(&mut conditions, &Update::new("Ready", "Unknown"), at(5));
    assert_eq!(conditions[0].status(), "Unknown");
    assert_eq!(conditions[0].status, Some(Status::from("Unknown")));
}
