//! The rules of the grammar for operators, those that bind least first.

use super::{AFTER_CALC, AFTER_RELATION, FIRST, Outcome, Parsed, Parser, Rule, Stop};
use crate::{
    operator,
    syntax::token::{TokenKind as K, TokenSet},
};

impl Parser<'_> {
    pub(super) fn start(&mut self) -> Outcome<Parsed> {
        let end = TokenSet::of(&[K::End]);
        self.rule(
            TokenSet::NONE,
            |parser| {
                let parsed = parser.expression(end)?;
                // What was read counts even if something stands behind it.
                match parser.take(K::End, TokenSet::NONE) {
                    Err(Stop::TooDeep) => Err(Stop::TooDeep),
                    _ => Ok(parsed),
                }
            },
            Self::missing,
        )
    }

    /// `expr: conditionalOr ('?' conditionalOr ':' expr)?`
    pub(super) fn expression(&mut self, follow: TokenSet) -> Outcome<Parsed> {
        self.rule(follow, |parser| parser.nested(Rule::Expression, Self::conditional), Self::missing)
    }

    pub(super) fn conditional(&mut self) -> Outcome<Parsed> {
        let condition = self.either(TokenSet::of(&[K::Question]))?;
        if self.peek() != K::Question {
            return Ok(condition);
        }
        let question = self.consume();
        let then = self.either(TokenSet::of(&[K::Colon]))?;
        self.take(K::Colon, FIRST)?;
        let otherwise = self.expression(TokenSet::NONE)?;
        let height = condition.height.max(then.height).max(otherwise.height) + 1;
        let arguments = vec![condition.expression, then.expression, otherwise.expression];
        Ok(Parsed { expression: self.call(question, operator::CONDITIONAL, None, arguments), height })
    }

    /// `conditionalOr: conditionalAnd ('||' conditionalAnd)*`
    pub(super) fn either(&mut self, follow: TokenSet) -> Outcome<Parsed> {
        let or = TokenSet::of(&[K::Or]);
        self.rule(follow, |parser| parser.chain(K::Or, operator::OR, |parser| parser.both(or)), Self::missing)
    }

    /// `conditionalAnd: relation ('&&' relation)*`
    pub(super) fn both(&mut self, follow: TokenSet) -> Outcome<Parsed> {
        let and = TokenSet::of(&[K::And]);
        self.rule(follow, |parser| parser.chain(K::And, operator::AND, |parser| parser.relation(0, and)), Self::missing)
    }

    pub(super) fn chain(
        &mut self,
        kind: K,
        function: &str,
        operand: impl Fn(&mut Self) -> Outcome<Parsed>,
    ) -> Outcome<Parsed> {
        let (mut terms, mut operators) = (vec![operand(self)?], Vec::new());
        while self.peek() == kind {
            self.recovering = false;
            operators.push(self.consume());
            terms.push(operand(self)?);
        }
        Ok(self.balanced(function, terms, &operators))
    }

    /// `relation: calc | relation ('<' | '<=' | '>=' | '>' | '==' | '!=' | 'in') relation`
    pub(super) fn relation(&mut self, level: u8, follow: TokenSet) -> Outcome<Parsed> {
        let read = |parser: &mut Self| {
            let left = parser.calc(0, AFTER_RELATION)?;
            parser.operators(left, level, relation_operator, |parser, level| parser.relation(level, AFTER_RELATION))
        };
        self.rule(follow, |parser| parser.nested(Rule::Relation, read), Self::missing)
    }

    /// `calc: unary | calc ('*' | '/' | '%') calc | calc ('+' | '-') calc`
    pub(super) fn calc(&mut self, level: u8, follow: TokenSet) -> Outcome<Parsed> {
        let read = |parser: &mut Self| {
            let left = parser.unary()?;
            parser.operators(left, level, calc_operator, |parser, level| parser.calc(level, AFTER_CALC))
        };
        self.rule(follow, |parser| parser.nested(Rule::Calc, read), Self::missing)
    }

    /// Operators of at least a level, each of which binds more to the left than to the right.
    pub(super) fn operators(
        &mut self,
        mut left: Parsed,
        level: u8,
        operator: impl Fn(K) -> Option<(&'static str, u8)>,
        operand: impl Fn(&mut Self, u8) -> Outcome<Parsed>,
    ) -> Outcome<Parsed> {
        while let Some((function, found)) = operator(self.peek()).filter(|(_, found)| *found >= level) {
            self.recovering = false;
            let at = self.consume();
            let right = operand(self, found + 1)?;
            left = self.operation(at, function, left, right);
        }
        Ok(left)
    }

    /// `unary: member | '!'+ member | '-'+ member`
    pub(super) fn unary(&mut self) -> Outcome<Parsed> {
        self.rule(AFTER_CALC, Self::signed, Self::missing)
    }

    pub(super) fn signed(&mut self) -> Outcome<Parsed> {
        self.require(FIRST)?;
        let (kind, function) = match self.peek() {
            K::Not => (K::Not, operator::NOT),
            // A sign belongs to its number.
            K::Minus if !matches!(self.peek_after(1), K::Int | K::Float) => (K::Minus, operator::NEGATE),
            _ => return self.member(),
        };
        let (at, mut count) = (self.consume(), 1);
        while self.peek() == kind {
            self.consume();
            count += 1;
        }
        let operand = self.member()?;
        // An even number of them means nothing.
        match count % 2 {
            0 => Ok(operand),
            _ => Ok(Parsed {
                expression: self.call(at, function, None, vec![operand.expression]),
                height: operand.height,
            }),
        }
    }
}

fn relation_operator(kind: K) -> Option<(&'static str, u8)> {
    Some(match kind {
        K::Less => (operator::LESS, 1),
        K::LessEqual => (operator::LESS_EQUAL, 1),
        K::GreaterEqual => (operator::GREATER_EQUAL, 1),
        K::Greater => (operator::GREATER, 1),
        K::Equal => (operator::EQUAL, 1),
        K::NotEqual => (operator::NOT_EQUAL, 1),
        K::In => (operator::IN, 1),
        _ => return None,
    })
}

fn calc_operator(kind: K) -> Option<(&'static str, u8)> {
    Some(match kind {
        K::Star => (operator::MULTIPLY, 2),
        K::Slash => (operator::DIVIDE, 2),
        K::Percent => (operator::MODULO, 2),
        K::Plus => (operator::ADD, 1),
        K::Minus => (operator::SUBTRACT, 1),
        _ => return None,
    })
}
