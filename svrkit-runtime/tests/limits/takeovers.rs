//! The limits of one server that takes over from another.

use std::time::Duration;

use svrkit_runtime::{Limits, Server};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{UnixListener, UnixStream};

use crate::support::{Folder, Test};

const ADDRESS: &str = "127.0.0.1:0";

fn server(folder: &Folder) -> Server {
    let limits = Limits { takeover_handshake: Duration::from_millis(20), ..Limits::default() };
    Server::new().limits(limits).service(Test::default()).takeover(folder.path())
}

#[tokio::test]
pub(crate) async fn takeover_handshake_of_the_successor() {
    let folder = Folder::new("takeover-successor");
    // Takes connections, as the system does for it, and says nothing.
    let stuck = UnixListener::bind(folder.path()).unwrap();
    let error = server(&folder).bind(ADDRESS).await.unwrap_err().to_string();
    let expected = "the server there did not answer within 20 ms (takeover.handshake)";
    assert!(error.contains(expected), "{error}");
    drop(stuck);
    // The same path, and nobody there: nothing is waited for.
    let _ = server(&folder).bind(ADDRESS).await.unwrap();
}

#[tokio::test]
pub(crate) async fn takeover_handshake_of_the_predecessor() {
    let folder = Folder::new("takeover-predecessor");
    let bound = server(&folder).bind(ADDRESS).await.unwrap();
    let serving = tokio::spawn(bound.run_until(std::future::pending()));
    let mut slow = UnixStream::connect(folder.path()).await.unwrap();
    slow.write_all(b"SVTK\x01\x00\x00\x02\x01\x01").await.unwrap();
    slow.read_exact(&mut [0; 8 + ADDRESS.len()]).await.unwrap();
    let mut silent = UnixStream::connect(folder.path()).await.unwrap();
    assert_eq!(silent.read(&mut [0]).await.unwrap(), 0, "it is not waited for any longer");
    // Who has said its hello has all the time to start that it wants.
    slow.write_all(b"SVTK\x04\x01\x00\x00").await.unwrap();
    assert_eq!(serving.await.unwrap().to_string(), "every call was answered");
}
