//! A server that lives as long as a test needs it.

use std::fmt;

use crate::admission::ServerRules;
use crate::client::Client;
use crate::server::{Drained, Server, Serving};

/// A server on a free port of this machine, over real sockets. Dropping it stops it at once.
///
/// ```
/// use svrkit_runtime::testing::TestServer;
/// # use svrkit_runtime::{Call, Client, Service, ServiceSpec, Spec, Status, Tlv};
/// # #[derive(Clone, Debug, Default, PartialEq, Tlv)]
/// # struct Order { #[tlv(1)] id: u64 }
/// # static ORDERS: ServiceSpec = ServiceSpec::new("shop.Orders", 2310, &[&GET]);
/// # static GET: Spec = Spec::new("shop.Orders", 2310, "Get", 1);
/// # struct OrdersServer;
/// # impl OrdersServer { fn new(_: MyOrders) -> Self { Self } }
/// # struct MyOrders;
/// # impl Service for OrdersServer {
/// #     fn spec(&self) -> &'static ServiceSpec { &ORDERS }
/// #     fn dispatch(&self, call: Call) { call.handle(&GET, |order: Order| async move { Ok(order) }) }
/// # }
/// # struct OrdersClient(Client);
/// # impl OrdersClient {
/// #     fn new(client: Client) -> Self { Self(client) }
/// #     async fn get(&self, order: &Order) -> Result<Order, Status> { self.0.request(&GET, order).await }
/// # }
///
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() -> Result<(), Status> {
/// let server = TestServer::start(OrdersServer::new(MyOrders)).await;
/// let orders = OrdersClient::new(server.client().await);
/// assert_eq!(orders.get(&Order { id: 7 }).await?.id, 7);
/// # Ok(())
/// # }
/// ```
///
/// Several services, or limits of their own, come as a whole server:
/// `TestServer::start(Server::new().service(a).service(b)).await`. What can do without a socket has
/// [`Server::in_process`], which works with a paused clock as well.
pub struct TestServer {
    server: Server,
    /// As its clients take it; of the same port for all its life.
    address: String,
    /// `None` after a crash.
    serving: Option<Serving>,
}

impl TestServer {
    /// Serves a service, or what a [`Server`] has.
    ///
    /// # Panics
    ///
    /// Where it cannot be served: two services have one id, or this machine has no port left. Outside of a tokio runtime.
    pub async fn start(server: impl Into<Server>) -> Self {
        let server = server.into();
        // Its drains and crashes are the test's to tell.
        #[cfg(all(unix, feature = "takeover"))]
        let server = server.without_takeover();
        let (serving, address) = serve(server.clone(), "127.0.0.1:0").await;
        Self { server, address, serving: Some(serving) }
    }

    /// Where it listens, in the form that a client takes: `127.0.0.1:40123`.
    #[must_use]
    pub fn address(&self) -> &str {
        &self.address
    }

    /// A client with a connection of its own. Those of a generated client are `OrdersClient::new(server.client().await)`.
    ///
    /// # Panics
    ///
    /// Where no connection comes about: the server has crashed, or is full (`connections`).
    pub async fn client(&self) -> Client {
        let connected = Client::connect(&self.address).await;
        connected.unwrap_or_else(|status| panic!("no client of the test server: {status}"))
    }

    /// What its methods are held to, to be changed while it serves.
    ///
    /// # Panics
    ///
    /// After a crash, until it is restarted.
    #[must_use]
    pub fn rules(&self) -> ServerRules {
        self.serving.as_ref().expect("a server that has crashed has no rules").rules()
    }

    /// Takes no new calls, waits for those in flight, at most `drain.timeout`, and says what it had to cut.
    pub async fn stop(mut self) -> Drained {
        self.drain().await
    }

    /// Ends as a process does that is killed: connections are cut, calls are not answered, the port is closed. Clients of it stay, and
    /// are served again after [`restart`](Self::restart).
    pub async fn crash(&mut self) {
        if let Some(serving) = self.serving.take() {
            serving.crash().await;
        }
    }

    /// Serves the same services at the same address again, after a drain of what was still served. The services are those that were
    /// given: what they hold in memory outlives this.
    ///
    /// # Panics
    ///
    /// Where the port is another's by now.
    pub async fn restart(&mut self) -> Drained {
        let drained = self.drain().await;
        let (serving, _) = serve(self.server.clone(), &self.address).await;
        self.serving = Some(serving);
        drained
    }

    async fn drain(&mut self) -> Drained {
        match self.serving.take() {
            Some(serving) => serving.drain(std::future::pending()).await,
            None => Drained::default(),
        }
    }
}

impl fmt::Debug for TestServer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("TestServer")
            .field("address", &self.address)
            .field("server", &self.server)
            .field("serves", &self.serving.is_some())
            .finish()
    }
}

async fn serve(server: Server, address: &str) -> (Serving, String) {
    let bound = server.bind(address).await;
    let bound = bound.unwrap_or_else(|error| panic!("the test server does not start: {error}"));
    let address = bound.local_addr().to_string();
    (bound.start(), address)
}
