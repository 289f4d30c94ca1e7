//! Server and client as two processes, over a real socket.

use std::process::Command;

use processes::{ServerProcess, run};

#[test]
fn hand_written_messages_make_the_round_trip() {
    let server = ServerProcess::start(&mut Command::new(env!("CARGO_BIN_EXE_derive-server")));
    let client = run(Command::new(env!("CARGO_BIN_EXE_derive-client")).arg(&server.address));
    assert!(client.status.success(), "{}", client.stderr);
    assert_eq!(client.stdout, "Shenzhen: 22.3 °C, Warm\n");
    assert!(server.terminate().status.success());
}
