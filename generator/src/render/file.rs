//! One file: header, docs, imports, modules, re-exports, items and tables, in this order.

use std::fmt::Write as _;

use super::MARK;
use crate::{markdown::visible, model::Ident, options::Options};

/// Lists of re-exports are folded at this many characters.
const WIDTH: usize = 100;

/// The parts of a file.
pub(super) struct File {
    header: String,
    /// What the module holds: lines of Markdown.
    pub(super) docs: Vec<String>,
    /// Paths to import.
    pub(super) imports: Vec<String>,
    /// Modules to declare.
    pub(super) modules: Vec<Ident>,
    /// What to re-export: the way to a module, and names in it.
    pub(super) exports: Vec<(String, Vec<String>)>,
    /// Items, then tables, each ending in a newline.
    pub(super) items: Vec<String>,
}

impl File {
    /// A file about one CRD, from that file.
    pub(super) fn of_crd(options: &Options, file: &str, crd: &str) -> Self {
        Self::with_header(options, &format!(" from {} ({})", one_line(file), one_line(crd)))
    }

    /// A file about several.
    pub(super) fn of_many(options: &Options) -> Self {
        Self::with_header(options, "")
    }

    fn with_header(options: &Options, source: &str) -> Self {
        Self {
            header: format!("{MARK}{source}. Do not edit: run `{}`.\n", one_line(options.command())),
            docs: Vec::new(),
            imports: Vec::new(),
            modules: Vec::new(),
            exports: Vec::new(),
            items: Vec::new(),
        }
    }

    /// The whole text.
    pub(super) fn text(self) -> String {
        let mut parts = vec![self.header];
        for line in &self.docs {
            let _ = writeln!(parts[0], "//!{}{line}", if line.is_empty() { "" } else { " " });
        }
        parts.push(imports(self.imports));
        parts.push(modules(self.modules, ""));
        parts.push(exports(self.exports, ""));
        parts.extend(self.items);
        parts.retain(|part| !part.is_empty());
        parts.join("\n")
    }

    /// The text of the root, which has neither docs (it may be included) nor items. `head` opens the call of a macro, and
    /// `}` closes it.
    pub(super) fn root_text(self, head: &str) -> String {
        const INDENT: &str = "    ";
        let (modules, exports) = (modules(self.modules, INDENT), exports(self.exports, INDENT));
        let between = if exports.is_empty() { "" } else { "\n" };
        format!("{}\n{head}{modules}{between}{exports}}}\n", self.header)
    }
}

fn imports(mut paths: Vec<String>) -> String {
    paths.sort();
    paths.iter().fold(String::new(), |text, path| text + "use " + path + ";\n")
}

fn modules(mut modules: Vec<Ident>, indent: &str) -> String {
    modules.sort();
    let mut text = String::new();
    for module in modules {
        let _ = writeln!(text, "{indent}pub mod {module};");
    }
    text
}

fn exports(mut exports: Vec<(String, Vec<String>)>, indent: &str) -> String {
    for (_, names) in &mut exports {
        names.sort();
    }
    exports.sort();
    exports.iter().filter(|(_, names)| !names.is_empty()).map(|(way, names)| export(way, names, indent)).collect()
}

fn export(way: &str, names: &[String], indent: &str) -> String {
    if let [name] = names {
        return format!("{indent}pub use {way}::{name};\n");
    }
    let line = format!("{indent}pub use {way}::{{{}}};\n", names.join(", "));
    if line.len() <= WIDTH {
        return line;
    }
    let mut text = format!("{indent}pub use {way}::{{\n");
    let mut line = format!("{indent}   ");
    for name in names {
        if line.len() + name.len() + 2 > WIDTH {
            text.push_str(&line);
            text.push('\n');
            line = format!("{indent}   ");
        }
        let _ = write!(line, " {name},");
    }
    let _ = writeln!(text, "{line}\n{indent}}};");
    text
}

/// A file name may hold anything, a comment ends at its line.
fn one_line(text: &str) -> String {
    visible(text).replace('\n', " ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_long_list_of_re_exports_is_folded() {
        let names: Vec<String> = ["One", "Two"].iter().map(|name| format!("{name}{}", "x".repeat(60))).collect();
        let expected = format!("pub use self::a::{{\n    {},\n    {},\n}};\n", names[0], names[1]);
        assert_eq!(export("self::a", &names, ""), expected);
        assert_eq!(export("self::a", &["B".to_owned()], "    "), "    pub use self::a::B;\n");
    }
}
