//! The ledger as the packets see it.

use std::time::Duration;

use svrkit_runtime::Code;
use svrkit_runtime::queue::JobState;
use svrkit_runtime::testing::TestServer;

use super::*;
use crate::protocol::LedgerClient;

async fn ledger() -> (TestServer, LedgerClient) {
    let store = Store::in_memory();
    let jobs = TableQueue::open(store.clone()).await.unwrap();
    let (accounts, _) = Accounts::open(store, jobs.clone()).await.unwrap();
    let desk = Desk { accounts, metrics: Metrics::new().register().unwrap() };
    let server = TestServer::start(Server::new().service(LedgerServer::new(desk)).queue(jobs)).await;
    let client = LedgerClient::new(server.client().await);
    (server, client)
}

fn request(user: u64, packet: u64, fen: u64) -> CreditRequest {
    CreditRequest { user, packet, fen, ..CreditRequest::default() }
}

async fn balance(ledger: &LedgerClient, user: u64) -> (u64, u64) {
    let balance = ledger.balance(&BalanceRequest { user, ..BalanceRequest::default() }).await.unwrap();
    (balance.fen, balance.credits)
}

#[tokio::test]
async fn a_credit_is_taken_now_and_done_later_and_once() {
    let (_server, ledger) = ledger().await;
    let credit = request(7, 1, 60);
    let ticket = ledger.credit(&credit).job_id(id_of(&credit)).await.unwrap();
    assert!(ticket.is_new());
    let answer = loop {
        match ledger.credit_state(&ticket).await.unwrap() {
            Some(JobState::Done { answer }) => break answer,
            Some(_) => tokio::time::sleep(Duration::from_millis(5)).await,
            None => panic!("what was taken is forgotten"),
        }
    };
    assert_eq!((answer.fen, balance(&ledger, 7).await), (60, (60, 1)));
    let again = ledger.credit(&credit).job_id(id_of(&credit)).await.unwrap();
    assert_eq!((again.is_new(), balance(&ledger, 7).await), (false, (60, 1)));
    assert_eq!(balance(&ledger, 8).await, (0, 0));
}

#[tokio::test]
async fn what_would_be_another_credit_for_the_same_part_is_refused() {
    let (_server, ledger) = ledger().await;
    let credit = request(7, 1, 60);
    for wrong in [ledger.credit(&credit), ledger.credit(&credit).job_id(id_of(&request(7, 2, 60)))] {
        assert_eq!(wrong.await.unwrap_err().code(), Code::InvalidArgument);
    }
}
