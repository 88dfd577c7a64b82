//! How long files and functions are.

use syn::{
    spanned::Spanned as _,
    visit::{self, Visit},
};

use super::{finding::Finding, tree::Tree};

/// The most lines of a file, comments included and blank lines not.
const FILE: usize = 400;
/// The most lines of a function, from its signature to its closing brace.
const FUNCTION: usize = 60;

/// Files that are too long.
pub(super) fn files(tree: &Tree) -> Vec<Finding> {
    let mut found = Vec::new();
    for (file, _) in tree.rust() {
        let size = file.text.lines().filter(|line| !line.trim().is_empty()).count();
        if size > FILE {
            let what = format!("the file has {size} lines, more than {FILE}");
            found.push(Finding {
                size,
                ..Finding::new(&file.path, 1, what, "look for the seam and make two files of it")
            });
        }
    }
    found
}

/// Functions that are too long.
pub(super) fn functions(tree: &Tree) -> Vec<Finding> {
    let mut found = Vec::new();
    for (file, rust) in tree.rust() {
        let mut functions = Functions { path: &file.path, found: Vec::new() };
        functions.visit_file(&rust.syntax);
        found.extend(functions.found);
    }
    found
}

struct Functions<'a> {
    path: &'a str,
    found: Vec<Finding>,
}

impl Functions<'_> {
    fn measure(&mut self, signature: &syn::Signature, body: &syn::Block) {
        let line = signature.span().start().line;
        let size = body.span().end().line + 1 - line;
        if size > FUNCTION {
            let what = format!("the function `{}` has {size} lines, more than {FUNCTION}", signature.ident);
            let remedy = "give its parts names, as functions of their own";
            self.found.push(Finding { size, ..Finding::new(self.path, line, what, remedy) });
        }
    }
}

impl Visit<'_> for Functions<'_> {
    fn visit_item_fn(&mut self, function: &syn::ItemFn) {
        self.measure(&function.sig, &function.block);
        visit::visit_item_fn(self, function);
    }

    fn visit_impl_item_fn(&mut self, function: &syn::ImplItemFn) {
        self.measure(&function.sig, &function.block);
        visit::visit_impl_item_fn(self, function);
    }

    fn visit_trait_item_fn(&mut self, function: &syn::TraitItemFn) {
        if let Some(body) = &function.default {
            self.measure(&function.sig, body);
        }
        visit::visit_trait_item_fn(self, function);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tidy::tree::tree;

    #[test]
    fn a_file_of_400_lines_passes_and_blank_lines_do_not_count() {
        let long = "// a\n\n".repeat(400);
        assert!(files(&tree(&[("a.rs", &long)])).is_empty());
        let found = files(&tree(&[("a.rs", &format!("{long}// b\n")), ("a.md", &"a\n".repeat(1000))]));
        assert_eq!(found.len(), 1);
        assert_eq!((found[0].path.as_str(), found[0].size), ("a.rs", 401));
    }

    #[test]
    fn a_function_of_60_lines_passes_wherever_it_stands() {
        let function =
            |lines: usize| format!("/// Docs.\n#[inline]\nfn f() {{\n{}}}\n", "    g();\n".repeat(lines - 2));
        let everywhere = |lines: usize| {
            let f = function(lines);
            format!("{f}impl A {{ {f} }}\ntrait B {{ {f} }}\nmod c {{ {f} }}\nfn d() {{}}\n")
        };
        assert!(functions(&tree(&[("a.rs", &everywhere(60))])).is_empty());
        let found = functions(&tree(&[("a.rs", &everywhere(61))]));
        assert_eq!(found.iter().map(|finding| finding.size).collect::<Vec<_>>(), [61; 4]);
        assert_eq!(found[0].line, 3);
    }
}
