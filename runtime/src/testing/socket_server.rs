//! A server on a loopback port, with or without TLS, whose requests a closure answers; and certificates for it.

use std::convert::Infallible;
use std::net::SocketAddr;
use std::sync::{Arc, Mutex};

use bytes::Bytes;
use http::{HeaderMap, Method, Request, Response, Version};
use http_body_util::{BodyExt, StreamBody, combinators::BoxBody};
use hyper::body::Incoming;
use hyper_util::rt::{TokioExecutor, TokioIo};
use hyper_util::server::conn::auto;
use hyper_util::service::TowerToHyperService;
use rcgen::{BasicConstraints, CertificateParams, DnType, IsCa, Issuer, KeyPair};
use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{CertificateDer, PrivateKeyDer};
use rustls::server::WebPkiClientVerifier;
use rustls::{RootCertStore, ServerConfig};
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::net::TcpListener;
use tokio::task::JoinSet;
use tokio_rustls::TlsAcceptor;
use tower::service_fn;

use super::Reply;

/// A request as the server saw it.
#[derive(Clone, Debug)]
pub(crate) struct Seen {
    pub(crate) method: Method,
    pub(crate) path: String,
    pub(crate) version: Version,
    pub(crate) headers: HeaderMap,
    /// The number of the connection, from one.
    pub(crate) connection: usize,
    /// The client's certificate.
    pub(crate) certificate: Option<CertificateDer<'static>>,
}

/// A running server, which ends with its owner.
pub(crate) struct SocketServer {
    pub(crate) address: SocketAddr,
    seen: Arc<Mutex<Vec<Seen>>>,
    tasks: JoinSet<()>,
}

/// An authority that signs certificates.
pub(crate) struct Authority {
    pub(crate) pem: String,
    issuer: Issuer<'static, KeyPair>,
}

/// A certificate and its key, as PEM.
#[derive(Clone)]
pub(crate) struct Certified {
    pub(crate) certificate: String,
    pub(crate) key: String,
}

type Answer = Arc<dyn Fn(&Seen) -> Reply + Send + Sync>;

impl Authority {
    pub(crate) fn new(name: &str) -> Self {
        let mut params = CertificateParams::default();
        params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
        params.distinguished_name.push(DnType::CommonName, name);
        let key = KeyPair::generate().unwrap();
        let pem = params.self_signed(&key).unwrap().pem();
        Self { pem, issuer: Issuer::new(params, key) }
    }

    /// A certificate for these names, of a server or of a client.
    pub(crate) fn issue(&self, names: &[&str]) -> Certified {
        let key = KeyPair::generate().unwrap();
        let names: Vec<String> = names.iter().map(ToString::to_string).collect();
        let certificate = CertificateParams::new(names).unwrap().signed_by(&key, &self.issuer).unwrap();
        Certified { certificate: certificate.pem(), key: key.serialize_pem() }
    }

    /// What a server with a certificate for these names needs. It asks clients for certificates of the same authority.
    pub(crate) fn acceptor(&self, names: &[&str]) -> TlsAcceptor {
        let own = self.issue(names);
        let certificate = CertificateDer::from_pem_slice(own.certificate.as_bytes()).unwrap();
        let key = PrivateKeyDer::from_pem_slice(own.key.as_bytes()).unwrap();
        let provider = Arc::new(rustls::crypto::ring::default_provider());
        let mut clients = RootCertStore::empty();
        clients.add(CertificateDer::from_pem_slice(self.pem.as_bytes()).unwrap()).unwrap();
        let verifier = WebPkiClientVerifier::builder_with_provider(Arc::new(clients), Arc::clone(&provider));
        let mut config = ServerConfig::builder_with_provider(provider)
            .with_safe_default_protocol_versions()
            .unwrap()
            .with_client_cert_verifier(verifier.allow_unauthenticated().build().unwrap())
            .with_single_cert(vec![certificate], key)
            .unwrap();
        config.alpn_protocols = vec![b"h2".to_vec(), b"http/1.1".to_vec()];
        TlsAcceptor::from(Arc::new(config))
    }
}

impl SocketServer {
    /// Serves on a free port.
    pub(crate) async fn start(
        tls: Option<TlsAcceptor>,
        answer: impl Fn(&Seen) -> Reply + Send + Sync + 'static,
    ) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let (address, seen) = (listener.local_addr().unwrap(), Arc::default());
        let (log, answer) = (Arc::clone(&seen), Arc::new(answer) as Answer);
        let mut tasks = JoinSet::new();
        tasks.spawn(async move {
            let mut connections = JoinSet::new();
            for connection in 1.. {
                let (stream, _) = listener.accept().await.unwrap();
                let (log, answer, tls) = (Arc::clone(&log), Arc::clone(&answer), tls.clone());
                connections.spawn(async move {
                    let Some(tls) = tls else { return serve(stream, connection, None, log, answer).await };
                    if let Ok(stream) = tls.accept(stream).await {
                        let certificate = stream.get_ref().1.peer_certificates().map(|those| those[0].clone());
                        serve(stream, connection, certificate, log, answer).await;
                    }
                });
            }
        });
        Self { address, seen, tasks }
    }

    /// The requests so far.
    pub(crate) fn seen(&self) -> Vec<Seen> {
        self.seen.lock().unwrap().clone()
    }

    /// Ends all connections.
    pub(crate) async fn stop(mut self) {
        self.tasks.shutdown().await;
    }
}

async fn serve(
    stream: impl AsyncRead + AsyncWrite + Unpin + Send + 'static,
    connection: usize,
    certificate: Option<CertificateDer<'static>>,
    log: Arc<Mutex<Vec<Seen>>>,
    answer: Answer,
) {
    let service = service_fn(move |request: Request<Incoming>| {
        let (head, body) = request.into_parts();
        let path = head.uri.to_string();
        let certificate = certificate.clone();
        let (method, version, headers) = (head.method, head.version, head.headers);
        let seen = Seen { method, path, version, headers, connection, certificate };
        let reply = answer(&seen);
        log.lock().unwrap().push(seen);
        async move {
            let _ = body.collect().await;
            Ok::<_, Infallible>(response(reply))
        }
    });
    // A client that goes away is none of the server's business.
    let builder = auto::Builder::new(TokioExecutor::new());
    let _ = builder.serve_connection(TokioIo::new(stream), TowerToHyperService::new(service)).await;
}

fn response(reply: Reply) -> Response<BoxBody<Bytes, Infallible>> {
    let mut response = Response::builder().status(reply.code);
    for (name, value) in &reply.headers {
        response = response.header(*name, *value);
    }
    let frames = futures::stream::iter(reply.chunks.into_iter().map(|chunk| Ok(http_body::Frame::data(chunk))));
    let stalls = reply.stalls;
    let end = futures::stream::once(async move {
        if stalls {
            std::future::pending::<()>().await;
        }
        Ok(http_body::Frame::data(Bytes::new()))
    });
    response.body(BodyExt::boxed(StreamBody::new(futures::StreamExt::chain(frames, end)))).unwrap()
}
