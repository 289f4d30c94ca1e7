//! New certificates while calls go on.

use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use svrkit_runtime::testing::TestServer;
use svrkit_runtime::tls::{ClientTls, Pem, ServerTls, TlsError};
use svrkit_runtime::{Client, Code, Limits, Server};
use tokio::task::JoinSet;

use crate::authority::{Authority, Certified, Leaf};
use crate::support::{ECHO, Folder, Note, Test};

/// Files of one side.
struct Files(Folder);

impl Files {
    fn new(name: &str, certified: &Certified) -> Self {
        let files = Self(Folder::new(name));
        files.write(certified);
        files
    }

    /// As those do who are careful: beside the old one, and then in its place.
    fn write(&self, certified: &Certified) {
        for (path, text) in [(self.certificate(), &certified.certificate), (self.key(), &certified.key)] {
            let new = path.with_extension("new");
            std::fs::write(&new, text).unwrap();
            std::fs::rename(new, path).unwrap();
        }
    }

    fn certificate(&self) -> PathBuf {
        self.0.0.join("tls.crt")
    }

    fn key(&self) -> PathBuf {
        self.0.0.join("tls.key")
    }

    fn server(&self) -> ServerTls {
        ServerTls::builder(Pem::file(self.certificate()), Pem::file(self.key())).load().unwrap()
    }
}

/// Has files looked at before each handshake.
fn often() -> Limits {
    Limits { tls_watch: Duration::ZERO, ..Limits::default() }
}

async fn serve(tls: &ServerTls, limits: Limits) -> TestServer {
    TestServer::start(Server::new().tls(tls.clone()).limits(limits).service(Test::default())).await
}

async fn connect(server: &TestServer, authority: &Authority) -> Result<Client, svrkit_runtime::Status> {
    let tls = ClientTls::builder(authority.pem()).load().unwrap();
    Client::builder(server.address()).tls(tls).connect().await
}

async fn answers(client: &Client) -> bool {
    client.request::<_, Note>(&ECHO, &Note::number(7)).await.unwrap().number == 7
}

#[tokio::test]
async fn new_connections_take_the_new_certificate_and_old_ones_go_on() {
    let (old, new) = (Authority::new("old"), Authority::new("new"));
    let files = Files::new("tls-reload", &old.issue(Leaf::here()));
    let tls = files.server();
    let server = serve(&tls, often()).await;
    let first = connect(&server, &old).await.unwrap();
    files.write(&new.issue(Leaf::here()));
    let second = connect(&server, &new).await.unwrap();
    assert!(answers(&first).await && answers(&second).await);
    assert_eq!(connect(&server, &old).await.unwrap_err().code(), Code::Unavailable);
    assert_eq!((tls.reloads().taken, tls.reloads().refused), (1, 0));
}

#[tokio::test]
async fn what_is_touched_or_stays_is_no_change() {
    let authority = Authority::new("ca");
    let certified = authority.issue(Leaf::here());
    let files = Files::new("tls-touched", &certified);
    let tls = files.server();
    let server = serve(&tls, often()).await;
    for _ in 0..3 {
        files.write(&certified);
        assert!(answers(&connect(&server, &authority).await.unwrap()).await);
    }
    assert_eq!((tls.reloads().taken, tls.reloads().refused), (0, 0));
}

#[tokio::test]
async fn what_is_broken_is_told_once_and_the_old_one_goes_on() {
    let (old, new) = (Authority::new("old"), Authority::new("new"));
    let right = old.issue(Leaf::here());
    let files = Files::new("tls-broken", &right);
    let tls = files.server();
    let server = serve(&tls, often()).await;
    let wrong = [
        Certified { certificate: "half a cert".into(), ..right.clone() },
        // As it is between the writing of the two files.
        Certified { key: new.issue(Leaf::here()).key, ..right.clone() },
        old.issue(Leaf::here().valid(2000, 2001)),
    ];
    for (before, wrong) in wrong.iter().enumerate() {
        files.write(wrong);
        for _ in 0..3 {
            assert!(answers(&connect(&server, &old).await.unwrap()).await);
        }
        assert_eq!((tls.reloads().taken, tls.reloads().refused), (0, before as u64 + 1));
    }
    std::fs::remove_file(files.certificate()).unwrap();
    for _ in 0..3 {
        assert!(answers(&connect(&server, &old).await.unwrap()).await);
    }
    assert_eq!((tls.reloads().taken, tls.reloads().refused), (0, 4));
    files.write(&new.issue(Leaf::here()));
    assert!(answers(&connect(&server, &new).await.unwrap()).await);
    assert_eq!((tls.reloads().taken, tls.reloads().refused), (1, 4));
}

