//! Queued methods over a store: what was accepted outlives the server, and what a job changes is changed in one commit with its acceptance or its end.

use std::path::Path;
use std::time::Duration;

use svrkit_golden::schemas::queued::queued::{
    CreditRequest, CreditResponse, Ledger, LedgerClient, LedgerCredit, LedgerCreditTicket, LedgerServer,
    Nothing,
};
use svrkit_runtime::queue::{Accepted, JobId, JobState, Offer};
use svrkit_runtime::testing::TestServer;
use svrkit_runtime::{Code, OrInternal, Server, Status, Tlv};
use svrkit_store::{Batch, Store, Table, TableQueue};

#[derive(Tlv, Clone, Debug, Default, PartialEq)]
struct Account {
    #[tlv(1)]
    fen: u64,
}

static ACCOUNTS: Table<u64, Account> = Table::new("accounts");
/// Who has asked already.
static ASKED: Table<u64, Account> = Table::new("asked");

/// Whose credits fail after their account was changed, at the first attempt.
const UNLUCKY: u64 = 13;

#[derive(Clone)]
struct Bank {
    store: Store,
    jobs: TableQueue,
}

impl Bank {
    async fn open(folder: &Path) -> Self {
        let store = Store::open(folder.join("bank.store")).unwrap();
        let jobs = TableQueue::open(store.clone()).await.unwrap();
        Self { store, jobs }
    }

    async fn serve(&self) -> (TestServer, LedgerClient) {
        let server = Server::new().service(LedgerServer::new(self.clone())).queue(self.jobs.clone());
        let server = TestServer::start(server).await;
        let client = LedgerClient::new(server.client().await);
        (server, client)
    }

    async fn fen(&self, user: u64) -> Option<u64> {
        self.store.get(&ACCOUNTS, &user).await.unwrap().map(|account| account.record.fen)
    }
}

impl Ledger for Bank {
    async fn credit(&self, request: CreditRequest) -> Result<CreditResponse, Status> {
        let account = self.store.get(&ACCOUNTS, &request.user).await.or_internal()?;
        let fen = request.fen + account.as_ref().map_or(0, |account| account.record.fen);
        let account = match account {
            None => Batch::new().put_new(&ACCOUNTS, &request.user, &Account { fen }),
            Some(old) => Batch::new().put_if(&ACCOUNTS, &request.user, old.version, &Account { fen }),
        };
        let answer = CreditResponse { balance: fen, ..CreditResponse::default() };
        self.jobs.finish(account, &answer).await?;
        match request.user {
            UNLUCKY => Err(Status::unavailable("what comes too late")),
            _ => Ok(answer),
        }
    }

    /// A user has one credit.
    async fn credit_accept(&self, offer: Offer<LedgerCredit>) -> Result<Accepted, Status> {
        let asked = Batch::new().put_new(&ASKED, &offer.request().user, &Account::default());
        Ok(self.jobs.accept(asked, offer).await?)
    }

    async fn audit(&self, nothing: Nothing) -> Result<Nothing, Status> {
        Ok(nothing)
    }

    async fn balance(&self, request: CreditRequest) -> Result<CreditResponse, Status> {
        let balance = self.fen(request.user).await.unwrap_or_default();
        Ok(CreditResponse { balance, ..CreditResponse::default() })
    }
}

fn credit(user: u64, fen: u64) -> CreditRequest {
    CreditRequest { user, fen, ..CreditRequest::default() }
}

async fn done(client: &LedgerClient, ticket: &LedgerCreditTicket) -> CreditResponse {
    loop {
        if let Some(JobState::Done { answer }) = client.credit_state(ticket).await.unwrap() {
            return answer;
        }
        tokio::time::sleep(Duration::from_millis(1)).await;
    }
}

#[tokio::test]
async fn what_was_accepted_is_done_by_the_server_after_the_next() {
    let folder = tempfile::tempdir().unwrap();
    let bank = Bank::open(folder.path()).await;
    let (mut server, client) = bank.serve().await;
    let first = client.credit(&credit(1, 10)).await.unwrap();
    assert_eq!(done(&client, &first).await.balance, 10);
    // Accepted by a process that does nothing with it.
    server.crash().await;
    let second = JobId::random();
    let offered = Offer::<LedgerCredit>::new(second, credit(2, 20), std::sync::Arc::new(bank.jobs.clone()));
    assert_eq!(bank.credit_accept(offered.unwrap()).await.unwrap(), Accepted::New);
    drop((server, client, bank));

    let bank = Bank::open(folder.path()).await;
    let (_server, client) = bank.serve().await;
    assert_eq!(done(&client, &second.into()).await.balance, 20);
    // What was done before is known still.
    assert_eq!(done(&client, &first).await.balance, 10);
    assert_eq!((bank.fen(1).await, bank.fen(2).await), (Some(10), Some(20)));
}

#[tokio::test]
async fn a_job_is_accepted_with_what_it_follows_from_or_not_at_all() {
    let folder = tempfile::tempdir().unwrap();
    let bank = Bank::open(folder.path()).await;
    let (_server, client) = bank.serve().await;
    let id = JobId::random();
    let ticket = client.credit(&credit(5, 50)).job_id(id).await.unwrap();
    done(&client, &ticket).await;
    // The same once more is known; another one of the user is not taken.
    assert!(!client.credit(&credit(5, 50)).job_id(id).await.unwrap().is_new());
    let other = JobId::random();
    let status = client.credit(&credit(5, 50)).job_id(other).await.unwrap_err();
    assert_eq!(status.code(), Code::Aborted);
    assert_eq!(client.credit_state(&other.into()).await.unwrap(), None);
    assert_eq!(bank.fen(5).await, Some(50));
}

#[tokio::test]
async fn what_is_finished_in_one_commit_is_done_once_whatever_comes_of_its_handler() {
    let folder = tempfile::tempdir().unwrap();
    let bank = Bank::open(folder.path()).await;
    let (server, client) = bank.serve().await;
    let ticket = client.credit(&credit(UNLUCKY, 30)).await.unwrap();
    assert_eq!(done(&client, &ticket).await.balance, 30);
    server.stop().await;
    assert_eq!(bank.fen(UNLUCKY).await, Some(30), "its error changes nothing");
    // A handler that is called by hand is no job: only the batch is carried out.
    bank.credit(credit(6, 60)).await.unwrap();
    assert_eq!(bank.fen(6).await, Some(60));
}
