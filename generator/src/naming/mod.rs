//! Rust names for what a schema calls its groups, kinds, properties and values.
//!
//! In: the members of one scope, what its names stood for in the previous output, and the settings. Out: a name for
//! each. It is the shortest that is unique in its scope, except that a name which was given before keeps its meaning: what
//! has it keeps it, and nothing else gets it. So a CRD that grows never changes what existing code means.

mod assignment;
mod case;
mod names;
mod singular;
mod ty;
mod word;

use std::{collections::BTreeMap, sync::Arc};

use crdgen_schema::diagnostic::{Diagnostic, Diagnostics};

use crate::{
    code,
    model::{ALIASES, Ident, ShapeId, Shapes},
    options::Options,
};
use assignment::{Claim, assign};
pub(crate) use names::{Names, Scope, ScopeKind};
pub(crate) use ty::local_name;
use word::Level;

/// Names that a version's module defines itself.
const OF_VERSION: &[&str] = &["Clients", "Informers"];

/// What every enum has already: the variant that holds a value that the schema does not list, and `FromStr`'s associated
/// type, which rustc confuses with a variant.
const OF_ENUM: &[&str] = &["Err", "Unrecognized"];

/// What makes an object of all that is required.
pub(crate) const NEW: &str = "new";

/// The field that keeps unknown properties.
const UNKNOWN: &str = "unknown";

/// Gives names, and notes what a person should know about them.
pub(crate) struct Naming<'a> {
    given: &'a Names,
    options: &'a Options,
    reserved_modules: Arc<[String]>,
    contests: Vec<Contest>,
    errors: Diagnostics,
}

/// Two members of a scope that want the same name.
struct Contest {
    place: String,
    name: String,
    winner: String,
    loser: String,
    loser_name: String,
}

/// One member of a scope.
struct Member<'a> {
    text: &'a str,
    natural: bool,
    /// The name that the settings choose for it.
    chosen: Option<&'a str>,
}

impl<'a> Naming<'a> {
    /// Names that keep what is `given`.
    pub(crate) fn new(given: &'a Names, options: &'a Options) -> Self {
        let reserved_modules = options.reserved_modules().into();
        Self { given, options, reserved_modules, contests: Vec::new(), errors: Diagnostics::default() }
    }

    /// Modules of groups. The group that only has dots keeps the plain name.
    pub(crate) fn groups(&mut self, groups: &[&str]) -> Vec<Ident> {
        self.modules(ScopeKind::Groups, "all", groups)
    }

    /// Methods of the clientset, for texts such as `example.com/v1`.
    pub(crate) fn group_versions(&mut self, group_versions: &[String]) -> Vec<Ident> {
        let members = plain(group_versions.iter().map(String::as_str));
        idents(self.scope(ScopeKind::GroupVersions, "all", &members, |index, level| method(members[index].text, level)))
    }

    /// Modules of a group's versions.
    pub(crate) fn versions(&mut self, group: &str, versions: &[&str]) -> Vec<Ident> {
        self.modules(ScopeKind::Versions, group, versions)
    }

    /// The stems of the files of a group's CRDs.
    pub(crate) fn documents(&mut self, group: &str, plurals: &[&str]) -> Vec<String> {
        let members = plain(plurals.iter().copied());
        self.scope(ScopeKind::Documents, group, &members, |index, level| case::module(members[index].text, level))
    }

    /// Modules of a version's kinds.
    pub(crate) fn kinds(&mut self, group_version: &str, kinds: &[&str]) -> Vec<Ident> {
        self.modules(ScopeKind::Kinds, group_version, kinds)
    }

    /// Types of a version's kinds, whose roots are at `places`.
    pub(crate) fn kind_types(&mut self, group_version: &str, kinds: &[&str], places: &[String]) -> Vec<String> {
        let members: Vec<Member<'_>> = kinds
            .iter()
            .zip(places)
            .map(|(&kind, place)| Member {
                text: kind,
                natural: case::is_upper_camel(kind),
                chosen: self.options.type_name(place),
            })
            .collect();
        self.scope(ScopeKind::KindTypes, group_version, &members, |index, level| case::kind(members[index].text, level))
    }

    /// Methods of a version's clients and informers.
    pub(crate) fn accessors(&mut self, group_version: &str, plurals: &[&str]) -> Vec<Ident> {
        let members = plain(plurals.iter().copied());
        let names = self
            .scope(ScopeKind::Accessors, group_version, &members, |index, level| method(members[index].text, level));
        idents(names)
    }

