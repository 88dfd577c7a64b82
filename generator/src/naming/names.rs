//! What each name of an output stands for, so that the next output does not give it to something else.
//!
//! In: names as they are given, or their text in the output's manifest. Out: lookups by scope, or that text: one line a
//! place, sorted. A scope is what a name must be unique in: the fields of an object, the types of a module, the kinds of a
//! version. Names that are equal to what they stand for are written once.

use std::{collections::BTreeMap, fmt::Write as _};

use crate::{model::Ident, place::without_elements};

/// What the names of an output stand for.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Names {
    /// Scopes by place (without the steps into arrays and maps: a property that becomes an array keeps its names) and
    /// kind: name → what it stands for.
    scopes: BTreeMap<(String, ScopeKind), Scope>,
    /// Places whose names are those of another place.
    same: BTreeMap<String, String>,
}

/// Name → what it stands for.
pub(crate) type Scope = BTreeMap<String, String>;

/// The scopes that there are. A place is a group, a group and version, or a place in a schema.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum ScopeKind {
    /// Modules of groups, by the group.
    Groups,
    /// Methods of the clientset, by group and version.
    GroupVersions,
    /// Modules of a group's versions, by the version.
    Versions,
    /// Files of a group's CRDs, by the plural name.
    Documents,
    /// Modules of a version's kinds, by the kind.
    Kinds,
    /// Types of a version's kinds, by the kind.
    KindTypes,
    /// Methods of a version's clients, by the plural name.
    Accessors,
    /// What a version's module re-exports, by its place.
    Exports,
    /// Fields of an object, by the key.
    Fields,
    /// The field of an object that keeps unknown properties.
    Unknown,
    /// The constructor of an object, by the keys of its parameters in their order.
    Constructor,
    /// Types of an object's properties, by the key.
    Types,
    /// Modules of an object's properties, by the key.
    Modules,
    /// Variants of an enum, by the value.
    Variants,
}

const KINDS: [(ScopeKind, &str); 14] = [
    (ScopeKind::Groups, "groups"),
    (ScopeKind::GroupVersions, "group-versions"),
    (ScopeKind::Versions, "versions"),
    (ScopeKind::Documents, "documents"),
    (ScopeKind::Kinds, "kinds"),
    (ScopeKind::KindTypes, "kind-types"),
    (ScopeKind::Accessors, "accessors"),
    (ScopeKind::Exports, "exports"),
    (ScopeKind::Fields, "fields"),
    (ScopeKind::Unknown, "unknown"),
    (ScopeKind::Constructor, "constructor"),
    (ScopeKind::Types, "types"),
    (ScopeKind::Modules, "modules"),
    (ScopeKind::Variants, "variants"),
];

const SAME: &str = "same";

/// A place shares with another one, a place in that with a third, and so on: schemas are less deep than this. A manifest
/// that goes round in a circle ends here too.
const MOST_STEPS: usize = 100;

impl ScopeKind {
    fn word(self) -> &'static str {
        KINDS.iter().find(|(kind, _)| *kind == self).map_or("", |(_, word)| word)
    }

    /// What a name of this kind is, for people.
    #[cfg(feature = "cli")]
    pub(crate) fn noun(self) -> &'static str {
        match self {
            Self::Groups | Self::Versions | Self::Kinds | Self::Modules => "module",
            Self::GroupVersions | Self::Accessors => "method",
            Self::Documents => "file",
            Self::KindTypes | Self::Types => "type",
            Self::Exports => "re-export",
            Self::Fields | Self::Unknown => "field",
            Self::Constructor => "constructor",
            Self::Variants => "variant",
        }
    }

    fn from_word(word: &str) -> Option<Self> {
        KINDS.iter().find(|(_, known)| *known == word).map(|(kind, _)| *kind)
    }
}

impl Names {
    /// Whether nothing is known.
    pub(crate) fn is_empty(&self) -> bool {
        self.scopes.is_empty()
    }

    /// All scopes by place and kind, without those that are written at another place.
    #[cfg(feature = "cli")]
    pub(crate) fn scopes(&self) -> impl Iterator<Item = (ScopeKind, &str, &Scope)> {
        self.scopes.iter().map(|((place, kind), scope)| (*kind, place.as_str(), scope))
    }

