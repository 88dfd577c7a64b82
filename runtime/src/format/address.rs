//! Addresses and networks of the internet protocol. Numbers may have leading zeros, which change nothing: Kubernetes
//! reads addresses as Go did before version 1.17.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

use ipnet::IpNet;

use super::{Format, Formatted, quoted};

/// `format: ipv4`, `ipv6` or `ip`: an address of either family. The value is an [`IpAddr`].
///
/// ```
/// use crdgen_runtime::{Formatted, format::Ip};
///
/// assert_eq!(Formatted::<Ip>::from("010.0.0.1").parse()?.to_string(), "10.0.0.1");
/// assert!(Formatted::<Ip>::from("::1").parse()?.is_loopback());
/// # Ok::<(), crdgen_runtime::format::FormatError>(())
/// ```
#[derive(Debug)]
pub enum Ip {}

/// `format: cidr`: an address and the length of a prefix, `10.0.0.5/8`. The value is an [`IpNet`], which keeps the bits
/// behind the prefix; `trunc()` clears them.
///
/// ```
/// use crdgen_runtime::{Formatted, format::Cidr};
///
/// let network = Formatted::<Cidr>::from("10.0.0.5/8").parse()?;
/// assert_eq!(network.trunc().to_string(), "10.0.0.0/8");
/// # Ok::<(), crdgen_runtime::format::FormatError>(())
/// ```
#[derive(Debug)]
pub enum Cidr {}

impl Format for Ip {
    type Value = IpAddr;

    const NAME: &'static str = "an IP address";

    fn parse(text: &str) -> Result<IpAddr, String> {
        address(text).ok_or_else(|| quoted(text))
    }

    fn format(value: &IpAddr) -> String {
        value.to_string()
    }
}

impl Format for Cidr {
    type Value = IpNet;

    const NAME: &'static str = "an IP network like 10.0.0.0/8";

    fn parse(text: &str) -> Result<IpNet, String> {
        network(text).ok_or_else(|| quoted(text))
    }

    fn format(value: &IpNet) -> String {
        value.to_string()
    }
}

impl From<IpAddr> for Formatted<Ip> {
    fn from(value: IpAddr) -> Self {
        Self::of(&value)
    }
}

impl From<Ipv4Addr> for Formatted<Ip> {
    fn from(value: Ipv4Addr) -> Self {
        Self::of(&value.into())
    }
}

impl From<Ipv6Addr> for Formatted<Ip> {
    fn from(value: Ipv6Addr) -> Self {
        Self::of(&value.into())
    }
}

impl From<IpNet> for Formatted<Cidr> {
    fn from(value: IpNet) -> Self {
        Self::of(&value)
    }
}

fn address(text: &str) -> Option<IpAddr> {
    text.parse().ok().or_else(|| without_leading_zeros(text).parse().ok())
}

fn network(text: &str) -> Option<IpNet> {
    let (address_text, length) = text.split_once('/')?;
    let digits_only = length.bytes().all(|c| c.is_ascii_digit());
    let length = without_leading_zeros(length).parse().ok().filter(|_| digits_only)?;
    IpNet::new(address(address_text)?, length).ok()
}

/// The text with every number in its shortest form: `010.00.0.1` is `10.0.0.1`.
fn without_leading_zeros(text: &str) -> String {
    let shorten = |part: &str| {
        let end = part.len() - part.trim_end_matches(['.', ':']).len();
        let (number, separator) = part.split_at(part.len() - end);
        let short = number.trim_start_matches('0');
        let zero = if short.is_empty() && !number.is_empty() { "0" } else { "" };
        format!("{zero}{short}{separator}")
    };
    text.split_inclusive(['.', ':']).map(shorten).collect()
}
