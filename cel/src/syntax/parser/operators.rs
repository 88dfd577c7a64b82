//! The rules of the grammar for operators, those that bind least first.

use super::{AFTER_CALC, AFTER_RELATION, FIRST, Outcome, Parsed, Parser, Rule, Stop};
use crate::{
    operator,
    syntax::token::{TokenKind as K, TokenSet},
};

impl Parser<'_> {
    pub(super) fn start(&mut self) -> Outcome<Parsed> {
        let end = TokenSet::of(&[K::End]);
        self.begin(TokenSet::NONE);
        let read = self.expression(end);
        let read = read.and_then(|parsed| match self.take(K::End, TokenSet::NONE) {
            Err(Stop::TooDeep) => Err(Stop::TooDeep),
            // What was read counts even if something stands behind it.
            _ => Ok(parsed),
        });
        self.end(read)
    }

    /// `expr: conditionalOr ('?' conditionalOr ':' expr)?`
    pub(super) fn expression(&mut self, follow: TokenSet) -> Outcome<Parsed> {
        self.begin(follow);
        self.enter(Rule::Expression)?;
        let read = self.conditional();
        self.leave(Rule::Expression);
        self.end(read)
    }

    fn conditional(&mut self) -> Outcome<Parsed> {
        let condition = self.either(TokenSet::of(&[K::Question]))?;
        if self.peek() == K::Question { self.branches(condition) } else { Ok(condition) }
    }

    fn branches(&mut self, condition: Parsed) -> Outcome<Parsed> {
        let question = self.consume();
        let then = self.either(TokenSet::of(&[K::Colon]))?;
        self.take(K::Colon, FIRST)?;
        let otherwise = self.expression(TokenSet::NONE)?;
        let height = condition.height.max(then.height).max(otherwise.height) + 1;
        let arguments = vec![condition.expression, then.expression, otherwise.expression];
        Ok(Parsed { expression: self.call(question, operator::CONDITIONAL, None, arguments), height })
    }

    /// `conditionalOr: conditionalAnd ('||' conditionalAnd)*`
    fn either(&mut self, follow: TokenSet) -> Outcome<Parsed> {
        self.begin(follow);
        let read = match self.both() {
            Ok(first) if self.peek() == K::Or => self.chain(first, K::Or, operator::OR, Self::both),
            read => read,
        };
        self.end(read)
    }

    /// `conditionalAnd: relation ('&&' relation)*`
    fn both(&mut self) -> Outcome<Parsed> {
        self.begin(TokenSet::of(&[K::Or]));
        let read = match self.term() {
            Ok(first) if self.peek() == K::And => self.chain(first, K::And, operator::AND, Self::term),
            read => read,
        };
        self.end(read)
    }

    fn term(&mut self) -> Outcome<Parsed> {
        self.relation(0, TokenSet::of(&[K::And]))
    }

    /// The operands after the first one, which an operator follows.
    fn chain(
        &mut self,
        first: Parsed,
        kind: K,
        function: &str,
        operand: fn(&mut Self) -> Outcome<Parsed>,
    ) -> Outcome<Parsed> {
        let (mut terms, mut operators) = (vec![first], Vec::new());
        while self.peek() == kind {
            self.recovering = false;
            operators.push(self.consume());
            terms.push(operand(self)?);
        }
        Ok(self.balanced(function, terms, &operators))
    }

    /// `relation: calc | relation ('<' | '<=' | '>=' | '>' | '==' | '!=' | 'in') relation`
    fn relation(&mut self, level: u8, follow: TokenSet) -> Outcome<Parsed> {
        self.begin(follow);
        self.enter(Rule::Relation)?;
        let read = match self.calc(0, AFTER_RELATION) {
            Ok(left) => {
                self.operators(left, level, relation_operator, |parser, level| parser.relation(level, AFTER_RELATION))
            }
            stopped => stopped,
        };
        self.leave(Rule::Relation);
        self.end(read)
    }

    /// `calc: unary | calc ('*' | '/' | '%') calc | calc ('+' | '-') calc`
    fn calc(&mut self, level: u8, follow: TokenSet) -> Outcome<Parsed> {
        self.begin(follow);
        self.enter(Rule::Calc)?;
        let read = match self.unary() {
            Ok(left) => self.operators(left, level, calc_operator, |parser, level| parser.calc(level, AFTER_CALC)),
            stopped => stopped,
        };
        self.leave(Rule::Calc);
        self.end(read)
    }

    /// Operators of at least a level, each of which binds more to the left than to the right.
    fn operators(
        &mut self,
        mut left: Parsed,
        level: u8,
        operator: fn(K) -> Option<(&'static str, u8)>,
        operand: fn(&mut Self, u8) -> Outcome<Parsed>,
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
    fn unary(&mut self) -> Outcome<Parsed> {
        self.begin(AFTER_CALC);
        let read = match self.require(FIRST) {
            Err(stop) => Err(stop),
            Ok(()) => match self.peek() {
                K::Not => self.signed(K::Not, operator::NOT),
                // A sign belongs to its number.
                K::Minus if !matches!(self.peek_after(1), K::Int | K::Float) => self.signed(K::Minus, operator::NEGATE),
                _ => self.member(),
            },
        };
        self.end(read)
    }

    fn signed(&mut self, kind: K, function: &str) -> Outcome<Parsed> {
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
