//! What kinds of volumes need.
//!
//! Source: `validateHostPathVolumeSource` and its siblings.

use crdgen_schema::name;

use crate::check::Field;

/// These texts must be there.
pub(in crate::strategy) fn require(of: Field<'_>, names: &[&'static str]) {
    for name in names {
        of.get(name).require_text();
    }
}

/// The list must not be empty.
pub(in crate::strategy) fn require_list(of: Field<'_>, name: &'static str) {
    if of.get(name).is_empty() {
        of.get(name).required("");
    }
}

pub(super) fn empty_dir(of: Field<'_>) {
    if of.get("sizeLimit").quantity().sign() < 0 {
        of.get("sizeLimit").forbidden("SizeLimit field must be a valid resource quantity");
    }
}

pub(super) fn host_path(of: Field<'_>) {
    const TYPES: [&str; 8] =
        ["", "BlockDevice", "CharDevice", "Directory", "DirectoryOrCreate", "File", "FileOrCreate", "Socket"];
    if of.get("path").require_text() {
        of.get("path").no_backsteps();
        of.get("type").one_of(&TYPES);
    }
}

pub(super) fn git_repo(of: Field<'_>) {
    of.get("repository").require_text();
    of.get("directory").descending_path();
}

/// A cloud's disk, with the field that names it.
pub(in crate::strategy) fn disk(of: Field<'_>, name: &'static str) {
    of.get(name).require_text();
    if !(0..=255).contains(&of.get("partition").int()) {
        of.get("partition").invalid("must be between 1 and 255, inclusive");
    }
}

pub(in crate::strategy) fn nfs(of: Field<'_>) {
    require(of, &["server", "path"]);
    if !of.get("path").text().starts_with('/') {
        of.get("path").invalid("must be an absolute path");
    }
}

pub(super) fn iscsi(of: Field<'_>, volume: Field<'_>) {
    of.get("targetPortal").require_text();
    if of.get("iqn").require_text() {
        iscsi_name(of.get("iqn"));
    }
    of.get("lun").in_range(0, 255);
    let uses_secret = of.get("chapAuthDiscovery").flag() || of.get("chapAuthSession").flag();
    if uses_secret && !of.get("secretRef").is_set() {
        of.get("secretRef").required("");
    }
    let initiator = of.get("initiatorName");
    if initiator.is_set() {
        iscsi_name(initiator.shown_as(of.get("initiatorname")));
        if volume.get("name").text().len() + 1 + of.get("targetPortal").text().len() > 64 {
            volume.get("name").invalid(
                "Total length of <volume name>:<iscsi.targetPortal> must be under 64 characters if iscsi.initiatorName \
                 is specified.",
            );
        }
    }
}

/// `iqn.2001-04.com.example:storage`, `eui.` or `naa.` and hexadecimal digits.
fn iscsi_name(of: Field<'_>) {
    if !["iqn", "eui", "naa"].iter().any(|start| of.text().starts_with(start)) {
        of.invalid("must be valid format starting with iqn, eui, or naa");
    } else if !is_iscsi_name(of.text()) {
        of.invalid("must be valid format");
    }
}

/// Whether a text is the name of an iSCSI target or initiator.
pub(in crate::strategy) fn is_iscsi_name(text: &str) -> bool {
    let digits = |text: &str, lengths: &[usize]| {
        lengths.contains(&text.len()) && text.bytes().all(|byte| byte.is_ascii_alphanumeric())
    };
    match text.get(..3) {
        Some("iqn") => is_qualified(text),
        Some("eui") => text.strip_prefix("eui.").is_some_and(|rest| digits(rest, &[16])),
        Some("naa") => text.strip_prefix("naa.").is_some_and(|rest| digits(rest, &[32])),
        _ => false,
    }
}

/// `iqn\.\d{4}-\d{2}\.([[:alnum:]-.]+)(:[^,;*&$|\s]+)$`
fn is_qualified(text: &str) -> bool {
    let Some(rest) = text.strip_prefix("iqn.") else { return false };
    let (date, rest) = rest.split_at_checked(8).unwrap_or_default();
    let is_date = date.bytes().enumerate().all(|(at, byte)| match at {
        4 => byte == b'-',
        7 => byte == b'.',
        _ => byte.is_ascii_digit(),
    });
    let Some((domain, name)) = rest.split_once(':') else { return false };
    let is_domain =
        !domain.is_empty() && domain.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"-.".contains(&byte));
    let is_name = !name.is_empty() && !name.chars().any(|c| ",;*&$|".contains(c) || c.is_ascii_whitespace());
    date.len() == 8 && is_date && is_domain && is_name
}

