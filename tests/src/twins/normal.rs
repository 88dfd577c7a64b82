//! Names for what a server chooses by itself: uids, versions, addresses, ports, times.

use std::collections::BTreeMap;

use serde_json::{Map, Value};

/// What one server chose, each with a name that is the same for every server that was asked the same.
#[derive(Debug, Default)]
pub(super) struct Names {
    /// Names by their kind and the server's own text.
    given_to: BTreeMap<(&'static str, String), String>,
    /// The server's own texts by name.
    own: BTreeMap<String, String>,
    /// How many names of each kind were given.
    given: BTreeMap<&'static str, usize>,
}

/// What a request says where an answer had a time.
const TIME: &str = "2026-01-01T00:00:00Z";

impl Names {
    /// A value with names in place of what the server chose.
    pub(super) fn normal(&mut self, value: Value) -> Value {
        match value {
            Value::Object(members) => members.into_iter().map(|(name, value)| self.member(name, value)).collect(),
            Value::Array(items) => items.into_iter().map(|item| self.normal(item)).collect(),
            // Jobs are labelled with their uids.
            Value::String(text) if is_uid(&text) => self.name("uid", text),
            Value::String(text) if is_chosen_address(&text) => self.name("address", text),
            scalar => scalar,
        }
    }

    /// A value with what this server chose in place of names.
    pub(super) fn own(&self, value: &Value) -> Value {
        match value {
            Value::Object(members) => {
                members.iter().map(|(name, value)| (name.clone(), self.own(value))).collect::<Map<_, _>>().into()
            }
            Value::Array(items) => items.iter().map(|item| self.own(item)).collect(),
            Value::String(name) if name.starts_with("<port ") => {
                self.own.get(name).and_then(|port| port.parse::<i64>().ok()).map_or_else(|| value.clone(), Value::from)
            }
            Value::String(text) => Value::from(self.own_text(text)),
            scalar => scalar.clone(),
        }
    }

    /// A text with what this server chose in place of names.
    pub(super) fn own_text(&self, text: &str) -> String {
        let mut rest = text;
        let mut out = String::new();
        while let Some((head, tail)) = rest.split_once('<') {
            out.push_str(head);
            let end = tail.find('>').map_or(tail.len(), |end| end + 1);
            let name = format!("<{}", &tail[..end]);
            match name.as_str() {
                "<time>" => out.push_str(TIME),
                name => out.push_str(self.own.get(name).map_or(name, String::as_str)),
            }
            rest = &tail[end..];
        }
        out + rest
    }

    /// New names are the same on both sides again, though one server has chosen more than the other.
    pub(super) fn align(&mut self, other: &mut Self) {
        for (kind, given) in &other.given {
            let own = self.given.entry(kind).or_default();
            *own = (*own).max(*given);
        }
        other.given = self.given.clone();
    }

    fn name(&mut self, kind: &'static str, own: String) -> Value {
        let given = self.given.entry(kind).or_default();
        let name = self.given_to.entry((kind, own.clone())).or_insert_with(|| {
            *given += 1;
            let name = format!("<{kind} {}>", *given - 1);
            self.own.insert(name.clone(), own);
            name
        });
        Value::from(name.clone())
    }

    fn member(&mut self, name: String, value: Value) -> (String, Value) {
        let value = match (name.as_str(), value) {
            ("metadata", Value::Object(members)) => self.metadata(members),
            ("resourceVersion", Value::String(_)) => Value::from("<version>"),
            (
                "time" | "creationTimestamp" | "deletionTimestamp" | "lastTransitionTime" | "lastPhaseTransitionTime",
                Value::String(text),
            ) if text.as_str() > "2021" => Value::from("<time>"),
            ("uid", Value::String(uid)) if uid.len() == 36 && !uid.starts_with("1111") => self.name("uid", uid),
            // Services get ports at random.
            ("nodePort" | "healthCheckNodePort", Value::Number(port)) if is_chosen_port(&port) => {
                self.name("port", port.to_string())
            }
            ("continue", Value::String(token)) if !token.is_empty() => self.name("continue", token),
            ("managedFields" | "causes", Value::Array(items)) => {
                sorted(items.into_iter().map(|item| self.normal(item)))
            }
            ("cells", Value::Array(cells)) => cells.into_iter().map(|cell| self.cell(cell)).collect(),
            ("message", Value::String(text)) => Value::from(self.message(text)),
            (_, value) => self.normal(value),
        };
        (name, value)
    }

