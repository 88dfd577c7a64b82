//! IP addresses and networks as Go's `net/netip` reads them, with its words for what it does not read.

use std::net::{Ipv4Addr, Ipv6Addr};

use crdgen_cel::go::quoted;

/// An address.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Address<'t> {
    /// 4 or 16.
    pub(super) bytes: Vec<u8>,
    /// What stands after `%`.
    pub(super) zone: &'t str,
}

impl Address<'_> {
    /// Whether this is an IPv4 address within IPv6.
    pub(super) fn is_mapped(&self) -> bool {
        matches!(&*self.bytes, [0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff, ..]) && self.bytes.len() == 16
    }
}

/// An address as Go prints it.
pub(super) fn text(bytes: &[u8]) -> String {
    match (<[u8; 4]>::try_from(bytes), <[u8; 16]>::try_from(bytes)) {
        (Ok(bytes), _) => Ipv4Addr::from(bytes).to_string(),
        (_, Ok(bytes)) => Ipv6Addr::from(bytes).to_string(),
        _ => "invalid IP".to_owned(),
    }
}

/// What is wrong with an address, and the rest of the text where that shows.
struct Fault<'t>(&'static str, &'t str);

/// `netip.ParseAddr`.
pub(super) fn parse(text: &str) -> Result<Address<'_>, String> {
    let parsed = match text.find(['.', ':', '%']).map(|index| text.as_bytes()[index]) {
        Some(b'.') => v4(text).map(|bytes| Address { bytes: bytes.to_vec(), zone: "" }),
        Some(b':') => v6(text),
        Some(_) => Err(Fault("missing IPv6 address", "")),
        None => Err(Fault("unable to parse IP", "")),
    };
    parsed.map_err(|Fault(what, at)| {
        let at = if at.is_empty() { String::new() } else { format!(" (at {})", quoted(at)) };
        format!("ParseAddr({}): {what}{at}", quoted(text))
    })
}

fn v4(text: &str) -> Result<[u8; 4], Fault<'_>> {
    let bytes = text.as_bytes();
    let (mut fields, mut position, mut value, mut digits) = ([0; 4], 0, 0_u16, 0);
    for (index, c) in bytes.iter().enumerate() {
        match c {
            b'0'..=b'9' => {
                if digits == 1 && value == 0 {
                    return Err(Fault("IPv4 field has octet with leading zero", ""));
                }
                value = value * 10 + u16::from(c - b'0');
                digits += 1;
                if value > 255 {
                    return Err(Fault("IPv4 field has value >255", ""));
                }
            }
            b'.' => {
                if index == 0 || index == bytes.len() - 1 || bytes[index - 1] == b'.' {
                    return Err(Fault("IPv4 field must have at least one digit", &text[index..]));
                }
                if position == 3 {
                    return Err(Fault("IPv4 address too long", ""));
                }
                fields[position] = value.to_be_bytes()[1];
                (position, value, digits) = (position + 1, 0, 0);
            }
            _ => return Err(Fault("unexpected character", &text[index..])),
        }
    }
    if position < 3 {
        return Err(Fault("IPv4 address too short", ""));
    }
    fields[3] = value.to_be_bytes()[1];
    Ok(fields)
}

fn v6(text: &str) -> Result<Address<'_>, Fault<'_>> {
    let (mut rest, zone) = match text.split_once('%') {
        Some((_, "")) => return Err(Fault("zone must be a non-empty string", "")),
        Some(parts) => parts,
        None => (text, ""),
    };
    let (mut bytes, mut ellipsis) = (Vec::with_capacity(16), None);
    if let Some(after) = rest.strip_prefix("::") {
        ellipsis = Some(0);
        rest = after;
    }
    while bytes.len() < 16 && !(rest.is_empty() && ellipsis == Some(bytes.len())) {
        let (value, length) = group(rest)?;
        if rest[length..].starts_with('.') {
            embedded_v4(&mut bytes, ellipsis, rest)?;
            rest = "";
            break;
        }
        bytes.extend(value.to_be_bytes());
        rest = &rest[length..];
        if rest.is_empty() {
            break;
        }
        let Some(after) = rest.strip_prefix(':') else {
            return Err(Fault("unexpected character, want colon", rest));
        };
        if after.is_empty() {
            return Err(Fault("colon must be followed by more characters", rest));
        }
        rest = after;
        if let Some(after) = rest.strip_prefix(':') {
            if ellipsis.is_some() {
                return Err(Fault("multiple :: in address", rest));
            }
            ellipsis = Some(bytes.len());
            rest = after;
            if rest.is_empty() {
                break;
            }
        }
    }
    if !rest.is_empty() {
        return Err(Fault("trailing garbage after address", rest));
    }
    match ellipsis {
        None if bytes.len() < 16 => return Err(Fault("address string too short", "")),
        Some(_) if bytes.len() == 16 => return Err(Fault("the :: must expand to at least one field of zeros", "")),
        Some(at) => {
            let zeros = 16 - bytes.len();
            bytes.splice(at..at, std::iter::repeat_n(0, zeros));
        }
        None => {}
    }
    Ok(Address { bytes, zone })
}

