//! tarpc: as in `echo`, with the deadline of each call in its context, which its server keeps.

use std::sync::Arc;
use std::time::Instant;

use ::tarpc::server::{self, Channel};
use ::tarpc::tokio_serde::formats::Bincode;
use ::tarpc::{client, context, serde_transport};
use anyhow::Result;
use futures::StreamExt;
use tokio::net::{TcpListener, TcpStream};
use tokio::time::timeout;

use super::{Announce, Wiring, WorkCall, WorkClient, WorkPeer};
use crate::load::Load;
use crate::work::handler::{Duty, Worker};
use crate::work::record::Outcome;

pub(crate) struct Tarpc;

#[::tarpc::service]
pub(crate) trait WorkService {
    async fn work(id: u64) -> Result<u64, String>;
}

impl WorkPeer for Tarpc {
    const NAME: &'static str = "tarpc";
    type Client = WorkServiceClient;

    async fn serve(duty: Duty, announce: Announce) -> Result<()> {
        let listener = TcpListener::bind("127.0.0.1:0").await?;
        announce.send(listener.local_addr()?)?;
        let service = Service(Arc::new(Worker::new(duty.handler)));
        loop {
            let (stream, _) = listener.accept().await?;
            stream.set_nodelay(true)?;
            let transport = serde_transport::Transport::from((stream, Bincode::default()));
            let config = server::Config {
                pending_response_buffer: Load::MAX as usize,
            };
            let answers = server::BaseChannel::new(config, transport).execute(service.clone().serve());
            tokio::spawn(answers.for_each(|answer| async {
                tokio::spawn(answer);
            }));
        }
    }

    async fn connect(wiring: &Wiring) -> Result<Self::Client> {
        let stream = TcpStream::connect(&wiring.target).await?;
        stream.set_nodelay(true)?;
        let transport = serde_transport::Transport::from((stream, Bincode::default()));
        let mut config = client::Config::default();
        config.max_in_flight_requests = usize::MAX;
        config.pending_request_buffer = Load::MAX as usize;
        Ok(WorkServiceClient::new(config, transport).spawn())
    }
}

impl WorkClient for WorkServiceClient {
    async fn work(&mut self, call: WorkCall) -> Outcome {
        let mut context = context::current();
        context.deadline = Instant::now() + call.timeout;
        match timeout(call.timeout, Self::work(self, context, call.id)).await {
            Ok(Ok(Ok(id))) if id == call.id => Outcome::Answered,
            Ok(Err(client::RpcError::DeadlineExceeded)) | Err(_) => Outcome::Late,
            Ok(_) => Outcome::Failed,
        }
    }
}

#[derive(Clone)]
struct Service(Arc<Worker>);

impl WorkService for Service {
    async fn work(self, _: context::Context, id: u64) -> Result<u64, String> {
        self.0.work().await.map(|()| id).map_err(|_| "broken".to_owned())
    }
}
