//! Calls whose cost is wanted: what is known of their arguments.

use std::sync::Arc;

use super::Range;
use crate::{
    static_type::Type,
    syntax::{Expression, Kind, Literal},
};

/// Names of fields, and `@items`, `@indices`, `@keys` and `@values` of lists and maps.
pub(super) type Path = Vec<Arc<str>>;

/// How large the values of variables can be.
pub trait Sizes {
    /// The size of what a path leads to; none if it is not known.
    fn size(&self, path: &[Arc<str>]) -> Option<Range>;
}

/// Nothing is known.
#[derive(Clone, Copy, Debug)]
pub struct NoSizes;

impl Sizes for NoSizes {
    fn size(&self, _: &[Arc<str>]) -> Option<Range> {
        None
    }
}

/// A call whose cost is wanted.
pub struct Call<'e> {
    /// What the function is called on.
    pub target: Option<&'e Operand<'e>>,
    /// The arguments.
    pub arguments: &'e [Operand<'e>],
    pub(super) sizes: &'e dyn Sizes,
}

/// A target or an argument of a call.
pub struct Operand<'e> {
    /// The expression, unless it is an item of another one.
    pub(super) expression: Option<&'e Expression>,
    /// The type.
    pub kind: &'e Type,
    /// Where the value comes from.
    pub path: Option<Vec<Arc<str>>>,
    /// How large it is, if that is known from the expression.
    pub size: Option<Range>,
}

/// What a call costs, and how large what it gives is.
#[derive(Clone, Copy, Debug)]
pub struct CallEstimate {
    /// Without its arguments.
    pub cost: Range,
    /// None if nothing is known.
    pub size: Option<Range>,
}

impl CallEstimate {
    /// A cost of 1.
    pub const ONE: Self = Self { cost: Range::ONE, size: None };

    /// A cost.
    pub const fn of(cost: Range) -> Self {
        Self { cost, size: None }
    }

    /// With the size of what the call gives.
    #[must_use]
    pub const fn giving(self, size: Range) -> Self {
        Self { cost: self.cost, size: Some(size) }
    }
}

impl Operand<'_> {
    pub(super) fn literal_int(&self) -> Option<i64> {
        match self.expression?.kind {
            Kind::Literal(Literal::Int(number)) => Some(number),
            _ => None,
        }
    }

    pub(super) fn known_size(&self) -> Range {
        self.size.unwrap_or(Range::UNKNOWN)
    }

    /// The number that is written here; nothing below 0.
    pub(super) fn count_or(&self, otherwise: u64) -> u64 {
        self.literal_int().map_or(otherwise, |number| u64::try_from(number).unwrap_or(0))
    }
}

impl Call<'_> {
    /// The argument of an index, which the signature has.
    pub fn argument(&self, index: usize) -> &Operand<'_> {
        &self.arguments[index]
    }

    /// How large an argument is.
    pub fn size(&self, index: usize) -> Range {
        self.arguments.get(index).map_or(Range::UNKNOWN, |argument| self.size_of(argument))
    }

    /// How large the target is.
    pub fn target_size(&self) -> Range {
        self.target.map_or(Range::UNKNOWN, |target| self.size_of(target))
    }

    /// How large an operand is.
    pub fn size_of(&self, operand: &Operand<'_>) -> Range {
        let of_path = || operand.path.as_ref().and_then(|path| self.sizes.size(path));
        operand.size.or_else(of_path).unwrap_or(Range::UNKNOWN)
    }

    /// Any item of the target, if that is a list.
    pub fn item_of_target(&self) -> Option<Operand<'_>> {
        let target = self.target?;
        let kind = *target.kind.parameters().first()?;
        let path = target.path.clone().map(|mut path| {
            path.push("@items".into());
            path
        });
        Some(Operand { expression: None, kind, path, size: None })
    }
}
