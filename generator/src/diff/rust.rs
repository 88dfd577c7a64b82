//! What a change of a CRD does to the names in generated Rust.
//!
//! In: a definition before and after, and what else is known about the change. Out: findings about names that are gone, and
//! about those that stand for something else if all names are given anew, as build scripts do.
//!
//! Code that uses a name that is gone does not compile, so nothing happens unseen: that is compatible. Code that uses a
//! name that stands for something else may compile, and do the wrong thing.

use std::collections::BTreeSet;

use crdgen_schema::{
    compatibility::{Change, Code, Finding, Place, Subject, Verdict},
    definition::Definition,
    schema::Schema,
};

use crate::{
    generate::{self, Input},
    naming::{Names, ScopeKind},
    options::Options,
    place,
};

/// Findings about names. Those that follow from `known` findings about the same place are left out.
pub(super) fn compare(old: &Definition, new: &Definition, known: &[Finding]) -> Vec<Finding> {
    let before = names(old, Names::default());
    let (kept, anew) = (names(new, before.clone()), names(new, Names::default()));
    let told: BTreeSet<(&str, &str)> = known
        .iter()
        .filter(|finding| finding.affects.generated_code)
        .map(|finding| (finding.version.as_deref().unwrap_or_default(), finding.path.as_str()))
        .collect();
    let mut findings = Vec::new();
    for (kind, at, scope) in before.scopes() {
        // Code does not name the files of definitions.
        if kind == ScopeKind::Documents {
            continue;
        }
        for (name, key) in scope {
            let subject = Given { kind, at, name, key };
            let stands_for = |names: &Names| names.scope(kind, at).and_then(|scope| scope.get(name)).cloned();
            let finding = match (stands_for(&kept), stands_for(&anew)) {
                (None, _) => Some(subject.removed(constructor(&kept, kind, at))),
                (Some(_), Some(other)) if subject.may_go_unseen(&other) => Some(subject.changed(&other)),
                _ => None,
            };
            let Some(mut finding) = finding else { continue };
            let sides = [old, new].map(|definition| located(definition, &subject.place()));
            finding.path = sides[0].path.clone();
            finding.version = sides[0].version.clone();
            if finding.code.change == Change::Removed && is_told(&told, &finding) {
                continue;
            }
            let [before, after] = sides;
            (finding.old, finding.new) = (before.place, after.place);
            findings.push(finding);
        }
    }
    findings
}

/// All names of the code for one definition, over the names of before.
fn names(definition: &Definition, names: Names) -> Names {
    let definitions = std::slice::from_ref(definition);
    let input = Input { definitions, names, remembers_names: true, ..Input::default() };
    generate::generate(&input, &Options::default()).tree.names
}

/// A name in the old code.
#[derive(Clone, Copy)]
struct Given<'n> {
    kind: ScopeKind,
    /// The place of its scope.
    at: &'n str,
    name: &'n str,
    /// What it stands for.
    key: &'n str,
}

impl Given<'_> {
    /// Whether code that means what the name stood for may compile if it stands for something else. It does not if that
    /// takes more parameters, or fewer.
    fn may_go_unseen(&self, other: &str) -> bool {
        let parameters = |keys: &str| keys.matches('/').count();
        let is_called_alike = self.kind != ScopeKind::Constructor || parameters(self.key) == parameters(other);
        self.key != other && is_called_alike
    }

    fn removed(&self, constructor: Option<String>) -> Finding {
        let code = Code { subject: Subject::RustName, change: Change::Removed };
        let mut finding = Finding::new(code, Verdict::Compatible, format!("{} is gone", self.described(self.key)));
        finding.affects.generated_code = true;
        finding.note = constructor;
        finding
    }

    fn changed(&self, other: &str) -> Finding {
        let code = Code { subject: Subject::RustName, change: Change::Changed };
        let message =
            format!("{} stands for {} if names are given anew", self.described(self.key), said(self.kind, other));
        let mut finding = Finding::new(code, Verdict::NeedsMigration, message);
        finding.affects.generated_code = true;
        let note =
            "over an output that is kept, the name keeps its meaning; for a build script, set a name in crdgen.toml";
        finding.note = Some(note.to_owned());
        finding
    }

    /// "the field `foo_bar`, which stood for "fooBar","
    fn described(&self, key: &str) -> String {
        let Self { kind, name, .. } = self;
        format!("the {} `{name}`, which stood for {},", kind.noun(), said(*kind, key))
    }

    /// The place of what the name stands for.
    fn place(&self) -> String {
        match self.kind {
            ScopeKind::Fields | ScopeKind::Types | ScopeKind::Modules => place::child(self.at, self.key),
            _ => self.at.to_owned(),
        }
    }
}

