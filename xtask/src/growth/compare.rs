//! Two outputs, one of them generated over the other: names that stand for something else than before.
//!
//! In: the [`Tree`]s of both. Out: [`Findings`]. Modules that have the same path are walked side by side, each pair once:
//! what their names stand for is written relative to the module, so a module that several places share need not be walked for
//! each of them.

use std::{
    collections::{BTreeMap, BTreeSet},
    fmt,
};

use super::code::{Constructor, Entity, Key, Mentions, Table, Tree, What};

/// What a comparison found.
#[derive(Debug, Default)]
pub(crate) struct Findings {
    /// How many names of the old output were looked at.
    pub(crate) names: usize,
    /// How many of them the new output does not have.
    pub(crate) gone: usize,
    /// Names that stand for something else.
    pub(crate) changed: Vec<Finding>,
}

/// A name that stands for something else than before.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Finding {
    /// What has the name.
    pub(crate) kind: Kind,
    /// The path from the root of the output, and the name.
    pub(crate) name: String,
    /// What it stood for.
    pub(crate) old: String,
    /// What it stands for.
    pub(crate) new: String,
}

/// What has a name.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Kind {
    /// A module or a type.
    Path,
    /// A field of a struct.
    Field,
    /// A variant of an enum.
    Variant,
    /// A method of clients or informers.
    Accessor,
    /// A constructor, whose arguments have no names where it is called.
    Argument,
    /// No name: something that is wrong in the new output whatever was before.
    Fault,
}

impl Kind {
    /// What it is about, in the plural.
    pub(crate) fn words(self) -> &'static str {
        match self {
            Self::Path => "modules and types",
            Self::Field => "fields",
            Self::Variant => "variants",
            Self::Accessor => "methods of clients and informers",
            Self::Argument => "constructors, calls of which would still compile",
            Self::Fault => "faults of the new output",
        }
    }
}

impl fmt::Display for Finding {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { kind, name, old, new } = self;
        match kind {
            Kind::Fault => f.write_str(new),
            _ => write!(f, "{name} stood for {old}, stands for {new}"),
        }
    }
}

/// Compares all public names of `old` with those of `new`.
pub(crate) fn compare(old: &Tree, new: &Tree) -> Findings {
    let mut walk = Walk { old, new, modules: BTreeSet::new(), types: BTreeSet::new(), findings: Findings::default() };
    for fault in new.faults().chain(new.misplaced()) {
        walk.change(Kind::Fault, "", "", &fault);
    }
    walk.modules((Tree::ROOT, Tree::ROOT), &mut Vec::new());
    walk.findings
}

struct Walk<'t> {
    old: &'t Tree,
    new: &'t Tree,
    /// Pairs of modules that were seen.
    modules: BTreeSet<(usize, usize)>,
    /// Pairs of types that were seen.
    types: BTreeSet<((usize, usize), (usize, usize))>,
    findings: Findings,
}

impl<'t> Walk<'t> {
    /// All public names of a module.
    fn modules(&mut self, (old, new): (usize, usize), path: &mut Vec<String>) {
        if !self.modules.insert((old, new)) {
            return;
        }
        for item in self.old.module(old).file.items.iter().filter(|item| item.public) {
            self.findings.names += 1;
            let file = &self.new.module(new).file;
            let Some(index) = file.item(&item.name).filter(|index| file.items[*index].public) else {
                self.findings.gone += 1;
                continue;
            };
            path.push(item.name.clone());
            let (before, after) = (self.old.meaning(old, item), self.new.meaning(new, &file.items[index]));
            if before == after {
                self.entities(self.old.lookup(old, &item.name), self.new.lookup(new, &item.name), path);
            } else {
                self.change(Kind::Path, &path.join("::"), &before, &after);
            }
            path.pop();
        }
    }

