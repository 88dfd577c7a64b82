//! Reads what Go writes between double quotes.
//!
//! In: the text between the quotes. Out: what it stands for; nothing if Go would not read it.
//!
//! Source: `strconv.Unquote`.

/// What the body of a string literal stands for.
pub(crate) fn unquote(body: &str) -> Option<String> {
    let mut bytes = Vec::with_capacity(body.len());
    let mut rest = body;
    while let Some(c) = rest.chars().next() {
        rest = &rest[c.len_utf8()..];
        match c {
            '"' | '\n' => return None,
            '\\' => rest = escape(rest, &mut bytes)?,
            c => bytes.extend(c.encode_utf8(&mut [0; 4]).bytes()),
        }
    }
    String::from_utf8(bytes).ok()
}

/// Reads what follows a backslash, and returns what follows that.
fn escape<'t>(text: &'t str, bytes: &mut Vec<u8>) -> Option<&'t str> {
    const SHORT: [(char, u8); 9] = [
        ('a', 0x07),
        ('b', 0x08),
        ('f', 0x0c),
        ('n', b'\n'),
        ('r', b'\r'),
        ('t', b'\t'),
        ('v', 0x0b),
        ('\\', b'\\'),
        ('"', b'"'),
    ];
    let kind = text.chars().next()?;
    if let Some((_, byte)) = SHORT.iter().find(|(short, _)| *short == kind) {
        bytes.push(*byte);
        return Some(&text[1..]);
    }
    let (digits, radix, length) = match kind {
        'x' => (&text[1..], 16, 2),
        'u' => (&text[1..], 16, 4),
        'U' => (&text[1..], 16, 8),
        '0'..='7' => (text, 8, 3),
        _ => return None,
    };
    let digits = digits.get(..length).filter(|digits| digits.chars().all(|c| c.is_digit(radix)))?;
    let number = u32::from_str_radix(digits, radix).ok()?;
    match kind {
        'u' | 'U' => bytes.extend(char::from_u32(number)?.encode_utf8(&mut [0; 4]).bytes()),
        _ => bytes.push(u8::try_from(number).ok()?),
    }
    Some(&text[length + usize::from(radix == 16)..])
}
