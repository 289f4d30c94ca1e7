//! Which servers a client takes, and what it proves itself with.

use std::fmt;
use std::sync::Arc;

use tokio::net::TcpStream;
use tokio::time::timeout;
use tokio_rustls::TlsConnector;
use tokio_rustls::rustls::ClientConfig;
use tokio_rustls::rustls::client::Resumption;
use tokio_rustls::rustls::pki_types::ServerName;

use super::error::TlsError;
use super::failure::Failure;
use super::identity::{Identity, IdentityText, roots};
use super::metered::Metered;
use super::pem::Pem;
use super::reloading::{Recipe, Reloading, Reloads};
use super::verifier::OfServers;
use super::{ALPN, TlsStream, VERSIONS, provider};
use crate::limits::Limits;

/// Which servers a client over TLS takes, and what it proves itself with; for [`ClientBuilder::tls`](crate::ClientBuilder::tls). A
/// clone is the same: what one reloads, all have.
///
/// ```no_run
/// # async fn run() -> Result<(), Box<dyn std::error::Error + Send + Sync>> {
/// use svrkit_runtime::Client;
/// use svrkit_runtime::tls::{ClientTls, Pem};
///
/// let tls = ClientTls::builder(Pem::file("ca.crt"))
///     .certificate(Pem::file("web.crt"), Pem::file("web.key"))
///     .load()?;
/// let client = Client::builder("shop.example:4310").tls(tls).connect().await?;
/// # Ok(())
/// # }
/// ```
#[derive(Clone)]
pub struct ClientTls {
    config: Arc<Reloading<Settings>>,
    /// Set by hand.
    server_name: Option<ServerName<'static>>,
}

/// The settings of a client over TLS, about to be loaded: [`ClientTls::builder`].
#[derive(Clone, Debug)]
#[must_use = "settings secure nothing until they are loaded"]
pub struct ClientTlsBuilder {
    settings: Settings,
    server_name: Option<String>,
}

#[derive(Clone, Debug)]
struct Settings {
    authorities: Pem,
    /// `None`: it is nobody known.
    identity: Option<Identity>,
}

impl ClientTls {
    /// A client that takes servers whose certificate one of `authorities` issued, for servers and for the name by which they are
    /// called. There are no others: the CAs that the system trusts are not asked.
    pub fn builder(authorities: Pem) -> ClientTlsBuilder {
        ClientTlsBuilder { settings: Settings { authorities, identity: None }, server_name: None }
    }

    /// Loads files and bytes again now, instead of `tls.watch` after the last look. Connections that there are go on. Blocks
    /// while it reads files.
    ///
    /// # Errors
    ///
    /// [`TlsError`]; what was loaded before goes on being used.
    pub fn reload(&self) -> Result<(), TlsError> {
        self.config.reload()
    }

    /// How often something else was loaded.
    #[must_use]
    pub fn reloads(&self) -> Reloads {
        self.config.reloads()
    }

    /// The name that the certificate of a server at `host` must have; `None`: `host` is no name that a certificate can have.
    pub(crate) fn server_name(&self, host: &str) -> Option<ServerName<'static>> {
        self.server_name.clone().or_else(|| ServerName::try_from(host.to_owned()).ok())
    }

    /// Shakes hands with the server of that name.
    pub(crate) async fn connect(
        &self,
        stream: TcpStream,
        server_name: ServerName<'static>,
        limits: &Limits,
    ) -> Result<TlsStream, Failure> {
        let handshake = async {
            let connector = TlsConnector::from(self.config.fresh(limits.tls_watch).await);
            let metered = Metered::new(stream, limits.tls_handshake_bytes);
            connector.connect(server_name, metered).into_fallible().await
        };
        let mut stream = match timeout(limits.tls_handshake_timeout, handshake).await {
            Ok(Ok(stream)) => stream,
            Ok(Err((error, metered))) => return Err(Failure::of(error, metered.into_parts().1)),
            Err(_) => return Err(Failure::Late),
        };
        let (metered, session) = stream.get_mut();
        if session.alpn_protocol() != Some(ALPN) {
            return Err(Failure::NoCommonProtocol);
        }
        metered.free();
        Ok(stream.into())
    }
}

impl ClientTlsBuilder {
    /// Proves the client by the first certificate of `certificate`, followed by those that lead to its CA, and by `key` (mTLS).
    /// Servers that do not ask are not told.
    pub fn certificate(mut self, certificate: Pem, key: Pem) -> Self {
        self.settings.identity = Some(Identity { certificate, key });
        self
    }

    /// Sets the name that the certificates of servers must have: a DNS name or an IP address. Otherwise it is the host of the
    /// target where that is one name, and else the address of each endpoint.
    pub fn server_name(mut self, name: impl Into<String>) -> Self {
        self.server_name = Some(name.into());
        self
    }

    /// Reads files and makes sure that all of it can be used. Blocks meanwhile, and is for the start of a program.
    ///
    /// # Errors
    ///
    /// [`TlsError`]: which file is at fault, and how.
    pub fn load(self) -> Result<ClientTls, TlsError> {
        let server_name = self
            .server_name
            .map(|name| ServerName::try_from(name.clone()).map_err(|_| TlsError::ServerName { name }));
        Ok(ClientTls { server_name: server_name.transpose()?, config: Reloading::load(self.settings)? })
    }
}

impl Recipe for Settings {
    type Text = (Vec<u8>, Option<IdentityText>);
    type Config = ClientConfig;

    const WHOSE: &'static str = "a client";

    fn has_files(&self) -> bool {
        self.authorities.is_file() || self.identity.as_ref().is_some_and(Identity::is_file)
    }

    fn read(&self) -> Result<Self::Text, TlsError> {
        Ok((self.authorities.read()?, self.identity.as_ref().map(Identity::read).transpose()?))
    }

    fn build(&self, (authorities, identity): &Self::Text) -> Result<ClientConfig, TlsError> {
        let builder = ClientConfig::builder_with_provider(provider())
            .with_protocol_versions(VERSIONS)
            .map_err(|error| TlsError::Other(error.to_string()))?
            // Dangerous is what decides otherwise; ours only says more.
            .dangerous()
            .with_custom_certificate_verifier(OfServers::new(roots(&self.authorities, authorities)?)?);
        let mut config = match (&self.identity, identity) {
            (Some(identity), Some(text)) => builder.with_client_cert_resolver(identity.build(text)?),
            _ => builder.with_no_client_auth(),
        };
        config.alpn_protocols = vec![ALPN.to_vec()];
        // See the server's: every connection is verified.
        config.resumption = Resumption::disabled();
        Ok(config)
    }
}

impl fmt::Debug for ClientTls {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ClientTls")
            .field("server_name", &self.server_name)
            .field("reloads", &self.reloads())
            .finish_non_exhaustive()
    }
}
