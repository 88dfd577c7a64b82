//! The typed client of one kind.

use std::fmt;
use std::marker::PhantomData;
use std::sync::Arc;

use bytes::Bytes;
use http::header::ACCEPT;
use http::{HeaderValue, Method, Request};
use kube::core::PartialObjectMeta;
use serde::Serialize;
use serde_json::Value;
use tokio::task::yield_now;

use super::options::Query;
use super::request::{MAX_OBJECT, Pieces, REQUEST_TIMEOUT, build};
use super::write_log::WriteLog;
use super::{Error, List, ListOptions, Patch, Undecodable, WatchOptions};
use crate::cached::{CacheDecoder, Dictionary, Form};
use crate::decode::{Decoder, ListReader, Next};
use crate::kind::{ApiResource, KeyRef, Kind, ObjectKey, StaticKind};

pub(super) const JSON: &str = "application/json";
/// How many objects of a list are decoded before other tasks have a turn: less than a millisecond of work.
const OBJECTS_AT_ONCE: usize = 64;

/// How objects are asked for if only their metadata is wanted.
const METADATA: &str = "application/json;as=PartialObjectMetadata;g=meta.k8s.io;v=v1";
const METADATA_LIST: &str = "application/json;as=PartialObjectMetadataList;g=meta.k8s.io;v=v1";

/// Reads and writes the objects of one kind.
///
/// Cheap to clone. A client covers all namespaces unless [`namespaced`](Self::namespaced) has restricted it to one. A
/// key is
/// `("namespace", "name")`, an `&ObjectKey`, or just `"name"`, which stands for the client's own namespace.
pub struct Client<K> {
    connection: kube::Client,
    resource: Arc<ApiResource>,
    decoder: Decoder,
    /// What the compact objects of this client's requests share.
    dictionary: Dictionary,
    /// Whether only metadata is asked for.
    metadata_only: bool,
    namespace: Option<Arc<str>>,
    field_manager: Option<Arc<str>>,
    /// Whether writes only try what would come of them.
    pub(super) dry_run: bool,
    pub(super) log: Option<Arc<dyn WriteLog>>,
    kind: PhantomData<fn() -> K>,
}

impl<K> Clone for Client<K> {
    fn clone(&self) -> Self {
        self.retyped()
    }
}

impl<K> fmt::Debug for Client<K> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Client")
            .field("kind", &self.resource.kind)
            .field("namespace", &self.namespace)
            .finish_non_exhaustive()
    }
}

impl<K> Client<K> {
    fn retyped<T>(&self) -> Client<T> {
        Client {
            connection: self.connection.clone(),
            resource: Arc::clone(&self.resource),
            decoder: self.decoder.clone(),
            dictionary: self.dictionary.clone(),
            metadata_only: self.metadata_only,
            namespace: self.namespace.clone(),
            field_manager: self.field_manager.clone(),
            dry_run: self.dry_run,
            log: self.log.clone(),
            kind: PhantomData,
        }
    }
}

impl<K: StaticKind> Client<K> {
    /// A client for the whole cluster.
    pub fn new(connection: kube::Client) -> Self {
        Self::of(connection, ApiResource::of::<K>())
    }
}

impl<K: Kind> Client<K> {
    /// A client of a kind that is only known at run time, with `K` the
    /// [`DynamicObject`](kube::core::DynamicObject) of kube, or a type for part of such an object.
    ///
    /// ```
    /// # use crdgen_runtime::{ApiResource, client::{self, Client, ListOptions}};
    /// # use kube::core::DynamicObject;
    /// async fn count(connection: kube::Client, databases: ApiResource) -> Result<usize, client::Error> {
    ///     let databases = Client::<DynamicObject>::of(connection, databases);
    ///     Ok(databases.list(&ListOptions::default()).await?.items.len())
    /// }
    /// ```
    pub fn of(connection: kube::Client, resource: ApiResource) -> Self {
        let decoder = Decoder::new(&resource.kind, &resource.api_version());
        Self {
            connection,
            resource: Arc::new(resource),
            decoder,
            dictionary: Dictionary::default(),
            metadata_only: false,
            namespace: None,
            field_manager: None,
            dry_run: false,
            log: None,
            kind: PhantomData,
        }
    }