    /// The names of a scope, if it was there.
    pub(crate) fn scope(&self, kind: ScopeKind, place: &str) -> Option<&Scope> {
        if self.is_empty() {
            return None;
        }
        let mut place = without_elements(place).into_owned();
        for _ in 0..MOST_STEPS {
            let key = (place, kind);
            if let Some(scope) = self.scopes.get(&key) {
                return Some(scope);
            }
            place = self.other_place(&key.0)?;
        }
        None
    }

    /// Where the names of a place are written, if it shares a shape with another place, or is inside of one that does.
    fn other_place(&self, place: &str) -> Option<String> {
        let mut above = place;
        loop {
            match self.same.get(above) {
                Some(other) => return Some(format!("{other}{}", &place[above.len()..])),
                None => above = above.rsplit_once('/')?.0,
            }
        }
    }

    /// Notes a scope; one without names is nothing.
    pub(crate) fn insert(&mut self, kind: ScopeKind, place: &str, scope: Scope) {
        if !scope.is_empty() {
            self.scopes.insert((without_elements(place).into_owned(), kind), scope);
        }
    }

    /// Notes that everything at and below `place` has the names of what is at `other`.
    pub(crate) fn insert_same(&mut self, place: &str, other: &str) {
        self.same.insert(without_elements(place).into_owned(), without_elements(other).into_owned());
    }

    /// Adds all names of another part of the output.
    pub(crate) fn extend(&mut self, other: Self) {
        self.scopes.extend(other.scopes);
        self.same.extend(other.same);
    }

    /// A section for each group, group and version, and version of a CRD; in it a line for each place.
    pub(crate) fn to_text(&self) -> String {
        let mut text = String::new();
        let (mut section, mut place) = (None, None);
        let scopes = self.scopes.iter().map(|((at, kind), scope)| (at, Some((kind, scope))));
        let mut parts: Vec<_> = scopes.chain(self.same.keys().map(|at| (at, None))).collect();
        parts.sort_by_key(|(at, scope)| (split(at), scope.map(|(kind, _)| *kind)));
        for (at, scope) in parts {
            let (root, pointer) = split(at);
            if section != Some(root) {
                section = Some(root);
                let _ = write!(text, "\n[{}]", Token(root));
            }
            if place != Some(at) {
                place = Some(at);
                let _ = write!(text, "\n{}", Token(if pointer.is_empty() { ROOT } else { pointer }));
            }
            match (scope, self.same.get(at)) {
                (Some((kind, scope)), _) => write_scope(&mut text, *kind, scope),
                (None, other) => {
                    let _ = write!(text, " {SAME}: {}", Token(other.map_or("", String::as_str)));
                }
            }
        }
        text.push('\n');
        text.split_off(1)
    }

    /// Takes one line of such a text, in the section that the last line with a name in brackets began. Returns `None` if
    /// the line is damaged.
    pub(crate) fn take_line(&mut self, section: &mut String, line: &str) -> Option<()> {
        if let Some(name) = line.strip_prefix('[') {
            let (name, rest) = token(name)?;
            *section = name;
            return (rest == "]").then_some(());
        }
        let (pointer, mut rest) = token(line)?;
        let place = if pointer == ROOT { section.clone() } else { format!("{section}{pointer}") };
        while !rest.is_empty() {
            let (word, names) = rest.strip_prefix(' ')?.split_once(':')?;
            rest = if word == SAME {
                let (other, rest) = token(names.strip_prefix(' ')?)?;
                self.insert_same(&place, &other);
                rest
            } else {
                let (scope, rest) = read_scope(names)?;
                self.insert(ScopeKind::from_word(word)?, &place, scope);
                rest
            };
        }
        Some(())
    }
}

/// The pointer of a root.
const ROOT: &str = ".";

/// A place in two parts: the section, and the rest.
fn split(place: &str) -> (&str, &str) {
    place.split_at(place.len() - crate::place::pointer(place).len())
}

