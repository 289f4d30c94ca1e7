//! What a server tells whoever runs it, on stderr: panics with method and place, what callers are not told, and whom it cut.
#![allow(clippy::unwrap_used, clippy::panic, reason = "a test ends where what it stands on fails")]

mod support;

use std::io;
use std::process::Command;

use support::{ECHO, FAIL, MISSING, Note, PANIC, Raw, Running, Test, request_header};
use svrkit_runtime::health::{HealthClient, ReadyRequest};
use svrkit_runtime::{
    Call, Client, Code, Config, Limits, OrInternal, Server, Service, ServiceSpec, Spec, Status, Tlv,
};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

static FAULTS: ServiceSpec = ServiceSpec::new("test.Faults", 4200, &[&READ, &PARSE]);
static READ: Spec = Spec::new("test.Faults", 4200, "Read", 1);
static PARSE: Spec = Spec::new("test.Faults", 4200, "Parse", 2);

/// Meets errors of others.
struct Faults;

impl Service for Faults {
    fn spec(&self) -> &'static ServiceSpec {
        &FAULTS
    }

    fn dispatch(&self, call: Call) {
        match call.method_id() {
            1 => call.handle(&READ, |_: Note| async {
                let disk: Result<Note, io::Error> = Err(io::Error::other("disk 7 is gone"));
                Ok(disk?)
            }),
            _ => call.handle(&PARSE, |note: Note| async move {
                Ok::<_, Status>(Note::number(note.text.parse().or_internal()?))
            }),
        }
    }
}

/// Runs in a process of its own: [`a_panic_and_errors_of_others_are_in_the_log`] reads what it says.
#[tokio::test]
#[ignore = "started by the test that reads its stderr"]
async fn a_server_with_faults() {
    let server = Server::new().service(Test::default()).service(Faults);
    server.health().readiness_check("database", || async { Err("password of\nshop refused") });
    let client = server.in_process().unwrap();
    let ask = async |spec: &'static Spec| client.request::<_, Note>(spec, &Note::default()).await;
    for spec in [&PANIC, &READ, &PARSE] {
        let status = ask(spec).await.unwrap_err();
        assert_eq!(status.code(), Code::Internal);
        assert!(status.private_error().is_none(), "{status}");
        for secret in ["as the test wants it", "disk 7", "integer"] {
            assert!(!status.message().contains(secret), "{status}");
        }
    }
    ask(&ECHO).await.unwrap();
    let health = HealthClient::new(client);
    for _ in 0..2 {
        let reply = health.ready(&ReadyRequest::default()).await.unwrap();
        assert_eq!(reply.obstacles[0].reason, "the check failed; the server's log has why");
    }
}

/// Runs in a process of its own: the next test reads what it says.
#[tokio::test]
#[ignore = "started by the test that reads its stderr"]
async fn a_server_with_strangers() {
    let config = Config::builder().environment().load().unwrap();
    let limits = Limits { connections: 1, ..Limits::default() };
    let server = Running::of(Server::new().config(&config).limits(limits)).await;
    for greeting in [&b"GET / HTTP/1.1\r\n\r\n"[..], b"no\nsvrkit: forged\r\n\r\n"] {
        let mut stranger = TcpStream::connect(server.address).await.unwrap();
        stranger.write_all(greeting).await.unwrap();
        let mut said = Vec::new();
        // It is cut when the server has said so.
        let _ = stranger.read_to_end(&mut said).await;
    }
    let mut one = Raw::greeted(server.address).await;
    let mut other = Raw::connect(server.address).await;
    assert!(other.receive().await.is_some(), "it is told why there is no place");
    assert!(other.receive().await.is_none());
    one.send(request_header(1, 3), &Note::default().encode().unwrap()).await;
    one.receive().await.unwrap();
}

#[test]
fn who_was_cut_or_turned_away_is_in_the_log_as_words_or_as_json() {
    for (as_json, variable) in [(false, "false"), (true, "true")] {
        let child = Command::new(std::env::current_exe().unwrap())
            .args(["--exact", "a_server_with_strangers", "--ignored", "--nocapture"])
            .env("SVRKIT__LOG__JSON", variable)
            .output()
            .unwrap();
        let said = String::from_utf8(child.stderr).unwrap();
        assert!(child.status.success(), "{said}");
        let start = if as_json { "{" } else { "svrkit: " };
        let lines: Vec<&str> = said.lines().filter(|line| line.starts_with(start)).collect();
        let [http, forged, refused, panic] = lines[..] else { panic!("{said}") };
        let words = [
            (http, "cut the connection of 127.0.0.1:"),
            (forged, "cut the connection of 127.0.0.1:"),
            (refused, "turned 127.0.0.1:"),
            (panic, "test.Test.Panic panicked at "),
        ];
        for (line, words) in words {
            if !as_json {
                assert!(line.starts_with(&format!("svrkit: {words}")), "{line}");
                continue;
            }
            let line: serde_json::Value = serde_json::from_str(line).unwrap();
            assert!(line["message"].as_str().unwrap().starts_with(words), "{line}");
        }
        if as_json {
            let [http, _, refused, panic] = [http, forged, refused, panic]
                .map(|line| serde_json::from_str::<serde_json::Value>(line).unwrap());
            assert_eq!(
                (&http["event"], &refused["event"], &panic["event"]),
                (&"connection_cut".into(), &"connection_refused".into(), &"handler_panicked".into())
            );
            assert!(http["peer"].as_str().unwrap().starts_with("127.0.0.1:"), "{http}");
            assert!(refused["message"].as_str().unwrap().contains("(connections)"), "{refused}");
            assert_eq!(panic["method"], "test.Test.Panic");
            assert!(panic["place"].as_str().unwrap().contains("support/mod.rs:"), "{panic}");
        }
    }
}

