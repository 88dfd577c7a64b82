//! Checks of addresses.
//!
//! Source: `apimachinery/pkg/util/validation/ip.go`.

use std::net::{IpAddr, Ipv4Addr};

use super::Field;

impl Field<'_> {
    /// The text must be an address, in any way in which it can be written (`IsValidIPForLegacyField`).
    pub(crate) fn ip(self) {
        let Some((address, is_strict)) = sloppy_ip(self.text()) else {
            self.invalid("must be a valid IP address, (e.g. 10.9.8.7 or 2001:db8::ffff)");
            return;
        };
        if !is_strict {
            self.invalid("must not have leading 0s");
        } else if is_mapped(address) {
            self.invalid("must not be an IPv4-mapped IPv6 address");
        }
    }
}

/// Warnings.
impl Field<'_> {
    /// What is odd about an address that was let through (`GetWarningsForIP`).
    pub(crate) fn ip_warning(self) -> Option<String> {
        let (text, path) = (self.text(), self.path());
        let (address, is_strict) = sloppy_ip(text)?;
        match address {
            IpAddr::V6(six) if is_mapped(address) => {
                let short = six.to_ipv4_mapped()?;
                Some(format!("{path}: non-standard IP address {text:?} is invalid: use \"{short}\""))
            }
            _ if !is_strict => Some(format!("{path}: non-standard IP address {text:?} is invalid: use \"{address}\"")),
            IpAddr::V6(six) if six.to_string() != text => {
                Some(format!("{path}: IPv6 address {text:?} should be in RFC 5952 canonical format (\"{six}\")"))
            }
            _ => None,
        }
    }
}

/// `ParseIPSloppy`: an address, and whether no part of it has zeroes in front.
pub(crate) fn sloppy_ip(text: &str) -> Option<(IpAddr, bool)> {
    if let Ok(address) = text.parse() {
        return Some((address, true));
    }
    let parts: Vec<u8> = text.split('.').map(decimal).collect::<Option<_>>()?;
    let parts: [u8; 4] = parts.try_into().ok()?;
    Some((IpAddr::V4(Ipv4Addr::from(parts)), false))
}

fn decimal(part: &str) -> Option<u8> {
    let digits = !part.is_empty() && part.bytes().all(|byte| byte.is_ascii_digit());
    let short = part.trim_start_matches('0');
    digits.then(|| if short.is_empty() { Ok(0) } else { short.parse() })?.ok()
}

/// Whether an IPv4 address is written as one of IPv6.
pub(super) fn is_mapped(address: IpAddr) -> bool {
    matches!(address, IpAddr::V6(address) if address.to_ipv4_mapped().is_some())
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use crate::check::Check;

    #[track_caller]
    fn check(address: &str, expected: &[&str]) {
        let found = Check::of(&json!({"ip": address}), |root| root.get("ip").ip());
        let found: Vec<&str> = found.iter().map(|error| error.detail.as_str()).collect();
        assert_eq!(found, expected, "{address}");
    }

    #[test]
    fn addresses_are_those_of_go() {
        check("10.0.0.1", &[]);
        check("2001:DB8::0", &[]);
        check("010.0.0.1", &["must not have leading 0s"]);
        check("::ffff:1.2.3.4", &["must not be an IPv4-mapped IPv6 address"]);
        check("10.0.0", &["must be a valid IP address, (e.g. 10.9.8.7 or 2001:db8::ffff)"]);
        check("", &["must be a valid IP address, (e.g. 10.9.8.7 or 2001:db8::ffff)"]);
    }
}
