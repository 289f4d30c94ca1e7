//! Methods that are not answered: the handler gets what was sent, whatever it says to it.

use svrkit_golden::schemas::streams::streams::{Chats, ChatsClient, ChatsServer, Line, Summary};
use svrkit_runtime::{Receiver, Sender, Server, Status};
use tokio::sync::mpsc::{UnboundedSender, unbounded_channel};

struct Notes(UnboundedSender<Line>);

impl Chats for Notes {
    async fn watch(&self, _: Line, _: Sender<Line>) -> Result<(), Status> {
        Ok(())
    }

    async fn upload(&self, _: Receiver<Line>) -> Result<Summary, Status> {
        Ok(Summary::default())
    }

    async fn chat(&self, _: Receiver<Line>, _: Sender<Line>) -> Result<(), Status> {
        Ok(())
    }

    async fn note(&self, line: Line) -> Result<(), Status> {
        self.0.send(line).map_err(|_| Status::internal("nobody reads"))?;
        Err(Status::unavailable("nobody hears this"))
    }
}

#[tokio::test]
async fn a_note_arrives_and_its_error_does_not_come_back() {
    let (notes, mut noted) = unbounded_channel();
    let client = Server::new().service(ChatsServer::new(Notes(notes))).in_process().unwrap();
    let line = Line { text: "a".into(), uin: 7, ..Line::default() };
    ChatsClient::new(client).note(&line).await.unwrap();
    assert_eq!(noted.recv().await, Some(line));
}
