//! How long a client obeys a server that wants no more calls of a method.

use std::time::Duration;

use super::support::{ECHO, Note};
use svrkit_runtime::testing::TestServer;
use svrkit_runtime::{Call, Cause, Client, Layer, Limits, Retry, Server, Service, ServiceSpec, Status};

const HOUR: Duration = Duration::from_secs(3600);

static TEST: ServiceSpec = ServiceSpec::new("test.Test", 4000, &[&ECHO]);

/// Wants no more calls for an hour, whoever calls.
struct Blocking;

impl Service for Blocking {
    fn spec(&self) -> &'static ServiceSpec {
        &TEST
    }

    fn dispatch(&self, call: Call) {
        let blocked = Status::resource_exhausted("stop")
            .layer(Layer::Admission)
            .cause(Cause::Blocked)
            .retry(Retry::After(HOUR));
        call.handle(&ECHO, |_: Note| async move { Err::<Note, _>(blocked) });
    }
}

/// How the second of two calls ends.
async fn second(max: Duration) -> Status {
    let server = TestServer::start(Server::new().service(Blocking)).await;
    let limits = Limits { block_max: max, ..Limits::default() };
    let client = Client::builder(server.address()).limits(limits).lazy();
    let call = async || client.request::<_, Note>(&ECHO, &Note::number(1)).await.unwrap_err();
    call().await;
    call().await
}

#[tokio::test]
pub(super) async fn block_max() {
    let status = second(Duration::ZERO).await;
    assert_eq!(status.facts().layer, Layer::Admission, "nothing is obeyed: {status}");
    for max in [HOUR / 2, HOUR * 2] {
        let status = second(max).await;
        assert!(status.message().contains("(here block.max at most)"), "{status}");
        let Retry::After(left) = status.facts().retry else { panic!("{status}") };
        assert!(left <= max.min(HOUR) && left > HOUR / 4, "{status}");
    }
}
