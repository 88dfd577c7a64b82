//! Every pod tolerates for five minutes that its node is not ready or cannot be reached, unless it says something else of that.
//!
//! Source: `plugin/pkg/admission/defaulttolerationseconds` of Kubernetes.

use std::future::ready;

use serde_json::{Value, json};

use super::{Answer, Operation, Plugin, Review};
use crate::resource::strategy::Subresource;
use crate::strategy::PODS;

/// In seconds.
const TIME: i64 = 300;

/// The plugin `DefaultTolerationSeconds`.
#[derive(Debug)]
pub(super) struct DefaultTolerationSeconds;

impl Plugin for DefaultTolerationSeconds {
    fn mutate<'a>(&'a self, review: &'a mut Review<'_>) -> Answer<'a> {
        let attributes = review.attributes;
        let is_write = matches!(review.operation, Operation::Create | Operation::Update);
        if is_write && attributes.resource.collection == PODS && attributes.subresource == Subresource::Main {
            for taint in ["node.kubernetes.io/not-ready", "node.kubernetes.io/unreachable"] {
                tolerate(&mut review.object["spec"], taint);
            }
        }
        Box::pin(ready(Ok(())))
    }
}

fn tolerate(spec: &mut Value, taint: &str) {
    let is = |toleration: &Value, name: &str, value: &str| {
        let own = toleration[name].as_str().unwrap_or_default();
        own == value || own.is_empty()
    };
    let tolerations = spec["tolerations"].as_array().into_iter().flatten();
    let tolerates = |toleration: &Value| is(toleration, "key", taint) && is(toleration, "effect", "NoExecute");
    if tolerations.into_iter().any(tolerates) {
        return;
    }
    if !spec["tolerations"].is_array() {
        spec["tolerations"] = json!([]);
    }
    if let Some(tolerations) = spec["tolerations"].as_array_mut() {
        tolerations.push(json!({"key": taint, "operator": "Exists", "effect": "NoExecute", "tolerationSeconds": TIME}));
    }
}
