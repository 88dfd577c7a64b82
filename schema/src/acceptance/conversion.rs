//! `spec.conversion`.
//!
//! In: `spec`. Out: field errors about the conversion strategy and its webhook. The server's paths are those of its internal
//! type, which has `webhookClientConfig` where v1 has `webhook.clientConfig`.

use std::collections::BTreeSet;

use super::{ca_bundle, requirements::Requirements};
use crate::{
    field::{Error, Errors, Path},
    name,
    node::Node,
};

/// Checks `spec.conversion`.
pub(super) fn check(spec: &Node<'_>, required: &Requirements, spec_path: &Path<'_>, errors: &mut Errors) {
    let conversion = &spec["conversion"];
    if conversion.is_null() {
        return;
    }
    let path = spec_path.child("conversion");
    let strategy = conversion["strategy"].as_str().unwrap_or_default();
    if strategy != "None" && spec["preserveUnknownFields"].as_bool() == Some(true) {
        let detail = "must be None if spec.preserveUnknownFields is true";
        errors.push(Error::invalid_text(path.child("strategy"), strategy, detail));
    }
    match strategy {
        "" => errors.push(Error::required(path.child("strategy"), "")),
        "None" => {}
        "Webhook" => return check_webhook(&conversion["webhook"], required, &path, errors),
        other => {
            let supported = ["None", "Webhook"];
            errors.push(Error::not_supported(path.child("strategy"), &other.into(), &supported));
        }
    }
    let webhook = &conversion["webhook"];
    let detail = "should not be set when strategy is not set to Webhook";
    if !webhook["clientConfig"].is_null() {
        errors.push(Error::forbidden(path.child("webhookClientConfig"), detail));
    }
    if !webhook["conversionReviewVersions"].items().is_empty() {
        errors.push(Error::forbidden(path.child("conversionReviewVersions"), detail));
    }
}

fn check_webhook(webhook: &Node<'_>, required: &Requirements, path: &Path<'_>, errors: &mut Errors) {
    let config_path = path.child("webhookClientConfig");
    let config = &webhook["clientConfig"];
    match (config["url"].as_str(), config["service"].is_mapping()) {
        _ if config.is_null() => {
            errors.push(Error::required(config_path, "required when strategy is set to Webhook"));
        }
        (Some(url), false) => check_url(url, &config_path.child("url"), errors),
        (None, true) => check_service(&config["service"], &config_path.child("service"), errors),
        _ => errors.push(Error::required(config_path, "exactly one of url or service is required")),
    }
    let bundle = config["caBundle"].as_str().unwrap_or_default();
    if let (true, Some(fault)) = (required.readable_ca_bundle, ca_bundle::fault(bundle)) {
        errors.push(Error::invalid_text(config_path.child("caBundle"), bundle, fault));
    }
    let (versions, path) = (&webhook["conversionReviewVersions"], path.child("conversionReviewVersions"));
    check_review_versions(versions, required.known_review_version, &path, errors);
}

fn check_url(url: &str, path: &Path<'_>, errors: &mut Errors) {
    const FORM: &str = "; desired format: https://host[/path]";
    let (scheme, rest) = url.split_once("://").unwrap_or(("", url));
    if scheme != "https" {
        let detail = format!("'https' is the only allowed URL scheme{FORM}");
        errors.push(Error::invalid_text(path, scheme, detail));
    }
    let (rest, fragment) = rest.split_once('#').unwrap_or((rest, ""));
    let (rest, query) = rest.split_once('?').unwrap_or((rest, ""));
    let authority = if scheme.is_empty() { "" } else { rest.split('/').next().unwrap_or_default() };
    let (user, host) = authority.rsplit_once('@').unwrap_or(("", authority));
    if host.is_empty() {
        errors.push(Error::invalid_text(path, host, format!("host must be specified{FORM}")));
    }
    let parts = [
        (user, "user information is not permitted in the URL"),
        (fragment, "fragments are not permitted in the URL"),
        (query, "query parameters are not permitted in the URL"),
    ];
    errors.extend(
        parts
            .into_iter()
            .filter(|(part, _)| !part.is_empty())
            .map(|(part, told)| Error::invalid_text(path, part, told)),
    );
}

fn check_service(service: &Node<'_>, path: &Path<'_>, errors: &mut Errors) {
    // The server takes the one for the other.
    for (name, reported) in [("name", "namespace"), ("namespace", "name")] {
        if service[name].as_str().unwrap_or_default().is_empty() {
            errors.push(Error::required(path.child(reported), ""));
        }
    }
    let port = service["port"].as_i64().unwrap_or(443);
    if !(1..=65535).contains(&port) {
        let detail = "port is not valid: must be between 1 and 65535, inclusive";
        errors.push(Error::invalid(path.child("port"), &port.into(), detail));
    }
    let url_path = service["path"].as_str().unwrap_or_default();
    if matches!(url_path, "" | "/") {
        return;
    }
    let path = path.child("path");
    if !url_path.starts_with('/') {
        errors.push(Error::invalid_text(path, url_path, "must start with a '/'"));
    }
    let mut checked = url_path.chars();
    checked.next();
    let checked = checked.as_str().strip_suffix('/').unwrap_or(checked.as_str());
    for (index, step) in checked.split('/').enumerate() {
        if step.is_empty() {
            errors.push(Error::invalid_text(path, url_path, format!("segment[{index}] may not be empty")));
            continue;
        }
        for fault in name::dns_subdomain(step) {
            errors.push(Error::invalid_text(path, url_path, format!("segment[{index}]: {fault}")));
        }
    }
}

fn check_review_versions(versions: &Node<'_>, must_be_known: bool, path: &Path<'_>, errors: &mut Errors) {
    let names: Vec<&str> = versions.items().iter().filter_map(Node::as_str).collect();
    if names.is_empty() {
        errors.push(Error::required(path, ""));
        return;
    }
    let mut seen = BTreeSet::new();
    for (index, name) in names.iter().enumerate() {
        if !seen.insert(*name) {
            errors.push(Error::invalid_text(path.index(index), name, "duplicate version"));
            continue;
        }
        for fault in name::dns_1035_label(name) {
            errors.push(Error::invalid_text(path.index(index), name, fault));
        }
    }
    if must_be_known && !seen.contains("v1") && !seen.contains("v1beta1") {
        errors.push(Error::invalid(path, &versions.to_value(), "must include at least one of v1, v1beta1"));
    }
}