/// What a name stands for, for people.
fn said(kind: ScopeKind, key: &str) -> String {
    match kind {
        ScopeKind::Unknown => "all other properties".to_owned(),
        ScopeKind::Constructor => match keys(key) {
            keys if keys.is_empty() => "no parameters".to_owned(),
            keys => format!("the parameters {keys}"),
        },
        _ => format!("{key:?}"),
    }
}

/// The keys of a constructor's parameters.
fn keys(key: &str) -> String {
    let keys = key.split('/').skip(1).map(place::unescaped);
    keys.collect::<Vec<_>>().join(", ")
}

/// For a constructor that is gone: the one that there is now.
fn constructor(names: &Names, kind: ScopeKind, at: &str) -> Option<String> {
    let (name, key) = names.scope(kind, at).filter(|_| kind == ScopeKind::Constructor)?.first_key_value()?;
    Some(format!("there is `{name}` now, with {}", said(kind, key)))
}

/// Whether the place, or one around it, has a finding that says that generated code changes.
fn is_told(told: &BTreeSet<(&str, &str)>, finding: &Finding) -> bool {
    let version = finding.version.as_deref().unwrap_or_default();
    let is_around = |path: &str| match finding.path.strip_prefix(path) {
        Some(rest) => path.is_empty() || rest.is_empty() || rest.starts_with(['.', '[']),
        None => false,
    };
    told.iter().any(|(of, path)| (*of == version || of.is_empty()) && is_around(path))
}

/// Where something is in a definition.
struct Located {
    version: Option<String>,
    /// As people write it: `spec.ports[*].name`.
    path: String,
    place: Place,
}

/// A place among names, without steps into arrays and maps, is found in the definition; or as much of it as is there.
fn located(definition: &Definition, at: &str) -> Located {
    let file = definition.source.file.clone();
    let mut position = definition.source.position;
    let of_crd = at.strip_prefix(definition.name.as_str()).and_then(|rest| rest.strip_prefix('/'));
    let Some(rest) = of_crd else {
        let version = at.strip_prefix(definition.group.as_str()).and_then(|rest| rest.strip_prefix('/'));
        return Located { version: version.map(str::to_owned), path: String::new(), place: Place { file, position } };
    };
    let mut keys = rest.split('/').map(place::unescaped);
    let name = keys.next().unwrap_or_default();
    let mut schema = definition.versions.iter().find(|version| version.name == name).map(|version| &version.schema);
    let mut path = String::new();
    for key in keys {
        while let Some(elements) = schema.filter(|schema| !schema.properties.contains_key(&key)).and_then(elements) {
            schema = Some(elements);
            path.push_str("[*]");
        }
        schema = schema.and_then(|schema| schema.properties.get(&key));
        position = schema.and_then(|schema| schema.at).or(position);
        path.extend([if path.is_empty() { "" } else { "." }, &key]);
    }
    Located { version: Some(name), path, place: Place { file, position } }
}

fn elements(schema: &Schema) -> Option<&Schema> {
    schema.items.as_deref().or_else(|| schema.additional_schema())
}
