//! In layers of tower.

use std::task::{Context, Poll};

use svrkit_runtime::{Reply, Server, Status, Tower, TowerCall, TowerNext};
use tokio::sync::mpsc;
use tower::{Layer, Service};

use crate::Seen;
use crate::support::{ECHO, Note, Running};

pub(crate) async fn provoke(seen: &mut Seen) {
    let (tell, mut told) = mpsc::unbounded_channel();
    let server = Running::of(Server::new().interceptor(Tower::new(Impatient(tell)))).await;
    let client = server.client().await;
    seen.caller("layer_failed", client.request::<_, Note>(&ECHO, &Note::default()).await.unwrap_err());
    seen.handler("layer_outlived_call", told.recv().await.unwrap());
}

/// Fails at once, and lets the call go on elsewhere.
#[derive(Clone)]
struct Impatient(mpsc::UnboundedSender<Status>);

#[derive(Clone)]
struct Failing(TowerNext, mpsc::UnboundedSender<Status>);

impl Layer<TowerNext> for Impatient {
    type Service = Failing;

    fn layer(&self, next: TowerNext) -> Failing {
        Failing(next, self.0.clone())
    }
}

impl Service<TowerCall> for Failing {
    type Response = Reply;
    type Error = std::io::Error;
    type Future = std::future::Ready<Result<Reply, std::io::Error>>;

    fn poll_ready(&mut self, _: &mut Context<'_>) -> Poll<Result<(), std::io::Error>> {
        Poll::Ready(Ok(()))
    }

    fn call(&mut self, call: TowerCall) -> Self::Future {
        let (going_on, tell) = (self.0.call(call), self.1.clone());
        tokio::spawn(async move { tell.send(going_on.await.unwrap_err()) });
        std::future::ready(Err(std::io::Error::other("the layer has lost patience")))
    }
}
