//! IP addresses and networks: `ip("10.0.0.1")`, `cidr("10.0.0.0/8").containsIP("10.0.0.1")`.

use crdgen_cel::{
    Arena, CallEstimate, Charge, Cost, Fault, Function, Opaque, OpaqueKind, Outcome, Overload, PER_CHARACTER, Range,
    Type, Value,
    costs::{ONE, characters, size},
    go::quoted,
};

use super::{READS_TEXT, READS_TEXT_TWICE, ip, no_overload};

const IP: OpaqueKind = OpaqueKind { name: "net.IP", size: Some(|address| bytes(address).len()), equal: None };
const CIDR: OpaqueKind = OpaqueKind {
    name: "net.CIDR",
    size: Some(|network| usize::from(network_parts(network).map_or(0, |(_, bits)| bits)).div_ceil(8)),
    equal: None,
};

/// Both types, so that their names can be written.
pub(super) fn types() -> [Type; 2] {
    [Type::opaque(IP.name), Type::opaque(CIDR.name)]
}

/// Comparing addresses, which have 4 or 16 bytes, and reading the one that is given as text.
const CONTAINS_IP: Cost = Cost {
    charge: Charge::Arguments(|_, arguments| {
        characters(2 * size(arguments[0])) + text_size(arguments[1]).map_or(0, characters)
    }),
    estimate: |call| CallEstimate::of(bytes_twice().plus(text_estimate(call))),
};

/// As [`CONTAINS_IP`], and comparing the lengths.
const CONTAINS_CIDR: Cost = Cost {
    charge: Charge::Arguments(|_, arguments| {
        let network = size(arguments[0]);
        characters(2 * network) + characters(network) + 1 + text_size(arguments[1]).map_or(0, characters)
    }),
    estimate: |call| {
        let once = BYTES.scaled(PER_CHARACTER);
        CallEstimate::of(bytes_twice().plus(once).plus(Range::ONE).plus(text_estimate(call)))
    },
};

const BYTES: Range = Range { min: 4, max: 16 };

fn bytes_twice() -> Range {
    BYTES.plus(BYTES).scaled(PER_CHARACTER)
}

fn text_size(value: Outcome<'_>) -> Option<u64> {
    matches!(value, Ok(Value::String(_))).then(|| size(value))
}

fn text_estimate(call: &crdgen_cel::Call<'_>) -> Range {
    match call.argument(0).kind {
        Type::String => call.size(0).scaled(PER_CHARACTER),
        _ => Range::ZERO,
    }
}

pub(super) const FUNCTIONS: &[Function] = &[
    Function::new(
        "ip",
        &[
            Overload::new("string_to_ip", "ip(string) -> net.IP", to_ip).costing(READS_TEXT),
            Overload::new("cidr_ip", "net.CIDR.ip() -> net.IP", address_of).costing(ONE),
        ],
    ),
    Function::costing("isIP", READS_TEXT, &[Overload::new("is_ip", "isIP(string) -> bool", is_ip)]),
    Function::costing(
        "ip.isCanonical",
        READS_TEXT_TWICE,
        &[Overload::new("ip_is_canonical", "ip.isCanonical(string) -> bool", is_canonical)],
    ),
    Function::costing("family", ONE, &[Overload::new("ip_family", "net.IP.family() -> int", family)]),
    Function::costing(
        "isUnspecified",
        ONE,
        &[Overload::new("ip_is_unspecified", "net.IP.isUnspecified() -> bool", is_unspecified)],
    ),
    Function::costing(
        "isLoopback",
        ONE,
        &[Overload::new("ip_is_loopback", "net.IP.isLoopback() -> bool", is_loopback)],
    ),
    Function::costing(
        "isLinkLocalMulticast",
        ONE,
        &[Overload::new(
            "ip_is_link_local_multicast",
            "net.IP.isLinkLocalMulticast() -> bool",
            is_link_local_multicast,
        )],
    ),
    Function::costing(
        "isLinkLocalUnicast",
        ONE,
        &[Overload::new("ip_is_link_local_unicast", "net.IP.isLinkLocalUnicast() -> bool", is_link_local_unicast)],
    ),
    Function::costing(
        "isGlobalUnicast",
        ONE,
        &[Overload::new("ip_is_global_unicast", "net.IP.isGlobalUnicast() -> bool", is_global_unicast)],
    ),
    Function::costing("cidr", READS_TEXT, &[Overload::new("string_to_cidr", "cidr(string) -> net.CIDR", to_cidr)]),
    Function::costing("isCIDR", READS_TEXT, &[Overload::new("is_cidr", "isCIDR(string) -> bool", is_cidr)]),
    Function::costing(
        "containsIP",
        CONTAINS_IP,
        &[
            Overload::new("cidr_contains_ip_string", "net.CIDR.containsIP(string) -> bool", contains_ip),
            Overload::new("cidr_contains_ip_ip", "net.CIDR.containsIP(net.IP) -> bool", contains_ip),
        ],
    ),
    Function::costing(
        "containsCIDR",
        CONTAINS_CIDR,
        &[
            Overload::new("cidr_contains_cidr_string", "net.CIDR.containsCIDR(string) -> bool", contains_cidr),
            Overload::new("cidr_contains_cidr", "net.CIDR.containsCIDR(net.CIDR) -> bool", contains_cidr),
        ],
    ),
    Function::costing("masked", ONE, &[Overload::new("cidr_masked", "net.CIDR.masked() -> net.CIDR", masked)]),
    Function::costing(
        "prefixLength",
        ONE,
        &[Overload::new("cidr_prefix_length", "net.CIDR.prefixLength() -> int", prefix_length)],
    ),
    Function::new(
        "string",
        &[
            Overload::new("ip_to_string", "string(net.IP) -> string", ip_to_string),
            Overload::new("cidr_to_string", "string(net.CIDR) -> string", cidr_to_string),
        ],
    ),
];

