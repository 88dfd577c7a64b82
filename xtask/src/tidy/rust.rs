//! A Rust file as the checks see it: its syntax tree, its tokens in a row, and which of its lines are tests.

use std::ops::RangeInclusive;

use anyhow::Result;
use proc_macro2::{Delimiter, TokenStream, TokenTree};
use syn::{
    Attribute, Meta,
    spanned::Spanned as _,
    visit::{self, Visit},
};

/// One parsed file.
pub(super) struct Rust {
    /// The syntax tree.
    pub(super) syntax: syn::File,
    /// All tokens, macros' arguments included, with delimiters as tokens of their own. A doc comment is `#[doc = "…"]`.
    pub(super) tokens: Vec<Token>,
    /// Whether the whole file is tests, benches or examples.
    pub(super) is_test: bool,
    /// The modules that the file declares for tests and that are files of their own: their paths without `.rs`.
    pub(super) test_modules: Vec<String>,
    /// The lines of items that are compiled for tests only.
    test_lines: Vec<RangeInclusive<usize>>,
}

/// One token.
#[derive(Clone, Debug)]
pub(super) struct Token {
    /// As written; a string literal with its quotes.
    pub(super) text: String,
    /// The line, counted from 1.
    pub(super) line: usize,
}

impl Rust {
    /// Parses the text of the file at `path`.
    pub(super) fn parse(path: &str, text: &str) -> Result<Self> {
        let stream: TokenStream = text.parse().map_err(|error| anyhow::anyhow!("{error}"))?;
        let mut tokens = Vec::new();
        flatten(stream, &mut tokens);
        let syntax = syn::parse_file(text)?;
        let mut items = TestItems { folder: module_folder(path), lines: Vec::new(), modules: Vec::new() };
        items.visit_file(&syntax);
        let is_test = ["tests/", "benches/", "examples/"].iter().any(|folder| {
            path.starts_with(folder) || path.split_once('/').is_some_and(|(_, rest)| rest.starts_with(folder))
        });
        Ok(Self { syntax, tokens, is_test, test_modules: items.modules, test_lines: items.lines })
    }

    /// Whether what stands on a line is compiled for tests only.
    pub(super) fn is_test_line(&self, line: usize) -> bool {
        self.is_test || self.test_lines.iter().any(|lines| lines.contains(&line))
    }

    /// Every run of tokens that `texts` spells, outside of tests.
    pub(super) fn runs<'a>(&'a self, texts: &'a [&'a str]) -> impl Iterator<Item = &'a [Token]> {
        let spelled = |run: &&[Token]| run.iter().map(|token| token.text.as_str()).eq(texts.iter().copied());
        self.tokens.windows(texts.len()).filter(spelled).filter(|run| !self.is_test_line(run[0].line))
    }
}

/// Where the modules that a file declares are: beside `lib.rs`, `main.rs` and `mod.rs`, else in a folder of the file's name.
pub(super) fn module_folder(path: &str) -> String {
    let (folder, name) = path.rsplit_once('/').unwrap_or(("", path));
    let prefix = if folder.is_empty() { String::new() } else { format!("{folder}/") };
    match name {
        "lib.rs" | "main.rs" | "mod.rs" => prefix,
        _ => format!("{prefix}{}/", name.strip_suffix(".rs").unwrap_or(name)),
    }
}

fn flatten(stream: TokenStream, tokens: &mut Vec<Token>) {
    for tree in stream {
        let line = tree.span().start().line;
        match tree {
            TokenTree::Group(group) => {
                let (open, close) = match group.delimiter() {
                    Delimiter::Parenthesis => ("(", ")"),
                    Delimiter::Brace => ("{", "}"),
                    Delimiter::Bracket => ("[", "]"),
                    Delimiter::None => ("", ""),
                };
                tokens.push(Token { text: open.to_owned(), line });
                flatten(group.stream(), tokens);
                tokens.push(Token { text: close.to_owned(), line: group.span_close().start().line });
            }
            other => tokens.push(Token { text: other.to_string(), line }),
        }
    }
}

/// Collects what is compiled for tests only.
struct TestItems {
    folder: String,
    lines: Vec<RangeInclusive<usize>>,
    modules: Vec<String>,
}

impl Visit<'_> for TestItems {
    fn visit_item(&mut self, item: &syn::Item) {
        if !attributes(item).iter().any(is_for_tests) {
            visit::visit_item(self, item);
            return;
        }
        let span = item.span();
        self.lines.push(span.start().line..=span.end().line);
        if let syn::Item::Mod(module) = item
            && module.content.is_none()
        {
            self.modules.push(format!("{}{}", self.folder, module.ident));
        }
    }

    fn visit_impl_item_fn(&mut self, function: &syn::ImplItemFn) {
        if function.attrs.iter().any(is_for_tests) {
            let span = function.span();
            self.lines.push(span.start().line..=span.end().line);
        }
    }
}

fn attributes(item: &syn::Item) -> &[Attribute] {
    match item {
        syn::Item::Const(item) => &item.attrs,
        syn::Item::Enum(item) => &item.attrs,
        syn::Item::Fn(item) => &item.attrs,
        syn::Item::Impl(item) => &item.attrs,
        syn::Item::Macro(item) => &item.attrs,
        syn::Item::Mod(item) => &item.attrs,
        syn::Item::Static(item) => &item.attrs,
        syn::Item::Struct(item) => &item.attrs,
        syn::Item::Trait(item) => &item.attrs,
        syn::Item::Type(item) => &item.attrs,
        syn::Item::Use(item) => &item.attrs,
        _ => &[],
    }
}

/// `#[test]`, `#[tokio::test]`, `#[cfg(test)]`, `#[cfg(all(test, …))]`; not `#[cfg(not(test))]`.
fn is_for_tests(attribute: &Attribute) -> bool {
    if attribute.path().segments.last().is_some_and(|last| last.ident == "test") {
        return true;
    }
    match &attribute.meta {
        Meta::List(list) if list.path.is_ident("cfg") => {
            let text = list.tokens.to_string();
            text == "test" || (text.starts_with("all") && text.contains("test") && !text.contains("not"))
        }
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_of_tests_are_known() {
        let text = "fn a() {}\n#[cfg(test)]\nmod tests {\n    fn b() {}\n}\n#[test]\nfn c() {}\n#[cfg(not(test))]\nfn d() {}\n";
        let rust = Rust::parse("a/src/lib.rs", text).unwrap();
        let tests: Vec<usize> = (1..=9).filter(|line| rust.is_test_line(*line)).collect();
        assert_eq!(tests, [2, 3, 4, 5, 6, 7]);
    }

    #[test]
    fn integration_tests_benches_and_examples_are_all_tests() {
        for (path, expected) in [
            ("tests/src/harness.rs", true),
            ("a/tests/b.rs", true),
            ("a/benches/b.rs", true),
            ("a/examples/b.rs", true),
            ("a/src/b.rs", false),
        ] {
            assert_eq!(Rust::parse(path, "").unwrap().is_test, expected, "{path}");
        }
    }

    #[test]
    fn a_run_of_tokens_is_found_inside_of_macros_and_not_in_comments_or_texts() {
        let text = "fn a() {\n    // b.c()\n    let _ = \"b.c()\";\n    print!(\"{}\", b\n        .c());\n}\n";
        let rust = Rust::parse("a.rs", text).unwrap();
        assert_eq!(rust.runs(&[".", "c", "("]).map(|run| run[0].line).collect::<Vec<_>>(), [5]);
    }
}
