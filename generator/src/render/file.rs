//! One file: header, docs, imports, modules, re-exports, items and tables, in this order.

use super::{Context, Error, MARK, item};
use crate::{markdown::visible, model::Resource};

/// The parts of a file.
pub(super) struct File {
    header: String,
    /// What the module holds, in Markdown.
    pub(super) docs: String,
    /// Paths to import.
    pub(super) imports: Vec<String>,
    /// Modules to declare.
    pub(super) modules: Vec<String>,
    /// Trees to re-export.
    pub(super) exports: Vec<String>,
    /// Items, then tables, as text.
    pub(super) items: Vec<String>,
}

impl File {
    /// A file about one resource.
    pub(super) fn of_resource(context: &Context<'_>, resource: &Resource) -> Self {
        let source = format!(" from {} ({})", one_line(&resource.file), one_line(&resource.crd));
        Self::with_header(context, &source)
    }

    /// A file about several.
    pub(super) fn of_many(context: &Context<'_>) -> Self {
        Self::with_header(context, "")
    }

    fn with_header(context: &Context<'_>, source: &str) -> Self {
        let command = one_line(&context.options.command);
        Self {
            header: format!("{MARK}{source}. Do not edit: run `{command}`.\n"),
            docs: String::new(),
            imports: Vec::new(),
            modules: Vec::new(),
            exports: Vec::new(),
            items: Vec::new(),
        }
    }

    /// Adds a comment below the header.
    pub(super) fn remark(&mut self, comment: &str) {
        self.header.push_str(comment);
    }

    /// The whole text. `attributes` stand before each module.
    pub(super) fn text(self, attributes: &str) -> Result<String, Error> {
        let docs = if self.docs.is_empty() { String::new() } else { format!("//! {}\n", self.docs) };
        let head = format!("{}{docs}", self.header);
        let mut parts = vec![head];
        parts.push(statements("use", self.imports)?);
        let modules = self.modules.iter().map(|module| format!("{attributes}pub mod {module};\n"));
        parts.push(modules.collect());
        parts.push(statements("pub use", self.exports)?);
        parts.extend(self.items);
        parts.retain(|part| !part.is_empty());
        Ok(parts.join("\n"))
    }
}

fn statements(keyword: &str, mut trees: Vec<String>) -> Result<String, Error> {
    trees.sort();
    let lines: Result<Vec<String>, Error> =
        trees.iter().map(|tree| item::layout(item::parse(&format!("{keyword} {tree};"))?)).collect();
    Ok(lines?.concat())
}

/// A file name may hold anything, a comment ends at its line.
fn one_line(text: &str) -> String {
    visible(text).replace('\n', " ")
}
