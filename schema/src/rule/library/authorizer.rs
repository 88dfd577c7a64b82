//! What admission policies ask of an authorizer. Rules have none, so these functions are only known by their types.

use crdgen_cel::{Arena, Fault, Function, Outcome, Overload, Value};

pub(super) const FUNCTIONS: &[Function] = &[
    Function::new(
        "allowed",
        &[Overload::new("decision_allowed", "kubernetes.authorization.Decision.allowed() -> bool", absent)],
    ),
    Function::new(
        "check",
        &[
            Overload::new(
                "pathcheck_check",
                "kubernetes.authorization.PathCheck.check(string) -> kubernetes.authorization.Decision",
                absent,
            ),
            Overload::new(
                "resourcecheck_check",
                "kubernetes.authorization.ResourceCheck.check(string) -> kubernetes.authorization.Decision",
                absent,
            ),
        ],
    ),
    Function::new(
        "error",
        &[Overload::new("decision_error", "kubernetes.authorization.Decision.error() -> string", absent)],
    ),
    Function::new(
        "errored",
        &[Overload::new("decision_errored", "kubernetes.authorization.Decision.errored() -> bool", absent)],
    ),
    Function::new(
        "fieldSelector",
        &[Overload::new(
            "authorizer_fieldselector",
            "kubernetes.authorization.ResourceCheck.fieldSelector(string) -> kubernetes.authorization.ResourceCheck",
            absent,
        )],
    ),
    Function::new(
        "group",
        &[Overload::new(
            "authorizer_group",
            "kubernetes.authorization.Authorizer.group(string) -> kubernetes.authorization.GroupCheck",
            absent,
        )],
    ),
    Function::new(
        "labelSelector",
        &[Overload::new(
            "authorizer_labelselector",
            "kubernetes.authorization.ResourceCheck.labelSelector(string) -> kubernetes.authorization.ResourceCheck",
            absent,
        )],
    ),
    Function::new(
        "name",
        &[Overload::new(
            "resourcecheck_name",
            "kubernetes.authorization.ResourceCheck.name(string) -> kubernetes.authorization.ResourceCheck",
            absent,
        )],
    ),
    Function::new(
        "namespace",
        &[Overload::new(
            "resourcecheck_namespace",
            "kubernetes.authorization.ResourceCheck.namespace(string) -> kubernetes.authorization.ResourceCheck",
            absent,
        )],
    ),
    Function::new(
        "path",
        &[Overload::new(
            "authorizer_path",
            "kubernetes.authorization.Authorizer.path(string) -> kubernetes.authorization.PathCheck",
            absent,
        )],
    ),
    Function::new(
        "reason",
        &[Overload::new("decision_reason", "kubernetes.authorization.Decision.reason() -> string", absent)],
    ),
    Function::new(
        "resource",
        &[Overload::new(
            "groupcheck_resource",
            "kubernetes.authorization.GroupCheck.resource(string) -> kubernetes.authorization.ResourceCheck",
            absent,
        )],
    ),
    Function::new(
        "serviceAccount",
        &[Overload::new(
            "authorizer_serviceaccount",
            "kubernetes.authorization.Authorizer.serviceAccount(string, string) -> kubernetes.authorization.Authorizer",
            absent,
        )],
    ),
    Function::new(
        "subresource",
        &[Overload::new(
            "resourcecheck_subresource",
            "kubernetes.authorization.ResourceCheck.subresource(string) -> kubernetes.authorization.ResourceCheck",
            absent,
        )],
    ),
];

fn absent<'a>(_: &'a Arena, _: &[Value<'a>]) -> Outcome<'a> {
    Err(Fault::NO_SUCH_OVERLOAD)
}
