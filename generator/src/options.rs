//! How code is generated: one struct for the builder, the flags of the command and `crdgen.toml`.
//!
//! In: values from any of the three. Out: the same, checked. The methods of [`crate::Config`], the keys of `crdgen.toml`
//! and these fields have the same names. It reads no file.

mod glob;
mod lint;
mod toml;

use std::{hash::BuildHasher, path::PathBuf};

use crdgen_schema::diagnostic::quote;
use indexmap::IndexMap;

use crate::{model::Ident, place, render::CLIENTSET};
pub(crate) use glob::Glob;
pub(crate) use lint::Lint;
pub(crate) use toml::parse;

/// Everything that can be set; what is not set has the default that its getter names.
#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) struct Options {
    /// The output folder.
    pub(crate) out: Option<PathBuf>,
    /// Whether clients, listers and informers are left out.
    pub(crate) types_only: Option<bool>,
    /// The path of the runtime crate.
    pub(crate) runtime: Option<String>,
    /// The command that headers name.
    pub(crate) command: Option<String>,
    /// Whether the schemas' descriptions and constraints become documentation.
    pub(crate) docs: Option<bool>,
    /// Whether integers of `format: int32` are `i32`.
    pub(crate) i32: Option<bool>,
    /// Whether maps are `SmallMap`s.
    pub(crate) small_maps: Option<bool>,
    /// What happens if kube-apiserver would refuse a CRD.
    pub(crate) refused: Option<Refused>,
    /// CRDs, or versions of them, that are left out.
    pub(crate) skip: Vec<Glob>,
    /// Enums that refuse values which the schema does not list.
    pub(crate) closed_enums: Vec<Glob>,
    /// Types that exist already, by the property's place.
    pub(crate) types: Vec<(Glob, String)>,
    /// Types that exist already, by the names of all properties.
    pub(crate) shapes: Vec<(Vec<String>, String)>,
    /// Names of types.
    pub(crate) type_names: Vec<(Glob, String)>,
    /// Names of fields.
    pub(crate) field_names: Vec<(Glob, String)>,
    /// Names of variants, by the value.
    pub(crate) variant_names: Vec<(Glob, Vec<(String, String)>)>,
    /// More traits to derive.
    pub(crate) derives: Vec<(Glob, Vec<String>)>,
    /// More attributes of types.
    pub(crate) attributes: Vec<(Glob, Vec<String>)>,
    /// What `crdgen lint` checks.
    pub(crate) lint: Lint,
}

/// What happens if kube-apiserver would refuse a CRD: the argument of [`Config::refused`](crate::Config::refused).
///
/// ```
/// let config = crdgen::configure().refused(crdgen::Refused::Error);
/// ```
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[cfg_attr(feature = "cli", derive(clap::ValueEnum))]
pub enum Refused {
    /// A warning says why, and code is generated
    #[default]
    Warning,
    /// An error says why, and nothing is generated
    Error,
}

impl Options {
    /// These, and for what they leave open, the others.
    pub(crate) fn or(self, other: Self) -> Self {
        Self {
            out: self.out.or(other.out),
            types_only: self.types_only.or(other.types_only),
            runtime: self.runtime.or(other.runtime),
            command: self.command.or(other.command),
            docs: self.docs.or(other.docs),
            i32: self.i32.or(other.i32),
            small_maps: self.small_maps.or(other.small_maps),
            refused: self.refused.or(other.refused),
            skip: joined(self.skip, other.skip),
            closed_enums: joined(self.closed_enums, other.closed_enums),
            types: joined(self.types, other.types),
            shapes: joined(self.shapes, other.shapes),
            type_names: joined(self.type_names, other.type_names),
            field_names: joined(self.field_names, other.field_names),
            variant_names: joined(self.variant_names, other.variant_names),
            derives: joined(self.derives, other.derives),
            attributes: joined(self.attributes, other.attributes),
            lint: self.lint.or(other.lint),
        }
    }

    /// What is wrong with them: texts that would not be code, or that would mean something else in every module.
    pub(crate) fn check(&self) -> Result<(), String> {
        if !is_path(self.runtime()) {
            return Err(invalid("runtime path", self.runtime(), "`crdgen_runtime`"));
        }
        let paths = self.types.iter().map(|(_, path)| path).chain(self.shapes.iter().map(|(_, path)| path));
        if let Some(path) = paths.into_iter().find(|path| !is_path(path)) {
            return Err(invalid(
                "type path",
                path,
                "`k8s_openapi::api::core::v1::PodTemplateSpec` or `crate::Endpoint`",
            ));
        }
        let variants = self.variant_names.iter().flat_map(|(_, names)| names.iter().map(|(_, name)| name));
        let types = self.type_names.iter().map(|(_, name)| name);
        if let Some(name) = types.chain(variants).find(|name| !is_upper_camel(name)) {
            return Err(invalid("name of a type or variant", name, "`DatabaseEngine`"));
        }
        if let Some((_, name)) = self.field_names.iter().find(|(_, name)| !Ident::is_valid(name)) {
            return Err(invalid("name of a field", name, "`storage_size`"));
        }
        let derives = self.derives.iter().flat_map(|(_, derives)| derives);
        if let Some(path) = derives.into_iter().find(|path| !is_path(path)) {
            return Err(invalid("trait to derive", path, "`Eq` or `schemars::JsonSchema`"));
        }
        let attributes = self.attributes.iter().flat_map(|(_, attributes)| attributes);
        match attributes.into_iter().find(|text| !is_attribute(text)) {
            Some(text) => Err(invalid("attribute", text, "`#[non_exhaustive]`")),
            None => Ok(()),
        }
    }

