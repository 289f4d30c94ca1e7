//! What a server proves itself with, and which clients it takes.

use std::fmt;
use std::sync::Arc;

use tokio::net::TcpStream;
use tokio_rustls::TlsAcceptor;
use tokio_rustls::rustls::ServerConfig;
use tokio_rustls::rustls::server::NoServerSessionStorage;

use super::certificate::PeerCertificate;
use super::error::TlsError;
use super::failure::Failure;
use super::identity::{Identity, IdentityText, roots};
use super::metered::Metered;
use super::pem::Pem;
use super::reloading::{Recipe, Reloading, Reloads};
use super::verifier::OfClients;
use super::{ALPN, TlsStream, VERSIONS, provider};
use crate::limits::Limits;

/// What a server over TLS proves itself with, and which clients it takes; for [`Server::tls`](crate::Server::tls). A clone is the
/// same: what one reloads, all have.
///
/// ```no_run
/// # async fn run(orders: impl svrkit_runtime::Service) -> Result<(), svrkit_runtime::ServeError> {
/// use svrkit_runtime::Server;
/// use svrkit_runtime::tls::{Pem, ServerTls};
///
/// let tls = ServerTls::builder(Pem::file("shop.crt"), Pem::file("shop.key"))
///     .require_client_certificates(Pem::file("ca.crt"))
///     .load()?;
/// Server::new().tls(tls).service(orders).serve("0.0.0.0:4310").await
/// # }
/// ```
#[derive(Clone)]
pub struct ServerTls(Arc<Reloading<Settings>>);

/// The settings of a server over TLS, about to be loaded: [`ServerTls::builder`].
#[derive(Clone, Debug)]
#[must_use = "settings secure nothing until they are loaded"]
pub struct ServerTlsBuilder(Settings);

#[derive(Clone, Debug)]
struct Settings {
    identity: Identity,
    clients: Clients,
}

/// Which clients are taken.
#[derive(Clone, Debug)]
enum Clients {
    /// All; nobody is asked who they are.
    Unknown,
    /// Those without a certificate, and those whose certificate this issued.
    Optional(Pem),
    /// Those whose certificate this issued.
    Required(Pem),
}

/// A client whose handshake is done.
pub(crate) struct Accepted {
    pub(crate) stream: TlsStream,
    /// `None`: it has none.
    pub(crate) certificate: Option<PeerCertificate>,
}

impl ServerTls {
    /// A server that proves itself by the first certificate of `certificate`, followed by those that lead to its CA, and by `key`.
    pub fn builder(certificate: Pem, key: Pem) -> ServerTlsBuilder {
        ServerTlsBuilder(Settings { identity: Identity { certificate, key }, clients: Clients::Unknown })
    }

    /// Loads files and bytes again now, instead of `tls.watch` after the last look. Connections that there are go on. Blocks
    /// while it reads files.
    ///
    /// # Errors
    ///
    /// [`TlsError`]; what was loaded before goes on being used.
    pub fn reload(&self) -> Result<(), TlsError> {
        self.0.reload()
    }

    /// How often something else was loaded.
    #[must_use]
    pub fn reloads(&self) -> Reloads {
        self.0.reloads()
    }

    /// Shakes hands, for as long as it takes. On failure the stream comes back, where there still is one: its peer has to read why.
    pub(crate) async fn accept(
        &self,
        stream: TcpStream,
        limits: &Limits,
    ) -> Result<Accepted, (Failure, Option<TcpStream>)> {
        let acceptor = TlsAcceptor::from(self.0.fresh(limits.tls_watch).await);
        let metered = Metered::new(stream, limits.tls_handshake_bytes);
        let mut stream = match acceptor.accept(metered).into_fallible().await {
            Ok(stream) => stream,
            Err((error, metered)) => {
                let (stream, start) = metered.into_parts();
                return Err((Failure::of(error, start), Some(stream)));
            }
        };
        let (metered, session) = stream.get_mut();
        if session.alpn_protocol() != Some(ALPN) {
            return Err((Failure::NoCommonProtocol, None));
        }
        metered.free();
        let certificate = session.peer_certificates().and_then(|chain| PeerCertificate::of(chain.first()?));
        Ok(Accepted { stream: stream.into(), certificate })
    }
}

impl ServerTlsBuilder {
    /// Takes only clients that have a certificate which one of `authorities` issued, for clients (mTLS).
    pub fn require_client_certificates(mut self, authorities: Pem) -> Self {
        self.0.clients = Clients::Required(authorities);
        self
    }

    /// Takes clients without a certificate as well, who are nobody known then. One that is shown must be one which one of
    /// `authorities` issued.
    pub fn accept_client_certificates(mut self, authorities: Pem) -> Self {
        self.0.clients = Clients::Optional(authorities);
        self
    }

    /// Reads files and makes sure that all of it can be used. Blocks meanwhile, and is for the start of a program.
    ///
    /// # Errors
    ///
    /// [`TlsError`]: which file is at fault, and how.
    pub fn load(self) -> Result<ServerTls, TlsError> {
        Reloading::load(self.0).map(ServerTls)
    }
}

impl Clients {
    fn authorities(&self) -> Option<&Pem> {
        match self {
            Self::Unknown => None,
            Self::Optional(authorities) | Self::Required(authorities) => Some(authorities),
        }
    }
}

impl Recipe for Settings {
    /// Of the authorities none where no certificates are asked for.
    type Text = (IdentityText, Option<Vec<u8>>);
    type Config = ServerConfig;

    const WHOSE: &'static str = "the server";

    fn has_files(&self) -> bool {
        self.identity.is_file() || self.clients.authorities().is_some_and(Pem::is_file)
    }

    fn read(&self) -> Result<Self::Text, TlsError> {
        Ok((self.identity.read()?, self.clients.authorities().map(Pem::read).transpose()?))
    }

    fn build(&self, (identity, authorities): &Self::Text) -> Result<ServerConfig, TlsError> {
        let builder = ServerConfig::builder_with_provider(provider())
            .with_protocol_versions(VERSIONS)
            .map_err(|error| TlsError::Other(error.to_string()))?;
        let builder = match (self.clients.authorities(), authorities) {
            (Some(pem), Some(text)) => {
                let required = matches!(self.clients, Clients::Required(_));
                builder.with_client_cert_verifier(OfClients::new(roots(pem, text)?, required)?)
            }
            _ => builder.with_no_client_auth(),
        };
        let mut config = builder.with_cert_resolver(self.identity.build(identity)?);
        config.alpn_protocols = vec![ALPN.to_vec()];
        // A session that is resumed is not verified again: certificates that are over, or trusted no more, would live on.
        // Connections are few and last long.
        config.session_storage = Arc::new(NoServerSessionStorage {});
        config.send_tls13_tickets = 0;
        Ok(config)
    }
}

impl fmt::Debug for ServerTls {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ServerTls").field("reloads", &self.reloads()).finish_non_exhaustive()
    }
}