    /// What a version's module re-exports, of `(name, place)` in the order of who comes first. A kind's own name, at a
    /// place in `kinds`, wins over what another kind derives from its name.
    pub(crate) fn exports<'t>(
        &self,
        group_version: &str,
        kinds: &[&str],
        all: &'t [(String, String)],
    ) -> Vec<&'t (String, String)> {
        let given = self.given.scope(ScopeKind::Exports, group_version);
        let mut owners: BTreeMap<&str, &str> = BTreeMap::new();
        let ranked = all.iter().filter(|(_, place)| kinds.contains(&place.as_str())).chain(all);
        for (name, place) in ranked {
            let allowed = match given.and_then(|given| given.get(name)) {
                Some(owner) => owner == place,
                None => !OF_VERSION.contains(&name.as_str()),
            };
            if allowed {
                owners.entry(name).or_insert(place);
            }
        }
        all.iter().filter(|(name, place)| owners.get(name.as_str()) == Some(&place.as_str())).collect()
    }

    /// Fields of an object, and the one for unknown properties if it keeps them. The usual form of a key keeps the short
    /// name: `fooBar` is `foo_bar`, and `foo_bar` beside it is `foo_underscore_bar`.
    pub(crate) fn fields(&mut self, place: &str, keys: &[&str], keeps_unknown: bool) -> (Vec<Ident>, Option<Ident>) {
        let chosen = |key: &str| self.options.field_name(place, key);
        let members: Vec<Member<'_>> =
            keys.iter().map(|&key| Member { text: key, natural: is_lower_camel(key), chosen: chosen(key) }).collect();
        let given_unknown = self.given.scope(ScopeKind::Unknown, place).and_then(|scope| scope.keys().next());
        let names = self.scope_without(
            ScopeKind::Fields,
            place,
            &members,
            |index, level| case::field(members[index].text, level),
            |name| given_unknown.is_some_and(|given| given == name),
        );
        let unknown = keeps_unknown.then(|| {
            let given = self.given.scope(ScopeKind::Fields, place);
            let taken = |name: &str| given.is_some_and(|given| given.contains_key(name));
            Ident::new(given_unknown.cloned().unwrap_or_else(|| unknown_field(&names, taken)))
        });
        (idents(names), unknown)
    }

    /// The constructor of an object with these required properties: its name, and the order of its parameters. Parameters
    /// have no names where it is called, so those of before keep their places, and where one was exchanged for another, so
    /// that a call would still compile, the name changes.
    pub(crate) fn constructor(&self, place: &str, required: &[&str]) -> (String, Vec<usize>) {
        let given = self.given.scope(ScopeKind::Constructor, place).and_then(|scope| scope.iter().next());
        let Some((name, keys)) = given else { return (NEW.to_owned(), (0..required.len()).collect()) };
        let steps: Vec<String> = required.iter().map(|key| crate::place::child("", key)).collect();
        let before: Vec<String> = keys.split('/').skip(1).map(|step| format!("/{step}")).collect();
        let mut order: Vec<usize> =
            before.iter().filter_map(|step| steps.iter().position(|known| known == step)).collect();
        let exchanged = order.len() < before.len() && before.len() == required.len();
        let new = (0..required.len()).filter(|index| !order.contains(index)).collect::<Vec<_>>();
        order.extend(new);
        let name = match (exchanged, name.as_str()) {
            (false, name) => name.to_owned(),
            (true, NEW) => format!("with_{}", case::field(&required.join("-and-"), Level::Plain)),
            (true, _) => NEW.to_owned(),
        };
        (name, order)
    }

    /// Variants of an enum.
    pub(crate) fn variants(&mut self, place: &str, values: &[&str]) -> Vec<String> {
        let members: Vec<Member<'_>> = values
            .iter()
            .map(|&value| Member {
                text: value,
                natural: case::is_upper_camel(value),
                chosen: self.options.variant_name(place, value),
            })
            .collect();
        let is_reserved = |name: &str| OF_ENUM.contains(&name);
        let name = |index: usize, level: Level| {
            let name = case::variant(members[index].text, level);
            if is_reserved(&name) { format!("{name}Value") } else { name }
        };
        self.scope_without(ScopeKind::Variants, place, &members, name, is_reserved)
    }

    /// Types and modules of the shapes that are the properties of `parent`. All of the types, and the parent itself, live in
    /// one module.
    pub(crate) fn children(
        &mut self,
        shapes: &Shapes<'_>,
        parent: ShapeId,
        children: &[ShapeId],
    ) -> Vec<(String, Ident)> {
        let place = &shapes[parent].place;
        let member = |id: &ShapeId| Member {
            text: shapes[*id].key,
            natural: !shapes[*id].collection,
            chosen: self.options.type_name_of(place, shapes[*id].key),
        };
        let members: Vec<Member<'_>> = children.iter().map(member).collect();
        let parent_ty = &shapes[parent].ty;
        let is_root = shapes[parent].parent.is_none();
        let is_reserved = |name: &str| {
            let rest = name.strip_prefix(parent_ty.as_str());
            rest.is_some_and(|rest| rest.is_empty() || is_root && (rest == "List" || ALIASES.contains(&rest)))
        };
        let types = self.scope_without(
            ScopeKind::Types,
            place,
            &members,
            |index, level| ty::type_name(shapes, children[index], level),
            is_reserved,
        );
        let members: Vec<Member<'_>> =
            members.iter().map(|member| Member { text: member.text, natural: member.natural, chosen: None }).collect();
        let reserved = Arc::clone(&self.reserved_modules);
        let modules = self.scope(ScopeKind::Modules, place, &members, |index, level| {
            module(members[index].text, level, is_root, &reserved)
        });
        types.into_iter().zip(idents(modules)).collect()
    }

    /// Errors for names that the settings give twice, and, if `contests` is set, a warning for members that want the same
    /// name.
    pub(crate) fn diagnostics(self, contests: bool) -> Diagnostics {
        let mut diagnostics = self.errors;
        if contests {
            diagnostics.extend(self.contests.into_iter().map(Contest::warning));
        }
        diagnostics
    }

    fn modules(&mut self, kind: ScopeKind, place: &str, texts: &[&str]) -> Vec<Ident> {
        let members = plain(texts.iter().copied());
        let reserved = Arc::clone(&self.reserved_modules);
        idents(self.scope(kind, place, &members, |index, level| module(members[index].text, level, false, &reserved)))
    }

    fn scope(
        &mut self,
        kind: ScopeKind,
        place: &str,
        members: &[Member<'_>],
        name: impl Fn(usize, Level) -> String,
    ) -> Vec<String> {
        self.scope_without(kind, place, members, name, |_| false)
    }

    /// The names of a scope, none of which `is_reserved`. A name of the previous output belongs to what it stood for, even
    /// if that is gone.
    fn scope_without(
        &mut self,
        kind: ScopeKind,
        place: &str,
        members: &[Member<'_>],
        name: impl Fn(usize, Level) -> String,
        is_reserved: impl Fn(&str) -> bool,
    ) -> Vec<String> {
        let chosen: BTreeMap<&str, &str> =
            members.iter().filter_map(|member| Some((member.chosen?, member.text))).collect();
        for (name, text) in chosen.iter().filter(|(name, _)| is_reserved(name)) {
            let message =
                format!("the settings give the name `{name}` at {place} to `{text}`, but it has a meaning already");
            self.errors.push(Diagnostic::error(message).code(code::REPEATED_NAME).help("choose another name for it"));
        }
        let given = self.given.scope(kind, place);
        let by_key: BTreeMap<&str, &str> =
            given.into_iter().flatten().map(|(name, key)| (key.as_str(), name.as_str())).collect();
        let claims: Vec<Claim<'_>> = members
            .iter()
            .map(|member| {
                let given = by_key.get(member.text).copied().filter(|name| !chosen.contains_key(name));
                Claim { text: member.text, natural: member.natural, fixed: member.chosen.or(given) }
            })
            .collect();
        let taken = |name: &str| is_reserved(name) || given.is_some_and(|given| given.contains_key(name));
        let assignment = assign(&claims, name, taken);
        for (winner, loser) in assignment.contests {
            self.contest(
                place,
                (members[winner].text, members[loser].text),
                (&assignment.names[winner], &assignment.names[loser]),
            );
        }
        assignment.names
    }

    fn contest(&mut self, place: &str, (winner, loser): (&str, &str), (name, loser_name): (&str, &str)) {
        if name == loser_name {
            let message =
                format!("the settings give the name `{name}` twice at {place}: to `{winner}` and to `{loser}`");
            self.errors
                .push(Diagnostic::error(message).code(code::REPEATED_NAME).help("choose another name for one of them"));
            return;
        }
        let [place, name, winner, loser, loser_name] = [place, name, winner, loser, loser_name].map(str::to_owned);
        self.contests.push(Contest { place, name, winner, loser, loser_name });
    }
}

impl Contest {
    fn warning(self) -> Diagnostic {
        let Self { place, name, winner, loser, loser_name } = self;
        let message =
            format!("`{winner}` and `{loser}` want the same name: `{winner}` is `{name}`, `{loser}` is `{loser_name}`");
        Diagnostic::warning(message).code(code::CONTESTED_NAME).on(place).help(
            "if one of them is new, the other one's name has changed; an output folder under version control keeps names, \
             and so do `field_names`, `type_names` and `variant_names` in crdgen.toml",
        )
    }
}

fn plain<'t>(texts: impl Iterator<Item = &'t str>) -> Vec<Member<'t>> {
    let is_usual = |text: &str| !text.contains(['-', '_']) && !text.contains(|c: char| c.is_ascii_uppercase());
    texts.map(|text| Member { text, natural: is_usual(text), chosen: None }).collect()
}

