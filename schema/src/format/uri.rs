//! `uri`: what Go's `url.ParseRequestURI` accepts.

use std::net::Ipv6Addr;

/// A URL with a scheme, an absolute path, or `*`.
pub(super) fn is_request_uri(text: &str) -> bool {
    if text.is_empty() || text.bytes().any(|c| c.is_ascii_control()) {
        return false;
    }
    if text == "*" {
        return true;
    }
    let Some((scheme, rest)) = split_scheme(text) else { return false };
    let rest = rest.split_once('?').map_or(rest, |(before, _)| before);
    if !rest.starts_with('/') {
        return !scheme.is_empty();
    }
    let path = match rest.strip_prefix("//") {
        Some(after) if !scheme.is_empty() => {
            let (authority, path) = after.split_at(after.find('/').unwrap_or(after.len()));
            if !is_authority(scheme, authority) {
                return false;
            }
            path
        }
        _ => rest,
    };
    escapes(path).is_some()
}

/// The scheme (empty if there is none) and what follows it; nothing if the text starts with a colon.
fn split_scheme(text: &str) -> Option<(&str, &str)> {
    let end = text.find(|c: char| !c.is_ascii_alphanumeric() && !matches!(c, '+' | '-' | '.'));
    match end {
        Some(0) if text.starts_with(':') => None,
        Some(end) if text[end..].starts_with(':') && text.starts_with(|c: char| c.is_ascii_alphabetic()) => {
            Some((&text[..end], &text[end + 1..]))
        }
        _ => Some(("", text)),
    }
}

fn is_authority(scheme: &str, authority: &str) -> bool {
    let (user, host) = authority.rsplit_once('@').map_or((None, authority), |(user, host)| (Some(user), host));
    let user_character = |c: u8| c.is_ascii_alphanumeric() || b"-._:~!$&'()*+,;=%@".contains(&c);
    is_host(scheme, host) && user.is_none_or(|user| user.bytes().all(user_character) && escapes(user).is_some())
}

fn is_host(scheme: &str, host: &str) -> bool {
    match host.rfind('[') {
        Some(0) => host.rsplit_once(']').is_some_and(|(literal, port)| is_ip_literal(&literal[1..]) && is_port(port)),
        Some(_) => false,
        None => {
            let strict = scheme.eq_ignore_ascii_case("http") || scheme.eq_ignore_ascii_case("https");
            let colon = if strict { host.find(':') } else { host.rfind(':') };
            colon.is_none_or(|colon| is_port(&host[colon..])) && is_host_text(host)
        }
    }
}

/// An IPv6 address, with a zone behind `%25`.
fn is_ip_literal(literal: &str) -> bool {
    let (address, zone) = literal.split_once("%25").map_or((literal, None), |(address, zone)| (address, Some(zone)));
    address.parse::<Ipv6Addr>().is_ok() && zone.is_none_or(|zone| !zone.is_empty() && is_zone(zone))
}

fn is_zone(zone: &str) -> bool {
    let allowed = |byte: u8| byte == b'%' || byte == b' ' || is_host_byte(byte) && byte.is_ascii();
    is_host_plain(zone) && escapes(zone).is_some_and(|escaped| escaped.into_iter().all(allowed))
}

/// In a host only bytes beyond ASCII may be escaped.
fn is_host_text(host: &str) -> bool {
    let allowed = |byte: u8| !byte.is_ascii() || byte == b'%';
    is_host_plain(host) && escapes(host).is_some_and(|escaped| escaped.into_iter().all(allowed))
}

fn is_host_plain(text: &str) -> bool {
    text.bytes().all(|byte| byte == b'%' || is_host_byte(byte))
}

fn is_host_byte(byte: u8) -> bool {
    !byte.is_ascii() || byte.is_ascii_alphanumeric() || b"-_.~!$&'()*+,;=:[]<>\"".contains(&byte)
}

fn is_port(text: &str) -> bool {
    text.is_empty() || text.strip_prefix(':').is_some_and(|port| port.bytes().all(|c| c.is_ascii_digit()))
}

/// The bytes that `%` escapes stand for; nothing if an escape is malformed.
fn escapes(text: &str) -> Option<Vec<u8>> {
    text.split('%')
        .skip(1)
        .map(|part| u8::from_str_radix(part.get(..2)?, 16).ok().filter(|_| !part.starts_with('+')))
        .collect()
}