    /// The path of the runtime crate.
    pub(crate) fn runtime(&self) -> &str {
        self.runtime.as_deref().unwrap_or("crdgen_runtime")
    }

    /// The command that headers name.
    pub(crate) fn command(&self) -> &str {
        self.command.as_deref().unwrap_or("crdgen codegen")
    }

    /// Whether clients, listers and informers are left out.
    pub(crate) fn types_only(&self) -> bool {
        self.types_only.unwrap_or_default()
    }

    /// Whether there is documentation.
    pub(crate) fn docs(&self) -> bool {
        self.docs.unwrap_or(true)
    }

    /// Whether integers of `format: int32` are `i32`.
    pub(crate) fn i32(&self) -> bool {
        self.i32.unwrap_or_default()
    }

    /// Whether maps are `SmallMap`s.
    pub(crate) fn small_maps(&self) -> bool {
        self.small_maps.unwrap_or_default()
    }

    /// Crates that output refers to: a module of such a name would hide them.
    pub(crate) fn reserved_modules(&self) -> Vec<String> {
        let first = |path: &str| path.trim_start_matches("::").split("::").next().unwrap_or_default().to_owned();
        let fixed = ["alloc", "core", "k8s_openapi", "serde_json", "std", CLIENTSET].map(str::to_owned);
        let existing = self.types.iter().map(|(_, path)| path).chain(self.shapes.iter().map(|(_, path)| path));
        fixed.into_iter().chain(existing.chain([&self.runtime().to_owned()]).map(|path| first(path))).collect()
    }

    /// Whether a version of a CRD is left out.
    pub(crate) fn skips(&self, crd: &str, version: &str) -> bool {
        self.skip.iter().any(|glob| glob.matches(crd) || glob.matches(&place::root(crd, version)))
    }

    /// Whether the enum at a place is closed.
    pub(crate) fn is_closed(&self, place: &str) -> bool {
        self.closed_enums.iter().any(|glob| glob.matches(&place::without_elements(place)))
    }

    /// The existing type of the property at a place.
    pub(crate) fn existing_type(&self, place: &str) -> Option<&str> {
        find(&self.types, place).map(String::as_str)
    }

    /// The existing type of objects that have just these properties.
    pub(crate) fn existing_shape<V, S: BuildHasher>(&self, properties: &IndexMap<String, V, S>) -> Option<&str> {
        let is_same =
            |keys: &[String]| keys.len() == properties.len() && keys.iter().all(|key| properties.contains_key(key));
        self.shapes.iter().find(|(keys, _)| is_same(keys)).map(|(_, path)| path.as_str())
    }

    /// The name that is chosen for the type at a place.
    pub(crate) fn type_name(&self, place: &str) -> Option<&str> {
        find(&self.type_names, place).map(String::as_str)
    }

    /// The name that is chosen for the type of a property of the object at a place.
    pub(crate) fn type_name_of(&self, object: &str, key: &str) -> Option<&str> {
        // Most settings name nothing, and places are long.
        if self.type_names.is_empty() { None } else { self.type_name(&place::child(object, key)) }
    }

    /// The name that is chosen for the field of a property of the object at a place.
    pub(crate) fn field_name(&self, object: &str, key: &str) -> Option<&str> {
        if self.field_names.is_empty() {
            return None;
        }
        find(&self.field_names, &place::child(object, key)).map(String::as_str)
    }

    /// The name that is chosen for a value of the enum at a place.
    pub(crate) fn variant_name(&self, place: &str, value: &str) -> Option<&str> {
        if self.variant_names.is_empty() {
            return None;
        }
        let place = place::without_elements(place);
        let mut names = self.variant_names.iter().filter(|(glob, _)| glob.matches(&place)).flat_map(|(_, names)| names);
        names.find(|(known, _)| known == value).map(|(_, name)| name.as_str())
    }

