//! On the way to a server over TLS.

use std::time::Duration;

use svrkit_runtime::tls::{ClientTls, ClientTlsBuilder};
use svrkit_runtime::{Client, ClientBuilder, Config, Limits, Status};
use tokio::io::{AsyncReadExt, AsyncWriteExt};

use crate::authority::{Authority, Certified, Leaf, Secured};
use crate::support::Running;
use crate::tls_peers::{Manner, OF_THE_WEB, OLD, OURS, SILENT, impostor};
use crate::{Seen, listen};

pub(crate) async fn provoke(seen: &mut Seen) {
    set_up_wrongly(seen).await;
    no_handshake(seen).await;
    no_common_words(seen).await;
    servers_certificate(seen).await;
    clients_certificate(seen).await;
}

async fn refused(client: ClientBuilder) -> Status {
    client.connect().await.unwrap_err()
}

/// A client of `address` that trusts this CA.
fn client(address: &str, authority: &Authority) -> ClientBuilder {
    Client::builder(address).tls(ClientTls::builder(authority.pem()).load().unwrap())
}

async fn set_up_wrongly(seen: &mut Seen) {
    let config = Config::builder().set("tls.ca", "/nowhere/ca.crt").load().unwrap();
    let server = Running::start().await;
    seen.caller("tls_not_loaded", refused(Client::builder(server.address.to_string()).config(&config)).await);
    // What resolvers take for an address, and certificates do not.
    let target = format!("127.1:{}", server.address.port());
    seen.caller("tls_server_name_invalid", refused(client(&target, &Authority::new("ca"))).await);
}

/// What comes of a server that reads a hello, answers with these bytes and leaves.
async fn answered_with(bytes: &[u8]) -> Status {
    let (listener, address) = listen().await;
    let server = async {
        let mut stream = listener.accept().await.unwrap().0;
        assert!(stream.read(&mut [0; 4096]).await.unwrap() > 0);
        stream.write_all(bytes).await.unwrap();
    };
    let authority = Authority::new("ca");
    tokio::join!(refused(client(&address, &authority)), server).0
}

async fn no_handshake(seen: &mut Seen) {
    let (_silent, address) = listen().await;
    let authority = Authority::new("ca");
    let limits = Limits { tls_handshake_timeout: Duration::from_millis(20), ..Limits::default() };
    seen.caller("tls_handshake_late", refused(client(&address, &authority).limits(limits)).await);
    let long = impostor(&authority.issue(Leaf::here().longer_by(4000)), OURS).await;
    let limits = Limits { tls_handshake_bytes: 1024, ..Limits::default() };
    seen.caller("tls_handshake_too_long", refused(client(&long, &authority).limits(limits)).await);
    seen.caller("tls_handshake_cut", answered_with(b"").await);
    // An alert of the kind that says least.
    seen.caller("tls_failed", answered_with(b"\x15\x03\x03\x00\x02\x02\x50").await);

    let (listener, address) = listen().await;
    let server = async {
        let stream = listener.accept().await.unwrap().0;
        assert_eq!(stream.peek(&mut [0; 1]).await.unwrap(), 1);
        stream.set_zero_linger().unwrap();
    };
    seen.caller("tls_handshake_lost", tokio::join!(refused(client(&address, &authority)), server).0);
}

async fn no_common_words(seen: &mut Seen) {
    let (plain, secured) = (Running::start().await, Secured::start().await);
    seen.caller("tls_unknown_there", refused(client(&plain.address.to_string(), &secured.authority)).await);
    seen.caller("tls_wanted", refused(Client::builder(secured.server.address())).await);
    let certified = secured.authority.issue(Leaf::here());
    let called = async |manner: Manner| {
        let address = impostor(&certified, manner).await;
        refused(client(&address, &secured.authority)).await
    };
    seen.caller("tls_version_unshared", called(OLD).await);
    seen.caller("tls_protocol_unshared", called(SILENT).await);
    crate::check("tls_protocol_unshared", &called(OF_THE_WEB).await);
}

async fn servers_certificate(seen: &mut Seen) {
    let authority = Authority::new("ca");
    let shown = async |certified: Certified| {
        let address = impostor(&certified, OURS).await;
        refused(client(&address, &authority)).await
    };
    let ours = |leaf| authority.issue(leaf);
    seen.caller("tls_certificate_expired", shown(ours(Leaf::here().valid(2000, 2001))).await);
    seen.caller("tls_certificate_not_yet_valid", shown(ours(Leaf::here().valid(3000, 3001))).await);
    seen.caller("tls_certificate_of_another", shown(ours(Leaf::of(&["elsewhere.example"]))).await);
    seen.caller("tls_issuer_unknown", shown(Authority::new("another CA").issue(Leaf::here())).await);
    seen.caller("tls_certificate_self_signed", shown(Leaf::here().self_signed()).await);
    seen.caller("tls_certificate_of_authority", shown(ours(Leaf::here().of_authority())).await);
    seen.caller("tls_certificate_for_clients", shown(ours(Leaf::here().for_clients())).await);
    // Of the same name, with another key.
    seen.caller("tls_certificate_refused", shown(Authority::new("ca").issue(Leaf::here())).await);
}

async fn clients_certificate(seen: &mut Seen) {
    let secured =
        Secured::with(Leaf::here(), |tls, authority| tls.require_client_certificates(authority.pem())).await;
    let shown = async |tls: ClientTlsBuilder| refused(secured.builder(tls)).await;
    seen.caller("tls_client_certificate_missing", shown(secured.trust()).await);
    let (certificate, key) = Authority::new("another CA").issue(Leaf::here()).pems();
    seen.caller("tls_client_certificate_refused", shown(secured.trust().certificate(certificate, key)).await);
}
