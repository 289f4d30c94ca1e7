//! Servers that systemd starts: sockets that it passes, and what it is told.

#![cfg(target_os = "linux")]
#![allow(clippy::unwrap_used, clippy::panic, reason = "a test ends where what it stands on fails")]

#[path = "../takeover/process.rs"]
mod process;
#[path = "../support/mod.rs"]
mod support;

use std::net::TcpListener;
use std::os::fd::OwnedFd;
use std::os::unix::net::{UnixDatagram, UnixListener, UnixStream};
use std::process::{Command, Stdio};

use process::Process;
use support::{ECHO, Folder, Note};
use svrkit_runtime::{Client, Server};

/// A server at `address` whose descriptors from 3 on are copies of `socket`, as many as there are `names`.
fn passing(socket: impl Into<OwnedFd>, names: &[&str], address: &str) -> Command {
    let server = Process::command(address);
    let copies: String = (3..).take(names.len()).map(|number| format!(" {number}<&0")).collect();
    let mut shell = Command::new("sh");
    // The shell becomes the server: they have one number.
    shell.args(["-c", &format!("LISTEN_PID=$$ exec \"$0\" \"$@\"{copies}")]);
    shell.arg(server.get_program()).args(server.get_args());
    shell.envs(server.get_envs().filter_map(|(name, value)| Some((name, value?))));
    shell.env("LISTEN_FDS", names.len().to_string()).env("LISTEN_FDNAMES", names.join(":"));
    shell.stdin(Stdio::from(socket.into()));
    shell
}

async fn answers(address: &str) {
    let client = Client::connect(address).await.unwrap();
    assert_eq!(client.request::<_, Note>(&ECHO, &Note::number(7)).await.unwrap().number, 7);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_server_serves_the_socket_that_it_was_passed() {
    for (names, address) in [(&["web"][..], "systemd:"), (&["web", "admin"], "systemd:admin")] {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let local = listener.local_addr().unwrap().to_string();
        // Made before the server is there: it waits in the queue.
        let early = tokio::spawn({
            let local = local.clone();
            async move { answers(&local).await }
        });
        let mut server = Process::spawn(&mut passing(listener, names, address));
        assert_eq!(tokio::task::block_in_place(|| server.serving()), local);
        early.await.unwrap();
        answers(&local).await;
        tokio::task::block_in_place(|| {
            server.ask_to_stop();
            server.ended();
        });
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn the_file_of_a_unix_socket_stays_with_whoever_passed_it() {
    let folder = Folder::new("systemd-unix");
    let listener = UnixListener::bind(folder.path()).unwrap();
    let mut server = Process::spawn(&mut passing(listener, &["web"], "systemd:web"));
    assert_eq!(tokio::task::block_in_place(|| server.serving()), folder.address());
    answers(&folder.address()).await;
    tokio::task::block_in_place(|| {
        server.ask_to_stop();
        server.ended();
    });
    assert!(folder.path().exists());
}

#[test]
fn a_socket_that_cannot_be_served_is_told() {
    let listener = || TcpListener::bind("127.0.0.1:0").unwrap();
    let (connection, _other) = UnixStream::pair().unwrap();
    for (mut command, expected) in [
        (
            passing(listener(), &["web", "admin"], "systemd:"),
            "several sockets were passed, web, admin: say which",
        ),
        (passing(listener(), &["web"], "systemd:api"), "no socket of the name api was passed, but web"),
        (
            passing(connection, &["web"], "systemd:"),
            "web does not listen: the socket unit wants ListenStream= and Accept=no",
        ),
        (passing(UnixDatagram::unbound().unwrap(), &["web"], "systemd:"), "web does not listen"),
    ] {
        let error = Process::spawn(&mut command).says("cannot listen on systemd:");
        assert!(error.contains(expected), "{error}");
    }
}

#[tokio::test]
async fn without_a_socket_an_address_is_asked_for() {
    let error = Server::new().bind("systemd:").await.unwrap_err();
    assert_eq!(
        error.to_string(),
        "cannot listen on systemd:: no socket was passed to this process: start it by its socket unit, or give it \
         an address of its own, as in 127.0.0.1:4310"
    );
}

#[test]
fn the_manager_is_told_when_a_server_serves_and_when_it_stops() {
    let folder = Folder::new("systemd-notify");
    let path = folder.0.join("notify");
    let manager = UnixDatagram::bind(&path).unwrap();
    let heard = || {
        let mut buffer = [0; 256];
        let len = manager.recv(&mut buffer).unwrap();
        String::from_utf8(buffer[..len].to_vec()).unwrap()
    };
    let mut server = Process::spawn(Process::command("127.0.0.1:0").env("NOTIFY_SOCKET", &path));
    let ready = heard();
    assert_eq!(ready, format!("READY=1\nSTATUS=serving test.Test on {}", server.serving()));
    server.ask_to_stop();
    assert_eq!(heard(), "STOPPING=1\nSTATUS=waiting for the calls in flight");
    server.ended();
}
