//! The kinds of `networking.k8s.io`.
//!
//! Source: `k8s.io/kubernetes/pkg/apis/networking/validation`, `pkg/registry/networking`.

mod address;
mod class;
mod ingress;
mod policy;

pub(super) use address::{IpAddress, ServiceCidr};
pub(super) use class::IngressClass;
pub(super) use ingress::Ingress;
pub(super) use policy::NetworkPolicy;
