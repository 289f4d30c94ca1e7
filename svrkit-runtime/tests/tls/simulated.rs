//! On the simulated network there is no TLS, and nobody who asked for it goes on without.

use svrkit_runtime::simulation::Simulation;
use svrkit_runtime::{Client, Code, Layer, Server};

use crate::authority::{Authority, Leaf};
use crate::support::{ECHO, Note, Test};

#[test]
fn who_asks_for_tls_on_the_simulated_network_is_told_that_there_is_none() {
    let authority = Authority::new("the CA of tests");
    let server = authority.issue(Leaf::here()).server().load().unwrap();
    let client = svrkit_runtime::tls::ClientTls::builder(authority.pem()).load().unwrap();
    Simulation::seeded(1).run(async |network| {
        let host = network.host("server");
        let secured = host.spawn(async move {
            let bound = Server::new().tls(server).service(Test::default()).bind("0.0.0.0:4310").await;
            bound.map(|_| ()).unwrap_err().to_string()
        });
        assert_eq!(
            secured.await.unwrap(),
            "cannot listen on 0.0.0.0:4310: the simulated network carries no TLS: give a simulated server no certificate"
        );
        let (bound, is_bound) = tokio::sync::oneshot::channel();
        host.spawn(async move {
            let server = Server::new().service(Test::default()).bind("0.0.0.0:4310").await.unwrap();
            bound.send(()).unwrap();
            server.run_until(std::future::pending()).await
        });
        is_bound.await.unwrap();
        let secured = Client::builder("server:4310").tls(client).connect().await.unwrap_err();
        assert_eq!((secured.code(), secured.facts().layer), (Code::Unavailable, Layer::Handshake));
        let words = "the simulated network carries no TLS: give a simulated client nobody to trust";
        assert!(secured.message().contains(words), "{secured}");
        let plain = Client::connect("server:4310").await.unwrap();
        assert_eq!(plain.request::<_, Note>(&ECHO, &Note::number(7)).await.unwrap().number, 7);
    });
}
