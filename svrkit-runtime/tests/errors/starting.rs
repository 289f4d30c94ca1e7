//! Why a server does not start.

use svrkit_runtime::{Config, ServeError, Server};

use crate::support::{self, Test};
use crate::{DOCUMENT, listen};

async fn refused(address: &str) -> ServeError {
    Server::new().service(Test::default()).bind(address).await.unwrap_err()
}

#[tokio::test]
async fn a_server_says_why_it_does_not_start() {
    let mut rows = Vec::new();
    let mut row = |when, error: ServeError, address: &str| {
        let text = error.to_string().replace(address, "ADDRESS");
        rows.push(format!("| {when} | {text} |\n"));
    };
    let (_held, taken) = listen().await;
    row("somebody else listens there", refused(&taken).await, &taken);
    // A block for documents (RFC 5737): no machine has it.
    row("the address is another machine's", refused("192.0.2.1:4310").await, "192.0.2.1:4310");
    row("the address is none", refused("nonsense").await, "nonsense");
    let twice = Server::new().service(Test::default()).service(Test::default()).bind("127.0.0.1:0").await;
    row("two services have one id", twice.unwrap_err(), "127.0.0.1:0");
    let config = Config::builder().set("connections", "many").load().unwrap_err();
    row("the configuration is wrong", config.into(), "-");
    let table = format!("| when | text |\n|---|---|\n{}", rows.concat());
    support::check_table(DOCUMENT, "starting", &table);
}
