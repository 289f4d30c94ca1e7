//! A disk without room for the file that numbers are kept in: the server lives, says so, and counts in ordinary memory. The disk is a limit of the process for
//! the length of its files, which refuses a write in the same place.

use std::time::Duration;

use svrkit_runtime::{Client, Snapshot};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio::time::timeout;

use crate::child::{DISTRICTS, Process};
use crate::segment::{folder, segments};
use crate::support::{ECHO, Note};

/// What its log says of metrics before it says where its pages are, and where.
fn told_until_pages(log: impl Iterator<Item = std::io::Result<String>>) -> (Vec<String>, String) {
    let mut told = Vec::new();
    for line in log {
        let line = line.unwrap();
        if let Some((_, address)) = line.split_once("admin pages at http://") {
            return (told, address.trim_end_matches('/').to_owned());
        }
        if line.contains("metrics") {
            told.push(line);
        }
    }
    panic!("it has ended, and said: {told:#?}")
}

/// What it has counted, once it has counted this line.
async fn counted(pages: &str, wanted: &str) -> String {
    let asking = async {
        loop {
            let mut page = TcpStream::connect(pages).await.unwrap();
            page.write_all(b"GET /metrics HTTP/1.0\r\n\r\n").await.unwrap();
            let mut text = String::new();
            page.read_to_string(&mut text).await.unwrap();
            if text.lines().any(|line| line == wanted) {
                return text;
            }
        }
    };
    // Nothing depends on how long it is: only a test that fails comes so far.
    timeout(Duration::from_secs(60), asking).await.expect("it is counted")
}

async fn call(server: &str) {
    let client = Client::builder(server).without_metrics().connect().await.unwrap();
    for number in 0..3 {
        client.request::<_, Note>(&ECHO, &Note::number(number)).await.unwrap();
    }
}

const CALLS: &str = "svrkit_calls_total{side=\"server\",service=\"test.Test\",method=\"Echo\",code=\"OK\"} 3";

#[tokio::test]
async fn without_room_for_any_of_it_everything_is_in_ordinary_memory() {
    let dir = folder();
    let (mut process, log) = Process::with_room(dir.path(), 0);
    let (told, pages) = told_until_pages(log);
    let [line] = &told[..] else { panic!("one line: {told:#?}") };
    for words in ["metrics are kept in ordinary memory: cannot make room in", ".svrkseg", "metrics.dir"] {
        assert!(line.contains(words), "{words} is not in {line}");
    }
    call(&process.serving()).await;
    let text = counted(&pages, CALLS).await;
    assert!(text.contains("shop_orders_placed_total 3"), "{text}");
    assert!(segments(dir.path()).is_empty(), "what could not be used is not left");
}

#[tokio::test]
async fn when_there_is_no_room_for_more_what_is_new_is_in_ordinary_memory() {
    let dir = folder();
    // As much as a segment begins with, and not as much again.
    let (mut process, log) = Process::with_room(dir.path(), 160);
    let (told, pages) = told_until_pages(log);
    let [line] = &told[..] else {
        panic!("one line, although more was to be added more than once: {told:#?}")
    };
    for words in
        ["metrics that are new are kept in ordinary memory:", ".svrkseg takes no more", "metrics.dir"]
    {
        assert!(line.contains(words), "{words} is not in {line}");
    }
    call(&process.serving()).await;
    let text = counted(&pages, CALLS).await;
    for line in [
        "shop_orders_placed_total 3".to_owned(),
        "svrkit_metrics_uncounted_total 0".to_owned(),
        format!("shop_delivery_seconds_count{{district=\"{}\"}} 1", DISTRICTS - 1),
    ] {
        assert!(text.lines().any(|each| each == line), "{line} is not in\n{text}");
    }

    // What had room is there for others, and keeps counting.
    let [path] = &segments(dir.path())[..] else { panic!("one process, one segment") };
    assert_eq!(std::fs::metadata(path).unwrap().len(), 64 << 10, "no half of what had no room is left");
    let file = Snapshot::read(path).unwrap();
    assert_eq!(file.counter("shop_orders_placed_total", &[]), 3);
    assert_eq!(file.counter("svrkit_calls_total", &[]), 0);
    let districts = file.histogram("shop_delivery_seconds", &[]).unwrap().count();
    assert!(0 < districts && districts < DISTRICTS, "{districts} of {DISTRICTS}");
}
