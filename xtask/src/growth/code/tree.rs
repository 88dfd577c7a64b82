//! The modules of an output, and what a path in one of them leads to.
//!
//! In: files. Out: a [`Tree`] in which re-exports can be followed. It is the compiler's name resolution for what generated
//! code needs: modules, `use` without globs, `self` and `super`.

use std::{collections::BTreeMap, sync::Arc};

use super::file::{File, Item, What};

/// How many re-exports and modules a path may lead through; a circle of re-exports ends here.
const LONGEST: usize = 200;

/// The modules of an output.
#[derive(Debug)]
pub(crate) struct Tree {
    /// The root first, parents before children.
    modules: Vec<Module>,
    /// What is wrong with the modules and their files.
    faults: Vec<String>,
}

/// One module.
#[derive(Debug)]
pub(crate) struct Module {
    /// Its path below the root.
    pub(crate) path: Vec<String>,
    /// What its file says.
    pub(crate) file: Arc<File>,
    /// The struct that it is about: a kind, or the type of a property whose own properties have types here. Modules
    /// above the kinds have none.
    pub(crate) owner: Option<String>,
    parent: Option<usize>,
    children: BTreeMap<String, usize>,
}

/// What a name leads to.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) enum Entity {
    /// A module.
    Module(usize),
    /// An item of a module, by their numbers.
    Item(usize, usize),
}

impl Tree {
    /// Puts files (by their paths below the output folder) together, from `mod.rs` downwards.
    pub(crate) fn new(files: &BTreeMap<String, Arc<File>>) -> Self {
        let mut tree = Self { modules: Vec::new(), faults: Vec::new() };
        let by_module: BTreeMap<&str, (&str, &Arc<File>)> =
            files.iter().map(|(path, file)| (module_of(path), (path.as_str(), file))).collect();
        tree.add(None, Vec::new(), &by_module);
        let mut next = 0;
        while next < tree.modules.len() {
            let file = Arc::clone(&tree.modules[next].file);
            for item in file.items.iter().filter(|item| item.what == What::Module) {
                let path = [tree.modules[next].path.as_slice(), std::slice::from_ref(&item.name)].concat();
                tree.add(Some(next), path, &by_module);
            }
            next += 1;
        }
        for module in 0..tree.modules.len() {
            tree.modules[module].owner = tree.owner(module);
        }
        if tree.modules.len() < files.len() {
            let lost =
                by_module.iter().filter(|(path, _)| !tree.modules.iter().any(|module| module.path.join("/") == **path));
            let lost: Vec<String> = lost.map(|(_, (path, _))| format!("{path} belongs to no module")).collect();
            tree.faults.extend(lost);
        }
        tree
    }

    /// The number of the root module.
    pub(crate) const ROOT: usize = 0;

    /// The module of that number.
    pub(crate) fn module(&self, module: usize) -> &Module {
        &self.modules[module]
    }

    /// All modules.
    pub(crate) fn modules(&self) -> impl Iterator<Item = usize> + use<> {
        0..self.modules.len()
    }

    /// The modules that are declared in a module.
    pub(crate) fn children(&self, module: usize) -> impl Iterator<Item = usize> + '_ {
        self.modules[module].children.values().copied()
    }

    /// The module around a module.
    pub(crate) fn parent(&self, module: usize) -> Option<usize> {
        self.modules[module].parent
    }

    /// What is wrong in a file, or with the files together.
    pub(crate) fn faults(&self) -> impl Iterator<Item = String> + '_ {
        let in_files = self.modules.iter().flat_map(|module| {
            let place = if module.path.is_empty() { "the root".to_owned() } else { module.path.join("::") };
            module.file.faults.iter().map(move |fault| format!("{place}: {fault}"))
        });
        self.faults.iter().cloned().chain(in_files)
    }

    /// The item of an [`Entity::Item`].
    pub(crate) fn item(&self, module: usize, item: usize) -> &Item {
        &self.modules[module].file.items[item]
    }

    /// What a name in a module leads to; none if it is not there, or leads to another crate.
    pub(crate) fn lookup(&self, module: usize, name: &str) -> Option<Entity> {
        self.lookup_within(module, name, &mut LONGEST.clone())
    }

    /// What a path in a module leads to.
    pub(crate) fn resolve(&self, module: usize, path: &[String]) -> Option<Entity> {
        self.resolve_within(module, path, &mut LONGEST.clone())
    }

    fn lookup_within(&self, module: usize, name: &str, steps: &mut usize) -> Option<Entity> {
        *steps = steps.checked_sub(1)?;
        let found = &self.modules[module];
        let index = found.file.item(name)?;
        match &found.file.items[index].what {
            What::Module => found.children.get(name).copied().map(Entity::Module),
            What::Use(path, _) => self.resolve_within(module, path, steps),
            _ => Some(Entity::Item(module, index)),
        }
    }

    fn resolve_within(&self, module: usize, path: &[String], steps: &mut usize) -> Option<Entity> {
        let mut at = Entity::Module(module);
        for name in path {
            let Entity::Module(module) = at else { return None };
            at = match name.as_str() {
                "self" => at,
                "super" => Entity::Module(self.modules[module].parent?),
                name => self.lookup_within(module, name, steps)?,
            };
        }
        Some(at)
    }

    fn add(&mut self, parent: Option<usize>, path: Vec<String>, files: &BTreeMap<&str, (&str, &Arc<File>)>) {
        let Some((_, file)) = files.get(path.join("/").as_str()) else {
            self.faults.push(format!("the module `{}` has no file", path.join("::")));
            return;
        };
        let number = self.modules.len();
        if let (Some(parent), Some(name)) = (parent, path.last()) {
            self.modules[parent].children.insert(name.clone(), number);
        }
        self.modules.push(Module { path, file: Arc::clone(file), owner: None, parent, children: BTreeMap::new() });
    }

    /// A module that has a kind is about that; below, it is about the struct that its parent re-exports from it, which may
    /// be defined in yet another module.
    fn owner(&self, module: usize) -> Option<String> {
        if let Some(ty) = resource_of(&self.modules[module].file) {
            return Some(ty.to_owned());
        }
        let parent = &self.modules[self.modules[module].parent?];
        parent.owner.as_ref()?;
        let name = self.modules[module].path.last()?;
        let exported = parent.file.items.iter().filter_map(|item| match &item.what {
            What::Use(path, _) => match path.as_slice() {
                [first, second, ty] if first == "self" && second == name => Some(ty),
                _ => None,
            },
            _ => None,
        });
        let mut structs = exported.filter(|ty| self.is_struct(module, ty));
        structs.next().cloned()
    }

    fn is_struct(&self, module: usize, ty: &str) -> bool {
        match self.lookup(module, ty) {
            Some(Entity::Item(home, index)) => matches!(self.item(home, index).what, What::Struct(_)),
            _ => false,
        }
    }
}

fn resource_of(file: &File) -> Option<&str> {
    file.tables.values().find(|table| table.at.is_none()).map(|table| table.ty.as_str())
}

/// The path of a file's module, with slashes.
fn module_of(path: &str) -> &str {
    let stem = path.strip_suffix(".rs").unwrap_or(path);
    stem.strip_suffix("/mod").unwrap_or(if stem == "mod" { "" } else { stem })
}
