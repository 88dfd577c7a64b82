//! Which release of Kubernetes a CRD needs, and what for.
//!
//! In: a definition, with its rules surveyed. Out: a [`Need`] for each part of it that not every release knows.
//!
//! Sources: `kube_features.go` and `pkg/apiserver/validation/formats.go` of apiextensions-apiserver, the API reference, and
//! [`super::library`] for rules. How much a rule may cost has also changed from release to release; that is not looked at.

use crdgen_schema::{
    rule::{Site, SurveyedRule},
    schema::{Schema, SchemaType},
};

use super::{
    check,
    finding::Sink,
    library,
    place::{Spot, VersionOf},
    release::Release,
};

/// The first release that has `apiextensions.k8s.io/v1`.
pub(crate) const FIRST: Release = Release::new(16);

/// A part of a CRD that not every release knows.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Need {
    /// The first release that knows it.
    pub(crate) since: Release,
    /// What it is.
    pub(crate) what: &'static str,
    /// What an older release does.
    pub(crate) effect: Effect,
    /// Where it is first.
    pub(crate) spot: Spot,
}

/// What a release does with a part of a CRD that it does not know.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Effect {
    /// It refuses the CRD.
    Refuses,
    /// It drops the part, or does not look at it.
    Ignores,
}

/// Everything that a version needs.
pub(crate) fn needs(of: VersionOf<'_>, sites: &[Site<'_>]) -> Vec<Need> {
    let mut needs = Vec::new();
    let mut ignored =
        |since, what, spot| needs.push(Need { since: Release::new(since), what, effect: Effect::Ignores, spot });
    if of.version.deprecated || of.version.deprecation_warning.is_some() {
        ignored(19, "`deprecated` versions", of.spot("deprecated"));
    }
    if !of.version.selectable_fields.is_empty() {
        ignored(31, "`selectableFields`", of.spot("selectableFields"));
    }
    of.visit(&mut |node| {
        if has_name_format(node.schema) {
            ignored(35, "the formats `k8s-short-name` and `k8s-long-name`", node.spot());
        }
    });
    for site in sites {
        for (index, rule) in site.rules.iter().flatten().enumerate() {
            needs.extend(needs_of_rule(of, site, index, rule));
        }
    }
    needs
}

fn has_name_format(schema: &Schema) -> bool {
    let is_name = matches!(schema.format.as_deref(), Some("k8s-short-name" | "k8s-long-name"));
    is_name && matches!(schema.kind, None | Some(SchemaType::String))
}

fn needs_of_rule(of: VersionOf<'_>, site: &Site<'_>, index: usize, surveyed: &SurveyedRule<'_>) -> Vec<Need> {
    let rule = surveyed.rule;
    let spot = of.spot_of_rule(site, index);
    let members = [
        (true, 25, "rules (`x-kubernetes-validations`)"),
        (rule.message_expression.is_some(), 27, "`messageExpression` of a rule"),
        (rule.reason.is_some(), 28, "`reason` of a rule"),
        (rule.field_path.is_some(), 28, "`fieldPath` of a rule"),
        (rule.optional_old_self.is_some(), 30, "`optionalOldSelf` of a rule"),
    ];
    let need = |since, what, effect| Need { since, what, effect, spot: spot.clone() };
    let members = members.into_iter().filter(|(has, ..)| *has);
    let members = members.map(|(_, since, what)| need(Release::new(since), what, Effect::Ignores));
    let functions = library::needs(surveyed).into_iter().map(|(since, what)| need(since, what, Effect::Refuses));
    members.chain(functions).collect()
}

/// One finding for each part that the release of the settings does not know.
pub(crate) fn check(needs: &[Need], sink: &mut Sink<'_>) {
    let Some(target) = sink.settings.kubernetes else { return };
    for need in needs.iter().filter(|need| need.since > target) {
        let does = match need.effect {
            Effect::Refuses => "refuses",
            Effect::Ignores => "ignores",
        };
        let message = format!("Kubernetes {target} {does} {}: {} and newer know it", need.what, need.since);
        let help = "write it in another way, or support newer releases only (`--kubernetes`)";
        sink.push(check::NEEDS_NEWER, need.spot.clone(), message, help);
    }
}

/// The first of each kind of need, oldest release first.
pub(crate) fn summed_up(needs: Vec<Need>) -> Vec<Need> {
    let mut first: Vec<Need> = Vec::new();
    for need in needs {
        if !first.iter().any(|known| known.what == need.what) {
            first.push(need);
        }
    }
    first.sort_by_key(|need| (need.since, need.what));
    first
}
