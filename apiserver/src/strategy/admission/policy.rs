//! `ValidatingAdmissionPolicy` and `MutatingAdmissionPolicy`.

use crdgen_schema::metadata::NameRule;
use crdgen_schema::name;
use crdgen_schema::rule::is_reserved;
use serde_json::{Value, json};

use super::{UNSET, rule};
use crate::check::Field;
use crate::resource::Resource;
use crate::resource::strategy::{Strategy, Subresource};
use crate::response::table;

/// A policy: the one kind has validations, and the other mutations.
#[derive(Debug)]
pub(in crate::strategy) struct Policy {
    pub(in crate::strategy) mutates: bool,
}

const MOST_ANNOTATIONS: usize = 20;
const LONGEST_ANNOTATION: usize = 5 * 1024;

impl Strategy for Policy {
    fn counted(&self) -> &'static [&'static str] {
        &["/spec"]
    }

    fn unconditional_update(&self) -> bool {
        false
    }

    fn wants_standard_finalizers(&self) -> bool {
        false
    }

    fn repeats_changes(&self) -> bool {
        false
    }

    fn validate(&self, _resource: &Resource, object: Field<'_>) {
        self.check(object, None);
    }

    fn validate_update(&self, _: &Resource, object: Field<'_>, old: Field<'_>, subresource: Subresource) {
        if subresource == Subresource::Main {
            object.plain_metadata(false, NameRule::DnsSubdomain);
            return self.check(object, Some(old));
        }
        let status = object.get("status");
        for warning in status.get("typeChecking").get("expressionWarnings").items() {
            warning.get("warning").require_text();
            if warning.get("fieldRef").text().trim().is_empty() {
                warning.get("fieldRef").required("");
            }
        }
        status.get("conditions").conditions();
    }

    fn cells(&self, object: &Value, now: jiff::Timestamp) -> Vec<Value> {
        let list = if self.mutates { "mutations" } else { "validations" };
        let count = object["spec"][list].as_array().map_or(0, Vec::len);
        let kind = &object["spec"]["paramKind"];
        let part = |name: &str| kind[name].as_str().unwrap_or_default();
        let params = if kind.is_null() { UNSET.to_owned() } else { format!("{}/{}", part("apiVersion"), part("kind")) };
        vec![object["metadata"]["name"].clone(), json!(count), json!(params), table::age(object, now)]
    }
}

impl Policy {
    fn check(&self, object: Field<'_>, old: Option<Field<'_>>) {
        let spec = object.get("spec");
        let failure = spec.get("failurePolicy");
        if failure.is_set() {
            failure.one_of(&["Fail", "Ignore"]);
        } else {
            failure.required("");
        }
        if spec.get("paramKind").is_set() {
            check_param_kind(spec.get("paramKind"));
        }
        let constraints = spec.get("matchConstraints");
        if constraints.is_set() {
            rule::check_match(constraints);
            if constraints.get("resourceRules").is_empty() {
                constraints.get("resourceRules").required("");
            }
            if self.mutates {
                rule::check_mutating(constraints);
            }
        } else {
            constraints.required("");
        }
        let is_same = |part: &'static str| old.is_some_and(|old| spec.get(part).equals(old.get("spec").get(part)));
        if !is_same("paramKind") || !is_same("matchConditions") {
            rule::check_conditions(spec.get("matchConditions"));
        }
        spec.get("variables").items().for_each(check_variable);
        if self.mutates { check_mutations(spec) } else { check_validations(object) }
    }
}

fn check_param_kind(params: Field<'_>) {
    let (version, kind) = (params.get("apiVersion"), params.get("kind"));
    if version.require_text() {
        let text = version.text();
        let (group, own) = text.split_once('/').unwrap_or(("", text));
        if own.contains('/') {
            version.invalid(format!("unexpected GroupVersion string: {text}"));
        } else {
            let faults = name::dns_subdomain(group);
            if !group.is_empty() && !faults.is_empty() {
                version.invalid_as(&group.into(), faults.join(","));
            }
            let faults = name::dns_1035_label(own);
            if own.is_empty() {
                version.invalid("version must be specified");
            } else if !faults.is_empty() {
                version.invalid_as(&own.into(), faults.join(","));
            }
        }
    }
    if kind.require_text() {
        let faults = name::dns_1035_label(&kind.text().to_lowercase());
        if !faults.is_empty() {
            kind.invalid(format!("may have mixed case, but should otherwise match: {}", faults.join(",")));
        }
    }
}

