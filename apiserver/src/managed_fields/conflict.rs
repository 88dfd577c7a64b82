//! Fields that somebody applies and that others own, with the server's words.
//!
//! Source: `k8s.io/apimachinery/pkg/util/managedfields/internal/conflict.go`.

use std::collections::BTreeMap;

use super::entries::{Manager, Operation};
use super::field_set::FieldSet;
use super::path::{PathElement, printed};

/// All of them: whose field, and which.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Conflicts(Vec<(Manager, Vec<PathElement>)>);

impl Conflicts {
    pub(super) fn new(by_manager: &BTreeMap<Manager, FieldSet>) -> Self {
        let mut managers: Vec<(&Manager, &FieldSet)> = by_manager.iter().collect();
        managers.sort_by_key(|(manager, _)| manager.identity());
        let paths = |(manager, fields): (&Manager, &FieldSet)| {
            let manager = manager.clone();
            fields.paths().into_iter().map(move |path| (manager.clone(), path))
        };
        Self(managers.into_iter().flat_map(paths).collect())
    }

    /// Those whose fields are not in a set.
    pub(super) fn without(mut self, allowed: &FieldSet) -> Self {
        self.0.retain(|(_, path)| !allowed.has(path));
        self
    }

    pub(super) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// For each conflict, whose field it is and which.
    pub(crate) fn causes(&self) -> impl Iterator<Item = (String, String)> {
        self.0.iter().map(|(manager, path)| (format!("conflict with {}", name(manager)), printed(path)))
    }

    /// All conflicts in one text.
    pub(crate) fn message(&self) -> String {
        if let [(manager, path)] = self.0.as_slice() {
            return format!("Apply failed with 1 conflict: conflict with {}: {}", name(manager), printed(path));
        }
        let mut lines = Vec::new();
        let mut last = None;
        for (manager, path) in &self.0 {
            if last != Some(manager) {
                lines.push(format!("conflicts with {}:", name(manager)));
                last = Some(manager);
            }
            lines.push(format!("- {}", printed(path)));
        }
        format!("Apply failed with {} conflicts: {}", self.0.len(), lines.join("\n"))
    }
}

fn name(manager: &Manager) -> String {
    let mut name = crdgen_schema::go::print_quoted(&manager.name);
    if !manager.subresource.is_empty() {
        name = format!("{name} with subresource {}", crdgen_schema::go::print_quoted(&manager.subresource));
    }
    match manager.operation {
        Operation::Update => format!("{name} using {}", manager.version),
        Operation::Apply => name,
    }
}