    /// What a name leads to on both sides.
    fn entities(&mut self, old: Option<Entity>, new: Option<Entity>, path: &mut Vec<String>) {
        match (old, new) {
            (Some(Entity::Module(old)), Some(Entity::Module(new))) => self.modules((old, new), path),
            (Some(Entity::Item(old, at)), Some(Entity::Item(new, other)))
                if self.types.insert(((old, at), (new, other))) =>
            {
                self.types((old, at), (new, other), &path.join("::"));
            }
            _ => {}
        }
    }

    /// The names in a type. A struct that has become an enum has none of its old ones.
    fn types(&mut self, old: (usize, usize), new: (usize, usize), path: &str) {
        let (before, after) = (self.old.item(old.0, old.1), self.new.item(new.0, new.1));
        let tables = || {
            let of = |tree: &'t Tree, module: usize, name: &str| tree.module(module).file.tables.get(name);
            of(self.old, old.0, &before.name).zip(of(self.new, new.0, &after.name))
        };
        match (&before.what, &after.what) {
            (What::Struct(_), What::Struct(_)) => {
                if let Some((before, after)) = tables() {
                    self.rows(Kind::Field, before, after, path);
                    self.arguments(before, after, path);
                }
            }
            (What::Enum(_), What::Enum(_)) => {
                if let Some((before, after)) = tables() {
                    self.rows(Kind::Variant, before, after, path);
                }
            }
            (What::Accessors(before), What::Accessors(after)) => self.accessors((old.0, before), (new.0, after), path),
            _ => {}
        }
    }

    fn rows(&mut self, kind: Kind, old: &Table, new: &Table, path: &str) {
        let after: BTreeMap<&str, &Key> = new.rows.iter().map(|(name, key)| (name.as_str(), key)).collect();
        for (name, key) in &old.rows {
            self.findings.names += 1;
            match after.get(name.as_str()) {
                None => self.findings.gone += 1,
                Some(other) if *other == key => {}
                Some(other) => {
                    self.change(kind, &format!("{path}::{name}"), &key.to_string(), &other.to_string());
                }
            }
        }
    }

    fn accessors(&mut self, old: (usize, &[(String, Mentions)]), new: (usize, &[(String, Mentions)]), path: &str) {
        for (name, mentions) in old.1 {
            self.findings.names += 1;
            let Some((_, others)) = new.1.iter().find(|(other, _)| other == name) else {
                self.findings.gone += 1;
                continue;
            };
            let (before, after) = (self.old.accessor(old.0, mentions), self.new.accessor(new.0, others));
            if before != after {
                self.change(Kind::Accessor, &format!("{path}::{name}"), &before, &after);
            }
        }
    }

    /// Arguments have no names where a constructor is called. A call that still compiles must fill the same properties.
    fn arguments(&mut self, old: &Table, new: &Table, path: &str) {
        let Some(constructor) = &old.constructor else { return };
        self.findings.names += 1;
        let Some(other) = new.constructor.as_ref().filter(|other| other.name == constructor.name) else {
            self.findings.gone += 1;
            return;
        };
        let types = |of: &Constructor| of.parameters.iter().map(|parameter| parameter.ty.clone()).collect::<Vec<_>>();
        let (before, after) = (keys(old, constructor), keys(new, other));
        if types(constructor) == types(other) && before != after {
            let name = format!("{path}::{}", constructor.name);
            self.change(Kind::Argument, &name, &before.join(", "), &after.join(", "));
        }
    }

    fn change(&mut self, kind: Kind, name: &str, old: &str, new: &str) {
        let [name, old, new] = [name, old, new].map(str::to_owned);
        self.findings.changed.push(Finding { kind, name, old, new });
    }
}

/// What the parameters of a constructor stand for.
fn keys(table: &Table, constructor: &Constructor) -> Vec<String> {
    let parameters = constructor.parameters.iter();
    parameters.map(|parameter| table.key(&parameter.field).map(ToString::to_string).unwrap_or_default()).collect()
}