    /// The traits that the type at a place derives besides its own.
    pub(crate) fn derives<'o>(&'o self, place: &str) -> Vec<&'o str> {
        all(&self.derives, place)
    }

    /// Settings that changed nothing so far: their names, and their patterns.
    pub(crate) fn unused(&self) -> Vec<(&'static str, &str)> {
        fn keys<T>(entries: &[(Glob, T)]) -> Vec<&Glob> {
            entries.iter().map(|(glob, _)| glob).collect()
        }
        let settings = [
            ("skip", self.skip.iter().collect()),
            ("closed_enums", self.closed_enums.iter().collect()),
            ("types", keys(&self.types)),
            ("type_names", keys(&self.type_names)),
            ("field_names", keys(&self.field_names)),
            ("variant_names", keys(&self.variant_names)),
            ("derives", keys(&self.derives)),
            ("attributes", keys(&self.attributes)),
        ];
        let globs = settings.into_iter().flat_map(|(name, globs)| globs.into_iter().map(move |glob| (name, glob)));
        globs.filter_map(|(name, glob)| Some((name, glob.unused()?))).collect()
    }

    /// The attributes that the type at a place has besides its own.
    pub(crate) fn attributes<'o>(&'o self, place: &str) -> Vec<&'o str> {
        all(&self.attributes, place)
    }
}

fn joined<T>(mut first: Vec<T>, second: Vec<T>) -> Vec<T> {
    first.extend(second);
    first
}

/// The first entry that a place matches wins.
fn find<'o, T>(entries: &'o [(Glob, T)], place: &str) -> Option<&'o T> {
    if entries.is_empty() {
        return None;
    }
    let place = place::without_elements(place);
    entries.iter().find(|(glob, _)| glob.matches(&place)).map(|(_, value)| value)
}

/// Every entry that a place matches counts.
fn all<'o>(entries: &'o [(Glob, Vec<String>)], place: &str) -> Vec<&'o str> {
    if entries.is_empty() {
        return Vec::new();
    }
    let place = place::without_elements(place);
    let mut found: Vec<&str> = Vec::new();
    for text in entries.iter().filter(|(glob, _)| glob.matches(&place)).flat_map(|(_, texts)| texts) {
        if !found.contains(&text.as_str()) {
            found.push(text);
        }
    }
    found
}

fn invalid(what: &str, text: &str, example: &str) -> String {
    format!("invalid {what} {}: expected for example {example}", quote(text))
}

/// Whether it is a path that means the same in every module.
fn is_path(path: &str) -> bool {
    let segments = path.strip_prefix("::").unwrap_or(path).split("::");
    segments.enumerate().all(|(index, segment)| Ident::is_valid(segment) || index == 0 && segment == "crate")
}

fn is_upper_camel(name: &str) -> bool {
    Ident::is_valid(name) && name.starts_with(|c: char| c.is_ascii_uppercase())
}

/// Whether it is exactly one outer attribute: what follows it must not become a part of it, and nothing else may stand
/// beside it.
fn is_attribute(text: &str) -> bool {
    let Ok(tokens) = text.parse::<proc_macro2::TokenStream>() else { return false };
    let tokens: Vec<proc_macro2::TokenTree> = tokens.into_iter().collect();
    let [proc_macro2::TokenTree::Punct(hash), proc_macro2::TokenTree::Group(group)] = tokens.as_slice() else {
        return false;
    };
    hash.as_char() == '#' && group.delimiter() == proc_macro2::Delimiter::Bracket && !text.contains(['\n', '\r'])
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(toml: &str, expected: &str) {
        let options = parse(toml).unwrap();
        assert_eq!(options.check().unwrap_err(), expected);
    }

    #[test]
    fn texts_that_are_no_code_are_refused() {
        check("runtime = 'a; b'", "invalid runtime path \"a; b\": expected for example `crdgen_runtime`");
        check("runtime = 'super::a'", "invalid runtime path \"super::a\": expected for example `crdgen_runtime`");
        check(
            "[derives]\n'**' = ['Eq)]']",
            "invalid trait to derive \"Eq)]\": expected for example `Eq` or `schemars::JsonSchema`",
        );
        check(
            "[attributes]\n'**' = ['#[a] struct B;']",
            "invalid attribute \"#[a] struct B;\": expected for example `#[non_exhaustive]`",
        );
        check(
            "[type_names]\n'**' = 'engine'",
            "invalid name of a type or variant \"engine\": expected for example `DatabaseEngine`",
        );
        check("[field_names]\n'**' = 'a-b'", "invalid name of a field \"a-b\": expected for example `storage_size`");
    }

    #[test]
    fn the_first_setting_that_matches_wins() {
        let own = parse("i32 = true\n[types]\n'a.b/*/spec/x' = 'crate::X'").unwrap();
        let own = own.or(parse("[variant_names]\n'**/x' = {a = 'One'}\n'**' = {a = 'Two', b = 'Three'}").unwrap());
        assert_eq!(["a", "b"].map(|value| own.variant_name("a.b/v1/x", value)), [Some("One"), Some("Three")]);
        let file = parse("i32 = false\ndocs = false\n[types]\n'**' = 'crate::Y'").unwrap();
        let options = own.or(file);
        assert_eq!((options.i32(), options.docs()), (true, false));
        assert_eq!(options.existing_type("a.b/v1/spec/x/*"), Some("crate::X"));
        assert_eq!(options.existing_type("a.b/v1/spec/x/y"), Some("crate::Y"));
    }
}
