//! Where the tables say that types were found: it must be the way on which the fields lead to them.

use super::{
    file::{Item, What},
    table::{Key, Table},
    tree::{Entity, Tree},
};

impl Tree {
    /// Types whose tables name another place than the one at which the type is.
    pub(crate) fn misplaced(&self) -> Vec<String> {
        let mut faults = Vec::new();
        for module in self.modules() {
            let Some(owner) = &self.module(module).owner else { continue };
            let Some(above) = self.module(module).file.tables.get(owner) else { continue };
            for item in &self.module(module).file.items {
                if let Some((home, table)) = self.own_type(module, owner, item)
                    && !self.fits(module, (owner, above), item, (home, table))
                {
                    let path = self.module(module).path.join("::");
                    faults.push(format!("{path}::{}: the table names {:?}", item.name, table.at));
                }
            }
        }
        faults
    }

    /// The table of a type of the owner's properties that is defined here, or in a module of its own below, and not shared
    /// from elsewhere.
    fn own_type(&self, module: usize, owner: &str, item: &Item) -> Option<(usize, &Table)> {
        let home = match &item.what {
            What::Struct(_) | What::Enum(_) if item.name != owner => module,
            What::Use(path, _) => match (path.as_slice(), self.resolve(module, path)?) {
                ([first, child, _], Entity::Item(home, _))
                    if first == "self" && self.lookup(module, child) == Some(Entity::Module(home)) =>
                {
                    home
                }
                _ => return None,
            },
            _ => return None,
        };
        self.module(home).file.tables.get(&item.name).map(|table| (home, table))
    }

    /// Whether the place of a type is that of the owner, with the property, and what holds many of them.
    fn fits(&self, module: usize, (owner, above): (&str, &Table), item: &Item, (home, table): (usize, &Table)) -> bool {
        let Some((root, pointer)) = &table.at else { return false };
        let (root_above, base) = match &above.at {
            Some((root, pointer)) => (self.resolve(module, root), pointer.as_str()),
            None => (self.lookup(module, owner), ""),
        };
        if root_above.is_none() || self.resolve(home, root) != root_above {
            return false;
        }
        let Some(mut rest) = pointer.strip_prefix(base).and_then(|rest| rest.strip_prefix('/')) else { return false };
        while let Some(shorter) = rest.strip_suffix("/*") {
            rest = shorter;
        }
        self.keys(module, owner, &item.name).iter().any(|key| match key {
            Key::Text(key) => escaped(key) == rest,
            Key::Unknown => false,
        })
    }
}

/// A key as a step of a pointer.
fn escaped(key: &str) -> String {
    if key == "*" { "~2".to_owned() } else { key.replace('~', "~0").replace('/', "~1") }
}
