//! `batch/v1` `Job`: pods that run until so many of them succeeded.
//!
//! Source: `k8s.io/kubernetes/pkg/registry/batch/job`, `pkg/apis/batch/{v1,validation}`.

mod indexes;
mod policy;
mod selector;
mod spec;
mod status;
mod update;

use serde_json::{Value, json};

use super::super::pod;
use super::{cells, warning};
use crate::check::Field;
use crate::object::{self, meta};
use crate::request::delete_options::Propagation;
use crate::resource::Resource;
use crate::resource::built_in;
use crate::resource::strategy::{Strategy, Subresource};
use crate::response::table;

pub(super) use spec::check as check_spec;

/// `batch/v1/Job`
#[derive(Debug)]
pub(crate) struct Job;

impl Strategy for Job {
    fn set_defaults(&self, object: &mut Value) {
        set_spec_defaults(object);
        let labels = object["spec"]["template"]["metadata"]["labels"].clone();
        if labels.is_object() && meta(object, "labels").is_none_or(cells::is_empty) {
            object::set(object, "labels", labels);
        }
        pod::defaults::of_template(&mut object["spec"]["template"]);
    }

    fn counted(&self) -> &'static [&'static str] {
        &["/spec"]
    }

    fn default_propagation(&self) -> Option<Propagation> {
        Some(Propagation::Orphan)
    }

    fn deletion_warning(&self) -> Option<&'static str> {
        Some(
            "child pods are preserved by default when jobs are deleted; set propagationPolicy=Background to remove them or set \
             propagationPolicy=Orphan to suppress this warning",
        )
    }

    fn prepare_for_create(&self, resource: &Resource, object: &mut Value) {
        if object["spec"]["manualSelector"] != true {
            selector::generate(object);
        }
        built_in::prepare_for_create(self.counted(), resource, object);
    }

    fn validate(&self, _resource: &Resource, object: Field<'_>) {
        check(object, None, true);
    }

    fn validate_update(&self, _: &Resource, object: Field<'_>, old: Field<'_>, subresource: Subresource) {
        if subresource == Subresource::Status {
            status::check(object, old);
            return;
        }
        let labels = old.get("spec").get("template").get("metadata").get("labels");
        let has_labels = [selector::NAME, selector::UID].iter().all(|label| labels.key(label).is_set());
        object.metadata(true, self.name_rule());
        check(object, Some(old.get("spec")), has_labels);
        spec::check_selected(object.get("spec"), Some(old.get("spec")));
        update::check(object, old);
    }

    fn warnings(&self, object: Field<'_>, old: Option<Field<'_>>) -> Vec<String> {
        warnings(object, old, |object| object.get("spec"))
    }

    fn selectable(&self) -> &'static [&'static str] {
        &["status.successful"]
    }

    fn unselectable(&self, name: &str) -> String {
        format!("field label {name:?} not supported for Job")
    }

    fn selected(&self, object: &Value, name: &str) -> Option<String> {
        (name == "status.successful").then(|| cells::number(&object["status"]["succeeded"]).to_string())
    }

    fn cells(&self, object: &Value, now: jiff::Timestamp) -> Vec<Value> {
        let (spec, status) = (&object["spec"], &object["status"]);
        let [containers, images] = cells::containers(&spec["template"]);
        vec![
            object["metadata"]["name"].clone(),
            json!(phase(object)),
            json!(completions(spec, cells::number(&status["succeeded"]))),
            duration(status, now),
            table::age(object, now),
            containers,
            images,
            cells::label_selector(&spec["selector"]),
        ]
    }
}

/// The warnings of a kind with the spec of a job in it.
pub(super) fn warnings(
    object: Field<'_>,
    old: Option<Field<'_>>,
    spec: impl for<'a> Fn(Field<'a>) -> Field<'a>,
) -> Vec<String> {
    let mut warnings: Vec<String> =
        if old.is_none() { warning::name(object).into_iter().collect() } else { Vec::new() };
    if old.is_some_and(|old| !warning::is_changed(object, old)) {
        return warnings;
    }
    let (job, old) = (spec(object), old.map(&spec));
    warnings.extend(spec::warning(job));
    warnings.extend(pod::template_warnings(job.get("template"), old.map(|old| old.get("template"))));
    warnings
}

/// `SetDefaults_Job`, without the labels. The spec of a cron job's jobs is not completed.
fn set_spec_defaults(object: &mut Value) {
    let Some(spec) = object["spec"].as_object_mut() else { return };
    let parallelism = spec.get("parallelism").is_some();
    if !parallelism && spec.get("completions").is_none() {
        spec.insert("completions".to_owned(), json!(1));
    }
    let limit = if spec.get("backoffLimitPerIndex").is_some() { i32::MAX } else { 6 };
    let replacement = if spec.get("podFailurePolicy").is_some() { "Failed" } else { "TerminatingOrFailed" };
    let defaults = [
        ("parallelism", json!(1)),
        ("backoffLimit", json!(limit)),
        ("completionMode", json!("NonIndexed")),
        ("suspend", json!(false)),
        ("podReplacementPolicy", json!(replacement)),
        ("manualSelector", json!(false)),
    ];
    for (name, value) in defaults {
        spec.entry(name).or_insert(value);
    }
}

/// `ValidateJob`, except the metadata. `has_labels`: whether the labels with a prefix must be there.
fn check(object: Field<'_>, old: Option<Field<'_>>, has_labels: bool) {
    let spec = object.get("spec");
    selector::check(object, has_labels);
    spec::check_selected(spec, old);
    let completions = spec.get("completions").int();
    if spec.get("completionMode").text() == "Indexed" && completions > 0 {
        let name = object.get("metadata").get("name");
        let host = format!("{}-{}", name.text(), completions - 1);
        if !crdgen_schema::name::dns_label(&host).is_empty() {
            name.invalid(format!("will not able to create pod with invalid DNS label: {host}"));
        }
    }
}

fn phase(object: &Value) -> &'static str {
    let conditions = object["status"]["conditions"].as_array().into_iter().flatten();
    let conditions: Vec<&Value> = conditions.collect();
    let holds = |of: &str| conditions.iter().find(|one| one["type"] == of).is_some_and(|one| one["status"] == "True");
    if holds("Complete") {
        return "Complete";
    }
    if holds("Failed") {
        return "Failed";
    }
    if meta(object, "deletionTimestamp").is_some() {
        return "Terminating";
    }
    ["Suspended", "FailureTarget", "SuccessCriteriaMet"].into_iter().find(|of| holds(of)).unwrap_or("Running")
}

fn completions(spec: &Value, succeeded: i64) -> String {
    match (spec["completions"].as_i64(), cells::number(&spec["parallelism"])) {
        (Some(wanted), _) => format!("{succeeded}/{wanted}"),
        (None, parallelism @ 2..) => format!("{succeeded}/1 of {parallelism}"),
        (None, _) => format!("{succeeded}/1"),
    }
}

fn duration(status: &Value, now: jiff::Timestamp) -> Value {
    let Some(start) = status["startTime"].as_str() else { return json!("") };
    let end = status["completionTime"].as_str().and_then(|time| time.parse().ok()).unwrap_or(now);
    table::since(Some(start), end)
}
