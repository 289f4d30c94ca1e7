//! What pages show of a server.

use std::net::TcpListener;
use std::time::Duration;

use svrkit_runtime::{Client, Config, Limits, Metrics, Server};

use crate::client::Shown;
use crate::support::{ECHO, FAIL, Note, TEST, WAIT};

#[tokio::test]
async fn connections_say_who_is_there_and_what_went_through() {
    let server = Shown::start().await;
    let empty = server.get("/connections").await;
    assert!(empty.body.contains("0 open\nNobody is connected."), "{}", empty.body);
    let client =
        Client::builder(server.address.to_string()).name("shop <script>\u{1b}[2J").connect().await.unwrap();
    let note = Note { payload: vec![7; 3000].into(), ..Note::default() };
    client.request::<_, Note>(&ECHO, &note).await.unwrap();
    let waiting = tokio::spawn(client.request::<_, Note>(&WAIT, &Note::default()));
    server.gate.started.notified().await;
    let shown = server.get("/connections").await;
    let row = shown.row("127.0.0.1:");
    assert_eq!(row[1..3], ["shop <script>\\u{1b}[2J", "busy"], "{row:?}");
    assert_eq!(row[5], "1", "{row:?}");
    // Both have passed 3000 bytes and two frames or so of hello and calls.
    for bytes in &row[6..] {
        assert!(bytes.starts_with("3.") && bytes.ends_with(" KiB"), "{row:?}");
    }
    let html = server.html("/connections").await;
    assert!(html.body.contains("shop &lt;script&gt;") && !html.body.contains("<script"), "{}", html.body);
    server.gate.go.notify_one();
    waiting.await.unwrap().unwrap();
}

/// The row of the page's second table that is about `target`, once it is as `is_it` wants it.
async fn dialed(server: &Shown, target: &str, is_it: impl Fn(&[String]) -> bool) -> Vec<String> {
    loop {
        let shown = server.get("/connections").await;
        let row = if shown.body.contains(target) { shown.row(target) } else { Vec::new() };
        let row: Vec<String> = row.into_iter().map(String::from).collect();
        if is_it(&row) {
            return row;
        }
        tokio::task::yield_now().await;
    }
}

#[tokio::test]
async fn connections_of_the_clients_of_the_process_are_shown_until_they_are_gone() {
    let server = Shown::start().await;
    // Other tests of this process have clients, too: this one's target is its own.
    let target = format!("{}, {}", server.address, server.address);
    let client = Client::connect(&*target).await.unwrap();
    let row = dialed(&server, &target, |row| !row.is_empty()).await;
    assert_eq!(row[..3], [&*target, &server.address.to_string(), "idle"], "{row:?}");
    assert!(row[3].ends_with(" s") && row[4] == "0" && row.len() == 5, "{row:?}");
    let waiting = tokio::spawn(client.request::<_, Note>(&WAIT, &Note::default()));
    server.gate.started.notified().await;
    let row = dialed(&server, &target, |row| !row.is_empty()).await;
    assert_eq!((&*row[2], &*row[4]), ("busy", "1"), "{row:?}");
    let html = server.html("/connections").await;
    assert!(html.body.contains("<td data-label=\"target\">"), "{}", html.body);
    server.gate.go.notify_one();
    waiting.await.unwrap().unwrap();
    drop(client);
    dialed(&server, &target, <[_]>::is_empty).await;
}

#[tokio::test]
async fn an_endpoint_that_cannot_be_reached_is_shown_with_why() {
    let server = Shown::start().await;
    let closed = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
    let limits = Limits { client_backoff_min: Duration::from_secs(3600), ..Limits::default() };
    let target = format!("{closed},{closed}");
    let client = Client::builder(&target).limits(limits).lazy();
    let lazy = Client::builder("unix:/nowhere/unused.sock").lazy();
    client.request::<_, Note>(&ECHO, &Note::default()).timeout(Duration::from_millis(20)).await.unwrap_err();
    let row =
        dialed(&server, &target, |row| row.get(2).is_some_and(|state| state.starts_with("failed"))).await;
    assert_eq!(row[1], closed.to_string());
    assert!(row[2].starts_with("failed 1 times in a row, left alone for "), "{row:?}");
    assert!(row.last().unwrap().starts_with("cannot connect"), "{row:?}");
    // Who has not been called yet is counted alone.
    let shown = server.get("/connections").await;
    assert!(
        shown.body.contains("; endpoints without one: ") && !shown.body.contains("unused.sock"),
        "{}",
        shown.body
    );
    drop(lazy);
}

#[tokio::test]
async fn the_level_says_what_is_taken_what_waits_and_what_was_refused() {
    let limits = Limits { handlers_running: 1, queue_calls: 1, ..Limits::default() };
    let server = Shown::of(Server::new().limits(limits).admin("127.0.0.1:0")).await;
    let calm = server.get("/level").await;
    assert_eq!(calm.row("admitted"), ["admitted", "all"]);
    assert_eq!(calm.row("handlers under way"), ["handlers under way", "0 of 1"]);
    let client = server.client().await;
    let wait = || tokio::spawn(client.request::<_, Note>(&WAIT, &Note::default()));
    let first = wait();
    server.gate.started.notified().await;
    // One waits, and one is refused, whichever it is.
    let (second, third) = (wait(), wait());
    while server.get("/level").await.row("refused by the queue")[1] == "0" {}
    let shown = server.get("/level").await;
    assert_eq!(shown.row("waiting"), ["waiting", "1 of 1"]);
    assert_eq!(shown.row("handlers under way"), ["handlers under way", "1 of 1"]);
    server.gate.go.notify_one();
    server.gate.started.notified().await;
    server.gate.go.notify_one();
    let outcomes = [first.await.unwrap(), second.await.unwrap(), third.await.unwrap()];
    assert_eq!(outcomes.iter().filter(|outcome| outcome.is_ok()).count(), 2);
    let off = Server::new().admission(svrkit_runtime::Mode::Off).admin("127.0.0.1:0");
    let off = Shown::of(off).await.get("/level").await;
    assert!(off.body.contains("server.admission"), "{}", off.body);
}

