//! Requests that would be handed on to a node, of which there is none.
//!
//! Source: `NodeConnectionInfoGetter` in `k8s.io/kubernetes/pkg/kubelet/client`.

use super::Call;
use crate::request::write_options::WriteOptions;
use crate::resource::strategy::Subresource;
use crate::response::Reply;
use crate::status::{Result, Status};

/// Refuses, as for a node that has told no address.
pub(super) fn node(call: &Call<'_>) -> Result<Reply> {
    let options = WriteOptions::by("");
    let attributes = call.attributes(Subresource::Main, &options);
    let stored = attributes.stored().ok_or_else(|| attributes.not_found())?;
    let part = |address: &serde_json::Value, name: &str| address[name].as_str().unwrap_or_default().to_owned();
    let addresses = stored.value()["status"]["addresses"].as_array().into_iter().flatten();
    let known: Vec<String> =
        addresses.map(|one| format!("{{{} {}}}", part(one, "type"), part(one, "address"))).collect();
    let known = known.join(" ");
    Err(Status::unclassified(format!("no preferred addresses found; known addresses: [{known}]")))
}