/// An address that Kubernetes takes: without a zone, and not IPv4 within IPv6.
fn parse_ip(text: &str) -> Result<Vec<u8>, String> {
    let address = ip::parse(text)
        .map_err(|error| format!("IP Address {} parse error during conversion from string: {error}", quoted(text)))?;
    if !address.zone.is_empty() {
        return Err(format!("IP address {} with zone value is not allowed", quoted(text)));
    }
    if address.is_mapped() {
        return Err(format!("IPv4-mapped IPv6 address {} is not allowed", quoted(text)));
    }
    Ok(address.bytes)
}

fn parse_cidr(text: &str) -> Result<(Vec<u8>, u8), String> {
    const START: &str = "network address parse error during conversion from string: ";
    let (address, bits) = ip::parse_prefix(text).map_err(|error| format!("{START}{error}"))?;
    if address.is_mapped() {
        return Err(format!("IPv4-mapped IPv6 address {} is not allowed", quoted(text)));
    }
    Ok((address.bytes, bits))
}

fn ip_value<'a>(arena: &'a Arena, bytes: &[u8]) -> Value<'a> {
    arena.opaque(Opaque { kind: &IP, parts: arena.values(&[Value::Bytes(arena.bytes(bytes))]) })
}

fn cidr_value<'a>(arena: &'a Arena, bytes: &[u8], bits: u8) -> Value<'a> {
    let parts = [Value::Bytes(arena.bytes(bytes)), Value::Int(i64::from(bits))];
    arena.opaque(Opaque { kind: &CIDR, parts: arena.values(&parts) })
}

fn bytes<'a>(opaque: &Opaque<'a>) -> &'a [u8] {
    if let Some(Value::Bytes(bytes)) = opaque.parts.first() { bytes } else { &[] }
}

fn network_parts<'a>(opaque: &Opaque<'a>) -> Option<(&'a [u8], u8)> {
    match opaque.parts {
        [Value::Bytes(bytes), Value::Int(bits)] => Some((bytes, u8::try_from(*bits).ok()?)),
        _ => None,
    }
}

