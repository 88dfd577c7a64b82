//! `apps/v1` `StatefulSet`: pods with names and claims that they keep.
//!
//! Source: `k8s.io/kubernetes/pkg/registry/apps/statefulset`, `ValidateStatefulSet`, `pkg/apis/apps/v1/{conversion,defaults}.go`.

use crdgen_schema::metadata::NameRule;
use serde_json::{Value, json};

use super::super::{pod, volume};
use super::{cells, rolling, status, template, warning};
use crate::check::{Check, Field};
use crate::resource::Resource;
use crate::resource::built_in;
use crate::resource::strategy::{Findings, Strategy, Subresource};
use crate::response::table;

/// The parts of the spec that cannot be changed.
const FIXED: [&str; 4] = ["selector", "volumeClaimTemplates", "serviceName", "podManagementPolicy"];
const ONLY_THESE: &str = "updates to statefulset spec for fields other than 'replicas', 'ordinals', 'template', 'updateStrategy', \
    'revisionHistoryLimit', 'persistentVolumeClaimRetentionPolicy' and 'minReadySeconds' are forbidden";
const KEEPS_ALL: &str =
    "spec.revisionHistoryLimit: a negative value retains all historical revisions; a value >= 0 is recommended";

/// `apps/v1/StatefulSet`
#[derive(Debug)]
pub(crate) struct StatefulSet;

impl Strategy for StatefulSet {
    fn fill_blank(&self, object: &mut Value) {
        object["spec"]["replicas"] = Value::from(0);
    }

    fn decode(&self, resource: &Resource, object: &mut Value) -> Result<Findings, Box<crate::status::Status>> {
        let is_typed = object.pointer("/spec/updateStrategy/type").is_some_and(|of| !of.is_null() && of != "");
        let findings = built_in::decode(resource, object)?;
        if !is_typed && let Some(strategy) = object["spec"]["updateStrategy"].as_object_mut() {
            strategy.entry("rollingUpdate").or_insert_with(|| json!({}));
        }
        self.set_defaults(object);
        Ok(findings)
    }

    fn set_defaults(&self, object: &mut Value) {
        let spec = &mut object["spec"];
        if spec["updateStrategy"]["rollingUpdate"].is_object() {
            rolling::set_defaults(&mut spec["updateStrategy"], &[("partition", json!(0))]);
        }
        let claims = spec.get_mut("volumeClaimTemplates").and_then(Value::as_array_mut);
        for claim in claims.into_iter().flatten() {
            claim["apiVersion"] = json!("v1");
            claim["kind"] = json!("PersistentVolumeClaim");
        }
        pod::defaults::of_template(&mut spec["template"]);
    }

    fn counted(&self) -> &'static [&'static str] {
        &["/spec"]
    }

    fn prepare_for_create(&self, resource: &Resource, object: &mut Value) {
        drop_max_unavailable(object);
        built_in::prepare_for_create(self.counted(), resource, object);
    }

    fn prepare_for_update(&self, resource: &Resource, object: &mut Value, old: &Value, subresource: Subresource) {
        if subresource.writes_spec() {
            drop_max_unavailable(object);
        }
        built_in::prepare_for_update(self.counted(), resource, object, old, subresource);
    }

    fn name_rule(&self) -> NameRule {
        NameRule::DnsLabel
    }

    fn validate(&self, resource: &Resource, object: Field<'_>) {
        check(object.get("spec"), None, &Tolerated { created: Some(resource), template: false });
    }

    fn validate_update(&self, _: &Resource, object: Field<'_>, old: Field<'_>, subresource: Subresource) {
        if subresource == Subresource::Status {
            check_status(object.get("status"));
            status::collisions(object.get("status"), old.get("status"));
            return;
        }
        let (spec, old) = (object.get("spec"), old.get("spec"));
        let mut tolerated = Tolerated { created: None, template: false };
        let before = Check::of(old.value(), |old| check(old, Some(old), &tolerated));
        tolerated.template = !before.is_empty();
        check(spec, Some(old), &tolerated);
        if FIXED.iter().any(|part| !spec.get(part).equals(old.get(part))) {
            spec.forbidden(ONLY_THESE);
        }
    }

    fn warnings(&self, object: Field<'_>, old: Option<Field<'_>>) -> Vec<String> {
        let mut warnings = warning::of(object, old, false);
        // Go writes the path of an update so.
        let part = if old.is_some() { ".Spec" } else { "" };
        for claim in object.get("spec").get("volumeClaimTemplates").items() {
            warnings.extend(fractions(claim, part));
        }
        if object.get("spec").get("revisionHistoryLimit").int() < 0 {
            warnings.push(KEEPS_ALL.to_owned());
        }
        warnings
    }

    fn cells(&self, object: &Value, now: jiff::Timestamp) -> Vec<Value> {
        let (spec, status) = (&object["spec"], &object["status"]);
        let [containers, images] = cells::containers(&spec["template"]);
        vec![
            object["metadata"]["name"].clone(),
            cells::share(&status["readyReplicas"], &spec["replicas"]),
            table::age(object, now),
            containers,
            images,
        ]
    }
}

