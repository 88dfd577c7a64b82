//! Character classes and escapes of Go's regular expressions.
//!
//! In: a pattern from a `[` or `\` on. Out: the same class for the `regex` crate, and the rest of the pattern.

use std::fmt::Write as _;

use super::{Error, translate::error};

/// The general categories, short and long.
const CATEGORIES: &str = "C Cc Cf Cn Co L Lc Ll Lm Lo Lt Lu M Mc Me Mn N Nd Nl No P Pc Pd Pe Pf Pi Po Ps S Sc Sk Sm So Z Zl Zp Zs \
    Casedletter Closepunctuation Cntrl Combiningmark Connectorpunctuation Control Currencysymbol Dashpunctuation Decimalnumber \
    Digit Enclosingmark Finalpunctuation Format Initialpunctuation Letter Letternumber Lineseparator Lowercaseletter Mark \
    Mathsymbol Modifierletter Modifiersymbol Nonspacingmark Number Openpunctuation Other Otherletter Othernumber \
    Otherpunctuation Othersymbol Paragraphseparator Privateuse Punct Punctuation Separator Spaceseparator Spacingmark Symbol \
    Titlecaseletter Unassigned Uppercaseletter";
/// The scripts of Unicode 15 whose name is one word.
const SCRIPTS: &str = "Adlam Ahom Arabic Armenian Avestan Balinese Bamum Batak Bengali Bhaiksuki Bopomofo Brahmi Braille Buginese \
    Buhid Carian Chakma Cham Cherokee Chorasmian Common Coptic Cuneiform Cypriot Cyrillic Deseret Devanagari Dogra Duployan \
    Elbasan Elymaic Ethiopic Georgian Glagolitic Gothic Grantha Greek Gujarati Gurmukhi Han Hangul Hanunoo Hatran Hebrew \
    Hiragana Inherited Javanese Kaithi Kannada Katakana Kawi Kharoshthi Khmer Khojki Khudawadi Lao Latin Lepcha Limbu Lisu \
    Lycian Lydian Mahajani Makasar Malayalam Mandaic Manichaean Marchen Medefaidrin Miao Modi Mongolian Mro Multani Myanmar \
    Nabataean Nandinagari Newa Nko Nushu Ogham Oriya Osage Osmanya Palmyrene Phoenician Rejang Runic Samaritan Saurashtra \
    Sharada Shavian Siddham Sinhala Sogdian Soyombo Sundanese Syriac Tagalog Tagbanwa Takri Tamil Tangsa Tangut Telugu Thaana \
    Thai Tibetan Tifinagh Tirhuta Toto Ugaritic Vai Vithkuqi Wancho Yezidi Yi";

/// A class that no character is in, whether case counts or not. (To say it with the range of all characters would cost millions
/// of steps where case does not count.)
pub(super) const NOTHING: &str = "[a&&b]";

/// Translates the class that `source` starts with, and returns what follows it.
pub(super) fn translate<'p>(source: &'p str, out: &mut String) -> Result<&'p str, Error> {
    let mut rest = &source[1..];
    out.push('[');
    if let Some(negated) = rest.strip_prefix('^') {
        rest = negated;
        out.push('^');
    }
    // A class without a character matches nothing, as does this one, which adds nothing to others.
    out.push_str(NOTHING);
    let mut first = true;
    // Whether a range ends before the surrogates, and whether one starts behind them.
    let mut beside_surrogates = [false; 2];
    loop {
        match rest.strip_prefix(']') {
            Some(after) if !first => {
                // Such ranges touch, but `regex` would take what lies between them for something when it inverts the class.
                if beside_surrogates == [true; 2] {
                    out.push_str(r"\x{D7FF}-\x{E000}");
                }
                out.push(']');
                return Ok(after);
            }
            _ if rest.is_empty() => return Err(error("missing closing ]", source)),
            _ => first = false,
        }
        if let Some((class, after)) = named(rest)? {
            out.push_str(&class);
            rest = after;
            continue;
        }
        let (low, high, after) = range(rest)?;
        rest = after;
        if let Some((low, high)) = without_surrogates(low, high) {
            // Writing to a string cannot fail.
            let _ = write!(out, "\\x{{{low:X}}}-\\x{{{high:X}}}");
            beside_surrogates[0] |= high == 0xD7FF;
            beside_surrogates[1] |= low == 0xE000;
        }
    }
}

