//! Checks of addresses of services and endpoints, and of blocks of addresses.
//!
//! Source: `apimachinery/pkg/util/validation/ip.go`, `k8s.io/utils/net`, `ValidateEndpointIP`. The gate `StrictIPCIDRValidation`
//! is on.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

use crdgen_schema::name;

use super::Field;
use super::ip::{is_mapped, sloppy_ip};

/// A block of addresses: an address, and how many of its bits all addresses share.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Block {
    pub(crate) address: IpAddr,
    pub(crate) bits: u8,
}

/// Reads an address as old releases did (`ParseIPSloppy`): numbers may start with zeroes, and an IPv4 address may be written
/// as one of IPv6.
pub(crate) fn parse(text: &str) -> Option<IpAddr> {
    match sloppy_ip(text)?.0 {
        IpAddr::V6(address) => Some(address.to_ipv4_mapped().map_or(IpAddr::V6(address), IpAddr::V4)),
        IpAddr::V4(address) => Some(IpAddr::V4(address)),
    }
}

impl Block {
    /// Reads a block as old releases did (`ParseCIDRSloppy`).
    pub(crate) fn parse(text: &str) -> Option<Self> {
        let (address, bits) = text.split_once('/')?;
        if bits.is_empty() || !bits.bytes().all(|byte| byte.is_ascii_digit()) {
            return None;
        }
        let bits: u8 = bits.parse().ok()?;
        let (width, parsed) = (if address.contains(':') { 128 } else { 32 }, parse(address)?);
        if bits > width {
            return None;
        }
        // An IPv4 address that is written as one of IPv6 has 96 bits in front.
        let bits = if width == 128 && parsed.is_ipv4() { bits.checked_sub(96)? } else { bits };
        Some(Self { address: parsed, bits })
    }

    /// The block by its first address.
    pub(crate) fn masked(self) -> Self {
        let address = match self.address {
            IpAddr::V4(address) => {
                let mask = u32::MAX.checked_shl(32 - u32::from(self.bits)).unwrap_or(0);
                IpAddr::V4(Ipv4Addr::from_bits(address.to_bits() & mask))
            }
            IpAddr::V6(address) => {
                let mask = u128::MAX.checked_shl(128 - u32::from(self.bits)).unwrap_or(0);
                IpAddr::V6(Ipv6Addr::from_bits(address.to_bits() & mask))
            }
        };
        Self { address, bits: self.bits }
    }

    /// Whether an address is in the block.
    pub(crate) fn contains(self, address: IpAddr) -> bool {
        self.address.is_ipv4() == address.is_ipv4() && Self { address, ..self }.masked() == self.masked()
    }
}

impl std::fmt::Display for Block {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}/{}", self.address, self.bits)
    }
}

/// Whether no number of a block starts with zeroes, and whether its address is one of IPv4 that is written as one of IPv6.
fn form(block: &str) -> (bool, bool) {
    let (address, bits) = block.split_once('/').unwrap_or_default();
    let address = address.parse::<IpAddr>();
    let is_strict = address.is_ok() && !(bits.len() > 1 && bits.starts_with('0'));
    (is_strict, address.is_ok_and(is_mapped))
}

