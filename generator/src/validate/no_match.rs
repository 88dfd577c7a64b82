//! The refusal of an object that no CRD is for.

use crdgen_schema::go::print_quoted;

use super::{
    catalog::{Missing, split},
    document::Type,
    findings,
    report::Finding,
};

/// What the server says, and what to do about it.
pub(super) fn no_match(of: &Type, missing: &Missing) -> Finding {
    let Type { api_version, kind } = of;
    let said = format!("no matches for kind {} in version {}", print_quoted(kind), print_quoted(api_version));
    let (field, help) = match missing {
        Missing::Version { name, served } if served.is_empty() => ("apiVersion", format!("{name} serves no version")),
        Missing::Version { name, served } => ("apiVersion", format!("{name} serves {}", served.join(", "))),
        Missing::Kind if is_built_in(api_version) => {
            ("kind", "only objects of CRDs are checked: pass `--ignore-missing` to skip built-in kinds".to_owned())
        }
        Missing::Kind => {
            ("kind", "name its CRD with `--crds`, or pass `--ignore-missing` to skip objects without one".to_owned())
        }
    };
    Finding::error(findings::NO_MATCH, said).on(field).help(help)
}

/// Whether Kubernetes itself has the group: it has no dot, or ends in that of the project.
fn is_built_in(api_version: &str) -> bool {
    let (group, _) = split(api_version);
    !group.contains('.') || group.ends_with(".k8s.io") && !group.ends_with(".x-k8s.io")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn groups_of_kubernetes_itself_are_known() {
        for (api_version, expected) in [
            ("v1", true),
            ("apps/v1", true),
            ("networking.k8s.io/v1", true),
            ("gateway.networking.x-k8s.io/v1", false),
            ("example.com/v1", false),
        ] {
            assert_eq!(is_built_in(api_version), expected, "{api_version}");
        }
    }
}
