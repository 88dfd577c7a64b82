//! What one file must hold by itself: no name twice in a scope, and for each type a table with just its members.

use std::collections::BTreeSet;

use super::file::{File, Item, What};

/// What is wrong.
pub(super) fn faults(file: &File) -> Vec<String> {
    let mut faults = Vec::new();
    twice(file.items.iter().map(|item| &item.name), "the module", &mut faults);
    for item in &file.items {
        match &item.what {
            What::Struct(fields) => {
                let fields: Vec<&String> = fields.iter().map(|(name, _)| name).collect();
                twice(fields.iter().copied(), &format!("`{}`", item.name), &mut faults);
                faults.extend(unlike_table(file, item, &fields));
            }
            What::Enum(variants) => {
                twice(variants.iter(), &format!("`{}`", item.name), &mut faults);
                let listed: Vec<&String> = variants.iter().filter(|name| *name != UNRECOGNIZED).collect();
                faults.extend(unlike_table(file, item, &listed));
            }
            What::Accessors(methods) => {
                twice(methods.iter().map(|(name, _)| name), &format!("`{}`", item.name), &mut faults);
            }
            What::Module | What::Use(..) | What::Alias(_) => {}
        }
    }
    faults
}

/// The variant that holds what the schema does not list.
const UNRECOGNIZED: &str = "Unrecognized";

fn twice<'f>(names: impl Iterator<Item = &'f String>, scope: &str, faults: &mut Vec<String>) {
    let mut seen = BTreeSet::new();
    for name in names {
        if !seen.insert(name) {
            faults.push(format!("`{name}` is defined twice in {scope}"));
        }
    }
}

fn unlike_table(file: &File, item: &Item, members: &[&String]) -> Option<String> {
    let Some(table) = file.tables.get(&item.name) else { return Some(format!("`{}` has no table", item.name)) };
    let rows: Vec<&String> = table.rows.iter().map(|(name, _)| name).collect();
    let keys: BTreeSet<_> = table.rows.iter().map(|(_, key)| key).collect();
    if rows != members {
        return Some(format!("`{}` and its table have different members", item.name));
    }
    (keys.len() < rows.len()).then(|| format!("the table of `{}` has a key twice", item.name))
}
