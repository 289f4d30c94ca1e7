//! What attacks on a server cost it, row by row: the figures of `docs/reliability.md`.
//!
//! ```text
//! cargo run --release -p svrkit-runtime --example attacker            # all rows
//! cargo run --release -p svrkit-runtime --example attacker -- A2 A6   # some
//! cargo run --release -p svrkit-runtime --example attacker -- --quick
//! ```
//!
//! The attacks are those of `tests/attacks`, which holds them to what must come of them. Here the server is a process of its own, so that its
//! memory can be seen, with its default limits; four callers who mean no harm call beside the attack, and before it.

#![allow(clippy::print_stdout, reason = "printing is what it is for")]
#![allow(clippy::unwrap_used, reason = "a measurement ends where what it stands on fails")]

#[path = "../../tests/attacks/arena.rs"]
mod arena;
mod prey;
#[path = "../../tests/attacks/raw.rs"]
mod raw;
#[path = "../../tests/attacks/rows/mod.rs"]
mod rows;
#[path = "../../tests/support/mod.rs"]
mod support;

use std::time::{Duration, Instant};

use arena::{Callers, Calls};
use prey::Prey;
use rows::{ATTACKS, Attack, Expected};

const CALLERS: usize = 4;

/// How long callers are watched before an attack.
const CALM: Duration = Duration::from_millis(500);

#[tokio::main]
async fn main() {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    if arguments.first().is_some_and(|first| first == prey::SERVE) {
        prey::serve().await;
        return;
    }
    let is_quick = arguments.iter().any(|argument| argument == "--quick");
    let wanted: Vec<_> = arguments.iter().filter(|argument| !argument.starts_with("--")).collect();
    let is_wanted =
        |row: &str| wanted.is_empty() || wanted.iter().any(|wanted| row.split(", ").any(|it| it == *wanted));
    println!(
        "| | attack | connections | sent | over after | cut | server memory, before, at most | calls beside it | p99 | p99 before |"
    );
    println!("|---|---|---|---|---|---|---|---|---|---|");
    let size = if is_quick { 200 } else { 2000 };
    for attack in ATTACKS.iter().filter(|attack| is_wanted(attack.row)) {
        measure(attack, size, None).await;
    }
    if is_wanted("F17") {
        let swarm = ATTACKS.iter().find(|attack| attack.row == "A21").unwrap();
        let swarm = Attack { row: "F17", what: "the same where the process may open 256 files", ..*swarm };
        measure(&swarm, size, Some(256)).await;
    }
}

/// Attacks a server of its own and prints what it has cost; `files`: so many may it open.
async fn measure(attack: &Attack, size: usize, files: Option<u32>) {
    let mut prey = Prey::start(files);
    let calm = Callers::start(prey.address, CALLERS).await;
    tokio::time::sleep(CALM).await;
    let calm = calm.stop().await;
    let callers = Callers::start(prey.address, CALLERS).await;
    let (before, began) = (prey.memory(), Instant::now());
    let attacking = tokio::spawn((attack.run)(prey.address, size));
    let mut most = before;
    while !attacking.is_finished() {
        most = most.max(prey.memory());
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
    let (ends, over) = (attacking.await.unwrap(), began.elapsed());
    let calls = callers.stop().await;
    let sent: u64 = ends.iter().map(|end| end.sent).sum();
    let counts = prey.stop();
    let expected = match attack.expected {
        Expected::Cut(keys) => format!("`{}`", keys.join("`, `")),
        Expected::Borne => "no".to_owned(),
    };
    println!(
        "| {} | {} | {} | {} KiB | {} ms | {expected} | {} KiB, +{} KiB | {} | {} | {} |",
        attack.row,
        attack.what,
        ends.len(),
        sent >> 10,
        over.as_millis(),
        before >> 10,
        (most - before) >> 10,
        beside(&calls),
        p99(&calls),
        p99(&calm)
    );
    println!("<!-- {counts} -->");
}

fn beside(calls: &Calls) -> String {
    format!("{}, {} failed", calls.times.len() as u64 + calls.failed, calls.failed)
}

fn p99(calls: &Calls) -> String {
    format!("{} µs", calls.quantile(990).as_micros())
}
