//! Writes that the server makes itself, as its controllers do.

use std::sync::{Arc, LazyLock};

use serde_json::Value;

use super::{Attributes, Deletion, Intent, change_directly, delete, write};
use crate::object::text;
use crate::request::delete_options::DeleteOptions;
use crate::request::write_options::WriteOptions;
use crate::resource::Resource;
use crate::resource::strategy::Subresource;
use crate::state::State;
use crate::status::Result;
use crate::user::User;
use crate::warnings::Warnings;

/// Who writes.
static CONTROLLER: LazyLock<User> = LazyLock::new(User::controller);

/// Who owns what controllers change.
const MANAGER: &str = "kube-controller-manager";

/// Who owns what the server itself writes.
const SERVER: &str = "kube-apiserver";

/// Creates an object.
pub(crate) async fn create_by_server(state: &State, resource: &Arc<Resource>, object: Value) -> Result<()> {
    create_as(MANAGER, state, resource, object).await
}

/// Creates an object that the server needs itself.
pub(crate) async fn create_own(state: &State, resource: &Arc<Resource>, object: Value) -> Result<()> {
    create_as(SERVER, state, resource, object).await
}

async fn create_as(manager: &str, state: &State, resource: &Arc<Resource>, mut object: Value) -> Result<()> {
    let (options, warnings) = (WriteOptions::by(manager), Warnings::default());
    resource.strategy.decode(resource, &mut object)?;
    let of = object.clone();
    write(&attributes(state, resource, &of, &options, &warnings), Intent::Create(object)).await.map(drop)
}

/// Changes the status of an object for the server itself.
pub(crate) async fn change_own_status(
    state: &State,
    resource: &Arc<Resource>,
    object: &Value,
    change: &(dyn Fn(&Value) -> Result<Value> + Send + Sync),
) -> Result<()> {
    let (options, warnings) = (WriteOptions::by(SERVER), Warnings::default());
    let attributes =
        Attributes { subresource: Subresource::Status, ..attributes(state, resource, object, &options, &warnings) };
    write(&attributes, Intent::Change(change)).await.map(drop)
}

/// Deletes an object.
pub(crate) async fn delete_by_server(
    state: &State,
    resource: &Arc<Resource>,
    object: &Value,
    how: &DeleteOptions,
) -> Result<Deletion> {
    let (options, warnings) = (WriteOptions::by(MANAGER), Warnings::default());
    delete(&attributes(state, resource, object, &options, &warnings), how).await
}

/// Changes an object.
pub(crate) async fn change_by_server(
    state: &State,
    resource: &Arc<Resource>,
    object: &Value,
    change: &(dyn Fn(&mut Value) + Send + Sync),
) -> Result<()> {
    change_part_by_server(state, resource, object, Subresource::Main, change).await
}

/// Changes a part of an object.
pub(crate) async fn change_part_by_server(
    state: &State,
    resource: &Arc<Resource>,
    object: &Value,
    subresource: Subresource,
    change: &(dyn Fn(&mut Value) + Send + Sync),
) -> Result<()> {
    let (options, warnings) = (WriteOptions::by(MANAGER), Warnings::default());
    let change = |current: &Value| {
        let mut object = current.clone();
        change(&mut object);
        Ok(object)
    };
    let attributes = Attributes { subresource, ..attributes(state, resource, object, &options, &warnings) };
    write(&attributes, Intent::Change(&change)).await.map(drop)
}

/// Changes a pod as a binding does, which may give it a node.
pub(crate) fn bind_by_server(
    state: &State,
    pods: &Arc<Resource>,
    pod: &Value,
    change: impl Fn(&mut Value),
) -> Result<()> {
    let (options, warnings) = (WriteOptions::by(MANAGER), Warnings::default());
    let change = |pod: &mut Value| {
        change(pod);
        Ok(())
    };
    change_directly(&attributes(state, pods, pod, &options, &warnings), change).map(drop)
}

fn attributes<'a>(
    state: &'a State,
    resource: &'a Arc<Resource>,
    object: &'a Value,
    options: &'a WriteOptions,
    warnings: &'a Warnings,
) -> Attributes<'a> {
    Attributes {
        state,
        resource,
        namespace: resource.namespace_of(object),
        name: text(object, "name"),
        subresource: Subresource::Main,
        options,
        warnings,
        user: &CONTROLLER,
    }
}
