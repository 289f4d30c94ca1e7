//! Nights in small, with the services as processes: the books are exact after each, also where a service was killed while all were at it.

#![allow(clippy::unwrap_used, clippy::panic, reason = "a test ends where what it stands on fails")]

mod command;
mod crowd;

use std::collections::BTreeMap;
use std::path::Path;
use std::process::Command;
use std::time::Duration;

use redpacket::books::{Books, Promise};
use redpacket::fleet::{Fleet, FleetPlan, Tier};
use redpacket::protocol::{BalanceRequest, LedgerClient};
use svrkit_store::{Batch, Store, Table};

use crate::crowd::Crowd;

/// An entry that is asked for far more than it can do.
const ACCESS: &str = "[handlers]\nrunning = 16\n[hardware]\nplaces = 2\nforward = '1ms'\n[shake]\nlucky = 1000\npreload = 200\n";

/// So many parts are opened before a service is killed, and before it is killed again; and so many after the last time.
const BETWEEN: usize = 50;
const AFTER: usize = 150;

/// How often it is killed: more by `NIGHT_KILLS`.
fn kills() -> usize {
    std::env::var("NIGHT_KILLS").map_or(5, |kills| kills.parse().expect("NIGHT_KILLS is a number"))
}

/// How many parts are opened until the night is over.
fn end() -> usize {
    BETWEEN * kills() + AFTER
}

async fn fleet(dir: &Path, is_protected: bool) -> Fleet {
    // Packets for all who are to open one, and leases that are soon over where a process was killed.
    let packet = format!(
        "[hardware]\nopen = '1ms'\nshare = '1ms'\n[night]\npackets = {}\nfen = 100000\n[outbox]\nlease = '2s'\n",
        end()
    );
    let changes = [(Tier::Access, ACCESS), (Tier::Packet, &packet)];
    let plan = FleetPlan {
        program: env!("CARGO_BIN_EXE_redpacket").into(),
        dir: dir.to_owned(),
        is_protected,
        changes: changes.map(|(tier, changes)| (tier, changes.to_owned())).into(),
    };
    Fleet::start(plan).await.unwrap()
}

/// A night in which some service is killed again and again, or none. What users were told in it, and how many calls the entry has refused since it was started last.
async fn night(fleet: Fleet, killed: Option<Tier>) -> (Vec<Promise>, u64) {
    let [access, packet] = [Tier::Access, Tier::Packet].map(|tier| fleet.address(tier).unwrap());
    let crowd = Crowd::start(access, packet, u32::try_from(end()).unwrap()).await;
    if let Some(tier) = killed {
        for time in 1..=kills() {
            crowd.has_opened(BETWEEN * time).await;
            fleet.kill(tier).await.unwrap();
            fleet.restart(tier).await.unwrap();
        }
    }
    crowd.has_opened(end()).await;
    let promises = crowd.go_home().await;
    let entry = fleet.snapshot(Tier::Access).unwrap();
    let refused = entry.counter("svrkit_calls_refused_total", &[("side", "server")]);
    // What is not credited by then, the books tell.
    let _is_drained = fleet.drained(Duration::from_secs(120)).await.unwrap();
    check_balances(fleet.address(Tier::Ledger).unwrap(), &promises).await;
    fleet.stop().await.unwrap();
    (promises, refused)
}

/// Who was told of an amount has it, as the ledger says when it is asked.
async fn check_balances(ledger: &str, promises: &[Promise]) {
    let ledger = LedgerClient::connect(ledger).await.unwrap();
    for Promise { user, fen, .. } in promises.iter().copied() {
        let balance = ledger.balance(&BalanceRequest { user, ..BalanceRequest::default() }).await.unwrap();
        // Each user opens one packet.
        assert_eq!((balance.fen, balance.credits), (fen, 1), "user {user}");
    }
}

async fn check_night(is_protected: bool, killed: Option<Tier>) {
    let dir = tempfile::tempdir().unwrap();
    let (promises, refused) = night(fleet(dir.path(), is_protected).await, killed).await;
    assert_eq!(
        refused > 0,
        is_protected,
        "the entry was asked for more than it can do, and has refused {refused}"
    );
    let books = Books::read(dir.path(), &promises).await.unwrap();
    assert!(books.are_exact(), "{books}");
    let opened = usize::try_from(books.opened.count).unwrap();
    assert!(end() <= promises.len() && promises.len() <= opened, "{} were told\n{books}", promises.len());
}

#[tokio::test]
async fn the_books_of_a_night_are_exact_and_the_command_says_so_and_what_is_wrong() {
    let dir = tempfile::tempdir().unwrap();
    let (promises, _) = night(fleet(dir.path(), true).await, None).await;
    let command = || {
        let mut command = Command::new(env!("CARGO_BIN_EXE_redpacket"));
        command.arg("books").arg("--data").arg(dir.path()).output().unwrap()
    };
    let said = command();
    let words = String::from_utf8(said.stdout).unwrap();
    assert!(said.status.success() && words.contains("The books are exact"), "{words}");

    // What one user was told, and what another one has, is taken away.
    let store = Store::open(dir.path().join("ledger.store")).unwrap();
    let user = promises[0].user;
    store.commit(Batch::new().delete(&Table::<u64, ()>::new("balances"), &user)).await.unwrap();
    drop(store);
    let said = command();
    let words = String::from_utf8(said.stdout).unwrap();
    assert!(!said.status.success() && words.contains("wrong in 1 place"), "{words}");
    assert!(words.contains(&format!("user {user} has a balance of 0 fen")), "{words}");
    let told = [Promise { fen: promises[0].fen + 1, ..promises[0] }];
    assert_eq!(Books::read(dir.path(), &told).await.unwrap().faults.len(), 2);
}

#[tokio::test]
async fn the_books_are_exact_without_protection_too() {
    check_night(false, None).await;
}

#[tokio::test]
async fn the_books_are_exact_after_packet_was_killed_again_and_again() {
    check_night(true, Some(Tier::Packet)).await;
}

#[tokio::test]
async fn the_books_are_exact_after_the_ledger_was_killed_again_and_again() {
    check_night(true, Some(Tier::Ledger)).await;
}

#[tokio::test]
async fn the_books_are_exact_after_the_entry_was_killed_again_and_again() {
    check_night(true, Some(Tier::Access)).await;
}

#[tokio::test]
async fn a_service_that_cannot_start_is_told_in_words() {
    let dir = tempfile::tempdir().unwrap();
    let plan = FleetPlan {
        program: env!("CARGO_BIN_EXE_redpacket").into(),
        dir: dir.path().to_owned(),
        is_protected: false,
        changes: BTreeMap::from([(Tier::Packet, "[night]\nparts = 0\n".to_owned())]),
    };
    let error = Fleet::start(plan).await.unwrap_err().to_string();
    assert!(error.starts_with("packet: does not start:") && error.contains("night.parts"), "{error}");
}
