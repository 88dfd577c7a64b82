//! What is wrong with a signing request.
//!
//! Source: `pkg/apis/certificates/validation`, `ValidateSignerName`.

use crdgen_schema::name;
use serde_json::{Value, json};

use super::request;
use crate::check::{Field, difference};
use crate::resource::strategy::Subresource;

const LEGACY: &str = "kubernetes.io/legacy-unknown";
const APPROVAL: [&str; 2] = ["Approved", "Denied"];
const ALWAYS_TRUE: [&str; 3] = ["Approved", "Denied", "Failed"];
const USAGES: [&str; 23] = [
    "any",
    "cert sign",
    "client auth",
    "code signing",
    "content commitment",
    "crl sign",
    "data encipherment",
    "decipher only",
    "digital signature",
    "email protection",
    "encipher only",
    "ipsec end system",
    "ipsec tunnel",
    "ipsec user",
    "key agreement",
    "key encipherment",
    "microsoft sgc",
    "netscape sgc",
    "ocsp signing",
    "s/mime",
    "server auth",
    "signing",
    "timestamping",
];

/// Checks a new request, or one that replaces `old`: what is odd in a stored one may stay.
pub(super) fn check<'a>(object: Field<'a>, old: Option<Field<'a>>) {
    let (spec, status) = (object.get("spec"), object.get("status"));
    let encoded = spec.get("request");
    if let Some(why) = request::fault(encoded.text()) {
        encoded.invalid(why);
    }
    check_usages(spec.get("usages"), old.map(|old| old.get("spec").get("usages")));
    let signer = spec.get("signerName");
    let was_legacy = old.is_some_and(|old| old.get("spec").get("signerName").text() == LEGACY);
    if signer.text() == LEGACY && !was_legacy {
        signer.invalid("the legacy signerName is not allowed via this API version");
    } else {
        check_signer(signer);
    }
    let seconds = spec.get("expirationSeconds");
    if seconds.is_set() && seconds.int() < 600 {
        seconds.invalid("may not specify a duration less than 600 seconds (10 minutes)");
    }
    check_conditions(status.get("conditions"), old.map(|old| old.get("status").get("conditions")));
    let certificate = status.get("certificate");
    let stored = old.map(|old| old.get("status").get("certificate"));
    let lenient = stored.is_some_and(|old| old.equals(certificate) || request::certificate_fault(old.text()).is_some());
    if !lenient && let Some(why) = request::certificate_fault(certificate.text()) {
        certificate.invalid_as(&json!("<certificate data>"), why);
    }
}

fn check_usages<'a>(usages: Field<'a>, old: Option<Field<'a>>) {
    if usages.is_empty() {
        usages.required("");
    }
    let unknown = |usage: Field<'_>| !USAGES.contains(&usage.text());
    if !old.is_some_and(|old| old.items().any(unknown)) {
        for usage in usages.items() {
            usage.one_of(&USAGES);
        }
    }
    if !old.is_some_and(has_duplicate) {
        let mut seen: Vec<&str> = Vec::new();
        for usage in usages.items() {
            if seen.contains(&usage.text()) {
                usage.duplicate();
            }
            seen.push(usage.text());
        }
    }
}

fn has_duplicate(list: Field<'_>) -> bool {
    let all: Vec<&str> = list.items().map(Field::text).collect();
    all.iter().enumerate().any(|(index, text)| all[..index].contains(text))
}

/// `ValidateSignerName`
fn check_signer(signer: Field<'_>) {
    if !signer.require_text() {
        return;
    }
    let parts: Vec<&str> = signer.text().split('/').collect();
    let &[domain, path] = &parts[..] else {
        return signer.invalid("must be a fully qualified domain and path of the form 'example.com/signer-name'");
    };
    if domain.len() > 253 {
        signer.too_long(253);
    }
    let check_labels = |part: &str, faults: fn(&str) -> Vec<String>| {
        if let Some(label) = part.split('.').find(|label| !faults(label).is_empty()) {
            let faults = faults(label).into_iter().map(|fault| format!("validating label {label:?}: {fault}"));
            signer.invalid_text_for(part, faults);
        }
    };
    check_labels(domain, name::dns_label);
    if !domain.contains('.') {
        signer.invalid_as(&domain.into(), "should be a domain with at least two segments separated by dots");
    }
    check_labels(path, name::dns_subdomain);
    if signer.text().len() > 253 + 253 + 63 + 2 {
        signer.too_long(571);
    }
}

fn check_conditions<'a>(conditions: Field<'a>, old: Option<Field<'a>>) {
    let kinds = |list: Field<'a>| list.items().map(|condition| condition.get("type").text()).collect::<Vec<_>>();
    let stored = old.map(kinds).unwrap_or_default();
    let had_both = APPROVAL.iter().all(|kind| stored.contains(kind));
    let had_duplicate = stored.iter().enumerate().any(|(index, kind)| stored[..index].contains(kind));
    let mut seen: Vec<&str> = Vec::new();
    for condition in conditions.items() {
        let (kind, status) = (condition.get("type"), condition.get("status"));
        if !stored.contains(&"") {
            kind.require_text();
        }
        let allowed: &[&str] =
            if ALWAYS_TRUE.contains(&kind.text()) { &["True"] } else { &["False", "True", "Unknown"] };
        status.require_one_of(allowed);
        let other = APPROVAL.iter().find(|other| APPROVAL.contains(&kind.text()) && **other != kind.text());
        if !had_both && other.is_some_and(|other| seen.contains(other)) {
            conditions.invalid_as(&json!(kind.text()), "Approved and Denied conditions are mutually exclusive");
        }
        if !had_duplicate && seen.contains(&kind.text()) {
            kind.duplicate_text(kind.text());
        }
        seen.push(kind.text());
    }
}

/// Which part of the status each subresource may change.
pub(super) fn check_change<'a>(object: Field<'a>, old: Field<'a>, subresource: Subresource) {
    let conditions = object.get("status").get("conditions");
    let of = |object: Field<'a>, kind: &str| -> Vec<&'a Value> {
        let all = object.get("status").get("conditions").items();
        all.filter(|condition| condition.get("type").text() == kind).map(Field::value).collect()
    };
    for kind in ALWAYS_TRUE {
        if of(object, kind).len() < of(old, kind).len() {
            conditions.forbidden(format!("updates may not remove a condition of type {kind:?}"));
        }
    }
    for kind in APPROVAL.into_iter().filter(|_| subresource != Subresource::Approval) {
        let (now, before) = (of(object, kind), of(old, kind));
        if now.len() > before.len() {
            conditions.forbidden(format!("updates may not add a condition of type {kind:?}"));
        } else if now.len() == before.len() && now != before {
            let difference = now
                .iter()
                .zip(&before)
                .map(|(now, old)| difference::between("certificates/v1.CertificateSigningRequestCondition", old, now));
            let difference = difference.collect::<String>();
            conditions.forbidden(format!("updates may not modify a condition of type {kind:?}\n{difference}"));
        }
    }
    let (certificate, before) = (object.get("status").get("certificate"), old.get("status").get("certificate"));
    if certificate.text() != before.text() {
        if subresource != Subresource::Status {
            certificate.forbidden("updates may not set certificate content");
        } else if !before.text().is_empty() {
            certificate.forbidden("updates may not modify existing certificate content");
        }
    }
}
