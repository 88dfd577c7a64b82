//! Reading tokens, and what happens if they do not fit: the strategy of ANTLR's parsers.

use super::{AFTER_CALC, AFTER_MEMBER, AFTER_RELATION, Outcome, Parsed, Parser, Rule, Stop, displayed, offset};
use crate::syntax::{
    MAX_DEPTH,
    token::{Token, TokenKind as K, TokenSet},
};

/// How often the parser recovers before it gives up.
const MAX_RECOVERIES: usize = 30;

impl Parser<'_> {
    pub(super) fn peek(&self) -> K {
        self.tokens[self.next].kind
    }

    pub(super) fn peek_after(&self, count: usize) -> K {
        self.tokens[(self.next + count).min(self.tokens.len() - 1)].kind
    }

    pub(super) fn consume(&mut self) -> Token {
        let token = self.tokens[self.next];
        if token.kind != K::End {
            self.next += 1;
        }
        token
    }

    pub(super) fn text(&self, token: Token) -> &str {
        match token.kind {
            K::End => "<EOF>",
            _ => &self.source[token.start..token.end],
        }
    }

    pub(super) fn report(&mut self, message: &str) {
        if !self.recovering {
            self.recovering = true;
            let at = offset(self.tokens[self.next].start);
            self.issues.report(at, format!("Syntax error: {message}"));
        }
    }

    pub(super) fn shown(&self) -> String {
        displayed(self.text(self.tokens[self.next]))
    }

    pub(super) fn mismatch(&mut self, expected: TokenSet) -> Stop {
        self.report(&format!("mismatched input '{}' expecting {expected}", self.shown()));
        Stop::Syntax
    }

    /// Drops one token that is too much, if what stands after it fits.
    pub(super) fn drop_one(&mut self, expected: TokenSet) -> bool {
        let dropped = expected.contains(self.peek_after(1)) && self.peek() != K::End;
        if dropped {
            self.report(&format!("extraneous input '{}' expecting {expected}", self.shown()));
            self.consume();
            self.recovering = false;
        }
        dropped
    }

    /// Takes a token of one kind. `then` is what may stand after it.
    pub(super) fn take(&mut self, kind: K, then: TokenSet) -> Outcome<Token> {
        let expected = TokenSet::of(&[kind]);
        if self.peek() == kind || self.drop_one(expected) {
            self.recovering = false;
            return Ok(self.consume());
        }
        self.count_recovery()?;
        if then.contains(self.peek()) {
            self.report(&format!("missing {expected} at '{}'", self.shown()));
            return Ok(self.tokens[self.next]);
        }
        Err(self.mismatch(expected))
    }

    /// Before a choice: something of `expected` must stand here.
    pub(super) fn require(&mut self, expected: TokenSet) -> Outcome<()> {
        if self.recovering || expected.contains(self.peek()) || self.drop_one(expected) {
            return Ok(());
        }
        Err(self.mismatch(expected))
    }

    /// Starts a rule that `follow` may stand after.
    ///
    /// Rules are not closures that this is called with: an expression may nest 250 levels deep, each of which is ten rules,
    /// and without optimizations every function on that way takes hundreds of bytes of the stack.
    pub(super) fn begin(&mut self, follow: TokenSet) {
        self.follow.push(follow);
    }

    /// Ends the rule that was started last. If it failed, text is skipped until something that may follow any of the
    /// rules that are being read, and the rule counts as read.
    pub(super) fn end(&mut self, read: Outcome<Parsed>) -> Outcome<Parsed> {
        let read = match read {
            Err(Stop::Syntax) => self.recover().map(|()| self.missing()),
            other => other,
        };
        self.follow.pop();
        read
    }

    pub(super) fn count_recovery(&mut self) -> Outcome<()> {
        self.recoveries += 1;
        if self.recoveries <= MAX_RECOVERIES {
            return Ok(());
        }
        self.recovering = false;
        self.report(&format!("error recovery attempt limit exceeded: {MAX_RECOVERIES}"));
        self.next = self.tokens.len() - 1;
        Err(Stop::TooDeep)
    }

    pub(super) fn recover(&mut self) -> Outcome<()> {
        self.count_recovery()?;
        // Twice at one place would be for ever.
        if self.last_recovery == Some(self.next) {
            self.consume();
        }
        self.last_recovery = Some(self.next);
        let follow = self.follow.iter().fold(TokenSet::of(&[K::End]), |all, set| all.or(*set));
        while !follow.contains(self.peek()) {
            self.consume();
        }
        Ok(())
    }

    /// Starts a rule that may contain itself, perhaps many times in a row.
    pub(super) fn enter(&mut self, rule: Rule) -> Outcome<()> {
        let depth = &mut self.depths[rule as usize];
        *depth += 1;
        if *depth > MAX_DEPTH { Err(Stop::TooDeep) } else { Ok(()) }
    }

    /// Ends such a rule.
    pub(super) fn leave(&mut self, rule: Rule) {
        self.depths[rule as usize] -= 1;
    }

    /// No choice fits, as the token `ahead` of here shows.
    pub(super) fn no_alternative(&mut self, ahead: usize) -> Stop {
        let from = self.tokens[self.next];
        self.next = (self.next + ahead).min(self.tokens.len() - 1);
        self.no_alternative_from(from)
    }

    pub(super) fn no_alternative_from(&mut self, from: Token) -> Stop {
        let at = self.tokens[self.next];
        // White space is not part of what ANTLR shows.
        let tokens = self.tokens.iter().filter(|token| token.start >= from.start && token.end <= at.end);
        let text: String = tokens.map(|token| &self.source[token.start..token.end]).collect();
        match at.kind {
            // As cel-go has always said it.
            K::True | K::False | K::Null if from.kind == K::Dot && text.len() == 1 + at.end - at.start => {
                self.report(&format!("mismatched input '{}' expecting IDENTIFIER", self.shown()));
            }
            _ => self.report(&format!("no viable alternative at input '{}'", displayed(&text))),
        }
        Stop::Syntax
    }

    /// What may stand after something that is complete.
    pub(super) fn anything_after(&self) -> TokenSet {
        let within = AFTER_MEMBER.or(AFTER_CALC).or(AFTER_RELATION);
        let within = within.or(TokenSet::of(&[K::And, K::Or, K::Question, K::End]));
        self.follow.iter().fold(within, |all, set| all.or(*set))
    }
}
