//! The rules of the grammar for what operators work on: selections, calls, names and literals.

use std::sync::Arc;

use super::{AFTER_MEMBER, FIRST, FIRST_PRIMARY, Outcome, Parsed, Parser, Rule, offset};
use crate::{
    operator,
    syntax::{
        expression::{Entry, Expression, Kind, Literal},
        literal,
        token::{Token, TokenKind as K, TokenSet},
    },
};

/// Words that name no variable and no function.
const RESERVED: &[&str] = &[
    "as",
    "break",
    "const",
    "continue",
    "else",
    "false",
    "for",
    "function",
    "if",
    "import",
    "in",
    "let",
    "loop",
    "package",
    "namespace",
    "null",
    "return",
    "true",
    "var",
    "void",
    "while",
];

const FIRST_OPTIONAL: TokenSet = FIRST.or(TokenSet::of(&[K::Question]));
const FIRST_FIELD: TokenSet = TokenSet::of(&[K::Question, K::Identifier, K::EscapedIdentifier]);
const NAMES: TokenSet = TokenSet::of(&[K::Identifier, K::EscapedIdentifier]);

impl Parser<'_> {
    /// `member: primary | member '.' …  | member '[' … ']'`
    pub(super) fn member(&mut self) -> Outcome<Parsed> {
        self.begin(TokenSet::NONE);
        self.enter(Rule::Member)?;
        self.begin(AFTER_MEMBER);
        let mut read = self.primary();
        read = self.end(read);
        while let Ok(parsed) = read {
            read = match self.peek() {
                K::Dot => self.selection(parsed),
                K::OpenBracket => self.index(parsed),
                _ => {
                    read = Ok(parsed);
                    break;
                }
            };
        }
        self.leave(Rule::Member);
        self.end(read)
    }

    /// `'.' '?'? escapeIdent | '.' IDENTIFIER '(' exprList? ')'`
    pub(super) fn selection(&mut self, operand: Parsed) -> Outcome<Parsed> {
        if !matches!(self.peek_after(1), K::Question | K::Identifier | K::EscapedIdentifier) {
            return Err(self.no_alternative(1));
        }
        let dot = self.consume();
        self.recovering = false;
        let optional = self.peek() == K::Question;
        if optional {
            self.consume();
        } else if (self.peek(), self.peek_after(1)) == (K::Identifier, K::OpenParenthesis) {
            return self.member_call(operand);
        }
        let name = self.escapable_name()?;
        let height = operand.height + 1;
        let field: Arc<str> = self.name(name);
        let kind = if optional {
            let field = self.node(name, Kind::Literal(Literal::String(field)));
            let arguments = vec![operand.expression, field];
            Kind::Call { function: operator::OPTIONAL_SELECT.into(), target: None, arguments }
        } else {
            Kind::Select { operand: Box::new(operand.expression), field, test: false }
        };
        let expression = self.node(dot, kind);
        Ok(Parsed { expression, height }.bounded())
    }

    pub(super) fn member_call(&mut self, operand: Parsed) -> Outcome<Parsed> {
        let (name, open) = (self.consume(), self.consume());
        let (arguments, height) = self.arguments()?;
        let function = self.text(name).to_owned();
        let expression = self.call(open, &function, Some(operand.expression), arguments);
        Ok(Parsed { expression, height: height.max(operand.height) + 1 }.bounded())
    }

    /// `'[' '?'? expr ']'`
    pub(super) fn index(&mut self, operand: Parsed) -> Outcome<Parsed> {
        let open = self.consume();
        self.recovering = false;
        let optional = self.peek() == K::Question;
        if optional {
            self.consume();
        }
        let index = self.expression(TokenSet::of(&[K::CloseBracket]))?;
        self.take(K::CloseBracket, self.anything_after())?;
        let function = if optional { operator::OPTIONAL_INDEX } else { operator::INDEX };
        Ok(self.operation(open, function, operand, index))
    }

    /// `exprList? ')'`, after the opening parenthesis.
    pub(super) fn arguments(&mut self) -> Outcome<(Vec<Expression>, usize)> {
        let (mut arguments, mut height) = (Vec::new(), 0);
        let close = TokenSet::of(&[K::CloseParenthesis]);
        if self.peek() != K::CloseParenthesis {
            self.require(FIRST.or(close))?;
            loop {
                let parsed = self.expression(close.or(TokenSet::of(&[K::Comma])))?;
                height = height.max(parsed.height);
                arguments.push(parsed.expression);
                if self.peek() != K::Comma {
                    break;
                }
                self.consume();
            }
        }
        self.take(K::CloseParenthesis, self.anything_after())?;
        Ok((arguments, height))
    }

    pub(super) fn primary(&mut self) -> Outcome<Parsed> {
        self.require(FIRST_PRIMARY)?;
        match self.peek() {
            K::OpenParenthesis => {
                self.consume();
                let parsed = self.expression(TokenSet::of(&[K::CloseParenthesis]))?;
                self.take(K::CloseParenthesis, self.anything_after())?;
                Ok(parsed)
            }
            K::OpenBracket => self.list(),
            K::OpenBrace => self.map(),
            K::Dot | K::Identifier => self.named(),
            // Nothing was required while text was skipped.
            kind if !FIRST_PRIMARY.contains(kind) => Err(self.no_alternative(0)),
            _ => self.literal(),
        }
    }

    /// `'[' listInit? ','? ']'`
    pub(super) fn list(&mut self) -> Outcome<Parsed> {
        let open = self.consume();
        let close = TokenSet::of(&[K::CloseBracket]);
        let (mut items, mut height) = (Vec::new(), 0);
        self.require(FIRST_OPTIONAL.or(close).or(TokenSet::of(&[K::Comma])))?;
        while FIRST_OPTIONAL.contains(self.peek()) {
            let optional = self.optional();
            let parsed = self.expression(close.or(TokenSet::of(&[K::Comma])))?;
            height = height.max(parsed.height);
            items.push((parsed.expression, optional));
            if self.peek() != K::Comma || !FIRST_OPTIONAL.contains(self.peek_after(1)) {
                break;
            }
            self.consume();
        }
        self.trailing_comma();
        self.take(K::CloseBracket, self.anything_after())?;
        Ok(Parsed { expression: self.node(open, Kind::List(items)), height })
    }

    /// `'{' mapInitializerList? ','? '}'`
    pub(super) fn map(&mut self) -> Outcome<Parsed> {
        let open = self.consume();
        let close = TokenSet::of(&[K::CloseBrace]);
        let (mut entries, mut height) = (Vec::new(), 0);
        self.require(FIRST_OPTIONAL.or(close).or(TokenSet::of(&[K::Comma])))?;
        while FIRST_OPTIONAL.contains(self.peek()) {
            let optional = self.optional();
            let key = self.expression(TokenSet::of(&[K::Colon]))?;
            self.take(K::Colon, FIRST)?;
            let value = self.expression(close.or(TokenSet::of(&[K::Comma])))?;
            height = height.max(key.height).max(value.height);
            entries.push(Entry { key: key.expression, value: value.expression, optional });
            if self.peek() != K::Comma || !FIRST_OPTIONAL.contains(self.peek_after(1)) {
                break;
            }
            self.consume();
        }
        self.trailing_comma();
        self.take(K::CloseBrace, self.anything_after())?;
        Ok(Parsed { expression: self.node(open, Kind::Map(entries)), height })
    }

    pub(super) fn optional(&mut self) -> bool {
        let optional = self.peek() == K::Question;
        if optional {
            self.consume();
        }
        optional
    }

    pub(super) fn trailing_comma(&mut self) {
        if self.peek() == K::Comma {
            self.consume();
        }
    }

    /// An identifier, a call, or a message.
    pub(super) fn named(&mut self) -> Outcome<Parsed> {
        let first = self.tokens[self.next];
        let leading = usize::from(first.kind == K::Dot);
        if self.peek_after(leading) != K::Identifier {
            return Err(self.no_alternative(leading));
        }
        if let Some(count) = self.message_name() {
            return self.message(count);
        }
        self.next += leading;
        let name = self.consume();
        let text = self.text(name).to_owned();
        let full = format!("{}{text}", if leading > 0 { "." } else { "" });
        let is_call = self.peek() == K::OpenParenthesis;
        let open = if is_call { self.consume() } else { first };
        let (arguments, height) = if is_call { self.arguments()? } else { (Vec::new(), 0) };
        let expression = match is_call {
            _ if RESERVED.contains(&&*text) => self.fault(first, format!("reserved identifier: {text}")),
            true => self.call(open, &full, None, arguments),
            false => self.node(name, Kind::Identifier(full.into())),
        };
        Ok(Parsed { expression, height })
    }

    /// How many tokens a message's name has, if a message stands here.
    pub(super) fn message_name(&self) -> Option<usize> {
        let mut count = usize::from(self.peek() == K::Dot) + 1;
        while (self.peek_after(count), self.peek_after(count + 1)) == (K::Dot, K::Identifier) {
            count += 2;
        }
        (self.peek_after(count) == K::OpenBrace).then_some(count)
    }

    /// `'.'? IDENTIFIER ('.' IDENTIFIER)* '{' fieldInitializerList? ','? '}'`
    pub(super) fn message(&mut self, name_length: usize) -> Outcome<Parsed> {
        let name: Vec<_> = (0..name_length).map(|_| self.consume()).collect();
        let type_name: String = name.iter().map(|token| self.text(*token)).collect();
        let open = self.consume();
        let close = TokenSet::of(&[K::CloseBrace]);
        let (mut fields, mut height) = (Vec::new(), 0);
        self.require(FIRST_FIELD.or(close).or(TokenSet::of(&[K::Comma])))?;
        while FIRST_FIELD.contains(self.peek()) {
            let optional = self.optional();
            let name = self.escapable_name()?;
            let name = self.name(name);
            let colon = self.take(K::Colon, FIRST)?;
            let value = self.expression(close.or(TokenSet::of(&[K::Comma])))?;
            height = height.max(value.height);
            fields.push((self.id(colon), name, value.expression, optional));
            if self.peek() != K::Comma || !FIRST_FIELD.contains(self.peek_after(1)) {
                break;
            }
            self.consume();
        }
        self.trailing_comma();
        self.take(K::CloseBrace, self.anything_after())?;
        let kind = Kind::Message { type_name: type_name.into(), fields };
        Ok(Parsed { expression: self.node(open, kind), height })
    }

    /// `escapeIdent: IDENTIFIER | ESC_IDENTIFIER`
    pub(super) fn escapable_name(&mut self) -> Outcome<Token> {
        self.require(NAMES)?;
        self.recovering = false;
        Ok(self.consume())
    }

    /// A field's name. Kubernetes does not enable names in backticks.
    pub(super) fn name(&mut self, token: Token) -> Arc<str> {
        if token.kind == K::EscapedIdentifier {
            self.faults.push((offset(token.start), "unsupported syntax: '`'".to_owned()));
        }
        self.text(token).into()
    }

    pub(super) fn literal(&mut self) -> Outcome<Parsed> {
        let first = self.consume();
        let token = if first.kind == K::Minus {
            match self.peek() {
                K::Int | K::Float => self.consume(),
                _ => return Err(self.no_alternative_from(first)),
            }
        } else {
            first
        };
        self.recovering = false;
        let text = match first.kind {
            K::Minus => format!("-{}", self.text(token)),
            _ => self.text(token).to_owned(),
        };
        let found = match token.kind {
            K::True => Ok(Literal::Bool(true)),
            K::False => Ok(Literal::Bool(false)),
            K::Null => Ok(Literal::Null),
            K::Int => literal::int(&text).ok_or("invalid int literal"),
            K::Uint => literal::uint(&text).ok_or("invalid uint literal"),
            K::Float => literal::double(&text).ok_or("invalid double literal"),
            K::Bytes => literal::bytes(&text),
            _ => literal::string(&text),
        };
        let expression = match found {
            Ok(literal) => self.node(first, Kind::Literal(literal)),
            Err(message) => self.fault(first, message),
        };
        Ok(Parsed { expression, height: 0 })
    }
}
