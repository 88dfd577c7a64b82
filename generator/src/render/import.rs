//! The types of other crates that a file refers to.
//!
//! In: paths. Out: short names with an import, or the whole path where the file has that name itself.

use std::collections::{BTreeMap, BTreeSet};

use super::Context;
use crate::model::{Format, Type};

/// The names in a file, its own and imported.
pub(super) struct Imports {
    own: BTreeSet<String>,
    paths: BTreeMap<String, String>,
}

/// In the prelude: never imported.
const PRELUDE: &[&str] = &["std::option::Option", "std::string::String", "std::vec::Vec"];

impl Imports {
    /// Of a file that defines or re-exports the types `own`.
    pub(super) fn new(own: BTreeSet<String>) -> Self {
        Self { own, paths: BTreeMap::new() }
    }

    /// The paths that it has come to need.
    pub(super) fn into_paths(self) -> Vec<String> {
        self.paths.into_values().collect()
    }

    /// How the type at `path` is called here.
    pub(super) fn external(&mut self, path: &str) -> String {
        let short = path.rsplit("::").next().unwrap_or(path);
        if self.own.contains(short) {
            return path.to_owned();
        }
        if PRELUDE.contains(&path) {
            return short.to_owned();
        }
        let known = self.paths.entry(short.to_owned()).or_insert_with(|| path.to_owned());
        if known == path { short.to_owned() } else { path.to_owned() }
    }

    /// A type of the runtime.
    pub(super) fn of_runtime(&mut self, context: Context<'_, '_>, path: &str) -> String {
        self.external(&format!("{}::{path}", context.options.runtime()))
    }

    /// A type as it is written here.
    pub(super) fn ty(&mut self, context: Context<'_, '_>, ty: &Type) -> String {
        match ty {
            Type::String => self.external("std::string::String"),
            Type::Int64 => "i64".to_owned(),
            Type::Int32 => "i32".to_owned(),
            Type::Boolean => "bool".to_owned(),
            Type::Formatted(format) => {
                let value = self.of_runtime(context, &format!("format::{}", format_type(*format)));
                format!("{}<{value}>", self.of_runtime(context, "Formatted"))
            }
            Type::Quantity => self.of_runtime(context, "Quantity"),
            Type::Number => self.of_runtime(context, "Number"),
            Type::IntOrString => self.of_runtime(context, "IntOrString"),
            Type::Empty => self.of_runtime(context, "Empty"),
            Type::Any => self.external("serde_json::Value"),
            Type::ObjectMeta => self.external("k8s_openapi::apimachinery::pkg::apis::meta::v1::ObjectMeta"),
            Type::Kubernetes(path) => self.external(&format!("k8s_openapi::{path}")),
            Type::Existing(path) => path.clone(),
            Type::Shape(id) => context.group.shapes[*id].ty.clone(),
            Type::Nullable(inner) => {
                let inner = self.ty(context, inner);
                self.nullable(context, &inner)
            }
            Type::Array(inner) => {
                let inner = self.ty(context, inner);
                format!("{}<{inner}>", self.external("std::vec::Vec"))
            }
            Type::Map(inner) => {
                let inner = self.ty(context, inner);
                if context.options.small_maps() {
                    return format!("{}<{inner}>", self.of_runtime(context, "SmallMap"));
                }
                let (map, key) = (self.external("std::collections::BTreeMap"), self.external("std::string::String"));
                format!("{map}<{key}, {inner}>")
            }
        }
    }

    /// `Option<inner>`
    pub(super) fn option(&mut self, inner: &str) -> String {
        format!("{}<{inner}>", self.external("std::option::Option"))
    }

    /// `Nullable<inner>`
    pub(super) fn nullable(&mut self, context: Context<'_, '_>, inner: &str) -> String {
        format!("{}<{inner}>", self.of_runtime(context, "Nullable"))
    }
}

fn format_type(format: Format) -> &'static str {
    match format {
        Format::DateTime => "DateTime",
        Format::Date => "Date",
        Format::Duration => "Duration",
        Format::Bytes => "Bytes",
        Format::Ip => "Ip",
        Format::Cidr => "Cidr",
    }
}
