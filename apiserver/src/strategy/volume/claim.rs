//! `v1` `PersistentVolumeClaim`.

use crdgen_schema::metadata::NameRule;
use serde_json::{Value, json};

use super::{CLASS_ANNOTATION, cells, check_access_modes};
use crate::check::{Field, difference, quantity};
use crate::resource::strategy::{Strategy, Subresource};
use crate::resource::{Resource, built_in};

/// `v1/PersistentVolumeClaim`
#[derive(Debug)]
pub(in crate::strategy) struct Claim;

impl Strategy for Claim {
    fn prepare_for_create(&self, resource: &Resource, object: &mut Value) {
        built_in::prepare_for_create(&[], resource, object);
        settle_source(&mut object["spec"], &Value::Null);
    }

    fn prepare_for_update(&self, resource: &Resource, object: &mut Value, old: &Value, subresource: Subresource) {
        built_in::prepare_for_update(&[], resource, object, old, subresource);
        if subresource == Subresource::Main {
            settle_source(&mut object["spec"], &old["spec"]);
        }
    }

    fn validate(&self, _resource: &Resource, object: Field<'_>) {
        check_spec(object.get("spec"), None);
    }

    fn validate_update(&self, _: &Resource, object: Field<'_>, old: Field<'_>, subresource: Subresource) {
        if subresource == Subresource::Main {
            object.metadata(true, NameRule::DnsSubdomain);
            check_spec(object.get("spec"), Some(old.get("spec")));
            check_change(object, old);
        } else {
            check_status(object);
        }
    }

    fn warnings(&self, object: Field<'_>, _old: Option<Field<'_>>) -> Vec<String> {
        let mut found = Vec::new();
        if object.annotation(CLASS_ANNOTATION).is_set() {
            found.push(format!(
                "metadata.annotations[{CLASS_ANNOTATION}]: deprecated since v1.8; use \"storageClassName\" attribute instead"
            ));
        }
        for amounts in ["requests", "limits"].map(|name| object.get("spec").get("resources").get(name)) {
            let storage = amounts.key("storage");
            if storage.quantity().milli_value() % 1000 != 0 {
                let (path, text) = (storage.path(), storage.text());
                found.push(format!("{path}: fractional byte value {text:?} is invalid, must be an integer"));
            }
        }
        found
    }

    fn field_alias<'a>(&self, name: &'a str) -> &'a str {
        if name == "name" { "metadata.name" } else { name }
    }

    fn cells(&self, object: &Value, now: jiff::Timestamp) -> Vec<Value> {
        cells::of_claim(object, now)
    }
}

/// `dataSource` and `dataSourceRef` say the same, as far as the older one can. Volumes of other namespaces are behind a gate that
/// is off.
fn settle_source(spec: &mut Value, old: &Value) {
    let Some(members) = spec.as_object_mut() else { return };
    let is_set = |members: &serde_json::Map<String, Value>, name: &str| members.get(name).is_some_and(Value::is_object);
    let foreign = |source: &Value| source["namespace"].as_str().is_some_and(|text| !text.is_empty());
    if members.get("dataSourceRef").is_some_and(foreign) && !old["dataSourceRef"].is_object() {
        members.remove("dataSourceRef");
    }
    if !old["dataSource"].is_object() && !is_set(members, "dataSourceRef") {
        let group = |source: &Value| source["apiGroup"].as_str().unwrap_or_default().to_owned();
        let known = members.get("dataSource").is_some_and(|source| match source["kind"].as_str() {
            Some("PersistentVolumeClaim") => group(source).is_empty(),
            Some("VolumeSnapshot") => group(source) == "snapshot.storage.k8s.io",
            _ => false,
        });
        if !known {
            members.remove("dataSource");
        }
    }
    let copy = |source: &Value| {
        let names = ["apiGroup", "kind", "name"];
        let parts = names.iter().filter_map(|name| Some(((*name).to_owned(), source.get(name)?.clone())));
        Value::Object(parts.collect())
    };
    match (members.get("dataSource").cloned(), members.get("dataSourceRef").cloned()) {
        (Some(source), None) => drop(members.insert("dataSourceRef".to_owned(), copy(&source))),
        (None, Some(source)) if !foreign(&source) => drop(members.insert("dataSource".to_owned(), copy(&source))),
        _ => {}
    }
}

