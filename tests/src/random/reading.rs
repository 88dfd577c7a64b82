//! Requests that read: objects, lists, tables, and watches.

use super::{Base, Requests, get, query};
use crate::twins::Request;

const TABLE: &str = "application/json;as=Table;v=v1;g=meta.k8s.io,application/json";
const METADATA: &str = "application/json;as=PartialObjectMetadata;v=v1;g=meta.k8s.io,application/json";
const METADATA_LIST: &str = "application/json;as=PartialObjectMetadataList;v=v1;g=meta.k8s.io,application/json";

const SELECTORS: [&str; 9] = [
    "labelSelector=a%3Db",
    "labelSelector=app%20in%20(a,b)",
    "labelSelector=!a",
    "labelSelector=a%3D%3D%3Db",
    "fieldSelector=metadata.name%3Da",
    "fieldSelector=metadata.name!%3Da",
    "fieldSelector=spec.nope%3Da",
    "fieldSelector=spec.size%3Da",
    "fieldSelector=a",
];

impl Requests {
    /// A request for what is there.
    pub(super) fn read(&mut self, base: &Base, name: &str) -> Request {
        match self.random.u8(..14) {
            0..6 => {
                let accept = *self.random.choice(&["application/json", TABLE, METADATA]).unwrap_or(&TABLE);
                if accept != "application/json" {
                    self.asked.clear();
                }
                Request { accept, ..get(self.object_path(base, name)) }
            }
            6..10 => self.list(base),
            _ => self.watch(base),
        }
    }

    fn list(&mut self, base: &Base) -> Request {
        let accept = *self.random.choice(&["application/json", TABLE, METADATA_LIST]).unwrap_or(&TABLE);
        let mut parts = self.selection(base);
        match (self.random.u8(..10), self.random.choice(&self.tokens).cloned()) {
            (0..2, _) => parts.push("limit=1".to_owned()),
            (2..4, Some(token)) => parts = vec!["limit=1".to_owned(), format!("continue={token}")],
            (4, _) => parts.push("resourceVersionMatch=Exact".to_owned()),
            _ => {}
        }
        Request { accept, ..get(self.collection(base) + &joined(&parts)) }
    }

    /// A watch that ends by itself: the events from a version on, or what is there and then the end of it.
    fn watch(&mut self, base: &Base) -> Request {
        let mut parts = vec!["watch=true".to_owned(), "timeoutSeconds=1".to_owned()];
        parts.extend(self.selection(base));
        if let Some(version) = self.random.choice(&self.versions) {
            parts.push(format!("resourceVersion={version}"));
        }
        if self.random.bool() {
            // What is there must be at least what this client has seen.
            let last = self.versions.last().map(|version| format!("resourceVersion={version}"));
            parts.retain(|part| !part.starts_with("resourceVersion="));
            parts.extend(last);
            parts.extend(["sendInitialEvents=true", "resourceVersionMatch=NotOlderThan"].map(str::to_owned));
            if self.random.u8(..8) > 0 {
                parts.push("allowWatchBookmarks=true".to_owned());
            }
        }
        let accept = *self.random.choice(&["application/json", "application/json", TABLE]).unwrap_or(&TABLE);
        Request { accept, ..get(self.collection(base) + &joined(&parts)) }
    }

    /// Selectors: always one for objects without a namespace, because others have such objects, too.
    fn selection(&mut self, base: &Base) -> Vec<String> {
        if !base.namespaced {
            return vec![format!("fieldSelector=metadata.name%3D{}-a", self.namespace)];
        }
        let index = self.random.usize(..SELECTORS.len() * 2);
        SELECTORS.get(index).map(|selector| (*selector).to_owned()).into_iter().collect()
    }
}

fn joined(parts: &[String]) -> String {
    query(&parts.iter().map(String::as_str).collect::<Vec<_>>())
}