/// Runs in a process of its own: the next test reads what it says.
#[tokio::test]
#[ignore = "started by the test that reads its stderr"]
async fn a_server_that_refuses() {
    let config = Config::builder().environment().load().unwrap();
    let bound = Server::new().config(&config).service(Test::default()).bind("127.0.0.1:0").await.unwrap();
    let address = bound.local_addr().to_string();
    let (stop, stopped) = tokio::sync::oneshot::channel::<()>();
    let serving = tokio::spawn(bound.run_until(async { drop(stopped.await) }));
    let client = Client::connect(&*address).await.unwrap();
    for _ in 0..200 {
        let unknown = client.request::<_, Note>(&MISSING, &Note::default()).await.unwrap_err();
        assert_eq!(unknown.code(), Code::Unimplemented);
        // What a request carries is nobody else's business.
        let over = Note { number: 2_000_000_007, ..Note::default() };
        let broken = client.request::<_, Note>(&ECHO, &over).await.unwrap_err();
        assert!(broken.message().contains("2000000007"), "{broken}");
        // What a handler answers is no refusal.
        client.request::<_, Note>(&FAIL, &Note::default()).await.unwrap_err();
    }
    drop((stop, client));
    serving.await.unwrap();
}

#[test]
fn refusals_are_in_the_log_once_for_each_cause_however_many_there_are() {
    for (as_json, variable) in [(false, "false"), (true, "true")] {
        let child = Command::new(std::env::current_exe().unwrap())
            .args(["--exact", "a_server_that_refuses", "--ignored", "--nocapture"])
            .env("SVRKIT__LOG__JSON", variable)
            .output()
            .unwrap();
        let said = String::from_utf8(child.stderr).unwrap();
        assert!(child.status.success(), "{said}");
        assert!(!said.contains("2000000007"), "{said}");
        let start = if as_json { "{" } else { "svrkit: " };
        let lines: Vec<&str> = said.lines().filter(|line| line.starts_with(start)).collect();
        if !as_json {
            // Where the machine is so slow that there is a second line, it says how many there were.
            assert!(lines[0].starts_with("svrkit: refused a call: UNIMPLEMENTED, "), "{said}");
            assert!(lines[0].ends_with("; and 0 others so since the last such line"), "{said}");
            assert!(
                lines[1].starts_with("svrkit: refused test.Test.Echo: INVALID_ARGUMENT, the request is not"),
                "{said}"
            );
            assert!(lines.len() < 20, "{said}");
            continue;
        }
        let lines: Vec<serde_json::Value> =
            lines.iter().map(|line| serde_json::from_str(line).unwrap()).collect();
        let events: Vec<&str> = lines.iter().map(|line| line["event"].as_str().unwrap()).collect();
        assert_eq!(
            (events[0], events[1], events[2]),
            ("server_started", "call_refused", "call_refused"),
            "{said}"
        );
        assert_eq!(events[events.len() - 2..], ["server_draining", "server_stopped"], "{said}");
        assert!(lines[0]["address"].as_str().unwrap().starts_with("127.0.0.1:"), "{said}");
        let refused = &lines[1];
        assert_eq!(
            (&refused["code"], &refused["cause"], &refused["others"]),
            (&"UNIMPLEMENTED".into(), &"none".into(), &"0".into())
        );
        assert_eq!(lines[2]["method"], "test.Test.Echo");
        let [draining, stopped] = &lines[lines.len() - 2..] else { panic!("{said}") };
        assert_eq!(draining["why"], "told to stop");
        assert_eq!((&stopped["calls_cut"], &stopped["connections_cut"]), (&"0".into(), &"0".into()));
    }
}

#[test]
fn a_panic_and_errors_of_others_are_in_the_log() {
    let child = Command::new(std::env::current_exe().unwrap())
        .args(["--exact", "a_server_with_faults", "--ignored", "--nocapture"])
        .output()
        .unwrap();
    let said = String::from_utf8(child.stderr).unwrap();
    assert!(child.status.success(), "{said}");
    let lines: Vec<&str> = said.lines().filter_map(|line| line.strip_prefix("svrkit: ")).collect();
    let [panic, read, parse, check] = lines[..] else { panic!("{said}") };
    assert!(panic.starts_with("test.Test.Panic panicked at "), "{panic}");
    assert!(
        panic.contains("support/mod.rs:")
            && panic.ends_with("as the test wants it; its caller was told INTERNAL")
    );
    assert_eq!(read, "test.Faults.Read failed: disk 7 is gone");
    assert_eq!(check, "the readiness check database failed: password of\\nshop refused");
    assert_eq!(parse, "test.Faults.Parse failed: cannot parse integer from empty string");
    assert!(said.contains("thread '"), "the panic hook that was there before goes on: {said}");
}