pub(in crate::strategy) fn flocker(of: Field<'_>) {
    let (name, id) = (of.get("datasetName"), of.get("datasetUUID"));
    match (name.text().is_empty(), id.text().is_empty()) {
        (true, true) => of.required("one of datasetName and datasetUUID is required"),
        (false, false) => {
            of.invalid_as(&"resource".into(), "datasetName and datasetUUID can not be specified simultaneously");
        }
        _ => {}
    }
    if name.text().contains('/') {
        name.invalid("must not contain '/'");
    }
}

pub(in crate::strategy) fn rbd(of: Field<'_>) {
    require_list(of, "monitors");
    of.get("image").require_text();
}

pub(super) fn cinder(of: Field<'_>) {
    of.get("volumeID").require_text();
    secret_name(of);
}

fn secret_name(of: Field<'_>) {
    if of.get("secretRef").is_set() {
        of.get("secretRef").get("name").require_text();
    }
}

pub(in crate::strategy) fn quobyte(of: Field<'_>) {
    const PAIRS: &str = "must be a host:port pair or multiple pairs separated by commas";
    let registry = of.get("registry");
    if registry.text().is_empty() {
        registry.required(PAIRS);
    } else if of.get("tenant").text().len() >= 65 {
        of.get("tenant").required("must be a UUID and may not exceed a length of 64 characters");
    } else {
        let is_pair =
            |pair: &str| pair.rsplit_once(':').is_some_and(|(host, _)| !host.contains(':') || host.starts_with('['));
        registry.text().split(',').filter(|pair| !is_pair(pair)).for_each(|_| registry.invalid(PAIRS));
    }
    of.get("volume").require_text();
}

pub(in crate::strategy) fn fibre_channel(of: Field<'_>) {
    let names = of.get("targetWWNs");
    match (names.is_empty(), of.get("wwids").is_empty()) {
        (true, true) => names.required("must specify either targetWWNs or wwids, but not both"),
        (false, false) => names.invalid("targetWWNs and wwids can not be specified simultaneously"),
        _ => {}
    }
    if !names.is_empty() {
        if of.get("lun").is_set() {
            of.get("lun").in_range(0, 255);
        } else {
            of.get("lun").required("lun is required if targetWWNs is specified");
        }
    }
}

pub(in crate::strategy) fn flex(of: Field<'_>) {
    of.get("driver").require_text();
    for (key, option) in of.get("options").entries() {
        let namespace = format!(".{}", key.split('/').next().unwrap_or(key).to_lowercase());
        if namespace.ends_with(".kubernetes.io") || namespace.ends_with(".k8s.io") {
            option.invalid_as(&key.into(), "kubernetes.io and k8s.io namespaces are reserved");
        }
    }
}

pub(in crate::strategy) fn azure_disk(of: Field<'_>) {
    require(of, &["diskName", "diskURI"]);
    let (caching, kind, uri) = (of.get("cachingMode"), of.get("kind"), of.get("diskURI"));
    if caching.is_set() {
        caching.one_of(&["None", "ReadOnly", "ReadWrite"]);
    }
    if kind.is_set() {
        kind.one_of(&["Dedicated", "Managed", "Shared"]);
        let (start, known) = match kind.text() {
            "Managed" => (
                "/subscriptions/",
                "/subscriptions/{sub-id}/resourcegroups/{group-name}/providers/microsoft.compute/disks/{disk-id}",
            ),
            _ => ("https://", "https://{account-name}.blob.core.windows.net/{container-name}/{disk-name}.vhd"),
        };
        if !uri.text().starts_with(start) {
            uri.not_supported(&[known]);
        }
    }
}

pub(super) fn storage_os(of: Field<'_>) {
    if of.get("volumeName").require_text() {
        of.get("volumeName").dns_label();
    }
    if !of.get("volumeNamespace").text().is_empty() {
        of.get("volumeNamespace").dns_label();
    }
    secret_name(of);
}

pub(super) fn csi(of: Field<'_>) {
    csi_driver(of.get("driver"));
    let secret = of.get("nodePublishSecretRef");
    if secret.is_set() && secret.get("name").require_text() {
        secret.get("name").shown_as(of.get("name")).dns_subdomain();
    }
}

/// `ValidateCSIDriverName`
pub(crate) fn csi_driver(driver: Field<'_>) {
    if !driver.require_text() {
        return;
    }
    if driver.text().len() > 63 {
        driver.too_long(63);
    }
    driver.invalid_text_for(driver.text(), name::dns_subdomain(&driver.text().to_lowercase()));
}
