//! The settings of an informer.

use std::fmt;
use std::sync::Arc;

use crate::reflector::ReflectorConfig;

/// Changes each object once, before it is stored, to drop fields that nobody reads, for example.
///
/// It must not change the name, namespace, UID or resource version, and must not panic.
pub type Transform<K> = Arc<dyn Fn(&mut K) + Send + Sync>;

/// The settings of an informer.
pub struct InformerOptions<K> {
    /// Selectors, timeouts, backoff, and whether managed fields are kept.
    pub reflector: ReflectorConfig,
    /// Applied to each object before it is stored.
    pub transform: Option<Transform<K>>,
}

impl<K> Default for InformerOptions<K> {
    fn default() -> Self {
        Self { reflector: ReflectorConfig::default(), transform: None }
    }
}

impl<K> Clone for InformerOptions<K> {
    fn clone(&self) -> Self {
        Self { reflector: self.reflector.clone(), transform: self.transform.clone() }
    }
}

impl<K> fmt::Debug for InformerOptions<K> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("InformerOptions")
            .field("reflector", &self.reflector)
            .field("transform", &self.transform.is_some())
            .finish()
    }
}