fn check_variable(variable: Field<'_>) {
    let (name, expression) = (variable.get("name"), variable.get("expression"));
    let is_start = |first: char| first == '_' || first.is_ascii_alphabetic();
    let is_identifier = name.text().starts_with(is_start)
        && name.text().chars().all(|each| is_start(each) || each.is_ascii_digit())
        && !is_reserved(name.text());
    if name.text().trim().is_empty() {
        name.required("name is not specified");
    } else if !is_identifier {
        name.invalid("must be a valid CEL identifier");
    }
    if expression.text().trim().is_empty() {
        expression.required("expression is not specified");
    } else {
        rule::check_syntax(expression);
    }
}

fn check_validations(object: Field<'_>) {
    let spec = object.get("spec");
    let (validations, annotations) = (spec.get("validations"), spec.get("auditAnnotations"));
    if validations.is_empty() && annotations.is_empty() {
        for list in [validations, annotations] {
            list.required("validations or auditAnnotations must contain at least one item");
        }
        return;
    }
    validations.items().for_each(check_validation);
    if annotations.len() > MOST_ANNOTATIONS {
        annotations.invalid(format!("must not have more than {MOST_ANNOTATIONS} auditAnnotations"));
    }
    let mut seen: Vec<&str> = Vec::new();
    for annotation in annotations.items() {
        let (key, value) = (annotation.get("key"), annotation.get("valueExpression"));
        let policy = object.get("metadata").get("name").text();
        let full = format!("{policy}/{}", key.text());
        if policy.is_empty() {
            key.invalid("requires metadata.name be non-empty");
        } else {
            key.invalid_text_for(&full, name::label_key(&full));
        }
        match value.text().trim().len() {
            0 => value.required("valueExpression is not specified"),
            length if length > LONGEST_ANNOTATION => {
                value.required(format!("must not exceed {LONGEST_ANNOTATION} bytes in length"));
            }
            _ => rule::check_syntax(value),
        }
        if seen.contains(&key.text()) {
            key.duplicate();
        }
        seen.push(key.text());
    }
}

fn check_validation(validation: Field<'_>) {
    let (expression, message) = (validation.get("expression"), validation.get("message"));
    let (computed, reason) = (validation.get("messageExpression"), validation.get("reason"));
    let is_blank = |field: Field<'_>| !field.text().is_empty() && field.text().trim().is_empty();
    if expression.text().trim().is_empty() {
        expression.required("expression is not specified");
    } else {
        rule::check_syntax(expression);
    }
    if is_blank(computed) {
        computed.invalid("must be non-empty if specified");
    } else if !computed.text().is_empty() {
        rule::check_syntax(computed);
    }
    if is_blank(message) {
        message.invalid("must be non-empty if specified");
    } else if message.text().trim().contains(['\n', '\r']) {
        message.invalid("must not contain line breaks");
    }
    if reason.is_set() {
        reason.one_of(&["Forbidden", "Invalid", "RequestEntityTooLarge"]);
    }
}

fn check_mutations(spec: Field<'_>) {
    let (mutations, again) = (spec.get("mutations"), spec.get("reinvocationPolicy"));
    if mutations.is_empty() {
        mutations.required("mutations must contain at least one item");
    }
    for mutation in mutations.items() {
        let (json_patch, configuration) = (mutation.get("jsonPatch"), mutation.get("applyConfiguration"));
        let kind = mutation.get("patchType");
        match kind.text() {
            "" => kind.required(""),
            "JSONPatch" => check_patch("JSONPatch", json_patch, configuration, "{applyConfiguration}"),
            "ApplyConfiguration" => check_patch("ApplyConfiguration", configuration, json_patch, "{jsonPatch}"),
            _ => kind.not_supported(&["ApplyConfiguration", "JSONPatch"]),
        }
    }
    if again.require_text() {
        again.one_of(&["IfNeeded", "Never"]);
    }
}

fn check_patch(kind: &str, wanted: Field<'_>, other: Field<'_>, shown: &str) {
    if !wanted.is_set() {
        wanted.required(format!("must be specified when patchType is {kind}"));
    } else if wanted.get("expression").text().trim().is_empty() {
        wanted.get("expression").required("");
    } else {
        rule::check_syntax(wanted.get("expression"));
    }
    if other.is_set() {
        other.invalid_as(&shown.into(), format!("must not be specified when patchType is {kind}"));
    }
}
