//! Plugins that refuse what a strategy cannot know.
//!
//! Source: `persistentvolume/resize` and `certificates` in `k8s.io/kubernetes/plugin/pkg/admission`.

use crdgen_schema::quantity::Quantity;
use serde_json::Value;

use super::{Operation, Review};
use crate::authorization::{self, Action};
use crate::resource::strategy::Subresource;
use crate::status::Result;
use crate::strategy::certificate::{REQUESTS, request};
use crate::strategy::storage;
use crate::strategy::volume::{CLAIMS, CLASS_ANNOTATION};

/// A claim grows only where its class can make it grow.
pub(super) fn claim_size(review: &Review<'_>) -> Result<()> {
    if !review.is_of(CLAIMS) || review.operation != Operation::Update {
        return Ok(());
    }
    let (claim, old) = (&review.object, review.old);
    let mut growth = size(claim);
    growth.subtract(&size(old));
    if growth.sign() <= 0 {
        return Ok(());
    }
    if old["status"]["phase"] != "Bound" {
        return Err(review.forbidden("Only bound persistent volume claims can be expanded"));
    }
    let class = class_of(claim);
    let stored = review.attributes.state.store.get(storage::CLASSES, class);
    let can_grow = stored.is_some_and(|class| class.value()["allowVolumeExpansion"] == true);
    if !class.is_empty() && class == class_of(old) && can_grow {
        return Ok(());
    }
    Err(review.forbidden(
        "only dynamically provisioned pvc can be resized and the storageclass that provisions the pvc must support resize",
    ))
}

fn size(claim: &Value) -> Quantity {
    let text = claim["spec"]["resources"]["requests"]["storage"].as_str();
    text.and_then(Quantity::parse).unwrap_or_else(Quantity::zero)
}

/// The class of a claim, which used to be an annotation.
pub(super) fn class_of(claim: &Value) -> &str {
    let annotation = claim["metadata"]["annotations"][CLASS_ANNOTATION].as_str();
    annotation.or_else(|| claim["spec"]["storageClassName"].as_str()).unwrap_or_default()
}

/// Only who may speak for a signer approves and signs its requests.
pub(super) fn signer(review: &Review<'_>) -> Result<()> {
    if !review.is_of_any_part(REQUESTS) {
        return Ok(());
    }
    let verb = match review.attributes.subresource {
        Subresource::Approval => "approve",
        Subresource::Status if is_signed(review) => "sign",
        _ => return Ok(()),
    };
    let signer = review.old["spec"]["signerName"].as_str().unwrap_or_default();
    let domain = format!("{}/*", signer.split('/').next().unwrap_or_default());
    let attributes = review.attributes;
    let may = |name: &str| {
        let action = Action::on(verb, "certificates.k8s.io", "signers", name);
        authorization::allows(&attributes.state.store, attributes.user, &action).is_some()
    };
    if may(signer) || may(&domain) {
        return Ok(());
    }
    Err(review.forbidden(&format!("user not permitted to {verb} requests with signerName \"{signer}\"")))
}

fn is_signed(review: &Review<'_>) -> bool {
    ["certificate", "conditions"].iter().any(|part| review.object["status"][*part] != review.old["status"][*part])
}

/// Nobody becomes an administrator by a certificate.
pub(super) fn subject(review: &Review<'_>) -> Result<()> {
    const SIGNER: &str = "kubernetes.io/kube-apiserver-client";
    if !review.is_of(REQUESTS) || review.object["spec"]["signerName"] != SIGNER {
        return Ok(());
    }
    let encoded = review.object["spec"]["request"].as_str().unwrap_or_default();
    if request::organizations(encoded).iter().any(|group| group == "system:masters") {
        return Err(review.forbidden(&format!("use of {SIGNER} signer with system:masters group is not allowed")));
    }
    Ok(())
}
