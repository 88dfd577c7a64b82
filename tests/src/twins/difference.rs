//! What two answers differ in.

use std::{collections::BTreeSet, fmt};

use serde_json::{Map, Value};

use super::{Answer, Request};

/// A place where two answers differ.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Place {
    /// Where: `status`, or a path in the body such as `.spec.ports[0]`.
    pub path: String,
    /// What the real server says there.
    pub real: String,
    /// What the embedded server says there.
    pub ours: String,
}

/// All places where two answers differ; none if they are the same.
pub(super) fn places(real: &Answer, ours: &Answer) -> Vec<Place> {
    if real.status != ours.status {
        // The bodies have nothing in common.
        let told = |answer: &Answer| {
            let body = &answer.body;
            let message = body.get("message").map_or_else(|| body["spec"].to_string(), Value::to_string);
            format!("{} {message}", answer.status)
        };
        return vec![Place { path: "status".to_owned(), real: told(real), ours: told(ours) }];
    }
    let mut places = Vec::new();
    compare("", &real.body, &ours.body, &mut places);
    places
}

fn compare(path: &str, real: &Value, ours: &Value, places: &mut Vec<Place>) {
    match (real, ours) {
        (Value::Object(a), Value::Object(b)) => {
            let names: BTreeSet<&String> = a.keys().chain(b.keys()).collect();
            for name in names {
                let of = |members: &Map<String, Value>| members.get(name).cloned().unwrap_or_default();
                compare(&format!("{path}.{name}"), &of(a), &of(b), places);
            }
        }
        (Value::Array(a), Value::Array(b)) if a.len() == b.len() => {
            for (index, (a, b)) in a.iter().zip(b).enumerate() {
                compare(&format!("{path}[{index}]"), a, b, places);
            }
        }
        _ if real == ours => {}
        _ => places.push(Place { path: path.to_owned(), real: real.to_string(), ours: ours.to_string() }),
    }
}

impl Place {
    /// Of one class only the first place is printed: the same resource, the same path without its numbers, and nearly the same words.
    pub(super) fn class(&self, request: &Request) -> String {
        let letters = |text: &str| {
            // Texts in quotation marks are what the request was about.
            let outside: Vec<&str> = text.split("\\\"").step_by(2).collect();
            outside.join("_").chars().filter(|c| !c.is_ascii_digit()).take(90).collect::<String>()
        };
        format!("{} {} {}", request.resource(), letters(&self.path), letters(&self.real))
    }
}

impl fmt::Display for Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "  {}:\n    real {}\n    ours {}", self.path, self.real, self.ours)
    }
}

impl Request {
    /// The plural of the resource that the path names.
    pub fn resource(&self) -> &str {
        let path = self.path.split('?').next().unwrap_or_default().trim_start_matches('/');
        let mut parts = path.split('/').skip(if path.starts_with("api/") { 2 } else { 3 });
        let first = parts.next().unwrap_or_default();
        let inner = if first == "namespaces" { parts.nth(1) } else { None };
        inner.filter(|inner| !["status", "finalize"].contains(inner)).unwrap_or(first)
    }
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::{Answer, places};
    use crate::twins::Request;

    #[test]
    fn each_place_that_differs_is_told_with_both_sides() {
        let answer = |body: Value| Answer { status: 200, body };
        let found = places(&answer(json!({"a": [1, {"b": 2}]})), &answer(json!({"a": [1, {"b": 3}], "c": 4})));
        let told: Vec<String> = found.iter().map(ToString::to_string).collect();
        assert_eq!(told, ["  .a[1].b:\n    real 2\n    ours 3", "  .c:\n    real null\n    ours 4"]);
    }

    #[test]
    fn a_request_knows_its_resource() {
        let of = |path: &str| Request::new("GET", path.to_owned(), "", Value::Null).resource().to_owned();
        assert_eq!(of("/api/v1/namespaces/n/pods/a/status?watch=1"), "pods");
        assert_eq!(of("/apis/apps/v1/namespaces/n/deployments"), "deployments");
        assert_eq!(of("/api/v1/namespaces/n/status"), "namespaces");
        assert_eq!(of("/api/v1/nodes/a"), "nodes");
    }
}
