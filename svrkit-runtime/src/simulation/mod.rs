//! Servers and clients on a simulated network, by a clock that jumps: hours pass in moments, and all that happens by chance
//! comes again with its seed.
//!
//! What runs here is the code that runs everywhere: frames, queues, pools, deadlines, drains. Only beneath it things differ: sockets
//! are those of the [`Network`], time is tokio's paused clock, and chance is that of a seed. A [`Host`] has an address and a
//! process; ways between hosts delay, lose and cut ([`Conditions`], [`Network::cut`]); a host crashes, loses its power or is paused.
//!
//! ```
//! use std::time::Duration;
//!
//! use svrkit_runtime::simulation::Simulation;
//! # use svrkit_runtime::{Call, Client, Server, Service, ServiceSpec, Spec, Status, Tlv};
//! # #[derive(Clone, Debug, Default, PartialEq, Tlv)]
//! # struct Order { #[tlv(1)] id: u64 }
//! # static ORDERS: ServiceSpec = ServiceSpec::new("shop.Orders", 2310, &[&GET]);
//! # static GET: Spec = Spec::new("shop.Orders", 2310, "Get", 1);
//! # struct MyOrders;
//! # impl Service for MyOrders {
//! #     fn spec(&self) -> &'static ServiceSpec { &ORDERS }
//! #     fn dispatch(&self, call: Call) { call.handle(&GET, |order: Order| async move { Ok::<_, Status>(order) }) }
//! # }
//!
//! Simulation::seeded(7).run(async |network| {
//!     let orders = network.host("orders");
//!     orders.spawn(async {
//!         let bound = Server::new().service(MyOrders).bind("0.0.0.0:4310").await.unwrap();
//!         bound.run_until(std::future::pending()).await;
//!     });
//!     let client = Client::builder("orders:4310").lazy();
//!     let answer: Order = client.request(&GET, &Order { id: 7 }).await.unwrap();
//!     assert_eq!(answer.id, 7);
//!
//!     orders.crash();
//!     let answer: Result<Order, Status> = client.request(&GET, &Order { id: 7 }).await;
//!     assert!(answer.is_err());
//! });
//! ```
//!
//! The network is TCP's, as who uses it sees it: bytes come in order and complete, or the connection fails. There are no Unix
//! sockets and no real ones. Threads are not simulated: all runs on one, so that handlers on the blocking pool
//! ([`handle_blocking`](crate::Call::handle_blocking)) run, but not by the seed. A `HashMap` of yours goes through its entries in an
//! order of its own, and `select!` chooses by chance unless it is `biased`.

#![allow(clippy::panic, reason = "a test ends where what it stands on fails")]

mod connection;
mod link;
mod network;
mod process;
mod random;
mod socket;
mod state;
#[cfg(test)]
mod tests;

use std::time::Duration;

use tokio::runtime::Builder;
use tokio::time::timeout;

pub use self::link::Conditions;
pub use self::network::{Host, Network};
pub(crate) use self::process::Process;
pub use self::random::Random;
pub(crate) use self::socket::{Listener, ReadHalf, Stream, WriteHalf};

/// After so much simulated time a simulation counts as stuck.
const TIME_MAX: Duration = Duration::from_secs(24 * 3600);

/// A simulation about to be run.
#[derive(Clone, Debug)]
#[must_use = "a simulation does nothing until it is run"]
pub struct Simulation {
    seed: u64,
    conditions: Conditions,
}

impl Simulation {
    /// One in which everything that happens by chance follows from `seed`.
    pub fn seeded(seed: u64) -> Self {
        Self { seed, conditions: Conditions::default() }
    }

    /// Sets what the ways between hosts are like.
    pub fn conditions(mut self, conditions: Conditions) -> Self {
        self.conditions = conditions;
        self
    }

    /// Runs `body`, as code of a host called `test`, to its end; whatever runs then on any host is dropped.
    ///
    /// # Panics
    ///
    /// With `body`, and when that has not ended after a day of simulated time. Within a tokio runtime.
    pub fn run<T>(self, body: impl AsyncFnOnce(Network) -> T) -> T {
        let _seed = Seed(self.seed);
        let _seeded = crate::random::seed(self.seed);
        let runtime = Builder::new_current_thread().enable_time().start_paused(true).build();
        let runtime = runtime.expect("a runtime without sockets asks the system for nothing");
        runtime.block_on(async {
            let network = Network::new(Random::seeded(self.seed), self.conditions);
            let running = tokio::spawn(network.clone().run());
            let process = network.host("test").process();
            let ended = timeout(TIME_MAX, process.run(body(network.clone()))).await;
            running.abort();
            ended.unwrap_or_else(|_| {
                panic!("the simulation has not ended within {} h", TIME_MAX.as_secs() / 3600)
            })
        })
    }
}

/// Names the seed of a simulation that panics.
struct Seed(u64);

impl Drop for Seed {
    #[allow(clippy::print_stderr, reason = "whoever runs tests reads it there")]
    fn drop(&mut self) {
        if std::thread::panicking() {
            eprintln!("this was the simulation of seed {}", self.0);
        }
    }
}