    /// Objects keep their versions until they change. Those of lists are of everything that is stored, also by others.
    fn metadata(&mut self, mut members: Map<String, Value>) -> Value {
        let is_object = members.contains_key("uid");
        let version = members.remove("resourceVersion");
        let mut members: Map<String, Value> =
            members.into_iter().map(|(name, value)| self.member(name, value)).collect();
        if let Some(version) = version {
            let version = match version {
                Value::String(version) if is_object => self.name("version", version),
                other => self.member("resourceVersion".to_owned(), other).1,
            };
            members.insert("resourceVersion".to_owned(), version);
        }
        Value::Object(members)
    }

    /// A cell of a table: ages are what time has made them.
    fn cell(&mut self, cell: Value) -> Value {
        let is_age = |text: &str| {
            text.ends_with(['s', 'm', 'h'])
                && text[..text.len() - 1].bytes().all(|byte| byte.is_ascii_alphanumeric())
                && text.starts_with(|first: char| first.is_ascii_digit())
        };
        let is_time = |text: &str| text > "2021-" && text.len() == TIME.len() && text.ends_with('Z');
        match cell {
            Value::String(text) if is_age(&text) => Value::from("<age>"),
            Value::String(text) if is_time(&text) => Value::from("<time>"),
            Value::String(text) if is_uid(&text) => self.name("uid", text),
            Value::String(text) => Value::from(self.message(text)),
            other => self.normal(other),
        }
    }

