//! Checks of numbers that may be percentages: `maxUnavailable` and the like.
//!
//! Source: `ValidatePositiveIntOrPercent`, `IsNotMoreThan100Percent`, `getIntOrPercentValue` of `pkg/apis/apps/validation`.

use super::Field;

const RULE: &str = "a valid percent string must be a numeric string followed by an ending '%' (e.g. '1%',  or '93%', \
    regex used for validation is '[0-9]+%')";

impl Field<'_> {
    /// The value must be a number that is not negative, or a percentage. An absent value is 0.
    pub(crate) fn number_or_percent(self) {
        if !self.value().is_string() {
            self.not_negative();
        } else if !is_percent(self.text()) {
            self.invalid(RULE);
        }
    }

    /// A percentage must not be above 100%.
    pub(crate) fn at_most_100_percent(self) {
        if is_percent(self.text()) && self.number_of_percent() > 100 {
            self.invalid("must not be greater than 100%");
        }
    }

    /// The number, with or without its `%`; 0 if it is none.
    pub(crate) fn number_of_percent(self) -> i64 {
        if !self.value().is_string() {
            return self.int();
        }
        match self.text().strip_suffix('%').filter(|_| is_percent(self.text())) {
            // Go reads too large a number as the largest one.
            Some(digits) => digits.parse().unwrap_or(i64::MAX),
            None => self.text().parse().unwrap_or(0),
        }
    }
}

fn is_percent(text: &str) -> bool {
    let digits = text.strip_suffix('%').unwrap_or_default();
    !digits.is_empty() && digits.bytes().all(|byte| byte.is_ascii_digit())
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use crate::check::Check;

    #[track_caller]
    fn check(value: &Value, number: i64, faults: usize) {
        let mut found = None;
        let errors = Check::of(value, |root| {
            root.number_or_percent();
            root.at_most_100_percent();
            found = Some(root.number_of_percent());
        });
        assert_eq!((found, errors.len()), (Some(number), faults), "{value}: {errors:?}");
    }

    #[test]
    fn a_number_or_a_percentage_up_to_100_is_fine() {
        check(&json!(3), 3, 0);
        check(&json!("25%"), 25, 0);
        check(&json!("100%"), 100, 0);
        check(&Value::Null, 0, 0);
    }

    #[test]
    fn what_is_neither_is_refused() {
        check(&json!(-1), -1, 1);
        check(&json!("101%"), 101, 1);
        check(&json!("25"), 25, 1);
        check(&json!("%"), 0, 1);
        check(&json!("-5%"), 0, 1);
        check(&json!("99999999999999999999%"), i64::MAX, 1);
    }
}