#[tokio::test]
async fn the_configuration_has_origins_and_no_secrets() {
    let config = Config::builder()
        .set("message.in", "8MiB")
        .key(svrkit_runtime::Key::secret("database.password", "opens the database"))
        .set("database.password", "hunter2hunter2")
        .variables([("SVRKIT__CONNECTIONS", "77"), ("SVRKIT__ADMIN__LISTEN", "127.0.0.1:0")])
        .load()
        .unwrap();
    let server = Shown::of(Server::new().config(&config)).await;
    let shown = server.get("/config").await;
    assert_eq!(shown.row("message.in"), ["message.in", "8MiB", "code"]);
    assert_eq!(shown.row("connections  "), ["connections", "77", "SVRKIT__CONNECTIONS"]);
    assert_eq!(shown.row("database.password"), ["database.password", "(secret)", "code"]);
    assert_eq!(shown.row("drain.timeout"), ["drain.timeout", "10s"]);
    assert!(!shown.body.contains("hunter2"), "{}", shown.body);
    // What the program has set since is what holds.
    let limits = Limits { message_in: 1 << 20, ..config.limits() };
    let server = Shown::of(Server::new().config(&config).limits(limits)).await;
    assert_eq!(server.get("/config").await.row("message.in"), ["message.in", "1MiB", "code"]);
    // And without a configuration, limits are what there is to show.
    let server = Shown::of(Server::new().limits(limits).admin("127.0.0.1:0")).await;
    let shown = server.get("/config").await;
    assert_eq!(shown.row("connections  "), ["connections", "77", "code"]);
    assert!(!shown.body.contains("server.listen"), "{}", shown.body);
}

#[tokio::test]
async fn health_and_readiness_are_statuses_with_reasons() {
    let server = Server::new().admin("127.0.0.1:0");
    let health = server.health();
    let server = Shown::of(server).await;
    assert_eq!(server.get("/health").await.row("test.Test"), ["test.Test", "serving"]);
    assert_eq!(server.get("/ready").await.status, 200);
    health.not_serving(&TEST, "its database is being moved");
    let not_serving = server.get("/health").await;
    assert_eq!(not_serving.status, 503);
    assert_eq!(not_serving.row("test.Test"), ["test.Test", "not serving", "its database is being moved"]);
    health.readiness_check("cache", || async { Err::<(), _>("the password hunter2 is wrong") });
    let not_ready = server.get("/ready").await;
    assert_eq!(not_ready.status, 503);
    assert_eq!(not_ready.row("cache"), ["cache", "the check failed; the server's log has why"]);
    assert!(server.html("/ready").await.body.contains("<td data-label=\"check\">cache</td>"));
}

#[tokio::test]
async fn status_and_metrics_say_what_was_counted() {
    let metrics = Metrics::new();
    let server = Shown::of(Server::new().metrics(metrics.clone()).admin("127.0.0.1:0")).await;
    assert!(server.get("/status").await.body.contains("Calls that it answers\nNone yet."));
    let client =
        Client::builder(server.address.to_string()).metrics(metrics.clone()).connect().await.unwrap();
    for _ in 0..3 {
        client.request::<_, Note>(&ECHO, &Note::default()).await.unwrap();
    }
    client.request::<_, Note>(&FAIL, &Note::default()).await.unwrap_err();
    let waiting = tokio::spawn(client.request::<_, Note>(&WAIT, &Note::default()));
    server.gate.started.notified().await;
    let status = server.get("/status").await;
    let [answers, makes] = ["Calls that it answers", "Calls that its process makes"]
        .map(|caption| status.body.split("\n\n").find(|part| part.starts_with(caption)).unwrap());
    for part in [answers, makes] {
        let cells = |method: &str| -> Vec<String> {
            let line = part.lines().find(|line| line.starts_with(method)).unwrap_or_else(|| panic!("{part}"));
            line.split("  ").map(str::trim).filter(|cell| !cell.is_empty()).map(String::from).collect()
        };
        let echo = cells("test.Test.Echo");
        assert_eq!(
            (&*echo[1], &*echo[3], &echo[9..]),
            ("0", "0 %", &["3", "0", "0"].map(String::from)[..]),
            "{part}"
        );
        assert!(echo[4].ends_with("s") && echo[7].ends_with("s"), "times: {part}");
        let fail = cells("test.Test.Fail");
        assert_eq!((&*fail[3], &fail[9..]), ("100 %", &["1", "1", "0"].map(String::from)[..]), "{part}");
        assert_eq!(cells("test.Test.Wait")[1], "1", "in flight: {part}");
    }
    let text = server.html("/metrics").await;
    assert_eq!(text.field("Content-Type"), Some("text/plain; version=0.0.4; charset=utf-8"));
    let line = "svrkit_calls_total{side=\"server\",service=\"test.Test\",method=\"Echo\",code=\"OK\"} 3";
    assert!(text.body.lines().any(|found| found == line), "{}", text.body);
    server.gate.go.notify_one();
    waiting.await.unwrap().unwrap();
    // A server that counts nothing has no page that would say so.
    let server = Shown::of(Server::new().without_metrics().admin("127.0.0.1:0")).await;
    assert_eq!((server.get("/status").await.status, server.get("/metrics").await.status), (404, 404));
}