#[tokio::test]
async fn by_hand_it_is_at_once_and_says_what_is_wrong() {
    let (old, new) = (Authority::new("old"), Authority::new("new"));
    let files = Files::new("tls-by-hand", &old.issue(Leaf::here()));
    let tls = files.server();
    let server = serve(&tls, Limits { tls_watch: Duration::from_secs(3600), ..Limits::default() }).await;
    files.write(&Certified::default());
    assert!(matches!(tls.reload(), Err(TlsError::NoCertificate { .. })));
    assert!(answers(&connect(&server, &old).await.unwrap()).await);
    files.write(&new.issue(Leaf::here()));
    tls.reload().unwrap();
    assert!(answers(&connect(&server, &new).await.unwrap()).await);
    assert_eq!((tls.reloads().taken, tls.reloads().refused), (1, 1));
}

#[tokio::test]
async fn clients_and_whom_they_trust_change_as_well() {
    let (old, new) = (Authority::new("old"), Authority::new("new"));
    let servers = Files::new("tls-servers", &old.issue(Leaf::here()));
    let clients = Files::new("tls-clients", &old.issue(Leaf::of(&["web.example"])));
    let ca = servers.0.0.join("ca.crt");
    std::fs::write(&ca, old.text()).unwrap();
    let server_tls = ServerTls::builder(Pem::file(servers.certificate()), Pem::file(servers.key()))
        .require_client_certificates(Pem::file(&ca))
        .load()
        .unwrap();
    let mut server = serve(&server_tls, often()).await;
    let client_tls = ClientTls::builder(Pem::file(&ca))
        .certificate(Pem::file(clients.certificate()), Pem::file(clients.key()))
        .load()
        .unwrap();
    let client =
        Client::builder(server.address()).tls(client_tls.clone()).limits(often()).connect().await.unwrap();
    assert!(answers(&client).await);
    std::fs::write(&ca, new.text()).unwrap();
    servers.write(&new.issue(Leaf::here()));
    clients.write(&new.issue(Leaf::of(&["web.example"])));
    assert!(answers(&client).await, "the connection goes on");
    server.restart().await;
    assert!(answers(&client).await, "a new one is by new certificates on both sides");
    assert_eq!((server_tls.reloads().taken, client_tls.reloads().taken), (1, 1));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn no_call_fails_while_certificates_change() {
    let authority = Authority::new("ca");
    let files = Files::new("tls-load", &authority.issue(Leaf::here()));
    let tls = files.server();
    let server = serve(&tls, often()).await;
    let is_over = Arc::new(AtomicBool::new(false));
    let mut callers = JoinSet::new();
    for _ in 0..8 {
        let trust = ClientTls::builder(authority.pem()).load().unwrap();
        let (address, is_over) = (server.address().to_owned(), Arc::clone(&is_over));
        callers.spawn(async move {
            let mut calls = 0;
            while !is_over.load(Ordering::Relaxed) {
                // A connection for a few calls, so that handshakes and changes meet.
                let client = Client::builder(&address).tls(trust.clone()).connect().await.unwrap();
                for _ in 0..5 {
                    assert!(answers(&client).await);
                    calls += 1;
                }
            }
            calls
        });
    }
    // Each change is seen before the next one.
    for taken in 1..=20 {
        files.write(&authority.issue(Leaf::here()));
        while tls.reloads().taken < taken {
            tokio::task::yield_now().await;
        }
    }
    is_over.store(true, Ordering::Relaxed);
    while let Some(calls) = callers.join_next().await {
        assert!(calls.unwrap() > 0);
    }
}