/// A class inside a class (`[:alpha:]`, `\d`, …), and the rest.
fn named(source: &str) -> Result<Option<(String, &str)>, Error> {
    match posix(source)? {
        None if source.starts_with('\\') => shorthand(source),
        found => Ok(found),
    }
}

/// A character or two that are the ends of a range, as numbers, and the rest.
fn range(source: &str) -> Result<(u32, u32, &str), Error> {
    let (low, rest) = character(source)?;
    let Some(after) = rest.strip_prefix('-').filter(|after| !after.is_empty() && !after.starts_with(']')) else {
        return Ok((low, low, rest));
    };
    let (high, rest) = character(after)?;
    if high < low {
        return Err(error("invalid character class range", &source[..source.len() - rest.len()]));
    }
    Ok((low, high, rest))
}

/// A class escape at the start (`\d`, `\p{Greek}`, …), and the rest.
pub(super) fn shorthand(source: &str) -> Result<Option<(String, &str)>, Error> {
    let Some(letter) = source.as_bytes().get(1) else { return Ok(None) };
    let class = match letter {
        b'd' => "[0-9]",
        b'D' => "[^0-9]",
        b's' => r"[\t\n\x0C\r ]",
        b'S' => r"[^\t\n\x0C\r ]",
        b'w' => "[0-9A-Za-z_]",
        b'W' => "[^0-9A-Za-z_]",
        b'p' | b'P' => return unicode(source).map(Some),
        _ => return Ok(None),
    };
    Ok(Some((class.to_owned(), &source[2..])))
}

/// The character that an escape at the start stands for, as a number (it may be a surrogate), and the rest.
pub(super) fn escaped(source: &str) -> Result<(u32, &str), Error> {
    let body = &source[1..];
    let Some(c) = body.chars().next() else { return Err(error("trailing backslash at end of expression", "")) };
    let rest = &body[c.len_utf8()..];
    let wrong = || error("invalid escape sequence", &source[..=c.len_utf8()]);
    let plain = match c {
        'a' => '\u{7}',
        'f' => '\u{c}',
        'n' => '\n',
        'r' => '\r',
        't' => '\t',
        'v' => '\u{b}',
        'x' => {
            let wrong = |rest: &str| error("invalid escape sequence", &source[..source.len() - rest.len()]);
            return hexadecimal(rest).map_err(wrong);
        }
        '0'..='7' => return octal(body).ok_or_else(wrong),
        c if c.is_ascii() && !c.is_ascii_alphanumeric() => c,
        _ => return Err(wrong()),
    };
    Ok((plain.into(), rest))
}

fn character(source: &str) -> Result<(u32, &str), Error> {
    match source.chars().next() {
        Some('\\') => escaped(source),
        Some(c) => Ok((c.into(), &source[c.len_utf8()..])),
        None => Err(error("missing closing ]", source)),
    }
}

/// Up to three octal digits. A single one that is not zero would be a back reference, which Go does not have.
fn octal(digits: &str) -> Option<(u32, &str)> {
    let length = digits.bytes().take(3).take_while(|c| (b'0'..=b'7').contains(c)).count();
    if length == 1 && !digits.starts_with('0') {
        return None;
    }
    Some((u32::from_str_radix(&digits[..length], 8).ok()?, &digits[length..]))
}

