//! A server, and a peer that sends it anything.

use std::cell::RefCell;
use std::collections::HashMap;
use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};
use std::time::Duration;

use bytes::BytesMut;
use svrkit_runtime::wire::frame::{Facts, Frame, FrameDecoder, Header, Hello, hello_header};
use svrkit_runtime::{CallEnd, CallFacts, ConnectionEnd, Limits, Monitor, Server, Tlv};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::UnixStream;
use tokio::sync::Notify;
use tokio::time::timeout;

use super::{Frames, on_runtime, script, socket};

/// Handlers of one that has left are gone at once; that they are not is seen after so long.
const PATIENCE: Duration = Duration::from_secs(10);

/// Whom a server has told of calls that have not ended.
#[derive(Default)]
struct Ledger {
    in_flight: AtomicI64,
    left: Notify,
}

struct Told(Arc<Ledger>);

impl Monitor for Told {
    fn call_began(&self, _: &CallFacts<'_>) {
        self.0.in_flight.fetch_add(1, Ordering::Relaxed);
    }

    fn call_ended(&self, _: &CallEnd<'_>) {
        self.0.in_flight.fetch_sub(1, Ordering::Relaxed);
    }

    fn connection_ended(&self, _: &ConnectionEnd<'_>) {
        self.0.left.notify_one();
    }
}

thread_local! {
    static LEDGER: RefCell<Option<Arc<Ledger>>> = const { RefCell::new(None) };
}

/// The server of this thread, started by the first that asks.
async fn ledger() -> Arc<Ledger> {
    if let Some(ledger) = LEDGER.with_borrow(Clone::clone) {
        return ledger;
    }
    let ledger = Arc::new(Ledger::default());
    let limits = Limits { message_in: 1024, flood_frames: 64, calls_in_flight: 4, ..Limits::default() };
    let server = Server::new().limits(limits).monitor(Told(Arc::clone(&ledger))).service(Frames);
    let bound = server.bind(format!("unix:{}", socket("server").display())).await.expect("it can be bound");
    tokio::spawn(bound.run_until(std::future::pending()));
    LEDGER.set(Some(Arc::clone(&ledger)));
    ledger
}

/// Whatever a peer sends, it is answered by frames, no request twice, and when it has left nothing of it is there; who is no such peer is
/// served.
pub(crate) fn server(input: &[u8]) {
    on_runtime(async {
        let ledger = ledger().await;
        let frames = answers(&script::sent(input)).await;
        ledger.left.notified().await;
        let all_ended = async {
            while ledger.in_flight.load(Ordering::Relaxed) != 0 {
                tokio::task::yield_now().await;
            }
        };
        assert!(timeout(PATIENCE, all_ended).await.is_ok(), "calls of one that has left");
        let mut answered: HashMap<u32, usize> = HashMap::new();
        for frame in &frames {
            match frame.header.facts {
                Facts::Response(_) => *answered.entry(frame.header.call_id).or_default() += 1,
                Facts::Hello { .. } | Facts::Goaway { .. } | Facts::Pong(_) => {}
                _ => panic!("{frame:?} is nothing that a server says"),
            }
        }
        let requests = requests(&script::sent(input));
        for (call_id, answers) in answered {
            assert!(
                answers <= requests.get(&call_id).copied().unwrap_or(0),
                "call {call_id}: {answers} answers"
            );
        }
    });
    on_runtime(async {
        let ledger = ledger().await;
        let request = script::sent(&[0, 1, 0, 0, 0]);
        let frames = answers(&request).await;
        ledger.left.notified().await;
        assert_eq!(frames.len(), 2, "the next peer gets a hello and its answer: {frames:?}");
    });
}

/// How many requests of each id there are, as far as these bytes are frames.
fn requests(sent: &[u8]) -> HashMap<u32, usize> {
    let decoder = FrameDecoder { body_len_max: 1024, metadata_len_max: 16 << 10 };
    let (mut sent, mut requests) = (BytesMut::from(sent), HashMap::new());
    while let Ok(Some(Frame { header: Header { facts, call_id, .. }, .. })) = decoder.decode(&mut sent) {
        if matches!(facts, Facts::Request(_)) {
            *requests.entry(call_id).or_default() += 1;
        }
    }
    requests
}

/// All that a server says to one who says hello, sends these bytes, and then no more.
async fn answers(bytes: &[u8]) -> Vec<Frame> {
    let stream = UnixStream::connect(socket("server")).await.expect("the server is there");
    let (mut read, mut write) = stream.into_split();
    let hello = Hello::default().encode().expect("it is short");
    let header = Header { body_len: hello.len() as u32, ..hello_header() };
    let sent = [&header.to_bytes()[..], &hello, bytes].concat();
    let send = async {
        // A server that has left takes no more.
        let _ = write.write_all(&sent).await;
        let _ = write.shutdown().await;
    };
    let mut received = BytesMut::new();
    let receive = async { while read.read_buf(&mut received).await.is_ok_and(|len| len > 0) {} };
    tokio::join!(send, receive);
    let decoder = FrameDecoder { body_len_max: u32::MAX, metadata_len_max: u16::MAX };
    let next = || match decoder.decode(&mut received) {
        // Who speaks HTTP is answered so, and that is the last.
        Err(_) if received.starts_with(b"HTTP/1.1 400") => None,
        frame => frame.expect("a server sends frames"),
    };
    std::iter::from_fn(next).collect()
}
