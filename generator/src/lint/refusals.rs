//! What reading a file found, and what kube-apiserver would refuse, as findings.
//!
//! In: diagnostics of reading, each with a path in its document. Out: the same as findings with places. Those about rules have
//! codes of their own; what is said of costs is left to [`super::cost`], which says more.

use crdgen_schema::{
    definition::Definition,
    diagnostic::{Diagnostic, Severity, code},
    rule::Step,
};

use super::{
    check::{self, Check},
    finding::Sink,
    place::VersionOf,
};
use crate::load::Loaded;

/// Before the path of a version's schema; the number of the version follows.
const VERSION: &str = "spec.versions[";
const SCHEMA: &str = "].schema.openAPIV3Schema";

/// Takes everything that was found while the files were read.
pub(super) fn take(loaded: &Loaded, sink: &mut Sink<'_>) {
    for diagnostic in &loaded.diagnostics {
        sink.take(diagnostic.clone(), place_of(diagnostic, &loaded.definitions));
    }
    for refusal in loaded.refusals.iter().filter(|refusal| !is_about_cost(refusal)) {
        let check = check_of(refusal);
        let refusal = Diagnostic { severity: Severity::Error, code: check.code, ..refusal.clone() };
        let place = place_of(&refusal, &loaded.definitions);
        sink.take(refusal, place);
    }
}

fn is_about_cost(refusal: &Diagnostic) -> bool {
    refusal.message.contains("estimated rule cost") || refusal.message.contains("estimated messageExpression cost")
}

/// The check whose finding a refusal is: the server's words say which.
fn check_of(refusal: &Diagnostic) -> &'static Check {
    let path = refusal.path.as_deref().unwrap_or_default();
    if !path.contains("x-kubernetes-validations[") || refusal.code != code::REFUSED {
        return check::REFUSED;
    }
    let says = |words: &[&str]| words.iter().any(|words| refusal.message.contains(words));
    if says(&["oldSelf cannot be used on the uncorrelatable", "may not be set if oldSelf is not used"]) {
        check::RULE_OLD_SELF
    } else if says(&["compilation failed", "must evaluate to a", "instantiation failed"]) {
        check::RULE_INVALID
    } else {
        check::REFUSED
    }
}

/// The place, as settings name it, of a diagnostic about a definition: the last one of its file that starts before it. Empty if
/// there is none.
fn place_of(diagnostic: &Diagnostic, definitions: &[Definition]) -> String {
    let starts_before = |definition: &&Definition| {
        Some(&definition.source.file) == diagnostic.file.as_ref() && definition.source.position <= diagnostic.position
    };
    let Some(definition) = definitions.iter().rev().find(starts_before) else { return String::new() };
    let path = diagnostic.path.as_deref().unwrap_or_default();
    let version = path.strip_prefix(VERSION).and_then(|rest| rest.split_once(']'));
    let version = version.and_then(|(index, _)| VersionOf::all(definition).nth(index.parse().ok()?));
    let Some(version) = version else { return definition.name.clone() };
    let schema = path.find(SCHEMA).map_or("", |start| &path[start + SCHEMA.len()..]);
    version.spot_of(&steps(schema), None).place
}

/// The steps that a path below a schema names; it ends at the first keyword that leads to no other part.
fn steps(path: &str) -> Vec<Step> {
    let (mut rest, mut steps) = (path, Vec::new());
    loop {
        let property = rest.strip_prefix(".properties[").and_then(|rest| rest.split_once(']'));
        rest = if let Some((name, after)) = property {
            steps.push(Step::Property(name.to_owned()));
            after
        } else if let Some(after) = rest.strip_prefix(".items") {
            steps.push(Step::Items);
            after
        } else if let Some(after) = rest.strip_prefix(".additionalProperties") {
            steps.push(Step::Values);
            after
        } else if let Some(after) = rest.strip_prefix("[*]") {
            steps.push(Step::Items);
            after
        } else {
            return steps;
        };
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_path_of_the_server_becomes_steps() {
        let property = |name: &str| Step::Property(name.to_owned());
        let path = ".properties[spec].properties[a].items.additionalProperties.x-kubernetes-validations[0].rule";
        assert_eq!(steps(path), [property("spec"), property("a"), Step::Items, Step::Values]);
        assert!(steps("").is_empty() && steps(".properties[a").is_empty());
    }
}
