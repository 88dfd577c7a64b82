//! What the names of a module stand for, in words that are equal only if the names stand for the same.
//!
//! A module below a kind is about one struct, its owner, and a type in it is the type of that property of the owner which
//! has a field of this type. So what a name stands for is written relative to its module, and what the module stands for is
//! written where it is declared: together they lead to one property of one version of one kind, whatever is shared with what.

use std::collections::BTreeSet;

use super::{
    file::{Item, What},
    path::Mentions,
    table::{Key, Table},
    tree::{Entity, Tree},
};

/// What the name of the struct stands for that a module is about.
const OWNER: &str = "the type that the module is about";

impl Tree {
    /// What the item stands for in the module in which it stands.
    pub(crate) fn meaning(&self, module: usize, item: &Item) -> String {
        let Some(entity) = self.lookup(module, &item.name) else { return "nothing that can be found".to_owned() };
        match (&self.module(module).owner, entity) {
            (Some(owner), _) if self.is_renamed(module, owner) => self.renamed(module, owner, item),
            (Some(owner), Entity::Module(target)) => self.module_below_kind(module, owner, item, target),
            (Some(owner), Entity::Item(home, index)) => self.type_below_kind(module, owner, item, (home, index)),
            (None, Entity::Module(target)) => self.about(target),
            (None, Entity::Item(home, index)) => self.item_above_kinds(module, item, (home, index)),
        }
    }

    /// What an accessor returns: a kind's client, or all clients of a version.
    pub(crate) fn accessor(&self, module: usize, mentions: &Mentions) -> String {
        self.described(module, mentions)
    }

    /// The resource, the version, the group or whatever else a module is about.
    pub(crate) fn about(&self, module: usize) -> String {
        match self.module(module).path.len() {
            _ if self.module(module).owner.is_some() => self.kind(module).unwrap_or_else(|| "a property".to_owned()),
            0 => "everything".to_owned(),
            length => {
                let parts: BTreeSet<String> = self.resources(module).iter().map(|table| part(table, length)).collect();
                match (parts.len(), self.parent(module)) {
                    (0, Some(parent)) => format!("what is more about {}", self.about(parent)),
                    _ => parts.into_iter().collect::<Vec<_>>().join(" and "),
                }
            }
        }
    }

    /// The keys of the owner's fields that have the type of that name.
    pub(crate) fn keys(&self, module: usize, owner: &str, ty: &str) -> BTreeSet<&Key> {
        let file = &self.module(module).file;
        let fields = match file.item(owner).map(|index| &file.items[index].what) {
            Some(What::Struct(fields)) => fields.as_slice(),
            _ => &[],
        };
        let table = file.tables.get(owner);
        let mention = |path: &Vec<String>| matches!(path.as_slice(), [name] if name == ty);
        let of_type = fields.iter().filter(|(_, mentions)| mentions.iter().any(mention));
        of_type.filter_map(|(field, _)| table?.key(field)).collect()
    }

    /// Whether the struct that the module is about is defined elsewhere: then all that is here is re-exported from there.
    fn is_renamed(&self, module: usize, owner: &str) -> bool {
        let file = &self.module(module).file;
        file.item(owner).is_some_and(|index| matches!(file.items[index].what, What::Use(..)))
    }

    fn renamed(&self, module: usize, owner: &str, item: &Item) -> String {
        if item.name == owner {
            return OWNER.to_owned();
        }
        let lost = || "nothing that can be found".to_owned();
        let What::Use(path, _) = &item.what else { return lost() };
        let Some((name, way)) = path.split_last() else { return lost() };
        let Some(Entity::Module(source)) = self.resolve(module, way) else { return lost() };
        let other = self.module(source).owner.as_ref().and_then(|owner| self.lookup(source, owner));
        let file = &self.module(source).file;
        match file.item(name) {
            Some(index) if other == self.lookup(module, owner) => self.meaning(source, &file.items[index]),
            _ => lost(),
        }
    }

    fn type_below_kind(&self, module: usize, owner: &str, item: &Item, (home, index): (usize, usize)) -> String {
        if item.name == owner {
            return OWNER.to_owned();
        }
        if let What::Alias(mentions) = &self.item(home, index).what {
            return self.described(home, mentions);
        }
        match told(&self.keys(module, owner, &item.name)) {
            Some(keys) => format!("the type of {keys}"),
            None => "a type that nothing has".to_owned(),
        }
    }

