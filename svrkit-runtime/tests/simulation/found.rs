//! What seeds have found, in the fewest steps that show it.

use std::time::Duration;

use svrkit_runtime::simulation::{Conditions, Network, Simulation};
use svrkit_runtime::{Client, Limits, Server};
use tokio::time::{sleep, timeout};

use crate::ledger::{Ledger, Promises};
use crate::work::{Job, Task, Work, call};

const DELAY: Duration = Duration::from_millis(5);

/// Runs `body` with a server of [`Work`] at `server:4310`, and looks whether all was as it should be.
fn run(body: impl AsyncFnOnce(Network, Ledger)) {
    Simulation::seeded(1).conditions(Conditions::delay(DELAY)).run(async |network| {
        let promises = Promises { cancelled_within: Some(DELAY), nothing_fails: true };
        let ledger = Ledger::new(network.clone(), promises);
        let work = Work { ledger: ledger.clone(), others: Client::builder("server:4310").lazy() };
        network.host("server").spawn(async {
            let bound = Server::new().service(work).bind("0.0.0.0:4310").await.unwrap();
            bound.run_until(std::future::pending()).await
        });
        sleep(DELAY).await;
        body(network.clone(), ledger.clone()).await;
        sleep(Duration::from_secs(60)).await;
        ledger.check_closed();
        assert_eq!(ledger.violations(), [] as [&str; 0]);
    });
}

/// Its cancel was left out, for the queue was too long: by the request itself.
#[test]
fn a_call_is_cancelled_whose_request_is_longer_than_the_queue() {
    run(async |_, ledger| {
        let limits = Limits { outbound_queue: 1 << 10, ..Limits::default() };
        let client = Client::builder("server:4310").limits(limits).connect().await.unwrap();
        let job = Job { payload: vec![1; 5000].into(), ..Job::default() };
        let waiting = call(&ledger, &client, Task::Wait, job, Duration::from_secs(1));
        assert!(timeout(Duration::ZERO, waiting).await.is_err());
        // The end of the connection would end the handler as well.
        sleep(Duration::from_secs(5)).await;
        drop(client);
    });
}
