//! The calls that are kept to be looked at.

use svrkit_runtime::{CallEnd, Client, Context, Limits, Monitor, Server, Trace};
use tokio::sync::mpsc;

use crate::client::Shown;
use crate::support::{ECHO, FAIL, MISSING, Note, PANIC, Test};

/// The part of the page that begins with `caption`.
async fn part(server: &Shown, caption: &str) -> String {
    let page = server.get("/calls").await.body;
    page.split("\n\n").find(|part| part.starts_with(caption)).unwrap_or_else(|| panic!("{page}")).into()
}

#[tokio::test]
async fn a_call_is_shown_with_its_stages_in_their_order() {
    let server = Shown::start().await;
    let client = server.client().await;
    let trace: Trace = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01".parse().unwrap();
    let note = Note { text: "hunter2".into(), payload: vec![b'h'; 2048].into(), ..Note::default() };
    let context = Context::current().with_trace(trace);
    client.request::<_, Note>(&ECHO, &note).context(context).await.unwrap();
    // The answer is read by its caller before its writer says when it was written.
    let slow = loop {
        let slow = part(&server, "Slowest").await;
        if slow.contains("written") {
            break slow;
        }
    };
    let mut rest = &*slow;
    for word in ["test.Test.Echo", "OK", "queued", "decoded", "started", "handled", "ended", "written"] {
        rest = rest.split_once(word).unwrap_or_else(|| panic!("no {word} in its place in {slow}")).1;
    }
    assert!(rest.contains("2.01 KiB") && rest.contains("4bf92f3577b34da6a3ce929d0e0e4736"), "{slow}");
    assert!(!server.html("/calls").await.body.contains("hunter2"), "what a call carried is not kept");
}

#[tokio::test]
async fn every_failure_is_kept_with_its_words_and_no_body() {
    let server = Shown::start().await;
    let client =
        Client::builder(server.address.to_string()).name("shop <b>\u{1b}[2J").connect().await.unwrap();
    let note = Note { number: 7, text: "hunter2".into(), ..Note::default() };
    for spec in [&FAIL, &PANIC, &MISSING] {
        client.request::<_, Note>(spec, &note).await.unwrap_err();
    }
    client.request::<_, Note>(&ECHO, &note).await.unwrap();
    let failed = part(&server, "Failed").await;
    let lines: Vec<&str> = failed.lines().skip(2).collect();
    let [missing, panic, fail] = lines[..] else { panic!("{failed}") };
    assert!(missing.contains("4000.99  ") && missing.contains("UNIMPLEMENTED"), "{missing}");
    assert!(panic.contains("test.Test.Panic  ") && panic.contains("INTERNAL"), "{panic}");
    assert!(fail.contains("test.Test.Fail  ") && fail.ends_with("note 7 is not here"), "{fail}");
    assert!(fail.contains("shop <b>\\u{1b}[2J  "), "{fail}");
    assert!(!failed.contains("hunter2") && !failed.contains("as the test wants it"), "{failed}");
    assert!(server.html("/calls").await.body.contains("shop &lt;b&gt;"));
}

#[tokio::test]
async fn a_sample_is_kept_whatever_it_was_like() {
    let limits = Limits { admin_sample: 1, ..Limits::default() };
    let server = Shown::of(Server::new().limits(limits).admin("127.0.0.1:0")).await;
    let client = server.client().await;
    for number in 0..9 {
        client.request::<_, Note>(&ECHO, &Note::number(number)).await.unwrap();
    }
    assert_eq!(part(&server, "Sampled").await.lines().count(), 2 + 9);
    // The slowest are so many of each method.
    assert_eq!(part(&server, "Slowest").await.lines().count(), 2 + 5);
    assert_eq!(part(&server, "Failed").await, "Failed\nNone.");
}

/// Asks of every call when it is written, and tells of each that was and of each that will not be.
struct Asks(mpsc::UnboundedSender<&'static str>);

struct Asked(mpsc::UnboundedSender<&'static str>, bool);

impl Drop for Asked {
    fn drop(&mut self) {
        let _ = self.0.send(if self.1 { "written" } else { "never" });
    }
}

impl Monitor for Asks {
    fn call_ended(&self, end: &CallEnd<'_>) {
        let (asked, ended) = (Asked(self.0.clone(), false), end.stages.ended);
        end.when_written(move |at| {
            let mut asked = asked;
            asked.1 = at >= ended;
        });
    }
}

#[tokio::test]
async fn who_asks_when_an_answer_was_written_is_told_or_let_go() {
    let (tell, mut told) = mpsc::unbounded_channel();
    let server = Shown::of(Server::new().monitor(Asks(tell.clone())).admin("127.0.0.1:0")).await;
    let client = server.client().await;
    for spec in [&ECHO, &FAIL, &PANIC, &MISSING] {
        let _ = client.request::<_, Note>(spec, &Note::default()).await;
        assert_eq!(told.recv().await, Some("written"), "{spec}");
    }
    // Nobody waits for it.
    client.oneway(&ECHO, &Note::default()).await.unwrap();
    assert_eq!(told.recv().await, Some("never"));
    let in_process = Server::new().monitor(Asks(tell)).service(Test::default()).in_process().unwrap();
    in_process.request::<_, Note>(&ECHO, &Note::default()).await.unwrap();
    assert_eq!(told.recv().await, Some("never"), "there is no socket");
}
