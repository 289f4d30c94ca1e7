//! Servers that follow one another in processes of their own, under load.

use std::path::{Path, PathBuf};

use crate::load::{Load, Outcome};
use crate::process::Process;
use crate::support::Folder;

/// Lets so many servers follow one another at `address`, each as soon as the one before it has calls to answer.
fn restart(times: usize, address: &str, path: &Path) -> Outcome {
    let mut serving = Process::start(address, path, None);
    let at = serving.serving();
    let load = Load::start(&at);
    for _ in 0..times {
        load.go_on();
        let mut successor = Process::start(address, path, None);
        assert_eq!(successor.serving(), at, "it has the same socket");
        serving.ended();
        serving = successor;
    }
    load.go_on();
    let outcome = load.stop();
    serving.ask_to_stop();
    serving.ended();
    assert!(!path.exists(), "the last one removes the file");
    outcome
}

fn path(folder: &Folder) -> PathBuf {
    folder.0.join("takeover")
}

#[track_caller]
fn check_nothing_failed(outcome: &Outcome) {
    assert!(outcome.failed.is_empty(), "{:#?}", outcome.failed);
}

#[test]
fn three_hot_restarts_under_load_refuse_no_connection_and_lose_no_call() {
    let folder = Folder::new("hot-tcp");
    check_nothing_failed(&restart(3, "127.0.0.1:0", &path(&folder)));
}

#[test]
fn three_hot_restarts_behind_a_unix_socket_refuse_no_connection_and_lose_no_call() {
    let folder = Folder::new("hot-unix");
    check_nothing_failed(&restart(3, &folder.address(), &path(&folder)));
    assert!(!folder.path().exists(), "the last one removes the file");
}

#[test]
#[ignore = "prints the figures of docs/reliability.md"]
fn twenty_hot_restarts_under_load() {
    let folder = Folder::new("hot-twenty");
    for address in ["127.0.0.1:0", &folder.address()] {
        let outcome = restart(20, address, &path(&folder));
        println!(
            "20 restarts at {address}: {} calls answered, {} connections made for one call each, {} failed",
            outcome.answered,
            outcome.connected,
            outcome.failed.len()
        );
        check_nothing_failed(&outcome);
    }
}

#[test]
fn a_successor_that_dies_before_it_is_ready_changes_nothing() {
    let folder = Folder::new("hot-crash");
    let address = folder.address();
    let mut first = Process::start(&address, &path(&folder), None);
    let load = Load::start(&first.serving());
    let never = folder.0.join("never");
    for _ in 0..2 {
        let mut successor = Process::start(&address, &path(&folder), Some(&never));
        successor.says(&format!("this server is not ready, process {} serves until it is", first.pid()));
        load.go_on();
        let words = format!("process {} does not take over, this server goes on", successor.pid());
        successor.kill();
        first.says(&words);
        load.go_on();
    }
    // And the next one finds everything in its place.
    let mut second = Process::start(&address, &path(&folder), None);
    second.serving();
    first.ended();
    load.go_on();
    check_nothing_failed(&load.stop());
}

#[test]
fn a_server_that_is_killed_leaves_nothing_in_the_way_of_the_next() {
    let folder = Folder::new("hot-kill");
    let address = folder.address();
    let mut first = Process::start(&address, &path(&folder), None);
    first.serving();
    first.kill();
    assert!(folder.path().exists() && path(&folder).exists(), "it had no time to remove them");
    let mut second = Process::start(&address, &path(&folder), None);
    let load = Load::start(&second.serving());
    // Killed while its successor waits to be ready: that one has the socket, and serves at once.
    let never = folder.0.join("never");
    let mut third = Process::start(&address, &path(&folder), Some(&never));
    third.says(&format!("process {} serves until it is", second.pid()));
    load.go_on();
    drop(load);
    second.kill();
    third.serving();
    let load = Load::start(&address);
    load.go_on();
    check_nothing_failed(&load.stop());
    third.ask_to_stop();
    third.ended();
    assert!(!folder.path().exists() && !path(&folder).exists(), "files are removed by who had them last");
}

#[test]
fn who_waits_names_the_server_that_serves_however_many_there_were_before() {
    let folder = Folder::new("names");
    let (path, never) = (path(&folder), folder.0.join("never"));
    let mut first = Process::start("127.0.0.1:0", &path, None);
    let address = first.serving();
    let waits_for = |server: &Process| {
        let mut waiting = Process::start(&address, &path, Some(&never));
        let said = waiting.says("this server is not ready, ");
        waiting.kill();
        assert!(said.contains(&format!("process {} serves until it is", server.pid())), "{said}");
    };
    // Also after one that has had the sockets and is gone.
    waits_for(&first);
    waits_for(&first);
    let mut second = Process::start(&address, &path, None);
    assert_eq!(second.serving(), address);
    first.ended();
    waits_for(&second);
}
