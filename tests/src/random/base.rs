//! One right object of each kind, to start from.

/// A kind that is asked for.
pub(super) struct Base {
    pub(super) group_version: &'static str,
    pub(super) plural: &'static str,
    pub(super) kind: &'static str,
    /// Its struct in the table.
    pub(super) structure: &'static str,
    pub(super) namespaced: bool,
    /// Whether nothing may be stored, because it would change what the servers do later.
    pub(super) dry_run: bool,
    /// The object without type and metadata, as JSON.
    pub(super) spec: &'static str,
}

pub(super) const fn base(
    group_version: &'static str,
    plural: &'static str,
    structure: &'static str,
    namespaced: bool,
    spec: &'static str,
) -> Base {
    // The kind is the name of the struct.
    let bytes = structure.as_bytes();
    let mut at = bytes.len();
    while at > 0 && bytes[at - 1] != b'.' {
        at -= 1;
    }
    let (_, kind) = structure.split_at(at);
    Base { group_version, plural, kind, structure, namespaced, dry_run: false, spec }
}

const fn dry(base: &Base) -> Base {
    Base { dry_run: true, ..*base }
}

const POD: &str = r#"{"spec":{"containers":[{"name":"c","image":"nginx"}]}}"#;

pub(super) const BASES: [Base; 48] = [
    base("v1", "pods", "core/v1.Pod", true, POD),
    base(
        "v1",
        "pods",
        "core/v1.Pod",
        true,
        r#"{"spec":{"nodeName":"n","containers":[{"name":"c","image":"nginx","ports":[{"containerPort":80}],"resources":{"limits":{"cpu":"1","memory":"1Gi"}}}],"volumes":[{"name":"v","emptyDir":{}}]}}"#,
    ),
    base("v1", "configmaps", "core/v1.ConfigMap", true, r#"{"data":{"a":"b"}}"#),
    base("v1", "secrets", "core/v1.Secret", true, r#"{"data":{"a":"YQ=="}}"#),
    base("v1", "services", "core/v1.Service", true, r#"{"spec":{"selector":{"app":"a"},"ports":[{"port":80}]}}"#),
    base(
        "v1",
        "services",
        "core/v1.Service",
        true,
        r#"{"spec":{"clusterIP":"None","ports":[{"name":"http","port":80}]}}"#,
    ),
    base(
        "v1",
        "endpoints",
        "core/v1.Endpoints",
        true,
        r#"{"subsets":[{"addresses":[{"ip":"10.1.1.1"}],"ports":[{"port":80}]}]}"#,
    ),
    base("v1", "serviceaccounts", "core/v1.ServiceAccount", true, "{}"),
    base(
        "v1",
        "persistentvolumeclaims",
        "core/v1.PersistentVolumeClaim",
        true,
        r#"{"spec":{"accessModes":["ReadWriteOnce"],"storageClassName":"","resources":{"requests":{"storage":"1Gi"}}}}"#,
    ),
    base(
        "v1",
        "persistentvolumes",
        "core/v1.PersistentVolume",
        false,
        r#"{"spec":{"capacity":{"storage":"1Gi"},"accessModes":["ReadWriteOnce"],"hostPath":{"path":"/a"}}}"#,
    ),
    base(
        "v1",
        "replicationcontrollers",
        "core/v1.ReplicationController",
        true,
        r#"{"spec":{"selector":{"app":"a"},"template":{"metadata":{"labels":{"app":"a"}},"spec":{"containers":[{"name":"c","image":"nginx"}]}}}}"#,
    ),
    base(
        "v1",
        "podtemplates",
        "core/v1.PodTemplate",
        true,
        r#"{"template":{"metadata":{"labels":{"app":"a"}},"spec":{"containers":[{"name":"c","image":"nginx"}]}}}"#,
    ),
    base(
        "v1",
        "events",
        "core/v1.Event",
        true,
        r#"{"involvedObject":{"kind":"Pod","namespace":"$NS","name":"a"},"reason":"x"}"#,
    ),
    base("v1", "nodes", "core/v1.Node", false, r#"{"spec":{"podCIDR":"10.2.0.0/24"}}"#),
    dry(&base(
        "v1",
        "limitranges",
        "core/v1.LimitRange",
        true,
        r#"{"spec":{"limits":[{"type":"Container","max":{"cpu":"2"}}]}}"#,
    )),
    dry(&base("v1", "resourcequotas", "core/v1.ResourceQuota", true, r#"{"spec":{"hard":{"pods":"2"}}}"#)),
    base(
        "apps/v1",
        "deployments",
        "apps/v1.Deployment",
        true,
        r#"{"spec":{"selector":{"matchLabels":{"app":"a"}},"template":{"metadata":{"labels":{"app":"a"}},"spec":{"containers":[{"name":"c","image":"nginx"}]}}}}"#,
    ),
    base(
        "apps/v1",
        "statefulsets",
        "apps/v1.StatefulSet",
        true,
        r#"{"spec":{"serviceName":"a","selector":{"matchLabels":{"app":"a"}},"template":{"metadata":{"labels":{"app":"a"}},"spec":{"containers":[{"name":"c","image":"nginx"}]}}}}"#,
    ),
    base(
        "apps/v1",
        "daemonsets",
        "apps/v1.DaemonSet",
        true,
        r#"{"spec":{"selector":{"matchLabels":{"app":"a"}},"template":{"metadata":{"labels":{"app":"a"}},"spec":{"containers":[{"name":"c","image":"nginx"}]}}}}"#,
    ),
    base(
        "apps/v1",
        "replicasets",
        "apps/v1.ReplicaSet",
        true,
        r#"{"spec":{"selector":{"matchLabels":{"app":"a"}},"template":{"metadata":{"labels":{"app":"a"}},"spec":{"containers":[{"name":"c","image":"nginx"}]}}}}"#,
    ),
    base("apps/v1", "controllerrevisions", "apps/v1.ControllerRevision", true, r#"{"revision":1,"data":{"a":1}}"#),
    base(
        "batch/v1",
        "jobs",
        "batch/v1.Job",
        true,
        r#"{"spec":{"template":{"spec":{"restartPolicy":"Never","containers":[{"name":"c","image":"nginx"}]}}}}"#,
    ),
    base(
        "batch/v1",
        "cronjobs",
        "batch/v1.CronJob",
        true,
        r#"{"spec":{"schedule":"*/5 * * * *","jobTemplate":{"spec":{"template":{"spec":{"restartPolicy":"Never","containers":[{"name":"c","image":"nginx"}]}}}}}}"#,
    ),
    base(
        "autoscaling/v2",
        "horizontalpodautoscalers",
        "autoscaling/v2.HorizontalPodAutoscaler",
        true,
        r#"{"spec":{"scaleTargetRef":{"apiVersion":"apps/v1","kind":"Deployment","name":"a"},"maxReplicas":3}}"#,
    ),
    base(
        "autoscaling/v1",
        "horizontalpodautoscalers",
        "autoscaling/v1.HorizontalPodAutoscaler",
        true,
        r#"{"spec":{"scaleTargetRef":{"apiVersion":"apps/v1","kind":"Deployment","name":"a"},"maxReplicas":3}}"#,
    ),
    base(
        "policy/v1",
        "poddisruptionbudgets",
        "policy/v1.PodDisruptionBudget",
        true,
        r#"{"spec":{"minAvailable":1,"selector":{"matchLabels":{"app":"a"}}}}"#,
    ),
    base(
        "networking.k8s.io/v1",
        "ingresses",
        "networking/v1.Ingress",
        true,
        r#"{"spec":{"rules":[{"host":"a.b","http":{"paths":[{"path":"/a","pathType":"Prefix","backend":{"service":{"name":"a","port":{"number":80}}}}]}}]}}"#,
    ),
    dry(&base(
        "networking.k8s.io/v1",
        "ingressclasses",
        "networking/v1.IngressClass",
        false,
        r#"{"spec":{"controller":"example.com/a"}}"#,
    )),
    base(
        "networking.k8s.io/v1",
        "networkpolicies",
        "networking/v1.NetworkPolicy",
        true,
        r#"{"spec":{"podSelector":{},"ingress":[{"from":[{"podSelector":{}}]}]}}"#,
    ),
    base(
        "rbac.authorization.k8s.io/v1",
        "roles",
        "rbac/v1.Role",
        true,
        r#"{"rules":[{"apiGroups":[""],"resources":["pods"],"verbs":["get"]}]}"#,
    ),
    base(
        "rbac.authorization.k8s.io/v1",
        "rolebindings",
        "rbac/v1.RoleBinding",
        true,
        r#"{"roleRef":{"kind":"Role","name":"a"},"subjects":[{"kind":"User","name":"u"}]}"#,
    ),
    dry(&base(
        "rbac.authorization.k8s.io/v1",
        "clusterroles",
        "rbac/v1.ClusterRole",
        false,
        r#"{"rules":[{"apiGroups":[""],"resources":["pods"],"verbs":["get"]}]}"#,
    )),
    dry(&base(
        "rbac.authorization.k8s.io/v1",
        "clusterrolebindings",
        "rbac/v1.ClusterRoleBinding",
        false,
        r#"{"roleRef":{"kind":"ClusterRole","name":"a"},"subjects":[{"kind":"ServiceAccount","name":"u","namespace":"n"}]}"#,
    )),
    dry(&base(
        "storage.k8s.io/v1",
        "storageclasses",
        "storage/v1.StorageClass",
        false,
        r#"{"provisioner":"example.com/p"}"#,
    )),
    base(
        "storage.k8s.io/v1",
        "volumeattachments",
        "storage/v1.VolumeAttachment",
        false,
        r#"{"spec":{"attacher":"a","nodeName":"n","source":{"persistentVolumeName":"v"}}}"#,
    ),
    base("storage.k8s.io/v1", "csidrivers", "storage/v1.CSIDriver", false, r#"{"spec":{}}"#),
    base(
        "storage.k8s.io/v1",
        "csinodes",
        "storage/v1.CSINode",
        false,
        r#"{"spec":{"drivers":[{"name":"d","nodeID":"n","topologyKeys":["a"]}]}}"#,
    ),
    base(
        "storage.k8s.io/v1",
        "csistoragecapacities",
        "storage/v1.CSIStorageCapacity",
        true,
        r#"{"storageClassName":"a","capacity":"1Gi"}"#,
    ),
    dry(&base("scheduling.k8s.io/v1", "priorityclasses", "scheduling/v1.PriorityClass", false, r#"{"value":10}"#)),
    base(
        "coordination.k8s.io/v1",
        "leases",
        "coordination/v1.Lease",
        true,
        r#"{"spec":{"holderIdentity":"a","leaseDurationSeconds":5}}"#,
    ),
    base(
        "discovery.k8s.io/v1",
        "endpointslices",
        "discovery/v1.EndpointSlice",
        true,
        r#"{"addressType":"IPv4","endpoints":[{"addresses":["10.1.1.1"]}],"ports":[{"name":"a","port":80}]}"#,
    ),
    base(
        "events.k8s.io/v1",
        "events",
        "events/v1.Event",
        true,
        r#"{"eventTime":"2020-01-01T00:00:00.000000Z","reportingController":"a.b/c","reportingInstance":"i","action":"a","reason":"r","type":"Normal","regarding":{"kind":"Pod","namespace":"$NS","name":"a"}}"#,
    ),
    dry(&base("node.k8s.io/v1", "runtimeclasses", "node/v1.RuntimeClass", false, r#"{"handler":"a"}"#)),
    dry(&base(
        "flowcontrol.apiserver.k8s.io/v1",
        "flowschemas",
        "flowcontrol/v1.FlowSchema",
        false,
        r#"{"spec":{"priorityLevelConfiguration":{"name":"a"},"rules":[{"subjects":[{"kind":"User","user":{"name":"u"}}],"resourceRules":[{"verbs":["get"],"apiGroups":[""],"resources":["pods"],"namespaces":["*"]}]}]}}"#,
    )),
    dry(&base(
        "flowcontrol.apiserver.k8s.io/v1",
        "prioritylevelconfigurations",
        "flowcontrol/v1.PriorityLevelConfiguration",
        false,
        r#"{"spec":{"type":"Limited","limited":{"limitResponse":{"type":"Reject"}}}}"#,
    )),
    dry(&base(
        "admissionregistration.k8s.io/v1",
        "validatingwebhookconfigurations",
        "admissionregistration/v1.ValidatingWebhookConfiguration",
        false,
        r#"{"webhooks":[{"name":"a.b.c","sideEffects":"None","admissionReviewVersions":["v1"],"clientConfig":{"url":"https://a.b/c"},"rules":[{"apiGroups":[""],"apiVersions":["v1"],"operations":["CREATE"],"resources":["pods"]}]}]}"#,
    )),
    dry(&base(
        "admissionregistration.k8s.io/v1",
        "mutatingwebhookconfigurations",
        "admissionregistration/v1.MutatingWebhookConfiguration",
        false,
        r#"{"webhooks":[{"name":"a.b.c","sideEffects":"None","admissionReviewVersions":["v1"],"clientConfig":{"service":{"name":"s","namespace":"n"}}}]}"#,
    )),
    base(
        "certificates.k8s.io/v1",
        "certificatesigningrequests",
        "certificates/v1.CertificateSigningRequest",
        false,
        r#"{"spec":{"request":"YQ==","signerName":"example.com/a","usages":["client auth"]}}"#,
    ),
];
