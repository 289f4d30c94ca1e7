//! Calls over TLS are calls.

use std::sync::Arc;
use std::time::Duration;

use svrkit_runtime::wire::frame::hello_header;
use svrkit_runtime::{Client, Code, Limits, Server, Tlv};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::task::{JoinSet, yield_now};

use crate::authority::{Leaf, Secured};
use crate::support::{ECHO, FAIL, Folder, GROW, Note, Test, WAIT, request_header};
use crate::tls_peers::{OURS, connector, shake_hands};

async fn echo(client: &Client, number: u64) -> u64 {
    client.request::<_, Note>(&ECHO, &Note::number(number)).await.unwrap().number
}

#[tokio::test]
async fn calls_of_all_sizes_are_answered() {
    let secured = Secured::start().await;
    let client = secured.client().await;
    assert_eq!(echo(&client, 7).await, 7);
    let large = Note { payload: vec![7; 3 << 20].into(), ..Note::default() };
    assert_eq!(client.request::<_, Note>(&ECHO, &large).await.unwrap(), large);
    let status = client.request::<_, Note>(&FAIL, &Note::number(1)).await.unwrap_err();
    assert_eq!((status.code(), status.facts().error_code), (Code::NotFound, 1001));
    client.oneway(&ECHO, &Note::number(1)).await.unwrap();
    assert_eq!(echo(&client, 8).await, 8, "the connection goes on");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn many_calls_share_a_connection_both_ways_at_once() {
    let secured = Secured::start().await;
    // More than the socket and the queues take: writers wait while readers go on.
    let limits = Limits { outbound_queue: 64 << 10, ..Limits::default() };
    let client = secured.builder(secured.trust()).limits(limits).connect().await.unwrap();
    let mut calls = JoinSet::new();
    for number in 0..64 {
        let note = Note { number, payload: vec![number as u8; 200_000].into(), ..Note::default() };
        let echo = client.request::<_, Note>(&ECHO, &note);
        calls.spawn(async move { assert!(echo.await.unwrap() == note) });
        let grow = client.request::<_, Note>(&GROW, &Note::number(300_000));
        calls.spawn(async move { assert_eq!(grow.await.unwrap().payload.len(), 300_000) });
    }
    while let Some(ended) = calls.join_next().await {
        ended.unwrap();
    }
}

#[tokio::test]
async fn what_a_slow_reader_has_not_taken_leaves_in_the_end() {
    const LEN: usize = 2_000_000;
    let secured = Secured::start().await;
    let connector = connector(&secured.authority, None, OURS);
    let mut stream = shake_hands(&connector, secured.server.address()).await.unwrap();
    let body = Note::number(LEN as u64).encode().unwrap();
    let mut request = request_header(1, GROW.method_id);
    request.body_len = body.len() as u32;
    let bytes = [&hello_header().to_bytes()[..], &request.to_bytes(), &body].concat();
    stream.write_all(&bytes).await.unwrap();
    let mut read = 0;
    while read < LEN {
        // The server fills the socket meanwhile: its last bytes wait in TLS, and nothing else is sent behind them.
        for _ in 0..20 {
            yield_now().await;
        }
        read += stream.read(&mut [0; 4096]).await.unwrap();
    }
}

#[tokio::test]
async fn a_call_that_is_dropped_stops_its_handler_and_a_deadline_holds() {
    let secured = Secured::start().await;
    let (client, gate) = (secured.client().await, Arc::clone(&secured.test.0));
    let waiting = tokio::spawn(client.request::<_, Note>(&WAIT, &Note::number(1)));
    gate.started.notified().await;
    waiting.abort();
    gate.gone.notified().await;
    let late = client.request::<_, Note>(&WAIT, &Note::number(1)).timeout(Duration::from_millis(20));
    assert_eq!(late.await.unwrap_err().code(), Code::DeadlineExceeded);
    gate.gone.notified().await;
}

#[tokio::test]
async fn a_drain_answers_what_is_in_flight() {
    let secured = Secured::start().await;
    let (client, gate) = (secured.client().await, Arc::clone(&secured.test.0));
    let waiting = tokio::spawn(client.request::<_, Note>(&WAIT, &Note::number(1)));
    gate.started.notified().await;
    let stopping = tokio::spawn(secured.server.stop());
    gate.go.notify_one();
    assert_eq!(waiting.await.unwrap().unwrap().number, 1);
    assert_eq!(stopping.await.unwrap().to_string(), "every call was answered");
}

#[tokio::test]
async fn a_server_that_comes_back_is_called_again() {
    let mut secured = Secured::start().await;
    let client = secured.client().await;
    assert_eq!(echo(&client, 1).await, 1);
    secured.server.restart().await;
    assert_eq!(echo(&client, 2).await, 2);
}

#[tokio::test]
async fn the_name_of_the_target_is_that_of_the_certificate() {
    let secured = Secured::with(Leaf::of(&["localhost"]), |tls, _| tls).await;
    let port = secured.server.address().rsplit_once(':').unwrap().1;
    // Found by the name server, and one of several.
    for target in [format!("localhost:{port}"), format!("localhost:{port},127.0.0.1:1")] {
        let client = Client::builder(&target).tls(secured.trust().load().unwrap()).connect().await.unwrap();
        assert_eq!(echo(&client, 7).await, 7, "{target}");
    }
    // What a resolver finds has an address and no name: the name is said by hand.
    let client = secured.builder(secured.trust().server_name("localhost")).connect().await.unwrap();
    assert_eq!(echo(&client, 7).await, 7);
    let folder = Folder::new("tls-endpoints");
    let file = folder.0.join("endpoints");
    std::fs::write(&file, format!("{}\n", secured.server.address())).unwrap();
    let by_file = Client::builder(format!("file:{}", file.display()));
    let client =
        by_file.tls(secured.trust().server_name("localhost").load().unwrap()).connect().await.unwrap();
    assert_eq!(echo(&client, 7).await, 7);
}

#[tokio::test]
async fn certificates_between_a_servers_and_its_ca_come_with_it() {
    let root = crate::authority::Authority::new("root");
    let between = root.below("between");
    let mut certified = between.issue(Leaf::here());
    certified.certificate.push_str(&between.text());
    let secured = Secured::of(root, Server::new().tls(certified.server().load().unwrap())).await;
    assert_eq!(echo(&secured.client().await, 7).await, 7);
}

#[cfg(unix)]
#[tokio::test]
async fn a_unix_socket_stays_as_it_is() {
    let (folder, authority) = (Folder::new("tls"), crate::authority::Authority::new("ca"));
    let tls = authority.issue(Leaf::here()).server().require_client_certificates(authority.pem());
    let server = Server::new().tls(tls.load().unwrap()).service(Test::default());
    let bound = server.bind(folder.address()).await.unwrap();
    let serving = tokio::spawn(bound.run_until(std::future::pending()));
    let plain = Client::connect(folder.address()).await.unwrap();
    assert_eq!(echo(&plain, 7).await, 7);
    let tls = svrkit_runtime::tls::ClientTls::builder(authority.pem()).load().unwrap();
    let client = Client::builder(folder.address()).tls(tls).connect().await.unwrap();
    assert_eq!(echo(&client, 7).await, 7);
    serving.abort();
}
