//! The characters that no YAML text may have.
//!
//! In: a text. Out: the first control character in it that YAML forbids, with its position.

use super::Error;
use crate::diagnostic::Position;

/// So many bytes are looked at together.
const CHUNK: usize = 128;

/// The first forbidden character: YAML allows no control characters but tab, line ends and U+0085, nor U+FFFE and U+FFFF,
/// and go-yaml refuses a text that has one.
pub(super) fn forbidden(text: &str) -> Option<Error> {
    let bytes = text.as_bytes();
    let at = (0..bytes.len()).step_by(CHUNK).find_map(|start| {
        let chunk = &bytes[start..bytes.len().min(start + CHUNK)];
        // Looking at every byte, without stopping early, is vectorised.
        let suspicious = chunk.iter().fold(false, |any, byte| any | is_suspicious(*byte));
        if suspicious { (start..start + chunk.len()).find(|at| is_forbidden(&bytes[*at..])) } else { None }
    })?;
    let (before, rest) = text.split_at_checked(at)?;
    let line_start = before.rfind('\n').map_or(0, |end| end + 1);
    let number = |count: usize| u32::try_from(count + 1).unwrap_or(u32::MAX);
    let position =
        Position { line: number(before.matches('\n').count()), column: number(before[line_start..].chars().count()) };
    let character = u32::from(rest.chars().next()?);
    Some(Error::new(position, format!("the control character U+{character:04X} is not allowed")))
}

/// Whether a forbidden character may start with this byte.
fn is_suspicious(byte: u8) -> bool {
    byte < 0x20 && byte != b'\n' && byte != b'\r' || byte == 0x7f || byte == 0xc2 || byte == 0xef
}

/// Whether these bytes, part of a text, start with a forbidden character.
fn is_forbidden(bytes: &[u8]) -> bool {
    match bytes {
        [b'\t' | b'\n' | b'\r', ..] | [0xc2, 0x85, ..] => false,
        [..0x20 | 0x7f, ..] | [0xc2, 0x80..=0x9f, ..] | [0xef, 0xbf, 0xbe | 0xbf, ..] => true,
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// What the definition says, character by character.
    fn is_allowed(c: char) -> bool {
        matches!(c, '\t' | '\n' | '\r' | ' '..='~' | '\u{85}' | '\u{a0}'..='\u{fffd}' | '\u{10000}'..)
    }

    #[test]
    fn every_character_is_judged_as_yaml_says() {
        for c in '\0'..='\u{10ffff}' {
            let found = forbidden(c.encode_utf8(&mut [0; 4])).is_some();
            assert_eq!(found, !is_allowed(c), "U+{:04X}", u32::from(c));
        }
    }

    #[test]
    fn a_forbidden_character_has_its_place_wherever_it_stands() {
        for before in [0, 1, CHUNK - 2, CHUNK - 1, CHUNK, 3 * CHUNK + 5] {
            for character in ["\u{1b}", "\u{81}", "\u{ffff}"] {
                let text = format!("é\n{}\u{a0}{character}x\n\u{0}", "a".repeat(before));
                let error = forbidden(&text).unwrap();
                let column = u32::try_from(before).unwrap() + 2;
                assert_eq!(error.position, Position { line: 2, column }, "{before} {character:?}");
            }
        }
        assert_eq!(forbidden(&"é\u{a0}\u{feff}\t\r\n".repeat(CHUNK)), None);
    }
}