    /// The properties of the owner whose type is in the module. Where another property has the same type, the one that is
    /// re-exported in the same statement is meant.
    fn module_below_kind(&self, module: usize, owner: &str, item: &Item, target: usize) -> String {
        let Some(inner) = &self.module(target).owner else { return self.about(target) };
        let Some(Entity::Item(home, index)) = self.lookup(target, inner) else { return self.about(target) };
        let items = &self.module(module).file.items;
        let same_type =
            items.iter().filter(|other| self.lookup(module, &other.name) == Some(Entity::Item(home, index)));
        let (near, far): (Vec<&Item>, Vec<&Item>) = same_type.partition(|other| belong_together(item, other));
        let types = if near.is_empty() { far } else { near };
        let keys = types.iter().flat_map(|ty| self.keys(module, owner, &ty.name)).collect();
        match told(&keys) {
            Some(keys) => format!("the module of {keys}"),
            None => "a module that no property has".to_owned(),
        }
    }

    fn item_above_kinds(&self, module: usize, item: &Item, (home, index): (usize, usize)) -> String {
        match (&item.what, &self.item(home, index).what) {
            (What::Use(path, _), _) => match path.split_last() {
                Some((name, way)) => self.exported(module, way, name),
                None => "nothing".to_owned(),
            },
            (_, What::Alias(mentions)) => self.described(home, mentions),
            _ => format!("{} of {}", item.name, self.about(module)),
        }
    }

    /// What a name stands for in the module from which it is re-exported.
    fn exported(&self, module: usize, way: &[String], name: &str) -> String {
        let Some(Entity::Module(source)) = self.resolve(module, way) else {
            return "nothing that can be found".to_owned();
        };
        let file = &self.module(source).file;
        match file.item(name) {
            Some(index) => format!("{} in {}", self.meaning(source, &file.items[index]), self.about(source)),
            None => "nothing that can be found".to_owned(),
        }
    }

    /// The paths in a type, where types of the output are written as what they stand for.
    fn described(&self, module: usize, mentions: &Mentions) -> String {
        let parts: Vec<String> = mentions
            .iter()
            .map(|path| match self.resolve(module, path) {
                Some(Entity::Item(home, index)) => match &self.item(home, index).what {
                    What::Alias(mentions) => self.described(home, mentions),
                    _ => format!("{} of {}", self.short(home, index), self.about(home)),
                },
                Some(Entity::Module(target)) => self.about(target),
                None => path.join("::"),
            })
            .collect();
        parts.join(" of ")
    }

    fn short(&self, module: usize, index: usize) -> &str {
        let item = self.item(module, index);
        if self.module(module).owner.as_ref() == Some(&item.name) { "the owner" } else { &item.name }
    }

    /// The kind whose module this is.
    fn kind(&self, module: usize) -> Option<String> {
        let file = &self.module(module).file;
        file.tables.values().find(|table| table.at.is_none()).map(|table| part(table, 3))
    }

    /// The tables of the resources at and below a module above the kinds.
    fn resources(&self, module: usize) -> Vec<&Table> {
        let own = self.module(module).file.tables.values().filter(|table| table.at.is_none());
        let below = self.children(module).filter(|child| self.module(*child).path.len() <= 3);
        own.chain(below.flat_map(|child| self.resources(child))).collect()
    }
}

/// What a module at that depth is about: a group, a version of it, or a kind.
fn part(table: &Table, depth: usize) -> String {
    let text = |name: &str| table.header.get(name).map_or("", String::as_str);
    let (group, version) = (text("group"), text("version"));
    match depth {
        1 => format!("group {group}"),
        2 => format!("version {group}/{version}"),
        _ => format!("kind {} ({}) of {group}/{version}", text("kind"), text("plural")),
    }
}

/// A type and a module that are re-exported together: `pub use a::{B as C, b as c};`, or `pub mod c; pub use self::c::C;`.
fn belong_together(module: &Item, ty: &Item) -> bool {
    match (&module.what, &ty.what) {
        (What::Use(_, one), What::Use(_, other)) => one == other,
        (What::Module, What::Use(path, _)) => path.len() == 3 && path[0] == "self" && path[1] == module.name,
        _ => false,
    }
}

fn told(keys: &BTreeSet<&Key>) -> Option<String> {
    let words: Vec<String> = keys.iter().map(ToString::to_string).collect();
    (!words.is_empty()).then(|| words.join(" and "))
}
