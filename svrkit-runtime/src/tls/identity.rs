//! What one side proves itself with, and whom it trusts.

use std::sync::Arc;

use tokio_rustls::rustls::pki_types::{CertificateDer, UnixTime};
use tokio_rustls::rustls::sign::{CertifiedKey, SingleCertAndKey};
use tokio_rustls::rustls::{self, InconsistentKeys, RootCertStore};
use webpki::{EndEntityCert, KeyUsage};

use super::error::TlsError;
use super::pem::Pem;
use super::provider;
use crate::types::Timestamp;

/// A certificate with those that lead from it to its CA, and its private key.
#[derive(Clone, Debug)]
pub(super) struct Identity {
    pub(super) certificate: Pem,
    pub(super) key: Pem,
}

/// What was read of an [`Identity`].
#[derive(Hash)]
pub(super) struct IdentityText {
    certificate: Vec<u8>,
    key: Vec<u8>,
}

impl Identity {
    pub(super) fn is_file(&self) -> bool {
        self.certificate.is_file() || self.key.is_file()
    }

    pub(super) fn read(&self) -> Result<IdentityText, TlsError> {
        Ok(IdentityText { certificate: self.certificate.read()?, key: self.key.read()? })
    }

    /// The certificate and its key, once it is sure that they belong together and hold today.
    pub(super) fn build(&self, text: &IdentityText) -> Result<Arc<SingleCertAndKey>, TlsError> {
        let chain = self.certificate.certificates(&text.certificate)?;
        let leaf =
            chain.first().ok_or_else(|| TlsError::NoCertificate { pem: self.certificate.to_string() })?;
        check(&self.certificate, leaf)?;
        let key = provider()
            .key_provider
            .load_private_key(self.key.key(&text.key)?)
            .map_err(|_| TlsError::KeyUnusable { pem: self.key.to_string() })?;
        let certified = CertifiedKey::new(chain, key);
        match certified.keys_match() {
            Ok(()) | Err(rustls::Error::InconsistentKeys(InconsistentKeys::Unknown)) => {
                Ok(Arc::new(SingleCertAndKey::from(certified)))
            }
            Err(rustls::Error::InconsistentKeys(_)) => Err(TlsError::KeyMismatch {
                certificate: self.certificate.to_string(),
                key: self.key.to_string(),
            }),
            Err(_) => Err(TlsError::CertificateUnreadable { pem: self.certificate.to_string() }),
        }
    }
}

/// Refuses a certificate that no peer would take today: it is better not to start, and to keep the one that is there.
fn check(pem: &Pem, leaf: &CertificateDer<'_>) -> Result<(), TlsError> {
    let unreadable = || TlsError::CertificateUnreadable { pem: pem.to_string() };
    let certificate = EndEntityCert::try_from(leaf).map_err(|_| unreadable())?;
    // Nobody is trusted, and dates are looked at first.
    let usage = KeyUsage::server_auth();
    let algorithms = provider().signature_verification_algorithms.all;
    match certificate.verify_for_usage(algorithms, &[], &[], UnixTime::now(), usage, None, None) {
        Err(webpki::Error::CertExpired { not_after, .. }) => {
            Err(TlsError::Expired { pem: pem.to_string(), since: date(not_after) })
        }
        Err(webpki::Error::CertNotValidYet { not_before, .. }) => {
            Err(TlsError::NotYetValid { pem: pem.to_string(), from: date(not_before) })
        }
        _ => Ok(()),
    }
}

/// `2026-01-31T23:59:59Z`.
pub(super) fn date(time: UnixTime) -> String {
    let seconds = i64::try_from(time.as_secs()).unwrap_or(i64::MAX);
    Timestamp { seconds, ..Timestamp::default() }.to_string()
}

/// The certificates of `text` as those whose signatures are trusted.
pub(super) fn roots(pem: &Pem, text: &[u8]) -> Result<Arc<RootCertStore>, TlsError> {
    let mut roots = RootCertStore::empty();
    for certificate in pem.certificates(text)? {
        roots.add(certificate).map_err(|_| TlsError::CertificateUnreadable { pem: pem.to_string() })?;
    }
    Ok(Arc::new(roots))
}
