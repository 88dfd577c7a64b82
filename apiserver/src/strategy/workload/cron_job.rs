//! `batch/v1` `CronJob`: a job at certain times.
//!
//! Source: `k8s.io/kubernetes/pkg/registry/batch/cronjob`, `ValidateCronJobCreate`, `ValidateCronJobUpdate`.

use serde_json::{Value, json};

use super::super::pod;
use super::{cells, job, schedule};
use crate::check::Field;
use crate::resource::Resource;
use crate::resource::strategy::{Strategy, Subresource};
use crate::response::table;

/// How long the name of a cron job may be, so that there is room for the time in the names of its jobs.
const LONGEST_NAME: usize = 52;

/// `batch/v1/CronJob`
#[derive(Debug)]
pub(crate) struct CronJob;

impl Strategy for CronJob {
    fn set_defaults(&self, object: &mut Value) {
        if let Some(template) = object.pointer_mut("/spec/jobTemplate/spec/template") {
            pod::defaults::of_template(template);
        }
    }

    fn counted(&self) -> &'static [&'static str] {
        &["/spec"]
    }

    fn validate(&self, _resource: &Resource, object: Field<'_>) {
        check(object.get("spec"), None);
        let name = object.get("metadata").get("name");
        if name.text().len() > LONGEST_NAME {
            name.invalid(format!("must be no more than {LONGEST_NAME} characters"));
        }
    }

    fn validate_update(&self, _: &Resource, object: Field<'_>, old: Field<'_>, subresource: Subresource) {
        if subresource != Subresource::Status {
            check(object.get("spec"), Some(old.get("spec")));
        }
    }

    fn warnings(&self, object: Field<'_>, old: Option<Field<'_>>) -> Vec<String> {
        let mut warnings = job::warnings(object, old, |object| object.get("spec").get("jobTemplate").get("spec"));
        if old.is_some() && object.get("spec").get("schedule").text().contains("TZ") {
            warnings.push(
                "cannot use TZ or CRON_TZ in spec.spec.schedule, use timeZone instead, see \
                 https://kubernetes.io/docs/concepts/workloads/controllers/cron-jobs/ for more details"
                    .to_owned(),
            );
        }
        warnings
    }

    fn cells(&self, object: &Value, now: jiff::Timestamp) -> Vec<Value> {
        let (spec, status) = (&object["spec"], &object["status"]);
        let job = &spec["jobTemplate"]["spec"];
        let [containers, images] = cells::containers(&job["template"]);
        let last = status["lastScheduleTime"].as_str();
        let suspended = match spec["suspend"].as_bool() {
            None => "<unset>",
            Some(true) => "True",
            Some(false) => "False",
        };
        vec![
            object["metadata"]["name"].clone(),
            spec["schedule"].clone(),
            json!(spec["timeZone"].as_str().unwrap_or("<none>")),
            json!(suspended),
            json!(status["active"].as_array().map_or(0, Vec::len)),
            last.map_or(json!("<none>"), |time| table::since(Some(time), now)),
            table::age(object, now),
            containers,
            images,
            cells::label_selector(&job["selector"]),
        ]
    }
}

/// `validateCronJobSpec`
fn check(spec: Field<'_>, old: Option<Field<'_>>) {
    check_schedule(spec, old);
    spec.get("startingDeadlineSeconds").not_negative();
    let zone = spec.get("timeZone");
    if old.is_none_or(|old| !old.get("timeZone").equals(zone)) {
        check_zone(zone);
    }
    spec.get("concurrencyPolicy").require_one_of(&["Allow", "Forbid", "Replace"]);
    check_template(spec.get("jobTemplate").get("spec"), old.map(|old| old.get("jobTemplate").get("spec")));
    spec.get("successfulJobsHistoryLimit").not_negative();
    spec.get("failedJobsHistoryLimit").not_negative();
}

fn check_schedule(spec: Field<'_>, old: Option<Field<'_>>) {
    let schedule = spec.get("schedule");
    if !schedule.require_text() {
        return;
    }
    if let Err(why) = schedule::Schedule::parse(schedule.text()) {
        schedule.invalid(why);
    }
    let is_allowed = old.is_some_and(|old| old.get("schedule").text().contains("TZ"));
    match (schedule.text().contains("TZ"), is_allowed) {
        (true, true) if spec.get("timeZone").is_set() => {
            schedule.invalid("cannot use both timeZone field and TZ or CRON_TZ in schedule");
        }
        (true, false) => schedule.invalid("cannot use TZ or CRON_TZ in schedule, use timeZone field instead"),
        _ => {}
    }
}

/// `validateTimeZone`
fn check_zone(zone: Field<'_>) {
    if !zone.is_set() {
        return;
    }
    let name = zone.text();
    if name.is_empty() {
        zone.invalid("timeZone must be nil or non-empty string");
        return;
    }
    let is_letter = |byte: u8| byte.is_ascii_alphanumeric() || b".-_+".contains(&byte);
    let is_part = |part: &str| {
        !matches!(part, "." | "..")
            && !part.starts_with('-')
            && (1..=14).contains(&part.len())
            && part.bytes().all(is_letter)
    };
    if !name.split('/').all(is_part) {
        zone.invalid(format!("unknown time zone {name}"));
        return;
    }
    if name.eq_ignore_ascii_case("local") {
        zone.invalid("timeZone must be an explicit time zone as defined in https://www.iana.org/time-zones");
    }
    if let Err(why) = schedule::zone(name) {
        zone.invalid(why);
    }
}

/// `ValidateJobTemplateSpec`
fn check_template(spec: Field<'_>, old: Option<Field<'_>>) {
    job::check_spec(spec, old);
    if spec.get("selector").is_set() {
        spec.get("selector").invalid("`selector` will be auto-generated");
    }
    let manual = spec.get("manualSelector");
    if manual.flag() {
        manual.not_supported_as(&Value::Bool(true), "supported values: \"nil\", \"false\"");
    }
}
