//! Makes an input smaller as long as the same thing is wrong with it.

use std::{fs, path::Path};

use anyhow::Result;

use crate::{
    finding::{Finding, Kind},
    mutation::reductions,
    supervisor,
    target::Target,
};

/// So many smaller inputs are tried at most.
const MOST_TRIES: usize = 3000;

/// A smaller input with the same kind of finding. Each attempt is written to `file` for a process of its own.
pub(crate) fn minimize(target: &Target, input: &str, finding: &Finding, file: &Path) -> Result<String> {
    // What takes long is not tried thousands of times.
    let mut left = if finding.kind == Kind::Slow { 5 } else { MOST_TRIES };
    let mut shows = |input: &str| -> Result<bool> {
        if left == 0 {
            return Ok(false);
        }
        left -= 1;
        fs::write(file, input)?;
        Ok(supervisor::attempt(target, file)?.is_some_and(|found| found.kind == finding.kind))
    };
    let mut input = input.to_owned();
    loop {
        let before = input.len();
        input = without_parts_of_values(input, &mut shows)?;
        input = without_pieces(input, &mut shows)?;
        if input.len() >= before {
            break;
        }
    }
    fs::remove_file(file).ok();
    Ok(input)
}

/// Lines that are JSON without the parts that do not matter.
fn without_parts_of_values(mut input: String, shows: &mut impl FnMut(&str) -> Result<bool>) -> Result<String> {
    for line in 0..input.lines().count() {
        'again: loop {
            let lines: Vec<&str> = input.lines().collect();
            let Some(Ok(value)) = lines.get(line).map(|line| serde_json::from_str(line)) else { break };
            for reduced in reductions(&value) {
                let reduced = reduced.to_string();
                let smaller: Vec<&str> =
                    lines.iter().enumerate().map(|(at, other)| if at == line { &*reduced } else { other }).collect();
                let smaller = smaller.join("\n");
                if shows(&smaller)? {
                    input = smaller;
                    continue 'again;
                }
            }
            break;
        }
    }
    Ok(input)
}

/// The text without the pieces that do not matter: halves, quarters, and so on.
fn without_pieces(mut input: String, shows: &mut impl FnMut(&str) -> Result<bool>) -> Result<String> {
    let mut size = input.len().div_ceil(2);
    while size > 0 {
        let mut at = 0;
        while at < input.len() {
            let (start, end) = (input.floor_char_boundary(at), input.ceil_char_boundary((at + size).min(input.len())));
            let smaller = format!("{}{}", &input[..start], &input[end..]);
            if shows(&smaller)? {
                input = smaller;
            } else {
                at += size;
            }
        }
        size /= 2;
    }
    Ok(input)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_matters_is_left_of_a_text() {
        let mut shows = |text: &str| Ok(text.contains("é)") && text.contains('a'));
        assert_eq!(without_pieces("xxabc((é)yy".to_owned(), &mut shows).unwrap(), "aé)");
    }

    #[test]
    fn what_matters_is_left_of_values() {
        let mut shows = |text: &str| Ok(text.contains("\"b\":2") && text.ends_with("\n{}"));
        let input = "{\"a\":[1,{\"b\":2,\"c\":3}],\"d\":{}}\n{}".to_owned();
        assert_eq!(without_parts_of_values(input, &mut shows).unwrap(), "{\"a\":[{\"b\":2}]}\n{}");
    }
}
