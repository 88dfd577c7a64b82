//! Writes of objects: create, update, delete. Handlers and controllers write through here and nowhere else.
//!
//! In: an [`Intent`], and where, by whom and how ([`Attributes`]). Out: the object as it is stored. A write reads what is
//! stored and makes the new object of it, lets admission change it, prepares and validates it by the strategy of its
//! resource, lets admission look at it once more, and stores it at the revision that it was computed from; if somebody else
//! wrote in between, it starts again. Nothing is locked in the meantime, so admission may wait.
//!
//! Source: `k8s.io/apiserver/pkg/registry/generic/registry/store.go`, `pkg/registry/rest`.

mod apply;
mod by_server;
mod create;
mod delete;
mod direct;
mod ownership;
mod precondition;
mod update;
mod validation;

use std::sync::Arc;

use bytes::Bytes;
use serde_json::Value;

use crate::allocation::Allocator;
use crate::object;
use crate::request::write_options::WriteOptions;
use crate::resource::Resource;
use crate::resource::strategy::Subresource;
use crate::state::State;
use crate::status::{Result, Status};
use crate::store::Stored;
use crate::user::User;
use crate::warnings::Warnings;

pub(crate) use by_server::{
    bind_by_server, change_by_server, change_own_status, change_part_by_server, create_by_server, create_own,
    delete_by_server,
};
pub(crate) use delete::{Deletion, delete};
pub(crate) use direct::change_directly;
pub(crate) use precondition::{check_deletion, check_uid};

/// One write: of what, where, by whom, and how.
#[derive(Clone, Copy)]
pub(crate) struct Attributes<'a> {
    pub(crate) state: &'a State,
    pub(crate) resource: &'a Arc<Resource>,
    /// `None` if the resource is cluster-scoped.
    pub(crate) namespace: Option<&'a str>,
    /// Empty for a creation whose name is in the object.
    pub(crate) name: &'a str,
    pub(crate) subresource: Subresource,
    pub(crate) options: &'a WriteOptions,
    pub(crate) warnings: &'a Warnings,
    pub(crate) user: &'a User,
}

/// What a write wants.
pub(crate) enum Intent<'a> {
    /// A new object (`POST`).
    Create(Value),
    /// Another object in place of the stored one (`PUT`).
    Replace(Value),
    /// The stored object, changed (`PATCH`). If somebody else writes meanwhile, the newer object is changed.
    Change(&'a Change<'a>),
    /// The stored object with a configuration applied to it, or a new object if there is none (`PATCH`). It comes with its
    /// `managedFields`, and so do changes whose owners are worked out elsewhere.
    Apply(&'a Apply<'a>),
}

/// A change of an object.
pub(crate) type Change<'a> = dyn Fn(&Value) -> Result<Value> + Send + Sync + 'a;

/// What is made of an object, or of none.
pub(crate) type Apply<'a> = dyn Fn(Option<&Value>) -> Result<Value> + Send + Sync + 'a;

/// The outcome of a write.
#[derive(Debug)]
pub(crate) struct Written {
    /// The object to answer with.
    pub(crate) object: Value,
    /// Its text, if that was printed to store it.
    pub(crate) text: Option<Bytes>,
    /// Whether it is new.
    pub(crate) created: bool,
}

impl Written {
    /// What was stored.
    fn stored(resource: &Resource, stored: Stored, created: bool) -> Self {
        let text = resource.is_current(&stored).then(|| stored.text().clone());
        Self { object: resource.take(stored), text, created }
    }

    /// What was not: a dry run, the object as it was and stays, the last state of one that is gone.
    fn unstored(object: Value, created: bool) -> Self {
        Self { object, text: None, created }
    }
}

/// Carries out a write.
pub(crate) async fn write(attributes: &Attributes<'_>, intent: Intent<'_>) -> Result<Written> {
    match intent {
        Intent::Create(object) => create::create(attributes, object).await,
        Intent::Replace(mut object) if attributes.creates_on_update() => {
            let version = create::take_version(&mut object);
            let written = create::create(attributes, object).await?;
            Ok(create::with_version(attributes, written, version))
        }
        Intent::Replace(object) => {
            let replace = |current: &Value| {
                check_uid(attributes, &object, current)?;
                let mut object = object.clone();
                ownership::record(attributes, &mut object, Some(current));
                Ok(object)
            };
            update::update(attributes, &replace).await
        }
        Intent::Change(change) => {
            let change = |current: &Value| {
                let mut object = change(current)?;
                ownership::record(attributes, &mut object, Some(current));
                Ok(object)
            };
            update::update(attributes, &change).await
        }
        Intent::Apply(apply) => apply::apply(attributes, apply).await,
    }
}

impl Attributes<'_> {
    /// The object that is stored now.
    pub(crate) fn stored(&self) -> Option<Stored> {
        self.state.store.get(&self.resource.collection, &self.key())
    }

    /// The key of the object.
    pub(crate) fn key(&self) -> String {
        object::key(self.namespace, self.name)
    }

    /// The 404 about the object.
    pub(crate) fn not_found(&self) -> Box<Status> {
        Status::not_found(self.resource.group_resource(), self.name)
    }

    /// What takes things of the cluster for this write.
    fn allocator(&self) -> Allocator<'_> {
        Allocator::new(&self.state.store, &self.state.ports, self.options.dry_run, self.state.now())
    }

    /// Gives back what a removed object had.
    fn release(&self, object: &Value) {
        let mut allocator = self.allocator();
        self.resource.strategy.release(&mut allocator, object);
        allocator.keep();
    }

    /// Whether a configuration that is applied to nothing creates it.
    pub(crate) fn creates_on_apply(&self) -> bool {
        self.subresource == Subresource::Main || self.resource.strategy.create_on_update()
    }

    /// Whether an update of what is not there creates it. Go's code for status takes this from the whole object.
    fn creates_on_update(&self) -> bool {
        self.resource.strategy.create_on_update() && self.stored().is_none()
    }
}
