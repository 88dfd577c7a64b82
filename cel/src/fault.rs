//! What goes wrong while an expression is evaluated.

use std::fmt;

use crate::value::Arena;

/// An error of an evaluation. `a || b` and the like forgive it if the other side decides, a budget that is used up excepted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Fault<'a> {
    message: &'a str,
    over_budget: bool,
}

/// What an evaluation comes to.
pub type Outcome<'a, T = crate::value::Value<'a>> = Result<T, Fault<'a>>;

impl<'a> Fault<'a> {
    /// No function of this name takes such values.
    pub const NO_SUCH_OVERLOAD: Fault<'static> = Fault::plain("no such overload");
    pub(crate) const NAN: Fault<'static> = Fault::plain("NaN values cannot be ordered");
    pub(crate) const INT_OVERFLOW: Fault<'static> = Fault::plain("integer overflow");
    pub(crate) const UINT_OVERFLOW: Fault<'static> = Fault::plain("unsigned integer overflow");
    pub(crate) const TIMESTAMP_OVERFLOW: Fault<'static> = Fault::plain("timestamp overflow");
    /// The evaluation would take more time or memory than anybody needs. Nothing forgives it.
    pub const OVER_BUDGET: Fault<'static> =
        Fault { message: "operation cancelled: actual cost limit exceeded", over_budget: true };

    /// An error with a fixed message.
    pub const fn plain(message: &'a str) -> Self {
        Self { message, over_budget: false }
    }

    /// An error with a message made for it.
    pub fn new(arena: &'a Arena, message: &str) -> Self {
        Self::plain(arena.text(message))
    }

    /// What went wrong, in cel-go's words.
    pub fn message(&self) -> &'a str {
        self.message
    }

    /// Whether the evaluation was stopped because it cost too much.
    pub fn is_over_budget(&self) -> bool {
        self.over_budget
    }
}

impl fmt::Display for Fault<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.message)
    }
}
