//! `v1` `Pod`, and the pod templates of other kinds.
//!
//! Source: `k8s.io/kubernetes/pkg/registry/core/pod`, `pkg/apis/core/validation`.

pub(super) mod defaults;
mod template;

pub(super) use template::{check_template, template_warnings};