/// Up to four hexadecimal digits, and how many there are.
fn group(text: &str) -> Result<(u16, usize), Fault<'_>> {
    let length = text.find(|c: char| !c.is_ascii_hexdigit()).unwrap_or(text.len());
    match length {
        0 => Err(Fault("each colon-separated field must have at least one digit", text)),
        1..=4 => Ok((u16::from_str_radix(&text[..length], 16).unwrap_or_default(), length)),
        _ => Err(Fault("each group must have 4 or less digits", text)),
    }
}

/// The IPv4 address that the text ends with.
fn embedded_v4<'t>(bytes: &mut Vec<u8>, ellipsis: Option<usize>, rest: &'t str) -> Result<(), Fault<'t>> {
    if ellipsis.is_none() && bytes.len() != 12 {
        return Err(Fault("embedded IPv4 address must replace the final 2 fields of the address", rest));
    }
    if bytes.len() + 4 > 16 {
        return Err(Fault("too many hex fields to fit an embedded IPv4 at the end of the address", rest));
    }
    bytes.extend(v4(rest)?);
    Ok(())
}

/// `netip.ParsePrefix`: an address, and how many of its bits name the network.
pub(super) fn parse_prefix(text: &str) -> Result<(Address<'_>, u8), String> {
    let refused = |why: &str| format!("netip.ParsePrefix({}): {why}", quoted(text));
    let (address, bits) = text.rsplit_once('/').ok_or_else(|| refused("no '/'"))?;
    let address = parse(address).map_err(|error| refused(&error))?;
    if !address.zone.is_empty() {
        return Err(refused("IPv6 zones cannot be present in a prefix"));
    }
    let bad = || refused(&format!("bad bits after slash: {}", quoted(bits)));
    if bits.len() > 1 && !bits.starts_with(|c: char| ('1'..='9').contains(&c)) {
        return Err(bad());
    }
    let number: i64 = bits.parse().map_err(|_| bad())?;
    let most = address.bytes.len() * 8;
    match u8::try_from(number) {
        Ok(bits) if usize::from(bits) <= most => Ok((address, bits)),
        _ => Err(refused("prefix length out of range")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_are_read_and_printed_as_in_go() {
        for (source, printed) in [
            ("1.2.3.4", "1.2.3.4"),
            ("::", "::"),
            ("::1", "::1"),
            ("1::", "1::"),
            ("2001:DB8::0:1", "2001:db8::1"),
            ("1:0:0:2:0:0:0:3", "1:0:0:2::3"),
            ("::ffff:1.2.3.4", "::ffff:1.2.3.4"),
            ("1:2:3:4:5:6:1.2.3.4", "1:2:3:4:5:6:102:304"),
        ] {
            assert_eq!(text(&parse(source).unwrap().bytes), printed, "{source}");
        }
        for (source, message) in [
            ("", "ParseAddr(\"\"): unable to parse IP"),
            ("1.2.3", "ParseAddr(\"1.2.3\"): IPv4 address too short"),
            ("1.2.3.04", "ParseAddr(\"1.2.3.04\"): IPv4 field has octet with leading zero"),
            ("1..2.3", "ParseAddr(\"1..2.3\"): IPv4 field must have at least one digit (at \".2.3\")"),
            (":1", "ParseAddr(\":1\"): each colon-separated field must have at least one digit (at \":1\")"),
            ("1:2", "ParseAddr(\"1:2\"): address string too short"),
            ("1::2::3", "ParseAddr(\"1::2::3\"): multiple :: in address (at \":3\")"),
            ("12345::", "ParseAddr(\"12345::\"): each group must have 4 or less digits (at \"12345::\")"),
            ("fe80::1%", "ParseAddr(\"fe80::1%\"): zone must be a non-empty string"),
        ] {
            assert_eq!(parse(source).unwrap_err(), message, "{source}");
        }
    }

    #[test]
    fn prefixes_have_a_length_in_range() {
        assert_eq!(parse_prefix("10.0.0.0/8").unwrap().1, 8);
        assert_eq!(parse_prefix("::/128").unwrap().1, 128);
        for (source, why) in [
            ("10.0.0.0", "no '/'"),
            ("10.0.0.0/33", "prefix length out of range"),
            ("10.0.0.0/08", "bad bits after slash: \"08\""),
            ("10.0.0.0/", "bad bits after slash: \"\""),
            ("fe80::%a/64", "IPv6 zones cannot be present in a prefix"),
        ] {
            assert_eq!(parse_prefix(source).unwrap_err(), format!("netip.ParsePrefix(\"{source}\"): {why}"));
        }
    }
}
