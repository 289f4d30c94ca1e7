//! `call`, `describe` and `top` over TLS: real sockets, certificates of a CA of our own, right ones and wrong ones.

use std::io::Read as _;
use std::net::TcpListener;
use std::path::PathBuf;
use std::sync::Arc;
use std::thread;

use rcgen::{BasicConstraints, CertificateParams, CertifiedIssuer, IsCa, KeyPair, date_time_ymd};
use svrkit_runtime::tls::{Pem, ServerTls, ServerTlsBuilder};
use tokio_rustls::rustls::crypto::ring;
use tokio_rustls::rustls::pki_types::pem::PemObject as _;
use tokio_rustls::rustls::pki_types::{CertificateDer, PrivateKeyDer};
use tokio_rustls::rustls::version::TLS13;
use tokio_rustls::rustls::{ServerConfig, ServerConnection, StreamOwned};

use crate::shop::{ShopServer, descriptors};
use crate::support::{Ended, Folder};

/// A CA, and a folder with what it has issued.
struct Authority {
    issuer: CertifiedIssuer<'static, KeyPair>,
    folder: Folder,
}

impl Authority {
    fn new() -> Self {
        let mut params = CertificateParams::new(Vec::new()).unwrap();
        params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
        let issuer = CertifiedIssuer::self_signed(params, KeyPair::generate().unwrap()).unwrap();
        let folder = Folder::new();
        folder.write("ca.pem", &issuer.pem());
        Self { issuer, folder }
    }

    /// A certificate and its key, as files `NAME.crt` and `NAME.key`; it is valid until the beginning of this year.
    fn issue(&self, name: &str, subject: &str, until: i32) -> [PathBuf; 2] {
        self.issue_into(&self.folder, name, subject, until)
    }

    fn issue_into(&self, folder: &Folder, name: &str, subject: &str, until: i32) -> [PathBuf; 2] {
        let mut params = CertificateParams::new([subject.to_owned()]).unwrap();
        (params.not_before, params.not_after) = (date_time_ymd(2000, 1, 1), date_time_ymd(until, 1, 1));
        let key = KeyPair::generate().unwrap();
        let certificate = params.signed_by(&key, &self.issuer).unwrap();
        [
            folder.write(&format!("{name}.crt"), &certificate.pem()),
            folder.write(&format!("{name}.key"), &key.serialize_pem()),
        ]
    }

    /// The shop with a certificate for `subject`.
    fn shop(&self, subject: &str, set: impl FnOnce(ServerTlsBuilder, Pem) -> ServerTlsBuilder) -> ShopServer {
        let [certificate, key] = self.issue("server", subject, 3000);
        let builder = ServerTls::builder(Pem::file(certificate), Pem::file(key));
        let tls = set(builder, Pem::file(self.folder.path().join("ca.pem"))).load().unwrap();
        ShopServer::start_with(descriptors(), |server| server.tls(tls))
    }

    /// Where something shakes hands that has a certificate which a server of ours would not begin with, and says nothing more.
    fn impostor(&self, subject: &str, until: i32) -> String {
        let [certificate, key] = self.issue("impostor", subject, until);
        let chain = vec![CertificateDer::from_pem_file(certificate).unwrap()];
        let key = PrivateKeyDer::from_pem_file(key).unwrap();
        let mut config = ServerConfig::builder_with_provider(Arc::new(ring::default_provider()))
            .with_protocol_versions(&[&TLS13])
            .unwrap()
            .with_no_client_auth()
            .with_single_cert(chain, key)
            .unwrap();
        config.alpn_protocols = vec![b"svrkit/1".to_vec()];
        let config = Arc::new(config);
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let address = listener.local_addr().unwrap().to_string();
        // Lives as long as the process of the test.
        thread::spawn(move || {
            for stream in listener.incoming() {
                let session = ServerConnection::new(Arc::clone(&config)).unwrap();
                // Whoever comes finds the certificate at fault, and says so.
                let _ = StreamOwned::new(session, stream.unwrap()).read_to_end(&mut Vec::new());
            }
        });
        address
    }

    /// What each of the subcommands that ask a server comes to with these options, in the folder of the certificates.
    fn asked(&self, address: &str, options: &[&str]) -> [Ended; 3] {
        [
            &["call", address, "Place", "{\"name\": \"tea\"}"][..],
            &["describe", address, "Color"],
            &["top", address, "--once"],
        ]
        .map(|words| self.folder.svrkit([words, options].concat()))
    }

    #[track_caller]
    fn check_answers(&self, server: &ShopServer, options: &[&str]) {
        let [call, describe, top] = self.asked(&server.address, options);
        call.check(0, "{\"name\":\"tea\"}\n", "");
        describe.check(0, "enum shop.Color\n  0 RED\n  1 BLUE\n", "");
        assert!(top.code == 0 && top.stdout.starts_with("METHOD "), "{top:?}");
    }

    #[track_caller]
    fn check_refused(&self, address: &str, options: &[&str], parts: &[&str]) {
        for ended in self.asked(address, options) {
            assert_eq!((ended.code, &*ended.stdout), (1, ""), "{ended:?}");
            for part in parts {
                assert!(ended.stderr.contains(part), "{part}: {}", ended.stderr);
            }
        }
    }
}

