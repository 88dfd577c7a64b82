//! Hashes of templates, and the revisions that keep former ones.
//!
//! Source: `pkg/controller/history`, `ComputeHash`. The hashes are others than Kubernetes', which follow from how Go prints structs.

use serde_json::{Value, json};

use super::cluster::{Cluster, extended, number, owner_reference};
use crate::json;
use crate::object::text;
use crate::resource::strategy::Subresource;
use crate::store::Stored;

const REVISIONS: &str = "apps/controllerrevisions";

/// A short text that follows from a template, in letters that make no words.
pub(super) fn hash(template: &Value) -> String {
    const LETTERS: &[u8] = b"bcdfghjklmnpqrstvwxz2456789";
    let sum = json::compact(template)
        .iter()
        .fold(2_166_136_261_u32, |sum, byte| (sum ^ u32::from(*byte)).wrapping_mul(16_777_619));
    sum.to_string().bytes().map(|digit| char::from(LETTERS[usize::from(digit) % LETTERS.len()])).collect()
}

/// The revisions of an object, oldest first.
pub(super) fn all(cluster: &Cluster<'_>, owner: &Value) -> Vec<Stored> {
    let mut revisions = cluster.owned(REVISIONS, owner);
    revisions.sort_by_key(|revision| number(&revision.value()["revision"]));
    revisions
}

/// The name of the revision of the present template, which is made if there is none, and becomes the newest.
pub(super) async fn current(cluster: &Cluster<'_>, kind: &str, owner: &Value) -> String {
    let template = &owner["spec"]["template"];
    let (revisions, hash) = (all(cluster, owner), hash(template));
    let newest = revisions.last().map_or(0, |revision| number(&revision.value()["revision"]));
    let data = data(template);
    if let Some(found) = revisions.iter().find(|revision| revision.value()["data"] == data) {
        if number(&found.value()["revision"]) < newest {
            let change = |object: &mut Value| object["revision"] = json!(newest + 1);
            cluster.change(REVISIONS, found.value(), Subresource::Main, &change).await;
        }
        return text(found.value(), "name").to_owned();
    }
    let name = format!("{}-{hash}", text(owner, "name"));
    let made = json!({
        "metadata": {
            "name": name,
            "namespace": text(owner, "namespace"),
            "labels": extended(&template["metadata"]["labels"], &[("controller.kubernetes.io/hash", &hash)]),
            "ownerReferences": owner_reference("apps/v1", kind, owner),
        },
        "data": data,
        "revision": newest + 1,
    });
    cluster.create(REVISIONS, made).await;
    trim(cluster, &revisions, owner, &name).await;
    name
}

/// Deletes old revisions beyond the limit, but not the two in use.
async fn trim(cluster: &Cluster<'_>, revisions: &[Stored], owner: &Value, newest: &str) {
    let used = [newest, owner["status"]["currentRevision"].as_str().unwrap_or_default()];
    let old: Vec<&Stored> =
        revisions.iter().filter(|revision| !used.contains(&text(revision.value(), "name"))).collect();
    let limit = usize::try_from(number(&owner["spec"]["revisionHistoryLimit"])).unwrap_or(usize::MAX);
    for revision in &old[..old.len().saturating_sub(limit)] {
        cluster.delete(REVISIONS, revision.value()).await;
    }
}

/// A patch that restores the template.
fn data(template: &Value) -> Value {
    let mut template = template.clone();
    template["$patch"] = json!("replace");
    json!({"spec": {"template": template}})
}

/// The template of a revision.
pub(super) fn template(cluster: &Cluster<'_>, owner: &Value, name: &str) -> Option<Value> {
    let revision = all(cluster, owner).into_iter().find(|revision| text(revision.value(), "name") == name)?;
    let mut template = revision.value()["data"]["spec"]["template"].clone();
    template.as_object_mut()?.remove("$patch");
    Some(template)
}