    /// A message in which parts that come in a random order are sorted.
    fn message(&self, mut text: String) -> String {
        for ((kind, own), name) in &self.given_to {
            if ["uid", "address", "port"].contains(kind) && text.contains(own.as_str()) {
                text = with_words_replaced(&text, own, name);
            }
        }
        for name in ["resourceVersion", "time", "creationTimestamp", "deletionTimestamp", "lastTransitionTime"] {
            text = hidden(&text, &format!(r#"\"{name}\":\""#), '\\');
            text = hidden(&text, &format!(r#""{name}":""#), '"');
        }
        for start in ["ResourceVersion in the precondition (", "ResourceVersion in record ("] {
            text = hidden(&text, start, ')');
        }
        // An address is chosen before anything else is looked at.
        text = hidden(&text, "IPAddress.networking.k8s.io \"", '"');
        text = with_new_uids_hidden(&text);
        if let Some((head, causes)) = text.split_once("is invalid: [") {
            let mut causes: Vec<&str> = causes.trim_end_matches(']').split(", ").collect();
            causes.sort_unstable();
            return format!("{head}is invalid: [{}]", causes.join(", "));
        }
        if text.contains("errors:\n") {
            let mut lines: Vec<&str> = text.lines().collect();
            lines.sort_unstable();
            return lines.join("\n");
        }
        text
    }
}

/// Addresses that services get by themselves; the first ones are for those who ask for one.
fn is_chosen_address(text: &str) -> bool {
    let last = text.strip_prefix("10.0.0.").and_then(|last| last.parse::<u8>().ok());
    last.is_some_and(|last| last > 16)
}

/// The same for ports.
fn is_chosen_port(port: &serde_json::Number) -> bool {
    port.as_i64().is_some_and(|port| (30_086..=32_767).contains(&port))
}

/// Replaces a text where no letter or digit stands beside it.
fn with_words_replaced(text: &str, word: &str, by: &str) -> String {
    let mut out = String::new();
    let mut rest = text;
    while let Some(at) = rest.find(word) {
        let end = at + word.len();
        let is_part = |c: Option<char>| c.is_some_and(|c| c.is_ascii_alphanumeric());
        out.push_str(&rest[..at]);
        let is_word = !is_part(out.chars().next_back()) && !is_part(rest[end..].chars().next());
        out.push_str(if is_word { by } else { word });
        rest = &rest[end..];
    }
    out + rest
}

/// The text with `<new uid>` for every uid that nobody has seen: an object that was refused has one, too.
fn with_new_uids_hidden(text: &str) -> String {
    const LENGTH: usize = 36;
    let mut out = String::new();
    let mut rest = text;
    while let Some(first) = rest.chars().next() {
        if rest.get(..LENGTH).is_some_and(|part| is_uid(part) && !part.starts_with("1111")) {
            out.push_str("<new uid>");
            rest = &rest[LENGTH..];
        } else {
            out.push(first);
            rest = &rest[first.len_utf8()..];
        }
    }
    out
}

/// The text with `<>` for what stands between a start and the next end.
fn hidden(text: &str, start: &str, end: char) -> String {
    let mut parts = text.split(start);
    let mut out = parts.next().unwrap_or_default().to_owned();
    for part in parts {
        let rest = part.find(end).map_or("", |end| &part[end..]);
        out.extend([start, "<>", rest]);
    }
    out
}

fn is_uid(text: &str) -> bool {
    let is_dash = |at: usize| matches!(at, 8 | 13 | 18 | 23);
    let is_digit = |byte: u8| byte.is_ascii_digit() || (b'a'..=b'f').contains(&byte);
    text.len() == 36
        && text.bytes().enumerate().all(|(at, byte)| if is_dash(at) { byte == b'-' } else { is_digit(byte) })
}

fn sorted(items: impl Iterator<Item = Value>) -> Value {
    let mut items: Vec<Value> = items.collect();
    items.sort_by_key(|item| {
        let empty = Map::new();
        let members = item.as_object().unwrap_or(&empty);
        let of = |name: &str| members.get(name).map(Value::to_string);
        (of("operation"), of("manager"), of("subresource"), of("apiVersion"), item.to_string())
    });
    Value::Array(items)
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::Names;

    #[test]
    fn what_a_server_chose_has_a_name_and_goes_back_as_it_was() {
        let uid = "0f8fad5b-d9cb-469f-a165-70867728950e";
        let mut names = Names::default();
        let object = json!({
            "metadata": {"uid": uid, "resourceVersion": "17"},
            "spec": {"clusterIP": "10.0.0.200", "ports": [{"nodePort": 31000}]},
        });
        let normal = names.normal(object.clone());
        let expected = json!({
            "metadata": {"uid": "<uid 0>", "resourceVersion": "<version 0>"},
            "spec": {"clusterIP": "<address 0>", "ports": [{"nodePort": "<port 0>"}]},
        });
        assert_eq!(normal, expected);
        assert_eq!(names.own(&normal), object);
        assert_eq!(names.own_text("?resourceVersion=<version 0>&a=<b>"), "?resourceVersion=17&a=<b>");
        let message =
            json!({"message": format!("{uid} of 10.0.0.200, not 110.0.0.200 or 7b8fad5b-d9cb-469f-a165-70867728950e")});
        assert_eq!(names.normal(message), json!({"message": "<uid 0> of <address 0>, not 110.0.0.200 or <new uid>"}));
    }

    #[test]
    fn versions_of_lists_and_ages_in_tables_are_not_compared() {
        let table = json!({"metadata": {"resourceVersion": "9"}, "rows": [{"cells": ["a", "3s", "4m2s", "10h"]}]});
        let expected = json!({"metadata": {"resourceVersion": "<version>"}, "rows": [{"cells": ["a", "<age>", "<age>", "<age>"]}]});
        assert_eq!(Names::default().normal(table), expected);
    }
}
