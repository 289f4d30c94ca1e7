//! TLS as a configuration sets it, by the names of files.

use super::{ClientTls, Pem, ServerTls, TlsError};
use crate::config::{Config, Key};

const CERTIFICATE: &str = "tls.certificate";
const KEY: &str = "tls.key";
const CLIENT_CA: &str = "tls.client_ca";
const CLIENT_OPTIONAL: &str = "tls.client_optional";
const CA: &str = "tls.ca";
const SERVER_NAME: &str = "tls.server_name";

/// The keys of a configuration that are about TLS and are no limits.
pub(crate) fn keys() -> [Key; 6] {
    let file = |name, doc| Key::text(name, doc).with_default("");
    [
        file(
            CERTIFICATE,
            "file (PEM) of the certificate that this process proves itself with, followed by those that lead to its CA. \
             Empty: its servers speak no TLS, and its clients show none (feature `tls`).",
        ),
        file(KEY, "file (PEM) of the private key of `tls.certificate` (feature `tls`)."),
        file(
            CLIENT_CA,
            "file (PEM) of the CAs that issue the certificates of clients. Empty: a server asks clients for none (feature `tls`).",
        ),
        Key::flag(CLIENT_OPTIONAL, "whether a server with `tls.client_ca` takes clients without a certificate as well (feature `tls`).")
            .with_default_flag(false),
        file(
            CA,
            "file (PEM) of the CAs that issue the certificates of servers. Empty: clients speak no TLS (feature `tls`).",
        ),
        Key::text(
            SERVER_NAME,
            "the name that the certificates of servers must have. Empty: the host of the target, or the address of the endpoint \
             (feature `tls`).",
        )
        .with_default(""),
    ]
}

impl Config {
    /// What `tls.certificate` and the keys beside it say of a server; `None`: it speaks no TLS. Reads files, and blocks meanwhile.
    ///
    /// [`Server::config`](crate::Server::config) takes it from here.
    ///
    /// # Errors
    ///
    /// [`TlsError`]: a key is missing, or a file is at fault.
    pub fn server_tls(&self) -> Result<Option<ServerTls>, TlsError> {
        let Some((certificate, key)) = self.identity()? else {
            return match (self.pem(CLIENT_CA), self.is_client_optional()) {
                (Some(_), _) => Err(TlsError::KeyOfConfigMissing { set: CLIENT_CA, missing: CERTIFICATE }),
                (None, true) => {
                    Err(TlsError::KeyOfConfigMissing { set: CLIENT_OPTIONAL, missing: CERTIFICATE })
                }
                (None, false) => Ok(None),
            };
        };
        let builder = ServerTls::builder(certificate, key);
        let builder = match (self.pem(CLIENT_CA), self.is_client_optional()) {
            (None, false) => builder,
            (Some(authorities), false) => builder.require_client_certificates(authorities),
            (Some(authorities), true) => builder.accept_client_certificates(authorities),
            (None, true) => {
                return Err(TlsError::KeyOfConfigMissing { set: CLIENT_OPTIONAL, missing: CLIENT_CA });
            }
        };
        builder.load().map(Some)
    }

    /// What `tls.ca` and the keys beside it say of a client; `None`: it speaks no TLS. Reads files, and blocks meanwhile.
    ///
    /// [`ClientBuilder::config`](crate::ClientBuilder::config) takes it from here.
    ///
    /// # Errors
    ///
    /// [`TlsError`]: a key is missing, or a file is at fault.
    pub fn client_tls(&self) -> Result<Option<ClientTls>, TlsError> {
        let server_name = self.text(SERVER_NAME).filter(|name| !name.is_empty());
        let Some(authorities) = self.pem(CA) else {
            return match server_name {
                Some(_) => Err(TlsError::KeyOfConfigMissing { set: SERVER_NAME, missing: CA }),
                None => Ok(None),
            };
        };
        let mut builder = ClientTls::builder(authorities);
        if let Some((certificate, key)) = self.identity()? {
            builder = builder.certificate(certificate, key);
        }
        if let Some(name) = server_name {
            builder = builder.server_name(name);
        }
        builder.load().map(Some)
    }

    fn identity(&self) -> Result<Option<(Pem, Pem)>, TlsError> {
        match (self.pem(CERTIFICATE), self.pem(KEY)) {
            (Some(certificate), Some(key)) => Ok(Some((certificate, key))),
            (None, None) => Ok(None),
            (Some(_), None) => Err(TlsError::KeyOfConfigMissing { set: CERTIFICATE, missing: KEY }),
            (None, Some(_)) => Err(TlsError::KeyOfConfigMissing { set: KEY, missing: CERTIFICATE }),
        }
    }

    fn is_client_optional(&self) -> bool {
        self.flag(CLIENT_OPTIONAL).unwrap_or_default()
    }

    fn pem(&self, key: &str) -> Option<Pem> {
        self.text(key).filter(|path| !path.is_empty()).map(Pem::file)
    }
}
