//! A process that stands still for a while: SIGSTOP, and SIGCONT.

use std::fs;
use std::thread::yield_now;
use std::time::Duration;

use svrkit_runtime::{Client, Code};

use crate::nothing_left::by_itself;
use crate::process::Process;
use crate::support::{ECHO, Note};

#[test]
fn a_server_that_was_stopped_answers_whoever_still_waits_when_it_goes_on() {
    by_itself(async {
        let mut server = Process::spawn(&mut Process::command("127.0.0.1:0"));
        let address = server.serving();
        let client = Client::connect(&address).await.unwrap();
        let echo = |number| client.request::<_, Note>(&ECHO, &Note::number(number));
        assert_eq!(echo(7).await.unwrap().number, 7);
        server.signal("STOP");
        while !has_stopped(server.pid()) {
            yield_now();
        }
        let waiting: Vec<_> = (0..100).map(|number| tokio::spawn(echo(number))).collect();
        // Whoever has less time is told in time.
        let hasty = echo(7).timeout(Duration::from_millis(500)).await;
        assert_eq!(hasty.unwrap_err().code(), Code::DeadlineExceeded);
        assert!(waiting.iter().all(|call| !call.is_finished()));
        server.signal("CONT");
        for (number, call) in waiting.into_iter().enumerate() {
            assert_eq!(call.await.unwrap().unwrap().number, number as u64);
        }
        assert_eq!(echo(8).await.unwrap().number, 8);
    });
}

/// Whether all threads of a process have stopped: the signal has been sent to it before they have.
fn has_stopped(pid: u32) -> bool {
    let threads = fs::read_dir(format!("/proc/{pid}/task")).unwrap();
    threads.map(|thread| fs::read_to_string(thread.unwrap().path().join("stat")).unwrap()).all(|stat| {
        let (_, behind_name) = stat.rsplit_once(')').unwrap();
        behind_name.trim_start().starts_with('T')
    })
}
