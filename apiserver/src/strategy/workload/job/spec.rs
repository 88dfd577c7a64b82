//! What the spec of a job may be, also within a cron job.
//!
//! Source: `validateJobSpec`, `ValidateJobSpec`, `WarningsForJobSpec`.

use super::super::super::pod;
use super::super::template;
use super::policy;
use crate::check::Field;

/// The most pods of an indexed job at a time, and the most of its indexes that may fail.
const INDEX_LIMIT: i64 = 100_000;
/// The same if there are more completions than that.
const HIGH_LIMIT: i64 = 10_000;

/// The spec of a job, with its selector.
pub(super) fn check_selected(spec: Field<'_>, old: Option<Field<'_>>) {
    check(spec, old);
    let selector = spec.get("selector");
    match old {
        _ if !selector.is_set() => selector.required(""),
        Some(old) => selector.label_selector_as_stored(old.get("selector")),
        None => selector.label_selector(),
    }
    if selector.is_label_selector() {
        template::matching(selector, spec.get("template"));
    }
}

/// The spec of a job, without its selector.
pub(in crate::strategy::workload) fn check(spec: Field<'_>, old: Option<Field<'_>>) {
    check_counts(spec);
    check_managed_by(spec.get("managedBy"));
    check_mode(spec);
    if spec.get("podFailurePolicy").is_set() {
        policy::check_failure(spec, spec.get("podFailurePolicy").get("rules"));
    }
    if spec.get("successPolicy").is_set() {
        policy::check_success(spec, spec.get("successPolicy"));
    }
    check_replacement(spec);
    pod::check_template(spec.get("template"), old.map(|old| old.get("template")));
    check_restarts(spec);
}

fn check_counts(spec: Field<'_>) {
    let counts = [
        "parallelism",
        "completions",
        "activeDeadlineSeconds",
        "backoffLimit",
        "ttlSecondsAfterFinished",
        "backoffLimitPerIndex",
        "maxFailedIndexes",
    ];
    for name in counts {
        spec.get(name).not_negative();
    }
    if spec.get("maxFailedIndexes").is_set() && !spec.get("backoffLimitPerIndex").is_set() {
        spec.get("backoffLimitPerIndex").required("when maxFailedIndexes is specified");
    }
}

fn check_managed_by(manager: Field<'_>) {
    if manager.is_set() {
        manager.domain_prefixed_path();
        if manager.text().len() > 63 {
            manager.too_long(63);
        }
    }
}

fn check_mode(spec: Field<'_>) {
    let mode = spec.get("completionMode");
    match mode.text() {
        "Indexed" => check_indexed(spec),
        kind if kind == "NonIndexed" || !mode.is_set() => {
            for name in ["backoffLimitPerIndex", "maxFailedIndexes"] {
                if spec.get(name).is_set() {
                    spec.get(name).invalid("requires indexed completion mode");
                }
            }
        }
        _ => mode.not_supported(&["NonIndexed", "Indexed"]),
    }
}

fn check_indexed(spec: Field<'_>) {
    let (completions, parallelism) = (spec.get("completions"), spec.get("parallelism"));
    let failed = spec.get("maxFailedIndexes");
    if !completions.is_set() {
        completions.required("when completion mode is Indexed");
    }
    if parallelism.int() > INDEX_LIMIT {
        parallelism.invalid(format!("must be less than or equal to {INDEX_LIMIT} when completion mode is Indexed"));
    }
    if completions.is_set() && failed.int() > completions.int() && failed.is_set() {
        failed.invalid("must be less than or equal to completions");
    }
    if failed.int() > INDEX_LIMIT {
        failed.invalid(format!("must be less than or equal to {INDEX_LIMIT}"));
    }
    if completions.int() > INDEX_LIMIT && spec.get("backoffLimitPerIndex").is_set() {
        let why = format!(
            "must be less than or equal to {HIGH_LIMIT} when completions are above {INDEX_LIMIT} and used with backoff limit per index"
        );
        if !failed.is_set() {
            failed.required(format!("must be specified when completions is above {INDEX_LIMIT}"));
        }
        for count in [parallelism, failed].into_iter().filter(|count| count.int() > HIGH_LIMIT) {
            count.invalid(why.clone());
        }
    }
}

fn check_replacement(spec: Field<'_>) {
    let replacement = spec.get("podReplacementPolicy");
    if replacement.is_set() {
        let has_policy = spec.get("podFailurePolicy").is_set();
        replacement.one_of(if has_policy { &["Failed"] } else { &["Failed", "TerminatingOrFailed"] });
    }
}

fn check_restarts(spec: Field<'_>) {
    let restarts = spec.get("template").get("spec").get("restartPolicy");
    match restarts.text() {
        "Always" | "" => restarts.required("valid values: \"OnFailure\", \"Never\""),
        "OnFailure" if spec.get("podFailurePolicy").is_set() => {
            restarts.invalid("only \"Never\" is supported when podFailurePolicy is specified");
        }
        "OnFailure" | "Never" => {}
        _ => restarts.not_supported(&["OnFailure", "Never"]),
    }
}

/// The warning about jobs that are too big to be followed.
pub(super) fn warning(spec: Field<'_>) -> Option<String> {
    let is_big = spec.get("completionMode").text() == "Indexed"
        && spec.get("completions").int() > INDEX_LIMIT
        && spec.get("parallelism").int() > HIGH_LIMIT;
    is_big.then(|| {
        format!(
            "{}: In Indexed Jobs with a number of completions higher than 10^5 and a parallelism higher than 10^4, Kubernetes \
             might not be able to track completedIndexes when a big number of indexes fail",
            spec.path()
        )
    })
}
