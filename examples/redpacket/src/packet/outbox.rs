//! What was opened and is not credited yet: the ledger is told again and again, until it has taken it.

use std::sync::Arc;
use std::time::Duration;

use svrkit_runtime::metrics::Counter;
use svrkit_runtime::queue::{JobError, Queue, Workers, Working};
use svrkit_runtime::{Bytes, Tlv};
use svrkit_store::TableQueue;

use super::tables::OUTBOX;
use crate::protocol::{CreditRequest, LedgerClient};

/// Starts to send, for as long as what is returned lives.
pub(super) fn send(jobs: TableQueue, ledger: LedgerClient, lease: Duration, accepted: Counter) -> Working {
    let jobs: Arc<dyn Queue> = Arc::new(jobs);
    let workers = Workers::of(jobs, OUTBOX)
        .at_once(64)
        .lease(lease)
        // A ledger that is away is waited for, however long: money is no dead letter.
        .attempts(u32::MAX)
        .backoff(Duration::from_millis(100), Duration::from_secs(2));
    workers.start(move |job| {
        let (ledger, accepted) = (ledger.clone(), accepted.clone());
        async move {
            let request = CreditRequest::decode(&job.request).map_err(JobError::dead)?;
            ledger.credit(&request).job_id(job.id).await?;
            accepted.increment();
            Ok(Bytes::new())
        }
    })
}
