//! Where each type lives.
//!
//! In: shapes and names. Out: module paths from the root of the output, and the paths between two modules. A struct
//! with nested types has a module of its own, with them; it is re-exported by the module of its parent, where all
//! others live. So has one that another stands for under another name.

use std::collections::BTreeMap;

use crate::{
    analyze::{Analysis, naming},
    model::{Model, ShapeId},
};

/// A module's path from the root of the output.
pub(super) type ModulePath = Vec<String>;

/// The module of each object that has one.
pub(super) struct Layout {
    modules: BTreeMap<ShapeId, ModulePath>,
}

impl Layout {
    pub(super) fn new(model: &Model, analysis: &Analysis) -> Self {
        let mut layout = Self { modules: BTreeMap::new() };
        for (group, group_names) in model.groups.iter().zip(&analysis.names.groups) {
            for (version, version_names) in group.versions.iter().zip(&group_names.versions) {
                for (resource, names) in version.resources.iter().zip(&version_names.resources) {
                    let path = [&group_names.module, &version_names.module, &names.module];
                    layout.modules.insert(resource.root, path.into_iter().cloned().collect());
                    layout.nested(model, analysis, resource.root);
                }
            }
        }
        layout
    }

    fn nested(&mut self, model: &Model, analysis: &Analysis, root: ShapeId) {
        for id in analysis.emitted(&model.shapes, root) {
            let Some(parent) = model.shapes[id].parent.and_then(|parent| self.modules.get(&parent)) else { continue };
            if analysis.names.is_reexport(&analysis.sharing, id) || model.shapes.children(id).is_empty() {
                continue;
            }
            let module = analysis.names.shapes.get(&id).map(|names| names.module.clone()).unwrap_or_default();
            let path = parent.iter().cloned().chain([module]).collect();
            self.modules.insert(id, path);
        }
    }

    /// The module for what is nested in a shape, if anything is.
    pub(super) fn module(&self, id: ShapeId) -> Option<&ModulePath> {
        self.modules.get(&id)
    }

    /// The module from which a shape's type can be had.
    pub(super) fn home(&self, model: &Model, id: ShapeId) -> Option<&ModulePath> {
        match model.shapes[id].parent {
            Some(parent) => self.modules.get(&parent),
            None => self.modules.get(&id),
        }
    }
}

/// The file of a module: `mod.rs` in a folder down to the kind, then a file beside the folder.
pub(super) fn file(path: &[String]) -> String {
    let stems: Vec<&str> = path.iter().map(|module| naming::stem(module)).collect();
    let joined = stems.join("/");
    match path.len() {
        0 => "mod.rs".to_owned(),
        1..=3 => format!("{joined}/mod.rs"),
        _ => format!("{joined}.rs"),
    }
}

/// The way from one module to another: `super::super::v1::cache`, or `self::spec`.
pub(super) fn relative(from: &[String], to: &[String]) -> Vec<String> {
    let common = from.iter().zip(to).take_while(|(a, b)| a == b).count();
    let up = from.len() - common;
    let start = if up == 0 { vec!["self".to_owned()] } else { vec!["super".to_owned(); up] };
    start.into_iter().chain(to[common..].iter().cloned()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn path(text: &str) -> ModulePath {
        text.split('/').filter(|part| !part.is_empty()).map(str::to_owned).collect()
    }

    #[test]
    fn modules_down_to_the_kind_are_folders() {
        assert_eq!(file(&path("")), "mod.rs");
        assert_eq!(file(&path("g/v1/cache")), "g/v1/cache/mod.rs");
        assert_eq!(file(&path("g/v1/cache/spec/r#type")), "g/v1/cache/spec/type.rs");
    }

    #[test]
    fn a_way_goes_up_only_as_far_as_it_must() {
        assert_eq!(relative(&path("g/v1/a/spec"), &path("g/v1/a/spec/b")).join("::"), "self::b");
        assert_eq!(relative(&path("g/v1/a/spec"), &path("g/v2/b")).join("::"), "super::super::super::v2::b");
    }
}
