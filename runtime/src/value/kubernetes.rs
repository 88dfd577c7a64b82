//! Fields that are types of Kubernetes itself.
//!
//! In: the types of `k8s_openapi` listed here, in all the Kubernetes versions that it knows. Out: [`Field`] for each.
//! **Invariant**: none of them holds a `Quantity`, an `IntOrString` or a `RawExtension`, at any depth: those hold less than
//! a schema of the same shape allows.

use crdgen_schema::view::{Arena, View};
use k8s_openapi::{
    api::{core::v1 as core, rbac::v1 as rbac},
    apimachinery::pkg::apis::meta::v1 as meta,
    jiff::Timestamp,
};
use serde::{Deserialize, Deserializer};

use super::{Access, Field, metadata, serialized};

/// A type that serde reads, with what a blank one is and how it is looked at.
macro_rules! read_by_serde {
    ($Type:ty, $blank:expr, $view:path) => {
        impl Field for $Type {
            type Access = Self;
        }

        impl Access<Self> for $Type {
            fn blank() -> Self {
                $blank
            }

            fn read<'de, D: Deserializer<'de>>(value: &mut Self, deserializer: D) -> Result<(), D::Error> {
                *value = Self::deserialize(deserializer)?;
                Ok(())
            }

            fn view<'a>(value: &'a Self, arena: &'a Arena) -> View<'a> {
                $view(value, arena)
            }
        }
    };
}

macro_rules! kubernetes {
    ($($module:ident: $($Type:ident),* $(,)?;)*) => {$($(
        read_by_serde! { $module::$Type, Self::default(), serialized::view }
    )*)*};
}

kubernetes! {
core:
    AWSElasticBlockStoreVolumeSource, Affinity, AppArmorProfile, AzureDiskVolumeSource,
    AzureFilePersistentVolumeSource, AzureFileVolumeSource, CSIPersistentVolumeSource, CSIVolumeSource,
    Capabilities, CephFSPersistentVolumeSource, CephFSVolumeSource, CinderPersistentVolumeSource,
    CinderVolumeSource, ClientIPConfig, ClusterTrustBundleProjection, ConfigMapEnvSource, ConfigMapKeySelector,
    ConfigMapProjection, ConfigMapVolumeSource, ContainerPort, ContainerResizePolicy, EnvFromSource, ExecAction,
    FCVolumeSource, FlexPersistentVolumeSource, FlexVolumeSource, FlockerVolumeSource,
    GCEPersistentDiskVolumeSource, GRPCAction, GitRepoVolumeSource, GlusterfsPersistentVolumeSource,
    GlusterfsVolumeSource, HTTPHeader, HostAlias, HostPathVolumeSource, ISCSIPersistentVolumeSource,
    ISCSIVolumeSource, ImageVolumeSource, KeyToPath, LoadBalancerIngress, LoadBalancerStatus,
    LocalObjectReference, LocalVolumeSource, NFSVolumeSource, NodeAffinity, NodeSelector,
    NodeSelectorRequirement, NodeSelectorTerm, ObjectFieldSelector, ObjectReference,
    PersistentVolumeClaimVolumeSource, PhotonPersistentDiskVolumeSource, PodAffinity, PodAffinityTerm,
    PodAntiAffinity, PodDNSConfig, PodDNSConfigOption, PodOS, PodReadinessGate, PodResourceClaim,
    PodSchedulingGate, PodSecurityContext, PortworxVolumeSource, PreferredSchedulingTerm, QuobyteVolumeSource,
    RBDPersistentVolumeSource, RBDVolumeSource, ResourceClaim, SELinuxOptions, ScaleIOPersistentVolumeSource,
    ScaleIOVolumeSource, ScopeSelector, ScopedResourceSelectorRequirement, SeccompProfile, SecretEnvSource,
    SecretKeySelector, SecretProjection, SecretReference, SecretVolumeSource, SecurityContext,
    ServiceAccountTokenProjection, SessionAffinityConfig, SleepAction, StorageOSPersistentVolumeSource,
    StorageOSVolumeSource, Sysctl, Taint, Toleration, TopologySelectorLabelRequirement, TopologySelectorTerm,
    TopologySpreadConstraint, TypedLocalObjectReference, TypedObjectReference, VolumeDevice, VolumeMount,
    VolumeNodeAffinity, VsphereVirtualDiskVolumeSource, WeightedPodAffinityTerm, WindowsSecurityContextOptions;
meta:
    FieldSelectorRequirement, LabelSelector, LabelSelectorRequirement, OwnerReference;
rbac:
    PolicyRule, RoleRef, Subject;
}

// What every verdict looks into.
read_by_serde! { meta::ObjectMeta, Self::default(), metadata::view }

// The one type without a `Default`, because of the time in it.
read_by_serde! {
    meta::Condition,
    Self {
        last_transition_time: meta::Time(Timestamp::UNIX_EPOCH),
        message: String::new(),
        observed_generation: None,
        reason: String::new(),
        status: String::new(),
        type_: String::new(),
    },
    serialized::view
}
