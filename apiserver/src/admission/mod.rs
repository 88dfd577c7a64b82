//! Admission: plugins that may change or refuse a write, between its decoding and its storage.
//!
//! In: a write under [`Review`]. Out: the object as the plugins want it, or the `Status` of the one that refuses it. First all
//! plugins may change the object, then, after it was prepared and validated, all may look at it once more. A plugin may wait:
//! nothing is locked while it does, and a write that was overtaken is reviewed again.
//!
//! Source: `k8s.io/apiserver/pkg/admission`.

mod default_tolerations;
mod namespace_lifecycle;
mod priority;

use std::fmt;
use std::future::{Future, ready};
use std::pin::Pin;

use serde_json::Value;

use crate::registry::Attributes;
use crate::status::Result;
use crate::store::Seen;

use default_tolerations::DefaultTolerationSeconds;
use namespace_lifecycle::NamespaceLifecycle;
use priority::Priority;

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

/// A write under review.
pub(crate) struct Review<'a> {
    pub(crate) attributes: &'a Attributes<'a>,
    pub(crate) operation: Operation,
    /// The object that is to be stored; null for a deletion.
    pub(crate) object: Value,
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
        Self(vec![Box::new(NamespaceLifecycle), Box::new(Priority), Box::new(DefaultTolerationSeconds)])
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
    /// The review of a write.
    pub(crate) fn new(attributes: &'a Attributes<'a>, operation: Operation, object: Value) -> Self {
        Self { attributes, operation, object, relies_on: Vec::new() }
    }
}
