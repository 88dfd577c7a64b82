//! The types of other crates that a file refers to.
//!
//! In: paths. Out: short names with an import, or the whole path where the file has that name itself.

use std::collections::{BTreeMap, BTreeSet};

use proc_macro2::TokenStream;
use quote::quote;

use super::{Context, Error, item::parse};
use crate::model::{ShapeId, Type};

/// The names in a file, its own and imported.
pub(super) struct Scope {
    own: BTreeSet<String>,
    imports: BTreeMap<String, String>,
}

/// In the prelude: never imported.
const PRELUDE: &[&str] = &["std::option::Option", "std::string::String", "std::vec::Vec"];

impl Scope {
    /// A file that defines or re-exports `own`.
    pub(super) fn new(own: BTreeSet<String>) -> Self {
        Self { own, imports: BTreeMap::new() }
    }

    /// The imports it has come to need, sorted.
    pub(super) fn imports(&self) -> Vec<String> {
        let mut paths: Vec<String> = self.imports.values().cloned().collect();
        paths.sort();
        paths
    }

    /// How the type at `path` is called here.
    fn external(&mut self, path: &str) -> Result<TokenStream, Error> {
        let short = path.rsplit("::").next().unwrap_or(path);
        if self.own.contains(short) {
            return parse(path);
        }
        if PRELUDE.contains(&path) {
            return parse(short);
        }
        let known = self.imports.entry(short.to_owned()).or_insert_with(|| path.to_owned());
        if known == path { parse(short) } else { parse(path) }
    }

    /// A type as it is written here.
    pub(super) fn ty(&mut self, context: &Context<'_>, ty: &Type) -> Result<TokenStream, Error> {
        let runtime = &context.options.runtime;
        match ty {
            Type::String => self.external("std::string::String"),
            Type::Int64 => Ok(quote!(i64)),
            Type::Int32 => Ok(quote!(i32)),
            Type::Boolean => Ok(quote!(bool)),
            Type::Number => self.external(&format!("{runtime}::Number")),
            Type::IntOrString => self.external(&format!("{runtime}::IntOrString")),
            Type::Empty => self.external(&format!("{runtime}::Empty")),
            Type::Any => self.external("serde_json::Value"),
            Type::ObjectMeta => self.external("k8s_openapi::apimachinery::pkg::apis::meta::v1::ObjectMeta"),
            Type::Kubernetes(path) => self.external(&format!("k8s_openapi::{path}")),
            Type::Shape(id) => shape(context, *id),
            Type::Nullable(inner) => {
                let inner = self.ty(context, inner)?;
                self.option(&inner)
            }
            Type::Array(inner) => {
                let (vec, inner) = (self.external("std::vec::Vec")?, self.ty(context, inner)?);
                Ok(quote!(#vec<#inner>))
            }
            Type::Map(inner) => {
                let (map, key) = (self.external("std::collections::BTreeMap")?, self.external("std::string::String")?);
                let inner = self.ty(context, inner)?;
                Ok(quote!(#map<#key, #inner>))
            }
        }
    }

    /// `Option<inner>`
    pub(super) fn option(&mut self, inner: &TokenStream) -> Result<TokenStream, Error> {
        let option = self.external("std::option::Option")?;
        Ok(quote!(#option<#inner>))
    }
}

fn shape(context: &Context<'_>, id: ShapeId) -> Result<TokenStream, Error> {
    parse(&context.names(id).ty)
}
