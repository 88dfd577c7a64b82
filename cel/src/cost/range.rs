//! The least and the most that a cost or a size can be.

/// From a least to a most, both within.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Range {
    /// The least.
    pub min: u64,
    /// The most; `u64::MAX` if there is no bound.
    pub max: u64,
}

impl Range {
    /// Anything.
    pub const UNKNOWN: Self = Self { min: 0, max: u64::MAX };
    /// Nothing.
    pub const ZERO: Self = Self::exactly(0);
    /// What most calls cost.
    pub const ONE: Self = Self::exactly(1);

    /// One certain number.
    pub const fn exactly(number: u64) -> Self {
        Self { min: number, max: number }
    }

    /// The sum. What is too large for 64 bits is as large as they hold.
    #[must_use]
    pub const fn plus(self, other: Self) -> Self {
        Self { min: self.min.saturating_add(other.min), max: self.max.saturating_add(other.max) }
    }

    /// The product.
    #[must_use]
    pub const fn times(self, other: Self) -> Self {
        Self { min: self.min.saturating_mul(other.min), max: self.max.saturating_mul(other.max) }
    }

    /// So much for each, rounded up.
    #[must_use]
    pub fn scaled(self, factor: f64) -> Self {
        Self { min: scale(self.min, factor), max: scale(self.max, factor) }
    }

    /// One or the other.
    #[must_use]
    pub fn or(self, other: Self) -> Self {
        Self { min: self.min.min(other.min), max: self.max.max(other.max) }
    }
}

/// A number times a factor, rounded up, as large as 64 bits hold at most.
#[allow(clippy::cast_precision_loss, clippy::cast_possible_truncation, clippy::cast_sign_loss)] // As in cel-go; casts saturate.
pub(crate) fn scale(number: u64, factor: f64) -> u64 {
    (number as f64 * factor).ceil() as u64
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_too_large_is_as_large_as_possible() {
        assert_eq!(Range::UNKNOWN.plus(Range::ONE), Range { min: 1, max: u64::MAX });
        assert_eq!(Range::UNKNOWN.times(Range::exactly(3)), Range::UNKNOWN);
        assert_eq!(Range::UNKNOWN.scaled(0.1), Range { min: 0, max: 1_844_674_407_370_955_264 });
        assert_eq!(Range::exactly(11).scaled(0.1), Range::exactly(2));
        assert_eq!(Range::exactly(u64::MAX).scaled(2.0), Range::exactly(u64::MAX));
    }
}
