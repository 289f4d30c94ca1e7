//! The ledger: a credit is taken at once, and done when there is time for it.

mod accounts;
pub(crate) mod tables;

use svrkit_runtime::metrics::Gauge;
use svrkit_runtime::queue::{Accepted, Offer};
use svrkit_runtime::{Metrics, Server, Status};
use svrkit_store::{Store, TableQueue};

use self::accounts::Accounts;
use crate::credit::id_of;
use crate::protocol::{
    BalanceReply, BalanceRequest, CreditReply, CreditRequest, Ledger, LedgerCredit, LedgerServer,
};
use crate::start::{Failure, Start};
use crate::store::status_of;

/// The file that the ledger is in.
pub(crate) const STORE: &str = "ledger.store";

/// Serves the ledger until it is told to stop.
///
/// # Errors
/// What its configuration, its store, or what it listens on, is at fault with.
pub async fn serve(start: Start) -> Result<(), Failure> {
    let config = start.config([])?;
    let metrics: LedgerMetrics = Metrics::configured(&config).register()?;
    let store = Store::open(start.store(STORE)?)?;
    let jobs = TableQueue::open(store.clone()).await?;
    let (accounts, credits) = Accounts::open(store, jobs.clone()).await?;
    metrics.parts_credited.set(i64::try_from(credits).unwrap_or(i64::MAX));
    let desk = LedgerServer::new(Desk { accounts, metrics });
    start.serve(&config, Server::new().service(desk).queue(jobs)).await
}

struct Desk {
    accounts: Accounts,
    metrics: LedgerMetrics,
}

#[derive(Metrics)]
#[metric(prefix = "redpacket")]
struct LedgerMetrics {
    /// Parts of packets that have been credited, all night long.
    parts_credited: Gauge,
}

impl Ledger for Desk {
    /// What would be another credit for the same part is none.
    async fn credit_accept(&self, offer: Offer<LedgerCredit>) -> Result<Accepted, Status> {
        if offer.id() != id_of(offer.request()) {
            return Err(Status::invalid_argument("the job's id is not that of the user and the packet"));
        }
        offer.enqueue().await
    }

    async fn credit(&self, request: CreditRequest) -> Result<CreditReply, Status> {
        let (reply, is_new) = self.accounts.credit(&request).await?;
        if is_new {
            self.metrics.parts_credited.add(1);
        }
        Ok(reply)
    }

    async fn balance(&self, request: BalanceRequest) -> Result<BalanceReply, Status> {
        let balance = self.accounts.balance(request.user).await.map_err(status_of)?;
        Ok(BalanceReply { fen: balance.fen, credits: balance.credits, ..BalanceReply::default() })
    }
}

#[cfg(test)]
mod tests;
