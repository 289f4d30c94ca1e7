//! Why a server does not start.

use std::future::pending;
use std::time::Duration;

use svrkit_runtime::queue::{MemoryQueue, QueueSpec};
use svrkit_runtime::{Call, Config, Limits, ServeError, Server, Service, ServiceSpec, Spec};
use tokio::net::UnixListener;

use crate::support::{self, Folder, Test};
use crate::{DOCUMENT, listen};

/// Two methods with one queue.
struct Queued;

static CREDIT: Spec = Spec::new("bank.Ledger", 4310, "Credit", 1).queue(QueueSpec::new("bookings"));
static DEBIT: Spec = Spec::new("bank.Ledger", 4310, "Debit", 2).queue(QueueSpec::new("bookings"));
static LEDGER: ServiceSpec = ServiceSpec::new("bank.Ledger", 4310, &[&CREDIT, &DEBIT]);

impl Service for Queued {
    fn spec(&self) -> &'static ServiceSpec {
        &LEDGER
    }

    fn dispatch(&self, _: Call) {}
}

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
    row("systemd has passed it no socket", refused("systemd:").await, "-");
    let twice = Server::new().service(Test::default()).service(Test::default()).bind("127.0.0.1:0").await;
    row("two services have one id", twice.unwrap_err(), "127.0.0.1:0");
    let config = Config::builder().set("connections", "many").load().unwrap_err();
    row("the configuration is wrong", config.into(), "-");
    let open = Server::new().service(Test::default()).admin("0.0.0.0:4311").bind("127.0.0.1:0").await;
    row("its admin pages would be open to other machines", open.unwrap_err(), "0.0.0.0:4311");
    let queued = || Server::new().service(Queued);
    row(
        "methods are queued, and nothing holds their jobs",
        queued().bind("127.0.0.1:0").await.unwrap_err(),
        "-",
    );
    let twice = queued().queue(MemoryQueue::default()).bind("127.0.0.1:0").await;
    row("two methods have one queue", twice.unwrap_err(), "-");
    for (when, error) in takeovers().await {
        rows.push(format!("| {when} | {error} |\n"));
    }
    let table = format!("| when | text |\n|---|---|\n{}", rows.concat());
    support::check_table(DOCUMENT, "starting", &table);
}

/// Why a server does not take over from another, with what differs from run to run left out.
async fn takeovers() -> Vec<(&'static str, String)> {
    let folder = Folder::new("errors-takeover");
    let limits = Limits { takeover_handshake: Duration::from_millis(20), ..Limits::default() };
    let server = || Server::new().limits(limits).service(Test::default()).takeover(folder.path());
    let refused = async || {
        let error = server().bind("127.0.0.1:0").await.unwrap_err().to_string();
        let path = folder.path().display().to_string();
        error.replace(&path, "PATH").replace(&std::process::id().to_string(), "PID")
    };
    let bound = server().bind("127.0.0.1:0").await.unwrap();
    let serving = tokio::spawn(bound.run_until(pending()));
    let ahead = server().bind("127.0.0.1:0").await.unwrap();
    let mut rows = vec![("another successor is ahead of it", refused().await)];
    serving.abort();
    let _ = serving.await;
    drop(ahead);
    let _ = std::fs::remove_file(folder.path());
    let stuck = UnixListener::bind(folder.path()).unwrap();
    rows.push(("the server before it is stuck", refused().await));
    drop(stuck);
    std::fs::remove_file(folder.path()).unwrap();
    std::fs::write(folder.path(), "").unwrap();
    rows.push(("its takeover path is something else", refused().await));
    rows
}
