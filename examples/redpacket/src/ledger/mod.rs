//! The ledger: a credit is taken at once, and done when there is time for it.

mod accounts;
pub(crate) mod tables;

use std::sync::Arc;
use std::time::Duration;

use svrkit_runtime::metrics::Gauge;
use svrkit_runtime::queue::{JobError, JobId, NewJob, Queue, Workers};
use svrkit_runtime::{Bytes, Key, Metrics, OrInternal, Rate, Server, Status, Tlv};
use svrkit_store::{Store, TableQueue};

use self::accounts::Accounts;
use self::tables::QUEUE;
use crate::protocol::{BalanceReply, BalanceRequest, CreditReply, CreditRequest, Ledger, LedgerServer};
use crate::start::{Failure, Start};
use crate::store::status_of;

/// The file that the ledger is in.
pub(crate) const STORE: &str = "ledger.store";

/// Serves the ledger until it is told to stop.
///
/// # Errors
/// What its configuration, its store, or what it listens on, is at fault with.
pub async fn serve(start: Start) -> Result<(), Failure> {
    let config = start.config(keys())?;
    let metrics: LedgerMetrics = Metrics::configured(&config).register()?;
    let store = Store::open(start.store(STORE)?)?;
    let jobs = TableQueue::open(store.clone()).await?;
    let (accounts, credits) = Accounts::open(store).await?;
    metrics.parts_credited.set(i64::try_from(credits).unwrap_or(i64::MAX));
    let rate = config.number(RATE).and_then(|rate| u32::try_from(rate).ok()).unwrap_or(1);
    let workers = Workers::of(Arc::new(jobs.clone()), QUEUE)
        .rate(Rate::per_second(rate))
        .lease(config.duration(LEASE).unwrap_or_default())
        .attempts(u32::MAX)
        .backoff(Duration::from_millis(100), Duration::from_secs(2));
    let working = workers.start({
        let (accounts, metrics) = (accounts.clone(), metrics.clone());
        move |job| {
            let (accounts, metrics) = (accounts.clone(), metrics.clone());
            async move {
                let request = CreditRequest::decode(&job.request).map_err(JobError::dead)?;
                if accounts.credit(&request).await? {
                    metrics.parts_credited.add(1);
                }
                Ok(Bytes::new())
            }
        }
    });
    let served =
        start.serve(&config, Server::new().service(LedgerServer::new(Desk { accounts, jobs }))).await;
    working.stop().await;
    served
}

const RATE: &str = "credits.rate";
const LEASE: &str = "credits.lease";

fn keys() -> [Key; 2] {
    [
        Key::count(RATE, "how many credits are done in a second at most.", 1..=1_000_000),
        Key::duration(
            LEASE,
            "how long an attempt at a credit may take, and a killed one is waited for.",
            Duration::from_secs(1)..=Duration::from_secs(600),
        ),
    ]
}

struct Desk {
    accounts: Accounts,
    jobs: TableQueue,
}

#[derive(Metrics, Clone)]
#[metric(prefix = "redpacket")]
struct LedgerMetrics {
    /// Parts of packets that have been credited, all night long.
    parts_credited: Gauge,
}

impl Ledger for Desk {
    async fn credit(&self, request: CreditRequest) -> Result<CreditReply, Status> {
        let id =
            JobId::from_bytes((u128::from(request.packet) << 64 | u128::from(request.user)).to_be_bytes());
        self.jobs.put(NewJob::new(QUEUE, id, request.encode().or_internal()?)).await.or_internal()?;
        Ok(CreditReply::default())
    }

    async fn balance(&self, request: BalanceRequest) -> Result<BalanceReply, Status> {
        let balance = self.accounts.balance(request.user).await.map_err(status_of)?;
        Ok(BalanceReply { fen: balance.fen, credits: balance.credits, ..BalanceReply::default() })
    }
}
