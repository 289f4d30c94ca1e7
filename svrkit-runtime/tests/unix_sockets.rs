//! Servers and clients over Unix sockets: what is said of TCP holds there too, and the file comes and goes.

#![cfg(unix)]
#![allow(clippy::unwrap_used, reason = "a test ends where what it stands on fails")]

mod support;

use std::os::unix::fs::{FileTypeExt, PermissionsExt};

use support::{ECHO, Folder, Note, Test, WAIT};
use svrkit_runtime::{Address, Client, Code, Layer, Party, Server};
use tokio::sync::oneshot;

async fn answers(client: &Client, number: u64) -> bool {
    client.request::<_, Note>(&ECHO, &Note::number(number)).await.unwrap().number == number
}

#[tokio::test]
async fn a_call_goes_over_a_unix_socket_and_the_file_goes_with_the_server() {
    let folder = Folder::new("call");
    let test = Test::default();
    let gate = test.0.clone();
    let bound = Server::new().service(test).bind(folder.address()).await.unwrap();
    assert_eq!(bound.local_addr().to_string(), folder.address());
    assert!(matches!(bound.local_addr(), Address::Unix(path) if **path == *folder.path()));
    assert_eq!(bound.to_string(), format!("serving test.Test on {}", folder.address()));
    let file = std::fs::metadata(folder.path()).unwrap();
    assert!(file.file_type().is_socket());
    assert_eq!(file.permissions().mode() & 0o700, 0o700, "its owner may connect");

    let (stop, stopped) = oneshot::channel::<()>();
    let serving = tokio::spawn(bound.run_until(async {
        let _ = stopped.await;
    }));
    let client = Client::connect(folder.address()).await.unwrap();
    assert!(answers(&client, 7).await);
    let large = Note { payload: vec![7; 3 << 20].into(), ..Note::default() };
    assert_eq!(client.request::<_, Note>(&ECHO, &large).await.unwrap(), large);

    // It stops as it does over TCP: the call in flight is answered.
    let waiting = tokio::spawn(client.request::<_, Note>(&WAIT, &Note::number(1)));
    gate.started.notified().await;
    stop.send(()).unwrap();
    gate.go.notify_one();
    assert_eq!(waiting.await.unwrap().unwrap().number, 1);
    assert_eq!(serving.await.unwrap().to_string(), "every call was answered");
    assert!(!folder.path().exists(), "the file is gone");

    let status = client.request::<_, Note>(&ECHO, &Note::number(1)).await.unwrap_err();
    let facts = status.facts();
    assert_eq!((status.code(), facts.layer, facts.party), (Code::Unavailable, Layer::Connect, Party::Callee));
    assert!(status.message().contains("is the server running there?"), "{status}");
    assert_eq!(facts.endpoint, Some(&*folder.address()));
}

#[tokio::test]
async fn the_socket_of_a_dead_server_is_replaced() {
    let folder = Folder::new("stale");
    // The standard library leaves its file behind, as a process that is killed does.
    drop(std::os::unix::net::UnixListener::bind(folder.path()).unwrap());
    assert!(folder.path().exists());
    let bound = Server::new().service(Test::default()).bind(folder.address()).await.unwrap();
    let serving = tokio::spawn(bound.run_until(std::future::pending()));
    assert!(answers(&Client::connect(folder.address()).await.unwrap(), 1).await);
    serving.abort();
}

#[tokio::test]
async fn the_socket_of_a_live_server_is_refused_and_goes_on() {
    let folder = Folder::new("live");
    let first = Server::new().service(Test::default()).bind(folder.address()).await.unwrap();
    let serving = tokio::spawn(first.run_until(std::future::pending()));
    let error = Server::new().service(Test::default()).bind(folder.address()).await.unwrap_err();
    assert_eq!(
        error.to_string(),
        format!(
            "cannot listen on {}: a server listens on this socket: stop it or listen on another path",
            folder.address()
        )
    );
    assert!(answers(&Client::connect(folder.address()).await.unwrap(), 1).await);
    serving.abort();
}

#[tokio::test]
async fn what_is_no_socket_is_left_alone() {
    let folder = Folder::new("file");
    std::fs::write(folder.path(), "precious").unwrap();
    let error = Server::new().service(Test::default()).bind(folder.address()).await.unwrap_err();
    assert!(error.to_string().contains("what is there is no socket: remove it"), "{error}");
    assert_eq!(std::fs::read_to_string(folder.path()).unwrap(), "precious");
}

#[tokio::test]
async fn a_server_that_stops_leaves_its_successors_file() {
    let folder = Folder::new("successor");
    let first = Server::new().service(Test::default()).bind(folder.address()).await.unwrap();
    // A deployment that moves the old name away and starts the next server before it stops this one.
    std::fs::rename(folder.path(), folder.0.join("old.sock")).unwrap();
    let second = Server::new().service(Test::default()).bind(folder.address()).await.unwrap();
    let serving = tokio::spawn(second.run_until(std::future::pending()));
    first.run_until(async {}).await;
    assert!(answers(&Client::connect(folder.address()).await.unwrap(), 1).await);
    serving.abort();
}

#[tokio::test]
async fn a_folder_that_is_missing_is_told() {
    let folder = Folder::new("missing");
    let address = format!("unix:{}", folder.0.join("nowhere/test.sock").display());
    let error = Server::new().service(Test::default()).bind(&address).await.unwrap_err();
    assert!(error.to_string().ends_with("make the folder of the socket first"), "{error}");
}