fn write_scope(text: &mut String, kind: ScopeKind, scope: &Scope) {
    let _ = write!(text, " {}:", kind.word());
    for (name, key) in scope {
        text.push(' ');
        text.push_str(name);
        if name != key {
            let _ = write!(text, "={}", Token(key));
        }
    }
}

/// The names of a scope, up to the word that begins the next one.
fn read_scope(mut text: &str) -> Option<(Scope, &str)> {
    let mut scope = Scope::new();
    while let Some(pair) = text.strip_prefix(' ') {
        let (name, after) = token(pair)?;
        if after.starts_with(':') {
            break;
        }
        if !Ident::is_valid(&name) {
            return None;
        }
        let (key, after) = match after.strip_prefix('=') {
            Some(key) => token(key)?,
            None => (name.clone(), after),
        };
        scope.insert(name, key);
        text = after;
    }
    Some((scope, text))
}

/// A text as it stands in a line: plain, or as a JSON string.
struct Token<'a>(&'a str);

fn is_plain(c: char) -> bool {
    c.is_ascii_alphanumeric() || matches!(c, '_' | '.' | '$' | '/' | '~' | '*' | '+' | '-')
}

impl std::fmt::Display for Token<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        if !self.0.is_empty() && self.0.chars().all(is_plain) {
            f.write_str(self.0)
        } else {
            write!(f, "{}", serde_json::Value::from(self.0))
        }
    }
}

/// The text at the start of a line, and the rest.
fn token(line: &str) -> Option<(String, &str)> {
    if line.starts_with('"') {
        let mut texts = serde_json::Deserializer::from_str(line).into_iter::<String>();
        let text = texts.next()?.ok()?;
        return Some((text, &line[texts.byte_offset()..]));
    }
    let end = line.find(|c| !is_plain(c)).unwrap_or(line.len());
    (end > 0).then(|| (line[..end].to_owned(), &line[end..]))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn scope(pairs: &[(&str, &str)]) -> Scope {
        pairs.iter().map(|&(name, key)| (name.to_owned(), key.to_owned())).collect()
    }

    fn names() -> Names {
        let mut names = Names::default();
        names.insert(ScopeKind::Fields, "a.b/v1/spec", scope(&[("engine", "engine"), ("storage_size", "storageSize")]));
        names.insert(ScopeKind::Types, "a.b/v1/spec", scope(&[("Engine", "engine")]));
        names.insert(ScopeKind::Groups, "all", scope(&[("a_b", "a.b")]));
        names.insert(ScopeKind::Variants, "a.b/v1/x y", scope(&[("Empty", ""), ("Quote", "\"=\n")]));
        names.insert_same("a.b/v2/spec", "a.b/v1/spec");
        names
    }

    #[test]
    fn names_come_back_from_their_text() {
        let names = names();
        let text = names.to_text();
        assert_eq!(
            text,
            "[a.b/v1]\n/spec fields: engine storage_size=storageSize types: Engine=engine\n\
             \"/x y\" variants: Empty=\"\" Quote=\"\\\"=\\n\"\n[a.b/v2]\n/spec same: a.b/v1/spec\n[all]\n. groups: a_b=a.b\n"
        );
        let (mut back, mut section) = (Names::default(), String::new());
        assert!(text.lines().all(|line| back.take_line(&mut section, line).is_some()));
        assert_eq!(back, names);
    }

    #[test]
    fn a_shared_place_has_the_names_of_the_other() {
        let names = names();
        assert_eq!(names.scope(ScopeKind::Fields, "a.b/v2/spec"), names.scope(ScopeKind::Fields, "a.b/v1/spec"));
        assert_eq!(names.scope(ScopeKind::Fields, "a.b/v2/spec/deeper"), None);
    }

    #[test]
    fn a_line_that_is_none_is_not_taken() {
        let lines = [
            "",
            "/a fields",
            "/a colours: b",
            "/a fields: b=",
            "/a same:",
            "/a fields: b c=\"d",
            "/a fields: b-c",
            "[a",
            "[a]b",
        ];
        for line in lines {
            assert_eq!(Names::default().take_line(&mut String::new(), line), None, "{line:?}");
        }
    }
}
