//! Connections over TLS 1.3, by the cargo feature `tls`: rustls, with ring.
//!
//! [`ServerTls`] and [`ClientTls`] are what a server or client proves itself with and whom it trusts, read from [`Pem`] files or
//! bytes and made anew when those change. A handshake ends in a socket like any other, or in a `Failure`, of which each side
//! makes its own words. TLS is for TCP: a Unix socket stays on its machine, and its file says who may connect.
//! *Absent:* frames, calls; system roots.

mod certificate;
mod client;
mod config;
mod error;
mod failure;
mod identity;
mod metered;
mod pem;
mod reloading;
mod server;
mod verifier;

use std::sync::Arc;

use tokio_rustls::rustls::SupportedProtocolVersion;
use tokio_rustls::rustls::crypto::{CryptoProvider, ring};
use tokio_rustls::rustls::version::TLS13;

pub use self::certificate::PeerCertificate;
pub use self::client::{ClientTls, ClientTlsBuilder};
pub(crate) use self::config::keys;
pub use self::error::TlsError;
pub(crate) use self::failure::{CertificateFault, Failure, Refusal, refusal};
pub use self::pem::{PEM_LEN_MAX, Pem};
pub use self::reloading::Reloads;
pub(crate) use self::server::Accepted;
pub use self::server::{ServerTls, ServerTlsBuilder};

/// A TCP stream over TLS, of either side.
pub(crate) type TlsStream = tokio_rustls::TlsStream<metered::Metered<tokio::net::TcpStream>>;

/// What both sides say they speak (RFC 7301), and insist on: a server of something else that has a certificate of the same name is
/// told apart before it is sent a byte. It names the frames; their versions are the hello's.
const ALPN: &[u8] = b"svrkit/1";

/// Neither side speaks an older version: both are ours.
const VERSIONS: &[&SupportedProtocolVersion] = &[&TLS13];

/// Always named, so that no other part of the process decides what is used here.
fn provider() -> Arc<CryptoProvider> {
    Arc::new(ring::default_provider())
}
