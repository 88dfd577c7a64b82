//! The grammar, as recursive functions that recover from errors the way ANTLR does.
//!
//! Each rule of the grammar is a method of its name, in `operators` and `operands`; `recovery` reads tokens. A token that does not fit is dropped or made up where one token
//! mends the text; otherwise the rule is left, and text is skipped until something that may follow. So one mistake gives
//! the messages that cel-go gives for it.

mod operands;
mod operators;
mod recovery;

use super::{
    MAX_DEPTH, MAX_LENGTH, MAX_NODES,
    expand::Expander,
    expression::{Expression, Id, Kind, Positions},
    lexer,
    macros::Macro,
    token::{Token, TokenKind as K, TokenSet},
};
use crate::source::Issues;

const FIRST_PRIMARY: TokenSet = TokenSet::of(&[
    K::OpenBracket,
    K::OpenBrace,
    K::OpenParenthesis,
    K::Dot,
    K::Minus,
    K::True,
    K::False,
    K::Null,
    K::Float,
    K::Int,
    K::Uint,
    K::String,
    K::Bytes,
    K::Identifier,
]);
const FIRST: TokenSet = FIRST_PRIMARY.or(TokenSet::of(&[K::Not]));

/// What stands after the operand of an operator of each level, within the rules above it.
const AFTER_MEMBER: TokenSet = TokenSet::of(&[K::Dot, K::OpenBracket]);
const AFTER_CALC: TokenSet = TokenSet::of(&[K::Star, K::Slash, K::Percent, K::Plus, K::Minus]);
const AFTER_RELATION: TokenSet =
    TokenSet::of(&[K::Less, K::LessEqual, K::GreaterEqual, K::Greater, K::Equal, K::NotEqual, K::In]);

/// Parses an expression.
pub(crate) fn parse(source: &str) -> Result<(Expression, Positions), Issues> {
    let mut issues = Issues::new(source);
    let length = source.chars().count();
    if length > MAX_LENGTH {
        let message = format!("expression code point size exceeds limit: size: {length}, limit {MAX_LENGTH}");
        issues.report(None, message);
        return Err(issues);
    }
    let (tokens, skipped) = lexer::tokens(source);
    for text in skipped {
        let shown = displayed(&source[text.start..text.end]);
        issues.report(offset(text.start), format!("Syntax error: token recognition error at: '{shown}'"));
    }
    let mut parser = Parser {
        source,
        tokens,
        next: 0,
        issues,
        faults: Vec::new(),
        positions: Positions::default(),
        depths: [0; Rule::COUNT],
        follow: Vec::new(),
        recovering: false,
        last_recovery: None,
        recoveries: 0,
    };
    let parsed = parser.start();
    let Parser { mut issues, positions, faults, .. } = parser;
    let expression = match parsed {
        Ok(parsed) if parsed.height > MAX_DEPTH => {
            issues.report(None, "max recursion depth exceeded");
            parsed.expression
        }
        Ok(parsed) => {
            for (offset, message) in faults {
                issues.report(offset, message);
            }
            parsed.expression
        }
        // The tree is never looked at then.
        Err(Stop::TooDeep) => {
            issues.report(None, format!("expression recursion limit exceeded: {MAX_DEPTH}"));
            return Err(issues);
        }
        Err(Stop::Syntax) => return Err(issues),
    };
    issues.into_result()?;
    Ok((expression, positions))
}

/// A text as ANTLR shows it.
fn displayed(text: &str) -> String {
    text.replace('\n', "\\n").replace('\t', "\\t").replace('\r', "\\r")
}

fn offset(start: usize) -> Option<u32> {
    u32::try_from(start).ok()
}

/// A node, and how many operators, selections and calls nest in it at most.
struct Parsed {
    expression: Expression,
    height: usize,
}

impl Parsed {
    /// What nests too deeply is not kept: only its height counts, and nothing has to walk down such a tree.
    fn bounded(self) -> Self {
        if self.height <= MAX_DEPTH {
            return self;
        }
        // Piece by piece it can be dropped: what is within was bounded before.
        Self { expression: Expression { id: self.expression.id, kind: Kind::Missing }, ..self }
    }
}

/// Why a rule is left.
enum Stop {
    /// What does not fit was reported.
    Syntax,
    /// The text nests too deeply; nothing more is read.
    TooDeep,
}

type Outcome<T> = Result<T, Stop>;

/// Rules whose depth is counted, those that can contain themselves.
#[derive(Clone, Copy)]
enum Rule {
    Expression,
    Relation,
    Calc,
    Member,
}

impl Rule {
    const COUNT: usize = 4;
}

struct Parser<'s> {
    source: &'s str,
    tokens: Vec<Token>,
    next: usize,
    issues: Issues,
    /// What is wrong with a text that fits the grammar.
    faults: Vec<(Option<u32>, String)>,
    positions: Positions,
    depths: [usize; Rule::COUNT],
    /// What may stand after each rule that is being read.
    follow: Vec<TokenSet>,
    /// Nothing is reported until a token fits again.
    recovering: bool,
    last_recovery: Option<usize>,
    recoveries: usize,
}

impl Parser<'_> {
    fn id(&mut self, token: Token) -> Id {
        self.positions.add(offset(token.start))
    }

    fn node(&mut self, token: Token, kind: Kind) -> Expression {
        Expression { id: self.id(token), kind }
    }

    fn missing(&mut self) -> Parsed {
        let token = self.tokens[self.next];
        Parsed { expression: self.node(token, Kind::Missing), height: 0 }
    }

    fn fault(&mut self, token: Token, message: impl Into<String>) -> Expression {
        self.faults.push((offset(token.start), message.into()));
        self.node(token, Kind::Missing)
    }

    /// A call that may be a macro.
    fn call(
        &mut self,
        at: Token,
        function: &str,
        target: Option<Expression>,
        arguments: Vec<Expression>,
    ) -> Expression {
        let Some(found) = Macro::find(function, arguments.len(), target.is_some()) else {
            let kind = Kind::Call { function: function.into(), target: target.map(Box::new), arguments };
            return self.node(at, kind);
        };
        if self.positions.len() > MAX_NODES {
            return self.fault(at, format!("the macros of the expression make more than {MAX_NODES} nodes"));
        }
        let mut expander = Expander { positions: &mut self.positions, offset: offset(at.start) };
        found.expand(&mut expander, target, arguments).unwrap_or_else(|(id, message)| {
            self.faults.push((self.positions.get(id), message));
            self.node(at, Kind::Missing)
        })
    }

    fn operation(&mut self, at: Token, function: &str, left: Parsed, right: Parsed) -> Parsed {
        let height = left.height.max(right.height) + 1;
        Parsed { expression: self.call(at, function, None, vec![left.expression, right.expression]), height }.bounded()
    }

    /// Many operands of `&&` or `||` as a balanced tree.
    fn balanced(&mut self, function: &str, mut terms: Vec<Parsed>, operators: &[Token]) -> Parsed {
        if operators.is_empty() {
            return terms.pop().unwrap_or_else(|| self.missing());
        }
        let middle = operators.len() / 2;
        let right = terms.split_off(middle + 1);
        let left = self.balanced(function, terms, &operators[..middle]);
        let right = self.balanced(function, right, &operators[middle + 1..]);
        let height = left.height.max(right.height);
        let expression = self.call(operators[middle], function, None, vec![left.expression, right.expression]);
        Parsed { expression, height }
    }
}
