//! tonic: as in `echo`, with the deadline of each call told by its header, which its server keeps.

use std::sync::Arc;

use anyhow::Result;
use tokio::net::TcpListener;
use tokio::time::timeout;
use tonic::transport::server::TcpIncoming;
use tonic::transport::{Channel, Endpoint, Server};
use tonic::{Code, Request, Response, Status};

use super::{Announce, Wiring, WorkCall, WorkPeer};
use crate::work::handler::{Duty, Worker};
use crate::work::record::Outcome;
use generated::work_client::WorkClient;
use generated::work_server::{self, WorkServer};

#[expect(
    clippy::allow_attributes_without_reason,
    unreachable_pub,
    reason = "tonic-build writes it"
)]
mod generated {
    include!(concat!(env!("OUT_DIR"), "/bench.work.Work.rs"));
}

pub(crate) struct Tonic;

/// What tonic sends.
#[derive(Clone, PartialEq, prost::Message)]
pub(crate) struct Task {
    #[prost(uint64, tag = "1")]
    id: u64,
}

impl WorkPeer for Tonic {
    const NAME: &'static str = "tonic";
    type Client = WorkClient<Channel>;

    async fn serve(duty: Duty, announce: Announce) -> Result<()> {
        let listener = TcpListener::bind("127.0.0.1:0").await?;
        announce.send(listener.local_addr()?)?;
        let incoming = TcpIncoming::from(listener).with_nodelay(Some(true));
        Server::builder()
            .add_service(WorkServer::new(Service(Arc::new(Worker::new(duty.handler)))))
            .serve_with_incoming(incoming)
            .await?;
        Ok(())
    }

    async fn connect(wiring: &Wiring) -> Result<Self::Client> {
        let endpoint = Endpoint::from_shared(format!("http://{}", wiring.target))?.tcp_nodelay(true);
        Ok(WorkClient::new(endpoint.connect().await?))
    }
}

impl super::WorkClient for WorkClient<Channel> {
    async fn work(&mut self, call: WorkCall) -> Outcome {
        let mut request = Request::new(Task { id: call.id });
        request.set_timeout(call.timeout);
        match timeout(call.timeout, Self::work(self, request)).await {
            Ok(Ok(_)) => Outcome::Answered,
            Ok(Err(status)) if [Code::DeadlineExceeded, Code::Cancelled].contains(&status.code()) => {
                Outcome::Late
            }
            Ok(Err(_)) => Outcome::Failed,
            Err(_) => Outcome::Late,
        }
    }
}

struct Service(Arc<Worker>);

#[tonic::async_trait]
impl work_server::Work for Service {
    async fn work(&self, request: Request<Task>) -> Result<Response<Task>, Status> {
        match self.0.work().await {
            Ok(()) => Ok(Response::new(request.into_inner())),
            Err(_) => Err(Status::internal("broken")),
        }
    }
}
