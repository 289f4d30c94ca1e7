//! A real Prometheus scrapes a server, and has afterwards what was counted.

use std::fs;
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::sync::Arc;

use svrkit_runtime::{Limits, Metrics};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpListener;
use tokio::sync::Notify;
use tokio::time::{Duration, timeout};

use crate::endings::counting;
use crate::support::{ECHO, FAIL, Note};

/// Dropping it kills it.
struct Prometheus(Child);

impl Drop for Prometheus {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

impl Prometheus {
    /// One that scrapes `target`, and keeps what it has in `dir`. `None`: it is not installed.
    fn start(dir: &Path, target: &str) -> Option<Self> {
        let config = format!(
            "scrape_configs:\n- job_name: svrkit\n  scrape_interval: 200ms\n  scrape_timeout: 200ms\n  static_configs:\n  - targets: ['{target}']\n"
        );
        let file = dir.join("prometheus.yml");
        fs::write(&file, config).unwrap();
        let mut command = Command::new("prometheus");
        command.arg(format!("--config.file={}", file.display()));
        command.arg(format!("--storage.tsdb.path={}", dir.join("data").display()));
        command.arg("--web.listen-address=127.0.0.1:0").stdout(Stdio::null()).stderr(Stdio::null());
        command.spawn().ok().map(Self)
    }

    /// Ends it in order, so that all it has is on disk.
    fn stop(&mut self) {
        let pid = self.0.id().to_string();
        assert!(Command::new("sh").args(["-c", &format!("kill -TERM {pid}")]).status().unwrap().success());
        self.0.wait().unwrap();
    }
}

/// Answers whoever asks with the text, and tells of each that was answered.
async fn expose(listener: TcpListener, metrics: Metrics, scraped: Arc<Notify>) {
    loop {
        let (mut socket, _) = listener.accept().await.unwrap();
        let (metrics, scraped) = (metrics.clone(), Arc::clone(&scraped));
        tokio::spawn(async move {
            let mut request = Vec::new();
            while !request.ends_with(b"\r\n\r\n") {
                if socket.read_buf(&mut request).await.unwrap() == 0 {
                    return;
                }
            }
            let text = metrics.snapshot().prometheus();
            let head = "HTTP/1.1 200 OK\r\nContent-Type: text/plain; version=0.0.4\r\nConnection: close\r\n";
            let answer = format!("{head}Content-Length: {}\r\n\r\n{text}", text.len());
            socket.write_all(answer.as_bytes()).await.unwrap();
            scraped.notify_one();
        });
    }
}

#[tokio::test]
async fn a_real_one_has_what_was_counted() {
    let (metrics, _server, client) = counting(Limits::default()).await;
    for _ in 0..7 {
        client.request::<_, Note>(&ECHO, &Note::number(1)).await.unwrap();
    }
    client.request::<_, Note>(&FAIL, &Note::number(1)).await.unwrap_err();
    crate::ledger::until(&metrics, |snapshot| snapshot.counter("svrkit_calls_total", &[]) == 16).await;

    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let target = listener.local_addr().unwrap().to_string();
    let scraped = Arc::new(Notify::new());
    let exposing = tokio::spawn(expose(listener, metrics, Arc::clone(&scraped)));
    let dir = tempfile::tempdir().unwrap();
    let Some(mut prometheus) = Prometheus::start(dir.path(), &target) else {
        return eprintln!(
            "LEFT OUT: prometheus is not installed: that it scrapes a server is not tried; Debian has it in the package prometheus"
        );
    };
    // When it asks once more it has kept what it was answered before.
    for _ in 0..3 {
        timeout(Duration::from_secs(60), scraped.notified()).await.expect("it scrapes");
    }
    prometheus.stop();
    exposing.abort();

    let dump = Command::new("promtool").args(["tsdb", "dump"]).arg(dir.path().join("data")).output().unwrap();
    let samples = String::from_utf8(dump.stdout).unwrap();
    let has = |wanted: &[&str], number: &str| {
        let is_it = |line: &str| {
            wanted.iter().all(|word| line.contains(word))
                && line.split_once("} ").is_some_and(|(_, rest)| rest.starts_with(&format!("{number} ")))
        };
        assert!(samples.lines().any(is_it), "{wanted:?} {number} is not in\n{samples}");
    };
    has(&["__name__=\"up\"", "job=\"svrkit\""], "1");
    let echo = ["side=\"server\"", "service=\"test.Test\"", "method=\"Echo\""];
    has(&[&["__name__=\"svrkit_calls_total\"", "code=\"OK\""], &echo[..]].concat(), "7");
    has(&[&["__name__=\"svrkit_call_duration_seconds_count\"", "outcome=\"ok\""], &echo[..]].concat(), "7");
    has(&[&["__name__=\"svrkit_call_duration_seconds_bucket\"", "le=\"+Inf\""], &echo[..]].concat(), "7");
    has(&["__name__=\"svrkit_calls_total\"", "code=\"NOT_FOUND\"", "side=\"client\""], "1");
}
