//! A client, and a server that answers it anything.

use std::time::Duration;

use bytes::BytesMut;
use svrkit_runtime::wire::frame::{Facts, FrameDecoder, Header, Hello, hello_header};
use svrkit_runtime::{Client, Limits, Tlv};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{UnixListener, UnixStream};

use super::{ECHO, Number, WAIT, on_runtime, script, socket};

/// Longer than any try takes: who waits so long has been forgotten.
const FOREVER: Duration = Duration::from_secs(60);

/// Whatever a server answers, each call ends, when it has left at the latest.
pub(crate) fn client(input: &[u8]) {
    on_runtime(async {
        let path = socket("client");
        let _ = std::fs::remove_file(&path);
        let listener = UnixListener::bind(&path).expect("it can be bound");
        let limits = Limits { message_in: 1024, flood_frames: 64, ..Limits::default() };
        let calls = async {
            let client = Client::builder(format!("unix:{}", path.display())).limits(limits).connect().await;
            let client = client.expect("the server greets");
            let echo = client.request::<_, Number>(&ECHO, &Number { number: 7 }).timeout(FOREVER);
            let wait = client.request::<_, Number>(&WAIT, &Number::default()).timeout(FOREVER);
            // Given up at once, or when the first has ended: its answer finds nobody.
            tokio::select! { biased; _ = wait => {}, _ = echo => {} }
        };
        let server = async {
            let (stream, _) = listener.accept().await.expect("the client connects");
            answer(stream, &script::sent(input)).await;
            // Nobody listens from here on: what a client asks for anew is refused.
            drop(listener);
        };
        let ended = tokio::time::timeout(FOREVER / 2, async { tokio::join!(calls, server) }).await;
        assert!(ended.is_ok(), "a call waits for a server that has left");
    });
}

/// Greets, waits for a request, sends these bytes and leaves.
async fn answer(mut stream: UnixStream, bytes: &[u8]) {
    let decoder = FrameDecoder { body_len_max: u32::MAX, metadata_len_max: u16::MAX };
    let hello = Hello::default().encode().expect("it is short");
    let header = Header { body_len: hello.len() as u32, ..hello_header() };
    let _ = stream.write_all(&[&header.to_bytes()[..], &hello].concat()).await;
    let mut received = BytesMut::new();
    while let Ok(1..) = stream.read_buf(&mut received).await {
        while let Some(frame) = decoder.decode(&mut received).expect("a client sends frames") {
            if matches!(frame.header.facts, Facts::Request(_)) {
                let _ = stream.write_all(bytes).await;
                return;
            }
        }
    }
}
