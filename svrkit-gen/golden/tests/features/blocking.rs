//! Methods on the blocking pool: the trait is the same, the thread is another.

use std::thread::ThreadId;

use svrkit_golden::schemas::blocking::blocking::{Flour, Grain, Mill, MillClient, MillServer};
use svrkit_runtime::{Server, Status};
use tokio::sync::mpsc::{UnboundedSender, unbounded_channel};

/// Tells which thread each method ran on.
struct Windmill(UnboundedSender<ThreadId>);

impl Windmill {
    fn tell(&self) -> Result<(), Status> {
        self.0.send(std::thread::current().id()).map_err(|_| Status::internal("nobody reads"))
    }
}

impl Mill for Windmill {
    async fn grind(&self, grain: Grain) -> Result<Flour, Status> {
        self.tell()?;
        Ok(Flour { kilos: grain.kilos, ..Flour::default() })
    }

    async fn store(&self, _: Flour) -> Result<(), Status> {
        self.tell()
    }

    async fn weigh(&self, grain: Grain) -> Result<Flour, Status> {
        self.tell()?;
        Ok(Flour { kilos: grain.kilos, ..Flour::default() })
    }
}

#[tokio::test]
async fn what_the_schema_calls_blocking_runs_on_other_threads() {
    let (threads, mut told) = unbounded_channel();
    let client = Server::new().service(MillServer::new(Windmill(threads))).in_process().unwrap();
    let mill = MillClient::new(client);
    let here = std::thread::current().id();
    assert_eq!(mill.grind(&Grain { kilos: 3, ..Grain::default() }).await.unwrap().kilos, 3);
    assert_ne!(told.recv().await, Some(here));
    mill.store(&Flour::default()).await.unwrap();
    assert_ne!(told.recv().await, Some(here));
    mill.weigh(&Grain::default()).await.unwrap();
    assert_eq!(told.recv().await, Some(here));
}
