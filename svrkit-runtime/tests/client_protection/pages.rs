//! What the pages of a process say of its clients.

use std::net::SocketAddr;
use std::time::Duration;

use svrkit_runtime::{Cause, ClientProtection, Limits, Mode, Rate, Retry, Server, Status};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

use crate::ejection::{one_sick, until_found};
use crate::scripted::{READ, Script, WRITE, Watched, limits, lost, refused};
use crate::support::in_time;

const HOUR: Duration = Duration::from_secs(3600);

/// The page `/clients`.
async fn page(pages: SocketAddr, accept: &str) -> String {
    let mut stream = TcpStream::connect(pages).await.unwrap();
    let request = format!("GET /clients HTTP/1.1\r\nHost: {pages}\r\nAccept: {accept}\r\n\r\n");
    stream.write_all(request.as_bytes()).await.unwrap();
    let mut answer = String::new();
    stream.read_to_string(&mut answer).await.unwrap();
    answer
}

/// The cells of the line that has all these words, without the target before them.
#[track_caller]
fn row(page: &str, target: &str, words: &[&str]) -> Vec<String> {
    let line =
        page.lines().find(|line| line.starts_with(target) && words.iter().all(|word| line.contains(word)));
    let line = line.unwrap_or_else(|| panic!("no {words:?} of {target} in {page}"));
    let cells = line.split("  ").map(str::trim).filter(|cell| !cell.is_empty());
    cells.skip(1).map(String::from).collect()
}

/// A server of `script` with pages: where it is, and where they are.
async fn serving(script: Script) -> (String, SocketAddr) {
    let server = Server::new().without_metrics().service(script).admin("127.0.0.1:0");
    let bound = server.bind("127.0.0.1:0").await.unwrap();
    let (address, pages) = (bound.local_addr().to_string(), bound.admin_addr().unwrap());
    tokio::spawn(bound.run_until(std::future::pending()));
    (address, pages)
}

#[tokio::test]
async fn an_endpoint_that_is_ejected_is_shown_with_for_how_long() {
    let (_, pages) = serving(Script::default()).await;
    let limits = Limits { ejection_min: HOUR, ejection_max: HOUR, ..limits() };
    let (servers, watched) = one_sick(ClientProtection::new(), limits).await;
    let [sick, target] = [servers[0].address(), watched.client.target().to_owned()];
    let well = page(pages, "text/plain").await;
    assert!(!well.lines().any(|line| line.starts_with(&target) && line.contains("ejected")), "{well}");
    until_found(&watched).await;
    let shown = page(pages, "text/plain").await;
    let ejected = row(&shown, &target, &[&sick, "ejected", "all"]);
    assert_eq!(ejected[..3], [&sick, "ejected", "all"]);
    // A tenth more or less, as each is thrown.
    let seconds: f64 = ejected[3].strip_suffix(" s").unwrap().parse().unwrap();
    assert!((3000.0..=3960.0).contains(&seconds), "{ejected:?}");
    assert_eq!(row(&shown, &target, &["ejected_by_row"])[..3], ["ejected_by_row", &sick, "1"]);
}

#[tokio::test]
async fn clients_are_shown_with_what_they_keep_back_and_what_they_decided() {
    let script = Script::default();
    let (address, pages) = serving(script.clone()).await;
    // Other tests of this process have clients, too: this one's target is its own.
    let target = format!("{address},{address}");
    let protection = ClientProtection::new().retries(Mode::Watching).wishes_of_all(true);
    let watched = Watched::of(&target, limits(), |builder| builder.protection(protection));
    let calm = page(pages, "text/plain").await;
    assert_eq!(row(&calm, &target, &["client.retries"]), ["1", "10", "0", "0", "client.retries = watch"]);

    script.then(3, &lost());
    for _ in 0..3 {
        watched.call(&READ).await.unwrap_err();
    }
    script.then(1, &Status::resource_exhausted("busy").slow_down(Rate::per_minute(60), HOUR));
    watched.call(&READ).await.unwrap_err();
    script.then(1, &refused(Retry::After(HOUR)).cause(Cause::Blocked));
    watched.call(&WRITE).await.unwrap_err();
    let blocked = watched.call(&WRITE).await.unwrap_err();
    assert_eq!(blocked.facts().cause, Cause::Blocked);
    in_time(async { while watched.call(&READ).await.is_ok() {} }).await;

    let shown = page(pages, "text/plain").await;
    let budget = row(&shown, &target, &["client.retries"]);
    assert!(budget[0] == "1" && budget[1].parse::<u64>().unwrap() <= 10, "{budget:?}");
    // Neither longer than the client's own bounds.
    let slowed = row(&shown, &target, &["slowed down"]);
    assert_eq!(slowed[..3], [&address, "slowed down to 1 a second", "test.Scripted.Read"]);
    let block = row(&shown, &target, &["blocked", "test.Scripted.Write", " s"]);
    assert_eq!(block[..3], [&address, "blocked", "test.Scripted.Write"]);
    for left in [&slowed[3], &block[3]] {
        let seconds: f64 = left.strip_suffix(" s").unwrap().parse().unwrap();
        assert!(seconds <= 60.0, "{left}");
    }
    for (decision, method, times) in [
        ("retried (only watched)", "test.Scripted.Read", Some(3)),
        ("blocked", "test.Scripted.Write", Some(1)),
        ("slowed", "test.Scripted.Read", None),
    ] {
        let row = row(&shown, &target, &[decision, method, "ago"]);
        assert_eq!(row[..3], [decision, method, &address]);
        assert!(times.is_none_or(|times| row[3] == times.to_string()), "{row:?}");
    }
    let html = page(pages, "text/html").await;
    assert!(html.contains("<td data-label=\"decision\">retried (only watched)</td>"), "{html}");
    drop(watched);
    in_time(async { while page(pages, "text/plain").await.contains(&target) {} }).await;
}