/// Amounts of storage with a fraction of a byte (`GetWarningsForPersistentVolumeClaimSpec`).
fn fractions(claim: Field<'_>, part: &str) -> Vec<String> {
    let resources = claim.get("spec").get("resources");
    let amounts = ["requests", "limits"].map(|list| (list, resources.get(list).key("storage")));
    let odd = amounts.into_iter().filter(|(_, amount)| amount.quantity().milli_value() % 1000 != 0);
    odd.map(|(list, amount)| {
        let place = format!("{}{part}.resources.{list}[storage]", claim.path());
        format!("{place}: fractional byte value \"{}\" is invalid, must be an integer", amount.quantity())
    })
    .collect()
}

/// What may stay as it is stored, although it would be refused in a new object.
#[derive(Debug)]
struct Tolerated<'a> {
    /// The resource of a new object. The name of the service and the claims of a stored one cannot be changed, and may be anything.
    created: Option<&'a Resource>,
    /// Whether the template may be anything.
    template: bool,
}

/// `maxUnavailable` belongs to a feature that is off by default.
fn drop_max_unavailable(object: &mut Value) {
    let rolling = object.pointer_mut("/spec/updateStrategy/rollingUpdate");
    if let Some(rolling) = rolling.and_then(Value::as_object_mut) {
        rolling.remove("maxUnavailable");
    }
}

/// `ValidateStatefulSetSpec`
fn check(spec: Field<'_>, old: Option<Field<'_>>, tolerated: &Tolerated<'_>) {
    let policy = spec.get("podManagementPolicy");
    if !matches!(policy.text(), "OrderedReady" | "Parallel") {
        policy.invalid("must be 'OrderedReady' or 'Parallel'");
    }
    check_strategy(spec.get("updateStrategy"));
    let retention = spec.get("persistentVolumeClaimRetentionPolicy");
    for when in ["whenDeleted", "whenScaled"].into_iter().filter(|_| retention.is_set()) {
        retention.get(when).one_of(&["Retain", "Delete"]);
    }
    if let Some(resource) = tolerated.created {
        let claims = spec.get("volumeClaimTemplates").items();
        claims.for_each(|claim| volume::Claim.validate(resource, claim));
    }
    spec.get("replicas").not_negative();
    spec.get("minReadySeconds").not_negative();
    let start = spec.get("ordinals").get("start");
    start.shown_as(spec.get("ordinals.start")).not_negative();
    let service = spec.get("serviceName");
    if tolerated.created.is_some() && !service.text().is_empty() {
        service.dns_label();
    }
    let (selector, template) = (spec.get("selector"), spec.get("template"));
    template::required_selector(selector, "statefulset");
    if selector.is_label_selector() {
        template::labels(selector, template);
        check_template(spec, old, tolerated);
    } else {
        selector.invalid("");
    }
    template::runs_always(template, "StatefulSet");
}

/// The template as pods will have it: with the claims as volumes, and with names that the set gives.
fn check_template(spec: Field<'_>, old: Option<Field<'_>>, tolerated: &Tolerated<'_>) {
    let template = spec.get("template");
    if !tolerated.template {
        let value = with_claims(spec);
        let old = old.map(|spec| spec.get("template"));
        pod::check_template(template.with_value(&value), old);
    }
    // Go checks these twice.
    let metadata = template.get("metadata");
    metadata.get("labels").shown_as(template.get("labels")).labels();
    metadata.get("annotations").shown_as(template.get("annotations")).annotations();
}

fn with_claims(spec: Field<'_>) -> Value {
    let mut template = spec.get("template").value().clone();
    let Some(pod) = template.get_mut("spec").and_then(Value::as_object_mut) else { return template };
    pod.remove("subdomain");
    pod.remove("hostname");
    let claims = spec.get("volumeClaimTemplates").items().map(|claim| claim.get("metadata").get("name").text());
    let claims: Vec<&str> = claims.collect();
    if !claims.is_empty() {
        let claimed = claims.iter().map(|name| json!({"name": name, "persistentVolumeClaim": {"claimName": name}}));
        let volumes = spec.get("template").get("spec").get("volumes").items();
        let others = volumes.filter(|volume| !claims.contains(&volume.get("name").text()));
        let volumes: Vec<Value> = claimed.chain(others.map(|volume| volume.value().clone())).collect();
        pod.insert("volumes".to_owned(), Value::from(volumes));
    }
    template
}

fn check_strategy(strategy: Field<'_>) {
    let rolling = strategy.get("rollingUpdate");
    match strategy.get("type").text() {
        "OnDelete" if rolling.is_set() => {
            rolling.invalid("only allowed for updateStrategy 'RollingUpdate'");
        }
        "OnDelete" => {}
        "RollingUpdate" => rolling.get("partition").not_negative(),
        _ => {
            strategy.invalid("must be 'RollingUpdate' or 'OnDelete'");
        }
    }
}

/// `ValidateStatefulSetStatus`
fn check_status(status: Field<'_>) {
    status::counts(
        status,
        &[
            "replicas",
            "readyReplicas",
            "currentReplicas",
            "updatedReplicas",
            "availableReplicas",
            "observedGeneration",
            "collisionCount",
        ],
    );
    let counts = ["readyReplicas", "currentReplicas", "updatedReplicas", "availableReplicas"];
    status::within(status, &counts, "status.readyReplicas");
}
