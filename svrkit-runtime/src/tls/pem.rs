//! Certificates and keys as they are given: PEM, in a file or in memory.

use std::fmt;
use std::fs::File;
use std::io::Read;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use tokio_rustls::rustls::pki_types::pem::{Error, PemObject};
use tokio_rustls::rustls::pki_types::{CertificateDer, PrivateKeyDer};

use super::error::TlsError;

/// Most bytes of one PEM file.
pub const PEM_LEN_MAX: u64 = 1024 * 1024;

/// Where PEM comes from: a file, which may be replaced while the program runs, or bytes.
///
/// ```
/// use svrkit_runtime::tls::Pem;
///
/// assert_eq!(Pem::file("/etc/shop/tls.crt").to_string(), "/etc/shop/tls.crt");
/// ```
#[derive(Clone)]
pub struct Pem(Source);

#[derive(Clone)]
enum Source {
    File(Arc<Path>),
    Bytes(Arc<[u8]>),
}

impl Pem {
    /// The content of a file of at most [`PEM_LEN_MAX`] bytes, read when it is loaded and looked at again every `tls.watch` while
    /// connections are opened.
    #[must_use]
    pub fn file(path: impl Into<PathBuf>) -> Self {
        Self(Source::File(path.into().into()))
    }

    /// These bytes.
    #[must_use]
    pub fn bytes(pem: impl Into<Vec<u8>>) -> Self {
        Self(Source::Bytes(pem.into().into()))
    }

    pub(super) fn is_file(&self) -> bool {
        matches!(self.0, Source::File(_))
    }

    pub(super) fn read(&self) -> Result<Vec<u8>, TlsError> {
        let path = match &self.0 {
            Source::Bytes(bytes) => return Ok(bytes.to_vec()),
            Source::File(path) => path,
        };
        let unreadable = |error| TlsError::Unreadable { path: path.to_path_buf(), error: Arc::new(error) };
        let mut text = Vec::new();
        let file = File::open(path).map_err(unreadable)?;
        // One more than is taken tells of more.
        file.take(PEM_LEN_MAX + 1).read_to_end(&mut text).map_err(unreadable)?;
        if text.len() as u64 > PEM_LEN_MAX {
            return Err(TlsError::TooLong { path: path.to_path_buf() });
        }
        Ok(text)
    }

    /// All certificates of its `text`, in order.
    pub(super) fn certificates(&self, text: &[u8]) -> Result<Vec<CertificateDer<'static>>, TlsError> {
        let certificates: Result<Vec<_>, Error> = CertificateDer::pem_slice_iter(text).collect();
        match certificates {
            Ok(certificates) if certificates.is_empty() => {
                Err(TlsError::NoCertificate { pem: self.to_string() })
            }
            Ok(certificates) => Ok(certificates),
            Err(error) => Err(self.broken(&error)),
        }
    }

    /// The first private key of its `text`.
    pub(super) fn key(&self, text: &[u8]) -> Result<PrivateKeyDer<'static>, TlsError> {
        match PrivateKeyDer::from_pem_slice(text) {
            Ok(key) => Ok(key),
            Err(Error::NoItemsFound) if is_encrypted(text) => {
                Err(TlsError::KeyEncrypted { pem: self.to_string() })
            }
            Err(Error::NoItemsFound) => Err(TlsError::NoKey { pem: self.to_string() }),
            Err(error) => Err(self.broken(&error)),
        }
    }

    /// Of the parser's own words none that show what stands in the file: it may be a key.
    fn broken(&self, error: &Error) -> TlsError {
        let why = match error {
            Error::MissingSectionEnd { .. } => "a section has no END line",
            Error::IllegalSectionStart { .. } => "the BEGIN line of a section is malformed",
            Error::Base64Decode(_) => "a section is no base64",
            _ => "it cannot be read",
        };
        TlsError::Broken { pem: self.to_string(), why }
    }
}

fn is_encrypted(text: &[u8]) -> bool {
    const LABEL: &[u8] = b"BEGIN ENCRYPTED PRIVATE KEY";
    text.windows(LABEL.len()).any(|window| window == LABEL)
}

/// The path, or that it is bytes; never what stands there.
impl fmt::Display for Pem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.0 {
            Source::File(path) => path.display().fmt(f),
            Source::Bytes(_) => f.write_str("the PEM bytes of the program"),
        }
    }
}

/// The same text as `Display`.
impl fmt::Debug for Pem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}
