//! Peers over TLS of other making: they do what ours would not.
#![allow(dead_code, reason = "each test program uses its own part of this module")]

use std::sync::Arc;

use tokio::io::AsyncReadExt;
use tokio::net::{TcpListener, TcpStream};
use tokio_rustls::rustls::crypto::{CryptoProvider, ring};
use tokio_rustls::rustls::pki_types::pem::PemObject;
use tokio_rustls::rustls::pki_types::{CertificateDer, PrivateKeyDer, ServerName};
use tokio_rustls::rustls::version::{TLS12, TLS13};
use tokio_rustls::rustls::{ClientConfig, RootCertStore, ServerConfig, SupportedProtocolVersion};
use tokio_rustls::{TlsAcceptor, TlsConnector, client};

use crate::authority::{Authority, Certified};

/// How a peer speaks TLS.
#[derive(Clone, Copy)]
pub(crate) struct Manner {
    pub(crate) versions: &'static [&'static SupportedProtocolVersion],
    pub(crate) alpn: &'static [u8],
}

pub(crate) const OURS: Manner = Manner { versions: &[&TLS13], alpn: b"svrkit/1" };
pub(crate) const OLD: Manner = Manner { versions: &[&TLS12], ..OURS };
pub(crate) const OF_THE_WEB: Manner = Manner { alpn: b"h2", ..OURS };
/// Says nothing of what it speaks.
pub(crate) const SILENT: Manner = Manner { alpn: b"", ..OURS };

impl Manner {
    fn alpn(self) -> Vec<Vec<u8>> {
        if self.alpn.is_empty() { Vec::new() } else { vec![self.alpn.to_vec()] }
    }
}

fn provider() -> Arc<CryptoProvider> {
    Arc::new(ring::default_provider())
}

fn parts(certified: &Certified) -> (Vec<CertificateDer<'static>>, PrivateKeyDer<'static>) {
    let chain =
        CertificateDer::pem_slice_iter(certified.certificate.as_bytes()).map(Result::unwrap).collect();
    (chain, PrivateKeyDer::from_pem_slice(certified.key.as_bytes()).unwrap())
}

/// A server that shakes hands with whoever comes and says nothing more. Where it listens.
pub(crate) async fn impostor(certified: &Certified, manner: Manner) -> String {
    let (chain, key) = parts(certified);
    let mut config = ServerConfig::builder_with_provider(provider())
        .with_protocol_versions(manner.versions)
        .unwrap()
        .with_no_client_auth()
        .with_single_cert(chain, key)
        .unwrap();
    config.alpn_protocols = manner.alpn();
    let acceptor = TlsAcceptor::from(Arc::new(config));
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap().to_string();
    tokio::spawn(async move {
        loop {
            let (stream, _) = listener.accept().await.unwrap();
            let accepting = acceptor.accept(stream).into_fallible();
            tokio::spawn(async move {
                // Read to its end, so that leaving is no reset.
                match accepting.await {
                    Ok(mut stream) => drop(stream.read_to_end(&mut Vec::new()).await),
                    Err((_, mut stream)) => drop(stream.read_to_end(&mut Vec::new()).await),
                }
            });
        }
    });
    address
}

/// What makes a client that trusts `authority` and shows `certified`.
pub(crate) fn connector(
    authority: &Authority,
    certified: Option<&Certified>,
    manner: Manner,
) -> TlsConnector {
    let mut roots = RootCertStore::empty();
    roots.add(CertificateDer::from_pem_slice(authority.text().as_bytes()).unwrap()).unwrap();
    let builder = ClientConfig::builder_with_provider(provider())
        .with_protocol_versions(manner.versions)
        .unwrap()
        .with_root_certificates(roots);
    let mut config = match certified.map(parts) {
        Some((chain, key)) => builder.with_client_auth_cert(chain, key).unwrap(),
        None => builder.with_no_client_auth(),
    };
    config.alpn_protocols = manner.alpn();
    TlsConnector::from(Arc::new(config))
}

/// A client of `address`, whose handshake is over for its side.
pub(crate) async fn shake_hands(
    connector: &TlsConnector,
    address: &str,
) -> std::io::Result<client::TlsStream<TcpStream>> {
    let stream = TcpStream::connect(address).await?;
    connector.connect(ServerName::try_from("localhost").unwrap(), stream).await
}
