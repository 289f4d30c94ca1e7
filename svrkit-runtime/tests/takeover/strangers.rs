//! Whoever connects that is no successor, and whoever answers that is no predecessor.

use std::io::{Read, Write};
use std::os::unix::net::{UnixListener, UnixStream};
use std::path::PathBuf;
use std::time::Duration;

use svrkit_runtime::{Client, Limits, ServeError, Server, TakeoverError};

use crate::support::{ECHO, Folder, Note, Test};

const HELLO: &[u8] = b"SVTK\x01\x00\x00\x02\x01\x01";
/// The limit that is at its edge here.
const MOMENT: Duration = Duration::from_millis(30);

fn path(folder: &Folder) -> PathBuf {
    folder.0.join("takeover")
}

fn server(folder: &Folder) -> Server {
    let limits = Limits { takeover_handshake: MOMENT, ..Limits::default() };
    Server::new().limits(limits).service(Test::default()).takeover(path(folder))
}

/// What the server at `path` says to these bytes until it closes.
fn answer_to(folder: &Folder, bytes: &[u8]) -> Vec<u8> {
    let mut stream = UnixStream::connect(path(folder)).unwrap();
    stream.write_all(bytes).unwrap();
    let mut answer = Vec::new();
    // Bytes that were not read reset the connection.
    let _ = stream.read_to_end(&mut answer);
    answer
}

#[tokio::test(flavor = "multi_thread")]
async fn who_is_no_successor_gets_nothing_and_the_server_goes_on() {
    let folder = Folder::new("strange-successors");
    let bound = server(&folder).bind("127.0.0.1:0").await.unwrap();
    let address = bound.local_addr().to_string();
    let serving = tokio::spawn(bound.run_until(std::future::pending()));
    let client = Client::connect(&address).await.unwrap();
    for bytes in [
        &b""[..],
        b"GET / HTTP/1.1\r\n\r\n",
        // Half a hello, a whole one that is none, a message out of its turn, one that is too long.
        &HELLO[..5],
        &HELLO[..9],
        b"SVTK\x01\x00\x00\x02\x02\x01",
        b"SVTK\x04\x01\x00\x00",
        b"SVTK\x03\x01\xff\xff",
    ] {
        let answer = tokio::task::block_in_place(|| answer_to(&folder, bytes));
        assert_eq!(answer, b"", "to {bytes:?}");
        client.request::<_, Note>(&ECHO, &Note::number(1)).await.unwrap();
    }
    let answer = tokio::task::block_in_place(|| answer_to(&folder, b"SVTK\x01\x00\x00\x02\x02\x09"));
    let (header, words) = answer.split_at(8);
    assert_eq!(&header[..6], b"SVTK\x03\x01");
    assert_eq!(
        String::from_utf8_lossy(words),
        "it speaks version 1 of the takeover, its successor 2 to 9: stop the one before the other is started"
    );
    // One that has the sockets and then says something else is as good as gone.
    let mut odd = UnixStream::connect(path(&folder)).unwrap();
    odd.write_all(&[HELLO, HELLO].concat()).unwrap();
    tokio::task::block_in_place(|| {
        let mut answer = Vec::new();
        let _ = odd.read_to_end(&mut answer);
        assert_eq!(&answer[..6], b"SVTK\x02\x01");
    });
    client.request::<_, Note>(&ECHO, &Note::number(1)).await.unwrap();
    // The real one still finds it.
    let successor = server(&folder).bind("127.0.0.1:0").await.unwrap();
    assert_eq!(successor.local_addr().to_string(), address);
    let successor = tokio::spawn(successor.run_until(std::future::pending()));
    assert_eq!(serving.await.unwrap().to_string(), "every call was answered");
    client.request::<_, Note>(&ECHO, &Note::number(1)).await.unwrap();
    successor.abort();
}

/// What a server says that starts where somebody answers `bytes`, and then waits.
async fn told(folder: &Folder, bytes: &'static [u8]) -> TakeoverError {
    let listener = UnixListener::bind(path(folder)).unwrap();
    let answering = std::thread::spawn(move || {
        let (mut stream, _) = listener.accept().unwrap();
        stream.read_exact(&mut [0; HELLO.len()]).unwrap();
        stream.write_all(bytes).unwrap();
        // Until the other is gone.
        let _ = stream.read_to_end(&mut Vec::new());
    });
    let error = server(folder).bind("127.0.0.1:0").await.unwrap_err();
    tokio::task::spawn_blocking(|| answering.join().unwrap()).await.unwrap();
    std::fs::remove_file(path(folder)).unwrap();
    match error {
        ServeError::Takeover { error, .. } => error,
        other => panic!("{other}"),
    }
}

#[tokio::test]
async fn who_is_no_predecessor_is_told_from_one_that_is_stuck() {
    let folder = Folder::new("strange-predecessors");
    for (bytes, expected) in [
        (&b"HTTP/1.1 400 Bad Request\r\n"[..], "it says something else"),
        (HELLO, "it sent a message that only successors send"),
        (b"SVTK\x02\x01\x00\x01a", "it sent another number of sockets than two"),
        (b"SVTK\x02\x02\x00\x01a", "it sent a message 2 of version 2"),
        (b"SVTK\x02\x01\x00\x01\xff", "it sent a message that is damaged"),
        (b"SVTK\x02\x01\x04\x01", "it sent a message of 1025 bytes, 1024 are the most"),
    ] {
        let error = told(&folder, bytes).await;
        assert!(matches!(error, TakeoverError::Foreign { .. }), "{error}");
        assert!(error.to_string().contains(expected), "{error}");
    }
    for bytes in [&b""[..], &b"SVTK\x02\x01"[..], b"SVTK\x02\x01\x00\x05a"] {
        let error = told(&folder, bytes).await;
        assert!(matches!(error, TakeoverError::Late { limit: MOMENT }), "{error}");
    }
    let error = told(&folder, b"SVTK\x03\x07\x00\x03no\n").await;
    assert_eq!(error.to_string(), "the server there goes on by itself: no\\n");
}

#[tokio::test]
async fn a_path_that_is_taken_or_cannot_be_had_is_told() {
    let folder = Folder::new("strange-paths");
    let refused = async |server: Server| server.bind("127.0.0.1:0").await.unwrap_err().to_string();
    std::fs::write(path(&folder), "precious").unwrap();
    let error = refused(server(&folder)).await;
    assert!(error.contains("what is there is no socket: remove it or listen on another path"), "{error}");
    assert_eq!(std::fs::read_to_string(path(&folder)).unwrap(), "precious");
    std::fs::remove_file(path(&folder)).unwrap();

    // A server that was killed leaves such a file.
    drop(UnixListener::bind(path(&folder)).unwrap());
    let bound = server(&folder).bind("127.0.0.1:0").await.unwrap();
    drop(bound);
    assert!(!path(&folder).exists());

    let error = refused(Server::new().takeover(folder.0.join("nowhere/takeover"))).await;
    assert!(error.ends_with("make the folder of the socket first"), "{error}");
    let error = refused(Server::new().takeover(folder.0.join("x".repeat(200)))).await;
    assert!(error.ends_with("take a shorter path, of 90 bytes at most"), "{error}");
}
