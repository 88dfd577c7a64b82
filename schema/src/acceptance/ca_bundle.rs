//! `caBundle`: the certificates that a webhook's own is checked with.
//!
//! In: base64 as a CRD has it. Out: why the server could not read a certificate in it. Of a certificate only the frame is looked
//! at: this crate does not read X.509.
//!
//! Source: `client-go/transport.TLSConfigFor`.

use base64::{
    Engine as _,
    alphabet::STANDARD,
    engine::{DecodePaddingMode, GeneralPurpose, GeneralPurposeConfig},
};

const BEGIN: &str = "-----BEGIN ";
const DASHES: &str = "-----";

/// Go takes texts with spare bits after the last byte.
static BASE64: GeneralPurpose = GeneralPurpose::new(
    &STANDARD,
    GeneralPurposeConfig::new()
        .with_decode_allow_trailing_bits(true)
        .with_decode_padding_mode(DecodePaddingMode::RequireCanonical),
);

/// Why a bundle has no certificate; none if it has one, or is empty.
pub(super) fn fault(bundle: &str) -> Option<String> {
    let bytes = decode(bundle)?;
    let text = String::from_utf8_lossy(&bytes);
    let mut rest = &*text;
    if rest.is_empty() || blocks(rest).any(|block| is_certificate(&block)) {
        return None;
    }
    let why = loop {
        match next_block(rest) {
            None if rest.is_empty() => break "no valid certificate authority data seen",
            None => break "unable to parse bytes as PEM block",
            Some((block, _)) if block.may_be_certificate() => {
                break "failed to parse certificate: x509: malformed certificate";
            }
            Some((_, after)) => rest = after,
        }
    };
    Some(format!("unable to load root certificates: {why}"))
}

/// A part of a PEM file.
struct Block<'t> {
    label: &'t str,
    has_headers: bool,
    bytes: Vec<u8>,
}

impl Block<'_> {
    /// Whether Go looks for a certificate in it.
    fn may_be_certificate(&self) -> bool {
        self.label == "CERTIFICATE" && !self.has_headers
    }
}

fn blocks(text: &str) -> impl Iterator<Item = Block<'_>> {
    let mut rest = text;
    std::iter::from_fn(move || {
        let (block, after) = next_block(rest)?;
        rest = after;
        Some(block)
    })
}

/// The next block that can be read, and what follows it.
fn next_block(mut text: &str) -> Option<(Block<'_>, &str)> {
    loop {
        let start = text.match_indices(BEGIN).find(|(at, _)| *at == 0 || text[..*at].ends_with('\n'));
        let (at, _) = start?;
        let after_begin = &text[at + BEGIN.len()..];
        text = after_begin;
        let Some((label, body)) = after_begin.split_once(DASHES) else { continue };
        let end = format!("\n-----END {label}-----");
        let Some((digits, after)) = body.split_once(&end) else { continue };
        let mut digits = digits.trim_start();
        let mut has_headers = false;
        while let Some((_, rest)) = digits.split_once('\n').filter(|(line, _)| line.contains(':')) {
            has_headers = true;
            digits = rest;
        }
        if let (false, Some(bytes)) = (label.contains('\n'), decode(digits)) {
            let block = Block { label, has_headers, bytes };
            return Some((block, after.trim_start_matches([' ', '\t', '\r', '\n'])));
        }
    }
}

fn decode(digits: &str) -> Option<Vec<u8>> {
    let digits: String = digits.split([' ', '\t', '\r', '\n']).collect();
    BASE64.decode(digits).ok()
}

/// Whether the block is a certificate: a sequence of what is signed, the algorithm and the signature, and nothing after it.
fn is_certificate(block: &Block<'_>) -> bool {
    const SEQUENCE: u8 = 0x30;
    const BITS: u8 = 0x03;
    let parts = || {
        let (content, after) = element(&block.bytes, SEQUENCE)?;
        let (_, content) = element(content, SEQUENCE)?;
        let (_, content) = element(content, SEQUENCE)?;
        let (_, content) = element(content, BITS)?;
        Some((after, content))
    };
    block.may_be_certificate() && parts() == Some((&[], &[]))
}

/// The content of the element of that kind that DER starts with, and what follows it.
fn element(der: &[u8], tag: u8) -> Option<(&[u8], &[u8])> {
    let (kind, rest) = der.split_first()?;
    let (first, mut rest) = rest.split_first()?;
    let mut length = usize::from(*first);
    if length >= 0x80 {
        let digits = rest.get(..length - 0x80).filter(|digits| (1..=4).contains(&digits.len()))?;
        length = digits.iter().fold(0, |length, digit| length << 8 | usize::from(*digit));
        rest = &rest[digits.len()..];
    }
    (*kind == tag).then(|| rest.split_at_checked(length)).flatten()
}
