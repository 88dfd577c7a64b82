//! Indexes of an indexed job, as text: `1,3-5,7`.
//!
//! Source: `validateIndexesFormat`, `validateFailedIndexesNotOverlapCompleted`.

use super::super::integer;

/// How many indexes the text has, of a job with so many completions.
pub(super) fn count(text: &str, completions: i64) -> Result<i64, String> {
    let (mut last, mut total) = (None, 0);
    for part in text.split(',').filter(|_| !text.is_empty()) {
        let (from, to) = interval(part, completions)?;
        if let Some(last) = last.filter(|last| *last >= from) {
            return Err(format!("non-increasing order, previous: {last}, current: {from}"));
        }
        total += to - from + 1;
        last = Some(to);
    }
    Ok(total)
}

/// The first and last index of an interval.
fn interval(text: &str, completions: i64) -> Result<(i64, i64), String> {
    let limits: Vec<&str> = text.split('-').collect();
    if limits.len() > 2 {
        return Err(format!(
            "the fragment {text:?} violates the requirement that an index interval can have at most two parts separated by '-'"
        ));
    }
    let read = |limit: &str| match integer::parse(limit) {
        Err(_) => Err(format!("cannot convert string to integer for index: {limit:?}")),
        Ok(index) if index >= completions => Err(format!("too large index: {limit:?}")),
        Ok(index) => Ok(index),
    };
    let from = read(limits.first().copied().unwrap_or_default())?;
    let Some(to) = limits.get(1) else { return Ok((from, from)) };
    let to = read(to)?;
    if from >= to {
        return Err(format!("non-increasing order, previous: {from}, current: {to}"));
    }
    Ok((from, to))
}

/// An index that is in both texts, which are in order. What cannot be read is passed over: it is refused elsewhere.
pub(super) fn overlap(completed: &str, failed: &str, completions: i64) -> Option<i64> {
    let read = |text: &str| -> Vec<(i64, i64)> {
        text.split(',').filter_map(|part| interval(part, completions).ok()).collect()
    };
    let (completed, failed) = (read(completed), read(failed));
    let (mut completed, mut failed) = (completed.iter().peekable(), failed.iter().peekable());
    while let (Some(one), Some(other)) = (completed.peek(), failed.peek()) {
        if one.0 <= other.1 && other.0 <= one.1 {
            return Some(one.0.max(other.0));
        }
        if one.0 <= other.0 {
            completed.next();
        } else {
            failed.next();
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(text: &str, expected: Result<i64, &str>) {
        assert_eq!(count(text, 10), expected.map_err(str::to_owned), "{text}");
    }

    #[test]
    fn indexes_are_counted() {
        check("", Ok(0));
        check("1,3-5,7", Ok(5));
        check("0-9", Ok(10));
    }

    #[test]
    fn indexes_must_grow_and_be_below_the_completions() {
        check("3,1", Err("non-increasing order, previous: 3, current: 1"));
        check("5-3", Err("non-increasing order, previous: 5, current: 3"));
        check("10", Err("too large index: \"10\""));
        check("a", Err("cannot convert string to integer for index: \"a\""));
        check("1,", Err("cannot convert string to integer for index: \"\""));
        check(
            "1-2-3",
            Err(
                "the fragment \"1-2-3\" violates the requirement that an index interval can have at most two parts separated by '-'",
            ),
        );
    }

    #[test]
    fn an_index_in_both_texts_is_found() {
        assert_eq!(overlap("0,2-4", "4-5", 10), Some(4));
        assert_eq!(overlap("0,2-3", "1,4-5", 10), None);
        assert_eq!(overlap("", "1", 10), None);
        assert_eq!(overlap("x,1", "1", 10), Some(1));
    }
}
