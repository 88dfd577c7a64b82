//! Expressions made from a grammar: most of them compile, and many of them give a value.
//!
//! In: a type of the grammar, and variables. Out: the text of an expression of that type.

use std::{collections::BTreeMap, sync::LazyLock};

use fastrand::Rng;

/// The templates of each type.
static GRAMMAR: LazyLock<BTreeMap<&str, Vec<&str>>> = LazyLock::new(|| {
    let mut grammar: BTreeMap<&str, Vec<&str>> = BTreeMap::new();
    for line in include_str!("../grammar.txt").lines() {
        if let Some((kind, template)) = line.split_once(" = ") {
            grammar.entry(kind).or_default().push(template);
        }
    }
    grammar
});

/// How long a text may become before only short templates are taken.
const LONG: usize = 2000;

/// What an expression may use: how it is written, and its type in the grammar.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Variable {
    /// A name, or a selection.
    pub(crate) text: String,
    /// A type of the grammar; any other is never asked for.
    pub(crate) kind: String,
}

impl Variable {
    pub(crate) fn new(text: impl Into<String>, kind: &str) -> Self {
        Self { text: text.into(), kind: kind.to_owned() }
    }
}

/// An expression of a type, `depth` templates deep at most.
pub(crate) fn expression(random: &mut Rng, kind: &str, variables: &[Variable], depth: usize) -> String {
    let mut writer = Writer { random, variables: variables.to_vec(), text: String::new(), named: 0 };
    writer.write(kind, depth);
    writer.text
}

struct Writer<'r> {
    random: &'r mut Rng,
    variables: Vec<Variable>,
    text: String,
    /// How many variables of loops were named.
    named: usize,
}

impl Writer<'_> {
    fn write(&mut self, kind: &str, depth: usize) {
        let known: Vec<&Variable> = self.variables.iter().filter(|variable| variable.kind == kind).collect();
        let ends = depth == 0 || self.text.len() > LONG;
        if let Some(variable) = self.random.choice(known)
            && (ends || self.random.u8(..) < 80)
        {
            self.text.push_str(&variable.text);
            return;
        }
        let templates = GRAMMAR.get(kind).map(Vec::as_slice).unwrap_or_default();
        let short: Vec<&&str> = templates.iter().filter(|template| !template.contains('{')).collect();
        let chosen = if ends && !short.is_empty() { self.random.choice(short) } else { self.random.choice(templates) };
        match chosen {
            Some(template) => self.fill(template, depth.saturating_sub(1)),
            None => self.text.push_str("null"),
        }
    }

    fn fill(&mut self, template: &str, depth: usize) {
        let mut rest = template;
        while let Some(at) = rest.find(['{', '@']) {
            self.text.push_str(&rest[..at]);
            rest = &rest[at..];
            if let Some((kinds, kind, after)) = placeholder(rest) {
                self.bind(kinds, kind, depth);
                rest = after;
            } else {
                self.text.push_str(&rest[..1]);
                rest = &rest[1..];
            }
        }
        self.text.push_str(rest);
    }

    /// Names variables and writes an expression that may use them.
    fn bind(&mut self, kinds: &str, kind: &str, depth: usize) {
        let before = self.variables.len();
        for bound in kinds.split(',').filter(|bound| !bound.is_empty()) {
            let name = format!("v{}", self.named);
            self.named += 1;
            self.text.push_str(&name);
            self.text.push_str(", ");
            self.variables.push(Variable::new(name, bound));
        }
        self.write(kind, depth);
        self.variables.truncate(before);
    }
}

/// What `{type}` and `@type,type{type}` hold, and the text after it.
fn placeholder(text: &str) -> Option<(&str, &str, &str)> {
    let (kinds, rest) = text.strip_prefix('@').map_or(Some(("", text)), |rest| Some(rest.split_at(rest.find('{')?)))?;
    let (kind, after) = rest.strip_prefix('{')?.split_once('}')?;
    let is_name = |text: &str| text.bytes().all(|byte| byte.is_ascii_lowercase() || byte == b',');
    (is_name(kinds) && is_name(kind) && !kind.is_empty()).then_some((kinds, kind, after))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn expressions_of_the_grammar_use_variables_and_compile() {
        let environment = crdgen_cel::Environment::new(crdgen_schema::rule::library())
            .variable("n", crdgen_cel::Type::Int)
            .variable("any", crdgen_cel::Type::Dyn);
        let variables = [Variable::new("n", "int"), Variable::new("any", "any")];
        let mut random = Rng::with_seed(1);
        let texts: Vec<String> = (0..500).map(|_| expression(&mut random, "bool", &variables, 4)).collect();
        let compiled = texts.iter().filter(|text| environment.compile(text).is_ok()).count();
        assert!(compiled > 250, "{compiled} of 500 compile");
        assert!(texts.iter().any(|text| text.contains("(v0, ")));
    }

    #[test]
    fn every_type_that_a_template_names_has_templates() {
        for template in GRAMMAR.values().flatten() {
            for (at, _) in template.match_indices(['{', '@']) {
                if let Some((kinds, kind, _)) = placeholder(&template[at..]) {
                    assert!(GRAMMAR.contains_key(kind), "{template}");
                    assert!(
                        kinds.split(',').all(|bound| bound.is_empty() || GRAMMAR.contains_key(bound)),
                        "{template}"
                    );
                }
            }
        }
    }
}
