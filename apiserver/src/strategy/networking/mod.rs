//! The kinds of `networking.k8s.io`.
//!
//! Source: `k8s.io/kubernetes/pkg/apis/networking/validation`, `pkg/registry/networking`.

mod address;
mod class;
mod ingress;
mod policy;

pub(super) use address::{IpAddress, ServiceCidr};
pub(crate) use class::DEFAULT_CLASS;
pub(super) use class::IngressClass;
pub(super) use ingress::Ingress;
pub(super) use policy::NetworkPolicy;

/// The collection of ingresses.
pub(crate) const INGRESSES: &str = "networking.k8s.io/ingresses";

/// The collection of classes of ingresses.
pub(crate) const CLASSES: &str = "networking.k8s.io/ingressclasses";
