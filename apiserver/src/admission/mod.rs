//! Admission: plugins that may change or refuse a write, between its decoding and its storage.
//!
//! In: a write under [`Review`]. Out: the object as the plugins want it, or the `Status` of the one that refuses it. First all
//! plugins may change the object, then, after it was prepared and validated, all may look at it once more. A plugin may wait:
//! nothing is locked while it does, and a write that was overtaken is reviewed again.
//!
//! Source: `k8s.io/apiserver/pkg/admission`.

mod defaults;
mod limit_ranger;
mod namespace_lifecycle;
mod pod_security;
mod priority;
mod quota;
mod restrictions;
mod runtime_class;

use std::fmt;
use std::future::{Future, ready};
use std::pin::Pin;

use serde_json::Value;

use crate::object::text;
use crate::registry::Attributes;
use crate::resource::strategy::Subresource;
use crate::status::{Result, Status};
use crate::store::{Seen, Stored};

use namespace_lifecycle::NamespaceLifecycle;

/// What a plugin answers, once it is ready.
pub(crate) type Answer<'a> = Pin<Box<dyn Future<Output = Result<()>> + Send + 'a>>;

/// A step of the chain.
pub(crate) trait Plugin: fmt::Debug + Send + Sync {
    /// Changes the object, or refuses the write.
    fn mutate<'a>(&'a self, _review: &'a mut Review<'_>) -> Answer<'a> {
        Box::pin(ready(Ok(())))
    }

    /// Refuses the write, or lets it pass.
    fn validate<'a>(&'a self, _review: &'a Review<'_>) -> Answer<'a> {
        Box::pin(ready(Ok(())))
    }
}

/// How a plugin changes objects.
enum Mutation {
    Never,
    Sets(fn(&mut Review<'_>)),
    SetsOrRefuses(fn(&mut Review<'_>) -> Result<()>),
}

/// A plugin that never waits.
struct Immediate {
    name: &'static str,
    mutate: Mutation,
    validate: Option<fn(&Review<'_>) -> Result<()>>,
}

/// A write under review.
pub(crate) struct Review<'a> {
    pub(crate) attributes: &'a Attributes<'a>,
    pub(crate) operation: Operation,
    /// The object that is to be stored; null for a deletion.
    pub(crate) object: Value,
    /// The object that is stored; null for a creation.
    pub(crate) old: &'a Value,
    /// Objects that the answer depends on: a creation is only stored if they are still the same.
    pub(crate) relies_on: Vec<Seen>,
}

/// What a write does.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Operation {
    Create,
    Update,
    Delete,
}

/// The plugins, in their order.
#[derive(Debug)]
pub(crate) struct Chain(Vec<Box<dyn Plugin>>);

impl Default for Chain {
    /// Those of kube-apiserver that this server has.
    fn default() -> Self {
        let mut plugins: Vec<Box<dyn Plugin>> = vec![Box::new(NamespaceLifecycle)];
        plugins.extend(PLUGINS.iter().map(|plugin| Box::new(plugin) as Box<dyn Plugin>));
        plugins.push(Box::new(quota::ResourceQuota));
        Self(plugins)
    }
}

/// The plugins that never wait.
static PLUGINS: [Immediate; 12] = [
    Immediate {
        name: "LimitRanger",
        mutate: Mutation::Sets(limit_ranger::mutate),
        validate: Some(limit_ranger::validate),
    },
    Immediate { name: "TaintNodesByCondition", mutate: Mutation::Sets(defaults::taint_node), validate: None },
    Immediate { name: "PodSecurity", mutate: Mutation::Never, validate: Some(pod_security::validate) },
    Immediate {
        name: "Priority",
        mutate: Mutation::SetsOrRefuses(priority::mutate),
        validate: Some(priority::validate),
    },
    Immediate { name: "DefaultTolerationSeconds", mutate: Mutation::Sets(defaults::tolerate), validate: None },
    Immediate { name: "DefaultStorageClass", mutate: Mutation::Sets(defaults::storage_class), validate: None },
    Immediate { name: "StorageObjectInUseProtection", mutate: Mutation::Sets(defaults::protect), validate: None },
    Immediate {
        name: "PersistentVolumeClaimResize",
        mutate: Mutation::Never,
        validate: Some(restrictions::claim_size),
    },
    Immediate {
        name: "RuntimeClass",
        mutate: Mutation::SetsOrRefuses(runtime_class::mutate),
        validate: Some(runtime_class::validate),
    },
    Immediate {
        name: "CertificateApproval and CertificateSigning",
        mutate: Mutation::Never,
        validate: Some(restrictions::signer),
    },
    Immediate { name: "CertificateSubjectRestriction", mutate: Mutation::Never, validate: Some(restrictions::subject) },
    Immediate { name: "DefaultIngressClass", mutate: Mutation::Sets(defaults::ingress_class), validate: None },
];

impl fmt::Debug for Immediate {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(self.name)
    }
}

impl Plugin for &'static Immediate {
    fn mutate<'a>(&'a self, review: &'a mut Review<'_>) -> Answer<'a> {
        let outcome = match self.mutate {
            Mutation::Never => Ok(()),
            Mutation::Sets(set) => {
                set(review);
                Ok(())
            }
            Mutation::SetsOrRefuses(set) => set(review),
        };
        Box::pin(ready(outcome))
    }

    fn validate<'a>(&'a self, review: &'a Review<'_>) -> Answer<'a> {
        Box::pin(ready(self.validate.map_or(Ok(()), |validate| validate(review))))
    }
}

