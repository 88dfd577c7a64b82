//! Changes of texts: characters, tokens, and what is repeated many times.

use fastrand::Rng;

use super::NUMBERS;

/// What may be put anywhere.
const PIECES: &[&str] = &[
    "(",
    ")",
    "[",
    "]",
    "{",
    "}",
    ",",
    ".",
    ":",
    "?",
    "!",
    "-",
    "+",
    "*",
    "/",
    "%",
    "&&",
    "||",
    "==",
    "!=",
    "<",
    ">=",
    "in",
    "'",
    "\"",
    "'''",
    "r'",
    "b\"",
    "\\",
    "\\u",
    "\\U0010FFFF",
    "`",
    "//",
    "\n",
    "\t",
    "\0",
    "\u{feff}",
    "é",
    "🦀",
    "\u{202e}",
    "self",
    "oldSelf",
    "has(",
    ".all(x, ",
    ".map(x, x)",
    ".?",
    "[?",
    "null",
    "true",
    "1u",
    "0x",
    "1e309",
    ".5",
    "dyn(",
    "optional.of(",
    "..",
    "$",
    "#",
    "@",
    "__proto__",
    "%s",
    "%99999d",
];
/// No text becomes longer than that many bytes.
const MOST: usize = 120_000;
/// How often something is repeated.
const TIMES: &[usize] = &[2, 3, 10, 31, 62, 125, 249, 251, 1000, 20_000];

/// A text that hardly anybody writes.
pub(crate) fn hostile_text(random: &mut Rng) -> String {
    let piece = choose(random, PIECES);
    let times = if random.u8(..) < 4 { 100_000 } else { random.usize(..20) };
    piece.repeat(times.min(MOST / piece.len()))
}

/// Changes a text in one to four places. `others` are texts to take pieces from.
pub(crate) fn change_text(random: &mut Rng, text: &str, others: &[String]) -> String {
    let mut changed = text.to_owned();
    for _ in 0..random.usize(1..=4) {
        changed = change(random, &changed, others);
        if changed.len() > MOST {
            let end = changed.floor_char_boundary(MOST);
            changed.truncate(end);
        }
    }
    changed
}

fn change(random: &mut Rng, text: &str, others: &[String]) -> String {
    let (start, end) = span(random, text);
    let (before, piece, after) = (&text[..start], &text[start..end], &text[end..]);
    match random.u8(..11) {
        0 => format!("{before}{after}"),
        1 => format!("{before}{}{piece}{after}", choose(random, PIECES)),
        2 => format!("{before}{}{after}", choose(random, PIECES)),
        3 => format!("{before}{piece}{piece}{after}"),
        4 => repeated(random, before, piece, after),
        5 => surrounded(random, before, piece, after),
        6 => format!("{before}{}{after}", NUMBERS[random.usize(..NUMBERS.len())]),
        7 => format!("{before}{}{after}", random.char(..)),
        8 => {
            let other = random.choice(others).map_or("", String::as_str);
            let (start, end) = span(random, other);
            format!("{before}{}{after}", &other[start..end])
        }
        9 => {
            let other = random.choice(others).map_or("", String::as_str);
            format!("{before}({other}){after}")
        }
        _ => {
            let (start, end) = span(random, after);
            format!("{before}{}{}{piece}{}", &after[start..end], &after[..start], &after[end..])
        }
    }
}

/// A piece many times.
fn repeated(random: &mut Rng, before: &str, piece: &str, after: &str) -> String {
    let piece = if piece.is_empty() || random.bool() { choose(random, PIECES) } else { piece };
    let times = TIMES[random.usize(..TIMES.len())].min(MOST / piece.len());
    format!("{before}{}{after}", piece.repeat(times))
}

/// A piece within many brackets.
fn surrounded(random: &mut Rng, before: &str, piece: &str, after: &str) -> String {
    const BRACKETS: &[(&str, &str)] = &[
        ("(", ")"),
        ("[", "]"),
        ("{1: ", "}"),
        ("dyn(", ")"),
        ("-(", ")"),
        ("!(", ")"),
        ("true ? true : (", ")"),
        ("[1].map(x, ", ")"),
        ("[1].all(x, ", ")"),
        ("optional.of(1).optMap(x, ", ")"),
        ("{'a': ", "}"),
        ("[1, 2][", "]"),
        ("size(", ")"),
    ];
    let (open, close) = BRACKETS[random.usize(..BRACKETS.len())];
    let times = TIMES[random.usize(..TIMES.len())].min(MOST / (open.len() + close.len()));
    format!("{before}{}{piece}{}{after}", open.repeat(times), close.repeat(times))
}

/// A part of a text: often a token, sometimes anything.
fn span(random: &mut Rng, text: &str) -> (usize, usize) {
    let start = text.floor_char_boundary(random.usize(..=text.len()));
    let length = if random.bool() { random.usize(..=8) } else { random.usize(..=text.len() - start) };
    if random.bool() {
        let is_part = |c: char| c.is_alphanumeric() || c == '_';
        let from = text[..start].rfind(|c| !is_part(c)).map_or(0, |at| text.ceil_char_boundary(at + 1));
        let to = text[start..].find(|c| !is_part(c)).map_or(text.len(), |at| start + at);
        return (from, to);
    }
    (start, text.ceil_char_boundary((start + length).min(text.len())))
}

fn choose<'p>(random: &mut Rng, pieces: &[&'p str]) -> &'p str {
    pieces[random.usize(..pieces.len())]
}
