//! Why certificates and keys are not loaded.

use std::error::Error;
use std::fmt;
use std::io;
use std::path::PathBuf;
use std::sync::Arc;

/// Why certificates and keys are not loaded. Whoever keeps them mends it: trying again alone does not help.
#[derive(Clone)]
#[non_exhaustive]
pub enum TlsError {
    /// A file cannot be read.
    Unreadable {
        /// The file.
        path: PathBuf,
        /// What the operating system said.
        error: Arc<io::Error>,
    },
    /// A file has more than [`PEM_LEN_MAX`](super::PEM_LEN_MAX) bytes.
    TooLong {
        /// The file.
        path: PathBuf,
    },
    /// It is no PEM.
    Broken {
        /// The file, or that it is bytes.
        pem: String,
        /// What is wrong.
        why: &'static str,
    },
    /// It has no certificate.
    NoCertificate {
        /// The file, or that it is bytes.
        pem: String,
    },
    /// It has no private key.
    NoKey {
        /// The file, or that it is bytes.
        pem: String,
    },
    /// The private key is encrypted.
    KeyEncrypted {
        /// The file, or that it is bytes.
        pem: String,
    },
    /// The private key is of no kind that can be used.
    KeyUnusable {
        /// The file, or that it is bytes.
        pem: String,
    },
    /// The private key is not that of the first certificate.
    KeyMismatch {
        /// Where the certificate stands.
        certificate: String,
        /// Where the key stands.
        key: String,
    },
    /// What stands in place of a certificate is none.
    CertificateUnreadable {
        /// The file, or that it is bytes.
        pem: String,
    },
    /// The first certificate is over.
    Expired {
        /// The file, or that it is bytes.
        pem: String,
        /// Since when: `2026-01-31T23:59:59Z`.
        since: String,
    },
    /// The first certificate is not valid yet.
    NotYetValid {
        /// The file, or that it is bytes.
        pem: String,
        /// From when: `2026-01-31T23:59:59Z`.
        from: String,
    },
    /// The server name that was set by hand is neither a DNS name nor an IP address.
    ServerName {
        /// As it was given.
        name: String,
    },
    /// A configuration sets one key of TLS and not another that it needs.
    KeyOfConfigMissing {
        /// The key that is set.
        set: &'static str,
        /// The one that is not.
        missing: &'static str,
    },
    /// The system gives no random numbers, or rustls refuses for another reason.
    Other(String),
}

impl fmt::Display for TlsError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Unreadable { path, error } => {
                write!(f, "cannot read {}: {error}; correct the path, or who may read it", path.display())
            }
            Self::TooLong { path } => write!(
                f,
                "{} has more than {} bytes (PEM_LEN_MAX): is it the right file?",
                path.display(),
                super::PEM_LEN_MAX
            ),
            Self::Broken { pem, why } => write!(f, "{pem} is no PEM: {why}; write the file anew"),
            Self::NoCertificate { pem } => {
                write!(f, "{pem} has no certificate: it takes PEM with BEGIN CERTIFICATE in it")
            }
            Self::NoKey { pem } => {
                write!(f, "{pem} has no private key: it takes PEM with BEGIN PRIVATE KEY in it")
            }
            Self::KeyEncrypted { pem } => {
                write!(
                    f,
                    "the private key in {pem} is encrypted: store it decrypted, for the program alone to read"
                )
            }
            Self::KeyUnusable { pem } => {
                write!(
                    f,
                    "the private key in {pem} cannot be used: it takes ECDSA of P-256 or P-384, Ed25519 and RSA of 2048 bits or more"
                )
            }
            Self::KeyMismatch { certificate, key } => write!(
                f,
                "the private key in {key} is not that of the first certificate in {certificate}: give the two that belong together"
            ),
            Self::CertificateUnreadable { pem } => {
                write!(f, "a certificate in {pem} cannot be read: it is damaged, or no X.509 of version 3")
            }
            Self::Expired { pem, since } => {
                write!(
                    f,
                    "the certificate in {pem} expired on {since}: issue another, or see whether this machine's clock is right"
                )
            }
            Self::NotYetValid { pem, from } => write!(
                f,
                "the certificate in {pem} is not valid before {from}: see whether this machine's clock is right"
            ),
            Self::ServerName { name } => {
                write!(f, "the server name `{}` is neither a DNS name nor an IP address", name.escape_debug())
            }
            Self::KeyOfConfigMissing { set, missing } => {
                write!(f, "{set} is set, and {missing} is not: set both, or neither")
            }
            Self::Other(words) => write!(f, "TLS cannot be set up: {words}"),
        }
    }
}

/// The same text as `Display`: `fn main() -> Result<(), TlsError>` prints it, and a user should be able to read it.
impl fmt::Debug for TlsError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

/// Without a source: what lies beneath is part of the text, and in the variants.
impl Error for TlsError {}
