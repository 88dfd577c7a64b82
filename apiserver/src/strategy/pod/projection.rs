//! Volumes that several sources are projected into.
//!
//! Source: `validateProjectionSources`.

use std::collections::BTreeSet;

use super::volume::{check_downward_file, check_key_to_path};
use crate::check::Field;

const SOURCES: [&str; 6] =
    ["secret", "configMap", "downwardAPI", "serviceAccountToken", "clusterTrustBundle", "podCertificate"];

/// Checks a projected volume: its sources, whose files must not get into each other's way.
pub(super) fn check_projected(of: Field<'_>) {
    of.get("defaultMode").file_mode();
    let mut taken = Paths { of, known: BTreeSet::new() };
    for source in of.get("sources").items() {
        let given: Vec<&str> = SOURCES.into_iter().filter(|name| source.get(name).is_set()).collect();
        for name in &given {
            let part = source.get(name);
            match *name {
                "secret" | "configMap" => check_files(part, &mut taken),
                "downwardAPI" => check_downward(part, &mut taken),
                "serviceAccountToken" => check_token(part, of),
                "clusterTrustBundle" => check_bundle(part, &mut taken),
                _ => check_certificate(part, &mut taken),
            }
        }
        if given.len() > 1 {
            source.forbidden("may not specify more than 1 volume type per source");
        }
    }
}

/// The paths of the files that were seen.
struct Paths<'a> {
    of: Field<'a>,
    known: BTreeSet<&'a str>,
}

impl<'a> Paths<'a> {
    /// Notes a path. Another file of the same path is an error, which shows `culprit`.
    fn take(&mut self, path: &'a str, culprit: &str) {
        if !self.known.insert(path) {
            self.of.invalid_as(&culprit.into(), "conflicting duplicate paths");
        }
    }
}

fn check_files<'a>(of: Field<'a>, taken: &mut Paths<'a>) {
    of.get("name").require_text();
    for item in of.get("items").items() {
        check_key_to_path(item);
        if !item.get("path").text().is_empty() {
            taken.take(item.get("path").text(), of.get("name").text());
        }
    }
}

fn check_downward<'a>(of: Field<'a>, taken: &mut Paths<'a>) {
    for file in of.get("items").items() {
        check_downward_file(file.shown_as(of));
        let path = file.get("path").text();
        if !path.is_empty() {
            taken.take(path, path);
        }
    }
}

fn check_token(of: Field<'_>, volume: Field<'_>) {
    let seconds = of.get("expirationSeconds");
    if seconds.int() < 600 {
        seconds.invalid_number("may not specify a duration less than 10 minutes");
    }
    if seconds.int() > 1 << 32 {
        seconds.invalid("may not specify a duration larger than 2^32 seconds");
    }
    let path = of.get("path").shown_as(volume.get("path"));
    if path.require_text() {
        path.local_path();
    }
}

fn check_bundle<'a>(of: Field<'a>, taken: &mut Paths<'a>) {
    let (name, signer) = (of.get("name"), of.get("signerName"));
    match (name.is_set(), signer.is_set()) {
        (true, true) => of.invalid("only one of name and signerName may be used"),
        (true, false) => {
            if name.text().is_empty() {
                name.required("must be a valid object name");
            }
            let faults = crdgen_schema::name::dns_subdomain(name.text());
            name.invalid_for(faults.into_iter().map(|why| format!("not a valid clustertrustbundlename: {why}")));
            if of.get("labelSelector").is_set() {
                of.get("labelSelector").invalid("labelSelector must be unset if name is specified");
            }
        }
        (false, true) => {
            if signer.text().is_empty() {
                signer.required("must be a valid signer name");
            }
            signer.signer_name();
            of.get("labelSelector").label_selector();
        }
        (false, false) => of.required("either name or signerName must be specified"),
    }
    of.get("path").require_text();
    of.get("path").local_path();
    let path = of.get("path").text();
    taken.take(path, path);
}

fn check_certificate<'a>(of: Field<'a>, taken: &mut Paths<'a>) {
    const KEYS: [&str; 6] = ["RSA3072", "RSA4096", "ECDSAP256", "ECDSAP384", "ECDSAP521", "ED25519"];
    of.get("signerName").signer_name();
    of.get("keyType").one_of(&KEYS);
    let seconds = of.get("maxExpirationSeconds");
    if seconds.is_set() {
        let is_kubernetes = of.get("signerName").text().starts_with("kubernetes.io/");
        let most = if is_kubernetes { 86_400 } else { 7_862_400 };
        if seconds.int() < 3600 {
            seconds.invalid("if provided, maxExpirationSeconds must be >= 3600");
        }
        if seconds.int() > most {
            seconds.invalid(format!("if provided, maxExpirationSeconds must be <= {most}"));
        }
    }
    let paths = ["credentialBundlePath", "keyPath", "certificateChainPath"].map(|name| of.get(name));
    let given = paths.into_iter().filter(|path| !path.text().is_empty());
    given.clone().for_each(|path| {
        path.local_path();
        taken.take(path.text(), path.text());
    });
    if given.count() == 0 {
        of.required("specify at least one of credentialBundlePath, keyPath, and certificateChainPath");
    }
}
