//! Certificates for a server on a loopback port: an authority of its own, and a certificate that it signed.

use std::sync::Arc;

use rcgen::{BasicConstraints, CertificateParams, DnType, IsCa, Issuer, KeyPair, KeyUsagePurpose};
use rustls::ServerConfig;
use rustls::pki_types::{PrivateKeyDer, PrivatePkcs8KeyDer};
use tokio_rustls::TlsAcceptor;

/// The names by which clients on this machine, and pods on a real cluster, reach a server.
const NAMES: [&str; 6] =
    ["localhost", "127.0.0.1", "::1", "kubernetes", "kubernetes.default", "kubernetes.default.svc"];

/// What a server needs for TLS.
#[derive(Clone)]
pub(crate) struct Tls {
    /// The certificate of the authority, for clients, as PEM.
    pub(crate) authority: String,
    pub(crate) acceptor: TlsAcceptor,
}

/// Certificates could not be made.
#[derive(Debug, thiserror::Error)]
pub(crate) enum TlsError {
    #[error("no certificate could be made: {0}")]
    Certificate(#[from] rcgen::Error),
    #[error("the certificate cannot be used: {0}")]
    Configuration(#[from] rustls::Error),
}

impl Tls {
    /// Makes an authority and a certificate, both new.
    pub(crate) fn generate() -> Result<Self, TlsError> {
        let mut authority = CertificateParams::default();
        authority.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
        authority.key_usages = vec![KeyUsagePurpose::KeyCertSign, KeyUsagePurpose::DigitalSignature];
        authority.distinguished_name.push(DnType::CommonName, "crdgen-apiserver-ca");
        let key = KeyPair::generate()?;
        let certificate = authority.self_signed(&key)?;
        let issuer = Issuer::from_params(&authority, &key);
        let own_key = KeyPair::generate()?;
        let mut own = CertificateParams::new(NAMES.map(str::to_owned))?;
        own.distinguished_name.push(DnType::CommonName, "kube-apiserver");
        let own = own.signed_by(&own_key, &issuer)?;
        let private = PrivateKeyDer::Pkcs8(PrivatePkcs8KeyDer::from(own_key.serialize_der()));
        let provider = Arc::new(rustls::crypto::ring::default_provider());
        let mut config = ServerConfig::builder_with_provider(provider)
            .with_safe_default_protocol_versions()?
            .with_no_client_auth()
            .with_single_cert(vec![own.der().clone()], private)?;
        config.alpn_protocols = vec![b"h2".to_vec(), b"http/1.1".to_vec()];
        Ok(Self { authority: certificate.pem(), acceptor: TlsAcceptor::from(Arc::new(config)) })
    }
}