fn idents(names: Vec<String>) -> Vec<Ident> {
    names.into_iter().map(Ident::new).collect()
}

/// `new` is what makes the whole set.
fn method(text: &str, level: Level) -> String {
    let name = case::field(text, level);
    if name == "new" { format!("{name}_") } else { name }
}

/// A resource's folder holds `client.rs`; elsewhere only crates that output refers to are avoided.
fn module(text: &str, level: Level, in_resource: bool, reserved: &[String]) -> String {
    let name = case::module(text, level);
    if in_resource && name == "client" || reserved.contains(&name) { format!("{name}_") } else { name }
}

fn is_lower_camel(key: &str) -> bool {
    key.starts_with(|c: char| c.is_ascii_lowercase()) && key.chars().all(|c| c.is_ascii_alphanumeric())
}

/// The field for unknown properties gets a longer name if a property has its usual one, or had it in the previous output.
fn unknown_field(fields: &[String], taken: impl Fn(&str) -> bool) -> String {
    let mut name = UNKNOWN.to_owned();
    while fields.contains(&name) || taken(&name) {
        name.push_str("_properties");
    }
    name
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(values: &[&str], expected: &[&str]) {
        let (names, options) = (Names::default(), Options::default());
        assert_eq!(Naming::new(&names, &options).variants("a/v1/b", values), expected);
    }

    #[test]
    fn values_that_differ_in_case_only_say_so() {
        check(&["ACCEPT", "Accept", "accept"], &["AcceptUppercase", "Accept", "AcceptLowercase"]);
    }

    #[test]
    fn values_that_differ_in_symbols_only_spell_them() {
        check(&["a-b", "a_b", "AB"], &["AB", "AUnderscoreB", "Ab"]);
        check(&["foo-bar", "foo_bar", "FooBar"], &["FooDashBar", "FooUnderscoreBar", "FooBar"]);
    }

    #[test]
    fn what_every_enum_has_keeps_its_name() {
        check(&["err", "off"], &["ErrValue", "Off"]);
        check(&["Unrecognized", "unrecognized"], &["UnrecognizedValue", "UnrecognizedLowercase"]);
    }

    fn given(kind: ScopeKind, pairs: &[(&str, &str)]) -> Names {
        let mut names = Names::default();
        names.insert(kind, "a/v1/b", pairs.iter().map(|&(name, key)| (name.to_owned(), key.to_owned())).collect());
        names
    }

    #[test]
    fn a_value_that_is_new_takes_no_name_that_was_given() {
        let (names, options) =
            (given(ScopeKind::Variants, &[("Audit", "audit"), ("Gone", "gone")]), Options::default());
        let found = Naming::new(&names, &options).variants("a/v1/b", &["Audit", "audit", "GONE"]);
        assert_eq!(found, ["AuditCapitalized", "Audit", "GoneUppercase"]);
    }

    #[test]
    fn the_field_for_unknown_properties_keeps_its_name_too() {
        let (names, options) = (given(ScopeKind::Unknown, &[("unknown", "")]), Options::default());
        let (fields, unknown) = Naming::new(&names, &options).fields("a/v1/b", &["unknown"], true);
        assert_eq!((fields[0].as_str(), unknown), ("unknown_lowercase", Some(Ident::new("unknown".to_owned()))));
    }

    #[test]
    fn what_wants_the_same_name_is_told_with_both_keys() {
        let (names, options) = (Names::default(), Options::default());
        let mut naming = Naming::new(&names, &options);
        naming.fields("a/v1/b", &["fooBar", "foo_bar"], false);
        let text = naming.diagnostics(true).to_string();
        assert!(text.contains("`fooBar` is `foo_bar`, `foo_bar` is `foo_underscore_bar`"), "{text}");
    }
}