impl Chain {
    /// Lets the plugins change the object.
    pub(crate) async fn mutate(&self, review: &mut Review<'_>) -> Result<()> {
        for plugin in &self.0 {
            plugin.mutate(review).await?;
        }
        Ok(())
    }

    /// Lets the plugins refuse the object.
    pub(crate) async fn validate(&self, review: &Review<'_>) -> Result<()> {
        for plugin in &self.0 {
            plugin.validate(review).await?;
        }
        Ok(())
    }
}

impl<'a> Review<'a> {
    /// The review of a creation or a deletion.
    pub(crate) fn new(attributes: &'a Attributes<'a>, operation: Operation, object: Value) -> Self {
        Self { attributes, operation, object, old: &Value::Null, relies_on: Vec::new() }
    }

    /// The review of an update.
    pub(crate) fn of_update(attributes: &'a Attributes<'a>, object: Value, old: &'a Value) -> Self {
        Self { attributes, operation: Operation::Update, object, old, relies_on: Vec::new() }
    }

    /// Whether an object of the collection is written as a whole.
    fn is_of(&self, collection: &str) -> bool {
        self.is_of_any_part(collection) && self.attributes.subresource == Subresource::Main
    }

    fn is_of_any_part(&self, collection: &str) -> bool {
        self.attributes.resource.collection == collection && self.operation != Operation::Delete
    }

    /// Whether an object of the collection is created.
    fn creates(&self, collection: &str) -> bool {
        self.is_of(collection) && self.operation == Operation::Create
    }

    /// The objects of a collection.
    fn all(&self, collection: &str) -> Vec<Stored> {
        self.attributes.state.store.snapshot(collection).values().collect()
    }

    /// Those in the namespace of the write.
    fn neighbours(&self, collection: &str) -> Vec<Stored> {
        let prefix = format!("{}/", self.attributes.namespace.unwrap_or_default());
        let snapshot = self.attributes.state.store.snapshot(collection);
        snapshot.under(&prefix, &prefix).map(|(_, stored)| stored).collect()
    }

    /// 403: the write is refused.
    fn forbidden(&self, why: &str) -> Box<Status> {
        let names = [self.attributes.name, text(&self.object, "name"), text(&self.object, "generateName"), "Unknown"];
        let name = names.into_iter().find(|name| !name.is_empty()).unwrap_or_default();
        Status::forbidden(self.attributes.resource.group_resource(), name, why)
    }
}