    /// A client of the same objects that asks for nothing but their metadata, which the server sends without the rest.
    #[must_use]
    pub fn metadata_only(&self) -> Client<PartialObjectMeta<K>> {
        Client {
            decoder: Decoder::new("PartialObjectMetadata", "meta.k8s.io/v1"),
            dictionary: Dictionary::default(),
            metadata_only: true,
            ..self.retyped()
        }
    }

    /// The resource that the client reads and writes.
    pub fn resource(&self) -> &ApiResource {
        &self.resource
    }

    /// The same client for one namespace, or for all if it is empty, as in client-go. Has no effect for a cluster-scoped kind.
    #[must_use]
    pub fn namespaced(&self, namespace: &str) -> Self {
        let restricts = self.resource.namespaced && !namespace.is_empty();
        Self { namespace: restricts.then(|| Arc::from(namespace)), ..self.clone() }
    }

    /// The same client with this name as field manager. Without one, the server uses the user agent.
    #[must_use]
    pub fn field_manager(&self, name: &str) -> Self {
        Self { field_manager: Some(Arc::from(name)), ..self.clone() }
    }

    /// The same client, whose writes do everything but write: they are checked, and answered with what would have been
    /// stored (`dryRun=All`).
    #[must_use]
    pub fn dry_run(&self) -> Self {
        Self { dry_run: true, ..self.clone() }
    }

    /// A client of another kind, with the same connection and field manager, for the whole cluster.
    pub(crate) fn of_kind<W: Kind>(&self, resource: ApiResource) -> Client<W> {
        let (field_manager, log) = (self.field_manager.clone(), self.log.clone());
        Client { field_manager, log, ..Client::of(self.connection.clone(), resource) }
    }

    /// The same client, which notes what it has written.
    pub(crate) fn logging(self, log: Arc<dyn WriteLog>) -> Self {
        Self { log: Some(log), ..self }
    }

    pub(super) fn manager(&self) -> Option<&str> {
        self.field_manager.as_deref()
    }

    /// The namespace of a client that was restricted to one.
    pub(crate) fn own_namespace(&self) -> Option<&str> {
        self.namespace.as_deref()
    }

    /// The untyped connection that the client uses.
    pub fn connection(&self) -> &kube::Client {
        &self.connection
    }

