//! Addresses and names of machines. Kubernetes reads IPv4 addresses as Go did before 1.17, leading zeros and all.

use std::net::Ipv6Addr;

use super::code;

/// kube-openapi's pattern without its upper counts, which the lengths of labels imply.
const HOSTNAME: &str = r"^([0-9\p{S}\p{L}]+|[0-9\p{S}\p{L}]-[0-9\p{S}\p{L}]*|([0-9\p{S}\p{L}]([-0-9\p{S}\p{L}]*[0-9\p{S}\p{L}])?\.)+\p{L}{2,})$";

/// The hostname of kube-openapi: letters and symbols of every script, a last label of letters.
pub(super) fn is_hostname(text: &str) -> bool {
    text.len() <= 255 && text.split('.').all(|label| label.len() <= 63) && code::matches(HOSTNAME, text)
}

/// An IPv4 address, or an IPv6 address that ends in one.
pub(super) fn is_ipv4(text: &str) -> bool {
    text.contains('.') && (is_sloppy_ipv4(text) || text.contains(':') && is_sloppy_ipv6(text))
}

/// An IPv6 address without a zone.
pub(super) fn is_ipv6(text: &str) -> bool {
    text.parse::<Ipv6Addr>().is_ok()
}

/// An address and the length of a prefix; bits behind the prefix may be set.
pub(super) fn is_cidr(text: &str) -> bool {
    let Some((address, length)) = text.split_once('/') else { return false };
    let limit = if is_sloppy_ipv4(address) {
        32
    } else if is_sloppy_ipv6(address) {
        128
    } else {
        return false;
    };
    decimal(length).is_some_and(|length| length <= limit)
}

/// Six, eight or twenty bytes in hexadecimal, separated by `:` or `-`, by dots in pairs, or not at all.
pub(super) fn is_mac(text: &str) -> bool {
    let bytes = text.as_bytes();
    let (group, separator) = match (bytes.get(2), bytes.get(4)) {
        (Some(separator @ (b':' | b'-')), _) => (2, Some(*separator)),
        (_, Some(b'.')) => (4, Some(b'.')),
        _ => (2, None),
    };
    let groups: Vec<&[u8]> = match separator {
        Some(separator) => bytes.split(|c| *c == separator).collect(),
        None => bytes.chunks(group).collect(),
    };
    let whole = groups.iter().all(|part| part.len() == group && part.iter().all(u8::is_ascii_hexdigit));
    whole && matches!(groups.len() * group / 2, 6 | 8 | 20)
}

fn is_sloppy_ipv4(text: &str) -> bool {
    let parts: Vec<&str> = text.split('.').collect();
    parts.len() == 4 && parts.iter().all(|part| decimal(part).is_some_and(|number| number <= 0xFF))
}

/// Eight groups, fewer with one `::`; the last two may be an IPv4 address; a group may have leading zeros.
fn is_sloppy_ipv6(text: &str) -> bool {
    let groups = |part: &str, at_end: bool| -> Option<usize> {
        if part.is_empty() {
            return Some(0);
        }
        let parts: Vec<&str> = part.split(':').collect();
        let (last, start) = parts.split_last()?;
        let tail = match (last.contains('.'), at_end) {
            (true, true) => is_sloppy_ipv4(last).then_some(2)?,
            (true, false) => return None,
            (false, _) => is_sloppy_group(last).then_some(1)?,
        };
        start.iter().all(|group| is_sloppy_group(group)).then_some(start.len() + tail)
    };
    match text.split_once("::") {
        None => groups(text, true) == Some(8),
        Some((before, after)) => match (groups(before, false), groups(after, true)) {
            (Some(before), Some(after)) => before + after < 8,
            _ => false,
        },
    }
}

fn is_sloppy_group(text: &str) -> bool {
    let digits = text.trim_start_matches('0');
    !text.is_empty() && digits.len() <= 4 && digits.bytes().all(|c| c.is_ascii_hexdigit())
}

/// A number of digits only, below Go's own limit of 0xFFFFFF.
fn decimal(text: &str) -> Option<u32> {
    let plain = !text.is_empty() && text.bytes().all(|c| c.is_ascii_digit());
    text.parse().ok().filter(|number| plain && *number < 0xFF_FFFF)
}
