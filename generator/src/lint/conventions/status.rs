//! The status and its subresource.

use crdgen_schema::schema::Schema;

use crate::lint::{check, finding::Sink, place::VersionOf};

/// Checks a version.
pub(super) fn check(of: VersionOf<'_>, sink: &mut Sink<'_>) {
    let root = &of.version.schema;
    let status = root.properties.get("status");
    if of.version.status_subresource && status.is_none() && !keeps_unknown(root) {
        let message =
            "there is a status subresource, and the schema has no `status`: whatever is written there is dropped";
        sink.push(check::STATUS_SUBRESOURCE, of.spot("subresources.status"), message, "declare `status` in the schema");
    }
    if let Some(status) = status.filter(|status| !of.version.status_subresource && has_members(status)) {
        let step = crdgen_schema::rule::Step::Property("status".to_owned());
        let message = "there is a `status` without a status subresource: users overwrite it with every update";
        let help = "add `subresources: {status: {}}` to the version";
        sink.push(check::STATUS_SUBRESOURCE, of.spot_of(&[step], status.at), message, help);
    }
}

fn keeps_unknown(schema: &Schema) -> bool {
    schema.preserve_unknown_fields || schema.additional_properties.is_some()
}

fn has_members(schema: &Schema) -> bool {
    !schema.properties.is_empty() || keeps_unknown(schema)
}
