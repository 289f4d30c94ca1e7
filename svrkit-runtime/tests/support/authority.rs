//! Certificates, right ones and wrong ones, and the two sides that have them.
#![allow(dead_code, reason = "each test program uses its own part of this module")]

use rcgen::{
    BasicConstraints, CertificateParams, CertifiedIssuer, CustomExtension, DnType, ExtendedKeyUsagePurpose,
    IsCa, KeyPair, SanType, date_time_ymd,
};
use svrkit_runtime::testing::TestServer;
use svrkit_runtime::tls::{ClientTls, ClientTlsBuilder, Pem, ServerTls, ServerTlsBuilder};
use svrkit_runtime::{Client, ClientBuilder, ConnectionEnd, Monitor, Server, Side};
use tokio::sync::mpsc;

use crate::support::Test;

/// A CA.
pub(crate) struct Authority(CertifiedIssuer<'static, KeyPair>);

/// A certificate and its key, as PEM.
#[derive(Clone, Default)]
pub(crate) struct Certified {
    pub(crate) certificate: String,
    pub(crate) key: String,
}

/// What a certificate says.
pub(crate) struct Leaf(CertificateParams);

impl Leaf {
    /// One that is for this machine.
    pub(crate) fn here() -> Self {
        Self::of(&["localhost", "127.0.0.1"])
    }

    /// Names that look like addresses are addresses.
    pub(crate) fn of(names: &[&str]) -> Self {
        let names: Vec<String> = names.iter().map(|name| (*name).into()).collect();
        Self(CertificateParams::new(names).unwrap())
    }

    pub(crate) fn uri(mut self, uri: &str) -> Self {
        self.0.subject_alt_names.push(SanType::URI(uri.try_into().unwrap()));
        self
    }

    /// From one year on until another.
    pub(crate) fn valid(mut self, from: i32, until: i32) -> Self {
        (self.0.not_before, self.0.not_after) = (date_time_ymd(from, 1, 1), date_time_ymd(until, 1, 1));
        self
    }

    pub(crate) fn for_servers(mut self) -> Self {
        self.0.extended_key_usages = vec![ExtendedKeyUsagePurpose::ServerAuth];
        self
    }

    pub(crate) fn for_clients(mut self) -> Self {
        self.0.extended_key_usages = vec![ExtendedKeyUsagePurpose::ClientAuth];
        self
    }

    pub(crate) fn of_authority(mut self) -> Self {
        self.0.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
        self
    }

    /// With so many bytes more, in an extension that means nothing.
    pub(crate) fn longer_by(mut self, bytes: usize) -> Self {
        // A private enterprise's number that nobody uses, and an OCTET STRING of zeroes.
        let len = u32::try_from(bytes).unwrap().to_be_bytes();
        let content = [&[0x04, 0x84][..], &len, &vec![0; bytes]].concat();
        let extension = CustomExtension::from_oid_content(&[1, 3, 6, 1, 4, 1, 99_999, 1], content);
        self.0.custom_extensions.push(extension);
        self
    }

    pub(crate) fn self_signed(self) -> Certified {
        let key = KeyPair::generate().unwrap();
        Certified { certificate: self.0.self_signed(&key).unwrap().pem(), key: key.serialize_pem() }
    }
}

impl Authority {
    pub(crate) fn new(name: &str) -> Self {
        let mut params = CertificateParams::new(Vec::new()).unwrap();
        params.distinguished_name.push(DnType::CommonName, name);
        params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
        Self(CertifiedIssuer::self_signed(params, KeyPair::generate().unwrap()).unwrap())
    }

    /// One whose certificate this one has issued.
    pub(crate) fn below(&self, name: &str) -> Self {
        let mut params = CertificateParams::new(Vec::new()).unwrap();
        params.distinguished_name.push(DnType::CommonName, name);
        params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
        Self(CertifiedIssuer::signed_by(params, KeyPair::generate().unwrap(), &self.0).unwrap())
    }

    pub(crate) fn text(&self) -> String {
        self.0.pem()
    }

    pub(crate) fn pem(&self) -> Pem {
        Pem::bytes(self.text())
    }

    pub(crate) fn issue(&self, leaf: Leaf) -> Certified {
        let key = KeyPair::generate().unwrap();
        let certificate = leaf.0.signed_by(&key, &self.0).unwrap();
        Certified { certificate: certificate.pem(), key: key.serialize_pem() }
    }
}

impl Certified {
    pub(crate) fn pems(&self) -> (Pem, Pem) {
        (Pem::bytes(&*self.certificate), Pem::bytes(&*self.key))
    }

    pub(crate) fn server(&self) -> ServerTlsBuilder {
        let (certificate, key) = self.pems();
        ServerTls::builder(certificate, key)
    }
}

/// A server over TLS, all that it says of connections that did not come about, and the CA that its clients trust.
pub(crate) struct Secured {
    pub(crate) authority: Authority,
    pub(crate) server: TestServer,
    pub(crate) test: Test,
    words: mpsc::UnboundedReceiver<String>,
}

impl Secured {
    /// Of a certificate for this machine.
    pub(crate) async fn start() -> Self {
        Self::with(Leaf::here(), |tls, _| tls).await
    }

    /// Of a certificate of `leaf`, and with what `set` sets by help of the CA.
    pub(crate) async fn with(
        leaf: Leaf,
        set: impl FnOnce(ServerTlsBuilder, &Authority) -> ServerTlsBuilder,
    ) -> Self {
        let authority = Authority::new("the CA of tests");
        let tls = set(authority.issue(leaf).server(), &authority).load().unwrap();
        Self::of(authority, Server::new().tls(tls)).await
    }

    pub(crate) async fn of(authority: Authority, server: Server) -> Self {
        let (tell, words) = mpsc::unbounded_channel();
        let test = Test::default();
        let server = server.name("tests").monitor(Words(tell)).service(test.clone());
        Self { authority, server: TestServer::start(server).await, test, words }
    }

    /// A client that trusts its CA.
    pub(crate) fn trust(&self) -> ClientTlsBuilder {
        ClientTls::builder(self.authority.pem())
    }

    /// What trusts its CA and shows a certificate that it has issued.
    pub(crate) fn trust_as(&self, leaf: Leaf) -> ClientTlsBuilder {
        let (certificate, key) = self.authority.issue(leaf).pems();
        self.trust().certificate(certificate, key)
    }

    pub(crate) fn builder(&self, tls: ClientTlsBuilder) -> ClientBuilder {
        Client::builder(self.server.address()).tls(tls.load().unwrap())
    }

    pub(crate) async fn client(&self) -> Client {
        self.builder(self.trust()).connect().await.unwrap()
    }

    /// What the server said next of a connection that ended in other words than none.
    pub(crate) async fn said(&mut self) -> String {
        self.words.recv().await.unwrap()
    }
}

/// Hears how the connections of a server end.
struct Words(mpsc::UnboundedSender<String>);

impl Monitor for Words {
    fn connection_ended(&self, end: &ConnectionEnd<'_>) {
        if end.connection.side == Side::Server && !end.words.is_empty() {
            // The test may have ended.
            let _ = self.0.send(end.words.to_owned());
        }
    }
}
