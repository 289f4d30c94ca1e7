//! Jobs that are accepted, and ended, in one commit with something else.

use svrkit_runtime::queue::{Accepted, JobId, JobState, NewJob, Outcome, QueueError};
use svrkit_runtime::{Context, Tlv};

use super::{TableQueue, failed};
use crate::batch::Batch;
use crate::error::StoreError;

impl TableQueue {
    /// Accepts a job and carries out `batch` in one commit. Where one of its id was accepted before, nothing of the batch happens: it has, with that one.
    ///
    /// ```
    /// use svrkit_runtime::Tlv;
    /// use svrkit_runtime::queue::{Accepted, JobId, NewJob};
    /// use svrkit_store::{Batch, Store, Table, TableQueue};
    ///
    /// #[derive(Tlv, Default)]
    /// struct Account { #[tlv(1)] fen: u64 }
    /// static ACCOUNTS: Table<u64, Account> = Table::new("accounts");
    ///
    /// # #[tokio::main(flavor = "current_thread")]
    /// # async fn main() -> Result<(), Box<dyn std::error::Error>> {
    /// let store = Store::in_memory();
    /// let queue = TableQueue::open(store.clone()).await?;
    ///
    /// // Pay, and have the receipt written later.
    /// let paid = Batch::new().put_new(&ACCOUNTS, &7, &Account { fen: 100 });
    /// let job = NewJob::new("receipts", JobId::random(), "account 7");
    /// assert_eq!(queue.accept(paid.clone(), job.clone()).await?, Accepted::New);
    /// assert!(matches!(queue.accept(paid, job).await?, Accepted::Known(_)));
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    /// [`QueueError::Conflict`]: a condition of the batch does not hold. [`QueueError::Full`], [`QueueError::Refused`]. After all of these nothing has happened. After [`QueueError::Failed`] both may have, or
    /// neither: the same again, by the same id, tells.
    pub async fn accept(&self, batch: Batch, job: impl Into<NewJob>) -> Result<Accepted, QueueError> {
        let job = job.into();
        let (queue, id) = (job.queue.clone(), job.id);
        if let Some(max) = self.full(&queue) {
            // It may be one that is known.
            let known = self.known(&queue, id).await?;
            return known.ok_or(QueueError::Full { queue, max, limit: "queue.jobs" });
        }
        match self.0.store.commit(self.put_in(batch, job)).await {
            Ok(_) => {
                self.count_begun(&queue);
                self.notify();
                Ok(Accepted::New)
            }
            Err(error @ StoreError::Conflict(_)) => {
                let known = self.known(&queue, id).await?;
                known.ok_or_else(|| failed(error))
            }
            Err(error) => Err(failed(error)),
        }
    }

    /// Ends the job that this code does ([`Context::job`]) and carries out `batch` in one commit: what the job changes is changed exactly once, however often it is tried. Where this code does no job, as
    /// in a test of its own, the batch is all there is to carry out.
    ///
    /// What the handler answers then is of no more account; `answer` is kept for who asks.
    ///
    /// # Errors
    /// [`QueueError::Conflict`] where a condition of the batch does not hold, or the lease is over meanwhile; [`QueueError::Lost`] where it was over before; [`QueueError::Refused`]. After all of these nothing has
    /// happened: a handler hands them on, and the job is tried again.
    pub async fn finish<A: Tlv>(&self, batch: Batch, answer: &A) -> Result<(), QueueError> {
        let context = Context::current();
        let Some(job) = context.job() else {
            self.0.store.commit(batch).await.map_err(failed)?;
            return Ok(());
        };
        let answer = answer.encode().map_err(|error| failed(StoreError::Unencodable(error)))?;
        let batch = self.settle_in(batch, job.taken(), Outcome::Done(answer.into())).await?;
        self.0.store.commit(batch).await.map_err(failed)?;
        job.set_settled();
        self.count_ended(job.queue());
        self.notify();
        Ok(())
    }

    async fn known(&self, queue: &str, id: JobId) -> Result<Option<Accepted>, QueueError> {
        Ok(self.state_of(queue, id).await?.map(|state: JobState| Accepted::Known(state)))
    }
}