pub(in crate::strategy) fn check_spec<'a>(spec: Field<'a>, old: Option<Field<'a>>) {
    let modes = spec.get("accessModes");
    if modes.is_empty() {
        modes.required("at least 1 access mode is required");
    }
    let lenient = old.is_some_and(|old| old.get("selector").is_wrong(Field::label_selector));
    spec.get("selector").label_selector_with(!lenient);
    check_access_modes(modes);
    let storage = spec.get("resources").get("requests").key("storage").shown_as(spec.get("resources").key("storage"));
    if !storage.is_set() {
        storage.required("");
    } else if storage.quantity().sign() <= 0 {
        storage.quantity_positive();
    } else {
        storage.quantity_of("storage");
    }
    let (class, mode) = (spec.get("storageClassName"), spec.get("volumeMode"));
    if !class.text().is_empty() {
        class.dns_subdomain();
    }
    if mode.is_set() {
        mode.one_of(&["Block", "Filesystem"]);
    }
    check_sources(spec, old);
    let attributes = spec.get("volumeAttributesClassName");
    if !attributes.text().is_empty() {
        attributes.dns_subdomain();
    }
}

fn check_sources<'a>(spec: Field<'a>, old: Option<Field<'a>>) {
    let (source, reference) = (spec.get("dataSource"), spec.get("dataSourceRef"));
    let has_group =
        |old: Field<'a>| ["dataSource", "dataSourceRef"].iter().any(|name| old.get(name).get("apiGroup").is_set());
    let lenient = old.is_some_and(has_group);
    for one in [source, reference].into_iter().filter(|one| one.is_set()) {
        one.get("name").require_text();
        one.get("kind").require_text();
        let group = one.get("apiGroup");
        if group.text().is_empty() && one.get("kind").text() != "PersistentVolumeClaim" {
            let kind = json!(one.get("kind").text());
            one.invalid_as(&kind, "must be 'PersistentVolumeClaim' when referencing the default apiGroup");
        }
        if !group.text().is_empty() && !lenient {
            group.dns_subdomain();
        }
    }
    let namespace = reference.get("namespace");
    let refuse = |why: &str| spec.invalid_as(&json!({}), why);
    if !namespace.text().is_empty() {
        namespace.dns_label();
        if source.is_set() {
            refuse("may not be specified when dataSourceRef.namespace is specified");
        }
    } else if source.is_set() && reference.is_set() {
        let same = |name: &'static str| source.get(name).equals(reference.get(name));
        if !["apiGroup", "kind", "name"].into_iter().all(same) {
            refuse("must match dataSourceRef");
        }
    }
}

