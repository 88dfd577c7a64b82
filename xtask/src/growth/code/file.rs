//! One file: its items and its tables, before any path in it is followed.

use std::collections::BTreeMap;

use syn::{ItemMacro, ItemStruct, UseTree, Visibility, ext::IdentExt};

use super::{
    duplicate,
    path::{self, Mentions},
    table::Table,
};

/// What one file says.
#[derive(Debug, Default)]
pub(crate) struct File {
    /// Its items, in their order.
    pub(crate) items: Vec<Item>,
    /// Its tables, by their types.
    pub(crate) tables: BTreeMap<String, Table>,
    /// What is wrong in it whatever is in other files: a repeated name, a table that does not fit its type.
    pub(crate) faults: Vec<String>,
    /// The first item of each name.
    names: BTreeMap<String, usize>,
}

/// Something with a name.
#[derive(Debug, PartialEq)]
pub(crate) struct Item {
    /// The name, without `r#`.
    pub(crate) name: String,
    /// Whether it is `pub`.
    pub(crate) public: bool,
    /// What it is.
    pub(crate) what: What,
}

/// What an item is.
#[derive(Debug, PartialEq)]
pub(crate) enum What {
    /// `mod name;`
    Module,
    /// `use path as name;`, one of the names of the use statement with that number.
    Use(Vec<String>, usize),
    /// A struct: its fields with the paths in their types.
    Struct(Vec<(String, Mentions)>),
    /// An enum: its variants.
    Enum(Vec<String>),
    /// A type alias: the paths in its type.
    Alias(Mentions),
    /// What `clients!` or `informers!` makes: its methods with the paths in the types that they return.
    Accessors(Vec<(String, Mentions)>),
}

impl File {
    /// Reads the text of a file.
    pub(crate) fn parse(text: &str) -> syn::Result<Self> {
        let mut file = Self::default();
        let taken = syn::parse_file(text).and_then(|parsed| file.take(parsed.items));
        // Positions would keep every text that was ever read in memory.
        proc_macro2::extra::invalidate_current_thread_spans();
        taken?;
        for (index, item) in file.items.iter().enumerate() {
            file.names.entry(item.name.clone()).or_insert(index);
        }
        file.faults.extend(duplicate::faults(&file));
        Ok(file)
    }

    /// The item of that name.
    pub(crate) fn item(&self, name: &str) -> Option<usize> {
        self.names.get(name).copied()
    }

    fn take(&mut self, items: Vec<syn::Item>) -> syn::Result<()> {
        for (number, item) in items.into_iter().enumerate() {
            match item {
                syn::Item::Mod(module) => self.push(&module.ident, &module.vis, What::Module),
                syn::Item::Use(statement) => self.take_use(&mut Vec::new(), &statement.tree, &statement.vis, number),
                syn::Item::Struct(item) => {
                    let fields = fields(&item);
                    self.push(&item.ident, &item.vis, What::Struct(fields));
                }
                syn::Item::Enum(item) => {
                    let variants = item.variants.iter().map(|variant| variant.ident.unraw().to_string()).collect();
                    self.push(&item.ident, &item.vis, What::Enum(variants));
                }
                syn::Item::Type(item) => self.push(&item.ident, &item.vis, What::Alias(path::mentions(&item.ty))),
                syn::Item::Macro(call) => self.take_call(call)?,
                _ => self.faults.push("an item of a kind that is not known here".to_owned()),
            }
        }
        Ok(())
    }

    fn push(&mut self, name: &syn::Ident, visibility: &Visibility, what: What) {
        let public = matches!(visibility, Visibility::Public(_));
        self.items.push(Item { name: name.unraw().to_string(), public, what });
    }

    fn take_use(&mut self, way: &mut Vec<String>, tree: &UseTree, visibility: &Visibility, number: usize) {
        let target = |way: &[String], name: &syn::Ident| [way, &[name.unraw().to_string()]].concat();
        match tree {
            UseTree::Path(path) => {
                way.push(path.ident.unraw().to_string());
                self.take_use(way, &path.tree, visibility, number);
                way.pop();
            }
            UseTree::Name(name) => {
                self.push(&name.ident, visibility, What::Use(target(way, &name.ident), number));
            }
            UseTree::Rename(rename) => {
                self.push(&rename.rename, visibility, What::Use(target(way, &rename.ident), number));
            }
            UseTree::Group(group) => {
                for tree in &group.items {
                    self.take_use(way, tree, visibility, number);
                }
            }
            UseTree::Glob(_) => self.faults.push(format!("`use {}::*` hides what it names", way.join("::"))),
        }
    }

    /// The runtime's macros are known by their last segment.
    fn take_call(&mut self, call: ItemMacro) -> syn::Result<()> {
        let name = path::segments(&call.mac.path).pop().unwrap_or_default();
        let tokens = call.mac.tokens;
        let table = match name.as_str() {
            "modules" => return self.take(syn::parse2::<syn::File>(tokens)?.items),
            "clients" | "informers" => {
                let item: ItemStruct = syn::parse2(tokens)?;
                let methods = fields(&item);
                self.push(&item.ident, &item.vis, What::Accessors(methods));
                return Ok(());
            }
            "condition" => return Ok(()),
            "object" => Table::object(tokens)?,
            "resource" => Table::resource(tokens)?,
            "string_enum" => Table::string_enum(tokens)?,
            _ => {
                self.faults.push(format!("a macro that is not known here: `{name}!`"));
                return Ok(());
            }
        };
        let ty = table.ty.clone();
        if self.tables.insert(ty.clone(), table).is_some() {
            self.faults.push(format!("`{ty}` has two tables"));
        }
        Ok(())
    }
}

fn fields(item: &ItemStruct) -> Vec<(String, Mentions)> {
    let named = item.fields.iter().filter_map(|field| Some((field.ident.as_ref()?, &field.ty)));
    named.map(|(name, ty)| (name.unraw().to_string(), path::mentions(ty))).collect()
}
