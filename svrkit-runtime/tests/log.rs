//! What a server tells whoever runs it, on stderr: panics with method and place, and what callers are not told.
#![allow(clippy::unwrap_used, clippy::panic, reason = "a test ends where what it stands on fails")]

mod support;

use std::io;
use std::process::Command;

use support::{ECHO, Note, PANIC, Test};
use svrkit_runtime::health::{HealthClient, ReadyRequest};
use svrkit_runtime::{Call, Code, OrInternal, Server, Service, ServiceSpec, Spec, Status};

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
