//! Connections that let a test get in between the controller and the API server.

use std::{
    io,
    sync::{
        Arc, Mutex, PoisonError,
        atomic::{AtomicUsize, Ordering},
    },
};

use http::{Method, Request};
use kube::client::Body;
use tokio::sync::watch;
use tower::service_fn;

/// A connection on which each of the first `count` writes of a database's status loses a race: just before it, somebody else
/// labels the object. Also returns how many races are still to be lost.
pub fn conflicts(connection: &kube::Client, count: usize) -> (kube::Client, Arc<AtomicUsize>) {
    let left = Arc::new(AtomicUsize::new(count));
    let (inner, remaining) = (connection.clone(), Arc::clone(&left));
    let service = service_fn(move |request: Request<Body>| {
        let (inner, remaining) = (inner.clone(), Arc::clone(&remaining));
        async move {
            if let Some(object) = status_write(&request)
                && remaining.try_update(Ordering::SeqCst, Ordering::SeqCst, |left| left.checked_sub(1)).is_ok()
            {
                inner.send(label(&object, remaining.load(Ordering::SeqCst))?).await?;
            }
            inner.send(request).await
        }
    });
    (kube::Client::new(service, "default"), left)
}

/// A connection on which every write of a database's status waits until the returned sender is dropped.
pub fn held(connection: &kube::Client) -> (kube::Client, watch::Sender<()>) {
    let (release, released) = watch::channel(());
    let inner = connection.clone();
    let service = service_fn(move |request: Request<Body>| {
        let (inner, mut released) = (inner.clone(), released.clone());
        async move {
            if status_write(&request).is_some() {
                let _ = released.changed().await;
            }
            inner.send(request).await
        }
    });
    (kube::Client::new(service, "default"), release)
}

/// The other end of a connection, which a test can pull and plug in elsewhere.
#[derive(Clone, Default)]
pub struct Plug(Arc<Mutex<Option<kube::Client>>>);

impl Plug {
    /// A connection that is as good as its plug.
    pub fn connection(&self) -> kube::Client {
        let plug = self.clone();
        let service = service_fn(move |request: Request<Body>| {
            let server = plug.0.lock().unwrap_or_else(PoisonError::into_inner).clone();
            async move {
                let refused = || kube::Error::Service(Box::new(io::Error::from(io::ErrorKind::ConnectionRefused)));
                server.ok_or_else(refused)?.send(request).await
            }
        });
        kube::Client::new(service, "default")
    }

    /// Connects to a server, or to none: then every request is refused.
    pub fn put(&self, server: Option<kube::Client>) {
        *self.0.lock().unwrap_or_else(PoisonError::into_inner) = server;
    }
}

fn status_write(request: &Request<Body>) -> Option<String> {
    let path = request.uri().path().strip_suffix("/status").filter(|path| path.contains("/databases/"))?;
    [Method::PUT, Method::PATCH].contains(request.method()).then(|| path.to_owned())
}

fn label(path: &str, number: usize) -> Result<Request<Body>, kube::Error> {
    let body = format!(r#"{{"metadata": {{"labels": {{"race": "{number}"}}}}}}"#);
    let request = Request::patch(path).header("content-type", "application/merge-patch+json");
    request.body(Body::from(body.into_bytes())).map_err(kube::Error::HttpError)
}
