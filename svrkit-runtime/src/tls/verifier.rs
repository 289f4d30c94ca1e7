//! Whether a certificate is taken: webpki's word, and where that is that nobody knows its issuer, whether it has one at all.
//!
//! Nothing is decided here: an error stays one, it only says more.

use std::fmt;
use std::sync::Arc;

use tokio_rustls::rustls::client::WebPkiServerVerifier;
use tokio_rustls::rustls::client::danger::{HandshakeSignatureValid, ServerCertVerified, ServerCertVerifier};
use tokio_rustls::rustls::pki_types::{CertificateDer, ServerName, UnixTime};
use tokio_rustls::rustls::server::WebPkiClientVerifier;
use tokio_rustls::rustls::server::danger::{ClientCertVerified, ClientCertVerifier};
use tokio_rustls::rustls::{
    CertificateError, DigitallySignedStruct, DistinguishedName, Error, OtherError, RootCertStore,
    SignatureScheme,
};
use webpki::{EndEntityCert, KeyUsage, anchor_from_trusted_cert};

use super::error::TlsError;
use super::provider;

/// A client's judgement of servers.
#[derive(Debug)]
pub(super) struct OfServers(Arc<WebPkiServerVerifier>);

/// A server's judgement of clients.
#[derive(Debug)]
pub(super) struct OfClients(Arc<dyn ClientCertVerifier>);

/// The certificate was issued by itself, and is not among those that are trusted.
#[derive(Debug)]
pub(super) struct SelfSigned;

impl OfServers {
    pub(super) fn new(roots: Arc<RootCertStore>) -> Result<Arc<Self>, TlsError> {
        let built = WebPkiServerVerifier::builder_with_provider(roots, provider()).build();
        built.map(|inner| Arc::new(Self(inner))).map_err(|error| TlsError::Other(error.to_string()))
    }
}

impl OfClients {
    /// `required`: who has no certificate is refused.
    pub(super) fn new(roots: Arc<RootCertStore>, required: bool) -> Result<Arc<Self>, TlsError> {
        let builder = WebPkiClientVerifier::builder_with_provider(roots, provider());
        let built = if required { builder.build() } else { builder.allow_unauthenticated().build() };
        built.map(|inner| Arc::new(Self(inner))).map_err(|error| TlsError::Other(error.to_string()))
    }
}

fn explain(error: Error, certificate: &CertificateDer<'_>, now: UnixTime, usage: KeyUsage) -> Error {
    match error {
        Error::InvalidCertificate(CertificateError::UnknownIssuer)
            if is_self_signed(certificate, now, usage) =>
        {
            CertificateError::Other(OtherError(Arc::new(SelfSigned))).into()
        }
        error => error,
    }
}

/// Whether the certificate would be taken by whoever trusts it alone.
fn is_self_signed(certificate: &CertificateDer<'_>, now: UnixTime, usage: KeyUsage) -> bool {
    let (Ok(anchor), Ok(leaf)) =
        (anchor_from_trusted_cert(certificate), EndEntityCert::try_from(certificate))
    else {
        return false;
    };
    let algorithms = provider().signature_verification_algorithms.all;
    leaf.verify_for_usage(algorithms, &[anchor], &[], now, usage, None, None).is_ok()
}

impl ServerCertVerifier for OfServers {
    fn verify_server_cert(
        &self,
        end_entity: &CertificateDer<'_>,
        intermediates: &[CertificateDer<'_>],
        server_name: &ServerName<'_>,
        ocsp_response: &[u8],
        now: UnixTime,
    ) -> Result<ServerCertVerified, Error> {
        self.0
            .verify_server_cert(end_entity, intermediates, server_name, ocsp_response, now)
            .map_err(|error| explain(error, end_entity, now, KeyUsage::server_auth()))
    }

    fn verify_tls12_signature(
        &self,
        message: &[u8],
        certificate: &CertificateDer<'_>,
        signature: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, Error> {
        self.0.verify_tls12_signature(message, certificate, signature)
    }

    fn verify_tls13_signature(
        &self,
        message: &[u8],
        certificate: &CertificateDer<'_>,
        signature: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, Error> {
        self.0.verify_tls13_signature(message, certificate, signature)
    }

    fn supported_verify_schemes(&self) -> Vec<SignatureScheme> {
        self.0.supported_verify_schemes()
    }
}

impl ClientCertVerifier for OfClients {
    fn client_auth_mandatory(&self) -> bool {
        self.0.client_auth_mandatory()
    }

    fn root_hint_subjects(&self) -> &[DistinguishedName] {
        self.0.root_hint_subjects()
    }

    fn verify_client_cert(
        &self,
        end_entity: &CertificateDer<'_>,
        intermediates: &[CertificateDer<'_>],
        now: UnixTime,
    ) -> Result<ClientCertVerified, Error> {
        self.0
            .verify_client_cert(end_entity, intermediates, now)
            .map_err(|error| explain(error, end_entity, now, KeyUsage::client_auth()))
    }

    fn verify_tls12_signature(
        &self,
        message: &[u8],
        certificate: &CertificateDer<'_>,
        signature: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, Error> {
        self.0.verify_tls12_signature(message, certificate, signature)
    }

    fn verify_tls13_signature(
        &self,
        message: &[u8],
        certificate: &CertificateDer<'_>,
        signature: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, Error> {
        self.0.verify_tls13_signature(message, certificate, signature)
    }

    fn supported_verify_schemes(&self) -> Vec<SignatureScheme> {
        self.0.supported_verify_schemes()
    }
}

impl fmt::Display for SelfSigned {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("the certificate is self-signed")
    }
}

impl std::error::Error for SelfSigned {}
