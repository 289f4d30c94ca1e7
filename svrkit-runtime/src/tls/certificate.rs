//! Who a peer is, by the certificate that it proved to have.

use std::fmt;

use ring::digest::{SHA256, digest};
use tokio_rustls::rustls::pki_types::CertificateDer;
use webpki::EndEntityCert;

/// The certificate of a peer that was verified: issued by somebody trusted, valid today, and the peer has its key.
///
/// A handler finds it in its [`Context`](crate::Context::certificate).
#[derive(Clone, PartialEq, Eq)]
pub struct PeerCertificate {
    uris: Vec<Box<str>>,
    dns_names: Vec<Box<str>>,
    /// `sha256:` and 64 digits.
    fingerprint: Box<str>,
}

impl PeerCertificate {
    /// `None`: it cannot be read, which a verified one can.
    pub(super) fn of(der: &CertificateDer<'_>) -> Option<Self> {
        let certificate = EndEntityCert::try_from(der).ok()?;
        let digits =
            digest(&SHA256, der).as_ref().iter().map(|byte| format!("{byte:02x}")).collect::<String>();
        Some(Self {
            uris: certificate.valid_uri_names().map(Into::into).collect(),
            dns_names: certificate.valid_dns_names().map(|name| name.to_ascii_lowercase().into()).collect(),
            fingerprint: format!("sha256:{digits}").into(),
        })
    }

    /// The URIs among its subject alternative names: `spiffe://shop.example/web`.
    pub fn uris(&self) -> impl Iterator<Item = &str> {
        self.uris.iter().map(|uri| &**uri)
    }

    /// The DNS names among its subject alternative names, in lower case.
    pub fn dns_names(&self) -> impl Iterator<Item = &str> {
        self.dns_names.iter().map(|name| &**name)
    }

    /// SHA-256 of the whole certificate, as `sha256:` and 64 digits in lower case.
    #[must_use]
    pub fn fingerprint(&self) -> &str {
        &self.fingerprint
    }

    /// All that it may be called, the most telling first: URIs, DNS names, the fingerprint.
    pub fn identities(&self) -> impl Iterator<Item = &str> {
        self.uris().chain(self.dns_names()).chain([self.fingerprint()])
    }
}

impl fmt::Debug for PeerCertificate {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_list().entries(self.identities()).finish()
    }
}