impl Field<'_> {
    /// The text must be an address, unless a stored object has the same one (`IsValidIPForLegacyField`). Returns whether it is.
    pub(crate) fn ip_as_stored(self, old: &[&str]) -> bool {
        old.contains(&self.text()) || self.ip_in_any_form()
    }

    fn ip_in_any_form(self) -> bool {
        let before = self.reported();
        self.ip();
        self.reported() == before
    }

    /// The text must be an address as one writes them (`IsValidIP`). Returns whether it is.
    pub(crate) fn canonical_ip(self) -> bool {
        if !self.ip_in_any_form() {
            return false;
        }
        let canonical = parse(self.text()).map(|address| address.to_string()).unwrap_or_default();
        if canonical != self.text() {
            self.invalid(format!("must be in canonical form ({canonical:?})"));
        }
        canonical == self.text()
    }

    /// The text must be an address that endpoints can have (`ValidateEndpointIP`).
    pub(crate) fn endpoint_ip(self) {
        let Some(address) = parse(self.text()) else { return self.invalid("must be a valid IP address") };
        if address.is_unspecified() {
            self.invalid(format!("may not be unspecified ({})", self.text()));
        }
        if address.is_loopback() {
            self.invalid("may not be in the loopback range (127.0.0.0/8, ::1/128)");
        }
        let (local, local_group) = match address {
            IpAddr::V4(address) => (address.is_link_local(), address.octets().starts_with(&[224, 0, 0])),
            IpAddr::V6(address) => (address.is_unicast_link_local(), address.segments()[0] & 0xff0f == 0xff02),
        };
        if local {
            self.invalid("may not be in the link-local range (169.254.0.0/16, fe80::/10)");
        }
        if local_group {
            self.invalid("may not be in the link-local multicast range (224.0.0.0/24, ff02::/10)");
        }
    }

    /// The text must be a block of addresses, unless a stored object has the same one (`IsValidCIDRForLegacyField`). Returns
    /// whether it is.
    pub(crate) fn cidr_as_stored(self, old: &[&str]) -> bool {
        old.contains(&self.text()) || self.cidr_in_any_form(self.text())
    }

    /// The same for a text that stands in this field.
    pub(crate) fn cidr_in_any_form(self, text: &str) -> bool {
        let refuse = |why: &str| {
            self.invalid_as(&text.into(), why);
            false
        };
        let Some(block) = Block::parse(text) else {
            return refuse("must be a valid CIDR value, (e.g. 10.9.8.0/24 or 2001:db8::/64)");
        };
        let (is_strict, is_mapped) = form(text);
        if !is_strict {
            return refuse("must not have leading 0s in IP or prefix length");
        }
        if is_mapped {
            return refuse("must not have an IPv4-mapped IPv6 address");
        }
        if block.masked() != block {
            return refuse("must not have bits set beyond the prefix length");
        }
        true
    }

    /// The text must be a block of addresses as one writes them (`IsValidCIDR`).
    pub(crate) fn cidr(self) {
        if !self.cidr_in_any_form(self.text()) {
            return;
        }
        let canonical = Block::parse(self.text()).map(|block| block.to_string()).unwrap_or_default();
        if canonical != self.text() {
            self.invalid(format!("must be in canonical form ({canonical:?})"));
        }
    }

    /// What to know about a block that is allowed, but not written as one should (`GetWarningsForCIDR`).
    pub(crate) fn cidr_warnings(self) -> Vec<String> {
        let (text, path) = (self.text(), self.path());
        let Some(block) = Block::parse(text) else { return Vec::new() };
        let (mut warnings, masked) = (Vec::new(), block.masked());
        if masked != block {
            let width = if block.address.is_ipv4() { 32 } else { 128 };
            let single = Block { bits: width, ..block };
            warnings.push(format!(
                "{path}: CIDR value {text:?} is ambiguous in this context (should be \"{masked}\" or \"{single}\"?)"
            ));
        }
        let (is_strict, is_mapped) = form(text);
        if !is_strict || is_mapped {
            warnings.push(format!("{path}: non-standard CIDR value {text:?} is invalid: use \"{masked}\""));
        }
        if warnings.is_empty() && block.address.is_ipv6() && block.to_string() != text {
            warnings
                .push(format!("{path}: IPv6 CIDR value {text:?} should be in RFC 5952 canonical format (\"{block}\")"));
        }
        warnings
    }

    /// The text, if there is one, must be the name of a host and no address.
    pub(crate) fn host_of_balancer(self) {
        if self.text().is_empty() {
            return;
        }
        self.dns_subdomain();
        if parse(self.text()).is_some() {
            self.invalid("must be a DNS name, not an IP address");
        }
    }

    /// The text must be a domain with two parts at least (`IsFullyQualifiedDomainName`).
    pub(crate) fn full_domain(self) {
        let text = self.text().strip_suffix('.').unwrap_or(self.text());
        let shown = |text: &str, why: &str| self.invalid_as(&text.into(), why);
        if self.text().is_empty() {
            self.required("");
        } else if let faults = name::dns_subdomain(text)
            && !faults.is_empty()
        {
            shown(text, &faults.join(","));
        } else if !text.contains('.') {
            shown(text, "should be a domain with at least two segments separated by dots");
        } else if let Some(label) = text.split('.').find(|label| !name::dns_label(label).is_empty()) {
            shown(label, &name::dns_label(label).join(","));
        }
    }
}
