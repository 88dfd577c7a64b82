//! What a signing request and a certificate hold: PEM with DER within.
//!
//! In: base64. Out: what is wrong with it. Source: `ParseCSR`, `validateCertificate`, `crypto/x509`.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use x509_parser::certification_request::X509CertificationRequest;
use x509_parser::pem::Pem;
use x509_parser::prelude::{FromDer, X509Certificate};

/// The blocks of a text in PEM; what cannot be read ends it.
fn blocks(encoded: &str) -> Vec<Pem> {
    let bytes = STANDARD.decode(encoded).unwrap_or_default();
    Pem::iter_from_buffer(&bytes).map_while(Result::ok).collect()
}

/// What is wrong with a request.
pub(super) fn fault(encoded: &str) -> Option<String> {
    const NO_BLOCK: &str = "PEM block type must be CERTIFICATE REQUEST";
    let blocks = blocks(encoded);
    let Some(block) = blocks.first().filter(|block| block.label == "CERTIFICATE REQUEST") else {
        return Some(NO_BLOCK.to_owned());
    };
    let Ok((rest, request)) = X509CertificationRequest::from_der(&block.contents) else {
        return Some("asn1: structure error: the data is not a certificate request".to_owned());
    };
    if !rest.is_empty() {
        return Some("asn1: syntax error: trailing data".to_owned());
    }
    request.verify_signature().is_err().then(|| "x509: signature does not match the request".to_owned())
}

/// The organizations in the subject of a request.
pub(crate) fn organizations(encoded: &str) -> Vec<String> {
    let blocks = blocks(encoded);
    let request = blocks.first().and_then(|block| X509CertificationRequest::from_der(&block.contents).ok());
    let Some((_, request)) = request else { return Vec::new() };
    let subject = &request.certification_request_info.subject;
    subject.iter_organization().filter_map(|attribute| attribute.as_str().ok()).map(str::to_owned).collect()
}

/// What is wrong with the certificate that a signer sets.
pub(super) fn certificate_fault(encoded: &str) -> Option<String> {
    if encoded.is_empty() {
        return None;
    }
    let blocks = blocks(encoded);
    for block in &blocks {
        if block.label != "CERTIFICATE" {
            return Some(format!("only CERTIFICATE PEM blocks are allowed, found {:?}", block.label));
        }
        if block.contents.is_empty() {
            return Some("found CERTIFICATE PEM block containing 0 certificates".to_owned());
        }
        if X509Certificate::from_der(&block.contents).is_err() {
            return Some("x509: malformed certificate".to_owned());
        }
    }
    blocks.is_empty().then(|| "must contain at least one CERTIFICATE PEM block".to_owned())
}
