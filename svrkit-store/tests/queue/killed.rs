//! A process that accepts jobs and does them, killed at any moment: what was accepted is done, and what it does is recorded once.

use std::collections::HashSet;
use std::io::{BufRead, BufReader, Write};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::sync::Arc;

use svrkit_runtime::Tlv;
use svrkit_runtime::queue::{Accepted, JobId, JobState, NewJob, Outcome, Queue, QueueError, Taken};
use svrkit_store::{Batch, Store, StoreError, Table, TableQueue};
use tokio::task::JoinSet;

use crate::seconds;

/// Set where this program is the child: the file.
const CHILD: &str = "QUEUE_TEST_CHILD";

/// How often a job has been done, which is to be once.
#[derive(Tlv, Clone, Debug, Default, PartialEq)]
struct Times {
    #[tlv(1)]
    number: u64,
}

static DONE: Table<u128, Times> = Table::new("done");

/// How often it is killed: more by `QUEUE_KILLS`.
fn kills() -> u64 {
    std::env::var("QUEUE_KILLS").map_or(10, |kills| kills.parse().expect("QUEUE_KILLS is a number"))
}

/// Does a job: what it does and that it is done are one commit. `false`: it was somebody else's.
async fn do_one(store: &Store, queue: &TableQueue, taken: &Taken) -> bool {
    let key = u128::from_be_bytes(taken.id.to_bytes());
    let before = store.get(&DONE, &key).await.unwrap();
    let times = Times { number: before.as_ref().map_or(0, |before| before.record.number) + 1 };
    let batch = Batch::new().put(&DONE, &key, &times);
    let batch = match queue.settle_in(batch, taken, Outcome::Done("done".into())).await {
        Ok(batch) => batch,
        Err(QueueError::Lost { .. }) => return false,
        Err(error) => panic!("{error}"),
    };
    match store.commit(batch).await {
        Ok(_) => true,
        Err(StoreError::Conflict(_)) => false,
        Err(error) => panic!("{error}"),
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
#[ignore = "the process of another test's jobs"]
async fn accepts_and_does() {
    let path = std::env::var(CHILD).expect("it is started by another test");
    let store = Store::open(path).unwrap();
    let queue = Arc::new(TableQueue::open(store.clone()).await.unwrap());
    let mut tasks = JoinSet::new();
    for _ in 0..4 {
        let accepting = Arc::clone(&queue);
        tasks.spawn(async move {
            loop {
                let id = JobId::random();
                assert_eq!(
                    accepting.put(NewJob::new("credits", id, id.to_string())).await.unwrap(),
                    Accepted::New
                );
                let mut out = std::io::stdout().lock();
                writeln!(out, "\nchild: {id}").and_then(|()| out.flush()).unwrap();
            }
        });
        let (store, queue) = (store.clone(), Arc::clone(&queue));
        tasks.spawn(async move {
            loop {
                // Leases so short that some are over before the job is done: it is done twice then, and counts once.
                for taken in queue.take("credits", 3, std::time::Duration::from_millis(2)).await.unwrap() {
                    do_one(&store, &queue, &taken).await;
                }
                queue.changed("credits").await.unwrap();
            }
        });
    }
    // None of them ends, unless it fails.
    tasks.join_next().await.unwrap().unwrap()
}

/// Dropping it kills it.
struct Process(Child);

impl Process {
    fn start(path: &Path) -> Self {
        let test = ["killed::accepts_and_does", "--exact", "--ignored", "--nocapture"];
        let mut command = Command::new(std::env::current_exe().unwrap());
        command.args(test).env(CHILD, path).stdout(Stdio::piped()).stderr(Stdio::null());
        Self(command.spawn().unwrap())
    }

    fn kill(&mut self) {
        self.0.kill().unwrap();
        self.0.wait().unwrap();
    }
}

impl Drop for Process {
    fn drop(&mut self) {
        let _gone = self.0.kill();
        let _gone = self.0.wait();
    }
}

#[tokio::test]
async fn after_kill_9_no_accepted_job_is_lost_and_no_result_recorded_twice() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("test.store");
    let mut accepted = HashSet::new();
    for kill in 0..kills() {
        let mut process = Process::start(&path);
        let out = BufReader::new(process.0.stdout.take().unwrap()).lines();
        let mut told =
            out.map_while(Result::ok).filter_map(|line| line.strip_prefix("child: ")?.parse::<JobId>().ok());
        accepted.extend(told.by_ref().take(1 + (kill as usize * 41) % 83));
        process.kill();
        // What it had said, and nobody had read.
        accepted.extend(told);
    }
    assert!(accepted.len() as u64 >= kills());

    // Whoever is there now does the rest.
    let store = Store::open(&path).unwrap();
    let queue = TableQueue::open(store.clone()).await.unwrap();
    loop {
        let taken = queue.take("credits", 100, seconds(60)).await.unwrap();
        if taken.is_empty() {
            break;
        }
        for taken in &taken {
            assert!(do_one(&store, &queue, taken).await);
        }
    }
    for id in &accepted {
        let state = queue.state("credits", *id).await.unwrap();
        assert_eq!(state, Some(JobState::Done { answer: "done".into() }), "{id} was accepted");
    }
    let done = store.scan(&DONE, .., usize::MAX).await.unwrap();
    assert!(done.len() >= accepted.len());
    assert!(done.iter().all(|(_, times)| times.record == Times { number: 1 }), "each is recorded once");
}
