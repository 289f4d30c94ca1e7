//! Streams by themselves: what a handler says ends them, and messages are held to their constraints.

use svrkit_golden::schemas::streams::streams::{
    CHATS_CHAT, CHATS_NOTE, CHATS_UPLOAD, CHATS_WATCH, Chats, ChatsClient, ChatsServer, Line, Summary,
};
use svrkit_runtime::{Code, Receiver, Sender, Server, Status, Streaming};

struct Room;

impl Chats for Room {
    async fn watch(&self, line: Line, mut out: Sender<Line>) -> Result<(), Status> {
        out.send(&line).await?;
        Err(Status::unavailable("no more"))
    }

    async fn upload(&self, mut lines: Receiver<Line>) -> Result<Summary, Status> {
        let mut summary = Summary::default();
        while lines.next().await?.is_some() {
            summary.lines += 1;
        }
        Ok(summary)
    }

    async fn chat(&self, mut lines: Receiver<Line>, mut out: Sender<Line>) -> Result<(), Status> {
        while let Some(line) = lines.next().await? {
            out.send(&line).await?;
        }
        Ok(())
    }

    async fn note(&self, _: Line) -> Result<(), Status> {
        Ok(())
    }
}

fn chats() -> ChatsClient {
    ChatsClient::new(Server::new().service(ChatsServer::new(Room)).in_process().unwrap())
}

fn line(text: &str) -> Line {
    Line { text: text.into(), ..Line::default() }
}

#[tokio::test]
async fn a_status_ends_a_stream_after_what_was_sent() {
    let mut lines = chats().watch(&line("a"));
    assert_eq!(lines.next().await.unwrap(), Some(line("a")));
    assert_eq!(lines.next().await.unwrap_err().code(), Code::Unavailable);
}

#[tokio::test]
async fn a_message_of_a_stream_is_held_to_its_constraints() {
    let mut lines = chats().upload();
    lines.send(&line("short")).await.unwrap();
    // Whether the sender still hears of it or the answer says it: the call ends with it.
    let _heard_at_the_end = lines.send(&line("far too long")).await;
    let status = lines.finish().await.unwrap_err();
    assert_eq!(status.code(), Code::InvalidArgument, "{status}");
    assert!(status.message().contains("Line.text: must be at most 8 bytes"), "{status}");
}

#[test]
fn the_facts_say_what_streams() {
    assert_eq!(CHATS_WATCH.streaming, Streaming::Server);
    assert_eq!(CHATS_UPLOAD.streaming, Streaming::Client);
    assert_eq!(CHATS_CHAT.streaming, Streaming::Both);
    assert_eq!((CHATS_NOTE.streaming, CHATS_NOTE.oneway, CHATS_NOTE.response), (Streaming::Unary, true, ""));
}
