//! Checks of names.
//!
//! Source: `apimachinery/pkg/util/validation`.

use crdgen_schema::name;

use super::Field;

impl Field<'_> {
    /// The text must be a DNS label.
    pub(crate) fn dns_label(self) {
        self.invalid_for(name::dns_label(self.text()));
    }

    /// The text must be a DNS subdomain.
    pub(crate) fn dns_subdomain(self) {
        self.invalid_for(name::dns_subdomain(self.text()));
    }

    /// The text must be a name with an optional domain before it (`IsQualifiedName`).
    pub(crate) fn qualified_name(self) {
        self.invalid_for(name::label_key(self.text()));
    }

    /// The text must be that of a signer: `example.com/name`.
    pub(crate) fn signer_name(self) {
        const LONGEST: usize = 253 + 253 + 63 + 2;
        if !self.require_text() {
            return;
        }
        let Some((domain, path)) = self.text().split_once('/').filter(|(_, path)| !path.contains('/')) else {
            self.invalid("must be a fully qualified domain and path of the form 'example.com/signer-name'");
            return;
        };
        if domain.len() > 253 {
            self.too_long(253);
        }
        self.each_part(domain, name::dns_label);
        if !domain.contains('.') {
            self.invalid_as(&domain.into(), "should be a domain with at least two segments separated by dots");
        }
        self.each_part(path, name::dns_subdomain);
        if self.text().len() > LONGEST {
            self.too_long(571);
        }
    }

    /// Reports the first part between dots that something is wrong with.
    fn each_part(self, text: &str, check: fn(&str) -> Vec<String>) {
        let found = text.split('.').map(|part| (part, check(part))).find(|(_, faults)| !faults.is_empty());
        let Some((part, faults)) = found else { return };
        self.invalid_text_for(text, faults.into_iter().map(|why| format!("validating label {part:?}: {why}")));
    }

    /// The text must be a DNS subdomain and a path, with a `/` between them (`IsDomainPrefixedPath`).
    pub(crate) fn domain_prefixed_path(self) {
        const RULE: &str = "Invalid path (regex used for validation is '[A-Za-z0-9/\\-._~%!$&'()*+,;=:]+')";
        if !self.require_text() {
            return;
        }
        let Some((host, path)) =
            self.text().split_once('/').filter(|(host, path)| !host.is_empty() && !path.is_empty())
        else {
            self.invalid("must be a domain-prefixed path (such as \"acme.io/foo\")");
            return;
        };
        self.invalid_text_for(host, name::dns_subdomain(host));
        let is_part = |byte: u8| byte.is_ascii_alphanumeric() || b"/-._~%!$&'()*+,;=:".contains(&byte);
        if !path.bytes().all(is_part) {
            self.invalid_as(&path.into(), RULE);
        }
    }

    /// The text must be able to stand in a URL's path.
    pub(crate) fn path_segment(self) {
        self.invalid_for(name::path_segment(self.text()));
    }
}