fn address(value: Value<'_>) -> Outcome<'_, &[u8]> {
    match value {
        Value::Opaque(opaque) if opaque.kind.name == IP.name => Ok(bytes(opaque)),
        _ => no_overload(),
    }
}

fn network(value: Value<'_>) -> Outcome<'_, (&[u8], u8)> {
    match value {
        Value::Opaque(opaque) if opaque.kind.name == CIDR.name => network_parts(opaque).ok_or(Fault::NO_SUCH_OVERLOAD),
        _ => no_overload(),
    }
}

fn to_ip<'a>(arena: &'a Arena, arguments: &[Value<'a>]) -> Outcome<'a> {
    let bytes = parse_ip(arguments[0].string()?).map_err(|error| Fault::new(arena, &error))?;
    Ok(ip_value(arena, &bytes))
}

fn address_of<'a>(arena: &'a Arena, arguments: &[Value<'a>]) -> Outcome<'a> {
    Ok(ip_value(arena, network(arguments[0])?.0))
}

fn is_ip<'a>(_: &'a Arena, arguments: &[Value<'a>]) -> Outcome<'a> {
    Ok(Value::Bool(parse_ip(arguments[0].string()?).is_ok()))
}

fn is_canonical<'a>(arena: &'a Arena, arguments: &[Value<'a>]) -> Outcome<'a> {
    let text = arguments[0].string()?;
    let bytes = parse_ip(text).map_err(|error| Fault::new(arena, &error))?;
    Ok(Value::Bool(ip::text(&bytes) == text))
}

fn family<'a>(_: &'a Arena, arguments: &[Value<'a>]) -> Outcome<'a> {
    Ok(Value::Int(if address(arguments[0])?.len() == 4 { 4 } else { 6 }))
}

fn is_unspecified<'a>(_: &'a Arena, arguments: &[Value<'a>]) -> Outcome<'a> {
    Ok(Value::Bool(address(arguments[0])?.iter().all(|byte| *byte == 0)))
}

fn loopback(bytes: &[u8]) -> bool {
    matches!(bytes, [127, _, _, _] | [0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1])
}

fn link_local_unicast(bytes: &[u8]) -> bool {
    match bytes {
        [169, 254, _, _] => true,
        [_, _, _, _] => false,
        [first, second, ..] => *first == 0xfe && second & 0xc0 == 0x80,
        _ => false,
    }
}

fn is_loopback<'a>(_: &'a Arena, arguments: &[Value<'a>]) -> Outcome<'a> {
    Ok(Value::Bool(loopback(address(arguments[0])?)))
}

fn is_link_local_multicast<'a>(_: &'a Arena, arguments: &[Value<'a>]) -> Outcome<'a> {
    Ok(Value::Bool(match address(arguments[0])? {
        [224, 0, 0, _] => true,
        [_, _, _, _] => false,
        [first, second, ..] => *first == 0xff && second & 0x0f == 0x02,
        _ => false,
    }))
}

fn is_link_local_unicast<'a>(_: &'a Arena, arguments: &[Value<'a>]) -> Outcome<'a> {
    Ok(Value::Bool(link_local_unicast(address(arguments[0])?)))
}

fn is_global_unicast<'a>(_: &'a Arena, arguments: &[Value<'a>]) -> Outcome<'a> {
    let bytes = address(arguments[0])?;
    let is_multicast = if bytes.len() == 4 { bytes[0] & 0xf0 == 0xe0 } else { bytes.first() == Some(&0xff) };
    let is_other = bytes.iter().all(|byte| *byte == 0) || bytes == [255; 4];
    Ok(Value::Bool(!is_other && !is_multicast && !loopback(bytes) && !link_local_unicast(bytes)))
}

fn to_cidr<'a>(arena: &'a Arena, arguments: &[Value<'a>]) -> Outcome<'a> {
    let (bytes, bits) = parse_cidr(arguments[0].string()?).map_err(|error| {
        Fault::new(arena, &format!("network address parse error during conversion from string: {error}"))
    })?;
    Ok(cidr_value(arena, &bytes, bits))
}

fn is_cidr<'a>(_: &'a Arena, arguments: &[Value<'a>]) -> Outcome<'a> {
    Ok(Value::Bool(parse_cidr(arguments[0].string()?).is_ok()))
}

/// Whether the first bits of two addresses of one family are equal.
fn same_bits(a: &[u8], b: &[u8], bits: u8) -> bool {
    let (whole, rest) = (usize::from(bits / 8), bits % 8);
    a.len() == b.len() && a[..whole] == b[..whole] && (rest == 0 || (a[whole] ^ b[whole]) >> (8 - rest) == 0)
}

fn contains_ip<'a>(arena: &'a Arena, arguments: &[Value<'a>]) -> Outcome<'a> {
    let (start, bits) = network(arguments[0])?;
    let contained = match arguments[1] {
        Value::String(text) => match parse_ip(text) {
            Ok(bytes) => same_bits(start, &bytes, bits),
            // Kubernetes asks for an address before it looks at the error.
            Err(_) => return no_overload(),
        },
        other => same_bits(start, address(other)?, bits),
    };
    let _ = arena;
    Ok(Value::Bool(contained))
}

fn contains_cidr<'a>(arena: &'a Arena, arguments: &[Value<'a>]) -> Outcome<'a> {
    let (start, bits) = network(arguments[0])?;
    let within = |other: &[u8], other_bits: u8| bits <= other_bits && same_bits(start, other, bits);
    Ok(Value::Bool(match arguments[1] {
        Value::String(text) => {
            let (other, other_bits) = parse_cidr(text).map_err(|error| {
                Fault::new(arena, &format!("network address parse error during conversion from string: {error}"))
            })?;
            within(&other, other_bits)
        }
        other => {
            let (other, other_bits) = network(other)?;
            within(other, other_bits)
        }
    }))
}

fn masked<'a>(arena: &'a Arena, arguments: &[Value<'a>]) -> Outcome<'a> {
    let (start, bits) = network(arguments[0])?;
    let masked: Vec<_> = start
        .iter()
        .zip((0_u8..).step_by(8))
        .map(|(byte, before)| {
            let kept = bits.saturating_sub(before).min(8);
            byte & u8::try_from(0xff00_u16 >> kept & 0xff).unwrap_or(0xff)
        })
        .collect();
    Ok(cidr_value(arena, &masked, bits))
}

fn prefix_length<'a>(_: &'a Arena, arguments: &[Value<'a>]) -> Outcome<'a> {
    Ok(Value::Int(i64::from(network(arguments[0])?.1)))
}

fn ip_to_string<'a>(arena: &'a Arena, arguments: &[Value<'a>]) -> Outcome<'a> {
    Ok(Value::String(arena.text(&ip::text(address(arguments[0])?))))
}

fn cidr_to_string<'a>(arena: &'a Arena, arguments: &[Value<'a>]) -> Outcome<'a> {
    let (start, bits) = network(arguments[0])?;
    Ok(Value::String(arena.text(&format!("{}/{bits}", ip::text(start)))))
}
