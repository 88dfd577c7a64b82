//! What the code that crdgen generates calls.
//!
//! Without the feature `client`: the field tables of generated types ([`object!`], [`string_enum!`], [`resource!`]), the
//! types that JSON has and Rust lacks ([`Number`], [`IntOrString`], [`Nullable`], [`Empty`]), those that Kubernetes has
//! ([`Formatted`], [`Quantity`], [`mod@condition`]), and [`Validate`]: the API server's verdict on an object.
//! With it, everything that talks to an API server as well: typed clients, informers, work queue, controller.
//! This crate knows nothing of YAML, and nothing of how the code is generated.
//!
//! For authors of controllers there is a guide, `docs/guide/README.md` in the project's repository: a chapter each on
//! [controllers](mod@controller), [informers](mod@informer), [clients](mod@client), the [work queue](mod@queue),
//! [operators](mod@operator), [metrics](mod@metrics) and spans, and testing without a cluster.

pub mod condition;

pub mod format;

mod empty;
mod int_or_string;
mod modules;
mod nullable;
mod object;
mod origin;
mod quantity;
mod resource;
mod small_map;
mod string_enum;
mod unrecognized;
#[cfg(feature = "validate")]
mod validate;
mod value;

// From here on in the order of the flow: each module uses those before it.

#[cfg(feature = "client")]
mod panic;

#[cfg(feature = "client")]
mod numbered;

#[cfg(feature = "client")]
mod kind;

#[cfg(feature = "client")]
mod decode;

#[cfg(feature = "client")]
mod cached;

#[cfg(feature = "client")]
mod outcome;

#[cfg(feature = "client")]
pub mod metrics;

#[cfg(feature = "client")]
pub mod client;

#[cfg(feature = "client")]
pub mod watch;

#[cfg(feature = "client")]
pub mod reflector;

#[cfg(feature = "client")]
pub mod store;

#[cfg(feature = "client")]
pub mod lister;

#[cfg(feature = "client")]
pub mod informer;

#[cfg(feature = "client")]
pub mod factory;

#[cfg(feature = "client")]
mod clientset;

#[cfg(feature = "client")]
pub mod wait;

#[cfg(feature = "client")]
pub mod owner;

#[cfg(feature = "client")]
pub mod finalizer;

#[cfg(feature = "client")]
pub mod leader;

#[cfg(feature = "client")]
pub mod sharding;

#[cfg(feature = "client")]
pub mod events;

#[cfg(feature = "client")]
pub mod queue;

#[cfg(feature = "client")]
pub mod shutdown;

#[cfg(feature = "client")]
pub mod controller;

#[cfg(feature = "client")]
pub mod operator;

#[cfg(all(test, feature = "client"))]
mod testing;

#[cfg(all(doctest, feature = "client"))]
mod guide;

#[cfg(feature = "validate")]
pub use crdgen_schema::field;
pub use crdgen_schema::number::Number;
pub use k8s_openapi;
#[cfg(feature = "client")]
pub use kube;

#[cfg(feature = "client")]
pub use crate::kind::{ApiResource, KeyRef, Kind, ObjectKey, Sought, StaticKind};

pub use crate::{
    empty::Empty,
    format::Formatted,
    int_or_string::{IntOrString, OutOfRange},
    nullable::Nullable,
    object::{Member, Object, Reader, Writer},
    quantity::{Amount, Quantity, QuantityError},
    resource::{CustomResource, Scope},
    small_map::SmallMap,
    string_enum::{StringEnum, UnknownValue},
    unrecognized::Unrecognized,
    value::Field,
};

#[cfg(feature = "validate")]
pub use crate::validate::{Operation, Validate};

/// What the macros expand to. Nothing in here is for anyone else.
#[doc(hidden)]
pub mod __private {
    pub use std::{borrow::Cow, string::String};

    pub use k8s_openapi::{
        apiextensions_apiserver::pkg::apis::apiextensions::v1::CustomResourceDefinition,
        apimachinery::pkg::apis::meta::v1::ObjectMeta,
    };
    #[cfg(feature = "client")]
    pub use kube;
    pub use serde::{Deserialize, Deserializer, Serialize, Serializer};
    pub use serde_json::{Error as JsonError, Value};

    #[cfg(feature = "schemars")]
    pub use schemars;

    #[cfg(feature = "schemars")]
    pub use crate::origin::schema_at;
    #[cfg(feature = "validate")]
    pub use crate::validate::Compiled;
    #[cfg(feature = "client")]
    pub use crate::{clientset::FromFactory, resource::crd_or_panic};
    pub use crate::{
        object::{Member, Object, Reader, Table, Writer, debug, read, write},
        string_enum::{EnumAccess, StringEnum, from_string, from_text, read as read_enum, refuse_unknown},
        value::Field,
    };

    /// What writing to the serializer `S` gives. With a name it is one path in every type's code instead of three.
    pub type Written<S> = Result<<S as Serializer>::Ok, <S as Serializer>::Error>;

    /// What reading a `T` from the deserializer `D` gives.
    pub type Read<'de, T, D> = Result<T, <D as Deserializer<'de>>::Error>;

    /// What a field holds before anything was read into it, by its presence.
    pub mod blank {
        use crate::{Field, value::Access};

        /// A value with nothing in it.
        pub fn required<T: Field>() -> T {
            T::Access::blank()
        }

        /// Nothing.
        pub fn optional<T: Field>() -> Option<T> {
            None
        }
    }

    /// `k8s_openapi`'s scopes, by the names that a CRD has for them.
    pub mod scope {
        pub use k8s_openapi::{ClusterResourceScope as Cluster, NamespaceResourceScope as Namespaced};
    }
}