/// Two digits, or any number of them in braces; if they are wrong, what follows the one at fault.
fn hexadecimal(source: &str) -> Result<(u32, &str), &str> {
    let mut characters = source.chars();
    if !source.starts_with('{') {
        let digits = [characters.next(), characters.next()].map(|c| c.and_then(|c| c.to_digit(16)));
        let rest = characters.as_str();
        return if let [Some(high), Some(low)] = digits { Ok((16 * high + low, rest)) } else { Err(rest) };
    }
    characters.next();
    let mut code = None;
    loop {
        let c = characters.next();
        let rest = characters.as_str();
        code = match (c.and_then(|c| c.to_digit(16)), code) {
            (Some(digit), code) => Some(16 * code.unwrap_or(0) + digit),
            (None, Some(code)) if c == Some('}') => return Ok((code, rest)),
            (None, _) => return Err(rest),
        };
        if code > Some(0x10_FFFF) {
            return Err(rest);
        }
    }
}

/// `[:alpha:]` and the like, at the start of what stands in a class.
fn posix(source: &str) -> Result<Option<(String, &str)>, Error> {
    const NAMES: [&str; 14] = [
        "alnum", "alpha", "ascii", "blank", "cntrl", "digit", "graph", "lower", "print", "punct", "space", "upper",
        "word", "xdigit",
    ];
    let Some((name, rest)) = source.strip_prefix("[:").and_then(|inner| inner.split_once(":]")) else {
        return Ok(None);
    };
    if NAMES.contains(&name.strip_prefix('^').unwrap_or(name)) {
        return Ok(Some((format!("[[:{name}:]]"), rest)));
    }
    Err(error("invalid character class range", &source[..source.len() - rest.len()]))
}

/// `\pL`, `\p{Greek}`, `\P{Greek}`, `\p{^Greek}`.
fn unicode(source: &str) -> Result<(String, &str), Error> {
    let body = &source[2..];
    let unclosed = || error("invalid character class range", source);
    let (name, rest) = match body.strip_prefix('{') {
        Some(braced) => braced.split_once('}').ok_or_else(unclosed)?,
        None => body.split_at(body.chars().next().ok_or_else(unclosed)?.len_utf8()),
    };
    let (name, inverted) = name.strip_prefix('^').map_or((name, false), |name| (name, true));
    let negated = source.starts_with(r"\P") != inverted;
    let class = property(&canonical(name), negated);
    class
        .map(|class| (class, rest))
        .ok_or_else(|| error("invalid character class range", &source[..source.len() - rest.len()]))
}

/// A name of Unicode as Go looks it up: without separators, in lower case but for the first letter.
fn canonical(name: &str) -> String {
    let mut letters = name.chars().filter(|c| !matches!(c, '_' | '-' | ' '));
    let first = letters.next().map(|c| c.to_ascii_uppercase());
    first.into_iter().chain(letters.map(|c| c.to_ascii_lowercase())).collect()
}

/// The class of what has the property of that name. Go has general categories and scripts, none of Unicode's other properties,
/// and finds no script whose name is of several words.
fn property(name: &str, negated: bool) -> Option<String> {
    const ANYTHING: &str = r"[\x{0}-\x{10FFFF}]";
    let has = |names: &str| names.split_ascii_whitespace().any(|known| known == name);
    let class = match name {
        "Any" => if negated { NOTHING } else { ANYTHING }.to_owned(),
        "Cs" | "Surrogate" => if negated { ANYTHING } else { NOTHING }.to_owned(),
        "Ascii" => if negated { r"[^\x{0}-\x{7F}]" } else { r"[\x{0}-\x{7F}]" }.to_owned(),
        "Assigned" => format!(r"\{}{{gc=Cn}}", if negated { 'p' } else { 'P' }),
        _ if has(CATEGORIES) => format!(r"\{}{{gc={name}}}", if negated { 'P' } else { 'p' }),
        _ if has(SCRIPTS) => format!(r"\{}{{sc={name}}}", if negated { 'P' } else { 'p' }),
        _ => return None,
    };
    Some(class)
}

/// The range without the surrogates at its ends; nothing if that is all of it.
fn without_surrogates(low: u32, high: u32) -> Option<(u32, u32)> {
    let is_surrogate = |code: u32| (0xD800..0xE000).contains(&code);
    let low = if is_surrogate(low) { 0xE000 } else { low };
    let high = if is_surrogate(high) { 0xD7FF } else { high };
    (low <= high).then_some((low, high))
}