    /// Reads an object from the server, with its managed fields.
    pub async fn get<'k>(&self, key: impl Into<KeyRef<'k>>) -> Result<K, Error> {
        let path = self.object_path(key.into(), "")?;
        self.object(build(Method::GET, &path, &Query::new(), None)?).await
    }

    /// Reads an object that may not exist.
    pub async fn get_opt<'k>(&self, key: impl Into<KeyRef<'k>>) -> Result<Option<K>, Error> {
        match self.get(key).await {
            Err(error) if error.is_not_found() => Ok(None),
            outcome => outcome.map(Some),
        }
    }

    /// Lists the objects that `options` select; one page of them if `options` has a limit.
    pub async fn list(&self, options: &ListOptions) -> Result<List<K>, Error> {
        let decoder = self.decoder.with(options.omit_managed_fields);
        self.list_with(options, |item| decoder.object(item)).await
    }

    /// Creates an object in its own namespace or, if it has none, in the client's. Returns the object as the server
    /// stored it.
    pub async fn create(&self, object: &K) -> Result<K, Error> {
        let namespace = object.meta().namespace.as_deref().or(self.namespace.as_deref());
        let path = self.resource.path(self.addressed_namespace(namespace)?);
        self.written(build(Method::POST, &path, &self.write_query(), Some((JSON, encode(object)?)))?).await
    }

    /// Replaces an object by all that `K` holds of it. If it has a `metadata.resourceVersion` that is no longer the current
    /// one, the error is a conflict. What `K` does not know, or a cache has left out, is lost: see
    /// [`modify`](Self::modify).
    pub async fn update(&self, object: &K) -> Result<K, Error> {
        self.replace(object, "").await
    }

    /// Replaces the status of an object through the status subresource. The server ignores all other fields.
    pub async fn update_status(&self, object: &K) -> Result<K, Error> {
        self.replace(object, "/status").await
    }

    /// Changes part of an object.
    pub async fn patch<'k>(&self, key: impl Into<KeyRef<'k>>, patch: &Patch) -> Result<K, Error> {
        self.send_patch(key.into(), "", patch).await
    }

    /// Changes part of the status of an object.
    pub async fn patch_status<'k>(&self, key: impl Into<KeyRef<'k>>, patch: &Patch) -> Result<K, Error> {
        self.send_patch(key.into(), "/status", patch).await
    }

    /// Lists as [`list`](Self::list) does, with each object decoded by `decode`.
    pub(crate) async fn list_with<T>(
        &self,
        options: &ListOptions,
        decode: impl Fn(&[u8]) -> Result<T, Undecodable>,
    ) -> Result<List<T>, Error> {
        let path = self.resource.path(self.checked_namespace()?);
        let request = self.accepting(METADATA_LIST, build(Method::GET, &path, &options.query(), None)?);
        let mut answer = Pieces::new(self.open(request, REQUEST_TIMEOUT).await?.into_body(), REQUEST_TIMEOUT);
        let mut reader = ListReader::new();
        let mut list = List::default();
        loop {
            let next = reader.next();
            match next.map_err(|source| Error::Decode { what: format!("a list of {}", self.resource.kind), source })? {
                Next::Object(json) => {
                    match decode(&json) {
                        Ok(object) => list.items.push(object),
                        Err(undecodable) => list.undecodable.push(undecodable),
                    }
                    // Other tasks of this thread are not kept waiting for a long list.
                    if list.items.len().is_multiple_of(OBJECTS_AT_ONCE) {
                        yield_now().await;
                    }
                }
                Next::More if reader.waiting() > MAX_OBJECT => return Err(Error::TooLarge { limit: MAX_OBJECT }),
                Next::More => match answer.next().await? {
                    Some(piece) => reader.push(&piece),
                    None => reader.complete(),
                },
                Next::End => break,
            }
        }
        let metadata = reader.into_metadata();
        list.resource_version = metadata.resource_version.unwrap_or_default();
        list.continue_token = metadata.continue_token.filter(|token| !token.is_empty());
        Ok(list)
    }

    /// The request that opens a watch.
    pub(crate) fn watch_request(&self, options: &WatchOptions) -> Result<Request<Bytes>, Error> {
        let request = build(Method::GET, &self.resource.path(self.checked_namespace()?), &options.query(), None)?;
        Ok(self.accepting(METADATA, request))
    }

    /// What decodes the objects of a list or watch for a cache.
    pub(crate) fn cache_decoder(&self, omit_managed_fields: bool, form: Form) -> CacheDecoder {
        CacheDecoder::new(self.decoder.with(omit_managed_fields), self.dictionary.clone(), form)
    }

    async fn replace(&self, object: &K, subresource: &str) -> Result<K, Error> {
        self.put(key_of(object)?.as_key_ref(), subresource, object).await
    }

    /// Replaces what is at a place by an object or a document of one.
    pub(super) async fn put<T: Serialize>(&self, key: KeyRef<'_>, subresource: &str, new: &T) -> Result<K, Error> {
        let path = self.object_path(key, subresource)?;
        self.written(build(Method::PUT, &path, &self.write_query(), Some((JSON, encode(new)?)))?).await
    }

    pub(super) fn decoded(&self, answer: &[u8]) -> Result<K, Error> {
        self.decoder.decode(answer).map_err(|source| Error::Decode { what: self.resource.kind.to_string(), source })
    }

    /// Reads an object, and all that the server has of it.
    pub(super) async fn get_with_document(&self, key: KeyRef<'_>) -> Result<(K, Value), Error> {
        let request = build(Method::GET, &self.object_path(key, "")?, &Query::new(), None)?;
        let answer = self.fetch(request).await?;
        let failed = |source| Error::Decode { what: self.resource.kind.to_string(), source };
        Ok((self.decoded(&answer)?, serde_json::from_slice(&answer).map_err(failed)?))
    }

    pub(super) async fn send_patch(&self, key: KeyRef<'_>, subresource: &str, patch: &Patch) -> Result<K, Error> {
        let target = self.object_path(key, subresource)?;
        let body = serde_json::to_vec(patch.value()).map_err(Error::Encode)?;
        self.written(build(Method::PATCH, &target, &self.write_query(), Some((patch.content_type(), body)))?).await
    }

    async fn object(&self, request: Request<Bytes>) -> Result<K, Error> {
        self.decoded(&self.fetch(self.accepting(METADATA, request)).await?)
    }

    pub(super) async fn written(&self, request: Request<Bytes>) -> Result<K, Error> {
        let object = self.object(request).await?;
        if let (Some(log), Some(key), false) = (&self.log, ObjectKey::of(&object), self.dry_run) {
            log.log_write(&self.resource, key, object.meta());
        }
        Ok(object)
    }

    /// The query of a write.
    pub(super) fn write_query(&self) -> Query {
        let field_manager = self.field_manager.iter().map(|name| ("fieldManager", name.to_string()));
        field_manager.chain(self.dry_run_query()).collect()
    }

    fn dry_run_query(&self) -> Query {
        if self.dry_run { vec![("dryRun", "All".to_owned())] } else { Vec::new() }
    }

    pub(super) fn object_path(&self, key: KeyRef<'_>, subresource: &str) -> Result<String, Error> {
        let namespace = self.addressed_namespace(key.namespace.or(self.namespace.as_deref()))?;
        let collection = self.resource.path(namespace);
        Ok(format!("{collection}/{}{subresource}", path_segment(key.name)?))
    }

    pub(super) fn checked_namespace(&self) -> Result<Option<&str>, Error> {
        self.namespace.as_deref().map(path_segment).transpose()
    }

    /// The namespace in the path of a single object. A namespaced kind must have one.
    pub(super) fn addressed_namespace<'n>(&self, namespace: Option<&'n str>) -> Result<Option<&'n str>, Error> {
        match namespace {
            Some(_) if !self.resource.namespaced => Ok(None),
            Some(namespace) => path_segment(namespace).map(Some),
            None if self.resource.namespaced => {
                Err(Error::Invalid(format!("a {} needs a namespace", self.resource.kind)))
            }
            None => Ok(None),
        }
    }

    /// The request, which asks for metadata alone if the client does.
    fn accepting(&self, metadata: &'static str, mut request: Request<Bytes>) -> Request<Bytes> {
        if self.metadata_only {
            request.headers_mut().insert(ACCEPT, HeaderValue::from_static(metadata));
        }
        request
    }
}

/// The key of an object, which must have a name.
pub(crate) fn key_of<K: Kind>(object: &K) -> Result<ObjectKey, Error> {
    ObjectKey::of(object).ok_or_else(|| Error::Invalid("the object has no name".to_owned()))
}

fn encode<T: Serialize>(object: &T) -> Result<Vec<u8>, Error> {
    serde_json::to_vec(object).map_err(Error::Encode)
}

/// Checks that a name is a valid path segment (Kubernetes' `IsValidPathSegmentName`) that needs no escaping. Any other
/// name would address another object, or make another kind of request.
fn path_segment(name: &str) -> Result<&str, Error> {
    let plain = |byte: u8| byte.is_ascii_alphanumeric() || b"-._~:@!$&'()*+,;=".contains(&byte);
    if name.is_empty() || name == "." || name == ".." || !name.bytes().all(plain) {
        return Err(Error::Invalid(format!("invalid object name {name:?}: it cannot be part of a path")));
    }
    Ok(name)
}
