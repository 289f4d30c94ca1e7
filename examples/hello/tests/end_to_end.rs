//! Server and client as two processes, over a real socket.

use std::process::Command;

use processes::{ServerProcess, run};

fn server() -> ServerProcess {
    ServerProcess::start(&mut Command::new(env!("CARGO_BIN_EXE_hello-server")))
}

fn client(address: &str) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_hello-client"));
    command.arg(address);
    command
}

#[test]
fn the_client_prints_the_answer_and_the_server_stops_when_asked() {
    let server = server();
    let client = run(&mut client(&server.address));
    assert!(client.status.success(), "{}", client.stderr);
    assert_eq!(client.stdout, "Hello, world!\n");
    let stopped = server.terminate();
    assert!(stopped.status.success());
    assert_eq!(stopped.stdout, "stopped: every call was answered\n");
}

#[test]
fn a_taken_port_is_told_in_words() {
    let first = server();
    let second = run(Command::new(env!("CARGO_BIN_EXE_hello-server")).arg(&first.address));
    assert!(!second.status.success());
    assert_eq!(
        second.stderr,
        format!(
            "Error: cannot listen on {}: Address already in use (os error 98); \
             another process has this port: stop it or listen on another\n",
            first.address
        )
    );
}

#[test]
fn a_server_that_is_away_is_told_in_words() {
    let server = server();
    let address = server.address.clone();
    server.kill();
    let client = run(&mut client(&address));
    assert!(!client.status.success());
    assert_eq!(
        client.stderr,
        format!(
            "Error: UNAVAILABLE: {address}: cannot connect to {address}: is the server running there?: \
             Connection refused (os error 111) (layer connect, at fault: callee, retry: elsewhere)\n"
        )
    );
}
