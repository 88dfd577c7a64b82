//! `apps/v1` `DaemonSet`: a pod on every node.
//!
//! Source: `k8s.io/kubernetes/pkg/registry/apps/daemonset`, `ValidateDaemonSet`, `pkg/apis/apps/v1/conversion.go`.

use serde_json::{Value, json};

use super::super::pod;
use super::{cells, integer, rolling, status, template};
use crate::check::Field;
use crate::object::meta;
use crate::resource::Resource;
use crate::resource::built_in;
use crate::resource::strategy::{Findings, Strategy, Subresource};
use crate::response::table;
use crate::status::{Result, Status};

/// The annotation that counts changes of the template. It holds a field of a former version of the kind.
const GENERATION: &str = "deprecated.daemonset.template.generation";

/// `apps/v1/DaemonSet`
#[derive(Debug)]
pub(crate) struct DaemonSet;

impl Strategy for DaemonSet {
    fn fill_blank(&self, object: &mut Value) {
        object["metadata"]["annotations"][GENERATION] = Value::from("0");
    }

    fn decode(&self, resource: &Resource, object: &mut Value) -> Result<Findings> {
        let findings = built_in::decode(resource, object)?;
        self.set_defaults(object);
        let text = meta(object, "annotations").and_then(|all| all[GENERATION].as_str()).unwrap_or("0").to_owned();
        let generation = integer::parse(&text).map_err(|why| {
            let why = why.of("ParseInt", &text);
            Status::bad_request(format!("DaemonSet in version \"v1\" cannot be handled as a DaemonSet: {why}"))
        })?;
        set_generation(object, generation);
        Ok(findings)
    }

    fn set_defaults(&self, object: &mut Value) {
        let defaults = [("maxUnavailable", json!(1)), ("maxSurge", json!(0))];
        rolling::set_defaults(&mut object["spec"]["updateStrategy"], &defaults);
        if let Some(rolling) = object.pointer_mut("/spec/updateStrategy/rollingUpdate").and_then(Value::as_object_mut) {
            // What Go's own type has no pointer to is there, whatever the type of the strategy.
            for name in ["maxUnavailable", "maxSurge"] {
                rolling.entry(name).or_insert(json!(0));
            }
        }
        pod::defaults::of_template(&mut object["spec"]["template"]);
    }

    fn hidden_annotations(&self) -> &'static [&'static str] {
        &[GENERATION]
    }

    fn counted(&self) -> &'static [&'static str] {
        &["/spec"]
    }

    fn prepare_for_create(&self, resource: &Resource, object: &mut Value) {
        built_in::prepare_for_create(self.counted(), resource, object);
        let generation = generation(object);
        set_generation(object, generation.max(1));
    }

    fn prepare_for_update(&self, resource: &Resource, object: &mut Value, old: &Value, subresource: Subresource) {
        built_in::prepare_for_update(self.counted(), resource, object, old, subresource);
        if subresource.writes_spec() {
            let is_changed = object["spec"]["template"] != old["spec"]["template"];
            set_generation(object, generation(old) + i64::from(is_changed));
        } else {
            set_generation(object, generation(old));
        }
    }

    fn validate(&self, _resource: &Resource, object: Field<'_>) {
        check(object, None);
    }

    fn validate_update(&self, _: &Resource, object: Field<'_>, old: Field<'_>, subresource: Subresource) {
        if subresource == Subresource::Status {
            check_status(object.get("status"));
            status::collisions(object.get("status"), old.get("status"));
            return;
        }
        object.get("spec").get("selector").immutable(old.get("spec").get("selector"));
        check(object, Some(old.get("spec")));
    }

    fn warnings(&self, object: Field<'_>, old: Option<Field<'_>>) -> Vec<String> {
        let template = template::of(object);
        match old.map(template::of) {
            Some(old) if template.equals(old) => Vec::new(),
            old => pod::template_warnings(template, old),
        }
    }

    fn cells(&self, object: &Value, now: jiff::Timestamp) -> Vec<Value> {
        let spec = &object["spec"];
        let count = |name: &str| json!(cells::number(&object["status"][name]));
        let [containers, images] = cells::containers(&spec["template"]);
        vec![
            object["metadata"]["name"].clone(),
            count("desiredNumberScheduled"),
            count("currentNumberScheduled"),
            count("numberReady"),
            count("updatedNumberScheduled"),
            count("numberAvailable"),
            cells::labels(&spec["template"]["spec"]["nodeSelector"]),
            table::age(object, now),
            containers,
            images,
            cells::label_selector(&spec["selector"]),
        ]
    }
}

fn generation(object: &Value) -> i64 {
    let text = meta(object, "annotations").and_then(|all| all[GENERATION].as_str()).unwrap_or_default();
    text.parse().unwrap_or(0)
}

fn set_generation(object: &mut Value, generation: i64) {
    let Some(metadata) = object["metadata"].as_object_mut() else { return };
    let annotations = metadata.entry("annotations").or_insert_with(|| json!({}));
    if let Some(annotations) = annotations.as_object_mut() {
        annotations.insert(GENERATION.to_owned(), Value::from(generation.to_string()));
    }
}

/// `ValidateDaemonSetSpec`
fn check(object: Field<'_>, old: Option<Field<'_>>) {
    let spec = object.get("spec");
    let (selector, template) = (spec.get("selector"), spec.get("template"));
    match old {
        Some(old) => selector.label_selector_as_stored(old.get("selector")),
        None => selector.label_selector(),
    }
    if selector.is_label_selector() {
        template::matching(selector, template);
    }
    if selector.is_set() && selector.selects_everything() {
        selector.invalid("empty selector is invalid for daemonset");
    }
    pod::check_template(template, old.map(|spec| spec.get("template")));
    template::runs_always(template, "DaemonSet");
    spec.get("minReadySeconds").not_negative();
    check_strategy(spec.get("updateStrategy"));
    spec.get("revisionHistoryLimit").not_negative();
}

fn check_strategy(strategy: Field<'_>) {
    let rolling = strategy.get("rollingUpdate");
    match strategy.get("type").text() {
        "OnDelete" => {}
        "RollingUpdate" => {
            let (unavailable, surge) = (rolling.get("maxUnavailable"), rolling.get("maxSurge"));
            unavailable.number_or_percent();
            surge.number_or_percent();
            unavailable.at_most_100_percent();
            surge.at_most_100_percent();
            match (unavailable.number_of_percent() != 0, surge.number_of_percent() != 0) {
                (true, true) => surge.invalid("may not be set when maxUnavailable is non-zero"),
                (false, false) => unavailable.required("cannot be 0 when maxSurge is 0"),
                _ => {}
            }
        }
        _ => strategy.not_supported(&["RollingUpdate", "OnDelete"]),
    }
}

/// `validateDaemonSetStatus`
fn check_status(status: Field<'_>) {
    status::counts(
        status,
        &[
            "currentNumberScheduled",
            "numberMisscheduled",
            "desiredNumberScheduled",
            "numberReady",
            "observedGeneration",
            "updatedNumberScheduled",
            "numberAvailable",
            "numberUnavailable",
            "collisionCount",
        ],
    );
}
