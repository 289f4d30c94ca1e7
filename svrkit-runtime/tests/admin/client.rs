//! A server with pages, and a client of theirs that says what it is told to, byte for byte.

use std::net::SocketAddr;
use std::sync::Arc;

use svrkit_runtime::{Admin, Client, Drained, Server};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio::sync::oneshot;
use tokio::task::JoinHandle;

use crate::support::{Gate, Test};

/// A server of the test service that shows pages.
pub(crate) struct Shown {
    pub(crate) address: SocketAddr,
    pub(crate) pages: SocketAddr,
    pub(crate) gate: Arc<Gate>,
    stop: Option<oneshot::Sender<()>>,
    serving: JoinHandle<Drained>,
}

impl Shown {
    pub(crate) async fn start() -> Self {
        Self::of(Server::new().admin("127.0.0.1:0")).await
    }

    pub(crate) async fn with_token(token: &str) -> Self {
        Self::of(Server::new().admin(Admin::on("127.0.0.1:0").token(token))).await
    }

    /// With the test service added to `server`.
    pub(crate) async fn of(server: Server) -> Self {
        let test = Test::default();
        let gate = Arc::clone(&test.0);
        let bound = server.service(test).bind("127.0.0.1:0").await.unwrap();
        let address = bound.local_addr().to_string().parse().unwrap();
        let pages = bound.admin_addr().unwrap();
        let (stop, stopped) = oneshot::channel();
        let until = async { drop(stopped.await) };
        let serving = tokio::spawn(bound.run_until(until));
        Self { address, pages, gate, stop: Some(stop), serving }
    }

    pub(crate) async fn client(&self) -> Client {
        Client::connect(self.address.to_string()).await.unwrap()
    }

    /// Waits until it has stopped by itself.
    pub(crate) async fn stopped(self) -> Drained {
        self.serving.await.unwrap()
    }

    pub(crate) async fn stop(mut self) -> Drained {
        drop(self.stop.take());
        self.stopped().await
    }

    /// As `curl` asks.
    pub(crate) async fn get(&self, path: &str) -> Answer {
        self.ask("GET", path, &["Accept: */*"]).await
    }

    /// As a browser asks.
    pub(crate) async fn html(&self, path: &str) -> Answer {
        self.ask("GET", path, &["Accept: text/html,application/xhtml+xml,*/*;q=0.8"]).await
    }

    pub(crate) async fn ask(&self, method: &str, path: &str, fields: &[&str]) -> Answer {
        self.send(method, path, fields, "").await
    }

    pub(crate) async fn send(&self, method: &str, path: &str, fields: &[&str], body: &str) -> Answer {
        let mut head = format!("{method} {path} HTTP/1.1\r\n");
        if !fields.iter().any(|field| field.starts_with("Host:")) {
            head += &format!("Host: {}\r\n", self.pages);
        }
        for field in fields {
            head += &format!("{field}\r\n");
        }
        head += &format!("Content-Length: {}\r\n\r\n{body}", body.len());
        self.say(head.as_bytes()).await
    }

    /// Says these bytes and reads until the end.
    pub(crate) async fn say(&self, bytes: &[u8]) -> Answer {
        let mut stream = TcpStream::connect(self.pages).await.unwrap();
        stream.write_all(bytes).await.unwrap();
        Answer::read(stream).await
    }
}

/// An answer of a page.
#[derive(Debug)]
pub(crate) struct Answer {
    pub(crate) status: u16,
    pub(crate) head: String,
    pub(crate) body: String,
}

impl Answer {
    /// What comes until the end.
    pub(crate) async fn read(mut stream: TcpStream) -> Self {
        let mut answer = String::new();
        stream.read_to_string(&mut answer).await.unwrap();
        let (head, body) = answer.split_once("\r\n\r\n").unwrap_or_else(|| panic!("{answer:?}"));
        let status = head.split(' ').nth(1).unwrap().parse().unwrap();
        Self { status, head: head.into(), body: body.into() }
    }

    /// The value of a field of its head.
    pub(crate) fn field(&self, name: &str) -> Option<&str> {
        let fields = self.head.lines().filter_map(|line| line.split_once(": "));
        fields.filter(|(found, _)| *found == name).map(|(_, value)| value).next()
    }

    /// The cells of the first line that has `word`.
    #[track_caller]
    pub(crate) fn row(&self, word: &str) -> Vec<&str> {
        let line = self.body.lines().find(|line| line.contains(word));
        let line = line.unwrap_or_else(|| panic!("no {word:?} in {}", self.body));
        line.split("  ").map(str::trim).filter(|cell| !cell.is_empty()).collect()
    }
}
