//! `apps/v1` `Deployment`: replicas of a pod, with a rolling update when its template changes.
//!
//! Source: `k8s.io/kubernetes/pkg/registry/apps/deployment`, `ValidateDeployment`.

use serde_json::{Value, json};

use super::super::pod;
use super::{cells, rolling, status, template, warning};
use crate::check::Field;
use crate::object::{self, meta};
use crate::resource::Resource;
use crate::resource::built_in;
use crate::resource::strategy::{Findings, Strategy, Subresource};
use crate::response::table;
use crate::selector;
use crate::status::{Result, Status};

/// The annotation that holds a field of a former version of the kind.
const ROLLBACK: &str = "deprecated.deployment.rollback.to";

/// `apps/v1/Deployment`
#[derive(Debug)]
pub(crate) struct Deployment;

impl Strategy for Deployment {
    fn fill_blank(&self, object: &mut Value) {
        object["spec"]["replicas"] = Value::from(0);
    }

    fn decode(&self, resource: &Resource, object: &mut Value) -> Result<Findings> {
        let findings = built_in::decode(resource, object)?;
        self.set_defaults(object);
        read_rollback(object)?;
        Ok(findings)
    }

    fn set_defaults(&self, object: &mut Value) {
        let defaults = [("maxUnavailable", json!("25%")), ("maxSurge", json!("25%"))];
        rolling::set_defaults(&mut object["spec"]["strategy"], &defaults);
        pod::defaults::of_template(&mut object["spec"]["template"]);
    }

    fn ignored(&self, _resource: &Resource, subresource: Subresource) -> &'static [&'static str] {
        if subresource == Subresource::Status { &["spec", "metadata.labels"] } else { &["status"] }
    }

    fn hidden_annotations(&self) -> &'static [&'static str] {
        &[ROLLBACK]
    }

    fn counted(&self) -> &'static [&'static str] {
        &["/spec", "/metadata/annotations"]
    }

    fn prepare_for_update(&self, resource: &Resource, object: &mut Value, old: &Value, subresource: Subresource) {
        built_in::prepare_for_update(self.counted(), resource, object, old, subresource);
        if subresource == Subresource::Status {
            object::copy(object, "labels", old);
        }
    }

    fn validate(&self, _resource: &Resource, object: Field<'_>) {
        check(object, None);
    }

    fn validate_update(&self, _: &Resource, object: Field<'_>, old: Field<'_>, subresource: Subresource) {
        if subresource == Subresource::Status {
            check_status(object.get("status"), old.get("status"));
            return;
        }
        check(object, Some(old.get("spec")));
        object.get("spec").get("selector").immutable(old.get("spec").get("selector"));
    }

    fn warnings(&self, object: Field<'_>, old: Option<Field<'_>>) -> Vec<String> {
        warning::of(object, old, true)
    }

    fn cells(&self, object: &Value, now: jiff::Timestamp) -> Vec<Value> {
        let (spec, status) = (&object["spec"], &object["status"]);
        let [containers, images] = cells::containers(&spec["template"]);
        let selector = &spec["selector"];
        let selector =
            if cells::is_label_selector(selector) { selector::as_text(selector) } else { "<invalid>".to_owned() };
        vec![
            object["metadata"]["name"].clone(),
            cells::share(&status["readyReplicas"], &spec["replicas"]),
            json!(cells::number(&status["updatedReplicas"])),
            json!(cells::number(&status["availableReplicas"])),
            table::age(object, now),
            containers,
            images,
            json!(selector),
        ]
    }
}

/// `ValidateDeploymentSpec`
fn check(object: Field<'_>, old: Option<Field<'_>>) {
    let spec = object.get("spec");
    spec.get("replicas").not_negative();
    template::selected(spec, old, "deployment", "ReplicaSet");
    check_strategy(spec.get("strategy"));
    spec.get("minReadySeconds").not_negative();
    spec.get("revisionHistoryLimit").not_negative();
    let rollback = object.get("metadata").get("annotations").key(ROLLBACK);
    if let Some(revision) = rollback.text().parse::<i64>().ok().filter(|revision| *revision < 0) {
        let place = rollback.shown_as(spec.get("rollback").get("version"));
        place.invalid_as(&revision.into(), "must be greater than or equal to 0");
    }
    let deadline = spec.get("progressDeadlineSeconds");
    if deadline.is_set() {
        deadline.not_negative();
        if deadline.int() <= spec.get("minReadySeconds").int() {
            deadline.invalid("must be greater than minReadySeconds");
        }
    }
}

fn check_strategy(strategy: Field<'_>) {
    let rolling = strategy.get("rollingUpdate");
    match strategy.get("type").text() {
        "Recreate" if rolling.is_set() => {
            rolling.forbidden("may not be specified when strategy `type` is 'Recreate'");
        }
        "Recreate" => {}
        "RollingUpdate" => {
            let (unavailable, surge) = (rolling.get("maxUnavailable"), rolling.get("maxSurge"));
            unavailable.number_or_percent();
            surge.number_or_percent();
            if unavailable.number_of_percent() == 0 && surge.number_of_percent() == 0 {
                unavailable.invalid("may not be 0 when `maxSurge` is 0");
            }
            unavailable.at_most_100_percent();
        }
        _ => strategy.not_supported(&["Recreate", "RollingUpdate"]),
    }
}

/// `ValidateDeploymentStatusUpdate`
fn check_status(status: Field<'_>, old: Field<'_>) {
    status::counts(
        status,
        &[
            "observedGeneration",
            "replicas",
            "updatedReplicas",
            "readyReplicas",
            "availableReplicas",
            "unavailableReplicas",
            "terminatingReplicas",
            "collisionCount",
        ],
    );
    status::within(status, &["updatedReplicas", "readyReplicas", "availableReplicas"], "readyReplicas");
    status::collisions(status, old);
}

/// Reads the annotation as the number that it is in Go, and writes it again.
fn read_rollback(object: &mut Value) -> Result<()> {
    let Some(text) = meta(object, "annotations").and_then(|all| all[ROLLBACK].as_str()).map(str::to_owned) else {
        return Ok(());
    };
    let Some(annotations) = object["metadata"]["annotations"].as_object_mut() else { return Ok(()) };
    if text.is_empty() {
        annotations.remove(ROLLBACK);
        let is_empty = annotations.is_empty();
        if let Some(metadata) = object["metadata"].as_object_mut().filter(|_| is_empty) {
            metadata.remove("annotations");
        }
        return Ok(());
    }
    let revision = super::integer::parse(&text).map_err(|why| {
        let why = format!("failed to parse annotation[{ROLLBACK}]={text} as int64: {}", why.of("ParseInt", &text));
        Status::bad_request(format!("Deployment in version \"v1\" cannot be handled as a Deployment: {why}"))
    })?;
    annotations.insert(ROLLBACK.to_owned(), Value::from(revision.to_string()));
    Ok(())
}