/// What may become of the spec of a claim (`ValidatePersistentVolumeClaimUpdate`).
fn check_change<'a>(claim: Field<'a>, old: Field<'a>) {
    const CLASS: &str = "storageClassName";
    let (mut now, mut then) = (claim.get("spec").value().clone(), old.get("spec").value().clone());
    if then["volumeName"].as_str().unwrap_or_default().is_empty() {
        then["volumeName"] = now["volumeName"].clone();
    }
    let (annotation, before) = (claim.annotation(CLASS_ANNOTATION), old.annotation(CLASS_ANNOTATION));
    let gets_class = old.get("spec").get(CLASS).value().is_null() && claim.get("spec").get(CLASS).is_set();
    let as_before = claim.get("spec").get(CLASS).text() == before.text();
    if gets_class && before.is_set() && as_before && (!annotation.is_set() || annotation.equals(before)) {
        now[CLASS] = Value::Null;
    } else {
        if annotation.text() != before.text() {
            annotation
                .shown_as(claim.get("metadata").get("annotations").key(CLASS_ANNOTATION))
                .invalid("field is immutable");
        }
        if gets_class && (!before.is_set() || as_before) {
            now[CLASS] = then[CLASS].clone();
        }
    }
    if claim.get("status").get("phase").text() == "Bound" {
        if now["resources"]["requests"].is_object() {
            now["resources"]["requests"]["storage"] = then["resources"]["requests"]["storage"].clone();
        }
        now["volumeAttributesClassName"] = then["volumeAttributesClassName"].clone();
    }
    if without_nulls(&now) != without_nulls(&then) {
        let difference = difference::between("core/v1.PersistentVolumeClaimSpec", &then, &now);
        claim.get("spec").forbidden(format!(
            "spec is immutable after creation except resources.requests and volumeAttributesClassName for bound \
             claims\n{difference}"
        ));
    }
    check_size(claim, old);
    let mode = claim.get("spec").get("volumeMode");
    if !mode.equals(old.get("spec").get("volumeMode")) {
        mode.shown_as(claim.get("volumeMode")).invalid("field is immutable");
    }
    check_attributes(claim, old);
}

fn without_nulls(value: &Value) -> Value {
    let mut value = value.clone();
    if let Some(members) = value.as_object_mut() {
        members.retain(|_, member| !member.is_null());
    }
    value
}

fn check_size<'a>(claim: Field<'a>, old: Field<'a>) {
    let size = |claim: Field<'a>| claim.get("spec").get("resources").get("requests").get("storage");
    let capacity = old.get("status").get("capacity").key("storage").quantity();
    let asked = size(claim).quantity();
    if asked < size(old).quantity() && asked <= capacity {
        size(claim).forbidden("field can not be less than status.capacity");
    }
}

fn check_attributes<'a>(claim: Field<'a>, old: Field<'a>) {
    let class = claim.get("spec").get("volumeAttributesClassName");
    let changed = !class.equals(old.get("spec").get("volumeAttributesClassName"));
    if !changed || !old.get("status").get("currentVolumeAttributesClassName").is_set() {
        return;
    }
    if !class.is_set() {
        class.forbidden("update to nil is forbidden when status.currentVolumeAttributesClassName is not nil");
    } else if class.text().is_empty() {
        class.forbidden("update to empty string is forbidden when status.currentVolumeAttributesClassName is not nil");
    }
}

fn check_status(claim: Field<'_>) {
    const STATUSES: [&str; 5] = [
        "ControllerResizeInProgress",
        "ControllerResizeInfeasible",
        "NodeResizeInProgress",
        "NodeResizeInfeasible",
        "NodeResizePending",
    ];
    let status = claim.get("status");
    let is_valid = |amount: Field<'_>| {
        let fine = amount.quantity().sign() >= 0;
        if !fine {
            amount.invalid_as(&amount.quantity().value().into(), "must be a valid resource quantity");
        }
        fine
    };
    for (_, amount) in status.get("capacity").entries() {
        is_valid(amount);
    }
    let statuses = status.get("allocatedResourceStatuses");
    for (key, one) in statuses.entries() {
        check_resource(statuses, key);
        if !STATUSES.contains(&one.text()) {
            let known: Vec<String> = STATUSES.iter().map(|known| format!("{known:?}")).collect();
            statuses.not_supported_as(&key.into(), &format!("supported values: {}", known.join(", ")));
        }
    }
    let allocated = status.get("allocatedResources");
    for (key, amount) in allocated.entries() {
        if check_resource(allocated, key) && is_valid(amount) {
            amount.quantity_of("storage");
        }
    }
}

/// `validatePersistentVolumeClaimResourceKey`
fn check_resource(list: Field<'_>, key: &str) -> bool {
    let before = list.reported();
    list.invalid_text_for(key, crdgen_schema::name::label_key(key));
    if list.reported() == before && quantity::is_native(key) && key != "storage" {
        list.not_supported_as(&key.into(), "supported values: \"storage\"");
    }
    list.reported() == before
}
