//! `cargo svrkit top`, in a pseudo-terminal and in a pipe.

use svrkit_runtime::{Metrics, Server};

use crate::shop::{ShopServer, descriptors};
use crate::support::Folder;
use crate::terminal::Terminal;

/// Counts by itself: other tests of this process have servers, too.
fn counting() -> ShopServer {
    ShopServer::start_with(descriptors(), |server| server.metrics(Metrics::new()))
}

fn place(server: &ShopServer, request: &str) {
    Folder::new().svrkit(["call", &server.address, "Place", request]);
}

#[test]
fn what_a_server_does_is_shown_while_it_does_it() {
    let server = counting();
    place(&server, r#"{"name": "tea"}"#);
    let mut top = Terminal::svrkit(&["top", &server.address, "--interval", "50ms"], 120);
    let first = top.until(|screen| screen.contains("shop.Orders.Place"));
    assert!(
        first.contains(&server.address) && first.contains("CALLS/S") && first.contains("P99.9"),
        "{first}"
    );
    assert!(first.contains("1 connections") && !first.contains("svrkit.monitoring"), "{first}");
    let calls = |screen: &str, count: &str| {
        screen.lines().any(|line| line.starts_with("shop.Orders.Place") && line.ends_with(count))
    };
    top.until(|screen| calls(screen, " 1"));
    for _ in 0..3 {
        place(&server, "{}");
    }
    top.until(|screen| calls(screen, " 4"));
    // Its own questions are calls as well, for who wants to see them.
    top.press("k");
    top.until(|screen| screen.contains("svrkit.monitoring.Monitoring.Snapshot"));
    top.press("/");
    top.press("ORDERS");
    top.until(|screen| screen.contains("filter: ORDERS_") && !screen.contains("svrkit.monitoring"));
    top.press("\x1b");
    top.until(|screen| screen.contains("svrkit.monitoring") && !screen.contains("filter:"));
    top.press(" ");
    top.until(|screen| screen.contains("paused"));
    top.press("q");
    assert_eq!(top.end(), 0);
}

#[test]
fn a_server_that_goes_away_is_told_of_and_one_that_comes_back_is_followed() {
    let server = counting();
    let address = server.address.clone();
    place(&server, "{}");
    let mut top = Terminal::svrkit(&["top", &address, "--interval", "50ms"], 120);
    top.until(|screen| screen.contains("shop.Orders.Place"));
    drop(server);
    let away = top.until(|screen| screen.contains("no answer: UNAVAILABLE"));
    assert!(away.contains("shop.Orders.Place"), "what was known stays: {away}");
    let again = ShopServer::start_at(&address, descriptors(), |server| server.metrics(Metrics::new()));
    place(&again, "{}");
    top.until(|screen| screen.contains("restarted 1 times") && !screen.contains("no answer"));
    top.press("\x03");
    assert_eq!(top.end(), 0);
}

#[test]
fn a_terminal_may_be_too_narrow_and_become_wider() {
    let server = counting();
    place(&server, "{}");
    let mut top = Terminal::svrkit(&["top", &server.address, "--interval", "50ms"], 20);
    top.until(|screen| screen.contains("too narrow"));
    top.resize(45);
    let narrow = top.until(|screen| screen.contains("shop.Orders.Place"));
    assert!(narrow.contains("CALLS/S") && !narrow.contains("P99.9"), "{narrow}");
    top.resize(120);
    top.until(|screen| screen.contains("P99.9"));
    top.press("q");
    assert_eq!(top.end(), 0);
}

#[test]
fn in_a_pipe_it_is_one_table_of_all_since_the_beginning() {
    let server = counting();
    for request in ["{}", r#"{"name": "gone"}"#, "{}", "{}"] {
        place(&server, request);
    }
    let table = Folder::new().svrkit(["top", &server.address]);
    assert_eq!((table.code, &*table.stderr), (0, ""));
    let rows: Vec<Vec<&str>> = table.stdout.lines().map(|line| line.split_whitespace().collect()).collect();
    assert_eq!(rows.len(), 2, "{}", table.stdout);
    assert_eq!(rows[0].first(), Some(&"METHOD"));
    // One of four has failed.
    assert_eq!((rows[1][0], rows[1][4], rows[1][6], rows[1][8]), ("shop.Orders.Place", "0", "25.0", "4"));
    let with_kit = Folder::new().svrkit(["top", &server.address, "--once", "--kit"]);
    assert!(with_kit.stdout.contains("svrkit.monitoring.Monitoring.Snapshot"), "{}", with_kit.stdout);
}

#[test]
fn a_server_that_tells_nothing_is_told_of() {
    let silent = ShopServer::start_with(descriptors(), Server::without_monitoring);
    let ended = Folder::new().svrkit(["top", &silent.address]);
    assert_eq!((ended.code, &*ended.stdout), (1, ""));
    assert!(ended.stderr.starts_with("error: UNIMPLEMENTED: "), "{}", ended.stderr);
    assert!(
        ended.stderr.ends_with("  the server tells no figures: server.monitoring turns them on\n"),
        "{}",
        ended.stderr
    );
    let address = silent.address.clone();
    drop(silent);
    let away = Folder::new().svrkit(["top", &address]);
    assert!(away.code == 1 && away.stderr.starts_with("error: UNAVAILABLE: "), "{}", away.stderr);
}
