//! What gathers the clients or the informers of several kinds.
//!
//! In: the kinds' aliases, a line each. Out: a struct around one connection or one factory, with a method for each.

use crate::{factory::SharedInformerFactory, informer::SharedInformer, kind::StaticKind};

/// What can be had from a factory: an informer, or a set of informers.
#[doc(hidden)]
pub trait FromFactory {
    /// The informer that everybody shares who asks the factory for this kind.
    fn from_factory(factory: &SharedInformerFactory) -> Self;
}

impl<K: StaticKind> FromFactory for SharedInformer<K> {
    fn from_factory(factory: &SharedInformerFactory) -> Self {
        factory.informer()
    }
}

/// A set of clients over one connection: for each line `method: Type` a method that gives the client, or another set.
///
/// ```
/// # use crdgen_runtime::k8s_openapi::api::core::v1::ConfigMap;
/// use crdgen_runtime::{client::Client, clients};
///
/// clients! {
///     /// The clients of the core group.
///     pub struct Clients {
///         /// The client of `ConfigMap`.
///         config_maps: Client<ConfigMap>,
///     }
/// }
///
/// fn names(clients: &Clients) -> Client<ConfigMap> {
///     clients.config_maps()
/// }
/// ```
#[macro_export]
macro_rules! clients {
    ($(#[$doc:meta])* pub struct $Set:ident { $($(#[$about:meta])* $method:ident: $Client:ty),* $(,)? }) => {
        $(#[$doc])*
        #[derive(Clone)]
        pub struct $Set {
            connection: $crate::kube::Client,
        }

        impl $Set {
            /// Clients over this connection.
            #[must_use]
            pub fn new(connection: $crate::kube::Client) -> Self {
                Self { connection }
            }

            $(
                $(#[$about])*
                #[must_use]
                pub fn $method(&self) -> $Client {
                    <$Client>::new(self.connection.clone())
                }
            )*
        }
    };
}

/// A set of informers of one factory, which starts and stops them: for each line `method: Type` a method that gives the
/// informer, or another set.
///
/// ```
/// # use crdgen_runtime::k8s_openapi::api::core::v1::ConfigMap;
/// use crdgen_runtime::{informer::SharedInformer, informers};
///
/// informers! {
///     /// The informers of the core group.
///     pub struct Informers {
///         /// The informer of `ConfigMap`.
///         config_maps: SharedInformer<ConfigMap>,
///     }
/// }
///
/// fn config_maps(informers: &Informers) -> SharedInformer<ConfigMap> {
///     informers.config_maps()
/// }
/// ```
#[macro_export]
macro_rules! informers {
    ($(#[$doc:meta])* pub struct $Set:ident { $($(#[$about:meta])* $method:ident: $Informer:ty),* $(,)? }) => {
        $(#[$doc])*
        #[derive(Clone)]
        pub struct $Set {
            factory: $crate::factory::SharedInformerFactory,
        }

        impl $Set {
            /// Informers of this factory, which starts and stops them.
            #[must_use]
            pub fn new(factory: $crate::factory::SharedInformerFactory) -> Self {
                Self { factory }
            }

            $(
                $(#[$about])*
                #[must_use]
                pub fn $method(&self) -> $Informer {
                    $crate::__private::FromFactory::from_factory(&self.factory)
                }
            )*
        }

        impl $crate::__private::FromFactory for $Set {
            fn from_factory(factory: &$crate::factory::SharedInformerFactory) -> Self {
                Self::new(factory.clone())
            }
        }
    };
}
