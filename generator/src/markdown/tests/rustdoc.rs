//! What rustdoc shows: `pulldown-cmark`, which it reads with, is the judge of what this module prints.

use pulldown_cmark::{BrokenLink, CodeBlockKind, Event, LinkType, Options, Parser, Tag, TagEnd};

use super::super::{code, lines, prose, visible};

/// What a reader sees, and what no description may come to be.
#[derive(Default)]
struct Page {
    shown: String,
    faults: Vec<String>,
    /// The number of the next item of the list.
    number: Option<u64>,
    /// Where the link leads whose text is being read.
    url: Option<String>,
}

impl Page {
    /// Reads Markdown with the options of rustdoc.
    fn read(markdown: &str) -> Self {
        let options = Options::ENABLE_TABLES
            | Options::ENABLE_FOOTNOTES
            | Options::ENABLE_STRIKETHROUGH
            | Options::ENABLE_TASKLISTS
            | Options::ENABLE_SMART_PUNCTUATION;
        let mut page = Self::default();
        let mut broken = Vec::new();
        // rustdoc looks for an item of this name.
        let mut no_link = |link: BrokenLink<'_>| {
            broken.push(format!("a link to the item `{}`", link.reference));
            None
        };
        for event in Parser::new_with_broken_link_callback(markdown, options, Some(&mut no_link)) {
            page.take(event);
        }
        page.faults.extend(broken);
        page
    }

    fn take(&mut self, event: Event<'_>) {
        match event {
            Event::Text(text) => self.shown.push_str(&text),
            Event::Code(text) => self.shown.extend([" ", &text, " "]),
            Event::Start(tag) => self.start(tag),
            Event::End(TagEnd::Link) => self.shown.extend([" ", &self.url.take().unwrap_or_default(), " "]),
            Event::End(TagEnd::Emphasis | TagEnd::Strong) => {}
            Event::SoftBreak | Event::End(_) => self.shown.push(' '),
            other => self.faults.push(format!("{other:?}")),
        }
    }

    fn start(&mut self, tag: Tag<'_>) {
        if !matches!(tag, Tag::Emphasis | Tag::Strong) {
            self.shown.push(' ');
        }
        match tag {
            Tag::Paragraph | Tag::Emphasis | Tag::Strong => {}
            Tag::List(number) => self.number = number,
            Tag::Item => {
                if let Some(number) = &mut self.number {
                    self.shown.extend([&number.to_string(), " "]);
                    *number += 1;
                }
            }
            Tag::CodeBlock(CodeBlockKind::Fenced(language)) if &*language == "text" => {}
            Tag::Link { link_type: LinkType::Autolink, dest_url, .. } if is_web(&dest_url) => {}
            Tag::Link { link_type: LinkType::Inline, dest_url, .. } if is_web(&dest_url) => {
                self.url = Some(dest_url.to_string());
            }
            other => self.faults.push(format!("{other:?}")),
        }
    }
}

fn is_web(url: &str) -> bool {
    url.starts_with("http://") || url.starts_with("https://")
}

/// The words of a text; what it calls the language of a code block (here always `yaml`) is not shown.
fn words(text: &str) -> Vec<&str> {
    text.split(|c: char| !c.is_alphanumeric()).filter(|word| !word.is_empty() && *word != "yaml").collect()
}

/// rustdoc shows every word of the text, in order, as paragraphs, lists and code blocks of plain text.
fn check(text: &str) {
    let markdown = lines(text).join("\n");
    let page = Page::read(&markdown);
    assert!(page.faults.is_empty(), "{:?} of {text:?}, as\n{markdown}", page.faults);
    assert_eq!(words(&page.shown), words(&visible(text)), "{text:?}, as\n{markdown}");
}

#[test]
fn descriptions_as_people_write_them_are_shown_whole() {
    for text in [
        "Size of the volume, e.g. `10Gi`.\n\nDefaults to 1Gi.",
        "One of:\n\n* `a`: the first\n  * nested, with <placeholder>\n* b\n\n1. one\n2. two\n\n7) seven",
        "The key <namespace>/<name> of [Secret](https://example.org/docs/secrets.html#one), see https://example.org/a_b*c.",
        "Example:\n```yaml\nspec:\n  # a comment\n  items: [a, b]\n```\nand\n\n    indented: code\n",
        "# Title\n\nUnderlined\n=====\nor\n-----\n> quoted\n***\n| a | b |\n|---|---|\n| 1 | 2 |",
        "'*' is all groups. If '*' is present, __name__ and _x_ are ignored; ~/x and ~/y too; 5 * 3 * 2",
        "Use --dry-run=server -- or not. -----BEGIN CERTIFICATE-----",
        "+kubebuilder:validation:Enum=a;b\n+optional\n- [ ] todo\n- [x] done",
        "Footnote[^1], [reference][x], [`Type`], [Type](crate::Type), ![image](x.png)\n\n[x]: https://example.org\n[^1]: note",
        "a\\*b \\` c `unclosed ``double `` <!-- comment --> <script>alert(1)</script> &amp <https://a.b> <a@b.c>",
        "``` a: b\n```\n```\n````\n```\n~~~\nx\n~~~",
        "10. ten\n\n\n   \n- \n-\n1.\n2)\n* * *\n- - -\n_ _ _\n--\n==",
        "\u{feff}\u{202e}left\u{0}\u{7f}\r\nnext\u{2028}line\ttab",
    ] {
        check(text);
    }
}

#[test]
fn whatever_is_put_together_is_shown_whole() {
    // Parts are separated by `;`.
    const PARTS: &str = "a;Bc;d1;é; ; ; ;\n;\n;\n\n;    ;`;``;\n```\n;\n```yaml\n;*;**;_;__;~;[;];(;);<;>;!;#;\n# ;\n- ;\n1. \
        ;\n> ;-;--;=;|;\\;:;https://e.org/;+";
    let parts: Vec<&str> = PARTS.split(';').collect();
    // An xorshift generator: the same texts in each run.
    let mut state: u64 = 0x9e37_79b9_7f4a_7c15;
    let mut next = |below: usize| {
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        usize::try_from(state >> 33).unwrap() % below
    };
    for _ in 0..4000 {
        let length = 1 + next(24);
        let text = (0..length).map(|_| parts[next(parts.len())]).fold(String::new(), |text, part| {
            // No fence that names another language.
            let is_fence = text.ends_with('`') && part.starts_with('`');
            if is_fence { text } else { text + part }
        });
        check(&text);
    }
}

#[test]
fn code_and_prose_are_one_line_of_text() {
    for text in ["a`b", "``", "`", " a ", "a\n\n# b", "<b>*c*</b> | [d]", "--x__y__", "\\"] {
        for markdown in [code(text), prose(text), format!("- {}: {}", code(text), prose(text))] {
            let page = Page::read(&markdown);
            assert!(page.faults.is_empty(), "{:?} of {text:?}, as {markdown}", page.faults);
            assert!(!markdown.contains('\n'), "{markdown}");
        }
        assert_eq!(words(&Page::read(&prose(text)).shown), words(text), "{text:?}");
    }
}