const CA: [&str; 2] = ["--ca", "ca.pem"];

fn plain(tls: ServerTlsBuilder, _: Pem) -> ServerTlsBuilder {
    tls
}

fn with_clients(tls: ServerTlsBuilder, authorities: Pem) -> ServerTlsBuilder {
    tls.require_client_certificates(authorities)
}

#[test]
fn a_server_that_the_ca_vouches_for_is_asked() {
    let authority = Authority::new();
    let shop = authority.shop("127.0.0.1", plain);
    authority.check_answers(&shop, &CA);
}

#[test]
fn a_certificate_is_shown_to_servers_that_want_one() {
    let authority = Authority::new();
    let shop = authority.shop("127.0.0.1", with_clients);
    authority.issue("me", "operator.example", 3000);
    let shown = ["--ca", "ca.pem", "--cert", "me.crt", "--key", "me.key"];
    authority.check_answers(&shop, &shown);
    let missing = ["UNAUTHENTICATED: ", "at fault: caller", "\n  show it one: --cert FILE --key FILE\n"];
    authority.check_refused(&shop.address, &CA, &missing);
    Authority::new().issue_into(&authority.folder, "other", "operator.example", 3000);
    let foreign = [
        "UNAUTHENTICATED: ",
        "does not take this client's certificate: ",
        "at fault: caller",
        "\n  show one that ",
    ];
    authority.check_refused(
        &shop.address,
        &["--ca", "ca.pem", "--cert", "other.crt", "--key", "other.key"],
        &foreign,
    );
    // Nobody has to be asked to know of this one.
    authority.issue("old", "operator.example", 2001);
    for ended in authority.asked(&shop.address, &["--ca", "ca.pem", "--cert", "old.crt", "--key", "old.key"])
    {
        let expected = "error: the certificate in old.crt expired on 2001-01-01T00:00:00Z: issue another, or see whether this \
                        machine's clock is right\n";
        ended.check(2, "", expected);
    }
}

#[test]
fn a_certificate_of_another_name_is_told_and_the_name_may_be_given() {
    let authority = Authority::new();
    let shop = authority.shop("shop.example", plain);
    let parts = [
        "UNAVAILABLE: ",
        "the server's certificate is not for 127.0.0.1, but for shop.example",
        "at fault: caller",
        "\n  if it is the right server, give the name by --server-name NAME\n",
    ];
    authority.check_refused(&shop.address, &CA, &parts);
    authority.check_answers(&shop, &["--ca", "ca.pem", "--server-name", "shop.example"]);
    let other = ["--ca", "ca.pem", "--server-name", "stock.example"];
    authority.check_refused(&shop.address, &other, &["is not for stock.example, but for shop.example"]);
}

#[test]
fn a_certificate_that_is_over_and_one_of_another_ca_are_told() {
    let authority = Authority::new();
    let over = authority.impostor("127.0.0.1", 2001);
    let parts = [
        "the server's certificate expired on 2001-01-01",
        "at fault: callee",
        "\n  have another issued for the server",
    ];
    authority.check_refused(&over, &CA, &parts);
    let other = Authority::new();
    let shop = other.shop("127.0.0.1", plain);
    // Both CAs are called the same, with other keys: it is the name by which an issuer is looked for.
    authority.check_refused(
        &shop.address,
        &CA,
        &["the server's certificate is not taken: ", "at fault: callee", "\n  "],
    );
}

#[test]
fn who_speaks_tls_and_who_does_not_is_told() {
    let authority = Authority::new();
    let (secured, open) = (authority.shop("127.0.0.1", plain), ShopServer::start());
    let wanted = [
        "FAILED_PRECONDITION: ",
        "over TLS on this port",
        "at fault: caller",
        "\n  name the CA of its certificate: --ca FILE\n",
    ];
    authority.check_refused(&secured.address, &[], &wanted);
    let unknown = [
        "without TLS on this port",
        "at fault: caller",
        "\n  leave --ca out, or name the port that has TLS\n",
    ];
    authority.check_refused(&open.address, &CA, &unknown);
}

#[test]
fn files_that_are_no_certificates_are_named_and_nobody_is_asked() {
    let authority = Authority::new();
    let shop = authority.shop("127.0.0.1", plain);
    authority.folder.write("empty.pem", "");
    authority.issue("me", "operator.example", 3000);
    for (options, part) in [
        (&["--ca", "absent.pem"][..], "absent.pem"),
        (&["--ca", "empty.pem"], "empty.pem"),
        (&["--ca", "ca.pem", "--cert", "me.crt", "--key", "absent.key"], "absent.key"),
        (&["--ca", "ca.pem", "--cert", "me.crt", "--key", "server.key"], "server.key"),
        (&["--ca", "ca.pem", "--cert", "me.crt"], "--key <FILE>"),
        (&["--cert", "me.crt", "--key", "me.key"], "--ca <FILE>"),
        (&["--server-name", "shop.example"], "--ca <FILE>"),
    ] {
        for ended in authority.asked(&shop.address, options) {
            assert_eq!((ended.code, &*ended.stdout), (2, ""), "{ended:?}");
            assert!(
                ended.stderr.starts_with("error: ") && ended.stderr.contains(part),
                "{part}: {}",
                ended.stderr
            );
        }
    }
}
