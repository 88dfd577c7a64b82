//! Large numbers for people.

/// `1,234,567`; more than a thousand million million is not worth its digits.
pub(crate) fn grouped(number: u64) -> String {
    const MOST: u64 = 1_000_000_000_000_000;
    if number >= MOST {
        return "more than 10^15".to_owned();
    }
    let digits = number.to_string();
    let mut out = String::with_capacity(digits.len() + 4);
    for (index, digit) in digits.chars().enumerate() {
        if index > 0 && (digits.len() - index).is_multiple_of(3) {
            out.push(',');
        }
        out.push(digit);
    }
    out
}

/// How many times a limit is exceeded is not worth saying beyond this.
const MOST_TIMES: u64 = 1_000_000;

/// A share of a limit in percent, rounded up; as text, `12 %`, or how many times the limit.
pub(crate) fn share(cost: u64, limit: u64) -> String {
    if cost <= limit {
        format!("{} %", percent(cost, limit))
    } else {
        match cost.div_ceil(limit) {
            times if times > MOST_TIMES => format!("over {} times", grouped(MOST_TIMES)),
            times => format!("{} times", grouped(times)),
        }
    }
}

/// A share of a limit in percent, rounded up.
pub(crate) fn percent(cost: u64, limit: u64) -> u64 {
    u64::try_from((u128::from(cost) * 100).div_ceil(u128::from(limit))).unwrap_or(u64::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_easy_to_read() {
        let cases =
            [(0, "0"), (999, "999"), (1000, "1,000"), (10_000_000, "10,000,000"), (u64::MAX, "more than 10^15")];
        for (number, expected) in cases {
            assert_eq!(grouped(number), expected);
        }
        assert_eq!((share(1, 100), share(100, 100), share(101, 100)), ("1 %".into(), "100 %".into(), "2 times".into()));
    }
}
